/* Filling the graph from folders of SQL files. */
#include "engine/revision/graph.h"
#include "engine/revision/sql_file.h"
#include "engine/revision/sql_lines.h"
#include <dirent.h>
#include <errno.h>

static bool is_revision_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0 &&
           entry->d_type != DT_DIR;
}

static char *join(struct arena *a, const char *folder, const char *name)
{
    size_t n = strlen(folder), m = strlen(name), slash = n && folder[n - 1] != '/';
    char *path = arena_alloc(a, n + slash + m + 1);
    memcpy(path, folder, n);
    memcpy(path + n, "/", slash);
    memcpy(path + n + slash, name, m);
    return path;
}

/* Files come in the order of the folder's table, errors are the same whatever that is. */
static int duplicate(const struct revision *known, const struct revision *given, struct err *err)
{
    bool swap = strcmp(given->file, known->file) < 0;
    const struct revision *first = swap ? given : known, *second = swap ? known : given;
    err_set(err, ERR_FILE, "revision %s is in %s already (line %d)", given->id, first->file, first->line);
    err_place(err, second->file, second->line, 1);
    return err_hint(err, "Give one of the two files another id."), ERR_FILE;
}

static int load_file(struct graph *g, int dirfd, const char *folder, const char *name, struct err *err)
{
    struct revision header = {.file = join(g->arena, folder, name)};
    int rc = sql_file_header_at(g->arena, dirfd, name, &header, err);
    if (rc) {
        return rc;
    }
    struct revision *r = graph_add(g, header.id, header.file, err);
    if (!r) {
        const struct revision *known = graph_find(g, header.id);
        return known ? duplicate(known, &header, err) : err_place(err, header.file, header.line, 1);
    }
    *r = header;
    return 0;
}

/* Of several errors the one of the first file, by name, is told. */
static void keep_first(struct err *first, const struct err *err)
{
    if (!first->status || strcmp(err->file, first->file) < 0) {
        *first = *err;
    }
}

static int load_folder(struct graph *g, const char *folder, struct err *err)
{
    struct err first = {0}, now;
    DIR *dir = opendir(folder);
    if (!dir) {
        err_errno(err, folder, "cannot open the folder of revisions");
        return err_hint(err, "Make the folder, or correct \"revisions\" in the project's file."), ERR_FILE;
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry && errno) {
            err_errno(&now, folder, "cannot read the folder of revisions");
            keep_first(&first, &now);
        }
        if (!entry) {
            break;
        }
        if (is_revision_file(entry) && load_file(g, dirfd(dir), folder, entry->d_name, &now)) {
            keep_first(&first, &now);
        }
    }
    closedir(dir);
    if (first.status && err) {
        *err = first;
    }
    return first.status;
}

int graph_load(struct arena *a, const char *const *folders, size_t n, struct graph **out, struct err *err)
{
    struct graph *g = graph_new(a);
    for (size_t i = 0; i < n; i++) {
        int rc = load_folder(g, folders[i], err);
        if (rc) {
            return rc;
        }
    }
    int rc = graph_finish(g, err);
    if (rc) {
        return rc;
    }
    g->folders = folders;
    g->nfolders = n;
    *out = g;
    return 0;
}
