/* Conformance of drivers: opening, timeouts, cancelling, losing a session. */
#include "tests/drivers/conformance.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

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
    assert_in_range(took, SECOND / 4, 30 * SECOND);
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
    assert_true(time_monotonic_us() - before < 40 * SECOND);
    pthread_join(thread, NULL);
    close(fds[0]);
    close(fds[1]);
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
    assert_in_range(took, SECOND / 2, 30 * SECOND);
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
        struct canceller k = {.d = d, .c = c, .at_us = (int64_t)round * 40000};
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
        if (err.connection_lost) {
            /* Allowed where a server forgets to answer; what was in flight may have happened. */
            conn_close(c);
            c = open_session(d);
            const char *n = query_one(c, &a, "SELECT count(*) FROM moments");
            assert_in_range(strtol(n, NULL, 10), done, done + 1);
        } else {
            d->driver->cancel_reset(c);
            assert_count(c, "moments", (int)done);
        }
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
    assert_in_range(took, SECOND / 5, 60 * SECOND);
    assert_usable(c);
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

static const struct conformance_test tests[] = {
    TEST(test_open_and_close),
    TEST(test_tables_are_complete),
    TEST(test_open_says_what_is_wrong),
    TEST(test_passwords_count_and_stay_secret),
    TEST(test_connect_gives_up_in_time),
    TEST(test_connect_can_be_cancelled),
    TEST(test_lock_timeout_is_kept),
    TEST(test_cancel_stops_a_statement),
    TEST(test_cancel_before_a_statement),
    TEST(test_cancel_at_any_moment),
    TEST(test_statement_timeout_is_kept),
    TEST(test_lost_connections_are_told),
};

int main(void)
{
    return conformance_run("drivers_conformance_sessions", tests, COUNT_OF(tests));
}
