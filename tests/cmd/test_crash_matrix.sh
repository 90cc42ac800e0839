# Death at every point of a run and of a rollback, then resume or rollback.
exec python3 -B "$(dirname "$0")/crash_matrix.py"
