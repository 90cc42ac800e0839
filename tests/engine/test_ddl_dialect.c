/* Names and strings as each dialect writes them. The expected texts are SQLAlchemy's. */
#include "engine/ddl/dialect.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct name_case {
    const char *name;
    const char *text[DDL_DIALECT_COUNT];
};

static void names_are_quoted_when_the_dialect_needs_it(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"account", {"account", "account", "account", "account"}},
        {"a_1$", {"a_1$", "a_1$", "a_1$", "a_1$"}},
        {"1a", {"\"1a\"", "`1a`", "`1a`", "\"1a\""}},
        {"$a", {"\"$a\"", "`$a`", "`$a`", "\"$a\""}},
        {"_a", {"_a", "_a", "_a", "_a"}},
        {"Account", {"\"Account\"", "`Account`", "`Account`", "\"Account\""}},
        {"two words", {"\"two words\"", "`two words`", "`two words`", "\"two words\""}},
        {"a\"b`c", {"\"a\"\"b`c\"", "`a\"b``c`", "`a\"b``c`", "\"a\"\"b`c\""}},
        {"50%", {"\"50%\"", "`50%`", "`50%`", "\"50%\""}},
        {"user", {"\"user\"", "user", "user", "user"}},
        {"order", {"\"order\"", "`order`", "`order`", "\"order\""}},
        {"rank", {"rank", "`rank`", "rank", "rank"}},
        {"index", {"index", "`index`", "`index`", "\"index\""}},
        {"end", {"\"end\"", "end", "end", "\"end\""}},
        {"naïve", {"\"naïve\"", "`naïve`", "`naïve`", "\"naïve\""}},
        {"\xc5\xbfum\xc4\xb1", {"ſumı", "ſumı", "ſumı", "ſumı"}},
        {"line\n", {"line\n", "line\n", "line\n", "line\n"}},
        {"line\n\n", {"\"line\n\n\"", "`line\n\n`", "`line\n\n`", "\"line\n\n\""}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        for (int d = 0; d < DDL_DIALECT_COUNT; d++) {
            struct strbuf b = STRBUF_INIT;
            ddl_quote_text(&b, ddl_dialect_of((enum ddl_dialect_kind)d), cases[i].name);
            assert_string_equal(strbuf_cstr(&b), cases[i].text[d]);
            strbuf_release(&b);
        }
    }
}

static void quoting_can_be_asked_for_and_forbidden(void **state)
{
    (void)state;
    const struct ddl_dialect *d = ddl_dialect_of(DDL_POSTGRESQL);
    struct strbuf b = STRBUF_INIT;
    ddl_quote_name(&b, d, &(struct ddl_name){.text = "plain", .quote = DDL_QUOTE_ALWAYS});
    ddl_quote_name(&b, d, &(struct ddl_name){.text = "User", .quote = DDL_QUOTE_NEVER});
    assert_string_equal(strbuf_cstr(&b), "\"plain\"User");
    strbuf_release(&b);
}

static void a_schema_goes_before_the_table(void **state)
{
    (void)state;
    const struct ddl_dialect *d = ddl_dialect_of(DDL_MYSQL);
    struct strbuf b = STRBUF_INIT;
    ddl_quote_table(&b, d, &DDL_NAME("Sales"), &DDL_NAME("order"));
    strbuf_addch(&b, ' ');
    ddl_quote_table(&b, d, &DDL_NAME(""), &DDL_NAME("a"));
    strbuf_addch(&b, ' ');
    ddl_quote_table(&b, d, NULL, &DDL_NAME("a"));
    assert_string_equal(strbuf_cstr(&b), "`Sales`.`order` a a");
    strbuf_release(&b);
}

static void strings_double_quotes_and_backslashes(void **state)
{
    (void)state;
    static const struct {
        const struct ddl_dialect *(*of)(enum ddl_dialect_kind);
        enum ddl_dialect_kind kind;
        const char *text;
    } cases[] = {
        {ddl_dialect_of, DDL_POSTGRESQL, "'it''s 5% \\\\d'"},
        {ddl_dialect_of, DDL_MYSQL, "'it''s 5% \\\\d'"},
        {ddl_dialect_of, DDL_SQLITE, "'it''s 5% \\d'"},
        {ddl_dialect_connected, DDL_POSTGRESQL, "'it''s 5% \\d'"},
        {ddl_dialect_connected, DDL_MARIADB, "'it''s 5% \\\\d'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct strbuf b = STRBUF_INIT;
        ddl_quote_string(&b, cases[i].of(cases[i].kind), SLICE("it's 5% \\d"));
        assert_string_equal(strbuf_cstr(&b), cases[i].text);
        strbuf_release(&b);
    }
}

static void dialects_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(ddl_dialect_find("mariadb"), ddl_dialect_of(DDL_MARIADB));
    assert_null(ddl_dialect_find("oracle"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_quoted_when_the_dialect_needs_it),
        cmocka_unit_test(quoting_can_be_asked_for_and_forbidden),
        cmocka_unit_test(a_schema_goes_before_the_table),
        cmocka_unit_test(strings_double_quotes_and_backslashes),
        cmocka_unit_test(dialects_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
