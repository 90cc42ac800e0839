/* Operators of JSON and ARRAY columns. */
#include "engine/alembic/vocabulary/sa_expr.h"

static bool is_json(const struct sql_expr *e)
{
    return ddl_type_affinity(e->type) == AFFINITY_JSON;
}

static bool is_array(const struct sql_expr *e)
{
    return ddl_type_affinity(e->type) == AFFINITY_ARRAY;
}

/* A subquery has a type, but not the methods of its type. */
static bool is_subquery(const struct sql_expr *e)
{
    return e->kind == SQL_E_SCALAR_SELECT;
}

static bool is_index(const struct sql_expr *e)
{
    return e->kind == SQL_E_BINARY &&
           (e->op->id == SQL_OP_JSON_GETITEM || e->op->id == SQL_OP_JSON_PATH_GETITEM);
}

/* --- indexes --- */

static pyv json_index(struct py *py, const struct sql_expr *e, pyv key)
{
    bool path = py_is(key, &py_type_list) || py_is(key, &py_type_tuple);
    const struct sql_operator *op = sql_operator(path ? SQL_OP_JSON_PATH_GETITEM : SQL_OP_JSON_GETITEM);
    const struct sql_expr *index;
    if (expr_is_literal(py, key)) {
        struct sql_value v;
        bool number = py_is(key, &py_type_int);
        if (vocab_value(py, key, &v)) {
            return NULL;
        }
        if (v.kind == SQL_VALUE_BOOL) {
            return py_refuse(py, "a bool as a JSON index");
        }
        index = sql_value(arena_of(py), v, number ? ddl_type_integer() : ddl_type_string());
    } else {
        index = expr_operand(py, key, e, op, NULL);
    }
    return index ? expr_wrap(py, sql_operate(arena_of(py), e, op, index, e->type)) : NULL;
}

static const struct sql_expr *bound(struct py *py, pyv v)
{
    if (!expr_given(v)) {
        return py_refuse(py, "a slice of an array without both ends");
    }
    return expr_coerce(py, v, EXPR_OPERAND, ddl_type_integer());
}

static pyv array_index(struct py *py, const struct sql_expr *e, pyv key)
{
    struct arena *a = arena_of(py);
    const struct sql_operator *op = sql_operator(SQL_OP_GETITEM);
    if (py_is(key, &py_type_slice)) {
        const struct py_slice *s = (const void *)key;
        const struct sql_expr *start = bound(py, s->start), *stop = start ? bound(py, s->stop) : NULL;
        if (!stop) {
            return NULL;
        }
        struct sql_expr *slice = sql_make(a, SQL_E_SLICE, NULL);
        slice->left = start;
        slice->right = stop;
        return expr_wrap(py, sql_operate(a, e, op, slice, e->type));
    }
    const struct ddl_type *item = e->type->item ? e->type->item : ddl_type_null();
    if (e->type->dimensions > 1) {
        struct ddl_type *inner = ddl_type_new(a, e->type->class->id);
        inner->item = item;
        inner->dimensions = e->type->dimensions - 1;
        item = inner;
    }
    const struct sql_expr *index = expr_operand(py, key, e, op, NULL);
    return index ? expr_wrap(py, sql_operate(a, e, op, index, item)) : NULL;
}

pyv sa_json_getitem(struct py *py, pyv self, pyv key)
{
    const struct sql_expr *e = expr_in(self);
    if (is_json(e)) {
        return json_index(py, e, key);
    }
    if (ddl_type_is(e->type, DDL_TYPE_PG_HSTORE)) {
        return py_refuse(py, "an index into an HSTORE");
    }
    return is_array(e) ? array_index(py, e, key) : NULL;
}

/* --- JSON --- */

pyv sa_json_astext(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_expr *e = expr_in(self);
    if (!ddl_type_is(e->type, DDL_TYPE_PG_JSON) || is_subquery(e)) {
        return sa_no_attribute(py, self, "astext");
    }
    if (!is_index(e)) {
        return py_refuse(py, ".astext of something that is no JSON index");
    }
    const struct sql_operator *op =
        sql_operator(e->op->id == SQL_OP_JSON_PATH_GETITEM ? SQL_OP_PG_PATH_ASTEXT : SQL_OP_PG_ASTEXT);
    const struct ddl_type *text = ddl_type_new(arena_of(py), DDL_TYPE_TEXT_GENERIC);
    return expr_wrap(py, sql_operate(arena_of(py), e->left, op, e->right, text));
}

static pyv as_type(struct py *py, pyv self, const char *name, const struct ddl_type *type)
{
    const struct sql_expr *e = expr_in(self);
    if (!is_json(e) || is_subquery(e)) {
        return sa_no_attribute(py, self, name);
    }
    if (!is_index(e)) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                        "The JSON cast operator JSON.%s() only works with a JSON index expression e.g. "
                        "col['q'].%s()",
                        name, name);
    }
    struct sql_expr *typed = sql_copy(arena_of(py), e);
    typed->type = type;
    return expr_wrap(py, typed);
}

static pyv as_class(struct py *py, pyv self, const char *name, enum ddl_type_id id)
{
    return as_type(py, self, name, ddl_type_new(arena_of(py), id));
}

pyv sa_json_as_string(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return as_class(py, self, "as_string", DDL_TYPE_UNICODE);
}
pyv sa_json_as_integer(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return as_class(py, self, "as_integer", DDL_TYPE_INTEGER_GENERIC);
}
pyv sa_json_as_float(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return as_class(py, self, "as_float", DDL_TYPE_FLOAT_GENERIC);
}
pyv sa_json_as_boolean(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return as_class(py, self, "as_boolean", DDL_TYPE_BOOLEAN_GENERIC);
}
pyv sa_json_as_json(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return is_json(expr_in(self)) ? self : sa_no_attribute(py, self, "as_json");
}

pyv sa_json_as_numeric(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"precision", PY_ARG_REQUIRED}, {"scale", PY_ARG_REQUIRED}, {"asdecimal", 0}, {0}};
    pyv v[4] = {NULL};
    struct ddl_type *t = ddl_type_new(arena_of(py), DDL_TYPE_NUMERIC_GENERIC);
    if (py_bind(py, "as_numeric", args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (!py_as_int(v[0], &t->precision) || !py_as_int(v[1], &t->scale)) {
        return py_refuse(py, "as_numeric() with such arguments");
    }
    return as_type(py, self, "as_numeric", t);
}

/* --- PostgreSQL's operators --- */

static pyv typed_operator(struct py *py, pyv self, const struct py_args *args, const char *name,
                          enum sql_op op, bool known)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    if (!known || (is_subquery(expr_in(self)) && op != SQL_OP_PG_CONTAINS)) {
        return sa_no_attribute(py, self, name);
    }
    if (py_bind(py, name, args, table, v, NULL, NULL)) {
        return NULL;
    }
    return sa_operate(py, expr_in(self), op, v[0], ddl_type_boolean(), false);
}

static bool is_jsonb(pyv self)
{
    return ddl_type_is(expr_in(self)->type, DDL_TYPE_PG_JSONB);
}

static bool is_pg_array(pyv self)
{
    return ddl_type_is(expr_in(self)->type, DDL_TYPE_PG_ARRAY);
}

pyv sa_jsonb_has_key(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "has_key", SQL_OP_PG_HAS_KEY, is_jsonb(self));
}
pyv sa_jsonb_has_all(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "has_all", SQL_OP_PG_HAS_ALL, is_jsonb(self));
}
pyv sa_jsonb_has_any(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "has_any", SQL_OP_PG_HAS_ANY, is_jsonb(self));
}
pyv sa_jsonb_path_exists(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "path_exists", SQL_OP_PG_PATH_EXISTS, is_jsonb(self));
}
pyv sa_jsonb_path_match(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "path_match", SQL_OP_PG_PATH_MATCH, is_jsonb(self));
}
pyv sa_jsonb_delete_path(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return is_jsonb(self) ? py_refuse(py, "delete_path()") : sa_no_attribute(py, self, "delete_path");
}
pyv sa_typed_contained_by(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "contained_by", SQL_OP_PG_CONTAINED_BY,
                          is_jsonb(self) || is_pg_array(self));
}
pyv sa_array_overlap(struct py *py, pyv self, const struct py_args *args)
{
    return typed_operator(py, self, args, "overlap", SQL_OP_PG_OVERLAP, is_pg_array(self));
}

pyv sa_typed_contains(struct py *py, pyv self, const struct py_args *args)
{
    if (is_jsonb(self) || is_pg_array(self)) {
        return typed_operator(py, self, args, "contains", SQL_OP_PG_CONTAINS, true);
    }
    if (is_array(expr_in(self))) {
        return py_raise(py, "NotImplementedError",
                        "ARRAY.contains() not implemented for the base ARRAY type; please use the "
                        "dialect-specific ARRAY type");
    }
    return NULL;
}

static pyv aggregate(struct py *py, pyv self, const struct py_args *args, const char *name, enum sql_op id)
{
    static const struct py_arg table[] = {{"other", PY_ARG_REQUIRED}, {"operator", 0}, {0}};
    pyv v[3] = {NULL};
    const struct sql_expr *e = expr_in(self);
    if (!is_array(e) || is_subquery(e)) {
        return sa_no_attribute(py, self, name);
    }
    if (py_bind(py, name, args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (expr_given(v[1])) {
        return py_refuse(py, "%s() of an array with an operator", name);
    }
    struct arena *a = arena_of(py);
    const struct sql_expr *any = sql_unary(a, sql_self_group(a, e, NULL), id, ddl_type_boolean());
    const struct sql_expr *other =
        expr_operand(py, v[0], e, sql_operator(SQL_OP_EQ), e->type->item ? e->type->item : ddl_type_null());
    return other ? expr_wrap(py, sql_compare(a, any, sql_operator(SQL_OP_EQ), other, false, true, NULL))
                 : NULL;
}

pyv sa_array_any(struct py *py, pyv self, const struct py_args *args)
{
    return aggregate(py, self, args, "any", SQL_OP_ANY);
}
pyv sa_array_all(struct py *py, pyv self, const struct py_args *args)
{
    return aggregate(py, self, args, "all", SQL_OP_ALL);
}
