# Leases: poolers and clusters.
exec python3 -B "$(dirname "$0")/lease.py"
