/* Stand-in until the real one lands: sa_expr_stub.c */
#include "engine/alembic/vocabulary/vocab.h"

const struct py_type py_type_clause = {PY_TYPE_HEAD, .name = "ClauseElement",
                                       .module = "sqlalchemy.sql.elements"};
const struct py_type py_type_expr = {PY_TYPE_HEAD, .name = "ColumnElement",
                                     .module = "sqlalchemy.sql.elements", .base = &py_type_clause};
const struct py_type py_type_from = {PY_TYPE_HEAD, .name = "FromClause",
                                     .module = "sqlalchemy.sql.selectable", .base = &py_type_clause};
const struct sql_expr *vocab_expr(struct py *py, pyv v, enum vocab_role r, const struct ddl_type *t)
{
    (void)v;
    (void)r;
    (void)t;
    return py_refuse(py, "not written yet");
}
pyv vocab_expr_wrap(struct py *py, struct sql_expr *e)
{
    (void)e;
    return py_refuse(py, "not written yet");
}
pyv vocab_from_wrap(struct py *py, struct sql_from *f)
{
    (void)f;
    return py_refuse(py, "not written yet");
}
int vocab_value(struct py *py, pyv v, struct sql_value *out)
{
    (void)py;
    (void)v;
    (void)out;
    return -1;
}
int vocab_statement_render(struct py *py, pyv e, pyv p, struct vocab_statement **out, size_t *n)
{
    (void)e;
    (void)p;
    (void)out;
    (void)n;
    py_refuse(py, "not written yet");
    return -1;
}
const struct py_def sa_expr_defs[] = {{0}}, sa_expr_postgresql_defs[] = {{0}}, sa_expr_mysql_defs[] = {{0}},
                    sa_expr_sqlite_defs[] = {{0}};
