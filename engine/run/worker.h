/*
 * A crew: threads that carry out jobs, one each, and hand them back. Threads start when jobs come and none is
 * free, up to a number; whoever gives jobs waits for them on a condition variable. What a job does is its own
 * affair: nothing here knows of runs or targets.
 */
#pragma once
#include "base/arena.h"
#include "engine/run/control.h"

struct crew;

/* What a job finds on its thread. */
struct worker {
    struct crew *crew;
    struct run_watch watch; /* for connections and waits of the job */
    struct arena scratch;   /* emptied after each job */
    /* private */
    pthread_t thread;
    struct worker *next;
};

struct job {
    void (*work)(struct job *job, struct worker *worker);
    struct job *next; /* private */
};

/* At most `threads` at work. Interrupts of the control (may be NULL) end crew_wait(); listens to it until
 * crew_close(). */
struct crew *crew_open(size_t threads, struct run_control *control);
/* The job is the caller's and must live until it comes back. An error: no thread could be started, and there
 * is none. */
int crew_give(struct crew *c, struct job *job, struct err *err);
/* The next job that is through. NULL: until_us (monotonic time; 0: no limit) has passed, or there was an
 * interrupt since the last call, or no job is out and no time was given. */
struct job *crew_wait(struct crew *c, int64_t until_us);
/* Jobs that were given and not taken back yet. */
size_t crew_out(const struct crew *c);
/* Waits for every job that is out; those not taken back yet are dropped. Accepts NULL. */
void crew_close(struct crew *c);
