/* Stand-in until the real one lands: the inspector, reflection, sessions. */
#include "engine/alembic/vocabulary/vocab.h"

int live_has_table(struct py *py, struct ddl_name name, struct ddl_name schema, bool *has)
{
    (void)name, (void)schema, (void)has;
    py_refuse(py, "the inspector");
    return -1;
}
pyv live_inspector(struct py *py, pyv b)
{
    (void)b;
    return py_refuse(py, "the inspector");
}
struct ddl_table *live_reflect(struct py *py, struct ddl_name n, struct ddl_name s)
{
    (void)n, (void)s;
    return py_refuse(py, "reflection of a table");
}
const struct py_def live_defs[] = {{0}}, live_orm_defs[] = {{0}};
