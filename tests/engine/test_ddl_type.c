/* Types and literals on the level of C. What Python's constructors make of them is in test_sa_type.c. */
#include "engine/ddl/type.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_rendered(const struct ddl_type *t, const char *const expected[DDL_DIALECT_COUNT])
{
    for (int d = 0; d < DDL_DIALECT_COUNT; d++) {
        struct strbuf b = STRBUF_INIT;
        struct err err = {0};
        int rc = ddl_type_render(&b, ddl_dialect_of((enum ddl_dialect_kind)d), t, &err);
        assert_string_equal(rc == 0 ? strbuf_cstr(&b) : err.message, expected[d]);
        strbuf_release(&b);
    }
}

static void generic_types_differ_by_dialect(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    static const struct {
        enum ddl_type_id id;
        int64_t length, precision, scale;
        const char *text[DDL_DIALECT_COUNT];
    } cases[] = {
        {DDL_TYPE_INTEGER_GENERIC, -1, -1, -1, {"INTEGER", "INTEGER", "INTEGER", "INTEGER"}},
        {DDL_TYPE_STRING, 20, -1, -1, {"VARCHAR(20)", "VARCHAR(20)", "VARCHAR(20)", "VARCHAR(20)"}},
        {DDL_TYPE_STRING,
         -1,
         -1,
         -1,
         {"VARCHAR", "VARCHAR requires a length on dialect mysql",
          "VARCHAR requires a length on dialect mariadb", "VARCHAR"}},
        {DDL_TYPE_NUMERIC_GENERIC,
         -1,
         10,
         2,
         {"NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)"}},
        {DDL_TYPE_FLOAT_GENERIC, -1, 53, -1, {"FLOAT(53)", "FLOAT(53)", "FLOAT(53)", "FLOAT"}},
        {DDL_TYPE_DATETIME_GENERIC,
         -1,
         -1,
         -1,
         {"TIMESTAMP WITHOUT TIME ZONE", "DATETIME", "DATETIME", "DATETIME"}},
        {DDL_TYPE_UUID_GENERIC, -1, -1, -1, {"UUID", "CHAR(32)", "CHAR(32)", "CHAR(32)"}},
        {DDL_TYPE_LARGE_BINARY, 100, -1, -1, {"BYTEA", "BLOB(100)", "BLOB(100)", "BLOB"}},
        {DDL_TYPE_NVARCHAR,
         4,
         -1,
         -1,
         {"NVARCHAR(4)", "NATIONAL VARCHAR(4)", "NATIONAL VARCHAR(4)", "NVARCHAR(4)"}},
        {DDL_TYPE_PG_INTERVAL,
         -1,
         3,
         -1,
         {"INTERVAL (3)",
          "Compiler <sqlalchemy.dialects.mysql.base.MySQLTypeCompiler> can't render element of type INTERVAL "
          "(Background on this error at: https://sqlalche.me/e/20/l7de)",
          "Compiler <sqlalchemy.dialects.mysql.mariadb.MariaDBTypeCompiler> can't render element of type "
          "INTERVAL (Background on this error at: https://sqlalche.me/e/20/l7de)",
          "Compiler <sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler> can't render element of type "
          "INTERVAL (Background on this error at: https://sqlalche.me/e/20/l7de)"}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct ddl_type *t = ddl_type_new(&a, cases[i].id);
        t->length = cases[i].length;
        t->precision = cases[i].precision;
        t->scale = cases[i].scale;
        assert_rendered(t, cases[i].text);
    }
    arena_release(&a);
}

static void an_enum_is_a_type_a_list_or_a_string(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct ddl_type *t = ddl_type_new(&a, DDL_TYPE_ENUM_GENERIC);
    *vec_push(&a, &t->values) = "a";
    *vec_push(&a, &t->values) = "it's";
    t->length = 4;
    t->name = DDL_NAME("Mood");
    t->schema = "s";
    assert_rendered(
        t, (const char *const[]){"s.\"Mood\"", "ENUM('a','it''s')", "ENUM('a','it''s')", "VARCHAR(4)"});
    const struct ddl_dialect *d = ddl_dialect_of(DDL_POSTGRESQL);
    assert_true(ddl_type_is_named(d, ddl_type_array(&a, t, 0)));
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    assert_int_equal(ddl_type_create(&b, d, t, &err), 0);
    strbuf_adds(&b, "; ");
    assert_int_equal(ddl_type_drop(&b, d, t, &err), 0);
    assert_string_equal(strbuf_cstr(&b),
                        "CREATE TYPE s.\"Mood\" AS ENUM ('a', 'it''s'); DROP TYPE s.\"Mood\"");
    strbuf_release(&b);
    arena_release(&a);
}

static void an_array_of_collated_text_has_its_brackets_before_the_collation(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct ddl_type *t = ddl_type_new(&a, DDL_TYPE_STRING);
    t->collation = "C";
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    assert_int_equal(ddl_type_render(&b, ddl_dialect_of(DDL_POSTGRESQL), ddl_type_array(&a, t, 2), &err), 0);
    assert_string_equal(strbuf_cstr(&b), "VARCHAR[][] COLLATE \"C\"");
    strbuf_release(&b);
    arena_release(&a);
}

static void types_within_types_have_an_end(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct ddl_type *t = ddl_type_new(&a, DDL_TYPE_DECORATOR);
    t->item = t;
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    assert_int_equal(ddl_type_render(&b, ddl_dialect_of(DDL_POSTGRESQL), t, &err), ERR_REFUSED);
    strbuf_release(&b);
    arena_release(&a);
}

static void floats_are_written_as_python_does(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{1.0, "1.0"},
                 {0.1, "0.1"},
                 {1e16, "1e+16"},
                 {1e15, "1000000000000000.0"},
                 {0.0001, "0.0001"},
                 {0.00001, "1e-05"},
                 {-2.5, "-2.5"},
                 {1.0 / 3, "0.3333333333333333"},
                 {123456.789, "123456.789"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena a = ARENA_INIT;
        struct sql_value v = {.kind = SQL_VALUE_FLOAT, .real = cases[i].value};
        struct strbuf b = STRBUF_INIT;
        struct err err = {0};
        assert_int_equal(
            ddl_type_literal(&b, ddl_dialect_of(DDL_POSTGRESQL), ddl_type_of_value(&a, &v), &v, false, &err),
            0);
        assert_string_equal(strbuf_cstr(&b), cases[i].text);
        strbuf_release(&b);
        arena_release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generic_types_differ_by_dialect),
        cmocka_unit_test(an_enum_is_a_type_a_list_or_a_string),
        cmocka_unit_test(an_array_of_collated_text_has_its_brackets_before_the_collation),
        cmocka_unit_test(types_within_types_have_an_end),
        cmocka_unit_test(floats_are_written_as_python_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
