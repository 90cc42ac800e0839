/* Writing YAML: what is written reads back byte for byte, in the form that people expect. */
#include "base/arena.h"
#include "base/file.h"
#include "base/yaml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static void the_form(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct yaml_out *y = yaml_out_new(&b);
    struct err e;
    yaml_out_map(y);
    yaml_out_pair(y, "name", "orders-eu");
    yaml_out_pair(y, "url", "postgresql://deploy@db1:5432/orders");
    yaml_out_pair(y, "nothing", NULL);
    yaml_out_pair(y, "empty", "");
    yaml_out_pair(y, "word", "yes");
    yaml_out_pair(y, "number", "12");
    yaml_out_pair(y, "hex", "3b1c2d4e5f6a");
    yaml_out_pair(y, "float", "12e4");
    yaml_out_pair(y, "comment", "a # b");
    yaml_out_pair(y, "colon", "a: b");
    yaml_out_pair(y, "sql", "CREATE TABLE t (\n    id int  \n);\n");
    yaml_out_pair(y, "open", "no end\n\nlast");
    yaml_out_pair(y, "indented", "  a\nb\n\n\n");
    yaml_out_pair(y, "crlf", "a\r\nb");
    yaml_out_cstr(y, "count");
    yaml_out_int(y, -5);
    yaml_out_cstr(y, "list");
    yaml_out_list(y);
    yaml_out_cstr(y, "a");
    yaml_out_map(y);
    yaml_out_pair(y, "x", "1s");
    yaml_out_cstr(y, "z");
    yaml_out_bool(y, true);
    yaml_out_end(y);
    yaml_out_list(y);
    yaml_out_cstr(y, "b");
    yaml_out_cstr(y, "c");
    yaml_out_end(y);
    yaml_out_map(y);
    yaml_out_end(y);
    yaml_out_end(y);
    yaml_out_cstr(y, "none");
    yaml_out_list(y);
    yaml_out_end(y);
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, &e), 0);
    assert_string_equal(b.ptr, "name: orders-eu\n"
                               "url: postgresql://deploy@db1:5432/orders\n"
                               "nothing: null\n"
                               "empty: \"\"\n"
                               "word: \"yes\"\n"
                               "number: \"12\"\n"
                               "hex: \"3b1c2d4e5f6a\"\n"
                               "float: \"12e4\"\n"
                               "comment: \"a # b\"\n"
                               "colon: \"a: b\"\n"
                               "sql: |\n"
                               "  CREATE TABLE t (\n"
                               "      id int  \n"
                               "  );\n"
                               "open: |-\n"
                               "  no end\n"
                               "\n"
                               "  last\n"
                               "indented: |2+\n"
                               "    a\n"
                               "  b\n"
                               "\n"
                               "\n"
                               "crlf: \"a\\r\\nb\"\n"
                               "count: -5\n"
                               "list:\n"
                               "  - a\n"
                               "  - x: 1s\n"
                               "    z: true\n"
                               "  - - b\n"
                               "    - c\n"
                               "  - {}\n"
                               "none: []\n");
}

/* Write the text at several places of a document, read it back, compare. */
static void round_trip(const char *s, size_t n)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct yaml_out *y = yaml_out_new(&b);
    struct err e;
    yaml_out_map(y);
    yaml_out_cstr(y, "first");
    yaml_out_string(y, s, n);
    yaml_out_cstr(y, "deep");
    yaml_out_list(y);
    yaml_out_string(y, s, n);
    yaml_out_map(y);
    yaml_out_cstr(y, "one");
    yaml_out_string(y, s, n);
    yaml_out_cstr(y, "two");
    yaml_out_list(y);
    yaml_out_string(y, s, n);
    yaml_out_end(y);
    yaml_out_end(y);
    yaml_out_end(y);
    yaml_out_cstr(y, "keys");
    yaml_out_map(y);
    yaml_out_string(y, s, n < 100 ? n : 0);
    yaml_out_string(y, s, n);
    yaml_out_end(y);
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, &e), 0);
    struct yaml_doc *doc;
    if (yaml_load(&a, "out", (struct slice){b.ptr, b.len}, &doc, &e) != 0) {
        fail_msg("%d:%d: %s\n%s", e.line, e.column, e.message, b.ptr);
    }
    const struct yaml_node *deep = yaml_get(doc->root, "deep"), *keys = yaml_get(doc->root, "keys");
    const struct yaml_node *found[] = {yaml_get(doc->root, "first"),
                                       deep->items[0],
                                       yaml_get(deep->items[1], "one"),
                                       yaml_get(deep->items[1], "two")->items[0],
                                       keys->items[0],
                                       n < 100 ? keys->keys[0] : deep->items[0]};
    for (size_t i = 0; i < COUNT_OF(found); i++) {
        if (found[i]->text.len != n || memcmp(found[i]->text.ptr, s, n) != 0 || yaml_is_null(found[i])) {
            fail_msg("place %zu of\n%s", i, b.ptr);
        }
    }
    bool flag;
    assert_true(yaml_bool(found[0], &flag, NULL) < 0);
}

static void every_text_reads_back(void **state UNUSED)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "\n",
                                        "\n\n",
                                        "\t",
                                        "\r",
                                        "\r\n",
                                        " a",
                                        "a ",
                                        "a\n",
                                        "a\n\n",
                                        "\na",
                                        "\n a",
                                        " a\nb",
                                        "\ta\nb",
                                        "a\n\tb",
                                        "a \nb \n",
                                        "a\n ",
                                        "a\n  \n",
                                        "  \na",
                                        "-",
                                        "- a",
                                        "---",
                                        "--- a",
                                        "...",
                                        "... a",
                                        "...\n",
                                        "# a",
                                        "a #b",
                                        "a: b",
                                        "a:",
                                        ":a",
                                        "?",
                                        "? a",
                                        "!a",
                                        "&a",
                                        "*a",
                                        "@a",
                                        "`a",
                                        "%a",
                                        "|",
                                        ">",
                                        "|\na",
                                        "'",
                                        "\"",
                                        "'a'",
                                        "\"a\"",
                                        "\\",
                                        "\\n",
                                        "[a]",
                                        "{a}",
                                        "a, b",
                                        "null",
                                        "~",
                                        "true",
                                        "y",
                                        "0",
                                        "1e5",
                                        "0x1F",
                                        "12:30",
                                        "2026-11-21",
                                        ".5",
                                        ".inf",
                                        "=",
                                        "<<",
                                        "\x01",
                                        "\x1B[0m",
                                        "\x7F",
                                        "\xC2\x85",
                                        "\xC2\xA0",
                                        "\xE2\x80\xA8",
                                        "\xEF\xBB\xBF",
                                        "\xEF\xBF\xBE",
                                        "\xC3\xA9",
                                        "\xF0\x9F\x98\x80\nx",
                                        "a\x01\nb\n",
                                        "SELECT 1;\r\nSELECT 2;\r\n",
                                        "a\n...\nb",
                                        "a\n---\nb\n",
                                        "%TAG\n%TAG x\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        round_trip(texts[i], strlen(texts[i]));
    }
    round_trip("\0", 1);
    round_trip("a\0b\n", 4);
}

static void random_texts_read_back(void **state UNUSED)
{
    static const char *const pieces[] = {" ",
                                         "\t",
                                         "\n",
                                         "\n",
                                         "\r",
                                         "a",
                                         "b",
                                         "#",
                                         ":",
                                         "-",
                                         "\"",
                                         "'",
                                         "0",
                                         "|",
                                         "\xC2\x85",
                                         "\xE2\x80\xA8",
                                         "\xC3\xA9",
                                         "\x7F",
                                         "\xEF\xBB\xBF",
                                         "%",
                                         "{",
                                         "\r\n",
                                         "null",
                                         "1e5",
                                         "---",
                                         "...",
                                         "?",
                                         "&",
                                         "*",
                                         "!",
                                         "\x01",
                                         ": ",
                                         " #",
                                         "\\"};
    uint32_t seed = 20261121;
    for (int i = 0; i < 20000; i++) {
        char text[128];
        size_t n = 0;
        seed = seed * 1664525 + 1013904223;
        for (uint32_t k = (seed >> 16) % 10; k > 0; k--) {
            seed = seed * 1664525 + 1013904223;
            const char *piece = pieces[(seed >> 16) % COUNT_OF(pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        round_trip(text, n);
    }
}

static void long_lines_are_not_folded(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (int i = 0; i < 20000; i++) {
        strbuf_adds(&b, "word, ");
    }
    round_trip(b.ptr, b.len);
    strbuf_addch(&b, '\n');
    round_trip(b.ptr, b.len);
    strbuf_addch(&b, '\r');
    round_trip(b.ptr, b.len);
}

static void misuse_fails_at_the_end(void **state UNUSED)
{
    struct err e;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct yaml_out *y = yaml_out_new(&b);
    yaml_out_string(y, "\xFF", 1);
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    assert_string_equal(e.message, "cannot write YAML: text that is not UTF-8");
    y = yaml_out_new(&b);
    yaml_out_map(y);
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    assert_string_equal(e.message, "cannot write YAML: a map or list is still open");
    y = yaml_out_new(&b);
    yaml_out_map(y);
    yaml_out_cstr(y, "key");
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    assert_string_equal(e.message, "cannot write YAML: a key without a value");
    y = yaml_out_new(&b);
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    y = yaml_out_new(&b);
    yaml_out_map(y);
    yaml_out_list(y);
    yaml_out_end(y);
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    assert_string_equal(e.message, "cannot write YAML: a key must be text");
    y = yaml_out_new(&b);
    for (int i = 0; i < 100; i++) {
        yaml_out_list(y);
    }
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    assert_string_equal(e.message, "cannot write YAML: nested too deep");
    struct strbuf tiny = {.max = 10};
    y = yaml_out_new(&tiny);
    yaml_out_cstr(y, "more than ten bytes");
    assert_int_equal(yaml_out_finish(y, &e), ERR_FAILED);
    assert_string_equal(e.message, "cannot write YAML: it is too large");
    strbuf_release(&tiny);
    char key[1200];
    memset(key, 'k', sizeof(key));
    y = yaml_out_new(&b);
    yaml_out_map(y);
    yaml_out_string(y, key, sizeof(key));
    yaml_out_int(y, 1);
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, NULL), ERR_FAILED);
}

static void large_documents_take_linear_time(void **state UNUSED)
{
    clock_t start = clock();
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct yaml_out *y = yaml_out_new(&b);
    struct err e;
    yaml_out_map(y);
    yaml_out_cstr(y, "steps");
    yaml_out_list(y);
    for (int i = 0; i < 50000; i++) {
        yaml_out_map(y);
        yaml_out_pair(y, "revision", "3b1c2d4e5f6a");
        yaml_out_pair(y, "sql", "CREATE TABLE x (\n  a int,  \n  b int\n);\n");
        yaml_out_end(y);
    }
    yaml_out_end(y);
    yaml_out_end(y);
    assert_int_equal(yaml_out_finish(y, &e), 0);
    struct yaml_doc *doc;
    assert_int_equal(yaml_load(&a, "t", (struct slice){b.ptr, b.len}, &doc, &e), 0);
    assert_int_equal(yaml_get(doc->root, "steps")->n, 50000);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_form),
                                       cmocka_unit_test(every_text_reads_back),
                                       cmocka_unit_test(random_texts_read_back),
                                       cmocka_unit_test(long_lines_are_not_folded),
                                       cmocka_unit_test(misuse_fails_at_the_end),
                                       cmocka_unit_test(large_documents_take_linear_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
