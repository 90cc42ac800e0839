#!/usr/bin/env python3
"""sqlite_complete.py TOOL [--table]
Every kind of object that SQLite has and every attribute of it: a change made by hand must be found as exactly that,
and the generated statements must take it back. --table: what was found, as rows of Markdown."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

BASE = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE, x INTEGER UNIQUE);
CREATE TABLE other (id INTEGER PRIMARY KEY, code TEXT UNIQUE, note TEXT);
CREATE TABLE t (%s) %s;
CREATE INDEX ix ON t (a);
CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;
CREATE TRIGGER vt INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE f USING fts5(body);
"""
BODY = {"a": "a TEXT", "b": "b INTEGER", "g": "g TEXT AS (a || 'x')", "key": "CONSTRAINT pk PRIMARY KEY (id)",
        "id": "id INTEGER", "u": "CONSTRAINT u UNIQUE (a)", "fk": "CONSTRAINT fk FOREIGN KEY (b) REFERENCES parent (id)",
        "ck": "CONSTRAINT ck CHECK (b > 0)"}
ORDER = ["id", "a", "b", "g", "key", "u", "fk", "ck"]


def base(options="", **parts):
    body = dict(BODY, **parts)
    return BASE % (", ".join(body[k] for k in ORDER if body.get(k)), options)


FK = "CONSTRAINT fk FOREIGN KEY (b) REFERENCES "
# kind, attribute, the schema by hand (parts of the table, options) or statements, what is to be found
CASES = [
    ("table", "missing", "DROP TABLE other", ["missing table other"]),
    ("table", "unexpected", "CREATE TABLE extra (a)", ["unexpected table extra"]),
    ("table", "without rowid", {"options": "WITHOUT ROWID"},
     ["changed table t: without_rowid", "changed column t.id: nullable"]),
    ("table", "strict", {"options": "STRICT"}, ["changed table t: strict"]),
    ("column", "missing", "ALTER TABLE other DROP COLUMN note", ["missing column other.note"]),
    ("column", "unexpected", "ALTER TABLE other ADD COLUMN more TEXT", ["unexpected column other.more"]),
    ("column", "type", {"b": "b BIGINT"}, ["changed column t.b: type"]),
    ("column", "not null", {"b": "b INTEGER NOT NULL"}, ["changed column t.b: nullable"]),
    ("column", "not null on conflict", ({"b": "b INTEGER NOT NULL"}, {"b": "b INTEGER NOT NULL ON CONFLICT FAIL"}),
     ["changed column t.b: not_null_conflict"]),
    ("column", "default", {"b": "b INTEGER DEFAULT 7"}, ["changed column t.b: default"]),
    ("column", "default expression", {"b": "b INTEGER DEFAULT (1 + 2)"}, ["changed column t.b: default"]),
    ("column", "collation", {"a": "a TEXT COLLATE NOCASE"}, ["changed column t.a: collation"]),
    ("column", "generated", {"g": "g TEXT AS (a || 'y')"}, ["changed column t.g: generated"]),
    ("column", "stored", {"g": "g TEXT AS (a || 'x') STORED"}, ["changed column t.g: stored"]),
    ("column", "autoincrement", {"id": "id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT", "key": None},
     ["changed column t.id: autoincrement"]),
    ("primary key", "missing", {"key": None}, ["missing primary key t.pk"]),
    ("primary key", "columns", {"key": "CONSTRAINT pk PRIMARY KEY (id, b)"}, ["changed primary key t.pk: columns"]),
    ("primary key", "order", {"key": "CONSTRAINT pk PRIMARY KEY (id DESC)"}, ["changed primary key t.pk: sorted"]),
    ("primary key", "not the rowid", {"id": "id INTEGER CONSTRAINT pk PRIMARY KEY DESC", "key": None},
     ["changed primary key t.pk: sorted"]),
    ("primary key", "on conflict", {"key": "CONSTRAINT pk PRIMARY KEY (id) ON CONFLICT REPLACE"},
     ["changed primary key t.pk: conflict"]),
    ("unique", "missing", {"u": None}, ["missing unique t.u"]),
    ("unique", "columns", {"u": "CONSTRAINT u UNIQUE (a, b)"}, ["changed unique t.u: columns"]),
    ("unique", "collation", {"u": "CONSTRAINT u UNIQUE (a COLLATE nocase)"}, ["changed unique t.u: sorted"]),
    ("unique", "on conflict", {"u": "CONSTRAINT u UNIQUE (a) ON CONFLICT IGNORE"}, ["changed unique t.u: conflict"]),
    ("foreign key", "missing", {"fk": None}, ["missing foreign key t.fk"]),
    ("foreign key", "columns", {"fk": FK.replace("(b)", "(id)") + "parent (id)"}, ["changed foreign key t.fk: columns"]),
    ("foreign key", "table", {"fk": FK + "other (id)"}, ["changed foreign key t.fk: ref_table"]),
    ("foreign key", "referred columns", {"fk": FK + "parent (x)"}, ["changed foreign key t.fk: ref_columns"]),
    ("foreign key", "on delete", {"fk": FK + "parent (id) ON DELETE CASCADE"}, ["changed foreign key t.fk: on_delete"]),
    ("foreign key", "on update", {"fk": FK + "parent (id) ON UPDATE SET NULL"}, ["changed foreign key t.fk: on_update"]),
    ("foreign key", "match", {"fk": FK + "parent (id) MATCH FULL"}, ["changed foreign key t.fk: match"]),
    ("foreign key", "deferrable", {"fk": FK + "parent (id) DEFERRABLE"}, ["changed foreign key t.fk: deferrable"]),
    ("foreign key", "initially", ({"fk": FK + "parent (id) DEFERRABLE"},
                                  {"fk": FK + "parent (id) DEFERRABLE INITIALLY DEFERRED"}),
     ["changed foreign key t.fk: initially"]),
    ("check", "missing", {"ck": None}, ["missing check t.ck"]),
    ("check", "expression", {"ck": "CONSTRAINT ck CHECK (b > 1)"}, ["changed check t.ck: expression"]),
    ("constraint", "name", {"ck": "CONSTRAINT renamed CHECK (b > 0)"}, ["missing check t.ck",
                                                                       "unexpected check t.renamed"]),
    ("index", "missing", "DROP INDEX ix", ["missing index t.ix"]),
    ("index", "unexpected", "CREATE INDEX more ON t (b)", ["unexpected index t.more"]),
    ("index", "columns", "DROP INDEX ix; CREATE INDEX ix ON t (a, b)", ["changed index t.ix: keys"]),
    ("index", "expression", "DROP INDEX ix; CREATE INDEX ix ON t (lower(a))", ["changed index t.ix: keys"]),
    ("index", "order", "DROP INDEX ix; CREATE INDEX ix ON t (a DESC)", ["changed index t.ix: keys"]),
    ("index", "collation", "DROP INDEX ix; CREATE INDEX ix ON t (a COLLATE NOCASE)", ["changed index t.ix: keys"]),
    ("index", "unique", "DROP INDEX ix; CREATE UNIQUE INDEX ix ON t (a)", ["changed index t.ix: unique"]),
    ("index", "predicate", "DROP INDEX ix; CREATE INDEX ix ON t (a) WHERE b > 3", ["changed index t.ix: predicate"]),
    ("view", "missing", "DROP VIEW v", ["missing view v"]),
    ("view", "definition", "DROP TRIGGER vt; DROP VIEW v; CREATE VIEW v AS SELECT b FROM t; "
     "CREATE TRIGGER vt INSTEAD OF INSERT ON v BEGIN SELECT 1; END", ["changed view v: definition"]),
    ("trigger", "missing", "DROP TRIGGER tr", ["missing trigger t.tr"]),
    ("trigger", "definition", "DROP TRIGGER tr; CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 2; END",
     ["changed trigger t.tr: definition"]),
    ("trigger", "of a view", "DROP TRIGGER vt", ["missing trigger v.vt"]),
    ("virtual table", "missing", "DROP TABLE f", ["missing virtual table f"]),
    ("virtual table", "definition", "DROP TABLE f; CREATE VIRTUAL TABLE f USING fts5(body, title)",
     ["changed virtual table f: definition"]),
    ("layout", "nothing is found", "DROP TRIGGER tr; CREATE TRIGGER tr  AFTER INSERT\n ON \"t\" BEGIN SELECT 1;END", []),
    ("attached and temporary tables", "nothing is found", "CREATE TEMP TABLE temporary (a)", []),
]


def run(tool, *args):
    done = subprocess.run([tool, *args], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("%s: %s" % (" ".join(args), done.stderr))
    return done.stdout


def build(path, *scripts):
    if os.path.exists(path):
        os.unlink(path)
    execute(path, *scripts)


def execute(path, *scripts):
    db = sqlite3.connect(path, isolation_level=None)
    for script in scripts:
        db.executescript(script)
    db.close()


def found(tool, expected, actual):
    lines = []
    for line in run(tool, "changes", expected, actual).splitlines():
        attribute = re.match(r"    (\w+): expected ", line)
        if attribute:
            lines[-1] += (", " if ": " in lines[-1] else ": ") + attribute.group(1)
        elif re.match("(missing|unexpected|changed) ", line):
            lines.append(line)
    return sorted(lines)


def check(tool, directory, case):
    kind, attribute, change, expected = case
    paths = [os.path.join(directory, n) for n in ("expected.db", "actual.db")]
    urls = ["sqlite:///" + p for p in paths]
    if isinstance(change, str):
        build(paths[0], base())
        build(paths[1], base(), change)
    else:
        first, second = change if isinstance(change, tuple) else ({}, change)
        build(paths[0], base(**first))
        build(paths[1], base(**second))
    got = found(tool, *urls)
    if got != sorted(expected):
        return "%s, %s: expected %s, found %s" % (kind, attribute, expected, got)
    back = run(tool, "diff", *reversed(urls))
    execute(paths[1], "BEGIN;" + back + "COMMIT;")
    got = found(tool, *urls)
    return "%s, %s: taken back, but %s\n%s" % (kind, attribute, got, back) if got else None


def main(argv):
    tool = next(a for a in argv if not a.startswith("--"))
    wrong = []
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as directory:
        for case in CASES:
            problem = check(tool, directory, case)
            wrong += [problem] if problem else []
            if "--table" in argv and not problem:
                print("| %s | %s | SQLite |" % case[:2])
    for problem in wrong:
        print(problem)
    if "--table" not in argv:
        print("%d changes by hand, %d not found as they are" % (len(CASES), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
