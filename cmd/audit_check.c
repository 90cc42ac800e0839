/* Verifying the audit log against itself and against the heads that targets recorded. */
#include "cmd/audit_check.h"
#include "cmd/report.h"
#include "engine/fleet.h"

struct check {
    struct app *app;
    struct store *store;
    struct report *report;
    size_t wrong, unreachable, heads, foreign;
};

enum { COL_PLACE, COL_PROBLEM };
static const struct column columns[] = {{"place", "WHERE", 0}, {"problem", "PROBLEM", COLUMN_WRAP}};

static void problem(struct check *c, const char *place, const char *text)
{
    struct report_row *row = report_row(c->report, NULL);
    report_text(row, COL_PLACE, place);
    report_text(row, COL_PROBLEM, text);
    report_style(row, COL_PROBLEM, STYLE_RED);
}

/* What a target's history says of the logs of its runs. */
struct memory {
    strings_t runs, heads;
};

static int ask_member(void *arg, struct fleet *fleet, struct member *m, struct err *err)
{
    struct memory *of = (struct memory *)arg + (m - fleet->members.items);
    int rc = member_connect(fleet, m, false, err);
    return rc ? rc : history_heads(&m->book, m->conn, &m->arena, &of->runs, &of->heads, err);
}

/* A head in a target's history must be an event of this log, if the run was recorded in this store at all. */
static int check_member(struct check *c, const struct member *m, const struct memory *memory, struct err *err)
{
    struct arena *a = c->app->arena;
    char *place = arena_printf(a, "%s/%s", m->environment->name, m->target->name);
    strings_t runs = memory->runs, heads = memory->heads;
    if (m->err) {
        c->unreachable++;
        problem(c, place, arena_printf(a, "could not be asked: %s", m->err->message));
        return 0;
    }
    for (size_t i = 0; i < heads.n; i++) {
        bool known = false;
        c->heads++;
        if (!store_owns_run(c->store, runs.items[i])) {
            c->foreign++;
            continue;
        }
        int rc = audit_has_digest(c->store, heads.items[i], &known, err);
        if (rc) {
            return rc;
        }
        if (known) {
            continue;
        }
        c->wrong++;
        problem(c, place,
                arena_printf(
                    a,
                    "its history has run %s with the log's head %.12s..., which the log does not have: the "
                    "end of the log was cut off",
                    runs.items[i], heads.items[i]));
    }
    return 0;
}

static int check_fleet(struct check *c, struct fleet *fleet, struct err *err)
{
    struct memory *memories = arena_array(c->app->arena, fleet->members.n + 1, sizeof(*memories));
    int rc = 0;
    fleet_each(fleet, true, ask_member, memories);
    for (size_t k = 0; k < fleet->members.n && rc == 0; k++) {
        rc = check_member(c, &fleet->members.items[k], &memories[k], err);
    }
    return rc;
}

static int check_targets(struct check *c, struct err *err)
{
    struct project *p = NULL;
    struct environment **list = NULL;
    size_t n = 0;
    int rc = app_project(c->app, &p, err);
    rc = rc ? rc : app_environments(c->app, &list, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct fleet fleet = {0};
        struct err failure = {0};
        int opened = fleet_expand(c->app->arena, p, list[i], &failure);
        opened = opened ? opened : fleet_open(c->app->arena, p, list[i], NULL, &fleet, &failure);
        if (opened) { /* no reason to keep quiet about what was found elsewhere */
            c->unreachable++;
            problem(c, list[i]->name, arena_printf(c->app->arena, "could not be asked: %s", failure.message));
        }
        rc = check_fleet(c, &fleet, err);
        fleet_close(&fleet);
    }
    return rc;
}

static int check_runs(struct check *c, struct err *err)
{
    run_summaries_t runs = {0};
    int rc = audit_runs(c->store, c->app->arena, 0, &runs, err);
    for (size_t i = 0; i < runs.n && rc == 0; i++) {
        if (!runs.items[i].outcome) {
            problem(c, runs.items[i].run,
                    "has no end: it is at work now, it died, or the end of the log was cut off; the next run "
                    "settles it");
            c->wrong++;
        }
    }
    return rc;
}

int audit_check(struct app *app, struct store *store, struct err *err)
{
    struct check c = {.app = app, .store = store};
    c.report = report_new(app, "problems", columns, COUNT_OF(columns));
    int64_t events = 0, bad = 0;
    struct err chain = {0};
    int rc = audit_verify(store, &events, &bad, &chain);
    if (rc && !bad) {
        *err = chain;
        return rc;
    }
    if (bad) {
        c.wrong++;
        problem(&c, arena_printf(app->arena, "event %lld", (long long)bad), chain.message);
    }
    rc = check_runs(&c, err);
    rc = rc || args_flag(&app->args, "offline") ? rc : check_targets(&c, err);
    if (rc) {
        return rc;
    }
    report_fact_int(c.report, "events", "Events", events);
    report_fact_int(c.report, "heads", "Heads found in targets", (int64_t)c.heads);
    if (c.foreign) {
        report_fact_int(c.report, "elsewhere", "Of them recorded in other stores", (int64_t)c.foreign);
    }
    report_empty(c.report, "the audit log is whole");
    rc = report_print(c.report, err);
    if (rc) {
        return rc;
    }
    if (c.wrong) {
        return err_set(err, ERR_FAILED, "the audit log is not whole: %zu problem%s", c.wrong,
                       c.wrong == 1 ? "" : "s");
    }
    if (c.unreachable) {
        return err_set(err, ERR_UNREACHABLE, "%zu target%s could not be asked", c.unreachable,
                       c.unreachable == 1 ? "" : "s");
    }
    return 0;
}
