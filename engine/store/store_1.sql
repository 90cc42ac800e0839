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
-- What a target's history names as the log's head. Statements and steps are most of a log and never its head then; an
-- index entry for each would double what it costs to write them.
CREATE INDEX events_heads ON events (digest) WHERE kind NOT IN ('statement', 'step');
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
