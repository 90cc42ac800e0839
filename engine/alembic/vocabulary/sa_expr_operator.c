/* Operators of columns and expressions: Python's own, and the methods that stand for SQL's. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

static pyv not_comparable(struct py *py)
{
    return py_raise(py, "sqlalchemy.exc.ArgumentError",
                    "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' "
                    "operators can be used with None/True/False");
}

static pyv only_comparison(struct py *py)
{
    return py_raise(py, "sqlalchemy.exc.ArgumentError", "Only comparison operators may be used with ANY/ALL");
}

/* A TypeDecorator decides itself what True and False are. */
static const struct sql_expr *constant(struct py *py, const struct sql_expr *left, pyv v)
{
    bool decorated =
        ddl_type_is(left->type, DDL_TYPE_DECORATOR) && !ddl_type_is(left->type, DDL_TYPE_INTERVAL_GENERIC);
    if (decorated && (v == &py_true || v == &py_false)) {
        return NULL;
    }
    return expr_constant(py, v);
}

pyv sa_compare(struct py *py, const struct sql_expr *left, enum sql_op id, pyv v,
               const struct sql_modifiers *modifiers)
{
    struct arena *a = arena_of(py);
    const struct sql_operator *op = sql_operator(id);
    bool aggregate = left->flags & SQL_X_AGGREGATE;
    if (aggregate) {
        op = sql_op_mirror(op);
    }
    v = expr_element(py, v);
    if (!v) {
        return NULL;
    }
    const struct sql_expr *right = constant(py, left, v);
    bool is_constant = right != NULL;
    if (!right) {
        right = expr_operand(py, v, left, op, NULL);
    }
    if (!right) {
        return NULL;
    }
    const struct sql_expr *e = sql_compare(a, left, op, right, is_constant, aggregate, modifiers);
    return e ? expr_wrap(py, e) : not_comparable(py);
}

static pyv operate_with(struct py *py, const struct sql_expr *left, const struct sql_operator *op, pyv v,
                        const struct ddl_type *result, bool reverse)
{
    if (left->flags & SQL_X_AGGREGATE) {
        return only_comparison(py);
    }
    const struct sql_expr *right = expr_operand(py, v, left, op, NULL);
    if (!right || !py_spend(py, 1, (left->n + right->n) * sizeof(void *))) {
        return NULL;
    }
    return expr_wrap(py, reverse ? sql_operate(arena_of(py), right, op, left, result)
                                 : sql_operate(arena_of(py), left, op, right, result));
}

pyv sa_operate(struct py *py, const struct sql_expr *left, enum sql_op op, pyv v,
               const struct ddl_type *result, bool reverse)
{
    return operate_with(py, left, sql_operator(op), v, result, reverse);
}

/* --- Python's operators --- */

static pyv unsupported(struct py *py, const char *name)
{
    return py_raise(py, "NotImplementedError", "Operator '%s' is not supported on this expression", name);
}

pyv sa_operator_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    static const struct {
        enum py_op python;
        enum sql_op sql;
    } pairs[] = {
        {PY_OP_ADD, SQL_OP_ADD},     {PY_OP_SUB, SQL_OP_SUB},           {PY_OP_MUL, SQL_OP_MUL},
        {PY_OP_DIV, SQL_OP_TRUEDIV}, {PY_OP_FLOORDIV, SQL_OP_FLOORDIV}, {PY_OP_MOD, SQL_OP_MOD},
    };
    bool reverse = !is_expr(left);
    if (op == PY_OP_BITAND || op == PY_OP_BITOR) {
        pyv both[2] = {left, right};
        if (reverse && !py_is(left, &py_type_clause)) {
            both[0] = right;
            both[1] = left; /* __rand__ puts it behind */
        }
        const struct py_args args = {.pos = both, .npos = 2};
        return op == PY_OP_BITAND ? sa_and(py, NULL, &args) : sa_or(py, NULL, &args);
    }
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        if (pairs[i].python == op) {
            return sa_operate(py, expr_in(reverse ? right : left), pairs[i].sql, reverse ? left : right, NULL,
                              reverse);
        }
    }
    if (op == PY_OP_LSHIFT || op == PY_OP_RSHIFT) {
        return unsupported(py, op == PY_OP_LSHIFT ? "lshift" : "rshift");
    }
    return &py_not_implemented;
}

/* Classes of SQLAlchemy that derive from others of its own: Python asks the right side first when its class
 * is derived from the left side's. */
static bool right_is_derived(const struct sql_expr *left, const struct sql_expr *right)
{
    bool generic[2] = {false, false};
    const struct sql_expr *const both[2] = {left, right};
    for (int i = 0; i < 2 && both[i]->kind == SQL_E_FUNCTION; i++) {
        generic[i] = ((const struct sql_function *)both[i]->data)->generic;
    }
    switch (left->kind) {
    case SQL_E_COLUMN:
    case SQL_E_LITERAL_COLUMN:
        return !(left->flags & SQL_X_SCHEMA) && right->kind == SQL_E_COLUMN && right->flags & SQL_X_SCHEMA;
    case SQL_E_FUNCTION:
        return !generic[0] && generic[1];
    case SQL_E_UNARY: {
        /* EXISTS and ~column are classes of their own; ANY and ALL make the same either way. */
        bool plain = !sql_op_is(left->op, SQL_OP_EXISTS) && !sql_op_is(left->op, SQL_OP_IS_TRUE) &&
                     !sql_op_is(left->op, SQL_OP_IS_FALSE) && !(left->flags & SQL_X_AGGREGATE);
        return plain && right->kind == SQL_E_UNARY &&
               (sql_op_is(right->op, SQL_OP_EXISTS) || sql_op_is(right->op, SQL_OP_IS_TRUE) ||
                sql_op_is(right->op, SQL_OP_IS_FALSE));
    }
    case SQL_E_LIST: {
        bool conjunction = sql_op_is(left->op, SQL_OP_AND) || sql_op_is(left->op, SQL_OP_OR);
        return !conjunction && (right->kind == SQL_E_ARRAY ||
                                (right->kind == SQL_E_LIST &&
                                 (sql_op_is(right->op, SQL_OP_AND) || sql_op_is(right->op, SQL_OP_OR))));
    }
    default:
        return false;
    }
}

pyv sa_operator_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    static const enum sql_op ops[] = {
        [PY_OP_EQ] = SQL_OP_EQ, [PY_OP_NE] = SQL_OP_NE, [PY_OP_LT] = SQL_OP_LT,
        [PY_OP_LE] = SQL_OP_LE, [PY_OP_GT] = SQL_OP_GT, [PY_OP_GE] = SQL_OP_GE,
    };
    if (is_expr(left) && !(is_expr(right) && right_is_derived(expr_in(left), expr_in(right)))) {
        return sa_compare(py, expr_in(left), ops[op], right, NULL);
    }
    return sa_compare(py, expr_in(right), sql_op_mirror(sql_operator(ops[op]))->id, left, NULL);
}

pyv sa_operator_unary(struct py *py, enum py_op op, pyv operand)
{
    const struct sql_expr *e = expr_in(operand);
    struct arena *a = arena_of(py);
    if (op == PY_OP_INVERT) {
        const struct sql_expr *n = sql_not(a, e);
        return n ? expr_wrap(py, n) : py_raise(py, "AssertionError", "%s", "");
    }
    if (op == PY_OP_NEG) {
        return expr_wrap(py, sql_unary(a, e, SQL_OP_NEG, e->type));
    }
    return &py_not_implemented;
}

pyv sa_operator_getitem(struct py *py, pyv self, pyv key)
{
    pyv v = sa_json_getitem(py, self, key);
    return v || py_stopped(py) != PY_RUNNING ? v : unsupported(py, "getitem");
}

/* --- methods: comparisons --- */

static pyv compare_method(struct py *py, pyv self, const struct py_args *args, const char *name,
                          enum sql_op op)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    return py_bind(py, name, args, table, v, NULL, NULL) ? NULL
                                                         : sa_compare(py, expr_in(self), op, v[0], NULL);
}

static pyv m_is(struct py *py, pyv self, const struct py_args *args)
{
    return compare_method(py, self, args, "ColumnOperators.is_", SQL_OP_IS);
}
static pyv m_is_not(struct py *py, pyv self, const struct py_args *args)
{
    return compare_method(py, self, args, "ColumnOperators.is_not", SQL_OP_IS_NOT);
}
static pyv m_is_distinct_from(struct py *py, pyv self, const struct py_args *args)
{
    return compare_method(py, self, args, "ColumnOperators.is_distinct_from", SQL_OP_DISTINCT_FROM);
}
static pyv m_is_not_distinct_from(struct py *py, pyv self, const struct py_args *args)
{
    return compare_method(py, self, args, "ColumnOperators.is_not_distinct_from", SQL_OP_NOT_DISTINCT_FROM);
}

pyv sa_between(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg of_method[] = {
        {"cleft", PY_ARG_REQUIRED}, {"cright", PY_ARG_REQUIRED}, {"symmetric", 0}, {0}};
    static const struct py_arg of_function[] = {{"expr", PY_ARG_REQUIRED},
                                                {"lower_bound", PY_ARG_REQUIRED},
                                                {"upper_bound", PY_ARG_REQUIRED},
                                                {"symmetric", 0},
                                                {0}};
    pyv v[5] = {NULL}, *ends = self ? v : v + 1;
    if (py_bind(py, "between", args, self ? of_method : of_function, v, NULL, NULL)) {
        return NULL;
    }
    const struct sql_expr *e = self ? expr_in(self) : expr_coerce(py, v[0], EXPR_OPERAND, NULL);
    const struct sql_operator *op = sql_operator(SQL_OP_AND);
    const struct sql_expr *low = e ? expr_operand(py, ends[0], e, op, NULL) : NULL;
    const struct sql_expr *high = low ? expr_operand(py, ends[1], e, op, NULL) : NULL;
    bool symmetric;
    if (!high || expr_flag(py, ends[2], &symmetric)) {
        return NULL;
    }
    return expr_wrap(py, sql_between(arena_of(py), e, low, high, symmetric));
}

/* --- arithmetic and the like --- */

static pyv operate_method(struct py *py, pyv self, const struct py_args *args, const char *name,
                          enum sql_op op)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    return py_bind(py, name, args, table, v, NULL, NULL)
               ? NULL
               : sa_operate(py, expr_in(self), op, v[0], NULL, false);
}

static pyv m_concat(struct py *py, pyv self, const struct py_args *args)
{
    return operate_method(py, self, args, "ColumnOperators.concat", SQL_OP_CONCAT);
}
static pyv m_bitwise_and(struct py *py, pyv self, const struct py_args *args)
{
    return operate_method(py, self, args, "ColumnOperators.bitwise_and", SQL_OP_BITWISE_AND);
}
static pyv m_bitwise_or(struct py *py, pyv self, const struct py_args *args)
{
    return operate_method(py, self, args, "ColumnOperators.bitwise_or", SQL_OP_BITWISE_OR);
}
static pyv m_bitwise_xor(struct py *py, pyv self, const struct py_args *args)
{
    return operate_method(py, self, args, "ColumnOperators.bitwise_xor", SQL_OP_BITWISE_XOR);
}
static pyv m_bitwise_lshift(struct py *py, pyv self, const struct py_args *args)
{
    return operate_method(py, self, args, "ColumnOperators.bitwise_lshift", SQL_OP_BITWISE_LSHIFT);
}
static pyv m_bitwise_rshift(struct py *py, pyv self, const struct py_args *args)
{
    return operate_method(py, self, args, "ColumnOperators.bitwise_rshift", SQL_OP_BITWISE_RSHIFT);
}
static pyv m_bitwise_not(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_expr *e = expr_in(self);
    return expr_wrap(py, sql_unary(arena_of(py), e, SQL_OP_BITWISE_NOT, e->type));
}

/* col.op("->>") is something to be called with the other side. */
struct py_operator {
    struct py_instance head;
    const struct sql_expr *left;
    const struct sql_operator *op;
};

static pyv operator_call(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {0}};
    const struct py_operator *o = (const void *)self;
    pyv v[2] = {NULL};
    return py_bind(py, "against", args, table, v, NULL, NULL)
               ? NULL
               : operate_with(py, o->left, o->op, v[0], NULL, false);
}

static const struct py_type type_operator = {PY_TYPE_HEAD, .name = "custom_op",
                                             .module = "sqlalchemy.sql.operators", .call = operator_call};

static pyv make_operator(struct py *py, pyv self, const struct py_args *args, bool comparison)
{
    static const struct py_arg table[] = {{"opstring", PY_ARG_REQUIRED},
                                          {"precedence", 0},
                                          {"is_comparison", 0},
                                          {"return_type", 0},
                                          {"python_impl", 0},
                                          {0}};
    static const struct py_arg bool_table[] = {
        {"opstring", PY_ARG_REQUIRED}, {"precedence", 0}, {"python_impl", 0}, {0}};
    pyv v[6] = {NULL};
    const char *text;
    int64_t precedence = 0;
    if (py_bind(py, comparison ? "Operators.bool_op" : "Operators.op", args, comparison ? bool_table : table,
                v, NULL, NULL) ||
        expr_str(py, v[0], "an operator", &text)) {
        return NULL;
    }
    if (!text || (v[1] && !py_as_int(v[1], &precedence)) || precedence < -1000 || precedence > 1000) {
        return py_refuse(py, "op() with such arguments");
    }
    const struct ddl_type *result = NULL;
    if (!comparison) {
        if (expr_flag(py, v[2], &comparison)) {
            return NULL;
        }
        if (expr_given(v[3]) && !(result = vocab_type(py, v[3]))) {
            return NULL;
        }
    }
    struct py_operator *o = py_object_new(py, &type_operator, sizeof(*o));
    if (o) {
        o->left = expr_in(self);
        o->op = sql_operator_custom(arena_of(py), text, (int)precedence, comparison, result);
    }
    return (pyv)o;
}

static pyv m_op(struct py *py, pyv self, const struct py_args *args)
{
    return make_operator(py, self, args, false);
}
static pyv m_bool_op(struct py *py, pyv self, const struct py_args *args)
{
    return make_operator(py, self, args, true);
}

/* --- what wraps an expression; the same as functions are in sa_expr_make.c --- */

#define METHOD_OF(name, function)                                                                            \
    static pyv name(struct py *py, pyv self, const struct py_args *args)                                     \
    {                                                                                                        \
        pyv *pos = py_alloc_array(py, args->npos + 1, sizeof(*pos));                                         \
        if (!pos) {                                                                                          \
            return NULL;                                                                                     \
        }                                                                                                    \
        pos[0] = self;                                                                                       \
        for (size_t i = 0; i < args->npos; i++) {                                                            \
            pos[i + 1] = args->pos[i];                                                                       \
        }                                                                                                    \
        struct py_args with_self = *args;                                                                    \
        with_self.pos = pos;                                                                                 \
        with_self.npos++;                                                                                    \
        return function(py, NULL, &with_self);                                                               \
    }
METHOD_OF(m_desc, sa_desc)
METHOD_OF(m_asc, sa_asc)
METHOD_OF(m_nulls_first, sa_nulls_first)
METHOD_OF(m_nulls_last, sa_nulls_last)
METHOD_OF(m_distinct, sa_distinct)
METHOD_OF(m_collate, sa_collate)
METHOD_OF(m_cast, sa_cast)
METHOD_OF(m_any, sa_any)
METHOD_OF(m_all, sa_all)

static pyv m_label(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    struct ddl_name name;
    if (py_bind(py, "ColumnElement.label", args, table, v, NULL, NULL) || vocab_name(py, v[0], &name)) {
        return NULL;
    }
    struct sql_expr *label = sql_label(arena_of(py), expr_in(self), name.text);
    if (name.text) {
        label->name = name;
    }
    return expr_wrap(py, label);
}

/* --- attributes --- */

void *sa_no_attribute(struct py *py, pyv self, const char *name)
{
    const struct sql_expr *e = expr_in(self);
    if (e->kind == SQL_E_SCALAR_SELECT) {
        return py_raise(py, "AttributeError", "'%s' object has no attribute '%s'",
                        e->left->kind == SQL_E_COMPOUND ? "CompoundSelect" : "Select", name);
    }
    return py_raise(py, "AttributeError", "Neither '%s' object nor 'Comparator' object has an attribute '%s'",
                    self->type->name, name);
}

static pyv p_type(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return vocab_type_wrap(py, expr_in(self)->type);
}

static pyv p_name(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_expr *e = expr_in(self);
    bool named = e->kind == SQL_E_COLUMN || e->kind == SQL_E_LITERAL_COLUMN || e->kind == SQL_E_LABEL ||
                 e->kind == SQL_E_FUNCTION;
    if (e->anon && named) {
        return py_refuse(py, "the name of an expression that has none");
    }
    return named ? py_str_of(py, e->name.text) : sa_no_attribute(py, self, "name");
}

static pyv p_key(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_expr *e = expr_in(self);
    if (e->anon || e->kind == SQL_E_VALUE) {
        return py_refuse(py, "the key of an expression that has none");
    }
    bool named = e->kind == SQL_E_COLUMN || e->kind == SQL_E_LITERAL_COLUMN || e->kind == SQL_E_LABEL;
    return named ? py_str_of(py, sql_column_key(e)) : &py_none;
}

static pyv p_table(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_expr *e = expr_in(self);
    if (e->kind != SQL_E_COLUMN) {
        return sa_no_attribute(py, self, "table");
    }
    return e->from ? expr_from_wrap(py, e->from) : &py_none;
}

static pyv p_self(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return self;
}

#define METHOD(name, fn)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_METHOD, fn, NULL, NULL                                                                  \
    }
#define PROPERTY(name, fn)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_PROPERTY, fn, NULL, NULL                                                                \
    }
const struct py_def sa_operator_methods[] = {
    METHOD("in_", sa_in),
    METHOD("not_in", sa_not_in),
    METHOD("notin_", sa_not_in),
    METHOD("is_", m_is),
    METHOD("is_not", m_is_not),
    METHOD("isnot", m_is_not),
    METHOD("is_distinct_from", m_is_distinct_from),
    METHOD("is_not_distinct_from", m_is_not_distinct_from),
    METHOD("isnot_distinct_from", m_is_not_distinct_from),
    METHOD("like", sa_like),
    METHOD("not_like", sa_not_like),
    METHOD("notlike", sa_not_like),
    METHOD("ilike", sa_ilike),
    METHOD("not_ilike", sa_not_ilike),
    METHOD("notilike", sa_not_ilike),
    METHOD("contains", sa_contains),
    METHOD("startswith", sa_startswith),
    METHOD("endswith", sa_endswith),
    METHOD("icontains", sa_icontains),
    METHOD("istartswith", sa_istartswith),
    METHOD("iendswith", sa_iendswith),
    METHOD("between", sa_between),
    METHOD("match", sa_match),
    METHOD("regexp_match", sa_regexp_match),
    METHOD("regexp_replace", sa_regexp_replace),
    METHOD("concat", m_concat),
    METHOD("bitwise_and", m_bitwise_and),
    METHOD("bitwise_or", m_bitwise_or),
    METHOD("bitwise_xor", m_bitwise_xor),
    METHOD("bitwise_not", m_bitwise_not),
    METHOD("bitwise_lshift", m_bitwise_lshift),
    METHOD("bitwise_rshift", m_bitwise_rshift),
    METHOD("op", m_op),
    METHOD("bool_op", m_bool_op),
    METHOD("desc", m_desc),
    METHOD("asc", m_asc),
    METHOD("nulls_first", m_nulls_first),
    METHOD("nullsfirst", m_nulls_first),
    METHOD("nulls_last", m_nulls_last),
    METHOD("nullslast", m_nulls_last),
    METHOD("distinct", m_distinct),
    METHOD("collate", m_collate),
    METHOD("cast", m_cast),
    METHOD("any_", m_any),
    METHOD("all_", m_all),
    METHOD("label", m_label),
    PROPERTY("type", p_type),
    PROPERTY("name", p_name),
    PROPERTY("key", p_key),
    PROPERTY("table", p_table),
    PROPERTY("expression", p_self),
    /* of some types */
    PROPERTY("astext", sa_json_astext),
    METHOD("as_string", sa_json_as_string),
    METHOD("as_integer", sa_json_as_integer),
    METHOD("as_float", sa_json_as_float),
    METHOD("as_boolean", sa_json_as_boolean),
    METHOD("as_numeric", sa_json_as_numeric),
    METHOD("as_json", sa_json_as_json),
    METHOD("has_key", sa_jsonb_has_key),
    METHOD("has_all", sa_jsonb_has_all),
    METHOD("has_any", sa_jsonb_has_any),
    METHOD("contained_by", sa_typed_contained_by),
    METHOD("path_exists", sa_jsonb_path_exists),
    METHOD("path_match", sa_jsonb_path_match),
    METHOD("delete_path", sa_jsonb_delete_path),
    METHOD("overlap", sa_array_overlap),
    METHOD("any", sa_array_any),
    METHOD("all", sa_array_all),
    {0},
};
