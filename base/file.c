/* Whole-file input and output, paths, times. */
#include "base/file.h"
#include "base/arena.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

static int too_large(const char *path, size_t max, struct err *err)
{
    err_set(err, ERR_FILE, "is larger than %zu bytes", max);
    return err_place(err, path, 0, 0);
}

/* The size that the file system tells is a first guess: pipes tell none and files grow. */
static int read_all(struct arena *a, int fd, const char *path, size_t max, struct slice *out, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return err_errno(err, path, "cannot read");
    }
    if (S_ISDIR(st.st_mode)) {
        err_set(err, ERR_FILE, "is a folder, a file was expected");
        return err_place(err, path, 0, 0);
    }
    if (st.st_size > 0 && (uint64_t)st.st_size > max) {
        return too_large(path, max, err);
    }
    size_t cap = st.st_size > 0 ? (size_t)st.st_size + 1 : 4096, len = 0;
    char *buf = arena_alloc(a, cap + 1);
    for (;;) {
        if (len == cap) {
            char *grown = arena_alloc(a, cap * 2 + 1);
            memcpy(grown, buf, len);
            buf = grown;
            cap *= 2;
        }
        ssize_t n = read(fd, buf + len, cap - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_errno(err, path, "cannot read");
        }
        if (n == 0) {
            break;
        }
        len += (size_t)n;
        if (len > max) {
            return too_large(path, max, err);
        }
    }
    buf[len] = '\0';
    *out = (struct slice){buf, len};
    return 0;
}

int file_read(struct arena *a, const char *path, size_t max, struct slice *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_errno(err, path, "cannot open");
    }
    int rc = read_all(a, fd, path, max ? max : (size_t)64 << 20, out, err);
    close(fd);
    return rc;
}

static int write_all(int fd, struct slice text)
{
    size_t done = 0;
    while (done < text.len) {
        ssize_t n = write(fd, text.ptr + done, text.len - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        done += (size_t)n;
    }
    return fsync(fd);
}

int file_write(const char *path, struct slice text, bool exclusive, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *dir = path_dirname(&a, path);
    int rc = file_mkdirs(dir, err);
    if (rc) {
        return rc;
    }
    if (exclusive && file_exists(path)) {
        err_set(err, ERR_FILE, "exists already");
        return err_place(err, path, 0, 0);
    }
    /* Unlike any name that another thread, another process or a crashed one of the same number uses. */
    static atomic_uint counter;
    char *temp = arena_printf(&a, "%s.%ld.%u.%llx.tmp", path, (long)getpid(), atomic_fetch_add(&counter, 1),
                              (unsigned long long)time_now_us());
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return err_errno(err, path, "cannot write");
    }
    if (write_all(fd, text) != 0) {
        err_errno(err, path, "cannot write");
        close(fd);
        unlink(temp);
        return ERR_FILE;
    }
    close(fd);
    /* link() refuses an existing name, rename() replaces it. */
    int moved = exclusive ? link(temp, path) : rename(temp, path);
    if (moved != 0) {
        err_errno(err, path, "cannot write");
        unlink(temp);
        return ERR_FILE;
    }
    if (exclusive) {
        unlink(temp);
    }
    int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dirfd >= 0) {
        fsync(dirfd);
        close(dirfd);
    }
    return 0;
}

int file_mkdirs(const char *path, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *p = arena_dup(&a, path);
    for (char *s = p + 1; *p; s++) {
        char c = *s;
        if (c != '/' && c != '\0') {
            continue;
        }
        *s = '\0';
        if (mkdir(p, 0777) != 0 && errno != EEXIST) {
            return err_errno(err, p, "cannot make the folder");
        }
        if (c == '\0') {
            break;
        }
        *s = c;
    }
    struct stat st;
    if (*path && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
        errno = ENOTDIR;
        return err_errno(err, path, "cannot make the folder");
    }
    return 0;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

char *path_join(struct arena *a, const char *base, const char *name)
{
    const char *home = getenv("HOME");
    if (name[0] == '~' && name[1] == '/' && home) {
        return arena_printf(a, "%s%s", home, name + 1);
    }
    if (name[0] == '/' || !base || !base[0] || (base[0] == '.' && !base[1])) {
        return arena_dup(a, name);
    }
    return arena_printf(a, "%s%s%s", base, base[strlen(base) - 1] == '/' ? "" : "/", name);
}

char *path_dirname(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return arena_dup(a, ".");
    }
    return slash == path ? arena_dup(a, "/") : arena_dupn(a, path, (size_t)(slash - path));
}

char *path_absolute(struct arena *a, const char *path)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    char cwd[4096];
    const char *parts[] = {path[0] == '/' || !getcwd(cwd, sizeof(cwd)) ? "" : cwd, path};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct slice rest = slice_of(parts[i]), part;
        while (slice_cut(&rest, '/', &part)) {
            if (part.len && !slice_eq(part, ".")) {
                strbuf_addch(&out, '/');
                strbuf_add(&out, part.ptr, part.len);
            }
        }
    }
    return arena_dup(a, out.len ? out.ptr : "/");
}

const char *path_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int64_t clock_us(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t time_now_us(void)
{
    return clock_us(CLOCK_REALTIME);
}

int64_t time_monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

char *time_format(struct arena *a, int64_t us, bool micros)
{
    int fraction = (int)(us % 1000000);
    fraction += fraction < 0 ? 1000000 : 0;
    time_t seconds = (time_t)((us - fraction) / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char text[40];
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    return micros ? arena_printf(a, "%s.%06dZ", text, fraction) : arena_printf(a, "%sZ", text);
}

char *duration_format(struct arena *a, int64_t us)
{
    if (us < 1000) {
        return arena_printf(a, "%.1fms", (double)us / 1e3);
    }
    if (us < 1000000) {
        return arena_printf(a, "%dms", (int)(us / 1000));
    }
    if (us < 60000000) {
        return arena_printf(a, "%.1fs", (double)us / 1e6);
    }
    int64_t s = us / 1000000;
    if (s < 3600) {
        return arena_printf(a, "%dm %02ds", (int)(s / 60), (int)(s % 60));
    }
    return arena_printf(a, "%dh %02dm", (int)(s / 3600), (int)(s / 60 % 60));
}
