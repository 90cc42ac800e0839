/* Which runs are at work, and which have died without an end. */
#include "engine/store/audit_writer.h"
#include "tests/engine/store_fixture.h"

/* A run begun in a child that then ends as told; nobody has asked about the child yet. */
static pid_t begin_in_child(const struct fixture *f, const char *run, bool finish)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct store *s = NULL;
        struct err err;
        struct audit_event e[2] = {event_of(EVENT_RUN_STARTED, run), event_of(EVENT_RUN_FINISHED, run)};
        e[0].plan = "d2a1c0de";
        if (store_open(f->path, true, &s, &err) != 0 || audit_append(s, e, finish ? 2 : 1, NULL, &err) != 0) {
            _exit(2);
        }
        kill(getpid(), SIGKILL);
    }
    return pid;
}

static void begin_and_die(const struct fixture *f, const char *run, bool finish)
{
    assert_int_equal(wait_for(begin_in_child(f, run, finish)), 128);
}

static void a_dead_process_that_nobody_has_waited_for_is_gone(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    pid_t pid = begin_in_child(f, "r1-dead", false);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    struct store *s = open_ok(f, true);
    assert_int_equal(audit_close_abandoned(s, &err), 0);
    run_summaries_t runs;
    assert_int_equal(audit_runs(s, &f->a, 0, &runs, &err), 0);
    assert_int_equal(runs.n, 1);
    assert_string_equal(runs.items[0].outcome, "abandoned");
    store_close(s);
    assert_int_equal(wait_for(pid), 128);
}

/* Containers have host names and process numbers of their own. */
static void a_run_of_another_container_is_judged_by_its_lock(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    begin_and_die(f, "r1-dead", false);
    struct store *s = open_ok(f, true), *other = open_ok(f, true);
    struct audit_event e = event_of(EVENT_RUN_STARTED, "r2-alive");
    append_ok(s, &e, 1, NULL);
    tamper(f, "UPDATE runs_alive SET host = 'elsewhere', pid = 1, boot = 'x pid:[1] locked'");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(audit_close_abandoned(other, &err), 0);
        run_summaries_t runs;
        assert_int_equal(audit_runs(other, &f->a, 0, &runs, &err), 0);
        assert_int_equal(runs.n, 2);
        assert_string_equal(runs.items[1].outcome, "abandoned");
        if (i == 0) {
            assert_null(runs.items[0].outcome);
            store_close(s);
        } else {
            assert_string_equal(runs.items[0].outcome, "abandoned");
        }
    }
    store_close(other);
}

static void abandoned_runs_are_closed(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct store *s = open_ok(f, true);
    begin_and_die(f, "r1-dead", false);
    begin_and_die(f, "r2-ended", true);
    struct audit_event e = event_of(EVENT_RUN_STARTED, "r3-alive");
    append_ok(s, &e, 1, NULL);
    begin_and_die(f, "r4-elsewhere", false);
    begin_and_die(f, "r5-other-space", false);
    begin_and_die(f, "r6-number-taken", false);
    begin_and_die(f, "r7-restarted", false);
    tamper(f,
           "UPDATE runs_alive SET boot = replace(boot, ' locked', '');" /* as where files cannot be locked */
           "UPDATE runs_alive SET host = 'elsewhere' WHERE run = 'r4-elsewhere';"
           "UPDATE runs_alive SET boot = boot || '1' WHERE run = 'r5-other-space';"
           "UPDATE runs_alive SET boot = 'x' || boot WHERE run = 'r7-restarted'");
    char *sql =
        arena_printf(&f->a, "UPDATE runs_alive SET pid = %d WHERE run = 'r6-number-taken'", (int)getpid());
    tamper(f, sql);
    tamper(f, "UPDATE runs_alive SET started = started + 1 WHERE run = 'r6-number-taken'");
    for (int i = 0; i < 2; i++) { /* the second time there is nothing left to do */
        assert_int_equal(audit_close_abandoned(s, &err), 0);
        run_summaries_t runs;
        assert_int_equal(audit_runs(s, &f->a, 0, &runs, &err), 0);
        static const char *const outcomes[] = {"abandoned", "abandoned", NULL, NULL, NULL, NULL, "abandoned"};
        assert_int_equal(runs.n, COUNT_OF(outcomes));
        for (size_t k = 0; k < runs.n; k++) {
            bool expected = outcomes[k] != NULL, found = runs.items[k].outcome != NULL;
            if (expected != found || (found && strcmp(runs.items[k].outcome, outcomes[k]) != 0)) {
                fail_msg("%s: %s", runs.items[k].run, found ? runs.items[k].outcome : "no end");
            }
        }
        assert_string_equal(runs.items[6].plan, "d2a1c0de");
    }
    e = event_of(EVENT_RUN_FINISHED, "r3-alive");
    e.outcome = "ok";
    append_ok(s, &e, 1, NULL);
    store_close(s);
    assert_holds(f, 12);
}

/* It slept, was found dead, and wakes up. */
static void a_run_that_was_taken_for_dead_is_not_written_by_its_process(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct store *s = open_ok(f, true);
    struct run_row run = {.run = "r1", .environment = "prod", .plan = "d1", .wave = -1, .exit_status = -1};
    struct audit_event e = event_of(EVENT_RUN_STARTED, "r1");
    assert_int_equal(runs_begin(s, &run, NULL, 0, 1, &e, 1, &err), 0);
    const struct run_change change = {.state = RUN_STATE_TAKING_BACK, .wave = -1, .exit_status = -1};
    const struct audit_request q = {.run = "r1", .guard = {.alone = true}, .change = &change};
    assert_int_equal(audit_write(s, &q, NULL, &err), 0);
    tamper(f, "UPDATE runs_alive SET pid = pid + 1"); /* another one has gone on with it */
    assert_int_equal(audit_write(s, &q, NULL, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "taken for dead"));
    struct audit_event dead = event_of(EVENT_RUN_ABANDONED, "r1");
    append_ok(s, &dead, 1, NULL);
    assert_int_equal(audit_write(s, &q, NULL, &err), ERR_REFUSED);
    store_close(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(abandoned_runs_are_closed),
        TEST(a_run_of_another_container_is_judged_by_its_lock),
        TEST(a_dead_process_that_nobody_has_waited_for_is_gone),
        TEST(a_run_that_was_taken_for_dead_is_not_written_by_its_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
