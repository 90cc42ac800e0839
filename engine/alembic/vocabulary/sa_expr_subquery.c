/* A select() as something else: a subquery, a CTE, a value, exists(). */
#include "engine/alembic/vocabulary/sa_expr.h"

pyv sa_select_subquery(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", 0}, {"flat", 0}, {0}};
    pyv v[3] = {NULL};
    const char *name;
    if (py_bind(py, "subquery", args, table, v, NULL, NULL) || expr_str(py, v[0], "a name", &name) ||
        expr_check_columns(py, expr_in(self), NULL)) {
        return NULL;
    }
    return expr_from_wrap(py, sql_subquery(arena_of(py), expr_in(self), name));
}

pyv sa_select_cte(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", 0}, {"recursive", 0}, {"nesting", 0}, {0}};
    pyv v[4] = {NULL};
    const char *name;
    bool recursive, nesting;
    if (py_bind(py, "cte", args, table, v, NULL, NULL) || expr_str(py, v[0], "a name", &name) ||
        expr_flag(py, v[1], &recursive) || expr_flag(py, v[2], &nesting) ||
        expr_check_columns(py, expr_in(self), NULL)) {
        return NULL;
    }
    return expr_from_wrap(py, sql_cte(arena_of(py), expr_in(self), name, recursive, nesting));
}

pyv sa_select_lateral(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", 0}, {0}};
    pyv v[2] = {NULL};
    const char *name;
    if (py_bind(py, "lateral", args, table, v, NULL, NULL) || expr_str(py, v[0], "a name", &name) ||
        expr_check_columns(py, expr_in(self), NULL)) {
        return NULL;
    }
    struct sql_from *f = sql_subquery(arena_of(py), expr_in(self), name);
    f->lateral = true;
    return expr_from_wrap(py, f);
}

pyv sa_select_scalar(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return expr_wrap(py, sql_scalar_select(arena_of(py), expr_in(self)));
}

pyv sa_select_label(struct py *py, pyv self, const struct py_args *args)
{
    pyv scalar = sa_select_scalar(py, self, PY_NO_ARGS);
    return scalar ? py_call_method(py, scalar, "label", args) : NULL;
}

static pyv exists_of(struct py *py, const struct sql_expr *scalar)
{
    return expr_wrap(py, sql_unary(arena_of(py), scalar, SQL_OP_EXISTS, ddl_type_boolean()));
}

pyv sa_select_exists(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return exists_of(py, sql_scalar_select(arena_of(py), expr_in(self)));
}

pyv sa_exists(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"__argument", 0}, {0}};
    pyv v[2] = {NULL};
    struct arena *a = arena_of(py);
    struct sql_select *s;
    (void)self;
    if (py_bind(py, "exists", args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (v[0] && py_is(v[0], &expr_type_select_base)) {
        return exists_of(py, sql_scalar_select(a, expr_in(v[0])));
    }
    if (v[0] && is_expr(v[0]) && expr_in(v[0])->kind == SQL_E_SCALAR_SELECT) {
        return exists_of(py, expr_in(v[0]));
    }
    struct sql_expr *select = sql_select_new(a, &s);
    struct sql_entity entity = {.expr = sql_literal_column(a, SLICE("*"), NULL)};
    if (v[0] && !py_is_none(v[0]) && expr_entity(py, v[0], &entity)) {
        return NULL;
    }
    *vec_push(a, &s->columns) = entity;
    return exists_of(py, sql_scalar_select(a, select));
}

/* --- methods of exists() and of scalar subqueries reach the select within --- */

static pyv within(struct py *py, pyv self, const struct py_args *args, const char *method)
{
    const struct sql_expr *e = expr_in(self);
    const struct sql_expr *scalar = e->kind == SQL_E_SCALAR_SELECT ? e : e->left;
    if (scalar->kind != SQL_E_SCALAR_SELECT || scalar->left->kind != SQL_E_SELECT) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                        "Can only apply this operation to a plain SELECT construct");
    }
    pyv select = expr_wrap(py, scalar->left);
    pyv changed_select = select ? py_call_method(py, select, method, args) : NULL;
    if (!changed_select) {
        return NULL;
    }
    struct sql_expr *s = sql_copy(arena_of(py), scalar);
    s->left = expr_in(changed_select);
    return e->kind == SQL_E_SCALAR_SELECT ? expr_wrap(py, s) : exists_of(py, s);
}

#define WITHIN(function, method)                                                                             \
    static pyv function(struct py *py, pyv self, const struct py_args *args)                                 \
    {                                                                                                        \
        return within(py, self, args, method);                                                               \
    }
#define METHOD(name, fn)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_METHOD, fn, NULL, NULL                                                                  \
    }
WITHIN(w_where, "where")
WITHIN(w_select_from, "select_from")
WITHIN(w_correlate, "correlate")
WITHIN(w_correlate_except, "correlate_except")

static pyv w_select(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return sa_select(py, NULL, &(struct py_args){.pos = &self, .npos = 1});
}

const struct py_def sa_exists_methods[] = {
    METHOD("where", w_where),         METHOD("select_from", w_select_from),
    METHOD("correlate", w_correlate), METHOD("correlate_except", w_correlate_except),
    METHOD("select", w_select),       {0},
};
const struct py_def sa_scalar_select_methods[] = {
    METHOD("where", w_where),
    METHOD("correlate", w_correlate),
    METHOD("correlate_except", w_correlate_except),
    {0},
};
