/* From what a project names to the schema that it wants. */
#include "engine/desired/desired.h"
#include "base/file.h"
#include "base/process.h"
#include "engine/alembic/models/models.h"
#include "engine/alembic/project/alembic_project.h"
#include "engine/run/bookkeeping.h"

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

static int run_script(struct conn *c, const char *from, struct slice text, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct sql_script script;
    int rc = conn_driver(c)->split(&a, text, &script, err);
    if (rc) {
        return err_place(err, from, err->line, err->column);
    }
    struct statement *statements = arena_array(&a, script.n + 1, sizeof(*statements));
    struct outcome *outcomes = arena_array(&a, script.n + 1, sizeof(*outcomes));
    for (size_t i = 0; i < script.n; i++) {
        statements[i] = (struct statement){.text = script.items[i].text, .copy = script.items[i].copy};
    }
    size_t done = 0;
    rc = script.n ? conn_driver(c)->batch(c, &a, statements, script.n, outcomes, &done, err) : 0;
    return rc ? err_place(err, from, done < script.n ? script.items[done].line : 0, 0) : 0;
}

static int run_files(struct conn *c, const struct desired *d, struct err *err)
{
    for (size_t i = 0; i < d->nfiles; i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct slice text;
        int rc = file_read(&a, d->files[i], SQL_MAX, &text, err);
        rc = rc ? rc : run_script(c, d->files[i], text, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int run_command(struct conn *c, const struct desired *d, const struct member *m, struct err *err)
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
    return rc ? rc : run_script(c, "the command's output", text, err);
}

static int run_models(struct conn *c, const struct desired *d, const struct alembic_env *env,
                      const struct member *m, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct models_place place = {.name = d->models, .env_py = d->env_py};
    strings_t texts = {0};
    int rc = models_statements(&a, env, alembic_dialect(m->driver->name, m->scheme), &place, &texts, err);
    for (size_t i = 0; i < texts.n && rc == 0; i++) {
        struct statement s = {.text = slice_of(texts.items[i])};
        struct outcome outcome;
        size_t done;
        rc = conn_driver(c)->batch(c, &a, &s, 1, &outcome, &done, err);
        if (rc) {
            err_hint(err, "The models give: %s", texts.items[i]);
        }
    }
    return rc;
}

/* --- the database for it --- */

static int open_scratch(const struct member *m, struct conn **out, struct err *err)
{
    struct driver_address address = {.database = ":memory:"};
    struct driver_session session = {.create = true};
    if (!(m->driver->caps & DRIVER_LOCAL_FILE)) {
        err_set(err, ERR_REFUSED, "generating revisions for %s is not supported yet", m->driver->name);
        return err_hint(err, "SQLite databases can be compared with models and files of SQL so far."),
               ERR_REFUSED;
    }
    return m->driver->open(&address, &session, out, err);
}

int desired_schema(struct arena *a, const struct desired *d, const struct alembic_env *env,
                   const struct member *m, struct schema **out, struct err *err)
{
    struct conn *c = NULL;
    int rc = open_scratch(m, &c, err);
    if (rc) {
        return rc;
    }
    rc = d->nfiles    ? run_files(c, d, err)
         : d->command ? run_command(c, d, m, err)
                      : run_models(c, d, env, m, err);
    rc = rc ? rc : schema_read_whole(a, c, NULL, SCHEMA_ALL, out, err);
    conn_close(c);
    return rc;
}

/* --- what is compared --- */

struct narrowing {
    const char *tables[3];
    bool tables_only;
};

static bool is_own(const struct narrowing *n, const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(n->tables); i++) {
        if (strcmp(n->tables[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool keep(void *ctx, const struct schema_item *item)
{
    const struct narrowing *n = ctx;
    if (item->kind == SCHEMA_K_TABLE) {
        enum schema_table_kind kind = ((const struct schema_table *)item->object)->kind;
        return !is_own(n, item->name) &&
               (!n->tables_only || kind == SCHEMA_TABLE || kind == SCHEMA_PARTITIONED);
    }
    if (item->kind == SCHEMA_K_GRANT) {
        return false;
    }
    if (item->kind == SCHEMA_K_SEQUENCE) {
        const char *owner = ((const struct schema_sequence *)item->object)->owner_table;
        return !is_own(n, owner) && (!n->tables_only || owner);
    }
    bool of_models = item->kind == SCHEMA_K_ENUM || item->kind == SCHEMA_K_COLUMN ||
                     item->kind == SCHEMA_K_CONSTRAINT || item->kind == SCHEMA_K_INDEX;
    return !n->tables_only || of_models;
}

static void drop_passing(struct schema *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->tables.n; i++) {
        struct schema_table *t = s->tables.items[i];
        if (!t->temporary && !t->system) {
            s->tables.items[kept++] = t;
        }
    }
    s->tables.n = kept;
}

static const char *last_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

void desired_narrow(UNUSED struct arena *a, const struct desired *d, const struct member *m,
                    struct schema *wanted, struct schema *live)
{
    struct narrowing n = {
        .tables = {m->book.version_name, last_name(m->book.history_table), last_name(m->book.lease_table)},
        .tables_only = !d->nfiles && !d->command};
    drop_passing(wanted);
    drop_passing(live);
    schema_filter(wanted, keep, &n);
    schema_filter(live, keep, &n);
}
