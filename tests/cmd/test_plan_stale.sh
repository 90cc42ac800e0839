# Plans that no longer fit, or were edited.
exec python3 -B "$(dirname "$0")/plan_stale.py"
