# What a person sees of a run, on real terminals (tmux) and without one, and what programs read.
exec python3 -B "$(dirname "$0")/display.py"
