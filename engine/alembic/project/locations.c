/* Finding the folders that alembic.ini names, in the file system and in packages. */
#include "engine/alembic/project/locations.h"
#include "base/file.h"
#include <unistd.h>

/* Short for people: below the current folder the path from there. */
static const char *shortened(struct arena *a, const char *path)
{
    char cwd[4096];
    const char *absolute = path_absolute(a, path);
    size_t n = getcwd(cwd, sizeof(cwd)) ? strlen(cwd) : 0;
    bool below = n > 1 && strncmp(absolute, cwd, n) == 0 && absolute[n] == '/';
    return below ? absolute + n + 1 : n && strcmp(absolute, cwd) == 0 ? "." : absolute;
}

/* "package.module:folder:sub": the package's folder under one of those where modules are looked for. */
static int find_resource(const struct config *c, const struct alembic_project *p, const char *option,
                         const char *text, const char **out, struct err *err)
{
    size_t n = strcspn(text, ":");
    char *package = arena_dupn(c->arena, text, n), *rest = arena_dup(c->arena, text + n + 1);
    for (char *s = package; *s; s++) {
        *s = *s == '.' ? '/' : *s;
    }
    for (char *s = rest; *s; s++) {
        *s = *s == ':' ? '/' : *s;
    }
    for (size_t i = 0; i <= p->sys_path.n; i++) {
        const char *folder = i < p->sys_path.n ? p->sys_path.items[i] : ".";
        const char *found = path_join(c->arena, folder, package);
        if (package[0] && file_exists(found)) {
            *out = path_join(c->arena, found, rest);
            return 0;
        }
    }
    config_error(c, option, err, "cannot find the package \"%.*s\" of \"%s\"", (int)n, text, text);
    return err_hint(err, "Packages are looked for in the folders of prepend_sys_path; write the folder's "
                         "path instead."),
           ERR_FILE;
}

static int find_folder(const struct config *c, const struct alembic_project *p, const char *option,
                       const char *text, const char **out, struct err *err)
{
    if (text[0] == '/' || !strchr(text, ':')) {
        *out = shortened(c->arena, text);
        return 0;
    }
    int rc = find_resource(c, p, option, text, out, err);
    if (!rc) {
        *out = shortened(c->arena, *out);
    }
    return rc;
}

static int read_script_location(const struct config *c, struct alembic_project *p, struct err *err)
{
    const char *text = NULL;
    int rc = config_text(c, "script_location", &text, err);
    if (!rc && !text) {
        rc = config_error(c, "script_location", err, "No 'script_location' key found in configuration");
    }
    rc = rc ? rc : find_folder(c, p, "script_location", text, &p->script_location, err);
    if (!rc && access(p->script_location, F_OK) != 0) {
        config_error(c, "script_location", err, "Path doesn't exist: %s", p->script_location);
        return err_hint(
                   err,
                   "Correct script_location, or make the folder with \"lockstep init --template generic\"."),
               ERR_FILE;
    }
    return rc;
}

static int read_versions(const struct config *c, struct alembic_project *p, struct err *err)
{
    strings_t given = {0};
    int rc = config_paths(c, "version_locations", true, ", ", &given, &p->versions_given, err);
    if (rc) {
        return rc;
    }
    p->versions_given = p->versions_given && given.n;
    p->nversions = p->versions_given ? given.n : 1;
    p->versions = arena_array(c->arena, p->nversions, sizeof(*p->versions));
    p->versions[0] = path_join(c->arena, p->script_location, "versions");
    for (size_t i = 0; i < given.n && !rc; i++) {
        rc = find_folder(c, p, "version_locations", given.items[i], &p->versions[i], err);
    }
    return rc;
}

int locations_read(const struct config *c, struct alembic_project *p, struct err *err)
{
    bool found = false;
    strings_t paths = {0};
    int rc = config_paths(c, "prepend_sys_path", false, ", :", &paths, &found, err);
    for (size_t i = 0; i < paths.n && !rc; i++) {
        *vec_push(c->arena, &p->sys_path) = shortened(c->arena, paths.items[i]);
    }
    rc = rc ? rc : read_script_location(c, p, err);
    return rc ? rc : read_versions(c, p, err);
}
