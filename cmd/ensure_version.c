/* lockstep ensure_version */
#include "cmd/alembic_env.h"
#include "cmd/report.h"
#include "engine/fleet.h"
#include "engine/run/run.h"

static int print_sql(struct app *app, const struct member *m, struct err *err)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    const struct alembic_env *env = NULL, none = {0};
    int rc = app_alembic(app, true, &env, err);
    if (rc == 0) {
        alembic_offline_ensure(env ? env : &none, app_offline_dialect(app, m), &out);
        fwrite(strbuf_cstr(&out), 1, out.len, stdout);
    }
    return rc;
}

static int ensure(struct app *app, struct fleet *fleet, struct member *m, struct err *err)
{
    bool made = false;
    int rc = run_ensure_version(app->arena, fleet, m, &made, err);
    if (rc == 0 && app->json) {
        json_print(json_pack("{s:o, s:o, s:b}", "target", json_text(m->target->name), "version_table",
                             json_text(m->book.version_table), "made", made));
    } else if (rc == 0 && made && !app_is_alembic(app) && !app->quiet) {
        printf("%s: made %s\n", m->target->name, m->book.version_table);
    }
    return rc;
}

static int run(struct app *app, struct err *err)
{
    struct environment *e = NULL;
    struct target *t = NULL;
    AUTO(fleet_close) struct fleet fleet = {0};
    int rc = app_environment(app, NULL, &e, err);
    rc = rc ? rc : app_target(app, e, &t, err);
    rc = rc ? rc : environment_supported(e, USE_APPLY, err);
    rc = rc ? rc : app_fleet(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    struct member *m = fleet_find(&fleet, t->name);
    return args_flag(&app->args, "sql") ? print_sql(app, m, err) : ensure(app, &fleet, m, err);
}

const struct command command_ensure_version = {
    .name = "ensure_version",
    .group = GROUP_DATABASE,
    .summary = "make the version table unless it is there",
    .description = "Nothing else is written, and nothing is run.",
    .options = (const struct option_spec[]){{0, "sql", NULL, .help = "print the statement instead"}, {0}},
    .examples = (const struct example[]){{"lockstep ensure_version -e dev", "prepare a new database"}, {0}},
    .run = run,
};
