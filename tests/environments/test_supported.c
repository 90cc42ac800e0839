/* What is refused at use, from which use on, and where. */
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

static void refusals(void **state UNUSED)
{
    static const struct {
        const char *text; /* "^^" marks the place */
        enum environment_use from;
        const char *message;
    } cases[] = {
        {ONE_TARGET "^^approvals: { required: 1 }\n", USE_APPLY, "approvals are not supported yet"},
        {ONE_TARGET "^^protected: true\n", USE_APPLY, "protected environments are not supported yet"},
        {ONE_TARGET "^^notify: [{ webhook: \"https://h/x\" }]\n", USE_APPLY,
         "notifications are not supported yet"},
        {ONE_TARGET "^^gates: { soak: 1h }\n", USE_PROMOTE, "gates are not supported yet"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int line, column;
        struct environment *e;
        const char *text = document_unmark(
            &arena, arena_printf(&arena, "environment: prod\n%s", cases[i].text), &line, &column);
        assert_int_equal(environment_parse(&arena, "p.yaml", slice_of(text), &e, NULL), 0);
        for (enum environment_use use = USE_CONNECT; use <= USE_PROMOTE; use++) {
            struct err err = {0};
            int rc = environment_supported(e, use, &err);
            if (use < cases[i].from) {
                assert_int_equal(rc, 0);
                assert_int_equal(err.status, 0);
                continue;
            }
            assert_int_equal(rc, ERR_REFUSED);
            assert_int_equal(err.status, ERR_REFUSED);
            if (strcmp(err.message, cases[i].message) != 0 || err.line != line || err.column != column) {
                fail_msg("case %zu: expected %d:%d, found %d:%d: %s", i, line, column, err.line, err.column,
                         err.message);
            }
            assert_string_equal(err.file, "p.yaml");
            assert_string_equal(err.hint, "Take it out of the environment \"prod\" for now.");
            assert_int_equal(environment_supported(e, use, NULL), ERR_REFUSED);
        }
    }
}

static void what_works_is_not_refused(void **state UNUSED)
{
    static const char *const tails[] = {
        "rollout: { parallel: 8, parallel_per_server: 2, waves: [{ rest: true, pause: 1s }], on_failure: "
        "rollback, rollback_scope: target, max_failures: 10%, atomic: "
        "false }\n",
        "protected: false\npromotes_from: staging\n",
        "settings: { lock_retries: 3, lock_wait: 0s, lock_lease: 10s, lock_timeout: 1s, transaction: "
        "revision, connect_timeout: 1s, "
        "statement_timeout: 1s }\n",
    };
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        struct environment *e;
        struct err err;
        const char *text = arena_printf(&arena, "environment: prod\n" ONE_TARGET "%s", tails[i]);
        assert_int_equal(environment_parse(&arena, "p.yaml", slice_of(text), &e, &err), 0);
        assert_int_equal(environment_supported(e, USE_PROMOTE, &err), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refusals),
                                       cmocka_unit_test(what_works_is_not_refused)};
    return cmocka_run_group_tests(tests, NULL, release);
}
