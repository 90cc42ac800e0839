/*
 * A run: one execution of a plan. Verifies the plan, locks each target, refuses one that has moved, executes
 * its script, and on failure takes back what can be taken back; every event goes to the audit log.
 */
#pragma once
#include "engine/fleet.h"
#include "engine/run/control.h"
#include "engine/run/recover.h"
#include "engine/store/audit.h"
#include "plans/plan.h"

struct alembic_env;
struct run_row;

enum target_outcome {
    TARGET_SKIPPED,   /* not started: the run stopped before */
    TARGET_UNCHANGED, /* nothing to do */
    TARGET_DONE,
    TARGET_FAILED,      /* see err, and where it was left */
    TARGET_REFUSED,     /* moved since the plan, or its lock is held: untouched */
    TARGET_UNREACHABLE, /* untouched */
    TARGET_TAKEN_BACK,  /* was done, and then taken back because another target failed */
    TARGET_OUTCOME_COUNT
};
const char *target_outcome_name(enum target_outcome o);
/* TARGET_OUTCOME_COUNT: there is none of that name. */
enum target_outcome target_outcome_find(const char *name);

struct target_result {
    const char *name;
    enum target_outcome outcome;
    struct err err;           /* why, when it is not done */
    strings_t from, at;       /* position before, and as read back afterwards */
    bool at_known;            /* false: it could not be read back (connection lost) */
    size_t steps, steps_done; /* of the plan; committed and standing at the end */
    size_t taken_back;        /* steps that were committed and then compensated */
    bool earlier;             /* it ended in an earlier part of the run: this one has not touched it */
    bool asked_back;          /* taken back because somebody asked for it (rollback) */
    bool begun;               /* statements of the plan were sent to it */
    bool decided;             /* its wave has decided to commit: what is prepared on it will be committed */
    bool verify_failed;       /* what failed is a verification */
    bool may_be_partial;      /* what failed is a statement that no rollback takes back */
    struct half_step half;    /* a step left part way */
    struct err compensation;  /* why taking back failed; status 0 when it did not */
    bool moved; /* because somebody else has moved it since: nothing is left for this run to take back */
    const char *snapshot_error; /* why its schema could not be kept in the store; NULL: nothing went wrong */
    int64_t duration_us;
    int64_t commit_order; /* rises as the targets of the run commit; 0: nothing was committed */
};

/* Events are delivered one at a time, under a lock, on whatever thread they happen; what they point to lives
 * until the call returns. The counts are those of the moment. */
enum run_event_kind {
    RUN_WAVE_STARTED,
    RUN_WAVE_PAUSED,   /* its targets have ended; a time or a query (pause) until `until_us` at most */
    RUN_WAVE_WAITING,  /* the same, and a person has to go on: the run ends here */
    RUN_WAVE_FINISHED, /* its targets have ended and its pause is over */
    RUN_TARGET_STARTED,
    RUN_PROGRESS,
    RUN_TARGET_WAITS,    /* its steps are done; the commit waits for the others of its atomic wave */
    RUN_LOCK_WAIT,       /* a lock on a table, the target's own, or a connection was not to be had; after a
                            pause it is tried again */
    RUN_TARGET_FINISHED, /* also after it was taken back because of another target */
    RUN_TAKING_BACK,     /* a target: what was committed on it */
    RUN_BUDGET_EXCEEDED, /* nothing new starts; detail: why and what comes now */
    RUN_EVENT_COUNT
};
struct run_event {
    enum run_event_kind kind;
    const char *run;     /* its id */
    size_t index, count; /* target number, from 0, and number of targets; index SIZE_MAX: not about one */
    const char *target;
    const char *revision;               /* RUN_PROGRESS, RUN_LOCK_WAIT: the revision at work; may be NULL */
    size_t statements_done, statements; /* of the target */
    const struct target_result *result; /* RUN_TARGET_FINISHED */
    size_t done, failed, running;       /* targets of the run */
    unsigned wave;                      /* number, from 0; of the target or the wave */
    const char *wave_name;
    size_t wave_count, wave_done, wave_failed, wave_running; /* targets of that wave */
    int64_t until_us;                                        /* RUN_WAVE_PAUSED: its end, of time_now_us() */
    const char *detail;   /* RUN_WAVE_PAUSED: the query, or NULL; RUN_BUDGET_EXCEEDED; RUN_LOCK_WAIT: what the
                             server said */
    const char *blockers; /* RUN_LOCK_WAIT: who is in the way; NULL: not known */
    int64_t attempt, attempts; /* RUN_LOCK_WAIT: the one that was in vain, and how many there are at most;
                                  0: as many as there is time for */
    int64_t next_ms;           /* RUN_LOCK_WAIT: until the next one */
};

/* Going on with a run that has stopped: with what it had still to do, or back. */
struct run_again {
    const struct run_row *row; /* from the store; the plan is its document */
    bool back;                 /* take back everything that it did */
    const char *only;          /* glob: just these targets; the others stay as they are. NULL: all */
    struct recover_opts recover;
};

struct run_opts {
    struct store *store;           /* open for writing */
    struct fleet *fleet;           /* members by target name; open connections are used again */
    struct run_control *control;   /* may be NULL */
    const char *command;           /* for the audit log: "apply plans/x.yaml" */
    const struct run_again *again; /* NULL: a new run */
    bool join;                     /* carry it out together with whoever else does */
    int64_t lease_ms;  /* for so long others leave alone what a runner that is gone held; 0: 30 s */
    bool no_snapshots; /* what the targets' schemas are afterwards is not kept in the store */
    const struct alembic_env *alembic; /* for steps that read the database; NULL: without a project */
    void (*on_event)(void *arg, const struct run_event *event);
    void *arg;
};

struct run_result {
    const char *run;
    VEC(struct target_result) targets;
    size_t done, failed; /* failed counts FAILED, REFUSED and UNREACHABLE */
    bool interrupted;
    struct err pause;        /* why a pause after a wave failed; status 0: none did */
    strings_t replaced;      /* runs that had not ended, and whose place this one takes */
    bool open;               /* something is left for whoever goes on with the run */
    const char *waits_after; /* the wave after which the run waits for a person; NULL: it does not */
    int exit_status; /* 0, 1, 2 (waits), 3, 4, 69 or 130; of the error when the run could not be carried
                        through */
};

/* Everything in *out lives in the arena. Returns non-zero only when the run could not be carried through as a
 * run (the audit log cannot be written, a target of the plan is not in the fleet); failures of targets are in
 * *out, which is filled as far as things went (out->run NULL: nothing was begun). */
int run_plan(struct arena *a, const struct plan *plan, const struct run_opts *opts, struct run_result *out,
             struct err *err);

/* Stamp: set the version table without running steps. `purge` forgets what it said before. Locks, records
 * history and audit like a run. */
int run_stamp(struct arena *a, struct member *m, const struct graph *g, const char *destination, bool purge,
              const struct run_opts *opts, strings_t *from, strings_t *to, struct err *err);
/* Make the version table unless it is there. */
int run_ensure_version(struct arena *a, struct fleet *fleet, struct member *m, bool *made, struct err *err);
