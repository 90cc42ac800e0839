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
    DDL_DEFAULT_FETCHED,
    DDL_DEFAULT_INVALID /* text: the name of its type; fails where it is looked at */
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

/* What Column(default=, onupdate=) puts into an INSERT or UPDATE that does not name the column. */
struct ddl_python_default {
    const struct sql_expr *expr; /* a SQL expression, or NULL */
    struct sql_value value;      /* else a value ... */
    const void *callable;        /* ... or what is called for it, the vocabulary's (pyv); NULL: value */
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
    const struct ddl_python_default *python_default, *python_onupdate; /* default=, onupdate=; NULL: none */
};

struct ddl_exclude_element {
    const struct sql_expr *expr;
    const char *name; /* what `ops` goes by */
    const char *op;
};
struct ddl_index_element {
    struct ddl_name column;
    const struct sql_expr *expr; /* NULL: the column of that name. With a text() `column` may be the name that
                                    it has for a naming convention */
    const char *key;             /* what postgresql_ops goes by; NULL: the column's name */
    bool clause;                 /* column() or the like, which is no Column of a table */
};
typedef VEC(struct ddl_name) ddl_names_t;

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
    int64_t order; /* CREATE TABLE lists constraints by the order in which they were made; 0: when attached */
    bool implicit; /* PRIMARY KEY that came of Column(primary_key=True) alone */
    ddl_names_t columns; /* PRIMARY KEY, UNIQUE, FOREIGN KEY */
    struct ddl_name ref_table, ref_schema;
    ddl_names_t ref_columns;
    const char *ondelete, *onupdate, *match, *initially;
    int deferrable; /* -1 not given, 0, 1 */
    bool use_alter;
    const struct sql_expr *check;   /* CHECK */
    bool type_bound;                /* made by a Boolean or Enum */
    const struct ddl_type *of_type; /* type_bound: whose */
    const char *using;              /* EXCLUDE */
    VEC(struct ddl_exclude_element) elements;
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
    VEC(struct ddl_index_element) elements;
    ddl_options_t options;
    bool column_flag; /* made by Column(index=True) */
    bool unattached;  /* of op.create_index(): no naming convention names it */
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
    int64_t
        *clock; /* gives constraints their order; shared by what is made together. NULL: the table's own */
    int64_t own_clock;
};
/* MetaData(naming_convention): key "ix" "uq" "ck" "fk" "pk" (or a constraint class) to template. */
struct ddl_naming_item {
    const char *key, *template;
};
struct ddl_naming {
    struct ddl_naming_item *items;
    size_t n;
    /* Not NULL: there are no items here; true when there may be a convention that is not known. Then names
     * that it would make or change are ERR_REFUSED. */
    bool (*uncertain)(void *arg);
    void *arg;
};

/* Texts: one statement each, without the closing ";". ERR_FILE with SQLAlchemy's text of what ddl_exception()
 * names. */
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
/* ... and the CHECKs given within Column(...). */
int ddl_column_definition(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                          const struct ddl_column *c, struct err *err);
/* "[CONSTRAINT x ]UNIQUE (a)". Appends nothing when the dialect leaves the constraint out. */
int ddl_constraint_text(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_constraint *c, struct err *err);
/* "ALTER TABLE t ADD ..." and "ALTER TABLE t DROP CONSTRAINT ...". kind DDL_CONSTRAINT_COUNT: of no kind. */
int ddl_add_constraint(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                       const struct ddl_constraint *c, struct err *err);
int ddl_drop_constraint(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_constraint *c, bool if_exists, bool cascade, struct err *err);
/* Is a type's CHECK there at all on this dialect? True for other constraints. */
bool ddl_constraint_wanted(const struct ddl_dialect *d, const struct ddl_constraint *c);
/* "GENERATED ... AS IDENTITY (...)", "GENERATED ALWAYS AS (...) ...", "INCREMENT BY 2 START WITH 5". */
void ddl_identity_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_identity *i);
int ddl_computed_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_computed *c,
                      struct err *err);
void ddl_sequence_options_text(struct strbuf *out, const struct ddl_dialect *d,
                               const struct ddl_sequence_options *o);
/* [MATCH ...][ON DELETE ...][ON UPDATE ...][DEFERRABLE ...] */
int ddl_references_tail(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c,
                        struct err *err);
int ddl_table_comment(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t,
                      const char *comment, bool drop, struct err *err);
int ddl_column_comment(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                       const struct ddl_column *c, struct err *err);
/* Is it the column of sqlite_autoincrement=True, whose PRIMARY KEY stands with it? */
bool ddl_sqlite_counts(const struct ddl_column *c);
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
/* Is autoincrement=True on columns where SQLAlchemy takes it? ERR_FILE with the text of its ArgumentError. */
int ddl_autoincrement_check(const struct ddl_dialect *d, const struct ddl_table *t, struct err *err);
const struct ddl_constraint *ddl_primary_key(const struct ddl_table *t); /* NULL: none */
struct ddl_column *ddl_table_column(const struct ddl_table *t, const char *name);
struct ddl_table *ddl_table_new(struct arena *a, struct ddl_name name, struct ddl_name schema);
void ddl_table_add_column(struct arena *a, struct ddl_table *t,
                          struct ddl_column *c); /* with its flags: primary_key, unique, index, column-level
                                                    constraints, type constraints */
void ddl_table_add_constraint(struct arena *a, struct ddl_table *t, struct ddl_constraint *c);
void ddl_table_add_index(struct arena *a, struct ddl_table *t, struct ddl_index *i);
