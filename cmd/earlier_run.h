/* A run of before, out of the store: with its plan, and the fleet of today that it is about. For resume and
 * rollback. */
#pragma once
#include "cmd/context.h"
#include "engine/fleet.h"
#include "engine/store/runs.h"
#include "plans/plan.h"

struct earlier_run {
    struct run_row row;
    run_target_rows_t targets; /* as in the plan */
    struct plan *plan;
    struct environment *environment;
    struct fleet fleet; /* all of the environment; nothing is connected */
};

/* By the beginning of its id (ERR_REFUSED when there is none); NULL: the newest that has not ended or, with
 * `ended`, the newest that did something. out->row.run NULL: there is none. */
int earlier_run_open(struct app *app, const char *id, bool ended, struct earlier_run *out, struct err *err);
void earlier_run_close(struct earlier_run *r);
/* Its targets that -t selects: so many. ERR_USAGE when there is none. */
int earlier_run_selected(struct app *app, const struct earlier_run *r, size_t *n, struct err *err);
