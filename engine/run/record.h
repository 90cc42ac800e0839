/*
 * What a run writes into the store about itself, so that another process can go on with it: that it began and
 * with which plan, what its targets have come to, where its waves stand, and how it ended. What is true of a
 * target is in the target; this tells what the run wants.
 */
#pragma once
#include "engine/run/execute.h"

struct run;

/* The run and its targets, or, for one that goes on, that it does. Sets r->head. */
int record_begin(struct run *r, struct err *err);
/* Hang onto the queue, for its next flush, that the target is being worked on; or what it has come to. */
void record_claim(struct run *r, size_t target, struct event_queue *queue, struct run_target_row *row);
void record_target(struct run *r, size_t target, struct event_queue *queue, struct run_target_row *row);
/* A failure to write these is the run's: r->failure. */
void record_state(struct run *r, enum run_state state);
/* From now on the run takes back: all of it, or what rollback_scope says. */
#define RECORD_BACK_WHOLE  1            /* in run_row.wave of a run that is taking back */
#define RECORD_BACK_ATOMIC 2            /* the same: only atomic waves that stand in part */
bool record_taking_back(struct run *r); /* false: it is not written, and nothing may be taken back */
/* False: it is not written; because of `guard`, somebody else leads the run, or has gone on with it. */
bool record_wave(struct run *r, size_t wave, enum wave_state state, int64_t until_us, struct run_guard guard);
/* The end, with the events that are still in the run's queue. */
int record_end(struct run *r, enum run_state state, struct run_guard guard, struct err *err);

/* An event of the run itself, put into its queue. */
struct audit_event *record_event(struct run *r, enum event_kind kind);
