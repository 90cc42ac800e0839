# Exit statuses; servers out of reach.
exec python3 -B "$(dirname "$0")/statuses.py"
