/*
 * The lock on a database file: a file beside it, locked with an open file description lock, which the kernel
 * drops with the last descriptor, however its process ended. The file's text tells others who holds it.
 *
 * It is removed while still locked. Somebody may have opened it just before: whoever gets the lock therefore
 * looks whether the path still leads to the file he locked, and starts again when it does not.
 */
#include "base/file.h"
#include "drivers/sqlite/connection.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX       "-lockstep-lock"
#define ATTEMPTS_MAX 1000
#define HOLDER_MAX   1024

static const char *lock_path(struct conn *c, struct arena *a)
{
    return arena_printf(a, "%s" SUFFIX, c->real_path);
}

static bool same_file(int fd, const char *path)
{
    struct stat mine, there;
    return fstat(fd, &mine) == 0 && lstat(path, &there) == 0 && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
}

/* Whoever may open the database may lock it, as with SQLite's own journal files. */
static void share(int fd, const char *database)
{
    struct stat st, own;
    if (stat(database, &st) != 0 || fstat(fd, &own) != 0 || own.st_uid != geteuid()) {
        return;
    }
    if (fchmod(fd, st.st_mode & 0666) != 0) {
        return;
    }
    if (geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) != 0) {
        return;
    }
}

static int open_lock_file(struct conn *c, const char *path, int *out, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) {
        int error = errno;
        err_set(err, ERR_FAILED, "cannot lock SQLite database '%s': cannot open '%s': %s", c->path, path,
                strerror(error));
        if (error == EACCES || error == EROFS || error == EPERM) {
            err_hint(err, "Changing a database needs write access to its folder and to the lock file there.");
        }
        return ERR_FAILED;
    }
    *out = fd;
    return 0;
}

static void write_holder(struct conn *c, struct arena *a, int fd)
{
    char host[256] = "";
    if (gethostname(host, sizeof(host) - 1) != 0) {
        host[0] = '\0';
    }
    const char *text =
        arena_printf(a, "who %s on %s\npid %ld\nsince %s\n", c->application ? c->application : "lockstep",
                     host, (long)getpid(), time_format(a, time_now_us(), false));
    /* For people only: a full disk must not keep anybody from the lock. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, strlen(text), 0) < 0) {
        return;
    }
}

static const char *holder_line(struct arena *a, struct slice text, const char *name)
{
    struct slice line;
    while (slice_cut(&text, '\n', &line)) {
        if (!slice_starts(line, name)) {
            continue;
        }
        char *value = arena_dupn(a, line.ptr + strlen(name), line.len - strlen(name));
        for (char *p = value; *p; p++) {
            if ((unsigned char)*p < ' ' || *p == 0x7f) {
                *p = '?';
            }
        }
        return value;
    }
    return NULL;
}

static void read_holder(struct arena *a, int fd, struct lock_holder *holder)
{
    char buf[HOLDER_MAX];
    ssize_t n = pread(fd, buf, sizeof(buf), 0);
    struct slice text = {buf, n > 0 ? (size_t)n : 0};
    *holder =
        (struct lock_holder){.who = holder_line(a, text, "who "), .since = holder_line(a, text, "since ")};
    const char *pid = holder_line(a, text, "pid ");
    holder->pid = pid ? strtoll(pid, NULL, 10) : 0;
}

static int refuse(struct conn *c, const struct lock_holder *h, struct err *err)
{
    err_set(err, ERR_REFUSED, "SQLite database '%s' is locked by %s (pid %lld, since %s)", c->path,
            h->who ? h->who : "another process", (long long)h->pid, h->since ? h->since : "unknown");
    return err_hint(err, "Wait for the other run to end; the lock goes with its process.");
}

enum attempt { ATTEMPT_HELD, ATTEMPT_OTHER, ATTEMPT_AGAIN, ATTEMPT_FAILED };

static enum attempt try_lock(int fd, const char *path)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool locked = fcntl(fd, F_OFD_SETLK, &whole) == 0;
    if (!locked && errno != EAGAIN && errno != EACCES) {
        return ATTEMPT_FAILED;
    }
    if (!same_file(fd, path)) {
        return ATTEMPT_AGAIN;
    }
    return locked ? ATTEMPT_HELD : ATTEMPT_OTHER;
}

static int acquire(struct conn *c, struct arena *a, struct lock_holder *holder, struct err *err)
{
    const char *path = lock_path(c, a);
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
        int fd = -1;
        int rc = open_lock_file(c, path, &fd, err);
        if (rc != 0) {
            return rc;
        }
        enum attempt got = try_lock(fd, path);
        int error = errno;
        switch (got) {
        case ATTEMPT_HELD:
            share(fd, c->real_path);
            write_holder(c, a, fd);
            c->lock_fd = fd;
            return 0;
        case ATTEMPT_OTHER:
            read_holder(a, fd, holder);
            close(fd);
            return refuse(c, holder, err);
        case ATTEMPT_FAILED:
            close(fd);
            err_set(err, ERR_FAILED, "cannot lock '%s': %s", path, strerror(error));
            return err_hint(err, "The file system has to support locks; move the database to one that does.");
        case ATTEMPT_AGAIN:
            close(fd);
            break;
        }
    }
    err_set(err, ERR_REFUSED, "SQLite database '%s' is locked and unlocked by others all the time", c->path);
    return err_hint(err, "Try again.");
}

int sqlite_lock(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder, struct err *err)
{
    if (c->real_path && c->lock_fd < 0) {
        struct lock_holder other = {0};
        int rc = acquire(c, a, &other, err);
        if (rc != 0) {
            if (holder) {
                *holder = other;
            }
            return rc;
        }
    }
    char **place = c->lock_keys.items;
    while (place && place < c->lock_keys.items + c->lock_keys.n && *place) {
        place++;
    }
    if (!place || place == c->lock_keys.items + c->lock_keys.n) {
        place = vec_push(&c->arena, &c->lock_keys);
    }
    *place = xstrdup(key);
    return 0;
}

static void release(struct conn *c)
{
    if (c->lock_fd < 0) {
        return;
    }
    struct arena a = ARENA_INIT;
    const char *path = lock_path(c, &a);
    if (same_file(c->lock_fd, path)) {
        unlink(path);
    }
    arena_release(&a);
    close(c->lock_fd);
    c->lock_fd = -1;
}

int sqlite_unlock(struct conn *c, const char *key, struct err *err)
{
    char **found = NULL, **it;
    size_t others = 0;
    vec_each (it, &c->lock_keys) {
        if (*it && !found && strcmp(*it, key) == 0) {
            found = it;
        } else if (*it) {
            others++;
        }
    }
    if (!found) {
        return err_set(err, ERR_FAILED, "lock '%s' is not held by this connection", key);
    }
    free(*found);
    *found = NULL;
    if (others == 0) {
        release(c);
    }
    return 0;
}

void sqlite_lock_drop(struct conn *c)
{
    char **it;
    vec_each (it, &c->lock_keys) {
        free(*it);
        *it = NULL;
    }
    release(c);
}
