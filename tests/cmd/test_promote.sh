# promote.
exec python3 -B "$(dirname "$0")/promote.py"
