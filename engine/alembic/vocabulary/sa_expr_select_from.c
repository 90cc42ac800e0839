/* What a select() selects from: select_from(), join(), correlate(). */
#include "engine/alembic/vocabulary/sa_expr.h"

static int append_froms(struct py *py, pyv list, sql_froms_t *out)
{
    const struct py_list *l = (const void *)list;
    out->cap = out->n;
    for (size_t i = 0; i < l->n; i++) {
        const struct sql_from *f = expr_from(py, l->items[i]);
        if (!f) {
            return -1;
        }
        *vec_push(arena_of(py), out) = f;
    }
    return 0;
}

pyv sa_select_select_from(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, "Select.select_from", args);
    struct sql_expr *e = sql_select_of(arena_of(py), expr_in(self), &s);
    return !rest || append_froms(py, rest, &s->from) ? NULL : expr_wrap(py, e);
}

static pyv add_join(struct py *py, pyv self, pyv left, pyv right, pyv on, bool outer, bool full)
{
    struct sql_select *s;
    struct sql_expr *e = sql_select_of(arena_of(py), expr_in(self), &s);
    struct sql_join j = {.outer = outer, .full = full};
    j.right = expr_join_target(py, right);
    j.left = j.right && left ? expr_from(py, left) : NULL;
    if (!j.right || (left && !j.left) || (expr_given(on) && !(j.on = expr_coerce(py, on, EXPR_ON, NULL)))) {
        return NULL;
    }
    s->joins.cap = s->joins.n;
    *vec_push(arena_of(py), &s->joins) = j;
    return expr_wrap(py, e);
}

pyv sa_select_join(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"target", PY_ARG_REQUIRED},
                                          {"onclause", 0},
                                          {"isouter", PY_ARG_KEYWORD},
                                          {"full", PY_ARG_KEYWORD},
                                          {0}};
    pyv v[5] = {NULL};
    bool outer, full;
    if (py_bind(py, "Select.join", args, table, v, NULL, NULL) || expr_flag(py, v[2], &outer) ||
        expr_flag(py, v[3], &full)) {
        return NULL;
    }
    return add_join(py, self, NULL, v[0], v[1], outer, full);
}

pyv sa_select_outerjoin(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"target", PY_ARG_REQUIRED}, {"onclause", 0}, {"full", PY_ARG_KEYWORD}, {0}};
    pyv v[4] = {NULL};
    bool full;
    if (py_bind(py, "Select.outerjoin", args, table, v, NULL, NULL) || expr_flag(py, v[2], &full)) {
        return NULL;
    }
    return add_join(py, self, NULL, v[0], v[1], true, full);
}

pyv sa_select_join_from(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"from_", PY_ARG_REQUIRED},  {"target", PY_ARG_REQUIRED}, {"onclause", 0},
        {"isouter", PY_ARG_KEYWORD}, {"full", PY_ARG_KEYWORD},    {0}};
    pyv v[6] = {NULL};
    bool outer, full;
    if (py_bind(py, "Select.join_from", args, table, v, NULL, NULL) || expr_flag(py, v[3], &outer) ||
        expr_flag(py, v[4], &full)) {
        return NULL;
    }
    return add_join(py, self, v[0], v[1], v[2], outer, full);
}

static pyv correlated(struct py *py, pyv self, const struct py_args *args, bool except)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, except ? "Select.correlate_except" : "Select.correlate", args);
    struct sql_expr *e = sql_select_of(arena_of(py), expr_in(self), &s);
    if (!rest) {
        return NULL;
    }
    const struct py_list *l = (const void *)rest;
    sql_froms_t *list = except ? &s->correlate_except : &s->correlate;
    s->explicit_correlation = true;
    s->has_correlate_except |= except;
    if (l->n == 0 || py_is_none(l->items[0]) || l->items[0] == &py_false) {
        *list = (sql_froms_t){0};
        return expr_wrap(py, e);
    }
    return append_froms(py, rest, list) ? NULL : expr_wrap(py, e);
}

pyv sa_select_correlate(struct py *py, pyv self, const struct py_args *args)
{
    return correlated(py, self, args, false);
}
pyv sa_select_correlate_except(struct py *py, pyv self, const struct py_args *args)
{
    return correlated(py, self, args, true);
}
