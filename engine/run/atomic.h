/*
 * Atomic waves: all targets of one commit, or none does. Each waits with its commit (hold.h) until the last
 * one is through; then the open transactions are committed one after another, then it is written down that
 * the wave commits, and then the prepared ones are. Until that word is in the store a failure or an interrupt
 * lets all of them go. Main thread only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;
struct job;
struct run;
struct run_wave_row;
struct worker;

struct atomic_wave;
struct held;
struct atomics {
    struct atomic_wave *waves; /* as in the plan; NULL when none of them is atomic */
    struct held *held;         /* as the plan's targets */
};

void atomics_init(struct run *r);
/* What an earlier part of the run has decided. */
void atomics_load(struct run *r, const struct run_wave_row *row);
/* ERR_REFUSED when a part of an atomic wave was to go on without the rest. */
int atomics_check(const struct run *r, struct err *err);
int atomics_check_back(const struct run *r, struct err *err);
/* So many connections may wait at the same time. */
size_t atomics_most(const struct run *r);

/* Work of a target that waits with its commit. */
bool atomics_waits(const struct run *r, size_t target);
void atomics_work(struct job *job, struct worker *w);
/* Has this wave decided to commit? */
bool atomics_decided(const struct run *r, size_t wave);

/* Commit what can be committed, let go what cannot. */
void atomics_tend(struct run *r);
/* Was this a job of an atomic wave? Then it has been dealt with. */
bool atomics_answer(struct run *r, struct job *job);

/* Has this atomic wave failed, or been cut short, so that whatever it has committed must be taken back? */
bool atomics_must_take_back(const struct run *r, size_t wave);
bool atomics_failed(const struct run *r);
/* A wave has decided to commit, or may have, and not all of it could: only resume or rollback ends that. */
bool atomics_stuck(const struct run *r);
