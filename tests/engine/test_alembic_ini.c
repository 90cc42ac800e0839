/*
 * INI files as configparser reads them. With files named as arguments the program prints what it reads in
 * each as a line of JSON, for compare_ini.py, which asks configparser the same.
 */
#include "base/file.h"
#include "engine/alembic/project/ini.h"
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

static struct ini *parse(const char *text, struct err *err)
{
    struct ini *ini = NULL;
    int rc = ini_parse(&arena, "x.ini", slice_of(text), &ini, err);
    assert_true((rc == 0) == (ini != NULL));
    return ini;
}

static void values(void **state UNUSED)
{
    static const struct {
        const char *text, *name, *value;
    } cases[] = {
        {"[alembic]\na = b\n", "a", "b"},
        {"[alembic]\na: b = c\n", "a", "b = c"},
        {"[alembic]\na = b : c\n", "a", "b : c"},
        {"[alembic]\nA_B = x\n", "a_b", "x"},
        {"[alembic]\na =\n", "a", ""},
        {"[alembic]\na = postgresql://u:p@h/d ; not a comment # nor this\n", "a",
         "postgresql://u:p@h/d ; not a comment # nor this"},
        {"[alembic]\na = one\n  two\n\n  three\n\n\nb = x\n", "a", "one\ntwo\n\nthree"},
        {"[alembic]\na = one\n# comment\n  # comment\n  two\n", "a", "one\ntwo"},
        {"[alembic]\n  a = 1\n  b = 2\n", "b", "2"},
        {"[alembic]\na = 1\n  b = 2\n", "a", "1\nb = 2"},
        {"[DEFAULT]\nd = x\n[alembic]\na = %(d)s/%(D)s%%\n", "a", "x/x%"},
        {"[alembic]\na = %(here)s/x\n", "a", "/somewhere/100%/x"},
        {"[DEFAULT]\nhere = y\n[alembic]\na = %(here)s/x\n", "a", "y/x"},
        {"\xEF\xBB\xBF[alembic]\r\na = b\r\n", "a", "b"},
        {"[alembic]\ra = b\rc = d", "c", "d"},
        {"[alembic] trailing\na = b\n", "a", "b"},
        {"[alembic]\na = \xC2\xA0x\xE3\x80\x80\n", "a", "x"},
        {"[alembic]\na\tb = c\n", "a\tb", "c"},
        {"[other]\na = c\n[alembic]\n", "a", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = {0};
        const char *found = "unset";
        struct ini *ini = parse(cases[i].text, &err);
        assert_non_null(ini);
        ini_default(ini, "here", "/somewhere/100%");
        assert_int_equal(ini_get(&arena, ini, "alembic", cases[i].name, &found, &err), 0);
        if (cases[i].value) {
            assert_string_equal(found, cases[i].value);
        } else {
            assert_null(found);
        }
        assert_int_equal(ini_has(ini, "alembic", cases[i].name), cases[i].value != NULL);
    }
}

static void refused(void **state UNUSED)
{
    static const struct {
        const char *text;
        int line, column;
        const char *message;
    } cases[] = {
        {"a = b\n", 1, 1, "before the first option"},
        {"[alembic]\n\nwhat\n", 3, 1, "option = value"},
        {"[alembic]\na = 1\nA = 2\n", 3, 1, "\"a\" is there already, on line 2"},
        {"[alembic]\n[b]\n[alembic]\n", 3, 1, "[alembic] is there already, on line 1"},
        {"[alembic]\n[]\n", 2, 1, "option = value"},
        {"[alembic]\n = 2\n", 2, 2, "name is missing"},
        {"[alembic]\na = \xFF\n", 2, 5, "not UTF-8"},
        {"[alembic]\nx = %(y)s\na = %(nothing)s\n", 3, 1, "names %(nothing)s"},
        {"[alembic]\na = 5%\n", 2, 1, "a lone \"%\""},
        {"[alembic]\na = %(b\n", 2, 1, "is no reference"},
        {"[alembic]\na = %()s\n", 2, 1, "is no reference"},
        {"[alembic]\na = %(b)s\nb = %(a)s\n", 2, 1, "go round"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = {0};
        const char *found = NULL;
        struct ini *ini = parse(cases[i].text, &err);
        int rc = ini ? ini_get(&arena, ini, "alembic", "a", &found, &err) : ERR_FILE;
        assert_int_equal(rc, ERR_FILE);
        assert_string_equal(err.file, "x.ini");
        assert_int_equal(err.line, cases[i].line);
        assert_int_equal(err.column, cases[i].column);
        if (!strstr(err.message, cases[i].message)) {
            fail_msg("%s", err.message);
        }
    }
}

/* Ten levels of a thousand references each would take longer than anybody waits. */
static void references_end(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "[alembic]\n");
    for (char c = 'a'; c < 'j'; c++) {
        strbuf_addf(&text, "%c = ", c);
        for (int i = 0; i < 1000; i++) {
            strbuf_addf(&text, "%%(%c)s", c + 1);
        }
        strbuf_addch(&text, '\n');
    }
    strbuf_adds(&text, "j =\n");
    struct err err = {0};
    const char *found = NULL;
    struct ini *ini = parse(strbuf_cstr(&text), &err);
    assert_non_null(ini);
    assert_int_equal(ini_get(&arena, ini, "alembic", "a", &found, &err), ERR_FILE);
    assert_int_equal(ini_get(&arena, ini, "alembic", "i", &found, &err), 0);
    assert_string_equal(found, "");
}

static void names_in_order(void **state UNUSED)
{
    struct err err = {0};
    struct ini *ini = parse("[DEFAULT]\nz = 1\na = 2\n[alembic]\nb = 1\na = 1\n", &err);
    strings_t names = {0};
    ini_names(&arena, ini, "alembic", &names);
    assert_int_equal(names.n, 3);
    assert_string_equal(names.items[0], "b");
    assert_string_equal(names.items[1], "a");
    assert_string_equal(names.items[2], "z");
    assert_false(ini_has_section(ini, "DEFAULT"));
}

/* {"error": true} or {section: {name: value or null for an error}} */
static json_t *read_file(const char *path, const char *const *sections)
{
    struct err err = {0};
    struct slice text;
    struct ini *ini = NULL;
    json_t *all = json_object();
    if (file_read(&arena, path, INI_FILE_MAX, &text, &err) || ini_parse(&arena, path, text, &ini, &err)) {
        json_object_set_new(all, "error", json_true());
        return all;
    }
    for (size_t i = 0; sections[i]; i++) {
        if (!ini_has_section(ini, sections[i])) {
            continue;
        }
        json_t *section = json_object();
        strings_t names = {0};
        ini_names(&arena, ini, sections[i], &names);
        for (size_t k = 0; k < names.n; k++) {
            const char *value = NULL;
            int rc = ini_get(&arena, ini, sections[i], names.items[k], &value, &err);
            json_object_set_new(section, names.items[k], rc ? json_null() : json_string(value));
        }
        json_object_set_new(all, sections[i], section);
    }
    return all;
}

int main(int argc, char **argv)
{
    static const char *const sections[] = {"alembic", "a", "b", "[", " ", "a b", NULL};
    for (int i = 1; i < argc; i++) {
        json_t *found = read_file(argv[i], sections);
        char *text = json_dumps(found, JSON_COMPACT);
        puts(text);
        free(text);
        json_decref(found);
        arena_release(&arena);
    }
    if (argc > 1) {
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(values, release),
        cmocka_unit_test_teardown(refused, release),
        cmocka_unit_test_teardown(references_end, release),
        cmocka_unit_test_teardown(names_in_order, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
