/* op.execute, op.bulk_insert, op.inline_literal. */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

static int send(struct py *py, pyv statement, pyv parameters)
{
    struct vocab_statement *statements = NULL;
    size_t n = 0;
    if (vocab_statement_render(py, statement, parameters, &statements, &n)) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (migration_emit(py, statements[i].text, NULL, NULL)) {
            return -1;
        }
    }
    return 0;
}

pyv op_execute(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"sqltext", PY_ARG_REQUIRED}, {"execution_options", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, "execute", args, table, v, NULL, NULL)) {
        return NULL;
    }
    bool builtin = py_is_none(v[0]) || py_is(v[0], &py_type_int) || py_is(v[0], &py_type_list) ||
                   py_is(v[0], &py_type_tuple) || py_is(v[0], &py_type_dict);
    if (builtin && migration_of(py)->mode == MIGRATION_OFFLINE) {
        return py_raise(py, "AttributeError", "'%s' object has no attribute 'compile'", v[0]->type->name);
    }
    pyv level = schema_given(v[1]) && py_is(v[1], &py_type_dict)
                    ? py_dict_get_str(py, v[1], "isolation_level")
                    : NULL;
    if (level) {
        return py_refuse(py, "op.execute() with an isolation_level of its own: use autocommit_block()");
    }
    return send(py, v[0], NULL) ? NULL : &py_none;
}

static pyv call(struct py *py, pyv object, const char *name)
{
    return object ? py_call_method(py, object, name, PY_NO_ARGS) : NULL;
}

/* A value with the type of its column, written out whatever the mode. */
static pyv literal_of(struct py *py, pyv columns, pyv key, pyv value)
{
    if (py_is(value, &py_type_expr)) {
        const struct sql_expr *e = ((struct py_expr *)(void *)value)->expr;
        if (e->kind == SQL_E_VALUE && (e->flags & SQL_X_INLINE)) {
            return value;
        }
        return py_refuse(py, "op.bulk_insert() with the SQL expression %s", py_repr_of(py, value));
    }
    pyv column = py_getitem(py, columns, key), type = column ? py_getattr(py, column, "type") : NULL;
    const struct ddl_type *t = type ? vocab_type(py, type) : NULL;
    struct sql_value v;
    if (!t || vocab_value(py, value, &v)) {
        return NULL;
    }
    struct sql_expr *e = sql_value(py_arena(py), v, t);
    e->flags |= SQL_X_INLINE;
    return vocab_expr_wrap(py, e);
}

/* table.insert().inline().values(...) for one row, as --sql has it. */
static int insert_literals(struct py *py, pyv table, pyv row)
{
    pyv key, value, literals = py_dict_new(py), insert = call(py, call(py, table, "insert"), "inline");
    pyv columns = insert && literals ? py_getattr(py, table, "c") : NULL;
    for (size_t at = 0; columns && py_dict_next(row, &at, &key, &value);) {
        pyv literal = literal_of(py, columns, key, value);
        if (!literal || py_dict_set(py, literals, key, literal)) {
            return -1;
        }
    }
    pyv full =
        columns ? py_call_method(py, insert, "values", &(struct py_args){.pos = &literals, .npos = 1}) : NULL;
    return full ? send(py, full, NULL) : -1;
}

static int insert_row(struct py *py, pyv table, pyv row)
{
    pyv insert = call(py, call(py, table, "insert"), "inline");
    pyv full =
        insert ? py_call_method(py, insert, "values", &(struct py_args){.pos = &row, .npos = 1}) : NULL;
    return full ? send(py, full, NULL) : -1;
}

/* Rows as Alembic sends them: one INSERT each with --sql, otherwise one for all (executemany). */
pyv op_bulk_insert(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"table", PY_ARG_REQUIRED}, {"rows", PY_ARG_REQUIRED}, {"multiinsert", PY_ARG_KEYWORD}, {0}};
    pyv v[3] = {NULL};
    bool multi;
    if (py_bind(py, "bulk_insert", args, table, v, NULL, NULL) || schema_flag(py, v[2], true, &multi)) {
        return NULL;
    }
    if (!py_is(v[1], &py_type_list)) {
        return py_raise(py, "TypeError", "List expected");
    }
    struct py_list *rows = (struct py_list *)(void *)v[1];
    if (rows->n && !py_is(rows->items[0], &py_type_dict)) {
        return py_raise(py, "TypeError", "List of dictionaries expected");
    }
    bool offline = migration_of(py)->mode == MIGRATION_OFFLINE;
    if (rows->n && multi && !offline) {
        pyv insert = call(py, call(py, v[0], "insert"), "inline");
        return insert && send(py, insert, v[1]) == 0 ? &py_none : NULL;
    }
    for (size_t i = 0; i < rows->n; i++) {
        if (!py_is(rows->items[i], &py_type_dict)) {
            return py_raise(py, "AttributeError", "'%s' object has no attribute 'items'",
                            rows->items[i]->type->name);
        }
        if (offline ? insert_literals(py, v[0], rows->items[i]) : insert_row(py, v[0], rows->items[i])) {
            return NULL;
        }
    }
    return &py_none;
}

pyv op_inline_literal(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"value", PY_ARG_REQUIRED}, {"type_", 0}, {0}};
    pyv v[2] = {NULL};
    if (py_bind(py, "inline_literal", args, table, v, NULL, NULL)) {
        return NULL;
    }
    const struct ddl_type *type = schema_given(v[1]) ? vocab_type(py, v[1]) : NULL;
    struct sql_value value;
    if ((schema_given(v[1]) && !type) || vocab_value(py, v[0], &value)) {
        return NULL;
    }
    struct sql_expr *e = sql_value(py_arena(py), value, type);
    e->flags |= SQL_X_INLINE;
    return vocab_expr_wrap(py, e);
}
