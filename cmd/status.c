/* lockstep status */
#include "cmd/report.h"
#include "engine/fleet.h"

enum { COL_ENVIRONMENT, COL_TARGET, COL_AT, COL_BEHIND, COL_STATE, COL_HINT };
static const struct column columns[] = {
    {"environment", "ENVIRONMENT", 0},  {"target", "TARGET", 0},         {"at", "AT", 0},
    {"behind", "BEHIND", COLUMN_RIGHT}, {"state", "STATE", COLUMN_WRAP}, {"error", NULL, COLUMN_JSON_ONLY}};

struct tally {
    size_t pending, unreachable, unknown;
};

/* How many revisions of the graph the position does not stand for. */
static size_t behind(struct arena *a, const struct graph *g, const struct position *at)
{
    revisions_t standing = {0};
    position_revisions(a, g, at, &standing);
    return g->all.n - standing.n;
}

static void add_row(struct app *app, struct report *r, struct member *m, const struct graph *g,
                    struct tally *tally)
{
    struct report_row *row = report_row(r, NULL);
    report_text(row, COL_ENVIRONMENT, m->environment->name);
    report_text(row, COL_TARGET, m->target->name);
    if (m->err.status) {
        tally->unreachable += m->err.status == ERR_UNREACHABLE;
        tally->unknown += m->err.status != ERR_UNREACHABLE;
        report_text(row, COL_STATE, m->err.message);
        report_style(row, COL_STATE, STYLE_RED);
        report_text(row, COL_HINT, m->err.message);
        return;
    }
    const struct target_state *s = &m->state;
    report_text(row, COL_AT, position_text(app->arena, &s->at.ids));
    struct err err = {0};
    if (position_check(g, &s->at, &err)) {
        tally->unknown++;
        report_text(row, COL_STATE, err.message);
        report_style(row, COL_STATE, STYLE_RED);
        report_text(row, COL_HINT, err.message);
        return;
    }
    size_t n = behind(app->arena, g, &s->at);
    report_int(row, COL_BEHIND, (int64_t)n);
    struct err busy = {0};
    if (s->half.present && member_check_running(m, app->arena, &busy) == ERR_REFUSED) {
        tally->pending++;
        report_text(row, COL_STATE, busy.message);
        report_style(row, COL_STATE, STYLE_YELLOW);
    } else if (s->half.present) {
        tally->pending++;
        report_textf(row, COL_STATE, "inside %s: %lld of %lld statements took effect", s->half.revision,
                     (long long)s->half.done, (long long)s->half.total);
        report_style(row, COL_STATE, STYLE_RED);
    } else if (n == 0) {
        report_text(row, COL_STATE, "up to date");
        report_style(row, COL_STATE, STYLE_GREEN);
    } else {
        tally->pending++;
        report_textf(row, COL_STATE, "%zu pending", n);
        report_style(row, COL_STATE, STYLE_YELLOW);
    }
}

static int add_environment(struct app *app, struct report *r, struct environment *e, const struct graph *g,
                           struct tally *tally, struct err *err)
{
    struct fleet fleet = {0};
    int rc = app_fleet(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    fleet_read(&fleet);
    struct member *m;
    vec_each (m, &fleet.members) {
        add_row(app, r, m, g, tally);
    }
    fleet_close(&fleet);
    return 0;
}

static int add_all(struct app *app, struct report *r, const struct graph *g, struct tally *tally,
                   struct err *err)
{
    struct environment **list = NULL;
    size_t n = 0;
    const char *name = args_word(&app->args, 0);
    if (name || app->environment || app->url) {
        struct environment *e = NULL;
        int rc = app_environment(app, name, &e, err);
        return rc ? rc : add_environment(app, r, e, g, tally, err);
    }
    struct project *p = NULL;
    int rc = app_project(app, &p, err);
    rc = rc ? rc : app_environments(app, &list, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = fleet_expand(app->arena, p, list[i], err);
        rc = rc ? rc : add_environment(app, r, list[i], g, tally, err);
    }
    return rc;
}

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    struct tally tally = {0};
    struct report *r = report_new(app, "targets", columns, COUNT_OF(columns));
    rc = add_all(app, r, g, &tally, err);
    rc = rc ? rc : report_print(r, err);
    if (rc) {
        return rc;
    }
    if (tally.unreachable) {
        return err_set(err, ERR_UNREACHABLE, "%zu target%s could not be reached", tally.unreachable,
                       tally.unreachable == 1 ? "" : "s");
    }
    if (tally.unknown) {
        return err_set(err, ERR_FAILED, "%zu target%s could not be judged", tally.unknown,
                       tally.unknown == 1 ? "" : "s");
    }
    return tally.pending ? EXIT_DIFFERENCE : 0;
}

const struct command command_status = {
    .name = "status",
    .group = GROUP_ORCHESTRATION,
    .summary = "where every target of every environment stands",
    .description =
        "Connects to every target and compares its version table with the revisions of this checkout. Exits "
        "with 2 when something is pending anywhere, 69 when a target cannot be reached.",
    .arguments = (const struct argument_spec[]){{.name = "ENVIRONMENT",
                                                 .help = "only this one",
                                                 .complete = COMPLETE_ENVIRONMENT,
                                                 .optional = true},
                                                {0}},
    .options = (const struct option_spec[]){TARGET_OPTIONS, {0}},
    .examples = (const struct example[]){{"lockstep status", "the whole project"},
                                         {"lockstep status production --format json",
                                          "one environment, for a script"},
                                         {0}},
    .run = run,
};
