/* The rollout of an environment document as a model: waves, limits, pauses. */
#include "tests/environments/document.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD "environment: production\ntargets: [{ name: a, url: \"sqlite:///a.db\" }]\n"

static struct environment *parse_ok(struct arena *a, const char *rollout)
{
    struct err err = {0};
    struct environment *e = NULL;
    const char *text = arena_printf(a, HEAD "rollout:\n%s", rollout);
    if (environment_parse(a, "production.yaml", slice_of(text), &e, &err) != 0) {
        fail_msg("line %d: %s\n%s", err.line, err.message, err.excerpt);
    }
    return e;
}

static void assert_wrong(const char *rollout, const char *message, const char *hint)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct environment *e = NULL;
    const char *text = arena_printf(&a, HEAD "rollout:\n%s", rollout);
    assert_int_equal(environment_parse(&a, "production.yaml", slice_of(text), &e, &err), ERR_FILE);
    assert_string_equal(err.message, message);
    assert_string_equal(err.hint, hint);
    assert_int_equal(err.line, 4);
}

static void without_a_rollout(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct environment *e = NULL;
    assert_int_equal(environment_parse(&a, "production.yaml", slice_of(HEAD), &e, &err), 0);
    assert_int_equal(e->rollout.waves.n, 0);
    assert_int_equal(e->rollout.parallel, 1);
    assert_int_equal(e->rollout.parallel_per_server, 0);
    assert_false(e->rollout.atomic);
}

static void every_choice(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e = parse_ok(&a, "  waves:\n"
                                               "    - { name: canary, match: { canary: true } }\n"
                                               "    - { match: { region: [eu, us], tier: free } }\n"
                                               "    - { count: 3 }\n"
                                               "    - { name: quarter, percent: 25% }\n"
                                               "    - { rest: true }\n");
    const struct rollout_wave *w = e->rollout.waves.items;
    assert_int_equal(e->rollout.waves.n, 5);
    assert_string_equal(w[0].name, "canary");
    assert_int_equal(w[0].choice, WAVE_MATCH);
    assert_int_equal(w[0].match.n, 1);
    assert_string_equal(w[0].match.items[0].name, "canary");
    assert_string_equal(w[0].match.items[0].values.items[0], "true");
    assert_string_equal(w[1].name, "2");
    assert_int_equal(w[1].match.n, 2);
    assert_int_equal(w[1].match.items[0].values.n, 2);
    assert_string_equal(w[1].match.items[0].values.items[1], "us");
    assert_string_equal(w[1].match.items[1].values.items[0], "free");
    assert_int_equal(w[2].choice, WAVE_COUNT);
    assert_int_equal(w[2].amount, 3);
    assert_int_equal(w[3].choice, WAVE_PERCENT);
    assert_int_equal(w[3].amount, 25);
    assert_string_equal(w[3].name, "quarter");
    assert_int_equal(w[4].choice, WAVE_REST);
    assert_string_equal(w[4].name, "5");
}

/* Whatever the order of the keys. */
static void limits_are_inherited(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e = parse_ok(&a, "  waves:\n"
                                               "    - { count: 1, parallel: 1, atomic: false }\n"
                                               "    - { count: 1, parallel_per_server: 2 }\n"
                                               "    - { rest: true }\n"
                                               "  parallel: 64\n"
                                               "  parallel_per_server: 8\n"
                                               "  atomic: true\n");
    const struct rollout_wave *w = e->rollout.waves.items;
    assert_int_equal(w[0].parallel, 1);
    assert_int_equal(w[0].parallel_per_server, 8);
    assert_false(w[0].atomic);
    assert_int_equal(w[1].parallel, 64);
    assert_int_equal(w[1].parallel_per_server, 2);
    assert_true(w[1].atomic);
    assert_int_equal(w[2].parallel, 64);
    assert_int_equal(w[2].parallel_per_server, 8);
    assert_true(w[2].atomic);
    assert_int_equal(rollout_most_at_once(&e->rollout), 64);
    assert_int_equal(rollout_most_per_server(&e->rollout), 8);
}

static void every_pause(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e =
        parse_ok(&a, "  waves:\n"
                     "    - { count: 1 }\n"
                     "    - { count: 1, pause: 10min }\n"
                     "    - { count: 1, pause: { for: 5s } }\n"
                     "    - { count: 1, pause: 0s }\n"
                     "    - { count: 1, pause: manual }\n"
                     "    - { count: 1, pause: { timeout: 2h, query: SELECT ok FROM health } }\n"
                     "    - { count: 1, pause: { query: SELECT true } }\n");
    static const struct {
        enum wave_pause pause;
        int64_t ms;
        const char *query;
    } expected[] = {
        {WAVE_PAUSE_NONE, 0, NULL},
        {WAVE_PAUSE_TIME, 600000, NULL},
        {WAVE_PAUSE_TIME, 5000, NULL},
        {WAVE_PAUSE_NONE, 0, NULL},
        {WAVE_PAUSE_PERSON, 0, NULL},
        {WAVE_PAUSE_QUERY, 7200000, "SELECT ok FROM health"},
        {WAVE_PAUSE_QUERY, WAVE_QUERY_TIMEOUT_MS, "SELECT true"},
    };
    assert_int_equal(e->rollout.waves.n, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct rollout_wave *w = &e->rollout.waves.items[i];
        assert_int_equal(w->pause, expected[i].pause);
        assert_int_equal(w->pause_ms, expected[i].ms);
        assert_true(!w->pause_query == !expected[i].query);
        if (w->pause_query) {
            assert_string_equal(w->pause_query, expected[i].query);
        }
    }
}

static void dependencies_are_places(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e =
        parse_ok(&a, "  waves:\n"
                     "    - { name: eu, count: 1 }\n"
                     "    - { count: 1 }\n"
                     "    - { name: us, count: 1, depends_on: [eu] }\n"
                     "    - { name: all-others, rest: true, depends_on: [us, \"2\", us] }\n");
    const struct rollout_wave *w = e->rollout.waves.items;
    assert_false(w[1].waits_for_some);
    assert_true(w[2].waits_for_some);
    assert_int_equal(w[2].depends_on.n, 1);
    assert_int_equal(w[2].depends_on.items[0], 0);
    assert_int_equal(w[3].depends_on.n, 2);
    assert_int_equal(w[3].depends_on.items[0], 1);
    assert_int_equal(w[3].depends_on.items[1], 2);
}

static void wrong_waves(void **state)
{
    (void)state;
    assert_wrong("  waves: [{ name: \"2\", count: 1 }, { rest: true }]\n", "two waves are named \"2\"",
                 "A wave without a name goes by its number: give this one a name.");
    assert_wrong("  waves: [{ match: { a: [] } }]\n", "expected at least one value, found an empty list", "");
    assert_wrong("  waves: [{ rest: true, parallel: 0 }]\n", "0 is out of range, 1 to 10000 was expected",
                 "");
    assert_wrong("  waves: [{ rest: true, pause: { for: 1s, timeout: 1s } }]\n", "only a query has a timeout",
                 "");
    assert_wrong("  waves: [{ rest: true, pause: { query: SELECT 1, timeout: 0s } }]\n",
                 "expected a time longer than nothing", "");
    assert_wrong("  waves: [{ rest: true, pause: { query: \"\" } }]\n", "expected text, found an empty value",
                 "");
    assert_wrong("  waves: [{ rest: true, name: a, depends_on: [a] }]\n",
                 "no wave before this one is named \"a\"",
                 "Give the wave to wait for a name, and put it before this one.");
}

static void shares_of_more_than_all_targets(void **state)
{
    (void)state;
    const char *hint = "A share is of all targets, not of those that are left: \"rest: true\" takes those.";
    assert_wrong("  waves: [{ percent: 101 }]\n", "101 is out of range, 1 to 100 was expected", "");
    assert_wrong("  waves: [{ percent: 60 }, { percent: 50% }, { rest: true }]\n",
                 "the shares of the waves add up to 110 %", hint);
    assert_wrong("  waves: [{ percent: 10 }, { count: 3 }, { percent: 100 }]\n",
                 "the shares of the waves add up to 110 %", hint);
    assert_wrong("  max_failures: 120%\n", "120 is out of range, 0 to 100 was expected", "");
}

/* What env check says of the labels; each line "LINE:COLUMN message | hint". */
static void assert_doubts(const char *targets, const char *waves, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    struct environment *e;
    struct err err = {0};
    char *text = arena_printf(&a, "environment: e\ntargets:\n%srollout:\n  waves:\n%s", targets, waves);
    assert_int_equal(environment_parse(&a, "e.yaml", slice_of(text), &e, &err), 0);
    label_doubts_t doubts = {0};
    rollout_doubt_labels(&a, e, &doubts);
    const struct err *why;
    vec_each (why, &doubts) {
        strbuf_addf(&got, "%d:%d %s | %s\n", why->line, why->column, why->message, why->hint);
    }
    assert_string_equal(strbuf_cstr(&got), expected);
}

static void labels_that_nobody_has_are_told_with_those_that_there_are(void **state)
{
    (void)state;
    const char *two = "  - { name: a, url: \"sqlite:///a.db\", labels: { canary: true, tier: free } }\n"
                      "  - { name: b, url: \"sqlite:///b.db\", labels: { tier: paid } }\n";
    assert_doubts(two, "    - { match: { canary: true, tier: [free, paid] } }\n    - { rest: true }\n", "");
    assert_doubts(two, "    - { name: c, match: { canray: true } }\n    - { rest: true }\n",
                  "7:27 wave c: no target has the label \"canray\" | "
                  "Did you mean \"canary\"? The labels are: canary, tier.\n");
    assert_doubts(two, "    - { name: c, match: { tier: [free, payed] } }\n    - { rest: true }\n",
                  "7:40 wave c: no target has the label \"tier\" with the value \"payed\" | "
                  "The values of \"tier\" are: free, paid.\n");
    assert_doubts("  - { name: a, url: \"sqlite:///a.db\" }\n",
                  "    - { match: { x: 1 } }\n    - { rest: true }\n",
                  "6:18 wave 1: no target has the label \"x\" | "
                  "No target has any label: add \"labels: { x: ... }\" to some.\n");
    assert_doubts(
        "  - name: \"t${value}\"\n    url: \"sqlite:///${value}.db\"\n    labels: { n: \"${value}\" }\n"
        "    each: { query: select 1, from: \"sqlite:///x.db\" }\n",
        "    - { match: { n: 7 } }\n    - { rest: true }\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_rollout),
        cmocka_unit_test(every_choice),
        cmocka_unit_test(limits_are_inherited),
        cmocka_unit_test(every_pause),
        cmocka_unit_test(dependencies_are_places),
        cmocka_unit_test(wrong_waves),
        cmocka_unit_test(shares_of_more_than_all_targets),
        cmocka_unit_test(labels_that_nobody_has_are_told_with_those_that_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
