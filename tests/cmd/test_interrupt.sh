# Ctrl-C and the terminal.
exec python3 -B "$(dirname "$0")/interrupt.py"
