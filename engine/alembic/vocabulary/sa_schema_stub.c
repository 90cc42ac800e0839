/* Stand-in until the real one lands: sa_schema_stub.c */
#include "engine/alembic/vocabulary/vocab.h"

const struct py_type py_type_column = {PY_TYPE_HEAD, .name = "Column", .module = "sqlalchemy.sql.schema",
                                       .base = &py_type_expr};
const struct py_type py_type_table = {PY_TYPE_HEAD, .name = "Table", .module = "sqlalchemy.sql.schema",
                                      .base = &py_type_from};
const struct py_type py_type_metadata = {PY_TYPE_HEAD, .name = "MetaData", .module = "sqlalchemy.sql.schema"};
const struct py_type py_type_constraint = {PY_TYPE_HEAD, .name = "Constraint",
                                           .module = "sqlalchemy.sql.schema"};
const struct py_type py_type_index = {PY_TYPE_HEAD, .name = "Index", .module = "sqlalchemy.sql.schema"};
int vocab_name(struct py *py, pyv v, struct ddl_name *out)
{
    (void)v;
    (void)out;
    py_refuse(py, "not written yet");
    return -1;
}
int vocab_options(struct py *py, const char *f, pyv k, ddl_options_t *out)
{
    (void)f;
    (void)k;
    (void)out;
    py_refuse(py, "not written yet");
    return -1;
}
int vocab_default(struct py *py, pyv v, struct ddl_default *out, const struct ddl_identity **i,
                  const struct ddl_computed **c)
{
    (void)v;
    (void)out;
    (void)i;
    (void)c;
    py_refuse(py, "not written yet");
    return -1;
}
struct ddl_table *vocab_table_build(struct py *py, struct ddl_name n, struct ddl_name s, pyv items, pyv kw)
{
    (void)n;
    (void)s;
    (void)items;
    (void)kw;
    return py_refuse(py, "not written yet");
}
pyv vocab_table_wrap(struct py *py, struct ddl_table *t, pyv m)
{
    (void)t;
    (void)m;
    return py_refuse(py, "not written yet");
}
int vocab_ddl_render(struct py *py, const struct sql_expr *e, struct strbuf *out)
{
    (void)e;
    (void)out;
    py_refuse(py, "not written yet");
    return -1;
}
const struct py_def sa_schema_defs[] = {{0}}, sa_schema_postgresql_defs[] = {{0}}, sa_exc_defs[] = {{0}};
