/*
 * Interrupting a run from another thread (a signal thread): the first interrupt cancels the statement in
 * flight and stops the run, which then rolls back; a second one also gives up compensation.
 */
#pragma once
#include "drivers/driver.h"
#include <pthread.h>
#include <stdatomic.h>

struct run_control {
    atomic_int interrupts;
    pthread_mutex_t lock; /* guards in_flight */
    struct conn *in_flight;
    int cancel_fd; /* eventfd, readable after an interrupt; for connects in progress */
};

int run_control_init(struct run_control *c, struct err *err);
void run_control_release(struct run_control *c);
/* Safe from any thread; not from a signal handler. */
void run_control_interrupt(struct run_control *c);
/* Connects are possible again after an interrupt, for rolling back; the next interrupt ends them again. */
void run_control_rearm(struct run_control *c);
/* The worker's side: name the connection that an interrupt has to cancel (NULL: none). */
void run_control_watch(struct run_control *c, struct conn *conn);
