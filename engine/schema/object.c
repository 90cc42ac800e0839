/* Walking through the objects of a schema, and what they are called. */
#include "engine/schema/field.h"
#include <stdlib.h>
#include <string.h>

const char *schema_within(const struct schema *s, const char *schema)
{
    return schema && s->name && strcmp(schema, s->name) == 0 ? NULL : schema;
}

static int order(const char *a, const char *b)
{
    return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

static int item_order(const void *a, const void *b)
{
    const struct schema_item *x = a, *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int schemas = order(x->schema, y->schema);
    return schemas ? schemas : order(x->name, y->name);
}

/* Constraints without a name that are called the same: by what else they say, not by where they stand. */
static int item_order_whole(const void *a, const void *b)
{
    const struct schema_item *x = a, *y = b;
    int first = item_order(x, y);
    if (first || x->kind != SCHEMA_K_CONSTRAINT || x->object == y->object) {
        return first;
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    const struct schema_kind_info *info = schema_kind_info(x->kind);
    for (size_t i = 0; first == 0 && i < info->n; i++) {
        const struct schema_field *f = &info->fields[i];
        first = f->counts ? 0
                          : order(schema_field_show(&scratch, f, x->object),
                                  schema_field_show(&scratch, f, y->object));
    }
    return first;
}

static void sort(schema_items_t *items)
{
    if (items->n > 1) {
        qsort(items->items, items->n, sizeof(*items->items), item_order_whole);
    }
}

#define ADD(items, ...) (*vec_push(a, items) = (struct schema_item){__VA_ARGS__})

static void add_types(struct arena *a, const struct schema *s, schema_items_t *out)
{
    const struct schema_enum *e;
    vec_each (e, &s->enums) {
        ADD(out, SCHEMA_K_ENUM, schema_within(s, e->schema), e->name, NULL, e);
    }
    const struct schema_domain *d;
    vec_each (d, &s->domains) {
        ADD(out, SCHEMA_K_DOMAIN, schema_within(s, d->schema), d->name, NULL, d);
    }
    const struct schema_other *o;
    vec_each (o, &s->others) {
        ADD(out, SCHEMA_K_OTHER, schema_within(s, o->schema), arena_printf(a, "%s %s", o->what, o->name),
            NULL, o);
    }
}

static void add_code(struct arena *a, const struct schema *s, schema_items_t *out)
{
    const struct schema_sequence *q;
    vec_each (q, &s->sequences) {
        if (!q->identity) {
            ADD(out, SCHEMA_K_SEQUENCE, schema_within(s, q->schema), q->name, NULL, q);
        }
    }
    const struct schema_routine *r;
    vec_each (r, &s->routines) {
        const char *name = r->arguments ? arena_printf(a, "%s(%s)", r->name, r->arguments) : r->name;
        /* On MySQL a function and a procedure may have the same name. */
        name = r->arguments
                   ? name
                   : arena_printf(a, "%s %s", r->kind == SCHEMA_PROCEDURE ? "procedure" : "function", name);
        ADD(out, SCHEMA_K_ROUTINE, schema_within(s, r->schema), name, NULL, r);
    }
    const struct schema_event *e;
    vec_each (e, &s->events) {
        ADD(out, SCHEMA_K_EVENT, NULL, e->name, NULL, e);
    }
}

void schema_items(struct arena *a, const struct schema *s, schema_items_t *out)
{
    *out = (schema_items_t){0};
    const struct schema_namespace *n;
    vec_each (n, &s->namespaces) {
        if (schema_within(s, n->name)) {
            ADD(out, SCHEMA_K_NAMESPACE, NULL, n->name, NULL, n);
        }
    }
    const struct schema_extension *x;
    vec_each (x, &s->extensions) {
        ADD(out, SCHEMA_K_EXTENSION, NULL, x->name, NULL, x);
    }
    add_types(a, s, out);
    add_code(a, s, out);
    struct schema_table *const *t;
    vec_each (t, &s->tables) {
        if (!(*t)->temporary && !(*t)->system) {
            ADD(out, SCHEMA_K_TABLE, schema_within(s, (*t)->schema), (*t)->name, NULL, *t);
        }
    }
    const struct schema_grant *g;
    vec_each (g, &s->grants) {
        ADD(out, SCHEMA_K_GRANT, schema_within(s, g->schema),
            arena_printf(a, "on %s%s%s to %s", g->on, *g->name ? " " : "", g->name, g->grantee), NULL, g);
    }
    sort(out);
}

/* A constraint without a name is called by what it says. */
static const char *constraint_name(struct arena *a, const struct schema_constraint *k)
{
    if (k->name) {
        return k->name;
    }
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    strbuf_adds(&name, schema_kind_info(SCHEMA_K_CONSTRAINT)->fields[0].choices[k->kind]);
    for (size_t i = 0; i < k->columns.n; i++) {
        strbuf_addf(&name, "%s%s", i ? ", " : " (", k->columns.items[i]);
    }
    strbuf_adds(&name, k->columns.n ? ")" : "");
    if (k->expression) {
        strbuf_addf(&name, " %s", k->expression);
    }
    if (k->ref_table) {
        strbuf_addf(&name, " -> %s", k->ref_table);
    }
    return arena_dup(a, strbuf_cstr(&name));
}

/* Constraints that are called the same get numbers. */
static void number_alike(struct arena *a, schema_items_t *items)
{
    size_t first = 0;
    for (size_t i = 1; i < items->n; i++) {
        if (item_order(&items->items[first], &items->items[i]) == 0) {
            items->items[i].name = arena_printf(a, "%s #%zu", items->items[first].name, i - first + 1);
        } else {
            first = i;
        }
    }
}

void schema_children(struct arena *a, const struct schema *s, const struct schema_table *t, bool in_order,
                     schema_items_t *out)
{
    *out = (schema_items_t){0};
    schema_items_t columns = {0}, rest = {0};
    const struct schema_column *c;
    bool view = t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW || t->kind == SCHEMA_VIRTUAL;
    vec_each (c, &t->columns) {
        if (view && !in_order) {
            break;
        }
        ADD(&columns, SCHEMA_K_COLUMN, schema_within(s, t->schema), c->name, t, c);
    }
    if (!in_order) {
        sort(&columns);
    }
    const struct schema_constraint *k;
    vec_each (k, &t->constraints) {
        if (k->inherited) {
            continue;
        }
        ADD(&rest, SCHEMA_K_CONSTRAINT, schema_within(s, t->schema), constraint_name(a, k), t, k);
    }
    const struct schema_index *x;
    vec_each (x, &t->indexes) {
        if (!x->constraint && !x->automatic && !x->primary && !x->inherited) {
            ADD(&rest, SCHEMA_K_INDEX, schema_within(s, t->schema), x->name, t, x);
        }
    }
    const struct schema_trigger *g;
    vec_each (g, &t->triggers) {
        if (g->inherited) {
            continue;
        }
        ADD(&rest, SCHEMA_K_TRIGGER, schema_within(s, t->schema), g->name, t, g);
    }
    const struct schema_policy *p;
    vec_each (p, &t->policies) {
        ADD(&rest, SCHEMA_K_POLICY, schema_within(s, t->schema), p->name, t, p);
    }
    const struct schema_rule *r;
    vec_each (r, &t->rules) {
        ADD(&rest, SCHEMA_K_RULE, schema_within(s, t->schema), r->name, t, r);
    }
    sort(&rest);
    number_alike(a, &rest);
    *out = columns;
    const struct schema_item *i;
    vec_each (i, &rest) {
        *vec_push(a, out) = *i;
    }
}

const char *schema_item_word(const struct schema_item *item)
{
    const struct schema_kind_info *info = schema_kind_info(item->kind);
    if (item->kind == SCHEMA_K_OTHER) {
        return ((const struct schema_other *)item->object)->what;
    }
    bool by_choice = info->fields[0].type == SCHEMA_F_CHOICE;
    return by_choice
               ? info->fields[0].choices[*(const unsigned *)schema_field_at(&info->fields[0], item->object)]
               : info->name;
}

const char *schema_item_path(struct arena *a, const struct schema_item *item)
{
    AUTO(strbuf_release) struct strbuf path = STRBUF_INIT;
    if (item->schema) {
        strbuf_addf(&path, "%s.", item->schema);
    }
    if (item->table) {
        strbuf_addf(&path, "%s.", item->table->name);
    }
    strbuf_adds(&path, item->name);
    return arena_dup(a, strbuf_cstr(&path));
}
