/* A store's server that hangs. All that is asked of it is short, so an answer that takes much longer than a
 * lock may be waited for will not come: the session is given up, as if the connection had been lost. */
#include "base/file.h"
#include "engine/run/store_server.h"
#include <signal.h>

struct store_watch {
    pthread_mutex_t lock; /* guards everything */
    pthread_cond_t wake;
    pthread_t thread;
    bool started, stop;
    const struct driver *driver;
    struct conn *conn;   /* that an answer is awaited on; NULL: none is */
    int64_t deadline_us; /* monotonic */
};

static void wait_for(struct store_watch *w)
{
    if (!w->conn) {
        pthread_cond_wait(&w->wake, &w->lock);
        return;
    }
    struct timespec at = {.tv_sec = w->deadline_us / 1000000, .tv_nsec = w->deadline_us % 1000000 * 1000};
    pthread_cond_timedwait(&w->wake, &w->lock, &at);
}

static void *watch(void *arg)
{
    struct store_watch *w = arg;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        if (w->conn && time_monotonic_us() >= w->deadline_us) {
            w->driver->give_up(w->conn, "the server of the store does not answer");
            w->conn = NULL;
        } else {
            wait_for(w);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Without the thread a server that hangs is waited for; the store works all the same. */
static void start(struct store_watch *w)
{
    sigset_t all, before;
    sigfillset(&all); /* signals are for the program's own threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    w->started = pthread_create(&w->thread, NULL, watch, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct store_watch *store_watch_new(const struct driver *driver)
{
    struct store_watch *w = xcalloc(1, sizeof(*w));
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&w->lock, NULL);
    w->driver = driver;
    return w;
}

void store_watch_free(struct store_watch *w)
{
    if (!w) {
        return;
    }
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->stop = true;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void store_watch_begin(struct store_watch *w, struct conn *conn, int64_t within_ms)
{
    pthread_mutex_lock(&w->lock);
    if (!w->started && w->driver->give_up) {
        start(w);
    }
    w->conn = conn;
    w->deadline_us = time_monotonic_us() + within_ms * 1000;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void store_watch_end(struct store_watch *w)
{
    pthread_mutex_lock(&w->lock);
    w->conn = NULL;
    pthread_mutex_unlock(&w->lock);
}
