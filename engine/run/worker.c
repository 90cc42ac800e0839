/* Threads, and two queues between them and whoever gives them work. */
#include "engine/run/worker.h"
#include "base/file.h"
#include "base/thread.h"
#include <errno.h>

/* Interpreters of revisions recurse. Only pages that are touched count. */
#define STACK_BYTES ((size_t)8 << 20)

struct job_queue {
    struct job *first, **end;
};

struct crew {
    struct run_control *control;
    size_t most;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t given, through;
    struct job_queue waiting, ended;
    size_t idle;
    bool closing, interrupted;
    /* Of the giving thread alone. */
    struct worker *workers;
    size_t threads, out; /* out: given and not taken back */
};

static void queue_init(struct job_queue *q)
{
    q->first = NULL;
    q->end = &q->first;
}

static void queue_put(struct job_queue *q, struct job *job)
{
    job->next = NULL;
    *q->end = job;
    q->end = &job->next;
}

static struct job *queue_take(struct job_queue *q)
{
    struct job *job = q->first;
    if (job) {
        q->first = job->next;
        q->end = q->first ? q->end : &q->first;
    }
    return job;
}

static void on_interrupt(void *arg)
{
    struct crew *c = arg;
    pthread_mutex_lock(&c->lock);
    c->interrupted = true;
    pthread_cond_signal(&c->through);
    pthread_mutex_unlock(&c->lock);
}

struct crew *crew_open(size_t threads, struct run_control *control)
{
    struct crew *c = xcalloc(1, sizeof(*c));
    *c = (struct crew){.control = control, .most = threads > 0 ? threads : 1};
    queue_init(&c->waiting);
    queue_init(&c->ended);
    cond_init(&c->through);
    cond_init(&c->given);
    pthread_mutex_init(&c->lock, NULL);
    run_control_listen(control, on_interrupt, c);
    return c;
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct crew *c = w->crew;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        c->idle++;
        while (!c->waiting.first && !c->closing) {
            pthread_cond_wait(&c->given, &c->lock);
        }
        c->idle--;
        struct job *job = queue_take(&c->waiting);
        if (!job) {
            break;
        }
        pthread_mutex_unlock(&c->lock);
        job->work(job, w);
        arena_release(&w->scratch);
        pthread_mutex_lock(&c->lock);
        queue_put(&c->ended, job);
        pthread_cond_signal(&c->through);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static int start_thread(struct crew *c, struct err *err)
{
    struct worker *w = xcalloc(1, sizeof(*w));
    w->crew = c;
    int rc = run_watch_start(&w->watch, c->control, err);
    if (rc) {
        free(w);
        return rc;
    }
    int error = thread_start(&w->thread, STACK_BYTES, worker_main, w);
    if (error) {
        run_watch_stop(&w->watch);
        free(w);
        return err_set(err, ERR_FAILED, "cannot start a thread: %s", strerror(error));
    }
    w->next = c->workers;
    c->workers = w;
    c->threads++;
    return 0;
}

static size_t jobs_waiting(const struct crew *c)
{
    size_t n = 0;
    for (const struct job *job = c->waiting.first; job; job = job->next) {
        n++;
    }
    return n;
}

int crew_give(struct crew *c, struct job *job, struct err *err)
{
    pthread_mutex_lock(&c->lock);
    bool more = jobs_waiting(c) >= c->idle && c->threads < c->most;
    pthread_mutex_unlock(&c->lock); /* an interrupt locks the control first, then the crew */
    int rc = more ? start_thread(c, err) : 0;
    if (rc && c->threads == 0) {
        return rc;
    }
    pthread_mutex_lock(&c->lock);
    queue_put(&c->waiting, job);
    c->out++;
    pthread_cond_signal(&c->given);
    pthread_mutex_unlock(&c->lock);
    return 0;
}

struct job *crew_wait(struct crew *c, int64_t until_us)
{
    pthread_mutex_lock(&c->lock);
    for (int error = 0; !c->ended.first && !c->interrupted && error != ETIMEDOUT;) {
        if (until_us > 0) {
            error = cond_wait_until(&c->through, &c->lock, until_us);
        } else if (c->out > 0) {
            pthread_cond_wait(&c->through, &c->lock);
        } else {
            break;
        }
    }
    struct job *job = queue_take(&c->ended);
    c->out -= job != NULL;
    c->interrupted = c->interrupted && job;
    pthread_mutex_unlock(&c->lock);
    return job;
}

size_t crew_out(const struct crew *c)
{
    return c->out; /* only the giving thread changes it */
}

void crew_close(struct crew *c)
{
    if (!c) {
        return;
    }
    run_control_listen(c->control, NULL, NULL);
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_cond_broadcast(&c->given);
    pthread_mutex_unlock(&c->lock);
    for (struct worker *w = c->workers, *next; w; w = next) {
        next = w->next;
        pthread_join(w->thread, NULL);
        run_watch_stop(&w->watch);
        free(w);
    }
    pthread_cond_destroy(&c->given);
    pthread_cond_destroy(&c->through);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
