-- Version 1 of the store. Each version has its file; store.c runs those that a store has not seen.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run TEXT,
    actor TEXT,
    host TEXT,
    environment TEXT,
    target TEXT,
    plan TEXT,
    revision TEXT,
    direction TEXT,
    statement INTEGER NOT NULL,
    statement_digest TEXT,
    sql TEXT,
    duration_us INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    outcome TEXT,
    detail TEXT,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX events_run ON events (run);
CREATE INDEX events_digest ON events (digest);
CREATE INDEX events_started ON events (seq) WHERE kind = 'run_started';

-- Runs in flight: which process carries them out. started and boot tell a process from a later one that has
-- the same number.
CREATE TABLE runs_alive (
    run TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started INTEGER NOT NULL,
    boot TEXT NOT NULL
) STRICT;

-- Which store this is: the end of the id of every run recorded here, so that a run found in a target's history can
-- be told from one that another store recorded.
CREATE TABLE identity (
    id TEXT NOT NULL
) STRICT;
INSERT INTO identity VALUES (lower(hex(randomblob(3))));
