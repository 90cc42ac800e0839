/*
 * What every driver promises in drivers/driver.h, checked on real databases: one suite, run for SQLite,
 * PostgreSQL and MySQL/MariaDB. What is particular to one of them is tested beside this file.
 */
#include "base/arena.h"
#include "base/file.h"
#include "drivers/driver.h"
#include "tests/servers/servers.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
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
        .user = "with_password",
        .make_user = {"DROP ROLE IF EXISTS with_password",
                      "CREATE ROLE with_password LOGIN PASSWORD 'correct horse'"},
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
        .user = "with_password",
        .make_user = {"DROP USER IF EXISTS with_password",
                      "CREATE USER with_password IDENTIFIED BY 'correct horse'",
                      "GRANT ALL ON *.* TO with_password"},
    },
};

static bool is_local(const struct dialect *d)
{
    return d->driver->caps & DRIVER_LOCAL_FILE;
}

static struct driver_address address_of(struct dialect *d)
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

static void assert_ok(int rc, const struct err *err)
{
    if (rc != 0) {
        fail_msg("status %d, sqlstate %s: %s (%s)", rc, err->sqlstate, err->message, err->hint);
    }
}

static struct conn *open_with(struct dialect *d, struct driver_session session)
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

static struct conn *open_session(struct dialect *d)
{
    return open_with(d, (struct driver_session){.application = "conformance"});
}

static void exec(struct conn *c, const char *sql)
{
    struct err err = {0};
    int rc = conn_exec(c, sql, &err);
    if (rc != 0) {
        fail_msg("%s: status %d, sqlstate %s: %s", sql, rc, err.sqlstate, err.message);
    }
}

static const char *query_one(struct conn *c, struct arena *a, const char *sql)
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

static void assert_count(struct conn *c, const char *table, int expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *n = query_one(c, &a, arena_printf(&a, "SELECT count(*) FROM %s", table));
    assert_int_equal(strtol(n, NULL, 10), expected);
}

static void make_table(struct conn *c, const char *name)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    exec(c, arena_printf(&a, "DROP TABLE IF EXISTS %s", name));
    exec(c, arena_printf(&a, "CREATE TABLE %s (n int PRIMARY KEY, t varchar(100))", name));
}

static struct statement sql(const char *text)
{
    return (struct statement){.text = slice_of(text)};
}

static struct statement sql_rows(const char *text)
{
    return (struct statement){.text = slice_of(text), .flags = STATEMENT_ROWS};
}

static int run(struct conn *c, struct arena *a, const struct statement *s, size_t n, struct outcome *o,
               size_t *done, struct err *err)
{
    return conn_driver(c)->batch(c, a, s, n, o, done, err);
}

static void assert_usable(struct conn *c)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    assert_string_equal(query_one(c, &a, "SELECT 40 + 2"), "42");
}

static void test_open_and_close(void **state)
{
    struct dialect *d = *state;
    for (int i = 0; i < 3; i++) {
        struct conn *c = open_session(d);
        assert_non_null(strpbrk(d->driver->server(c), "0123456789"));
        assert_int_equal(d->driver->txn(c), TXN_IDLE);
        assert_usable(c);
        conn_close(c);
    }
    d->driver->close(NULL);
    conn_close(NULL);
}

static void test_tables_are_complete(void **state)
{
    const struct driver *d = ((struct dialect *)*state)->driver;
    assert_non_null(d->title);
    assert_true(d->max_identifier >= 63);
    assert_true(d->begin && d->commit && d->rollback && d->now && d->history_ddl);
    assert_true((d->journal_begin != NULL) == (d->journal_end != NULL));
    assert_true((d->journal_begin != NULL) == ((d->caps & DRIVER_IMPLICIT_COMMIT) != 0));
    assert_true((d->caps & DRIVER_TXN_DDL) == 0 || (d->caps & DRIVER_IMPLICIT_COMMIT) == 0);
    assert_true(d->split && d->print);
}

static void assert_unreachable(struct dialect *d, const struct driver_address *address, const char *mentions)
{
    struct conn *c = NULL;
    struct err err = {0};
    int64_t before = time_monotonic_us();
    int rc = d->driver->open(address, &(struct driver_session){.connect_timeout_ms = 5000}, &c, &err);
    if (rc != ERR_UNREACHABLE || !err.hint[0] || !strstr(err.message, mentions)) {
        fail_msg("status %d: %s (%s), expected ERR_UNREACHABLE mentioning %s", rc, err.message, err.hint,
                 mentions);
    }
    assert_null(c);
    assert_null(strstr(err.message, "correct horse"));
    assert_null(strstr(err.message, "wrong horse"));
    assert_true(time_monotonic_us() - before < 15 * SECOND);
}

static int unused_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void test_open_says_what_is_wrong(void **state)
{
    struct dialect *d = *state;
    struct driver_address good = address_of(d);
    if (is_local(d)) {
        assert_unreachable(d, &(struct driver_address){.database = "/nowhere/at/all/x.db"},
                           "/nowhere/at/all/x.db");
        assert_unreachable(d, &(struct driver_address){.database = "/tmp"}, "/tmp");
        assert_unreachable(d, &(struct driver_address){.database = NULL}, "database");
        return;
    }
    struct driver_address a = good;
    a.port = unused_port();
    assert_unreachable(d, &a, "127.0.0.1");
    a = good;
    a.host = "no-such-host.invalid";
    assert_unreachable(d, &a, "no-such-host.invalid");
    a = good;
    a.database = "no_such_database";
    assert_unreachable(d, &a, "no_such_database");
    a = good;
    a.host = "/nowhere/at/all";
    a.port = 0;
    assert_unreachable(d, &a, "/nowhere/at/all");
}

static void test_passwords_count_and_stay_secret(void **state)
{
    struct dialect *d = *state;
    if (is_local(d)) {
        return;
    }
    struct driver_address address = address_of(d);
    struct conn *c = open_session(d);
    for (size_t i = 0; i < COUNT_OF(d->make_user) && d->make_user[i]; i++) {
        exec(c, d->make_user[i]);
    }
    address.user = d->user;
    address.password = "wrong horse";
    assert_unreachable(d, &address, d->user);
    address.password = "correct horse";
    struct conn *own = NULL;
    struct err err = {0};
    int rc = d->driver->open(&address, &(struct driver_session){0}, &own, &err);
    assert_ok(rc, &err);
    assert_usable(own);
    conn_close(own);
    exec(c, d->make_user[0]);
    conn_close(c);
}

/* A port that takes connections and never says a word. */
static int silent_port(int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static void test_connect_gives_up_in_time(void **state)
{
    struct dialect *d = *state;
    if (is_local(d)) {
        return;
    }
    struct driver_address address = address_of(d);
    int fd = silent_port(&address.port);
    struct conn *c = NULL;
    struct err err = {0};
    int64_t before = time_monotonic_us();
    int rc = d->driver->open(&address, &(struct driver_session){.connect_timeout_ms = 300}, &c, &err);
    int64_t took = time_monotonic_us() - before;
    assert_int_equal(rc, ERR_UNREACHABLE);
    assert_true(err.hint[0]);
    assert_in_range(took, SECOND / 4, 5 * SECOND);
    close(fd);
}

static void *make_readable(void *arg)
{
    int listener = *(int *)arg, event = ((int *)arg)[1];
    /* The connect is in progress once somebody wants to come in. */
    struct pollfd p = {.fd = listener, .events = POLLIN};
    poll(&p, 1, 20000);
    eventfd_write(event, 1);
    return NULL;
}

static void test_connect_can_be_cancelled(void **state)
{
    struct dialect *d = *state;
    if (is_local(d)) {
        return;
    }
    struct driver_address address = address_of(d);
    int fds[2];
    fds[0] = silent_port(&address.port);
    fds[1] = eventfd(0, EFD_CLOEXEC);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, make_readable, fds), 0);
    struct conn *c = NULL;
    struct err err = {0};
    int64_t before = time_monotonic_us();
    int rc = d->driver->open(
        &address, &(struct driver_session){.connect_timeout_ms = 60000, .cancel_fd = &fds[1]}, &c, &err);
    assert_int_equal(rc, ERR_INTERRUPTED);
    assert_true(time_monotonic_us() - before < 10 * SECOND);
    pthread_join(thread, NULL);
    close(fds[0]);
    close(fds[1]);
}

static void test_values_come_back(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct rowset rows = {0};
    struct err err = {0};
    int rc = conn_query(c, &a, "SELECT NULL AS none, '' AS empty, 'żółć 😀' AS utf, 7 AS seven", &rows, &err);
    assert_ok(rc, &err);
    assert_int_equal(rows.nrows, 1);
    assert_int_equal(rows.ncols, 4);
    assert_string_equal(rows.names[1], "empty");
    assert_null(rowset_cell(&rows, 0, 0).ptr);
    assert_non_null(rowset_cell(&rows, 0, 1).ptr);
    assert_int_equal(rowset_cell(&rows, 0, 1).len, 0);
    assert_string_equal(rowset_cell(&rows, 0, 2).ptr, "żółć 😀");
    assert_string_equal(rowset_cell(&rows, 0, 3).ptr, "7");
    assert_null(rowset_cell(&rows, 1, 0).ptr);
    assert_null(rowset_cell(&rows, 0, 4).ptr);

    rc = conn_query(c, &a, "SELECT 1 AS n WHERE 1 = 0", &rows, &err);
    assert_ok(rc, &err);
    assert_int_equal(rows.nrows, 0);
    assert_int_equal(rows.ncols, 1);
    assert_string_equal(rows.names[0], "n");
    conn_close(c);
}

static void test_large_values_and_many_rows(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, statement = STRBUF_INIT;
    for (int i = 0; i < 1024 * 64; i++) {
        strbuf_addf(&text, "%08d é;'--\n", i);
    }
    strbuf_adds(&statement, "SELECT ");
    d->driver->quote_literal(&statement, (struct slice){text.ptr, text.len});
    struct conn *c = open_session(d);
    struct rowset rows = {0};
    struct err err = {0};
    int rc = conn_query(c, &a, statement.ptr, &rows, &err);
    assert_ok(rc, &err);
    struct slice back = rowset_cell(&rows, 0, 0);
    assert_int_equal(back.len, text.len);
    assert_memory_equal(back.ptr, text.ptr, text.len);

    rc = conn_query(
        c, &a,
        "WITH digits AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"
        " UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8"
        " UNION ALL SELECT 9)"
        " SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM digits a, digits b, digits c, digits e"
        " ORDER BY n",
        &rows, &err);
    assert_ok(rc, &err);
    assert_int_equal(rows.nrows, 10000);
    for (size_t i = 0; i < rows.nrows; i++) {
        assert_int_equal(strtol(rowset_cell(&rows, i, 0).ptr, NULL, 10), i);
    }
    conn_close(c);
}

static void test_batch_tells_of_every_statement(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    make_table(c, "told");
    const struct statement s[] = {
        sql("INSERT INTO told VALUES (1, 'one'), (2, 'two'), (3, 'three')"),
        sql("UPDATE told SET t = t -- the same, but matched"),
        sql_rows("SELECT n, t FROM told ORDER BY n -- with a comment"),
        sql("SELECT n FROM told WHERE n < 3 /* rows nobody wants */"),
        sql("DELETE FROM told WHERE n > 1"),
        sql("DELETE FROM told WHERE n > 1"),
        sql_rows("\n\n  SELECT 'semi;colon', 'it''s'\n"),
    };
    struct outcome o[COUNT_OF(s)];
    size_t done = 99;
    struct err err = {0};
    int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
    assert_ok(rc, &err);
    assert_int_equal(done, COUNT_OF(s));
    static const int affected[] = {3, 3, 3, 2, 2, 0, 1};
    for (size_t i = 0; i < COUNT_OF(s); i++) {
        assert_true(o[i].done);
        assert_null(o[i].err);
        assert_int_equal(o[i].affected, affected[i]);
        assert_true(o[i].duration_us >= 0 && o[i].duration_us < 60 * SECOND);
        assert_int_equal(o[i].rows.nrows, i == 2 ? 3 : i == 6 ? 1 : 0);
    }
    assert_string_equal(rowset_cell(&o[2].rows, 2, 1).ptr, "three");
    assert_string_equal(rowset_cell(&o[6].rows, 0, 0).ptr, "semi;colon");
    assert_string_equal(rowset_cell(&o[6].rows, 0, 1).ptr, "it's");

    rc = run(c, &a, NULL, 0, NULL, &done, &err);
    assert_ok(rc, &err);
    assert_int_equal(done, 0);
    conn_close(c);
}

/* The statement `bad` at every position of a batch; it stops there, and says so. */
static void check_failing(struct dialect *d, const char *bad, bool in_transaction)
{
    enum { N = 6 };
    for (size_t at = 0; at < N; at++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct conn *c = open_session(d);
        make_table(c, "failing");
        exec(c, "INSERT INTO failing VALUES (100, 'there already')");
        struct statement s[N + 1];
        size_t n = 0;
        if (in_transaction) {
            s[n++] = sql(d->driver->begin);
        }
        for (size_t i = 0; i < N; i++) {
            s[n++] =
                sql(i == at ? bad : arena_printf(&a, "INSERT INTO failing VALUES (%zu, 'x') -- %zu", i, i));
        }
        struct outcome o[N + 1];
        size_t done = 99, expected = at + (in_transaction ? 1 : 0);
        struct err err = {0};
        int rc = run(c, &a, s, n, o, &done, &err);
        assert_int_equal(rc, ERR_FAILED);
        assert_int_equal(err.status, ERR_FAILED);
        assert_int_equal(done, expected);
        assert_int_equal(strlen(err.sqlstate), 5);
        assert_true(err.message[0] && !strchr(err.message, '\n'));
        assert_false(err.retryable);
        assert_false(err.connection_lost);
        for (size_t i = 0; i < n; i++) {
            assert_true(o[i].done == (i < expected));
        }
        if (in_transaction) {
            assert_int_not_equal(d->driver->txn(c), TXN_IDLE);
            exec(c, d->driver->rollback);
        }
        assert_int_equal(d->driver->txn(c), TXN_IDLE);
        assert_count(c, "failing", in_transaction ? 1 : (int)at + 1);
        conn_close(c);
    }
}

static void test_batch_stops_at_a_syntax_error(void **state)
{
    check_failing(*state, "SELECT 1\n, )", false);
    check_failing(*state, "SELECT 1\n, )", true);
}

static void test_batch_stops_at_a_constraint(void **state)
{
    check_failing(*state, "INSERT INTO failing VALUES (100, 'again')", false);
    check_failing(*state, "INSERT INTO failing VALUES (100, 'again')", true);
}

static void test_batch_stops_at_a_missing_table(void **state)
{
    check_failing(*state, "DROP TABLE not_there", false);
}

static void test_batch_stops_at_an_unfinished_statement(void **state)
{
    struct dialect *d = *state;
    /* Nothing of what follows may be taken for a part of it. */
    check_failing(d, "INSERT INTO failing VALUES (50, 'open", false);
    check_failing(d, "INSERT INTO failing VALUES (50, ", true);
}

static void test_errors_name_their_place(void **state)
{
    static const struct {
        const char *sql;
        int line, column;
    } cases[] = {
        {"SELECT 1\n, )", 2, 3},
        {"SELECT )", 1, 8},
        {"\n\n  SELECT 1,\n\n   )", 5, 4},
        {"-- a comment\nSELECT 'ż😀', )", 2, 14},
        {"SELECT 1 )", 1, 10},
    };
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        const struct statement s[] = {sql("SELECT 1"), sql(cases[i].sql),
                                      sql("SELECT 2 AS two_that_follows")};
        struct outcome o[COUNT_OF(s)];
        size_t done;
        struct err err = {0};
        int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
        assert_int_equal(rc, ERR_FAILED);
        assert_int_equal(done, 1);
        if (err.line != cases[i].line || err.column != cases[i].column) {
            fail_msg("%s: place %d:%d, expected %d:%d: %s", cases[i].sql, err.line, err.column, cases[i].line,
                     cases[i].column, err.message);
        }
        assert_null(strstr(err.message, "follows"));
        rc = run(c, &a, s + 1, 1, o, &done, NULL);
        assert_int_equal(rc, ERR_FAILED);
    }
    assert_usable(c);
    conn_close(c);
}

static void test_large_batches(void **state)
{
    enum { N = 3000, BAD = 2217 };
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    make_table(c, "large");
    struct statement *s = arena_array(&a, N + 2, sizeof(*s));
    struct outcome *o = arena_array(&a, N + 2, sizeof(*o));
    s[0] = sql(d->driver->begin);
    for (int i = 0; i < N; i++) {
        s[i + 1] = sql(
            arena_printf(&a, "INSERT INTO large VALUES (%d, 'some text to make it longer %d')", i, i * i));
    }
    s[N + 1] = sql(d->driver->commit);
    size_t done;
    struct err err = {0};
    struct statement good = s[BAD];
    s[BAD] = sql("INSERT INTO large VALUES (1, 'twice')");
    int rc = run(c, &a, s, N + 2, o, &done, &err);
    assert_int_equal(rc, ERR_FAILED);
    assert_int_equal(done, BAD);
    exec(c, d->driver->rollback);
    assert_count(c, "large", 0);
    s[BAD] = good;
    rc = run(c, &a, s, N + 2, o, &done, &err);
    assert_ok(rc, &err);
    assert_int_equal(done, N + 2);
    assert_count(c, "large", N);
    conn_close(c);
}

static void test_tolerated_errors(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    const unsigned flags = STATEMENT_ROWS | STATEMENT_TOLERATE;
    const struct statement s[] = {
        {.text = SLICE("SELECT n FROM not_there"), .flags = flags},
        sql_rows("SELECT 1"),
        {.text = SLICE("SELECT )"), .flags = flags},
        {.text = SLICE("SELECT n FROM not_there_either"), .flags = flags},
        sql_rows("SELECT 2"),
        {.text = SLICE("SELECT n FROM not_there"), .flags = flags},
    };
    struct outcome o[COUNT_OF(s)];
    size_t done;
    struct err err = {0};
    int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
    assert_ok(rc, &err);
    assert_int_equal(done, COUNT_OF(s));
    for (size_t i = 0; i < COUNT_OF(s); i++) {
        bool good = i == 1 || i == 4;
        assert_true(o[i].done == good);
        assert_true((o[i].err == NULL) == good);
        if (!good) {
            assert_true(o[i].err->message[0] && o[i].err->status == ERR_FAILED);
            assert_true(d->driver->is_missing_table(o[i].err) == (i != 2));
        }
    }
    assert_string_equal(rowset_cell(&o[4].rows, 0, 0).ptr, "2");
    assert_usable(c);
    conn_close(c);
}

static void test_transactions(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    make_table(c, "txn");
    const struct statement s[] = {sql(d->driver->begin), sql("INSERT INTO txn VALUES (1, 'x')")};
    struct outcome o[3];
    size_t done;
    struct err err = {0};
    assert_ok(run(c, &a, s, 2, o, &done, &err), &err);
    assert_int_equal(d->driver->txn(c), TXN_OPEN);
    exec(c, d->driver->rollback);
    assert_int_equal(d->driver->txn(c), TXN_IDLE);
    assert_count(c, "txn", 0);

    const struct statement whole[] = {s[0], s[1], sql(d->driver->commit)};
    assert_ok(run(c, &a, whole, 3, o, &done, &err), &err);
    assert_int_equal(d->driver->txn(c), TXN_IDLE);
    assert_count(c, "txn", 1);

    exec(c, d->driver->begin);
    assert_int_equal(conn_exec(c, "INSERT INTO txn VALUES (1, 'twice')", &err), ERR_FAILED);
    enum txn_state after = d->driver->txn(c);
    assert_true(after == TXN_FAILED || after == TXN_OPEN);
    exec(c, d->driver->rollback);
    assert_int_equal(d->driver->txn(c), TXN_IDLE);

    /* What a session leaves open goes with it. */
    exec(c, d->driver->begin);
    exec(c, "INSERT INTO txn VALUES (2, 'x')");
    conn_close(c);
    c = open_session(d);
    assert_count(c, "txn", 1);
    exec(c, "DROP TABLE txn");
    conn_close(c);
}

static void test_ddl_in_transactions(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    struct err err = {0};
    make_table(c, "ddl_rows");
    exec(c, "DROP TABLE IF EXISTS ddl_made");
    exec(c, d->driver->begin);
    exec(c, "INSERT INTO ddl_rows VALUES (1, 'x')");
    exec(c, "CREATE TABLE ddl_made (n int)");
    enum txn_state inside = d->driver->txn(c);
    exec(c, d->driver->rollback);
    int rc = conn_exec(c, "SELECT n FROM ddl_made", &err);
    if (d->driver->caps & DRIVER_TXN_DDL) {
        assert_int_equal(inside, TXN_OPEN);
        assert_int_equal(rc, ERR_FAILED);
        assert_true(d->driver->is_missing_table(&err));
        assert_count(c, "ddl_rows", 0);
    } else {
        assert_ok(rc, &err);
        assert_true(d->driver->caps & DRIVER_IMPLICIT_COMMIT);
        assert_int_equal(inside, TXN_IDLE);
        assert_count(c, "ddl_rows", 1);
    }
    if (d->driver->journal_begin) {
        make_table(c, "ddl_journal");
        exec(c, d->driver->journal_begin);
        exec(c, "INSERT INTO ddl_journal VALUES (1, 'x')");
        assert_int_equal(d->driver->txn(c), TXN_OPEN);
        exec(c, d->driver->rollback);
        assert_count(c, "ddl_journal", 0);
        exec(c, d->driver->journal_end);
        assert_int_equal(d->driver->txn(c), TXN_IDLE);
    }
    conn_close(c);
}

static void assert_locked(struct dialect *d, struct conn *c, const char *key, struct lock_holder *holder)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct lock_holder h = {0};
    int64_t before = time_monotonic_us();
    int rc = d->driver->lock(c, &a, key, &h, &err);
    assert_int_equal(rc, ERR_REFUSED);
    assert_true(err.hint[0]);
    assert_true(time_monotonic_us() - before < 3 * SECOND);
    assert_true(h.who && h.who[0]);
    assert_true(h.pid > 0);
    assert_non_null(strstr(err.message, h.who));
    if (holder) {
        *holder = (struct lock_holder){.pid = h.pid};
    }
    assert_usable(c);
}

static void lock_it(struct dialect *d, struct conn *c, const char *key)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct lock_holder holder = {0};
    struct err err = {0};
    int rc = d->driver->lock(c, &a, key, &holder, &err);
    assert_ok(rc, &err);
}

/* For locks that go when the server notices the end of a session. */
static void lock_within_bounds(struct dialect *d, struct conn *c, const char *key)
{
    int64_t deadline = time_monotonic_us() + 10 * SECOND;
    for (;;) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct lock_holder holder = {0};
        struct err err = {0};
        int rc = d->driver->lock(c, &a, key, &holder, &err);
        if (rc == 0) {
            return;
        }
        assert_int_equal(rc, ERR_REFUSED);
        assert_true(time_monotonic_us() < deadline);
        poll(NULL, 0, 5);
    }
}

static void test_locks_have_one_holder(void **state)
{
    struct dialect *d = *state;
    struct err err = {0};
    struct conn *one = open_session(d), *two = open_session(d);
    lock_it(d, one, "a key");
    assert_locked(d, two, "a key", NULL);
    assert_int_not_equal(d->driver->unlock(two, "a key", &err), 0);
    assert_true(err.message[0]);
    assert_int_not_equal(d->driver->unlock(one, "another key", NULL), 0);
    assert_locked(d, two, "a key", NULL);
    if (!is_local(d)) {
        lock_it(d, two, "another key");
        assert_locked(d, one, "another key", NULL);
    }
    assert_ok(d->driver->unlock(one, "a key", &err), &err);
    assert_int_not_equal(d->driver->unlock(one, "a key", &err), 0);
    lock_it(d, two, "a key");
    assert_locked(d, one, "a key", NULL);
    conn_close(two);
    lock_within_bounds(d, one, "a key");
    conn_close(one);
}

static void test_locks_survive_transactions(void **state)
{
    struct dialect *d = *state;
    struct conn *one = open_session(d), *two = open_session(d);
    struct err err = {0};
    lock_it(d, one, "key");
    exec(one, d->driver->begin);
    exec(one, d->driver->rollback);
    assert_locked(d, two, "key", NULL);
    assert_int_equal(conn_exec(one, "SELECT )", &err), ERR_FAILED);
    assert_locked(d, two, "key", NULL);
    conn_close(one);
    conn_close(two);
}

/* A child, this program itself, that takes a lock and keeps it. */
static pid_t spawn_holder(struct dialect *d, const char *key)
{
    struct driver_address address = address_of(d);
    char port[16];
    snprintf(port, sizeof(port), "%d", address.port);
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        execl("/proc/self/exe", "conformance", "--hold", d->driver->name, address.host ? address.host : "",
              port, address.user ? address.user : "", address.database, key, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    struct pollfd p = {.fd = fds[0], .events = POLLIN};
    char byte = 0;
    assert_int_equal(poll(&p, 1, 30000), 1);
    assert_int_equal(read(fds[0], &byte, 1), 1);
    assert_int_equal(byte, 'L');
    close(fds[0]);
    return pid;
}

static int hold(char **argv)
{
    struct dialect *d = dialects;
    while (strcmp(d->driver->name, argv[2]) != 0) {
        d++;
    }
    struct driver_address address = {.host = argv[3][0] ? argv[3] : NULL,
                                     .port = (int)strtol(argv[4], NULL, 10),
                                     .user = argv[5][0] ? argv[5] : NULL,
                                     .database = argv[6]};
    struct arena a = ARENA_INIT;
    struct conn *c = NULL;
    struct lock_holder holder;
    struct err err = {0};
    if (d->driver->open(&address, &(struct driver_session){.application = "holder"}, &c, &err) != 0 ||
        d->driver->lock(c, &a, argv[7], &holder, &err) != 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    alarm(60); /* should the test die first */
    while (write(STDOUT_FILENO, "L", 1) == 1) {
        pause();
    }
    return 0;
}

static void test_locks_die_with_their_process(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    pid_t pid = spawn_holder(d, "mortal");
    struct lock_holder holder = {0};
    assert_locked(d, c, "mortal", &holder);
    if (is_local(d)) {
        assert_int_equal(holder.pid, pid);
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    lock_within_bounds(d, c, "mortal");
    conn_close(c);
}

static void test_lock_timeout_is_kept(void **state)
{
    struct dialect *d = *state;
    struct conn *one = open_session(d);
    struct conn *two = open_with(d, (struct driver_session){.lock_timeout_ms = 1000});
    make_table(one, "waited_for");
    exec(one, "INSERT INTO waited_for VALUES (1, 'x')");
    exec(one, d->driver->begin);
    exec(one, "UPDATE waited_for SET t = 'y'");
    struct err err = {0};
    int64_t before = time_monotonic_us();
    int rc = conn_exec(two, "UPDATE waited_for SET t = 'z'", &err);
    int64_t took = time_monotonic_us() - before;
    assert_int_equal(rc, ERR_FAILED);
    assert_true(err.retryable);
    assert_false(err.connection_lost);
    assert_true(err.hint[0]);
    assert_int_equal(strlen(err.sqlstate), 5);
    assert_in_range(took, SECOND / 2, 6 * SECOND);
    exec(one, d->driver->rollback);
    exec(two, "UPDATE waited_for SET t = 'z'");
    conn_close(one);
    conn_close(two);
}

struct canceller {
    struct dialect *d;
    struct conn *c;
    atomic_bool started;
    int64_t at_us;
};

static void *cancel_when_running(void *arg)
{
    struct canceller *k = arg;
    int64_t deadline = time_monotonic_us() + 20 * SECOND;
    struct conn *watch = NULL;
    struct err err = {0};
    if (k->d->is_running) {
        struct driver_address address = address_of(k->d);
        if (k->d->driver->open(&address, &(struct driver_session){0}, &watch, &err) != 0) {
            watch = NULL;
        }
    }
    bool running = false;
    while (!running && time_monotonic_us() < deadline) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct rowset rows = {0};
        if (!k->d->is_running) {
            running = atomic_load(&k->started);
        } else if (watch && conn_query(watch, &a, k->d->is_running, &rows, &err) == 0) {
            running = strcmp(rowset_cell(&rows, 0, 0).ptr, "0") != 0;
        }
    }
    conn_close(watch);
    k->at_us = time_monotonic_us();
    k->d->driver->cancel(k->c);
    return NULL;
}

static void test_cancel_stops_a_statement(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    make_table(c, "cancelled");
    struct canceller k = {.d = d, .c = c};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_when_running, &k), 0);
    const struct statement s[] = {sql("INSERT INTO cancelled VALUES (1, 'x')"), sql(d->endless),
                                  sql("INSERT INTO cancelled VALUES (2, 'x')")};
    struct outcome o[COUNT_OF(s)];
    size_t done;
    struct err err = {0};
    atomic_store(&k.started, true);
    int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
    int64_t ended = time_monotonic_us();
    pthread_join(thread, NULL);
    assert_int_equal(rc, ERR_INTERRUPTED);
    assert_int_equal(err.status, ERR_INTERRUPTED);
    assert_false(err.connection_lost);
    assert_true(done <= 1);
    assert_true(ended - k.at_us < SECOND);
    rc = conn_exec(c, "SELECT 1", &err);
    assert_int_equal(rc, ERR_INTERRUPTED);
    d->driver->cancel_reset(c);
    assert_usable(c);
    assert_count(c, "cancelled", (int)done);
    conn_close(c);
}

static void test_cancel_before_a_statement(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    struct err err = {0};
    d->driver->cancel(c);
    d->driver->cancel(c);
    assert_int_equal(conn_exec(c, "SELECT 1", &err), ERR_INTERRUPTED);
    d->driver->cancel_reset(c);
    assert_usable(c);
    d->driver->cancel_reset(c);
    assert_usable(c);
    conn_close(c);
}

static void *cancel_at_once(void *arg)
{
    struct canceller *k = arg;
    while (!atomic_load(&k->started)) {
    }
    for (volatile int64_t i = 0; i < k->at_us; i++) {
    }
    k->d->driver->cancel(k->c);
    return NULL;
}

/* A cancel at any moment leaves a connection that knows what it did. */
static void test_cancel_at_any_moment(void **state)
{
    enum { N = 40, ROUNDS = 25 };
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    make_table(c, "moments");
    for (int round = 0; round < ROUNDS; round++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct statement s[N];
        struct outcome o[N];
        for (int i = 0; i < N; i++) {
            s[i] = sql(arena_printf(&a, "INSERT INTO moments VALUES (%d, 'x')", i));
        }
        struct canceller k = {.d = d, .c = c, .at_us = round * 40000};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, cancel_at_once, &k), 0);
        size_t done = 99;
        struct err err = {0};
        atomic_store(&k.started, true);
        int rc = run(c, &a, s, N, o, &done, &err);
        pthread_join(thread, NULL);
        if (rc == 0) {
            assert_int_equal(done, N);
        } else {
            assert_int_equal(rc, ERR_INTERRUPTED);
            assert_true(done < N);
        }
        assert_false(err.connection_lost);
        d->driver->cancel_reset(c);
        assert_count(c, "moments", (int)done);
        exec(c, "DELETE FROM moments");
    }
    conn_close(c);
}

static void test_statement_timeout_is_kept(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_with(d, (struct driver_session){.statement_timeout_ms = 300});
    struct err err = {0};
    int64_t before = time_monotonic_us();
    int rc = conn_exec(c, d->endless, &err);
    int64_t took = time_monotonic_us() - before;
    assert_int_equal(rc, ERR_FAILED);
    assert_int_equal(strlen(err.sqlstate), 5);
    assert_false(err.connection_lost);
    assert_in_range(took, SECOND / 5, 5 * SECOND);
    assert_usable(c);
    conn_close(c);
}

static const char *const nasty[] = {
    "plain",   "Upper",       "select",      "order",       "with space",  "quote\"d",
    "tick`ed", "apostro'phe", "semi;colon",  "--dash",      "/*comment*/", "per%cent",
    "1digit",  "żółć",        "back\\slash", "dollar$sign", "#hash",       "dot.ted",
    "a,b",     "(paren)",     "\"",          "``",          "?",           ":colon",
};

static void test_quoted_names_come_back(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
        d->driver->quote_ident(&name, nasty[i]);
        const char *const texts[] = {
            arena_printf(&a, "DROP TABLE IF EXISTS %s", name.ptr),
            arena_printf(&a, "CREATE TABLE %s (%s int)", name.ptr, name.ptr),
            arena_printf(&a, "INSERT INTO %s (%s) VALUES (5)", name.ptr, name.ptr),
            arena_printf(&a, "SELECT %s FROM %s", name.ptr, name.ptr),
            arena_printf(&a, "DROP TABLE %s", name.ptr),
        };
        struct statement s[COUNT_OF(texts)];
        struct outcome o[COUNT_OF(texts)];
        for (size_t k = 0; k < COUNT_OF(texts); k++) {
            s[k] = sql_rows(texts[k]);
        }
        size_t done;
        struct err err = {0};
        int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
        if (rc != 0) {
            fail_msg("%s: %s", nasty[i], err.message);
        }
        assert_string_equal(o[3].rows.names[0], nasty[i]);
        assert_string_equal(rowset_cell(&o[3].rows, 0, 0).ptr, "5");
    }
    conn_close(c);
}

static void test_quoted_texts_come_back(void **state)
{
    static const char *const texts[] = {
        "",     "'",      "''",   "'''",          "\\",   "\\'",   "\\\\'", "a\nb\r\n\tc",
        "%s%n", "żółć 😀", "--",   "/*",           "*/",   "$$",    "$1",    ";",
        "\"",   "`",      "NULL", "\x01\x1a\x7f", "#x\n", "\\n",   "\\0",   "'; DROP TABLE x; --",
        "?",    ":a",     "E'x'", "trailing\\",   "{}",   "\\x41",
    };
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct statement s[COUNT_OF(texts)];
    struct outcome o[COUNT_OF(texts)];
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, "SELECT ");
        d->driver->quote_literal(&b, slice_of(texts[i]));
        s[i] = sql_rows(arena_dup(&a, b.ptr));
    }
    size_t done;
    struct err err = {0};
    int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
    assert_ok(rc, &err);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_string_equal(rowset_cell(&o[i].rows, 0, 0).ptr, texts[i]);
        assert_int_equal(rowset_cell(&o[i].rows, 0, 0).len, strlen(texts[i]));
    }
    conn_close(c);
}

/* Every name that needs no quotes must mean itself, as a table and as a column. */
static void check_plain_names(struct dialect *d, struct conn *c, struct arena *a, const char *const *names,
                              size_t n)
{
    struct statement *s = arena_array(a, 4 * n, sizeof(*s));
    struct outcome *o = arena_array(a, 4 * n, sizeof(*o));
    size_t used = 0, quoted = 0;
    for (size_t i = 0; i < n; i++) {
        if (d->driver->needs_quotes(names[i])) {
            quoted++;
            continue;
        }
        AUTO(strbuf_release) struct strbuf q = STRBUF_INIT;
        d->driver->quote_ident(&q, names[i]);
        const char *w = names[i];
        s[used++] = sql(arena_printf(a, "CREATE TEMPORARY TABLE %s(%s int, other int)", w, w));
        s[used++] = sql(arena_printf(a, "INSERT INTO %s(%s) VALUES (1)", q.ptr, q.ptr));
        s[used++] = sql(arena_printf(a, "SELECT %s, %s.%s FROM %s WHERE %s = 1", w, w, w, w, w));
        s[used++] = sql(arena_printf(a, "DROP TABLE %s", w));
    }
    size_t done;
    struct err err = {0};
    int rc = run(c, a, s, used, o, &done, &err);
    if (rc != 0) {
        fail_msg("%.*s: %s", (int)s[done].text.len, s[done].text.ptr, err.message);
    }
    assert_true(quoted > 50);
    assert_true(used > 40);
}

static void test_plain_names_need_no_quotes(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    const char **words;
    size_t n = 0;
    if (d->keywords) {
        struct rowset rows = {0};
        struct err err = {0};
        int rc = conn_query(c, &a, d->keywords, &rows, &err);
        assert_ok(rc, &err);
        words = arena_array(&a, rows.nrows + 20, sizeof(*words));
        for (; n < rows.nrows; n++) {
            words[n] = rowset_cell(&rows, n, 0).ptr;
        }
    } else {
        words = arena_array(&a, (size_t)sqlite3_keyword_count() + 20, sizeof(*words));
        for (int i = 0; i < sqlite3_keyword_count(); i++) {
            const char *word;
            int len;
            assert_int_equal(sqlite3_keyword_name(i, &word, &len), SQLITE_OK);
            words[n++] = arena_dupn(&a, word, (size_t)len);
        }
    }
    static const char *const more[] = {"users",
                                       "a1",
                                       "_x",
                                       "true",
                                       "false",
                                       "null",
                                       "id",
                                       "a_b_c",
                                       "user",
                                       "time",
                                       "orders_2",
                                       "email",
                                       "phone_number",
                                       "qty",
                                       "sku",
                                       "zzz",
                                       "lockstep_history",
                                       "alembic_version",
                                       "table"};
    for (size_t i = 0; i < COUNT_OF(more); i++) {
        words[n++] = more[i];
    }
    check_plain_names(d, c, &a, words, n);
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        if (strcmp(nasty[i], "plain") != 0 && strcmp(nasty[i], "Upper") != 0) {
            assert_true(d->driver->needs_quotes(nasty[i]));
        }
    }
    assert_false(d->driver->needs_quotes("users"));
    assert_false(d->driver->needs_quotes("alembic_version"));
    assert_true(d->driver->needs_quotes(""));
    assert_true(d->driver->needs_quotes("table"));
    conn_close(c);
}

static void test_missing_tables_are_told_from_others(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    struct err err = {0};
    assert_int_equal(conn_exec(c, "SELECT version_num FROM alembic_version_not_there", &err), ERR_FAILED);
    assert_true(d->driver->is_missing_table(&err));
    assert_non_null(strstr(err.message, "alembic_version_not_there"));
    make_table(c, "there");
    assert_int_equal(conn_exec(c, "SELECT no_such_column FROM there", &err), ERR_FAILED);
    assert_false(d->driver->is_missing_table(&err));
    assert_int_equal(conn_exec(c, "SELECT )", &err), ERR_FAILED);
    assert_false(d->driver->is_missing_table(&err));
    assert_int_equal(conn_exec(c, "CREATE TABLE there (n int)", &err), ERR_FAILED);
    assert_false(d->driver->is_missing_table(&err));
    conn_close(c);
}

static void test_lost_connections_are_told(void **state)
{
    struct dialect *d = *state;
    if (!d->kill) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d), *other = open_session(d);
    make_table(other, "lost");
    const char *id = query_one(c, &a, d->own_id);
    AUTO(strbuf_release) struct strbuf end = STRBUF_INIT;
    const char *hole = strstr(d->kill, "%s");
    strbuf_add(&end, d->kill, (size_t)(hole - d->kill));
    strbuf_adds(&end, id);
    strbuf_adds(&end, hole + 2);
    exec(c, d->driver->begin);
    exec(c, "INSERT INTO lost VALUES (1, 'x')");
    exec(other, end.ptr);
    struct err err = {0};
    int rc = conn_exec(c, d->driver->commit, &err);
    assert_int_equal(rc, ERR_FAILED);
    assert_true(err.connection_lost);
    assert_true(err.hint[0]);
    assert_int_equal(d->driver->txn(c), TXN_UNKNOWN);
    rc = conn_exec(c, "SELECT 1", &err);
    assert_int_equal(rc, ERR_FAILED);
    assert_true(err.connection_lost);
    conn_close(c);
    assert_usable(other);
    conn_close(other);
}

static void test_history_table(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf ddl = STRBUF_INIT, name = STRBUF_INIT;
    d->driver->quote_ident(&name, "lockstep_history");
    const char *hole = strstr(d->driver->history_ddl, "{history}");
    assert_non_null(hole);
    assert_null(strstr(hole + 1, "{history}"));
    strbuf_add(&ddl, d->driver->history_ddl, (size_t)(hole - d->driver->history_ddl));
    strbuf_adds(&ddl, name.ptr);
    strbuf_adds(&ddl, hole + strlen("{history}"));

    struct conn *c = open_session(d);
    exec(c, "DROP TABLE IF EXISTS lockstep_history");
    exec(c, ddl.ptr);
    exec(c, ddl.ptr);
    exec(c, arena_printf(
                &a,
                "INSERT INTO lockstep_history (run, plan, revision, direction, checksum, total, done, prefix,"
                " outcome, actor, started_at, finished_at, audit_head) VALUES ('r1', NULL, 'abc', 'upgrade',"
                " NULL, 3, 1, NULL, 'running', NULL, %s, NULL, NULL)",
                d->driver->now));
    exec(c, arena_printf(
                &a,
                "INSERT INTO lockstep_history (run, revision, direction, total, done, outcome, started_at,"
                " finished_at) VALUES ('r1', 'abd', 'stamp', 0, 0, 'stamped', %s, %s)",
                d->driver->now, d->driver->now));
    struct rowset rows = {0};
    struct err err = {0};
    int rc =
        conn_query(c, &a, "SELECT seq, revision, started_at, finished_at FROM lockstep_history ORDER BY seq",
                   &rows, &err);
    assert_ok(rc, &err);
    assert_int_equal(rows.nrows, 2);
    assert_true(strtol(rowset_cell(&rows, 0, 0).ptr, NULL, 10) <
                strtol(rowset_cell(&rows, 1, 0).ptr, NULL, 10));
    assert_string_equal(rowset_cell(&rows, 1, 1).ptr, "abd");
    assert_memory_equal(rowset_cell(&rows, 0, 2).ptr, "20", 2);
    assert_null(rowset_cell(&rows, 0, 3).ptr);
    exec(c, "DROP TABLE lockstep_history");
    conn_close(c);
}

#define TEST(f)                                                                                              \
    {                                                                                                        \
#f, f                                                                                                \
    }
static const struct {
    const char *name;
    CMUnitTestFunction run;
} tests[] = {
    TEST(test_open_and_close),
    TEST(test_tables_are_complete),
    TEST(test_open_says_what_is_wrong),
    TEST(test_passwords_count_and_stay_secret),
    TEST(test_connect_gives_up_in_time),
    TEST(test_connect_can_be_cancelled),
    TEST(test_values_come_back),
    TEST(test_large_values_and_many_rows),
    TEST(test_batch_tells_of_every_statement),
    TEST(test_batch_stops_at_a_syntax_error),
    TEST(test_batch_stops_at_a_constraint),
    TEST(test_batch_stops_at_a_missing_table),
    TEST(test_batch_stops_at_an_unfinished_statement),
    TEST(test_errors_name_their_place),
    TEST(test_large_batches),
    TEST(test_tolerated_errors),
    TEST(test_transactions),
    TEST(test_ddl_in_transactions),
    TEST(test_locks_have_one_holder),
    TEST(test_locks_survive_transactions),
    TEST(test_locks_die_with_their_process),
    TEST(test_lock_timeout_is_kept),
    TEST(test_cancel_stops_a_statement),
    TEST(test_cancel_before_a_statement),
    TEST(test_cancel_at_any_moment),
    TEST(test_statement_timeout_is_kept),
    TEST(test_quoted_names_come_back),
    TEST(test_quoted_texts_come_back),
    TEST(test_plain_names_need_no_quotes),
    TEST(test_missing_tables_are_told_from_others),
    TEST(test_lost_connections_are_told),
    TEST(test_history_table),
};

int main(int argc, char **argv)
{
    if (argc == 8 && strcmp(argv[1], "--hold") == 0) {
        return hold(argv);
    }
    enum { DIALECTS = COUNT_OF(dialects), EACH = COUNT_OF(tests) };
    static struct CMUnitTest all[DIALECTS * EACH];
    static char names[DIALECTS * EACH][96];
    for (size_t d = 0; d < DIALECTS; d++) {
        for (size_t t = 0; t < EACH; t++) {
            size_t i = d * EACH + t;
            snprintf(names[i], sizeof(names[i]), "%s: %s", dialects[d].driver->name, tests[t].name);
            all[i] = (struct CMUnitTest){
                .name = names[i], .test_func = tests[t].run, .initial_state = &dialects[d]};
        }
    }
    if (argc == 2) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("drivers_conformance", all, NULL, NULL);
}
