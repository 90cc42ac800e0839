# Servers that die in the middle of a run, and disks that are full.
exec python3 -B "$(dirname "$0")/crash_servers.py"
