/* Binary and unary expressions as SQLAlchemy's operators make them. */
#include "engine/ddl/expr_make.h"

static bool makes_boolean(const struct sql_operator *op)
{
    return op && (op->flags & (SQL_OPF_COMPARISON | SQL_OPF_BOOLEAN));
}

struct sql_expr *sql_binary_raw(struct arena *a, const struct sql_expr *left, const struct sql_operator *op,
                                const struct sql_expr *right, const struct ddl_type *type,
                                const struct sql_operator *negate, const struct sql_modifiers *modifiers)
{
    struct sql_expr *e = sql_make(a, SQL_E_BINARY, type);
    e->left = sql_self_group(a, left, op);
    e->right = sql_self_group(a, right, op);
    e->op = op;
    e->negate = negate;
    e->data = modifiers;
    e->flags = makes_boolean(op) ? SQL_X_BOOLEAN : 0;
    return e;
}

/* The members of an operand that joins the list of an associative operator; NULL: it is one member. */
static const struct sql_expr *joins(const struct sql_expr *e, const struct sql_operator *op,
                                    const struct ddl_type *type)
{
    const struct sql_expr *inner = e->kind == SQL_E_GROUPING ? e->left : e;
    bool made_with_op = (inner->kind == SQL_E_BINARY || inner->kind == SQL_E_LIST) && inner->op == op;
    return made_with_op && sql_type_same_affinity(type, e->type) ? inner : NULL;
}

static size_t put_members(const struct sql_expr *e, const struct sql_expr *inner, const struct sql_expr **out)
{
    if (!inner) {
        out[0] = e;
        return 1;
    }
    if (inner->kind == SQL_E_BINARY) {
        out[0] = inner->left;
        out[1] = inner->right;
        return 2;
    }
    for (size_t i = 0; i < inner->n; i++) {
        out[i] = inner->items[i];
    }
    return inner->n;
}

const struct sql_expr *sql_binary_for_op(struct arena *a, const struct sql_expr *left,
                                         const struct sql_operator *op, const struct sql_expr *right,
                                         const struct ddl_type *type, const struct sql_operator *negate,
                                         const struct sql_modifiers *modifiers)
{
    if (op->flags & SQL_OPF_ASSOCIATIVE) {
        const struct sql_expr *in_left = joins(left, op, type), *in_right = joins(right, op, type);
        if (in_left || in_right) {
            size_t most = (in_left ? in_left->n + 2 : 1) + (in_right ? in_right->n + 2 : 1);
            const struct sql_expr **items = arena_array(a, most, sizeof(struct sql_expr *));
            size_t n = put_members(left, in_left, items);
            n += put_members(right, in_right, items + n);
            struct sql_expr *list = sql_list(a, op->id, items, n);
            list->type = type;
            return list;
        }
    }
    return sql_binary_raw(a, left, op, right, type, right->flags & SQL_X_AGGREGATE ? NULL : negate,
                          modifiers);
}

const struct sql_expr *sql_operate(struct arena *a, const struct sql_expr *left,
                                   const struct sql_operator *op, const struct sql_expr *right,
                                   const struct ddl_type *result)
{
    if (!result) {
        if (op->result) {
            result = op->result;
        } else if (op->id == SQL_OP_CUSTOM && (op->flags & SQL_OPF_COMPARISON)) {
            result = ddl_type_boolean();
        } else {
            sql_type_adapt(a, left->type, &op, right->type, &result);
        }
    }
    return sql_binary_for_op(a, left, op, right, result, NULL, NULL);
}

const struct sql_expr *sql_compare(struct arena *a, const struct sql_expr *left,
                                   const struct sql_operator *op, const struct sql_expr *right, bool constant,
                                   bool reverse, const struct sql_modifiers *modifiers)
{
    const struct ddl_type *boolean = ddl_type_boolean();
    const struct sql_operator *negate = sql_op_negation(op);
    if (constant && !(left->flags & SQL_X_AGGREGATE)) {
        bool equality = op->id == SQL_OP_EQ || op->id == SQL_OP_NE;
        if ((equality && right->kind != SQL_E_NULL) || op->id == SQL_OP_DISTINCT_FROM ||
            op->id == SQL_OP_NOT_DISTINCT_FROM) {
            return sql_binary_for_op(a, left, op, right, boolean, negate, modifiers);
        }
        if (op->id == SQL_OP_EQ || op->id == SQL_OP_IS) {
            return sql_binary_for_op(a, left, sql_operator(SQL_OP_IS), right, boolean,
                                     sql_operator(SQL_OP_IS_NOT), NULL);
        }
        if (op->id == SQL_OP_NE || op->id == SQL_OP_IS_NOT) {
            return sql_binary_for_op(a, left, sql_operator(SQL_OP_IS_NOT), right, boolean,
                                     sql_operator(SQL_OP_IS), NULL);
        }
        return NULL;
    }
    if (op->id == SQL_OP_IS || op->id == SQL_OP_IS_NOT) {
        negate = op; /* as SQLAlchemy has it: NOT (a IS b) stays a IS b */
    }
    return reverse ? sql_binary_for_op(a, right, op, left, boolean, negate, modifiers)
                   : sql_binary_for_op(a, left, op, right, boolean, negate, modifiers);
}

struct sql_expr *sql_unary(struct arena *a, const struct sql_expr *e, enum sql_op op,
                           const struct ddl_type *type)
{
    struct sql_expr *u = sql_make(a, SQL_E_UNARY, type);
    u->op = sql_operator(op);
    u->left = sql_self_group(a, e, u->op);
    u->flags = op == SQL_OP_ANY || op == SQL_OP_ALL ? SQL_X_AGGREGATE : 0;
    return u;
}

struct sql_expr *sql_unary_modifier(struct arena *a, const struct sql_expr *e, enum sql_op op)
{
    struct sql_expr *u = sql_unary(a, e, op, NULL);
    u->flags |= SQL_X_MODIFIER;
    return u;
}

struct sql_expr *sql_between(struct arena *a, const struct sql_expr *e, const struct sql_expr *low,
                             const struct sql_expr *high, bool symmetric)
{
    /* The ends are not put into parentheses. */
    struct sql_expr *ends = sql_make(a, SQL_E_LIST, NULL);
    ends->op = sql_operator(SQL_OP_AND);
    ends->flags = SQL_X_UNGROUPED;
    ends->items = arena_array(a, 2, sizeof(struct sql_expr *));
    ends->items[ends->n++] = low;
    ends->items[ends->n++] = high;
    struct sql_modifiers *m = arena_alloc(a, sizeof(*m));
    m->symmetric = symmetric;
    return sql_binary_raw(a, e, sql_operator(SQL_OP_BETWEEN), ends, NULL, sql_operator(SQL_OP_NOT_BETWEEN),
                          m);
}
