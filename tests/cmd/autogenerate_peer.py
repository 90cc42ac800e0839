"""autogenerate_peer.py URL: for each line of its input what Alembic's autogenerate finds between the database and
app.models, one line each, and an empty line."""
import sys

import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

sys.path.insert(0, ".")


def ours(name, kind, parents):
    return name not in ("lockstep_history", "lockstep_lock", "sqlite_sequence")


def compare():
    for name in [n for n in sys.modules if n.split(".")[0] == "app"]:
        del sys.modules[name]
    from app.models import Base
    with sqlalchemy.create_engine(sys.argv[1]).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True,
                                                               "include_name": ours})
        return compare_metadata(context, Base.metadata)


for line in sys.stdin:
    for difference in compare():
        print(str(difference).replace("\n", " "))
    print(flush=True)
