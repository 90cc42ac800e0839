CREATE TABLE parent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    "Two" INTEGER,
    CONSTRAINT parent_code UNIQUE (code, "Two")
);
CREATE TABLE child (
	id INTEGER NOT NULL,
	parent_id INTEGER NOT NULL,
	"Quoted Column" VARCHAR(50) DEFAULT 'x, y',
	amount DECIMAL(10, 2) DEFAULT 0,
	flag BOOLEAN NOT NULL,
	happened DATETIME DEFAULT CURRENT_TIMESTAMP,
	day DATE,
	doc JSON,
	odd MONEY,
	spaced VARCHAR (20),
	unicode NVARCHAR(5),
	big BIGINT DEFAULT (1 + 2),
	tiny TINYINT(1),
	real_one DOUBLE PRECISION,
	no_type,
	blobby BLOB,
	stamped TIMESTAMP DEFAULT (datetime('now')),
	doubled INTEGER GENERATED ALWAYS AS (parent_id * 2) STORED,
	plus INTEGER AS (parent_id + 1),
	inline INTEGER CONSTRAINT inline_fk REFERENCES parent (id) ON DELETE CASCADE,
	bare INTEGER REFERENCES parent,
	unique_one TEXT UNIQUE,
	unique_two VARCHAR(20) UNIQUE,
	unique_three TEXT NOT NULL CONSTRAINT three UNIQUE,
	CONSTRAINT pk_child PRIMARY KEY (id),
	CONSTRAINT positive CHECK (amount > 0 AND parent_id < (100)),
	CHECK (flag IN (0, 1)),
	CONSTRAINT "Odd Check" CHECK (day <> ')'),
	CONSTRAINT fk_parent FOREIGN KEY(parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
	FOREIGN KEY("Quoted Column", big) REFERENCES parent (code, "Two") DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_newline FOREIGN KEY (tiny)
	    REFERENCES parent (id) ON DELETE SET NULL,
	CONSTRAINT fk_back FOREIGN KEY (`odd`) REFERENCES `parent` (`id`) ON UPDATE NO ACTION,
	CONSTRAINT "fk quoted" FOREIGN KEY ( big ) REFERENCES "parent" ( "Two" ) ON UPDATE RESTRICT ON DELETE SET DEFAULT NOT DEFERRABLE INITIALLY IMMEDIATE,
	CONSTRAINT uq_pair UNIQUE (parent_id, day),
	UNIQUE ("Quoted Column")
);
CREATE INDEX by_day ON child (day);
CREATE UNIQUE INDEX by_two ON child (day DESC, "Quoted Column" COLLATE NOCASE);
CREATE INDEX by_expression ON child (lower(unique_one));
CREATE INDEX partial ON child (tiny) WHERE flag = 1 AND tiny > 3;
CREATE INDEX partial_lines ON child (tiny)
    WHERE flag = 1
      AND tiny > 4;
CREATE VIEW seen AS SELECT id, day AS d, amount FROM child WHERE tiny > 1;
CREATE TABLE short (k TEXT, v INT, PRIMARY KEY (v, k)) WITHOUT ROWID;
CREATE TABLE no_key (a);
CREATE TABLE [odd name] ([a b] int primary key, `c` text);
CREATE TRIGGER touched AFTER UPDATE ON parent BEGIN SELECT 1; END;
