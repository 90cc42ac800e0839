# What a run says after rarer failures: an answer that is lost, a session that a revision has bent, a log that cannot be
# written.
exec python3 -B "$(dirname "$0")/settling.py"
