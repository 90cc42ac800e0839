/* Items of operations: done at once, or noted in a batch. */
#include "engine/alembic/vocabulary/op.h"

static int run(struct ddl_out *out, const struct op_item *i, struct err *err)
{
    switch (i->kind) {
    case OP_ALTER_COLUMN:
        return ddl_op_alter_column_alone(out, &i->alter, err);
    case OP_ADD_COLUMN:
        return ddl_op_add_column_alone(out, i->table, i->column, &i->add, err);
    case OP_DROP_COLUMN:
        return ddl_op_drop_column(out, i->table, i->column, i->exists, NULL, err);
    case OP_ADD_CONSTRAINT:
        return ddl_op_add_constraint(out, i->constraint, err);
    case OP_DROP_CONSTRAINT:
        return ddl_op_drop_constraint(out, i->constraint, NULL, i->exists, err);
    case OP_RENAME_TABLE:
        return ddl_op_rename_table(out, i->table->name, i->new_name, i->table->schema, err);
    case OP_CREATE_INDEX:
        return ddl_op_create_index(out, i->index, i->if_not_exists, err);
    case OP_DROP_INDEX:
        return ddl_op_drop_index(out, i->index, i->exists, err);
    case OP_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        return ddl_op_table_comment(out, i->table, i->comment, i->kind == OP_DROP_TABLE_COMMENT, err);
    case OP_COLUMN_COMMENT:
        return ddl_op_column_comment(out, i->column, err);
    case OP_ITEM_COUNT:
        break;
    }
    return 0;
}

int op_run(struct py *py, const struct op_item *item)
{
    struct ddl_out *out = vocab_out(py);
    struct err err = {0};
    if (!out) {
        return -1;
    }
    if (run(out, item, &err) < 0) {
        schema_raise(py, &err);
        return -1;
    }
    return 0;
}

int op_apply(struct py *py, struct op_batch *batch, const struct op_item *item)
{
    if (!batch) {
        return op_run(py, item);
    }
    *(struct op_item *)vec_push(py_arena(py), &batch->items) = *item;
    return 0;
}

int op_target(struct py *py, struct op_batch *batch, pyv table, pyv schema, struct ddl_name *name,
              struct ddl_name *schema_name)
{
    if (batch) {
        *name = batch->table;
        *schema_name = batch->schema;
        return 0;
    }
    if (vocab_name(py, table, name) || vocab_schema(py, schema, schema_name)) {
        return -1;
    }
    if (!name->text) {
        py_refuse(py, "an operation without the name of a table");
        return -1;
    }
    return 0;
}
