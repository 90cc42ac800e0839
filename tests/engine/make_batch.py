"""make_batch.py PROGRAM [--check]: run the cases of data/batch_cases.txt with lockstep-alembic-run (PROGRAM) and with
Alembic, compare the databases, and write what ours looks like afterwards into the file. A case that says
"differs" may; with --check nothing is written and any other difference is an error. Order of constraints and
indexes does not count: Alembic has them in sets."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "batch_cases.txt")
HERE = os.path.dirname(os.path.abspath(__file__))


def read_cases(text):
    cases = []
    for part in re.split(r"(?m)^== ", text)[1:]:
        title, rest = part.split("\n", 1)
        sections = re.split(r"(?m)^-- (setup|upgrade|after|error)\n", rest)
        cases.append({"title": title, **dict(zip(sections[1::2], sections[2::2]))})
    return cases


def write_cases(cases):
    out = ""
    for case in cases:
        out += "== %s\n" % case["title"]
        for name in ("setup", "upgrade", "after", "error"):
            if case.get(name):
                out += "-- %s\n%s" % (name, case[name])
    return out


def dump(path):
    text = subprocess.run(["sqlite3", path, ".dump"], capture_output=True, text=True, check=True).stdout
    return "".join(l for l in text.splitlines(True) if l not in ("PRAGMA foreign_keys=OFF;\n", "BEGIN TRANSACTION;\n", "COMMIT;\n"))


def normal(text):
    return sorted(re.sub(r",? *$", "", line) for line in text.splitlines())


def run(case, folder, name, command):
    path = os.path.join(folder, name + ".db")
    revision = os.path.join(folder, "revision.py")
    connection = sqlite3.connect(path)
    connection.executescript(case["setup"])
    connection.close()
    body = "".join("    " + line for line in case["upgrade"].splitlines(True))
    with open(revision, "w") as f:
        f.write("import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n" + body)
    done = subprocess.run(command(path) + [revision, "up"], capture_output=True, text=True)
    return done.returncode, done.stderr, dump(path)


def main(program, check):
    with open(FILE) as f:
        cases = read_cases(f.read())
    bad = 0
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            status, said, ours = run(case, folder, "ours", lambda path: [program, "sqlite", "-", "0", "-", path])
            peer, peer_said, theirs = run(
                case, folder, "theirs",
                lambda path: [sys.executable, "-W", "ignore", os.path.join(HERE, "run_alembic.py"), "sqlite:///" + path])
        differs = "(differs" in case["title"]
        if "error" in case:
            good = status != 0 and case["error"].strip() in said and (differs or peer != 0)
        else:
            good = status == 0 and (differs or (peer == 0 and normal(ours) == normal(theirs)))
            case["after"] = ours
        if not good:
            bad += 1
            print("==", case["title"], status, peer)
            print("ours:", said.strip()[:600], "\n" + ours)
            print("theirs:", peer_said.strip()[-600:], "\n" + theirs)
        elif differs and "error" not in case and peer == 0 and normal(ours) == normal(theirs):
            print("==", case["title"], "does not differ")
    if not check:
        with open(FILE, "w") as f:
            f.write(write_cases(cases))
    print(len(cases), "cases,", bad, "bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--check" in sys.argv))
