/*
 * What the files that render share: the state of one statement, and the circumstances that are handed down
 * from a part to its parts.
 */
#pragma once
#include "engine/ddl/expr_statement.h"

#define SQL_MAX_NODES 1000000 /* parts of a statement; more are refused */

/* A statement that is being rendered, innermost first. */
struct sql_level {
    struct sql_level *outer;
    const struct sql_expr *statement;
    sql_froms_t correlate, asfrom; /* froms of the statements around, that subqueries refer to */
    const struct sql_select *select;
    const sql_froms_t *froms; /* of a SELECT, before correlation */
    const struct sql_expr *first_of_compound;
};

/* A table without a schema whose name a table with one has too: it gets a made-up alias. */
struct sql_ambiguous {
    const char *name;
    const struct sql_anon *alias;
};
typedef VEC(struct sql_ambiguous) sql_ambiguous_t;

/* Circumstances; SQLAlchemy's keyword arguments of its visit methods. Handed down by value. */
struct sql_kw {
    bool within_columns, within_label;
    bool no_table;    /* columns without their tables */
    bool no_schema;   /* tables without their schemas */
    bool in_operator; /* within an operator: eager ones put parentheses around themselves */
    bool eager_grouping;
    bool cast_applied; /* a JSON index within the CAST made for it */
    bool placeholders; /* SQLAlchemy renders values as placeholders here even offline */
    bool asfrom, ashint, subquery, lateral, insert_into;
    int compound;                      /* 1 + index in a compound; 0: in none */
    const struct sql_expr *label_only; /* this label is rendered by its name */
    const struct sql_from *enclosing_alias, *visiting_cte;
    const struct sql_from *inserted; /* MySQL's ON DUPLICATE KEY UPDATE: its columns are VALUES(column) */
    const sql_ambiguous_t *ambiguous;
    const sql_hints_t *hints;
};

struct sql_named_anon {
    const struct sql_anon *anon;
    const char *name;
};
struct sql_counter {
    const char *seed;
    unsigned used;
};
struct sql_truncation {
    const char *sort, *from, *to;
};
struct sql_rendered_cte {
    const struct sql_from *cte;
    const char *name, *text;
    int level;      /* of the statement that it is written before; 0: of none any more */
    unsigned order; /* in which they were finished: those within others come first */
    bool nesting, recursive;
};

struct sql_rendering {
    struct strbuf *out;
    struct arena *arena;
    const struct ddl_dialect *dialect;
    unsigned flags;                 /* enum sql_render_flags */
    const sql_assignments_t *binds; /* values by name, or NULL */
    struct err *err;
    int depth;
    size_t nodes;
    struct sql_level *level;
    VEC(struct sql_named_anon) anons;
    VEC(struct sql_counter) counters, truncations;
    VEC(struct sql_truncation) truncated;
    VEC(struct sql_rendered_cte) ctes;
    unsigned ctes_finished;
};

static inline bool sql_is_live(const struct sql_rendering *r)
{
    return r->flags & SQL_LIVE;
}

/* Each returns 0 or err's status. */
int sql_render_expr(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_binary(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_generic(struct sql_rendering *r, const struct sql_expr *e, const char *op, struct sql_kw kw);
int sql_render_json_index(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_function(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_value(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_cast(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_textual(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_items(struct sql_rendering *r, const struct sql_expr *const *items, size_t n,
                     const char *separator, struct sql_kw kw);
/* WHERE's and HAVING's list: AND without what is always true. */
int sql_render_criteria(struct sql_rendering *r, const sql_exprs_t *criteria, struct sql_kw kw);
int sql_render_select(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_compound(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_dml(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_from(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw);
int sql_render_cte(struct sql_rendering *r, const struct sql_from *f, bool nest_here, struct sql_kw kw);
int sql_render_name_reference(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
/* One selected column, with AS where it needs one. */
int sql_render_selected(struct sql_rendering *r, const struct sql_selected *s, bool asfrom, struct sql_kw kw);
int sql_render_extract(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_over(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_filter(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_within_group(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
int sql_render_returning(struct sql_rendering *r, const sql_entities_t *columns, const sql_exprs_t *implicit);
int sql_render_prefixes(struct sql_rendering *r, const sql_prefixes_t *prefixes, struct sql_kw kw);
int sql_render_limit(struct sql_rendering *r, const struct sql_select *s, struct sql_kw kw);
int sql_render_for_update(struct sql_rendering *r, const struct sql_select *s, struct sql_kw kw);
int sql_render_conflict(struct sql_rendering *r, const struct sql_dml *d, struct sql_kw kw);

/* All froms of a SELECT, and then those that it shows itself (expr_shown.c). */
int sql_collect_froms(struct sql_rendering *r, const struct sql_select *s, sql_froms_t *froms);
int sql_correlate(struct sql_rendering *r, const struct sql_select *s, const sql_froms_t *all,
                  struct sql_kw kw, sql_froms_t *shown);
sql_ambiguous_t *sql_ambiguous_names(struct sql_rendering *r, const sql_froms_t *froms);
/* The froms that columns and criteria name; those that joins of the list have in them. */
void sql_named_froms(struct sql_rendering *r, const struct sql_select *s, sql_froms_t *out);
void sql_hidden_froms(struct sql_rendering *r, const sql_froms_t *froms, sql_froms_t *out);
/* Add one join() to the clauses of FROM (expr_join.c). */
int sql_place_join(struct sql_rendering *r, const struct sql_select *s, const struct sql_join *j,
                   sql_froms_t *clauses);
void sql_froms_add(struct sql_rendering *r, sql_froms_t *list, const sql_froms_t *more); /* once each */

/* What INSERT and UPDATE set, in the order of the table's columns. */
struct sql_crud {
    VEC(struct sql_crud_pair {
        const struct sql_expr *column;
        const struct sql_expr *value;
    })
    pairs;
    VEC(const struct sql_expr **) more; /* values of the further rows */
    sql_exprs_t returning;              /* columns that SQLAlchemy fetches back by itself */
    const struct sql_expr *select;      /* INSERT FROM SELECT, with defaults added */
};
int sql_crud_insert(struct sql_rendering *r, const struct sql_dml *d, bool toplevel, struct sql_crud *out);
int sql_crud_update(struct sql_rendering *r, const struct sql_dml *d, const sql_froms_t *extra,
                    struct sql_crud *out);
/* Put the WITH that belongs before what was rendered since `start`. */
void sql_put_with(struct sql_rendering *r, size_t start, bool toplevel, bool following);
void sql_put_ctes(struct sql_rendering *r, struct strbuf *before, bool toplevel, bool following);

/* A part as text of its own, in the arena; NULL: failed. */
const char *sql_render_apart(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);
const char *sql_render_from_apart(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw);

int sql_fail(struct sql_rendering *r, const char *fmt, ...) PRINTF(2, 3);   /* CompileError */
int sql_refuse(struct sql_rendering *r, const char *fmt, ...) PRINTF(2, 3); /* not known */
int sql_fail_as(struct sql_rendering *r, const char *sqlstate, const char *fmt, ...) PRINTF(3, 4);

void sql_put(struct sql_rendering *r, const char *text);
void sql_put_name(struct sql_rendering *r, const struct ddl_name *name);
void sql_put_text_name(struct sql_rendering *r, const char *name);
/* A made-up name, the same for the same anon; cut when too long. sort: "colident", "alias", "values". */
const char *sql_anon_name(struct sql_rendering *r, const char *sort, const struct sql_anon *anon);
const char *sql_cut_name(struct sql_rendering *r, const char *sort, const char *name);
const char *sql_from_name(struct sql_rendering *r, const struct sql_from *f); /* NULL: none */
void sql_put_from_name(struct sql_rendering *r, const struct sql_from *f);
struct ddl_name sql_column_name(struct sql_rendering *r, const struct sql_expr *column);
