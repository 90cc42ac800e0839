/* Stand-in until the real one lands: live_stub.c */
#include "engine/alembic/vocabulary/vocab.h"

pyv live_bind(struct py *py)
{
    return py_refuse(py, "not written yet");
}
pyv live_inspector(struct py *py, pyv b)
{
    (void)b;
    return py_refuse(py, "not written yet");
}
struct ddl_table *live_reflect(struct py *py, struct ddl_name n, struct ddl_name s)
{
    (void)n;
    (void)s;
    return py_refuse(py, "not written yet");
}
const struct py_def live_defs[] = {{0}}, live_orm_defs[] = {{0}};
