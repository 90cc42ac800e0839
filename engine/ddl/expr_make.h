/*
 * Makers of expressions. Each gives what SQLAlchemy's constructor of the same name gives: operands get their
 * parentheses here, so that rendering only writes. Everything lives in the arena.
 */
#pragma once
#include "engine/ddl/expr_operators.h"

struct sql_expr *sql_make(struct arena *a, enum sql_expr_kind kind,
                          const struct ddl_type *type /* NULL: none */);
struct sql_expr *sql_copy(struct arena *a, const struct sql_expr *e);
const struct sql_expr *sql_grouping(struct arena *a, const struct sql_expr *e);
struct sql_expr *sql_coerce(struct arena *a, const struct sql_expr *e, const struct ddl_type *type);
struct sql_expr *sql_cast(struct arena *a, const struct sql_expr *e, const struct ddl_type *type);
struct sql_expr *sql_label(struct arena *a, const struct sql_expr *e, const char *name /* NULL: made up */);
struct sql_expr *sql_list(struct arena *a, enum sql_op op, const struct sql_expr *const *items, size_t n);
struct sql_expr *sql_collate(struct arena *a, const struct sql_expr *e, const char *collation);
struct sql_expr *sql_literal_column(struct arena *a, struct slice text, const struct ddl_type *type);
struct sql_expr *sql_array(struct arena *a, const struct sql_expr *const *items, size_t n,
                           const struct ddl_type *item_type);
struct sql_expr *sql_between(struct arena *a, const struct sql_expr *e, const struct sql_expr *low,
                             const struct sql_expr *high, bool symmetric);
const struct sql_anon *sql_anon(struct arena *a, const void *id, unsigned index, const char *seed);

/* Functions. name is what func.<name> was called with; packages: func.<package>.<name>. args are grouped
 * here; type NULL: by the function's own rules. */
struct sql_function {
    const char *const *packages;
    size_t npackages;
    bool ordinality;
    bool generic; /* one of SQLAlchemy's own, with a type */
};
struct sql_expr *sql_function(struct arena *a, const char *const *packages, size_t npackages,
                              const char *name, const struct sql_expr *const *args, size_t n,
                              const struct ddl_type *type);

struct sql_window {
    const struct sql_expr **partition, **order;
    size_t npartition, norder;
    const char *frame; /* "RANGE", "ROWS", "GROUPS", or NULL */
    bool unbounded[2]; /* of the frame's ends */
    int64_t offset[2]; /* 0: the current row */
};

/* AND's (OR's) operands without the neutral ones, each grouped; out has room for n + 1. Gives their number.
 */
size_t sql_boolean_operands(struct arena *a, enum sql_op op, const struct sql_expr *const *items, size_t n,
                            const struct sql_expr **out);
/* The froms that an expression names, in SQLAlchemy's order (with repetitions). */
typedef VEC(const struct sql_from *) sql_froms_t;
void sql_froms_of(struct arena *a, const struct sql_expr *e, sql_froms_t *out);
void sql_froms_within(struct arena *a, const struct sql_from *f, sql_froms_t *out);
bool sql_froms_has(const sql_froms_t *list, const struct sql_from *f);
/* The columns that naming `e` in SELECT stands for: a table's columns, a list's members, or e itself. */
typedef VEC(const struct sql_expr *) sql_exprs_t;

const struct ddl_type *sql_array_type(struct arena *a, const struct ddl_type *item);
