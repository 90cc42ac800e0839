/*
 * Statements that make an object, and statements that turn one schema into another, in an order that respects
 * what depends on what (cycles of foreign keys included).
 */
#pragma once
#include "engine/schema/compare.h"

struct schema_statement {
    const char *text;                   /* without a semicolon at its end */
    const char *hazard;                 /* why it may lose data or lock for long; NULL: it does neither */
    const struct schema_change *change; /* that it is for */
    bool alone;                         /* not within a transaction block */
};
typedef VEC(struct schema_statement) schema_statements_t;

/* Told by the user, never guessed. Names as in schema_item_path(). */
struct schema_rename {
    enum schema_kind kind; /* TABLE, COLUMN, INDEX, CONSTRAINT */
    const char *from, *to;
};
typedef VEC(struct schema_rename) schema_renames_t;
struct schema_ddl_options {
    /* Of schema_renamed(), when `from` is what it made; their statements come first. */
    schema_renames_t renames;
    /* The changes that are wanted; NULL: all. What those need besides (dropping a view around a column's
     * change and making it again) comes along. */
    bool (*wanted)(void *ctx, const struct schema_change *change);
    void *ctx;
    /* Objects of the default schema are named without it; true: with it. */
    bool qualify;
};

/* A copy of the schema with the renames done in it, so that comparing it does not find things dropped and
 * made. A table takes along what names it. done: the renames in the order in which they are said, each by the
 * path that it then has. ERR_USAGE: there is nothing of that name. Texts that the server does not rewrite, or
 * not in a way that can be told from here (views, routines), stay, and are found to be different when they
 * are. */
int schema_renamed(struct arena *a, const struct schema *from, const schema_renames_t *renames,
                   struct schema **out, schema_renames_t *done, struct err *err);

/* From one schema to the other, both of one dialect. changes: of schema_compare(to, from), whose `expected`
 * is `to`. ERR_REFUSED: something in it cannot be written as SQL; the message names it. */
int schema_ddl(struct arena *a, const struct schema *from, const struct schema *to,
               const schema_changes_t *changes, const struct schema_ddl_options *options,
               schema_statements_t *out, struct err *err);

/* The statements that make the object, with semicolons and line ends, for people to read and for comparison
 * side by side; a table's children each on a line of its own. */
const char *schema_definition(struct arena *a, const struct schema *s, const struct schema_item *item);

/* What was decided and has to be done, for dialects to look at: engine/schema/ddl_plan.h. */
struct ddl_plan;

/* What a dialect has to know. schema_ddl() orders and calls these, which append statements. */
struct schema_dialect {
    /* NULL: the order is schema_ddl()'s. Else all changes at once, in an order of its own (MySQL). */
    int (*write)(struct arena *a, const struct schema *from, const struct schema *to,
                 const struct schema_change *const *changes, size_t n, bool qualify, schema_statements_t *out,
                 struct err *err);
    /* CREATE TABLE has the foreign keys in it: there is no adding one later (SQLite). */
    bool inline_foreign_keys;
    /* The object is dropped and made anew instead of altered: SCHEMA_CHANGED of what may be so. */
    bool (*recreates)(const struct schema *from, const struct schema *to, const struct schema_change *c);
    /* Must `dependent` (of `from`, naming what changes in its own text) be dropped before the change and made
     * again after it? Asked for what is dropped, made anew or altered. NULL: never. */
    bool (*in_the_way)(const struct schema_change *c, bool recreated, const struct schema_item *dependent);
    /* A type that cannot become what it is to be: alter() makes the new one beside the old, which the columns
     * are changed over to, and after() drops the old one. NULL: there are none. */
    bool (*replaces)(const struct schema *from, const struct schema *to, const struct schema_change *c);
    /* Does `user` stand on `used` though its text does not name it (a foreign key on the key of the other
     * table)? NULL: never. */
    bool (*needs)(const struct schema_item *user, const struct schema_item *used);
    /* Any item, a column of a table that stays among them. Of a table: with its columns and constraints,
     * foreign keys only where they are inline; its indexes, triggers, policies and rules are asked for one by
     * one. */
    int (*create)(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
                  schema_statements_t *out, struct err *err);
    int (*drop)(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
                schema_statements_t *out, struct err *err);
    /* One change of kind SCHEMA_CHANGED. */
    int (*alter)(struct arena *a, const struct schema *from, const struct schema *to,
                 const struct schema_change *change, bool qualify, schema_statements_t *out, struct err *err);
    /* NULL: changes come one by one. Else all changes of one table at once: of its own attributes, its
     * columns and its constraints. Those of indexes and triggers come one by one before (drop) and after
     * (create); the others, when the table is made anew for it, are to be made again here. */
    int (*alter_table)(struct arena *a, const struct schema *from, const struct schema *to,
                       const struct schema_change *const *changes, size_t n, bool qualify,
                       schema_statements_t *out, struct err *err);
    /* What comes before and after everything else. NULL: nothing. */
    int (*before)(struct arena *a, const struct ddl_plan *plan, bool qualify, schema_statements_t *out,
                  struct err *err);
    int (*after)(struct arena *a, const struct ddl_plan *plan, bool qualify, schema_statements_t *out,
                 struct err *err);
    int (*rename)(struct arena *a, const struct schema *s, const struct schema_rename *r, bool qualify,
                  schema_statements_t *out, struct err *err);
};
extern const struct schema_dialect schema_dialect_postgresql, schema_dialect_mysql, schema_dialect_sqlite;
const struct schema_dialect *schema_dialect_of(const struct schema *s);
