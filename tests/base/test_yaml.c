/* Loading YAML: the tree with its places, every error with its place, and reading of values. */
#include "base/arena.h"
#include "base/file.h"
#include "base/yaml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static struct yaml_node *load(const char *text)
{
    struct yaml_doc *doc;
    struct err e;
    if (yaml_load(&arena, "t.yaml", slice_of(text), &doc, &e) != 0) {
        fail_msg("%d:%d: %s in %s", e.line, e.column, e.message, text);
    }
    return doc->root;
}

static void a_document_becomes_a_tree_with_places(void **state UNUSED)
{
    struct yaml_node *root = load("name: orders\n"
                                  "list:\n"
                                  "  - one\n"
                                  "  - { \"\xC3\xA9 k\": 'v', empty: }\n"
                                  "text: |\n"
                                  "  two\n"
                                  "  lines\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->n, 3);
    assert_int_equal(root->line, 1);
    assert_int_equal(root->column, 1);
    struct yaml_node *name = yaml_get(root, "name"), *list = yaml_get(root, "list");
    assert_string_equal(name->text.ptr, "orders");
    assert_int_equal(name->line, 1);
    assert_int_equal(name->column, 7);
    assert_false(name->quoted);
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->n, 2);
    assert_int_equal(list->items[0]->line, 3);
    assert_int_equal(list->items[0]->column, 5);
    struct yaml_node *flow = list->items[1];
    assert_int_equal(flow->kind, YAML_MAP);
    assert_string_equal(flow->items[0]->text.ptr, "v");
    assert_true(flow->items[0]->quoted);
    assert_int_equal(flow->items[0]->column, 14); /* characters, not bytes */
    assert_true(yaml_is_null(yaml_get(flow, "empty")));
    assert_string_equal(yaml_get(root, "text")->text.ptr, "two\nlines\n");
    assert_true(yaml_get(root, "text")->quoted);
    assert_null(yaml_get(root, "nothing"));
    assert_null(yaml_get(name, "x"));
    assert_null(yaml_get(NULL, "x"));
    assert_int_equal(yaml_key(root, "text")->line, 5);
    assert_null(yaml_key(root, "nothing"));
}

static void empty_documents_have_no_root(void **state UNUSED)
{
    static const char *const texts[] = {"",      "\n\n",       "# only a comment\n",
                                        "---\n", "---\n...\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_null(load(texts[i]));
    }
    struct yaml_doc *doc;
    assert_int_equal(yaml_load(&arena, "t", (struct slice){NULL, 0}, &doc, NULL), 0);
    assert_null(doc->root);
}

static void a_byte_order_mark_and_crlf_change_nothing(void **state UNUSED)
{
    struct yaml_node *root = load("\xEF\xBB\xBF"
                                  "a: 1\r\nb: |\r\n  x\r\n  y\r\n");
    assert_int_equal(root->column, 1);
    assert_string_equal(yaml_get(root, "a")->text.ptr, "1");
    assert_string_equal(yaml_get(root, "b")->text.ptr, "x\ny\n");
}

static void null_is_plain_only(void **state UNUSED)
{
    struct yaml_node *list = load("[~, null, Null, NULL, '', 'null', \"~\", nul, 0, []]");
    for (size_t i = 0; i < 4; i++) {
        assert_true(yaml_is_null(list->items[i]));
    }
    for (size_t i = 4; i < list->n; i++) {
        assert_false(yaml_is_null(list->items[i]));
    }
    assert_true(yaml_is_null(NULL));
    assert_string_equal(yaml_kind_name(list), "a list");
    assert_string_equal(yaml_kind_name(list->items[4]), "a value");
    assert_string_equal(yaml_kind_name(list->items[0]), "nothing");
}

static void every_wrong_document_is_told_with_its_place(void **state UNUSED)
{
    static const struct {
        const char *text;
        int line, column;
        const char *message;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", 3, 1, "duplicate key \"a\""},
        {"a: 1\n\"a\": 3\n", 2, 1, "duplicate key \"a\""},
        {"{x: {y: 1, y: 2}}", 1, 12, "duplicate key \"y\""},
        {"a: &x 1\n", 1, 4, "anchors (&name) are not allowed"},
        {"a: &x [1]\n", 1, 4, "anchors (&name) are not allowed"},
        {"&x a: 1\n", 1, 1, "anchors (&name) are not allowed"},
        {"a: *x\n", 1, 4, "aliases (*name) are not allowed"},
        {"*x : 1\n", 1, 1, "aliases (*name) are not allowed"},
        {"a: !!int 1\n", 1, 4, "tags (!name) are not allowed"},
        {"a: !x {b: 1}\n", 1, 4, "tags (!name) are not allowed"},
        {"a: ! b\n", 1, 4, "tags (!name) are not allowed"},
        {"%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "tags are not allowed"},
        {"a: 1\n---\nb: 2\n", 2, 1, "a second document begins here, one was expected"},
        {"a: 1\n...\n---\n", 3, 1, "a second document begins here, one was expected"},
        {"[a, b]: 1\n", 1, 1, "a key must be a single value, not a list"},
        {"a: ${env:X}\n? {b: 1}\n: 2\n", 2, 3, "a key must be a single value, not a mapping"},
        {"?\n: 1\n", 1, 2, "a key is missing here"},
        {"a: \x01\n", 1, 4, "a control character is not allowed here (byte 0x01)"},
        {"\xC3\xA9: \x7F\n", 1, 4, "a control character is not allowed here (byte 0x7F)"},
        {"a: \xC2\x80\n", 1, 4, "a control character is not allowed here (byte 0xC2)"},
        {"a: x\xFFy\n", 1, 5, "a byte that is not UTF-8 is not allowed here (byte 0xFF)"},
        {"a: \xC3", 1, 4, "a byte that is not UTF-8 is not allowed here (byte 0xC3)"},
        {"a: \xED\xA0\x80\n", 1, 4, "a byte that is not UTF-8 is not allowed here (byte 0xED)"},
        {"a: x\ry\n", 1, 5, "a carriage return without a line feed is not allowed here (byte 0x0D)"},
        {"a: x\xE2\x80\xA8y\n", 1, 5, "a Unicode line separator is not allowed here (byte 0xE2)"},
        {"a: x\xEF\xBB\xBFy\n", 1, 5, "a byte order mark or a non-character is not allowed here (byte 0xEF)"},
        {"a: 'x\n", 2, 1,
         "found unexpected end of stream while scanning a quoted scalar that begins on line 1"},
        {"a: [1, 2\n", 2, 1, NULL},
        {"a:\n\tb: 1\n", 2, 1, NULL},
        {"a: b: c\n", 1, 5, "mapping values are not allowed in this context"},
        {"a: 1\nb\nc: 1\n", 3, 1, NULL},
        {"a: 1\n b: 2\n", 2, 3, "mapping values are not allowed in this context"},
        {"a: @x\n", 1, 4, NULL},
        {"a: \"\\q\"\n", 1, 5, NULL},
        {"%YAML 3.0\n---\na: 1\n", 1, 1, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct yaml_doc *doc = NULL;
        struct err e = {0};
        int rc = yaml_load(&arena, "t.yaml", slice_of(cases[i].text), &doc, &e);
        if (rc != ERR_FILE || e.line != cases[i].line || e.column != cases[i].column ||
            (cases[i].message && strcmp(e.message, cases[i].message) != 0)) {
            fail_msg("case %zu: %s -> %d:%d: %s", i, cases[i].text, e.line, e.column, e.message);
        }
        assert_int_equal(e.status, ERR_FILE);
        assert_string_equal(e.file, "t.yaml");
        assert_non_null(strchr(e.excerpt, '^'));
        assert_null(doc);
        assert_int_equal(yaml_load(&arena, "t.yaml", slice_of(cases[i].text), &doc, NULL), ERR_FILE);
    }
}

static void nul_bytes_are_told(void **state UNUSED)
{
    struct yaml_doc *doc;
    struct err e;
    assert_int_equal(yaml_load(&arena, "t", SLICE("a: b\0c"), &doc, &e), ERR_FILE);
    assert_int_equal(e.column, 5);
    assert_string_equal(e.message, "a control character is not allowed here (byte 0x00)");
}

static void duplicates_are_found_among_many_keys(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (int i = 0; i < 50000; i++) {
        strbuf_addf(&b, "key%d: 1\n", i);
    }
    assert_int_equal(load(b.ptr)->n, 50000);
    strbuf_adds(&b, "key777: 1\nkey3: 1\nkey3: 1\n");
    struct yaml_doc *doc;
    struct err e;
    assert_int_equal(yaml_load(&arena, "t", (struct slice){b.ptr, b.len}, &doc, &e), ERR_FILE);
    assert_string_equal(e.message, "duplicate key \"key777\"");
    assert_int_equal(e.line, 50001);
    assert_string_equal(e.hint, "The first one is on line 778; keep one of them.");
}

static void depth_is_bounded(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (int i = 0; i < YAML_DEPTH_MAX; i++) {
        strbuf_addch(&b, '[');
    }
    for (int i = 0; i < YAML_DEPTH_MAX; i++) {
        strbuf_addch(&b, ']');
    }
    assert_non_null(load(b.ptr));
    static const struct {
        const char *piece;
        int column;
    } cases[] = {{"[", 65}, {"{a: ", 257}, {"- ", 129}, {"[[],", 254}, {"? ", 3}, {"{", 2}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        strbuf_clear(&b);
        for (int j = 0; j < 200000; j++) {
            strbuf_adds(&b, cases[i].piece);
        }
        struct yaml_doc *doc;
        struct err e;
        clock_t start = clock();
        assert_int_equal(yaml_load(&arena, "t", (struct slice){b.ptr, b.len}, &doc, &e), ERR_FILE);
        assert_int_equal(e.line, 1);
        assert_int_equal(e.column, cases[i].column);
        /* Quadratic reading would take minutes. */
        assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    }
}

static void many_tag_directives_are_refused_at_once(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (int i = 0; i < 100000; i++) {
        strbuf_addf(&b, "%%TAG !t%d! x\n", i);
    }
    struct yaml_doc *doc;
    struct err e;
    assert_int_equal(yaml_load(&arena, "t", (struct slice){b.ptr, b.len}, &doc, &e), ERR_FILE);
    assert_string_equal(e.message, "tags are not allowed");
}

/* --- values */

static void unknown_keys_name_the_nearest(void **state UNUSED)
{
    static const char *const keys[] = {"parallel", "waves"};
    struct err e;
    assert_int_equal(yaml_only_keys(load("{parallel: 1, waves: 2}"), keys, 2, &e), 0);
    assert_int_equal(yaml_only_keys(load("waves: 1\nparalel: 2\n"), keys, 2, &e), ERR_FILE);
    assert_string_equal(e.message, "unknown key \"paralel\"");
    assert_string_equal(e.hint, "did you mean \"parallel\"?");
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 1);
    assert_string_equal(e.excerpt, "    2 | paralel: 2\n      | ^");
    assert_int_equal(yaml_only_keys(load("zebra: 2\n"), keys, 2, &e), ERR_FILE);
    assert_string_equal(e.hint, "known keys: parallel, waves");
    assert_int_equal(yaml_only_keys(load("- 1\n"), keys, 2, &e), ERR_FILE);
    assert_string_equal(e.message, "expected a mapping, found a list");
}

static void long_lists_of_names_are_cut(void **state UNUSED)
{
    const char *names[200];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        names[i] = "some_rather_long_name";
    }
    struct err e;
    int i;
    assert_int_equal(yaml_only_keys(load("q: 2\n"), names, COUNT_OF(names), &e), ERR_FILE);
    assert_string_equal(e.hint + strlen(e.hint) - 3, "...");
    assert_int_equal(yaml_enum(load("q"), names, COUNT_OF(names), &i, &e), ERR_FILE);
    assert_non_null(strstr(e.message, "..., found \"q\""));
}

static void strings(void **state UNUSED)
{
    const char *s = NULL;
    struct err e;
    assert_int_equal(yaml_string(load("5"), &s, &e), 0);
    assert_string_equal(s, "5");
    assert_int_equal(yaml_string(load("''"), &s, &e), 0);
    assert_string_equal(s, "");
    assert_int_equal(yaml_string(yaml_get(load("a:"), "a"), &s, &e), ERR_FILE);
    assert_string_equal(e.message, "expected a value, found nothing");
    assert_int_equal(yaml_string(load("[a]"), &s, &e), ERR_FILE);
    assert_string_equal(e.message, "expected a value, found a list");
    assert_int_equal(yaml_string(load("\"a\\0b\""), &s, &e), ERR_FILE);
    assert_string_equal(e.message, "a NUL character is not allowed here");
    assert_string_equal(s, "");
}

static void booleans(void **state UNUSED)
{
    struct yaml_node *list = load("[true, yes, on, True, TRUE, false, no, off, No, OFF]");
    struct err e;
    bool b;
    for (size_t i = 0; i < list->n; i++) {
        b = i >= 5;
        assert_int_equal(yaml_bool(list->items[i], &b, &e), 0);
        assert_int_equal(b, i < 5);
    }
    assert_int_equal(yaml_bool(load("'true'"), &b, &e), ERR_FILE);
    assert_string_equal(e.hint, "Remove the quotes.");
    assert_int_equal(yaml_bool(load("1"), &b, &e), ERR_FILE);
    assert_string_equal(e.message, "expected true or false, found \"1\"");
    assert_int_equal(yaml_bool(load("[]"), &b, &e), ERR_FILE);
}

static void numbers(void **state UNUSED)
{
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0}, {"-0", 0}, {"+7", 7}, {"-12", -12}, {"9223372036854775807", INT64_MAX}};
    static const char *const bad[] = {
        "",    "'5'",   "5.0",  "0x10", "010", "1_000", "1e3", "9223372036854775808",
        "abc", "\"-\"", "true", "5 5",  "[5]", "+-5"};
    int64_t n;
    struct err e;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_int_equal(yaml_int(load(good[i].text), INT64_MIN, INT64_MAX, &n, &e), 0);
        assert_true(n == good[i].value);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct yaml_node *node = yaml_get(load(arena_printf(&arena, "x: %s", bad[i])), "x");
        assert_int_equal(yaml_int(node, INT64_MIN, INT64_MAX, &n, &e), ERR_FILE);
        assert_int_equal(e.line, 1);
        assert_true(e.column >= 3);
    }
    assert_int_equal(yaml_int(load("0"), 1, 10, &n, &e), ERR_FILE);
    assert_string_equal(e.message, "0 is out of range, 1 to 10 was expected");
    assert_int_equal(yaml_int(load("0"), 1, INT64_MAX, &n, &e), ERR_FILE);
    assert_string_equal(e.message, "0 is too small, at least 1 was expected");
    assert_int_equal(yaml_int(load("x"), 1, 10, &n, &e), ERR_FILE);
    assert_string_equal(e.message, "expected a whole number, found \"x\"");
}

static void durations(void **state UNUSED)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"250ms", 250},    {"5s", 5000}, {"15min", 900000}, {"24h", 86400000},
                {"7d", 604800000}, {"0", 0},     {"0s", 0}};
    static const struct {
        const char *text, *hint;
    } bad[] = {{"5", "Add the unit: ms, s, min, h or d."},
               {"5m", "Write min for minutes and ms for milliseconds."},
               {"s", ""},
               {"-5s", ""},
               {"1.5s", ""},
               {"5 s", ""},
               {"5sec", ""},
               {"99999999999999999d", ""},
               {"9223372036854775807s", ""}};
    int64_t ms;
    struct err e;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_int_equal(yaml_duration(load(good[i].text), &ms, &e), 0);
        assert_true(ms == good[i].ms);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(yaml_duration(load(bad[i].text), &ms, &e), ERR_FILE);
        assert_string_equal(e.hint, bad[i].hint);
    }
    assert_int_equal(yaml_duration(load("soon"), &ms, &e), ERR_FILE);
    assert_string_equal(e.message, "expected a duration such as 250ms, 5s, 15min, 24h or 7d, found \"soon\"");
}

static void enums_and_kinds(void **state UNUSED)
{
    static const char *const names[] = {"stop", "continue", "rollback"};
    struct err e;
    int i;
    assert_int_equal(yaml_enum(load("continue"), names, 3, &i, &e), 0);
    assert_int_equal(i, 1);
    assert_int_equal(yaml_enum(load("rolback"), names, 3, &i, &e), ERR_FILE);
    assert_string_equal(e.message, "expected one of stop, continue, rollback, found \"rolback\"");
    assert_string_equal(e.hint, "did you mean \"rollback\"?");
    assert_int_equal(yaml_enum(load("[stop]"), names, 3, &i, &e), ERR_FILE);
    assert_string_equal(e.message, "expected one of stop, continue, rollback, found a list");
    assert_int_equal(yaml_expect(load("[]"), YAML_LIST, "targets", &e), 0);
    assert_int_equal(yaml_expect(load("{}"), YAML_LIST, "targets", &e), ERR_FILE);
    assert_string_equal(e.message, "targets must be a list, found a mapping");
}

static void errors_point_into_a_value(void **state UNUSED)
{
    static const struct {
        const char *text;
        int line, column;
    } cases[] = {{"k: \xC3\xA9"
                  "abc",
                  1, 7},
                 {"k: \"\xC3\xA9"
                  "abc\"",
                  1, 8},
                 {"k: '\xC3\xA9"
                  "abc'",
                  1, 8},
                 {"k: \"\\u00e9"
                  "abc\"",
                  1, 4},
                 {"k: |\n  \xC3\xA9"
                  "abc",
                  1, 4},
                 {"k:\n    \xC3\xA9"
                  "abc",
                  2, 8}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err e;
        err_set(&e, ERR_REFUSED, "x");
        assert_int_equal(yaml_error_at(&e, yaml_get(load(cases[i].text), "k"), 4), ERR_REFUSED);
        assert_int_equal(e.line, cases[i].line);
        assert_int_equal(e.column, cases[i].column);
        assert_string_equal(e.message, "x");
    }
    struct err e;
    err_set(&e, ERR_FILE, "x");
    yaml_error_at(&e, yaml_get(load("k: ab"), "k"), 99);
    assert_int_equal(e.column, 4);
    yaml_error_at(&e, load("k: ab"), 2);
    assert_int_equal(e.column, 1);
}

static void long_values_are_not_repeated_in_errors(void **state UNUSED)
{
    char *text = arena_printf(&arena, "'%0500d'", 1);
    bool b;
    struct err e;
    assert_int_equal(yaml_bool(load(text), &b, &e), ERR_FILE);
    assert_string_equal(e.message, "expected true or false, found a value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_document_becomes_a_tree_with_places),
                                       cmocka_unit_test(empty_documents_have_no_root),
                                       cmocka_unit_test(a_byte_order_mark_and_crlf_change_nothing),
                                       cmocka_unit_test(null_is_plain_only),
                                       cmocka_unit_test(every_wrong_document_is_told_with_its_place),
                                       cmocka_unit_test(nul_bytes_are_told),
                                       cmocka_unit_test(duplicates_are_found_among_many_keys),
                                       cmocka_unit_test(depth_is_bounded),
                                       cmocka_unit_test(many_tag_directives_are_refused_at_once),
                                       cmocka_unit_test(unknown_keys_name_the_nearest),
                                       cmocka_unit_test(long_lists_of_names_are_cut),
                                       cmocka_unit_test(strings),
                                       cmocka_unit_test(booleans),
                                       cmocka_unit_test(numbers),
                                       cmocka_unit_test(durations),
                                       cmocka_unit_test(enums_and_kinds),
                                       cmocka_unit_test(errors_point_into_a_value),
                                       cmocka_unit_test(long_values_are_not_repeated_in_errors)};
    return cmocka_run_group_tests(tests, NULL, release);
}
