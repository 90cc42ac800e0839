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

const struct ddl_type *sql_plain_type(struct arena *a, const char *name)
{
    struct ddl_type *t = arena_alloc(a, sizeof(*t));
    *t = (struct ddl_type){.class = ddl_type_class_find("sqlalchemy.types", name),
                           .length = -1,
                           .precision = -1,
                           .scale = -1,
                           .display_width = -1};
    if (!t->class) {
        t->class = ddl_type_class_find("sqlalchemy.dialects.postgresql", name);
    }
    return t->class ? t : ddl_type_null();
}

static const struct ddl_type *bare(struct arena *a, const struct ddl_type *like)
{
    struct ddl_type *t = arena_alloc(a, sizeof(*t));
    *t = (struct ddl_type){
        .class = like->class, .length = -1, .precision = -1, .scale = -1, .display_width = -1};
    return t;
}

static bool is_decorator(const struct ddl_type *t)
{
    return t->class && strcmp(t->class->name, "TypeDecorator") == 0;
}

static bool is_concatenable(const struct ddl_type *t)
{
    enum ddl_affinity f = family(t);
    return f == AFFINITY_STRING || f == AFFINITY_JSON || f == AFFINITY_ARRAY ||
           (t->class && strcmp(t->class->name, "HSTORE") == 0);
}

/* Types that decide on their own what they are compared with: decorators and user-defined ones. */
static bool keeps_itself(const struct ddl_type *t)
{
    return is_decorator(t) && family(t) != AFFINITY_INTERVAL;
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
        return sql_plain_type(a, "String");
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

static const struct ddl_type *type_of_family(struct arena *a, enum ddl_affinity f)
{
    static const char *const names[] = {
        [AFFINITY_INTEGER] = "Integer",   [AFFINITY_NUMERIC] = "Numeric",   [AFFINITY_DATE] = "Date",
        [AFFINITY_DATETIME] = "DateTime", [AFFINITY_INTERVAL] = "Interval", [AFFINITY_TIME] = "Time",
    };
    return sql_plain_type(a, names[f]);
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
        bool plain_class = left->class == type_of_family(a, family(left))->class;
        if (result == SAME) {
            /* The class itself: of right's type when it is the affinity of both, else of left's. */
            if (plain_class) {
                return family(right) == family(left) ? right : left;
            }
            return bare(a, left);
        }
        return result == family(right) ? right : type_of_family(a, result);
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
                      ? sql_plain_type(a, "String")
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
    struct ddl_type *t = arena_alloc(a, sizeof(*t));
    *t = *bare(a, ddl_type_null());
    t->class = ddl_type_class_find("sqlalchemy.dialects.postgresql", "ARRAY");
    if (!t->class) {
        return ddl_type_null();
    }
    bool nested = ddl_type_affinity(item) == AFFINITY_ARRAY;
    t->item = nested && item->item ? item->item : item;
    t->dimensions = nested ? (item->dimensions ? item->dimensions + 1 : 2) : 0;
    return t;
}
