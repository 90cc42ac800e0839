# Targets that cannot be reached, and the others.
exec python3 -B "$(dirname "$0")/unreachable.py"
