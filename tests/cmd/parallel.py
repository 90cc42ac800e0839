"""Sixteen targets at a time, on PostgreSQL and SQLite, with Python revisions that read the database: what one thread does is
nothing to the others. Meant for ThreadSanitizer as much as for what is checked here."""
from runs import *

AT_A_TIME = 16

FIRST = '''"""one"""
from alembic import op
import sqlalchemy as sa

revision = "a1"
down_revision = None


def upgrade():
    op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(200)))
    op.execute("INSERT INTO people (id, name) VALUES (1, 'ana'), (2, 'bo')")


def downgrade():
    op.drop_table("people")
'''
SECOND = '''"""two"""
from alembic import op
import json
import re
import sqlalchemy as sa

revision = "a2"
down_revision = "a1"


def upgrade():
    conn = op.get_bind()
    people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.String))
    columns = [c["name"] for c in sa.inspect(conn).get_columns("people")]
    for row in conn.execute(sa.text("SELECT id, name FROM people ORDER BY id")).fetchall():
        name = re.sub("a", "e", row.name) + json.dumps(columns)
        conn.execute(people.update().where(people.c.id == row.id).values(name=name))
    op.add_column("people", sa.Column("age", sa.Integer(), server_default="0"))


def downgrade():
    with op.batch_alter_table("people") as batch:
        batch.drop_column("age")
'''

pg = schemas("parallel", [f"p{i:02}" for i in range(AT_A_TIME)])
if not pg:
    finish()
found = [*pg, *sqlite_databases("parallel", [f"s{i:02}" for i in range(AT_A_TIME)])]
path = folder("parallel")
write(f"{path}/lockstep.yaml", "project: parallel\nrevisions: versions\n")
write(f"{path}/versions/a1.py", FIRST)
write(f"{path}/versions/a2.py", SECOND)
environment(path, "dev", found, f"rollout: {{ parallel: {AT_A_TIME}, on_failure: rollback, max_failures: 3 }}\n")

r = expect("all", 0, path, "apply", "dev", "--yes", "--format", "json")
same("all: outcomes", set(outcomes(r).values()), {"done"}, r)
same("all: at", {tuple(d.at()) for d in found}, {("a2",)})
rows = {tuple(d.query("SELECT id, name, age FROM people ORDER BY id")) for d in found}
same("all: rows", rows, {(("1", 'ene["id", "name"]', "0"), ("2", 'bo["id", "name"]', "0"))})
expect("back", 0, path, "rollback", "--yes")
same("back: at", {tuple(d.at()) for d in found}, {()})

bad = [pg[3], found[20], found[25]]
for d in bad:
    d.script("CREATE TABLE people (id int)")
r = expect("within the budget", 3, path, "apply", "dev", "--yes", "--format", "json")
same("within: outcomes", sorted(n for n, o in outcomes(r).items() if o == "failed"), sorted(d.name for d in bad), r)
expect("within: back", 0, path, "rollback", "--yes")
found[30].script("CREATE TABLE people (id int)")
r = expect("beyond the budget", 1, path, "apply", "dev", "--yes", "--format", "json")
same("beyond: nothing stands", {tuple(d.at()) for d in found}, {()}, r)
ok("beyond: outcomes", set(outcomes(r).values()) <= {"failed", "taken back", "skipped"}, r)
same("the log is whole", run(path, "audit", "verify").status, 0)
finish()
