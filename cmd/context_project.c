/* Which project a command is about: lockstep.yaml, or an Alembic project's files. */
#include "base/file.h"
#include "cmd/context.h"
#include "engine/alembic/project/alembic_project.h"
#include "environments/vault.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_yaml(const char *path)
{
    return ends_with(path, ".yaml") || ends_with(path, ".yml");
}

/* lockstep.yaml wins where both are; above this folder only lockstep.yaml is looked for, for Alembic's paths
 * are relative to the current folder. */
static bool is_alembic_here(const struct app *app)
{
    if (app->config.n) {
        return !is_yaml(app->config.items[0]);
    }
    return !file_exists("lockstep.yaml") && (getenv("ALEMBIC_CONFIG") || alembic_project_present("."));
}

static int check_config(const struct app *app, struct err *err)
{
    for (size_t i = 1; i < app->config.n; i++) {
        if (is_yaml(app->config.items[i]) || is_yaml(app->config.items[0])) {
            err_set(err, ERR_USAGE, "-c is given %zu times", app->config.n);
            return err_hint(err,
                            "Two files are for an alembic.ini and a pyproject.toml; name one lockstep.yaml.");
        }
    }
    return 0;
}

/* -x key=value; without "=" the value is empty. */
static void x_arguments(struct app *app, struct alembic_options *out)
{
    strings_t given = {0};
    args_list(app->arena, &app->args, "x", &given);
    struct driver_param *x = arena_array(app->arena, given.n, sizeof(*x));
    for (size_t i = 0; i < given.n; i++) {
        size_t n = strcspn(given.items[i], "=");
        x[i].name = arena_dupn(app->arena, given.items[i], n);
        x[i].value = given.items[i] + n + (given.items[i][n] == '=');
    }
    out->x = x;
    out->nx = given.n;
}

static int load(struct app *app, struct project **out, struct err *err)
{
    struct alembic_options options = {
        .files = app->config.items, .nfiles = app->config.n, .name = args_text(&app->args, "name")};
    x_arguments(app, &options);
    int rc = check_config(app, err);
    if (!rc && is_alembic_here(app)) {
        struct alembic_project *alembic = NULL;
        rc = alembic_project_load(app->arena, &options, &alembic, err);
        *out = rc ? *out : alembic_project_wrap(app->arena, alembic);
        return rc;
    }
    rc = rc ? rc : project_load(app->arena, app->config.n ? app->config.items[0] : NULL, ".", out, err);
    if (!rc) {
        (*out)->alembic = alembic_project_plain(app->arena, *out, &options);
    }
    return rc;
}

int app_project(struct app *app, struct project **out, struct err *err)
{
    if (!app->project) {
        struct project *p = NULL;
        int rc = load(app, &p, err);
        if (rc) {
            return rc;
        }
        app->project = p;
        vault_use(p->vault);
    }
    *out = app->project;
    return 0;
}

bool app_is_alembic(const struct app *app)
{
    const struct alembic_project *p = app->project ? app->project->alembic : NULL;
    return p && (p->ini || p->toml);
}

static bool asks_sql(const struct app *app)
{
    for (size_t i = 0; i < app->args.given.n; i++) {
        if (strcmp(app->args.given.items[i].spec->name, "sql") == 0) {
            return true;
        }
    }
    return false;
}

int app_fleet_project(struct app *app, const struct project **out, struct err *err)
{
    struct project *p = NULL;
    int rc = app->url && !is_alembic_here(app) ? 0 : app_project(app, &p, err);
    if (!rc && p && app_is_alembic(app)) {
        struct migration_settings settings;
        rc = alembic_settings(p->alembic, asks_sql(app), &settings, err);
    }
    if (!rc) {
        *out = p;
    }
    return rc;
}

int app_graph(struct app *app, struct graph **out, struct err *err)
{
    if (!app->graph) {
        struct project *p = NULL;
        int rc = app_project(app, &p, err);
        if (rc) {
            return rc;
        }
        struct graph *g = NULL;
        struct graph_source source = alembic_source(p->alembic);
        rc = graph_read(app->arena, &source, &g, err);
        if (rc) {
            return rc;
        }
        app->graph = g;
    }
    *out = app->graph;
    return 0;
}
