/*
 * The project file, lockstep.yaml:
 *   project: shop
 *   revisions: revisions            (a folder or a list of folders; default "revisions")
 *   environments: environments      (a folder, or a list of files; default "environments")
 *   plans: plans
 *   store: .lockstep/store.db       (a path, or postgresql://user@host/database?schema=lockstep for several
 *                                    machines; also {url: ..., password: ...}, with references as in targets)
 *   version_table: alembic_version
 *   version_table_schema: ...
 *   default_environment: dev
 *   vault: { address: ..., auth: approle, ... }     (environments/vault.h)
 *   models: app.models:Base         (for autogenerate: SQLAlchemy or SQLModel models beside the project's
 * file) schema: schema.sql              (instead: a file of SQL, or a list of files) command:
 * bin/print_schema       (instead: prints SQL; for the shell, in the project's folder) python:
 * .venv/bin/python        (runs the Python revisions that Lockstep does not; a name without a slash is looked
 * for in PATH) Relative paths are relative to the file's folder.
 */
#pragma once
#include "environments/environment.h"

struct alembic_project;
struct vault_settings;

struct project {
    const char *name, *file, *dir;
    /* What the engine knows of Alembic in the project; NULL after project_load(), see
     * engine/alembic/project/alembic_project.h. */
    struct alembic_project *alembic;
    const char **revisions; /* folders, joined to dir */
    size_t nrevisions;
    const char *environments_dir; /* joined; NULL when files are listed */
    const char **environment_files;
    size_t nenvironment_files;
    /* A project without documents of environments has one, or the reason why it has none. */
    struct environment *only;
    const struct err *only_error;
    const char *plans, *store;                           /* joined; of a store on a server: for people */
    const struct target *store_server;                   /* NULL: a file */
    bool store_named;                                    /* the project says where it is */
    const char *version_table, *version_table_schema;    /* schema NULL absent */
    const char *default_environment;                     /* NULL absent */
    struct vault_settings *vault;                        /* NULL absent */
    const char *models, *schema_command, **schema_files; /* files joined; NULL, n = 0: absent */
    size_t nschema_files;
    const char *python; /* joined when it has a slash; NULL absent */
};

/* Find lockstep.yaml in `start` or a folder above it, unless file is given. */
int project_load(struct arena *a, const char *file, const char *start, struct project **out, struct err *err);

/* All environments of the project, sorted by name; loading stops at the first wrong document. */
int project_environments(struct arena *a, const struct project *p, struct environment ***out, size_t *n,
                         struct err *err);
/* One by name (file NAME.yaml is tried first, so that an unrelated wrong document does not disturb).
 * name NULL: default_environment, else the only one, else ERR_USAGE listing them. Unknown name: ERR_USAGE
 * with the nearest. */
int project_environment(struct arena *a, const struct project *p, const char *name, struct environment **out,
                        struct err *err);
