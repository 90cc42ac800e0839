/* From what a project names to the schema that it wants. */
#include "engine/desired/desired.h"
#include "base/file.h"
#include "base/process.h"
#include "engine/alembic/models/models.h"
#include "engine/alembic/project/alembic_project.h"

#define COMMAND_TIMEOUT_MS 120000
#define SQL_MAX            ((size_t)64 << 20)

int desired_of(struct arena *a, const struct project *p, struct desired *out, struct err *err)
{
    *out = (struct desired){.files = p->schema_files,
                            .nfiles = p->nschema_files,
                            .command = p->schema_command,
                            .models = p->models,
                            .dir = p->dir};
    bool alembic = p->alembic && (p->alembic->ini || p->alembic->toml);
    if (alembic) {
        out->env_py = path_join(a, p->alembic->script_location, "env.py");
    }
    if (alembic || out->nfiles || out->command || out->models) {
        return 0;
    }
    err_set(err, ERR_USAGE, "%s does not say which schema is wanted", p->file);
    return err_hint(
               err,
               "Give one of: \"models: app.models:Base\" (SQLAlchemy, SQLModel), \"schema: schema.sql\", "
               "or \"command:\" with a program that prints SQL."),
           ERR_USAGE;
}

/* --- running statements --- */

static int run_files(struct scratch *c, const struct desired *d, struct err *err)
{
    for (size_t i = 0; i < d->nfiles; i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct slice text;
        int rc = file_read(&a, d->files[i], SQL_MAX, &text, err);
        rc = rc ? rc : scratch_run_sql(c, d->files[i], text, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int run_command(struct scratch *c, const struct desired *d, const struct member *m, struct err *err)
{
    static const char script[] = "cd \"$1\" && LOCKSTEP_DIALECT=$3 && export LOCKSTEP_DIALECT && eval \"$2\"";
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *argv[] = {"sh", "-c", script, "sh", d->dir, d->command, m->driver->name, NULL};
    struct process p = {.argv = argv,
                        .timeout_ms = COMMAND_TIMEOUT_MS,
                        .max_output = SQL_MAX,
                        .what = "the command that prints the schema",
                        .last_line = true};
    struct slice text;
    int rc = process_capture(&a, &p, &text, err);
    return rc ? rc : scratch_run_sql(c, "the command's output", text, err);
}

static int run_models(struct scratch *c, const struct desired *d, const struct alembic_env *env,
                      const struct member *m, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct models_place place = {.name = d->models, .env_py = d->env_py};
    struct conn *conn = scratch_conn(c);
    strings_t texts = {0};
    int rc = models_statements(&a, env, alembic_dialect(m->driver->name, m->scheme), &place, &texts, err);
    for (size_t i = 0; i < texts.n && rc == 0; i++) {
        struct statement s = {.text = slice_of(texts.items[i])};
        struct outcome outcome;
        size_t done;
        rc = conn_driver(conn)->batch(conn, &a, &s, 1, &outcome, &done, err);
        if (rc) {
            err_hint(err, "The models give: %s", texts.items[i]);
        }
    }
    return rc;
}

int desired_schema(struct arena *a, const struct desired *d, const struct alembic_env *env,
                   const struct scratch_options *options, const struct member *m, struct schema **out,
                   struct err *err)
{
    struct scratch *c = NULL;
    int rc = scratch_open(a, m->fleet ? m->fleet->project : NULL, m->driver->name, options, &c, err);
    if (rc) {
        return rc;
    }
    rc = d->nfiles    ? run_files(c, d, err)
         : d->command ? run_command(c, d, m, err)
                      : run_models(c, d, env, m, err);
    rc = rc ? rc : scratch_schema(c, a, out, err);
    scratch_close(c);
    return rc;
}

/* --- what is compared --- */

/* Models speak of tables; what stands beside these is not theirs. */
static bool of_models(UNUSED void *ctx, const struct schema_item *item)
{
    switch (item->kind) {
    case SCHEMA_K_TABLE: {
        enum schema_table_kind kind = ((const struct schema_table *)item->object)->kind;
        return kind == SCHEMA_TABLE || kind == SCHEMA_PARTITIONED;
    }
    case SCHEMA_K_SEQUENCE:
        return ((const struct schema_sequence *)item->object)->owner_table != NULL;
    case SCHEMA_K_ENUM:
    case SCHEMA_K_COLUMN:
    case SCHEMA_K_CONSTRAINT:
    case SCHEMA_K_INDEX:
        return true;
    default:
        return false;
    }
}

static bool no_grants(UNUSED void *ctx, const struct schema_item *item)
{
    return item->kind != SCHEMA_K_GRANT;
}

void desired_narrow(const struct desired *d, struct schema *s)
{
    schema_filter(s, d->nfiles || d->command ? no_grants : of_models, NULL);
}
