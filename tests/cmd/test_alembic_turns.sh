# Alembic and Lockstep in turn on the same databases.
command -v alembic >/dev/null || { echo "alembic is not installed"; exit 77; }
exec python3 -B "$(dirname "$0")/alembic_turns.py"
