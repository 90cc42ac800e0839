/* Makers of expressions that other parts of the engine need: columns, values, text, tables. */
#include "engine/ddl/expr.h"

static struct sql_expr *make(struct arena *a, enum sql_expr_kind kind, const struct ddl_type *type)
{
    struct sql_expr *e = arena_alloc(a, sizeof(*e));
    e->kind = kind;
    e->type = type ? type : ddl_type_null();
    return e;
}

struct sql_expr *sql_column(struct arena *a, struct ddl_name name, const struct ddl_type *type,
                            const struct sql_from *from)
{
    struct sql_expr *e = make(a, SQL_E_COLUMN, type);
    e->name = name;
    e->from = from;
    return e;
}

struct sql_expr *sql_value(struct arena *a, struct sql_value v, const struct ddl_type *type)
{
    struct sql_expr *e = make(a, SQL_E_VALUE, type ? type : ddl_type_of_value(a, &v));
    e->value = v;
    return e;
}

struct sql_expr *sql_text(struct arena *a, struct slice text)
{
    struct sql_expr *e = make(a, SQL_E_TEXT, NULL);
    e->text = text;
    return e;
}

struct sql_from *sql_table(struct arena *a, struct ddl_name name, struct ddl_name schema)
{
    struct sql_from *f = arena_alloc(a, sizeof(*f));
    f->kind = SQL_FROM_TABLE;
    f->name = name;
    f->schema = schema;
    return f;
}

void sql_table_add(struct arena *a, struct sql_from *table, const struct sql_expr *column)
{
    const struct sql_expr **grown = arena_array(a, table->ncolumns + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < table->ncolumns; i++) {
        grown[i] = table->columns[i];
    }
    grown[table->ncolumns++] = column;
    table->columns = grown;
}

struct sql_expr *sql_in_values(struct arena *a, const struct sql_expr *left, const struct sql_value *values,
                               size_t n)
{
    struct sql_expr *e = make(a, SQL_E_BINARY, ddl_type_boolean());
    e->left = left;
    e->items = arena_array(a, n, sizeof(struct sql_expr *));
    for (size_t i = 0; i < n; i++) {
        e->items[e->n++] = sql_value(a, values[i], left->type);
    }
    return e;
}
