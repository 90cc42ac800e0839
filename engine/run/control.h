/*
 * Interrupting a run from another thread (a signal thread): the first interrupt cancels the statements in
 * flight and stops the run, which then rolls back; a second one also gives up compensation, and a third one
 * the recording of what took effect. A target that is further on already goes on.
 */
#pragma once
#include "drivers/driver.h"
#include <pthread.h>
#include <stdatomic.h>

/* Each is ended by as many interrupts as its number. Settling: rolling back, recording what took effect,
 * reading it back. */
enum run_phase { PHASE_WORK = 1, PHASE_TAKE_BACK = 2, PHASE_SETTLE = 3 };

/* What one worker is at; in the list of its control between run_watch_start() and run_watch_stop(). */
struct run_watch {
    int cancel_fd; /* eventfd, readable after an interrupt; for connects in progress and other waits */
    /* The rest is guarded by the control's lock. */
    struct run_control *control;
    struct run_watch *next;
    struct conn *conn; /* with a statement in flight, or about to have one; NULL: none */
    int phase;         /* enum run_phase */
};

struct run_control {
    atomic_int interrupts;
    pthread_mutex_t lock; /* guards what follows */
    struct run_watch *watches;
    void (*listener)(void *arg); /* called after each interrupt, from the thread that interrupts */
    void *listener_arg;
    bool initialised;
};

int run_control_init(struct run_control *c, struct err *err);
void run_control_release(struct run_control *c);
/* Cancels every watch whose phase it ends. Safe from any thread; not from a signal handler. */
void run_control_interrupt(struct run_control *c);
/* One at a time; NULL: nobody. Once it returns, the one before is not called any more. */
void run_control_listen(struct run_control *c, void (*listener)(void *arg), void *arg);
/* How many interrupts there were; 0 without a control. */
int run_control_interrupts(const struct run_control *c);

/* The worker's side. In PHASE_WORK, with no connection; a watch of an interrupted control is interrupted too.
 * c may be NULL: then nothing ever interrupts. */
int run_watch_start(struct run_watch *w, struct run_control *c, struct err *err);
void run_watch_stop(struct run_watch *w); /* accepts NULL and a zeroed one */
/* What the worker is about to do. Connects are possible again after an interrupt, up to the one that ends the
 * phase. This and the next accept NULL. */
void run_watch_phase(struct run_watch *w, enum run_phase phase);
/* Name the connection that an interrupt has to cancel (NULL: none). */
void run_watch_conn(struct run_watch *w, struct conn *conn);
