# Locks that others hold: attempts, blockers, deadlocks.
exec python3 -B "$(dirname "$0")/lock_retries.py"
