# Alembic projects as tutorials have them, from init to downgrade base, on every database.
exec python3 -B "$(dirname "$0")/alembic_tutorials.py"
