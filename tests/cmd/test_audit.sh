# The audit log, and secrets.
exec python3 -B "$(dirname "$0")/audit.py"
