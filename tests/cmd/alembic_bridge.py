"""Revisions that Lockstep does not run go through the project's own Alembic when it names a Python: rendered without a
database where that can be, run by it where not; and refused, before anything is done, without one."""
from e2e import *

PYTHON = "/usr/bin/python3"  # Debian's, which its alembic runs on
HEAD = '''"""{id}"""
import asyncio
from alembic import op
import sqlalchemy as sa
revision = "{id}"
down_revision = {down!r}


async def name():
    return "people"


'''
KNOWN = '''def upgrade():
    op.create_table(asyncio.run(name()), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))


def downgrade():
    op.drop_table("people")
'''
LIVE = '''def upgrade():
    table = asyncio.run(name())
    conn = op.get_bind()
    conn.execute(sa.text("INSERT INTO people (id, n) VALUES (:i, 5)"), {"i": 1})
    for row in conn.execute(sa.text("SELECT id, n FROM people")).fetchall():
        op.execute("UPDATE people SET n = %d WHERE id = %d" % (row[1] * 2, row[0]))


def downgrade():
    op.execute("DELETE FROM " + asyncio.run(name()))
'''
FAILS = '''def upgrade():
    asyncio.run(name())
    op.get_bind().execute(sa.text("UPDATE people SET n = :n"), {"n": 99})
    op.execute("INSERT INTO nowhere (id) VALUES (1)")


def downgrade():
    pass
'''


SLOW_BODY = '''def upgrade():
    asyncio.run(name())
    op.get_bind().execute(sa.text("UPDATE people SET n = :n"), {"n": 77})
    open("begun", "w").close()
    op.execute(%r)


def downgrade():
    pass
'''
CATCHES = '''def upgrade():
    asyncio.run(name())
    try:
        there = sa.inspect(op.get_bind()).has_table("people")
    except Exception:
        there = False
    if not there:
        op.execute("CREATE TABLE wrong (id INTEGER)")
    if not op.get_context().as_sql:
        op.execute("UPDATE people SET n = 11")


def downgrade():
    asyncio.run(name())
    sa.create_engine("sqlite:///planned.db").connect().execute(sa.text("CREATE TABLE planned (id INTEGER)"))
'''
KEEPS = '''def upgrade():
    asyncio.run(name())
    with op.get_context().autocommit_block():
        op.execute("UPDATE people SET n = 12")
    op.get_bind().execute(sa.text("INSERT INTO nowhere (id) VALUES (:i)"), {"i": 1})


def downgrade():
    pass
'''


def add(path, id, down, body):
    write(f"{path}/versions/{id}.py", HEAD.format(id=id, down=down) + body)


def interrupted(path, database):
    """Ctrl-C reaches Alembic, whose client library does not see it in the middle of a statement."""
    what = database.dialect
    add(path, "r3", "r2", SLOW_BODY % SLOW[what])
    process = start(path, "upgrade")
    wait_for(f"{what}: the slow statement", lambda: process.poll() is not None or (
        os.path.exists(f"{path}/begun") and at_work(database, process)), 30)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    r = ended(process, 30)
    same(f"{what}: an interrupt is told", r.status, 130, r)
    ok(f"{what}: at once", time.monotonic() - began < SOON, r)
    same(f"{what}: stays below", database.at(), ["r2"], r)
    if what == "postgresql":
        same(f"{what}: and is taken back", database.query("SELECT id, n FROM people"), [("1", "10")], r)
        has(f"{what}: which is said", r.out, "rolled back")
    else:
        has(f"{what}: what it did is for a person", r.out + r.errors, "not known")
        expect(f"{what}: told after an interrupt", 0, path, "stamp", "r2")
        database.script("UPDATE people SET n = 10")


def hidden():
    """An address that SQLAlchemy cannot read is not repeated with its password."""
    request = {"mode": "run", "ini": None, "section": "alembic", "script_location": "/tmp", "versions": "", "sys_path": [],
               "x": [], "revision": "r", "direction": "upgrade", "url": "postgres//a:se%40cret:x@h/d", "dialect": "x"}
    for url in ("postgres ql://ana:se%40cret@h/d", "postgresql://ana:se%40cret@h:port/d", "no+such://ana:se%40cret@h/d"):
        r = subprocess.run([PYTHON, "-c", read(f"{SOURCE}/engine/alembic/bridge.py")], capture_output=True, text=True,
                           input=json.dumps({**request, "url": url}), cwd=folder("hidden"))
        ok(f"{url}: fails", r.returncode, r.stderr)
        last = r.stderr.strip().split("\n")[-1]
        ok(f"{url}: hides the password", "cret" not in last, last)


def bridged(database, module, scheme):
    what = database.dialect
    if module and subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode:
        return ok(f"{module}", os.environ.get("LOCKSTEP_TEST_REQUIRE_SERVERS") != "1")
    path = folder("bridge")
    write(f"{path}/lockstep.yaml", "project: bridge\nrevisions: versions\n")
    url = scheme + ":" + database.url.partition(":")[2]
    environment(path, "dev", f'targets:\n  - {{ name: db, url: "{url}" }}\n')
    add(path, "r1", None, KNOWN)
    add(path, "r2", "r1", LIVE)
    r = expect(f"{what}: refused without a Python", 4, path, "upgrade", "r1", part="asyncio")
    has(f"{what}: with the place", r.errors, "versions/r1.py:14:")
    same(f"{what}: nothing was done", database.tables(), [])
    write(f"{path}/lockstep.yaml", f"project: bridge\nrevisions: versions\npython: {PYTHON}\n")
    r = expect(f"{what}: plan", 2, path, "plan", "dev", "--out", "p.yaml")
    has(f"{what}: the plan says so", r.out, "go through the project's own Alembic")
    has(f"{what}: and what is live", r.out, "r2 reads the database")
    has(f"{what}: what is known is frozen", read(f"{path}/p.yaml"), "CREATE TABLE people")
    r = expect(f"{what}: apply", 0, path, "apply", "p.yaml", "--yes")
    same(f"{what}: rows", database.query("SELECT id, n FROM people"), [("1", "10")], r)
    same(f"{what}: at", database.at(), ["r2"])
    same(f"{what}: history", [(h[1], h[3]) for h in database.history()], [("r1", "applied"), ("r2", "applied")])
    expect(f"{what}: down", 0, path, "downgrade", "-1")
    same(f"{what}: no rows", database.query("SELECT id, n FROM people"), [])
    expect(f"{what}: up", 0, path, "upgrade")
    add(path, "r3", "r2", CATCHES)
    expect(f"{what}: plan of what catches everything", 2, path, "plan", "dev", "--out", "p.yaml")
    same(f"{what}: planning connects to nothing", os.path.exists(f"{path}/planned.db"), False)
    text = read(f"{path}/versions/r3.py")
    write(f"{path}/versions/r3.py", text + "\n# edited\n")
    expect(f"{what}: an edited file is refused", 4, path, "apply", "p.yaml", "--yes", part="changed after the plan")
    write(f"{path}/versions/r3.py", text)
    r = expect(f"{what}: up", 0, path, "upgrade")
    same(f"{what}: it ran as it does online", database.query("SELECT id, n FROM people"), [("1", "11")], r)
    same(f"{what}: no other branch", "wrong" in database.tables(), False)
    expect(f"{what}: told to be below", 0, path, "stamp", "r2")
    database.script("UPDATE people SET n = 10")
    if what == "postgresql":
        add(path, "r3", "r2", KEEPS)
        r = expect("postgresql: a failure after an autocommit block", 1, path, "upgrade", part="not known")
        same("postgresql: what it did stays", database.query("SELECT id, n FROM people"), [("1", "12")], r)
        expect("postgresql: and has to be told", 4, path, "upgrade", part="stamp")
        expect("postgresql: told", 0, path, "stamp", "r2")
        database.script("UPDATE people SET n = 10")
    add(path, "r3", "r2", FAILS)
    r = expect(f"{what}: a failure", 1, path, "upgrade", part="nowhere")
    same(f"{what}: stays below", database.at(), ["r2"], r)
    if what == "postgresql":
        same(f"{what}: all of it was taken back", database.query("SELECT id, n FROM people"), [("1", "10")], r)
    else:
        has(f"{what}: what it did is not known", r.out + r.errors, "not known")
        expect(f"{what}: and has to be told", 4, path, "upgrade", part="stamp")
        expect(f"{what}: told", 0, path, "stamp", "r2")
    if what != "sqlite":
        interrupted(path, database)
    lint = run(path, "lint", "--python", "--dialect", what)
    has(f"{what}: lint tells them apart", lint.out, "go through Python")


if not subprocess.run([PYTHON, "-c", "import alembic"], capture_output=True).returncode:
    hidden()
bridged(SQLite("lite", f"{folder('lite')}/b.db"), None, "sqlite")
for made, module, scheme in ((postgresql_databases("bridge", ["pg"]), "psycopg2", "postgresql+psycopg2"),
                             (mariadb_databases("bridge", ["my"]), "pymysql", "mysql+pymysql")):
    if made:
        bridged(made[0], module, scheme)
finish()
