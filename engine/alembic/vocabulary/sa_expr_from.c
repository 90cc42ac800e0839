/* Tables, aliases, joins, common table expressions and VALUES. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

/* --- columns --- */

static int add_columns(struct py *py, pyv to, const struct sql_from *f, bool with_table)
{
    for (size_t i = 0; i < f->ncolumns; i++) {
        const struct sql_expr *c = f->columns[i];
        const char *key = with_table ? sql_column_table_name(arena_of(py), c) : sql_column_key(c);
        if (!key || schema_columns_get(py, to, key)) {
            continue;
        }
        pyv v = expr_wrap(py, c);
        if (!v || schema_columns_add(py, to, key, v)) {
            return -1;
        }
    }
    if (f->kind == SQL_FROM_JOIN || f->kind == SQL_FROM_GROUPING) {
        if (add_columns(py, to, f->element, true)) {
            return -1;
        }
        return f->right ? add_columns(py, to, f->right, true) : 0;
    }
    return 0;
}

pyv sa_from_columns(struct py *py, pyv from)
{
    struct py_from *f = (void *)from;
    if (f->columns) {
        return f->columns;
    }
    pyv columns = schema_columns_new(py);
    if (!columns || add_columns(py, columns, f->from, false)) {
        return NULL;
    }
    f->columns = columns;
    return columns;
}

static pyv p_columns(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return sa_from_columns(py, self);
}

static pyv p_name(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_from *f = from_in(self);
    if (f->anon || !f->name.text) {
        return py_refuse(py, "the name of a FROM clause that has none");
    }
    return py_str_of(py, f->name.text);
}

static pyv p_schema(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_str_of(py, from_in(self)->schema.text);
}

/* --- what every from can do --- */

static pyv of_self(struct py *py, pyv self, const struct py_args *args, py_native *function)
{
    pyv *pos = py_alloc_array(py, args->npos + 1, sizeof(*pos));
    if (!pos) {
        return NULL;
    }
    pos[0] = self;
    for (size_t i = 0; i < args->npos; i++) {
        pos[i + 1] = args->pos[i];
    }
    struct py_args with_self = *args;
    with_self.pos = pos;
    with_self.npos++;
    return function(py, NULL, &with_self);
}

#define OF_SELF(name, function)                                                                              \
    static pyv name(struct py *py, pyv self, const struct py_args *args)                                     \
    {                                                                                                        \
        return of_self(py, self, args, function);                                                            \
    }
OF_SELF(m_select, sa_select)
OF_SELF(m_insert, sa_insert)
OF_SELF(m_update, sa_update)
OF_SELF(m_delete, sa_delete)
OF_SELF(m_join, sa_join)
OF_SELF(m_outerjoin, sa_outerjoin)
OF_SELF(m_alias, sa_alias)

pyv sa_alias(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"selectable", PY_ARG_REQUIRED}, {"name", 0}, {"flat", 0}, {0}};
    pyv v[4] = {NULL};
    const char *name;
    (void)self;
    if (py_bind(py, "alias", args, table, v, NULL, NULL) || expr_str(py, v[1], "a name", &name)) {
        return NULL;
    }
    if (py_is(v[0], &expr_type_select_base)) {
        return expr_check_columns(py, expr_in(v[0]), NULL)
                   ? NULL
                   : expr_from_wrap(py, sql_subquery(arena_of(py), expr_in(v[0]), name));
    }
    const struct sql_from *f = expr_from(py, v[0]);
    if (!f) {
        return NULL;
    }
    if (f->kind == SQL_FROM_JOIN || f->kind == SQL_FROM_GROUPING || f->kind == SQL_FROM_TEXT ||
        f->kind == SQL_FROM_FUNCTION || f->kind == SQL_FROM_VALUES) {
        return py_refuse(py, "alias() of %s", v[0]->type->name);
    }
    return expr_check_columns(py, NULL, f) ? NULL : expr_from_wrap(py, sql_alias(arena_of(py), f, name));
}

/* What foreign keys say. */
static const struct sql_expr *join_condition(struct py *py, const struct sql_from *left,
                                             const struct sql_from *right)
{
    const struct sql_expr *on = NULL;
    switch (sql_join_on(arena_of(py), left, right, &on)) {
    case SQL_JOIN_RELATED:
        return on;
    case SQL_JOIN_UNRELATED:
        return py_raise(py, "sqlalchemy.exc.NoForeignKeysError",
                        "Can't find any foreign key relationships between '%s' and '%s'.",
                        sql_from_description(left), sql_from_description(right));
    default:
        return py_refuse(py, "join() without an ON clause where the foreign keys are not plain");
    }
}

static pyv joined(struct py *py, const struct py_args *args, bool outer_function)
{
    static const struct py_arg of_join[] = {{"left", PY_ARG_REQUIRED},
                                            {"right", PY_ARG_REQUIRED},
                                            {"onclause", 0},
                                            {"isouter", 0},
                                            {"full", 0},
                                            {0}};
    static const struct py_arg of_outerjoin[] = {
        {"left", PY_ARG_REQUIRED}, {"right", PY_ARG_REQUIRED}, {"onclause", 0}, {"full", 0}, {0}};
    pyv v[6] = {NULL};
    bool outer = true, full;
    if (py_bind(py, outer_function ? "outerjoin" : "join", args, outer_function ? of_outerjoin : of_join, v,
                NULL, NULL) ||
        (!outer_function && expr_flag(py, v[3], &outer)) || expr_flag(py, v[outer_function ? 3 : 4], &full)) {
        return NULL;
    }
    const struct sql_from *left = expr_from(py, v[0]), *right = left ? expr_from(py, v[1]) : NULL;
    if (!right) {
        return NULL;
    }
    const struct sql_expr *on;
    if (expr_given(v[2])) {
        on = expr_coerce(py, v[2], EXPR_ON, NULL);
    } else {
        on = join_condition(py, left, right);
    }
    return on ? expr_from_wrap(py, sql_join(arena_of(py), left, right, on, outer, full)) : NULL;
}

pyv sa_join(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return joined(py, args, false);
}
pyv sa_outerjoin(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return joined(py, args, true);
}

static pyv m_lateral(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_refuse(py, "lateral() of %s", self->type->name);
}

#define METHOD(name, fn)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_METHOD, fn, NULL, NULL                                                                  \
    }
#define PROPERTY(name, fn)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_PROPERTY, fn, NULL, NULL                                                                \
    }
const struct py_def sa_from_methods[] = {
    PROPERTY("c", p_columns),   PROPERTY("columns", p_columns), PROPERTY("exported_columns", p_columns),
    PROPERTY("name", p_name),   PROPERTY("schema", p_schema),   PROPERTY("description", p_name),
    METHOD("select", m_select), METHOD("join", m_join),         METHOD("outerjoin", m_outerjoin),
    METHOD("alias", m_alias),   METHOD("lateral", m_lateral),   METHOD("insert", m_insert),
    METHOD("update", m_update), METHOD("delete", m_delete),     {0},
};

/* --- table() --- */

static int add_table_columns(struct py *py, struct sql_from *f, pyv columns)
{
    const struct py_list *l = (const void *)columns;
    for (size_t i = 0; i < l->n; i++) {
        if (!is_expr(l->items[i]) || expr_in(l->items[i])->kind != SQL_E_COLUMN) {
            if (!py_is(l->items[i], &py_type_clause)) {
                py_raise(py, "AttributeError", "'%s' object has no attribute 'table'",
                         l->items[i]->type->name);
            } else {
                py_refuse(py, "table() with something that is no column()");
            }
            return -1;
        }
        struct sql_expr *c = ((struct py_expr *)(void *)l->items[i])->expr;
        if (c->from && c->from != f) {
            py_raise(py, "sqlalchemy.exc.ArgumentError", "column object '%s' already assigned to table '%s'",
                     sql_column_key(c), c->from->name.text ? c->from->name.text : "");
            return -1;
        }
        c->from = f;
        sql_table_add(arena_of(py), f, c);
    }
    return 0;
}

pyv sa_table(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_REQUIRED}, {"schema", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL}, columns = NULL, kw = NULL;
    struct ddl_name name, schema = {0};
    (void)self;
    if (py_bind(py, "table", args, table, v, &columns, &kw) || vocab_name(py, v[0], &name) ||
        (expr_given(v[1]) && vocab_schema(py, v[1], &schema))) {
        return NULL;
    }
    if (py_dict_len(kw)) {
        pyv names = py_listed(py, kw);
        return names ? py_raise(py, "sqlalchemy.exc.ArgumentError", "Unsupported argument(s): %s",
                                py_repr_of(py, names))
                     : NULL;
    }
    struct sql_from *f = sql_table(arena_of(py), name, schema);
    return add_table_columns(py, f, columns) ? NULL : expr_from_wrap(py, f);
}

const struct py_def sa_table_clause_methods[] = {{0}};
const struct py_def sa_alias_methods[] = {{0}};
const struct py_def sa_join_methods[] = {{0}};

/* --- common table expressions --- */

static pyv cte_union(struct py *py, pyv self, const struct py_args *args, py_native *function)
{
    const struct sql_from *f = from_in(self);
    struct arena *a = arena_of(py);
    if (f->element) {
        return py_refuse(py, "union() of an alias of a common table expression");
    }
    pyv select = expr_wrap(py, f->select), compound = select ? function(py, select, args) : NULL;
    if (!compound) {
        return NULL;
    }
    struct sql_from *g = sql_cte(a, expr_in(compound), f->name.text, f->recursive, f->nesting);
    g->name = f->name;
    g->anon = f->anon;
    g->right = f->right ? f->right : f;
    return expr_from_wrap(py, g);
}

static pyv m_cte_union(struct py *py, pyv self, const struct py_args *args)
{
    return cte_union(py, self, args, sa_union);
}
static pyv m_cte_union_all(struct py *py, pyv self, const struct py_args *args)
{
    return cte_union(py, self, args, sa_union_all);
}

const struct py_def sa_cte_methods[] = {
    METHOD("union", m_cte_union), METHOD("union_all", m_cte_union_all), {0}};

/* --- VALUES --- */

pyv sa_values(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", PY_ARG_KEYWORD}, {"literal_binds", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL}, columns = NULL;
    const char *name;
    (void)self;
    if (py_bind(py, "values", args, table, v, &columns, NULL) || expr_str(py, v[0], "a name", &name)) {
        return NULL;
    }
    struct sql_from *f = arena_alloc(arena_of(py), sizeof(*f));
    struct sql_rows *rows = arena_alloc(arena_of(py), sizeof(*rows));
    f->kind = SQL_FROM_VALUES;
    f->data = rows;
    rows->unnamed = !name;
    if (name) {
        f->name = DDL_NAME(name);
    } else {
        f->anon = sql_anon(arena_of(py), f, 0, "anon");
    }
    if (add_table_columns(py, f, columns)) {
        return NULL;
    }
    rows->columns = f->columns;
    rows->ncolumns = f->ncolumns;
    return expr_from_wrap(py, f);
}

static struct sql_from *values_of(struct py *py, pyv self, struct sql_rows **rows)
{
    /* Its columns stay what they are, so that what refers to them still does. */
    struct sql_from *f = (struct sql_from *)(uintptr_t)from_in(self);
    struct sql_rows *copy = arena_alloc(arena_of(py), sizeof(*copy));
    *copy = *(const struct sql_rows *)f->data;
    *rows = copy;
    return f;
}

static pyv m_data(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"values", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL}, list;
    struct sql_rows *rows;
    if (py_bind(py, "Values.data", args, table, v, NULL, NULL) || !(list = py_listed(py, v[0]))) {
        return NULL;
    }
    struct sql_from *f = values_of(py, self, &rows);
    if (rows->rows.n) {
        return py_refuse(py, "values().data() for a second time");
    }
    const struct py_list *l = (const void *)list;
    for (size_t i = 0; i < l->n; i++) {
        const struct py_list *row = (const void *)l->items[i];
        bool sequence = py_is(l->items[i], &py_type_tuple) || py_is(l->items[i], &py_type_list);
        if (!sequence || row->n != f->ncolumns) {
            return py_raise(py, "sqlalchemy.exc.ArgumentError", "Wrong number of elements for %zu-tuple: %s ",
                            f->ncolumns, py_repr_of(py, l->items[i]));
        }
        const struct sql_expr **items = arena_array(arena_of(py), row->n + 1, sizeof(*items));
        for (size_t k = 0; k < row->n; k++) {
            const struct ddl_type *t = f->columns[k]->type;
            items[k] = expr_coerce(py, row->items[k], EXPR_OPERAND, sql_type_is_null(t) ? NULL : t);
            if (!items[k]) {
                return NULL;
            }
        }
        vec_push(arena_of(py), &rows->rows);
        rows->rows.items[i].items = items;
        rows->rows.items[i].n = row->n;
    }
    f->data = rows;
    return self;
}

static pyv m_values_alias(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"name", 0}, {"flat", 0}, {0}};
    pyv v[3] = {NULL};
    const char *name;
    struct sql_rows *rows;
    if (py_bind(py, "alias", args, table, v, NULL, NULL) || expr_str(py, v[0], "a name", &name)) {
        return NULL;
    }
    struct sql_from *f = values_of(py, self, &rows);
    if (!rows->unnamed) {
        return py_refuse(py, "alias() of values() that have a name");
    }
    rows->unnamed = false;
    f->data = rows;
    if (name) {
        f->name = DDL_NAME(name);
        f->anon = NULL;
    }
    return self;
}

const struct py_def sa_values_methods[] = {METHOD("data", m_data), METHOD("alias", m_values_alias), {0}};
