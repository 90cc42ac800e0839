-- Version 2: runs with the plans that they carry out, so that they can be taken up again, and what their targets and
-- waves came to. Leases are by the clock of the database that holds the store, other times by that of who wrote them.
CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    environment TEXT,
    plan TEXT NOT NULL,
    document TEXT NOT NULL,
    command TEXT,
    actor TEXT,
    host TEXT,
    shared INTEGER NOT NULL,
    state TEXT NOT NULL,
    wave INTEGER NOT NULL,
    exit_status INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_shared ON runs (plan) WHERE shared = 1 AND state <> 'ended';

CREATE TABLE run_targets (
    run TEXT NOT NULL REFERENCES runs (run),
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    server TEXT,
    wave INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    commit_order INTEGER NOT NULL,
    runner TEXT,
    claim INTEGER NOT NULL,
    written INTEGER NOT NULL, -- the place in the log of the events that last went with it
    steps_done INTEGER NOT NULL,
    taken_back INTEGER NOT NULL,
    position TEXT,
    detail TEXT,
    duration_us INTEGER NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_targets_written ON run_targets (run, written);
CREATE INDEX run_targets_at_work ON run_targets (run) WHERE state IN ('claimed', 'held');

CREATE TABLE run_waves (
    run TEXT NOT NULL REFERENCES runs (run),
    wave INTEGER NOT NULL,
    state TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    PRIMARY KEY (run, wave)
) STRICT, WITHOUT ROWID;

-- Who works on a shared run.
CREATE TABLE runners (
    runner TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (run),
    actor TEXT,
    host TEXT,
    pid INTEGER NOT NULL,
    started_us INTEGER NOT NULL,
    lease_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX runners_run ON runners (run);
