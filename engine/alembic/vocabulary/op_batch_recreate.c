/* Batch operations by a copy of the table, as Alembic does on SQLite. */
#include "engine/alembic/vocabulary/op_batch.h"

int batch_apply_recreate(struct py *py, const struct batch *b)
{
    (void)b;
    py_refuse(py, "batch operations that make the table anew");
    return -1;
}
