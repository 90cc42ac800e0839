/*
 * Templates of revision files. With files named as arguments the program prints what each renders to as a
 * line of JSON (null for one that is refused or wrong), for compare_mako.py, which asks Mako the same.
 */
#include "base/arena.h"
#include "base/file.h"
#include "engine/alembic/project/mako.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct mako_name items[] = {
    {"message", "'add a \"thing\"'"},
    {"up_revision", "'1a2b'"},
    {"down_revision", "('a', 'b')"},
    {"branch_labels", "None"},
    {"create_date", "datetime.datetime(2026, 3, 4, 5, 6, 7, 89)"},
    {"comma", "comma"},
    {"imports", "''"},
    {"upgrades", "''"},
};
static const struct mako_names names = {
    "import datetime\n"
    "def comma(value):\n"
    "    return '' if value is None else value if isinstance(value, str) else ', '.join(value)\n",
    items, COUNT_OF(items)};

static void rendered(void **state UNUSED)
{
    static const struct {
        const char *template, *text;
    } cases[] = {
        {"", ""},
        {"plain\n", "plain\n"},
        {"\"\"\"${message}\"\"\"\n", "\"\"\"add a \"thing\"\"\"\"\n"},
        {"${down_revision | comma,n}", "a, b"},
        {"${ down_revision|n,comma }", "a, b"},
        {"${repr(down_revision)}", "('a', 'b')"},
        {"${branch_labels}", "None"},
        {"${create_date}", "2026-03-04 05:06:07.000089"},
        {"${create_date.strftime('%Y')}", "2026"},
        {"    ${upgrades if upgrades else \"pass\"}\n", "    pass\n"},
        {"${'}' + \"|\"}", "}|"},
        {"${{'a': {'b': 1}}['a']['b']}", "1"},
        {"${'  x ' | trim}", "x"},
        {"${(\n up_revision # comment }\n)}", "1a2b"},
        {"## comment\na\n  ## comment\nb ## text\n", "a\nb ## text\n"},
        {"## comment \\\nstill\na", "a"},
        {"a\\\nb\\\r\nc\\d\n", "abc\\d\n"},
        {"a<%doc>x ${y}\n</%doc>b", "ab"},
        {"a<%text>${x}\n## y</%text>b", "a${x}\n## yb"},
        {"# -*- coding: utf-8 -*-\na\n", "a\n"},
        {"# comment of Python\na < b $ {x}\n", "# comment of Python\na < b $ {x}\n"},
        {"import sqlmodel\r\n${up_revision}\r\n", "import sqlmodel\r\n1a2b\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
        struct err err = {0};
        if (mako_render("x.mako", slice_of(cases[i].template), &names, &out, &err)) {
            fail_msg("%s: %s", cases[i].template, err.message);
        }
        assert_string_equal(strbuf_cstr(&out), cases[i].text);
    }
}

static void refused(void **state UNUSED)
{
    static const struct {
        const char *template;
        int status, line, column;
        const char *message;
    } cases[] = {
        {"a\n% for x in y:\n", ERR_REFUSED, 2, 1, "template control"},
        {"a\n  %% b\n", ERR_REFUSED, 2, 3, "template control"},
        {"<%! import re %>", ERR_REFUSED, 1, 1, "Python block"},
        {"a <% x = 1 %>", ERR_REFUSED, 1, 3, "tag or a Python block"},
        {"<%def name=\"x()\">", ERR_REFUSED, 1, 1, "tag or a Python block"},
        {"</%text>", ERR_REFUSED, 1, 1, "closing tag"},
        {"<%text>a", ERR_FILE, 1, 1, "<%text> has no end"},
        {"a\n${message", ERR_FILE, 2, 1, "has no end"},
        {"${'x}", ERR_FILE, 1, 1, "has no end"},
        {"${message | h}", ERR_REFUSED, 1, 1, "the filter \"h\""},
        {"a\nb ${nothing}", ERR_FILE, 2, 3, "nothing"},
        {"${1 / 0}", ERR_FILE, 1, 1, "ZeroDivisionError"},
        {"${message +}", ERR_FILE, 1, 1, ""},
        {"${}", ERR_FILE, 1, 1, "empty"},
        {"${None | n}", ERR_FILE, 1, 1, "gives no text"},
        {"# coding: latin-1\na", ERR_REFUSED, 1, 3, "another encoding"},
        {"a\n\xFF", ERR_FILE, 2, 1, "not UTF-8"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
        struct err err = {0};
        int rc = mako_render("x.mako", slice_of(cases[i].template), &names, &out, &err);
        if (rc != cases[i].status || err.status != rc || err.line != cases[i].line ||
            err.column != cases[i].column || strcmp(err.file, "x.mako") != 0 ||
            !strstr(err.message, cases[i].message)) {
            fail_msg("%s: %d %s:%d:%d: %s", cases[i].template, rc, err.file, err.line, err.column,
                     err.message);
        }
    }
}

/* What a text is quoted to is read back as that text. */
static void quoting(void **state UNUSED)
{
    static const char *const texts[] = {
        "", "a", "it's \"so\"", "back\\slash", "tab\tline\nend", "gr\xC3\xB6\xC3\x9F"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(strbuf_release) struct strbuf source = STRBUF_INIT;
        AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
        struct err err = {0};
        mako_quote(&source, texts[i]);
        struct mako_name x = {"x", strbuf_cstr(&source)};
        assert_int_equal(mako_render("x", SLICE("${x}"), &(struct mako_names){NULL, &x, 1}, &out, &err), 0);
        assert_string_equal(strbuf_cstr(&out), texts[i]);
    }
}

static void print_file(const char *path)
{
    AUTO(arena_release) struct arena arena = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    struct slice text;
    bool wrong = file_read(&arena, path, 0, &text, &err) || mako_render(path, text, &names, &out, &err);
    json_t *found = wrong ? json_null() : json_stringn(strbuf_cstr(&out), out.len);
    char *line = json_dumps(found, JSON_ENCODE_ANY);
    puts(line);
    free(line);
    json_decref(found);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        print_file(argv[i]);
    }
    if (argc > 1) {
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(rendered), cmocka_unit_test(refused),
                                       cmocka_unit_test(quoting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
