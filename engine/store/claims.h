/*
 * One runner's part in a run that several processes, on any machines, carry out together. A runner holds what
 * it claims for as long as its lease lasts, which a thread of its own renews; when the lease has run out,
 * others may claim its targets. Every claim has a number: what a runner writes about a target counts only
 * while the number is still that of its claim (struct run_guard). All clocks are the store's.
 */
#pragma once
#include "engine/store/runs.h"
#include "engine/store/store.h"

struct claims;

struct claims_opts {
    const char *run, *actor, *host;
    int64_t lease_ms; /* 0: 30 s */
};
/* Enter the run and begin to renew the lease. The store must outlive it. */
int claims_open(struct store *s, const struct claims_opts *opts, struct claims **out, struct err *err);
/* Leave the run: what is still claimed may be taken over at once. Nothing can be claimed any more. */
void claims_leave(struct claims *c);
void claims_close(struct claims *c); /* leaves it first; accepts NULL */
const char *claims_runner(const struct claims *c);
/* The lease could not be renewed in time: others may have taken over what it held. */
bool claims_expired(struct claims *c);

/* The run as it stands, under a lock that keeps every other runner from claiming. */
struct claims_view {
    enum run_state state;
    int64_t wave;
    int exit_status;
    bool leads;                /* of the runners that live it was the first: what concerns whole waves and the
                                  end of the run is done by that one alone */
    size_t runners;            /* that live, with this one */
    run_target_rows_t changed; /* all that are at work, and those written since the last look (the first time:
                                  since the run began). lease_until_us 0: its runner is gone */
    run_wave_rows_t waves;
};

/* A target to be claimed as it was seen. */
struct claims_pick {
    size_t index;
    int64_t claim; /* of the row */
    bool taken;    /* out: it is ours, with the next number */
};
typedef VEC(struct claims_pick) claims_picks_t;

/* Choose what to claim. May be called again, when the store was away in between: then what it chose before
 * counts for nothing. */
typedef int (*claims_choose_fn)(void *arg, const struct claims_view *view, struct arena *a,
                                claims_picks_t *picks, struct err *err);
/* Look at the run and claim what `choose` picks, in one transaction. */
int claims_look(struct claims *c, struct arena *a, claims_choose_fn choose, void *arg, claims_picks_t *picks,
                struct err *err);
