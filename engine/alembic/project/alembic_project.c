/* Reading an Alembic project's files into one struct. */
#include "engine/alembic/project/alembic_project.h"
#include "base/file.h"

bool alembic_project_present(const char *folder)
{
    (void)folder;
    return false;
}

int alembic_project_load(struct arena *a, const struct alembic_options *options, struct alembic_project **out,
                         struct err *err)
{
    (void)a;
    (void)options;
    (void)out;
    return err_set(err, ERR_REFUSED, "Alembic projects are not supported yet");
}

int alembic_project_wrap(struct arena *a, struct alembic_project *p, struct project **out, struct err *err)
{
    (void)a;
    (void)p;
    (void)out;
    return err_set(err, ERR_REFUSED, "Alembic projects are not supported yet");
}

struct alembic_project *alembic_project_plain(struct arena *a, const struct project *p,
                                              const struct alembic_options *options)
{
    struct alembic_project *plain = arena_alloc(a, sizeof(*plain));
    plain->section = "alembic";
    plain->here = p->dir;
    plain->versions = p->revisions;
    plain->nversions = p->nrevisions;
    plain->script_location = p->dir;
    *vec_push(a, &plain->sys_path) = p->dir;
    plain->online = (struct migration_settings){.version_table = p->version_table,
                                                .version_table_schema = p->version_table_schema,
                                                .x = options->x,
                                                .nx = options->nx,
                                                .script_location = p->dir};
    plain->offline = plain->online;
    return plain;
}

int alembic_settings(const struct alembic_project *p, bool offline, struct migration_settings *out,
                     struct err *err)
{
    const struct err *unknown = offline ? &p->offline_error : &p->online_error;
    if (unknown->status) {
        if (err) {
            *err = *unknown;
        }
        return unknown->status;
    }
    *out = offline ? p->offline : p->online;
    return 0;
}

int alembic_environment(struct arena *a, const struct alembic_project *p, struct environment **out,
                        struct err *err)
{
    if (!p->url) {
        if (err) {
            *err = p->url_error;
        }
        return p->url_error.status;
    }
    return environment_from_url(a, p->url, out, err);
}

struct graph_source alembic_source(const struct alembic_project *p)
{
    return (struct graph_source){.folders = (const char *const *)p->versions,
                                 .n = p->nversions,
                                 .recursive = p->recursive,
                                 .alembic = p->ini || p->toml};
}
