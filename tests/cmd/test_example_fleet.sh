# examples/fleet does what it says.
exec python3 -B "$(dirname "$0")/example_fleet.py"
