/* Executables as statement texts, with the parameters of the call: for op.execute() and connection.execute().
 */
#include "engine/alembic/vocabulary/sa_expr.h"
#include "engine/ddl/table.h"
#include <string.h>
#include <strings.h>

static bool is_offline(struct py *py)
{
    return migration_of(py)->mode == MIGRATION_OFFLINE;
}

static bool is_dml(const struct sql_expr *e)
{
    return e->kind == SQL_E_INSERT || e->kind == SQL_E_UPDATE || e->kind == SQL_E_DELETE;
}

static bool is_select(const struct sql_expr *e)
{
    return e->kind == SQL_E_SELECT || e->kind == SQL_E_COMPOUND || e->kind == SQL_E_TEXT_SELECT ||
           e->kind == SQL_E_SELECT_GROUPING;
}

/* --- parameters --- */

static int too_few(struct py *py, const char *key, size_t group)
{
    py_raise(py, "sqlalchemy.exc.StatementError",
             "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter %s, in parameter "
             "group %zu",
             py_repr_of(py, py_str_of(py, key)), group);
    return -1;
}

/* The values of one set for the names of the first. */
static int take_set(struct py *py, pyv first, pyv set, size_t group, sql_assignments_t *out)
{
    pyv key, value;
    size_t at = 0;
    while (py_dict_next(first, &at, &key, &value)) {
        const char *name = py_cstr(py, key);
        if (!name) {
            py_refuse(py, "parameters whose names are no str");
            return -1;
        }
        pyv v = first == set ? value : py_dict_get(py, set, key);
        if (!v) {
            return py_stopped(py) != PY_RUNNING ? -1 : too_few(py, name, group);
        }
        struct sql_value converted;
        const struct sql_expr *e = is_expr(v) ? expr_in(v) : NULL;
        if (e && e->kind != SQL_E_VALUE) {
            py_refuse(py, "a SQL expression among the parameters of a statement");
            return -1;
        }
        if (!e) {
            if (vocab_value(py, v, &converted)) {
                return -1;
            }
            struct sql_expr *made = sql_value(arena_of(py), converted, ddl_type_null());
            made->flags = SQL_X_UNIQUE;
            e = made;
        }
        vec_push(arena_of(py), out);
        out->items[out->n - 1].key = name;
        out->items[out->n - 1].value = e;
    }
    return 0;
}

/* A dict, or a list of dicts, as sets of values. */
static int take_sets(struct py *py, pyv parameters, sql_assignments_t **sets, size_t *n)
{
    bool list = py_is(parameters, &py_type_list) || py_is(parameters, &py_type_tuple);
    const struct py_list *l = (const void *)parameters;
    size_t count = list ? l->n : 1;
    *n = count;
    *sets = py_alloc_array(py, count + 1, sizeof(**sets));
    if (!*sets) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        pyv set = list ? l->items[i] : parameters;
        if (!py_is(set, &py_type_dict)) {
            /* Rows and the like are mappings, too. */
            py_refuse(py, "parameters that are no dict, or list of dicts");
            return -1;
        }
        if (take_set(py, list ? l->items[0] : parameters, set, i, &(*sets)[i])) {
            return -1;
        }
    }
    return 0;
}

/* --- defaults of columns that Python makes --- */

static const struct sql_assignment *find(const sql_assignments_t *list, const char *key)
{
    const struct sql_assignment *a;
    vec_each (a, list) {
        const char *k = a->column ? sql_column_key(a->column) : a->key;
        if (k && strcmp(k, key) == 0) {
            return a;
        }
    }
    return NULL;
}

static int call_default(struct py *py, const struct ddl_python_default *d, const char *key,
                        sql_assignments_t *list)
{
    pyv function = (pyv)(uintptr_t)d->callable;
    struct sql_value value;
    if (py_function_arity(function) > 0) {
        py_refuse(py, "a default of a column that looks at the statement's context");
        return -1;
    }
    pyv v = py_call(py, function, PY_NO_ARGS);
    if (!v) {
        return -1;
    }
    if (is_expr(v)) {
        py_refuse(py, "a default of a column that makes a SQL expression");
        return -1;
    }
    if (vocab_value(py, v, &value)) {
        return -1;
    }
    struct sql_expr *e = sql_value(arena_of(py), value, ddl_type_null());
    e->flags = SQL_X_UNIQUE;
    vec_push(arena_of(py), list);
    list->items[list->n - 1].key = key;
    list->items[list->n - 1].value = e;
    return 0;
}

static int call_defaults(struct py *py, const struct sql_dml *d, bool update, const sql_assignments_t *values,
                         sql_assignments_t *list)
{
    for (size_t i = 0; i < d->table->ncolumns; i++) {
        const struct sql_expr *column = d->table->columns[i];
        const struct ddl_column *c = column->kind == SQL_E_COLUMN ? column->data : NULL;
        const struct ddl_python_default *def = !c ? NULL : update ? c->python_onupdate : c->python_default;
        const char *key = sql_column_key(column);
        if (!def || !def->callable || find(values, key) || find(list, key)) {
            continue;
        }
        if (call_default(py, def, key, list)) {
            return -1;
        }
    }
    return 0;
}

/* --- statements --- */

static int fill_dml(struct py *py, const struct sql_expr *e, const sql_assignments_t *set, bool many,
                    const struct sql_expr **out)
{
    struct sql_dml *d;
    struct sql_expr *copy = sql_dml_of(arena_of(py), e, &d);
    bool update = e->kind == SQL_E_UPDATE;
    *out = copy;
    d->has_parameters = true;
    d->executemany = many;
    d->parameters = set ? *set : (sql_assignments_t){0};
    if (e->kind == SQL_E_DELETE || d->select) {
        return 0;
    }
    if (d->rows.n == 0) {
        return call_defaults(py, d, update, &d->values, &d->parameters);
    }
    /* Each row of values() has defaults of its own. */
    VEC(sql_assignments_t) rows = {0};
    for (size_t i = 0; i < d->rows.n; i++) {
        sql_assignments_t row = d->rows.items[i];
        row.cap = row.n;
        if (call_defaults(py, d, update, &d->parameters, &row)) {
            return -1;
        }
        *vec_push(arena_of(py), &rows) = row;
    }
    d->rows.items = rows.items;
    d->rows.cap = rows.cap;
    return 0;
}

static bool says_rows(struct slice text)
{
    static const char *const words[] = {"select", "with",     "values", "show", "explain",
                                        "pragma", "describe", "desc",   "table"};
    while (text.len && strchr(" \t\r\n\f(", *text.ptr)) {
        text.ptr++;
        text.len--;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t n = strlen(words[i]);
        if (text.len >= n && strncasecmp(text.ptr, words[i], n) == 0 &&
            (text.len == n || strchr(" \t\r\n\f(*", text.ptr[n]))) {
            return true;
        }
    }
    for (size_t i = 0; i + 9 <= text.len; i++) {
        if (strncasecmp(text.ptr + i, "returning", 9) == 0) {
            return true;
        }
    }
    return false;
}

static bool returns_rows(const struct sql_expr *e)
{
    if (is_dml(e)) {
        return ((const struct sql_dml *)e->data)->returning.n > 0;
    }
    return is_select(e) || (e->kind == SQL_E_TEXT && says_rows(e->text));
}

static void result_types(struct py *py, const struct sql_expr *e, struct vocab_statement *s)
{
    sql_exprs_t columns = {0};
    if (!is_select(e) && !is_dml(e)) {
        return;
    }
    sql_selected(arena_of(py), e, &columns);
    const struct ddl_type **types = arena_array(arena_of(py), columns.n + 1, sizeof(*types));
    for (size_t i = 0; i < columns.n; i++) {
        types[i] = sql_type_is_null(columns.items[i]->type) ? NULL : columns.items[i]->type;
    }
    s->types = types;
    s->ntypes = columns.n;
}

static int render(struct py *py, const struct sql_expr *e, const sql_assignments_t *binds,
                  struct vocab_statement *out)
{
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    struct migration *m = migration_of(py);
    int rc;
    if (e->kind == SQL_E_DDL) {
        rc = vocab_ddl_render(py, e, &b);
    } else {
        rc = sql_render_bound(&b, m->dialect, e, is_offline(py) ? 0 : SQL_LIVE, binds, &err);
        if (rc && !(strcmp(err.sqlstate, DDL_RAISED) == 0 && py_stopped(py) != PY_RUNNING)) {
            py_raise_err(py, ddl_exception(&err), &err);
        }
    }
    char *copy = rc ? NULL : py_alloc(py, b.len + 1);
    if (copy) {
        memcpy(copy, strbuf_cstr(&b), b.len);
        *out =
            (struct vocab_statement){.text = {copy, b.len}, .returns_rows = returns_rows(e), .statement = e};
        result_types(py, e, out);
    }
    strbuf_release(&b);
    return copy ? 0 : -1;
}

/* What is no statement by itself: a function is selected when it is executed. */
static const struct sql_expr *as_statement(struct py *py, const struct sql_expr *e, pyv v)
{
    if (is_dml(e) || is_select(e) || e->kind == SQL_E_TEXT || e->kind == SQL_E_DDL || is_offline(py)) {
        return e;
    }
    if (e->kind != SQL_E_FUNCTION && e->kind != SQL_E_SEQUENCE) {
        return py_raise(py, "sqlalchemy.exc.ObjectNotExecutableError", "Not an executable object: %s",
                        py_repr_of(py, v));
    }
    struct sql_select *s;
    struct sql_expr *select = sql_select_new(arena_of(py), &s);
    vec_push(arena_of(py), &s->columns)->expr = e;
    return select;
}

int vocab_statement_render(struct py *py, pyv executable, pyv parameters, struct vocab_statement **out,
                           size_t *n)
{
    const struct sql_expr *e = vocab_expr(py, executable, VOCAB_STATEMENT, NULL);
    sql_assignments_t *sets = NULL;
    size_t count = 0;
    if (!e || !(e = as_statement(py, e, executable))) {
        return -1;
    }
    /* Without a connection Alembic passes parameters over. */
    bool given = parameters && !py_is_none(parameters) && !is_offline(py);
    if (given && take_sets(py, parameters, &sets, &count)) {
        return -1;
    }
    *n = count ? count : 1;
    *out = py_alloc_array(py, *n, sizeof(**out));
    for (size_t i = 0; *out && i < *n; i++) {
        const struct sql_expr *statement = e;
        const sql_assignments_t *set = count ? &sets[i] : NULL;
        if (is_dml(e) && !is_offline(py) && fill_dml(py, e, set, count > 1, &statement)) {
            return -1;
        }
        if (render(py, statement, set, &(*out)[i])) {
            return -1;
        }
    }
    return *out ? 0 : -1;
}
