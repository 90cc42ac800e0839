/* Members by their state. */
#include "engine/planner/track_table.h"
#include "base/arena.h"

static bool same_text(const char *x, const char *y)
{
    return x && y ? strcmp(x, y) == 0 : x == y;
}

/* A member whose state is the same as that of the member the track was built for can share it. */
static bool same_state(const struct member *x, const struct member *y)
{
    const struct half_step *h = &x->state.half, *k = &y->state.half;
    return x->driver == y->driver && same_text(x->scheme, y->scheme) &&
           x->state.has_version_table == y->state.has_version_table &&
           x->state.has_history_table == y->state.has_history_table &&
           position_same(&x->state.at.ids, &y->state.at.ids) && h->present == k->present &&
           (!h->present || (h->known == k->known && h->done == k->done && h->recorded == k->recorded &&
                            same_text(h->revision, k->revision) && same_text(h->direction, k->direction) &&
                            same_text(h->prefix, k->prefix)));
}

/* FNV-1a, over the text and its end. */
static uint64_t add_text(uint64_t hash, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) {
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
    }
    return (hash ^ 0xff) * 0x100000001b3;
}

/* Of some of what same_state() compares. */
static uint64_t hash_state(const struct member *m)
{
    uint64_t hash = add_text(0xcbf29ce484222325, m->scheme);
    for (size_t i = 0; i < m->state.at.ids.n; i++) {
        hash = add_text(hash, m->state.at.ids.items[i]);
    }
    return m->state.half.present ? add_text(hash, m->state.half.prefix) : hash;
}

void track_table_init(struct track_table *t, struct arena *a, size_t nmembers)
{
    size_t n = 16;
    while (n < nmembers * 2) {
        n *= 2;
    }
    *t = (struct track_table){arena_array(a, n, sizeof(struct track_place)), n - 1};
}

unsigned *track_table_find(struct track_table *t, const struct member *m)
{
    size_t i = hash_state(m) & t->mask;
    while (t->places[i].owner && !same_state(t->places[i].owner, m)) {
        i = (i + 1) & t->mask;
    }
    if (!t->places[i].owner) {
        t->places[i] = (struct track_place){m, NO_TRACK};
    }
    return &t->places[i].track;
}
