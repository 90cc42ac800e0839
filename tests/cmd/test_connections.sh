# How many sessions a run makes.
exec python3 -B "$(dirname "$0")/connections.py"
