/*
 * Schema items: tables, columns, constraints, indexes, sequences, as SQLAlchemy's schema objects, with the
 * texts of CREATE and DROP. operation.h has what changes them.
 */
#pragma once
#include "engine/ddl/expr.h"

struct ddl_table;
struct ddl_constraint;

enum ddl_default_kind {
    DDL_DEFAULT_NONE,
    DDL_DEFAULT_STRING /* quoted */,
    DDL_DEFAULT_EXPR,
    DDL_DEFAULT_FETCHED
};
struct ddl_default {
    enum ddl_default_kind kind;
    struct slice text;
    const struct sql_expr *expr;
};

struct ddl_sequence_options { /* Sequence and Identity; has_x false: not given */
    bool has_start, has_increment, has_min, has_max, has_cache, nominvalue, nomaxvalue, cycle, has_cycle,
        order, has_order;
    int64_t start, increment, min, max, cache;
};
struct ddl_identity {
    bool always, on_null;
    struct ddl_sequence_options options;
};
struct ddl_computed {
    const struct sql_expr *expr;
    int persisted; /* -1 not given, 0, 1 */
};
struct ddl_sequence {
    struct ddl_name name, schema;
    struct ddl_sequence_options options;
    bool optional;
    const struct ddl_type *type;
};

enum ddl_autoincrement { DDL_AUTO, DDL_AUTO_TRUE, DDL_AUTO_FALSE, DDL_AUTO_IGNORE_FK };

struct ddl_column {
    struct ddl_name name;
    const struct ddl_type *type;
    struct ddl_table *table; /* NULL until it belongs to one */
    struct sql_expr *expr;   /* the column in expressions */
    bool nullable, nullable_given, primary_key, unique, index;
    bool system; /* not rendered */
    enum ddl_autoincrement autoincrement;
    struct ddl_default server_default, server_onupdate;
    const struct ddl_identity *identity;
    const struct ddl_computed *computed;
    const struct ddl_sequence *sequence; /* default=Sequence(...) */
    const char *comment;                 /* NULL: none */
    VEC(struct ddl_constraint *)
    constraints; /* column-level ForeignKey (as constraints of one column), CheckConstraint, ... in order */
    ddl_options_t options;
    const void *python_default; /* default=: for bulk_insert and INSERT; the vocabulary's */
};

enum ddl_constraint_kind {
    DDL_PRIMARY_KEY,
    DDL_UNIQUE,
    DDL_FOREIGN_KEY,
    DDL_CHECK,
    DDL_EXCLUDE,
    DDL_CONSTRAINT_COUNT
};
struct ddl_constraint {
    enum ddl_constraint_kind kind;
    struct ddl_name name;
    struct ddl_table *table;
    VEC(struct ddl_name) columns; /* PRIMARY KEY, UNIQUE, FOREIGN KEY */
    struct ddl_name ref_table, ref_schema;
    VEC(struct ddl_name) ref_columns;
    const char *ondelete, *onupdate, *match, *initially;
    int deferrable; /* -1 not given, 0, 1 */
    bool use_alter;
    const struct sql_expr *check;   /* CHECK */
    bool type_bound;                /* made by a Boolean or Enum */
    const struct ddl_type *of_type; /* type_bound: whose */
    const char *using;              /* EXCLUDE */
    VEC(struct {
        const struct sql_expr *expr;
        const char *name;
        const char *op;
    })
    elements;
    const struct sql_expr *where;
    ddl_options_t ops; /* EXCLUDE: operator classes by column */
    const char *comment;
    ddl_options_t options; /* postgresql_not_valid, postgresql_include, sqlite_on_conflict, mssql_... */
    bool inline_column;    /* given within a Column(...) */
};

struct ddl_index {
    struct ddl_name name;
    struct ddl_table *table;
    bool unique;
    VEC(struct {
        struct ddl_name column;
        const struct sql_expr *expr;
    })
    elements; /* expr NULL: the column of that name */
    ddl_options_t options;
    bool column_flag; /* made by Column(index=True) */
};

struct ddl_table {
    struct ddl_name name, schema;
    struct sql_from *from;
    VEC(struct ddl_column *) columns;
    VEC(struct ddl_constraint *)
    constraints; /* in order of attachment; the primary key too when there is one */
    VEC(struct ddl_index *) indexes;
    const char *comment;
    strings_t prefixes;
    ddl_options_t options;
    const struct ddl_naming
        *naming; /* MetaData(naming_convention=...), NULL: {"ix": "ix_%(column_0_label)s"} alone */
    bool if_not_exists;
};
/* MetaData(naming_convention): key "ix" "uq" "ck" "fk" "pk" (or a constraint class) to template. */
struct ddl_naming {
    struct {
        const char *key, *template;
    } * items;
    size_t n;
};

/* Texts: one statement each, without the closing ";". ERR_FILE: SQLAlchemy's CompileError text, or (for what
 * a dialect cannot do at all) the text of its NotImplementedError, told apart by err->sqlstate "0A000". */
int ddl_create_table(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_table *t, struct err *err);
int ddl_drop_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t, bool if_exists,
                   struct err *err);
int ddl_create_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_index *i, int if_not_exists, struct err *err);
int ddl_drop_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                   const struct ddl_index *i, bool if_exists, struct err *err);
int ddl_create_sequence(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_sequence *s,
                        bool if_not_exists, struct err *err);
int ddl_drop_sequence(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_sequence *s,
                      bool if_exists, struct err *err);
/* "name TYPE [DEFAULT ...] [NOT NULL]", as CREATE TABLE and ADD COLUMN have it. */
int ddl_column_spec(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                    const struct ddl_column *c, struct err *err);
/* "[CONSTRAINT x ]UNIQUE (a)". Appends nothing when the dialect leaves the constraint out. */
int ddl_constraint_text(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_constraint *c, struct err *err);
/* What follows DEFAULT. */
int ddl_default_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_default *def,
                     struct err *err);
/* The name after the naming convention and the cut to the dialect's length (with SQLAlchemy's hash suffix for
 * generated ones); text NULL: unnamed. */
int ddl_constraint_name(struct arena *a, const struct ddl_dialect *d, const struct ddl_constraint *c,
                        struct ddl_name *out, struct err *err);
int ddl_index_name(struct arena *a, const struct ddl_dialect *d, const struct ddl_index *i,
                   struct ddl_name *out, struct err *err);
/* The column that SERIAL / AUTO_INCREMENT falls on, or NULL. */
const struct ddl_column *ddl_autoincrement_column(const struct ddl_table *t);
const struct ddl_constraint *ddl_primary_key(const struct ddl_table *t); /* NULL: none */
struct ddl_column *ddl_table_column(const struct ddl_table *t, const char *name);
struct ddl_table *ddl_table_new(struct arena *a, struct ddl_name name, struct ddl_name schema);
void ddl_table_add_column(struct arena *a, struct ddl_table *t,
                          struct ddl_column *c); /* with its flags: primary_key, unique, index, column-level
                                                    constraints, type constraints */
void ddl_table_add_constraint(struct arena *a, struct ddl_table *t, struct ddl_constraint *c);
void ddl_table_add_index(struct arena *a, struct ddl_table *t, struct ddl_index *i);
