CREATE TABLE IF NOT EXISTS {leases} (
    name varchar(255) NOT NULL PRIMARY KEY,
    token bigint NOT NULL,
    owner varchar(64),
    holder varchar(255),
    host varchar(255),
    pid bigint,
    acquired timestamptz,
    heartbeat timestamptz,
    expires timestamptz,
    previous varchar(255)
)
