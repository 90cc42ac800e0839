# Revisions in Python that read the database: rows, the inspector, what may fail and be caught.
exec python3 -B "$(dirname "$0")/alembic_live.py"
