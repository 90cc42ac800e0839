# Connections that are cut, half closed or silent, at every point of a run.
exec python3 -B "$(dirname "$0")/network.py"
