/* The order in which revisions are shown and run. Private to engine/revision. */
#pragma once
#include "engine/revision/set.h"

/*
 * The members of the set, newest first: whatever follows or depends on a revision stands before it. Of the
 * orders that satisfy this it is the one that Alembic takes: down one branch as far as it goes, heads in
 * order of id. Reversed, it is the order of an upgrade. The list's array lives in the arena.
 */
void revisions_newest_first(struct arena *a, const struct graph *g, const struct revision_set *set,
                            revisions_t *out);
void revisions_reverse(revisions_t *list);

/* ERR_FILE when there is no such order: names the revisions of one circle. Edges and indexes are set. */
int revisions_refuse_cycles(const struct graph *g, struct err *err);
