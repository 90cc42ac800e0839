/* The project file and the environments that belong to it. */
#include "environments/project.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/vec.h"
#include "environments/parse.h"
#include "environments/vault.h"
#include <dirent.h>
#include <errno.h>

#define PROJECT_FILE "lockstep.yaml"
#define PARENTS_MAX  64

/* --- lockstep.yaml */

int project_text(const struct yaml_node *root, const char *key, const char *absent, const char **out,
                 struct err *err)
{
    const struct yaml_node *n = yaml_get(root, key);
    if (!n) {
        *out = absent;
        return 0;
    }
    const char *text;
    int rc = yaml_string(n, &text, err);
    if (!rc && !text[0]) {
        rc = yaml_error(err, n, "expected text, found an empty value");
    }
    if (!rc) {
        *out = text;
    }
    return rc;
}

/* A path or a list of paths, joined to the project's folder. */
static int paths_of(struct arena *a, const struct project *p, const struct yaml_node *n, const char ***out,
                    size_t *count, struct err *err)
{
    size_t many = n->kind == YAML_LIST ? n->n : 1;
    if (many == 0) {
        return yaml_error(err, n, "expected at least one path, found an empty list");
    }
    const char **paths = arena_array(a, many, sizeof(*paths));
    for (size_t i = 0; i < many; i++) {
        const struct yaml_node *item = n->kind == YAML_LIST ? n->items[i] : n;
        const char *text;
        int rc = yaml_string(item, &text, err);
        if (!rc && !text[0]) {
            rc = yaml_error(err, item, "expected a path, found an empty value");
        }
        if (rc) {
            return rc;
        }
        paths[i] = path_join(a, p->dir, text);
    }
    *out = paths;
    *count = many;
    return 0;
}

static int read_paths(struct arena *a, const struct yaml_node *root, struct project *p, struct err *err)
{
    const struct yaml_node *revisions = yaml_get(root, "revisions"),
                           *environments = yaml_get(root, "environments");
    if (revisions) {
        int rc = paths_of(a, p, revisions, &p->revisions, &p->nrevisions, err);
        if (rc) {
            return rc;
        }
    } else {
        p->revisions = arena_array(a, 1, sizeof(*p->revisions));
        p->revisions[p->nrevisions++] = path_join(a, p->dir, "revisions");
    }
    if (environments && environments->kind == YAML_LIST) {
        return paths_of(a, p, environments, &p->environment_files, &p->nenvironment_files, err);
    }
    const char *folder;
    int rc = project_text(root, "environments", "environments", &folder, err);
    if (!rc) {
        p->environments_dir = path_join(a, p->dir, folder);
    }
    return rc;
}

/* One identifier: a dot would be taken for a schema by people and for a character by databases. */
static int check_identifier(const struct yaml_node *root, const char *key, struct err *err)
{
    const struct yaml_node *n = yaml_get(root, key);
    if (!n) {
        return 0;
    }
    if (n->text.len > 63) {
        return yaml_error(err, n, "the name is longer than 63 bytes");
    }
    for (size_t i = 0; i < n->text.len; i++) {
        char c = n->text.ptr[i];
        if ((unsigned char)c <= ' ' || c == 0x7F || strchr(".\"'`;", c)) {
            yaml_error(err, n, "\"%s\" is not a plain name", n->text.ptr);
            return err_hint(err, "A schema is given in version_table_schema.");
        }
    }
    return 0;
}

static int read_names(struct arena *a, const struct yaml_node *root, struct project *p, struct err *err)
{
    int rc = project_text(root, "version_table", "alembic_version", &p->version_table, err);
    if (!rc) {
        rc = project_text(root, "version_table_schema", NULL, &p->version_table_schema, err);
    }
    if (!rc) {
        rc = check_identifier(root, "version_table", err);
    }
    if (!rc) {
        rc = check_identifier(root, "version_table_schema", err);
    }
    if (!rc) {
        rc = project_text(root, "default_environment", NULL, &p->default_environment, err);
    }
    if (!rc) {
        rc = project_text(root, "project", NULL, &p->name, err);
    }
    const char *python = NULL;
    rc = rc ? rc : project_text(root, "python", NULL, &python, err);
    p->python = python && strchr(python, '/') ? path_join(a, p->dir, python) : python;
    if (!rc && !p->name) {
        char *real = realpath(p->dir, NULL);
        p->name = arena_dup(a, real ? path_basename(real) : "project");
        free(real);
    }
    return rc;
}

/* What autogenerate compares with: one of three. */
static int read_desired(struct arena *a, const struct yaml_node *root, struct project *p, struct err *err)
{
    static const char *const keys[] = {"models", "schema", "command"};
    const char *first = NULL;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const struct yaml_node *n = yaml_get(root, keys[i]);
        if (n && first) {
            return yaml_error(err, n, "the project has \"%s\" already, and only one of them counts", first);
        }
        first = n ? keys[i] : first;
    }
    const struct yaml_node *schema = yaml_get(root, "schema");
    int rc = schema ? paths_of(a, p, schema, &p->schema_files, &p->nschema_files, err) : 0;
    rc = rc ? rc : project_text(root, "models", NULL, &p->models, err);
    return rc ? rc : project_text(root, "command", NULL, &p->schema_command, err);
}

static int read_project(struct arena *a, const char *file, struct project **out, struct err *err)
{
    static const char *const keys[] = {"project",
                                       "revisions",
                                       "environments",
                                       "plans",
                                       "store",
                                       "version_table",
                                       "version_table_schema",
                                       "default_environment",
                                       "python",
                                       "vault",
                                       "models",
                                       "schema",
                                       "command"};
    struct yaml_doc *doc;
    int rc = yaml_load_file(a, file, &doc, err);
    if (rc) {
        return rc;
    }
    const struct yaml_node *root = doc->root;
    struct project *p = arena_alloc(a, sizeof(*p));
    p->file = doc->file;
    p->dir = path_dirname(a, file);
    if (root) {
        rc = yaml_only_keys(root, keys, COUNT_OF(keys), err);
    }
    if (!rc) {
        rc = read_paths(a, root, p, err);
    }
    const char *plans = NULL;
    if (!rc) {
        rc = project_text(root, "plans", "plans", &plans, err);
    }
    if (!rc) {
        p->plans = path_join(a, p->dir, plans);
        rc = project_read_store(a, root, p, err);
    }
    if (!rc) {
        rc = read_names(a, root, p, err);
    }
    if (!rc) {
        rc = read_desired(a, root, p, err);
    }
    if (!rc && yaml_get(root, "vault")) {
        rc = vault_settings_read(a, p->dir, yaml_get(root, "vault"), &p->vault, err);
    }
    if (!rc) {
        *out = p;
    }
    return rc;
}

int project_load(struct arena *a, const char *file, const char *start, struct project **out, struct err *err)
{
    if (file) {
        return read_project(a, file, out, err);
    }
    char *folder = arena_dup(a, start && start[0] ? start : ".");
    for (int i = 0; i < PARENTS_MAX; i++) {
        char *candidate = path_join(a, folder, PROJECT_FILE);
        if (file_exists(candidate)) {
            return read_project(a, candidate, out, err);
        }
        char *real = realpath(folder, NULL);
        bool top = !real || (real[0] == '/' && real[1] == '\0');
        free(real);
        if (top) {
            break;
        }
        folder = strcmp(folder, ".") == 0 ? arena_dup(a, "..") : arena_printf(a, "%s/..", folder);
    }
    err_set(err, ERR_FILE, "no " PROJECT_FILE " in %s or a folder above it", start && start[0] ? start : ".");
    return err_hint(err, "Run \"lockstep init\" to begin a project, name its file with -c, or go to the "
                         "folder with alembic.ini.");
}

/* --- environments */

static bool is_yaml(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot != name && name[0] != '.' && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static int compare_texts(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static int list_files(struct arena *a, const struct project *p, strings_t *out, struct err *err)
{
    if (!p->environments_dir) {
        for (size_t i = 0; i < p->nenvironment_files; i++) {
            *vec_push(a, out) = p->environment_files[i];
        }
        return 0;
    }
    DIR *dir = opendir(p->environments_dir);
    if (!dir) {
        return err_errno(err, p->environments_dir, "cannot read the folder of environments");
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            break;
        }
        if (is_yaml(entry->d_name)) {
            *vec_push(a, out) = path_join(a, p->environments_dir, entry->d_name);
        }
    }
    int rc = errno ? err_errno(err, p->environments_dir, "cannot read the folder of environments") : 0;
    closedir(dir);
    if (!rc && out->n) {
        qsort(out->items, out->n, sizeof(*out->items), compare_texts);
    }
    return rc;
}

static int compare_environments(const void *x, const void *y)
{
    const struct environment *a = *(struct environment *const *)x, *b = *(struct environment *const *)y;
    int c = strcmp(a->name, b->name);
    return c ? c : strcmp(a->file, b->file);
}

static int only_environment(const struct project *p, struct environment **out, struct err *err)
{
    if (!p->only && err) {
        *err = *p->only_error;
    }
    *out = p->only;
    return p->only ? 0 : p->only_error->status;
}

int project_environments(struct arena *a, const struct project *p, struct environment ***out, size_t *n,
                         struct err *err)
{
    if (p->only || p->only_error) {
        struct environment **one = arena_array(a, 1, sizeof(struct environment *));
        int rc = only_environment(p, one, err);
        *out = rc ? *out : one;
        *n = rc ? *n : 1;
        return rc;
    }
    strings_t files = {0};
    int rc = list_files(a, p, &files, err);
    if (rc) {
        return rc;
    }
    struct environment **found = arena_array(a, files.n, sizeof(struct environment *));
    for (size_t i = 0; i < files.n; i++) {
        rc = environment_load(a, files.items[i], &found[i], err);
        if (rc) {
            return rc;
        }
    }
    if (files.n) {
        qsort(found, files.n, sizeof(*found), compare_environments);
    }
    for (size_t i = 1; i < files.n; i++) {
        if (strcmp(found[i]->name, found[i - 1]->name) == 0) {
            yaml_error(err, yaml_get(found[i]->node, "environment"),
                       "the environment \"%s\" is also defined in %s", found[i]->name, found[i - 1]->file);
            return err_hint(err, "Give one of them another name.");
        }
    }
    *out = found;
    *n = files.n;
    return 0;
}

/* The environment in NAME.yaml, when that file exists and defines that name; otherwise *out stays. */
static int try_own_file(struct arena *a, const struct project *p, const char *name, struct environment **out,
                        struct err *err)
{
    static const char *const endings[] = {".yaml", ".yml"};
    struct environment *e = NULL;
    for (size_t i = 0; i < COUNT_OF(endings) && p->environments_dir && env_is_name(slice_of(name)); i++) {
        char *path = path_join(a, p->environments_dir, arena_printf(a, "%s%s", name, endings[i]));
        if (!file_exists(path)) {
            continue;
        }
        int rc = environment_load(a, path, &e, err);
        if (rc) {
            return rc;
        }
        if (strcmp(e->name, name) == 0) {
            *out = e;
            return 0;
        }
    }
    return 0;
}

static int not_found(struct arena *a, const char *name, struct environment **all, size_t n, struct err *err)
{
    strings_t names = {0};
    AUTO(strbuf_release) struct strbuf list = {.max = 500};
    for (size_t i = 0; i < n; i++) {
        *vec_push(a, &names) = all[i]->name;
        strbuf_addf(&list, "%s%s", i ? ", " : "", all[i]->name);
    }
    if (n == 0) {
        err_set(err, ERR_USAGE, "the project has no environments");
        return err_hint(err, "Write one as environments/dev.yaml.");
    }
    if (!name) {
        err_set(err, ERR_USAGE, "the project has %zu environments, name one", n);
        return err_hint(err, "Use -e with one of %s, or set default_environment.", strbuf_cstr(&list));
    }
    err_set(err, ERR_USAGE, "no environment is named \"%.200s\"", name);
    const char *near = str_nearest(name, names.items, names.n);
    return near ? err_hint(err, "did you mean \"%s\"?", near)
                : err_hint(err, "The project has %s.", strbuf_cstr(&list));
}

int project_environment(struct arena *a, const struct project *p, const char *name, struct environment **out,
                        struct err *err)
{
    struct environment *own = NULL, **all = NULL;
    size_t n = 0;
    name = name ? name : p->default_environment;
    if (p->only_error && !p->only && (!name || strcmp(name, "default") == 0)) {
        return only_environment(p, &own, err);
    }
    int rc = name ? try_own_file(a, p, name, &own, err) : 0;
    if (!rc && own) {
        *out = own;
        return 0;
    }
    if (!rc) {
        rc = project_environments(a, p, &all, &n, err);
    }
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < n; i++) {
        if (name ? strcmp(all[i]->name, name) == 0 : n == 1) {
            *out = all[i];
            return 0;
        }
    }
    return not_found(a, name, all, n, err);
}
