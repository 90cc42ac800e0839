/* What steps do to the version table. Private to engine/revision. */
#pragma once
#include "engine/revision/set.h"
#include "engine/revision/walk.h"

/* The applied revisions, and how many applied ones follow each: the version table holds those that none
 * follows. */
struct version_state {
    const struct graph *graph;
    struct revision_set applied;
    unsigned *followers;
};
#define VERSION_STATE_INIT                                                                                   \
    {                                                                                                        \
        0                                                                                                    \
    }

void version_state_init(struct version_state *s, const struct graph *g, const revisions_t *members);
void version_state_release(struct version_state *s);
bool version_state_in_table(const struct version_state *s, const struct revision *r);
/* Take the step, and write what it does to the table. */
void version_state_step(struct arena *a, struct version_state *s, const struct revision *r,
                        enum direction direction, version_ops_t *out);

/* Rows that go and rows that come, as operations: DELETE and INSERT what has no counterpart, UPDATE one row.
 */
void version_ops_pair(struct arena *a, const revisions_t *go, const revisions_t *come, version_ops_t *out);
