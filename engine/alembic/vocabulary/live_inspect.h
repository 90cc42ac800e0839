/*
 * What an inspector gives: a table of the schema model as the lists and dicts of SQLAlchemy's reflection,
 * dialect by dialect. Private to live_inspect*.c and live_reflect.c.
 */
#pragma once
#include "engine/alembic/vocabulary/live.h"
#include "engine/schema/column_type.h"
#include "engine/schema/schema.h"

/* A table with what was asked for, and the name of the schema that was asked for (NULL: none). */
struct live_seen {
    const struct schema *schema;
    const struct schema_table *table;
    const char *asked;
    /* SQLite: the columns of another table's primary key; NULL: there is no such table. */
    const struct schema_constraint *(*key_of)(struct py *py, const struct live_seen *seen, const char *table,
                                              bool *failed);
    struct live_inspector *inspector;
};

/* Each gives what the method of the same name does. NULL: stopped. */
struct live_inspection {
    pyv (*columns)(struct py *py, const struct live_seen *seen);
    pyv (*primary_key)(struct py *py, const struct live_seen *seen);
    pyv (*foreign_keys)(struct py *py, const struct live_seen *seen);
    pyv (*indexes)(struct py *py, const struct live_seen *seen);
    pyv (*uniques)(struct py *py, const struct live_seen *seen);
    pyv (*checks)(struct py *py, const struct live_seen *seen);
};
extern const struct live_inspection live_inspection_postgresql, live_inspection_mysql, live_inspection_sqlite;
const struct live_inspection *live_inspection_of(const struct schema *s);

/* A dict made key by key; after a failure nothing is done. */
struct live_dict {
    struct py *py;
    pyv dict; /* NULL: failed */
};
struct live_dict live_dict_new(struct py *py);
void live_put(struct live_dict *d, const char *key, pyv value);             /* value NULL: failed */
void live_put_text(struct live_dict *d, const char *key, const char *text); /* NULL: None */
/* Append to a list; list NULL or item NULL: failed, and NULL. */
pyv live_append(struct py *py, pyv list, pyv item);
pyv live_strings(struct py *py, const strings_t *texts);
pyv live_text_clause(struct py *py, const char *sql); /* text("...") */
/* Sort a list of dicts by "name", those without one last, as the reflection of SQLite and MySQL does. */
pyv live_sort_by_name(struct py *py, pyv list);

/* --- SQLite: what SQLAlchemy's patterns see of a constraint in the text of CREATE TABLE --- */
struct live_sqlite_key {
    bool seen;        /* the pattern for FOREIGN KEY matches: name and options are those of the text */
    const char *name; /* NULL: none */
    strings_t columns, ref_columns;
    const char *ref_table;
    const char *on_delete, *on_update, *initially;
    bool update_first;
    int deferrable; /* -1: not said */
};
/* The name in front of what stands at offset: CONSTRAINT "x" or CONSTRAINT x, with blanks alone between. */
const char *live_sqlite_name(struct arena *a, const char *sql, size_t offset);
void live_sqlite_foreign_key(struct arena *a, const char *sql, size_t offset, struct live_sqlite_key *out);
bool live_sqlite_unique(const char *sql, const struct schema_constraint *c); /* does it see UNIQUE there? */
const char *live_sqlite_generated(struct arena *a, const char *sql, const struct schema_column *c);
