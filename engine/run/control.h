/*
 * Interrupting a run from another thread (a signal thread): the first interrupt cancels the statement in
 * flight and stops the run, which then rolls back; a second one also gives up compensation. An interrupt that
 * is the first, but finds the run taking back already, lets that go on.
 */
#pragma once
#include "drivers/driver.h"
#include <pthread.h>
#include <stdatomic.h>

struct run_control {
    atomic_int interrupts;
    pthread_mutex_t lock; /* guards what follows */
    struct conn *in_flight;
    bool repairing; /* rolling back or taking back: only from the second interrupt on it is stopped */
    int cancel_fd;  /* eventfd, readable after an interrupt; for connects in progress */
};

int run_control_init(struct run_control *c, struct err *err);
void run_control_release(struct run_control *c);
/* Safe from any thread; not from a signal handler. */
void run_control_interrupt(struct run_control *c);
/* What follows is the work on a target (repairing false), or putting right what went wrong: connects are
 * possible again after an interrupt, and a second one ends them. */
void run_control_phase(struct run_control *c, bool repairing);
/* The worker's side: name the connection that an interrupt has to cancel (NULL: none). */
void run_control_watch(struct run_control *c, struct conn *conn);
