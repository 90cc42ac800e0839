# What a revision does to its session, or to tables without transactions, must not bend what is recorded.
. "$(dirname "$0")/lib.sh"
if [ -z "${LOCKSTEP_TEST_POSTGRESQL:-}" ] || [ -z "${LOCKSTEP_TEST_MYSQL:-}" ]; then
    echo "no servers: run it under tests/servers/with-servers"
    [ "${LOCKSTEP_TEST_REQUIRE_SERVERS:-}" = 1 ] && exit 1
    exit 77
fi
name=session_$$
port=${LOCKSTEP_TEST_MYSQL##*:}
my() { mariadb --no-defaults -h127.0.0.1 -P"$port" -uroot -N -B "$@"; }
trap 'rm -rf "$work"; psql -q "$LOCKSTEP_TEST_POSTGRESQL/postgres" -c "DROP DATABASE IF EXISTS $name" >/dev/null 2>&1
      my -e "DROP DATABASE IF EXISTS $name"' EXIT
psql -q "$LOCKSTEP_TEST_POSTGRESQL/postgres" -c "CREATE DATABASE $name"
my -e "CREATE DATABASE $name"
pg=$LOCKSTEP_TEST_POSTGRESQL/$name mysql=$LOCKSTEP_TEST_MYSQL/$name

printf 'project: session\n' >lockstep.yaml
mkdir -p environments revisions
printf 'environment: dev\ntargets: [ { name: main, url: "sqlite:///dev.db" } ]\n' >environments/dev.yaml

# A dump made by pg_dump empties the search path; another schema may have tables of the same names.
psql -q "$pg" -c 'CREATE SCHEMA other; CREATE TABLE other.alembic_version (version_num varchar(32));
    CREATE TABLE other.lockstep_history (x int)'
cat >revisions/aaaa_dump.sql <<'END'
-- revision: aaaa
-- revises:

-- upgrade
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.dumped (id int, role text);
SET search_path TO other;
-- downgrade
DROP TABLE public.dumped;
END
run upgrade head --url "$pg"
is "a revision that sets the search path is applied" "$status" 0
is "its version stands where the version table was" \
    "$(psql -At "$pg" -c 'SELECT version_num FROM public.alembic_version')" aaaa
is "the table of the other schema is left alone" "$(psql -At "$pg" -c 'SELECT count(*) FROM other.alembic_version')" 0
run upgrade --sql base:head --url "$pg"
has "the script resets it too" "$out" "RESET search_path;"
lacks "a column called role resets nothing" "$out" "RESET ROLE"

# A table without transactions keeps the rows of a statement that was to be rolled back.
cat >revisions/aaaa_dump.sql <<'END'
-- revision: aaaa
-- revises:

-- upgrade
CREATE TABLE kept (id int) ENGINE = MyISAM;
INSERT INTO kept VALUES (1);
INSERT INTO missing VALUES (1);
-- downgrade
DROP TABLE kept;
END
run upgrade head --url "$mysql"
is "a failure behind a MyISAM table is a failure" "$status" 1
has "it says why it cannot be rolled back" "$out" "no transactions"
has "it claims no more than is certain" "$out" "1 of 3 statements took effect for certain"
fails "it is not run a second time" 4 "what took effect beyond that is not known" upgrade head --url "$mysql"
is "the row is there once" "$(my -e "SELECT count(*) FROM $name.kept")" 1
is "the version table has transactions" \
    "$(my -e "SELECT engine FROM information_schema.tables WHERE table_schema = '$name' AND table_name = 'alembic_version'")" InnoDB
run stamp base --url "$mysql"
is "a stamp settles it" "$status" 0
finish
