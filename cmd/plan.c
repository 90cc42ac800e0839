/* lockstep plan */
#include "cmd/plan_make.h"
#include "cmd/plan_show.h"

static int run(struct app *app, struct err *err)
{
    struct planning p = {.app = app, .save = true, .leave_out = true};
    int rc = planning_open(&p, args_word(&app->args, 0), err);
    if (rc) {
        return rc;
    }
    const char *down = args_text(&app->args, "downgrade"), *to = args_text(&app->args, "to");
    if (down && to) {
        planning_close(&p);
        return err_set(err, ERR_USAGE, "--to and --downgrade cannot be given together");
    }
    p.request.direction = down ? DIRECTION_DOWNGRADE : DIRECTION_UPGRADE;
    p.request.destination = down ? down : to ? to : "heads";
    rc = planning_make(&p, err);
    if (rc == 0) {
        planning_show(&p);
        rc = plan_pending(p.plan) ? EXIT_DIFFERENCE : p.plan->left_out.n ? EXIT_WITHIN_BUDGET : 0;
    }
    planning_close(&p);
    return rc;
}

const struct command command_plan = {
    .name = "plan",
    .group = GROUP_ORCHESTRATION,
    .summary = "work out what an environment's targets need",
    .description =
        "Reads where every target is, finds the way to the destination (by default all heads), and saves the "
        "exact SQL as a plan file, to read, render and apply. Nothing is changed. Targets stand in the order "
        "of the environment's waves; which of them are left out does not change the wave of the others.\n\n"
        "Exits with 2 when something is pending, 0 when there is nothing to do, 3 when that is so but for "
        "targets "
        "that cannot be reached, which max_failures allows to leave out.",
    .arguments = (const struct argument_spec[]){{.name = "ENVIRONMENT",
                                                 .help = "default: the project's default environment",
                                                 .complete = COMPLETE_ENVIRONMENT,
                                                 .optional = true},
                                                {0}},
    .options =
        (const struct option_spec[]){
            {0, "to", "DESTINATION", .help = "head, heads, +2, an id, label@head",
             .complete = COMPLETE_REVISION},
            {0, "downgrade", "DESTINATION", .help = "plan the way down: -1, base, an id",
             .complete = COMPLETE_REVISION},
            {'o', "out", "FILE",
             .help = "where to save, also when nothing is pending (default: the plans folder)",
             .complete = COMPLETE_FILE},
            {0, "transaction", "MODE", .help = "one transaction for the plan, or one a revision",
             .choices = "plan|revision"},
            TARGET_OPTIONS,
            {0}},
    .examples =
        (const struct example[]){
            {"lockstep plan production", "what production lacks"},
            {"lockstep plan staging --to +1", "only the next revision"},
            {"lockstep plan production --only 'eu-*' --exclude eu-3", "some of its targets"},
            {"lockstep plan dev --downgrade -1", "how to take the newest one back"},
            {0}},
    .run = run,
};
