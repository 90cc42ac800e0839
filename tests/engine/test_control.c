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
};

static int set_up(void **state)
{
    static struct fixture f;
    struct err err;
    f.conn = (struct conn_base){.driver = &driver};
    cancels = 0;
    assert_int_equal(run_control_init(&f.control, &err), 0);
    run_control_watch(&f.control, (struct conn *)(void *)&f.conn);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    run_control_release(&f->control);
    return 0;
}

static bool connects_end(const struct run_control *c)
{
    struct pollfd fd = {.fd = c->cancel_fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void check(struct fixture *f, enum run_phase phase, int expected)
{
    run_control_phase(&f->control, phase);
    cancels = 0;
    bool before = connects_end(&f->control);
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, expected);
    assert_int_equal(connects_end(&f->control), before || expected);
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
    run_control_phase(&f->control, PHASE_SETTLE);
    assert_false(connects_end(&f->control));
    run_control_phase(&f->control, PHASE_WORK);
    assert_false(connects_end(&f->control));
}

static void nothing_in_flight_is_cancelled(void **state)
{
    struct fixture *f = *state;
    run_control_watch(&f->control, NULL);
    run_control_interrupt(&f->control);
    assert_int_equal(cancels, 0);
    assert_true(connects_end(&f->control));
    run_control_phase(NULL, PHASE_WORK);
    run_control_watch(NULL, NULL);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
