/* lockstep drift */
#include "engine/drift/drift.h"
#include "base/file.h"
#include "cmd/alembic_env.h"
#include "cmd/drift_adopt.h"
#include "cmd/drift_print.h"
#include "cmd/interrupt.h"
#include "cmd/run_report.h"
#include "engine/fleet.h"

/* Interrupts end the reading, and let scratch databases be dropped. */
static int check(struct app *app, struct fleet *fleet, struct store *store, struct graph *g,
                 struct drift_options *options, struct drift_report *out, struct err *err)
{
    struct run_control control;
    int rc = run_control_init(&control, err);
    if (rc) {
        return rc;
    }
    struct interrupt_watch watch = {0};
    options->control = &control;
    rc = interrupt_watch_start(&watch, &control, err);
    if (!rc) {
        rc = drift_check(app->arena, fleet, store, g, options, out, err);
        interrupt_watch_stop(&watch);
    }
    run_control_release(&control);
    return rc;
}

static int look(struct app *app, struct environment *e, struct drift_report *out, struct err *err)
{
    struct fleet fleet = {0};
    struct store *store = NULL;
    struct graph *g = NULL;
    struct drift_options options = {.scratch = args_flag(&app->args, "scratch"), .definitions = true};
    int rc = app_graph(app, &g, err);
    rc = rc ? rc : app_alembic(app, false, &options.alembic, err);
    rc = rc ? rc : app_fleet_all(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    rc = app_store(app, false, &store, err);
    rc = rc ? rc : check(app, &fleet, store, g, &options, out, err);
    store_close(store);
    fleet_close(&fleet);
    return rc;
}

static int run(struct app *app, struct err *err)
{
    struct environment *e = NULL;
    struct drift_report report = {0};
    bool adopt = args_flag(&app->args, "adopt");
    int rc = drift_adopt_check(app, adopt, err);
    rc = rc ? rc : app_environment(app, args_word(&app->args, 0), &e, err);
    rc = rc ? rc : look(app, e, &report, err);
    if (rc) {
        return rc;
    }
    if (adopt) {
        return drift_adopt(app, e, &report, err);
    }
    rc = drift_print(app, &report, err);
    return rc ? rc : drift_end(app, &report, err);
}

const struct command command_drift = {
    .name = "drift",
    .group = GROUP_WATCHING,
    .summary = "what differs from what the runs have left",
    .description =
        "Reads every target and compares it with the record. Three kinds of drift are told apart: a position "
        "that "
        "this checkout does not know, a revision whose file was edited after it was applied, and a schema "
        "that "
        "is not the one that the last run left (or, without a snapshot of it and with --scratch, not the one "
        "that the revisions build in a scratch database). Each difference comes with the statements that "
        "would "
        "put it back, and with those that would take it over. Revisions that are pending are no drift, and a "
        "target with a run at work is left alone. Nothing is locked, nothing is changed.\n\n"
        "Ends with 0, with --exit-status with 2 when there is drift; with 69 when a target cannot be "
        "reached, "
        "and with 1 when one could not be judged.",
    .arguments = (const struct argument_spec[]){{.name = "ENVIRONMENT",
                                                 .help = "whose targets (default: the project's default)",
                                                 .complete = COMPLETE_ENVIRONMENT,
                                                 .optional = true},
                                                {0}},
    .options =
        (const struct option_spec[]){
            {0, "scratch", NULL, .help = "compare with what the revisions build, not with snapshots"},
            {0, "adopt", NULL, .help = "write a revision that takes over what has drifted"},
            {'m', "message", "TEXT", .help = "with --adopt: what the revision does"},
            DRIFT_PRINT_OPTIONS,
            TARGET_OPTIONS,
            {0}},
    .examples =
        (const struct example[]){
            {"lockstep drift production", "all targets of an environment"},
            {"lockstep drift production --exit-status --format junit --out drift.xml", "for CI, every night"},
            {"lockstep drift production -t eu-1 --adopt -m \"index made by hand\"",
             "take over what somebody has changed"},
            {0}},
    .reports = true,
    .run = run,
};
