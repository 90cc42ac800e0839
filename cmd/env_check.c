/* Checks of environment documents. */
#include "cmd/env_check.h"
#include "base/file.h"
#include "engine/planner/waves.h"

/* What would be done with a document, from the least demanding on. */
static const struct {
    enum environment_use use;
    const char *what;
} uses[] = {{USE_CONNECT, "connect"}, {USE_APPLY, "apply"}, {USE_PROMOTE, "promote"}};

static void check_loaded(struct app *app, struct env_check *c)
{
    struct environment *e = c->environment;
    c->file = e->file;
    for (size_t i = 0; i < e->ntargets; i++) {
        c->has_query = c->has_query || e->targets[i].each.kind == EACH_QUERY;
    }
    for (size_t i = 0; i < COUNT_OF(uses) && !c->cannot; i++) {
        if (environment_supported(e, uses[i].use, &c->why) != 0) {
            c->cannot = uses[i].what;
        }
    }
    /* How many targets a query gives is not known here. */
    const unsigned *wave;
    if (!c->has_query && (environment_expand(app->arena, e, NULL, NULL, &c->err) != 0 ||
                          waves_assign(app->arena, e, &wave, &c->err) != 0)) {
        c->environment = NULL;
        return;
    }
    rollout_doubt_labels(app->arena, e, &c->doubts);
}

static void check_file(struct app *app, env_checks_t *out, const char *file)
{
    struct env_check *c = vec_push(app->arena, out);
    c->file = file;
    if (environment_load(app->arena, file, &c->environment, &c->err) != 0) {
        c->environment = NULL;
        return;
    }
    check_loaded(app, c);
}

int env_is_document(const struct dirent *d)
{
    const char *dot = strrchr(d->d_name, '.');
    return d->d_name[0] != '.' && dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static int check_folder(struct app *app, const char *folder, env_checks_t *out, struct err *err)
{
    struct dirent **found = NULL;
    int n = scandir(folder, &found, env_is_document, alphasort);
    if (n < 0) {
        return err_errno(err, folder, "cannot open");
    }
    for (int i = 0; i < n; i++) {
        check_file(app, out, path_join(app->arena, folder, found[i]->d_name));
        free(found[i]);
    }
    free(found);
    return 0;
}

int env_check_all(struct app *app, env_checks_t *out, struct err *err)
{
    struct project *p = NULL;
    int rc = app_project(app, &p, err);
    if (rc) {
        return rc;
    }
    if (p->only || p->only_error) {
        return env_check_one(app, NULL, out, err);
    }
    if (p->environments_dir) {
        return check_folder(app, p->environments_dir, out, err);
    }
    for (size_t i = 0; i < p->nenvironment_files; i++) {
        check_file(app, out, p->environment_files[i]);
    }
    return 0;
}

int env_check_one(struct app *app, const char *name, env_checks_t *out, struct err *err)
{
    struct project *p = NULL;
    struct environment *e = NULL;
    int rc;
    if (app->url) {
        rc = environment_from_url(app->arena, app->url, &e, err);
    } else {
        rc = app_project(app, &p, err);
        rc = rc ? rc : project_environment(app->arena, p, name ? name : app->environment, &e, err);
    }
    if (rc) {
        return rc;
    }
    struct env_check *c = vec_push(app->arena, out);
    c->environment = e;
    check_loaded(app, c);
    return 0;
}
