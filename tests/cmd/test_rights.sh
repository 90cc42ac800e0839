# Users without rights.
exec python3 -B "$(dirname "$0")/rights.py"
