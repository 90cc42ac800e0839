# Revisions that Lockstep does not run, through the project's own Alembic.
command -v alembic >/dev/null || { echo "alembic is not installed"; exit 77; }
exec python3 -B "$(dirname "$0")/alembic_bridge.py"
