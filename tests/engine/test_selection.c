/* Which targets a command works on. */
#include "base/arena.h"
#include "engine/selection.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct environment *environment_of(struct arena *a, size_t n)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "environment: production\ntargets:\n");
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(&text, "  - { name: %s-%zu, url: \"sqlite:///t%zu.db\" }\n", i % 3 ? "us" : "eu", i, i);
    }
    struct err err = {0};
    struct environment *e = NULL;
    char *kept = arena_dupn(a, text.ptr, text.len);
    if (environment_parse(a, "production.yaml", slice_of(kept), &e, &err) != 0) {
        fail_msg("line %d: %s\n%s", err.line, err.message, err.excerpt);
    }
    return e;
}

/* "eu-0 eu-3": the chosen ones of six targets. */
static void assert_chosen(const char *glob, const char *only, const char *exclude, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    const struct environment *e = environment_of(&a, 6);
    struct selection s = {.glob = glob};
    struct err err = {0};
    bool *chosen = NULL;
    size_t n = 0;
    if (only) {
        assert_int_equal(selection_patterns(&a, "only", only, &s.only, &err), 0);
    }
    if (exclude) {
        assert_int_equal(selection_patterns(&a, "exclude", exclude, &s.exclude, &err), 0);
    }
    if (selection_choose(&a, &s, e, &chosen, &n, &err) != 0) {
        assert_int_equal(err.status, ERR_USAGE);
        assert_string_equal(err.message, expected);
        assert_string_equal(err.hint, "Its targets are: eu-0, us-1, us-2, eu-3, us-4, us-5.");
        assert_null(chosen);
        return;
    }
    size_t shown = 0;
    for (size_t i = 0; i < e->ntargets; i++) {
        if (chosen[i]) {
            strbuf_addf(&got, "%s%s", shown++ ? " " : "", e->targets[i].name);
        }
    }
    assert_string_equal(strbuf_cstr(&got), expected);
    assert_int_equal(n, shown);
}

static void patterns(void **state)
{
    (void)state;
    assert_chosen(NULL, NULL, NULL, "eu-0 us-1 us-2 eu-3 us-4 us-5");
    assert_chosen("eu-*", NULL, NULL, "eu-0 eu-3");
    assert_chosen(NULL, "eu-*,us-1", NULL, "eu-0 us-1 eu-3");
    assert_chosen(NULL, " us-5 , us-1 ", NULL, "us-1 us-5");
    assert_chosen(NULL, NULL, "us-?", "eu-0 eu-3");
    assert_chosen(NULL, "us-*", "us-1,us-5", "us-2 us-4");
    assert_chosen("us-*", "*-[1-3]", "us-2", "us-1");
    assert_chosen(NULL, NULL, NULL, "eu-0 us-1 us-2 eu-3 us-4 us-5");
}

/* A misspelt --exclude would change a target that was to be spared. */
static void patterns_that_match_nothing(void **state)
{
    (void)state;
    assert_chosen("ap-*", NULL, NULL, "no target of production matches \"ap-*\"");
    assert_chosen(NULL, "eu-*,ap-1", NULL, "no target of production matches \"ap-1\"");
    assert_chosen(NULL, NULL, "us-6", "no target of production matches \"us-6\"");
    assert_chosen(NULL, NULL, "*", "no target of production is left after --exclude");
    assert_chosen(NULL, "us-1", "us-*", "no target of production is left after --only and --exclude");
    assert_chosen("us-*", "eu-*", NULL, "no target of production is left after --only");
}

static void wrong_patterns(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const char *const wrong[] = {"", ",", "a,", ",a", "a,,b", " "};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct err err = {0};
        strings_t list = {0};
        assert_int_equal(selection_patterns(&a, "only", wrong[i], &list, &err), ERR_USAGE);
        assert_non_null(strstr(err.message, "--only expects names or patterns"));
        assert_int_equal(list.n, 0);
    }
}

static void forms_of_a_shard(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"0/3", "--shard expects which part of how many, such as 1/3, not \"0/3\""},
        {"4/3", "--shard 4/3: there is no part 4 of 3"},
        {"x", "--shard expects which part of how many, such as 1/3, not \"x\""},
        {"", "--shard expects which part of how many, such as 1/3, not \"\""},
        {"1", "--shard expects which part of how many, such as 1/3, not \"1\""},
        {"/", "--shard expects which part of how many, such as 1/3, not \"/\""},
        {"1/", "--shard expects which part of how many, such as 1/3, not \"1/\""},
        {"/3", "--shard expects which part of how many, such as 1/3, not \"/3\""},
        {"1/0", "--shard expects which part of how many, such as 1/3, not \"1/0\""},
        {"-1/3", "--shard expects which part of how many, such as 1/3, not \"-1/3\""},
        {"+1/3", "--shard expects which part of how many, such as 1/3, not \"+1/3\""},
        {"1/3/3", "--shard expects which part of how many, such as 1/3, not \"1/3/3\""},
        {" 1/3", "--shard expects which part of how many, such as 1/3, not \" 1/3\""},
        {"1/99999999999999999999",
         "--shard expects which part of how many, such as 1/3, not \"1/99999999999999999999\""},
        {"1/10001", "--shard expects which part of how many, such as 1/3, not \"1/10001\""},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct err err = {0};
        struct selection s = {0};
        assert_int_equal(selection_shard(wrong[i].text, &s, &err), ERR_USAGE);
        assert_string_equal(err.message, wrong[i].message);
        assert_int_equal(s.shards, 0);
    }
    struct selection s = {0};
    assert_int_equal(selection_shard("3/3", &s, NULL), 0);
    assert_int_equal(s.shard, 3);
    assert_int_equal(s.shards, 3);
    assert_int_equal(selection_shard("1/10000", &s, NULL), 0);
    assert_int_equal(selection_shard("01/1", &s, NULL), 0);
}

/* Saved job definitions rely on it: if this changes, targets move between running jobs. */
static void shards_are_what_they_were(void **state)
{
    (void)state;
    static const char *const names[] = {"orders-eu", "orders-us", "orders-asia", "tenant-1", "tenant-2"};
    static const unsigned of3[] = {1, 3, 1, 1, 3}, of64[] = {37, 25, 4, 49, 9};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_int_equal(shard_of(names[i], 1), 1);
        assert_int_equal(shard_of(names[i], 3), of3[i]);
        assert_int_equal(shard_of(names[i], 64), of64[i]);
    }
}

static void every_target_is_in_one_shard(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e = environment_of(&a, 600);
    int seen[600] = {0};
    for (unsigned shard = 1; shard <= 7; shard++) {
        struct selection s = {.shard = shard, .shards = 7};
        struct err err = {0};
        bool *chosen = NULL;
        size_t n = 0;
        assert_int_equal(selection_choose(&a, &s, e, &chosen, &n, &err), 0);
        assert_in_range(n, 55, 115); /* 600 / 7 is 86 */
        for (size_t i = 0; i < e->ntargets; i++) {
            seen[i] += chosen[i];
        }
    }
    for (size_t i = 0; i < 600; i++) {
        assert_int_equal(seen[i], 1);
    }
}

static void a_shard_may_be_empty(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct environment *e = environment_of(&a, 1);
    size_t all = 0;
    for (unsigned shard = 1; shard <= 3; shard++) {
        struct selection s = {.shard = shard, .shards = 3};
        struct err err = {0};
        bool *chosen = NULL;
        size_t n = 9;
        assert_int_equal(selection_choose(&a, &s, e, &chosen, &n, &err), 0);
        all += n;
    }
    assert_int_equal(all, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(patterns_that_match_nothing),
        cmocka_unit_test(wrong_patterns),
        cmocka_unit_test(forms_of_a_shard),
        cmocka_unit_test(shards_are_what_they_were),
        cmocka_unit_test(every_target_is_in_one_shard),
        cmocka_unit_test(a_shard_may_be_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
