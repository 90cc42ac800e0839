/* lockstep resume */
#include "cmd/earlier_run.h"
#include "cmd/run_report.h"

static void say_wait(void *arg, const char *target, const char *text)
{
    print_note(arg, "%s: waiting: %s", target, text);
}

static int read_answer(struct app *app, const struct earlier_run *r, struct recover_opts *out,
                       struct err *err)
{
    bool took = args_flag(&app->args, "took-effect"), none = args_flag(&app->args, "no-effect");
    size_t n = 0;
    int rc = earlier_run_selected(app, r, &n, err);
    if (rc) {
        return rc;
    }
    if (took && none) {
        return err_set(err, ERR_USAGE, "--took-effect and --no-effect contradict each other");
    }
    if ((took || none) && n != 1) {
        err_set(err, ERR_USAGE, "--%s is about one target, and %zu are selected",
                took ? "took-effect" : "no-effect", n);
        return err_hint(err, "Name it with -t.");
    }
    out->answer = took ? RECOVER_TOOK_EFFECT : none ? RECOVER_NO_EFFECT : RECOVER_ASK;
    out->on_wait = say_wait;
    out->arg = app;
    out->kill_running = args_flag(&app->args, "kill");
    return 0;
}

static void announce(struct app *app, const struct earlier_run *r)
{
    size_t done = 0;
    const struct run_target_row *t;
    vec_each (t, &r->targets) {
        done += t->outcome && (strcmp(t->outcome, "done") == 0 || strcmp(t->outcome, "unchanged") == 0);
    }
    print_note(app, "run %s of %s goes on: %zu of %zu targets are done", r->row.run, r->plan->environment,
               done, r->targets.n);
}

static int run(struct app *app, struct err *err)
{
    struct earlier_run r = {0};
    struct run_again again = {.row = &r.row, .only = app->target};
    int rc = app_join(app, err);
    rc = rc ? rc : earlier_run_open(app, args_word(&app->args, 0), false, &r, err);
    if (rc == 0 && !r.row.run) {
        print_note(app, "there is nothing to go on with: no run is unfinished");
        print_note(app, "one that ended with failures goes on by its id: \"lockstep audit log\" lists them");
        return 0;
    }
    rc = rc ? rc : read_answer(app, &r, &again.recover, err);
    if (rc == 0) {
        announce(app, &r);
        rc = run_again_and_report(app, r.plan, &r.fleet, &again, err);
    }
    earlier_run_close(&r);
    return rc;
}

const struct command command_resume = {
    .name = "resume",
    .group = GROUP_ORCHESTRATION,
    .summary = "go on with a run that waits, was interrupted or has died",
    .description =
        "The run keeps its id and its plan, which the store has kept: no plan file is needed. Targets that "
        "are "
        "done stay as they are. One that was at work when the run stopped is looked at where it stands, and "
        "finished from there; those that failed are tried again. A run that waits for a person after a wave "
        "takes this as the word to go on.\n\n"
        "Where nothing can tell whether a statement took effect (data changed outside a transaction), look "
        "at "
        "the target and say so, with -t and one of --took-effect and --no-effect.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "RUN", .help = "the beginning of its id; the newest unfinished one", .optional = true},
            {0}},
    .options =
        (const struct option_spec[]){
            {0, "took-effect", NULL, .help = "the statement in flight on this one target took effect"},
            {0, "no-effect", NULL, .help = "the statement in flight on this one target did not"},
            {0, "kill", NULL, .help = "end a statement of the dead run that a server still works at"},
            JOIN_OPTIONS,
            {0}},
    .examples = (const struct example[]){{"lockstep resume", "the newest unfinished run"},
                                         {"lockstep resume r20261121T0930 -t orders-eu --took-effect",
                                          "an undecided statement of one target"},
                                         {0}},
    .streams = true,
    .run = run,
};
