/* Looking at locks from beside. See the header. */
#include "engine/lock/lock_watch.h"
#include "base/file.h"
#include "base/thread.h"
#include <ctype.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    DEFAULT_TIMEOUT_MS = 5000,
    PERIOD_MIN_MS = 20,
    STACK_BYTES = 512 << 10,
    SHOWN_MAX = 3,
    QUERY_MAX = 100
};

struct lock_watch {
    struct member *member;
    int64_t period_ms;
    int stop_fd; /* eventfd, readable with `stop`: ends a connect */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool runs, stop, in_flight, broken; /* broken: no second connection was to be had */
    unsigned batch;                     /* number of the one in flight */
    struct conn *conn;                  /* the thread's, but for cancel(), with the mutex held */
    char *seen;                         /* in this batch */
};

char *lock_watch_query(struct arena *a, const char *query)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    const char *p = query;
    while (isspace((unsigned char)*p)) {
        p++;
    }
    for (; *p && *p != '\n' && *p != '\r' && out.len < QUERY_MAX; p++) {
        bool word =
            out.len > 0 && (isalnum((unsigned char)out.ptr[out.len - 1]) || out.ptr[out.len - 1] == '_' ||
                            (unsigned char)out.ptr[out.len - 1] >= 0x80);
        if (*p == '\'' || *p == '"') {
            /* Double quotes hold names or texts, as the server is set. */
            const char *end = strchr(p + 1, *p);
            strbuf_adds(&out, "?");
            if (!end) {
                break;
            }
            p = end;
        } else if (*p == '$' || (*p == '/' && p[1] == '*') || (*p == '-' && p[1] == '-')) {
            strbuf_adds(&out, "...");
            break;
        } else if (isdigit((unsigned char)*p) && !word) {
            strbuf_addch(&out, '?');
            while (isalnum((unsigned char)p[1]) || p[1] == '.') {
                p++;
            }
        } else {
            strbuf_addch(&out, *p == '\t' ? ' ' : *p);
        }
    }
    if (out.len >= QUERY_MAX) {
        size_t n = utf8_valid_length(out.ptr, out.len);
        return arena_printf(a, "%.*s...", (int)n, out.ptr);
    }
    return arena_dup(a, strbuf_cstr(&out));
}

static void add_time(struct strbuf *b, int64_t seconds)
{
    if (seconds >= 120) {
        strbuf_addf(b, " for %lld min", (long long)(seconds / 60));
    } else if (seconds > 0) {
        strbuf_addf(b, " for %lld s", (long long)seconds);
    }
}

static void add_blocker(struct strbuf *b, struct arena *a, const struct lock_blocker *k)
{
    if (k->pid) {
        strbuf_addf(b, "pid %lld (", (long long)k->pid);
    } else {
        strbuf_adds(b, "(");
    }
    strbuf_addf(b, "%s%s", k->user ? "user " : "", k->user ? k->user : "");
    strbuf_addf(b, "%s%s", k->application ? ", application " : "", k->application ? k->application : "");
    strbuf_addf(b, "%s%s", k->client ? ", from " : "", k->client ? k->client : "");
    strbuf_addf(b, "%s%s", k->state && k->state[0] ? (k->user ? ", " : "") : "", k->state ? k->state : "");
    add_time(b, k->age_s);
    if (k->query && k->query[0]) {
        strbuf_addf(b, ", query: %s", lock_watch_query(a, k->query));
    }
    strbuf_adds(b, ")");
}

static char *describe(struct arena *a, const struct lock_blocker *list, size_t n)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (n == 0) {
        return NULL;
    }
    strbuf_adds(&b, list[0].sure ? "blocked by " : "probably blocked by ");
    for (size_t i = 0; i < n && i < SHOWN_MAX; i++) {
        strbuf_adds(&b, i ? list[0].sure ? " and " : " or " : "");
        add_blocker(&b, a, &list[i]);
    }
    if (n > SHOWN_MAX) {
        strbuf_addf(&b, " and %zu more", n - SHOWN_MAX);
    }
    return arena_dup(a, strbuf_cstr(&b));
}

static bool connect_beside(struct lock_watch *w, struct arena *a)
{
    struct conn *conn = NULL;
    struct err err;
    if (w->conn || w->broken) {
        return w->conn != NULL;
    }
    w->broken = member_open(w->member->fleet, w->member, a, &w->stop_fd, &conn, &err) != 0;
    pthread_mutex_lock(&w->mutex);
    w->conn = conn;
    pthread_mutex_unlock(&w->mutex);
    return conn != NULL;
}

static void look(struct lock_watch *w, int64_t session, unsigned batch)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct lock_blocker *list = NULL;
    size_t n = 0;
    struct err err;
    if (!connect_beside(w, &a) || w->member->driver->blockers(w->conn, &a, session, &list, &n, &err) != 0) {
        return;
    }
    const char *text = describe(&a, list, n);
    pthread_mutex_lock(&w->mutex);
    if (text && batch == w->batch) {
        free(w->seen);
        w->seen = xstrdup(text);
    }
    pthread_mutex_unlock(&w->mutex);
}

static void *watch_main(void *arg)
{
    struct lock_watch *w = arg;
    pthread_mutex_lock(&w->mutex);
    while (!w->stop) {
        if (!w->in_flight) {
            pthread_cond_wait(&w->wake, &w->mutex);
            continue;
        }
        unsigned batch = w->batch;
        int64_t until_us = time_monotonic_us() + w->period_ms * 1000;
        int rc = 0;
        while (rc == 0 && !w->stop && w->in_flight && w->batch == batch) {
            rc = cond_wait_until(&w->wake, &w->mutex, until_us);
        }
        if (w->stop || !w->in_flight || w->batch != batch) {
            continue;
        }
        int64_t session = w->member->driver->session(w->member->conn);
        pthread_mutex_unlock(&w->mutex);
        look(w, session, batch);
        pthread_mutex_lock(&w->mutex);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

struct lock_watch *lock_watch_new(struct member *m)
{
    if (!m->driver->blockers) {
        return NULL;
    }
    struct lock_watch *w = xcalloc(1, sizeof(*w));
    int64_t timeout_ms = m->lock_timeout_ms > 0 ? m->lock_timeout_ms : DEFAULT_TIMEOUT_MS;
    w->member = m;
    w->period_ms = timeout_ms * 2 / 5 > PERIOD_MIN_MS ? timeout_ms * 2 / 5 : PERIOD_MIN_MS;
    w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    cond_init(&w->wake);
    pthread_mutex_init(&w->mutex, NULL);
    w->runs = thread_start(&w->thread, STACK_BYTES, watch_main, w) ==
              0; /* without it nobody is named, which is no reason to fail */
    return w;
}

void lock_watch_free(struct lock_watch *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->mutex);
    w->stop = true;
    eventfd_write(w->stop_fd, 1);
    if (w->conn) {
        conn_driver(w->conn)->cancel(w->conn);
    }
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->mutex);
    if (w->runs) {
        pthread_join(w->thread, NULL);
    }
    conn_close(w->conn);
    close(w->stop_fd);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->mutex);
    free(w->seen);
    free(w);
}

void lock_watch_begin(struct lock_watch *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->mutex);
    w->in_flight = true;
    w->batch++;
    free(w->seen);
    w->seen = NULL;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->mutex);
}

void lock_watch_end(struct lock_watch *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->mutex);
    w->in_flight = false;
    pthread_mutex_unlock(&w->mutex);
}

char *lock_watch_blockers(struct lock_watch *w, struct arena *a)
{
    if (!w) {
        return NULL;
    }
    pthread_mutex_lock(&w->mutex);
    char *text = w->seen ? arena_dup(a, w->seen) : NULL;
    pthread_mutex_unlock(&w->mutex);
    return text;
}
