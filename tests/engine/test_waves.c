/* Which target falls into which wave, and how a plan's targets stand in their order. */
#include "base/arena.h"
#include "engine/planner/waves.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* n targets t0, t1, ...; every third has region eu, the others us; t0 is a canary. */
static struct environment *environment_of(struct arena *a, size_t n, const char *rollout)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "environment: production\ntargets:\n");
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(&text, "  - { name: t%zu, url: \"sqlite:///t%zu.db\", labels: { region: %s%s } }\n", i, i,
                    i % 3 ? "us" : "eu", i ? "" : ", canary: true");
    }
    strbuf_adds(&text, rollout);
    struct err err = {0};
    struct environment *e = NULL;
    char *kept = arena_dupn(a, text.ptr, text.len);
    if (environment_parse(a, "production.yaml", slice_of(kept), &e, &err) != 0) {
        fail_msg("line %d: %s\n%s", err.line, err.message, err.excerpt);
    }
    return e;
}

/* The number of targets in each wave: "1 5 13". */
static void assert_sizes(size_t n, const char *waves, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    const char *rollout = arena_printf(&a, "rollout:\n  waves: [%s]\n", waves);
    const struct environment *e = environment_of(&a, n, rollout);
    struct err err = {0};
    const unsigned *wave = NULL;
    if (waves_assign(&a, e, &wave, &err) != 0) {
        fail_msg("%zu targets, %s: %s", n, waves, err.message);
        return;
    }
    for (size_t k = 0; k < e->rollout.waves.n; k++) {
        size_t in = 0;
        for (size_t i = 0; i < n; i++) {
            in += wave[i] == k;
        }
        strbuf_addf(&got, "%s%zu", k ? " " : "", in);
    }
    if (strcmp(strbuf_cstr(&got), expected) != 0) {
        fail_msg("%zu targets, %s: %s, expected %s", n, waves, strbuf_cstr(&got), expected);
    }
}

static void sizes(void **state)
{
    (void)state;
    assert_sizes(5, "{ rest: true }", "5");
    assert_sizes(5, "{ count: 2 }, { rest: true }", "2 3");
    assert_sizes(5, "{ count: 9 }, { rest: true }", "5 0");
    assert_sizes(7, "{ match: { region: eu } }, { rest: true }", "3 4");
    assert_sizes(7, "{ match: { region: [eu, us] } }", "7");
    assert_sizes(7, "{ match: { region: eu, canary: true } }, { match: { region: eu } }, { rest: true }",
                 "1 2 4");
    assert_sizes(7, "{ match: { planet: mars } }, { rest: true }", "0 7");
}

/* Early waves are never larger than asked for, never empty, and shares of 100 % leave none out. */
static void percentages(void **state)
{
    (void)state;
    assert_sizes(19, "{ percent: 10 }, { rest: true }", "1 18");
    assert_sizes(20, "{ percent: 10% }, { rest: true }", "2 18");
    assert_sizes(3, "{ percent: 1 }, { rest: true }", "1 2");
    assert_sizes(1, "{ percent: 1 }, { rest: true }", "1 0");
    assert_sizes(10, "{ percent: 25 }, { percent: 25 }, { percent: 50 }", "2 3 5");
    assert_sizes(3, "{ percent: 33 }, { percent: 33 }, { percent: 34 }", "1 1 1");
    assert_sizes(100, "{ percent: 1 }, { percent: 9 }, { percent: 90 }", "1 9 90");
    assert_sizes(5, "{ percent: 1 }, { percent: 1 }, { percent: 98 }", "1 1 3");
    assert_sizes(7, "{ percent: 100 }", "7");
    /* Of all targets, taken from those that are left. */
    assert_sizes(9, "{ match: { region: eu } }, { percent: 50 }, { rest: true }", "3 4 2");
    assert_sizes(9, "{ match: { region: us } }, { percent: 50 }, { rest: true }", "6 3 0");
    for (size_t n = 1; n < 200; n++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        const struct environment *e =
            environment_of(&a, n, "rollout: { waves: [{ percent: 7 }, { percent: 43 }, { percent: 50 }] }\n");
        struct err err = {0};
        const unsigned *wave = NULL;
        assert_int_equal(waves_assign(&a, e, &wave, &err), 0);
        size_t first = 0;
        while (first < n && wave[first] == 0) {
            first++;
        }
        assert_true(first == 1 || first * 100 <= n * 7);
    }
}

static void assert_left_over(size_t n, const char *waves, const char *message)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e = environment_of(&a, n, arena_printf(&a, "rollout:\n  waves: [%s]\n", waves));
    struct err err = {0};
    const unsigned *wave = NULL;
    assert_int_equal(waves_assign(&a, e, &wave, &err), ERR_FILE);
    assert_null(wave);
    assert_string_equal(err.message, message);
    assert_string_equal(err.hint, "Let a last wave take them: { rest: true }.");
    assert_int_equal(err.line, (int)n + 4);
}

static void no_target_is_left_out_in_silence(void **state)
{
    (void)state;
    assert_left_over(3, "{ count: 2 }", "1 target of production falls into no wave: t2");
    assert_left_over(4, "{ match: { region: us } }", "2 targets of production fall into no wave: t0, t3");
    assert_left_over(9, "{ percent: 10 }",
                     "8 targets of production fall into no wave: t1, t2, t3, t4, t5 and 3 more");
}

static void targets_stand_in_wave_order(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e = environment_of(
        &a, 7,
        "rollout:\n  parallel: 8\n  waves:\n"
        "    - { name: canary, match: { canary: true }, pause: { query: SELECT 1, timeout: 1min } }\n"
        "    - { name: none, match: { planet: mars }, pause: manual }\n"
        "    - { name: eu, match: { region: eu }, parallel: 2, depends_on: [canary] }\n"
        "    - { name: rest, rest: true, parallel_per_server: 3, atomic: true }\n");
    struct err err = {0};
    const unsigned *wave = NULL;
    assert_int_equal(waves_assign(&a, e, &wave, &err), 0);
    /* The command left t3 out. */
    struct plan plan = {0};
    unsigned waves[8];
    for (size_t i = 0; i < 7; i++) {
        if (i != 3) {
            waves[plan.targets.n] = wave[i];
            vec_push(&a, &plan.targets)->name = e->targets[i].name;
        }
    }
    waves_fill(&a, e, waves, &plan);
    static const char *const order[] = {"t0", "t6", "t1", "t2", "t4", "t5"};
    assert_int_equal(plan.targets.n, COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        assert_string_equal(plan.targets.items[i].name, order[i]);
    }
    static const struct {
        const char *name;
        size_t first, n, after;
        int64_t parallel, per_server;
        enum plan_pause pause;
        bool atomic;
    } expected[] = {
        {"canary", 0, 1, SIZE_MAX, 8, 0, PLAN_PAUSE_QUERY, false},
        {"none", 1, 0, 0, 8, 0, PLAN_PAUSE_NONE, false},
        {"eu", 1, 1, 0, 2, 0, PLAN_PAUSE_NONE, false},
        {"rest", 2, 4, 2, 8, 3, PLAN_PAUSE_NONE, true},
    };
    assert_int_equal(plan.waves.n, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct plan_wave *w = &plan.waves.items[i];
        assert_string_equal(w->name, expected[i].name);
        assert_int_equal(w->first, expected[i].first);
        assert_int_equal(w->n, expected[i].n);
        assert_int_equal(w->after.n, expected[i].after != SIZE_MAX);
        if (w->after.n) {
            assert_int_equal(w->after.items[0], expected[i].after);
        }
        assert_int_equal(w->parallel, expected[i].parallel);
        assert_int_equal(w->parallel_per_server, expected[i].per_server);
        assert_int_equal(w->pause, expected[i].pause);
        assert_int_equal(w->atomic, expected[i].atomic);
    }
    assert_int_equal(plan.waves.items[0].pause_ms, 60000);
    assert_string_equal(plan.waves.items[0].pause_query, "SELECT 1");
}

/* "TP-" for waves that pause for a time, for a person, and not at all; of three targets. */
static void assert_pauses(const char *rollout, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e =
        environment_of(&a, 3, arena_printf(&a, "rollout:\n  waves: [%s]\n", rollout));
    struct err err = {0};
    const unsigned *wave = NULL;
    assert_int_equal(waves_assign(&a, e, &wave, &err), 0);
    struct plan plan = {0};
    for (size_t i = 0; i < 3; i++) {
        vec_push(&a, &plan.targets)->name = e->targets[i].name;
    }
    waves_fill(&a, e, wave, &plan);
    char got[16] = "";
    for (size_t i = 0; i < plan.waves.n; i++) {
        got[i] = "-TQP"[plan.waves.items[i].pause];
    }
    assert_string_equal(got, expected);
}

static void pauses_before_nothing(void **state)
{
    (void)state;
    assert_pauses("{ count: 1, pause: 1s }, { rest: true }", "T-");
    assert_pauses("{ count: 1 }, { rest: true, pause: 1s }", "--");
    assert_pauses("{ count: 1 }, { rest: true, pause: manual }", "--");
    assert_pauses("{ count: 1 }, { rest: true, pause: { query: SELECT 1 } }", "-Q");
    assert_pauses("{ count: 3, pause: 1s }, { rest: true, pause: { query: SELECT 1 } }", "--");
    assert_pauses("{ count: 1, pause: 1s }, { match: { a: b }, pause: manual }, { rest: true }", "T--");
    assert_pauses("{ name: x, count: 1, pause: manual }, { name: y, count: 1, pause: 1s }, "
                  "{ rest: true, depends_on: [x] }",
                  "P--");
}

static void without_waves_there_is_one(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e =
        environment_of(&a, 3, "rollout: { parallel: 4, parallel_per_server: 2, atomic: true }\n");
    struct err err = {0};
    const unsigned *wave = NULL;
    assert_int_equal(waves_assign(&a, e, &wave, &err), 0);
    struct plan plan = {0};
    for (size_t i = 0; i < 3; i++) {
        vec_push(&a, &plan.targets)->name = e->targets[i].name;
    }
    waves_fill(&a, e, wave, &plan);
    assert_int_equal(plan.waves.n, 1);
    assert_string_equal(plan.waves.items[0].name, "all");
    assert_int_equal(plan.waves.items[0].n, 3);
    assert_int_equal(plan.waves.items[0].parallel, 4);
    assert_int_equal(plan.waves.items[0].parallel_per_server, 2);
    assert_true(plan.waves.items[0].atomic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(percentages),
        cmocka_unit_test(no_target_is_left_out_in_silence),
        cmocka_unit_test(targets_stand_in_wave_order),
        cmocka_unit_test(pauses_before_nothing),
        cmocka_unit_test(without_waves_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
