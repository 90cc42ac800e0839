# Many targets at a time.
exec python3 -B "$(dirname "$0")/parallel.py"
