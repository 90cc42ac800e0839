/*
 * Targets that cannot be reached while a plan is made, or whose secrets cannot be read. As many as may fail
 * (max_failures) are left out of the plan, which names them, and count as failed; with more there is no plan.
 */
#pragma once
#include "engine/planner/planner.h"

/* Something that max_failures is there for: the target could not be connected to. */
bool member_is_out_of_reach(const struct member *m);
/* May targets be left out at all? */
bool left_out_possible(const struct plan_request *q);
/* Put those of the fleet into the plan. wave_of: for each target of the environment, NULL: there are no
 * waves. Refused: more than may fail, all targets of a wave (those behind it would run unproved), and any of
 * an atomic wave, which commits as a whole or not at all. */
int left_out_collect(struct arena *a, const struct fleet *f, const struct plan_request *q,
                     const unsigned *wave_of, struct plan *plan, struct err *err);
