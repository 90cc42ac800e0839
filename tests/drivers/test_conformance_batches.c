/* Conformance of drivers: running statements, their values and errors, transactions. */
#include "tests/drivers/conformance.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

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

/* A kind by the first query that the dialect has; -1: not looked at there. */
static void test_cells_tell_their_kind(void **state)
{
    struct dialect *d = *state;
    static const struct {
        const char *driver, *expression;
        enum cell_kind kind;
        const char *text;
    } rows[] = {
        {NULL, "7", CELL_INT, "7"},
        {NULL, "'x'", CELL_TEXT, "x"},
        {"sqlite", "1.5", CELL_FLOAT, "1.5"},
        {"sqlite", "x'6162'", CELL_BYTES, "ab"},
        {"postgresql", "1.5::float8", CELL_FLOAT, "1.5"},
        {"postgresql", "1.50", CELL_DECIMAL, "1.50"},
        {"postgresql", "true", CELL_BOOL, "t"},
        {"postgresql", "'ab'::bytea", CELL_BYTES, "\\x6162"},
        {"postgresql", "date '2026-11-21'", CELL_DATE, "2026-11-21"},
        {"postgresql", "time '09:13'", CELL_TIME, "09:13:00"},
        {"postgresql", "timestamp '2026-11-21 09:13'", CELL_DATETIME, "2026-11-21 09:13:00"},
        {"postgresql", "interval '1 day'", CELL_INTERVAL, "1 day"},
        {"postgresql", "'{\"a\": 1}'::jsonb", CELL_JSON, "{\"a\": 1}"},
        {"postgresql", "'00000000-0000-0000-0000-000000000001'::uuid", CELL_UUID,
         "00000000-0000-0000-0000-000000000001"},
        {"postgresql", "array['a','b']", CELL_ARRAY, "{a,b}"},
        {"postgresql", "'n'::name", CELL_TEXT, "n"},
        {"mysql", "1.5e0", CELL_FLOAT, "1.5"},
        {"mysql", "1.50", CELL_DECIMAL, "1.50"},
        {"mysql", "x'6162'", CELL_BYTES, "ab"},
        {"mysql", "cast('2026-11-21' as date)", CELL_DATE, "2026-11-21"},
        {"mysql", "cast('09:13:00' as time)", CELL_INTERVAL, "09:13:00"},
        {"mysql", "cast('2026-11-21 09:13:00' as datetime)", CELL_DATETIME, "2026-11-21 09:13:00"},
    };
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].driver && strcmp(rows[i].driver, d->driver->name) != 0) {
            continue;
        }
        struct rowset set = {0};
        struct err err = {0};
        int rc =
            conn_query(c, &a, arena_printf(&a, "SELECT %s AS v, NULL AS n", rows[i].expression), &set, &err);
        assert_ok(rc, &err);
        assert_string_equal(rowset_cell(&set, 0, 0).ptr, rows[i].text);
        if (rowset_kind(&set, 0, 0) != rows[i].kind) {
            fail_msg("%s: kind %d instead of %d", rows[i].expression, (int)rowset_kind(&set, 0, 0),
                     (int)rows[i].kind);
        }
        assert_int_equal(rowset_kind(&set, 1, 0), CELL_TEXT);
    }
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

static void test_empty_statements_do_nothing(void **state)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(*state);
    const struct statement s[] = {sql(""),     sql_rows("SELECT 1"), sql("-- nothing but a comment"),
                                  sql("  \n"), sql_rows("SELECT 2"), sql("/* nothing */")};
    struct outcome o[COUNT_OF(s)];
    size_t done;
    struct err err = {0};
    assert_ok(run(c, &a, s, COUNT_OF(s), o, &done, &err), &err);
    assert_int_equal(done, COUNT_OF(s));
    for (size_t i = 0; i < COUNT_OF(s); i++) {
        assert_true(o[i].done);
    }
    assert_string_equal(rowset_cell(&o[1].rows, 0, 0).ptr, "1");
    assert_string_equal(rowset_cell(&o[4].rows, 0, 0).ptr, "2");
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

/* Stands between a driver and its server and counts how often the client had to wait for an answer. */
struct relay {
    int listener, port, server_port;
    atomic_int waits;
};

static bool forward(int from, int to)
{
    char buf[65536];
    ssize_t n = recv(from, buf, sizeof(buf), 0);
    for (ssize_t sent = 0; n > 0 && sent < n;) {
        ssize_t k = send(to, buf + sent, (size_t)(n - sent), MSG_NOSIGNAL);
        if (k <= 0) {
            return false;
        }
        sent += k;
    }
    return n > 0;
}

static void *relay_run(void *arg)
{
    struct relay *r = arg;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)r->server_port)};
    int client = accept(r->listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open = client >= 0 && connect(server, (struct sockaddr *)&at, sizeof(at)) == 0, answered = true;
    while (open) {
        struct pollfd p[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
        poll(p, 2, -1);
        if (p[1].revents) {
            open = forward(server, client);
            answered = true;
        } else if (p[0].revents) {
            open = forward(client, server);
            atomic_fetch_add(&r->waits, answered);
            answered = false;
        }
    }
    close(client);
    close(server);
    return NULL;
}

static void test_many_statements_cost_few_waits(void **state)
{
    enum { N = 400 };
    struct dialect *d = *state;
    if (is_local(d)) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct driver_address address = address_of(d);
    struct relay r = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                      .server_port = address.port};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    assert_int_equal(bind(r.listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(r.listener, 1), 0);
    assert_int_equal(getsockname(r.listener, (struct sockaddr *)&at, &len), 0);
    address.port = ntohs(at.sin_port);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, relay_run, &r), 0);
    struct conn *c = NULL;
    struct err err = {0};
    assert_ok(d->driver->open(&address, &(struct driver_session){0}, &c, &err), &err);
    int opening = atomic_load(&r.waits);
    make_table(c, "waits");
    struct statement s[N + 2];
    struct outcome o[N + 2];
    s[0] = sql(d->driver->begin);
    for (int i = 0; i < N; i++) {
        s[i + 1] = sql(arena_printf(&a, "INSERT INTO waits VALUES (%d, 'some text to make it longer')", i));
    }
    s[N + 1] = sql(d->driver->commit);
    size_t done;
    int before = atomic_load(&r.waits);
    assert_ok(run(c, &a, s, N + 2, o, &done, &err), &err);
    int waits = atomic_load(&r.waits) - before;
    conn_close(c);
    pthread_join(thread, NULL);
    close(r.listener);
    if (opening > 4 || waits > 4) {
        fail_msg("%d waits for opening, %d for %d statements", opening, waits, N + 2);
    }
    assert_true(waits >= 1);
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
        if (o[i].err) {
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

static const struct conformance_test tests[] = {
    TEST(test_values_come_back),
    TEST(test_cells_tell_their_kind),
    TEST(test_large_values_and_many_rows),
    TEST(test_batch_tells_of_every_statement),
    TEST(test_empty_statements_do_nothing),
    TEST(test_batch_stops_at_a_syntax_error),
    TEST(test_batch_stops_at_a_constraint),
    TEST(test_batch_stops_at_a_missing_table),
    TEST(test_batch_stops_at_an_unfinished_statement),
    TEST(test_errors_name_their_place),
    TEST(test_large_batches),
    TEST(test_many_statements_cost_few_waits),
    TEST(test_tolerated_errors),
    TEST(test_transactions),
    TEST(test_ddl_in_transactions),
    TEST(test_missing_tables_are_told_from_others),
    TEST(test_history_table),
};

int main(void)
{
    return conformance_run("drivers_conformance_batches", tests, COUNT_OF(tests));
}
