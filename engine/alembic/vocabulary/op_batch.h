/*
 * op.batch_alter_table(): what its block records. At the end of the block the operations are either done one
 * after the other, or, where the database cannot alter tables (SQLite), the table is made anew with them.
 */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"
#include "engine/ddl/operation.h"

enum op_item_kind {
    OP_ALTER_COLUMN,
    OP_ADD_COLUMN,
    OP_DROP_COLUMN,
    OP_ADD_CONSTRAINT,
    OP_DROP_CONSTRAINT,
    OP_RENAME_TABLE,
    OP_CREATE_INDEX,
    OP_DROP_INDEX,
    OP_TABLE_COMMENT,
    OP_DROP_TABLE_COMMENT,
    OP_COLUMN_COMMENT,
    OP_ITEM_COUNT
};
/* One call of Alembic's implementation classes. An operation may be several: add_column() is the column, then
 * its constraints, its indexes and its comment. */
struct op_item {
    enum op_item_kind kind;
    struct ddl_alter_column alter;  /* ALTER_COLUMN */
    struct ddl_table *table;        /* of the operation */
    struct ddl_column *column;      /* ADD_COLUMN, DROP_COLUMN, COLUMN_COMMENT */
    struct ddl_add_column_opts add; /* ADD_COLUMN */
    const char *insert_before, *insert_after;
    const struct ddl_type *existing_type; /* DROP_COLUMN */
    struct ddl_constraint *constraint;
    const char *constraint_type; /* DROP_CONSTRAINT: as given */
    struct ddl_index *index;
    bool exists;       /* if_exists */
    int if_not_exists; /* CREATE_INDEX: -1 not given */
    const char *comment;
    struct ddl_name new_name; /* RENAME_TABLE */
};

enum op_recreate { OP_RECREATE_AUTO, OP_RECREATE_ALWAYS, OP_RECREATE_NEVER };
struct op_batch {
    struct py_instance head;
    struct ddl_name table, schema;
    enum op_recreate recreate;
    pyv copy_from;                /* a Table, or NULL */
    pyv table_args, table_kwargs; /* tuple, dict; NULL: none */
    pyv reflect_args, reflect_kwargs;
    const struct ddl_naming *naming; /* naming_convention=, NULL: none */
    pyv partial_reordering;          /* NULL: none */
    VEC(struct op_item) items;
};

/* Will the batch make the table anew? */
bool op_batch_recreates(struct py *py, const struct op_batch *batch);
/* Make the table anew (move and copy) with the batch's items: op_batch_recreate.c. The table is reflected
 * (live_reflect), or is batch->copy_from. 0, or -1 with the exception raised. */
int op_batch_recreate(struct py *py, struct op_batch *batch);
