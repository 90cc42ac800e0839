# Every attribute of every kind of object in SQLite, changed by hand: found as exactly that, and taken back.
python3 -B "$LOCKSTEP_SOURCE/tests/engine/sqlite_complete.py" "$LOCKSTEP_BUILD/tests/lockstep-schema"
