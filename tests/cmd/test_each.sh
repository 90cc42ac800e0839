# Targets by list, range and query.
exec python3 -B "$(dirname "$0")/each.py"
