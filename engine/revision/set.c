/* Sets as one byte a revision; closures with an explicit stack, so that depth costs no C stack. */
#include "engine/revision/set.h"

void revision_set_init(struct revision_set *s, const struct graph *g)
{
    s->in = xcalloc(g->all.n + 1, 1);
    s->n = 0;
}

void revision_set_release(struct revision_set *s)
{
    if (s) {
        free(s->in);
        *s = (struct revision_set)REVISION_SET_INIT;
    }
}

bool revision_set_has(const struct revision_set *s, const struct revision *r)
{
    return s->in[r->index] != 0;
}

bool revision_set_add(struct revision_set *s, const struct revision *r)
{
    if (s->in[r->index]) {
        return false;
    }
    s->in[r->index] = 1;
    s->n++;
    return true;
}

void revision_set_remove(struct revision_set *s, const struct revision *r)
{
    s->n -= s->in[r->index];
    s->in[r->index] = 0;
}

/* A revision enters the stack when it enters the set, so the stack never holds more than the graph. */
struct stack {
    struct revision **items;
    size_t n;
};

static void push_new(struct stack *stack, struct revision_set *seen, const revisions_t *list)
{
    struct revision **r;
    vec_each (r, list) {
        if (revision_set_add(seen, *r)) {
            stack->items[stack->n++] = *r;
        }
    }
}

static void close_over(struct revision_set *s, const struct graph *g, const revisions_t *from, bool down,
                       enum edges edges)
{
    AUTO(revision_set_release) struct revision_set seen = REVISION_SET_INIT;
    revision_set_init(&seen, g);
    struct stack stack = {xcalloc(g->all.n + 1, sizeof(struct revision *)), 0};
    push_new(&stack, &seen, from);
    while (stack.n) {
        struct revision *r = stack.items[--stack.n];
        revision_set_add(s, r);
        push_new(&stack, &seen, down ? &r->parents : &r->children);
        if (edges == EDGES_ALL) {
            push_new(&stack, &seen, down ? &r->dependencies : &r->dependants);
        }
    }
    free(stack.items);
}

void revision_set_add_ancestors(struct revision_set *s, const struct graph *g, const revisions_t *from,
                                enum edges edges)
{
    close_over(s, g, from, true, edges);
}

void revision_set_add_descendants(struct revision_set *s, const struct graph *g, const revisions_t *from,
                                  enum edges edges)
{
    close_over(s, g, from, false, edges);
}

void revision_set_add_lineage(struct revision_set *s, const struct graph *g, struct revision *r,
                              enum edges edges)
{
    close_over(s, g, REVISIONS_OF(r), true, edges);
    close_over(s, g, REVISIONS_OF(r), false, edges);
}

bool revision_is_ancestor(const struct revision *ancestor, const struct revision *r, bool follow_depends_on)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    VEC(const struct revision *) found = {0};
    VEC(unsigned char) seen = {0}; /* by index; the graph's size is not known here */
    *(const struct revision **)vec_push(&a, &found) = r;
    for (size_t i = 0; i < found.n; i++) {
        const revisions_t *lists[] = {&found.items[i]->parents, &found.items[i]->dependencies};
        for (size_t k = 0; k < (follow_depends_on ? 2u : 1u); k++) {
            struct revision *const *it;
            vec_each (it, lists[k]) {
                if (*it == ancestor) {
                    return true;
                }
                while (seen.n <= (*it)->index) {
                    *vec_push(&a, &seen) = 0;
                }
                if (!seen.items[(*it)->index]) {
                    seen.items[(*it)->index] = 1;
                    *(const struct revision **)vec_push(&a, &found) = *it;
                }
            }
        }
    }
    return false;
}
