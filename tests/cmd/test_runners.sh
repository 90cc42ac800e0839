# Several runners on one run, over a store in PostgreSQL.
exec python3 -B "$(dirname "$0")/runners.py"
