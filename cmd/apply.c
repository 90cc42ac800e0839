/* lockstep apply */
#include "base/file.h"
#include "cmd/plan_make.h"
#include "cmd/plan_show.h"
#include "cmd/run_report.h"
#include "engine/planner/part.h"

/* Options that shape a plan have no say over one that is made. */
static int refuse_planning_options(struct app *app, struct err *err)
{
    static const char *const names[] = {"to", "transaction", "only", "exclude"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (args_text(&app->args, names[i])) {
            err_set(err, ERR_USAGE, "a plan file runs as it was made: --%s cannot be given", names[i]);
            return err_hint(err, "Give the option to \"lockstep plan\", and apply what it saves.");
        }
    }
    return 0;
}

static int no_part(struct app *app, const struct plan *plan)
{
    if (app->json) {
        plan_show(app, plan, NULL);
    } else {
        printf("no target of the plan falls to shard %s\n", plan->shard);
    }
    return 0;
}

static int apply_file(struct app *app, const char *path, struct err *err)
{
    int refused = refuse_planning_options(app, err);
    if (refused) {
        return refused;
    }
    struct plan *plan = NULL;
    int rc = plan_load(app->arena, path, &plan, err);
    if (rc) {
        return rc;
    }
    if (app->target) {
        err_set(err, ERR_USAGE, "a plan runs on the targets that it was made for: -t cannot be given");
        return err_hint(err, "Make a plan of fewer targets: lockstep plan %s -t \"%s\".", plan->environment,
                        app->target);
    }
    if (app->environment && strcmp(app->environment, plan->environment) != 0) {
        err_set(err, ERR_USAGE, "this plan is for %s, not for %s", plan->environment, app->environment);
        return err_hint(err, "Leave -e out: the plan knows its environment.");
    }
    const struct selection *s = &app->selection;
    if (s->shards) {
        plan = plan_part(app->arena, plan, s);
        if (plan->targets.n == 0) {
            return no_part(app, plan);
        }
    }
    struct environment *e = NULL;
    app->environment = NULL;
    rc = app_environment(app, app->url ? NULL : plan->environment, &e, err);
    rc = rc ? rc : environment_supported(e, USE_APPLY, err);
    if (rc) {
        return rc;
    }
    struct fleet fleet = {0};
    rc = app_fleet_all(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    rc = run_and_report(app, plan, &fleet, command_line(app), err);
    fleet_close(&fleet);
    return rc;
}

static int apply_environment(struct app *app, const char *name, struct err *err)
{
    struct planning p = {.app = app, .leave_out = true};
    int rc = planning_open(&p, name, err);
    if (rc) {
        return rc;
    }
    rc = environment_supported(p.environment, USE_APPLY, err);
    if (app->yes) {
        fleet_keep_for_run(&p.fleet);
    }
    p.request.destination = args_text(&app->args, "to");
    p.request.destination = p.request.destination ? p.request.destination : "heads";
    rc = rc ? rc : planning_make(&p, err);
    if (rc == 0) {
        bool pending = plan_pending(p.plan) > 0;
        bool asked = pending && !app->yes; /* nobody says yes to what they have not seen */
        if (app->json ? !pending : !app->quiet || asked) {
            planning_show(&p);
        }
        fflush(stdout);
        if (pending) {
            rc = print_confirm(app, err, "Apply this to %s?", p.environment->name);
            rc = rc ? rc : run_and_report(app, p.plan, &p.fleet, command_line(app), err);
        } else if (p.plan->left_out.n) {
            rc = EXIT_WITHIN_BUDGET;
        }
    }
    planning_close(&p);
    return rc;
}

static bool is_plan_file(const char *word)
{
    size_t n = strlen(word);
    return strchr(word, '/') || (n > 5 && strcmp(word + n - 5, ".yaml") == 0) ||
           (n > 4 && strcmp(word + n - 4, ".yml") == 0);
}

static int run(struct app *app, struct err *err)
{
    const char *what = args_word(&app->args, 0);
    if (args_flag(&app->args, "join") && !(what && is_plan_file(what))) {
        err_set(err, ERR_USAGE, "--join needs a plan file: all who join carry out the same plan");
        return err_hint(err, "Save one with \"lockstep plan ENVIRONMENT\", and give it to each of them.");
    }
    int rc = app_join(app, err);
    if (rc) {
        return rc;
    }
    return what && is_plan_file(what) ? apply_file(app, what, err) : apply_environment(app, what, err);
}

const struct command command_apply = {
    .name = "apply",
    .streams = true,
    .group = GROUP_ORCHESTRATION,
    .summary = "carry out a plan",
    .description =
        "Given a plan file, runs exactly that: a plan whose file was changed is refused, and so is each "
        "target that has "
        "moved since. Given an environment, plans, shows, asks (unless --yes) and runs.\n\n"
        "A failing target is rolled back; where the database commits schema changes at once, its finished "
        "revisions are "
        "taken back by their downgrade sections. What happens to the other targets is the environment's "
        "rollout.on_failure. Ctrl-C cancels the statement in flight and rolls back.",
    .arguments = (const struct argument_spec[]){{.name = "PLAN-OR-ENVIRONMENT",
                                                 .help = "a plan file, or an environment's name",
                                                 .complete = COMPLETE_PLAN,
                                                 .optional = true},
                                                {0}},
    .options =
        (const struct option_spec[]){{0, "to", "DESTINATION", .help = "with an environment: head, +2, an id",
                                      .complete = COMPLETE_REVISION},
                                     {0, "transaction", "MODE",
                                      .help = "one transaction for the plan, or one a revision",
                                      .choices = "plan|revision"},
                                     TARGET_OPTIONS,
                                     JOIN_OPTIONS,
                                     {0}},
    .examples =
        (const struct example[]){{"lockstep apply plans/production-3f9a1c2b4d5e.yaml", "run a saved plan"},
                                 {"lockstep apply dev --yes", "plan and run, without a question"},
                                 {"lockstep apply plans/production-3f9a1c2b4d5e.yaml --join",
                                  "on any number of machines, with a store on a server"},
                                 {"lockstep apply plans/production-3f9a1c2b4d5e.yaml --shard 3/8",
                                  "one of eight jobs that share nothing"},
                                 {0}},
    .run = run,
};
