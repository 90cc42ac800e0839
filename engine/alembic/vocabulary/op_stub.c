/* Stand-in until the real one lands: op_stub.c */
#include "engine/alembic/vocabulary/vocab.h"

struct ddl_out *vocab_out(struct py *py)
{
    return py_refuse(py, "not written yet");
}
int migration_emit(struct py *py, struct slice t, struct rowset *r, int64_t *n)
{
    (void)t;
    (void)r;
    (void)n;
    py_refuse(py, "not written yet");
    return -1;
}
const struct py_def op_defs[] = {{0}}, alembic_defs[] = {{0}};
