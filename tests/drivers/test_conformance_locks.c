/* Conformance of drivers: locks that have one holder and die with it. */
#include "tests/drivers/conformance.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void assert_locked(struct dialect *d, struct conn *c, const char *key, struct lock_holder *holder)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct lock_holder h = {0};
    int64_t before = time_monotonic_us();
    int rc = d->driver->lock(c, &a, key, &h, &err);
    assert_int_equal(rc, ERR_REFUSED);
    assert_true(err.hint[0]);
    assert_true(time_monotonic_us() - before < 20 * SECOND);
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
    int64_t deadline = time_monotonic_us() + 60 * SECOND;
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

/* Reads ride along, whether the lock is free or not, and one that fails is told of by itself. */
static void test_locks_can_be_taken_with_reads(void **state)
{
    struct dialect *d = *state;
    if (!d->driver->lock_reading) {
        assert_true(is_local(d));
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *one = open_session(d), *two = open_session(d);
    const struct statement reads[] = {{.text = SLICE("SELECT 41 + 1"), .flags = STATEMENT_ROWS},
                                      {.text = SLICE("SELECT x FROM no_such_table"), .flags = STATEMENT_ROWS},
                                      {.text = SLICE("SELECT 'last'"), .flags = STATEMENT_ROWS}};
    struct conn *const sessions[] = {one, two};
    for (size_t i = 0; i < COUNT_OF(sessions); i++) {
        struct outcome out[COUNT_OF(reads)] = {0};
        struct lock_holder holder = {0};
        struct err err = {0};
        int rc = d->driver->lock_reading(sessions[i], &a, "with reads", &holder, reads, COUNT_OF(reads), out,
                                         &err);
        assert_int_equal(rc, i == 0 ? 0 : ERR_REFUSED);
        assert_true(i == 0 || (holder.who && holder.pid > 0));
        assert_true(out[0].done && out[2].done && !out[1].done);
        assert_string_equal(rowset_cell(&out[0].rows, 0, 0).ptr, "42");
        assert_string_equal(rowset_cell(&out[2].rows, 0, 0).ptr, "last");
        assert_non_null(out[1].err);
        assert_true(d->driver->is_missing_table(out[1].err));
        assert_usable(sessions[i]);
    }
    assert_locked(d, two, "with reads", NULL);
    conn_close(one);
    lock_within_bounds(d, two, "with reads");
    conn_close(two);
}

static int try_table(struct dialect *d, struct conn *c, const char *table, struct lock_holder *holder)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    int rc = d->driver->lock(c, &a, arena_printf(&a, LOCK_OF_TABLE "%s", table), holder, &err);
    if (rc != 0 && rc != ERR_REFUSED) {
        assert_ok(rc, &err);
    }
    return rc;
}

/* The server says which table a name leads to, so that everybody who means it locks the same. */
static void test_locks_of_tables_are_named_by_the_server(void **state)
{
    struct dialect *d = *state;
    if (is_local(d)) {
        return; /* the file is the lock */
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    bool schemas = d->driver == &driver_postgresql;
    struct conn *one = open_session(d);
    const char *schema = schemas ? "public" : query_one(one, &a, "SELECT DATABASE()");
    const char *qualified = arena_printf(&a, "%s.versions", schema);
    char quote = schemas ? '"' : '`';
    const char *quoted = arena_printf(&a, "%c%s%c.%cversions%c", quote, schema, quote, quote, quote);
    struct lock_holder holder = {0};
    exec(one, "DROP TABLE IF EXISTS " LEASE_TABLE);
    exec(one, "DROP TABLE IF EXISTS versions");
    assert_int_equal(try_table(d, one, "versions", &holder), 0);
    assert_false(holder.leases);
    for (int there = 0; there < 2; there++) {
        struct conn *two = open_session(d);
        assert_int_equal(try_table(d, two, "versions", &holder), ERR_REFUSED);
        assert_int_equal(try_table(d, two, qualified, &holder), ERR_REFUSED);
        assert_int_equal(try_table(d, two, quoted, &holder), ERR_REFUSED);
        assert_int_equal(holder.leases, there);
        assert_int_equal(try_table(d, two, "others", &holder), 0);
        conn_close(two);
        if (!there) {
            exec(one, "CREATE TABLE versions (v int)");
            exec(one, "CREATE TABLE " LEASE_TABLE " (v int)");
        }
    }
    if (schemas) { /* another schema first in the path, whose table is not there, or is */
        struct conn *two = open_session(d);
        exec(two, "DROP SCHEMA IF EXISTS own CASCADE");
        exec(two, "CREATE SCHEMA own");
        exec(two, "SET search_path = own, public");
        assert_int_equal(try_table(d, two, "versions", &holder), ERR_REFUSED);
        exec(two, "CREATE TABLE own.versions (v int)");
        assert_int_equal(try_table(d, two, "versions", &holder), 0);
        exec(two, "DROP SCHEMA own CASCADE");
        conn_close(two);
    }
    exec(one, "DROP TABLE " LEASE_TABLE);
    exec(one, "DROP TABLE versions");
    conn_close(one);
}

/* What takes a lease is stopped by the lock of a session, and keeps sessions out until it is done. */
static void test_leases_and_locks_keep_each_other_out(void **state)
{
    struct dialect *d = *state;
    if (!d->driver->lease_guard) {
        assert_true(is_local(d));
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *one = open_session(d), *two = open_session(d);
    struct lock_holder holder = {0};
    struct err err = {0};
    lock_it(d, one, "guarded");
    struct lease_guard guard = d->driver->lease_guard(two, &a, "guarded");
    const char *ask = arena_printf(&a, "SELECT CASE WHEN %s THEN 'free' ELSE 'held' END", guard.condition);
    exec(two, d->driver->begin);
    assert_string_equal(query_one(two, &a, ask), "held");
    exec(two, d->driver->rollback);
    assert_ok(d->driver->lock_holder(two, &a, "guarded", &holder, &err), &err);
    assert_true(holder.pid == d->driver->session(one));
    assert_non_null(holder.who);
    assert_ok(d->driver->unlock(one, "guarded", &err), &err);
    exec(two, d->driver->begin);
    assert_string_equal(query_one(two, &a, ask), "free");
    assert_locked(d, one, "guarded", NULL);
    exec(two, d->driver->commit);
    if (guard.after) {
        assert_locked(d, one, "guarded", NULL);
        exec(two, guard.after);
    }
    lock_it(d, one, "guarded");
    assert_null(d->driver->shared(one));
    conn_close(one);
    conn_close(two);
}

static void *wait_for_row(void *arg)
{
    struct conn *c = arg;
    struct err err = {0};
    conn_exec(c, "UPDATE contested SET t = 'mine' WHERE n = 1", &err);
    return NULL;
}

static void test_blockers_are_named_while_they_block(void **state)
{
    struct dialect *d = *state;
    if (!d->driver->blockers) {
        assert_true(is_local(d));
        return;
    }
    struct conn *holder = open_session(d), *watcher = open_session(d);
    struct conn *waiter = open_with(d, (struct driver_session){.lock_timeout_ms = 20000});
    make_table(holder, "contested");
    exec(holder, "INSERT INTO contested VALUES (1, 'x')");
    exec(holder, d->driver->begin);
    exec(holder, "UPDATE contested SET t = 'theirs' WHERE n = 1");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wait_for_row, waiter), 0);
    int64_t deadline = time_monotonic_us() + 10 * SECOND;
    size_t n = 0;
    while (n == 0) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct lock_blocker *list;
        struct err err = {0};
        assert_ok(d->driver->blockers(watcher, &a, d->driver->session(waiter), &list, &n, &err), &err);
        if (n) {
            assert_int_equal(n, 1);
            assert_true(list[0].pid == d->driver->session(holder));
            assert_true(list[0].sure);
            assert_non_null(list[0].user);
            assert_non_null(strstr(list[0].state, "idle in"));
        }
        assert_true(time_monotonic_us() < deadline);
        poll(NULL, 0, 120); /* InnoDB shows what is at least 100 ms old */
    }
    exec(holder, d->driver->rollback);
    pthread_join(thread, NULL);
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct lock_blocker *list;
    struct err err = {0};
    assert_ok(d->driver->blockers(watcher, &a, d->driver->session(waiter), &list, &n, &err), &err);
    assert_int_equal(n, 0);
    exec(holder, "DROP TABLE contested");
    conn_close(holder);
    conn_close(watcher);
    conn_close(waiter);
}

static void test_what_a_failed_statement_has_done(void **state)
{
    static const struct {
        const char *text;
        enum statement_failure postgresql, mysql;
    } cases[] = {
        {"INSERT INTO t VALUES (1)", FAILS_WHOLE, FAILS_WHOLE},
        {"/* x */ ALTER TABLE t ADD c int", FAILS_WHOLE, FAILS_COMMITTING},
        {"create temporary table t (i int)", FAILS_WHOLE, FAILS_UNKNOWN},
        {"CREATE OR REPLACE TEMPORARY TABLE t (i int)", FAILS_WHOLE, FAILS_UNKNOWN},
        {"CALL p()", FAILS_UNKNOWN, FAILS_UNKNOWN},
        {"-- x\nDO $$ BEGIN COMMIT; END $$", FAILS_UNKNOWN, FAILS_UNKNOWN},
        {"ALTER TABLE t DETACH PARTITION p CONCURRENTLY", FAILS_UNKNOWN, FAILS_COMMITTING},
        {"ALTER TABLE t DETACH PARTITION p", FAILS_WHOLE, FAILS_COMMITTING},
        {"CREATE INDEX CONCURRENTLY i ON t (c)", FAILS_WHOLE, FAILS_COMMITTING},
        {"SET @x = 1", FAILS_WHOLE, FAILS_WHOLE},
        {"", FAILS_WHOLE, FAILS_UNKNOWN},
    };
    struct dialect *d = *state;
    for (size_t i = 0; i < COUNT_OF(cases) && d->driver->fails; i++) {
        enum statement_failure expected =
            d->driver == &driver_postgresql ? cases[i].postgresql : cases[i].mysql;
        if (d->driver->fails(slice_of(cases[i].text)) != expected) {
            fail_msg("%s: expected %d", cases[i].text, (int)expected);
        }
    }
}

/* (id 1 and 2 with the same value keep a unique index from being built.) */
static void test_leftovers_are_told_apart(void **state)
{
    struct dialect *d = *state;
    if (!d->driver->leftovers) {
        return;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct err err = {0};
    struct leftover *list;
    size_t n;
    make_table(c, "leaving");
    exec(c, "INSERT INTO leaving VALUES (1, 'same'), (2, 'same')");
    const char *broken = "CREATE UNIQUE INDEX CONCURRENTLY \"By T\" ON public.leaving (t)";
    assert_int_equal(conn_exec(c, broken, &err), ERR_FAILED);
    assert_true(d->driver->may_leave(slice_of(broken)));
    assert_ok(d->driver->leftovers(c, &a, slice_of(broken), &list, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].name, "public.\"By T\"");
    assert_true(list[0].named && list[0].builder == 0);
    const struct {
        const char *text;
        bool may;
        size_t n;
        bool named;
    } cases[] = {
        {"CREATE INDEX IF NOT EXISTS \"By T\" ON leaving (t)", true, 1, true},
        {"CREATE INDEX CONCURRENTLY by_t ON leaving (t)", true, 1, false},
        {"CREATE INDEX CONCURRENTLY ON ONLY leaving (t)", true, 1, false},
        {"CREATE INDEX \"By T\" ON leaving (t)", false, 1, true},
        {"REINDEX (VERBOSE, CONCURRENTLY) TABLE leaving", true, 1, false},
        {"REINDEX INDEX CONCURRENTLY \"By T\"", true, 1, false},
        {"CREATE INDEX CONCURRENTLY \"By T\" ON no_such_table (t)", true, 0, false},
        {"REINDEX DATABASE CONCURRENTLY x", true, 0, false},
        {"REINDEX (CONCURRENTLY) SCHEMA public", true, 0,
         false}, /* of the many that are there only its own */
        {"REINDEX SCHEMA public", false, 0, false},
        {"REINDEX SYSTEM CONCURRENTLY x", false, 0, false},
        {"CREATE TABLE concurrently_made (i int)", false, 0, false},
        {"DROP INDEX CONCURRENTLY i", false, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool may = d->driver->may_leave(slice_of(cases[i].text));
        assert_ok(d->driver->leftovers(c, &a, slice_of(cases[i].text), &list, &n, &err), &err);
        if (may != cases[i].may || n != cases[i].n || (n && list[0].named != cases[i].named)) {
            fail_msg("%s: may %d, found %zu, named %d", cases[i].text, may, n, n && list[0].named);
        }
    }
    assert_ok(d->driver->leftovers(c, &a, slice_of(broken), &list, &n, &err), &err);
    exec(c, list[0].drop);
    assert_ok(d->driver->leftovers(c, &a, slice_of(broken), &list, &n, &err), &err);
    assert_int_equal(n, 0);
    exec(c, "DROP TABLE leaving");
    conn_close(c);
}

static const struct conformance_test tests[] = {
    TEST(test_locks_have_one_holder),
    TEST(test_locks_survive_transactions),
    TEST(test_locks_die_with_their_process),
    TEST(test_locks_can_be_taken_with_reads),
    TEST(test_locks_of_tables_are_named_by_the_server),
    TEST(test_leases_and_locks_keep_each_other_out),
    TEST(test_blockers_are_named_while_they_block),
    TEST(test_what_a_failed_statement_has_done),
    TEST(test_leftovers_are_told_apart),
};

int main(int argc, char **argv)
{
    if (argc == 8 && strcmp(argv[1], "--hold") == 0) {
        return hold(argv);
    }
    return conformance_run("drivers_conformance_locks", tests, COUNT_OF(tests));
}
