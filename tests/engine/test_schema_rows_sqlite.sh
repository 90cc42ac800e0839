# Random pairs of SQLite schemas, with rows: there and back by generated statements. The single ones failed once.
for seeds in "1 40" "863 1" "2592 1" "3033 1" "3098 1"; do
    python3 -B "$LOCKSTEP_SOURCE/tests/engine/sqlite_rows.py" "$LOCKSTEP_BUILD/tests/lockstep-schema" $seeds || exit 1
done
