/* insert(), update(), delete(). */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

static struct sql_expr *changed(struct py *py, pyv self, struct sql_dml **d)
{
    return sql_dml_of(arena_of(py), expr_in(self), d);
}

static pyv wrap_like(struct py *py, pyv self, const struct sql_expr *e)
{
    return expr_wrap_as(py, self->type, e);
}

static pyv make(struct py *py, const struct py_args *args, const char *name, enum sql_expr_kind kind,
                const struct py_type *type)
{
    static const struct py_arg table[] = {{"table", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    struct sql_dml *d;
    if (py_bind(py, name, args, table, v, NULL, NULL)) {
        return NULL;
    }
    const struct sql_from *f = expr_dml_table(py, v[0]);
    return f ? expr_wrap_as(py, type, sql_dml_new(arena_of(py), kind, f, &d)) : NULL;
}

pyv sa_insert(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return make(py, args, "insert", SQL_E_INSERT, &expr_type_insert);
}
pyv sa_pg_insert(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return make(py, args, "insert", SQL_E_INSERT, &expr_type_pg_insert);
}
pyv sa_mysql_insert(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return make(py, args, "insert", SQL_E_INSERT, &expr_type_mysql_insert);
}
pyv sa_sqlite_insert(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return make(py, args, "insert", SQL_E_INSERT, &expr_type_sqlite_insert);
}
pyv sa_update(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return make(py, args, "update", SQL_E_UPDATE, &expr_type_update);
}
pyv sa_delete(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return make(py, args, "delete", SQL_E_DELETE, &expr_type_delete);
}

/* --- values --- */

/* A value for a column: it has no type before the column gives it one. */
static const struct sql_expr *value_of(struct py *py, pyv v)
{
    v = expr_element(py, v);
    if (v && expr_is_literal(py, v)) {
        struct sql_value value;
        if (vocab_value(py, v, &value)) {
            return NULL;
        }
        struct sql_expr *e = sql_value(arena_of(py), value, ddl_type_null());
        e->flags = SQL_X_UNIQUE | SQL_X_BARE;
        return e;
    }
    return v ? expr_coerce(py, v, EXPR_OPERAND, NULL) : NULL;
}

static int put(struct py *py, sql_assignments_t *list, struct sql_assignment a)
{
    const char *key = a.column ? sql_column_key(a.column) : a.key;
    if (!py_spend(py, 1 + list->n / 8, sizeof(a))) {
        return -1;
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct sql_assignment *old = &list->items[i];
        const char *k = old->column ? sql_column_key(old->column) : old->key;
        if (old->column == a.column && k && key && strcmp(k, key) == 0) {
            list->items[i] = a;
            return 0;
        }
    }
    *vec_push(arena_of(py), list) = a;
    return 0;
}

int sa_put_assignment(struct py *py, sql_assignments_t *list, pyv key, pyv v)
{
    struct sql_assignment a = {0};
    key = expr_element(py, key);
    if (!key) {
        return -1;
    }
    if (py_text(key).ptr) {
        a.key = py_cstr(py, key);
    } else if (is_expr(key) && expr_in(key)->kind == SQL_E_COLUMN) {
        a.column = expr_in(key);
    } else {
        expr_argument_error(py, "SET/VALUES column expression or string key", key);
        return -1;
    }
    a.value = value_of(py, v);
    return a.value ? put(py, list, a) : -1;
}

int sa_put_assignments(struct py *py, sql_assignments_t *list, pyv dict)
{
    pyv key, value;
    size_t at = 0;
    while (py_dict_next(dict, &at, &key, &value)) {
        if (sa_put_assignment(py, list, key, value)) {
            return -1;
        }
    }
    return 0;
}

/* A list of values in the order of the table's columns. */
static int put_row(struct py *py, const struct sql_from *table, sql_assignments_t *list, pyv row)
{
    const struct py_list *l = (const void *)row;
    for (size_t i = 0; i < l->n && i < table->ncolumns; i++) {
        struct sql_assignment a = {.key = sql_column_key(table->columns[i]),
                                   .value = value_of(py, l->items[i])};
        if (!a.value || put(py, list, a)) {
            return -1;
        }
    }
    return 0;
}

bool expr_is_sequence(pyv v)
{
    return py_is(v, &py_type_list) || py_is(v, &py_type_tuple);
}

static int put_rows(struct py *py, struct sql_dml *d, pyv rows)
{
    const struct py_list *l = (const void *)rows;
    d->rows.cap = d->rows.n;
    for (size_t i = 0; i < l->n; i++) {
        sql_assignments_t row = {0};
        bool dict = py_is(l->items[i], &py_type_dict);
        if (!dict && !expr_is_sequence(l->items[i])) {
            py_refuse(py, "values() of several rows with something that is no row");
            return -1;
        }
        if (dict ? sa_put_assignments(py, &row, l->items[i]) : put_row(py, d->table, &row, l->items[i])) {
            return -1;
        }
        *vec_push(arena_of(py), &d->rows) = row;
    }
    return 0;
}

static pyv values_error(struct py *py, bool several)
{
    return py_raise(
        py, "sqlalchemy.exc.ArgumentError",
        several ? "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally."
                : "Can't pass positional and kwargs to values() simultaneously");
}

static pyv m_values(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], rest = NULL, kw = NULL;
    struct sql_dml *d;
    if (py_bind(py, "values", args, none, v, &rest, &kw)) {
        return NULL;
    }
    const struct py_list *l = (const void *)rest;
    struct sql_expr *e = changed(py, self, &d);
    if (d->select || d->ordered) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                        d->select ? "This construct already inserts from a SELECT"
                                  : "This statement already has ordered values present");
    }
    if (l->n && (py_dict_len(kw) || l->n > 1)) {
        return values_error(py, !py_dict_len(kw));
    }
    pyv given = l->n ? l->items[0] : kw;
    const struct py_list *rows = (const void *)given;
    bool several = expr_is_sequence(given) && rows->n &&
                   (py_is(rows->items[0], &py_type_dict) || expr_is_sequence(rows->items[0]));
    if ((several && d->has_values) || (!several && d->rows.n)) {
        return py_refuse(py, "values() of one row and of several on the same statement");
    }
    if (several) {
        if (e->kind == SQL_E_UPDATE) {
            return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                            "UPDATE construct does not support multiple parameter sets.");
        }
        return put_rows(py, d, given) ? NULL : wrap_like(py, self, e);
    }
    if (!py_is(given, &py_type_dict) && !expr_is_sequence(given)) {
        return py_refuse(py, "values() of %s", given->type->name);
    }
    sql_assignments_t copy = {0};
    for (size_t i = 0; i < d->values.n; i++) {
        *vec_push(arena_of(py), &copy) = d->values.items[i];
    }
    d->values = copy;
    if (expr_is_sequence(given) ? put_row(py, d->table, &d->values, given)
                                : sa_put_assignments(py, &d->values, given)) {
        return NULL;
    }
    d->has_values = true;
    return wrap_like(py, self, e);
}

static pyv m_ordered_values(struct py *py, pyv self, const struct py_args *args)
{
    pyv rest = expr_only_args(py, "ordered_values", args);
    struct sql_dml *d;
    struct sql_expr *e = changed(py, self, &d);
    if (!rest) {
        return NULL;
    }
    if (d->has_values) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        d->ordered ? "This statement already has ordered values present"
                                   : "This statement already has values present");
    }
    const struct py_list *l = (const void *)rest;
    d->values = (sql_assignments_t){0};
    for (size_t i = 0; i < l->n; i++) {
        const struct py_list *pair = (const void *)l->items[i];
        if (!expr_is_sequence(l->items[i]) || pair->n != 2) {
            return py_refuse(py, "ordered_values() with something that is no pair");
        }
        if (sa_put_assignment(py, &d->values, pair->items[0], pair->items[1])) {
            return NULL;
        }
    }
    d->ordered = d->has_values = true;
    return wrap_like(py, self, e);
}

static pyv m_from_select(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"names", PY_ARG_REQUIRED}, {"select", PY_ARG_REQUIRED}, {"include_defaults", 0}, {0}};
    pyv v[4] = {NULL}, names;
    struct sql_dml *d;
    if (py_bind(py, "Insert.from_select", args, table, v, NULL, NULL) || !(names = py_listed(py, v[0]))) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &d);
    if (d->has_values) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                        "This construct already inserts value expressions");
    }
    const struct py_list *l = (const void *)names;
    d->select_names = (strings_t){0};
    for (size_t i = 0; i < l->n; i++) {
        bool column = is_expr(l->items[i]) && expr_in(l->items[i])->kind == SQL_E_COLUMN;
        const char *name = column ? sql_column_key(expr_in(l->items[i])) : py_cstr(py, l->items[i]);
        if (!name) {
            return expr_argument_error(py, "SET/VALUES column expression or string key", l->items[i]);
        }
        *vec_push(arena_of(py), &d->select_names) = name;
    }
    bool defaults = true;
    if (v[2] && expr_flag(py, v[2], &defaults)) {
        return NULL;
    }
    if (!py_is(v[1], &expr_type_select_base) && !py_is(v[1], &expr_type_text)) {
        return py_refuse(py, "from_select() of something that is no select()");
    }
    if (py_is(v[1], &expr_type_text)) {
        return py_refuse(py, "from_select() of text()");
    }
    d->select = expr_in(v[1]);
    d->select_defaults = defaults;
    d->is_inline = true;
    return wrap_like(py, self, e);
}

static pyv m_inline(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_dml *d;
    struct sql_expr *e = changed(py, self, &d);
    (void)args;
    d->is_inline = true;
    return wrap_like(py, self, e);
}

/* --- the rest of the statement --- */

static pyv m_where(struct py *py, pyv self, const struct py_args *args)
{
    pyv rest = expr_only_args(py, "where", args);
    struct sql_dml *d;
    struct sql_expr *e = changed(py, self, &d);
    d->where.cap = d->where.n;
    return !rest || expr_list(py, rest, EXPR_WHERE, &d->where) ? NULL : wrap_like(py, self, e);
}

static pyv m_returning(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"sort_by_parameter_order", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    struct sql_dml *d;
    bool sort;
    if (py_bind(py, "returning", args, table, v, &rest, NULL) || expr_flag(py, v[0], &sort)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &d);
    d->returning.cap = d->returning.n;
    return expr_entities(py, rest, &d->returning) ? NULL : wrap_like(py, self, e);
}

static pyv m_prefix_with(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"dialect", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    sql_exprs_t list = {0};
    const char *dialect;
    struct sql_dml *d;
    if (py_bind(py, "prefix_with", args, table, v, &rest, NULL) || expr_list(py, rest, EXPR_OPTION, &list) ||
        expr_str(py, v[0], "a dialect", &dialect)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &d);
    d->prefixes.cap = d->prefixes.n;
    for (size_t i = 0; i < list.n; i++) {
        *vec_push(arena_of(py), &d->prefixes) =
            (struct sql_prefix){list.items[i], dialect && strcmp(dialect, "*") != 0 ? dialect : NULL};
    }
    return wrap_like(py, self, e);
}

static pyv m_with_dialect_options(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"mysql_limit", PY_ARG_KEYWORD}, {"mariadb_limit", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL};
    struct sql_dml *d;
    if (py_bind(py, "with_dialect_options", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &d);
    if ((expr_given(v[0]) && !py_as_int(v[0], &d->limit)) ||
        (expr_given(v[1]) && !py_as_int(v[1], &d->mariadb_limit))) {
        return py_refuse(py, "a limit that is no number");
    }
    return wrap_like(py, self, e);
}

static pyv m_add_cte(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"nest_here", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    struct sql_dml *d;
    bool nest;
    if (py_bind(py, "add_cte", args, table, v, &rest, NULL) || expr_flag(py, v[0], &nest)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &d);
    const struct py_list *l = (const void *)rest;
    d->ctes.cap = d->ctes.n;
    for (size_t i = 0; i < l->n; i++) {
        if (!py_is(l->items[i], &expr_type_cte)) {
            return expr_argument_error(py, "CTE object", l->items[i]);
        }
        *vec_push(arena_of(py), &d->ctes) = (struct sql_with){from_in(l->items[i]), nest};
    }
    return wrap_like(py, self, e);
}

static pyv p_table(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return expr_from_wrap(py, ((const struct sql_dml *)expr_in(self)->data)->table);
}

#define METHOD(name, fn)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_METHOD, fn, NULL, NULL                                                                  \
    }
#define COMMON                                                                                               \
    METHOD("returning", m_returning), METHOD("prefix_with", m_prefix_with),                                  \
        METHOD("with_dialect_options", m_with_dialect_options), METHOD("cte", sa_select_cte),                \
        METHOD("add_cte", m_add_cte),                                                                        \
    {                                                                                                        \
        "table", PY_DEF_PROPERTY, p_table, NULL, NULL                                                        \
    }

const struct py_def sa_insert_methods[] = {METHOD("values", m_values),
                                           METHOD("from_select", m_from_select),
                                           METHOD("inline", m_inline),
                                           COMMON,
                                           {0}};
const struct py_def sa_update_methods[] = {METHOD("values", m_values),
                                           METHOD("ordered_values", m_ordered_values),
                                           METHOD("where", m_where),
                                           METHOD("filter", m_where),
                                           METHOD("inline", m_inline),
                                           COMMON,
                                           {0}};
const struct py_def sa_delete_methods[] = {METHOD("where", m_where), METHOD("filter", m_where), COMMON, {0}};
