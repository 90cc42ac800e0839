/* text() and its parameters. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include "engine/ddl/expr_text.h"
#include <string.h>

pyv sa_text(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"text", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    (void)self;
    if (py_bind(py, "text", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct slice text = py_text(v[0]);
    if (!text.ptr) {
        if (py_is(v[0], &py_type_clause)) {
            return py_raise(py, "TypeError", "expected string or bytes-like object, got '%s'",
                            v[0]->type->name);
        }
        return py_raise(py, "TypeError", "expected string or bytes-like object, got '%s'", v[0]->type->name);
    }
    return expr_wrap(py, sql_text(arena_of(py), text));
}

/* Put the parameter among the text's, in place of one of the same name. */
static void put(struct py *py, struct sql_expr *text, const struct sql_expr *parameter)
{
    for (size_t i = 0; i < text->n; i++) {
        if (strcmp(text->items[i]->name.text, parameter->name.text) == 0) {
            text->items[i] = parameter;
            return;
        }
    }
    /* Room doubles: copy_of() leaves a power of two. */
    if ((text->n & (text->n - 1)) == 0) {
        const struct sql_expr **grown = arena_array(arena_of(py), text->n ? 2 * text->n : 1, sizeof(*grown));
        if (text->n) {
            memcpy(grown, text->items, text->n * sizeof(*grown));
        }
        text->items = grown;
    }
    text->items[text->n++] = parameter;
}

/* Has the text a parameter of that name? Looking for it takes a while in a long text. */
static bool has(struct py *py, const struct sql_expr *text, const char *name)
{
    return py_spend(py, 1 + text->text.len / 64 + text->n / 8, 0) && sql_text_has(text->text, slice_of(name));
}

static const struct sql_expr *existing(const struct sql_expr *text, const char *name)
{
    for (size_t i = 0; i < text->n; i++) {
        if (strcmp(text->items[i]->name.text, name) == 0) {
            return text->items[i];
        }
    }
    return NULL;
}

static void *undefined(struct py *py, const char *name)
{
    return py_raise(py, "sqlalchemy.exc.ArgumentError",
                    "This text() construct doesn't define a bound parameter named %s",
                    py_repr_of(py, py_str_of(py, name)));
}

/* The parameter `name` of a text with a new value: its type stays, or comes with the value. */
static int put_value(struct py *py, struct sql_expr *text, const char *name, pyv v, bool keep_type)
{
    struct arena *a = arena_of(py);
    const struct sql_expr *old = existing(text, name);
    struct sql_value value;
    if (!expr_is_literal(py, v)) {
        py_refuse(py, "an expression as the value of a parameter of text()");
        return -1;
    }
    if (vocab_value(py, v, &value)) {
        return -1;
    }
    const struct ddl_type *type = old && !sql_type_is_null(old->type) ? old->type : NULL;
    if (keep_type && !type) {
        type = ddl_type_null();
    }
    struct sql_expr *e = sql_value(a, value, type);
    e->name = DDL_NAME(arena_dup(a, name));
    e->flags = old ? old->flags & SQL_X_EXPANDING : 0;
    if (e->flags & SQL_X_EXPANDING && !type) {
        e->type = ddl_type_null();
    }
    put(py, text, e);
    return 0;
}

static struct sql_expr *copy_of(struct py *py, const struct sql_expr *e)
{
    struct sql_expr *text = sql_copy(arena_of(py), e);
    size_t room = 1;
    while (room < text->n) {
        room *= 2;
    }
    const struct sql_expr **items = arena_array(arena_of(py), room, sizeof(*items));
    if (text->n) {
        memcpy(items, text->items, text->n * sizeof(*items));
    }
    text->items = items;
    return text;
}

static const struct sql_expr *with_parameters(struct py *py, const struct sql_expr *e,
                                              const struct py_args *args)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], binds = NULL, values = NULL, key, value;
    size_t at = 0;
    if (py_bind(py, "TextClause.bindparams", args, none, v, &binds, &values)) {
        return NULL;
    }
    struct sql_expr *text = copy_of(py, e);
    const struct py_list *l = (const void *)binds;
    for (size_t i = 0; i < l->n; i++) {
        const struct sql_expr *b = is_expr(l->items[i]) ? expr_in(l->items[i]) : NULL;
        if (!b || b->kind != SQL_E_VALUE || !b->name.text) {
            return py_refuse(py, "bindparams() with something that is no bindparam()");
        }
        if (!has(py, text, b->name.text)) {
            return undefined(py, b->name.text);
        }
        put(py, text, b);
    }
    while (py_dict_next(values, &at, &key, &value)) {
        const char *name = py_cstr(py, key);
        if (!name || !has(py, text, name)) {
            return undefined(py, name ? name : "");
        }
        if (put_value(py, text, name, value, false)) {
            return NULL;
        }
    }
    return text;
}

static pyv text_bindparams(struct py *py, pyv self, const struct py_args *args)
{
    return expr_wrap(py, with_parameters(py, expr_in(self), args));
}

/* params(): as bindparams(), but names that the text does not have are ignored. */
static const struct sql_expr *with_values(struct py *py, const struct sql_expr *e, pyv values)
{
    struct sql_expr *text = copy_of(py, e);
    pyv key, value;
    size_t at = 0;
    while (py_dict_next(values, &at, &key, &value)) {
        const char *name = py_cstr(py, key);
        if (name && has(py, text, name) && put_value(py, text, name, value, true)) {
            return NULL;
        }
    }
    return text;
}

pyv sa_params(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"optionaldict", 0}, {0}};
    pyv v[2] = {NULL}, kw = NULL, key, value;
    size_t at = 0;
    if (py_bind(py, "params", args, table, v, NULL, &kw)) {
        return NULL;
    }
    while (expr_given(v[0]) && py_is(v[0], &py_type_dict) && py_dict_next(v[0], &at, &key, &value)) {
        if (py_dict_set(py, kw, key, value)) {
            return NULL;
        }
    }
    if (!py_is(self, &expr_type_text)) {
        return py_refuse(py, "params() of %s", self->type->name);
    }
    return expr_wrap(py, with_values(py, expr_in(self), kw));
}

/* --- text().columns() --- */

static int add_result(struct py *py, struct sql_expr *select, const char *name, const struct ddl_type *type)
{
    struct arena *a = arena_of(py);
    const struct sql_expr **grown = arena_array(a, select->n + 1, sizeof(*grown));
    if (select->n) {
        memcpy(grown, select->items, select->n * sizeof(*grown));
    }
    grown[select->n++] = sql_column(a, DDL_NAME(arena_dup(a, name)), type, NULL);
    select->items = grown;
    return 0;
}

static pyv text_columns(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], columns = NULL, types = NULL, key, value;
    size_t at = 0;
    if (py_bind(py, "TextClause.columns", args, none, v, &columns, &types)) {
        return NULL;
    }
    struct sql_expr *e = sql_make(arena_of(py), SQL_E_TEXT_SELECT, NULL);
    const struct py_list *l = (const void *)columns;
    e->left = expr_in(self);
    for (size_t i = 0; i < l->n; i++) {
        const struct sql_expr *c = is_expr(l->items[i]) ? expr_in(l->items[i]) : NULL;
        if (!c || c->kind != SQL_E_COLUMN) {
            return py_refuse(py, "columns() with something that is no column()");
        }
        const char *name = sql_column_key(c);
        pyv given = py_dict_get_str(py, types, name);
        const struct ddl_type *type = given ? vocab_type(py, given) : c->type;
        if (!type || add_result(py, e, name, type) ||
            (given && py_dict_del(py, types, py_str_of(py, name)) < 0)) {
            return NULL;
        }
    }
    while (py_dict_next(types, &at, &key, &value)) {
        const struct ddl_type *type = vocab_type(py, value);
        if (!type || add_result(py, e, py_cstr(py, key), type)) {
            return NULL;
        }
    }
    return expr_wrap(py, e);
}

static pyv text_str(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_str_new(py, expr_in(self)->text);
}

const struct py_def sa_text_methods[] = {
    {"bindparams", PY_DEF_METHOD, text_bindparams, NULL, NULL},
    {"columns", PY_DEF_METHOD, text_columns, NULL, NULL},
    {"text", PY_DEF_PROPERTY, text_str, NULL, NULL},
    {0},
};

static pyv text_select_bindparams(struct py *py, pyv self, const struct py_args *args)
{
    const struct sql_expr *e = expr_in(self), *text = with_parameters(py, e->left, args);
    struct sql_expr *copy = text ? sql_copy(arena_of(py), e) : NULL;
    if (!copy) {
        return NULL;
    }
    copy->left = text;
    return expr_wrap(py, copy);
}

const struct py_def sa_text_select_methods[] = {
    {"bindparams", PY_DEF_METHOD, text_select_bindparams, NULL, NULL},
    {"subquery", PY_DEF_METHOD, sa_select_subquery, NULL, NULL},
    {"alias", PY_DEF_METHOD, sa_select_subquery, NULL, NULL},
    {"cte", PY_DEF_METHOD, sa_select_cte, NULL, NULL},
    {"scalar_subquery", PY_DEF_METHOD, sa_select_scalar, NULL, NULL},
    {"exists", PY_DEF_METHOD, sa_select_exists, NULL, NULL},
    {0},
};
