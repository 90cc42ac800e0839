# Every attribute of every kind of object in MariaDB, changed by hand: found as exactly that, and taken back.
if [ -z "${LOCKSTEP_TEST_MYSQL:-}" ]; then
    echo "LOCKSTEP_TEST_MYSQL is not set: see tests/servers/with-servers"
    [ "${LOCKSTEP_TEST_REQUIRE_SERVERS:-}" = 1 ] && exit 1
    exit 77
fi
python3 -B "$LOCKSTEP_SOURCE/tests/engine/mysql_complete.py" "$LOCKSTEP_BUILD/tests/lockstep-schema" \
    "$LOCKSTEP_TEST_MYSQL" "complete_expected_$$" "complete_actual_$$"
