# A renamed table with renamed columns, indexes and constraints: nothing is dropped and made again but the view on it.
set -u
[ -n "${LOCKSTEP_TEST_POSTGRESQL:-}" ] || { echo "no PostgreSQL: run within tests/servers/with-servers"; [ "${LOCKSTEP_TEST_REQUIRE_SERVERS:-}" = 1 ] && exit 1; exit 77; }
tool=$LOCKSTEP_BUILD/tests/lockstep-schema
from=rename_$$_a to=rename_$$_b status=1
run() { psql -q -v ON_ERROR_STOP=1 "$LOCKSTEP_TEST_POSTGRESQL/$1" "${@:2}"; }
run postgres -c "CREATE DATABASE $from" -c "CREATE DATABASE $to"
run $from -c "CREATE TABLE people (id serial PRIMARY KEY, mail text UNIQUE, age int CHECK (age > 0), parent int REFERENCES people);
    CREATE INDEX people_mail ON people (lower(mail)) WHERE age > 3; CREATE VIEW v AS SELECT mail FROM people;
    CREATE TABLE pets (owner int REFERENCES people (id))"
run $to -c "CREATE TABLE users (id integer PRIMARY KEY, email text UNIQUE, age int CHECK (age > 0), parent int REFERENCES users);
    CREATE SEQUENCE people_id_seq AS integer OWNED BY users.id; ALTER TABLE users ALTER id SET DEFAULT nextval('people_id_seq');
    CREATE INDEX users_email ON users (lower(email)) WHERE age > 3; CREATE VIEW v AS SELECT email FROM users;
    CREATE TABLE pets (owner int REFERENCES users (id))"
statements=$("$tool" diff --rename table:people:users --rename column:people.mail:people.email \
    --rename index:people.people_mail:users_email --rename constraint:people.people_pkey:users_pkey \
    --rename constraint:people.people_mail_key:users_email_key --rename constraint:people.people_age_check:users_age_check \
    --rename constraint:people.people_parent_fkey:users_parent_fkey \
    "$LOCKSTEP_TEST_POSTGRESQL/$from" "$LOCKSTEP_TEST_POSTGRESQL/$to")
echo "$statements"
if [ "$(grep -c -E '^(DROP|CREATE)' <<<"$statements")" = 2 ] && run $from -c "$statements" &&
    [ "$("$tool" fingerprint "$LOCKSTEP_TEST_POSTGRESQL/$from")" = "$("$tool" fingerprint "$LOCKSTEP_TEST_POSTGRESQL/$to")" ]; then
    status=0
fi
run postgres -c "DROP DATABASE $from" -c "DROP DATABASE $to"
exit $status
