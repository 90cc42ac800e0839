/*
 * A table on its way to a new one in batch mode: what it has, under the names by which a revision may speak
 * of it, and what is kept although Alembic does not know of it.
 */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

struct batch_column {
    const char *key; /* its name in the old table, by which it is spoken of even when it is renamed; of a new
                        column its own */
    struct ddl_column *column;   /* as it will be */
    const struct ddl_type *seen; /* its type as SQLAlchemy takes it; NULL: as in `column` */
    bool moves;                  /* the rows have it */
    const struct ddl_type *cast; /* ... and it is cast to this */
    bool altered;                /* the type is another: its CHECK comes as a constraint of its own */
};

struct batch_constraint {
    const char *name; /* by which a revision knows it; NULL: none */
    struct ddl_constraint *constraint;
    bool kept;        /* of the live table, unknown to Alembic: an unnamed CHECK */
    const char *text; /* CHECK of the live table: its text */
    bool of_column;   /* stands within the definition of the column `column` */
    const char *column;
};

struct batch_index {
    const char *name;
    struct ddl_index *index;
    const char *definition; /* instead: the statement that made it, to be run again */
    bool created;           /* by the batch */
};

struct batch_table {
    struct ddl_name name, schema;
    bool reflected;
    VEC(struct batch_column) columns;
    VEC(struct batch_constraint) constraints;
    VEC(struct batch_index) indexes;
    strings_t key;      /* keys of the columns of the old table's primary key */
    strings_t ordering; /* keys of the old table's columns, less those dropped */
    ddl_options_t options;
    strings_t prefixes;
    strings_t triggers; /* statements that make the table's triggers again */
    bool counts;        /* AUTOINCREMENT: its counter has to move along */
    bool watched;       /* views or triggers of others name the table */
};

/* SQLite: the live table, or NULL with what Alembic raises, or refused because something of it would be lost.
 * naming: naming_convention=, or NULL. */
struct batch_table *live_batch_reflect(struct py *py, struct ddl_name name, struct ddl_name schema,
                                       const struct ddl_naming *naming);
/* Of a table given as copy_from: what the live one has besides, in LIVE mode. 0 or -1. */
int live_batch_add(struct py *py, struct batch_table *t);
/* LIVE: dropping the table would take rows of others along (PRAGMA foreign_keys): refused, -1. */
int live_batch_check_references(struct py *py, const struct batch_table *t);
/* LIVE: let RENAME leave other objects' texts alone, or see to them again as it was before. */
int live_batch_quiet(struct py *py, bool quiet, bool *was);
/* LIVE: after the renaming, do views and triggers still stand? -1: raised. */
int live_batch_verify(struct py *py, const struct batch_table *t);

/* --- op_batch_apply.c --- */
struct op_batch;
/* The batch's operations, done to the table. 0, or -1 and raised as Alembic raises. */
int batch_apply(struct py *py, struct batch_table *t, const struct op_batch *batch);
struct batch_column *batch_find_column(const struct batch_table *t, const char *key); /* NULL: none */
void *batch_raise_key(struct py *py, const char *key);                                /* KeyError(key) */

/* --- texts of SQLite --- */
const struct sql_expr *live_literal(struct py *py, const char *text); /* as it is, no parameters in it */
bool live_text_mentions(const char *sql, const char *name);
/* With the column's name replaced; NULL and refused when that cannot be done. */
const char *live_text_rename(struct py *py, const char *sql, const char *from, struct ddl_name to,
                             const char *what);
