/* Independent work on many items, by several threads. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/* Works on item i. Called by any thread, each with an arena of its own; must touch nothing that another item
 * does. */
typedef int (*parallel_fn)(void *arg, struct arena *a, size_t i, struct err *err);

/* Call fn for each of n items; all of them, also when one fails. What the arenas hold is a's at the end. When
 * some fail, the error is that of the lowest i. Fewer items than `alone` are left to the calling thread:
 * starting another takes longer than small work. */
int parallel_each(struct arena *a, size_t n, size_t alone, parallel_fn fn, void *arg, struct err *err);
