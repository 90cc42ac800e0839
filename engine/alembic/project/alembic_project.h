/*
 * An Alembic project: what alembic.ini or pyproject.toml say, and what env.py says without being run.
 *
 * Searches follow Alembic: an option of the ini file's section comes before the same one in [tool.alembic].
 * Relative paths are relative to the current folder, as in Alembic; %(here)s is the file's own folder.
 *
 * A section [lockstep] of the ini file (or [tool.lockstep]) stands for what env.py decides in code that is
 * not run: version_table, version_table_schema, transaction_per_migration, and url, which may hold references
 * such as
 * ${env:NAME}.
 */
#pragma once
#include "engine/alembic/migration.h"
#include "engine/revision/graph.h"
#include "environments/project.h"

struct alembic_project {
    const char *ini, *toml; /* the files in use; NULL: none. Both NULL: a lockstep.yaml project */
    const char *section;    /* main section of the ini file, "alembic" */
    const char *here;       /* absolute folder of the file */

    const char *script_location; /* the folder with env.py */
    const char **versions;       /* folders of revisions */
    size_t nversions;
    bool versions_given; /* version_locations says so; else it is <script_location>/versions */
    bool recursive, sourceless;
    strings_t sys_path; /* folders where modules of the project are looked for, first one first */

    const char *file_template; /* interpolated: "%(rev)s_%(slug)s" */
    int64_t truncate_slug_length;
    const char *timezone; /* NULL: local time */
    const char *output_encoding;
    const char *python; /* of [lockstep] in the ini file, or of lockstep.yaml: the bridge; NULL: none */
    const char *hook;   /* the first of [post_write_hooks]; NULL: none */
    bool revision_environment; /* Alembic runs env.py for `revision`; Lockstep does not */

    const char *url;      /* SQLAlchemy URL with its password; NULL: not known, see url_error */
    bool url_references;  /* it was written for Lockstep: "${env:NAME}" in it stands for something */
    struct err url_error; /* why it is not known, and what to do */

    const char *offline_dialect; /* dialect_name= for --sql; NULL: that of the URL */

    /* Literal keywords of context.configure() in env.py, for a run on a database and for --sql. */
    struct migration_settings online, offline;
    /* What env.py does that is not known without running it, per mode; status 0: nothing. A command that
     * works on a database, or renders for one, gets it from alembic_settings(). */
    struct err online_error, offline_error;
};

struct alembic_options {
    const char *const *files; /* -c, at most one ini and one pyproject.toml; none: as Alembic finds them */
    size_t nfiles;
    const char *name;             /* -n; NULL: "alembic" */
    const struct driver_param *x; /* -x key=value */
    size_t nx;
};

/* Is there an Alembic project in the folder: alembic.ini, or a pyproject.toml with [tool.alembic]? */
bool alembic_project_present(const char *folder);
/* Does this pyproject.toml have a [tool.alembic]? A wrong file has none. */
bool alembic_toml_present(const char *path);
/* Errors: ERR_FILE with file, line and column. A URL or a setting that is not known is no error here. */
int alembic_project_load(struct arena *a, const struct alembic_options *options, struct alembic_project **out,
                         struct err *err);
/* The same as a project of one environment, "default" (without a known URL: with the reason), with p->alembic
 * filled. Its relative paths are joined to the current folder; store and plans stand beside the project's
 * file. */
struct project *alembic_project_wrap(struct arena *a, struct alembic_project *p);
/* What a lockstep.yaml project has for Python revisions among its own: version table, -x, modules looked for
 * in the project's folder. */
struct alembic_project *alembic_project_plain(struct arena *a, const struct project *p,
                                              const struct alembic_options *options);

/* Settings to run (offline: to render) revisions with. ERR_REFUSED: env.py says something that is not known
 * without running it. */
int alembic_settings(const struct alembic_project *p, bool offline, struct migration_settings *out,
                     struct err *err);
/* Where graph_read() finds the revisions. */
struct graph_source alembic_source(const struct alembic_project *p);
