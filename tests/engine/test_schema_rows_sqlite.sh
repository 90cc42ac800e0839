# Random pairs of SQLite schemas, with rows: there and back by generated statements.
python3 -B "$LOCKSTEP_SOURCE/tests/engine/sqlite_rows.py" "$LOCKSTEP_BUILD/tests/lockstep-schema" 1 40
