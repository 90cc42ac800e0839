/* A store's server that hangs. All that is asked of it is short, so an answer that takes much longer than a
 * lock may be waited for will not come: the session is given up, as if the connection had been lost. */
#include "base/file.h"
#include "base/thread.h"
#include "engine/store/store_server.h"

struct store_watch {
    pthread_mutex_t lock; /* guards everything */
    pthread_cond_t wake;
    pthread_t thread;
    bool started, stop;
    const struct driver *driver;
    struct conn *conn;   /* that an answer is awaited on; NULL: none is */
    int64_t deadline_us; /* monotonic */
};

static void *watch(void *arg)
{
    struct store_watch *w = arg;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        if (w->conn && time_monotonic_us() >= w->deadline_us) {
            w->driver->give_up(w->conn, "the server of the store does not answer");
            w->conn = NULL;
        } else {
            cond_wait_until(&w->wake, &w->lock, w->conn ? w->deadline_us : INT64_MAX);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Without the thread a server that hangs is waited for; the store works all the same. */
static void start(struct store_watch *w)
{
    w->started = thread_start(&w->thread, 0, watch, w) == 0;
}

struct store_watch *store_watch_new(const struct driver *driver)
{
    struct store_watch *w = xcalloc(1, sizeof(*w));
    cond_init(&w->wake);
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
