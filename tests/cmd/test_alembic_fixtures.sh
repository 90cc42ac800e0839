# Small revisions, one a way of calling each operation, rendered by Alembic itself and by ours.
[ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import alembic, sqlalchemy' 2>/dev/null || { echo "alembic is not installed"; exit 77; }
exec python3 -B "$(dirname "$0")/alembic_fixtures.py"
