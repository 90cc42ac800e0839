/* Makers of expressions: columns, values, text, tables, lists and the small nodes around them. */
#include "engine/ddl/expr_make.h"
#include <string.h>

struct sql_expr *sql_make(struct arena *a, enum sql_expr_kind kind, const struct ddl_type *type)
{
    struct sql_expr *e = arena_alloc(a, sizeof(*e));
    e->kind = kind;
    e->type = type ? type : ddl_type_null();
    return e;
}

struct sql_expr *sql_copy(struct arena *a, const struct sql_expr *e)
{
    struct sql_expr *copy = arena_alloc(a, sizeof(*copy));
    *copy = *e;
    return copy;
}

struct sql_expr *sql_column(struct arena *a, struct ddl_name name, const struct ddl_type *type,
                            const struct sql_from *from)
{
    struct sql_expr *e = sql_make(a, SQL_E_COLUMN, type);
    e->name = name;
    e->from = from;
    return e;
}

struct sql_expr *sql_value(struct arena *a, struct sql_value v, const struct ddl_type *type)
{
    struct sql_expr *e = sql_make(a, SQL_E_VALUE, type ? type : ddl_type_of_value(a, &v));
    e->value = v;
    return e;
}

struct sql_expr *sql_text(struct arena *a, struct slice text)
{
    struct sql_expr *e = sql_make(a, SQL_E_TEXT, NULL);
    e->text = text;
    return e;
}

struct sql_expr *sql_literal_column(struct arena *a, struct slice text, const struct ddl_type *type)
{
    struct sql_expr *e = sql_make(a, SQL_E_LITERAL_COLUMN, type);
    e->text = text;
    e->name = DDL_NAME(slice_dup(a, text));
    return e;
}

struct sql_from *sql_table(struct arena *a, struct ddl_name name, struct ddl_name schema)
{
    struct sql_from *f = arena_alloc(a, sizeof(*f));
    f->kind = SQL_FROM_TABLE;
    f->name = name;
    if (schema.text && *schema.text) { /* "" says no schema */
        f->schema = schema;
    }
    return f;
}

void sql_table_add(struct arena *a, struct sql_from *table, const struct sql_expr *column)
{
    /* Room doubles, so that a table of many columns costs no more than twice its size. */
    size_t n = table->ncolumns;
    if ((n & (n - 1)) == 0) {
        const struct sql_expr **grown = arena_array(a, n ? 2 * n : 1, sizeof(struct sql_expr *));
        if (n) {
            memcpy(grown, table->columns, n * sizeof(struct sql_expr *));
        }
        table->columns = grown;
    }
    table->columns[table->ncolumns++] = column;
}

struct sql_expr *sql_list(struct arena *a, enum sql_op op, const struct sql_expr *const *items, size_t n)
{
    struct sql_expr *list = sql_make(a, SQL_E_LIST, NULL);
    list->op = sql_operator(op);
    list->items = arena_array(a, n + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < n; i++) {
        list->items[list->n++] = sql_self_group(a, items[i], list->op);
    }
    return list;
}

struct sql_expr *sql_in_values(struct arena *a, const struct sql_expr *left, const struct sql_value *values,
                               size_t n)
{
    struct sql_value list = {.kind = SQL_VALUE_LIST, .n = n};
    list.items = arena_array(a, n + 1, sizeof(*list.items));
    if (n) {
        memcpy(list.items, values, n * sizeof(*values));
    }
    const struct sql_operator *in = sql_operator(SQL_OP_IN);
    struct sql_expr *right = sql_value(a, list, left->type);
    right->flags = SQL_X_EXPANDING;
    right->op = in;
    return sql_binary_raw(a, left, in, right, ddl_type_boolean(), sql_operator(SQL_OP_NOT_IN), NULL);
}

struct sql_expr *sql_coerce(struct arena *a, const struct sql_expr *e, const struct ddl_type *type)
{
    struct sql_expr *c = sql_make(a, SQL_E_COERCE, type);
    c->left = e;
    return c;
}

struct sql_expr *sql_cast(struct arena *a, const struct sql_expr *e, const struct ddl_type *type)
{
    struct sql_expr *c = sql_make(a, SQL_E_CAST, type);
    c->left = e;
    return c;
}

const struct sql_anon *sql_anon(struct arena *a, const void *id, unsigned index, const char *seed)
{
    struct sql_anon *anon = arena_alloc(a, sizeof(*anon));
    anon->id = id;
    anon->index = index;
    /* What SQLAlchemy's own names of this sort cannot hold becomes one underscore. */
    char *clean = arena_alloc(a, strlen(seed) + 1), *to = clean;
    for (const char *p = seed; *p; p++) {
        bool bad = strchr("%() $", *p) != NULL;
        if (!bad) {
            *to++ = *p;
        } else if (p == seed || !strchr("%() $", p[-1])) {
            *to++ = '_';
        }
    }
    anon->seed = clean;
    return anon;
}

struct sql_expr *sql_label(struct arena *a, const struct sql_expr *e, const char *name)
{
    while (e->kind == SQL_E_LABEL) {
        e = e->left;
    }
    struct sql_expr *l = sql_make(a, SQL_E_LABEL, e->type);
    l->left = e;
    l->flags = e->flags & SQL_X_BOOLEAN;
    if (name) {
        l->name = DDL_NAME(name);
    } else {
        bool named = e->kind == SQL_E_COLUMN || e->kind == SQL_E_FUNCTION || e->kind == SQL_E_LITERAL_COLUMN;
        l->anon = sql_anon(a, l, 0, named && e->name.text ? e->name.text : "anon");
    }
    return l;
}

struct sql_expr *sql_collate(struct arena *a, const struct sql_expr *e, const char *collation)
{
    struct sql_expr *c = sql_make(a, SQL_E_COLLATION, NULL);
    c->name = DDL_NAME(collation);
    return sql_binary_raw(a, e, sql_operator(SQL_OP_COLLATE), c, e->type, NULL, NULL);
}

struct sql_expr *sql_array(struct arena *a, const struct sql_expr *const *items, size_t n,
                           const struct ddl_type *item_type)
{
    const struct ddl_type *inner = item_type ? item_type : n ? items[0]->type : ddl_type_null();
    struct sql_expr *e = sql_make(a, SQL_E_ARRAY, sql_array_type(a, inner));
    e->items = arena_array(a, n + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < n; i++) {
        e->items[e->n++] = items[i];
    }
    return e;
}
