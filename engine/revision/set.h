/* Sets of revisions of one graph, and the closures that every walk is made of. Private to engine/revision. */
#pragma once
#include "engine/revision/graph.h"

struct revision_set {
    unsigned char *in; /* by revision->index */
    size_t n;          /* members */
};
#define REVISION_SET_INIT                                                                                    \
    {                                                                                                        \
        0                                                                                                    \
    }

void revision_set_init(struct revision_set *s, const struct graph *g);
void revision_set_release(struct revision_set *s);
bool revision_set_has(const struct revision_set *s, const struct revision *r);
bool revision_set_add(struct revision_set *s, const struct revision *r); /* false: was a member already */
void revision_set_remove(struct revision_set *s, const struct revision *r);

/* Edges to follow: by revises alone, or by depends_on as well. */
enum edges { EDGES_REVISES, EDGES_ALL };

/* Add the revisions and all that they follow (ancestors) or that follows them (descendants). */
void revision_set_add_ancestors(struct revision_set *s, const struct graph *g, const revisions_t *from,
                                enum edges edges);
void revision_set_add_descendants(struct revision_set *s, const struct graph *g, const revisions_t *from,
                                  enum edges edges);
/* Ancestors and descendants of r, and r: what shares its branch. */
void revision_set_add_lineage(struct revision_set *s, const struct graph *g, struct revision *r,
                              enum edges edges);

/* A list of one borrowed revision. */
#define REVISIONS_OF(r)                                                                                      \
    (&(revisions_t){.items = (struct revision *[]){(struct revision *)(r)}, .n = 1, .cap = 1})
