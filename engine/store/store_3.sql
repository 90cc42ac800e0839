-- Version 3: what a target's schema was when a run ended on it well. A document is kept once for each fingerprint.
CREATE TABLE snapshot_documents (
    fingerprint TEXT PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE snapshots (
    environment TEXT NOT NULL,
    target TEXT NOT NULL,
    run TEXT,
    plan TEXT,
    position TEXT NOT NULL,
    taken_us INTEGER NOT NULL,
    fingerprint TEXT NOT NULL REFERENCES snapshot_documents (fingerprint),
    PRIMARY KEY (environment, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshots_fingerprint ON snapshots (fingerprint);
