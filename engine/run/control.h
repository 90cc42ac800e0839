/*
 * Interrupting a run from another thread (a signal thread): the first interrupt cancels the statement in
 * flight and stops the run, which then rolls back; a second one also gives up compensation, and a third one
 * the recording of what took effect. One that finds the run further on already lets that go on.
 */
#pragma once
#include "drivers/driver.h"
#include <pthread.h>
#include <stdatomic.h>

/* Each is ended by as many interrupts as its number. Settling: rolling back, recording what took effect,
 * reading it back. */
enum run_phase { PHASE_WORK = 1, PHASE_TAKE_BACK = 2, PHASE_SETTLE = 3 };

struct run_control {
    atomic_int interrupts;
    pthread_mutex_t lock; /* guards what follows */
    struct conn *in_flight;
    int phase;     /* enum run_phase; 0 as PHASE_WORK */
    int cancel_fd; /* eventfd, readable after an interrupt; for connects in progress */
};

int run_control_init(struct run_control *c, struct err *err);
void run_control_release(struct run_control *c);
/* Safe from any thread; not from a signal handler. */
void run_control_interrupt(struct run_control *c);
/* What the run is about to do. Connects are possible again after an interrupt, up to the one that ends the
 * phase. */
void run_control_phase(struct run_control *c, enum run_phase phase);
/* The worker's side: name the connection that an interrupt has to cancel (NULL: none). */
void run_control_watch(struct run_control *c, struct conn *conn);
