"""Revisions in Python that read the database, on the target's own connection and inside its transaction: rows that
decide what is written, the inspector, statements that may fail and be caught, and what is left when one fails."""
from e2e import *

HEAD = '''"""{message}"""
from alembic import op
import sqlalchemy as sa
revision = "{id}"
down_revision = {down!r}


'''
BASE = '''def upgrade():
    op.create_table("people", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)),
                    sa.Column("slug", sa.String(50)))
    op.bulk_insert(sa.table("people", sa.column("id"), sa.column("name")),
                   [{"id": 1, "name": "Ana Lee"}, {"id": 2, "name": "Bob"}, {"id": 3, "name": None}])


def downgrade():
    op.drop_table("people")
'''
ROWS = '''people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("slug", sa.String))


def upgrade():
    conn = op.get_bind()
    for row in conn.execute(sa.select(people.c.id, people.c.name).where(people.c.name.isnot(None)).order_by(people.c.id)):
        slug = row.name.lower().replace(" ", "-")
        conn.execute(people.update().where(people.c.id == row.id).values(slug=slug))
    n = conn.execute(sa.text("SELECT count(*) FROM people WHERE slug IS NULL")).scalar()
    conn.execute(sa.text("INSERT INTO people (id, name, slug) VALUES (:id, :name, :slug)"),
                 {"id": 100 + n, "name": "it's % :x", "slug": "q"})


def downgrade():
    conn = op.get_bind()
    ids = [r[0] for r in conn.execute(sa.text("SELECT id FROM people WHERE id > 100")).fetchall()]
    for one in ids:
        conn.execute(people.delete().where(people.c.id == one))
    conn.execute(people.update().values(slug=None))
'''
LOOKS = '''def upgrade():
    inspector = sa.inspect(op.get_bind())
    if "people" in inspector.get_table_names() and "age" not in [c["name"] for c in inspector.get_columns("people")]:
        op.add_column("people", sa.Column("age", sa.Integer))
    if not inspector.has_table("absent"):
        op.create_table("absent", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("absent")
    op.drop_column("people", "age")
'''
FAILS = '''def upgrade():
    conn = op.get_bind()
    conn.execute(sa.text("UPDATE people SET name = 'changed' WHERE id = 1"))
    if conn.execute(sa.text("SELECT name FROM people WHERE id = 1")).scalar() == "changed":
        conn.execute(sa.text("INSERT INTO nowhere (id) VALUES (1)"))


def downgrade():
    pass
'''
CATCHES = '''def upgrade():
    conn = op.get_bind()
    try:
        with conn.begin_nested():
            conn.execute(sa.text("INSERT INTO nowhere (id) VALUES (1)"))
    except sa.exc.DBAPIError as e:
        print("caught")
        op.execute("UPDATE people SET name = 'caught' WHERE id = 2")


def downgrade():
    pass
'''
RAISES = '''def upgrade():
    n = op.get_bind().execute(sa.text("SELECT count(*) FROM people")).scalar()
    if n > 2:
        raise ValueError(f"{n} people are too many")


def downgrade():
    pass
'''

ENUM = '''def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("state", sa.Enum("open", "closed", name="state")))


def downgrade():
    op.drop_table("{table}")
'''


SAVEPOINT = '''def upgrade():
    conn = op.get_bind()
    conn.execute(sa.text("UPDATE people SET slug = 'kept' WHERE id = 1"))
    try:
        with conn.begin_nested():
            conn.execute(sa.text("UPDATE people SET slug = 'undone' WHERE id = 2"))
            conn.execute(sa.text("INSERT INTO nowhere (id) VALUES (1)"))
    except sa.exc.DBAPIError:
        conn.execute(sa.text("UPDATE people SET slug = 'after' WHERE id = 3"))


def downgrade():
    pass
'''
SWALLOWS = '''def upgrade():
    try:
        op.execute("UPDATE people SET slug = 'x' WHERE id = 1; COMMIT; UPDATE people SET slug = 'y' WHERE id = 2")
    except Exception:
        pass


def downgrade():
    pass
'''
ELSEWHERE = '''def upgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM people")).scalar():
        op.execute("SET search_path TO other")


def downgrade():
    pass
'''
USES = '''def upgrade():
    op.execute("USE other")


def downgrade():
    pass
'''

STOPS = '''def upgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM people")).scalar():
        op.execute("ALTER TABLE people ADD COLUMN extra INT")
        op.execute("ALTER TABLE nowhere ADD COLUMN extra INT")


def downgrade():
    pass
'''
ANOTHER = '''def upgrade():
    with op.get_bind().engine.begin() as conn:
        conn.execute(sa.text("UPDATE people SET slug = 'z'"))


def downgrade():
    pass
'''


def new_project(database):
    path = folder("live")
    write(f"{path}/lockstep.yaml", "project: live\nrevisions: versions\n")
    environment(path, "dev", [database])
    os.makedirs(f"{path}/versions")
    return path


def add(path, number, body, message=""):
    down = f"r{number - 1}" if number > 1 else None
    write(f"{path}/versions/r{number}.py", HEAD.format(id=f"r{number}", down=down, message=message or f"step {number}") + body)


def rows(database, columns="id, name, slug"):
    return database.query(f"SELECT {columns} FROM people ORDER BY id")


def live(database):
    what = database.dialect
    path = new_project(database)
    add(path, 1, BASE)
    add(path, 2, ROWS)
    expect(f"{what}: up to the rows", 0, path, "upgrade", "r2")
    same(f"{what}: rows decide", rows(database),
         [("1", "Ana Lee", "ana-lee"), ("2", "Bob", "bob"), ("3", "NULL", "NULL"), ("101", "it's % :x", "q")])
    history = [(h[1], h[3], h[4], h[5]) for h in database.history()]
    same(f"{what}: the history counts what was sent", history[-1], ("r2", "applied", "3", "3"))
    expect(f"{what}: and back", 0, path, "downgrade", "r1")
    same(f"{what}: rows are as before", rows(database), [("1", "Ana Lee", "NULL"), ("2", "Bob", "NULL"), ("3", "NULL", "NULL")])

    add(path, 3, LOOKS)
    r = expect(f"{what}: plan", 2, path, "plan", "dev", "--out", "p.yaml")
    has(f"{what}: the plan says so", r.out, "read the database: their SQL is decided as they run")
    expect(f"{what}: --sql cannot", 4, path, "upgrade", "head", "--sql", part="known only when it runs")
    has(f"{what}: render ends there", run(path, "render", "p.yaml").out, "This script ends here")
    text = read(f"{path}/versions/r3.py")
    write(f"{path}/versions/r3.py", text + "\n# edited\n")
    r = expect(f"{what}: an edited file is refused", 4, path, "apply", "p.yaml", "--yes", part="changed after the plan was made")
    write(f"{path}/versions/r3.py", text)
    r = run(path, "plan", "dev", "--out", "q.yaml")
    shutil.move(f"{path}/versions/r3.py", f"{path}/r3.py")
    expect(f"{what}: a missing file is refused before anything is sent", 1, path, "apply", "q.yaml", "--yes", part="r3.py")
    same(f"{what}: nothing was taken back", database.at(), ["r1"])
    shutil.move(f"{path}/r3.py", f"{path}/versions/r3.py")
    r = expect(f"{what}: apply from another folder", 0, f"{path}/versions", "apply", "../q.yaml", "--yes")
    same(f"{what}: at r3", database.at(), ["r3"], r)
    has(f"{what}: the inspector was asked", str(database.structure()["people"]), "age")
    has(f"{what}: and again", str(database.tables()), "absent")

    before = rows(database)
    add(path, 4, FAILS)
    r = expect(f"{what}: a failure", 1, path, "upgrade", part="nowhere")
    has(f"{what}: with its place", r.out + r.errors, "r4.py:")
    same(f"{what}: nothing of it stays", (rows(database), database.at()), (before, ["r3"]), r)
    add(path, 4, RAISES)
    r = expect(f"{what}: an exception is a failure", 1, path, "upgrade", part="people are too many")
    same(f"{what}: nothing of it stays", (rows(database), database.at()), (before, ["r3"]), r)
    add(path, 4, CATCHES)
    r = expect(f"{what}: caught", 0, path, "upgrade")
    same(f"{what}: and gone on", (rows(database, "name")[1], database.at()), (("caught",), ["r4"]), r)
    expect(f"{what}: down", 0, path, "downgrade", "base")
    same(f"{what}: nothing left", [t for t in database.tables() if t not in BOOKKEEPING], [])
    expect(f"{what}: the log is whole", 0, path, "audit", "verify")


def transactions(database):
    """What a revision may do to the transaction and the session that it runs in."""
    what = database.dialect
    path = new_project(database)
    add(path, 1, BASE)
    add(path, 2, SAVEPOINT)
    r = expect(f"{what}: a savepoint", 0, path, "upgrade")
    same(f"{what}: only what came after it is undone", rows(database, "slug"), [("kept",), ("NULL",), ("after",)], r)
    before = rows(database)
    add(path, 3, ANOTHER)
    expect(f"{what}: the engine would open another connection", 4, path, "upgrade", part="a second connection")
    add(path, 3, SWALLOWS)
    r = expect(f"{what}: a COMMIT is not lost in an except", 1, path, "upgrade", part='"COMMIT" inside a revision')
    same(f"{what}: nothing of it stays", (rows(database), database.at()), (before, ["r2"]), r)
    if what == "postgresql":
        database.query("CREATE SCHEMA other; CREATE TABLE other.alembic_version AS SELECT * FROM alembic_version")
        add(path, 3, ELSEWHERE)
        r = expect("postgresql: another search path", 0, path, "upgrade")
        same("postgresql: the version is written where it was read", database.at(), ["r3"], r)
        same("postgresql: not in the other schema", database.query("SELECT * FROM other.alembic_version"), [("r2",)], r)
    elif what == "mysql":
        add(path, 3, USES)
        r = expect("mysql: USE is refused before anything is done", 65, path, "upgrade", part="inside a revision")
        same("mysql: still there", database.at(), ["r2"], r)
        add(path, 3, STOPS)
        expect("mysql: a refused statement in the middle", 1, path, "upgrade", part="1 of its statements took effect")
        expect("mysql: it does not begin anew", 4, path, "upgrade", part="cannot go on from the middle")


def types(database):
    """Alembic creates a type once a run, whichever revision needs it first."""
    path = new_project(database)
    add(path, 1, ENUM.format(table="first"))
    add(path, 2, ENUM.format(table="second"))
    expect("postgresql: two revisions in one run create the same enum once", 0, path, "upgrade")
    same("postgresql: both tables have it",
         database.query("SELECT table_name, udt_name FROM information_schema.columns WHERE column_name = 'state' "
                        "AND table_schema = 'public' AND table_name IN ('first', 'second') ORDER BY 1"),
         [("first", "state"), ("second", "state")])
    expect("postgresql: and the way back", 0, path, "downgrade", "base")


live(SQLite("lite", f"{folder('lite')}/live.db"))
transactions(SQLite("lite", f"{folder('lite')}/turns.db"))
for made in (postgresql_databases("live", ["pg", "pg2"]), mariadb_databases("live", ["my", "my2"])):
    if made:
        live(made[0])
        transactions(made[1])
for database in postgresql_databases("types", ["pg"]) or []:
    types(database)
finish()
