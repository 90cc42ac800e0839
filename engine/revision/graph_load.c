/* Filling the graph from folders of SQL files. */
#include "engine/revision/graph.h"
#include "engine/revision/sql_file.h"
#include "engine/revision/sql_lines.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_revision_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0 &&
           entry->d_type != DT_DIR;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static int list_files(struct arena *a, DIR *dir, const char *folder, strings_t *out, struct err *err)
{
    bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            break;
        }
        if (is_revision_file(entry)) {
            *(const char **)vec_push(a, out) =
                arena_printf(a, "%s%s%s", folder, slash ? "" : "/", entry->d_name);
        }
    }
    if (errno) {
        return err_errno(err, folder, "cannot read the folder of revisions");
    }
    if (out->n) {
        qsort(out->items, out->n, sizeof(*out->items), by_text); /* the order of errors, not of revisions */
    }
    return 0;
}

static int load_file(struct graph *g, int dirfd, const char *path, struct err *err)
{
    struct revision header = {.file = path};
    const char *name = strrchr(path, '/') + 1;
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_errno(err, path, "cannot open");
    }
    int rc = sql_header_read(g->arena, fd, path, &header, err);
    close(fd);
    if (rc) {
        return rc;
    }
    struct revision *r = graph_add(g, header.id, path, err);
    if (!r) {
        return err_place(err, path, header.line, 1);
    }
    *r = header;
    return 0;
}

static int load_folder(struct graph *g, const char *folder, struct err *err)
{
    strings_t files = {0};
    const char **file;
    DIR *dir = opendir(folder);
    if (!dir) {
        err_errno(err, folder, "cannot open the folder of revisions");
        return err_hint(err, "Make the folder, or correct \"revisions\" in the project's file."), ERR_FILE;
    }
    int rc = list_files(g->arena, dir, folder, &files, err);
    vec_each (file, &files) {
        if (rc) {
            break;
        }
        rc = load_file(g, dirfd(dir), *file, err);
    }
    closedir(dir);
    return rc;
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
