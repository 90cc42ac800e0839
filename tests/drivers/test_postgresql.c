/* What is PostgreSQL's own: the pipeline, cancelling, COPY, places of errors, locks, lost connections.
 * What every driver does is in the conformance suite. */
#include "tests/drivers/postgresql_fixture.h"
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

struct batch {
    struct statement items[16];
    struct outcome outcomes[16];
    size_t n, done;
    struct err err;
    int rc;
};

static struct batch run(struct conn *c, const struct statement *items, size_t n)
{
    struct batch b = {.n = n};
    assert_in_range(n, 1, 16);
    b.rc = pg->batch(c, &arena, items, n, b.outcomes, &b.done, &b.err);
    return b;
}

#define TEXT(literal)                                                                                        \
    {                                                                                                        \
        .text = SLICE(literal)                                                                               \
    }
#define ROWS(literal)                                                                                        \
    {                                                                                                        \
        .text = SLICE(literal), .flags = STATEMENT_ROWS                                                      \
    }
#define TOLERATED(literal)                                                                                   \
    {                                                                                                        \
        .text = SLICE(literal), .flags = STATEMENT_ROWS | STATEMENT_TOLERATE                                 \
    }
#define RUN(c, ...)                                                                                          \
    run((c), (const struct statement[]){__VA_ARGS__},                                                        \
        sizeof((const struct statement[]){__VA_ARGS__}) / sizeof(struct statement))

static void test_transaction_in_one_flight(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    struct batch b = RUN(c, TEXT("begin"), TEXT("create table flight (id int)"),
                         TEXT("insert into flight select generate_series(1, 5)"),
                         ROWS("select id, null from flight order by id"), TEXT("commit"), TEXT("begin work"),
                         TEXT("delete from flight where id > 2"), TEXT("commit"));
    assert_int_equal(b.rc, 0);
    assert_int_equal(b.done, 8);
    assert_int_equal(b.outcomes[2].affected, 5);
    assert_int_equal(b.outcomes[3].affected, 5);
    assert_int_equal(b.outcomes[3].rows.nrows, 5);
    assert_true(slice_eq(rowset_cell(&b.outcomes[3].rows, 4, 0), "5"));
    assert_null(rowset_cell(&b.outcomes[3].rows, 0, 1).ptr);
    assert_string_equal(b.outcomes[3].rows.names[0], "id");
    assert_int_equal(b.outcomes[6].affected, 3);
    assert_int_equal(b.outcomes[1].affected, -1);
    assert_int_equal(pg->txn(c), TXN_IDLE);
    assert_string_equal(value(c, "select count(*) from flight"), "2");
    exec(c, "drop table flight");
    pg->close(c);
}

static void test_failure_stops_the_rest(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    exec(c, "create table stops (id int primary key)");
    struct batch b =
        RUN(c, TEXT("begin"), TEXT("insert into stops values (1)"), TEXT("commit"), TEXT("begin"),
            TEXT("insert into stops values (2)"), TEXT("insert into stops values (1)"),
            TEXT("insert into stops values (3)"), TEXT("commit"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 5);
    assert_string_equal(b.err.sqlstate, "23505");
    assert_non_null(strstr(b.err.message, "Key (id)=(1) already exists"));
    assert_true(b.outcomes[4].done);
    assert_false(b.outcomes[5].done);
    assert_false(b.outcomes[7].done);
    assert_int_equal(pg->txn(c), TXN_FAILED);
    exec(c, "rollback");
    assert_string_equal(value(c, "select string_agg(id::text, ',') from stops"), "1");

    /* Outside a transaction each statement stands alone, and still the first failure is the last. */
    b = RUN(c, TEXT("insert into stops values (10)"), TEXT("insert into stops values (1)"),
            TEXT("insert into stops values (11)"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 1);
    assert_string_equal(value(c, "select string_agg(id::text, ',' order by id) from stops"), "1,10");
    exec(c, "drop table stops");
    pg->close(c);
}

static void test_commit_of_a_failed_transaction_is_a_failure(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    struct batch b = RUN(c, TEXT("begin"), TEXT("select 1/0"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_string_equal(b.err.sqlstate, "22012");
    b = RUN(c, TEXT("/* finish */ commit"), TEXT("create table never (id int)"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 0);
    assert_non_null(strstr(b.err.message, "rolled back"));
    assert_int_equal(pg->txn(c), TXN_IDLE);
    b = RUN(c, TEXT("begin"), TEXT("savepoint a"), TEXT("select 1/0"));
    assert_int_equal(b.done, 2);
    b = RUN(c, TEXT("rollback to savepoint a"), ROWS("select 7"), TEXT("commit"));
    assert_int_equal(b.rc, 0);
    assert_true(slice_eq(rowset_cell(&b.outcomes[1].rows, 0, 0), "7"));
    assert_null(value(c, "select to_regclass('never')"));
    pg->close(c);
}

static void test_deferred_constraint_speaks_at_commit(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    exec(c, "create table later (id int primary key, of int references later deferrable initially deferred)");
    /* In autocommit the server says so only after the statement has answered. */
    struct batch b =
        RUN(c, TEXT("insert into later values (1, 99)"), TEXT("insert into later values (2, null)"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 0);
    assert_string_equal(b.err.sqlstate, "23503");
    assert_false(b.outcomes[0].done);
    b = RUN(c, TEXT("begin"), TEXT("insert into later values (1, 99)"), TEXT("commit"), TEXT("begin"),
            TEXT("insert into later values (3, null)"), TEXT("commit"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 2);
    assert_string_equal(b.err.sqlstate, "23503");
    assert_string_equal(value(c, "select count(*) from later"), "0");
    exec(c, "drop table later");
    pg->close(c);
}

static void test_statements_that_want_to_be_alone(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    exec(c, "create table alone (id int)");
    struct batch b =
        RUN(c, TOLERATED("select 1"), TEXT("create index concurrently i1 on alone (id)"),
            TEXT("vacuum alone"), TEXT("create index concurrently i2 on alone (id)"), TEXT("begin"),
            TEXT("drop index i1"), TEXT("commit"), TEXT("drop index concurrently i2"));
    if (b.rc != 0) {
        fail_msg("%zu: %s", b.done, b.err.message);
    }
    assert_int_equal(b.done, 8);
    /* A block that commits on its own, two-phase commit, and a transaction that follows its predecessor. */
    b = RUN(c,
            TEXT("do $$ begin insert into alone values (1); commit; insert into alone values (2); rollback; "
                 "end $$"),
            TEXT("begin"), TEXT("insert into alone values (3)"), TEXT("prepare transaction 'lockstep test'"),
            TEXT("commit prepared 'lockstep test'"), TEXT("start transaction"),
            TEXT("insert into alone values (4)"), TEXT("commit and chain"),
            TEXT("insert into alone values (5)"), TEXT("rollback transaction"), TEXT("vacuum alone"),
            ROWS("select string_agg(id::text, ',' order by id) from alone"));
    if (b.rc != 0) {
        fail_msg("%zu: %s", b.done, b.err.message);
    }
    assert_true(slice_eq(rowset_cell(&b.outcomes[11].rows, 0, 0), "1,3,4"));
    exec(c, "drop table alone");
    pg->close(c);
}

static void test_tolerated_reads(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    struct batch b =
        RUN(c, TOLERATED("select 1"), TOLERATED("select * from missing_table"), TOLERATED("select 3"),
            TEXT("begin"), ROWS("select 4"), TEXT("commit"), TOLERATED("select 1/0"));
    assert_int_equal(b.rc, 0);
    assert_int_equal(b.done, 7);
    assert_true(b.outcomes[0].done);
    assert_false(b.outcomes[1].done);
    assert_non_null(b.outcomes[1].err);
    assert_true(pg->is_missing_table(b.outcomes[1].err));
    assert_true(slice_eq(rowset_cell(&b.outcomes[2].rows, 0, 0), "3"));
    assert_true(slice_eq(rowset_cell(&b.outcomes[4].rows, 0, 0), "4"));
    assert_string_equal(b.outcomes[6].err->sqlstate, "22012");
    assert_false(pg->is_missing_table(b.outcomes[6].err));
    pg->close(c);
}

static void test_error_places(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    struct batch b = RUN(c, TEXT("select 'äöü',\n  'é', wrong_column"));
    assert_string_equal(b.err.sqlstate, "42703");
    assert_int_equal(b.err.line, 2);
    assert_int_equal(b.err.column, 8); /* in characters */
    b = RUN(c, TEXT("-- why\nselec 1"));
    assert_string_equal(b.err.sqlstate, "42601");
    assert_int_equal(b.err.line, 2);
    assert_int_equal(b.err.column, 1);
    b = RUN(c, TEXT("select (1,\n'é'"));
    assert_int_equal(b.err.line, 2);
    assert_int_equal(b.err.column, 4);
    b = RUN(c, TEXT("select length(1)"));
    assert_int_equal(b.err.line, 1);
    assert_int_equal(b.err.column, 8);
    assert_string_not_equal(b.err.hint, "");
    b = RUN(c, TEXT("do $$ begin raise exception 'no' using hint = 'Ask.', detail = 'Because.'; end $$"));
    assert_string_equal(b.err.sqlstate, "P0001");
    assert_int_equal(b.err.line, 0);
    assert_non_null(strstr(b.err.message, "no: Because (PL/pgSQL function inline_code_block line 1"));
    assert_string_equal(b.err.hint, "Ask");
    b = RUN(c, {.text = {"select 1\0 2", 11}});
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 0);
    pg->close(c);
}

static void test_copy(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    struct statement rows = {.text = SLICE("copy copied from stdin"),
                             .copy = SLICE("1\tone\n2\t\\N\n3\tthree\n")};
    struct statement none = {.text = SLICE("-- nothing\ncopy copied from stdin"), .copy = SLICE("")};
    struct statement bad = {.text = SLICE("copy copied from stdin"), .copy = SLICE("4\tx\nfour\ty\n")};
    exec(c, "create table copied (id int, name text)");
    struct batch b = RUN(c, TEXT("begin"), rows, none, ROWS("select count(*) from copied"), TEXT("commit"));
    if (b.rc != 0) {
        fail_msg("%zu: %s", b.done, b.err.message);
    }
    assert_int_equal(b.outcomes[1].affected, 3);
    assert_int_equal(b.outcomes[2].affected, 0);
    assert_true(slice_eq(rowset_cell(&b.outcomes[3].rows, 0, 0), "3"));
    b = RUN(c, TEXT("insert into copied values (9, 'nine')"), bad, TEXT("truncate copied"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_int_equal(b.done, 1);
    assert_string_equal(b.err.sqlstate, "22P02");
    assert_non_null(strstr(b.err.message, "line 2"));
    assert_string_equal(value(c, "select count(*) from copied"), "4");
    b = RUN(c, TEXT("copy copied from stdin"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_non_null(strstr(b.err.message, "without rows"));
    b = RUN(c, TEXT("copy (select generate_series(1, 100000)) to stdout"), TEXT("copy wrong to stdout"));
    assert_int_equal(b.done, 1);
    assert_int_equal(b.outcomes[0].affected, 100000);
    assert_string_equal(b.err.sqlstate, "42P01");
    exec(c, "drop table copied");
    pg->close(c);
}

static void test_large_copy(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    AUTO(strbuf_release) struct strbuf rows = STRBUF_INIT;
    for (int i = 0; i < 300000; i++) {
        strbuf_addf(&rows, "%d\ta line of text that is neither short nor long\n", i);
    }
    exec(c, "create table large (id int, name text)");
    struct batch b = RUN(c, {.text = SLICE("copy large from stdin"), .copy = {rows.ptr, rows.len}});
    assert_int_equal(b.rc, 0);
    assert_int_equal(b.outcomes[0].affected, 300000);
    /* Refused at its first row, with megabytes still to come. */
    exec(c, "alter table large add check (id > 100) not valid");
    b = RUN(c, {.text = SLICE("copy large from stdin"), .copy = {rows.ptr, rows.len}});
    assert_string_equal(b.err.sqlstate, "23514");
    exec(c, "drop table large");
    pg->close(c);
}

/* Many more bytes than the buffers between client and server hold, in both directions at once. */
static void test_neither_side_blocks(void **state)
{
    (void)state;
    enum { N = 50000 };
    struct conn *c = connect_default();
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct statement *items = arena_array(&a, N + 2, sizeof(*items));
    struct outcome *outcomes = arena_array(&a, N + 2, sizeof(*outcomes));
    items[0].text = SLICE("begin");
    for (size_t i = 1; i <= N; i++) {
        items[i].text = slice_of(arena_printf(&a, "select %zu, repeat('x', 400) -- %0400d", i, 0));
    }
    items[N + 1].text = SLICE("commit");
    size_t done = 0;
    struct err err = {0};
    assert_int_equal(pg->batch(c, &a, items, N + 2, outcomes, &done, &err), 0);
    assert_int_equal(done, N + 2);
    assert_int_equal(outcomes[N].affected, 1);
    /* The same with a mistake in the middle. */
    items[N / 2].text = SLICE("select 1/0");
    assert_int_equal(pg->batch(c, &a, items, N + 2, outcomes, &done, &err), ERR_FAILED);
    assert_int_equal(done, N / 2);
    exec(c, "rollback");
    /* Rows that nobody asked for are not gathered: 400 MB pass through, and memory stays. */
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    struct batch b = RUN(c, TEXT("select repeat('y', 1000) from generate_series(1, 200000)"),
                         TEXT("select repeat('y', 1000) from generate_series(1, 200000)"), ROWS("select 1"));
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(b.rc, 0);
    assert_int_equal(b.outcomes[0].affected, 200000);
    assert_true(after.ru_maxrss - before.ru_maxrss < 100 * 1024);
    pg->close(c);
}

/* A relay that counts how often the direction of the traffic turns from server to client: waits. */
struct relay {
    int listener, server_port, turns;
    pthread_t thread;
};

static void *relay_run(void *arg)
{
    struct relay *r = arg;
    int client = accept(r->listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    at.sin_port = htons((uint16_t)r->server_port);
    if (connect(server, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(client);
        close(server);
        return NULL;
    }
    static char buf[1 << 16];
    bool from_client = false;
    for (;;) {
        struct pollfd fds[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
        poll(fds, 2, -1);
        /* The client's bytes first, as long as it has any: it does not wait while it sends. */
        int from = fds[0].revents ? client : server, to = fds[0].revents ? server : client;
        ssize_t n = read(from, buf, sizeof(buf));
        if (n <= 0) {
            break;
        }
        if (from == client) {
            from_client = true;
        } else if (from_client) {
            r->turns++;
            from_client = false;
        }
        for (ssize_t put = 0; put < n;) {
            ssize_t m = write(to, buf + put, (size_t)(n - put));
            if (m <= 0) {
                break;
            }
            put += m;
        }
    }
    close(client);
    close(server);
    return NULL;
}

static void test_round_trips(void **state)
{
    (void)state;
    enum { N = 400 };
    struct relay r = {.server_port = server_port(server_postgresql())};
    struct driver_address at = server_address();
    r.listener = blackhole(&at.port);
    pthread_create(&r.thread, NULL, relay_run, &r);
    at.tls = TLS_DISABLE;
    struct conn *c = connect_with(&at, &(struct driver_session){.lock_timeout_ms = 2000});
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct statement *items = arena_array(&a, N + 2, sizeof(*items));
    struct outcome *outcomes = arena_array(&a, N + 2, sizeof(*outcomes));
    items[0].text = SLICE("begin");
    for (size_t i = 1; i <= N; i++) {
        items[i].text = slice_of(arena_printf(&a, "create table trip%zu (id int)", i));
    }
    items[N + 1].text = SLICE("rollback");
    size_t done = 0;
    struct err err = {0};
    assert_int_equal(pg->batch(c, &a, items, N + 2, outcomes, &done, &err), 0);
    pg->close(c);
    pthread_join(r.thread, NULL);
    close(r.listener);
    /* One for the login; the batch is sent in pieces, between which answers may already come. */
    assert_in_range(r.turns, 2, 10);
    print_message("%d turns for a login and %d statements\n", r.turns, N);
}

struct canceller {
    struct conn *c;
    int at; /* pg_stat_activity is asked until this backend does something */
    const char *what;
};

/* Cancel once the statement is seen running. */
static void *cancel_when_active(void *arg)
{
    struct canceller *k = arg;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct driver_address at = server_address();
    struct conn *watch = NULL;
    struct err err = {0};
    if (pg->open(&at, &(struct driver_session){0}, &watch, &err) != 0) {
        return NULL;
    }
    char *sql =
        arena_printf(&a,
                     "select count(*) from pg_stat_activity where state = 'active' and query like '%s'"
                     " and pid <> pg_backend_pid()",
                     k->what);
    for (int i = 0; i < 2000; i++) {
        struct rowset rows;
        if (conn_query(watch, &a, sql, &rows, &err) == 0 && slice_eq(rowset_cell(&rows, 0, 0), "1")) {
            break;
        }
        usleep(5000);
    }
    pg->close(watch);
    pg->cancel(k->c);
    return NULL;
}

static void test_cancel_in_flight(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    exec(c, "create table kept (id int)");
    struct canceller k = {.c = c, .what = "select pg_sleep(61)%"};
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_when_active, &k);
    struct batch b = RUN(c, TEXT("begin"), TEXT("insert into kept values (1)"), TEXT("select pg_sleep(61)"),
                         TEXT("insert into kept values (2)"), TEXT("commit"));
    pthread_join(thread, NULL);
    assert_int_equal(b.rc, ERR_INTERRUPTED);
    assert_int_equal(b.done, 2);
    assert_string_equal(b.err.sqlstate, "57014");
    assert_false(b.err.connection_lost);
    /* It stays cancelled until that is taken back. */
    b = RUN(c, TEXT("select 1"));
    assert_int_equal(b.rc, ERR_INTERRUPTED);
    assert_int_equal(b.done, 0);
    pg->cancel_reset(c);
    assert_int_equal(pg->txn(c), TXN_FAILED);
    exec(c, "rollback");
    for (int i = 0; i < 50; i++) {
        assert_string_equal(value(c, "select count(*) from kept"), "0"); /* no late cancel comes after it */
    }
    /* Reads that stand alone end as well, all of them. */
    k.what = "select pg_sleep(62)%";
    pthread_create(&thread, NULL, cancel_when_active, &k);
    int64_t began = time_monotonic_us();
    b = RUN(c, TOLERATED("select 1"), TOLERATED("select pg_sleep(62)"), TOLERATED("select pg_sleep(62)"),
            TOLERATED("select 1"));
    pthread_join(thread, NULL);
    assert_int_equal(b.rc, ERR_INTERRUPTED);
    assert_int_equal(b.done, 1);
    assert_true(time_monotonic_us() - began < 30000000);
    pg->cancel_reset(c);
    exec(c, "drop table kept");
    pg->close(c);
}

static void test_cancel_during_copy(void **state)
{
    (void)state;
    struct conn *c = connect_default(), *other = connect_default();
    exec(c, "create table busy (id int)");
    exec(other, "begin");
    exec(other, "lock table busy");
    struct canceller k = {.c = c, .what = "copy busy %"};
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_when_active, &k);
    struct batch b = RUN(c, {.text = SLICE("copy busy from stdin"), .copy = SLICE("1\n2\n")});
    pthread_join(thread, NULL);
    assert_int_equal(b.rc, ERR_INTERRUPTED);
    pg->cancel_reset(c);
    exec(other, "rollback");
    assert_string_equal(value(c, "select count(*) from busy"), "0");
    exec(c, "drop table busy");
    pg->close(other);
    pg->close(c);
}

static void test_cancel_beforehand(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    pg->cancel(c);
    pg->cancel(c);
    struct batch b = RUN(c, TEXT("create table never (id int)"));
    assert_int_equal(b.rc, ERR_INTERRUPTED);
    pg->cancel_reset(c);
    pg->cancel_reset(c);
    assert_null(value(c, "select to_regclass('never')"));
    pg->close(c);
}

static void test_timeouts_are_told_apart(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    struct conn *c = connect_with(&at, &(struct driver_session){.lock_timeout_ms = 20});
    struct conn *other = connect_default();
    exec(c, "create table waited (id int)");
    exec(other, "begin");
    exec(other, "lock table waited");
    struct batch b = RUN(c, TEXT("insert into waited values (1)"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_string_equal(b.err.sqlstate, "55P03");
    assert_true(b.err.retryable);
    assert_false(b.err.connection_lost);
    exec(other, "rollback");
    exec(c, "set statement_timeout = 20");
    b = RUN(c, TEXT("select pg_sleep(63)"));
    assert_int_equal(b.rc, ERR_FAILED);
    assert_string_equal(b.err.sqlstate, "57014");
    assert_false(b.err.retryable);
    exec(c, "drop table waited");
    pg->close(other);
    pg->close(c);
}

static void test_lock(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    struct conn *a = connect_with(&at, &(struct driver_session){.application = "the first"});
    struct conn *b = connect_default();
    struct lock_holder holder = {0};
    struct err err = {0};
    int64_t pid = strtoll(value(a, "select pg_backend_pid()"), NULL, 10);
    assert_int_equal(pg->lock(a, &arena, "orders", &holder, &err), 0);
    assert_int_equal(pg->lock(b, &arena, "invoices", &holder, &err), 0);
    assert_int_equal(pg->lock(b, &arena, "orders", &holder, &err), ERR_REFUSED);
    assert_string_equal(holder.who, "the first");
    assert_int_equal(holder.pid, pid);
    assert_non_null(holder.since);
    assert_non_null(strstr(err.message, "the first"));
    /* Giving back what another holds is noticed, and takes nothing away. */
    assert_int_equal(pg->unlock(b, "orders", &err), ERR_FAILED);
    assert_int_equal(pg->lock(b, &arena, "orders", NULL, &err), ERR_REFUSED);
    assert_int_equal(pg->unlock(a, "orders", &err), 0);
    assert_int_equal(pg->lock(b, &arena, "orders", &holder, &err), 0);
    /* The lock goes with its session; the server notices a moment later. */
    pg->close(b);
    int rc = ERR_REFUSED;
    for (int i = 0; i < 1000 && rc == ERR_REFUSED; i++) {
        rc = pg->lock(a, &arena, "orders", &holder, &err);
        usleep(rc ? 5000 : 0);
    }
    assert_int_equal(rc, 0);
    pg->close(a);
}

static void test_lost_connection(void **state)
{
    (void)state;
    struct conn *a = connect_default(), *b = connect_default();
    char kill[100];
    snprintf(kill, sizeof(kill), "select pg_terminate_backend(%s, 5000)",
             value(a, "select pg_backend_pid()"));
    assert_string_equal(value(b, kill), "t");
    struct batch r = RUN(a, TEXT("begin"), TEXT("create table never (id int)"), TEXT("commit"));
    assert_int_equal(r.rc, ERR_FAILED);
    assert_int_equal(r.done, 0);
    assert_true(r.err.connection_lost);
    assert_int_equal(pg->txn(a), TXN_UNKNOWN);
    r = RUN(a, TEXT("select 1"));
    assert_true(r.err.connection_lost);
    pg->cancel(a); /* must not do harm */
    pg->close(a);

    /* In the middle of a batch. */
    a = connect_default();
    r = RUN(a, TEXT("begin"), TEXT("create table never (id int)"),
            TEXT("select pg_terminate_backend(pg_backend_pid())"), TEXT("select pg_sleep(64)"),
            TEXT("commit"));
    assert_int_equal(r.rc, ERR_FAILED);
    assert_in_range(r.done, 2, 3);
    assert_true(r.err.connection_lost);
    assert_true(r.outcomes[1].done);
    pg->close(a);

    /* In the middle of lone reads, and of a COPY. */
    a = connect_default();
    r = RUN(a, TOLERATED("select 1"), TOLERATED("select pg_terminate_backend(pg_backend_pid())"),
            TOLERATED("select 3"));
    assert_int_equal(r.rc, ERR_FAILED);
    assert_in_range(r.done, 1, 2);
    assert_true(r.err.connection_lost);
    pg->close(a);
    a = connect_default();
    r = RUN(a, TEXT("copy (select pg_terminate_backend(pg_backend_pid()), pg_sleep(64)) to stdout"));
    assert_int_equal(r.rc, ERR_FAILED);
    assert_true(r.err.connection_lost);
    pg->close(a);
    assert_null(value(b, "select to_regclass('never')"));
    pg->close(b);
}

static void test_quoting_agrees_with_the_server(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    struct rowset words;
    struct err err = {0};
    assert_int_equal(
        conn_query(c, &arena, "select word, catcode <> 'U' from pg_get_keywords()", &words, &err), 0);
    assert_true(words.nrows > 400);
    for (size_t i = 0; i < words.nrows; i++) {
        bool reserved = rowset_cell(&words, i, 1).ptr[0] == 't';
        bool quoted = pg->needs_quotes(rowset_cell(&words, i, 0).ptr);
        if (reserved && !quoted) {
            fail_msg("%s needs quotes", rowset_cell(&words, i, 0).ptr);
        }
    }
    const char *const names[] = {"users", "Users", "1st", "first_1", "user", "with space",
                                 "a\"b",  "ä",     "",    "_x",      "a$",   "select"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO(strbuf_release) struct strbuf literal = STRBUF_INIT;
        AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
        AUTO(strbuf_release) struct strbuf ident = STRBUF_INIT;
        pg->quote_literal(&literal, slice_of(names[i]));
        pg->quote_ident(&ident, names[i]);
        strbuf_addf(&sql, "select quote_ident(%s)", strbuf_cstr(&literal));
        const char *theirs = value(c, strbuf_cstr(&sql));
        assert_int_equal(pg->needs_quotes(names[i]), strcmp(theirs, names[i]) != 0);
        if (pg->needs_quotes(names[i])) {
            assert_string_equal(strbuf_cstr(&ident), theirs);
        }
    }
    const char *const texts[] = {"plain",     "it's",  "back\\slash", "\\'; drop table x; --",
                                 "line\nend", "é$1 %s"};
    for (int strings = 0; strings < 2; strings++) {
        exec(c, strings ? "set standard_conforming_strings = on" : "set standard_conforming_strings = off");
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
            AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
            strbuf_adds(&sql, "select ");
            pg->quote_literal(&sql, slice_of(texts[i]));
            assert_string_equal(value(c, strbuf_cstr(&sql)), texts[i]);
        }
    }
    pg->close(c);
}

static void test_history_table(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
    const char *mark = strstr(pg->history_ddl, "{history}");
    assert_non_null(mark);
    strbuf_addf(&sql, "%.*slockstep_history%s", (int)(mark - pg->history_ddl), pg->history_ddl, mark + 9);
    exec(c, strbuf_cstr(&sql));
    exec(c, strbuf_cstr(&sql));
    strbuf_clear(&sql);
    strbuf_addf(&sql,
                "insert into lockstep_history (run, revision, direction, total, done, outcome, started_at)"
                " values ('r', 'a', 'upgrade', 1, 0, 'running', %s) returning seq",
                pg->now);
    assert_string_equal(value(c, strbuf_cstr(&sql)), "1");
    pg->close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_transaction_in_one_flight),
        TEST(test_failure_stops_the_rest),
        TEST(test_commit_of_a_failed_transaction_is_a_failure),
        TEST(test_deferred_constraint_speaks_at_commit),
        TEST(test_statements_that_want_to_be_alone),
        TEST(test_tolerated_reads),
        TEST(test_error_places),
        TEST(test_copy),
        TEST(test_large_copy),
        TEST(test_neither_side_blocks),
        TEST(test_round_trips),
        TEST(test_cancel_in_flight),
        TEST(test_cancel_during_copy),
        TEST(test_cancel_beforehand),
        TEST(test_timeouts_are_told_apart),
        TEST(test_lock),
        TEST(test_lost_connection),
        TEST(test_quoting_agrees_with_the_server),
        TEST(test_history_table),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
