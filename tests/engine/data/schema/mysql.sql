CREATE DATABASE {other};
CREATE TABLE parent (
    id int AUTO_INCREMENT PRIMARY KEY,
    code varchar(50) NOT NULL,
    two int,
    UNIQUE KEY parent_code (code, two)
) COMMENT='the parent''s';
CREATE TABLE {other}.elsewhere (id bigint PRIMARY KEY, small smallint unsigned);
CREATE TABLE child (
    id bigint unsigned NOT NULL AUTO_INCREMENT,
    parent_id int COMMENT 'it''s a\nkey, (really)',
    `Quoted``Column` varchar(50) DEFAULT 'x, ''y''',
    latin varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT '',
    bin varchar(20) COLLATE utf8mb4_bin,
    amount decimal(10, 2) unsigned DEFAULT 0.00,
    negative decimal(5, 1) DEFAULT -1.5,
    ratio double,
    ratio2 double(10, 3),
    single float,
    flag tinyint(1) NOT NULL DEFAULT 1,
    tiny tinyint,
    medium mediumint(5) zerofill,
    big bigint,
    happened datetime DEFAULT current_timestamp(),
    precise datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
    stamped timestamp NULL DEFAULT NULL,
    stamped2 timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
    t time,
    day date DEFAULT '2024-01-01',
    y year,
    body text,
    long_body longtext CHARACTER SET utf8mb3,
    tiny_body tinytext,
    raw blob,
    raw2 varbinary(16),
    raw3 binary(4),
    bits bit(3) DEFAULT b'101',
    feeling enum('sad','it''s, ok','(x)') NOT NULL DEFAULT 'sad',
    many set('a','b'),
    doc json,
    point_of point,
    uid uuid DEFAULT uuid(),
    ip inet6,
    fixed char(4),
    doubled int GENERATED ALWAYS AS (tiny * 2) VIRTUAL,
    stored_sum int AS (tiny + (1)) STORED COMMENT 'sum',
    hidden int INVISIBLE DEFAULT 3,
    computed_default varchar(20) DEFAULT concat('a', 'b') COMMENT 'gone',
    positive int DEFAULT 1 CHECK (positive > 0),
    PRIMARY KEY (id),
    UNIQUE KEY two_keys (parent_id, day) COMMENT 'both',
    KEY prefix (body(10), latin(5)),
    KEY plain (day) USING BTREE,
    KEY ordered (big DESC),
    FULLTEXT KEY words (body),
    CONSTRAINT bounded CHECK (amount > 0 AND tiny < 100),
    CONSTRAINT to_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
    CONSTRAINT far_away FOREIGN KEY (big) REFERENCES {other}.elsewhere (id) ON DELETE RESTRICT,
    CONSTRAINT same FOREIGN KEY (parent_id) REFERENCES parent (id) ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci ROW_FORMAT=DYNAMIC COMMENT='a child';
CREATE VIEW seen AS SELECT id, latin AS l FROM child WHERE tiny > 1;
CREATE TABLE parts (id int NOT NULL, day date NOT NULL, PRIMARY KEY (id, day))
    PARTITION BY HASH (id) PARTITIONS 3;
CREATE TRIGGER touched BEFORE UPDATE ON parent FOR EACH ROW SET NEW.two = 1;
CREATE SEQUENCE alone START WITH 5;
