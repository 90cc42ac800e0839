/* sqlalchemy types as Python classes and values. */
#include "engine/alembic/vocabulary/vocab.h"

const struct py_type py_type_sqltype = {PY_TYPE_HEAD, .name = "TypeEngine", .module = "sqlalchemy.types"};
const struct ddl_type *vocab_type(struct py *py, pyv v)
{
    (void)v;
    return py_refuse(py, "not written yet");
}
pyv vocab_type_wrap(struct py *py, const struct ddl_type *t)
{
    (void)t;
    return py_refuse(py, "not written yet");
}
bool vocab_is_type(pyv v)
{
    (void)v;
    return false;
}
const struct py_def sa_type_defs[] = {{0}}, sa_type_postgresql_defs[] = {{0}}, sa_type_mysql_defs[] = {{0}},
                    sa_type_sqlite_defs[] = {{0}};
