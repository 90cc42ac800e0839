/* From changes to statements. */
#include "engine/schema/ddl.h"
#include "engine/schema/ddl_plan.h"
#include <string.h>

struct generation {
    struct arena *a;
    const struct schema *from, *to;
    const struct schema_ddl_options *options;
    const struct schema_dialect *dialect;
    ddl_nodes_t nodes;
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
    *vec_push(g->a, &g->nodes) = (struct ddl_node){.action = action, .item = *item, .change = change};
}

static bool is_foreign_key(const struct schema_item *item)
{
    return item->kind == SCHEMA_K_CONSTRAINT &&
           ((const struct schema_constraint *)item->object)->kind == SCHEMA_FOREIGN_KEY;
}

/* What CREATE TABLE leaves for statements of their own. */
static void add_created_table(struct generation *g, const struct schema_change *c)
{
    schema_items_t children;
    const struct schema_item *child;
    add(g, DDL_CREATE, &c->expected, c);
    schema_children(g->a, g->to, c->expected.object, false, &children);
    vec_each (child, &children) {
        bool within = child->kind == SCHEMA_K_COLUMN || child->kind == SCHEMA_K_CONSTRAINT;
        if (!within || (is_foreign_key(child) && !g->dialect->inline_foreign_keys)) {
            add(g, DDL_CREATE, child, c);
        }
    }
}

/* Foreign keys between tables that all go would keep each of them from going first. */
static void add_dropped_table(struct generation *g, const schema_changes_t *changes,
                              const struct schema_change *c)
{
    schema_items_t children;
    const struct schema_item *child;
    const struct schema_change *other;
    add(g, DDL_DROP, &c->actual, c);
    schema_children(g->a, g->from, c->actual.object, false, &children);
    vec_each (child, &children) {
        if (!is_foreign_key(child) || g->dialect->inline_foreign_keys) {
            continue;
        }
        const struct schema_constraint *k = child->object;
        vec_each (other, changes) {
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

/* All changes of one table in one node, for dialects that want them so. */
static bool add_together(struct generation *g, const struct schema_change *c)
{
    const struct schema_item *item = schema_change_item(c);
    const char *table = item->kind == SCHEMA_K_TABLE ? item->name : item->table ? item->table->name : NULL;
    bool part =
        item->kind == SCHEMA_K_TABLE || item->kind == SCHEMA_K_COLUMN || item->kind == SCHEMA_K_CONSTRAINT;
    if (!g->dialect->alter_table || !table || !part) {
        return false;
    }
    struct ddl_node *n;
    vec_each (n, &g->nodes) {
        const struct schema_item *first = n->together.n ? schema_change_item(n->together.items[0]) : NULL;
        const char *its = !first ? NULL : first->kind == SCHEMA_K_TABLE ? first->name : first->table->name;
        if (its && strcmp(its, table) == 0) {
            *vec_push(g->a, &n->together) = c;
            return true;
        }
    }
    add(g, DDL_ALTER, item, c);
    *vec_push(g->a, &g->nodes.items[g->nodes.n - 1].together) = c;
    return true;
}

static void add_change(struct generation *g, const schema_changes_t *changes, const struct schema_change *c)
{
    bool table = schema_change_item(c)->kind == SCHEMA_K_TABLE;
    if ((!table || (c->kind == SCHEMA_CHANGED && !kind_of_table_changed(c))) && add_together(g, c)) {
        return;
    }
    bool recreated =
        c->kind == SCHEMA_CHANGED &&
        (kind_of_table_changed(c) || (g->dialect->recreates && g->dialect->recreates(g->from, g->to, c)));
    if (c->kind == SCHEMA_UNEXPECTED || recreated) {
        table ? add_dropped_table(g, changes, c) : add(g, DDL_DROP, &c->actual, c);
    }
    if (c->kind == SCHEMA_MISSING || recreated) {
        table ? add_created_table(g, c) : add(g, DDL_CREATE, &c->expected, c);
    }
    if (c->kind == SCHEMA_CHANGED && !recreated) {
        add(g, DDL_ALTER, &c->expected, c);
    }
}

static int write_node(struct generation *g, const struct ddl_node *n)
{
    bool qualify = g->options->qualify;
    if (n->together.n) {
        return g->dialect->alter_table(g->a, g->from, g->to, n->together.items, n->together.n, qualify,
                                       g->out, g->err);
    }
    switch (n->action) {
    case DDL_CREATE:
        return g->dialect->create(g->a, g->to, &n->item, qualify, g->out, g->err);
    case DDL_DROP:
        return g->dialect->drop(g->a, g->from, &n->item, qualify, g->out, g->err);
    case DDL_ALTER:
        return g->dialect->alter(g->a, g->from, g->to, n->change, qualify, g->out, g->err);
    }
    return 0;
}

static int write_nodes(struct generation *g)
{
    size_t *order = arena_array(g->a, g->nodes.n + 1, sizeof(*order));
    int rc = 0;
    ddl_order(g->a, g->from, g->to, &g->nodes, order);
    for (size_t i = 0; rc == 0 && i < g->nodes.n; i++) {
        const struct ddl_node *n = &g->nodes.items[order[i]];
        size_t first = g->out->n;
        rc = write_node(g, n);
        for (; rc == 0 && first < g->out->n; first++) {
            g->out->items[first].change = n->change;
        }
    }
    return rc;
}

static bool is_wanted(const struct schema_ddl_options *options, const struct schema_change *c)
{
    return !options->wanted || options->wanted(options->ctx, c);
}

static int write_all(struct generation *g, const schema_changes_t *changes)
{
    VEC(const struct schema_change *) wanted = {0};
    const struct schema_change *c;
    vec_each (c, changes) {
        if (is_wanted(g->options, c)) {
            *vec_push(g->a, &wanted) = c;
        }
    }
    return g->dialect->write(g->a, g->from, g->to, wanted.items, wanted.n, g->options->qualify, g->out,
                             g->err);
}

int schema_ddl(struct arena *a, const struct schema *from, const struct schema *to,
               const schema_changes_t *changes, const struct schema_ddl_options *options,
               schema_statements_t *out, struct err *err)
{
    struct generation g = {.a = a, .from = from, .to = to, .options = options, .out = out, .err = err};
    const struct schema_change *c;
    g.dialect = schema_dialect_of(to);
    *out = (schema_statements_t){0};
    if (g.dialect->write) {
        return write_all(&g, changes);
    }
    vec_each (c, changes) {
        if (is_wanted(options, c)) {
            add_change(&g, changes, c);
        }
    }
    ddl_add_recreated(a, from, to, g.dialect, &g.nodes);
    return write_nodes(&g);
}
