# Mistakes that newcomers make, and places where nothing can be written.
exec python3 -B "$(dirname "$0")/newcomer.py"
