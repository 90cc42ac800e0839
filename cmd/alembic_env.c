/* Settings and modules of the project, for its revisions in Python. */
#include "cmd/alembic_env.h"
#include "engine/alembic/project/alembic_project.h"
#include "engine/alembic/project/loader.h"
#include "engine/alembic/project/naming.h"
#include "engine/fleet.h"

int app_alembic(struct app *app, bool offline, const struct alembic_env **out, struct err *err)
{
    const struct alembic_project *p = app->project ? app->project->alembic : NULL;
    if (!p) {
        *out = NULL;
        return 0;
    }
    struct alembic_env *env = arena_alloc(app->arena, sizeof(*env));
    int rc = alembic_settings(p, offline, &env->settings, err);
    if (rc) {
        return rc;
    }
    env->settings.naming = alembic_naming(app->arena, p);
    struct alembic_loader *loader = arena_alloc(app->arena, sizeof(*loader));
    loader->arena = app->arena;
    for (size_t i = 0; i < p->sys_path.n; i++) {
        *vec_push(app->arena, &loader->folders) = p->sys_path.items[i];
    }
    if (p->here) {
        *vec_push(app->arena, &loader->folders) = p->here;
    }
    env->loader = alembic_loader_of(loader);
    env->bridge = (struct bridge){.python = p->python,
                                  .ini = p->ini,
                                  .section = p->section,
                                  .script_location = p->script_location,
                                  .sys_path = loader->folders};
    for (size_t i = 0; i < p->nversions; i++) {
        *vec_push(app->arena, &env->bridge.versions) = p->versions[i];
    }
    *out = env;
    return 0;
}

const struct ddl_dialect *app_offline_dialect(const struct app *app, const struct member *m)
{
    const struct alembic_project *p = app->project ? app->project->alembic : NULL;
    const char *name = p && !app->url ? p->offline_dialect : NULL;
    const struct ddl_dialect *named =
        name ? alembic_dialect(strcmp(name, "mariadb") == 0 ? "mysql" : name, name) : NULL;
    return named ? named : alembic_dialect(m->driver->name, m->scheme);
}
