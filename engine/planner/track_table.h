/*
 * Which members share a track: those with the same dialect and the same state. A hash table, for a fleet may
 * have many states as well as many members.
 */
#pragma once
#include "engine/fleet.h"
#include <limits.h>

#define NO_TRACK UINT_MAX

struct track_place {
    const struct member *owner; /* the first member with this state; NULL: the place is free */
    unsigned track;
};
struct track_table {
    struct track_place *places;
    size_t mask; /* their number, a power of two, less one */
};

void track_table_init(struct track_table *t, struct arena *a, size_t nmembers);
/* The track of the members with m's state, NO_TRACK when m is the first of them: the caller puts it there. */
unsigned *track_table_find(struct track_table *t, const struct member *m);
