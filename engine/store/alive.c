/* Which runs are in flight, and which died without saying so. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/store/runs.h"
#include "engine/store/sql.h"
#include "engine/store/store_internal.h"
#include "engine/store/store_sqlite.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_MARK " locked" /* behind the boot of a run whose process keeps its byte locked */

struct process {
    int64_t pid, started; /* started: clock ticks since the machine's start; 0 when unknown */
    const char *boot;     /* which start of which machine, and which process namespace */
};

static const char *read_proc(struct arena *a, const char *path)
{
    struct slice text;
    return file_read(a, path, 0, &text, NULL) == 0 ? slice_dup(a, slice_trim(text)) : NULL;
}

/* The 22nd field of /proc/PID/stat; the second is the program's name, which may hold anything. The third says
 * Z or X of a process that has ended and that nobody has asked about yet, as in a container without an init.
 */
static bool process_started(struct arena *a, int64_t pid, int64_t *out, bool *ended)
{
    const char *stat = read_proc(a, arena_printf(a, "/proc/%lld/stat", (long long)pid));
    const char *p = stat ? strrchr(stat, ')') : NULL;
    *ended = p && p[1] == ' ' && (p[2] == 'Z' || p[2] == 'X');
    for (int field = 2; p && field < 22; field++) {
        p = strchr(p + 1, ' ');
    }
    if (!p) {
        return false;
    }
    *out = strtoll(p, NULL, 10);
    return true;
}

static const char *boot_id(struct arena *a)
{
    const char *boot = read_proc(a, "/proc/sys/kernel/random/boot_id");
    return boot ? boot : "";
}

static const char *namespace_id(struct arena *a)
{
    char text[64];
    ssize_t n = readlink("/proc/self/ns/pid", text, sizeof(text));
    return n > 0 ? arena_dupn(a, text, (size_t)n) : "";
}

static const char *lock_path(struct store *s, struct arena *a)
{
    return arena_printf(a, "%s-alive", s->path);
}

/* Each run has a byte of its own in that file. */
static struct flock lock_of(const char *run)
{
    char hex[DIGEST_HEX + 1];
    sha256_hex(run, strlen(run), hex);
    hex[15] = '\0';
    return (struct flock){
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)strtoll(hex, NULL, 16), .l_len = 1};
}

/* Beside a store in a file: a lock that the kernel drops with the process, which others see from any
 * container of the machine. It is kept until the store is closed. */
static bool keep_lock(struct store *s, struct arena *a, const char *run)
{
    struct stat st;
    if (!s->sqlite) {
        return false;
    }
    if (s->sqlite->alive_fd < 0) {
        s->sqlite->alive_fd = open(lock_path(s, a), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        /* Whoever may write to the store may see who is at work. */
        if (s->sqlite->alive_fd >= 0 && stat(s->path, &st) == 0) {
            (void)!fchmod(s->sqlite->alive_fd, st.st_mode & 0666);
        }
    }
    struct flock lock = lock_of(run);
    return s->sqlite->alive_fd >= 0 && fcntl(s->sqlite->alive_fd, F_OFD_SETLK, &lock) == 0;
}

/* False also when that cannot be seen. */
static bool is_unlocked(struct store *s, struct arena *a, const char *run)
{
    struct flock lock = lock_of(run);
    int fd = open(lock_path(s, a), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT;
    }
    bool unlocked = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    close(fd);
    return unlocked;
}

static const struct store_self *self_of(struct store *s, struct arena *a)
{
    struct store_self *self = &s->self;
    bool ended;
    if (self->pid != getpid()) {
        *self = (struct store_self){.pid = getpid()};
        process_started(a, self->pid, &self->started, &ended);
        snprintf(self->boot, sizeof(self->boot), "%s %s", boot_id(a), namespace_id(a));
    }
    return self;
}

/* Not by the host's name, which may change under a process. */
struct store_call *alive_own_call(struct store *s, struct arena *a, struct store_calls *calls,
                                  const char *run)
{
    const struct store_self *self = self_of(s, a);
    const struct store_value values[] = {store_text(run), store_number(self->pid),
                                         store_number(self->started), store_text(self->boot)};
    return store_add(a, calls,
                     "SELECT run FROM runs_alive WHERE run = ?1 AND pid = ?2 AND started = ?3 AND "
                     "substr(boot, 1, length(?4)) = ?4",
                     values, COUNT_OF(values));
}

void alive_add(struct store *s, struct arena *a, struct store_calls *calls, const char *run)
{
    const char *mark = keep_lock(s, a, run) ? LOCK_MARK : "";
    const struct store_self *self = self_of(s, a);
    const struct store_value values[] = {store_text(run), store_text(actor_host(a)), store_number(self->pid),
                                         store_number(self->started),
                                         store_text(arena_printf(a, "%s%s", self->boot, mark))};
    store_add(a, calls,
              "INSERT INTO runs_alive (run, host, pid, started, boot) VALUES (?1, ?2, ?3, ?4, ?5) "
              "ON CONFLICT (run) DO UPDATE SET host = ?2, pid = ?3, started = ?4, boot = ?5",
              values, COUNT_OF(values));
}

void alive_remove(struct arena *a, struct store_calls *calls, const char *run)
{
    const struct store_value values[] = {store_text(run)};
    store_add(a, calls, "DELETE FROM runs_alive WHERE run = ?1", values, 1);
}

/* Only what is certain counts: a run of another process namespace of this machine cannot be judged from here.
 */
static bool is_gone(struct arena *a, int64_t pid, int64_t started, const char *boot)
{
    const char *here = boot_id(a), *space = namespace_id(a);
    size_t n = strlen(here);
    if (!n || !boot) {
        return false;
    }
    if (strncmp(boot, here, n) != 0 || boot[n] != ' ') {
        return true; /* the machine was started anew since */
    }
    if (strcmp(boot + n + 1, space) != 0) {
        return false;
    }
    int64_t now;
    bool ended;
    if (!process_started(a, pid, &now, &ended)) {
        return access(arena_printf(a, "/proc/%lld", (long long)pid), F_OK) != 0 && errno == ENOENT;
    }
    return ended || (started && now != started);
}

#define BEGINNING_US 30000000

struct gone_run {
    const char *run, *environment, *plan;
};
struct gone {
    struct store *store;
    struct arena *a;
    const char *host;
    bool leases; /* every run of this store keeps one */
    VEC(struct gone_run) runs;
    struct audit_event *events;
    struct audit_head before;
    char (*digests)[DIGEST_HEX + 1];
};

static bool is_marked(const char *boot)
{
    size_t n = boot ? strlen(boot) : 0, mark = strlen(LOCK_MARK);
    return n > mark && strcmp(boot + n - mark, LOCK_MARK) == 0;
}

/* Is nobody at work on the run of this row any more? */
static bool is_row_gone(const struct gone *g, const struct store_row *row)
{
    const char *host = row_text(row, 1, g->a);
    const char *boot = row_text(row, 4, g->a);
    bool awake = row_number(row, 5) > 0, shared = row_number(row, 6) > 0;
    bool locks = is_marked(boot);
    bool gone_here = locks ? is_unlocked(g->store, g->a, row_text(row, 0, g->a))
                           : host && strcmp(host, g->host) == 0 &&
                                 is_gone(g->a, row_number(row, 2), row_number(row, 3), boot);
    /* Where every run keeps a lease, one that has none for longer than it takes to begin is gone, wherever it
     * was. A run that several share lives as long as one of them. */
    bool gone_there = g->leases && !awake && time_now_us() - row_number(row, 7) > BEGINNING_US;
    return shared ? !awake && (gone_here || gone_there) : gone_here || gone_there;
}

static int note_gone(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct gone *g = arg;
    if (is_row_gone(g, row)) {
        *vec_push(g->a, &g->runs) =
            (struct gone_run){row_text(row, 0, g->a), row_text(row, 8, g->a), row_text(row, 9, g->a)};
    }
    return 0;
}

static int find_gone(struct store *s, struct gone *g, struct err *err)
{
    g->runs.n = 0;
    return store_query(s, sql_store_alive_select, NULL, 0, note_gone, g, "cannot read the store", err);
}

/* Looked for again inside the transaction: another process may be doing the same. The event carries
 * environment and plan of the run that it closes. */
static int close_gone(void *arg, struct store *s, struct arena *a, struct store_calls *calls, struct err *err)
{
    struct gone *g = arg;
    int rc = find_gone(s, g, err);
    rc = rc ? rc : audit_read_head(s, &g->before, err);
    if (rc) {
        return rc;
    }
    g->events = arena_array(a, g->runs.n + 1, sizeof(*g->events));
    g->digests = arena_array(a, g->runs.n + 1, sizeof(*g->digests));
    for (size_t i = 0; i < g->runs.n; i++) {
        const struct gone_run *r = &g->runs.items[i];
        g->events[i] = (struct audit_event){.kind = EVENT_RUN_ABANDONED,
                                            .at_us = time_now_us(),
                                            .run = r->run,
                                            .environment = r->environment,
                                            .plan = r->plan,
                                            .actor = actor_name(a),
                                            .host = g->host,
                                            .rows = -1,
                                            .outcome = "abandoned",
                                            .detail = "its process is gone and wrote no end"};
    }
    struct audit_head head = g->before;
    audit_append_calls(s, a, g->events, g->runs.n, &head, g->digests, calls);
    return 0;
}

int audit_close_abandoned(struct store *s, struct err *err)
{
    STORE_LOCKED(s);
    if (!s->backend || s->read_only) {
        return 0;
    }
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct gone g = {.store = s, .a = &a, .host = actor_host(&a), .leases = store_is_shared(s)};
    int rc = find_gone(s, &g, err);
    if (rc || !g.runs.n) {
        return rc;
    }
    /* Doing it twice does no harm: those that were closed are not found again. */
    const struct store_work work = {STORE_APPENDS, "cannot write to the audit log", close_gone, NULL, &g};
    return store_transact(s, &a, &work, err);
}

struct holder_sought {
    struct gone gone;
    const char *run;
    struct run_holder *out;
};

static int note_holder(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct holder_sought *h = arg;
    if (slice_eq(row_slice(row, 0), h->run) && !is_row_gone(&h->gone, row)) {
        *h->out = (struct run_holder){row_text(row, 1, h->gone.a), row_number(row, 2), row_number(row, 7),
                                      is_marked(row_text(row, 4, h->gone.a))};
    }
    return 0;
}

int runs_holder(struct store *s, struct arena *a, const char *run, struct run_holder *out, struct err *err)
{
    STORE_LOCKED(s);
    struct run_holder holder = {0};
    struct holder_sought h = {
        .gone = {.store = s, .a = a, .host = actor_host(a), .leases = store_is_shared(s)},
        .run = run,
        .out = &holder};
    int rc = s->backend ? store_query(s, sql_store_alive_select, NULL, 0, note_holder, &h,
                                      "cannot read the store", err)
                        : 0;
    if (!rc) {
        *out = holder;
    }
    return rc;
}
