/* What is read of a revision file without running it. Each case is read as a whole, and again in a form that
 * the scan leaves to the parser: both say the same. */
#include "base/arena.h"
#include "engine/alembic/python/py_ast.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void add_list(struct strbuf *out, const char *name, const strings_t *list)
{
    if (list->n) {
        strbuf_addf(out, " %s=", name);
    }
    for (size_t i = 0; i < list->n; i++) {
        strbuf_addf(out, "%s%s", i ? "," : "", list->items[i]);
    }
}

/* In one line: "r1 down=a,b labels=c deps=d up empty-down". A name that is not assigned is left out. */
static void describe(struct strbuf *out, const struct py_identifiers *ids)
{
    strbuf_adds(out, !ids->has_revision ? "-" : ids->revision ? ids->revision : "None");
    add_list(out, "down", &ids->down_revision);
    strbuf_adds(out, ids->has_down_revision && !ids->down_revision.n ? " down" : "");
    add_list(out, "labels", &ids->branch_labels);
    add_list(out, "deps", &ids->depends_on);
    strbuf_adds(out, !ids->has_upgrade ? "" : ids->upgrade_empty ? " empty-up" : " up");
    strbuf_adds(out, !ids->has_downgrade ? "" : ids->downgrade_empty ? " empty-down" : " down()");
}

static void read_one(struct slice text, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf got = STRBUF_INIT;
    struct py_identifiers ids;
    struct err err = {0};
    if (py_identifiers(&a, "f.py", text, &ids, &err)) {
        fail_msg("%.*s\n%d: %s", (int)text.len, text.ptr, err.line, err.message);
    }
    describe(&got, &ids);
    if (strcmp(strbuf_cstr(&got), expected) != 0) {
        fail_msg("%.*s\nexpected %s\n     got %s", (int)text.len, text.ptr, expected, strbuf_cstr(&got));
    }
}

static void is_read(const char *text, const char *expected)
{
    read_one(slice_of(text), expected);
    AUTO(strbuf_release) struct strbuf unusual = STRBUF_INIT;
    strbuf_addf(&unusual, "%s\nx = 1; y = 2\n", text);
    read_one((struct slice){unusual.ptr, unusual.len}, expected);
}

static void is_wrong(const char *text, int line, int column, const char *message)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct py_identifiers ids = {.line_revision = 77};
    struct err err = {0};
    int rc = py_identifiers(&a, "f.py", slice_of(text), &ids, &err);
    if (rc != ERR_FILE || err.line != line || err.column != column || !strstr(err.message, message)) {
        fail_msg("%s\nexpected %d:%d: %s\n     got %d %d:%d: %s", text, line, column, message, rc, err.line,
                 err.column, err.message);
    }
    assert_int_equal(ids.line_revision, 77); /* results are written only on success */
}

static void test_values(void **state)
{
    (void)state;
    is_read("", "-");
    is_read("revision = 'a'\ndown_revision = None", "a down");
    is_read("revision = \"a\"\ndown_revision = \"b\"\n", "a down=b");
    is_read("revision: str = 'a'\ndown_revision: Union[str, None] = 'b'\n", "a down=b");
    is_read("revision: str\ndown_revision: str | Sequence[str] | None = None", "- down");
    is_read("revision = 'a'\ndown_revision = ('b', 'c')\nbranch_labels = ['d',]\ndepends_on = {'e', 'f'}",
            "a down=b,c labels=d deps=e,f");
    is_read("revision = 'a'\ndown_revision = (\n    'b',  # why\n    'c',\n)\n", "a down=b,c");
    is_read("revision = ('a')\ndown_revision = ('b')\n", "a down=b");
    is_read("revision = 'a' 'b'\ndown_revision = u'c'\n", "ab down=c");
    is_read("revision = r'a'\ndown_revision = 'b\\x63'", "a down=bc");
    is_read("revision = 'a'\nrevision = 'b'\n", "b");
    is_read("revision = 'a'\ndown_revision = ()\n", "a down");
    is_read("revision = down_revision = 'a'", "a down=a");
    is_read("BASE = 'a'\nrevision = BASE\n", "a");
    is_read("x = ['a', 'b']\ny = x\nrevision = 'c'\ndown_revision = y\n", "c down=a,b");
    is_read("revision = \\\n  'a'\n", "a");
    is_read("revision='a';down_revision='b'\n", "a down=b");
    is_read("revision   =   'a'   # it\n", "a");
    is_read("revision = None\n", "None");
}

static void test_elsewhere(void **state)
{
    (void)state;
    is_read("def f():\n    revision = 'a'\n", "-");
    is_read("if x:\n    revision = 'a'\n", "-");
    is_read("'''\nrevision = 'a'\n'''\n", "-");
    is_read("x = '''\nrevision = 'a'\n'''\n", "-");
    is_read("f(\nrevision = 'a'\n)\n", "-");
    is_read("def g():\n  f(\nrevision = 'a'\n  )\n", "-");
    is_read("def g():\n  f('''\nrevision = 'a'\n  ''')\n", "-");
    is_read("def g():\n  f(\"\"\"'''\nrevision = 'a'\n  ''' \\\"\"\"\"\n  )\n", "-");
    is_read("def g():\n  # '''\n  x = \"''\"\nrevision = 'a'\n", "a");
    is_read("def g():\n  x = 'a\\\nrevision = 1'\nrevision = 'b'\n", "b");
    is_read("def g():\n  x = f'{y['''a\nrevision = 1\n''']}'\nrevision = 'b'\n", "b");
    is_read("def g():\n  x = '\"\"\"'\n\nrevision = 'a'\nx = '\"\"\"'\n", "a");
    is_read("# revision = 'a'\nrevisions = 'b'\nrevision_ = 'c'\nrevision.x = 1\nrevision[0] = 1\n", "-");
    is_read("import revision\nfrom x import down_revision\nrevision\n", "-");
    is_read("revision == 'a'\n", "-");
}

static void test_functions(void **state)
{
    (void)state;
    is_read("def upgrade():\n    op.x()\n\ndef downgrade():\n    op.y()\n", "- up down()");
    is_read("def upgrade(): pass\ndef downgrade():\n    pass\n", "- empty-up empty-down");
    is_read("def upgrade() -> None:\n    '''Doc.'''\n    pass\n\n# end\n", "- empty-up");
    is_read("def upgrade():\n    '''Doc\nof lines'''\n", "- empty-up");
    is_read("def upgrade():\n    ...\ndef downgrade():\n    '''Doc''' + f()\n", "- empty-up down()");
    is_read(
        "def upgrade():\n    # why\n\n    pass  # so\n    pass; pass\ndef downgrade():\n    pass\n    x\n",
        "- empty-up down()");
    is_read("def upgrade(op=None, *, a: dict[str, int] = {1: 2}):\n    x\n", "- up");
    is_read("async def upgrade():\n    x\n", "- up");
    is_read("@decorated(\n  by=1)\ndef upgrade():\n    x\n", "- up");
    is_read("def upgrade(): x\ndef downgrade(): f'{x}'\n", "- up down()");
    is_read("def upgrade():\n    f'''{x}\n'''\n    pass\ndef downgrade():\n    pass\n", "- up empty-down");
    is_read("upgrade = downgrade = f\n", "- up down()");
    is_read("from x import upgrade, y as downgrade\n", "- up down()");
    is_read("if x:\n    def upgrade(): y\nelse:\n    def downgrade(): pass\n", "- up empty-down");
    is_read("try:\n    from x import upgrade\nexcept E:\n    downgrade = 1\n", "- up down()");
    is_read("class C:\n    def upgrade(self): x\n", "-");
    is_read("def f():\n    def upgrade(): x\n", "-");
    is_read("def upgrade():\n    'a' \"b\"; ...\ndef downgrade(): b'a'\n", "- empty-up down()");
    is_read("def upgrade_all(): x\nupgrade()\n# downgrade\n", "-");
    is_read("def upgrade():\n\tx\ndef downgrade():\n\tpass\n", "- up empty-down");
    is_read("def upgrade(): x\ndef upgrade(): pass\n", "- empty-up");
}

static void test_docstring(void **state)
{
    (void)state;
    static const struct {
        const char *text, *doc;
    } cases[] = {
        {"'''Message\n\nRevision ID: a\n'''\nrevision = 'a'\n", "Message\n\nRevision ID: a\n"},
        {"# comment\n\n\"Message\"\n", "Message"},
        {"\xEF\xBB\xBF'é'\r\nrevision = 'a'\r\n", "é"},
        {"r'''a\\d'''\n", "a\\d"},
        {"'a\\tb'\n", "a\tb"},
        {"'a' 'b'\n", "ab"},
        {"''\n", ""},
        {"x = 1\n'Message'\n", NULL},
        {"f'Message'\n", NULL},
        {"b'Message'\n", NULL},
        {"'Message' + x\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct py_identifiers ids;
        struct err err = {0};
        assert_int_equal(py_identifiers(&a, "f.py", slice_of(cases[i].text), &ids, &err), 0);
        assert_int_equal(ids.doc.ptr != NULL, cases[i].doc != NULL);
        assert_true(slice_eq(ids.doc, cases[i].doc ? cases[i].doc : ""));
    }
}

static void test_lines(void **state)
{
    (void)state;
    for (int unusual = 0; unusual < 2; unusual++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        struct py_identifiers ids;
        struct err err = {0};
        strbuf_adds(&text, "'''Doc\n'''\nfrom x import (\n a)\n\nrevision = 'a'\ndown_revision: str = 'b'\n"
                           "# why\nbranch_labels = None\n\ndepends_on = (\n    'c',\n)\n");
        strbuf_adds(&text, unusual ? "x = 1; y = 2\n" : "");
        assert_int_equal(py_identifiers(&a, "f.py", (struct slice){text.ptr, text.len}, &ids, &err), 0);
        assert_int_equal(ids.line_revision, 6);
        assert_int_equal(ids.line_down_revision, 7);
        assert_int_equal(ids.line_branch_labels, 9);
        assert_int_equal(ids.line_depends_on, 11);
    }
}

static void test_errors(void **state)
{
    (void)state;
    is_wrong("revision = f()\n", 1, 12, "revision is not a literal: expected a string");
    is_wrong("revision = 12\n", 1, 12, "revision is not a literal");
    is_wrong("revision = ('a',)\n", 1, 12, "revision is not a literal");
    is_wrong("revision = f'a'\n", 1, 12, "revision is not a literal");
    is_wrong("revision = b'a'\n", 1, 12, "revision is not a literal");
    is_wrong("revision = 'a' + 'b'\n", 1, 12, "revision is not a literal");
    is_wrong("revision = 'a\\0b'\n", 1, 12, "revision is not a literal");
    is_wrong("revision = UNKNOWN\n", 1, 12, "revision is not a literal");
    is_wrong("A = f()\nrevision = A\n", 2, 12, "revision is not a literal");
    is_wrong("revision, x = 'a', 1\n", 1, 1, "revision is not a literal");
    is_wrong("x, *revision = 'a', 1\n", 1, 5, "revision is not a literal");
    is_wrong("revision += 'a'\n", 1, 1, "revision is not a literal");
    is_wrong("down_revision = ('a', None)\n", 1, 17,
             "down_revision is not a literal: expected a string, None, or");
    is_wrong("down_revision = (('a',), 'b')\n", 1, 17, "down_revision is not a literal");
    is_wrong("branch_labels = {'a': 'b'}\n", 1, 17, "branch_labels is not a literal");
    is_wrong("\ndepends_on = [x]\n", 2, 14, "depends_on is not a literal");
    is_wrong("revision = 'a\n", 1, 12, "unterminated string literal");
    is_wrong("revision = ('a'\n", 1, 12, "'(' was never closed");
    is_wrong("x = '''\n", 1, 5, "unterminated triple-quoted string literal");
    is_wrong("def f():\n    x = '''\nrevision = 'a'\n", 2, 9, "unterminated triple-quoted string literal");
    is_wrong("import x)\n", 1, 9, "unmatched ')'");
    is_wrong("revision 'a'\n", 1, 10, "invalid syntax");
    is_wrong("1 = 2\n", 1, 1, "cannot assign to literal");
}

/* However much stands behind it, and whatever: the identifiers come first. */
static void test_long_files(void **state)
{
    (void)state;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "revision = 'a'\ndown_revision = 'b'\n\ndef upgrade():\n");
    for (int i = 0; i < 20000; i++) {
        strbuf_addf(&text, "    op.execute('''\nrevision = %d\n''', \"'\")  # '\"\n", i);
    }
    strbuf_adds(&text, "\n\ndef downgrade():\n    pass\n");
    read_one((struct slice){text.ptr, text.len}, "a down=b up empty-down");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),     cmocka_unit_test(test_elsewhere), cmocka_unit_test(test_functions),
        cmocka_unit_test(test_docstring),  cmocka_unit_test(test_lines),     cmocka_unit_test(test_errors),
        cmocka_unit_test(test_long_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
