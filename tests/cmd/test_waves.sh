# Waves, limits and dependencies of rollouts.
exec python3 -B "$(dirname "$0")/waves.py"
