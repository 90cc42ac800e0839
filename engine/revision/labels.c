/*
 * Labels spread downwards to every descendant (by revises). Upwards they go only from a branch that is a
 * plain line: when no branch or merge lies at the labelled revision or after it, then to the ancestors up to,
 * and not including, the next branch point or merge. Lists are shared wherever neighbours have the same ones.
 */
#include "engine/revision/labels.h"

/* Merge of two sorted lists; `to` NULL: only count. */
static size_t labels_merge(const strings_t *x, const strings_t *y, const char **to)
{
    size_t n = 0, i = 0, j = 0;
    while (i < x->n || j < y->n) {
        int order = i == x->n ? 1 : j == y->n ? -1 : strcmp(x->items[i], y->items[j]);
        if (to) {
            to[n] = order <= 0 ? x->items[i] : y->items[j];
        }
        n++;
        i += order <= 0;
        j += order >= 0;
    }
    return n;
}

static strings_t labels_union(struct arena *a, const strings_t *x, const strings_t *y)
{
    if (!y->n || x->items == y->items) {
        return *x;
    }
    size_t n = labels_merge(x, y, NULL);
    if (n == x->n || n == y->n) {
        return n == x->n ? *x : *y;
    }
    strings_t out = {arena_array(a, n, sizeof(*out.items)), n, n};
    labels_merge(x, y, out.items);
    return out;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static strings_t labels_own(struct arena *a, const struct revision *r)
{
    strings_t own = {0};
    if (r->labels.n) {
        own = (strings_t){arena_array(a, r->labels.n, sizeof(*own.items)), r->labels.n, r->labels.n};
        memcpy(own.items, r->labels.items, own.n * sizeof(*own.items));
        qsort(own.items, own.n, sizeof(*own.items), by_text);
    }
    return own;
}

/* Neither a branch point (dependants count) nor a merge. */
static bool is_plain(const struct revision *r)
{
    size_t followers = r->children.n;
    struct revision *const *it;
    if (followers > 1 || r->parents.n > 1) {
        return false;
    }
    vec_each (it, &r->dependants) {
        followers += !r->children.n || *it != r->children.items[0];
    }
    return followers < 2;
}

void revision_labels_spread(struct graph *g)
{
    struct revision **r, **parent;
    bool any = false;
    vec_each (r, &g->all) {
        any = any || (*r)->labels.n;
    }
    if (!any) {
        return;
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    strings_t *up = arena_array(&scratch, g->all.n, sizeof(*up)); /* from the line that ends here */
    bool *line = arena_array(&scratch, g->all.n, sizeof(*line));  /* plain from here to a head */
    for (size_t i = g->all.n; i-- > 0;) {
        struct revision *it = g->all.items[i];
        const struct revision *child = it->children.n ? it->children.items[0] : NULL;
        strings_t own = labels_own(g->arena, it);
        it->branch_labels = own;
        line[it->index] = is_plain(it) && (!child || line[child->index]);
        if (line[it->index]) {
            up[it->index] = child ? labels_union(g->arena, &up[child->index], &own) : own;
        }
    }
    vec_each (r, &g->all) {
        strings_t *labels = &(*r)->branch_labels;
        vec_each (parent, &(*r)->parents) {
            *labels = labels_union(g->arena, &(*parent)->branch_labels, labels);
        }
        *labels = labels_union(g->arena, labels, &up[(*r)->index]);
    }
}
