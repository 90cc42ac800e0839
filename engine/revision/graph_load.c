/* Filling the graph from folders of SQL files and of Alembic's Python files. */
#include "base/file.h"
#include "base/parallel.h"
#include "engine/alembic/project/alembic_graph.h"
#include "engine/revision/graph.h"
#include "engine/revision/sql_lines.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARALLEL_FROM 512u /* files */
#define FOLDERS_DEEP  64

/* The files of one folder and, when asked, of those below it. */
struct files {
    int dirfd;     /* of the folder */
    size_t prefix; /* bytes of a path before the part that dirfd knows */
    bool python;   /* there is a Python file among them, or the project is Alembic's */
    atomic_size_t kept;
    struct revision *items; /* with `file` set, and `kind` as the name tells */
    size_t n;
};

struct listing {
    struct arena *arena, *scratch; /* for paths, and for their list */
    strings_t paths;
    bool recursive, python;
};

static bool is_sql_file(const char *name)
{
    size_t len = strlen(name);
    return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".sql") == 0;
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

static bool is_folder(DIR *dir, const struct dirent *entry)
{
    struct stat st;
    return entry->d_type == DT_DIR ||
           (entry->d_type == DT_UNKNOWN &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode));
}

static int list_below(struct listing *l, DIR *dir, const char *folder, const char *name, int depth,
                      struct err *err);

static int list_files(struct listing *l, DIR *dir, const char *folder, int depth, struct err *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            return errno ? err_errno(err, folder, "cannot read the folder of revisions") : 0;
        }
        const char *name = entry->d_name;
        bool python = alembic_is_revision_file(name), candidate = python || is_sql_file(name);
        if (!candidate && !l->recursive) {
            continue;
        }
        if (is_folder(dir, entry)) {
            size_t len = strlen(name);
            bool pass = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
                        (len >= 11 && strcmp(name + len - 11, "__pycache__") == 0);
            int rc = l->recursive && !pass ? list_below(l, dir, folder, name, depth + 1, err) : 0;
            if (rc) {
                return rc;
            }
        } else if (candidate) {
            *vec_push(l->scratch, &l->paths) = join(l->arena, folder, name);
            l->python = l->python || python;
        }
    }
}

static int list_below(struct listing *l, DIR *dir, const char *folder, const char *name, int depth,
                      struct err *err)
{
    const char *path = join(l->scratch, folder, name);
    if (depth > FOLDERS_DEEP) {
        err_set(err, ERR_FILE, "folders of revisions are nested deeper than %d levels", FOLDERS_DEEP);
        return err_place(err, path, 0, 0);
    }
    int fd = openat(dirfd(dir), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *below = fd < 0 ? NULL : fdopendir(fd);
    if (!below) {
        err_errno(err, path, "cannot open the folder of revisions");
        if (fd >= 0) {
            close(fd);
        }
        return ERR_FILE;
    }
    int rc = list_files(l, below, path, depth, err);
    closedir(below);
    return rc;
}

/* An SQL file beside Python revisions may be what one of them reads. */
static bool has_header(int dirfd, const char *name)
{
    char buf[4096];
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
    if (fd >= 0) {
        close(fd);
    }
    struct slice rest = {buf, n > 0 ? (size_t)n : 0}, line;
    while (n > 0 && slice_cut(&rest, '\n', &line)) {
        line = slice_trim(line);
        if (slice_starts(line, "\xEF\xBB\xBF")) {
            line = (struct slice){line.ptr + 3, line.len - 3};
        }
        if (!slice_starts(line, "--")) {
            continue;
        }
        line = slice_trim((struct slice){line.ptr + 2, line.len - 2});
        if (line.len > 8 && strncasecmp(line.ptr, "revision", 8) == 0) {
            return true;
        }
    }
    return n < 0; /* let the reader tell why */
}

static int read_header(void *arg, struct arena *a, size_t i, struct err *err)
{
    struct files *files = arg;
    struct revision *r = &files->items[i];
    const char *name = r->file + files->prefix;
    if (r->kind == REVISION_PYTHON) {
        return alembic_revision_read(a, files->dirfd, name, &files->kept, r, err);
    }
    if (files->python && !has_header(files->dirfd, name)) {
        return 0; /* it stays without an id */
    }
    return sql_file_header_at(a, files->dirfd, name, r, err);
}

/* Files come in the order of the folder's table, errors are the same whatever that is. */
static int duplicate(const struct revision *known, const struct revision *given, struct err *err)
{
    bool swap = strcmp(given->file, known->file) < 0;
    const struct revision *first = swap ? given : known, *second = swap ? known : given;
    if (second->kind == REVISION_PYTHON) {
        err_set(err, ERR_FILE, "Revision %s is present more than once: it is in %s already (line %d)",
                given->id, first->file, first->line);
    } else {
        err_set(err, ERR_FILE, "revision %s is in %s already (line %d)", given->id, first->file, first->line);
    }
    err_place(err, second->file, second->line, 1);
    return err_hint(err, "Give one of the two files another id."), ERR_FILE;
}

static int add(struct graph *g, struct revision *r, struct err *err)
{
    int rc = graph_insert(g, r, err);
    const struct revision *known = rc ? graph_find(g, r->id) : NULL;
    return known ? duplicate(known, r, err) : rc ? err_place(err, r->file, r->line, 1) : 0;
}

static enum revision_kind kind_of(const char *file)
{
    return is_sql_file(path_basename(file)) ? REVISION_SQL : REVISION_PYTHON;
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
        struct revision again = {.file = files->items[i].file, .kind = kind_of(files->items[i].file)};
        struct files one = {
            .dirfd = files->dirfd, .prefix = files->prefix, .python = files->python, .items = &again, .n = 1};
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
        if (files->items[i].id && add(g, &files->items[i], &now)) {
            keep_first(&first, &now);
        }
    }
    if (first.status && err) {
        *err = first;
    }
    return first.status;
}

static int load_files(struct graph *g, DIR *dir, const struct graph_source *source, const char *folder,
                      struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct listing list = {
        .arena = g->arena, .scratch = &scratch, .recursive = source->recursive, .python = source->alembic};
    int rc = list_files(&list, dir, folder, 0, err);
    if (rc) {
        return rc;
    }
    size_t len = strlen(folder);
    struct files files = {.dirfd = dirfd(dir),
                          .prefix = len && folder[len - 1] == '/' ? len : len + 1,
                          .python = list.python,
                          .n = list.paths.n};
    files.items = arena_array(g->arena, files.n, sizeof(*files.items));
    for (size_t i = 0; i < files.n; i++) {
        files.items[i].file = list.paths.items[i];
        files.items[i].kind = kind_of(list.paths.items[i]);
    }
    rc = read_headers(g, &files, err);
    return rc ? rc : add_all(g, &files, err);
}

static int load_folder(struct graph *g, const struct graph_source *source, const char *folder,
                       struct err *err)
{
    DIR *dir = opendir(folder);
    if (!dir && source->alembic && errno == ENOENT) {
        return 0;
    }
    if (!dir) {
        err_errno(err, folder, "cannot open the folder of revisions");
        return err_hint(err, source->alembic
                                 ? "Make the folder, or correct \"version_locations\"."
                                 : "Make the folder, or correct \"revisions\" in the project's file."),
               ERR_FILE;
    }
    int rc = load_files(g, dir, source, folder, err);
    closedir(dir);
    return rc;
}

/* Is folder i read through another one already: the same, or one that it lies in? */
static bool is_covered(char *const *real, size_t n, size_t i, bool recursive)
{
    for (size_t k = 0; k < n && real[i]; k++) {
        size_t len = real[k] ? strlen(real[k]) : 0;
        bool inside = len && recursive && strncmp(real[i], real[k], len) == 0 && real[i][len] == '/';
        if ((k < i && len && strcmp(real[i], real[k]) == 0) || inside) {
            return true;
        }
    }
    return false;
}

static int load_folders(struct graph *g, const struct graph_source *source, struct err *err)
{
    char **real = xcalloc(source->n + 1, sizeof(*real));
    for (size_t i = 0; i < source->n && source->n > 1; i++) {
        real[i] = realpath(source->folders[i], NULL);
    }
    int rc = 0;
    for (size_t i = 0; i < source->n && !rc; i++) {
        rc = is_covered(real, source->n, i, source->recursive)
                 ? 0
                 : load_folder(g, source, source->folders[i], err);
    }
    for (size_t i = 0; i < source->n; i++) {
        free(real[i]);
    }
    free(real);
    return rc;
}

int graph_read(struct arena *a, const struct graph_source *source, struct graph **out, struct err *err)
{
    struct graph *g = graph_new(a);
    int rc = load_folders(g, source, err);
    rc = rc ? rc : graph_finish(g, err);
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
