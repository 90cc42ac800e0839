/* From changes to statements. */
#include "engine/schema/ddl.h"
#include "engine/schema/ddl_plan.h"
#include "engine/schema/ddl_text.h"
#include <string.h>

struct generation {
    struct arena *a;
    const struct schema_ddl_options *options;
    const schema_changes_t *changes;
    struct ddl_plan plan;
    schema_statements_t *out;
    struct err *err;
};

const struct schema_dialect *schema_dialect_of(const struct schema *s)
{
    return strcmp(s->dialect, "postgresql") == 0 ? &schema_dialect_postgresql
           : strcmp(s->dialect, "sqlite") == 0   ? &schema_dialect_sqlite
                                                 : &schema_dialect_mysql;
}

static void add(struct generation *g, enum ddl_action action, const struct schema_item *item,
                const struct schema_change *change)
{
    *vec_push(g->a, &g->plan.nodes) = (struct ddl_node){.action = action, .item = *item, .change = change};
}

static bool is_foreign_key(const struct schema_item *item)
{
    return item->kind == SCHEMA_K_CONSTRAINT &&
           ((const struct schema_constraint *)item->object)->kind == SCHEMA_FOREIGN_KEY;
}

void ddl_add_table(struct arena *a, struct ddl_plan *plan, const struct schema_item *table,
                   const struct schema_change *change)
{
    schema_items_t children;
    const struct schema_item *child;
    *vec_push(a, &plan->nodes) = (struct ddl_node){.action = DDL_CREATE, .item = *table, .change = change};
    schema_children(a, plan->to, table->object, false, &children);
    vec_each (child, &children) {
        bool within = child->kind == SCHEMA_K_COLUMN || child->kind == SCHEMA_K_CONSTRAINT;
        if (!within || (is_foreign_key(child) && !plan->dialect->inline_foreign_keys)) {
            *vec_push(a, &plan->nodes) =
                (struct ddl_node){.action = DDL_CREATE, .item = *child, .change = change};
        }
    }
}

/* Foreign keys between tables that all go would keep each of them from going first. */
static void add_dropped_table(struct generation *g, const struct schema_change *c)
{
    schema_items_t children;
    const struct schema_item *child;
    const struct schema_change *other;
    add(g, DDL_DROP, &c->actual, c);
    schema_children(g->a, g->plan.from, c->actual.object, false, &children);
    vec_each (child, &children) {
        if (!is_foreign_key(child) || g->plan.dialect->inline_foreign_keys) {
            continue;
        }
        const struct schema_constraint *k = child->object;
        vec_each (other, g->changes) {
            if (other != c && other->kind == SCHEMA_UNEXPECTED && other->actual.kind == SCHEMA_K_TABLE &&
                strcmp(other->actual.name, k->ref_table) == 0) {
                add(g, DDL_DROP, child, c);
                break;
            }
        }
    }
}

static bool kind_of_table_changed(const struct schema_change *c)
{
    return c->kind == SCHEMA_CHANGED && c->actual.kind == SCHEMA_K_TABLE &&
           ((const struct schema_table *)c->actual.object)->kind !=
               ((const struct schema_table *)c->expected.object)->kind;
}

static bool is_recreated(const struct generation *g, const struct schema_change *c)
{
    const struct schema_dialect *d = g->plan.dialect;
    return c->kind == SCHEMA_CHANGED &&
           (kind_of_table_changed(c) || (d->recreates && d->recreates(g->plan.from, g->plan.to, c)));
}

/* All changes of one table in one node, for dialects that want them so. */
static bool add_together(struct generation *g, const struct schema_change *c)
{
    const struct schema_item *item = schema_change_item(c);
    const char *table = item->kind == SCHEMA_K_TABLE ? item->name : item->table ? item->table->name : NULL;
    bool part =
        item->kind == SCHEMA_K_TABLE || item->kind == SCHEMA_K_COLUMN || item->kind == SCHEMA_K_CONSTRAINT;
    if (!g->plan.dialect->alter_table || !table || !part) {
        return false;
    }
    struct ddl_node *n;
    vec_each (n, &g->plan.nodes) {
        const struct schema_item *first = n->together.n ? schema_change_item(n->together.items[0]) : NULL;
        const char *its = !first ? NULL : first->kind == SCHEMA_K_TABLE ? first->name : first->table->name;
        if (its && strcmp(its, table) == 0) {
            *vec_push(g->a, &n->together) = c;
            return true;
        }
    }
    add(g, DDL_ALTER, item, c);
    *vec_push(g->a, &g->plan.nodes.items[g->plan.nodes.n - 1].together) = c;
    return true;
}

/* The sequence of a serial column goes with the column or its table. */
static bool goes_with_owner(const struct generation *g, const struct schema_change *c)
{
    const struct schema_sequence *q = c->actual.object;
    const struct schema_change *other;
    if (c->kind != SCHEMA_UNEXPECTED || c->actual.kind != SCHEMA_K_SEQUENCE || !q->owner_table) {
        return false;
    }
    vec_each (other, g->changes) {
        const struct schema_item *i = &other->actual;
        bool goes = i->object && (other->kind == SCHEMA_UNEXPECTED || is_recreated(g, other));
        if (goes && ((i->kind == SCHEMA_K_TABLE && strcmp(i->name, q->owner_table) == 0) ||
                     (i->kind == SCHEMA_K_COLUMN && strcmp(i->table->name, q->owner_table) == 0 &&
                      strcmp(i->name, q->owner_column) == 0))) {
            return true;
        }
    }
    return false;
}

/* A column that a table has from its parent alone comes and goes with the parent's. */
static bool goes_with_parent(const struct generation *g, const struct schema_change *c)
{
    const struct schema_item *item = schema_change_item(c);
    const struct schema_change *other;
    if (c->kind == SCHEMA_CHANGED || item->kind != SCHEMA_K_COLUMN ||
        !((const struct schema_column *)item->object)->inherited) {
        return false;
    }
    vec_each (other, g->changes) {
        bool of_table = other->expected.object == item->table || other->actual.object == item->table;
        if (of_table && (change_has(other, "inherits") || change_has(other, "partition_of"))) {
            return false;
        }
    }
    return true;
}

/* What is made anew has its children as they are to be. */
static bool goes_with_table(const struct generation *g, const struct schema_change *c)
{
    const struct schema_table *t = schema_change_item(c)->table;
    const struct schema_change *other;
    if (!t) {
        return false;
    }
    vec_each (other, g->changes) {
        if (other->kind == SCHEMA_CHANGED && (other->expected.object == t || other->actual.object == t)) {
            return is_recreated(g, other);
        }
    }
    return false;
}

static void add_change(struct generation *g, const struct schema_change *c)
{
    const struct schema_dialect *d = g->plan.dialect;
    bool table = schema_change_item(c)->kind == SCHEMA_K_TABLE;
    if ((!table || (c->kind == SCHEMA_CHANGED && !kind_of_table_changed(c))) && add_together(g, c)) {
        return;
    }
    bool recreated = is_recreated(g, c);
    if (c->kind == SCHEMA_UNEXPECTED || recreated) {
        table ? add_dropped_table(g, c) : add(g, DDL_DROP, &c->actual, c);
    }
    if (c->kind == SCHEMA_MISSING || recreated) {
        table ? ddl_add_table(g->a, &g->plan, &c->expected, c) : add(g, DDL_CREATE, &c->expected, c);
    }
    if (c->kind == SCHEMA_CHANGED && !recreated) {
        add(g, DDL_ALTER, &c->expected, c);
        g->plan.nodes.items[g->plan.nodes.n - 1].replaces =
            d->replaces && d->replaces(g->plan.from, g->plan.to, c);
    }
}

static int write_node(struct generation *g, const struct ddl_node *n)
{
    bool qualify = g->options->qualify;
    const struct ddl_plan *p = &g->plan;
    if (n->together.n) {
        return p->dialect->alter_table(g->a, p->from, p->to, n->together.items, n->together.n, qualify,
                                       g->out, g->err);
    }
    switch (n->action) {
    case DDL_CREATE:
        return p->dialect->create(g->a, p->to, &n->item, qualify, g->out, g->err);
    case DDL_DROP:
        return p->dialect->drop(g->a, p->from, &n->item, qualify, g->out, g->err);
    case DDL_ALTER:
        return p->dialect->alter(g->a, p->from, p->to, n->change, qualify, g->out, g->err);
    }
    return 0;
}

static int write_nodes(struct generation *g)
{
    size_t *order = arena_array(g->a, g->plan.nodes.n + 1, sizeof(*order));
    int rc = 0;
    ddl_order(g->a, &g->plan, order);
    for (size_t i = 0; rc == 0 && i < g->plan.nodes.n; i++) {
        const struct ddl_node *n = &g->plan.nodes.items[order[i]];
        size_t first = g->out->n;
        rc = write_node(g, n);
        for (; rc == 0 && first < g->out->n; first++) {
            g->out->items[first].change = n->change;
        }
    }
    return rc;
}

static bool is_wanted(const struct generation *g, const struct schema_change *c)
{
    return !g->options->wanted || g->options->wanted(g->options->ctx, c);
}

static bool comes_by_itself(const struct generation *g, const struct schema_change *c)
{
    return goes_with_owner(g, c) || goes_with_parent(g, c) ||
           (!g->plan.dialect->alter_table && goes_with_table(g, c));
}

static int write_renames(struct generation *g)
{
    const struct schema_rename *r;
    int rc = 0;
    vec_each (r, &g->options->renames) {
        rc = rc ? rc : g->plan.dialect->rename(g->a, g->plan.from, r, g->options->qualify, g->out, g->err);
    }
    return rc;
}

static int write_all(struct generation *g)
{
    VEC(const struct schema_change *) wanted = {0};
    const struct schema_change *c;
    vec_each (c, g->changes) {
        if (is_wanted(g, c)) {
            *vec_push(g->a, &wanted) = c;
        }
    }
    return g->plan.dialect->write(g->a, g->plan.from, g->plan.to, wanted.items, wanted.n, g->options->qualify,
                                  g->out, g->err);
}

int schema_ddl(struct arena *a, const struct schema *from, const struct schema *to,
               const schema_changes_t *changes, const struct schema_ddl_options *options,
               schema_statements_t *out, struct err *err)
{
    const struct schema_dialect *d = schema_dialect_of(to);
    struct generation g = {.a = a,
                           .options = options,
                           .changes = changes,
                           .plan = {.from = from, .to = to, .dialect = d},
                           .out = out,
                           .err = err};
    const struct schema_change *c;
    *out = (schema_statements_t){0};
    int rc = write_renames(&g);
    if (rc || d->write) {
        return rc ? rc : write_all(&g);
    }
    vec_each (c, changes) {
        if (is_wanted(&g, c) && !comes_by_itself(&g, c)) {
            add_change(&g, c);
        }
    }
    ddl_add_replaced(a, &g.plan);
    ddl_add_recreated(a, &g.plan);
    rc = d->before ? d->before(a, &g.plan, options->qualify, out, err) : 0;
    rc = rc ? rc : write_nodes(&g);
    return rc || !d->after ? rc : d->after(a, &g.plan, options->qualify, out, err);
}
