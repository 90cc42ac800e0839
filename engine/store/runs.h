/*
 * What the store says of runs: what each one wants, how far it believes to be, and the plan that it carries
 * out. The truth about a target is in the target.
 *
 * Texts of what is read live in the arena.
 */
#pragma once
#include "base/err.h"
#include "base/vec.h"
#include <stdint.h>

struct store;
struct audit_event;

enum run_state {
    RUN_STATE_OPEN,
    RUN_STATE_WAITING,     /* for a person, after wave `wave` */
    RUN_STATE_STOPPING,    /* nothing new starts */
    RUN_STATE_TAKING_BACK, /* what was done is being taken back */
    RUN_STATE_ENDED,
    RUN_STATE_COUNT
};
const char *run_state_name(enum run_state s);

struct run_row {
    const char *run, *environment, *plan; /* plan: its digest */
    const char *document;                 /* the plan as YAML */
    const char *command, *actor, *host;
    bool shared; /* others may join it: there is one such open run of a plan at a time */
    enum run_state state;
    int64_t wave;    /* index; what it means depends on the state */
    int exit_status; /* -1 before the end */
    int64_t created_us, ended_us;
};

enum run_target_state {
    RUN_TARGET_PENDING,
    RUN_TARGET_CLAIMED, /* somebody works on it */
    RUN_TARGET_HELD,    /* its steps are done, the commit waits for the wave */
    RUN_TARGET_ENDED,
    RUN_TARGET_STATE_COUNT
};
const char *run_target_state_name(enum run_target_state s);

#define RUN_COMMITTED_NOW (-1)

struct run_target_row {
    size_t index; /* in the plan */
    const char *name, *server;
    unsigned wave;
    enum run_target_state state;
    const char *outcome; /* target_outcome_name(); NULL before there is one */
    /* Rises with each target that commits, over all runners; 0: nothing committed yet. In an update:
     * RUN_COMMITTED_NOW to have it set, 0 to leave it as it is. */
    int64_t commit_order;
    const char *runner;     /* who claimed it last; NULL: nobody */
    int64_t claim;          /* number of that claim: rises each time the target changes hands */
    int64_t lease_until_us; /* of that runner, by the store's clock; 0: it has none (any more) */
    int64_t steps_done, taken_back;
    const char *at, *detail; /* position as read back; the error */
    int64_t duration_us;
    int64_t written; /* rises with each change that came with events */
};
typedef VEC(struct run_target_row) run_target_rows_t;

enum wave_state {
    WAVE_CLOSED, /* not begun */
    WAVE_OPEN,
    WAVE_COMMITTING, /* an atomic wave that has decided to commit: it goes through, whatever happens */
    WAVE_PAUSED,
    WAVE_FAILED, /* the query of its pause did not become true in time */
    WAVE_DONE,
    WAVE_STATE_COUNT
};
const char *wave_state_name(enum wave_state s);

struct run_wave_row {
    unsigned wave;
    enum wave_state state;
    int64_t until_us; /* WAVE_PAUSED: when it ends; 0: a person ends it */
};
typedef VEC(struct run_wave_row) run_wave_rows_t;

/* Record a run with its targets (name, server, wave; state and outcome as given) and nwaves waves, the first
 * of which need not be open, in one durable transaction with its n events (RUN_STARTED). created_us is set
 * when it is 0. A shared run when another one of the same plan is open: ERR_REFUSED. */
int runs_begin(struct store *s, const struct run_row *run, const struct run_target_row *targets,
               size_t ntargets, size_t nwaves, struct audit_event *events, size_t n, struct err *err);

/* By the beginning of its id; NULL: the newest that has not ended. ERR_REFUSED: there is none; ERR_USAGE:
 * several, or, without a prefix, none. */
int runs_find(struct store *s, struct arena *a, const char *prefix, struct run_row *out, struct err *err);
/* The shared run of the plan that has not ended; out->run NULL: there is none. */
int runs_find_shared(struct store *s, struct arena *a, const char *plan, struct run_row *out,
                     struct err *err);
/* The newest shared run of the plan, when it has ended having changed something, and nothing has been done to
 * targets of its environment since, as far as this store knows. */
int runs_find_shared_ended(struct store *s, struct arena *a, const char *plan, struct run_row *out,
                           struct err *err);
/* All that have not ended, newest first. Their documents are left out. */
typedef VEC(struct run_row) run_rows_t;
int runs_open(struct store *s, struct arena *a, run_rows_t *out, struct err *err);
/* Who carries the run out just now, as far as that can be told from here; host NULL: nobody, or a process
 * that is gone. */
struct run_holder {
    const char *host;
    int64_t pid, since_us;
    bool locked; /* its process keeps a lock: it lives, under whatever host name */
};
int runs_holder(struct store *s, struct arena *a, const char *run, struct run_holder *out, struct err *err);
/* In order of index. */
int runs_targets(struct store *s, struct arena *a, const char *run, run_target_rows_t *out, struct err *err);
int runs_waves(struct store *s, struct arena *a, const char *run, run_wave_rows_t *out, struct err *err);

/* wave -1 and exit_status -1 leave what is there. A run that has ended stays so: ERR_REFUSED, unless `resume`
 * puts it to RUN_STATE_OPEN. To change it together with events, see audit_write(). */
int runs_set_state(struct store *s, const char *run, enum run_state state, int64_t wave, int exit_status,
                   struct err *err);
/* Durable when it returns: an atomic wave's decision to commit stands before the first commit. */
int runs_set_wave(struct store *s, const char *run, const struct run_wave_row *wave, struct err *err);
