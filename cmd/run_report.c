/* Carrying a plan out from the command line. */
#include "cmd/run_report.h"
#include "base/file.h"
#include "cmd/alembic_env.h"
#include "cmd/interrupt.h"
#include "cmd/plan_show.h"
#include "cmd/report.h"
#include "cmd/run_display.h"
#include "cmd/run_jsonl.h"
#include "cmd/run_summary.h"
#include <unistd.h>

static json_t *result_json(const struct run_result *result, const struct plan *plan)
{
    json_t *o = json_object();
    json_object_set_new(o, "run", json_text(result->run));
    json_object_set_new(o, "environment", json_text(plan->environment));
    json_object_set_new(o, "plan", json_text(plan->digest));
    json_object_set_new(o, "exit", json_integer(result->exit_status));
    json_object_set_new(o, "open", json_boolean(result->open));
    if (result->waits_after) {
        json_object_set_new(o, "waits_after", json_text(result->waits_after));
    }
    json_t *replaced = json_array();
    for (size_t i = 0; i < result->replaced.n; i++) {
        json_array_append_new(replaced, json_text(result->replaced.items[i]));
    }
    json_object_set_new(o, "replaces", replaced);
    json_t *list = json_array();
    for (size_t i = 0; i < result->targets.n; i++) {
        json_array_append_new(list, target_result_json(&result->targets.items[i]));
    }
    json_object_set_new(o, "targets", list);
    json_object_set_new(o, "left_out", left_out_json(plan));
    return o;
}

static void print_left_out(const struct plan *plan)
{
    for (size_t i = 0; i < plan->left_out.n; i++) {
        printf("%s%s",
               i ? ", " : "left out of the plan, and counted as failed: ", plan->left_out.items[i].name);
    }
    if (plan->left_out.n) {
        putchar('\n');
    }
}

/* Nothing of the run has failed for it, but "lockstep drift" will have nothing to compare with. */
static void warn_of_snapshots(struct app *app, const struct run_result *result)
{
    size_t n = 0;
    const struct target_result *t, *first = NULL;
    vec_each (t, &result->targets) {
        n += t->snapshot_error != NULL;
        first = first || !t->snapshot_error ? first : t;
    }
    if (n) {
        print_warning(app, "the schema of %s%s could not be kept for \"lockstep drift\": %s", first->name,
                      n == 1 ? "" : arena_printf(app->arena, " (and of %zu more targets)", n - 1),
                      first->snapshot_error);
    }
}

static void print_result(struct app *app, const struct run_result *result, const struct plan *plan,
                         int64_t took_us)
{
    if (app->jsonl) {
        AUTO(strbuf_release) struct strbuf line = STRBUF_INIT;
        run_jsonl_add(&line, "result", result->run, result_json(result, plan));
        fputs(strbuf_cstr(&line), stdout);
    } else if (app->json) {
        json_print(result_json(result, plan));
    } else {
        run_summary_print(app, result, took_us);
        print_left_out(plan);
    }
    fflush(stdout); /* an interrupt that came late must not keep people from reading what was done */
}

/* The end of a run whose status is not 0, in words. */
static int end_words(const struct run_result *r, struct err *err)
{
    int status = -r->exit_status;
    const struct target_result *first = NULL;
    for (size_t i = 0; i < r->targets.n && !first; i++) {
        first = r->targets.items[i].err.status ? &r->targets.items[i] : NULL;
    }
    if (status == ERR_INTERRUPTED) {
        return err_set(err, status, "interrupted; every target is in the state told above");
    }
    if (r->targets.n == 1 && first) {
        return err_set(err, status, "%s %s", first->name, target_outcome_name(first->outcome));
    }
    if (r->failed == 0 && r->pause.status) {
        *err = r->pause;
        return status;
    }
    return err_set(err, status, "%zu of %zu targets failed", r->failed, r->targets.n);
}

/* What to do next. A run of one target is simply given again. */
static int status_of(struct app *app, const struct plan *plan, const struct run_result *r, struct err *err)
{
    if (r->exit_status == 0) {
        return 0;
    }
    if (r->exit_status == EXIT_WITHIN_BUDGET) {
        size_t out = plan->left_out.n;
        print_note(app, "%zu of %zu targets failed, which is within the failure budget", r->failed + out,
                   r->targets.n + out);
        return EXIT_WITHIN_BUDGET;
    }
    if (r->waits_after) {
        print_note(app, "wave %s is done, and the run waits for a person", r->waits_after);
        print_note(app, "\"lockstep resume %s\" goes on, \"lockstep rollback %s\" takes back", r->run,
                   r->run);
        return EXIT_DIFFERENCE;
    }
    int status = end_words(r, err);
    if (r->open && r->targets.n > 1 && !err->hint[0]) {
        err_hint(err,
                 "\"lockstep resume %s\" goes on with what is left, \"lockstep rollback %s\" takes back.",
                 r->run, r->run);
    }
    return status;
}

int app_store(struct app *app, bool create, struct store **out, struct err *err)
{
    struct project *p = NULL;
    struct err none;
    if (app_project(app, &p, app->url ? &none : err) == 0) {
        return store_open_project(p, create, out, err);
    }
    return app->url ? store_open(".lockstep/store.db", create, out, err) : err->status;
}

static enum display_form form_of(const struct app *app, const struct plan *plan)
{
    bool live = print_is_terminal(stderr);
    return app->quiet             ? DISPLAY_NONE
           : app->jsonl           ? DISPLAY_JSONL
           : app->json            ? DISPLAY_PULSE
           : live                 ? DISPLAY_LIVE
           : plan->targets.n == 1 ? DISPLAY_PULSE
                                  : DISPLAY_LINES;
}

static int carry_out(struct app *app, const struct plan *plan, struct fleet *fleet,
                     const struct run_again *again, const char *command, struct err *err)
{
    struct store *store = NULL;
    const struct alembic_env *alembic = NULL;
    int rc = app_alembic(app, false, &alembic, err);
    rc = rc ? rc : app_store(app, true, &store, err);
    if (rc) {
        return rc;
    }
    struct run_control control;
    rc = run_control_init(&control, err);
    if (rc) {
        store_close(store);
        return rc;
    }
    struct run_display *display = NULL;
    rc = run_display_start(app, plan, form_of(app, plan), &display, err);
    struct interrupt_watch watch = {
        .notify = run_display_interrupted, .resumed = run_display_resumed, .arg = display};
    rc = rc ? rc : interrupt_watch_start(&watch, &control, err);
    if (rc == 0) {
        struct run_opts opts = {.store = store,
                                .fleet = fleet,
                                .control = &control,
                                .command = command,
                                .again = again,
                                .join = app->join,
                                .lease_ms = app->lease_s * 1000,
                                .alembic = alembic,
                                .on_event = run_display_event,
                                .arg = display};
        struct run_result result = {0};
        int64_t begun_us = time_monotonic_us();
        rc = run_plan(app->arena, plan, &opts, &result, err);
        run_display_settle(display);
        for (size_t i = 0; i < result.replaced.n; i++) {
            print_note(app, "run %s had not ended: run %s takes its place", result.replaced.items[i],
                       result.run);
        }
        if (result.run) {
            print_result(app, &result, plan, time_monotonic_us() - begun_us);
            warn_of_snapshots(app, &result);
        }
        interrupt_watch_stop(&watch);
        rc = rc ? rc : status_of(app, plan, &result, err);
    }
    run_display_stop(display);
    run_control_release(&control);
    store_close(store);
    return rc;
}

int app_join(struct app *app, struct err *err)
{
    app->join = args_flag(&app->args, "join");
    if (!app->join && args_text(&app->args, "lease")) {
        return err_set(err, ERR_USAGE, "--lease goes with --join");
    }
    return args_int(&app->args, "lease", 1, 86400, &app->lease_s, err);
}

int run_and_report(struct app *app, const struct plan *plan, struct fleet *fleet, const char *command,
                   struct err *err)
{
    return carry_out(app, plan, fleet, NULL, command, err);
}

int run_again_and_report(struct app *app, const struct plan *plan, struct fleet *fleet,
                         const struct run_again *again, struct err *err)
{
    return carry_out(app, plan, fleet, again, command_line(app), err);
}
