/* What may start when: limits, dependencies between waves, the budget for failures, and the way back. */
#include "engine/run/roster.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct plan plan;
    const char *servers[64];
    struct roster roster;
};

static int set_up(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof(f));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_release(&f->arena);
    return 0;
}

/* A wave of n targets behind the others; it waits for the waves given as bits. */
static void add_wave(struct fixture *f, size_t n, int64_t parallel, int64_t per_server, unsigned after)
{
    struct plan_wave *w = vec_push(&f->arena, &f->plan.waves);
    size_t index = f->plan.waves.n - 1;
    *w = (struct plan_wave){.name = arena_printf(&f->arena, "w%zu", index),
                            .first = f->plan.targets.n,
                            .n = n,
                            .parallel = parallel,
                            .parallel_per_server = per_server};
    for (unsigned i = 0; i < index; i++) {
        if (after & (1U << i)) {
            *vec_push(&f->arena, &w->after) = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        vec_push(&f->arena, &f->plan.targets);
    }
}

static void begin(struct fixture *f)
{
    roster_init(&f->arena, &f->plan, f->servers, &f->roster);
}

/* Start all that may start; what did, as "0 1 4". */
static const char *start(struct fixture *f)
{
    static char text[256];
    size_t target, n = 0;
    text[0] = '\0';
    while (roster_next(&f->roster, &target)) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%zu", n ? " " : "", target);
    }
    return text;
}

static void end(struct fixture *f, size_t target)
{
    roster_ended(&f->roster, target, false);
}

/* Complete the waves whose targets have ended; their numbers. */
static const char *complete(struct fixture *f)
{
    static char text[64];
    size_t wave, n = 0;
    text[0] = '\0';
    while (roster_wave_ended(&f->roster, &wave)) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%zu", n ? " " : "", wave);
        roster_complete(&f->roster, wave);
    }
    return text;
}

static void as_many_at_once_as_may_be(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 5, 2, 0, 0);
    begin(f);
    assert_string_equal(start(f), "0 1");
    assert_string_equal(start(f), "");
    end(f, 1);
    assert_string_equal(start(f), "2");
    end(f, 0);
    end(f, 2);
    assert_string_equal(start(f), "3 4");
    assert_false(roster_is_through(&f->roster));
    end(f, 3);
    end(f, 4);
    assert_true(roster_is_through(&f->roster));
    assert_int_equal(f->roster.done, 5);
}

static void a_server_has_its_own_limit(void **state)
{
    struct fixture *f = *state;
    const char *servers[] = {"a:1", "a:1", "a:1", "b:1", "", NULL, "b:1", "b:1"};
    add_wave(f, COUNT_OF(servers), 7, 2, 0);
    memcpy(f->servers, servers, sizeof(servers));
    begin(f);
    assert_string_equal(start(f), "0 1 3 4 5 6");
    end(f, 4);
    assert_string_equal(start(f), "");
    end(f, 3);
    assert_string_equal(start(f), "7");
    end(f, 0);
    assert_string_equal(start(f), "2");
}

static void a_wave_waits_for_those_that_it_names(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 1, 8, 0, 0);
    add_wave(f, 2, 8, 0, 1U << 0);
    add_wave(f, 1, 8, 0, 1U << 0);
    add_wave(f, 1, 8, 0, 1U << 1 | 1U << 2);
    begin(f);
    assert_string_equal(start(f), "0");
    end(f, 0);
    assert_string_equal(start(f), "");
    assert_string_equal(complete(f), "0");
    assert_string_equal(start(f), "1 2 3");
    end(f, 3);
    assert_string_equal(complete(f), "2");
    assert_string_equal(start(f), "");
    end(f, 1);
    assert_string_equal(complete(f), "");
    end(f, 2);
    assert_string_equal(complete(f), "1");
    assert_string_equal(start(f), "4");
}

static void a_pause_holds_only_those_that_wait_for_it(void **state)
{
    struct fixture *f = *state;
    size_t wave;
    add_wave(f, 1, 8, 0, 0);
    add_wave(f, 2, 8, 0, 1U << 0);
    add_wave(f, 1, 8, 0, 0);
    begin(f);
    assert_string_equal(start(f), "0 3");
    end(f, 0);
    assert_true(roster_wave_ended(&f->roster, &wave));
    roster_pause(&f->roster, wave);
    assert_false(roster_wave_ended(&f->roster, &wave));
    assert_string_equal(start(f), "");
    assert_false(roster_is_through(&f->roster));
    end(f, 3);
    assert_true(roster_is_through(&f->roster));
    roster_complete(&f->roster, 0);
    assert_string_equal(start(f), "1 2");
}

static void a_limit_counts_over_the_whole_run(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 2, 3, 0, 0);
    add_wave(f, 4, 3, 0, 0);
    add_wave(f, 1, 1, 0, 0);
    begin(f);
    assert_string_equal(start(f), "0 1 2");
    end(f, 0);
    assert_string_equal(start(f), "3");
    end(f, 1);
    end(f, 2);
    assert_string_equal(start(f), "4 5");
    end(f, 3);
    end(f, 4);
    assert_string_equal(start(f), "");
    end(f, 5);
    assert_string_equal(start(f), "6");
}

static void an_empty_wave_is_complete_at_once(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 0, 1, 0, 0);
    add_wave(f, 0, 1, 0, 1U << 0);
    add_wave(f, 1, 1, 0, 1U << 1);
    begin(f);
    assert_string_equal(start(f), "");
    assert_string_equal(complete(f), "0 1");
    assert_string_equal(start(f), "0");
}

static void the_budget_is_never_rounded_in_favour_of_failure(void **state)
{
    static const struct {
        size_t targets;
        int64_t max;
        bool percent;
        size_t failures;
        bool beyond;
    } cases[] = {
        {10, 0, false, 0, false}, {10, 0, false, 1, true}, {10, 2, false, 2, false}, {10, 2, false, 3, true},
        {19, 10, true, 1, false}, {19, 10, true, 2, true}, {20, 10, true, 2, false}, {20, 10, true, 3, true},
        {9, 10, true, 1, true},   {3, 33, true, 1, true},  {3, 34, true, 1, false},  {3, 100, true, 3, false},
        {64, 5, true, 3, false},  {64, 5, true, 4, true},  {1, 99, true, 1, true},   {7, 0, true, 1, true},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memset(&f->plan, 0, sizeof(f->plan));
        f->plan.max_failures = cases[i].max;
        f->plan.max_failures_percent = cases[i].percent;
        add_wave(f, cases[i].targets, INT_MAX, 0, 0);
        begin(f);
        start(f);
        for (size_t k = 0; k < cases[i].targets; k++) {
            roster_ended(&f->roster, k, k < cases[i].failures);
        }
        assert_int_equal(roster_beyond_budget(&f->roster), cases[i].beyond);
    }
}

static void stopped_nothing_starts_and_what_runs_ends(void **state)
{
    struct fixture *f = *state;
    size_t wave;
    add_wave(f, 4, 2, 0, 0);
    add_wave(f, 1, 2, 0, 1U << 0);
    begin(f);
    assert_string_equal(start(f), "0 1");
    roster_ended(&f->roster, 0, true);
    roster_stop(&f->roster);
    assert_string_equal(start(f), "");
    assert_false(roster_is_through(&f->roster));
    end(f, 1);
    assert_true(roster_is_through(&f->roster));
    assert_false(roster_wave_ended(&f->roster, &wave));
}

static void the_way_back_is_newest_first_and_wave_by_wave(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 3, 2, 0, 0);
    add_wave(f, 2, 2, 0, 1U << 0);
    begin(f);
    roster_stop(&f->roster);
    const size_t order[] = {4, 3, 1, 2, 0};
    roster_turn_back(&f->arena, &f->roster, order, COUNT_OF(order));
    assert_string_equal(start(f), "4 3");
    end(f, 3);
    assert_string_equal(start(f), "");
    roster_ended(&f->roster, 4, true);
    assert_string_equal(start(f), "1 2");
    end(f, 1);
    assert_string_equal(start(f), "0");
    end(f, 2);
    end(f, 0);
    assert_true(roster_is_through(&f->roster));
    assert_int_equal(f->roster.failed, 1);
}

static void waves_with_nothing_to_take_back_hold_nobody_up(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 1, 2, 0, 0);
    add_wave(f, 1, 2, 0, 1U << 0);
    add_wave(f, 1, 2, 0, 1U << 1);
    begin(f);
    const size_t order[] = {0};
    roster_turn_back(&f->arena, &f->roster, order, COUNT_OF(order));
    assert_string_equal(start(f), "0");
    end(f, 0);
    assert_true(roster_is_through(&f->roster));
}

static void what_an_earlier_part_did_is_not_done_again(void **state)
{
    struct fixture *f = *state;
    size_t wave;
    add_wave(f, 3, 4, 0, 0);
    add_wave(f, 2, 4, 0, 1U << 0);
    begin(f);
    roster_set(&f->roster, 0, ROSTER_DONE);
    roster_set(&f->roster, 1, ROSTER_DONE);
    roster_set(&f->roster, 3, ROSTER_DONE);
    roster_set(&f->roster, 4, ROSTER_LEFT);
    assert_string_equal(start(f), "2");
    end(f, 2);
    assert_string_equal(complete(f), "0");
    assert_string_equal(start(f), "");
    assert_false(roster_wave_ended(&f->roster, &wave));
    assert_true(roster_is_through(&f->roster));
}

static void a_wave_is_awaited_while_something_behind_it_is_left(void **state)
{
    struct fixture *f = *state;
    add_wave(f, 1, 2, 0, 0);
    add_wave(f, 0, 2, 0, 1U << 0);
    add_wave(f, 1, 2, 0, 1U << 1);
    add_wave(f, 1, 2, 0, 0);
    begin(f);
    assert_true(roster_is_awaited(&f->roster, 0));
    assert_false(roster_is_awaited(&f->roster, 2));
    assert_false(roster_is_awaited(&f->roster, 3));
    roster_set(&f->roster, 1, ROSTER_DONE);
    assert_false(roster_is_awaited(&f->roster, 0));
}

/* Targets 0 to 4 of an atomic wave, of which 2 cannot wait; and a target in a wave after it. */
static void add_atomic(struct fixture *f)
{
    static const enum plan_hold holds[] = {PLAN_HOLD_PREPARED, PLAN_HOLD_OPEN, PLAN_HOLD_FIRST,
                                           PLAN_HOLD_NONE, PLAN_HOLD_OPEN};
    add_wave(f, COUNT_OF(holds), 2, 0, 0);
    add_wave(f, 1, 2, 0, 1);
    f->plan.waves.items[0].atomic = true;
    for (size_t i = 0; i < COUNT_OF(holds); i++) {
        f->plan.targets.items[i].hold = holds[i];
    }
    begin(f);
}

static void hold(struct fixture *f, size_t target)
{
    roster_set(&f->roster, target, ROSTER_HELD);
}

static void who_waits_takes_no_place(void **state)
{
    struct fixture *f = *state;
    add_atomic(f);
    assert_string_equal(start(f), "2");
    end(f, 2);
    assert_string_equal(start(f), "0 1");
    hold(f, 0);
    hold(f, 1);
    assert_string_equal(start(f), "3 4");
    end(f, 3);
    hold(f, 4);
    assert_string_equal(complete(f), ""); /* held is not ended */
    assert_int_equal(f->roster.waves[0].held, 3);
    end(f, 0);
    end(f, 1);
    assert_string_equal(complete(f), "");
    end(f, 4);
    assert_string_equal(complete(f), "0");
    assert_string_equal(start(f), "5");
}

static void one_failure_keeps_an_atomic_wave_from_starting(void **state)
{
    struct fixture *f = *state;
    f->plan.max_failures = 5;
    add_atomic(f);
    assert_string_equal(start(f), "2");
    roster_ended(&f->roster, 2, true);
    assert_false(roster_beyond_budget(&f->roster));
    assert_string_equal(start(f), "");
    assert_string_equal(complete(f), "");
}

static void a_wave_that_lets_go_is_as_before(void **state)
{
    struct fixture *f = *state;
    add_atomic(f);
    start(f);
    end(f, 2);
    start(f);
    hold(f, 0);
    roster_ended(&f->roster, 1, true);
    assert_string_equal(start(f), "");
    roster_bar(&f->roster, 0);
    assert_int_equal(f->roster.waves[0].held, 0);
    assert_int_equal(f->roster.waves[0].pending, 3);
    assert_string_equal(start(f), "");
    assert_string_equal(complete(f), "");
    /* Back goes what had committed. */
    static const size_t order[] = {2};
    roster_turn_back(&f->arena, &f->roster, order, 1);
    assert_string_equal(start(f), "2");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(as_many_at_once_as_may_be),
        TEST(who_waits_takes_no_place),
        TEST(one_failure_keeps_an_atomic_wave_from_starting),
        TEST(a_wave_that_lets_go_is_as_before),
        TEST(a_server_has_its_own_limit),
        TEST(a_wave_waits_for_those_that_it_names),
        TEST(a_pause_holds_only_those_that_wait_for_it),
        TEST(a_limit_counts_over_the_whole_run),
        TEST(an_empty_wave_is_complete_at_once),
        TEST(the_budget_is_never_rounded_in_favour_of_failure),
        TEST(stopped_nothing_starts_and_what_runs_ends),
        TEST(the_way_back_is_newest_first_and_wave_by_wave),
        TEST(waves_with_nothing_to_take_back_hold_nobody_up),
        TEST(what_an_earlier_part_did_is_not_done_again),
        TEST(a_wave_is_awaited_while_something_behind_it_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
