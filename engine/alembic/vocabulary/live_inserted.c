/* What an INSERT made: the primary key of its row, as result.inserted_primary_key gives it. */
#include "engine/alembic/vocabulary/live.h"
#include "engine/ddl/expr_statement.h"
#include "engine/ddl/table.h"
#include <string.h>

static const struct sql_dml *dml_of(const struct live_result *r)
{
    return r->insert->data;
}

void live_result_of_insert(struct live_result *r, const struct sql_expr *statement, uint64_t number)
{
    const struct sql_dml *d = statement->data;
    r->insert = d->rows.n || d->select ? NULL : statement;
    r->statement = number;
    if (r->insert && d->returning.n == 0 && r->rows.ncols) {
        r->keys = r->rows;
        r->rows = (struct rowset){0};
    }
}

/* The counter's last value; false: something was sent since, or it failed. */
static bool last_number(struct py *py, const struct live_result *r, struct slice *out)
{
    const struct migration *m = migration_of(py);
    const char *query =
        m->dialect->kind == DDL_SQLITE ? "SELECT last_insert_rowid()" : "SELECT LAST_INSERT_ID()";
    struct rowset rows = {0};
    struct err err = {0};
    if (m->statements != r->statement) {
        py_refuse(py, "the key of a row that was inserted before other statements were sent");
        return false;
    }
    if (conn_query(m->conn, py_arena(py), query, &rows, &err)) {
        vocab_server_error(py, &err);
        return false;
    }
    *out = rowset_cell(&rows, 0, 0);
    return true;
}

static const struct sql_expr *given(const sql_assignments_t *values, const char *name)
{
    const struct sql_assignment *a;
    vec_each (a, values) {
        const char *key = a->column ? a->column->name.text : a->key;
        if (key && strcmp(key, name) == 0) {
            return a->value;
        }
    }
    return NULL;
}

static pyv key_value(struct py *py, const struct live_result *r, const struct ddl_column *c, bool counts)
{
    const struct sql_dml *d = dml_of(r);
    for (size_t i = 0; i < r->keys.ncols; i++) {
        if (strcmp(r->keys.names[i], c->name.text) == 0) {
            return live_cell(py, rowset_cell(&r->keys, 0, i), rowset_kind(&r->keys, 0, i), c->type);
        }
    }
    const struct sql_expr *e = given(&d->parameters, c->name.text);
    e = e ? e : given(&d->values, c->name.text);
    if (e && e->kind == SQL_E_VALUE && e->value.kind != SQL_VALUE_NULL) {
        return e->value.origin ? (pyv)(uintptr_t)e->value.origin : std_from_value(py, &e->value);
    }
    struct slice last;
    if (!counts) {
        return e && e->kind != SQL_E_VALUE ? py_refuse(py, "the key of a row that an expression gave its key")
                                           : &py_none;
    }
    return last_number(py, r, &last) ? live_cell(py, last, CELL_INT, NULL) : NULL;
}

static struct live_result *result_of(struct py *py, pyv self, const char *what)
{
    struct live_result *r = (struct live_result *)(void *)self;
    if (!r->known) {
        return py_needs_live(py, "reads the key of a row");
    }
    if (!r->insert) {
        return py_refuse(py, "%s of a statement that is no INSERT of one row", what);
    }
    return r;
}

pyv live_inserted_primary_key(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct live_result *r = result_of(py, self, "inserted_primary_key");
    const struct ddl_table *t = r ? dml_of(r)->table->data : NULL;
    const struct ddl_constraint *pk = t ? ddl_primary_key(t) : NULL;
    if (!r || !t) {
        return r ? py_refuse(py, "inserted_primary_key of a table() without keys") : NULL;
    }
    const struct ddl_column *counted = ddl_autoincrement_column(t);
    size_t n = pk ? pk->columns.n : 0;
    pyv *values = py_alloc_array(py, n + 1, sizeof(*values));
    for (size_t i = 0; values && i < n; i++) {
        const struct ddl_column *c = ddl_table_column(t, pk->columns.items[i].text);
        values[i] = c ? key_value(py, r, c, c == counted) : &py_none;
        if (!values[i]) {
            return NULL;
        }
    }
    return values ? py_tuple_new(py, values, n) : NULL;
}

pyv live_lastrowid(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    struct live_result *r = result_of(py, self, "lastrowid");
    struct slice last;
    if (!r || migration_of(py)->dialect->kind == DDL_POSTGRESQL) {
        return r ? py_refuse(py, "lastrowid on PostgreSQL") : NULL;
    }
    return last_number(py, r, &last) ? live_cell(py, last, CELL_INT, NULL) : NULL;
}
