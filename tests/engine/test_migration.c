/* Running upgrade() and downgrade() of a revision, and how that ends. */
#include "engine/alembic/migration.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct run_case {
    const char *title, *source;
    bool downgrade;
    enum py_stop stop;
    const char *sent; /* the statements, "|" behind each with its line */
    int status;
    const char *message;
    int line;
};

static const struct run_case cases[] = {
    {"upgrade", "from alembic import op\ndef upgrade():\n    op.execute('A')\n    op.execute('B')\n", false,
     PY_RUNNING, "A 3|B 4|", 0, NULL, 0},
    {"downgrade with defaults",
     "from alembic import op\ndef downgrade(name='x', *, n=2, **kw):\n    op.execute(f'{name}{n}')\n", true,
     PY_RUNNING, "x2 3|", 0, NULL, 0},
    {"the line is that of the revision's own call",
     "from alembic import op\ndef go(sql):\n    op.execute(sql)\ndef upgrade():\n    for s in ['A',\n        "
     "      'B']:\n"
     "        go(s)\n",
     false, PY_RUNNING, "A 7|B 7|", 0, NULL, 0},
    {"statements of the module's own level", "from alembic import op\nop.execute('A')\ndef upgrade(): pass\n",
     false, PY_RUNNING, "A 2|", 0, NULL, 0},
    {"no such function", "def upgrade(): pass\n", true, PY_RUNNING, "", ERR_FILE,
     "the revision has no function downgrade()", 0},
    {"a function that another one stands for", "def _nothing(): pass\nupgrade = downgrade = _nothing\n", true,
     PY_RUNNING, "", 0, NULL, 0},
    {"a function out of a condition", "from alembic import op\nif 1:\n    def upgrade(): op.execute('A')\n",
     false, PY_RUNNING, "A 3|", 0, NULL, 0},
    {"parameters that env.py may give", "def upgrade(engine, op):\n    op.execute('A')\n", false, PY_RUNNING,
     "A 2|", 0, NULL, 0},
    {"parameters that env.py may give, used", "def upgrade(engine):\n    engine.execute('A')\n", false,
     PY_REFUSED, "", ERR_REFUSED, NULL, 2},
    {"async", "async def upgrade(): pass\n", false, PY_REFUSED, "", ERR_REFUSED,
     "not supported: upgrade() is an async function", 0},
    {"an exception",
     "from alembic import op\ndef upgrade():\n    op.execute('A')\n    raise ValueError('b')\n", false,
     PY_RAISED, "A 3|", ERR_FILE, "ValueError: b", 4},
    {"a generator that is left behind",
     "from alembic import op\ndef g():\n    try:\n        yield 1\n    finally:\n        op.execute('late')\n"
     "def upgrade():\n    for x in g():\n        break\n",
     false, PY_REFUSED, "", ERR_REFUSED, "not supported: a generator that is left inside try or with", 4},
    {"a generator that is used up",
     "from alembic import op\ndef g():\n    try:\n        yield 1\n    finally:\n        op.execute('A')\n"
     "def upgrade():\n    for x in g():\n        op.execute('B')\n",
     false, PY_RUNNING, "B 9|A 8|", 0, NULL, 0},
    {"rows", "from alembic import op\ndef upgrade():\n    for r in op.get_bind().execute('SELECT 1'): pass\n",
     false, PY_NEEDS_LIVE, NULL, ERR_REFUSED, NULL, 3},
    {"a statement that may fail and be caught",
     "from alembic import op\ndef upgrade():\n    try:\n        op.execute('A')\n    except Exception:\n     "
     "   pass\n",
     false, PY_NEEDS_LIVE, "", ERR_REFUSED, NULL, 4},
    {"a statement in try that catches others",
     "from alembic import op\ndef upgrade():\n    try:\n        op.execute('A')\n    except KeyError:\n      "
     "  pass\n",
     false, PY_RUNNING, "A 4|", 0, NULL, 0},
};

static int take(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                int64_t *affected, struct err *err)
{
    (void)a, (void)rows, (void)affected, (void)err;
    strbuf_addf(arg, "%.*s %d|", (int)s->text.len, s->text.ptr, s->line);
    return 0;
}

static void run(const struct run_case *c)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf sent = STRBUF_INIT;
    struct migration_settings settings = {0};
    struct migration m = {.mode = MIGRATION_PLAN,
                          .dialect = ddl_dialect_of(DDL_POSTGRESQL),
                          .settings = &settings,
                          .downgrade = c->downgrade,
                          .revision = "b",
                          .arg = &sent,
                          .statement = take};
    struct py_node *tree;
    struct err err = {0};
    enum py_stop stop = PY_FAILED;
    assert_int_equal(py_parse(&a, "x.py", slice_of(c->source), &tree, &err), 0);
    int status = migration_run(NULL, &m, "x.py", slice_of(c->source), tree, &stop, &err);
    bool same = stop == c->stop && status == c->status && err.line == c->line;
    same = same && (!c->sent || strcmp(strbuf_cstr(&sent), c->sent) == 0);
    same = same && (!c->message || strcmp(err.message, c->message) == 0);
    if (!same) {
        fail_msg("%s: stop %d, status %d, \"%s\" in line %d, sent \"%s\"", c->title, (int)stop, status,
                 err.message, err.line, strbuf_cstr(&sent));
    }
}

static void revisions_run_one_direction(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        run(&cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(revisions_run_one_direction)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
