/*
 * After a failure: roll back, record exactly what took effect, take back what was committed, and read the
 * target's state back so that the report says what is there and not what ought to be.
 */
#pragma once
#include "engine/run/execute.h"

struct failure {
    const struct plan_track *track;
    const struct script *script;
    size_t item; /* that failed, in the script */
    bool sent;   /* false: it was not tried (an interrupt before it, or the audit log could not be written) */
    bool doubt;  /* something could not be rolled back */
    struct err *err;
};

static inline bool failure_is(const struct failure *f, enum script_kind kind)
{
    return f->item < f->script->items.n && f->script->items.items[f->item].kind == kind;
}

/* Roll back; *doubt: a table without transactions keeps what was done to it. */
int roll_back(struct execution *x, bool *doubt, struct err *err);
/* A track with its script, as far as it has been carried out. */
struct track_work {
    struct plan_track copy, own;
    const struct plan_track *track; /* one of them */
    struct script script;
    struct script_opts opts;
    bool *starts, *anchors; /* by item of the script: of a batch; the audit log is written before it */
    size_t from;            /* the item that comes next */
    bool taking_back;
};

/* Execute a track on the open, locked connection; see execute.c. */
int execute_track(struct execution *x, const struct plan_track *track, bool taking_back, struct err *err);
/* Carry out what remains of x->work. */
int execution_go_on(struct execution *x, struct err *err);
/* The end of a target's part of the run: its connection goes, and with it the lock; the event that says so.
 */
void execution_release(struct execution *x);
void execution_finish(struct execution *x);

/* A new session that has the lock and has read the state: the old one has ended, so what was read is final.
 */
int settle_reconnect(struct execution *x, struct err *err);
/* Fill x->result once the target's track is through: it stands, with status 0; otherwise take back and read
 * back. */
void settle_result(struct execution *x, const struct plan_track *track, int status);

/* Bring the connection out of the failed transaction and the journal to what is true; x->completed is
 * corrected when the answer to a commit was lost. Returns the failure's status, or 0 when everything turns
 * out to be committed. */
int settle_failure(struct execution *x, const struct failure *f);

/* Execute the target's track; on failure settle, compensate, read back. Fills x->result. */
void execute_and_settle(struct execution *x, const struct plan_track *track);
/* Take back the first `completed` steps of the track; fills the compensation part of x->result. `begun`
 * statements of the newest one's way back are in effect already. */
void take_back(struct execution *x, const struct plan_track *track, size_t completed, int64_t begun);
/* Position and journal into x->result, as they are now. */
void settle_read_back(struct execution *x);
