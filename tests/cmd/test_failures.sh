# Failures while taking back, without a way back, outside of transactions and in verification; going on half way.
exec python3 -B "$(dirname "$0")/failures.py"
