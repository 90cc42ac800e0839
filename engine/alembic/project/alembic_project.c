/* Reading an Alembic project's files into one struct. */
#include "engine/alembic/project/alembic_project.h"
#include "base/file.h"
#include "engine/alembic/project/config.h"
#include "engine/alembic/project/env_py.h"
#include "engine/alembic/project/locations.h"
#include <errno.h>
#include <unistd.h>

#define PLACEHOLDER_URL "driver://user:pass@localhost/dbname" /* what Alembic's templates begin with */

bool alembic_project_present(const char *folder)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    return file_exists(path_join(&a, folder, "alembic.ini")) ||
           alembic_toml_present(path_join(&a, folder, "pyproject.toml"));
}

/* --- options */

static int read_length(const struct config *c, struct alembic_project *p, struct err *err)
{
    const char *text = NULL;
    int rc = config_text(c, "truncate_slug_length", &text, err);
    if (rc || !text) {
        p->truncate_slug_length = 40;
        return rc;
    }
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (!text[0] || *end || errno || value < 0) {
        return config_error(c, "truncate_slug_length", err, "expected a number, found \"%s\"", text);
    }
    p->truncate_slug_length = value ? value : 40;
    return 0;
}

/* The first of [post_write_hooks], which Alembic would run on a new file. */
static int read_hook(const struct config *c, struct alembic_project *p, struct err *err)
{
    const char *text = NULL;
    if (c->ini && ini_has_section(c->ini, "post_write_hooks")) {
        int rc = ini_get(c->arena, c->ini, "post_write_hooks", "hooks", &text, err);
        size_t n = text ? strcspn(text, ", ") : 0;
        p->hook = n ? arena_dupn(c->arena, text, n) : NULL;
        return rc;
    }
    const struct toml_node *hooks = toml_get(c->tool, "post_write_hooks");
    const struct toml_node *name =
        hooks && hooks->kind == TOML_ARRAY && hooks->items.n ? toml_get(hooks->items.items[0], "name") : NULL;
    p->hook = name && name->kind == TOML_STRING ? slice_dup(c->arena, name->text) : NULL;
    return 0;
}

static int read_options(const struct config *c, struct alembic_project *p, struct err *err)
{
    int rc = config_text(c, "file_template", &p->file_template, err);
    rc = rc ? rc : config_text(c, "timezone", &p->timezone, err);
    rc = rc ? rc : config_text(c, "output_encoding", &p->output_encoding, err);
    rc = rc ? rc : config_flag(c, "recursive_version_locations", &p->recursive, err);
    rc = rc ? rc : config_flag(c, "sourceless", &p->sourceless, err);
    rc = rc ? rc : read_length(c, p, err);
    rc = rc ? rc : read_hook(c, p, err);
    const char *environment = NULL;
    rc = rc || toml_get(c->tool, "revision_environment")
             ? rc
             : config_ini(c, "revision_environment", &environment, err);
    p->revision_environment = environment && strcasecmp(environment, "true") == 0;
    p->file_template = p->file_template ? p->file_template : "%(rev)s_%(slug)s";
    p->output_encoding = p->output_encoding ? p->output_encoding : "utf-8";
    return rc;
}

/* --- what env.py and revisions may ask for */

/* Without the password: what revisions see of the URL. */
static const char *shown_url(struct arena *a, const char *url)
{
    return url ? url_redact(a, slice_of(url)) : NULL;
}

static void fill_settings(const struct config *c, const struct alembic_options *options,
                          struct alembic_project *p)
{
    struct migration_settings s = {.x = options->x,
                                   .nx = options->nx,
                                   .ini_file = c->ini_file,
                                   .script_location = p->script_location,
                                   .url = shown_url(c->arena, p->url)};
    strings_t names = {0};
    if (c->ini) {
        ini_names(c->arena, c->ini, c->section, &names);
    }
    struct driver_param *ini = arena_array(c->arena, names.n, sizeof(*ini));
    for (size_t i = 0; i < names.n; i++) {
        const char *value = NULL;
        bool url = strcmp(names.items[i], "sqlalchemy.url") == 0;
        if (!url && ini_get(c->arena, c->ini, c->section, names.items[i], &value, NULL) == 0) {
            ini[s.nini++] = (struct driver_param){names.items[i], value};
        }
    }
    s.ini = ini;
    p->online = p->offline = s;
}

/* --- [lockstep] */

static bool lockstep_in_ini(const struct config *c)
{
    return c->ini && ini_has_section(c->ini, "lockstep");
}

static const struct toml_node *lockstep_table(const struct config *c)
{
    const struct toml_node *table = c->toml ? toml_get(toml_get(c->toml->root, "tool"), "lockstep") : NULL;
    return table && table->kind == TOML_TABLE ? table : NULL;
}

static int lockstep_text(const struct config *c, const char *key, const char **out, struct err *err)
{
    if (lockstep_in_ini(c)) {
        return ini_get(c->arena, c->ini, "lockstep", key, out, err);
    }
    const struct toml_node *n = toml_get(lockstep_table(c), key);
    if (n && n->kind != TOML_STRING && n->kind != TOML_BOOLEAN) {
        return toml_error(c->toml, n, err, "expected a string, found %s", toml_kind_name(n->kind));
    }
    *out = !n                        ? NULL
           : n->kind == TOML_BOOLEAN ? (n->boolean ? "true" : "false")
                                     : slice_dup(c->arena, n->text);
    return 0;
}

static int lockstep_error(const struct config *c, const char *key, struct err *err, const char *message)
{
    if (lockstep_in_ini(c)) {
        return ini_error(c->ini, "lockstep", key, err, "%s", message);
    }
    const struct toml_node *table = toml_get(toml_get(c->toml->root, "tool"), "lockstep"),
                           *n = toml_get(table, key);
    return toml_error(c->toml, n ? n : table, err, "%s", message);
}

static void lockstep_names(const struct config *c, strings_t *out)
{
    if (lockstep_in_ini(c)) {
        ini_names(c->arena, c->ini, "lockstep", out);
        return;
    }
    const struct toml_node *table = lockstep_table(c);
    for (size_t i = 0; i < table->keys.n; i++) {
        *vec_push(c->arena, out) = slice_dup(c->arena, table->keys.items[i]);
    }
}

static const char *const lockstep_keys[] = {"version_table", "version_table_schema",
                                            "transaction_per_migration", "url", "python"};

static int check_lockstep(const struct config *c, struct err *err)
{
    strings_t names = {0};
    lockstep_names(c, &names);
    for (size_t i = 0; i < names.n; i++) {
        bool known = lockstep_in_ini(c) && !ini_has_own(c->ini, "lockstep", names.items[i]);
        for (size_t k = 0; k < COUNT_OF(lockstep_keys); k++) {
            known = known || strcmp(names.items[i], lockstep_keys[k]) == 0;
        }
        if (!known) {
            lockstep_error(c, names.items[i], err, "unknown option in the section of Lockstep");
            const char *near = str_nearest(names.items[i], lockstep_keys, COUNT_OF(lockstep_keys));
            return near ? err_hint(err, "Did you mean \"%s\"?", near)
                        : err_hint(err, "It takes version_table, version_table_schema, "
                                        "transaction_per_migration, url and python.");
        }
    }
    return 0;
}

/* Its presence says that whoever wrote it knows what env.py does; naming a Python alone says nothing of it.
 */
static int read_lockstep(const struct config *c, struct alembic_project *p, struct err *err)
{
    const char *text = NULL;
    int rc = check_lockstep(c, err);
    struct migration_settings *both[] = {&p->online, &p->offline};
    for (size_t i = 0; i < COUNT_OF(both) && !rc; i++) {
        const char **texts[] = {&both[i]->version_table, &both[i]->version_table_schema};
        for (size_t k = 0; k < COUNT_OF(texts) && !rc; k++) {
            rc = lockstep_text(c, lockstep_keys[k], &text, err);
            *texts[k] = !rc && text ? text : *texts[k];
        }
        rc = rc ? rc : lockstep_text(c, "transaction_per_migration", &text, err);
        if (!rc && text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
            return lockstep_error(c, "transaction_per_migration", err, "expected true or false");
        }
        both[i]->transaction_per_migration =
            !rc && text ? text[0] == 't' : both[i]->transaction_per_migration;
    }
    const char *python = NULL;
    rc = rc ? rc : lockstep_text(c, "python", &python, err);
    p->python = python && strchr(python, '/') ? path_join(c->arena, p->here, python) : python;
    rc = rc ? rc : lockstep_text(c, "url", &text, err);
    if (rc) {
        return rc;
    }
    if (text) {
        p->url = text;
        p->url_references = true;
    }
    strings_t names = {0};
    lockstep_names(c, &names);
    bool of_env = names.n != 1 || strcmp(names.items[0], "python") != 0;
    if (of_env) {
        p->online_error = p->offline_error = (struct err){0};
    }
    return 0;
}

/* --- the whole */

static void check_placeholder(const struct config *c, struct alembic_project *p)
{
    if (p->url && strcmp(p->url, PLACEHOLDER_URL) == 0) {
        p->url = NULL;
        config_error(c, "sqlalchemy.url", &p->url_error,
                     "sqlalchemy.url is still what Alembic's template begins with");
        p->url_error.status = ERR_USAGE;
        err_hint(&p->url_error, "Write the database's URL there, or give --url.");
    }
}

int alembic_project_load(struct arena *a, const struct alembic_options *options, struct alembic_project **out,
                         struct err *err)
{
    struct config c;
    int rc = config_open(a, options, &c, err);
    if (rc) {
        return rc;
    }
    struct alembic_project *p = arena_alloc(a, sizeof(*p));
    p->ini = c.ini_file;
    p->toml = c.toml_file;
    p->section = c.section;
    p->here = c.ini_here ? c.ini_here : c.toml_here;
    rc = read_options(&c, p, err);
    rc = rc ? rc : locations_read(&c, p, err);
    rc = rc ? rc : config_ini(&c, "sqlalchemy.url", &p->url, err);
    if (rc) {
        return rc;
    }
    fill_settings(&c, options, p);
    env_py_read(a, &c, options, p);
    rc = lockstep_in_ini(&c) || lockstep_table(&c) ? read_lockstep(&c, p, err) : 0;
    if (rc) {
        return rc;
    }
    check_placeholder(&c, p);
    p->online.url = p->offline.url = shown_url(a, p->url);
    *out = p;
    return 0;
}

/* Dollar signs of an SQLAlchemy URL are no references. */
static const char *without_references(struct arena *a, const char *url)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    for (const char *p = url; *p; p++) {
        strbuf_adds(&out, *p == '$' ? "$" : "");
        strbuf_addch(&out, *p);
    }
    return arena_dup(a, strbuf_cstr(&out));
}

static int environment_of(struct arena *a, const struct alembic_project *p, struct environment **out,
                          struct err *err)
{
    if (!p->url) {
        if (err) {
            *err = p->url_error;
        }
        return p->url_error.status;
    }
    int rc = environment_from_url(a, p->url_references ? p->url : without_references(a, p->url), out, err);
    if (rc && err && !err->file[0]) {
        err_wrap(err, "sqlalchemy.url");
        err_place(err, p->ini ? p->ini : p->toml, 0, 0);
    }
    return rc;
}

struct project *alembic_project_wrap(struct arena *a, struct alembic_project *p)
{
    struct environment *only = NULL;
    struct err *why = arena_alloc(a, sizeof(*why));
    environment_of(a, p, &only, why);
    const char *dir = path_dirname(a, p->ini ? p->ini : p->toml);
    struct project *wrapped = arena_alloc(a, sizeof(*wrapped));
    *wrapped = (struct project){.name = arena_dup(a, path_basename(p->here)),
                                .file = p->ini ? p->ini : p->toml,
                                .dir = ".",
                                .alembic = p,
                                .revisions = p->versions,
                                .nrevisions = p->nversions,
                                .only = only,
                                .only_error = only ? NULL : why,
                                .plans = path_join(a, dir, "plans"),
                                .store = path_join(a, dir, ".lockstep/store.db"),
                                .version_table =
                                    p->online.version_table ? p->online.version_table : "alembic_version",
                                .version_table_schema = p->online.version_table_schema,
                                .default_environment = "default"};
    return wrapped;
}

struct alembic_project *alembic_project_plain(struct arena *a, const struct project *p,
                                              const struct alembic_options *options)
{
    struct alembic_project *plain = arena_alloc(a, sizeof(*plain));
    plain->section = "alembic";
    plain->here = p->dir;
    plain->python = p->python;
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

struct graph_source alembic_source(const struct alembic_project *p)
{
    return (struct graph_source){.folders = (const char *const *)p->versions,
                                 .n = p->nversions,
                                 .recursive = p->recursive,
                                 .alembic = p->ini || p->toml};
}
