/*
 * From the waves of an environment's rollout to those of a plan: which target is changed when.
 */
#pragma once
#include "environments/environment.h"
#include "plans/plan.h"

/* The index of the wave that each of the environment's targets falls into: wave[i] for e->targets[i]. Targets
 * are taken in the order of the document, by each wave from what those before it left. Every target of the
 * environment counts, also those that a command leaves out, so that a target's wave does not depend on the
 * command. Without waves all of them are in wave 0.
 *
 * `percent` is of all targets. It is rounded down, so that an early wave is never larger than asked for, but
 * takes at least one; the waves with `percent` are rounded together, so that shares of 100 % leave none out.
 *
 * ERR_FILE when targets are left over. */
int waves_assign(struct arena *a, const struct environment *e, const unsigned **wave, struct err *err);

/* Put the plan's targets into the order of the waves and fill plan->waves; waves[i] is the wave of
 * plan->targets[i]. A wave that got no target keeps its place, so that others may wait for it, but does not
 * pause. A time, or a person, is waited for only when there is a target to come after; a query is a check and
 * is asked also at the end. */
void waves_fill(struct arena *a, const struct environment *e, const unsigned *waves, struct plan *plan);
/* The last sentences of that, for waves that lost targets. */
void waves_drop_pauses(struct arena *a, struct plan *plan);
