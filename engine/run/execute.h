/*
 * One target of a run: lock, compare the position, execute the track's script, settle a failure, take back.
 * run.c decides which targets and in what order; nothing here knows of other targets.
 */
#pragma once
#include "engine/run/recover.h"
#include "engine/run/run.h"
#include "engine/run/script_build.h"
#include "engine/store/audit_writer.h"
#include "engine/store/runs.h"

/* Events not yet in the audit log, and what the store shall believe of the target with them; one queue a
 * target, so that neighbouring events share one durable write. */
struct event_queue {
    struct arena arena; /* of the events and their strings; emptied by a flush */
    VEC(struct audit_event) items;
    const char *run;
    const struct run_target_row *update; /* of that run; NULL: nothing new */
    struct run_guard guard;              /* the claim that its writes rest on */
    char head[DIGEST_HEX + 1];           /* after the last flush */
    int64_t seq;                         /* of the last event then */
};

struct execution {
    struct arena *a; /* of this target: its script; nothing of the result lives here */
    struct event_queue *queue;
    const struct plan *plan;
    const struct plan_target *target;
    const struct plan_track *track;
    const struct run_opts *opts;
    struct member *member;
    struct run_watch *watch; /* what an interrupt finds; may be NULL */
    const char *run, *actor, *host;
    size_t index, count; /* for progress: this target and how many there are */
    struct target_result *result;
    const struct recover_opts *resume; /* not NULL: the target may stand anywhere within its track */
    /* Of an atomic wave. PREPARED and OPEN: execute_target() ends before the commit, with the connection
     * open, and `held` is set; then comes one of the functions of hold.h. */
    enum plan_hold hold;
    bool decided; /* the wave has decided to commit: what is found prepared is committed, and rolled back
                     otherwise */
    bool held;
    /* private */
    struct lock_watch *lock_watch; /* who keeps the statement in flight waiting */
    struct track_work *work;       /* under way, or held */
    const char *prepared_name;     /* of its transaction; NULL: it is not prepared */
    size_t base;                   /* steps of the track that stood before this execution */
    size_t statements_done, statements;
    const char *at_revision;
    bool lost;                /* somebody else has gone on with it: only what is open is rolled back */
    bool taking_back;         /* the track in execution is one that takes back */
    size_t completed;         /* steps of the track in execution that are committed */
    size_t noted;             /* of them in the audit log, or about to be */
    struct live_progress {    /* of the step that reads the database, when one is at work or was the last */
        size_t durable;       /* statements that no rollback takes back; SIZE_MAX: the journal tells */
        struct slice refused; /* then: the one that failed; empty: it was not sent */
        bool unknown;         /* another program was at work: what took effect is for a person to find out */
        bool complete;        /* its function has returned */
    } live;
};

/* Carry the target's track out, or, with x->resume, what remains of it. Everything that happened is in
 * x->result; the return value is non-zero only when the audit log could not be written before anything was
 * done (err says so). The last events stay in the queue. */
int execute_target(struct execution *x, struct err *err);
/* Take back what a finished execute_target() did, because another target failed; with x->resume, from
 * wherever within its track the target stands: a half step is finished first, since its way back needs the
 * whole of it. */
void execute_take_back(struct execution *x);

/* For live.c: an audit event for one statement of a step; failure NULL: it went well. */
void execution_note_statement(struct execution *x, const struct plan_step *step, size_t index,
                              struct slice text, const struct outcome *o, const char *detail,
                              const struct err *failure);
void execution_progress(struct execution *x);
/* Tell an event about the target: `more` says what it is, the rest is filled in. */
void execution_tell(struct execution *x, struct run_event more);
bool execution_interrupted(const struct execution *x, bool taking_back);

/* The target has ended well: its schema is kept in the store. What hinders that is an event, and no failure.
 */
void execution_snapshot(struct execution *x);

/* An audit event with the common fields filled in; the second puts it into the queue. */
struct audit_event execution_event(const struct execution *x, enum event_kind kind);
struct audit_event *execution_event_add(struct execution *x, enum event_kind kind);
/* Write the queue to the audit log. */
int event_queue_flush(struct event_queue *q, struct store *store, struct err *err);
/* Forget what is in it. */
void event_queue_empty(struct event_queue *q);
