/* sa.func: any name is a function of SQL; and functions as tables. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>
#include <strings.h>

#define MAX_NAMES 8

struct py_func { /* func, func.a, func.a.b */
    struct py_instance head;
    const char *names[MAX_NAMES];
    size_t n;
};

static pyv func_getattr(struct py *py, pyv self, const char *name)
{
    const struct py_func *f = (const void *)self;
    size_t len = strlen(name);
    if (strncmp(name, "__", 2) == 0) {
        return py_raise(py, "AttributeError", "%s", name);
    }
    if (f->n == MAX_NAMES) {
        return py_refuse(py, "a function within more than %d packages", MAX_NAMES - 1);
    }
    struct py_func *g = py_object_new(py, self->type, sizeof(*g));
    if (!g) {
        return NULL;
    }
    *g = *f;
    g->head.attrs = NULL;
    g->names[g->n++] = arena_dupn(arena_of(py), name, len && name[len - 1] == '_' ? len - 1 : len);
    return (pyv)g;
}

static bool is_name(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

/* Functions that are something else, or take their arguments in a way of their own. */
static bool call_special(struct py *py, const char *name, const struct py_args *args, pyv *out)
{
    if (is_name(name, "cast")) {
        *out = sa_cast(py, NULL, args);
    } else if (is_name(name, "extract")) {
        *out = sa_extract(py, NULL, args);
    } else if (is_name(name, "next_value")) {
        *out = args->npos == 1 ? py_call_method(py, args->pos[0], "next_value", PY_NO_ARGS)
                               : py_refuse(py, "next_value() of something that is no sequence");
    } else {
        return false;
    }
    return true;
}

static pyv func_call(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"type_", PY_ARG_KEYWORD}, {0}};
    const struct py_func *f = (const void *)self;
    struct arena *a = arena_of(py);
    pyv v[2] = {NULL}, rest = NULL, out;
    sql_exprs_t list = {0};
    const struct ddl_type *type = NULL;
    if (f->n == 0) {
        return py_raise(py, "IndexError", "list index out of range");
    }
    const char *name = f->names[f->n - 1];
    if (f->n == 1 && call_special(py, name, args, &out)) {
        return out;
    }
    if (f->n == 1 && is_name(name, "count") && args->npos == 0 && args->nkw == 0) {
        const struct sql_expr *star = sql_literal_column(a, SLICE("*"), NULL);
        return expr_wrap(py, sql_function(a, NULL, 0, name, &star, 1, NULL));
    }
    if (py_bind(py, name, args, table, v, &rest, NULL) || expr_list(py, rest, EXPR_OPERAND, &list) ||
        (expr_given(v[0]) && !(type = vocab_type(py, v[0])))) {
        return NULL;
    }
    return expr_wrap(py, sql_function(a, f->names, f->n - 1, name, list.items, list.n, type));
}

static const struct py_type type_func = {PY_TYPE_HEAD, .name = "_FunctionGenerator",
                                         .module = "sqlalchemy.sql.functions", .getattr = func_getattr,
                                         .call = func_call};

pyv sa_func_object(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    (void)args;
    return py_object_new(py, &type_func, sizeof(struct py_func));
}

/* from sqlalchemy.sql.functions import now */
static pyv function_named(struct py *py, const char *name)
{
    struct py_func *f = py_object_new(py, &type_func, sizeof(*f));
    if (f) {
        f->names[f->n++] = name;
    }
    return (pyv)f;
}

pyv sa_func_getattr(struct py *py, const char *name)
{
    return strncmp(name, "__", 2) == 0 ? NULL : function_named(py, arena_dup(arena_of(py), name));
}

pyv sa_pg_array_agg(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    pyv f = function_named(py, "array_agg"), v = f ? func_call(py, f, args) : NULL;
    if (!v || !is_expr(v)) {
        return v;
    }
    struct sql_expr *e = sql_copy(arena_of(py), expr_in(v));
    if (ddl_type_affinity(e->type) == AFFINITY_ARRAY) {
        e->type = ddl_type_array(arena_of(py), e->type->item, e->type->dimensions); /* PostgreSQL's own */
    }
    return expr_wrap_as(py, v->type, e);
}

#define NAMED(name)                                                                                          \
    pyv sa_function_##name(struct py *py, pyv self, const struct py_args *args)                              \
    {                                                                                                        \
        (void)self;                                                                                          \
        (void)args;                                                                                          \
        return function_named(py, #name);                                                                    \
    }
SA_FUNCTIONS(NAMED)
#undef NAMED

/* --- functions as tables --- */

static struct sql_from *table_of(struct py *py, const struct sql_expr *f, const char *name)
{
    struct sql_from *from = arena_alloc(arena_of(py), sizeof(*from));
    from->kind = SQL_FROM_FUNCTION;
    from->select = f;
    if (name) {
        from->name = DDL_NAME(name);
    } else {
        from->anon = sql_anon(arena_of(py), from, 0, "anon");
    }
    return from;
}

static int add_column(struct py *py, struct sql_from *from, pyv v)
{
    struct arena *a = arena_of(py);
    if (py_text(v).ptr) {
        sql_table_add(a, from, sql_column(a, DDL_NAME(slice_dup(a, py_text(v))), NULL, from));
        return 0;
    }
    if (!is_expr(v) || expr_in(v)->kind != SQL_E_COLUMN) {
        py_refuse(py, "table_valued() with something that is no column");
        return -1;
    }
    struct sql_expr *c = sql_copy(a, expr_in(v));
    c->from = from;
    c->data = NULL;
    sql_table_add(a, from, c);
    return 0;
}

static pyv f_table_valued(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_KEYWORD},
                                          {"with_ordinality", PY_ARG_KEYWORD},
                                          {"joins_implicitly", PY_ARG_KEYWORD},
                                          {0}};
    pyv v[4] = {NULL}, columns = NULL;
    const char *name;
    if (py_bind(py, "table_valued", args, table, v, &columns, NULL) || expr_str(py, v[0], "a name", &name)) {
        return NULL;
    }
    const struct sql_expr *f = expr_in(self);
    if (expr_given(v[1])) {
        struct sql_expr *ordered = sql_copy(arena_of(py), f);
        struct sql_function *data = arena_alloc(arena_of(py), sizeof(*data));
        *data = *(const struct sql_function *)f->data;
        data->ordinality = true;
        ordered->data = data;
        f = ordered;
    }
    struct sql_from *from = table_of(py, f, name);
    const struct py_list *l = (const void *)columns;
    for (size_t i = 0; i < l->n; i++) {
        if (add_column(py, from, l->items[i])) {
            return NULL;
        }
    }
    if (expr_given(v[1]) && add_column(py, from, v[1])) {
        return NULL;
    }
    return expr_from_wrap(py, from);
}

static struct sql_from *aliased(struct py *py, pyv self, const struct py_args *args, const char *function)
{
    static const struct py_arg table[] = {{"name", 0}, {"joins_implicitly", 0}, {0}};
    pyv v[3] = {NULL};
    const char *name;
    if (py_bind(py, function, args, table, v, NULL, NULL) || expr_str(py, v[0], "a name", &name)) {
        return NULL;
    }
    return table_of(py, expr_in(self), name);
}

static pyv f_alias(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_from *from = aliased(py, self, args, "alias");
    if (from) {
        /* Its only column is the function's value. */
        const struct sql_expr *f = expr_in(self);
        struct sql_expr *c = sql_column(arena_of(py), DDL_NAME(NULL), f->type, from);
        c->anon = sql_made_up_name(arena_of(py), f).anon;
        c->key = f->name.text;
        c->flags = SQL_X_TRUNCATABLE;
        sql_table_add(arena_of(py), from, c);
    }
    return expr_from_wrap(py, from);
}

static const struct sql_expr *whole_column(struct py *py, const struct sql_from *from)
{
    struct sql_expr *c = sql_make(arena_of(py), SQL_E_TABLE_VALUED, from->select->type);
    c->from = from;
    c->name = from->name;
    c->anon = from->anon;
    return c;
}

static pyv f_column_valued(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_from *from = aliased(py, self, args, "column_valued");
    return from ? expr_wrap(py, whole_column(py, from)) : NULL;
}

static pyv f_scalar_table_valued(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED}, {"type_", 0}, {0}};
    pyv v[3] = {NULL};
    const char *name;
    const struct ddl_type *type = NULL;
    if (py_bind(py, "scalar_table_valued", args, table, v, NULL, NULL) ||
        expr_str(py, v[0], "a name", &name) || (expr_given(v[1]) && !(type = vocab_type(py, v[1])))) {
        return NULL;
    }
    struct sql_expr *c = sql_make(arena_of(py), SQL_E_FUNCTION_COLUMN, type);
    c->left = expr_in(self);
    c->name = DDL_NAME(name);
    return expr_wrap(py, c);
}

static pyv f_select(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return sa_select(py, NULL, &(struct py_args){.pos = &self, .npos = 1});
}

const struct py_def sa_function_methods[] = {
    {"over", PY_DEF_METHOD, sa_over, NULL, NULL},
    {"filter", PY_DEF_METHOD, sa_funcfilter, NULL, NULL},
    {"within_group", PY_DEF_METHOD, sa_within_group, NULL, NULL},
    {"table_valued", PY_DEF_METHOD, f_table_valued, NULL, NULL},
    {"column_valued", PY_DEF_METHOD, f_column_valued, NULL, NULL},
    {"scalar_table_valued", PY_DEF_METHOD, f_scalar_table_valued, NULL, NULL},
    {"alias", PY_DEF_METHOD, f_alias, NULL, NULL},
    {"select", PY_DEF_METHOD, f_select, NULL, NULL},
    {0},
};

static pyv t_column(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return expr_wrap(py, whole_column(py, from_in(self)));
}

/* The same with other settings; its columns are its own. */
static struct sql_from *changed(struct py *py, pyv self, const char *name, const char *seed)
{
    const struct sql_from *old = from_in(self);
    struct sql_from *from = arena_alloc(arena_of(py), sizeof(*from));
    *from = *old;
    from->columns = NULL;
    from->ncolumns = 0;
    from->name = DDL_NAME(name);
    from->anon = name ? NULL : sql_anon(arena_of(py), from, 0, seed ? seed : "anon");
    for (size_t i = 0; i < old->ncolumns; i++) {
        struct sql_expr *c = sql_copy(arena_of(py), old->columns[i]);
        c->from = from;
        sql_table_add(arena_of(py), from, c);
    }
    return from;
}

static pyv t_render_derived(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", 0}, {"with_types", 0}, {0}};
    pyv v[3] = {NULL};
    const char *name;
    bool types;
    if (py_bind(py, "render_derived", args, table, v, NULL, NULL) || expr_str(py, v[0], "a name", &name) ||
        expr_flag(py, v[1], &types)) {
        return NULL;
    }
    struct sql_from *from = changed(py, self, name, NULL);
    from->derived = true;
    from->derived_types = types;
    return expr_from_wrap(py, from);
}

/* An alias of an alias is named after that. */
static pyv renamed(struct py *py, pyv self, const struct py_args *args, bool lateral)
{
    static const struct py_arg table[] = {{"name", 0}, {"flat", 0}, {0}};
    pyv v[3] = {NULL};
    const char *name;
    if (py_bind(py, lateral ? "lateral" : "alias", args, table, v, NULL, NULL) ||
        expr_str(py, v[0], "a name", &name)) {
        return NULL;
    }
    struct sql_from *from = changed(py, self, name, from_in(self)->name.text);
    from->lateral = lateral;
    return expr_from_wrap(py, from);
}

static pyv t_lateral(struct py *py, pyv self, const struct py_args *args)
{
    return renamed(py, self, args, true);
}

static pyv t_alias(struct py *py, pyv self, const struct py_args *args)
{
    return renamed(py, self, args, false);
}

const struct py_def sa_table_valued_methods[] = {
    {"column", PY_DEF_PROPERTY, t_column, NULL, NULL},
    {"render_derived", PY_DEF_METHOD, t_render_derived, NULL, NULL},
    {"lateral", PY_DEF_METHOD, t_lateral, NULL, NULL},
    {"alias", PY_DEF_METHOD, t_alias, NULL, NULL},
    {0},
};
