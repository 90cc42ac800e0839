# Drift, snapshots, comparisons: on real servers.
exec python3 -B "$(dirname "$0")/drift.py"
