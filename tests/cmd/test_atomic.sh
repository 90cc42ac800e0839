# Atomic waves.
exec python3 -B "$(dirname "$0")/atomic.py"
