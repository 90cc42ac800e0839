/* Scripts as text. */
#include "base/arena.h"
#include "plans/script.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void print_plainly(struct strbuf *out, struct slice text, struct slice copy)
{
    strbuf_add(out, text.ptr, text.len);
    strbuf_adds(out, ";\n");
    if (copy.ptr) {
        strbuf_add(out, copy.ptr, copy.len);
        strbuf_adds(out, "\\.\n");
    }
}

static struct script_item *add(struct arena *a, struct script *s, enum script_kind kind, unsigned step,
                               const char *text)
{
    struct script_item *it = vec_push(a, &s->items);
    *it = (struct script_item){.kind = kind, .step = step, .text = slice_of(text)};
    return it;
}

static void assert_printed(const struct script *s, const char *head, const char *expected)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    script_print(s, head, print_plainly, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
}

static void steps_stand_apart(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct script s = {0};
    add(&a, &s, SCRIPT_COMMENT, UINT_MAX, "lockstep 0.1.0\nfor postgresql");
    add(&a, &s, SCRIPT_SETUP, UINT_MAX, "CREATE TABLE v (x)");
    add(&a, &s, SCRIPT_BEGIN, UINT_MAX, "BEGIN");
    add(&a, &s, SCRIPT_COMMENT, 0, "Running upgrade  -> aa, first");
    add(&a, &s, SCRIPT_STATEMENT, 0, "CREATE TABLE a (x)");
    add(&a, &s, SCRIPT_STATEMENT, 0, "COPY a FROM STDIN")->copy = slice_of("1\n2\n");
    add(&a, &s, SCRIPT_VERSION, 0, "INSERT INTO v VALUES ('aa')");
    add(&a, &s, SCRIPT_COMMENT, 1, "Running upgrade aa -> bb, second");
    add(&a, &s, SCRIPT_STATEMENT, 1, "CREATE TABLE b (x)");
    add(&a, &s, SCRIPT_STATEMENT, 2, "CREATE TABLE c (x)");
    add(&a, &s, SCRIPT_COMMIT, UINT_MAX, "COMMIT");
    static const char body[] =
        "-- lockstep 0.1.0\n-- for postgresql\nCREATE TABLE v (x);\nBEGIN;\n\n"
        "-- Running upgrade  -> aa, first\nCREATE TABLE a (x);\nCOPY a FROM STDIN;\n1\n2\n\\.\n"
        "INSERT INTO v VALUES ('aa');\n\n-- Running upgrade aa -> bb, second\n"
        "CREATE TABLE b (x);\n\nCREATE TABLE c (x);\n\nCOMMIT;\n";
    assert_printed(&s, NULL, body);
    assert_printed(&s, "", body);
    assert_printed(&s, "\\set ON_ERROR_STOP on\n", arena_printf(&a, "\\set ON_ERROR_STOP on\n\n%s", body));
    assert_printed(&s, "\\set ON_ERROR_STOP on", arena_printf(&a, "\\set ON_ERROR_STOP on\n\n%s", body));
    assert_printed(&(struct script){0}, NULL, "");
}

/* Nothing gets out of its comment. */
static void comments_stay_comments(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {"", "--\n"},
        {"one\n", "-- one\n"},
        {"one\r\ntwo", "-- one\n-- two\n"},
        {"one\rDROP TABLE a;", "-- one DROP TABLE a;\n"},
        {"one\n\n  two  \n\n", "-- one\n--\n--   two\n"},
        {"a\fb\vc\x7f\x01", "-- a b c\n"},
        {"tab\there \xc3\xa4", "-- tab\there \xc3\xa4\n"},
        {"*/ ' \" $$ \\! id", "-- */ ' \" $$ \\! id\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct script s = {0};
        add(&a, &s, SCRIPT_COMMENT, 0, cases[i].text);
        assert_printed(&s, NULL, cases[i].printed);
    }
}

static void long_scripts_take_linear_time(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct script s = {0};
    for (unsigned i = 0; i < 200000; i++) {
        add(&a, &s, i % 4 ? SCRIPT_STATEMENT : SCRIPT_COMMENT, i / 4, "SELECT 1");
    }
    script_print(&s, NULL, print_plainly, &out);
    assert_int_equal(out.len, 50000 * (12 + 30) + 49999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_stand_apart),
        cmocka_unit_test(comments_stay_comments),
        cmocka_unit_test(long_scripts_take_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
