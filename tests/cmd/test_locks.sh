# Two runs on one target.
exec python3 -B "$(dirname "$0")/locks.py"
