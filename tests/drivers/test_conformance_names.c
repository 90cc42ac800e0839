/* Conformance of drivers: names and texts that come back as they were. */
#include "tests/drivers/conformance.h"
#include <sqlite3.h>

/* clang-format off */
static const char *const nasty[] = {
    "plain",      "Upper",  "select",      "order",  "with space", "quote\"d",   "tick`ed",      "apostro'phe",
    "semi;colon", "--dash", "/*comment*/", "per%cent", "1digit",   "żółć",       "back\\slash",  "dollar$sign",
    "#hash",      "dot.ted", "a,b",        "(paren)", "\"",        "``",         "?",            ":colon",
};
/* clang-format on */

static void test_quoted_names_come_back(void **state)
{
    struct dialect *d = *state;
    struct conn *c = open_session(d);
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
        d->driver->quote_ident(&name, nasty[i]);
        const char *const texts[] = {
            arena_printf(&a, "DROP TABLE IF EXISTS %s", name.ptr),
            arena_printf(&a, "CREATE TABLE %s (%s int)", name.ptr, name.ptr),
            arena_printf(&a, "INSERT INTO %s (%s) VALUES (5)", name.ptr, name.ptr),
            arena_printf(&a, "SELECT %s FROM %s", name.ptr, name.ptr),
            arena_printf(&a, "DROP TABLE %s", name.ptr),
        };
        struct statement s[COUNT_OF(texts)];
        struct outcome o[COUNT_OF(texts)];
        for (size_t k = 0; k < COUNT_OF(texts); k++) {
            s[k] = sql_rows(texts[k]);
        }
        size_t done;
        struct err err = {0};
        int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
        if (rc != 0) {
            fail_msg("%s: %s", nasty[i], err.message);
        }
        assert_string_equal(o[3].rows.names[0], nasty[i]);
        assert_string_equal(rowset_cell(&o[3].rows, 0, 0).ptr, "5");
    }
    conn_close(c);
}

static void test_quoted_texts_come_back(void **state)
{
    /* clang-format off */
    static const char *const texts[] = {
        "", "'", "''", "'''", "\\", "\\'", "\\\\'", "a\nb\r\n\tc", "%s%n", "żółć 😀", "--", "/*", "*/",
        "$$", "$1", ";", "\"", "`", "NULL", "\x01\x1a\x7f", "#x\n", "\\n", "\\0",
        "'; DROP TABLE x; --", "?", ":a", "E'x'", "trailing\\", "{}", "\\x41",
    };
    /* clang-format on */
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    struct statement s[COUNT_OF(texts)];
    struct outcome o[COUNT_OF(texts)];
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
        strbuf_adds(&b, "SELECT ");
        d->driver->quote_literal(&b, slice_of(texts[i]));
        s[i] = sql_rows(arena_dup(&a, b.ptr));
    }
    size_t done;
    struct err err = {0};
    int rc = run(c, &a, s, COUNT_OF(s), o, &done, &err);
    assert_ok(rc, &err);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_string_equal(rowset_cell(&o[i].rows, 0, 0).ptr, texts[i]);
        assert_int_equal(rowset_cell(&o[i].rows, 0, 0).len, strlen(texts[i]));
    }
    conn_close(c);
}

/* Every name that needs no quotes must mean itself, as a table and as a column. */
static void check_plain_names(struct dialect *d, struct conn *c, struct arena *a, const char *const *names,
                              size_t n)
{
    struct statement *s = arena_array(a, 4 * n, sizeof(*s));
    struct outcome *o = arena_array(a, 4 * n, sizeof(*o));
    size_t used = 0, quoted = 0;
    for (size_t i = 0; i < n; i++) {
        if (d->driver->needs_quotes(names[i])) {
            quoted++;
            continue;
        }
        AUTO(strbuf_release) struct strbuf q = STRBUF_INIT;
        d->driver->quote_ident(&q, names[i]);
        const char *w = names[i];
        s[used++] = sql(arena_printf(a, "CREATE TEMPORARY TABLE %s(%s int, other int)", w, w));
        s[used++] = sql(arena_printf(a, "INSERT INTO %s(%s) VALUES (1)", q.ptr, q.ptr));
        s[used++] = sql(arena_printf(a, "SELECT %s, %s.%s FROM %s WHERE %s = 1", w, w, w, w, w));
        s[used++] = sql(arena_printf(a, "DROP TABLE %s", w));
    }
    size_t done;
    struct err err = {0};
    int rc = run(c, a, s, used, o, &done, &err);
    if (rc != 0) {
        fail_msg("%.*s: %s", (int)s[done].text.len, s[done].text.ptr, err.message);
    }
    assert_true(quoted > 50);
    assert_true(used > 40);
}

static void test_plain_names_need_no_quotes(void **state)
{
    struct dialect *d = *state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session(d);
    const char **words;
    size_t n = 0;
    if (d->keywords) {
        struct rowset rows = {0};
        struct err err = {0};
        int rc = conn_query(c, &a, d->keywords, &rows, &err);
        assert_ok(rc, &err);
        words = arena_array(&a, rows.nrows + 20, sizeof(*words));
        for (; n < rows.nrows; n++) {
            words[n] = rowset_cell(&rows, n, 0).ptr;
        }
    } else {
        words = arena_array(&a, (size_t)sqlite3_keyword_count() + 20, sizeof(*words));
        for (int i = 0; i < sqlite3_keyword_count(); i++) {
            const char *word;
            int len;
            assert_int_equal(sqlite3_keyword_name(i, &word, &len), SQLITE_OK);
            words[n++] = arena_dupn(&a, word, (size_t)len);
        }
    }
    /* clang-format off */
    static const char *const more[] = {
        "users", "a1", "_x", "true", "false", "null", "id", "a_b_c", "user", "time", "orders_2",
        "email", "phone_number", "qty", "sku", "zzz", "lockstep_history", "alembic_version",
        "table",
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(more); i++) {
        words[n++] = more[i];
    }
    check_plain_names(d, c, &a, words, n);
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        if (strcmp(nasty[i], "plain") != 0 && strcmp(nasty[i], "Upper") != 0) {
            assert_true(d->driver->needs_quotes(nasty[i]));
        }
    }
    assert_false(d->driver->needs_quotes("users"));
    assert_false(d->driver->needs_quotes("alembic_version"));
    assert_true(d->driver->needs_quotes(""));
    assert_true(d->driver->needs_quotes("table"));
    conn_close(c);
}

static const struct conformance_test tests[] = {
    TEST(test_quoted_names_come_back),
    TEST(test_quoted_texts_come_back),
    TEST(test_plain_names_need_no_quotes),
};

int main(void)
{
    return conformance_run("drivers_conformance_names", tests, COUNT_OF(tests));
}
