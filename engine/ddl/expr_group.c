/* Parentheses, AND and OR, and negation: what SQLAlchemy decides when an expression becomes part of another.
 */
#include "engine/ddl/expr_make.h"

static bool is_against(const struct sql_operator *against, enum sql_op a, enum sql_op b)
{
    return against && (against->id == a || against->id == b);
}

static const struct sql_expr *as_boolean(struct arena *a, const struct sql_expr *e, enum sql_op op)
{
    struct sql_expr *u = sql_make(a, SQL_E_UNARY, ddl_type_boolean());
    u->left = e;
    u->op = sql_operator(op);
    u->negate = sql_op_negation(u->op);
    u->flags = e->flags & SQL_X_BOOLEAN;
    return u;
}

const struct sql_expr *sql_grouping(struct arena *a, const struct sql_expr *e)
{
    struct sql_expr *g = sql_make(a, SQL_E_GROUPING, e->type);
    g->left = e;
    g->flags = e->flags & SQL_X_BOOLEAN;
    return g;
}

static const struct sql_expr *group_column(struct arena *a, const struct sql_expr *e,
                                           const struct sql_operator *against)
{
    if (against && (against->id == SQL_OP_ASBOOL || is_against(against, SQL_OP_AND, SQL_OP_OR)) &&
        sql_type_is_boolean(e->type)) {
        return as_boolean(a, e, SQL_OP_IS_TRUE);
    }
    return is_against(against, SQL_OP_ANY, SQL_OP_ALL) ? sql_grouping(a, e) : e;
}

static const struct sql_expr *relabel(struct arena *a, const struct sql_expr *label,
                                      const struct sql_expr *inner)
{
    if (inner == label->left || !inner) {
        return inner ? label : NULL;
    }
    struct sql_expr *l = arena_alloc(a, sizeof(*l));
    *l = *label;
    l->left = inner;
    l->flags = (label->flags & ~(unsigned)SQL_X_BOOLEAN) | (inner->flags & SQL_X_BOOLEAN);
    return l;
}

static bool is_as_boolean(const struct sql_expr *e)
{
    return e->kind == SQL_E_UNARY && (sql_op_is(e->op, SQL_OP_IS_TRUE) || sql_op_is(e->op, SQL_OP_IS_FALSE));
}

const struct sql_expr *sql_self_group(struct arena *a, const struct sql_expr *e,
                                      const struct sql_operator *against)
{
    switch (e->kind) {
    case SQL_E_TEXT:
        return sql_op_is(against, SQL_OP_IN) ? sql_grouping(a, e) : e;
    case SQL_E_LIST:
        if (e->op && (e->op->flags & SQL_OPF_BOOLEAN) && e->n == 0) {
            return e;
        }
        /* fallthrough */
    case SQL_E_BINARY:
        if ((!(e->flags & SQL_X_UNGROUPED) && sql_op_precedes(e->op, against)) ||
            (sql_op_is(against, SQL_OP_INV) && e->op &&
             !(e->op->flags & (SQL_OPF_COMPARISON | SQL_OPF_BOOLEAN)))) {
            return sql_grouping(a, e);
        }
        return e;
    case SQL_E_UNARY:
        if (is_as_boolean(e) || (e->flags & SQL_X_MODIFIER) || !sql_op_precedes(e->op, against)) {
            return e;
        }
        return sql_grouping(a, e);
    case SQL_E_ARRAY:
        return is_against(against, SQL_OP_ANY, SQL_OP_ALL) || sql_op_is(against, SQL_OP_GETITEM)
                   ? sql_grouping(a, e)
                   : e;
    case SQL_E_FILTER:
        return sql_op_precedes(sql_operator(SQL_OP_FILTER), against) ? sql_grouping(a, e) : e;
    case SQL_E_LABEL:
        return relabel(a, e, sql_self_group(a, e->left, against));
    case SQL_E_COERCE: {
        const struct sql_expr *inner = sql_self_group(a, e->left, against);
        return inner == e->left ? e : sql_coerce(a, inner, e->type);
    }
    case SQL_E_FUNCTION:
        if (sql_op_is(against, SQL_OP_GETITEM) && ddl_type_affinity(e->type) == AFFINITY_ARRAY) {
            return sql_grouping(a, e);
        }
        return group_column(a, e, against);
    case SQL_E_TUPLE:
    case SQL_E_GROUPING:
    case SQL_E_SCALAR_SELECT:
    case SQL_E_SELECT_GROUPING:
    case SQL_E_SLICE:
    case SQL_E_ORDERED_ARGUMENT:
    case SQL_E_VALUES_ROWS:
    case SQL_E_TEXT_SELECT:
    case SQL_E_INSERT:
    case SQL_E_UPDATE:
    case SQL_E_DELETE:
    case SQL_E_DDL:
        return e;
    case SQL_E_SELECT:
    case SQL_E_COMPOUND: {
        struct sql_expr *g = sql_make(a, SQL_E_SELECT_GROUPING, e->type);
        g->left = e;
        return g;
    }
    default:
        return group_column(a, e, against);
    }
}

static const struct sql_expr *negate_by_not(struct arena *a, const struct sql_expr *e)
{
    return sql_unary(a, sql_self_group(a, e, sql_operator(SQL_OP_INV)), SQL_OP_INV, NULL);
}

static const struct sql_expr *negate_column(struct arena *a, const struct sql_expr *e)
{
    return sql_type_is_boolean(e->type) ? as_boolean(a, e, SQL_OP_IS_FALSE) : negate_by_not(a, e);
}

static const struct sql_expr *negate_binary(struct arena *a, const struct sql_expr *e)
{
    if (!e->negate) {
        return negate_column(a, sql_grouping(a, e));
    }
    struct sql_expr *b = arena_alloc(a, sizeof(*b));
    *b = *e;
    b->op = e->negate;
    b->negate = e->op;
    if (e->right->kind == SQL_E_VALUE && (e->right->flags & SQL_X_EXPANDING) && e->right->op == e->op) {
        struct sql_expr *right = arena_alloc(a, sizeof(*right));
        *right = *e->right;
        right->op = b->op;
        b->right = right;
    }
    return b;
}

static const struct sql_expr *negate_as_boolean(struct arena *a, const struct sql_expr *e)
{
    if (e->left->kind == SQL_E_TRUE || e->left->kind == SQL_E_FALSE) {
        return sql_not(a, e->left);
    }
    return as_boolean(a, e->left, e->negate->id);
}

const struct sql_expr *sql_not(struct arena *a, const struct sql_expr *e)
{
    switch (e->kind) {
    case SQL_E_TRUE:
        return sql_make(a, SQL_E_FALSE, ddl_type_boolean());
    case SQL_E_FALSE:
        return sql_make(a, SQL_E_TRUE, ddl_type_boolean());
    case SQL_E_BINARY:
        return negate_binary(a, e);
    case SQL_E_LIST:
        return negate_by_not(a, e);
    case SQL_E_UNARY:
        if (is_as_boolean(e)) {
            return negate_as_boolean(a, e);
        }
        if (sql_type_is_boolean(e->type)) {
            return sql_unary(a, sql_self_group(a, e, sql_operator(SQL_OP_INV)), SQL_OP_INV,
                             ddl_type_boolean());
        }
        return negate_by_not(a, e);
    case SQL_E_LABEL:
        return relabel(a, e, sql_not(a, e->left));
    case SQL_E_TEXT:
    case SQL_E_SELECT:
    case SQL_E_COMPOUND:
    case SQL_E_TEXT_SELECT:
    case SQL_E_INSERT:
    case SQL_E_UPDATE:
    case SQL_E_DELETE:
    case SQL_E_DDL:
        return NULL;
    default:
        return negate_column(a, e);
    }
}

size_t sql_boolean_operands(struct arena *a, enum sql_op op, const struct sql_expr *const *items, size_t n,
                            const struct sql_expr **out)
{
    enum sql_expr_kind neutral = op == SQL_OP_AND ? SQL_E_TRUE : SQL_E_FALSE;
    enum sql_expr_kind decides = op == SQL_OP_AND ? SQL_E_FALSE : SQL_E_TRUE;
    size_t kept = 0;
    const struct sql_expr *seen_neutral = NULL;
    for (size_t i = 0; i < n; i++) {
        if (items[i]->kind == neutral) {
            seen_neutral = items[i];
        } else if (items[i]->kind == decides) {
            out[0] = items[i];
            kept = 1;
            break;
        } else {
            out[kept++] = items[i];
        }
    }
    if (kept == 0 && seen_neutral) {
        out[kept++] = seen_neutral;
    }
    const struct sql_operator *against = sql_operator(kept > 1 ? op : SQL_OP_ASBOOL);
    for (size_t i = 0; i < kept; i++) {
        out[i] = sql_self_group(a, out[i], against);
    }
    return kept;
}

/* What the list `e` of operator op is made of, so that and_(and_(a, b), c) is one list. */
static const struct sql_expr *flat_list(const struct sql_expr *e, enum sql_op op)
{
    const struct sql_expr *inner = e->kind == SQL_E_GROUPING ? e->left : e;
    return inner->kind == SQL_E_LIST && sql_op_is(inner->op, op) ? inner : NULL;
}

const struct sql_expr *sql_conjunction(struct arena *a, enum sql_op op, const struct sql_expr *const *items,
                                       size_t n)
{
    const struct sql_expr **operands = arena_array(a, n + 1, sizeof(struct sql_expr *));
    size_t kept = sql_boolean_operands(a, op, items, n, operands);
    if (kept == 1) {
        return operands[0];
    }
    size_t total = 0;
    for (size_t i = 0; i < kept; i++) {
        const struct sql_expr *inner = flat_list(operands[i], op);
        total += inner ? inner->n : 1;
    }
    struct sql_expr *list = sql_make(a, SQL_E_LIST, ddl_type_boolean());
    list->op = sql_operator(op);
    list->flags = SQL_X_BOOLEAN;
    list->items = arena_array(a, total + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < kept; i++) {
        const struct sql_expr *inner = flat_list(operands[i], op);
        for (size_t j = 0; j < (inner ? inner->n : 1); j++) {
            list->items[list->n++] = inner ? inner->items[j] : operands[i];
        }
    }
    return list;
}
