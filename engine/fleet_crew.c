/* Handing units out to threads: the first one whose server has a connection left. */
#include "engine/fleet_crew.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/thread.h"
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

/* Threads, and connections to one server at a time: servers have few to give, and others want some too. More
 * where the environment lets more targets be changed at once. */
#define THREADS            32
#define PER_SERVER         16
#define THREADS_MAX        64
#define FILES_PER_THREAD   8

#define CONNECT_TIMEOUT_MS 10000 /* the drivers' default */

/* Units of one server, in order. */
struct queue {
    const char *server;
    size_t next, n; /* places in crew->order */
    size_t active, limit;
    bool answered; /* to one of its members at least */
    const struct member
        *silent; /* the server did not answer within the deadline when this one was asked for */
};

struct crew {
    struct fleet *fleet;
    const struct crew_unit *units;
    size_t n;
    bool keep_going;
    crew_fn fn;
    void *arg;
    size_t *order; /* indexes of units, server by server */
    struct queue *queues;
    size_t nqueues;
    pthread_mutex_t lock; /* guards what follows, and the queues */
    pthread_cond_t freed;
    const struct member *end; /* the first that failed: units that begin behind it are left out */
};

static size_t count_cpus(void)
{
    cpu_set_t cpus;
    return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (size_t)CPU_COUNT(&cpus) : 1;
}

/* As the environment has it, within bounds. */
static size_t between(int64_t n, size_t least)
{
    size_t most = n > THREADS_MAX ? THREADS_MAX : (size_t)n;
    return most < least ? least : most;
}

static const struct rollout *rollout_of(const struct fleet *f)
{
    return &f->members.items[0].environment->rollout;
}

/* A limit that the environment sets holds for reading too. */
static size_t count_per_server(const struct rollout *r)
{
    bool limited = r->parallel_per_server > 0;
    for (size_t i = 0; i < r->waves.n; i++) {
        limited = limited || r->waves.items[i].parallel_per_server > 0;
    }
    return between(rollout_most_per_server(r), limited ? 1 : PER_SERVER);
}

static size_t count_threads(const struct rollout *r, size_t nunits)
{
    struct rlimit files;
    size_t most = between(rollout_most_at_once(r), THREADS), n = nunits < most ? nunits : most;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / FILES_PER_THREAD < n) {
        n = (size_t)files.rlim_cur / FILES_PER_THREAD;
    }
    return n ? n : 1;
}

struct placed {
    const char *server;
    size_t unit;
};

static int by_server(const void *x, const void *y)
{
    const struct placed *a = x, *b = y;
    int c = strcmp(a->server, b->server);
    return c ? c : (a->unit > b->unit) - (a->unit < b->unit);
}

static void make_queues(struct crew *c, struct arena *a)
{
    struct placed *placed = arena_array(a, c->n, sizeof(*placed));
    for (size_t i = 0; i < c->n; i++) {
        placed[i] = (struct placed){c->units[i].members[0]->server, i};
    }
    qsort(placed, c->n, sizeof(*placed), by_server);
    c->order = arena_array(a, c->n, sizeof(*c->order));
    c->queues = arena_array(a, c->n, sizeof(*c->queues));
    size_t cpus = count_cpus(), per_server = count_per_server(rollout_of(c->fleet));
    for (size_t i = 0; i < c->n; i++) {
        struct queue *q = c->nqueues ? &c->queues[c->nqueues - 1] : NULL;
        if (!q || strcmp(q->server, placed[i].server) != 0) {
            q = &c->queues[c->nqueues++];
            bool local = c->units[placed[i].unit].members[0]->driver->caps & DRIVER_LOCAL_FILE;
            *q = (struct queue){
                .server = placed[i].server, .next = i, .n = i, .limit = local ? cpus : per_server};
        }
        c->order[i] = placed[i].unit;
        q->n = i + 1;
    }
}

/* The lowest unit that can be begun. NULL with *more: not now. */
static struct queue *next_queue(struct crew *c, bool *more)
{
    struct queue *best = NULL;
    *more = false;
    for (size_t i = 0; i < c->nqueues; i++) {
        struct queue *q = &c->queues[i];
        if (q->next == q->n || c->units[c->order[q->next]].members[0] > c->end) {
            continue;
        }
        *more = true;
        if (q->active < q->limit && (!best || c->order[q->next] < c->order[best->next])) {
            best = q;
        }
    }
    return best;
}

static void note_failures(struct crew *c, const struct crew_unit *u)
{
    for (size_t i = 0; i < u->n && !c->keep_going; i++) {
        if (u->members[i]->err && u->members[i] < c->end) {
            c->end = u->members[i];
        }
    }
}

/* A thousand targets of a server that is gone would wait for it one deadline after the other. */
static void note_silence(struct queue *q, const struct crew_unit *u, int64_t took_us)
{
    const struct member *m = u->members[0];
    int64_t timeout_ms = m->environment->settings.connect_timeout_ms;
    timeout_ms = timeout_ms > 0 ? timeout_ms : CONNECT_TIMEOUT_MS;
    if (!m->err || m->err->status != ERR_UNREACHABLE) {
        q->answered = true;
    } else if (!q->answered && !q->silent && took_us / 1000 >= timeout_ms * 9 / 10) {
        q->silent = m;
    }
}

static void leave_alone(const struct queue *q, const struct crew_unit *u)
{
    for (size_t i = 0; i < u->n; i++) {
        struct err err;
        err_set(&err, ERR_UNREACHABLE, "%s: was not asked for, since %s did not answer for %s",
                u->members[i]->target->name, q->server, q->silent->target->name);
        member_fail(u->members[i], &err);
    }
}

static void work_on(struct crew *c, struct queue *q)
{
    const struct crew_unit *u = &c->units[c->order[q->next++]];
    bool silent = q->silent != NULL;
    q->active++;
    pthread_mutex_unlock(&c->lock);
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    int64_t began_us = time_monotonic_us();
    if (silent) {
        leave_alone(q, u);
    } else {
        c->fn(c->arg, c->fleet, u, &scratch);
    }
    int64_t took_us = time_monotonic_us() - began_us;
    pthread_mutex_lock(&c->lock);
    q->active--;
    note_failures(c, u);
    note_silence(q, u, took_us);
    pthread_cond_broadcast(&c->freed);
}

static void *work(void *arg)
{
    struct crew *c = arg;
    bool more = true;
    pthread_mutex_lock(&c->lock);
    while (more) {
        struct queue *q = next_queue(c, &more);
        if (q) {
            work_on(c, q);
        } else if (more) {
            pthread_cond_wait(&c->freed, &c->lock);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static size_t start_helpers(struct crew *c, pthread_t *threads, size_t n)
{
    size_t started = 0;
    while (started < n && thread_start(&threads[started], 0, work, c) == 0) {
        started++;
    }
    return started; /* fewer take longer */
}

size_t crew_work(struct fleet *f, const struct crew_unit *units, size_t n, bool keep_going, crew_fn fn,
                 void *arg)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct crew c = {.fleet = f,
                     .units = units,
                     .n = n,
                     .keep_going = keep_going,
                     .fn = fn,
                     .arg = arg,
                     .lock = PTHREAD_MUTEX_INITIALIZER,
                     .freed = PTHREAD_COND_INITIALIZER,
                     .end = f->members.items + f->members.n};
    if (n == 0) {
        return 0;
    }
    make_queues(&c, &a);
    pthread_t threads[THREADS_MAX];
    size_t helpers = start_helpers(&c, threads, count_threads(rollout_of(f), n) - 1);
    work(&c);
    for (size_t i = 0; i < helpers; i++) {
        pthread_join(threads[i], NULL);
    }
    size_t failed = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < units[i].n; k++) {
            failed += units[i].members[k]->err != NULL;
        }
    }
    return failed;
}
