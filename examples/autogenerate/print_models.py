"""Prints the SQL that creates the tables of SQLAlchemy or SQLModel models: for projects whose models Lockstep cannot
read without Python. In lockstep.yaml:

    command: .venv/bin/python print_models.py app.models:Base

The name before the colon is a module, the one behind it a declarative base or a MetaData. The database's dialect comes
from Lockstep, in LOCKSTEP_DIALECT."""
import importlib
import os
import sys

from sqlalchemy import create_mock_engine
from sqlalchemy.engine import make_url


def main(place):
    sys.path.insert(0, os.getcwd())
    module, _, name = place.partition(":")
    models = getattr(importlib.import_module(module), name or "Base")
    metadata = getattr(models, "metadata", models)
    dialect = os.environ.get("LOCKSTEP_DIALECT", "sqlite")

    def show(statement, *rest, **more):
        print(str(statement.compile(dialect=engine.dialect)).strip() + ";\n")

    engine = create_mock_engine(make_url(dialect + "://"), show)
    metadata.create_all(engine, checkfirst=False)


if __name__ == "__main__":
    main(sys.argv[1])
