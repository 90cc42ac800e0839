/*
 * op.batch_alter_table(): operations are recorded, and at the end of the `with` block either sent one by one
 * (op_batch.c) or applied to a copy of the table that takes its place (op_batch_recreate.c: SQLite, and
 * recreate="always").
 */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

/* One call that Alembic's operations make on the dialect's implementation, in their order: b.add_column() of
 * a column with a foreign key and an index is ADD_COLUMN, ADD_CONSTRAINT, CREATE_INDEX; b.alter_column() with
 * type_ and existing_type is DROP_CONSTRAINT of the old type's CHECK, ALTER_COLUMN, ADD_CONSTRAINT of the new
 * type's. */
enum batch_kind {
    BATCH_ADD_COLUMN,
    BATCH_ALTER_COLUMN,
    BATCH_DROP_COLUMN,
    BATCH_ADD_CONSTRAINT,
    BATCH_DROP_CONSTRAINT,
    BATCH_CREATE_INDEX,
    BATCH_DROP_INDEX,
    BATCH_TABLE_COMMENT,
    BATCH_DROP_TABLE_COMMENT,
    BATCH_COLUMN_COMMENT,
};

struct batch_operation {
    enum batch_kind kind;
    /* ADD_COLUMN: with a table of its own named like the batch's, so that its constraints stand there.
     * DROP_COLUMN: its name counts. */
    struct ddl_column *column;
    struct ddl_table *table;                  /* the operation's own, for comments */
    const char *insert_before, *insert_after; /* ADD_COLUMN; NULL: not given */
    const struct ddl_type *existing_type;     /* DROP_COLUMN(existing_type=); NULL: not given */
    struct ddl_alter_column *alter;
    /* ADD_CONSTRAINT: its columns, check and so on, type_bound ones of a type too. DROP_CONSTRAINT: name and,
     * with type_=, kind (else DDL_CONSTRAINT_COUNT); type_bound for those that alter_column() drops. */
    struct ddl_constraint *constraint;
    struct ddl_index *index;        /* DROP_INDEX: its name counts */
    struct ddl_add_column_opts add; /* ADD_COLUMN, when sent one by one */
    const ddl_options_t *options;   /* dialect's keywords of drop_column, and the like */
    int if_exists, if_not_exists;   /* -1: not given */
    int line;
};

enum batch_recreate { BATCH_AUTO, BATCH_ALWAYS, BATCH_NEVER };

struct batch_order { /* one tuple of partial_reordering */
    const char **names;
    size_t n;
};

struct batch {
    struct ddl_name table, schema;
    enum batch_recreate recreate;
    struct ddl_table *copy_from; /* NULL: the live table is looked at */
    /* table_args=: columns and constraints more for the new table, and its keywords; each may be NULL */
    struct ddl_table *table_args;
    ddl_options_t table_options; /* table_kwargs= */
    strings_t table_prefixes;
    /* reflect_args=: columns that stand for the table's own, and reflect_kwargs=; op_batch.c refuses keywords
     * other than `listeners`-free ones it knows */
    VEC(struct ddl_column *) reflect_columns;
    const struct ddl_naming *naming; /* naming_convention=; NULL: none */
    VEC(struct batch_order) partial_reordering;
    VEC(struct batch_operation) operations;
};

/* Make the new table, copy the rows, drop the old one, rename. 0, or -1 with a Python exception raised as
 * Alembic raises it, or the program stopped: in PLAN mode what has no copy_from needs a live database,
 * OFFLINE it is Alembic's CommandError. Statements go to vocab_out(). */
int batch_apply_recreate(struct py *py, const struct batch *b);
