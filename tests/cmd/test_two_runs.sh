# Two runs at once, many times.
exec python3 -B "$(dirname "$0")/two_runs.py"
