/* Unfinished runs in words. */
#include "cmd/status_runs.h"
#include "base/file.h"
#include "cmd/run_report.h"
#include "engine/store/runs.h"
#include "engine/store/store.h"

static size_t count_done(const run_target_rows_t *targets)
{
    size_t n = 0;
    const struct run_target_row *t;
    vec_each (t, targets) {
        n += t->state == RUN_TARGET_ENDED && t->outcome &&
             (strcmp(t->outcome, "done") == 0 || strcmp(t->outcome, "unchanged") == 0);
    }
    return n;
}

static const char *wave_name(struct app *app, struct store *store, const struct run_row *r)
{
    struct run_row full;
    struct plan *plan = NULL;
    struct err unreadable;
    bool known = runs_find(store, app->arena, r->run, &full, &unreadable) == 0 &&
                 plan_parse(app->arena, r->run, slice_of(full.document), &plan, &unreadable) == 0 &&
                 r->wave >= 0 && (size_t)r->wave < plan->waves.n;
    return known ? plan->waves.items[r->wave].name : "?";
}

static const char *why_it_stands(struct app *app, struct store *store, const struct run_row *r)
{
    switch (r->state) {
    case RUN_STATE_WAITING:
        return arena_printf(app->arena, "waits for a person after wave %s", wave_name(app, store, r));
    case RUN_STATE_TAKING_BACK:
        return "stopped while it was taking back";
    case RUN_STATE_STOPPING:
        return r->exit_status < 0 ? "has died" : "was stopped";
    case RUN_STATE_OPEN:
    case RUN_STATE_ENDED:
    case RUN_STATE_COUNT:
        break;
    }
    return "has died";
}

static int describe(struct app *app, struct store *store, const struct run_row *r, const char **out,
                    struct err *err)
{
    struct arena *a = app->arena;
    run_target_rows_t targets = {0};
    struct run_holder holder = {0};
    int rc = runs_targets(store, a, r->run, &targets, err);
    rc = rc ? rc : runs_holder(store, a, r->run, &holder, err);
    if (rc) {
        return rc;
    }
    char *head = arena_printf(a, "run %s of %s (%s)", r->run, r->environment, r->command ? r->command : "");
    char *tail = arena_printf(a, "%zu of %zu targets done", count_done(&targets), targets.n);
    *out =
        holder.host
            ? arena_printf(a, "%s is at work: process %lld on %s, since %s; %s", head, (long long)holder.pid,
                           holder.host, time_format(a, holder.since_us, false), tail)
            : arena_printf(a,
                           "%s %s; %s\n  to go on:   lockstep resume %s\n  to go back: lockstep rollback %s",
                           head, why_it_stands(app, store, r), tail, r->run, r->run);
    return 0;
}

int status_runs(struct app *app, const char *environment, strings_t *sentences, strings_t *ids,
                struct err *err)
{
    struct store *store = NULL;
    run_rows_t rows = {0};
    int rc = app_store(app, false, &store, err);
    if (rc) {
        return rc;
    }
    if (app->project && app->project->store_named && !store_is_there(store)) {
        print_note(app, "there is no store at %s yet: the first run makes it", store_place(store));
    }
    rc = runs_open(store, app->arena, &rows, err);
    for (size_t i = 0; rc == 0 && i < rows.n; i++) {
        const struct run_row *r = &rows.items[i];
        if (!environment || strcmp(r->environment, environment) == 0) {
            *vec_push(app->arena, ids) = r->run;
            rc = describe(app, store, r, vec_push(app->arena, sentences), err);
        }
    }
    store_close(store);
    return rc;
}
