"""Alembic and Lockstep in turn on the same databases: whoever made a step, the other finds the same position, the same
tables and the same way on, along branches, a merge and a branch that depends on another."""
import random
from e2e import *

DATA = f"{SOURCE}/tests/cmd/data/alembic_project"
PYTHON = "/usr/bin/python3"  # Debian's, which its alembic runs on
STEPS = ["upgrade orders@+1", "upgrade 10c0ffee0002", "upgrade orders@head", "upgrade heads", "upgrade billing@+1",
         "upgrade 10c0ffee0005", "upgrade reports@head", "downgrade reports@base", "downgrade orders@-1",
         "downgrade 10c0ffee0002", "downgrade -1", "downgrade base", "upgrade 10c0ffee0004"]


def alembic(path, *words):
    done = subprocess.run(["alembic", *words], cwd=path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    return Result(done.returncode, done.stdout, done.stderr)


def can_connect(module):
    return subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode == 0


def project_for(database, scheme):
    path = folder("turns")
    shutil.copytree(DATA, f"{path}/p")
    url = scheme + ":" + database.url.partition(":")[2]
    ini = re.sub(r"(?m)^sqlalchemy\.url = .*$", f"sqlalchemy.url = {url}".replace("\\", "\\\\"),
                 read(f"{path}/p/alembic.ini"))
    write(f"{path}/p/alembic.ini", ini)
    return f"{path}/p"


def walk(database, scheme, seed, steps):
    """A random way: each step by one of the two; a second database that Alembic alone has moved must look alike."""
    chance = random.Random(seed)
    path = project_for(database[0], scheme)
    other = project_for(database[1], scheme)
    for d in database:
        d.reset()
    for n in range(steps):
        words = chance.choice(STEPS).split()
        by = chance.choice(("lockstep", "alembic"))
        what = f"{database[0].dialect} {seed}.{n}: {' '.join(words)} by {by} at {database[0].at()}"
        mine = run(path, *words) if by == "lockstep" else alembic(path, *words)
        theirs = alembic(other, *words)
        if "upgrade" in words and theirs.status == 0 and mine.status != 0 and "behind" in mine.errors:
            continue  # an upgrade to what is behind: nothing to Alembic, a mistake to us
        if words[0] == "downgrade" and words[1] == "-1" and theirs.status == 0 and mine.status != 0:
            alembic(path, *words)  # -1 from several heads: Alembic warns and chooses, we ask
            mine = theirs
        ok(f"{what}: both or neither", (mine.status == 0) == (theirs.status == 0), mine, theirs)
        same(f"{what}: position", database[0].at(), database[1].at(), mine, theirs)
        same(f"{what}: tables", database[0].snapshot(), database[1].snapshot(), mine, theirs)
        ask = run(path, "current"), alembic(path, "current")
        same(f"{what}: current", sorted(ask[0].out.split()), sorted(ask[1].out.split()), *ask)


def pair(name):
    return [SQLite(f"{name}-{i}", f"{folder('turns')}/{name}{i}.db") for i in range(2)]


walk(pair("lite"), "sqlite", 1, 14)
for made, scheme, module in ((postgresql_databases("turns", ["a", "b"]), "postgresql+psycopg2", "psycopg2"),
                             (mariadb_databases("turns", ["c", "d"]), "mysql+pymysql", "pymysql")):
    if made and can_connect(module):
        walk(made, scheme, 2, 14)
    elif made:
        ok(f"{module} for Alembic", os.environ.get("LOCKSTEP_TEST_REQUIRE_SERVERS") != "1",
           "scripts/install-tests installs it")
stamps = pair("stamps")
path = project_for(stamps[0], "sqlite")
for words in ("stamp heads", "stamp 10c0ffee0002", "stamp reports@head", "stamp base", "stamp orders@head"):
    for program in (run, alembic):
        r = program(path, *words.split())
        ok(f"{words}: done", r.status == 0, r)
        same(f"{words}: current", sorted(run(path, "current").out.split()), sorted(alembic(path, "current").out.split()))
finish()
