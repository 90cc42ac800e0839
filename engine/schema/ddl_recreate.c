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

static bool same_item(const struct schema_item *x, const struct schema_item *y)
{
    bool tables = x->table ? y->table && same(x->table->name, y->table->name) : !y->table;
    return x->kind == y->kind && same(x->schema, y->schema) && same(x->name, y->name) && tables;
}

static bool is_dropped(const ddl_nodes_t *nodes, const struct schema_item *item)
{
    const struct ddl_node *n;
    vec_each (n, nodes) {
        bool with_table = n->item.kind == SCHEMA_K_TABLE && item->table == n->item.object;
        if (n->action == DDL_DROP && (with_table || same_item(&n->item, item))) {
            return true;
        }
    }
    return false;
}

/* The same object in the other schema; false: it is not there. */
static bool find_in(struct arena *a, const struct schema *s, const struct schema_item *item,
                    struct schema_item *out)
{
    schema_items_t items;
    const struct schema_item *i;
    if (item->table) {
        struct schema_table *const *t;
        vec_each (t, &s->tables) {
            bool here = same((*t)->name, item->table->name) &&
                        same(s->name && same((*t)->schema, s->name) ? NULL : (*t)->schema, item->schema);
            if (!here) {
                continue;
            }
            schema_children(a, s, *t, false, &items);
            vec_each (i, &items) {
                if (same_item(i, item)) {
                    *out = *i;
                    return true;
                }
            }
        }
        return false;
    }
    schema_items(a, s, &items);
    vec_each (i, &items) {
        if (same_item(i, item)) {
            *out = *i;
            return true;
        }
    }
    return false;
}

static bool may_be_in_the_way(enum schema_kind kind, const struct schema_item *item)
{
    bool view = kind == SCHEMA_K_TABLE &&
                (((const struct schema_table *)item->object)->kind == SCHEMA_VIEW ||
                 ((const struct schema_table *)item->object)->kind == SCHEMA_MATERIALIZED_VIEW);
    return view || (kind != SCHEMA_K_TABLE && kind != SCHEMA_K_COLUMN && kind != SCHEMA_K_NAMESPACE &&
                    kind != SCHEMA_K_EXTENSION && kind != SCHEMA_K_GRANT);
}

static bool names_change(struct arena *a, const struct candidate *c, const struct ddl_node *n)
{
    const struct schema_item whole = {.kind = SCHEMA_K_TABLE,
                                      .name = n->item.table ? n->item.table->name : ""};
    return ddl_has_word(&c->words, ddl_bare_name(a, &n->item)) &&
           (!n->item.table || ddl_has_word(&c->words, ddl_bare_name(a, &whole)));
}

static void add_candidates(struct arena *a, const struct schema *from, const schema_items_t *items,
                           candidates_t *out)
{
    const struct schema_item *i;
    vec_each (i, items) {
        if (may_be_in_the_way(i->kind, i)) {
            struct candidate *c = vec_push(a, out);
            c->item = *i;
            ddl_words(a, from, i, &c->words);
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

static bool is_recreated(const ddl_nodes_t *nodes, const struct schema_change *c)
{
    const struct ddl_node *n;
    vec_each (n, nodes) {
        if (n->change == c && n->action == DDL_DROP) {
            return true;
        }
    }
    return false;
}

/* An ALTER of something that is now dropped and made anew is no longer needed. */
static void take_alter(ddl_nodes_t *nodes, const struct schema_item *item)
{
    size_t kept = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        bool alters = nodes->items[i].action == DDL_ALTER && same_item(&nodes->items[i].item, item);
        if (!alters) {
            nodes->items[kept++] = nodes->items[i];
        }
    }
    nodes->n = kept;
}

static void recreate(struct arena *a, const struct schema *to, const struct schema_change *why,
                     const struct schema_item *item, ddl_nodes_t *nodes)
{
    struct schema_item again;
    bool dropped = is_dropped(nodes, item);
    if (dropped) {
        return;
    }
    take_alter(nodes, item);
    *vec_push(a, nodes) = (struct ddl_node){.action = DDL_DROP, .item = *item, .change = why};
    if (find_in(a, to, item, &again)) {
        *vec_push(a, nodes) = (struct ddl_node){.action = DDL_CREATE, .item = again, .change = why};
    }
}

void ddl_add_recreated(struct arena *a, const struct schema *from, const struct schema *to,
                       const struct schema_dialect *dialect, ddl_nodes_t *nodes)
{
    candidates_t candidates = {0};
    if (!dialect->in_the_way || nodes->n == 0) {
        return;
    }
    find_candidates(a, from, &candidates);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < candidates.n; i++) {
            struct candidate *c = &candidates.items[i];
            for (size_t k = 0; k < nodes->n && !c->taken; k++) {
                const struct ddl_node *n = &nodes->items[k];
                const struct schema_change drop = {.kind = SCHEMA_UNEXPECTED, .actual = n->item};
                const struct schema_change *change = n->action == DDL_DROP ? &drop : n->change;
                if (n->action != DDL_CREATE && !same_item(&n->item, &c->item) && names_change(a, c, n) &&
                    dialect->in_the_way(change, n->action == DDL_DROP && is_recreated(nodes, n->change),
                                        &c->item)) {
                    c->taken = more = true;
                    recreate(a, to, n->change, &c->item, nodes);
                }
            }
        }
    }
}
