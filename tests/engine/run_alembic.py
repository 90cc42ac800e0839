"""run_alembic.py URL FILE up|down: one direction of a revision file on a live database, by Alembic itself: the
counterpart of lockstep-alembic-run, and what makes the answers in tests/engine/data/schema."""
import importlib.util
import sys

import sqlalchemy
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext


def main(url, file, direction):
    spec = importlib.util.spec_from_file_location("revision", file)
    revision = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(revision)
    with sqlalchemy.create_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"transactional_ddl": True})
        with connection.begin(), Operations.context(context):
            getattr(revision, "downgrade" if direction == "down" else "upgrade")()


if __name__ == "__main__":
    main(*sys.argv[1:])
