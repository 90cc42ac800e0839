/*
 * Topological order along branches. A front of candidates, one a branch, moves from the heads towards the
 * bases: the current candidate is taken when nothing that follows it is left, and its place goes to its first
 * parent (further parents begin branches at the end of the front). When something that follows it is left,
 * the walk goes on at the first candidate of the front that is above it.
 *
 * "Nothing that follows is left" is a counter for each revision, so a chain costs one step a revision;
 * looking for the candidate above costs a search, once for each branch that ends in a branch point.
 */
#include "engine/revision/order.h"

struct front {
    const struct revision_set *set;
    struct revision **items;
    size_t n, now;     /* now: index of the current candidate */
    unsigned *place;   /* by revision: index in the front + 1, or 0 */
    unsigned *pending; /* by revision: members that follow it directly and are not taken */
    unsigned char *taken;
    unsigned *seen; /* by revision: number of the search that saw it last */
    unsigned searches;
    struct revision **stack;
};

static bool is_left(const struct front *f, const struct revision *r)
{
    return revision_set_has(f->set, r) && !f->taken[r->index];
}

static unsigned count_members(const struct front *f, const revisions_t *list)
{
    unsigned n = 0;
    struct revision **r;
    vec_each (r, list) {
        n += revision_set_has(f->set, *r);
    }
    return n;
}

static void search_push(struct front *f, size_t *depth, const revisions_t *list)
{
    struct revision **r;
    vec_each (r, list) {
        if (is_left(f, *r) && f->seen[(*r)->index] != f->searches) {
            f->seen[(*r)->index] = f->searches;
            f->stack[(*depth)++] = *r;
        }
    }
}

/* Index of the first candidate that is above r. */
static size_t front_above(struct front *f, const struct revision *r)
{
    size_t depth = 0, best = f->n, least = f->now == 0 ? 1 : 0;
    f->searches++;
    search_push(f, &depth, &r->children);
    search_push(f, &depth, &r->dependants);
    while (depth && best > least) {
        const struct revision *above = f->stack[--depth];
        size_t place = f->place[above->index];
        if (place && place - 1 < best) {
            best = place - 1;
        }
        search_push(f, &depth, &above->children);
        search_push(f, &depth, &above->dependants);
    }
    return best;
}

static void front_put(struct front *f, size_t at, struct revision *r)
{
    f->items[at] = r;
    f->place[r->index] = (unsigned)at + 1;
}

static void front_drop(struct front *f, size_t at)
{
    f->n--;
    for (size_t i = at; i < f->n; i++) {
        front_put(f, i, f->items[i + 1]);
    }
    f->now = at ? at - 1 : 0;
}

/* Put the revision on the front, in the place of the one taken if that is still free. */
static void front_add(struct front *f, size_t at, struct revision *r, bool *replaced)
{
    if (is_left(f, r) && !f->place[r->index]) {
        front_put(f, *replaced ? f->n++ : at, r);
        *replaced = true;
    }
}

static void front_release_followed(struct front *f, const revisions_t *list)
{
    struct revision **r;
    vec_each (r, list) {
        f->pending[(*r)->index]--;
    }
}

static void front_take(struct front *f, struct revision *r)
{
    size_t at = f->now;
    bool replaced = false;
    f->taken[r->index] = 1;
    front_release_followed(f, &r->parents);
    front_release_followed(f, &r->dependencies);
    struct revision **it;
    vec_each (it, &r->parents) {
        front_add(f, at, *it, &replaced);
    }
    vec_each (it, &r->dependencies) {
        /* One that an ancestor has too comes up with that ancestor, unless the ancestor is no member. */
        if (it < r->dependencies.items + r->ndirect || f->pending[(*it)->index] == 0) {
            front_add(f, at, *it, &replaced);
        }
    }
    f->place[r->index] = 0;
    if (!replaced) {
        front_drop(f, at);
    }
}

void revisions_newest_first(struct arena *a, const struct graph *g, const struct revision_set *set,
                            revisions_t *out)
{
    size_t n = g->all.n;
    *out = (revisions_t){arena_array(a, set->n, sizeof(struct revision *)), 0, set->n};
    if (!set->n) {
        return;
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct front f = {
        .set = set,
        .items = arena_array(&scratch, n, sizeof(*f.items)),
        .place = arena_array(&scratch, n, sizeof(*f.place)),
        .pending = arena_array(&scratch, n, sizeof(*f.pending)),
        .taken = arena_array(&scratch, n, 1),
        .seen = arena_array(&scratch, n, sizeof(*f.seen)),
        .stack = arena_array(&scratch, n, sizeof(*f.stack)),
    };
    struct revision **by_id = arena_array(&scratch, n, sizeof(*by_id)), **r;
    vec_each (r, &g->all) {
        by_id[(*r)->index] = *r;
    }
    for (size_t i = 0; i < n; i++) {
        struct revision *it = by_id[i];
        f.pending[i] = count_members(&f, &it->children) + count_members(&f, &it->dependants);
        if (revision_set_has(set, it) && f.pending[i] == 0) {
            front_put(&f, f.n++, it);
        }
    }
    while (f.n) {
        struct revision *candidate = f.items[f.now];
        if (f.pending[candidate->index]) {
            f.now = front_above(&f, candidate);
        } else {
            out->items[out->n++] = candidate;
            front_take(&f, candidate);
        }
    }
}

void revisions_reverse(revisions_t *list)
{
    for (size_t i = 0, j = list->n; i + 1 < j; i++, j--) {
        struct revision *r = list->items[i];
        list->items[i] = list->items[j - 1];
        list->items[j - 1] = r;
    }
}
