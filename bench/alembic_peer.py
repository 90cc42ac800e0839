"""The same revisions for Alembic, where it is installed."""
import os
import shutil
import subprocess
import sys

from projects import revision_id, statements

ENV = '''
from alembic import context
from sqlalchemy import create_engine
engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
'''


def alembic_project(place, server):
    return place / ("alembic-" + server.title)


def driver_of(server):
    return ("postgresql+psycopg2", "psycopg2") if server.title == "PostgreSQL" else ("mysql+pymysql", "pymysql")


def alembic_upgrade(place, server, port, revisions):
    """The command that brings the database to head; None when it cannot be run here."""
    scheme, module = driver_of(server)
    program = shutil.which("alembic")
    python = "/usr/bin/python3"  # Debian's, which is what its alembic runs on
    if not program or subprocess.run([python, "-c", f"import {module}, alembic"], capture_output=True).returncode:
        return None
    path = alembic_project(place, server)
    os.makedirs(os.path.join(path, "migrations", "versions"))
    url = scheme + ":" + server.url(port).partition(":")[2]
    with open(os.path.join(path, "alembic.ini"), "w") as f:
        f.write(f"[alembic]\nscript_location = migrations\nsqlalchemy.url = {url}\n")
    with open(os.path.join(path, "migrations", "env.py"), "w") as f:
        f.write(ENV)
    previous = None
    for n in range(revisions):
        upgrade = "".join(f"    op.execute({s.strip()!r})\n" for s in statements(n)[0].rstrip(";").split(";"))
        with open(os.path.join(path, "migrations", "versions", f"{revision_id(n)}.py"), "w") as f:
            f.write(f"from alembic import op\nrevision = {revision_id(n)!r}\ndown_revision = {previous!r}\n"
                    f"def upgrade():\n{upgrade}\ndef downgrade():\n    op.execute('DROP TABLE t{n}')\n")
        previous = revision_id(n)
    return [program, "upgrade", "head"]
