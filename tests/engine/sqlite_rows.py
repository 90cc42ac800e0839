#!/usr/bin/env python3
"""sqlite_rows.py TOOL FIRST-SEED COUNT [--keep-going]
Random pairs of SQLite schemas, the first with rows: turned into the second and back by generated statements, each
schema must come out as it is to be, and what both have of columns must keep its values."""
import importlib
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Wrong(Exception):
    pass


def q(name):
    return '"' + name.replace('"', '""') + '"'


def tool(program, *args):
    done = subprocess.run([program, *args], capture_output=True, text=True)
    if done.returncode:
        raise Wrong("%s: %s" % (" ".join(args), done.stderr))
    return done.stdout


def build(path, script):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("BEGIN;" + script + "COMMIT;")
    db.close()


def apply(path, statements):
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.executescript("BEGIN;\n" + statements + "COMMIT;")
        # What integrity_check of SQLite 3.40 says of values in tables WITHOUT ROWID is not so.
        wrong = [r for r in db.execute("PRAGMA integrity_check") if r != ("ok",) and " value in " not in r[0]]
        if wrong:
            raise Wrong("integrity_check: %s" % wrong)
    except sqlite3.Error as e:
        raise Wrong("%s in\n%s" % (e, statements)) from e
    finally:
        db.close()


def columns(path):
    db = sqlite3.connect(path)
    found = {}
    for (table,) in db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name "
                               "NOT LIKE 'sqlite~_%' ESCAPE '~'").fetchall():
        found[table] = {r[1] for r in db.execute("PRAGMA table_xinfo(%s)" % q(table)) if r[6] == 0}
    db.close()
    return found


def value(v):
    try:
        return float(v)
    except (TypeError, ValueError):
        return v


def values(path, what):
    db = sqlite3.connect(path)
    db.text_factory = lambda b: b.decode("utf-8", "replace")
    found = {t: sorted(([value(v) for v in r] for r in db.execute(
        "SELECT %s FROM %s" % (", ".join(q(c) for c in sorted(names)) or "1", q(t)))), key=repr)
        for t, names in what.items()}
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchall():
        found["counters"] = sorted(r for r in db.execute("SELECT name, seq FROM sqlite_sequence") if r[0] in what)
    db.close()
    return found


def common(a, b):
    return {t: a[t] & b[t] for t in a if t in b and a[t] & b[t]}


def round_trip(program, scripts, directory):
    paths = [os.path.join(directory, n) for n in ("a.db", "b.db")]
    urls = ["sqlite:///" + p for p in paths]
    for path, script in zip(paths, scripts):
        if os.path.exists(path):
            os.unlink(path)
        build(path, script)
    before = [tool(program, "canonical", u) for u in urls]
    there, back = tool(program, "diff", *urls), tool(program, "diff", *reversed(urls))
    both = common(columns(paths[0]), columns(paths[1]))
    kept = values(paths[0], both)
    counters = kept.pop("counters", None)
    for statements, expected, which in ((there, before[1], "there"), (back, before[0], "back")):
        apply(paths[0], statements)
        after = tool(program, "canonical", urls[0])
        if after != expected:
            raise Wrong("%s: the schema differs\n%s\n--- expected\n%s\n--- is\n%s" % (which, statements, expected, after))
        now = values(paths[0], both)
        now_counters = now.pop("counters", None)
        if now != kept:
            raise Wrong("%s: rows differ\n%s\n%s\n%s" % (which, statements, kept, now))
        still = {t for t, _ in now_counters or []} & {t for t, _ in counters or []}
        if [c for c in counters or [] if c[0] in still] != [c for c in now_counters or [] if c[0] in still]:
            raise Wrong("%s: counters differ\n%s\n%s\n%s" % (which, statements, counters, now_counters))
        counters = now_counters # a table that does not count in between begins anew
    return (there + back).count(";\n")


def main(argv):
    make = importlib.import_module("schema_random.sqlite").pair_with_rows
    program, first, count = [a for a in argv if not a.startswith("--")]
    done = statements = failed = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as directory:
        for seed in range(int(first), int(first) + int(count)):
            done += 1
            try:
                statements += round_trip(program, make(seed), directory)
            except (Wrong, sqlite3.Error) as e:
                failed += 1
                print("seed %d: %s\n" % (seed, e), flush=True)
                if "--keep-going" not in argv:
                    break
    print("%d pairs of schemas with rows, %d statements, %d failed" % (done, statements, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
