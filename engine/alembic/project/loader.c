/* Finding modules of the project, as Python's path finder does: package, module, folder without __init__.py.
 */
#include "engine/alembic/project/loader.h"
#include "base/file.h"
#include <sys/stat.h>

#define MODULE_MAX ((size_t)4 << 20) /* bytes; a module of a project is far smaller */

/* "app.models" as "app/models"; NULL for what is no name of a module. */
static char *relative(struct arena *a, const char *name)
{
    char *path = arena_dup(a, name);
    bool start = true;
    for (char *p = path; *p; p++) {
        if (*p == '.') {
            if (start) {
                return NULL;
            }
            *p = '/';
            start = true;
            continue;
        }
        if (*p == '/' || *p == '\\') {
            return NULL;
        }
        start = false;
    }
    return start ? NULL : path;
}

static bool is_kind(const char *path, mode_t kind)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

static int read_module(struct alembic_loader *l, struct alembic_module *m, const char *file, struct err *err)
{
    struct slice text;
    int rc = file_read(l->arena, file, MODULE_MAX, &text, err);
    if (rc == 0) {
        m->found = true;
        m->file = file;
        m->text = text;
    }
    return rc;
}

static int look(struct alembic_loader *l, struct alembic_module *m, struct err *err)
{
    const char *path = relative(l->arena, m->name);
    const char **folder;
    const char *bare = NULL;
    vec_each (folder, &l->folders) {
        if (!path) {
            break;
        }
        const char *package = arena_printf(l->arena, "%s/%s/__init__.py", *folder, path);
        const char *module = arena_printf(l->arena, "%s/%s.py", *folder, path);
        const char *dir = arena_printf(l->arena, "%s/%s", *folder, path);
        if (is_kind(package, S_IFREG)) {
            m->package = true;
            return read_module(l, m, package, err);
        }
        if (is_kind(module, S_IFREG)) {
            return read_module(l, m, module, err);
        }
        bare = !bare && is_kind(dir, S_IFDIR) ? dir : bare;
    }
    if (bare) {
        m->found = m->package = true;
        m->text = SLICE("");
        m->file = bare;
    }
    return 0;
}

static int find(void *arg, const char *name, bool *found, bool *is_package, const char **file,
                struct slice *text, struct err *err)
{
    struct alembic_loader *l = arg;
    struct alembic_module *m = NULL, *known;
    vec_each (known, &l->modules) {
        m = strcmp(known->name, name) == 0 ? known : m;
    }
    if (!m) {
        struct alembic_module fresh = {.name = arena_dup(l->arena, name)};
        int rc = look(l, &fresh, err);
        if (rc) {
            return rc;
        }
        m = vec_push(l->arena, &l->modules);
        *m = fresh;
    }
    *found = m->found;
    *is_package = m->package;
    *file = m->file;
    *text = m->text;
    return 0;
}

struct py_loader alembic_loader_of(struct alembic_loader *l)
{
    return (struct py_loader){.arg = l, .find = find};
}
