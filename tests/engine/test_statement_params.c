/*
 * Statements as a run sends them: parameters of the call as literals, one statement for each set of them, and
 * defaults of columns that Python makes.
 */
#include "engine/alembic/vocabulary/vocab.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char preamble[] =
    "import datetime, uuid\n"
    "import sqlalchemy as sa\n"
    "from sqlalchemy.dialects import mysql, postgresql, sqlite\n"
    "t = sa.table('t', sa.column('id', sa.Integer), sa.column('name', sa.String), sa.column('flag', "
    "sa.Boolean),\n"
    "    sa.column('data', sa.JSON), sa.column('at', sa.DateTime))\n"
    "numbers = [10, 20, 30]\n"
    "def take():\n"
    "    return numbers.pop()\n"
    "users = sa.Table('users', sa.MetaData(), sa.Column('id', sa.Integer, primary_key=True),\n"
    "    sa.Column('name', sa.String(9)), sa.Column('n', sa.Integer, default=take),\n"
    "    sa.Column('k', sa.String(2), default='kk'), sa.Column('made', sa.DateTime, "
    "server_default=sa.func.now()),\n"
    "    sa.Column('changed', sa.Integer, onupdate=take))\n"
    "context = sa.Table('context', sa.MetaData(), sa.Column('a', sa.Integer), \n"
    "    sa.Column('b', sa.Integer, default=lambda ctx: 5))\n";

struct call {
    enum ddl_dialect_kind dialect;
    const char *statement, *parameters; /* NULL: none */
    const char *expected;               /* joined by "; ", or "! Error: ...", or "refused: ..." */
};

static const struct call calls[] = {
    {DDL_POSTGRESQL, "sa.text('SELECT :a, :b')", "{'a': 1, 'b': \"it's\"}", "SELECT 1, 'it''s'"},
    {DDL_POSTGRESQL, "sa.text('SELECT :a')", "[{'a': 1}, {'a': None}]", "SELECT 1; SELECT NULL"},
    {DDL_POSTGRESQL, "sa.text('SELECT :a')", "{'a': 1, 'unknown': 2}", "SELECT 1"},
    {DDL_POSTGRESQL, "sa.text('SELECT 1')", "[]", "SELECT 1"},
    {DDL_POSTGRESQL, "sa.text('SELECT :a')", NULL,
     "! StatementError: (sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter 'a'"},
    {DDL_POSTGRESQL, "sa.text('SELECT :a')", "[{'a': 1}, {'b': 2}]",
     "! StatementError: (sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter 'a', in "
     "parameter group 1"},
    {DDL_POSTGRESQL, "sa.text('SELECT :a, :b').bindparams(b=7)", "{'a': True}", "SELECT true, 7"},
    {DDL_POSTGRESQL, "sa.text('SELECT :a').bindparams(a=7)", "{'a': 8}", "SELECT 8"},
    {DDL_POSTGRESQL, "sa.text(r\"SELECT 'a\\\\b', :a, '100%'\")", "{'a': 'c\\\\d:x \\\\:y'}",
     "SELECT 'a\\\\b', 'c\\d:x \\:y', '100%'"},
    {DDL_MYSQL, "sa.text('SELECT :a')", "{'a': 'c\\\\d'}", "SELECT 'c\\\\d'"},
    {DDL_POSTGRESQL, "sa.text('x IN :ids').bindparams(sa.bindparam('ids', expanding=True))",
     "{'ids': [1, 2]}", "x IN (1, 2)"},
    {DDL_POSTGRESQL, "sa.select(t.c.id).where(t.c.name == sa.bindparam('n'))", "{'n': 'x'}",
     "SELECT t.id \nFROM t \nWHERE t.name = 'x'"},
    {DDL_POSTGRESQL, "sa.select(t.c.id).where(t.c.name == sa.bindparam('n'))", NULL,
     "! StatementError: (sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter 'n'"},
    {DDL_POSTGRESQL, "sa.select(t.c.id).where(t.c.name == sa.bindparam('n', 'y'))", NULL,
     "SELECT t.id \nFROM t \nWHERE t.name = 'y'"},
    {DDL_POSTGRESQL, "sa.func.now()", NULL, "SELECT now() AS now_1"},
    {DDL_POSTGRESQL, "t.c.id", NULL, "! ObjectNotExecutableError: Not an executable object: "},
    {DDL_POSTGRESQL, "5", NULL, "! ArgumentError: Executable SQL or text() construct expected, got 5."},
    {DDL_POSTGRESQL, "t.insert()", "{'id': 1, 'name': 'a'}", "INSERT INTO t (id, name) VALUES (1, 'a')"},
    {DDL_POSTGRESQL, "t.insert()", "[{'name': 'a', 'id': 1}, {'id': 2, 'name': None, 'more': 3}]",
     "INSERT INTO t (id, name) VALUES (1, 'a'); INSERT INTO t (id, name) VALUES (2, NULL)"},
    {DDL_POSTGRESQL, "t.insert()", "[{'id': 1, 'name': 'a'}, {'id': 2}]",
     "! StatementError: (sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter 'name', "
     "in "
     "parameter group 1"},
    {DDL_POSTGRESQL, "t.insert()", NULL, "INSERT INTO t DEFAULT VALUES"},
    {DDL_MYSQL, "t.insert()", NULL, "INSERT INTO t () VALUES ()"},
    {DDL_POSTGRESQL, "t.insert().values(name='x')", "{'id': 5}", "INSERT INTO t (id, name) VALUES (5, 'x')"},
    {DDL_POSTGRESQL, "t.insert().values(name='x')", "{'name': 'y'}", "INSERT INTO t (name) VALUES ('y')"},
    {DDL_POSTGRESQL, "t.insert().values(name=sa.func.now())", "{'name': 'y'}",
     "INSERT INTO t (name) VALUES (now())"},
    {DDL_POSTGRESQL, "t.insert()", "{'data': {'a': [1, None]}}",
     "INSERT INTO t (data) VALUES ('{\"a\": [1, null]}'::JSON)"},
    {DDL_POSTGRESQL, "t.insert().values(data={'a': 1})", NULL,
     "INSERT INTO t (data) VALUES ('{\"a\": 1}'::JSON)"},
    {DDL_SQLITE, "t.insert()", "{'flag': True, 'at': datetime.datetime(2020, 1, 2)}",
     "INSERT INTO t (flag, at) VALUES (1, '2020-01-02 00:00:00.000000')"},
    {DDL_POSTGRESQL, "users.insert().values(name='a')", NULL,
     "INSERT INTO users (name, n, k) VALUES ('a', 30, 'kk') RETURNING users.id"},
    {DDL_MYSQL, "users.insert().values(name='a', n=1)", NULL,
     "INSERT INTO users (name, n, k) VALUES ('a', 1, 'kk')"},
    {DDL_POSTGRESQL, "users.insert()", "[{'name': 'a'}, {'name': 'b'}]",
     "INSERT INTO users (name, n, k) VALUES ('a', 30, 'kk'); INSERT INTO users (name, n, k) VALUES ('b', 20, "
     "'kk')"},
    {DDL_POSTGRESQL, "users.insert()", "[{'name': 'a'}]",
     "INSERT INTO users (name, n, k) VALUES ('a', 30, 'kk') RETURNING users.id"},
    {DDL_POSTGRESQL, "users.insert().values([{'name': 'a'}, {'name': 'b', 'n': 1}, {'name': 'c'}])", NULL,
     "INSERT INTO users (name, n, k) VALUES ('a', 30, 'kk'), ('b', 1, 'kk'), ('c', 20, 'kk')"},
    {DDL_POSTGRESQL, "users.update().values(name='b')", NULL, "UPDATE users SET name='b', changed=30"},
    {DDL_POSTGRESQL, "users.update().values(name='b', changed=1)", NULL,
     "UPDATE users SET name='b', changed=1"},
    {DDL_POSTGRESQL, "context.insert().values(a=1)", NULL,
     "refused: a default of a column that looks at the statement's context"},
    {DDL_POSTGRESQL, "t.update().where(t.c.id == sa.bindparam('b_id')).values(name=sa.bindparam('b_name'))",
     "[{'b_id': 1, 'b_name': 'x'}, {'b_id': 2, 'b_name': 'y'}]",
     "UPDATE t SET name='x' WHERE t.id = 1; UPDATE t SET name='y' WHERE t.id = 2"},
    {DDL_POSTGRESQL, "t.update().where(t.c.id == 1)", "{'name': 'x'}",
     "UPDATE t SET name='x' WHERE t.id = 1"},
    {DDL_POSTGRESQL, "t.delete().where(t.c.id == sa.bindparam('i'))", "[{'i': 1}, {'i': 2}]",
     "DELETE FROM t WHERE t.id = 1; DELETE FROM t WHERE t.id = 2"},
    {DDL_MYSQL, "sa.select(t.c.id).where(t.c.name.is_distinct_from('a'))", NULL,
     "SELECT t.id \nFROM t \nWHERE NOT (t.name <=> 'a')"},
    {DDL_MYSQL, "mysql.insert(t).values(id=1).on_duplicate_key_update(name='x')", NULL,
     "INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE name = 'x'"},
    {DDL_SQLITE, "sa.select(t.c.id).offset(5)", NULL, "SELECT t.id \nFROM t\n LIMIT -1 OFFSET 5"},
    {DDL_POSTGRESQL, "t.update()", NULL, "refused: "},
    {DDL_POSTGRESQL, "t.insert()", "5", "refused: parameters that are no dict, or list of dicts"},
    {DDL_POSTGRESQL, "t.insert()", "{'id': sa.func.now()}",
     "refused: a SQL expression among the parameters of a statement"},
};

static void describe(struct py *py, struct strbuf *answer)
{
    struct err err = {0};
    py_error(py, &err);
    const char *message = err.message, *colon = strstr(message, ": ");
    for (const char *p = message; err.status != ERR_REFUSED && colon && p < colon; p++) {
        message = *p == '.' ? p + 1 : message;
    }
    strbuf_addf(answer, err.status == ERR_REFUSED ? "refused: %s" : "! %s", message);
}

static void make(const struct call *c, struct strbuf *answer)
{
    struct migration_settings settings = {0};
    struct migration m = {.mode = MIGRATION_PLAN,
                          .dialect = ddl_dialect_connected(c->dialect),
                          .settings = &settings,
                          .revision = "a"};
    struct py_options options = {.host = &m};
    struct py *py = py_new(&options);
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%sstatement = %s\nparameters = %s\n", preamble, c->statement,
                c->parameters ? c->parameters : "None");
    struct slice source = {text.ptr, text.len};
    struct err err = {0};
    struct py_node *tree;
    pyv module = NULL;
    assert_int_equal(py_parse(py_arena(py), "case.py", source, &tree, &err), 0);
    struct vocab_statement *statements = NULL;
    size_t n = 0;
    if (py_run_module(py, "case_py", tree, "case.py", source, &module) == 0 &&
        vocab_statement_render(py, py_getattr(py, module, "statement"), py_getattr(py, module, "parameters"),
                               &statements, &n) == 0) {
        for (size_t i = 0; i < n; i++) {
            strbuf_adds(answer, i ? "; " : "");
            strbuf_add(answer, statements[i].text.ptr, statements[i].text.len);
        }
    } else {
        describe(py, answer);
    }
    py_free(py);
    strbuf_release(&text);
}

static void parameters_become_literals(void **state)
{
    (void)state;
    int different = 0;
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        struct strbuf answer = STRBUF_INIT;
        make(&calls[i], &answer);
        /* What ends in ": " goes on with something that is different each time. */
        size_t n = strlen(calls[i].expected);
        bool open = n > 2 && strcmp(calls[i].expected + n - 2, ": ") == 0;
        if (open ? strncmp(strbuf_cstr(&answer), calls[i].expected, n) != 0
                 : strcmp(strbuf_cstr(&answer), calls[i].expected) != 0) {
            different++;
            print_error("%s with %s: expected\n    %s\nnot\n    %s\n", calls[i].statement,
                        calls[i].parameters ? calls[i].parameters : "nothing", calls[i].expected,
                        strbuf_cstr(&answer));
        }
        strbuf_release(&answer);
    }
    assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parameters_become_literals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
