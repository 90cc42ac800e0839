/* What the files of a run share: run.c (from start to end), run_open.c, run_end.c, again.c (going on with
 * one), compensate.c, pause.c, atomic.c, record.c, run_events.c. */
#pragma once
#include "engine/run/atomic.h"
#include "engine/run/execute.h"
#include "engine/run/pause.h"
#include "engine/run/record.h"
#include "engine/run/roster.h"
#include "engine/run/shared.h"
#include "engine/run/worker.h"

/* One target at work on a thread of the crew. */
struct target_job {
    struct job job;
    struct run *run;
    size_t index;
    struct run_target_row row; /* what the store shall believe of it next */
    bool held;                 /* it waits with its commit */
    int rc;                    /* the audit log could not be written: err */
    struct err err;
};

struct run {
    struct arena *a;
    const struct plan *plan;
    struct run_opts opts; /* the caller's, but for the events, which pass through run_events.c */
    const struct run_opts *asked;
    struct run_result *result;
    const char *actor, *host;
    struct member **members; /* as in the plan */
    struct target_job *jobs; /* the same */
    struct roster roster;    /* changed by the main thread only, and under `telling` */
    struct pauses pauses;
    struct atomics atomics;
    struct crew *crew;
    struct claims *claims;     /* with a store that several machines reach */
    struct event_queue queue;  /* of the run's own events; the main thread's */
    char head[DIGEST_HEX + 1]; /* of the audit log when the run began, for rows written before a flush */
    bool former;               /* the store still has a process of this machine under another name at work */
    bool *begun;               /* by wave: a target of it was started */
    bool *anywhere;            /* by target: an earlier part of the run may have left it within its track */
    bool back_policy;          /* on_failure asks for taking back */
    bool back_atomic;          /* nothing but atomic waves that stand in part */
    bool back, back_whole;     /* nothing but taking back; everything, whatever rollback_scope says */
    bool back_refused;         /* that it takes back could not be written down: it has not */
    struct err failure;        /* why the run cannot be carried through; status 0: it can */
    pthread_mutex_t telling;   /* held while somebody is told of an event */
    bool tells;                /* `telling` is there */
    struct shared *shared;     /* others carry the run out too; NULL: nobody */
};

static inline bool target_has_failed(const struct target_result *t)
{
    return t->outcome == TARGET_FAILED || t->outcome == TARGET_REFUSED || t->outcome == TARGET_UNREACHABLE;
}

/* Interrupted here, in a shared run: others finish it. */
bool target_is_given_back(const struct run *r, const struct target_result *t);

/* The roster's next target, and how one ended. */
bool run_next(struct run *r, size_t *target);
void run_ended(struct run *r, size_t target, bool failed);
/* Have the target worked on by the crew: execute_target() or execute_take_back(). */
void run_give(struct run *r, size_t target, void (*work)(struct job *, struct worker *));
struct target_job *target_job_of(struct job *job);
/* The job's execution on this thread. Its events are in a queue of its own, to be closed with the second. */
struct execution target_job_execution(struct target_job *t, struct worker *w, struct event_queue *queue);
void target_job_close(struct target_job *t, struct execution *x);

/* run_open.c: everything that can be refused is, before anything is written down or sent. */
int run_name(struct run *r, struct err *err);
int run_open(struct run *r, struct err *err);
int run_keep_lease(struct run *r, struct err *err); /* other machines see by it that the run is alive */
void run_close(struct run *r);

/* run_end.c: results are counted, and the store knows how it ended; or, of a run that several processes
 * share, that this one leaves, or has heard from another that it has ended. */
int run_end(struct run *r, struct err *err);
int run_leave(struct run *r, struct err *err);
int run_leave_or_end(struct run *r, struct err *err); /* the one that is the last ends it */
int run_hear_end(struct run *r, struct err *err);

/* run_events.c: put the counts into an event and hand it on, one at a time. */
void run_tell(void *run, const struct run_event *event);
void run_tell_target(struct run *r, size_t target, enum run_event_kind kind);
void run_tell_wave(struct run *r, size_t wave, enum run_event_kind kind, int64_t until_us,
                   const char *detail);

/* compensate.c: take back, newest commit first, what on_failure and rollback_scope say, or everything. */
void compensate(struct run *r);
bool run_is_interrupted(const struct run *r);
