/*
 * Statements: SELECT and its compounds, INSERT, UPDATE, DELETE, and what stands in FROM. They are as
 * immutable as expressions: a method of SQLAlchemy's that "generates" takes a copy (sql_select_of(),
 * sql_dml_of()) and changes that.
 */
#pragma once
#include "engine/ddl/expr_make.h"

/* What select(), returning() and the like were given: an expression, or a table for all of its columns. */
struct sql_entity {
    const struct sql_expr *expr;
    const struct sql_from *from;
};
typedef VEC(struct sql_entity) sql_entities_t;

struct sql_prefix { /* prefix_with(), suffix_with(): dialect NULL for all */
    const struct sql_expr *expr;
    const char *dialect;
};
typedef VEC(struct sql_prefix) sql_prefixes_t;
struct sql_hint { /* from NULL: for the statement */
    const struct sql_from *from;
    const char *text, *dialect;
};
typedef VEC(struct sql_hint) sql_hints_t;
struct sql_with { /* add_cte() */
    const struct sql_from *cte;
    bool nest_here;
};

enum sql_label_style { SQL_LABELS_NONE, SQL_LABELS_TABLE, SQL_LABELS_DISTINCT };

struct sql_join { /* select().join(); left NULL: found out; on NULL: by foreign keys */
    const struct sql_from *left, *right;
    const struct sql_expr *on;
    bool outer, full;
};

struct sql_for_update {
    bool nowait, read, skip_locked, key_share;
    sql_entities_t of;
};

struct sql_select {      /* SELECT; or, with keyword, a compound of `selects` */
    const char *keyword; /* "UNION ALL" */
    sql_exprs_t selects;
    sql_entities_t columns;
    sql_froms_t from;
    VEC(struct sql_join) joins;
    sql_exprs_t where, having, group_by, order_by, distinct_on;
    bool distinct;
    const struct sql_expr *limit, *offset, *fetch;
    bool fetch_ties, fetch_percent;
    bool explicit_correlation, has_correlate_except;
    sql_froms_t correlate, correlate_except;
    enum sql_label_style labels;
    const struct sql_for_update *for_update;
    sql_prefixes_t prefixes, suffixes;
    sql_hints_t hints;
    VEC(struct sql_with) ctes;
};

struct sql_assignment { /* column NULL: by key */
    const char *key;
    const struct sql_expr *column, *value;
};
typedef VEC(struct sql_assignment) sql_assignments_t;

enum sql_conflict_kind {
    SQL_CONFLICT_NONE,
    SQL_CONFLICT_NOTHING,
    SQL_CONFLICT_UPDATE,
    SQL_CONFLICT_DUPLICATE_KEY
};
struct sql_conflict {
    enum sql_conflict_kind kind;
    const char *constraint;
    bool has_elements, ordered;
    VEC(struct {
        const char *name;
        const struct sql_expr *expr;
    })
    elements; /* ON CONFLICT (elements) */
    const struct sql_expr *index_where, *where;
    sql_assignments_t set;
    enum ddl_dialect_kind dialect;   /* whose insert() made it */
    const struct sql_from *excluded; /* what .excluded or .inserted stands for */
};

struct sql_dml { /* INSERT, UPDATE and DELETE */
    const struct sql_from *table;
    bool has_values, ordered; /* ordered_values() */
    sql_assignments_t values;
    VEC(sql_assignments_t) rows; /* values([{...}, ...]) */
    strings_t select_names;
    const struct sql_expr *select; /* INSERT FROM SELECT */
    bool select_defaults, is_inline;
    sql_exprs_t where;
    sql_entities_t returning;
    sql_prefixes_t prefixes;
    sql_hints_t hints;
    VEC(struct sql_with) ctes;
    const struct sql_conflict *conflict;
    const struct sql_from *excluded; /* what .excluded or .inserted gave; NULL: not asked for */
    int64_t limit, mariadb_limit;    /* mysql_limit=, mariadb_limit=; -1: none */
    /* What came with the call of execute(): names of parameters, whether there are several sets. */
    bool has_parameters, executemany;
    sql_assignments_t parameters;
};

struct sql_rows { /* VALUES */
    const struct sql_expr **columns;
    size_t ncolumns;
    VEC(struct {
        const struct sql_expr **items;
        size_t n;
    })
    rows;
    bool unnamed;
};

/* A statement to change: its copy, and the expression that holds it. */
struct sql_expr *sql_select_new(struct arena *a, struct sql_select **select);
struct sql_expr *sql_select_of(struct arena *a, const struct sql_expr *e, struct sql_select **select);
struct sql_expr *sql_dml_new(struct arena *a, enum sql_expr_kind kind, const struct sql_from *table,
                             struct sql_dml **dml);
struct sql_expr *sql_dml_of(struct arena *a, const struct sql_expr *e, struct sql_dml **dml);
/* Append to a list of a copied statement without touching the one it was copied from. */
#define SQL_APPEND(a, list) ((list)->cap = (list)->n, vec_push((a), (list)))

const struct sql_expr *sql_select_with_labels(struct arena *a, const struct sql_expr *e,
                                              enum sql_label_style s);
struct sql_expr *sql_scalar_select(struct arena *a, const struct sql_expr *select);
/* A select within a compound: in parentheses when it has an ORDER BY or a LIMIT, or is a compound itself. */
const struct sql_expr *sql_select_member(struct arena *a, const struct sql_expr *e);
/* The columns that a statement gives: of a table all of them. Text is an expression of kind SQL_E_TEXT. */
void sql_selected(struct arena *a, const struct sql_expr *statement, sql_exprs_t *out);
void sql_entities_columns(struct arena *a, const sql_entities_t *entities, sql_exprs_t *out);
void sql_from_columns(struct arena *a, const struct sql_from *f,
                      sql_exprs_t *out); /* a join: of both sides */
const struct ddl_type *sql_scalar_type(struct arena *a, const struct sql_expr *statement);

/* As sql_render(), with values for bindparam()s and parameters of text() by name. */
int sql_render_bound(struct strbuf *out, const struct ddl_dialect *d, const struct sql_expr *e,
                     unsigned flags, const sql_assignments_t *binds /* may be NULL */, struct err *err);

/* --- FROM --- */
struct sql_from *sql_alias(struct arena *a, const struct sql_from *of, const char *name /* NULL: made up */);
struct sql_from *sql_subquery(struct arena *a, const struct sql_expr *select, const char *name);
struct sql_from *sql_cte(struct arena *a, const struct sql_expr *statement, const char *name, bool recursive,
                         bool nesting);
#define SQL_MAX_JOINS 200
/* The ON clause that foreign keys between two froms give. */
enum sql_join_on { SQL_JOIN_RELATED, SQL_JOIN_UNRELATED, SQL_JOIN_UNCLEAR /* several, or not known */ };
enum sql_join_on sql_join_on(struct arena *a, const struct sql_from *left, const struct sql_from *right,
                             const struct sql_expr **out);
const char *sql_from_description(const struct sql_from *f); /* what errors call it */
struct sql_from *sql_join(struct arena *a, const struct sql_from *left, const struct sql_from *right,
                          const struct sql_expr *on, bool outer, bool full);
/* A column by its key, or NULL. */
const struct sql_expr *sql_from_column(const struct sql_from *f, const char *key);
const char *sql_column_key(const struct sql_expr *column);
/* A name that stands before columns ("t.a")? */
bool sql_from_is_named(const struct sql_from *f);

/* --- names of selected columns --- */
/* More columns, or tables, than any database takes: such statements are refused. */
#define SQL_MAX_COLUMNS 5000
struct sql_column_name { /* text NULL and anon NULL: none */
    const char *text;
    const struct sql_anon *anon;
};
struct sql_selected {
    struct sql_column_name required, fallback;
    const char *key; /* in the .c of a subquery; NULL: text */
    const struct sql_expr *column;
    bool repeated;
};
typedef VEC(struct sql_selected) sql_selected_t;
struct sql_column_name sql_made_up_name(struct arena *a,
                                        const struct sql_expr *column); /* of an unnamed one */
/* anon_for_dupe_key: as for rendering; false: as for the columns of a subquery. */
void sql_name_columns(struct arena *a, enum sql_label_style style, const sql_exprs_t *columns,
                      bool anon_for_dupe_key, sql_selected_t *out);
/* "t_a" for t.a: the key under which a join has it. NULL: it has none. */
const char *sql_column_table_name(struct arena *a, const struct sql_expr *column);
