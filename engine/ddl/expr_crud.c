/* Which columns an INSERT or UPDATE sets to what: values given, parameters of the call, defaults of columns.
 */
#include "engine/ddl/expr_render.h"
#include "engine/ddl/table.h"
#include <string.h>

static const struct caps {
    bool insert_returning, lastrowid, null_key_counts, sequences;
} caps[] = {
    [DDL_POSTGRESQL] = {.insert_returning = true, .sequences = true},
    [DDL_MYSQL] = {.lastrowid = true, .null_key_counts = true},
    [DDL_MARIADB] = {.lastrowid = true, .null_key_counts = true, .sequences = true},
    [DDL_SQLITE] = {.insert_returning = true, .lastrowid = true, .null_key_counts = true},
};

static const struct ddl_table *table_of(const struct sql_from *f)
{
    return f->kind == SQL_FROM_TABLE ? f->data : NULL;
}

static const struct ddl_column *column_of(const struct sql_expr *c)
{
    return c->kind == SQL_E_COLUMN ? c->data : NULL;
}

/* A value without a type of its own takes the column's. */
static const struct sql_expr *typed(struct sql_rendering *r, const struct sql_expr *column,
                                    const struct sql_expr *value)
{
    if (value->kind != SQL_E_VALUE || !sql_type_is_null(value->type)) {
        return value->kind == SQL_E_VALUE ? value : sql_self_group(r->arena, value, NULL);
    }
    struct sql_expr *e = sql_copy(r->arena, value);
    e->type = column->type;
    return e;
}

static const struct sql_expr *null_value(struct sql_rendering *r, const struct sql_expr *column)
{
    return sql_value(r->arena, (struct sql_value){.kind = SQL_VALUE_NULL}, column->type);
}

static const char *key_of(const struct sql_assignment *a)
{
    return a->column ? sql_column_key(a->column) : a->key;
}

static const struct sql_assignment *find(const sql_assignments_t *list, const char *key)
{
    const struct sql_assignment *a;
    vec_each (a, list) {
        const char *k = key_of(a);
        if (k && strcmp(k, key) == 0) {
            return a;
        }
    }
    return NULL;
}

static int unconsumed(struct sql_rendering *r, const sql_assignments_t *list, const struct sql_from *table)
{
    const struct sql_assignment *a;
    vec_each (a, list) {
        const char *k = key_of(a);
        if (k && !sql_from_column(table, k)) {
            return sql_fail(r, "Unconsumed column names: %s", k);
        }
    }
    return 0;
}

static void add_pair(struct sql_rendering *r, struct sql_crud *out, const struct sql_expr *column,
                     const struct sql_expr *value)
{
    vec_push(r->arena, &out->pairs);
    out->pairs.items[out->pairs.n - 1].column = column;
    out->pairs.items[out->pairs.n - 1].value = value;
}

static void add_returning(struct sql_rendering *r, struct sql_crud *out, const struct sql_expr *column)
{
    *vec_push(r->arena, &out->returning) = column;
}

/* The value that was given for a column: of the statement, or of the parameters of the call; NULL: none. What
 * the call says goes before a plain value, and not before an expression. */
static const struct sql_expr *given(const struct sql_dml *d, const sql_assignments_t *values, const char *key)
{
    const struct sql_assignment *of_statement = find(values, key), *of_call = find(&d->parameters, key);
    if (of_statement && (!of_call || of_statement->value->kind != SQL_E_VALUE)) {
        return of_statement->value;
    }
    return of_call ? of_call->value : NULL;
}

struct insert {
    const struct sql_dml *dml;
    const struct ddl_table *table;
    bool need_keys, returning;        /* primary keys are wanted back; by RETURNING */
    const struct ddl_column *counted; /* the column that counts by itself */
};

static const struct sql_expr *next_value(struct sql_rendering *r, const struct ddl_column *c)
{
    const struct caps *k = &caps[r->dialect->kind];
    if (!k->sequences || c->sequence->optional) {
        return NULL;
    }
    struct sql_expr *e = sql_make(r->arena, SQL_E_SEQUENCE, NULL);
    e->data = c->sequence;
    return e;
}

/* What the column's default=... puts there; NULL: nothing. */
static const struct sql_expr *default_of(struct sql_rendering *r, const struct sql_expr *column,
                                         const struct ddl_column *c)
{
    if (c->sequence) {
        return next_value(r, c);
    }
    if (c->python_default->expr) {
        return sql_self_group(r->arena, c->python_default->expr, NULL);
    }
    /* Values are made when the statement runs: without a database they are not there. */
    if (sql_is_live(r) && !c->python_default->callable) {
        return sql_value(r->arena, c->python_default->value, column->type);
    }
    return null_value(r, column);
}

static int insert_default(struct sql_rendering *r, const struct insert *s, const struct sql_expr *column,
                          struct sql_crud *out)
{
    const struct ddl_column *c = column_of(column);
    if (!c) {
        return 0;
    }
    bool has_default = c->python_default || c->sequence;
    if (has_default && sql_is_live(r) && c->python_default && c->python_default->callable) {
        return sql_refuse(r, "a default of a column that is a function");
    }
    bool key = c->primary_key && s->need_keys;
    if (key && !s->returning && c->python_default && c->python_default->expr && !sql_is_live(r)) {
        add_pair(r, out, column, null_value(r, column)); /* it is asked for in a statement of its own */
        return 0;
    }
    const struct sql_expr *value = has_default ? default_of(r, column, c) : NULL;
    if (value) {
        add_pair(r, out, column, value);
    }
    if (key && s->returning) {
        bool by_server = c->sequence || (c->python_default && c->python_default->expr) ||
                         (!has_default && (c == s->counted || c->server_default.kind != DDL_DEFAULT_NONE));
        if (by_server) {
            add_returning(r, out, column);
        }
    }
    return 0;
}

static void insert_given(struct sql_rendering *r, const struct insert *s, const struct sql_expr *column,
                         const struct sql_expr *value, struct sql_crud *out)
{
    const struct ddl_column *c = column_of(column);
    add_pair(r, out, column, typed(r, column, value));
    if (!c || !c->primary_key || !s->returning) {
        return;
    }
    bool plain = value->kind == SQL_E_VALUE;
    bool null = plain && value->value.kind == SQL_VALUE_NULL;
    if (!plain || (null && c == s->counted && caps[r->dialect->kind].null_key_counts)) {
        add_returning(r, out, column);
    }
}

static int add_rows(struct sql_rendering *r, const struct sql_dml *d, struct sql_crud *out)
{
    for (size_t row = 1; row < d->rows.n; row++) {
        const struct sql_expr **values = arena_array(r->arena, out->pairs.n + 1, sizeof(struct sql_expr *));
        for (size_t i = 0; i < out->pairs.n; i++) {
            const struct sql_expr *column = out->pairs.items[i].column;
            const struct sql_assignment *a = find(&d->rows.items[row], sql_column_key(column));
            const struct ddl_column *c = column_of(column);
            if (a) {
                /* Only a plain value takes the column's type here. */
                bool untyped = a->value->kind == SQL_E_VALUE && !(a->value->flags & SQL_X_BARE);
                values[i] = untyped ? a->value : typed(r, column, a->value);
            } else if (!c || (!c->python_default && !c->sequence)) {
                return sql_fail(
                    r,
                    "INSERT value for column %s%s%s is explicitly rendered as a boundparameter in "
                    "the VALUES clause; a Python-side value or SQL expression is required",
                    d->table->name.text ? d->table->name.text : "", d->table->name.text ? "." : "",
                    column->name.text);
            } else {
                values[i] = default_of(r, column, c);
                if (!values[i] || (sql_is_live(r) && c->python_default && c->python_default->callable)) {
                    return sql_refuse(r, "a default of a column in an INSERT of several rows");
                }
            }
        }
        *vec_push(r->arena, &out->more) = values;
    }
    return 0;
}

static int insert_from_select(struct sql_rendering *r, const struct sql_dml *d, struct sql_crud *out)
{
    struct sql_select *select = NULL;
    out->select = d->select;
    for (size_t i = 0; i < d->select_names.n; i++) {
        const struct sql_expr *c = sql_from_column(d->table, d->select_names.items[i]);
        if (!c) {
            return sql_fail_as(r, DDL_KEY, "%s", d->select_names.items[i]);
        }
        add_pair(r, out, c, NULL);
    }
    size_t named = out->pairs.n;
    for (size_t i = 0; d->select_defaults && i < d->table->ncolumns; i++) {
        const struct sql_expr *column = d->table->columns[i];
        const struct ddl_column *c = column_of(column);
        bool known = !c || (!c->python_default && !c->sequence);
        for (size_t k = 0; !known && k < named; k++) {
            known = out->pairs.items[k].column == column;
        }
        if (known) {
            continue;
        }
        if (d->select->kind != SQL_E_SELECT) {
            return sql_refuse(r, "INSERT from a compound SELECT into columns that have defaults");
        }
        if (sql_is_live(r) && c->python_default && c->python_default->callable) {
            return sql_refuse(r, "a default of a column that is a function");
        }
        const struct sql_expr *value = default_of(r, column, c);
        if (!value) {
            continue;
        }
        if (!select) {
            out->select = sql_select_of(r->arena, d->select, &select);
        }
        add_pair(r, out, column, NULL);
        *SQL_APPEND(r->arena, &select->columns) = (struct sql_entity){.expr = value};
    }
    return 0;
}

static struct insert prepare(struct sql_rendering *r, const struct sql_dml *d, bool toplevel)
{
    const struct caps *k = &caps[r->dialect->kind];
    struct insert s = {.dml = d, .table = table_of(d->table)};
    s.counted = s.table && d->rows.n == 0 ? ddl_autoincrement_column(s.table) : NULL;
    s.need_keys = toplevel && !d->is_inline && !d->executemany && d->returning.n == 0 && d->rows.n == 0;
    bool lastrowid = s.need_keys && k->lastrowid && s.counted;
    s.returning = s.need_keys && k->insert_returning && s.table && !lastrowid;
    return s;
}

int sql_crud_insert(struct sql_rendering *r, const struct sql_dml *d, bool toplevel, struct sql_crud *out)
{
    struct insert s = prepare(r, d, toplevel);
    if (d->select) {
        return insert_from_select(r, d, out);
    }
    const sql_assignments_t *values = d->rows.n ? &d->rows.items[0] : &d->values;
    int rc = unconsumed(r, values, d->table);
    if (!rc && !d->has_values && d->rows.n == 0 && !d->has_parameters && d->table->ncolumns) {
        rc = sql_refuse(r, "insert() without values, for which SQLAlchemy leaves placeholders");
    }
    for (size_t i = 0; !rc && i < d->table->ncolumns; i++) {
        const struct sql_expr *column = d->table->columns[i];
        const struct sql_expr *value = given(d, values, sql_column_key(column));
        if (column->flags & SQL_X_OMITTED) {
            continue;
        }
        if (value) {
            insert_given(r, &s, column, value, out);
        } else {
            rc = insert_default(r, &s, column, out);
        }
    }
    return rc ? rc : add_rows(r, d, out);
}

/* --- UPDATE --- */

static int update_column(struct sql_rendering *r, const struct sql_dml *d, const struct sql_expr *column,
                         struct sql_crud *out)
{
    const struct sql_expr *value = given(d, &d->values, sql_column_key(column));
    const struct ddl_column *c = column_of(column);
    if (value) {
        add_pair(r, out, column, typed(r, column, value));
    } else if (c && c->python_onupdate) {
        if (c->python_onupdate->expr) {
            add_pair(r, out, column, sql_self_group(r->arena, c->python_onupdate->expr, NULL));
        } else if (!sql_is_live(r)) {
            add_pair(r, out, column, null_value(r, column));
        } else if (c->python_onupdate->callable) {
            return sql_refuse(r, "an onupdate= of a column that is a function");
        } else {
            add_pair(r, out, column, sql_value(r->arena, c->python_onupdate->value, column->type));
        }
    }
    return 0;
}

static int update_ordered(struct sql_rendering *r, const struct sql_dml *d, struct sql_crud *out)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < d->values.n; i++) {
        const struct sql_expr *c = sql_from_column(d->table, key_of(&d->values.items[i]));
        rc = c ? update_column(r, d, c, out) : 0;
    }
    for (size_t i = 0; !rc && i < d->table->ncolumns; i++) {
        if (!find(&d->values, sql_column_key(d->table->columns[i]))) {
            rc = update_column(r, d, d->table->columns[i], out);
        }
    }
    return rc;
}

int sql_crud_update(struct sql_rendering *r, const struct sql_dml *d, const sql_froms_t *extra,
                    struct sql_crud *out)
{
    if (!d->has_values && !d->has_parameters && d->table->ncolumns) {
        return sql_refuse(r, "update() without values, for which SQLAlchemy leaves placeholders");
    }
    for (size_t i = 0; i < d->values.n; i++) {
        const struct sql_expr *c = d->values.items[i].column;
        if (c && c->from && c->from != d->table && sql_froms_has(extra, c->from)) {
            return sql_refuse(r, "UPDATE that sets columns of a second table");
        }
        if (c && c->kind != SQL_E_COLUMN) {
            return sql_refuse(r, "UPDATE that sets an expression");
        }
    }
    int rc = unconsumed(r, &d->values, d->table);
    if (d->ordered) {
        return rc ? rc : update_ordered(r, d, out);
    }
    for (size_t i = 0; !rc && i < d->table->ncolumns; i++) {
        rc = update_column(r, d, d->table->columns[i], out);
    }
    return rc;
}
