/*
 * Targets of atomic waves: transactions that wait, open or prepared, until the whole wave can commit.
 *
 * A prepared one outlives its session. Its name tells the run and the target, so that whoever resumes the
 * run, or looks at the target, knows whose it is.
 */
#pragma once
#include "engine/run/execute.h"
#include "engine/run/prepared.h"

/* What of the script makes the target wait. */
void hold_prepare_script(struct execution *x, struct script_opts *opts);
/* On the connected and locked target: commit what this run has left prepared there, or roll it back, as
 * x->decided says. ERR_REFUSED when another run has. */
int hold_settle(struct execution *x, struct err *err);

/* For an execution that is held, on whatever thread. */
/* Is its transaction still there? Otherwise the target has failed: x->result says so, and the connection is
 * gone. */
int hold_check(struct execution *x);
/* Commit; x->result and its events tell what came of it. */
void hold_commit(struct execution *x);
/* Roll back, because of `why`: the target is as it was before. */
void hold_let_go(struct execution *x, const struct err *why);
/* Leave what is prepared to a later part of the run. */
void hold_leave(struct execution *x, const struct err *why);
