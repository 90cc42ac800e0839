/*
 * Steps that read the database: a Python revision runs on the target's own connection, inside its
 * transaction, and each statement is sent as it comes. Where DDL commits implicitly, and outside a
 * transaction, each is followed by its entry in the journal.
 */
#pragma once
#include "engine/run/execute.h"

/* The track itself when no step is live; otherwise *own, a copy whose steps may note what was sent. */
const struct plan_track *live_track(struct arena *a, const struct plan_track *track, struct plan_track *own);

/* Before anything is sent: the files of all steps that read the database are there and as they were planned,
 * those of the ways back too, and what the bridge needs is given. ERR_REFUSED or ERR_FILE. */
int live_check(const struct execution *x, const struct plan_track *track, struct err *err);

/* Run the SCRIPT_LIVE item at `index`. The step of `track` receives the statements that were sent, and the
 * script's history rows after the item are written anew with them. x->live tells what stands. */
int live_run(struct execution *x, struct plan_track *track, struct script *script, size_t index,
             const struct history_stamp *by, bool taking_back, struct err *err);
