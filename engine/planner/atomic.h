/* How each target of an atomic wave waits with its commit for the others. */
#pragma once
#include "engine/fleet.h"
#include "plans/plan.h"

/* Set `hold` of the plan's targets; their members have been read. ERR_REFUSED for a plan whose revisions have
 * transactions of their own. */
int atomic_assign(struct arena *a, struct fleet *fleet, const struct environment *e, struct plan *plan,
                  struct err *err);
