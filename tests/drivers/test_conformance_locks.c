/* Conformance of drivers: locks that have one holder and die with it. */
#include "tests/drivers/conformance.h"
#include <fcntl.h>
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

static const struct conformance_test tests[] = {
    TEST(test_locks_have_one_holder),
    TEST(test_locks_survive_transactions),
    TEST(test_locks_die_with_their_process),
    TEST(test_locks_can_be_taken_with_reads),
};

int main(int argc, char **argv)
{
    if (argc == 8 && strcmp(argv[1], "--hold") == 0) {
        return hold(argv);
    }
    return conformance_run("drivers_conformance_locks", tests, COUNT_OF(tests));
}
