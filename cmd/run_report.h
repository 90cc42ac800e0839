/*
 * Carrying out a plan from the command line: with Ctrl-C, shown as it goes on, and its outcome told at the
 * end.
 */
#pragma once
#include "cmd/print.h"
#include "engine/run/run.h"

/* Run the plan on the fleet: opens the store, watches for Ctrl-C, shows progress and outcome. Returns what a
 * command's run() returns; on failure err summarises what was printed in full already. */
int run_and_report(struct app *app, const struct plan *plan, struct fleet *fleet, const char *command,
                   struct err *err);

/* The same for a run that has stopped, whose plan this is. */
int run_again_and_report(struct app *app, const struct plan *plan, struct fleet *fleet,
                         const struct run_again *again, struct err *err);

/* Of commands whose run several processes may carry out together. */
#define JOIN_OPTIONS                                                                                         \
    {0, "join", NULL, .help = "work on the run together with every process that says so"},                   \
    {                                                                                                        \
        0, "lease", "SECONDS",                                                                               \
            .help = "for how long others leave alone what a runner that is gone held (30)"                   \
    }

/* What was given for them. */
int app_join(struct app *app, struct err *err);

/* The project's store; without a project (--url outside of one) a store in the current folder. */
int app_store(struct app *app, bool create, struct store **out, struct err *err);
