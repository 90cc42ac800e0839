CREATE TABLE IF NOT EXISTS {leases} (
    name varchar(191) NOT NULL PRIMARY KEY,
    token bigint NOT NULL,
    owner varchar(64),
    holder varchar(255),
    host varchar(255),
    pid bigint,
    acquired datetime(6),
    heartbeat datetime(6),
    expires datetime(6),
    previous varchar(255)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4
