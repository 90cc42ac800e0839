# revision --autogenerate and check, beside Alembic's own where it is installed.
exec python3 -B "$(dirname "$0")/autogenerate.py"
