/*
 * Pauses after waves: a time, a query that has to become true on every target of the wave, or a person. The
 * run goes on with whatever does not wait for the wave. Main thread only.
 */
#pragma once
#include "engine/run/roster.h"

struct run;
struct run_wave_row;
struct job;

struct pause {
    enum plan_pause kind; /* PLAN_PAUSE_NONE: none, or over */
    bool fixed;           /* its end stands in the store */
    bool given_up;        /* its query stayed false, and the run goes on all the same */
    bool passed;          /* by an earlier part of the run: not again */
    /* Of time_now_us(): when it ends, or is given up (QUERY). Kept from an earlier part of the run; only what
     * the store holds and people read. */
    int64_t until_us;
    int64_t end_us; /* the same of time_monotonic_us(), by which this process goes; 0: not known yet */
    /* QUERY: rounds of questions, with a rest between them */
    bool asking;
    int64_t next_us; /* the next round, of time_monotonic_us() */
    int64_t rest_ms;
    struct roster round;
    struct arena arena; /* of the round */
    bool *said_yes;     /* by target of the wave */
    struct err answer;  /* of the last target that did not */
};

struct pauses {
    struct pause *items; /* as the plan's waves */
    bool failed;         /* a query stayed false; why is in the result */
};

void pauses_init(struct run *r);
/* Begin and end pauses, whose waves are then complete; ask the queries whose time has come. */
void pauses_tend(struct run *r);
/* When to tend them next, of monotonic time; 0: when something happens. */
int64_t pauses_deadline(const struct run *r);
/* Is any pause under way that ends by itself? */
bool pauses_under_way(const struct run *r);
/* Was this job a question? Then it has been dealt with. */
bool pauses_answer(struct run *r, struct job *job);
/* The first wave that waits for a person; false: none does. */
bool pauses_person(const struct run *r, size_t *wave);
/* The query after that wave did not become true; why NULL: another runner has found that. */
void pauses_note_failure(struct run *r, size_t wave, const struct err *why);
/* Is the wave over for those that wait for it, as its row says? Also where its query stayed false, and the
 * run goes on. */
bool pauses_row_ends(const struct run *r, const struct run_wave_row *row);
void pauses_release(struct run *r);
