CREATE TABLE IF NOT EXISTS {history} (
    seq integer PRIMARY KEY AUTOINCREMENT,
    run varchar(64) NOT NULL,
    plan char(64),
    revision varchar(255) NOT NULL,
    direction varchar(16) NOT NULL,
    checksum char(64),
    total int NOT NULL,
    done int NOT NULL,
    prefix char(64),
    outcome varchar(16) NOT NULL,
    actor varchar(255),
    started_at text NOT NULL,
    finished_at text,
    audit_head char(64),
    in_flight text
)
