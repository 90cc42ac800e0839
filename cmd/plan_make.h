/* Making a plan for an environment: the steps that plan, apply and promote share. */
#pragma once
#include "cmd/context.h"
#include "engine/fleet.h"
#include "engine/planner/planner.h"

struct planning {
    struct app *app;
    bool save;      /* write the plan file when something is pending */
    bool leave_out; /* what cannot be reached is left out, within the budget for failures */
    struct environment *environment;
    struct graph *graph;
    struct fleet fleet;
    struct plan_request request; /* direction and destination (or within) are the caller's to fill */
    struct plan *plan;
    const char *file; /* NULL: not saved */
};

/* Load environment and graph, select targets. On failure nothing is left open. */
int planning_open(struct planning *p, const char *environment, struct err *err);
/* Read positions, plan, save. */
int planning_make(struct planning *p, struct err *err);
/* The plan on stdout; of an empty shard, that it is empty. */
void planning_show(const struct planning *p);
void planning_close(struct planning *p);
