# INVALID indexes of PostgreSQL.
exec python3 -B "$(dirname "$0")/invalid_index.py"
