# Targets behind SSH hosts.
exec python3 -B "$(dirname "$0")/tunnel.py"
