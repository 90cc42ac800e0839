/* lockstep promote */
#include "engine/planner/promote.h"
#include "cmd/plan_make.h"
#include "cmd/plan_show.h"
#include "cmd/run_report.h"

static int check_route(const struct environment *from, const struct environment *to, struct err *err)
{
    if (strcmp(from->name, to->name) == 0) {
        return err_set(err, ERR_USAGE, "%s cannot be promoted to itself", from->name);
    }
    if (to->promotes_from && strcmp(to->promotes_from, from->name) != 0) {
        err_set(err, ERR_REFUSED, "%s takes promotions from %s, not from %s", to->name, to->promotes_from,
                from->name);
        return err_hint(err, "\"promotes_from\" in %s says so.", to->file);
    }
    return environment_supported(to, USE_PROMOTE, err);
}

/* The plan for `to`, limited to what `from` has proved. */
static int plan_promotion(struct app *app, struct planning *p, struct environment *from, struct err *err)
{
    struct fleet source = {0};
    struct project *project = NULL;
    int rc = app_project(app, &project, err);
    rc = rc ? rc : fleet_open(app->arena, project, from, NULL, &source, err);
    if (rc) {
        return rc;
    }
    revisions_t *allowed = arena_alloc(app->arena, sizeof(*allowed));
    strings_t held = {0}, *relevant = arena_alloc(app->arena, sizeof(*relevant));
    rc = promotion_evidence(app->arena, &source, p->graph, allowed, &held, err);
    fleet_close(&source);
    if (rc) {
        return err_wrap(err, "evidence from %s", from->name);
    }
    if (fleet_read(&p->fleet, false) > 0) {
        return fleet_first_error(&p->fleet, err);
    }
    promotion_held_for(app->arena, &p->fleet, p->graph, &held, relevant);
    p->request.within = allowed;
    p->request.held_back = relevant;
    p->request.promotes_from = from->name;
    return planning_make(p, err);
}

/* Plan saved and shown: run it if somebody says so. */
static int offer(struct app *app, struct planning *p, struct err *err)
{
    if (!app->json || !app->yes) {
        planning_show(p);
        fflush(stdout);
    }
    if (plan_pending(p->plan) == 0) {
        return 0;
    }
    if (args_flag(&app->args, "plan-only")) {
        return EXIT_DIFFERENCE;
    }
    int rc = environment_supported(p->environment, USE_APPLY, err);
    rc = rc ? rc : print_confirm(app, err, "Apply this to %s?", p->environment->name);
    if (rc) {
        return rc == ERR_REFUSED ? err_hint(err, "The plan is saved; run it with: lockstep apply %s", p->file)
                                 : rc;
    }
    return run_and_report(app, p->plan, &p->fleet, command_line(app), err);
}

static int run(struct app *app, struct err *err)
{
    struct environment *from = NULL;
    struct planning p = {.app = app, .save = true};
    int rc = planning_open(&p, args_word(&app->args, 1), err);
    if (rc) {
        return rc;
    }
    rc = app_environment(app, args_word(&app->args, 0), &from, err);
    rc = rc ? rc : check_route(from, p.environment, err);
    rc = rc ? rc : plan_promotion(app, &p, from, err);
    rc = rc ? rc : offer(app, &p, err);
    planning_close(&p);
    return rc;
}

const struct command command_promote = {
    .name = "promote",
    .streams = true,
    .group = GROUP_ORCHESTRATION,
    .summary = "bring what one environment has proved to the next",
    .description = "Plans the second environment up to those revisions that every target of the first one "
                   "has run, with the same "
                   "checksums as the files have now. What is held back, and why, is listed. The plan is "
                   "saved and shown; then it is "
                   "run after a question, or at once with --yes.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "FROM", .help = "the environment that has them", .complete = COMPLETE_ENVIRONMENT},
            {.name = "TO", .help = "the environment to bring them to", .complete = COMPLETE_ENVIRONMENT},
            {0}},
    .options =
        (const struct option_spec[]){
            {0, "plan-only", NULL, .help = "save and show the plan; exit with 2 when something is pending"},
            {'o', "out", "FILE", .help = "where to save the plan", .complete = COMPLETE_FILE},
            {0, "transaction", "MODE", .help = "one transaction for the plan, or one a revision",
             .choices = "plan|revision"},
            TARGET_OPTIONS,
            {0}},
    .examples =
        (const struct example[]){{"lockstep promote dev staging", "show, ask, run"},
                                 {"lockstep promote staging production --plan-only", "a plan to be approved"},
                                 {0}},
    .run = run,
};
