/*
 * Group commit: many threads hand in what they want recorded, and one durable transaction takes all that
 * waits. There is no thread of its own: the first caller that finds nobody writing writes for all.
 */
#pragma once
#include "engine/store/audit.h"
#include "engine/store/runs.h"

struct audit_request {
    struct audit_event *events; /* as in audit_append() */
    size_t n;
    /* What rides along, all or nothing with the events; `run` NULL: nothing does. */
    const char *run;
    /* What the work rests on. When that does not hold any more: ERR_REFUSED, and nothing of the request is
     * kept. All zero: nothing. */
    struct run_guard {
        const char *runner; /* of a run that several share: it holds the claim, or leads */
        size_t index;
        int64_t claim;
        bool leads; /* no runner that lives is older; index and claim do not count */
        bool last;  /* no runner lives, and the run goes on as far as the store knows */
        bool alone; /* this process has begun or resumed it, and none since */
    } guard;
    /* New values of targets; index, state, outcome, commit_order, steps_done, taken_back, at, detail and
     * duration_us count. */
    const struct run_target_row *targets;
    size_t ntargets;
    const struct run_change {
        enum run_state state;
        int64_t wave;    /* -1: as it is */
        int exit_status; /* -1: as it is */
        bool from_ended; /* a run that has ended goes on (resume); without it that is ERR_REFUSED */
        bool alone;      /* ERR_REFUSED when a process is at work on it, as far as the store knows */
    } * change;
    const struct run_wave_row *waves; /* states to set */
    size_t nwaves;
};

/* Returns when the request is durable; head (may be NULL) receives the digest of its own last event (without
 * events: the head of the log). Any number of threads. An error says that nothing of this request was kept;
 * with err->connection_lost, that nobody can tell: the store went away in the middle and did not come back.
 */
int audit_write(struct store *s, const struct audit_request *request, char head[DIGEST_HEX + 1],
                struct err *err);
/* How many transactions audit_write() has made. */
int64_t audit_writes(struct store *s);
