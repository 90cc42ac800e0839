/* The order of nodes: each behind what it needs, and otherwise by what kind of thing it is. */
#include "engine/schema/ddl_plan.h"
#include <stdlib.h>
#include <string.h>

/* Among nodes that are free to go, the least goes first. */
static int rank(const struct ddl_node *n)
{
    static const int creation[SCHEMA_K_COUNT] = {
        [SCHEMA_K_NAMESPACE] = 0, [SCHEMA_K_EXTENSION] = 1,  [SCHEMA_K_ENUM] = 2,   [SCHEMA_K_DOMAIN] = 3,
        [SCHEMA_K_OTHER] = 4,     [SCHEMA_K_SEQUENCE] = 5,   [SCHEMA_K_TABLE] = 6,  [SCHEMA_K_COLUMN] = 7,
        [SCHEMA_K_ROUTINE] = 8,   [SCHEMA_K_CONSTRAINT] = 9, [SCHEMA_K_INDEX] = 11, [SCHEMA_K_TRIGGER] = 13,
        [SCHEMA_K_POLICY] = 14,   [SCHEMA_K_RULE] = 15,      [SCHEMA_K_EVENT] = 16, [SCHEMA_K_GRANT] = 17,
    };
    int r = creation[n->item.kind];
    if (n->item.kind == SCHEMA_K_CONSTRAINT &&
        ((const struct schema_constraint *)n->item.object)->kind == SCHEMA_FOREIGN_KEY) {
        r = 10;
    }
    bool view = n->item.kind == SCHEMA_K_TABLE &&
                (((const struct schema_table *)n->item.object)->kind == SCHEMA_VIEW ||
                 ((const struct schema_table *)n->item.object)->kind == SCHEMA_MATERIALIZED_VIEW);
    r = view ? 12 : r;
    return n->action == DDL_DROP ? 20 - r : n->action == DDL_ALTER ? 40 + r : 60 + r;
}

struct name {
    const char *text;
    size_t node;
};
typedef VEC(struct name) names_t;

static int by_text(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int texts = strcmp(x->text, y->text);
    return texts ? texts : x->node < y->node ? -1 : x->node > y->node;
}

static const struct name *first_of(const names_t *names, const char *text)
{
    size_t low = 0, high = names->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names->items[middle].text, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < names->n && strcmp(names->items[low].text, text) == 0 ? &names->items[low] : NULL;
}

/* A table does not need its own indexes and triggers, whatever word of it is one's name. */
static bool is_upon(const struct schema_item *item, const struct ddl_node *user)
{
    if (item->kind == SCHEMA_K_TRIGGER) {
        return true; /* nothing ever names a trigger: the word is its function's, or another one's */
    }
    bool upon = item->kind == SCHEMA_K_INDEX;
    const char *table = user->item.kind == SCHEMA_K_TABLE ? user->item.name
                        : user->together.n                ? user->item.table->name
                                                          : NULL;
    return upon && table && strcmp(item->table->name, table) == 0;
}

static bool is_named_by_all(const struct ddl_node *n)
{
    return n->item.kind == SCHEMA_K_ENUM || n->item.kind == SCHEMA_K_DOMAIN ||
           n->item.kind == SCHEMA_K_OTHER || n->item.kind == SCHEMA_K_ROUTINE;
}

static void before_or_after(struct arena *a, ddl_nodes_t *nodes, size_t user, size_t used)
{
    struct ddl_node *u = &nodes->items[user], *d = &nodes->items[used];
    if (d->action == DDL_DROP ? u->action != DDL_CREATE : u->action == DDL_DROP) {
        *vec_push(a, &d->after) = user; /* goes, or changes, once nobody names it any more */
    } else if (d->action == DDL_CREATE || u->action == DDL_CREATE || is_named_by_all(d)) {
        *vec_push(a, &u->after) = used; /* is there, or as it will be, before it is named */
    }
}

static void relate(struct arena *a, ddl_nodes_t *nodes, size_t user, size_t used, const strings_t *words)
{
    if (user != used && !is_upon(&nodes->items[used].item, &nodes->items[user]) &&
        ddl_names(a, words, &nodes->items[used].item)) {
        before_or_after(a, nodes, user, used);
    }
}

static void relate_by_need(struct arena *a, struct ddl_plan *plan)
{
    ddl_nodes_t *nodes = &plan->nodes;
    for (size_t u = 0; plan->dialect->needs && u < nodes->n; u++) {
        for (size_t d = 0; d < nodes->n; d++) {
            if (u != d && plan->dialect->needs(&nodes->items[u].item, &nodes->items[d].item)) {
                before_or_after(a, nodes, u, d);
            }
        }
    }
}

/* Names are shared: a table where a view was, an index where a constraint was. */
static void relate_by_name(struct arena *a, ddl_nodes_t *nodes, const names_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        for (size_t k = i + 1; k < names->n && strcmp(names->items[i].text, names->items[k].text) == 0; k++) {
            size_t x = names->items[i].node, y = names->items[k].node;
            bool forth = nodes->items[x].action == DDL_CREATE && nodes->items[y].action == DDL_DROP;
            bool back = nodes->items[y].action == DDL_CREATE && nodes->items[x].action == DDL_DROP;
            if (forth || back) {
                *vec_push(a, &nodes->items[forth ? x : y].after) = forth ? y : x;
            }
        }
    }
}

/* With a table go its indexes, and their names are free for those of others. */
static void add_freed_names(struct arena *a, const struct ddl_plan *plan, const names_t *names, names_t *out)
{
    *out = (names_t){0};
    for (size_t i = 0; i < names->n; i++) {
        *vec_push(a, out) = names->items[i];
    }
    for (size_t i = 0; i < plan->nodes.n; i++) {
        const struct ddl_node *n = &plan->nodes.items[i];
        schema_items_t children = {0};
        const struct schema_item *child;
        if (n->action == DDL_DROP && n->item.kind == SCHEMA_K_TABLE) {
            schema_children(a, plan->from, n->item.object, false, &children);
        }
        vec_each (child, &children) {
            if (child->kind == SCHEMA_K_INDEX || child->kind == SCHEMA_K_TRIGGER) {
                *vec_push(a, out) = (struct name){ddl_bare_name(a, child), i};
            }
        }
    }
    if (out->n > 1) {
        qsort(out->items, out->n, sizeof(*out->items), by_text);
    }
}

/* Dialects that say of what a table is part before and after everything else name nobody when they alter one.
 */
static void find_words(struct arena *a, const struct ddl_plan *plan, struct ddl_node *n)
{
    bool nobody = n->action == DDL_ALTER && n->item.kind == SCHEMA_K_TABLE && plan->dialect->after;
    if (nobody) {
        return;
    }
    bool drop = n->action == DDL_DROP;
    ddl_words(a, drop ? plan->from : plan->to, &n->item, drop, &n->words);
    if (n->action == DDL_ALTER && n->change->actual.object) {
        ddl_words(a, plan->from, &n->change->actual, false, &n->before);
    }
}

static void relate_words(struct arena *a, ddl_nodes_t *nodes, size_t user, const strings_t *words,
                         const names_t *names, bool before)
{
    const char **w;
    vec_each (w, words) {
        const struct name *x = first_of(names, *w);
        for (; x && x < names->items + names->n && strcmp(x->text, *w) == 0; x++) {
            bool drop = nodes->items[x->node].action == DDL_DROP;
            if (nodes->items[user].action != DDL_ALTER || before == drop) {
                relate(a, nodes, user, x->node, words);
            }
        }
    }
}

static void visit(ddl_nodes_t *nodes, size_t i, size_t *order, size_t *n)
{
    struct ddl_node *node = &nodes->items[i];
    if (node->done) {
        return; /* placed already, or in a circle that has to be cut somewhere */
    }
    node->done = true;
    for (size_t k = 0; k < node->after.n; k++) {
        visit(nodes, node->after.items[k], order, n);
    }
    order[(*n)++] = i;
}

struct ranked {
    int rank;
    size_t node;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : x->node < y->node ? -1 : x->node > y->node;
}

void ddl_order(struct arena *a, struct ddl_plan *plan, size_t *order)
{
    ddl_nodes_t *nodes = &plan->nodes;
    names_t names = {0}, words_of_nodes = {0};
    struct ranked *ranks = arena_array(a, nodes->n + 1, sizeof(*ranks));
    for (size_t i = 0; i < nodes->n; i++) {
        find_words(a, plan, &nodes->items[i]);
        *vec_push(a, &names) = (struct name){ddl_bare_name(a, &nodes->items[i].item), i};
        *vec_push(a, &words_of_nodes) = (struct name){ddl_word(a, &nodes->items[i].item), i};
        ranks[i] = (struct ranked){rank(&nodes->items[i]), i};
    }
    if (names.n) {
        qsort(names.items, names.n, sizeof(*names.items), by_text);
        qsort(words_of_nodes.items, words_of_nodes.n, sizeof(*names.items), by_text);
        qsort(ranks, nodes->n, sizeof(*ranks), by_rank);
    }
    for (size_t i = 0; i < nodes->n; i++) {
        relate_words(a, nodes, i, &nodes->items[i].words, &words_of_nodes, false);
        relate_words(a, nodes, i, &nodes->items[i].before, &words_of_nodes, true);
    }
    names_t freed;
    add_freed_names(a, plan, &names, &freed);
    relate_by_name(a, nodes, &freed);
    relate_by_need(a, plan);
    size_t n = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        visit(nodes, ranks[i].node, order, &n);
    }
}
