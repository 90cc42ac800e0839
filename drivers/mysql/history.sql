CREATE TABLE IF NOT EXISTS {history} (
    seq bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
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
    started_at datetime(6) NOT NULL,
    finished_at datetime(6),
    audit_head char(64),
    in_flight text
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4
