/* A part of a plan, for one job of several: apply PLAN --shard 2/3. */
#pragma once
#include "engine/selection.h"
#include "plans/plan.h"

/* The targets of the plan that fall to the shard, in their waves. What is done to them is what the plan says;
 * the part has a digest of its own and names that of the whole. It may have no targets. */
struct plan *plan_part(struct arena *a, const struct plan *whole, const struct selection *s);
