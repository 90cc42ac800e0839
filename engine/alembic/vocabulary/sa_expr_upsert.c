/* ON CONFLICT of PostgreSQL and SQLite, ON DUPLICATE KEY UPDATE of MySQL. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include "engine/alembic/vocabulary/sa_schema.h"

static const struct sql_from *excluded_of(struct py *py, pyv self, const char *name)
{
    const struct sql_expr *e = expr_in(self);
    const struct sql_dml *d = e->data;
    if (d->excluded) {
        return d->excluded;
    }
    /* The same alias each time it is asked for. */
    struct sql_dml *mine = (struct sql_dml *)(uintptr_t)d;
    mine->excluded = sql_alias(arena_of(py), d->table, name);
    return mine->excluded;
}

static pyv p_excluded(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    pyv alias = expr_from_wrap(py, excluded_of(py, self, "excluded"));
    return alias ? sa_from_columns(py, alias) : NULL;
}

static pyv p_inserted(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    pyv alias = expr_from_wrap(py, excluded_of(py, self, "inserted"));
    return alias ? sa_from_columns(py, alias) : NULL;
}

static enum ddl_dialect_kind dialect_of(pyv self)
{
    return py_is(self, &expr_type_pg_insert)      ? DDL_POSTGRESQL
           : py_is(self, &expr_type_mysql_insert) ? DDL_MYSQL
                                                  : DDL_SQLITE;
}

static int put_elements(struct py *py, struct sql_conflict *c, pyv elements)
{
    pyv list = py_listed(py, elements);
    const struct py_list *l = (const void *)list;
    c->has_elements = true;
    for (size_t i = 0; list && i < l->n; i++) {
        pyv v = expr_element(py, l->items[i]);
        if (!v) {
            return -1;
        }
        vec_push(arena_of(py), &c->elements);
        if (py_text(v).ptr) {
            c->elements.items[c->elements.n - 1].name = py_cstr(py, v);
        } else if (py_is(v, &py_type_clause) && !is_from(v)) {
            c->elements.items[c->elements.n - 1].expr = expr_in(v);
        } else {
            expr_argument_error(py, "String column name or column expression for DDL constraint", v);
            return -1;
        }
    }
    return list ? 0 : -1;
}

static int put_target(struct py *py, struct sql_conflict *c, pyv constraint, pyv elements, pyv where)
{
    if (expr_given(constraint)) {
        c->constraint = py_cstr(py, constraint);
        if (!c->constraint) {
            py_refuse(py, "ON CONFLICT with a constraint that is no str");
            return -1;
        }
        if (expr_given(elements)) {
            py_raise(py, "ValueError", "'constraint' and 'index_elements' are mutually exclusive");
            return -1;
        }
    }
    if (expr_given(elements) && put_elements(py, c, elements)) {
        return -1;
    }
    if (expr_given(where) && expr_given(elements)) {
        c->index_where = expr_coerce(py, where, EXPR_WHERE, NULL);
        return c->index_where ? 0 : -1;
    }
    return 0;
}

/* Every column of a .c collection to itself, or a dict. what: of the error. */
static int put_set(struct py *py, sql_assignments_t *list, pyv v, const char *what)
{
    if (v && py_is(v, &py_type_dict)) {
        if (py_dict_len(v) == 0) {
            py_raise(py, "ValueError", "%s parameter dictionary must not be empty", what);
            return -1;
        }
        return sa_put_assignments(py, list, v);
    }
    if (!v || !py_is(v, &py_type_columns)) {
        py_raise(py, "ValueError",
                 "%s parameter must be a non-empty dictionary or a ColumnCollection such as the `.c.` "
                 "collection of a Table object",
                 what);
        return -1;
    }
    pyv items = py_call_method(py, v, "items", PY_NO_ARGS), all = items ? py_listed(py, items) : NULL;
    const struct py_list *l = (const void *)all;
    for (size_t i = 0; all && i < l->n; i++) {
        const struct py_list *pair = (const void *)l->items[i];
        if (sa_put_assignment(py, list, pair->items[0], pair->items[1])) {
            return -1;
        }
    }
    return all ? 0 : -1;
}

static pyv with_conflict(struct py *py, pyv self, const struct sql_conflict *c)
{
    struct sql_dml *d;
    struct sql_expr *e = sql_dml_of(arena_of(py), expr_in(self), &d);
    if (d->conflict) {
        return py_raise(py, "sqlalchemy.exc.InvalidRequestError",
                        c->kind == SQL_CONFLICT_DUPLICATE_KEY
                            ? "This Insert construct already has an ON DUPLICATE KEY clause present"
                            : "This Insert construct already has an ON CONFLICT clause established");
    }
    d->conflict = c;
    return expr_wrap_as(py, self->type, e);
}

static struct sql_conflict *conflict_new(struct py *py, pyv self, enum sql_conflict_kind kind)
{
    struct sql_conflict *c = arena_alloc(arena_of(py), sizeof(*c));
    c->kind = kind;
    c->dialect = dialect_of(self);
    c->excluded = ((const struct sql_dml *)expr_in(self)->data)->excluded;
    return c;
}

static pyv m_on_conflict_do_nothing(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg of_pg[] = {{"constraint", 0}, {"index_elements", 0}, {"index_where", 0}, {0}};
    bool pg = py_is(self, &expr_type_pg_insert);
    pyv v[4] = {NULL};
    if (py_bind(py, "on_conflict_do_nothing", args, pg ? of_pg : of_pg + 1, pg ? v : v + 1, NULL, NULL)) {
        return NULL;
    }
    struct sql_conflict *c = conflict_new(py, self, SQL_CONFLICT_NOTHING);
    return put_target(py, c, v[0], v[1], v[2]) ? NULL : with_conflict(py, self, c);
}

static pyv m_on_conflict_do_update(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg of_pg[] = {{"constraint", 0}, {"index_elements", 0}, {"index_where", 0},
                                          {"set_", 0},       {"where", 0},          {0}};
    bool pg = py_is(self, &expr_type_pg_insert);
    pyv v[6] = {NULL};
    if (py_bind(py, "on_conflict_do_update", args, pg ? of_pg : of_pg + 1, pg ? v : v + 1, NULL, NULL)) {
        return NULL;
    }
    struct sql_conflict *c = conflict_new(py, self, SQL_CONFLICT_UPDATE);
    if (put_target(py, c, v[0], v[1], v[2])) {
        return NULL;
    }
    if (pg && !c->has_elements && !c->constraint) {
        return py_raise(
            py, "ValueError",
            "Either constraint or index_elements, but not both, must be specified unless DO NOTHING");
    }
    if (put_set(py, &c->set, v[3], "set")) {
        return NULL;
    }
    if (expr_given(v[4]) && !(c->where = expr_coerce(py, v[4], EXPR_WHERE, NULL))) {
        return NULL;
    }
    return with_conflict(py, self, c);
}

static pyv m_on_duplicate_key_update(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], rest = NULL, kw = NULL;
    if (py_bind(py, "on_duplicate_key_update", args, none, v, &rest, &kw)) {
        return NULL;
    }
    const struct py_list *l = (const void *)rest;
    if (l->n && py_dict_len(kw)) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        "Can't pass kwargs and positional arguments simultaneously");
    }
    if (l->n > 1) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        "Only a single dictionary or list of tuples is accepted positionally.");
    }
    pyv given = l->n ? l->items[0] : kw;
    struct sql_conflict *c = conflict_new(py, self, SQL_CONFLICT_DUPLICATE_KEY);
    if (py_is(given, &py_type_list) && ((const struct py_list *)(const void *)given)->n &&
        py_is(((const struct py_list *)(const void *)given)->items[0], &py_type_tuple)) {
        const struct py_list *pairs = (const void *)given;
        c->ordered = true;
        for (size_t i = 0; i < pairs->n; i++) {
            const struct py_list *pair = (const void *)pairs->items[i];
            if (!expr_is_sequence(pairs->items[i]) || pair->n != 2) {
                return py_refuse(py, "on_duplicate_key_update() with something that is no pair");
            }
            if (sa_put_assignment(py, &c->set, pair->items[0], pair->items[1])) {
                return NULL;
            }
        }
    } else if (put_set(py, &c->set, given, "update")) {
        return NULL;
    }
    return with_conflict(py, self, c);
}

#define METHOD(name, fn)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_METHOD, fn, NULL, NULL                                                                  \
    }
const struct py_def sa_pg_insert_methods[] = {METHOD("on_conflict_do_nothing", m_on_conflict_do_nothing),
                                              METHOD("on_conflict_do_update", m_on_conflict_do_update),
                                              {"excluded", PY_DEF_PROPERTY, p_excluded, NULL, NULL},
                                              {0}};
const struct py_def sa_mysql_insert_methods[] = {METHOD("on_duplicate_key_update", m_on_duplicate_key_update),
                                                 {"inserted", PY_DEF_PROPERTY, p_inserted, NULL, NULL},
                                                 {0}};
