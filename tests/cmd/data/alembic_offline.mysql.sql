CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 10c0ffee0001

CREATE TABLE customers (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    name VARCHAR(100), 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('10c0ffee0001');

-- Running upgrade 10c0ffee0001 -> 10c0ffee0002

ALTER TABLE customers ADD COLUMN email VARCHAR(200);

UPDATE alembic_version SET version_num='10c0ffee0002' WHERE alembic_version.version_num = '10c0ffee0001';

-- Running upgrade 10c0ffee0002 -> 10c0ffee0004

CREATE TABLE invoices (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    PRIMARY KEY (id)
);

UPDATE alembic_version SET version_num='10c0ffee0004' WHERE alembic_version.version_num = '10c0ffee0002';

-- Running upgrade  -> 20c0ffee0001

CREATE TABLE reports (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('20c0ffee0001');

-- Running upgrade 10c0ffee0002 -> 10c0ffee0003

CREATE TABLE orders (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('10c0ffee0003');

-- Running upgrade 10c0ffee0003, 10c0ffee0004 -> 10c0ffee0005

DELETE FROM alembic_version WHERE alembic_version.version_num = '10c0ffee0003';

UPDATE alembic_version SET version_num='10c0ffee0005' WHERE alembic_version.version_num = '10c0ffee0004';

-- Running upgrade 10c0ffee0005 -> 10c0ffee0006

CREATE INDEX customers_name ON customers (name);

UPDATE alembic_version SET version_num='10c0ffee0006' WHERE alembic_version.version_num = '10c0ffee0005';

