/* lockstep current */
#include "cmd/report.h"
#include "engine/fleet.h"

static const struct column columns[] = {
    {"target", "TARGET", 0}, {"revision", "REVISION", 0}, {"head", "HEAD", 0}, {"message", "MESSAGE", 0}};
enum { COLUMN_TARGET, COLUMN_REVISION, COLUMN_HEAD, COLUMN_MESSAGE };

static void add_position(struct app *app, struct report *r, const struct member *m, const struct graph *g)
{
    const strings_t *ids = &m->state.at.ids;
    for (size_t i = 0; i < ids->n; i++) {
        const struct revision *rev = g ? graph_find(g, ids->items[i]) : NULL;
        if (app->json) {
            struct report_row *row = report_row(r, NULL);
            report_text(row, COLUMN_TARGET, m->target->name);
            report_text(row, COLUMN_REVISION, ids->items[i]);
            report_bool(row, COLUMN_HEAD, rev && revision_is_head(rev));
            report_text(row, COLUMN_MESSAGE, rev ? rev->message : NULL);
            continue;
        }
        printf("%s%s%s\n", ids->items[i], rev && revision_is_head(rev) ? " (head)" : "",
               g && !rev ? " (not in this checkout)" : "");
        if (app->verbose && rev) {
            printf("    %s\n    %s\n", rev->message, rev->file);
        }
    }
    if (m->state.half.present && !app->json) {
        print_warning(app, "%s is inside revision %s: %lld of %lld statements took effect (run %s)",
                      m->target->name, m->state.half.revision, (long long)m->state.half.done,
                      (long long)m->state.half.total, m->state.half.run);
    }
}

static int run(struct app *app, struct err *err)
{
    struct environment *e = NULL;
    struct target *t = NULL;
    int rc = app_environment(app, NULL, &e, err);
    rc = rc ? rc : app_target(app, e, &t, err);
    if (rc) {
        return rc;
    }
    struct graph *g = NULL;
    struct err no_graph = {0};
    rc = app_graph(app, &g, app->url ? &no_graph : err);
    if (rc && !app->url) {
        return rc;
    }
    struct fleet fleet = {0};
    rc = app_fleet(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    struct member *m = fleet_find(&fleet, t->name);
    rc = member_read(&fleet, m, err);
    fleet_close(&fleet);
    if (rc) {
        return rc;
    }
    struct report *r = report_new(app, "current", columns, COUNT_OF(columns));
    add_position(app, r, m, g);
    rc = app->json ? report_print(r, err) : 0;
    if (rc || !args_flag(&app->args, "check-heads") || !g) {
        return rc;
    }
    size_t at_heads = 0;
    for (size_t i = 0; i < m->state.at.ids.n; i++) {
        const struct revision *rev = graph_find(g, m->state.at.ids.items[i]);
        at_heads += rev && revision_is_head(rev);
    }
    return at_heads == g->heads.n && at_heads == m->state.at.ids.n ? 0 : EXIT_DIFFERENCE;
}

const struct command command_current = {
    .name = "current",
    .group = GROUP_DATABASE,
    .summary = "show the revision that a database is at",
    .description =
        "Prints one line for each id in the version table, and nothing for a database without revisions. An "
        "id that no file of this checkout has is marked.",
    .options =
        (const struct option_spec[]){
            {0, "check-heads", NULL, .help = "exit with 2 unless the database is at every head"}, {0}},
    .examples = (const struct example[]){{"lockstep current -e production", "where production is"},
                                         {"lockstep current -v", "with message and file"},
                                         {0}},
    .run = run,
};
