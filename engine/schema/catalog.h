/* What the readers of engine/schema share: templates of queries, batches of them, and cells as C values. */
#pragma once
#include "engine/schema/schema.h"

/* {name} in a template becomes value. */
struct catalog_place {
    const char *name, *value;
};
/* places end with {0}. A name that is in no row stays as it is. */
const char *catalog_fill(struct arena *a, const char *template, const struct catalog_place *places);
/* 'text', as the connection's server reads it. */
const char *catalog_literal(struct arena *a, struct conn *c, const char *text);
/* n queries in one wait; texts that are NULL are left out and give no rows. */
int catalog_run(struct arena *a, struct conn *c, const char *const *texts, size_t n, struct rowset *rows,
                struct err *err);

/* The same, with each row given to `row` (arg, a rowset of that row alone) as it comes, and gone after it. */
struct catalog_query {
    const char *text; /* NULL: left out */
    void (*row)(void *arg, const struct rowset *r);
};
int catalog_stream(struct conn *c, const struct catalog_query *queries, size_t n, void *arg, struct err *err);

/* Cells. They live in the arena that the query was given. */
const char *catalog_text(const struct rowset *r, size_t row, size_t col); /* NULL: SQL NULL */
bool catalog_flag(const struct rowset *r, size_t row, size_t col);        /* t, 1, YES */
int64_t catalog_number(const struct rowset *r, size_t row, size_t col);   /* 0 for NULL */
/* PostgreSQL's text of an array: {a,"b c",NULL}; NULL items are NULL. One of arrays: all their items. */
void catalog_array(struct arena *a, const char *text, strings_t *out);

struct schema_table *catalog_add_table(struct arena *a, struct schema *s);
/* The table with that id, beginning to look at the one found last: rows come in the order of the tables. */
struct schema_table *catalog_table_by_id(const struct schema *s, int64_t id, size_t *hint);

/* Does the query give a row? */
int catalog_has_row(struct arena *a, struct conn *c, const char *query, bool *has, struct err *err);

struct catalog_reader {
    int (*read)(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                struct err *err);
    /* schema_read_whole(); sets s->name. NULL: read() and `current` do. */
    int (*whole)(struct arena *a, struct conn *c, const char *only, unsigned parts, struct schema *s,
                 struct err *err);
    /* NULL: there is no such thing. */
    const char *(*names)(struct arena *a, struct conn *c, enum schema_names_kind kind, const char *schema);
    int (*has_table)(struct arena *a, struct conn *c, const char *schema, const char *name, bool *has,
                     struct err *err);
    const char *current;
};
extern const struct catalog_reader catalog_postgresql, catalog_mysql, catalog_sqlite;
