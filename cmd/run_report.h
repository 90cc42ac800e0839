/*
 * Showing a run: progress while it goes on (one line a target on a terminal, plain lines otherwise), the
 * outcome of every target in words, and the same as JSON. And carrying one out from the command line, with
 * Ctrl-C.
 */
#pragma once
#include "cmd/print.h"
#include "engine/run/run.h"

/* Run the plan on the fleet: opens the store, watches for Ctrl-C, shows progress and outcome. Returns what a
 * command's run() returns; on failure err summarises what was printed in full already. */
int run_and_report(struct app *app, const struct plan *plan, struct fleet *fleet, const char *command,
                   struct err *err);

/* "It is back at 2b6c1f3e4d5a, where it was.": where a target was left and what to do about it. */
char *target_story(struct arena *a, const struct target_result *r);

/* The project's store; without a project (--url outside of one) a store in the current folder. */
int app_store(struct app *app, bool create, struct store **out, struct err *err);
