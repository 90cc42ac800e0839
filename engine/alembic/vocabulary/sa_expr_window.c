/* What stands behind a function: OVER, FILTER, WITHIN GROUP, and ORDER BY within its arguments. */
#include "engine/alembic/vocabulary/sa_expr.h"

static int ends_of(struct py *py, pyv v, struct sql_window *w, const char *frame)
{
    const struct py_list *l = (const void *)v;
    if (!expr_given(v) || py_truth(py, v) == 0) {
        return 0;
    }
    if (w->frame) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "only one of 'rows', 'range_', or 'groups' may be provided");
        return -1;
    }
    if (!py_is(v, &py_type_tuple) || l->n != 2) {
        py_raise(py, "sqlalchemy.exc.ArgumentError", "2-tuple expected for range/rows");
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        w->unbounded[i] = py_is_none(l->items[i]);
        if (!w->unbounded[i] && !py_as_int(l->items[i], &w->offset[i])) {
            py_raise(py, "sqlalchemy.exc.ArgumentError", "Integer or None expected for range value");
            return -1;
        }
    }
    w->frame = frame;
    return 0;
}

static int by_list(struct py *py, pyv v, const struct sql_expr ***items, size_t *n)
{
    sql_exprs_t list = {0};
    if (!expr_given(v)) {
        return 0;
    }
    pyv all = py_is(v, &py_type_list) || py_is(v, &py_type_tuple) ? v : py_list_new(py);
    if (!all || (all != v && py_list_append(py, all, v)) || expr_list(py, all, EXPR_BY, &list)) {
        return -1;
    }
    if (all != v && list.n == 1 && list.items[0]->kind == SQL_E_ARRAY) {
        py_refuse(py, "a window over an array, whose items SQLAlchemy takes apart");
        return -1;
    }
    for (size_t i = 0; i < list.n; i++) {
        list.items[i] = sql_self_group(arena_of(py), list.items[i], sql_operator(SQL_OP_COMMA));
    }
    *items = list.items;
    *n = list.n;
    return 0;
}

pyv sa_over(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg of_function[] = {{"element", PY_ARG_REQUIRED},
                                                {"partition_by", 0},
                                                {"order_by", 0},
                                                {"range_", 0},
                                                {"rows", 0},
                                                {"groups", 0},
                                                {0}};
    static const struct py_arg of_method[] = {{"partition_by", PY_ARG_KEYWORD}, {"order_by", PY_ARG_KEYWORD},
                                              {"range_", PY_ARG_KEYWORD},       {"rows", PY_ARG_KEYWORD},
                                              {"groups", PY_ARG_KEYWORD},       {0}};
    pyv v[7] = {NULL};
    if (py_bind(py, "over", args, self ? of_method : of_function, self ? v + 1 : v, NULL, NULL)) {
        return NULL;
    }
    struct sql_window *w = arena_alloc(arena_of(py), sizeof(*w));
    const struct sql_expr *e = self ? expr_in(self) : expr_coerce(py, v[0], EXPR_OPERAND, NULL);
    if (!e || by_list(py, v[1], &w->partition, &w->npartition) || by_list(py, v[2], &w->order, &w->norder) ||
        ends_of(py, v[3], w, "RANGE") || ends_of(py, v[4], w, "ROWS") || ends_of(py, v[5], w, "GROUPS")) {
        return NULL;
    }
    struct sql_expr *over = sql_make(arena_of(py), SQL_E_OVER, e->type);
    over->left = e;
    over->data = w;
    return expr_wrap(py, over);
}

pyv sa_within_group(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg of_function[] = {{"element", PY_ARG_REQUIRED}, {0}};
    static const struct py_arg of_method[] = {{0}};
    pyv v[2] = {NULL}, rest = NULL;
    if (py_bind(py, "within_group", args, self ? of_method : of_function, v, &rest, NULL)) {
        return NULL;
    }
    const struct sql_expr *e = self ? expr_in(self) : expr_coerce(py, v[0], EXPR_OPERAND, NULL);
    struct sql_expr *w = sql_make(arena_of(py), SQL_E_WITHIN_GROUP, e ? e->type : NULL);
    if (!e || by_list(py, rest, &w->items, &w->n)) {
        return NULL;
    }
    w->left = e;
    return expr_wrap(py, w);
}

pyv sa_funcfilter(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg of_function[] = {{"func", PY_ARG_REQUIRED}, {0}};
    static const struct py_arg of_method[] = {{0}};
    pyv v[2] = {NULL}, rest = NULL;
    sql_exprs_t list = {0};
    struct arena *a = arena_of(py);
    if (py_bind(py, "filter", args, self ? of_method : of_function, v, &rest, NULL) ||
        expr_list(py, rest, EXPR_WHERE, &list)) {
        return NULL;
    }
    const struct sql_expr *e = self ? expr_in(self) : expr_coerce(py, v[0], EXPR_OPERAND, NULL);
    if (!e || (list.n == 0 && self)) {
        return e ? self : NULL;
    }
    /* filter() on a filter adds to its condition. */
    const struct sql_expr *criterion = e->kind == SQL_E_FILTER ? e->right : NULL;
    for (size_t i = 0; i < list.n; i++) {
        const struct sql_expr *both[2] = {criterion, list.items[i]};
        criterion = criterion ? sql_conjunction(a, SQL_OP_AND, both, 2) : list.items[i];
    }
    struct sql_expr *f = sql_make(a, SQL_E_FILTER, e->type);
    f->left = e->kind == SQL_E_FILTER ? e->left : e;
    f->right = criterion;
    return expr_wrap(py, f);
}

const struct py_def sa_over_methods[] = {
    {"over", PY_DEF_METHOD, sa_over, NULL, NULL},
    {"filter", PY_DEF_METHOD, sa_funcfilter, NULL, NULL},
    {"within_group", PY_DEF_METHOD, sa_within_group, NULL, NULL},
    {0},
};

pyv sa_pg_aggregate_order_by(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"target", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    sql_exprs_t list = {0};
    (void)self;
    if (py_bind(py, "aggregate_order_by", args, table, v, &rest, NULL) ||
        expr_list(py, rest, EXPR_OPERAND, &list)) {
        return NULL;
    }
    if (list.n == 0) {
        return py_raise(py, "TypeError", "at least one ORDER BY element is required");
    }
    const struct sql_expr *e = expr_coerce(py, v[0], EXPR_OPERAND, NULL);
    struct sql_expr *o = sql_make(arena_of(py), SQL_E_ORDERED_ARGUMENT, e ? e->type : NULL);
    o->left = e;
    o->items = list.items;
    o->n = list.n;
    for (size_t i = 0; list.n > 1 && i < o->n; i++) {
        o->items[i] = sql_self_group(arena_of(py), o->items[i], sql_operator(SQL_OP_COMMA));
    }
    return e ? expr_wrap(py, o) : NULL;
}
