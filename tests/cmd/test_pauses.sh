# Pauses after waves.
exec python3 -B "$(dirname "$0")/pauses.py"
