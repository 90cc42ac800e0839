# Processes that slept, were left, or come when another one goes.
exec python3 -B "$(dirname "$0")/taken_over.py"
