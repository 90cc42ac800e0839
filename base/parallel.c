/* Threads take turns at handfuls of items until none is left; the caller is one of them. */
#include "base/parallel.h"
#include "base/thread.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#define HANDFUL     32u
#define HELPERS_MAX 3u

struct work {
    size_t n;
    parallel_fn fn;
    void *arg;
    atomic_size_t next;
};

/* What one thread has of its own. */
struct worker {
    struct work *work;
    struct arena arena;
    size_t failed; /* the lowest item that did, with err; SIZE_MAX: none */
    struct err err;
    pthread_t thread;
    bool started;
};

static void work_one(struct worker *w, size_t i)
{
    struct err now;
    if (w->work->fn(w->work->arg, &w->arena, i, &now) != 0 && i < w->failed) {
        w->failed = i;
        w->err = now;
    }
}

static void *work_all(void *arg)
{
    struct worker *w = arg;
    for (;;) {
        size_t from = atomic_fetch_add(&w->work->next, HANDFUL);
        if (from >= w->work->n) {
            return NULL;
        }
        size_t to = w->work->n - from < HANDFUL ? w->work->n : from + HANDFUL;
        for (size_t i = from; i < to; i++) {
            work_one(w, i);
        }
    }
}

static size_t helpers_for(size_t n, size_t alone)
{
    cpu_set_t cpus;
    if (n < alone || sched_getaffinity(0, sizeof(cpus), &cpus) != 0) {
        return 0;
    }
    size_t others = (size_t)CPU_COUNT(&cpus) - 1;
    return others < HELPERS_MAX ? others : HELPERS_MAX;
}

static void start(struct worker *workers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        workers[i].started = thread_start(&workers[i].thread, 0, work_all, &workers[i]) == 0;
    }
}

int parallel_each(struct arena *a, size_t n, size_t alone, parallel_fn fn, void *arg, struct err *err)
{
    struct work work = {.n = n, .fn = fn, .arg = arg};
    size_t helpers = helpers_for(n, alone);
    struct worker *workers = xcalloc(helpers + 1, sizeof(*workers));
    for (size_t i = 0; i <= helpers; i++) {
        workers[i].work = &work;
        workers[i].failed = SIZE_MAX;
    }
    start(workers + 1, helpers);
    work_all(&workers[0]);
    const struct worker *first = &workers[0];
    for (size_t i = 0; i <= helpers; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
        }
        first = workers[i].failed < first->failed ? &workers[i] : first;
        arena_adopt(a, &workers[i].arena);
    }
    int rc = first->failed == SIZE_MAX ? 0 : first->err.status;
    if (rc && err) {
        *err = first->err;
    }
    free(workers);
    return rc;
}
