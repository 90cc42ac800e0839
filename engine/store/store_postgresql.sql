-- The store's tables in PostgreSQL, as of version 2; later versions bring files of changes. Texts that are looked for by
-- their beginning or compared are in byte order, as in SQLite.
CREATE TABLE store_version (
    version bigint NOT NULL
);
INSERT INTO store_version VALUES (2);

CREATE TABLE events (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    at_us bigint NOT NULL,
    kind text NOT NULL,
    run text COLLATE "C",
    actor text,
    host text,
    environment text,
    target text COLLATE "C",
    plan text,
    revision text,
    direction text,
    statement bigint NOT NULL,
    statement_digest text,
    sql text,
    duration_us bigint NOT NULL,
    rows bigint NOT NULL,
    outcome text,
    detail text,
    previous text NOT NULL,
    digest text NOT NULL
);
CREATE INDEX events_run ON events (run, seq);
CREATE INDEX events_heads ON events (digest) WHERE kind NOT IN ('statement', 'step');
CREATE INDEX events_started ON events (seq) WHERE kind = 'run_started';

CREATE TABLE runs_alive (
    run text COLLATE "C" PRIMARY KEY,
    host text NOT NULL,
    pid bigint NOT NULL,
    started bigint NOT NULL,
    boot text NOT NULL
);

-- One row; who appends to the log locks it first.
CREATE TABLE identity (
    id text NOT NULL
);
INSERT INTO identity VALUES (substr(md5(random()::text || clock_timestamp()::text), 1, 6));

CREATE TABLE runs (
    run text COLLATE "C" PRIMARY KEY,
    environment text,
    plan text NOT NULL,
    document text NOT NULL,
    command text,
    actor text,
    host text,
    shared bigint NOT NULL,
    state text NOT NULL,
    wave bigint NOT NULL,
    exit_status bigint NOT NULL,
    created_us bigint NOT NULL,
    ended_us bigint NOT NULL
);
CREATE UNIQUE INDEX runs_shared ON runs (plan) WHERE shared = 1 AND state <> 'ended';

CREATE TABLE run_targets (
    run text COLLATE "C" NOT NULL REFERENCES runs (run),
    number bigint NOT NULL,
    name text NOT NULL,
    server text,
    wave bigint NOT NULL,
    state text NOT NULL,
    outcome text,
    commit_order bigint NOT NULL,
    runner text,
    claim bigint NOT NULL,
    written bigint NOT NULL, -- the place in the log of the events that last went with it
    steps_done bigint NOT NULL,
    taken_back bigint NOT NULL,
    position text,
    detail text,
    duration_us bigint NOT NULL,
    PRIMARY KEY (run, number)
);
CREATE INDEX run_targets_written ON run_targets (run, written);
CREATE INDEX run_targets_at_work ON run_targets (run) WHERE state IN ('claimed', 'held');

CREATE TABLE run_waves (
    run text COLLATE "C" NOT NULL REFERENCES runs (run),
    wave bigint NOT NULL,
    state text NOT NULL,
    until_us bigint NOT NULL,
    PRIMARY KEY (run, wave)
);

CREATE TABLE runners (
    runner text PRIMARY KEY,
    run text COLLATE "C" NOT NULL REFERENCES runs (run),
    actor text,
    host text,
    pid bigint NOT NULL,
    started_us bigint NOT NULL,
    lease_until_us bigint NOT NULL
);
CREATE INDEX runners_run ON runners (run);
