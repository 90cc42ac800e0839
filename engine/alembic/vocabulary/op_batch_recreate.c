/* Batch mode's "move and copy": a new table, its rows, and the old one's name. */
#include "engine/alembic/vocabulary/op.h"

int op_batch_recreate(struct py *py, struct op_batch *batch)
{
    py_refuse(py, "batch_alter_table(\"%s\"), which makes the table anew", batch->table.text);
    return -1;
}
