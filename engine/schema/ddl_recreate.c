/* What stands in the way of a change and is dropped before it and made again after it: the views on a column
 * whose type changes, the triggers of a function that is made anew, and what stands on those in turn. */
#include "engine/schema/ddl_plan.h"
#include <string.h>

struct candidate {
    struct schema_item item;
    strings_t words;
    bool taken;
};
typedef VEC(struct candidate) candidates_t;

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool ddl_same_item(const struct schema_item *x, const struct schema_item *y)
{
    bool tables = x->table ? y->table && same(x->table->name, y->table->name) : !y->table;
    return x->kind == y->kind && same(x->schema, y->schema) && same(x->name, y->name) && tables;
}

static bool is_child(const struct schema_item *item, const struct schema_item *table)
{
    return item->table && table->kind == SCHEMA_K_TABLE && same(item->table->name, table->name) &&
           same(item->schema, table->schema);
}

bool ddl_drops(const struct ddl_plan *plan, const struct schema_item *item)
{
    const struct ddl_node *n;
    vec_each (n, &plan->nodes) {
        if (n->action == DDL_DROP && (is_child(item, &n->item) || ddl_same_item(&n->item, item))) {
            return true;
        }
    }
    return false;
}

static bool find_among(const schema_items_t *items, const struct schema_item *item, struct schema_item *out)
{
    const struct schema_item *i;
    vec_each (i, items) {
        if (ddl_same_item(i, item)) {
            *out = *i;
            return true;
        }
    }
    return false;
}

bool ddl_find(struct arena *a, const struct schema *s, const struct schema_item *item,
              struct schema_item *out)
{
    schema_items_t items;
    if (!item->table) {
        schema_items(a, s, &items);
        return find_among(&items, item, out);
    }
    struct schema_table *const *t;
    vec_each (t, &s->tables) {
        const char *schema = s->name && same((*t)->schema, s->name) ? NULL : (*t)->schema;
        if (same((*t)->name, item->table->name) && same(schema, item->schema)) {
            schema_children(a, s, *t, false, &items);
            return find_among(&items, item, out);
        }
    }
    return false;
}

/* Tables and columns hold rows: only those that hold none of their own, or go with what they are part of. */
static bool may_be_in_the_way(const struct schema_item *item)
{
    const struct schema_table *t = item->kind == SCHEMA_K_TABLE ? item->object : NULL;
    switch (item->kind) {
    case SCHEMA_K_TABLE:
        return t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW || t->partition_of ||
               t->inherits.n;
    case SCHEMA_K_COLUMN:
        return ((const struct schema_column *)item->object)->generated != NULL;
    case SCHEMA_K_NAMESPACE:
    case SCHEMA_K_EXTENSION:
    case SCHEMA_K_GRANT:
        return false;
    default:
        return true;
    }
}

static void add_candidates(struct arena *a, const struct schema *from, const schema_items_t *items,
                           candidates_t *out)
{
    const struct schema_item *i;
    vec_each (i, items) {
        if (may_be_in_the_way(i)) {
            struct candidate *c = vec_push(a, out);
            c->item = *i;
            ddl_words(a, from, i, false, &c->words);
        }
    }
}

static void find_candidates(struct arena *a, const struct schema *from, candidates_t *out)
{
    schema_items_t items, children;
    const struct schema_item *i;
    schema_items(a, from, &items);
    add_candidates(a, from, &items, out);
    vec_each (i, &items) {
        if (i->kind == SCHEMA_K_TABLE) {
            schema_children(a, from, i->object, false, &children);
            add_candidates(a, from, &children, out);
        }
    }
}

static bool is_dropped_for(const struct ddl_plan *plan, const struct schema_change *c)
{
    const struct ddl_node *n;
    vec_each (n, &plan->nodes) {
        if (n->change == c && n->action == DDL_DROP) {
            return true;
        }
    }
    return false;
}

/* What was planned for something that is now dropped and made anew, or for its children, is no longer needed.
 */
static void take_nodes(ddl_nodes_t *nodes, const struct schema_item *item)
{
    size_t kept = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        if (!ddl_same_item(&nodes->items[i].item, item) && !is_child(&nodes->items[i].item, item)) {
            nodes->items[kept++] = nodes->items[i];
        }
    }
    nodes->n = kept;
}

static void recreate(struct arena *a, struct ddl_plan *plan, const struct schema_change *why,
                     const struct schema_item *item)
{
    struct schema_item again;
    if (ddl_drops(plan, item)) {
        return;
    }
    take_nodes(&plan->nodes, item);
    *vec_push(a, &plan->nodes) = (struct ddl_node){.action = DDL_DROP, .item = *item, .change = why};
    if (!ddl_find(a, plan->to, item, &again)) {
        return;
    }
    if (again.kind == SCHEMA_K_TABLE) {
        ddl_add_table(a, plan, &again, why);
    } else {
        *vec_push(a, &plan->nodes) = (struct ddl_node){.action = DDL_CREATE, .item = again, .change = why};
    }
}

static bool stands_on(struct arena *a, const struct ddl_plan *plan, const struct candidate *c,
                      const struct ddl_node *n)
{
    const struct schema_dialect *d = plan->dialect;
    const struct schema_change drop = {.kind = SCHEMA_UNEXPECTED, .actual = n->item};
    const struct schema_change *change = n->action == DDL_DROP ? &drop : n->change;
    return n->action != DDL_CREATE && !ddl_same_item(&n->item, &c->item) &&
           (ddl_names(a, &c->words, &n->item) || (d->needs && d->needs(&c->item, &n->item))) &&
           d->in_the_way(change, n->replaces || (n->action == DDL_DROP && is_dropped_for(plan, n->change)),
                         &c->item);
}

void ddl_add_recreated(struct arena *a, struct ddl_plan *plan)
{
    candidates_t candidates = {0};
    if (!plan->dialect->in_the_way || plan->nodes.n == 0) {
        return;
    }
    find_candidates(a, plan->from, &candidates);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < candidates.n; i++) {
            struct candidate *c = &candidates.items[i];
            for (size_t k = 0; k < plan->nodes.n && !c->taken; k++) {
                if (stands_on(a, plan, c, &plan->nodes.items[k])) {
                    c->taken = more = true;
                    recreate(a, plan, plan->nodes.items[k].change, &c->item);
                }
            }
        }
    }
}
