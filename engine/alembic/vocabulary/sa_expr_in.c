/* in_() and not_in(). */
#include "engine/alembic/vocabulary/sa_expr.h"

static const struct sql_expr *in_list(struct py *py, const struct sql_expr *left,
                                      const struct sql_operator *op, pyv list)
{
    struct arena *a = arena_of(py);
    const struct py_list *l = (const void *)list;
    bool literal = true;
    for (size_t i = 0; i < l->n; i++) {
        literal &= expr_is_literal(py, l->items[i]);
    }
    if (!literal) {
        uint64_t hash;
        for (size_t i = 0; i < l->n; i++) {
            if (py_hash(py, l->items[i], &hash)) { /* they are looked up in a dict */
                return NULL;
            }
        }
        const struct sql_expr **items = arena_array(a, l->n + 1, sizeof(*items));
        for (size_t i = 0; i < l->n; i++) {
            items[i] = expr_is_literal(py, l->items[i]) ? expr_operand(py, l->items[i], left, op, NULL)
                                                        : expr_coerce(py, l->items[i], EXPR_OPERAND, NULL);
            if (!items[i]) {
                return NULL;
            }
        }
        return sql_self_group(a, sql_list(a, SQL_OP_COMMA, items, l->n), op);
    }
    if (left->kind == SQL_E_ARRAY) {
        return py_raise(py, "TypeError",
                        "array._bind_param() got an unexpected keyword argument 'expanding'");
    }
    struct sql_value value;
    if (vocab_value(py, list, &value)) {
        return NULL;
    }
    const struct sql_value *first = value.n ? &value.items[0] : NULL;
    struct sql_expr *e;
    if (left->kind == SQL_E_TUPLE) {
        e = sql_value(a, value, ddl_type_null());
        e->items = arena_array(a, left->n + 1, sizeof(*e->items));
        for (size_t i = 0; i < left->n; i++) {
            const struct sql_value *member =
                first && first->kind == SQL_VALUE_LIST && i < first->n ? &first->items[i] : NULL;
            const struct ddl_type *t = sql_type_compared(a, left->items[i]->type, op, member);
            e->items[e->n++] = sql_value(a, (struct sql_value){.kind = SQL_VALUE_NULL}, t);
        }
    } else {
        e = sql_value(a, value, sql_type_compared(a, left->type, op, first));
    }
    e->flags = SQL_X_EXPANDING | SQL_X_UNIQUE;
    e->op = op;
    return e;
}

static const struct sql_expr *in_operand(struct py *py, const struct sql_expr *left,
                                         const struct sql_operator *op, pyv v)
{
    static const char role[] = "IN expression list, SELECT construct, or bound parameter object";
    struct arena *a = arena_of(py);
    if (is_from(v)) {
        const struct sql_from *f = from_in(v);
        if (f->kind == SQL_FROM_VALUES) {
            return py_refuse(py, "in_() of values()");
        }
        struct sql_select *s;
        struct sql_expr *select = sql_select_new(a, &s);
        vec_push(a, &s->columns)->from = f;
        return sql_scalar_select(a, select);
    }
    if (py_is(v, &py_type_clause)) {
        const struct sql_expr *e = expr_in(v);
        if (py_is(v, &expr_type_select_base)) {
            return sql_scalar_select(a, e);
        }
        if (e->kind == SQL_E_VALUE) {
            struct sql_expr *list = sql_copy(a, e);
            list->flags |= SQL_X_EXPANDING;
            list->op = op;
            return list;
        }
        if (e->kind == SQL_E_SCALAR_SELECT || e->kind == SQL_E_TEXT || e->kind == SQL_E_GROUPING) {
            return e;
        }
        if (e->kind == SQL_E_LIST || e->kind == SQL_E_TUPLE) {
            return e->kind == SQL_E_LIST ? sql_self_group(a, e, op) : e;
        }
        return expr_argument_error(py, role, v);
    }
    if (py_text(v).ptr || py_is(v, &py_type_bytes) || !PY_SLOT(v->type, iter)) {
        return expr_argument_error(py, role, v);
    }
    pyv list = py_listed(py, v);
    return list ? in_list(py, left, op, list) : NULL;
}

static pyv in_method(struct py *py, pyv self, const struct py_args *args, const char *name, enum sql_op id)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, name, args, table, v, NULL, NULL) || !(v[0] = expr_element(py, v[0]))) {
        return NULL;
    }
    struct arena *a = arena_of(py);
    const struct sql_operator *op = sql_operator(id);
    const struct sql_expr *left = expr_in(self), *right = in_operand(py, left, op, v[0]);
    if (!right) {
        return NULL;
    }
    right = sql_bind_expr(a, left, right, NULL);
    return expr_wrap(py, sql_compare(a, left, op, right, false, false, NULL));
}

pyv sa_in(struct py *py, pyv self, const struct py_args *args)
{
    return in_method(py, self, args, "ColumnOperators.in_", SQL_OP_IN);
}
pyv sa_not_in(struct py *py, pyv self, const struct py_args *args)
{
    return in_method(py, self, args, "ColumnOperators.not_in", SQL_OP_NOT_IN);
}
