/* Targets with `each`: what they become, and what is refused; targets' URLs afterwards. */
#include "tests/environments/document.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

struct rows {
    const char *values[8];
    size_t n;
    int calls;
};

static int query_rows(void *arg, struct arena *a, const struct environment *e UNUSED, const struct target *t,
                      const char ***values, size_t *n, struct err *err)
{
    struct rows *rows = arg;
    rows->calls++;
    assert_string_equal(t->each.query, "select x");
    assert_string_equal(t->each.url.text, "mysql://u@h/registry");
    if (rows->n == 8) {
        return err_set(err, ERR_UNREACHABLE, "no server");
    }
    *values = arena_array(a, rows->n, sizeof(**values));
    memcpy(*values, rows->values, rows->n * sizeof(**values));
    *n = rows->n;
    return 0;
}

static struct environment *parse(const char *targets)
{
    struct environment *e;
    struct err err;
    const char *text = arena_printf(&arena, "environment: e\ntargets:\n%s", targets);
    if (environment_parse(&arena, "e.yaml", slice_of(text), &e, &err) != 0) {
        fail_msg("%d:%d: %s", err.line, err.column, err.message);
    }
    return e;
}

static struct environment *expand(const char *targets, struct rows *rows)
{
    struct environment *e = parse(targets);
    struct err err;
    if (environment_expand(&arena, e, rows ? query_rows : NULL, rows, &err) != 0) {
        fail_msg("%d:%d: %s", err.line, err.column, err.message);
    }
    return e;
}

static void a_value_in_a_command_is_a_variable_of_its_shell(void **state UNUSED)
{
    struct environment *e =
        expand("  - name: ${value}\n    url: postgresql://u@h/d?schema=${value}\n"
               "    password: \"${exec:printf '<%s>' \\\"${value}\\\"; }\"\n    each: [\"it's\", \"`id`;\"]\n"
               "  - name: own-${value}\n    url: postgresql://u@h/e?schema=${value}\n"
               "    password: \"${exec:value=own; printf ${value}}\"\n    each: [a]\n"
               "  - name: option-${value}\n    url: postgresql://u@h/f?schema=${value}\n"
               "    password: \"${exec:printf %s --value=${value}}\"\n    each: [a]\n",
               NULL);
    static const char *const expected[] = {"<it's>", "<`id`;>", "own", "--value=a"};
    assert_int_equal(e->ntargets, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const char *got;
        struct err err = {0};
        if (template_resolve(&arena, &e->targets[i].password, &got, &err)) {
            fail_msg("%s", err.message);
        }
        assert_string_equal(got, expected[i]);
    }
    struct err err;
    e = expand("  - name: ${value}\n    url: postgresql://u@h/d?schema=${value}\n"
               "    password: \"${exec:false ${value}}\"\n    each: [a]\n",
               NULL);
    const char *got;
    assert_int_equal(template_resolve(&arena, &e->targets[0].password, &got, &err), ERR_FAILED);
    assert_string_equal(err.message, "${exec:false ...}: the command ended with status 1");
}

static void lists(void **state UNUSED)
{
    const struct environment *e =
        expand("  - { name: first, url: \"sqlite:///f.db\" }\n"
               "  - name: t-${value}\n"
               "    url: postgresql://u:${env:LOCKSTEP_TEST_P}@h/t?schema=${value}\n"
               "    labels: { tenant: \"${value}\", fixed: x }\n"
               "    each: [a, 'b$c', 'd%&+e', \xC3\xA9]\n"
               "  - { name: last, url: \"sqlite:///l.db\" }\n",
               NULL);
    static const char *const names[] = {"first", "t-a", "t-b$c", "t-d%&+e", "t-\xC3\xA9", "last"};
    static const char *const schemas[] = {NULL, "a", "b$c", "d%&+e", "\xC3\xA9", NULL};
    setenv("LOCKSTEP_TEST_P", "hunter2", 1);
    assert_int_equal(e->ntargets, 6);
    for (size_t i = 0; i < 6; i++) {
        struct url u;
        struct err err;
        assert_int_equal(e->targets[i].each.kind, EACH_NONE);
        assert_int_equal(target_url(&arena, &e->targets[i], "base", &u, &err), 0);
        if (schemas[i]) {
            assert_string_equal(url_param(&u, "schema"), schemas[i]);
            assert_string_equal(u.password, "hunter2");
            assert_int_equal(e->targets[i].nlabels, 2);
            assert_string_equal(e->targets[i].labels[1].value, "x");
        }
        if (i != 2) {
            assert_string_equal(e->targets[i].name, names[i]);
        }
    }
    assert_string_equal(e->targets[2].name, names[2]);
    assert_string_equal(e->targets[2].labels[0].value, "b$c");
}

static void ranges(void **state UNUSED)
{
    const struct environment *e = expand(
        "  - { name: \"s${value}\", url: \"sqlite:///s${value}.db\", each: { range: 008..011 } }\n", NULL);
    static const char *const names[] = {"s008", "s009", "s010", "s011"};
    assert_int_equal(e->ntargets, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(e->targets[i].name, names[i]);
        assert_string_equal(target_display(&arena, &e->targets[i], "."),
                            arena_printf(&arena, "sqlite:///%s.db", names[i]));
    }
    e = expand("  - { name: \"s${value}\", url: \"sqlite:///s${value}.db\", each: { range: 8..11 } }\n",
               NULL);
    assert_string_equal(e->targets[0].name, "s8");
    assert_string_equal(e->targets[3].name, "s11");
}

#define QUERY                                                                                                \
    "  - name: t-${value}\n    url: mysql://h/${value}\n    password: x${value}\n"                           \
    "    each: { query: select x, from: \"mysql://u@h/registry\" }\n"

static void queries(void **state UNUSED)
{
    struct rows rows = {.values = {"a", "b$"}, .n = 2};
    const struct environment *e = expand(QUERY, &rows);
    struct url u;
    assert_int_equal(rows.calls, 1);
    assert_int_equal(e->ntargets, 2);
    assert_string_equal(e->targets[1].name, "t-b$");
    assert_int_equal(target_url(&arena, &e->targets[1], ".", &u, NULL), 0);
    assert_string_equal(u.database, "b$");
    assert_string_equal(u.password, "xb$");
}

static void expanding_twice_changes_nothing(void **state UNUSED)
{
    struct rows rows = {.values = {"${value}x"}, .n = 1};
    struct environment *e = expand(QUERY, &rows);
    const struct target *targets = e->targets;
    assert_int_equal(environment_expand(&arena, e, NULL, NULL, NULL), 0);
    assert_ptr_equal(e->targets, targets);
    assert_string_equal(e->targets[0].name, "t-${value}x");
    struct url u;
    assert_int_equal(target_url(&arena, &e->targets[0], ".", &u, NULL), 0);
    assert_string_equal(u.database, "${value}x");
}

static void what_is_refused(void **state UNUSED)
{
    static const char *const bad_value = "a value of each cannot stand in a target's name";
    const struct {
        struct rows rows;
        const char *message;
        int line, column;
    } cases[] = {
        {{.n = 0}, "each found no value at all", 6, 11},
        {{.values = {""}, .n = 1}, "a value of each is empty", 6, 11},
        {{.values = {"a", NULL}, .n = 2}, "a value of each is null", 6, 11},
        {{.values = {"a", "b", "a"}, .n = 3}, "two targets are named \"t-a\"", 3, 11},
        {{.values = {"a b"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"a/b"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"a*"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"a?"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"a,b"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"[a]"}, .n = 1}, bad_value, 6, 11}, /* --exclude "[a]" would spare "a" */
        {{.values = {"a\\b"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"a\n"}, .n = 1}, bad_value, 6, 11},
        {{.values = {"\xFF"}, .n = 1}, bad_value, 6, 11},
        {{.n = 8}, "no server", 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct environment *e = parse(QUERY);
        struct rows rows = cases[i].rows;
        struct err err = {0};
        assert_true(environment_expand(&arena, e, query_rows, &rows, &err) < 0);
        if (strcmp(err.message, cases[i].message) != 0 || err.line != cases[i].line ||
            err.column != cases[i].column) {
            fail_msg("case %zu: %d:%d: %s", i, err.line, err.column, err.message);
        }
        assert_int_equal(e->ntargets, 1); /* untouched */
        assert_int_equal(e->targets[0].each.kind, EACH_QUERY);
    }
    struct environment *e = parse(QUERY);
    struct err err;
    assert_int_equal(environment_expand(&arena, e, NULL, NULL, &err), ERR_FILE);
    assert_string_equal(err.message, "the query of each cannot be run here");
}

static void names_are_unique_over_all_targets(void **state UNUSED)
{
    struct environment *e =
        parse("  - { name: t-b, url: \"sqlite:///x.db\" }\n"
              "  - { name: \"t-${value}\", url: \"sqlite:///${value}.db\", each: [a, b] }\n");
    struct err err;
    assert_int_equal(environment_expand(&arena, e, NULL, NULL, &err), ERR_FILE);
    assert_string_equal(err.message, "two targets are named \"t-b\"");
    assert_int_equal(err.line, 4);
    assert_string_equal(err.hint, "The first one is on line 3; every target needs its own name.");
    e = parse("  - { name: \"t-${value}\", url: \"sqlite:///${value}.db\", each: [a, b, a] }\n");
    assert_int_equal(environment_expand(&arena, e, NULL, NULL, &err), ERR_FILE);
    assert_string_equal(err.hint, "The values of each repeat; every one must be different.");
}

static void many_targets_are_quick(void **state UNUSED)
{
    const struct environment *e =
        expand("  - { name: \"t${value}\", url: \"postgresql://h/d?schema=t${value}\", each: { range: "
               "1..100000 } }\n",
               NULL);
    assert_int_equal(e->ntargets, 100000);
    assert_string_equal(e->targets[99999].name, "t100000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_value_in_a_command_is_a_variable_of_its_shell),
                                       cmocka_unit_test(lists),
                                       cmocka_unit_test(ranges),
                                       cmocka_unit_test(queries),
                                       cmocka_unit_test(expanding_twice_changes_nothing),
                                       cmocka_unit_test(what_is_refused),
                                       cmocka_unit_test(names_are_unique_over_all_targets),
                                       cmocka_unit_test(many_targets_are_quick)};
    return cmocka_run_group_tests(tests, NULL, release);
}
