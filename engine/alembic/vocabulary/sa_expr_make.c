/* Functions that make expressions: literal(), column(), and_(), case(), cast() and so on. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

#define BIND(name, table, v) py_bind(py, name, args, table, v, NULL, NULL)

static struct slice kept(struct py *py, struct slice text)
{
    return (struct slice){slice_dup(arena_of(py), text), text.len};
}

/* A type that may be left out. */
static int optional_type(struct py *py, pyv v, const struct ddl_type **out)
{
    *out = NULL;
    if (expr_given(v)) {
        *out = vocab_type(py, v);
        return *out ? 0 : -1;
    }
    return 0;
}

static pyv constant(struct py *py, const struct py_args *args, const char *name, enum sql_expr_kind kind)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1];
    if (BIND(name, none, v)) {
        return NULL;
    }
    return expr_wrap(py, sql_make(arena_of(py), kind, kind == SQL_E_NULL ? NULL : ddl_type_boolean()));
}

pyv sa_null(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return constant(py, args, "null", SQL_E_NULL);
}
pyv sa_true(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return constant(py, args, "true", SQL_E_TRUE);
}
pyv sa_false(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return constant(py, args, "false", SQL_E_FALSE);
}

pyv sa_literal(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"value", PY_ARG_REQUIRED}, {"type_", 0}, {"literal_execute", 0}, {0}};
    pyv v[4] = {NULL};
    const struct ddl_type *type;
    struct sql_value value;
    (void)self;
    if (BIND("literal", table, v) || optional_type(py, v[1], &type)) {
        return NULL;
    }
    if (!expr_is_literal(py, v[0])) {
        return expr_argument_error(py, "Literal Python value", v[0]);
    }
    if (vocab_value(py, v[0], &value)) {
        return NULL;
    }
    struct sql_expr *e = sql_value(arena_of(py), value, type);
    e->flags = SQL_X_UNIQUE;
    return expr_wrap(py, e);
}

pyv sa_literal_column(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"text", PY_ARG_REQUIRED}, {"type_", 0}, {0}};
    pyv v[3] = {NULL};
    const struct ddl_type *type;
    (void)self;
    if (BIND("literal_column", table, v) || optional_type(py, v[1], &type)) {
        return NULL;
    }
    if (!py_text(v[0]).ptr) {
        return py_refuse(py, "literal_column() of something that is no str");
    }
    return expr_wrap(py, sql_literal_column(arena_of(py), kept(py, py_text(v[0])), type));
}

pyv sa_column(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"text", PY_ARG_REQUIRED}, {"type_", 0}, {"is_literal", 0}, {"_selectable", 0}, {0}};
    pyv v[5] = {NULL};
    const struct ddl_type *type;
    bool literal;
    struct ddl_name name;
    (void)self;
    if (BIND("column", table, v) || optional_type(py, v[1], &type) || expr_flag(py, v[2], &literal)) {
        return NULL;
    }
    if (!py_text(v[0]).ptr || expr_given(v[3])) {
        return py_refuse(py, "column() of something that is no str");
    }
    if (literal) {
        return expr_wrap(py, sql_literal_column(arena_of(py), kept(py, py_text(v[0])), type));
    }
    if (vocab_name(py, v[0], &name)) {
        return NULL;
    }
    return expr_wrap(py, sql_column(arena_of(py), name, type, NULL));
}

pyv sa_bindparam(struct py *py, pyv self, const struct py_args *args)
{
    enum { KEY, VALUE, TYPE, UNIQUE, REQUIRED, QUOTE, CALLABLE, EXPANDING, OUT, EXECUTE, COUNT };
    static const struct py_arg table[] = {{"key", PY_ARG_REQUIRED},
                                          {"value", 0},
                                          {"type_", 0},
                                          {"unique", 0},
                                          {"required", 0},
                                          {"quote", 0},
                                          {"callable_", 0},
                                          {"expanding", 0},
                                          {"isoutparam", 0},
                                          {"literal_execute", 0},
                                          {0}};
    pyv v[COUNT + 1] = {NULL};
    const struct ddl_type *type;
    const char *key;
    bool unique, expanding, required;
    struct sql_value value = {.kind = SQL_VALUE_NULL};
    (void)self;
    if (BIND("bindparam", table, v) || optional_type(py, v[TYPE], &type) ||
        expr_str(py, v[KEY], "the key of a bindparam", &key) || expr_flag(py, v[UNIQUE], &unique) ||
        expr_flag(py, v[EXPANDING], &expanding) || expr_flag(py, v[REQUIRED], &required)) {
        return NULL;
    }
    if (expr_given(v[CALLABLE]) || expr_given(v[OUT])) {
        return py_refuse(py, "bindparam() with a function for its value");
    }
    if (v[VALUE] && !expr_is_literal(py, v[VALUE])) {
        return py_refuse(py, "bindparam() of an expression");
    }
    if (v[VALUE] && vocab_value(py, v[VALUE], &value)) {
        return NULL;
    }
    if (!type && expanding) {
        bool some = value.kind == SQL_VALUE_LIST && value.n;
        type = some ? ddl_type_of_value(arena_of(py), &value.items[0]) : ddl_type_null();
    }
    struct sql_expr *e = sql_value(arena_of(py), value, type);
    e->name = DDL_NAME(key);
    e->flags = (unique || !key ? SQL_X_UNIQUE : 0) | (expanding ? SQL_X_EXPANDING : 0) |
               ((v[REQUIRED] ? required : !v[VALUE]) ? SQL_X_REQUIRED : 0);
    return expr_wrap(py, e);
}

/* --- AND, OR, NOT --- */

pyv sa_bool_operator(struct py *py, enum sql_op op, const struct py_args *args, const char *name)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], rest = NULL;
    sql_exprs_t list = {0};
    if (py_bind(py, name, args, none, v, &rest, NULL) || !(rest = expr_generator_args(py, rest)) ||
        expr_list(py, rest, EXPR_WHERE, &list) || !py_spend(py, 1, list.n * 64)) {
        return NULL;
    }
    return expr_wrap(py, sql_conjunction(arena_of(py), op, list.items, list.n));
}

pyv sa_and(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return sa_bool_operator(py, SQL_OP_AND, args, "and_");
}
pyv sa_or(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return sa_bool_operator(py, SQL_OP_OR, args, "or_");
}

/* One expression and nothing else. */
static const struct sql_expr *single(struct py *py, const struct py_args *args, const char *name,
                                     const char *what, enum expr_role role)
{
    const struct py_arg table[] = {{what, PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    return BIND(name, table, v) ? NULL : expr_coerce(py, v[0], role, NULL);
}

pyv sa_not(struct py *py, pyv self, const struct py_args *args)
{
    const struct sql_expr *e = single(py, args, "not_", "clause", EXPR_OPERAND);
    (void)self;
    if (!e) {
        return NULL;
    }
    const struct sql_expr *n = sql_not(arena_of(py), e);
    return n ? expr_wrap(py, n) : py_raise(py, "AssertionError", "%s", "");
}

/* --- CASE --- */

static int add_when(struct py *py, struct sql_expr *c, pyv when, pyv then)
{
    struct arena *a = arena_of(py);
    const struct sql_expr *w = expr_coerce(py, when, EXPR_OPERAND, NULL);
    const struct sql_expr *t = w ? expr_coerce(py, then, EXPR_OPERAND, NULL) : NULL;
    if (!t) {
        return -1;
    }
    c->items[c->n++] = sql_self_group(a, w, NULL);
    c->items[c->n++] = t;
    return 0;
}

static int add_whens(struct py *py, struct sql_expr *c, pyv whens)
{
    const struct py_list *l = (const void *)whens;
    pyv key, value;
    size_t at = 0;
    if (l->n == 1 && py_is(l->items[0], &py_type_dict)) {
        c->items = arena_array(arena_of(py), 2 * py_dict_len(l->items[0]) + 1, sizeof(*c->items));
        while (py_dict_next(l->items[0], &at, &key, &value)) {
            if (add_when(py, c, key, value)) {
                return -1;
            }
        }
        return 0;
    }
    if (l->n == 1 && py_is(l->items[0], &py_type_list)) {
        py_raise(
            py, "sqlalchemy.exc.ArgumentError",
            "The \"whens\" argument to case(), when referring to a sequence of items, is now passed as a "
            "series of positional elements, rather than as a list. ");
        return -1;
    }
    c->items = arena_array(arena_of(py), 2 * l->n + 1, sizeof(*c->items));
    for (size_t i = 0; i < l->n; i++) {
        const struct py_list *pair = (const void *)l->items[i];
        bool is_pair =
            (py_is(l->items[i], &py_type_tuple) || py_is(l->items[i], &py_type_list)) && pair->n == 2;
        if (!is_pair) {
            py_refuse(py, "case() with something that is no pair");
            return -1;
        }
        if (add_when(py, c, pair->items[0], pair->items[1])) {
            return -1;
        }
    }
    return 0;
}

pyv sa_case(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"value", PY_ARG_KEYWORD}, {"else_", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL}, whens = NULL;
    struct sql_expr *c = sql_make(arena_of(py), SQL_E_CASE, NULL);
    (void)self;
    if (py_bind(py, "case", args, table, v, &whens, NULL) || add_whens(py, c, whens)) {
        return NULL;
    }
    if (expr_given(v[0]) && !(c->left = expr_coerce(py, v[0], EXPR_OPERAND, NULL))) {
        return NULL;
    }
    if (expr_given(v[1]) && !(c->right = expr_coerce(py, v[1], EXPR_OPERAND, NULL))) {
        return NULL;
    }
    c->type = c->right ? c->right->type : ddl_type_null();
    for (size_t i = 1; i < c->n; i += 2) {
        if (!sql_type_is_null(c->items[i]->type)) {
            c->type = c->items[i]->type; /* of the last that has one */
        }
    }
    return expr_wrap(py, c);
}

/* --- types --- */

static pyv typed(struct py *py, const struct py_args *args, const char *name, bool cast)
{
    static const struct py_arg table[] = {{"expression", PY_ARG_REQUIRED}, {"type_", PY_ARG_REQUIRED}, {0}};
    pyv v[3] = {NULL};
    const struct ddl_type *type = NULL;
    if (BIND(name, table, v) || !(type = vocab_type(py, v[1]))) {
        return NULL;
    }
    const struct sql_expr *e = expr_coerce(py, v[0], EXPR_OPERAND, type);
    if (!e) {
        return NULL;
    }
    return expr_wrap(py, cast ? sql_cast(arena_of(py), e, type) : sql_coerce(arena_of(py), e, type));
}

pyv sa_cast(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return typed(py, args, "cast", true);
}
pyv sa_type_coerce(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return typed(py, args, "type_coerce", false);
}

pyv sa_extract(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"field", PY_ARG_REQUIRED}, {"expr", PY_ARG_REQUIRED}, {0}};
    pyv v[3] = {NULL};
    (void)self;
    if (BIND("extract", table, v)) {
        return NULL;
    }
    if (!py_text(v[0]).ptr) {
        return py_refuse(py, "extract() of a field that is no str");
    }
    struct sql_expr *e = sql_make(arena_of(py), SQL_E_EXTRACT, ddl_type_integer());
    e->text = kept(py, py_text(v[0]));
    e->left = expr_coerce(py, v[1], EXPR_OPERAND, NULL);
    return e->left ? expr_wrap(py, e) : NULL;
}

/* --- lists --- */

pyv sa_tuple(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"types", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    sql_exprs_t list = {0};
    (void)self;
    if (py_bind(py, "tuple_", args, table, v, &rest, NULL)) {
        return NULL;
    }
    if (expr_given(v[0])) {
        return py_refuse(py, "tuple_() with types");
    }
    if (expr_list(py, rest, EXPR_OPERAND, &list)) {
        return NULL;
    }
    struct sql_expr *e = sql_make(arena_of(py), SQL_E_TUPLE, ddl_type_new(arena_of(py), DDL_TYPE_TUPLE));
    e->items = list.items;
    e->n = list.n;
    for (size_t i = 0; i < e->n; i++) {
        e->items[i] = sql_self_group(arena_of(py), e->items[i], sql_operator(SQL_OP_COMMA));
    }
    return expr_wrap(py, e);
}

pyv sa_pg_array(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"clauses", PY_ARG_REQUIRED}, {"type_", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL};
    const struct ddl_type *type;
    sql_exprs_t list = {0};
    (void)self;
    if (BIND("array", table, v) || optional_type(py, v[1], &type) || !(v[0] = py_listed(py, v[0])) ||
        expr_list(py, v[0], EXPR_OPERAND, &list)) {
        return NULL;
    }
    return expr_wrap(py, sql_array(arena_of(py), list.items, list.n, type));
}

/* --- labels, order --- */

pyv sa_label(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"name", PY_ARG_REQUIRED}, {"element", PY_ARG_REQUIRED}, {"type_", 0}, {0}};
    pyv v[4] = {NULL};
    struct ddl_name name;
    const struct ddl_type *type;
    (void)self;
    if (BIND("label", table, v) || vocab_name(py, v[0], &name) || optional_type(py, v[2], &type)) {
        return NULL;
    }
    const struct sql_expr *e = expr_coerce(py, v[1], EXPR_OPERAND, NULL);
    if (!e) {
        return NULL;
    }
    struct sql_expr *label = sql_label(arena_of(py), e, name.text);
    label->type = type ? type : label->type;
    return expr_wrap(py, label);
}

static pyv modifier(struct py *py, const struct py_args *args, const char *name, enum sql_op op)
{
    const struct sql_expr *e = single(py, args, name, "column", EXPR_BY);
    return e ? expr_wrap(py, sql_unary_modifier(arena_of(py), e, op)) : NULL;
}

pyv sa_desc(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return modifier(py, args, "desc", SQL_OP_DESC);
}
pyv sa_asc(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return modifier(py, args, "asc", SQL_OP_ASC);
}
pyv sa_nulls_first(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return modifier(py, args, "nulls_first", SQL_OP_NULLS_FIRST);
}
pyv sa_nulls_last(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return modifier(py, args, "nulls_last", SQL_OP_NULLS_LAST);
}

static pyv prefix(struct py *py, const struct py_args *args, const char *name, enum sql_op op, bool boolean)
{
    const struct sql_expr *e = single(py, args, name, "expr", EXPR_OPERAND);
    if (!e) {
        return NULL;
    }
    if (boolean) {
        e = sql_self_group(arena_of(py), e, NULL);
    }
    return expr_wrap(py, sql_unary(arena_of(py), e, op, boolean ? ddl_type_boolean() : e->type));
}

pyv sa_distinct(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return prefix(py, args, "distinct", SQL_OP_DISTINCT, false);
}
pyv sa_bitwise_not(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return prefix(py, args, "bitwise_not", SQL_OP_BITWISE_NOT, false);
}
pyv sa_any(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return prefix(py, args, "any_", SQL_OP_ANY, true);
}
pyv sa_all(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return prefix(py, args, "all_", SQL_OP_ALL, true);
}

pyv sa_collate(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"expression", PY_ARG_REQUIRED}, {"collation", PY_ARG_REQUIRED}, {0}};
    pyv v[3] = {NULL};
    const char *collation;
    (void)self;
    if (BIND("collate", table, v) || expr_str(py, v[1], "a collation", &collation)) {
        return NULL;
    }
    const struct sql_expr *e = expr_coerce(py, v[0], EXPR_OPERAND, NULL);
    if (!e || !collation) {
        return e ? py_refuse(py, "collate(None)") : NULL;
    }
    return expr_wrap(py, sql_collate(arena_of(py), e, collation));
}
