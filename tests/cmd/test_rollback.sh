# rollback.
exec python3 -B "$(dirname "$0")/rollback.py"
