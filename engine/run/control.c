/* Interrupts: a count, and for each worker an eventfd for connects and a cancel for the statement in flight.
 */
#include "engine/run/control.h"
#include <sys/eventfd.h>
#include <unistd.h>

int run_control_init(struct run_control *c, struct err *err)
{
    *c = (struct run_control){0};
    int error = pthread_mutex_init(&c->lock, NULL);
    if (error) {
        return err_set(err, ERR_FAILED, "cannot make a lock: %s", strerror(error));
    }
    c->initialised = true;
    return 0;
}

void run_control_release(struct run_control *c)
{
    if (c->initialised) {
        pthread_mutex_destroy(&c->lock);
        c->initialised = false;
    }
}

static void make_readable(const struct run_watch *w)
{
    uint64_t one = 1;
    ssize_t written = write(w->cancel_fd, &one, sizeof(one));
    (void)written; /* a full counter is readable already */
}

void run_control_interrupt(struct run_control *c)
{
    pthread_mutex_lock(&c->lock);
    int count = atomic_fetch_add(&c->interrupts, 1) + 1;
    for (struct run_watch *w = c->watches; w; w = w->next) {
        if (count < w->phase) {
            continue;
        }
        make_readable(w);
        if (w->conn) {
            conn_driver(w->conn)->cancel(w->conn);
        }
    }
    if (c->listener) {
        c->listener(c->listener_arg);
    }
    pthread_mutex_unlock(&c->lock);
}

void run_control_listen(struct run_control *c, void (*listener)(void *arg), void *arg)
{
    if (!c) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    c->listener = listener;
    c->listener_arg = arg;
    pthread_mutex_unlock(&c->lock);
}

int run_control_interrupts(const struct run_control *c)
{
    return c ? atomic_load(&c->interrupts) : 0;
}

int run_watch_start(struct run_watch *w, struct run_control *c, struct err *err)
{
    *w = (struct run_watch){.phase = PHASE_WORK, .control = c};
    w->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->cancel_fd < 0) {
        *w = (struct run_watch){0};
        return err_errno(err, NULL, "cannot make an eventfd");
    }
    if (!c) {
        return 0;
    }
    pthread_mutex_lock(&c->lock);
    w->next = c->watches;
    c->watches = w;
    if (atomic_load(&c->interrupts) >= w->phase) {
        make_readable(w);
    }
    pthread_mutex_unlock(&c->lock);
    return 0;
}

void run_watch_stop(struct run_watch *w)
{
    if (!w || w->cancel_fd <= 0) {
        return;
    }
    if (w->control) {
        pthread_mutex_lock(&w->control->lock);
        struct run_watch **at = &w->control->watches;
        while (*at && *at != w) {
            at = &(*at)->next;
        }
        if (*at) {
            *at = w->next;
        }
        pthread_mutex_unlock(&w->control->lock);
    }
    close(w->cancel_fd);
    *w = (struct run_watch){0};
}

void run_watch_phase(struct run_watch *w, enum run_phase phase)
{
    uint64_t count;
    if (!w || !w->control) {
        return;
    }
    pthread_mutex_lock(&w->control->lock);
    w->phase = (int)phase;
    if (atomic_load(&w->control->interrupts) < (int)phase) {
        ssize_t taken = read(w->cancel_fd, &count, sizeof(count));
        (void)taken; /* nothing to take: no interrupt since the last time */
    } else {
        make_readable(w);
    }
    pthread_mutex_unlock(&w->control->lock);
}

void run_watch_conn(struct run_watch *w, struct conn *conn)
{
    if (!w || !w->control) {
        return;
    }
    pthread_mutex_lock(&w->control->lock);
    w->conn = conn;
    pthread_mutex_unlock(&w->control->lock);
}
