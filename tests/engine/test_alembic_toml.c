/*
 * TOML documents as tomllib reads them. With files named as arguments the program prints what it reads in
 * each as a line of JSON, for compare_toml.py, which asks tomllib the same.
 */
#include "base/file.h"
#include "engine/alembic/project/toml.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static void interpreted(void **state UNUSED)
{
    static const char text[] =
        "[build-system]\nrequires = [\"x\"]\n[tool.alembic] # comment\n"
        "script_location = \"%(here)s/x\"\nrecursive = true\ntruncate = 0x_28\n"
        "version_locations = [\n  'a', # one\n  \"b\\u00e9\",\n]\n"
        "[[tool.alembic.hooks]]\nname = \"black\"\n[[tool.alembic.hooks]]\nname = \"\"\"\nruff\"\"\"\n";
    struct toml_doc *doc = NULL;
    struct err err = {0};
    assert_int_equal(toml_parse(&arena, "x.toml", slice_of(text), &doc, &err), ERR_FILE);
    assert_int_equal(err.line, 6);
    AUTO(strbuf_release) struct strbuf fixed = STRBUF_INIT;
    strbuf_adds(&fixed, text);
    memcpy(strstr(fixed.ptr, "0x_28"), "0x2_8", 5);
    assert_int_equal(toml_parse(&arena, "x.toml", slice_of(fixed.ptr), &doc, &err), 0);
    const struct toml_node *alembic = toml_get(toml_get(doc->root, "tool"), "alembic");
    assert_non_null(alembic);
    assert_true(slice_eq(toml_get(alembic, "script_location")->text, "%(here)s/x"));
    assert_true(toml_get(alembic, "recursive")->boolean);
    int64_t number = 0;
    assert_true(toml_integer(toml_get(alembic, "truncate"), &number));
    assert_int_equal(number, 40);
    const struct toml_node *locations = toml_get(alembic, "version_locations");
    assert_int_equal(locations->items.n, 2);
    assert_true(slice_eq(locations->items.items[1]->text, "b\xC3\xA9"));
    assert_int_equal(toml_get(alembic, "hooks")->items.n, 2);
    assert_true(slice_eq(toml_get(toml_get(alembic, "hooks")->items.items[1], "name")->text, "ruff"));
    assert_null(toml_get(alembic, "nothing"));
    assert_null(toml_get(NULL, "nothing"));
    toml_error(doc, toml_get(alembic, "recursive"), &err, "expected text");
    assert_int_equal(err.line, 5);
    assert_int_equal(err.column, 13);
}

static void refused(void **state UNUSED)
{
    static const struct {
        const char *text;
        int line, column;
        const char *message;
    } cases[] = {
        {"a = 1\na = 2\n", 2, 1, "has its value already"},
        {"[a]\n[a]\n", 2, 1, "is there already"},
        {"[a]\nb.c = 1\n[a.b]\n", 3, 1, "is there already"},
        {"[a.b]\n[a]\nb.c = 1\n", 3, 1, "section of its own"},
        {"a = {b = 1}\n[a.c]\n", 2, 1, "has its value already"},
        {"a = [1]\n[[a]]\n", 2, 1, "has its value already"},
        {"a = {b = 1,}\n", 1, 12, "expected a key"},
        {"a = \"x\nb = 1\n", 1, 5, "no end on its line"},
        {"a = \"\\x\"\n", 1, 6, "begins no escape"},
        {"a = \"\\uD800\"\n", 1, 6, "stands for no character"},
        {"a = 01\n", 1, 6, "end of the line"},
        {"a = 2021-02-30\n", 1, 5, "no such day"},
        {"a = \n", 1, 5, "expected a value"},
        {"a 1\n", 1, 3, "expected \"=\""},
        {"[a\n", 1, 3, "expected \"]\""},
        {"a = 1 b = 2\n", 1, 7, "end of the line"},
        {"a = \xFF\n", 1, 5, "not UTF-8"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = {0};
        struct toml_doc *doc = NULL;
        assert_int_equal(toml_parse(&arena, "x.toml", slice_of(cases[i].text), &doc, &err), ERR_FILE);
        if (err.line != cases[i].line || err.column != cases[i].column ||
            !strstr(err.message, cases[i].message)) {
            fail_msg("%s: %d:%d: %s", cases[i].text, err.line, err.column, err.message);
        }
    }
}

static void nesting_ends(void **state UNUSED)
{
    static const char *const openings[] = {"[", "{a=", "[{a="};
    for (size_t i = 0; i < COUNT_OF(openings); i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        strbuf_adds(&text, "a = ");
        for (int k = 0; k < 100000; k++) {
            strbuf_adds(&text, openings[i]);
        }
        struct err err = {0};
        struct toml_doc *doc = NULL;
        assert_int_equal(toml_parse(&arena, "x.toml", slice_of(strbuf_cstr(&text)), &doc, &err), ERR_FILE);
        assert_non_null(strstr(err.message, "nested deeper"));
    }
}

static json_t *to_json(const struct toml_node *n)
{
    if (n->kind == TOML_BOOLEAN) {
        return json_boolean(n->boolean);
    }
    if (n->kind == TOML_TABLE || n->kind == TOML_ARRAY) {
        json_t *all = n->kind == TOML_TABLE ? json_object() : json_array();
        for (size_t i = 0; i < n->items.n; i++) {
            json_t *item = to_json(n->items.items[i]);
            if (n->kind == TOML_ARRAY) {
                json_array_append_new(all, item);
            } else {
                json_object_setn_new(all, n->keys.items[i].ptr, n->keys.items[i].len, item);
            }
        }
        return all;
    }
    int64_t number;
    if (toml_integer(n, &number)) {
        return json_integer(number);
    }
    return json_pack("[s, s%]", toml_kind_name(n->kind), n->text.ptr, n->text.len);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct err err = {0};
        struct slice text;
        struct toml_doc *doc = NULL;
        bool wrong = file_read(&arena, argv[i], TOML_FILE_MAX, &text, &err) ||
                     toml_parse(&arena, argv[i], text, &doc, &err);
        json_t *found = wrong ? json_false() : to_json(doc->root);
        char *line = json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY);
        puts(line);
        free(line);
        json_decref(found);
        arena_release(&arena);
    }
    if (argc > 1) {
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(interpreted, release),
        cmocka_unit_test_teardown(refused, release),
        cmocka_unit_test_teardown(nesting_ends, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
