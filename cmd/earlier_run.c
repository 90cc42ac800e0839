/* Runs of before. */
#include "cmd/earlier_run.h"
#include "cmd/run_report.h"
#include "engine/store/audit.h"
#include <fnmatch.h>

/* The newest run of all, when none is unfinished. */
static int find_last(struct app *app, struct store *store, struct run_row *out, struct err *err)
{
    struct err none = {0};
    run_summaries_t runs = {0};
    if (runs_find(store, app->arena, NULL, out, &none) == 0) {
        return 0;
    }
    int rc = audit_runs(store, app->arena, 20, &runs, err);
    for (size_t i = 0; rc == 0 && i < runs.n; i++) { /* a stamp is a run without a plan */
        if (runs_find(store, app->arena, runs.items[i].run, out, &none) == 0) {
            return 0;
        }
    }
    return rc ? rc : err_set(err, ERR_USAGE, "there is no run in the store");
}

static int read_run(struct app *app, const char *id, bool ended, struct earlier_run *r, struct err *err)
{
    struct store *store = NULL;
    int rc = app_store(app, false, &store, err);
    if (rc) {
        return rc;
    }
    rc = !id && ended ? find_last(app, store, &r->row, err) : runs_find(store, app->arena, id, &r->row, err);
    rc = rc ? rc : runs_targets(store, app->arena, r->row.run, &r->targets, err);
    store_close(store);
    return rc;
}

int earlier_run_open(struct app *app, const char *id, bool ended, struct earlier_run *out, struct err *err)
{
    struct earlier_run r = {0};
    int rc = read_run(app, id, ended, &r, err);
    if (rc) {
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
    rc = rc ? rc : app_fleet(app, r.environment, &r.fleet, err);
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
