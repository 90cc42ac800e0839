/*
 * Where a target really stands within a plan's track, after a crash or a lost connection: at its start, after
 * so many of its steps, inside one of them after exactly so many statements, or elsewhere. The truth is read
 * from the target under its lock: the position, the journal, and, for a statement that was in flight and
 * commits by itself, what the schema looks like now against the fingerprint that the journal recorded before.
 */
#pragma once
#include "engine/fleet.h"
#include "plans/plan.h"

/* What a person says about a statement whose effect nothing can tell. */
enum recover_answer { RECOVER_ASK, RECOVER_TOOK_EFFECT, RECOVER_NO_EFFECT };

/* How a run that goes on deals with what the one before it left; zero means default. */
struct recover_opts {
    enum recover_answer answer; /* used only where the target cannot tell */
    bool kill_running;          /* end a statement of the dead run that the server still works at */
    int64_t wait_ms;            /* how long to wait for such a statement; 0: a minute, -1: not at all */
    /* Told once for each target that has to wait; may be NULL. */
    void (*on_wait)(void *arg, const char *target, const char *text);
    void *arg;
};

enum standing_place {
    STANDING_WITHIN,    /* at the start, between two steps, inside one, or at the end of the track */
    STANDING_ELSEWHERE, /* somebody has moved it; `why` tells */
    STANDING_UNDECIDED, /* a person must say what the statement in flight did; `why` tells */
};

struct standing {
    enum standing_place place;
    size_t steps; /* of the track, that are complete: 0 at its start, steps.n at its end */
    bool inside;  /* a step has begun and not ended: the one after them, or, with `downgrade`, the last of
                     them, which is being taken back */
    bool downgrade;
    int64_t done;    /* inside: so many statements of that step are in effect */
    const char *why; /* of elsewhere and undecided, in the arena */
    const char *hint;
};

/* Where the lock is a lease, the server may still be at work for a run that has died and lost it: wait for
 * that, then read m->state again. ERR_REFUSED: for too long. */
int recover_wait(struct member *m, const struct recover_opts *opts, struct err *err);

/* A member whose journal says "running", though nobody runs: find out whether the statement in flight took
 * effect. m->state.half tells: `known`, `done`, and `why`. Waits as recover_wait() does, so that who has made
 * something of m->state before calls that first. Writes nothing. The statements are those of the step in its
 * direction, NULL when they are not at hand; without them some cases stay open. opts may be NULL. */
int recover_decide(struct member *m, const plan_statements_t *statements, const struct recover_opts *opts,
                   struct err *err);

/* The same right after the server has refused that statement, and what could be rolled back has been. Most do
 * nothing then; `begun` says that it may have done a part, and `why` which, where the schema shows it. */
int recover_refused(struct member *m, struct slice statement, struct err *err);

/* Read where the member stands; it is connected and, for an answer that lasts, locked. m->state is what was
 * read. Returns non-zero only when it could not be read. Writes nothing. */
int recover_state(struct arena *a, struct fleet *fleet, struct member *m, const struct plan_track *track,
                  const struct recover_opts *opts, struct standing *out, struct err *err);

/* Is what the half step's journal counts the beginning of these statements? */
bool half_step_matches(struct arena *a, const struct half_step *half, const plan_statements_t *statements);

/* ERR_REFUSED when the statements from `done` on need what only the session that ran those before had: the
 * value of a variable (MySQL's @name would silently be NULL), the last id, a temporary table. */
int half_step_needs_session(const struct driver *driver, const plan_statements_t *statements, int64_t done,
                            struct err *err);

/* Write into the journal what was found out about the statement in flight; m->state follows. A step of which
 * no statement is in effect is closed. Needs the lock. */
int recover_record(struct fleet *fleet, struct member *m, const plan_statements_t *statements,
                   struct err *err);
/* The statements of the step that may be half done where the target stands. */
const plan_statements_t *track_half_statements(const struct plan_track *track,
                                               const struct standing *standing);

/* Take the member's lock, waiting for a dead run's statement that the server still works at. */
int recover_lock(struct arena *a, struct member *m, const struct recover_opts *opts, struct err *err);

/* Nobody but our own session of that number (0: none), whose connection was lost, keeps us from the lock: the
 * server may not find out for long that nobody is there. End it. */
void recover_end_own(struct arena *a, struct member *m, int64_t session);

/* The steps of the track that remain for one that stands there: `out` begins where the target is, inside its
 * first step if need be. Not for a step that is being taken back. */
void track_rest(struct arena *a, const struct plan_track *track, const struct standing *standing,
                struct plan_track *out);

/* The position after the first n steps of a track, sorted. */
strings_t track_position(struct arena *a, const struct plan_track *track, size_t n);
/* Is `at` that position? */
bool track_is_at(struct arena *a, const struct plan_track *track, size_t n, const strings_t *at);
