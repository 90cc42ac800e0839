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

#define TEXT(t)                                                                                              \
    {                                                                                                        \
        .kind = SQL_VALUE_STR, .text = { t, sizeof(t) - 1 }                                                  \
    }

static void a_server_gets_what_a_driver_would_bind(void **state)
{
    (void)state;
    struct sql_value numbers[] = {{.kind = SQL_VALUE_INT, .integer = 1}, {.kind = SQL_VALUE_NULL}};
    struct sql_value words[] = {TEXT("a\"b"), TEXT("\xc3\xa9\n")};
    const struct sql_value moment = {.kind = SQL_VALUE_DATETIME,
                                     .time = {2020, 1, 2, 3, 4, 5, 6, true, 3600}};
    const struct sql_value day = {.kind = SQL_VALUE_INTERVAL, .microseconds = INT64_C(-90000000000)};
    const struct sql_value bytes = {.kind = SQL_VALUE_BYTES, .text = {"\0\xff'", 3}};
    const struct sql_value list = {.kind = SQL_VALUE_LIST, .items = numbers, .n = 2};
    const struct sql_value texts = {.kind = SQL_VALUE_LIST, .items = words, .n = 2};
    const struct sql_value nothing = {.kind = SQL_VALUE_NULL}, empty = {.kind = SQL_VALUE_LIST};
    const struct sql_value uuid = {.kind = SQL_VALUE_UUID, .text = SLICE("12345678123456781234567812345678")};
    const struct sql_value back = TEXT("it's \\");
    const struct {
        enum ddl_type_id id;
        enum ddl_type_id item;
        const struct sql_value *value;
        const char *text[DDL_DIALECT_COUNT];
    } cases[] = {
        {DDL_TYPE_STRING, DDL_TYPE_NONE, &back, {"'it''s \\'", "'it''s \\\\'", "'it''s \\\\'", "'it''s \\'"}},
        {DDL_TYPE_LARGE_BINARY,
         DDL_TYPE_NONE,
         &bytes,
         {"'\\x00ff27'::bytea", "x'00ff27'", "x'00ff27'", "x'00ff27'"}},
        {DDL_TYPE_DATETIME_GENERIC,
         DDL_TYPE_NONE,
         &moment,
         {"'2020-01-02 03:04:05.000006+01:00'::timestamptz", "'2020-01-02 03:04:05.000006'",
          "'2020-01-02 03:04:05.000006'", "'2020-01-02 03:04:05.000006'"}},
        {DDL_TYPE_INTERVAL_GENERIC,
         DDL_TYPE_NONE,
         &day,
         {"'-2 days 82800.000000 seconds'::interval", "'1969-12-30 23:00:00'", "'1969-12-30 23:00:00'",
          "'1969-12-30 23:00:00.000000'"}},
        {DDL_TYPE_JSON_GENERIC,
         DDL_TYPE_NONE,
         &list,
         {"'[1, null]'::JSON", "'[1, null]'", "'[1, null]'", "'[1, null]'"}},
        {DDL_TYPE_PG_JSONB,
         DDL_TYPE_NONE,
         &texts,
         {"'[\"a\\\"b\", \"\\u00e9\\n\"]'::JSONB", "'[\"a\\\\\"b\", \"\\\\u00e9\\\\n\"]'",
          "'[\"a\\\\\"b\", \"\\\\u00e9\\\\n\"]'", "'[\"a\\\"b\", \"\\u00e9\\n\"]'"}},
        {DDL_TYPE_JSON_GENERIC, DDL_TYPE_NONE, &nothing, {"'null'::JSON", "'null'", "'null'", "'null'"}},
        {DDL_TYPE_STRING, DDL_TYPE_NONE, &nothing, {"NULL", "NULL", "NULL", "NULL"}},
        {DDL_TYPE_UUID_GENERIC,
         DDL_TYPE_NONE,
         &uuid,
         {"'12345678-1234-5678-1234-567812345678'::uuid", "'12345678123456781234567812345678'",
          "'12345678123456781234567812345678'", "'12345678123456781234567812345678'"}},
        {DDL_TYPE_PG_ARRAY, DDL_TYPE_INTEGER, &list, {"ARRAY[1, NULL]::INTEGER[]", NULL, NULL, NULL}},
        {DDL_TYPE_PG_ARRAY, DDL_TYPE_STRING, &empty, {"'{}'::VARCHAR[]", NULL, NULL, NULL}},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct ddl_type *t = ddl_type_new(&a, cases[i].id);
        t->item = cases[i].item == DDL_TYPE_NONE ? NULL : ddl_type_new(&a, cases[i].item);
        for (int d = 0; d < DDL_DIALECT_COUNT; d++) {
            struct strbuf b = STRBUF_INIT;
            struct err err = {0};
            int rc = ddl_type_literal(&b, ddl_dialect_connected((enum ddl_dialect_kind)d), t, cases[i].value,
                                      true, &err);
            if (cases[i].text[d]) {
                assert_string_equal(rc == 0 ? strbuf_cstr(&b) : err.message, cases[i].text[d]);
            } else {
                assert_int_equal(rc, ERR_FILE);
            }
            strbuf_release(&b);
        }
    }
    arena_release(&a);
}

static void a_text_with_a_nul_never_reaches_a_server(void **state)
{
    (void)state;
    const struct sql_value v = TEXT("a\0b");
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    assert_int_equal(
        ddl_type_literal(&b, ddl_dialect_connected(DDL_POSTGRESQL), ddl_type_string(), &v, true, &err),
        ERR_REFUSED);
    assert_int_equal(b.len, 0);
    strbuf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generic_types_differ_by_dialect),
        cmocka_unit_test(an_enum_is_a_type_a_list_or_a_string),
        cmocka_unit_test(an_array_of_collated_text_has_its_brackets_before_the_collation),
        cmocka_unit_test(types_within_types_have_an_end),
        cmocka_unit_test(floats_are_written_as_python_does),
        cmocka_unit_test(a_server_gets_what_a_driver_would_bind),
        cmocka_unit_test(a_text_with_a_nul_never_reaches_a_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
