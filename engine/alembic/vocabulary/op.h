/* Operations of Alembic: what op_*.c share. */
#pragma once
#include "engine/alembic/vocabulary/op_batch.h"
#include "engine/alembic/vocabulary/sa_schema.h"

/* Do the item now, or note it in the batch (NULL: none). 0, or -1 with the exception raised. */
int op_apply(struct py *py, struct op_batch *batch, const struct op_item *item);
/* Do it now in any case. */
int op_run(struct py *py, const struct op_item *item);

/* The batch that a method was called on; NULL for functions of alembic.op. */
struct op_batch *op_batch_of(pyv self);
/* The table that an operation works on: of the batch, or as given. */
int op_target(struct py *py, struct op_batch *batch, pyv table, pyv schema, struct ddl_name *name,
              struct ddl_name *schema_name);

/* Functions of alembic.op and methods of batch operations: the same, told apart by self. */
py_native op_create_table, op_drop_table, op_rename_table, op_create_table_comment, op_drop_table_comment;
py_native op_add_column, op_drop_column, op_alter_column;
py_native op_create_index, op_drop_index;
py_native op_create_primary_key, op_create_unique_constraint, op_create_foreign_key,
    op_create_check_constraint, op_create_exclude_constraint, op_drop_constraint;
py_native op_execute, op_bulk_insert, op_inline_literal;
py_native op_f, op_get_bind, op_get_context, op_batch_alter_table, op_invoke;
