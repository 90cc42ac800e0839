/* What an interrupt ends depends on how far the run is. */
#include "engine/run/control.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int cancels;

static void count_cancel(struct conn *c UNUSED)
{
    cancels++;
}

static const struct driver driver = {.cancel = count_cancel};

struct fixture {
    struct conn_base conn;
    struct run_control control;
    struct run_watch watch;
};

static int set_up(void **state)
{
    static struct fixture f;
    struct err err;
    f.conn = (struct conn_base){.driver = &driver};
    cancels = 0;
    assert_int_equal(run_control_init(&f.control, &err), 0);
    assert_int_equal(run_watch_start(&f.watch, &f.control, &err), 0);
    run_watch_conn(&f.watch, (struct conn *)(void *)&f.conn);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    run_watch_stop(&f->watch);
    run_control_release(&f->control);
    return 0;
}

static bool connects_end(const struct run_watch *w)
{
    struct pollfd fd = {.fd = w->cancel_fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void check(struct fixture *f, enum run_phase phase, int expected)
{
    run_watch_phase(&f->watch, phase);
    cancels = 0;
    bool before = connects_end(&f->watch);
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, expected);
    assert_int_equal(connects_end(&f->watch), before || expected);
}

static void the_first_ends_the_work(void **state)
{
    struct fixture *f = *state;
    check(f, PHASE_WORK, 1);
    assert_int_equal(atomic_load(&f->control.interrupts), 1);
}

static void the_first_leaves_taking_back_alone(void **state)
{
    struct fixture *f = *state;
    check(f, PHASE_TAKE_BACK, 0);
    check(f, PHASE_TAKE_BACK, 1);
}

static void the_second_leaves_settling_alone(void **state)
{
    struct fixture *f = *state;
    check(f, PHASE_WORK, 1);
    check(f, PHASE_SETTLE, 0);
    check(f, PHASE_SETTLE, 1);
}

static void connects_are_possible_again_after_the_one_that_ended_the_work(void **state)
{
    struct fixture *f = *state;
    check(f, PHASE_WORK, 1);
    run_watch_phase(&f->watch, PHASE_SETTLE);
    assert_false(connects_end(&f->watch));
    run_watch_phase(&f->watch, PHASE_TAKE_BACK);
    assert_false(connects_end(&f->watch));
    run_watch_phase(&f->watch, PHASE_WORK);
    assert_true(connects_end(&f->watch));
}

static void nothing_in_flight_is_cancelled(void **state)
{
    struct fixture *f = *state;
    run_watch_conn(&f->watch, NULL);
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, 0);
    assert_true(connects_end(&f->watch));
    run_watch_phase(NULL, PHASE_WORK);
    run_watch_conn(NULL, NULL);
}

static void each_worker_is_cancelled_by_the_interrupt_that_ends_its_phase(void **state)
{
    struct fixture *f = *state;
    struct run_watch other;
    struct err err;
    assert_int_equal(run_watch_start(&other, &f->control, &err), 0);
    run_watch_conn(&other, (struct conn *)(void *)&f->conn);
    run_watch_phase(&other, PHASE_TAKE_BACK);
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, 1);
    assert_true(connects_end(&f->watch));
    assert_false(connects_end(&other));
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, 3);
    assert_true(connects_end(&other));
    run_watch_stop(&other);
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, 4);
}

static void who_starts_after_an_interrupt_does_not_connect(void **state)
{
    struct fixture *f = *state;
    struct run_watch late;
    struct err err;
    run_control_interrupt(&f->control);
    assert_int_equal(run_watch_start(&late, &f->control, &err), 0);
    assert_true(connects_end(&late));
    run_watch_stop(&late);
    assert_int_equal(run_watch_start(&late, NULL, &err), 0);
    assert_false(connects_end(&late));
    run_watch_stop(&late);
    run_watch_stop(&late);
    run_watch_stop(NULL);
}

static void count_call(void *arg)
{
    ++*(int *)arg;
}

static void a_listener_hears_of_each_until_it_leaves(void **state)
{
    struct fixture *f = *state;
    int calls = 0;
    run_control_listen(&f->control, count_call, &calls);
    run_control_interrupt(&f->control);
    run_control_interrupt(&f->control);
    run_control_listen(&f->control, NULL, NULL);
    run_control_interrupt(&f->control);
    assert_int_equal(calls, 2);
    run_control_listen(NULL, count_call, &calls);
    assert_int_equal(run_control_interrupts(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_ends_the_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_leaves_taking_back_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_second_leaves_settling_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(connects_are_possible_again_after_the_one_that_ended_the_work, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_in_flight_is_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_worker_is_cancelled_by_the_interrupt_that_ends_its_phase, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_starts_after_an_interrupt_does_not_connect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_listener_hears_of_each_until_it_leaves, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
