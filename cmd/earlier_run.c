/* Runs of before. */
#include "cmd/earlier_run.h"
#include "cmd/run_report.h"
#include "engine/store/audit.h"
#include <fnmatch.h>

/* Was anything changed on a target, as far as the store knows? */
static int did_something(struct app *app, struct store *store, const char *run, bool *out, struct err *err)
{
    run_target_rows_t rows = {0};
    int rc = runs_targets(store, app->arena, run, &rows, err);
    const struct run_target_row *t;
    *out = false;
    vec_each (t, &rows) {
        bool at_work = t->state == RUN_TARGET_CLAIMED || t->state == RUN_TARGET_HELD;
        *out = *out || at_work || t->commit_order > 0 || t->steps_done > 0 || t->taken_back > 0;
    }
    return rc;
}

/* Of those that have ended, the newest that did something, else the newest. */
static int find_last(struct app *app, struct store *store, struct run_row *out, struct err *err)
{
    run_summaries_t runs = {0};
    struct run_row newest = {0};
    int rc = audit_runs(store, app->arena, 100, &runs, err);
    for (size_t i = 0; rc == 0 && i < runs.n; i++) {
        struct run_row row = {0};
        bool did = false;
        struct err none; /* a stamp is a run without a plan */
        if (runs_find(store, app->arena, runs.items[i].run, &row, &none) == 0) {
            newest = newest.run ? newest : row;
            rc = did_something(app, store, row.run, &did, err);
        }
        if (did) {
            *out = row;
            return rc;
        }
    }
    *out = newest;
    return rc;
}

static int read_run(struct app *app, const char *id, bool ended, struct earlier_run *r, struct err *err)
{
    struct store *store = NULL;
    run_rows_t open = {0};
    int rc = app_store(app, false, &store, err);
    if (rc) {
        return rc;
    }
    rc = id ? runs_find(store, app->arena, id, &r->row, err) : runs_open(store, app->arena, &open, err);
    if (rc == 0 && open.n > 0) {
        rc = runs_find(store, app->arena, open.items[0].run, &r->row, err);
    } else if (rc == 0 && !id && ended) {
        rc = find_last(app, store, &r->row, err);
    }
    rc = rc || !r->row.run ? rc : runs_targets(store, app->arena, r->row.run, &r->targets, err);
    store_close(store);
    return rc;
}

int earlier_run_open(struct app *app, const char *id, bool ended, struct earlier_run *out, struct err *err)
{
    struct earlier_run r = {0};
    int rc = read_run(app, id, ended, &r, err);
    if (rc || !r.row.run) {
        *out = rc ? *out : r;
        return rc;
    }
    char *name = arena_printf(app->arena, "the plan of run %s", r.row.run);
    rc = plan_parse(app->arena, name, slice_of(r.row.document), &r.plan, err);
    if (rc) {
        return rc;
    }
    if (app->environment && strcmp(app->environment, r.plan->environment) != 0) {
        err_set(err, ERR_USAGE, "run %s is of %s, not of %s", r.row.run, r.plan->environment,
                app->environment);
        return err_hint(err, "Leave -e out: the run knows its environment.");
    }
    struct selection selection = app->selection;
    app->selection = (struct selection){0};
    app->environment = NULL;
    rc = app_environment(app, app->url ? NULL : r.plan->environment, &r.environment, err);
    rc = rc ? rc : environment_supported(r.environment, USE_APPLY, err);
    rc = rc ? rc : app_fleet_all(app, r.environment, &r.fleet, err);
    app->selection = selection;
    if (rc == 0) {
        *out = r;
    }
    return rc;
}

void earlier_run_close(struct earlier_run *r)
{
    fleet_close(&r->fleet);
}

int earlier_run_selected(struct app *app, const struct earlier_run *r, size_t *n, struct err *err)
{
    size_t found = 0;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        found += !app->target || fnmatch(app->target, r->plan->targets.items[i].name, 0) == 0;
    }
    if (found == 0) {
        return err_set(err, ERR_USAGE, "no target of run %s matches \"%s\"", r->row.run, app->target);
    }
    *n = found;
    return 0;
}
