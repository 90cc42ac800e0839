/* Filling the graph from folders of SQL files. */
#include "base/file.h"
#include "base/parallel.h"
#include "engine/revision/graph.h"
#include "engine/revision/sql_lines.h"
#include <dirent.h>
#include <errno.h>

#define PARALLEL_FROM 512u /* files */

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

static int add(struct graph *g, struct revision *r, struct err *err)
{
    int rc = graph_insert(g, r, err);
    const struct revision *known = rc ? graph_find(g, r->id) : NULL;
    return known ? duplicate(known, r, err) : rc ? err_place(err, r->file, r->line, 1) : 0;
}

/* The list is in scratch, the paths in a. */
static int list_files(struct arena *a, struct arena *scratch, DIR *dir, const char *folder, strings_t *out,
                      struct err *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            return errno ? err_errno(err, folder, "cannot read the folder of revisions") : 0;
        }
        if (is_revision_file(entry)) {
            *vec_push(scratch, out) = join(a, folder, entry->d_name);
        }
    }
}

struct files {
    int dirfd;
    struct revision *items;
    size_t n;
};

static int read_header(void *arg, struct arena *a, size_t i, struct err *err)
{
    const struct files *files = arg;
    struct revision *r = &files->items[i];
    return sql_file_header_at(a, files->dirfd, path_basename(r->file), r, err);
}

/* Of several errors the one of the first file, by name, is told. */
static void keep_first(struct err *first, const struct err *err)
{
    if (!first->status || strcmp(err->file, first->file) < 0) {
        *first = *err;
    }
}

static int read_headers(struct graph *g, struct files *files, struct err *err)
{
    struct err first = {0}, now;
    int rc = parallel_each(g->arena, files->n, PARALLEL_FROM, read_header, files, err);
    for (size_t i = 0; i < files->n && rc; i++) {
        struct revision again = {.file = files->items[i].file};
        struct files one = {.dirfd = files->dirfd, .items = &again, .n = 1};
        if (read_header(&one, g->arena, 0, &now)) {
            keep_first(&first, &now);
        }
    }
    if (first.status && err) {
        *err = first;
    }
    return rc;
}

static int add_all(struct graph *g, const struct files *files, struct err *err)
{
    struct err first = {0}, now;
    for (size_t i = 0; i < files->n; i++) {
        if (add(g, &files->items[i], &now)) {
            keep_first(&first, &now);
        }
    }
    if (first.status && err) {
        *err = first;
    }
    return first.status;
}

static int load_files(struct graph *g, DIR *dir, const char *folder, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    strings_t paths = {0};
    int rc = list_files(g->arena, &scratch, dir, folder, &paths, err);
    if (rc) {
        return rc;
    }
    struct files files = {.dirfd = dirfd(dir), .n = paths.n};
    files.items = arena_array(g->arena, files.n, sizeof(*files.items));
    for (size_t i = 0; i < files.n; i++) {
        files.items[i].file = paths.items[i];
    }
    rc = read_headers(g, &files, err);
    return rc ? rc : add_all(g, &files, err);
}

static int load_folder(struct graph *g, const char *folder, struct err *err)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        err_errno(err, folder, "cannot open the folder of revisions");
        return err_hint(err, "Make the folder, or correct \"revisions\" in the project's file."), ERR_FILE;
    }
    int rc = load_files(g, dir, folder, err);
    closedir(dir);
    return rc;
}

int graph_read(struct arena *a, const struct graph_source *source, struct graph **out, struct err *err)
{
    struct graph *g = graph_new(a);
    for (size_t i = 0; i < source->n; i++) {
        int rc = load_folder(g, source->folders[i], err);
        if (rc) {
            return rc;
        }
    }
    int rc = graph_finish(g, err);
    if (rc) {
        return rc;
    }
    g->folders = source->folders;
    g->nfolders = source->n;
    *out = g;
    return 0;
}

int graph_load(struct arena *a, const char *const *folders, size_t n, struct graph **out, struct err *err)
{
    return graph_read(a, &(struct graph_source){.folders = folders, .n = n}, out, err);
}
