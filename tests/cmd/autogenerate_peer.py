"""autogenerate_peer.py URL: what Alembic's autogenerate finds between the database and app.models, one line each."""
import sys

import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

sys.path.insert(0, ".")
from app.models import Base  # noqa: E402


def ours(name, kind, parents):
    return name not in ("lockstep_history", "lockstep_lock", "sqlite_sequence")


with sqlalchemy.create_engine(sys.argv[1]).connect() as connection:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True,
                                                           "include_name": ours})
    for difference in compare_metadata(context, Base.metadata):
        print(str(difference).replace("\n", " "))
