# Budgets for failures.
exec python3 -B "$(dirname "$0")/budget.py"
