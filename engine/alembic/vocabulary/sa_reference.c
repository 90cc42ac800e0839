/*
 * What foreign keys of a table refer to: first by what they say themselves, later by the tables that are in
 * the metadata.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

/* "schema.table.column": what a reference by name says. column NULL: only a table was named. */
static void split_target(struct py *py, const char *target, struct ddl_name *schema, struct ddl_name *table,
                         const char **column)
{
    struct arena *a = py_arena(py);
    const char *last = strrchr(target, '.');
    *schema = (struct ddl_name){0};
    *column = last ? last + 1 : NULL;
    const char *rest = last ? arena_dupn(a, target, (size_t)(last - target)) : target;
    const char *dot = strrchr(rest, '.');
    *table = DDL_NAME(dot ? dot + 1 : rest);
    if (dot) {
        *schema = DDL_NAME(arena_dupn(a, rest, (size_t)(dot - rest)));
    }
}

static struct schema_item *as_item(pyv v)
{
    return (struct schema_item *)(void *)v;
}

static pyv target_at(pyv targets, size_t i)
{
    return ((struct py_list *)(void *)targets)->items[i];
}

int schema_reference_guess(struct py *py, struct schema_table *t, struct ddl_constraint *c, pyv target,
                           const char *own)
{
    struct ddl_name column = {0};
    if (py_text(target).ptr) {
        const char *text, *name;
        if (schema_text(py, target, "a foreign key", &text)) {
            return -1;
        }
        struct py_metadata *m = (struct py_metadata *)(void *)t->metadata;
        split_target(py, text, &c->ref_schema, &c->ref_table, &name);
        if (!c->ref_schema.text) {
            c->ref_schema = m->schema;
        }
        column = DDL_NAME(name ? name : own);
    } else {
        const struct ddl_column *d = ((struct schema_column *)(void *)target)->column;
        if (!d->table) {
            py_refuse(py, "a foreign key to a Column that belongs to no table yet");
            return -1;
        }
        c->ref_schema = d->table->schema;
        c->ref_table = d->table->name;
        column = d->name;
    }
    *(struct ddl_name *)vec_push(py_arena(py), &c->ref_columns) = column;
    return 0;
}

static pyv column_by_name(struct schema_table *t, const char *name)
{
    pyv c;
    for (size_t at = 0; schema_columns_next(t->columns, &at, &c);) {
        if (strcmp(((struct schema_column *)(void *)c)->column->name.text, name) == 0) {
            return c;
        }
    }
    return NULL;
}

/* One referring column: the table and column it means, and their type where it has none. */
static int resolve_one(struct py *py, struct schema_table *t, struct ddl_constraint *c, size_t i, pyv target,
                       bool by_name, bool lenient)
{
    struct py_metadata *m = (struct py_metadata *)(void *)t->metadata;
    struct ddl_column *own = ddl_table_column(t->table, c->columns.items[i].text);
    struct schema_column *ref = NULL;
    if (py_text(target).ptr) {
        pyv found = py_dict_get_str(py, m->tables, schema_table_key(py, c->ref_table, c->ref_schema));
        struct schema_table *other = found ? (struct schema_table *)(void *)found : NULL;
        const char *name = c->ref_columns.items[i].text;
        if (!other && !lenient) {
            py_raise(py, "sqlalchemy.exc.NoReferencedTableError",
                     "Foreign key associated with column '%s.%s' could not find table '%s' with which to "
                     "generate a foreign key to target column '%s'",
                     t->table->name.text, c->columns.items[i].text,
                     schema_table_key(py, c->ref_table, c->ref_schema), name);
            return -1;
        }
        pyv column = !other    ? NULL
                     : by_name ? column_by_name(other, name)
                               : schema_columns_get(py, other->columns, name);
        if (other && !column && !lenient) {
            py_raise(
                py, "sqlalchemy.exc.NoReferencedColumnError",
                "Could not initialize target column for ForeignKey '%s' on table '%s': table '%s' has no "
                "column named '%s'",
                py_cstr(py, target), t->table->name.text, other->table->name.text, name);
            return -1;
        }
        if (other) {
            c->ref_table = other->table->name;
            c->ref_schema = other->table->schema;
        }
        ref = column ? (struct schema_column *)(void *)column : NULL;
        if (ref) {
            c->ref_columns.items[i] = ref->column->name;
        }
    } else {
        ref = (struct schema_column *)(void *)target;
    }
    if (ref && own && own->type->class->affinity == AFFINITY_NULL) {
        own->type = ref->column->type;
        own->expr->type = own->type;
    }
    return 0;
}

static int resolve(struct py *py, struct schema_table *t, bool lenient)
{
    struct py_list *keys = (struct py_list *)(void *)t->foreign_keys;
    struct py_list *items = (struct py_list *)(void *)t->constraints;
    for (size_t i = 0; i < keys->n; i++) {
        struct py_foreign_key *fk = (struct py_foreign_key *)(void *)keys->items[i];
        if (fk->constraint->table == t->table &&
            resolve_one(py, t, fk->constraint, 0, fk->target, fk->link_to_name, lenient)) {
            return -1;
        }
    }
    for (size_t i = 0; i < items->n; i++) {
        struct schema_item *s = as_item(items->items[i]);
        for (size_t k = 0; s->targets && k < s->constraint->columns.n; k++) {
            pyv target = target_at(s->targets, k);
            if (resolve_one(py, t, s->constraint, k, target, s->link_to_name, lenient)) {
                return -1;
            }
        }
    }
    return 0;
}

int schema_table_resolve(struct py *py, struct schema_table *t)
{
    return resolve(py, t, false);
}

int schema_table_resolve_op(struct py *py, struct schema_table *t)
{
    struct py_list *keys = (struct py_list *)(void *)t->foreign_keys;
    for (size_t i = 0; i < keys->n; i++) {
        pyv target = ((struct py_foreign_key *)(void *)keys->items[i])->target;
        struct slice text = py_text(target);
        if (text.ptr && !memchr(text.ptr, '.', text.len)) {
            py_raise(py, "ValueError", "not enough values to unpack (expected 2, got 1)");
            return -1;
        }
    }
    return resolve(py, t, true);
}

int schema_reference_check(struct py *py, struct schema_table *t)
{
    const struct ddl_naming *n = t->table->naming;
    for (size_t i = 0; n && i < n->n; i++) {
        if (strcmp(n->items[i].key, "fk") == 0 && strstr(n->items[i].template, "referred_column")) {
            return schema_table_resolve(py, t);
        }
    }
    return 0;
}
