/* SQLite's statements. Private to ddl_sqlite*.c. */
#pragma once
#include "engine/schema/ddl_text.h"

/* Columns and constraints of a table as they will be: pointers into the schemas that they are from. */
struct sqlite_shape {
    const struct schema_table *table; /* its kind and its options */
    VEC(const struct schema_column *) columns;
    VEC(const struct schema_constraint *) constraints;
};
void sqlite_shape_of(struct arena *a, const struct schema_table *t, struct sqlite_shape *out);
/* A default that is a literal, a word or a number with its sign: anything else needs parentheses. */
bool sqlite_stands_bare(const char *text);
/* "a" INTEGER NOT NULL ..., without the constraints that are a column's. */
void sqlite_column(struct strbuf *b, const struct pen *p, const struct schema_column *c);
/* CONSTRAINT x ...; within a column's definition, or among the table's. */
void sqlite_constraint(struct strbuf *b, const struct pen *p, const struct schema_constraint *k,
                       bool in_column);
/* CREATE TABLE under the name `as`; NULL: its own. */
int sqlite_create_table(const struct pen *p, const struct sqlite_shape *shape, const char *as);
int sqlite_create(const struct pen *p, const struct schema_item *item);

/* The table made anew: what is in `shape` now, with the rows of `old`. */
int sqlite_make_anew(const struct pen *p, const struct schema *from, const struct schema_table *old,
                     const struct sqlite_shape *shape, const char *hazard);
