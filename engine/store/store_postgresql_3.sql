-- Version 3, as store_3.sql.
CREATE TABLE snapshot_documents (
    fingerprint text COLLATE "C" PRIMARY KEY,
    document text NOT NULL
);

CREATE TABLE snapshots (
    environment text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    run text COLLATE "C",
    plan text,
    position text NOT NULL,
    taken_us bigint NOT NULL,
    fingerprint text COLLATE "C" NOT NULL REFERENCES snapshot_documents (fingerprint),
    PRIMARY KEY (environment, target)
);
CREATE INDEX snapshots_fingerprint ON snapshots (fingerprint);
UPDATE store_version SET version = 3;
