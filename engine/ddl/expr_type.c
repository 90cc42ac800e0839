/* Types within expressions: what a value compared with a column is, what a sum of two types gives. */
#include "engine/ddl/expr_make.h"
#include <string.h>

/* SQLAlchemy's affinity: an Enum is a String and a Float a Numeric. */
static enum ddl_affinity family(const struct ddl_type *t)
{
    enum ddl_affinity f = ddl_type_affinity(t);
    return f == AFFINITY_ENUM ? AFFINITY_STRING : f == AFFINITY_FLOAT ? AFFINITY_NUMERIC : f;
}

bool sql_type_is_null(const struct ddl_type *t)
{
    return t == ddl_type_null() || ddl_type_affinity(t) == AFFINITY_NULL;
}

bool sql_type_is_boolean(const struct ddl_type *t)
{
    return ddl_type_affinity(t) == AFFINITY_BOOLEAN;
}

bool sql_type_same_affinity(const struct ddl_type *a, const struct ddl_type *b)
{
    return family(a) == family(b) && (family(a) != AFFINITY_OTHER || a->class == b->class);
}

static bool is_decorator(const struct ddl_type *t)
{
    return ddl_type_is(t, DDL_TYPE_DECORATOR) && !ddl_type_is(t, DDL_TYPE_INTERVAL_GENERIC);
}

static bool is_concatenable(const struct ddl_type *t)
{
    enum ddl_affinity f = family(t);
    return f == AFFINITY_STRING || f == AFFINITY_JSON || f == AFFINITY_ARRAY ||
           ddl_type_is(t, DDL_TYPE_PG_HSTORE);
}

/* Types that decide on their own what they are compared with: decorators and user-defined ones. */
static bool keeps_itself(const struct ddl_type *t)
{
    return is_decorator(t) || ddl_type_is(t, DDL_TYPE_USER_DEFINED);
}

const struct ddl_type *sql_type_compared(struct arena *a, const struct ddl_type *t,
                                         const struct sql_operator *op, const struct sql_value *v)
{
    if (keeps_itself(t)) {
        return t;
    }
    enum ddl_affinity f = family(t);
    if (v && v->kind == SQL_VALUE_STR && (f == AFFINITY_BINARY || f == AFFINITY_UUID)) {
        return t;
    }
    if ((sql_op_is(op, SQL_OP_PG_PATH_MATCH) || sql_op_is(op, SQL_OP_PG_PATH_EXISTS)) && f == AFFINITY_JSON) {
        return ddl_type_string();
    }
    if (!v) {
        return t;
    }
    const struct ddl_type *own = ddl_type_of_value(a, v);
    return sql_type_is_null(own) || sql_type_same_affinity(own, t) ? t : own;
}

/* What `left op right` is: a row for each pair that is not simply left's type. SAME: left's class without its
 * arguments. */
#define SAME AFFINITY_OTHER
static const struct {
    enum ddl_affinity left;
    enum sql_op op;
    enum ddl_affinity right, result;
} adaptations[] = {
    {AFFINITY_INTEGER, SQL_OP_ADD, AFFINITY_DATE, AFFINITY_DATE},
    {AFFINITY_INTEGER, SQL_OP_ADD, AFFINITY_INTEGER, SAME},
    {AFFINITY_INTEGER, SQL_OP_ADD, AFFINITY_NUMERIC, AFFINITY_NUMERIC},
    {AFFINITY_INTEGER, SQL_OP_MUL, AFFINITY_INTERVAL, AFFINITY_INTERVAL},
    {AFFINITY_INTEGER, SQL_OP_MUL, AFFINITY_INTEGER, SAME},
    {AFFINITY_INTEGER, SQL_OP_MUL, AFFINITY_NUMERIC, AFFINITY_NUMERIC},
    {AFFINITY_INTEGER, SQL_OP_TRUEDIV, AFFINITY_INTEGER, AFFINITY_NUMERIC},
    {AFFINITY_INTEGER, SQL_OP_TRUEDIV, AFFINITY_NUMERIC, AFFINITY_NUMERIC},
    {AFFINITY_INTEGER, SQL_OP_FLOORDIV, AFFINITY_INTEGER, SAME},
    {AFFINITY_INTEGER, SQL_OP_FLOORDIV, AFFINITY_NUMERIC, AFFINITY_NUMERIC},
    {AFFINITY_INTEGER, SQL_OP_SUB, AFFINITY_INTEGER, SAME},
    {AFFINITY_INTEGER, SQL_OP_SUB, AFFINITY_NUMERIC, AFFINITY_NUMERIC},
    {AFFINITY_NUMERIC, SQL_OP_MUL, AFFINITY_INTERVAL, AFFINITY_INTERVAL},
    {AFFINITY_NUMERIC, SQL_OP_MUL, AFFINITY_NUMERIC, SAME},
    {AFFINITY_NUMERIC, SQL_OP_MUL, AFFINITY_INTEGER, SAME},
    {AFFINITY_NUMERIC, SQL_OP_TRUEDIV, AFFINITY_NUMERIC, SAME},
    {AFFINITY_NUMERIC, SQL_OP_TRUEDIV, AFFINITY_INTEGER, SAME},
    {AFFINITY_NUMERIC, SQL_OP_ADD, AFFINITY_NUMERIC, SAME},
    {AFFINITY_NUMERIC, SQL_OP_ADD, AFFINITY_INTEGER, SAME},
    {AFFINITY_NUMERIC, SQL_OP_SUB, AFFINITY_NUMERIC, SAME},
    {AFFINITY_NUMERIC, SQL_OP_SUB, AFFINITY_INTEGER, SAME},
    {AFFINITY_DATETIME, SQL_OP_ADD, AFFINITY_INTERVAL, SAME},
    {AFFINITY_DATETIME, SQL_OP_SUB, AFFINITY_INTERVAL, SAME},
    {AFFINITY_DATETIME, SQL_OP_SUB, AFFINITY_DATETIME, AFFINITY_INTERVAL},
    {AFFINITY_DATE, SQL_OP_ADD, AFFINITY_INTEGER, SAME},
    {AFFINITY_DATE, SQL_OP_ADD, AFFINITY_INTERVAL, AFFINITY_DATETIME},
    {AFFINITY_DATE, SQL_OP_ADD, AFFINITY_TIME, AFFINITY_DATETIME},
    {AFFINITY_DATE, SQL_OP_SUB, AFFINITY_INTEGER, SAME},
    {AFFINITY_DATE, SQL_OP_SUB, AFFINITY_DATE, AFFINITY_INTEGER},
    {AFFINITY_DATE, SQL_OP_SUB, AFFINITY_INTERVAL, AFFINITY_DATETIME},
    {AFFINITY_DATE, SQL_OP_SUB, AFFINITY_DATETIME, AFFINITY_INTERVAL},
    {AFFINITY_TIME, SQL_OP_ADD, AFFINITY_DATE, AFFINITY_DATETIME},
    {AFFINITY_TIME, SQL_OP_ADD, AFFINITY_INTERVAL, SAME},
    {AFFINITY_TIME, SQL_OP_SUB, AFFINITY_TIME, AFFINITY_INTERVAL},
    {AFFINITY_TIME, SQL_OP_SUB, AFFINITY_INTERVAL, SAME},
    {AFFINITY_INTERVAL, SQL_OP_ADD, AFFINITY_DATE, AFFINITY_DATETIME},
    {AFFINITY_INTERVAL, SQL_OP_ADD, AFFINITY_INTERVAL, SAME},
    {AFFINITY_INTERVAL, SQL_OP_ADD, AFFINITY_DATETIME, AFFINITY_DATETIME},
    {AFFINITY_INTERVAL, SQL_OP_ADD, AFFINITY_TIME, AFFINITY_TIME},
    {AFFINITY_INTERVAL, SQL_OP_SUB, AFFINITY_INTERVAL, SAME},
    {AFFINITY_INTERVAL, SQL_OP_MUL, AFFINITY_NUMERIC, SAME},
    {AFFINITY_INTERVAL, SQL_OP_TRUEDIV, AFFINITY_NUMERIC, SAME},
};

static enum ddl_type_id class_of_family(enum ddl_affinity f)
{
    switch (f) {
    case AFFINITY_NUMERIC:
        return DDL_TYPE_NUMERIC_GENERIC;
    case AFFINITY_DATE:
        return DDL_TYPE_DATE_GENERIC;
    case AFFINITY_DATETIME:
        return DDL_TYPE_DATETIME_GENERIC;
    case AFFINITY_INTERVAL:
        return DDL_TYPE_INTERVAL_GENERIC;
    case AFFINITY_TIME:
        return DDL_TYPE_TIME_GENERIC;
    default:
        return DDL_TYPE_INTEGER_GENERIC;
    }
}

static const struct ddl_type *adapted(struct arena *a, const struct ddl_type *left, enum sql_op op,
                                      const struct ddl_type *right)
{
    for (size_t i = 0; i < sizeof(adaptations) / sizeof(*adaptations); i++) {
        if (adaptations[i].left != family(left) || adaptations[i].op != op ||
            adaptations[i].right != family(right)) {
            continue;
        }
        enum ddl_affinity result = adaptations[i].result;
        bool plain_class = left->class->id == class_of_family(family(left));
        if (result == SAME) {
            /* The class itself: of right's type when it is the affinity of both, else of left's. */
            if (plain_class) {
                return family(right) == family(left) ? right : left;
            }
            return ddl_type_new(a, left->class->id);
        }
        return result == family(right) ? right : ddl_type_new(a, class_of_family(result));
    }
    return left;
}

void sql_type_adapt(struct arena *a, const struct ddl_type *left, const struct sql_operator **op,
                    const struct ddl_type *right, const struct ddl_type **result)
{
    if (sql_type_is_null(left) && !is_decorator(left)) {
        if (sql_type_is_null(right) || !((*op)->flags & SQL_OPF_COMMUTATIVE)) {
            *result = left;
        } else {
            sql_type_adapt(a, right, op, left, result);
        }
        return;
    }
    if (is_concatenable(left)) {
        if (sql_op_is(*op, SQL_OP_ADD) && (is_concatenable(right) || sql_type_is_null(right))) {
            *op = sql_operator(SQL_OP_CONCAT);
        }
        *result = ddl_type_affinity(left) == AFFINITY_ENUM && sql_op_is(*op, SQL_OP_CONCAT)
                      ? ddl_type_string()
                      : left;
        return;
    }
    *result = adapted(a, left, (*op)->id, right);
}

struct sql_expr *sql_bind(struct arena *a, const struct sql_expr *left, const struct sql_operator *op,
                          struct sql_value v, const struct ddl_type *type)
{
    const struct ddl_type *t = left->type;
    if ((left->flags & SQL_X_AGGREGATE) && left->left &&
        ddl_type_affinity(left->left->type) == AFFINITY_ARRAY && left->left->type->item) {
        t = left->left->type->item;
    } else if (left->flags & SQL_X_AGGREGATE) {
        t = left->left->type;
    }
    struct sql_expr *e = sql_value(a, v, type ? type : sql_type_compared(a, t, op, &v));
    e->flags = SQL_X_UNIQUE;
    e->name = left->kind == SQL_E_COLUMN || left->kind == SQL_E_FUNCTION ? left->name : DDL_NAME(NULL);
    return e;
}

const struct sql_expr *sql_bind_expr(struct arena *a, const struct sql_expr *left,
                                     const struct sql_expr *right, const struct ddl_type *type)
{
    if (right->kind == SQL_E_GROUPING && right->left->kind == SQL_E_VALUE) {
        const struct sql_expr *inner = sql_bind_expr(a, left, right->left, type);
        return inner == right->left ? right : sql_grouping(a, inner);
    }
    if (right->kind != SQL_E_VALUE || !sql_type_is_null(right->type) ||
        (sql_type_is_null(left->type) && !type)) {
        return right;
    }
    struct sql_expr *e = sql_copy(a, right);
    e->type = type ? type : left->type;
    return e;
}

const struct ddl_type *sql_array_type(struct arena *a, const struct ddl_type *item)
{
    bool nested = ddl_type_affinity(item) == AFFINITY_ARRAY && item->item;
    return nested ? ddl_type_array(a, item->item, item->dimensions ? item->dimensions + 1 : 2)
                  : ddl_type_array(a, item, 0);
}
