/*
 * Operations of Alembic through the interpreter, on every dialect, compared with what Alembic writes offline
 * (data/operations.txt). Nothing may differ; what is refused is counted, and listed with VERBOSE=1.
 */
#include "base/file.h"
#include "engine/alembic/migration.h"
#include "engine/ddl/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Refusals there may be: the cases that batch mode makes a table anew for. */
#define REFUSALS_MAX 32

static const struct ddl_naming naming = {
    .items = (struct ddl_naming_item[]){{"ix", "ix_%(column_0_label)s"},
                                        {"uq", "uq_%(table_name)s_%(column_0_N_name)s"},
                                        {"ck", "ck_%(table_name)s_%(constraint_name)s"},
                                        {"fk", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"},
                                        {"pk", "pk_%(table_name)s"}},
    .n = 5};

struct answer {
    struct strbuf text;
    const struct ddl_dialect *dialect;
};

static void add_statement(struct strbuf *out, const char *text, size_t n)
{
    strbuf_adds(out, out->len ? "\n\n" : "");
    strbuf_add(out, text, n);
    strbuf_adds(out, ";");
}

static int take(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                int64_t *affected, struct err *err)
{
    struct answer *answer = arg;
    (void)a;
    (void)rows;
    (void)affected;
    (void)err;
    if (s->kind == MIGRATION_STATEMENT) {
        add_statement(&answer->text, s->text.ptr, s->text.len);
    } else if (answer->dialect->transactional_ddl) {
        const char *word = s->kind == MIGRATION_AUTOCOMMIT ? "COMMIT" : "BEGIN";
        add_statement(&answer->text, word, strlen(word));
    }
    return 0;
}

static void ask(const char *preamble, const char *source, bool named, struct ddl_seen_types *types,
                struct answer *answer)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf python = STRBUF_INIT;
    struct migration_settings settings = {.naming = named ? &naming : NULL};
    struct migration m = {.mode = MIGRATION_OFFLINE,
                          .dialect = answer->dialect,
                          .settings = &settings,
                          .arg = answer,
                          .types = types,
                          .statement = take};
    strbuf_addf(&python, "%s%s\ndef upgrade():\n    pass\n", preamble, source);
    struct slice text = {python.ptr, python.len};
    struct py_node *tree;
    struct err err = {0};
    enum py_stop stop;
    assert_int_equal(py_parse(&a, "operations.py", text, &tree, &err), 0);
    if (migration_run(NULL, &m, "operations.py", text, tree, &stop, &err) < 0) {
        strbuf_adds(&answer->text, answer->text.len ? "\n\n" : "");
        strbuf_addf(&answer->text, stop == PY_REFUSED || stop == PY_NEEDS_LIVE ? "refused: %s" : "! %s",
                    err.message);
    }
}

static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            *to++ = *s == 'n' ? '\n' : *s;
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
}

static int asked, different, refused;

/* An exception without a message is written with and without the colon; functions of alembic.op are methods
 * in Alembic, which their messages count as an argument. */
static bool same(const char *got, const char *expected)
{
    const char *counts = " positional argument";
    if (strstr(got, counts) && strstr(expected, counts)) {
        return strncmp(got, expected, strcspn(expected, ")")) == 0;
    }
    const char *from = strstr(expected, "literal value \""), *to = strstr(expected, "\" with datatype");
    const char *value = strstr(got, "\" with datatype");
    if (from && to && value && strchr(from, '{')) { /* a dict is shown otherwise */
        return strncmp(got, expected, (size_t)(from - expected)) == 0 && strcmp(to, value) == 0;
    }
    size_t n = strlen(expected), k = strlen(got);
    n -= n > 2 && strcmp(expected + n - 2, ": ") == 0 ? 2 : 0;
    k -= k > 2 && strcmp(got + k - 2, ": ") == 0 ? 2 : 0;
    return n == k && memcmp(got, expected, n) == 0;
}

static void compare(const char *preamble, const char *source, bool named, const char *dialect, char *expected)
{
    for (int kind = 0; kind < DDL_DIALECT_COUNT; kind++) {
        struct answer answer = {STRBUF_INIT, ddl_dialect_of((enum ddl_dialect_kind)kind)};
        if (strcmp(dialect, "*") != 0 && strcmp(dialect, answer.dialect->name) != 0) {
            continue;
        }
        ask(preamble, source, named, NULL, &answer);
        const char *got = strbuf_cstr(&answer.text);
        asked++;
        if (!same(got, expected)) {
            bool no = strstr(got, "refused: ") != NULL;
            refused += no;
            different += !no;
            if (!no || getenv("VERBOSE")) {
                print_message("%s\non %s:\n%s\nexpected:\n%s\n\n", source, answer.dialect->name, got,
                              expected);
            }
        }
        strbuf_release(&answer.text);
    }
}

static void operations_write_what_alembic_writes(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf preamble = STRBUF_INIT;
    AUTO(strbuf_release) struct strbuf source = STRBUF_INIT;
    struct slice file, line;
    struct err err = {0};
    bool named = false, answered = true;
    assert_int_equal(file_read(&a, "tests/engine/data/operations.txt", 0, &file, &err), 0);
    const char *only = getenv("ONLY");
    while (slice_cut(&file, '\n', &line)) {
        char *text = slice_dup(&a, line);
        char *tab = strchr(text, '\t');
        if (strncmp(text, "| ", 2) == 0) {
            strbuf_addf(&preamble, "%s\n", text + 2);
        } else if (strncmp(text, "> ", 2) == 0 || strcmp(text, ">") == 0) {
            if (answered) {
                strbuf_clear(&source);
                named = answered = false;
            }
            strbuf_addf(&source, "%s\n", text[1] ? text + 2 : "");
        } else if (strcmp(text, "@naming") == 0) {
            named = true;
        } else if (tab) {
            answered = true;
            *tab = '\0';
            unescape(tab + 1);
            if (!only || strstr(strbuf_cstr(&source), only)) {
                compare(strbuf_cstr(&preamble), strbuf_cstr(&source), named, text, tab + 1);
            }
        }
    }
    print_message("%d answers, %d different, %d refused\n", asked, different, refused);
    assert_true(only || asked > 2000);
    assert_int_equal(different, 0);
    assert_true(refused <= REFUSALS_MAX);
}

/* Alembic creates a named type once a run, whatever revision needs it first. */
static void a_type_is_created_once_a_run(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct ddl_seen_types types = {.arena = &a};
    static const char preamble[] = "import sqlalchemy as sa\nfrom alembic import op\n";
    static const char *const rows[][2] = {
        {"op.create_table('t', sa.Column('a', sa.Enum('x', name='e')))",
         "CREATE TYPE e AS ENUM ('x');\n\nCREATE TABLE t (\n    a e\n);"},
        {"op.create_table('u', sa.Column('a', sa.Enum('x', name='e')))", "CREATE TABLE u (\n    a e\n);"},
        {"op.create_table('v', sa.Column('a', sa.Enum('x', name='e', schema='s')))",
         "CREATE TYPE s.e AS ENUM ('x');\n\nCREATE TABLE v (\n    a s.e\n);"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct answer answer = {STRBUF_INIT, ddl_dialect_of(DDL_POSTGRESQL)};
        ask(preamble, rows[i][0], false, &types, &answer);
        assert_string_equal(strbuf_cstr(&answer.text), rows[i][1]);
        strbuf_release(&answer.text);
    }
}

/* What a run would do depends on rows, on the schema, or on what the server says: the plan is not guessed. */
static void a_plan_stops_where_the_database_decides(void **state)
{
    (void)state;
    static const char preamble[] = "import sqlalchemy as sa\nfrom alembic import op\n";
    static const char *const sources[] = {
        "try:\n    op.execute('x')\nexcept Exception:\n    pass",
        "sa.Table('t', sa.MetaData(), sa.Column('a', sa.Integer)).create(op.get_bind(), checkfirst=True)",
        "sa.MetaData().reflect(op.get_bind())",
        "op.get_bind().execute(sa.text('select 1')).scalar()",
    };
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct answer answer = {STRBUF_INIT, ddl_dialect_connected(DDL_POSTGRESQL)};
        struct migration_settings settings = {0};
        struct migration m = {.mode = MIGRATION_PLAN,
                              .dialect = answer.dialect,
                              .settings = &settings,
                              .arg = &answer,
                              .statement = take};
        char *text = arena_printf(&a, "%s%s\ndef upgrade():\n    pass\n", preamble, sources[i]);
        struct py_node *tree;
        struct err err = {0};
        enum py_stop stop = PY_RUNNING;
        assert_int_equal(py_parse(&a, "plan.py", slice_of(text), &tree, &err), 0);
        assert_true(migration_run(NULL, &m, "plan.py", slice_of(text), tree, &stop, &err) < 0);
        assert_int_equal(stop, PY_NEEDS_LIVE);
        strbuf_release(&answer.text);
    }
}

/* The server is there: DEFAULT with an expression in parentheses, tabs as they are. */
static void a_plan_writes_what_a_server_takes(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const char source[] =
        "import sqlalchemy as sa\nfrom alembic import op\ndef upgrade():\n"
        "    op.add_column('t', sa.Column('a', sa.String(36), server_default=sa.text('uuid()')))\n"
        "    op.create_table('u', sa.Column('a', sa.Integer))\n"
        "    op.execute(\"INSERT INTO t VALUES ('x\\ty')\")\n";
    struct answer answer = {STRBUF_INIT, ddl_dialect_connected(DDL_MYSQL)};
    struct migration_settings settings = {0};
    struct migration m = {.mode = MIGRATION_PLAN,
                          .dialect = answer.dialect,
                          .settings = &settings,
                          .arg = &answer,
                          .statement = take};
    struct py_node *tree;
    struct err err = {0};
    enum py_stop stop = PY_RUNNING;
    assert_int_equal(py_parse(&a, "plan.py", slice_of(source), &tree, &err), 0);
    assert_int_equal(migration_run(NULL, &m, "plan.py", slice_of(source), tree, &stop, &err), 0);
    assert_string_equal(strbuf_cstr(&answer.text),
                        "ALTER TABLE t ADD COLUMN a VARCHAR(36) DEFAULT (uuid());\n\n"
                        "CREATE TABLE u (\n\ta INTEGER\n);\n\n"
                        "INSERT INTO t VALUES ('x\ty');");
    strbuf_release(&answer.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operations_write_what_alembic_writes),
                                       cmocka_unit_test(a_type_is_created_once_a_run),
                                       cmocka_unit_test(a_plan_stops_where_the_database_decides),
                                       cmocka_unit_test(a_plan_writes_what_a_server_takes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
