/*
 * What an inspector tells of real databases, compared with SQLAlchemy's own answers:
 * data/schema/<dialect>.txt is what tests/engine/run_alembic.py printed for live_cases/inspect_all.py on
 * <dialect>.sql.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        skip();
    }
    return value;
}

static void assert_case(const char *name, const char *dialect, const char *server, const char *sed)
{
    static char out[1 << 17];
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice expected;
    struct err err = {0};
    const char *source = variable("LOCKSTEP_SOURCE"), *build = variable("LOCKSTEP_BUILD");
    const char *file = arena_printf(&a, "%s/tests/engine/data/live/%s.%s.txt", source, name, dialect);
    assert_int_equal(file_read(&a, file, 0, &expected, &err), 0);
    int status = test_run(out, sizeof(out),
                          "%s/tests/lockstep-alembic-run %s %s/tests/engine/live_cases/%s.py up | %s", build,
                          server, source, name, sed);
    assert_int_equal(status, 0);
    if (strcmp(out, expected.ptr) != 0) {
        fail_msg("%s on %s gives\n%s", name, dialect, out);
    }
}

static void assert_cases(const char *dialect, const char *server, const char *sed)
{
    static const char *const names[] = {"inspect_all", "reflect", "result_values"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_case(names[i], dialect, server, sed);
    }
}

static void load(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void load(const char *fmt, ...)
{
    char command[2048], out[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof(command), fmt, ap);
    va_end(ap);
    if (test_run(out, sizeof(out), "%s", command) != 0) {
        fail_msg("%s: %s", command, out);
    }
}

/* The texts of defaults, checks and views are the server's: other versions word them otherwise. */
static void skip_unless(const char *command, const char *version)
{
    char out[256];
    test_run(out, sizeof(out), "%s", command);
    if (strncmp(out, version, strlen(version)) != 0) {
        print_message("skipped: the answers are those of version %s, not of %s\n", version, out);
        skip();
    }
}

static void postgresql(void **state)
{
    (void)state;
    int port = server_port(server_postgresql());
    const char *name = server_postgresql_database("inspect");
    char command[512];
    snprintf(command, sizeof(command),
             "psql -X -At -h 127.0.0.1 -p %d -U postgres -d %s -c 'show server_version'", port, name);
    skip_unless(command, "15.");
    load("psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p %d -U postgres -d %s -f %s/tests/engine/data/schema/"
         "postgresql.sql",
         port, name, variable("LOCKSTEP_SOURCE"));
    snprintf(command, sizeof(command), "postgresql 127.0.0.1 %d postgres %s", port, name);
    assert_cases("postgresql", command, "cat");
}

static void mariadb(void **state)
{
    (void)state;
    int port = server_port(server_mysql());
    const char *name = server_mysql_database("inspect"), *other = server_mysql_database("inspect_other");
    char command[512], sed[512];
    snprintf(command, sizeof(command), "mariadb -h 127.0.0.1 -P %d -u root -N -e 'select version()'", port);
    skip_unless(command, "10.11.");
    load("sed 's/^CREATE DATABASE.*//; s/{other}/%s/g' %s/tests/engine/data/schema/mysql.sql |"
         " mariadb -h 127.0.0.1 -P %d -u root %s",
         other, variable("LOCKSTEP_SOURCE"), port, name);
    snprintf(command, sizeof(command), "mysql 127.0.0.1 %d root %s", port, name);
    snprintf(sed, sizeof(sed), "sed 's/%s/{other}/g'", other);
    assert_cases("mysql", command, sed);
}

static void sqlite(void **state)
{
    (void)state;
    const char *folder = test_folder();
    char command[1024];
    load("sqlite3 %s/t.db < %s/tests/engine/data/schema/sqlite.sql", folder, variable("LOCKSTEP_SOURCE"));
    snprintf(command, sizeof(command), "sqlite - 0 - %s/t.db", folder);
    assert_cases("sqlite", command, "cat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(postgresql), cmocka_unit_test(mariadb),
                                       cmocka_unit_test(sqlite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
