# kill -9 at random times over sixteen targets; LOCKSTEP_CRASH_KILLS says how often.
exec python3 -B "$(dirname "$0")/crash_random.py"
