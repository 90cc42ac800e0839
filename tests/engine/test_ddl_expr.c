/* Expressions made in C, as schema elements carry them: texts without tables, parentheses, limits. */
#include "engine/ddl/expr_statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena = (struct arena)ARENA_INIT;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const char *rendered(const struct sql_expr *e, enum ddl_dialect_kind kind, unsigned flags)
{
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    int rc = sql_render(&b, ddl_dialect_of(kind), e, flags, &err);
    const char *text = rc ? arena_printf(&arena, "! %s", err.message) : arena_dup(&arena, strbuf_cstr(&b));
    strbuf_release(&b);
    return text;
}

static struct sql_value number(int64_t n)
{
    return (struct sql_value){.kind = SQL_VALUE_INT, .integer = n};
}

static void columns_are_written_with_and_without_their_table(void **state)
{
    (void)state;
    struct sql_from *t = sql_table(&arena, DDL_NAME("t"), DDL_NAME("Other"));
    struct sql_expr *c = sql_column(&arena, DDL_NAME("order"), ddl_type_integer(), t);
    sql_table_add(&arena, t, c);
    assert_string_equal(rendered(c, DDL_POSTGRESQL, 0), "\"Other\".t.\"order\"");
    assert_string_equal(rendered(c, DDL_MYSQL, 0), "`Other`.t.`order`");
    assert_string_equal(rendered(c, DDL_POSTGRESQL, SQL_NO_TABLE), "\"order\"");
    assert_ptr_equal(sql_from_column(t, "order"), c);
    assert_null(sql_from_column(t, "nope"));
}

static void operands_get_their_parentheses(void **state)
{
    (void)state;
    struct sql_expr *a = sql_column(&arena, DDL_NAME("a"), ddl_type_integer(), NULL);
    const struct sql_expr *sum =
        sql_operate(&arena, a, sql_operator(SQL_OP_ADD), sql_value(&arena, number(1), NULL), NULL);
    assert_string_equal(rendered(sum, DDL_SQLITE, 0), "a + 1");
    assert_string_equal(rendered(sum, DDL_SQLITE, SQL_SELF_GROUP), "(a + 1)");
    const struct sql_expr *product =
        sql_operate(&arena, sum, sql_operator(SQL_OP_MUL), sql_value(&arena, number(2), NULL), NULL);
    assert_string_equal(rendered(product, DDL_SQLITE, 0), "(a + 1) * 2");
    assert_string_equal(rendered(a, DDL_SQLITE, SQL_SELF_GROUP), "a");
}

static void lists_of_values(void **state)
{
    (void)state;
    struct sql_expr *c = sql_column(&arena, DDL_NAME("c"), ddl_type_string(), NULL);
    struct sql_value v[] = {{.kind = SQL_VALUE_STR, .text = SLICE("a")},
                            {.kind = SQL_VALUE_STR, .text = SLICE("it's")}};
    assert_string_equal(rendered(sql_in_values(&arena, c, v, 2), DDL_MYSQL, SQL_NO_TABLE),
                        "c IN ('a', 'it''s')");
    assert_string_equal(rendered(sql_in_values(&arena, c, v, 0), DDL_MYSQL, 0), "c IN (NULL) AND (1 != 1)");
    assert_string_equal(rendered(sql_not(&arena, sql_in_values(&arena, c, v, 1)), DDL_SQLITE, 0),
                        "(c NOT IN ('a'))");
}

static const struct {
    const char *text, *expected;
} texts[] = {
    {"SELECT 1", "SELECT 1"},
    {":a", "NULL"},
    {"a:b :c", "a:b NULL"},
    {"x::int, ':y'", "x::int, 'NULL'"},
    {"\\:a \\:\\:b \\::", ":a ::b \\::"},
    {":a:b", ":a:b"},
    {":a$b :c", ":a$b NULL"},
    {":", ":"},
    {"\\", "\\"},
    {"::", "::"},
    {"12:30", "12:30"},
    {"", ""},
};

static void text_with_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct strbuf b = STRBUF_INIT;
        struct err err = {0};
        assert_int_equal(
            sql_render_text(&b, ddl_dialect_of(DDL_POSTGRESQL), slice_of(texts[i].text), 0, &err), 0);
        assert_string_equal(strbuf_cstr(&b), texts[i].expected);
        strbuf_release(&b);
    }
}

static void a_run_needs_values_for_names(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    assert_int_equal(
        sql_render_text(&b, ddl_dialect_connected(DDL_POSTGRESQL), SLICE("SELECT :a"), SQL_LIVE, &err),
        ERR_FILE);
    assert_string_equal(ddl_exception(&err), "sqlalchemy.exc.StatementError");
    assert_int_equal(b.len, 0);
    strbuf_release(&b);
}

/* What programs can make of one value again and again is refused, and neither crashes nor hangs. */
static void depth_and_size_are_bounded(void **state)
{
    (void)state;
    const struct sql_expr *deep = sql_column(&arena, DDL_NAME("a"), ddl_type_integer(), NULL), *wide = deep;
    const struct sql_operator *minus = sql_operator(SQL_OP_SUB);
    for (int i = 0; i < 100000; i++) {
        deep = sql_operate(&arena, deep, minus, sql_value(&arena, number(1), NULL), NULL);
    }
    assert_string_equal(rendered(deep, DDL_SQLITE, 0),
                        "! an expression of more than 300 levels or 1000000 parts");
    for (int i = 0; i < 60; i++) {
        wide = sql_operate(&arena, wide, minus, wide, NULL);
    }
    assert_string_equal(rendered(wide, DDL_SQLITE, 0),
                        "! an expression of more than 300 levels or 1000000 parts");
    struct sql_select *s;
    struct sql_expr *select = sql_select_new(&arena, &s);
    vec_push(&arena, &s->columns)->expr = wide;
    *vec_push(&arena, &s->where) = deep;
    assert_string_equal(rendered(select, DDL_SQLITE, 0),
                        "! an expression of more than 300 levels or 1000000 parts");
}

static void operators_have_opposites(void **state)
{
    (void)state;
    for (int i = 0; i < SQL_OP_COUNT; i++) {
        const struct sql_operator *op = sql_operator((enum sql_op)i), *negation = sql_op_negation(op);
        assert_int_equal(op->id, i);
        if (negation) {
            assert_ptr_equal(sql_op_negation(negation), op);
        }
        assert_ptr_equal(sql_op_mirror(sql_op_mirror(op)), op);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_are_written_with_and_without_their_table, setup, teardown),
        cmocka_unit_test_setup_teardown(operands_get_their_parentheses, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_of_values, setup, teardown),
        cmocka_unit_test_setup_teardown(text_with_names, setup, teardown),
        cmocka_unit_test_setup_teardown(a_run_needs_values_for_names, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_and_size_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(operators_have_opposites, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
