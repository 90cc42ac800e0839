/* Refusing graphs in which revisions follow each other in a circle. */
#include "engine/revision/order.h"

/* Among the revisions that never come up (left[]), each has a predecessor that never comes up: following
 * those runs into a cycle. */
static int cycle_error(const struct graph *g, const unsigned *left, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct revision **path = arena_array(&a, g->all.n + 1, sizeof(*path)), *r = NULL, **it;
    size_t *place = arena_array(&a, g->all.n, sizeof(*place)), n = 0;
    vec_each (it, &g->all) {
        if (left[(*it)->index]) {
            r = *it;
            break;
        }
    }
    while (!place[r->index]) {
        place[r->index] = ++n;
        path[n - 1] = r;
        struct revision *next = NULL;
        const revisions_t *lists[] = {&r->parents, &r->dependencies};
        for (size_t i = 0; i < COUNT_OF(lists) && !next; i++) {
            vec_each (it, lists[i]) {
                if (left[(*it)->index]) {
                    next = *it;
                    break;
                }
            }
        }
        r = next;
    }
    size_t first = place[r->index] - 1;
    for (size_t i = first; i < n; i++) { /* begin with the lowest id, wherever the search came in */
        r = path[i]->index < r->index ? path[i] : r;
    }
    size_t from = place[r->index] - 1, length = n - first, shown = length > 32 ? 32 : length;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < shown; i++) {
        const struct revision *one = path[first + (from - first + i) % length];
        const struct revision *next = path[first + (from - first + i + 1) % length];
        bool revises = false;
        vec_each (it, &one->parents) {
            revises = revises || *it == next;
        }
        strbuf_addf(&text, "%s%s", one->id, revises ? " revises " : " depends on ");
    }
    if (shown < length) {
        strbuf_addf(&text, "... (%zu more) ... ", length - shown);
    }
    err_set(err, ERR_FILE, "the revisions follow each other in a circle: %s%s", strbuf_cstr(&text), r->id);
    int line = r->line_revises ? r->line_revises : r->line_depends_on;
    err_place(err, r->file, line, line ? 1 : 0);
    return err_hint(err, "Correct the line that names the wrong revision."), ERR_FILE;
}

static void release_followers(const revisions_t *list, unsigned *left, struct revision **ready, size_t *n)
{
    struct revision **r;
    vec_each (r, list) {
        if (--left[(*r)->index] == 0) {
            ready[(*n)++] = *r;
        }
    }
}

int revisions_refuse_cycles(const struct graph *g, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    unsigned *left = arena_array(&a, g->all.n, sizeof(*left)); /* predecessors that did not come up yet */
    struct revision **ready = arena_array(&a, g->all.n, sizeof(*ready)), **r;
    size_t n = 0;
    vec_each (r, &g->all) {
        left[(*r)->index] = (unsigned)((*r)->parents.n + (*r)->dependencies.n);
        if (!left[(*r)->index]) {
            ready[n++] = *r;
        }
    }
    for (size_t i = 0; i < n; i++) {
        release_followers(&ready[i]->children, left, ready, &n);
        release_followers(&ready[i]->dependants, left, ready, &n);
    }
    return n == g->all.n ? 0 : cycle_error(g, left, err);
}
