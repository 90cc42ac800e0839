# resume.
exec python3 -B "$(dirname "$0")/resume.py"
