/*
 * The version table holds the applied revisions that no applied revision follows. So an upgrade to r takes
 * away those of its predecessors that stand in the table, and puts r there; a downgrade takes r away and puts
 * back those of its predecessors that nothing else follows. That gives one INSERT for a new branch, an UPDATE
 * along a branch, DELETE and UPDATE for a merge, INSERT and UPDATE for its way back.
 */
#include "engine/revision/version_ops.h"

static void count_followers(struct version_state *s, const revisions_t *list, int by)
{
    struct revision *const *it;
    vec_each (it, list) {
        s->followers[(*it)->index] = (unsigned)((int)s->followers[(*it)->index] + by);
    }
}

static void apply(struct version_state *s, const struct revision *r, int by)
{
    count_followers(s, &r->parents, by);
    count_followers(s, &r->dependencies, by);
    if (by > 0) {
        revision_set_add(&s->applied, r);
    } else {
        revision_set_remove(&s->applied, r);
    }
}

void version_state_init(struct version_state *s, const struct graph *g, const revisions_t *members)
{
    s->graph = g;
    s->followers = xcalloc(g->all.n + 1, sizeof(*s->followers));
    revision_set_init(&s->applied, g);
    revision_set_add_ancestors(&s->applied, g, members, EDGES_ALL);
    struct revision **r;
    vec_each (r, &g->all) {
        if (revision_set_has(&s->applied, *r)) {
            apply(s, *r, 1);
        }
    }
}

void version_state_release(struct version_state *s)
{
    if (s) {
        revision_set_release(&s->applied);
        free(s->followers);
        *s = (struct version_state)VERSION_STATE_INIT;
    }
}

bool version_state_in_table(const struct version_state *s, const struct revision *r)
{
    return revision_set_has(&s->applied, r) && s->followers[r->index] == 0;
}

/* Those of r's predecessors, as written, that stand in the table while r does not. */
static void predecessors_in_table(struct arena *a, const struct version_state *s, const struct revision *r,
                                  revisions_t *out)
{
    const revisions_t *lists[] = {&r->parents, &r->dependencies};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct revision *const *it, **known;
        vec_each (it, lists[i]) {
            bool again = false;
            vec_each (known, out) {
                again = again || *known == *it;
            }
            if (!again && version_state_in_table(s, *it)) {
                *(struct revision **)vec_push(a, out) = *it;
            }
        }
    }
}

void version_ops_pair(struct arena *a, const revisions_t *go, const revisions_t *come, version_ops_t *out)
{
    size_t n = go->n + come->n;
    version_ops_t ops = {arena_array(a, n, sizeof(*ops.items)), 0, n};
    for (size_t i = 0; i + (come->n > 0) < go->n; i++) {
        ops.items[ops.n++] = (struct version_op){VERSION_DELETE, go->items[i]->id, NULL};
    }
    for (size_t i = 0; i + (go->n > 0) < come->n; i++) {
        ops.items[ops.n++] = (struct version_op){VERSION_INSERT, NULL, come->items[i]->id};
    }
    if (go->n && come->n) {
        ops.items[ops.n++] =
            (struct version_op){VERSION_UPDATE, go->items[go->n - 1]->id, come->items[come->n - 1]->id};
    }
    *out = ops;
}

void version_state_step(struct arena *a, struct version_state *s, const struct revision *r,
                        enum direction direction, version_ops_t *out)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    revisions_t others = {0};
    if (direction == DIRECTION_UPGRADE) {
        predecessors_in_table(&scratch, s, r, &others);
        apply(s, r, 1);
        version_ops_pair(a, &others, REVISIONS_OF(r), out);
    } else {
        apply(s, r, -1);
        predecessors_in_table(&scratch, s, r, &others);
        version_ops_pair(a, REVISIONS_OF(r), &others, out);
    }
}
