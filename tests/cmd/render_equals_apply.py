"""The script that `render` and `--sql` print, fed to psql, mariadb and sqlite3, leaves the same database as `apply`:
schema, data, version table and history."""
from concurrent.futures import ThreadPoolExecutor
from e2e import *

WHAT_COUNTS = "revision, direction, checksum, total, done, prefix, outcome"

POSTGRESQL = [
    ("a1", "", r"""CREATE TABLE people (
    id integer PRIMARY KEY, -- a comment; with a semicolon
    name text NOT NULL DEFAULT 'no; name',
    "strange "" name;" text,
    tags text[] DEFAULT '{}',
    CHECK (name <> E'it''s \\ here\n')
);
/* a comment /* in a comment; */ and out */
COMMENT ON TABLE people IS 'Überschrift; ''quoted'' \ and $1';
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE plpgsql AS $body$
DECLARE
    result text := ':name; \echo';
BEGIN
    -- not the end;
    result := upper(t) || $$;$$;
    RETURN result;
END;
$body$;
CREATE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC; SELECT i * 2; END;
INSERT INTO people (id, name, tags) VALUES (1, shout('ana'), ARRAY['a;b', 'c']), (2, E'tab\there', NULL);
UPDATE people SET tags = (ARRAY['x', 'y', 'z'])[1:2] WHERE id = 2
""", 'DROP FUNCTION twice(integer);\nDROP TABLE people;\nDROP FUNCTION shout(text);', None, ""),
    ("a2", "a1", "COPY people (id, name, \"strange \"\" name;\") FROM stdin;\n10\ttab \\t inside\t\\N\n"
     "11\tback\\\\slash\tsemi;colon\n12\t\\\\N is no null\t\n13\tSELECT 1;\t--\n\\.\n"
     "INSERT INTO people (id, name) VALUES (14, 'after');\nCOPY people (id, name) FROM STDIN WITH (FORMAT csv);\n"
     "15,\"a \"\"quoted\"\" name\"\n16,plain\n\\.\n", "DELETE FROM people WHERE id >= 10;",
     "SELECT count(*) = 7 FROM people WHERE id >= 10;", ""),
    ("a3", "a2", "CREATE INDEX CONCURRENTLY people_name ON people (name);\nCREATE INDEX CONCURRENTLY p2 ON people (id, name);",
     "DROP INDEX CONCURRENTLY p2;\nDROP INDEX CONCURRENTLY people_name;", None, "-- transaction: off\n"),
    ("a4", "a3", "CREATE VIEW names AS SELECT name FROM people;\nCREATE TYPE mood AS ENUM ('glad', 'so; so');",
     "DROP TYPE mood;\nDROP VIEW names;", None, ""),
    ("b4", "a3", "CREATE TABLE branch (id integer PRIMARY KEY, at timestamptz);", "DROP TABLE branch;", None,
     "-- labels: side\n"),
    ("m5", "a4, b4", "INSERT INTO branch VALUES (1, '2026-01-01 00:00:00+00');", "DELETE FROM branch;",
     "SELECT true; SELECT count(*) = 1 FROM branch", ""),
    ("a6", "m5", "", "", None, ""),
]
MYSQL = [
    ("a1", "", r"""CREATE TABLE people (
    id int PRIMARY KEY AUTO_INCREMENT, -- a comment; with a semicolon
    name varchar(100) NOT NULL DEFAULT 'no; name', # another; one
    `strange ; name` text COMMENT 'it''s \\ a \'backslash\';'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COMMENT = 'Überschrift; "quoted"';
INSERT INTO people (name) VALUES ('a\nb;'), ("it's;"), ('c\\'), ('日本語 🐟');
UPDATE people SET `strange ; name` = 'x -- y' WHERE id = 1;
/*!50000 CREATE TABLE versioned (id int PRIMARY KEY) */;
CREATE TABLE delimiter_test (delimiter int);
INSERT INTO delimiter_test VALUES (1), (2)
""", "DROP TABLE delimiter_test;\nDROP TABLE versioned;\nDROP TABLE people;", None, ""),
    ("a2", "a1", r"""CREATE PROCEDURE fill(IN n int)
BEGIN
    DECLARE i int DEFAULT 0;
    WHILE i < n DO
        INSERT INTO people (name) VALUES (concat('person ', i, ';'));
        SET i = i + 1;
    END WHILE;
    IF n > 1 THEN SELECT 'end;' INTO @x; END IF;
END;
CREATE TRIGGER people_in BEFORE INSERT ON people FOR EACH ROW
BEGIN
    SET NEW.name = concat(NEW.name, '!');
    SET NEW.`strange ; name` = CASE WHEN NEW.id > 3 THEN 'big' ELSE 'small' END;
END;
DELIMITER //
CREATE FUNCTION twice(i int) RETURNS int DETERMINISTIC
BEGIN
    RETURN i * 2;
END //
DELIMITER ;
CALL fill(3);
""", "DROP FUNCTION twice;\nDROP TRIGGER people_in;\nDROP PROCEDURE fill;\nDELETE FROM people WHERE id > 4;",
     "SELECT count(*) = 7 FROM people", ""),
    ("a3", "a2", "CREATE INDEX people_name ON people (name);\nALTER TABLE people ADD COLUMN v int, ADD COLUMN w int;\n"
     "UPDATE people SET v = twice(id);\nUPDATE people SET w = v;", "ALTER TABLE people DROP COLUMN w, DROP COLUMN v;\n"
     "DROP INDEX people_name ON people;", None, "-- transaction: off\n"),
    ("a4", "a3", "CREATE VIEW names AS SELECT name FROM people;", "DROP VIEW names;", None, ""),
    ("b4", "a3", "INSERT INTO versioned VALUES (1);\nINSERT INTO versioned VALUES (2);", "DELETE FROM versioned;", None,
     "-- labels: side\n"),
    ("m5", "a4, b4", "CREATE TABLE branch (id int PRIMARY KEY);\nINSERT INTO branch VALUES (1);", "DROP TABLE branch;",
     "SELECT 1; SELECT count(*) = 1 FROM branch", ""),
    ("a6", "m5", "", "", None, ""),
]
SQLITE = [
    ("a1", "", """CREATE TABLE people (
    id integer PRIMARY KEY, -- a comment; with a semicolon
    name text NOT NULL DEFAULT 'no; name',
    "strange "" ; name" text
);
CREATE TABLE log (what text);
CREATE TRIGGER people_in AFTER INSERT ON people BEGIN
    INSERT INTO log VALUES ('in; ' || NEW.name);
    UPDATE people SET "strange "" ; name" = CASE WHEN NEW.id > 1 THEN 'end;' ELSE 'x' END WHERE id = NEW.id;
END;
INSERT INTO people (name) VALUES ('ana'), ('a
.quit
b;'), ('it''s'), ('日本語 🐟')
""", "DROP TABLE people;\nDROP TABLE log;", None, ""),
    ("a2", "a1", "/* a comment; */ INSERT INTO people (name) VALUES ('--'), ('/*');\n", "DELETE FROM people WHERE id > 4;",
     "SELECT count(*) = 6 FROM people", ""),
    ("a3", "a2", "CREATE INDEX people_name ON people (name);\nINSERT INTO log VALUES (NULL);", "DROP INDEX people_name;", None,
     "-- transaction: off\n"),
    ("a4", "a3", "CREATE VIEW names AS SELECT name FROM people;", "DROP VIEW names;", None, ""),
    ("b4", "a3", "CREATE TABLE branch (id integer PRIMARY KEY);", "DROP TABLE branch;", None, "-- labels: side\n"),
    ("m5", "a4, b4", "INSERT INTO branch VALUES (1);", "DELETE FROM branch;", "SELECT 1; SELECT count(*) = 1 FROM branch", ""),
    ("a6", "m5", "", "", None, ""),
]
GRAPHS = {"postgresql": POSTGRESQL, "mysql": MYSQL, "sqlite": SQLITE}


def feed(target, script, *options):
    """The client as somebody would type it."""
    if target.dialect == "postgresql":
        args = psql_args(target.database)
        args = [a for a in args if a not in ("-q", "-A", "-t")] + ["-q"]
    elif target.dialect == "mysql":
        args = mariadb_args(target.database)
    else:
        args = ["sqlite3", target.path]
    return subprocess.run(args + list(options), input=script, capture_output=True, text=True, timeout=60)


def dump(target):
    """The whole schema, by the database's own tool."""
    if target.dialect == "postgresql":
        args = ["pg_dump", "--schema-only", "-h", "127.0.0.1", "-p", str(port(target.url)), "-U", "postgres", target.database]
    elif target.dialect == "mysql":
        args = ["mariadb-dump", *mariadb_args()[1:-3], "--no-data", "--routines", "--triggers", "--skip-dump-date",
                "--skip-comments", target.database]
    else:
        args = ["sqlite3", target.path, ".schema"]
    r = subprocess.run(args, capture_output=True, text=True, timeout=60)
    ok(f"{target.dialect}: the dump works", r.returncode == 0, r.stderr)
    return "\n".join(line for line in r.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


def compare(name, one, other):
    a, b = dump(one).replace(getattr(one, "database", "?"), "DB"), dump(other).replace(getattr(other, "database", "?"), "DB")
    ok(f"{name}: schema", a == b, a, "--------- is not", b)
    tables = one.tables()
    same(f"{name}: tables", other.tables(), tables)
    for t in tables:
        if t != "lockstep_history":
            same(f"{name}: rows of {t}", sorted(other.query(f"SELECT * FROM {t}")), sorted(one.query(f"SELECT * FROM {t}")))
    same(f"{name}: history", other.history(WHAT_COUNTS), one.history(WHAT_COUNTS))
    same(f"{name}: position", other.at(), one.at())
    for row in other.history("started_at IS NULL, finished_at IS NULL, run = ''"):
        ok(f"{name}: times and run are there", set(row) <= {"f", "0"}, row)


class Pair:
    def __init__(self, dialect):
        self.dialect = dialect
        self.found = databases(dialect, "render", ["applied", "fed"])

    def project(self, revisions):
        for d in self.found:
            d.reset()
        self.applied, self.fed = self.found
        self.folder = project(folder("render"), applied=self.found[:1], fed=self.found[1:])
        for id, revises, up, down, verify, header in revisions:
            revision(self.folder, id, revises, up, down, verify, header=header)

    def plan(self, environment, *words):
        path = f"{self.folder}/{environment}.yaml"
        r = run(self.folder, "plan", environment, "-o", path, *words)
        same(f"{self.name}: plan {environment}", r.status, 2, r)
        return path

    def step(self, name, *words):
        """Plan both, apply one, feed the other, compare."""
        self.name = f"{self.dialect}: {name}"
        r = run(self.folder, "apply", self.plan("applied", *words))
        same(f"{self.name}: apply", r.status, 0, r)
        rendered = run(self.folder, "render", self.plan("fed", *words))
        same(f"{self.name}: render", (rendered.status, rendered.errors), (0, ""), rendered)
        self.feed(rendered.out)
        compare(self.name, self.applied, self.fed)

    def feed(self, script):
        r = feed(self.fed, script)
        ok(f"{self.name}: the client takes it", r.returncode == 0 and not re.search("error|warning", r.stderr, re.I), r.stderr,
           script)

    def run(self):
        for mode in ("plan", "revision"):
            self.project(GRAPHS[self.dialect])
            self.step(f"{mode}: all of it", "--transaction", mode)
            for d in self.found:
                r = run(self.folder, "status", d.name)
                same(f"{self.name}: status of {d.name}", r.status, 0, r)
            self.step(f"{mode}: all the way back", "--transaction", mode, "--downgrade", "base")
            self.step(f"{mode}: again", "--transaction", mode)
        self.parts()
        self.sql()
        self.failing()

    def parts(self):
        self.project(GRAPHS[self.dialect])
        self.step("up to a2", "--to", "a2")
        self.step("both branches, in revisions", "--to", "heads", "--transaction", "revision")
        self.step("down over the merge", "--downgrade", "a4")
        self.step("and up again", "--to", "head")

    def sql(self):
        """--sql: nothing is read from the database."""
        self.project(GRAPHS[self.dialect])
        for direction, span, destination in (("upgrade", "base:a2", "a2"), ("upgrade", "a2:a4", "a4"),
                                             ("downgrade", "a4:a2", "a2"), ("upgrade", "a2:head", "head"),
                                             ("downgrade", "head:base", "base")):
            self.name = f"{self.dialect}: {direction} {span} --sql"
            printed = run(self.folder, direction, span, "--sql", "-e", "fed")
            same(f"{self.name}: status", (printed.status, printed.errors), (0, ""), printed)
            self.feed(printed.out)
            r = run(self.folder, direction, destination, "-e", "applied")
            same(f"{self.name}: {direction}", r.status, 0, r)
            compare(self.name, self.applied, self.fed)
        self.name = f"{self.dialect}: upgrade head --sql"
        for d in self.found:
            d.reset()
        printed = run(self.folder, "upgrade", "head", "--sql", "-e", "fed")
        same(f"{self.name}: touches nothing", (printed.status, self.fed.tables()), (0, []), printed)
        self.feed(printed.out)
        run(self.folder, "upgrade", "-e", "applied")
        compare(self.name, self.applied, self.fed)

    def failing(self):
        """A script that fails stops the client, and where the database can, changes nothing."""
        self.project(GRAPHS[self.dialect][:1])
        self.name = f"{self.dialect}: a failing script"
        revision(self.folder, "z9", "a1", "CREATE TABLE z (id integer);\nINSERT INTO missing VALUES (1);\n"
                 "CREATE TABLE never (id integer);", "DROP TABLE z;")
        rendered = run(self.folder, "render", self.plan("fed"))
        r = feed(self.fed, rendered.out)
        ok(f"{self.name}: the client says so", r.returncode != 0 and r.stderr != "", r)
        ok(f"{self.name}: it stops there", "never" not in self.fed.tables(), self.fed.tables())
        if self.fed.transactional:
            same(f"{self.name}: nothing stays", self.fed.tables(), [])
        else:
            same(f"{self.name}: what has run is recorded", self.fed.history("revision, outcome, done")[-1],
                 ("z9", "running", "1"))
            r = run(self.folder, "status", "fed")
            has(f"{self.name}: status tells", r.out, "z9", r)


def pair(dialect):
    p = Pair(dialect)
    if p.found:
        p.run()


with ThreadPoolExecutor(3) as pool:
    list(pool.map(pair, DIALECTS))
finish()
