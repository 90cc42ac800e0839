#!/usr/bin/env python3
"""mysql_complete.py TOOL URL EXPECTED ACTUAL [--table]
Every kind of object that MariaDB has and every attribute of it: a change made by hand must be found as exactly that,
and the generated statements must take it back. URL is of the server, the others are databases, made anew.
--table: what was found, as rows of Markdown."""
import re
import subprocess
import sys

BASE = r"""
CREATE SEQUENCE s START WITH 5 INCREMENT BY 2 MINVALUE 1 MAXVALUE 1000 CACHE 10;
CREATE TABLE parent (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, code int NOT NULL, UNIQUE KEY code (code));
CREATE TABLE other (id int NOT NULL PRIMARY KEY, code int NOT NULL, note text, UNIQUE KEY code (code));
CREATE TABLE t (id int NOT NULL, a varchar(50) DEFAULT 'x', b int, c int, ts timestamp NULL, g int AS (b + 1),
  body text, place point NOT NULL, ch int CHECK (ch > 0), PRIMARY KEY (id), KEY ix (a), KEY fk (b), KEY two (b, c),
  FULLTEXT KEY ft (body), SPATIAL KEY sp (place), CONSTRAINT ck CHECK (c > 0),
  CONSTRAINT fk FOREIGN KEY (b) REFERENCES parent (id)) COMMENT='first';
CREATE TABLE parts (id int NOT NULL PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10),
  PARTITION p1 VALUES LESS THAN (20));
CREATE VIEW v AS SELECT a, b FROM t WHERE b > 0;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 1;
CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 2;
CREATE FUNCTION f(a int) RETURNS int RETURN 1;
CREATE PROCEDURE p(a int, OUT b int) SELECT 1 INTO b;
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO SET @x = 1;
"""
VIEW = "CREATE OR REPLACE %s VIEW v AS SELECT a, b FROM t WHERE b > 0 %s"
FUNCTION = "DROP FUNCTION f; CREATE %s FUNCTION f(a int) RETURNS int %s RETURN 1"
FK = "ALTER TABLE t DROP FOREIGN KEY fk; ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (%s) REFERENCES %s"
# kind, attribute, the change by hand, what is to be found
CASES = [
    ("table", "missing", "DROP TABLE other", ["missing table other"]),
    ("table", "unexpected", "CREATE TABLE extra (a int)", ["unexpected table extra"]),
    ("table", "comment", "ALTER TABLE t COMMENT='second'", ["changed table t: comment"]),
    ("table", "engine", "ALTER TABLE other ENGINE=MyISAM", ["changed table other: options"]),
    ("table", "row format", "ALTER TABLE other ROW_FORMAT=COMPRESSED", ["changed table other: options"]),
    ("table", "collation", "ALTER TABLE parent COLLATE latin1_swedish_ci", ["changed table parent: options"]),
    ("table", "options", "ALTER TABLE other STATS_PERSISTENT=0", ["changed table other: options"]),
    ("table", "system versioning", "ALTER TABLE other ADD SYSTEM VERSIONING", ["changed table other: options"]),
    ("table", "partitions", "ALTER TABLE parts ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
     ["changed partitioned table parts: partition_bound"]),
    ("table", "partitioning", "ALTER TABLE parts REMOVE PARTITIONING",
     ["changed partitioned table parts: kind, partition_key, partition_bound"]),
    ("table", "kind", "DROP VIEW v; CREATE TABLE v (a int)", None),
    ("column", "missing", "ALTER TABLE other DROP COLUMN note", ["missing column other.note"]),
    ("column", "unexpected", "ALTER TABLE other ADD COLUMN more text", ["unexpected column other.more"]),
    ("column", "type", "ALTER TABLE other MODIFY note longtext", ["changed column other.note: type"]),
    ("column", "length", "ALTER TABLE t MODIFY a varchar(51) DEFAULT 'x'", ["changed column t.a: type"]),
    ("column", "not null", "ALTER TABLE other MODIFY note text NOT NULL", ["changed column other.note: nullable"]),
    ("column", "default", "ALTER TABLE t ALTER a SET DEFAULT 'y'", ["changed column t.a: default"]),
    ("column", "no default", "ALTER TABLE t ALTER a DROP DEFAULT", ["changed column t.a: default"]),
    ("column", "default expression", "ALTER TABLE t MODIFY a varchar(50) DEFAULT (uuid())", ["changed column t.a: default"]),
    ("column", "default from a sequence", "ALTER TABLE t MODIFY b int DEFAULT (nextval(s))", ["changed column t.b: default"]),
    ("column", "on update", "ALTER TABLE t MODIFY ts timestamp NULL ON UPDATE current_timestamp()",
     ["changed column t.ts: on_update"]),
    ("column", "generated", "ALTER TABLE t MODIFY g int AS (b + 2)", ["changed column t.g: generated"]),
    ("column", "stored", "ALTER TABLE t DROP COLUMN g, ADD COLUMN g int AS (b + 1) STORED", ["changed column t.g: stored"]),
    ("column", "no longer generated", "ALTER TABLE t DROP COLUMN g, ADD COLUMN g int", ["changed column t.g: generated"]),
    ("column", "character set", "ALTER TABLE t MODIFY a varchar(50) CHARACTER SET latin1 DEFAULT 'x'",
     ["changed column t.a: charset, collation"]),
    ("column", "collation", "ALTER TABLE t MODIFY a varchar(50) COLLATE utf8mb4_bin DEFAULT 'x'",
     ["changed column t.a: collation"]),
    ("column", "comment", "ALTER TABLE t MODIFY c int COMMENT 'it''s'", ["changed column t.c: comment"]),
    ("column", "auto_increment", "ALTER TABLE parent MODIFY id int NOT NULL", ["changed column parent.id: autoincrement"]),
    ("column", "invisible", "ALTER TABLE t MODIFY c int INVISIBLE", ["changed column t.c: hidden"]),
    ("column", "compressed", "ALTER TABLE other MODIFY note text COMPRESSED", ["changed column other.note: type"]),
    ("column", "check", "ALTER TABLE t MODIFY ch int CHECK (ch > 1)",
     ["missing check t.check `ch` > 0", "unexpected check t.check `ch` > 1"]),
    ("primary key", "missing", "ALTER TABLE other DROP PRIMARY KEY", ["missing primary key other.primary key (id)"]),
    ("primary key", "columns", "ALTER TABLE other DROP PRIMARY KEY, ADD PRIMARY KEY (id, code)",
     ["missing primary key other.primary key (id)", "unexpected primary key other.primary key (id, code)"]),
    ("primary key", "prefix", "ALTER TABLE other MODIFY note varchar(20) NOT NULL, DROP PRIMARY KEY, ADD PRIMARY KEY (note(5))",
     None),
    ("primary key", "comment", "ALTER TABLE other DROP PRIMARY KEY, ADD PRIMARY KEY (id) COMMENT 'key'",
     ["changed primary key other.primary key (id): comment"]),
    ("foreign key", "missing", "ALTER TABLE t DROP FOREIGN KEY fk", ["missing foreign key t.fk"]),
    ("foreign key", "unexpected", "ALTER TABLE t ADD CONSTRAINT more FOREIGN KEY (b) REFERENCES other (id)",
     ["unexpected foreign key t.more"]),
    ("foreign key", "columns", FK.replace("KEY fk;", "KEY fk, DROP KEY fk;") % ("c", "parent (id)"),
     ["changed foreign key t.fk: columns", "changed index t.fk: keys"]),
    ("foreign key", "table", FK % ("b", "other (id)"), ["changed foreign key t.fk: ref_table"]),
    ("foreign key", "referred columns", FK % ("b", "parent (code)"), ["changed foreign key t.fk: ref_columns"]),
    ("foreign key", "on delete", FK % ("b", "parent (id) ON DELETE CASCADE"), ["changed foreign key t.fk: on_delete"]),
    ("foreign key", "on update", FK % ("b", "parent (id) ON UPDATE SET NULL"), ["changed foreign key t.fk: on_update"]),
    ("check", "missing", "ALTER TABLE t DROP CONSTRAINT ck", ["missing check t.ck"]),
    ("check", "expression", "ALTER TABLE t DROP CONSTRAINT ck; ALTER TABLE t ADD CONSTRAINT ck CHECK (c > 1)",
     ["changed check t.ck: expression"]),
    ("index", "missing", "DROP INDEX ix ON t", ["missing index t.ix"]),
    ("index", "unexpected", "CREATE INDEX more ON t (c)", ["unexpected index t.more"]),
    ("index", "needed by a foreign key", "ALTER TABLE t DROP KEY fk", ["missing index t.fk"]),
    ("index", "columns", "ALTER TABLE t DROP KEY ix, ADD KEY ix (a, c)", ["changed index t.ix: keys"]),
    ("index", "prefix", "ALTER TABLE t DROP KEY ix, ADD KEY ix (a(5))", ["changed index t.ix: keys"]),
    ("index", "order", "ALTER TABLE t DROP KEY ix, ADD KEY ix (a DESC)", ["changed index t.ix: keys"]),
    ("index", "unique", "ALTER TABLE t DROP KEY ix, ADD UNIQUE KEY ix (a)", ["changed index t.ix: unique"]),
    ("index", "method", "ALTER TABLE t DROP KEY ft, ADD KEY ft (body(10))", ["changed index t.ft: method, keys"]),
    ("index", "spatial", "ALTER TABLE t DROP KEY sp", ["missing index t.sp"]),
    ("index", "comment", "ALTER TABLE t DROP KEY ix, ADD KEY ix (a) COMMENT 'why'", ["changed index t.ix: comment"]),
    ("index", "ignored", "ALTER TABLE t ALTER INDEX ix IGNORED", ["changed index t.ix: ignored"]),
    ("index", "name", "ALTER TABLE t RENAME INDEX ix TO iy", ["missing index t.ix", "unexpected index t.iy"]),
    ("trigger", "missing", "DROP TRIGGER tr2", ["missing trigger t.tr2"]),
    ("trigger", "definition", "DROP TRIGGER tr2; CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 3",
     ["changed trigger t.tr2: definition"]),
    ("trigger", "timing", "DROP TRIGGER tr2; CREATE TRIGGER tr2 BEFORE UPDATE ON t FOR EACH ROW SET NEW.c = 2",
     ["changed trigger t.tr2: definition"]),
    ("trigger", "order", "DROP TRIGGER tr; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.c = 1",
     ["changed trigger t.tr2: definition", "changed trigger t.tr: definition"]),
    ("trigger", "definer", "DROP TRIGGER tr2; CREATE DEFINER=someone@localhost TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW "
     "SET NEW.c = 2", ["changed trigger t.tr2: definer"]),
    ("trigger", "sql_mode", "DROP TRIGGER tr2; SET sql_mode = 'ANSI_QUOTES'; CREATE TRIGGER tr2 BEFORE INSERT ON t "
     "FOR EACH ROW SET NEW.c = 2", ["changed trigger t.tr2: sql_mode"]),
    ("view", "missing", "DROP VIEW v", ["missing view v"]),
    ("view", "definition", "CREATE OR REPLACE VIEW v AS SELECT a FROM t", ["changed view v: definition"]),
    ("view", "definer", VIEW % ("DEFINER=root@localhost", ""), ["changed view v: definer"]),
    ("view", "security", VIEW % ("SQL SECURITY INVOKER", ""), ["changed view v: security"]),
    ("view", "algorithm", VIEW % ("ALGORITHM=MERGE", ""), ["changed view v: algorithm"]),
    ("view", "check option", VIEW % ("", "WITH CASCADED CHECK OPTION"), ["changed view v: check_option"]),
    ("function", "missing", "DROP FUNCTION f", ["missing function function f"]),
    ("function", "body", "DROP FUNCTION f; CREATE FUNCTION f(a int) RETURNS int RETURN 2",
     ["changed function function f: definition"]),
    ("function", "arguments", "DROP FUNCTION f; CREATE FUNCTION f(a bigint) RETURNS int RETURN 1",
     ["changed function function f: definition"]),
    ("function", "returns", "DROP FUNCTION f; CREATE FUNCTION f(a int) RETURNS bigint RETURN 1",
     ["changed function function f: returns, definition"]),
    ("function", "deterministic", FUNCTION % ("", "DETERMINISTIC"), ["changed function function f: definition"]),
    ("function", "data access", FUNCTION % ("", "READS SQL DATA"), ["changed function function f: definition"]),
    ("function", "security", FUNCTION % ("", "SQL SECURITY INVOKER"), ["changed function function f: definition"]),
    ("function", "comment", FUNCTION % ("", "COMMENT 'it''s'"), ["changed function function f: definition"]),
    ("function", "definer", FUNCTION % ("DEFINER=someone@localhost", ""), ["changed function function f: definer"]),
    ("function", "sql_mode", "SET sql_mode = ''; " + FUNCTION % ("", ""), ["changed function function f: sql_mode"]),
    ("procedure", "missing", "DROP PROCEDURE p", ["missing procedure procedure p"]),
    ("procedure", "parameter mode", "DROP PROCEDURE p; CREATE PROCEDURE p(a int, INOUT b int) SELECT 1 INTO b",
     ["changed procedure procedure p: definition"]),
    ("event", "missing", "DROP EVENT ev", ["missing event ev"]),
    ("event", "schedule", "ALTER EVENT ev ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01 00:00:00'", ["changed event ev: definition"]),
    ("event", "body", "ALTER EVENT ev DO SET @x = 2", ["changed event ev: definition"]),
    ("event", "disabled", "ALTER EVENT ev DISABLE", ["changed event ev: disabled"]),
    ("event", "comment", "ALTER EVENT ev COMMENT 'it''s'", ["changed event ev: definition"]),
    ("event", "on completion", "ALTER EVENT ev ON COMPLETION PRESERVE", ["changed event ev: definition"]),
    ("sequence", "missing", "DROP SEQUENCE s", ["missing sequence s"]),
    ("sequence", "increment", "ALTER SEQUENCE s INCREMENT BY 3", ["changed sequence s: increment"]),
    ("sequence", "start", "ALTER SEQUENCE s START WITH 7", ["changed sequence s: start"]),
    ("sequence", "bounds", "ALTER SEQUENCE s MINVALUE 2 MAXVALUE 99", ["changed sequence s: min, max"]),
    ("sequence", "cache", "ALTER SEQUENCE s CACHE 20", ["changed sequence s: cache"]),
    ("sequence", "cycle", "ALTER SEQUENCE s CYCLE", ["changed sequence s: cycle"]),
    ("counter of AUTO_INCREMENT", "nothing is found", "ALTER TABLE parent AUTO_INCREMENT=500", []),
    ("value of a sequence", "nothing is found", "SELECT nextval(s)", []),
    ("rows", "nothing is found", "INSERT INTO other VALUES (1, 1, 'x')", []),
    ("temporary table", "nothing is found", "CREATE TEMPORARY TABLE temporary (a int)", []),
]


def run(*args, text=None):
    done = subprocess.run(args, capture_output=True, text=True, input=text)
    if done.returncode:
        raise RuntimeError("%s: %s%s\n%s" % (" ".join(args), done.stdout, done.stderr, text or ""))
    return done.stdout


class Check:
    def __init__(self, tool, url, expected, actual):
        self.tool, self.names = tool, (expected, actual)
        self.urls = [url + "/" + n for n in self.names]
        self.client = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", url.rpartition(":")[2], "-u", "root"]

    def build(self, name):
        run(*self.client, text="SET foreign_key_checks = 0; DROP DATABASE IF EXISTS %s; SET foreign_key_checks = 1; "
            "CREATE DATABASE %s COLLATE utf8mb4_general_ci; USE %s; %s" % (name, name, name, BASE))

    def found(self):
        lines = []
        for line in run(self.tool, "changes", *self.urls).splitlines():
            attribute = re.match(r"    (\w+): expected ", line)
            if attribute:
                lines[-1] += (", " if ": " in lines[-1] else ": ") + attribute.group(1)
            elif re.match("(missing|unexpected|changed) ", line):
                lines.append(line)
        return sorted(lines)

    def case(self, kind, attribute, change, expected):
        run(*self.client, self.names[1], text=change)
        got = self.found()
        if expected is not None and got != sorted(expected):
            return "%s, %s: expected %s, found %s" % (kind, attribute, expected, got)
        if expected is None and not got:
            return "%s, %s: nothing was found" % (kind, attribute)
        back = run(self.tool, "diff", *reversed(self.urls))
        run(*self.client, self.names[1], text=back)
        got = self.found()
        return "%s, %s: taken back, but %s\n%s" % (kind, attribute, got, back) if got else None


def main(argv):
    names = [a for a in argv if not a.startswith("--")]
    wrong = []
    check = Check(*names)
    check.build(check.names[0])
    check.build(check.names[1])
    for case in CASES:
        try:
            problem = check.case(*case)
        except RuntimeError as error:
            problem = "%s, %s: %s" % (*case[:2], error)
        if problem:
            wrong.append(problem)
            check.build(check.names[1])
        elif "--table" in argv:
            print("| %s | %s | MariaDB |" % case[:2])
    run(*check.client, text="SET foreign_key_checks = 0; DROP DATABASE %s; DROP DATABASE %s" % check.names)
    for problem in wrong:
        print(problem)
    if "--table" not in argv:
        print("%d changes by hand, %d not found as they are" % (len(CASES), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
