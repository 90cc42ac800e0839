# README.md's examples are run.
exec python3 -B "$(dirname "$0")/readme.py"
