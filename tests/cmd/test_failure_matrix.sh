# A failing statement at each position of a three-target plan, on each database.
exec python3 -B "$(dirname "$0")/failure_matrix.py"
