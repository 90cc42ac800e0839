/*
 * A run that several processes carry out together. Each has the same scheduler: the roster, which here is
 * brought up to date with what the store says of the others before anything is chosen from it. What concerns
 * whole waves, taking back and the end of the run is done by one of them, the one that leads: the first that
 * lives. Main thread only.
 */
#pragma once
#include "engine/store/audit_writer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct run;
struct shared;
struct target_job;

/* Begin the run, or join the one of this plan that is under way, or go on with opts.again's. Sets r->shared,
 * the run's id and r->head. */
int shared_enter(struct run *r, struct err *err);
/* Has another process ended the run, or brought it to where it waits for a person? Asks the store. */
bool shared_has_ended(struct run *r);
/* Nothing of it is this process's any more. */
void shared_leave(struct run *r);
/* The same, and the end; accepts a run that is not shared. */
void shared_close(struct run *r);

/* False: the run is shared and somebody else leads. */
bool shared_leads(const struct run *r);
/* What the target's writes rest on. */
struct run_guard shared_guard(const struct run *r, size_t target);
/* What writes about whole waves and the whole run rest on. */
struct run_guard shared_leading(const struct run *r);
/* Such a write was refused: somebody else leads. */
void shared_lose_lead(struct run *r);

/* Look at the run and have targets claimed that may start; each is then at work here, and `give` is called
 * for it. */
void shared_start(struct run *r, void (*give)(struct run *r, size_t target));
/* The job is over. True: somebody else had taken its target over, so its end is not to be counted. */
bool shared_ended(struct run *r, const struct target_job *t);
/* Is something going on elsewhere that this process has to wait for? */
bool shared_waits(const struct run *r);
/* The sooner of the two: `at`, or the next look. */
int64_t shared_deadline(const struct run *r, int64_t at);

enum shared_next {
    SHARED_GO_ON, /* there is something to do again */
    SHARED_END,   /* everything has ended and this process leads: it takes back, and ends the run */
    SHARED_OVER,  /* another one has ended the run */
    SHARED_LEAVE  /* interrupted, or the store is gone: others may go on */
};
/* When nothing is at work here any more: wait for what comes next. */
enum shared_next shared_finish(struct run *r);
/* Claim these, to take them back. */
void shared_take(struct run *r, const size_t *targets, size_t n);
/* Another one has ended the run: its results and exit status. */
void shared_tell_end(struct run *r);
/* The run had ended before this process came to it: nothing is left to do. */
bool shared_is_over(const struct run *r);
/* Was the run being taken back when its last runner went? */
bool shared_is_back(const struct run *r);
