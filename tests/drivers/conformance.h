/*
 * What every driver promises in drivers/driver.h, checked on real databases: the programs
 * test_conformance_*.c run one suite for SQLite, PostgreSQL and MySQL/MariaDB, and this is what they share.
 * What is particular to one of them is tested beside these files.
 */
#pragma once
#include "base/arena.h"
#include "base/file.h"
#include "drivers/driver.h"
#include "tests/servers/servers.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

extern const struct driver driver_sqlite, driver_postgresql, driver_mysql;

#define SECOND ((int64_t)1000000)

struct dialect {
    const struct driver *driver;
    const char *endless;    /* a statement that takes minutes; servers show "endless" in their process list */
    const char *is_running; /* a query for how many such run, or NULL */
    const char *own_id, *kill; /* ends the session with an id, or NULL */
    const char *keywords;      /* a query for words to check, or NULL */
    const char *user;          /* of an account with a password */
    const char *make_user[3];
    char database[256]; /* made once */
};

static struct dialect dialects[] = {
    {
        .driver = &driver_sqlite,
        .endless =
            "WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM endless WHERE n < 4000000000)"
            " SELECT count(*) FROM endless",
    },
    {
        .driver = &driver_postgresql,
        .endless = "SELECT pg_sleep(120) AS endless",
        .is_running =
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%AS endless%' AND state = 'active'"
            " AND pid <> pg_backend_pid() AND datname = current_database()",
        .own_id = "SELECT pg_backend_pid()",
        .kill = "SELECT pg_terminate_backend(%s)",
        .keywords = "SELECT word FROM pg_get_keywords()",
        .user = "conformance_user",
        .make_user = {"DROP ROLE IF EXISTS conformance_user",
                      "CREATE ROLE conformance_user LOGIN PASSWORD 'correct horse' IN ROLE with_password"},
    },
    {
        .driver = &driver_mysql,
        .endless = "SELECT SLEEP(120) AS endless",
        .is_running = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%AS endless%'"
                      " AND id <> CONNECTION_ID() AND db = DATABASE()",
        .own_id = "SELECT CONNECTION_ID()",
        .kill = "KILL %s",
        .keywords = "SELECT lower(word) FROM information_schema.keywords"
                    " UNION SELECT lower(function) FROM information_schema.sql_functions",
        .user = "conformance_user",
        .make_user = {"DROP USER IF EXISTS conformance_user",
                      "CREATE USER conformance_user IDENTIFIED BY 'correct horse'",
                      "GRANT ALL ON *.* TO conformance_user"},
    },
};

static inline bool is_local(const struct dialect *d)
{
    return d->driver->caps & DRIVER_LOCAL_FILE;
}

static inline struct driver_address address_of(struct dialect *d)
{
    bool pg = d->driver == &driver_postgresql;
    if (!d->database[0]) {
        if (is_local(d)) {
            snprintf(d->database, sizeof(d->database), "%s/conformance.db", test_folder());
        } else {
            snprintf(d->database, sizeof(d->database), "%s",
                     pg ? server_postgresql_database("conformance") : server_mysql_database("conformance"));
        }
    }
    if (is_local(d)) {
        return (struct driver_address){.database = d->database};
    }
    return (struct driver_address){.host = "127.0.0.1",
                                   .port = server_port(pg ? server_postgresql() : server_mysql()),
                                   .user = pg ? "postgres" : "root",
                                   .database = d->database};
}

static inline void assert_ok(int rc, const struct err *err)
{
    if (rc != 0) {
        fail_msg("status %d, sqlstate %s: %s (%s)", rc, err->sqlstate, err->message, err->hint);
    }
}

static inline struct conn *open_with(struct dialect *d, struct driver_session session)
{
    struct driver_address address = address_of(d);
    struct conn *c = NULL;
    struct err err = {0};
    session.create = true;
    int rc = d->driver->open(&address, &session, &c, &err);
    assert_ok(rc, &err);
    assert_ptr_equal(conn_driver(c), d->driver);
    return c;
}

static inline struct conn *open_session(struct dialect *d)
{
    return open_with(d, (struct driver_session){.application = "conformance"});
}

static inline void exec(struct conn *c, const char *sql)
{
    struct err err = {0};
    int rc = conn_exec(c, sql, &err);
    if (rc != 0) {
        fail_msg("%s: status %d, sqlstate %s: %s", sql, rc, err.sqlstate, err.message);
    }
}

static inline const char *query_one(struct conn *c, struct arena *a, const char *sql)
{
    struct rowset rows = {0};
    struct err err = {0};
    int rc = conn_query(c, a, sql, &rows, &err);
    if (rc != 0) {
        fail_msg("%s: status %d, sqlstate %s: %s", sql, rc, err.sqlstate, err.message);
    }
    assert_int_equal(rows.nrows, 1);
    return rowset_cell(&rows, 0, 0).ptr;
}

static inline void assert_count(struct conn *c, const char *table, int expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *n = query_one(c, &a, arena_printf(&a, "SELECT count(*) FROM %s", table));
    assert_int_equal(strtol(n, NULL, 10), expected);
}

static inline void make_table(struct conn *c, const char *name)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    exec(c, arena_printf(&a, "DROP TABLE IF EXISTS %s", name));
    exec(c, arena_printf(&a, "CREATE TABLE %s (n int PRIMARY KEY, t varchar(100))", name));
}

static inline struct statement sql(const char *text)
{
    return (struct statement){.text = slice_of(text)};
}

static inline struct statement sql_rows(const char *text)
{
    return (struct statement){.text = slice_of(text), .flags = STATEMENT_ROWS};
}

static inline int run(struct conn *c, struct arena *a, const struct statement *s, size_t n, struct outcome *o,
                      size_t *done, struct err *err)
{
    return conn_driver(c)->batch(c, a, s, n, o, done, err);
}

static inline void assert_usable(struct conn *c)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    assert_string_equal(query_one(c, &a, "SELECT 40 + 2"), "42");
}

/* Every test of a program, once for each driver. */
struct conformance_test {
    const char *name;
    CMUnitTestFunction run;
};
#define TEST(f)                                                                                              \
    {                                                                                                        \
#f, f                                                                                                \
    }

static inline int conformance_run(const char *suite, const struct conformance_test *tests, size_t n)
{
    enum { DIALECTS = COUNT_OF(dialects), TESTS_MAX = 32 };
    static struct CMUnitTest all[DIALECTS * TESTS_MAX];
    static char names[DIALECTS * TESTS_MAX][96];
    size_t used = 0;
    for (size_t d = 0; d < DIALECTS; d++) {
        for (size_t t = 0; t < n && t < TESTS_MAX; t++, used++) {
            snprintf(names[used], sizeof(names[used]), "%s: %s", dialects[d].driver->name, tests[t].name);
            all[used] = (struct CMUnitTest){
                .name = names[used], .test_func = tests[t].run, .initial_state = &dialects[d]};
        }
    }
    return _cmocka_run_group_tests(suite, all, used, NULL, NULL);
}
