# How servers are found, and patience with them.
exec python3 -B "$(dirname "$0")/reaching.py"
