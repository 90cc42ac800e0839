/* Interrupts: a flag, an eventfd for connects, and a cancel for the statement in flight. */
#include "engine/run/control.h"
#include <sys/eventfd.h>
#include <unistd.h>

int run_control_init(struct run_control *c, struct err *err)
{
    *c = (struct run_control){.cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (c->cancel_fd < 0) {
        return err_errno(err, NULL, "cannot make an eventfd");
    }
    pthread_mutex_init(&c->lock, NULL);
    return 0;
}

void run_control_release(struct run_control *c)
{
    if (c->cancel_fd > 0) {
        close(c->cancel_fd);
        pthread_mutex_destroy(&c->lock);
        c->cancel_fd = 0;
    }
}

void run_control_interrupt(struct run_control *c)
{
    uint64_t one = 1;
    pthread_mutex_lock(&c->lock);
    int count = atomic_fetch_add(&c->interrupts, 1) + 1;
    if (count >= c->phase) {
        ssize_t written = write(c->cancel_fd, &one, sizeof(one));
        (void)written; /* a full counter is readable already */
        if (c->in_flight) {
            conn_driver(c->in_flight)->cancel(c->in_flight);
        }
    }
    pthread_mutex_unlock(&c->lock);
}

void run_control_phase(struct run_control *c, enum run_phase phase)
{
    uint64_t count;
    if (!c) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    c->phase = (int)phase;
    if (atomic_load(&c->interrupts) < (int)phase) {
        ssize_t taken = read(c->cancel_fd, &count, sizeof(count));
        (void)taken; /* nothing to take: no interrupt since the last time */
    }
    pthread_mutex_unlock(&c->lock);
}

void run_control_watch(struct run_control *c, struct conn *conn)
{
    if (!c) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    c->in_flight = conn;
    pthread_mutex_unlock(&c->lock);
}
