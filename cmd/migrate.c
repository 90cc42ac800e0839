/* upgrade and downgrade: a plan of one target, run at once or printed. */
#include "cmd/migrate.h"
#include "cmd/alembic_env.h"
#include "cmd/plan_show.h"
#include "cmd/run_report.h"
#include "engine/alembic/project/alembic_project.h"
#include "engine/planner/planner.h"

struct migrate {
    struct app *app;
    const struct alembic_env *alembic;
    struct environment *environment;
    struct graph *graph;
    struct fleet fleet;
    struct member *member;
    const char *destination;
    enum direction direction;
};

static struct plan_request request_of(const struct migrate *m)
{
    return (struct plan_request){.alembic = m->alembic,
                                 .project = m->fleet.project,
                                 .environment = m->environment,
                                 .graph = m->graph,
                                 .direction = m->direction,
                                 .destination = m->destination,
                                 .one_wave = true,
                                 .transaction = option_transaction(m->app)};
}

/* A project of Alembic's prints what Alembic prints, to the letter. */
static int print_alembic(struct migrate *m, const struct position *at, struct err *err)
{
    struct arena *a = m->app->arena;
    walk_t walk = {0};
    int rc = m->direction == DIRECTION_UPGRADE ? walk_upgrade(a, m->graph, at, m->destination, &walk, err)
                                               : walk_downgrade(a, m->graph, at, m->destination, &walk, err);
    if (rc) {
        return rc;
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    const struct ddl_dialect *dialect = app_offline_dialect(m->app, m->member);
    rc = alembic_offline(m->alembic, dialect, walk.items, walk.n, at->ids.n, &out, err);
    if (rc == 0) {
        fwrite(strbuf_cstr(&out), 1, out.len, stdout);
    }
    return rc;
}

static int known_before(const struct plan *plan, struct err *err)
{
    const struct plan_step *s;
    vec_each (s, &plan->tracks.items[0].steps) {
        if (s->live) {
            err_set(err, ERR_REFUSED, "revision %s %s: its SQL is known only when it runs", s->revision,
                    s->live);
            err_place(err, s->source, 0, 0);
            return err_hint(err, "Run \"lockstep upgrade\" on the database instead.");
        }
    }
    return 0;
}

static int print_script(struct migrate *m, const struct position *at, struct err *err)
{
    struct plan_request q = request_of(m);
    struct plan *plan = NULL;
    int rc = planner_offline(m->app->arena, m->member, &q, at, at->ids.n == 0, &plan, err);
    rc = rc ? rc : known_before(plan, err);
    if (rc) {
        return rc;
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    rc = plan_script(m->app, plan, 0, true, &out, err);
    if (rc == 0) {
        fwrite(strbuf_cstr(&out), 1, out.len, stdout);
    }
    return rc;
}

/* "a:b" with --sql: where the script begins is said, not read. "base" or nothing before the colon is the
 * empty database. */
static int print_sql(struct migrate *m, struct err *err)
{
    struct arena *a = m->app->arena;
    struct slice rest = slice_of(m->destination), from = {0};
    struct position at = {0};
    bool range = memchr(rest.ptr, ':', rest.len) != NULL;
    if (!range && m->direction == DIRECTION_DOWNGRADE) {
        err_set(err, ERR_USAGE, "downgrade --sql needs a range FROM:TO");
        return err_hint(err, "For instance: lockstep downgrade --sql head:-1 or 3b1c2d4e5f6a:base.");
    }
    if (range) {
        slice_cut(&rest, ':', &from);
        if (from.len > 0 && !slice_eq(from, "base")) {
            revisions_t start = {0};
            int rc = graph_resolve(a, m->graph, NULL, slice_dup(a, from), &start, err);
            if (rc) {
                return rc;
            }
            for (size_t i = 0; i < start.n; i++) {
                *vec_push(a, &at.ids) = start.items[i]->id;
            }
        }
        m->destination = slice_dup(a, rest);
    }
    return app_is_alembic(m->app) ? print_alembic(m, &at, err) : print_script(m, &at, err);
}

/* One write for all of it: a thousand revisions are a thousand lines. */
static void announce(struct app *app, const struct plan *plan)
{
    const struct plan_track *t = &plan->tracks.items[0];
    AUTO(strbuf_release) struct strbuf lines = STRBUF_INIT;
    for (size_t i = 0; i < t->steps.n && !app->quiet && !app->json; i++) {
        const struct plan_step *s = &t->steps.items[i];
        strbuf_addf(&lines, "Running %s ", s->downgrade ? "downgrade" : "upgrade");
        for (size_t k = 0; k < s->before.n; k++) {
            strbuf_addf(&lines, "%s%s", k ? ", " : "", s->before.items[k]);
        }
        strbuf_adds(&lines, " -> ");
        for (size_t k = 0; k < s->after.n; k++) {
            strbuf_addf(&lines, "%s%s", k ? ", " : "", s->after.items[k]);
        }
        strbuf_addf(&lines, "%s%s\n", s->message[0] ? ", " : "", s->message);
    }
    fwrite(strbuf_cstr(&lines), 1, lines.len, stderr);
}

static int migrate_online(struct migrate *m, struct err *err)
{
    int rc = environment_supported(m->environment, USE_APPLY, err);
    if (rc) {
        return rc;
    }
    struct plan_request q = request_of(m);
    struct plan *plan = NULL;
    rc = member_read_ahead(&m->fleet, m->member, err);
    rc = rc ? rc : planner_plan(m->app->arena, &m->fleet, &q, &plan, err);
    if (rc) {
        return rc;
    }
    if (plan_pending(plan) == 0) {
        if (m->app->json) {
            plan_show(m->app, plan, NULL);
        } else if (!m->app->quiet) {
            printf("%s: at %s, nothing to do\n", m->member->target->name,
                   position_text(m->app->arena, &plan->tracks.items[0].from));
        }
        return 0;
    }
    announce(m->app, plan);
    return run_and_report(m->app, plan, &m->fleet, command_line(m->app), err);
}

int migrate(struct app *app, enum direction direction, struct err *err)
{
    struct migrate m = {.app = app, .direction = direction, .destination = app_words(app)};
    struct target *t = NULL;
    int rc = app_environment(app, NULL, &m.environment, err);
    rc = rc ? rc : app_target(app, m.environment, &t, err);
    rc = rc ? rc : app_graph(app, &m.graph, err);
    rc = rc ? rc : app_fleet(app, m.environment, &m.fleet, err);
    rc = rc ? rc : app_alembic(app, args_flag(&app->args, "sql"), &m.alembic, err);
    if (rc) {
        return rc;
    }
    m.member = fleet_find(&m.fleet, t->name);
    if (!m.destination) {
        m.destination = "head";
    }
    rc = args_flag(&app->args, "sql") ? print_sql(&m, err) : migrate_online(&m, err);
    fleet_close(&m.fleet);
    return rc;
}
