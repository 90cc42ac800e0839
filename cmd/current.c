/* lockstep current */
#include "cmd/report.h"
#include "cmd/revision_print.h"
#include "engine/alembic/project/alembic_project.h"
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
}

static void print_half(struct app *app, const struct member *m)
{
    if (m->state.half.present && !app->json) {
        const struct half_step *half = &m->state.half;
        const char *of = half->total ? arena_printf(app->arena, " of %lld", (long long)half->total) : "";
        print_warning(app, "%s is inside revision %s: %lld%s statements took effect (run %s)",
                      m->target->name, half->revision, (long long)half->done, of, half->run);
    }
}

static bool is_among(const revisions_t *list, const struct revision *r)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i] == r) {
            return true;
        }
    }
    return false;
}

/* What Alembic shows: of all that was applied, dependencies included, what no applied revision revises. */
static void print_alembic(struct app *app, const struct member *m, const struct graph *g)
{
    revisions_t applied = {0};
    position_revisions(app->arena, g, &m->state.at, &applied);
    if (app->verbose) {
        const char *url = app->url ? app->url : app->project->alembic->url;
        printf("Current revision(s) for %s:\n", url_redact(app->arena, slice_of(url)));
    }
    for (size_t i = applied.n; i > 0; i--) {
        const struct revision *r = applied.items[i - 1];
        bool followed = false;
        for (size_t k = 0; k < r->children.n; k++) {
            followed = followed || is_among(&applied, r->children.items[k]);
        }
        if (!followed && app->verbose) {
            revision_print_long(app, r, NULL);
        } else if (!followed) {
            revision_print(app, r, REVISION_TREE, NULL);
        }
    }
}

/* With an id that no file has there is no telling what was applied. */
static bool prints_alembic(struct app *app, const struct member *m, const struct graph *g)
{
    for (size_t i = 0; g && i < m->state.at.ids.n; i++) {
        const struct revision *r = graph_find(g, m->state.at.ids.items[i]);
        if (!r || strcmp(r->id, m->state.at.ids.items[i]) != 0) {
            return false;
        }
    }
    return g && !app->json && app_is_alembic(app);
}

static bool is_at_heads(const struct member *m, const struct graph *g)
{
    size_t at_heads = 0;
    for (size_t i = 0; i < m->state.at.ids.n; i++) {
        const struct revision *r = graph_find(g, m->state.at.ids.items[i]);
        at_heads += r && revision_is_head(r);
    }
    return at_heads == g->heads.n && at_heads == m->state.at.ids.n;
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
    bool differs = g && args_flag(&app->args, "check-heads") && !is_at_heads(m, g);
    if (differs && app_is_alembic(app)) {
        print_warning(app, "Database is not on all head revisions");
        return EXIT_DIFFERENCE;
    }
    if (prints_alembic(app, m, g)) {
        print_alembic(app, m, g);
        print_half(app, m);
        return 0;
    }
    struct report *r = report_new(app, "current", columns, COUNT_OF(columns));
    add_position(app, r, m, g);
    print_half(app, m);
    rc = app->json ? report_print(r, err) : 0;
    return rc ? rc : differs ? EXIT_DIFFERENCE : 0;
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
