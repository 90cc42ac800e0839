/*
 * What may start now. A roster knows the waves of a plan, how many of their targets are at work, on which
 * servers, and how many have failed; it knows no threads, no databases and no clock. One thread at a time.
 *
 * Forwards, the targets start in the plan's order, wave by wave. Turned back, those that are to be taken back
 * start newest commit first, and a wave only when all waves that came after it are through. The limits hold
 * both ways. In an atomic wave the targets that cannot wait with their commit come first, and once one of the
 * wave has failed no other starts.
 */
#pragma once
#include "plans/plan.h"

enum roster_state {
    ROSTER_PENDING,
    ROSTER_RUNNING,
    ROSTER_DONE,
    ROSTER_HELD, /* of an atomic wave: its steps are done, and its commit waits for the others */
    ROSTER_FAILED,
    ROSTER_LEFT /* takes no part: its wave does not end */
};

enum roster_wave_state {
    ROSTER_CLOSED,  /* waits for others */
    ROSTER_OPEN,    /* its targets may start */
    ROSTER_PAUSED,  /* its targets have ended; roster_complete() ends the pause */
    ROSTER_COMPLETE /* others may rely on it */
};

struct roster_target {
    unsigned wave, server;
    enum roster_state state;
};

struct roster_wave {
    enum roster_wave_state state;
    size_t pending, running, done, failed, left;
    size_t held, firsts; /* firsts: pending or running, and the others of an atomic wave come after them */
    bool barred;         /* nothing of it starts any more */
};

struct roster {
    const struct plan *plan;
    struct roster_target *targets; /* as in the plan */
    struct roster_wave *waves;     /* as in the plan */
    size_t running, done, failed;
    bool backwards, stopped;
    size_t most; /* never more at once than this */
    /* private */
    size_t *order, n; /* in which targets start */
    size_t first;     /* nothing before it in `order` is pending */
    size_t *on_server;
};

/* servers[i]: what the i-th target shares limits with, "host:port"; NULL or "" for none. All is pending. */
void roster_init(struct arena *a, const struct plan *plan, const char *const *servers, struct roster *out);
/* What an earlier part of the run has come to; before anything starts. */
void roster_set(struct roster *r, size_t target, enum roster_state state);
void roster_set_wave(struct roster *r, size_t wave, enum roster_wave_state state);

/* The next target that may start, which then counts as running; false: none may, until something ends.
 * Opens waves whose time has come. */
bool roster_next(struct roster *r, size_t *target);
void roster_ended(struct roster *r, size_t target, bool failed);
/* An atomic wave commits nothing in this run: nothing of it starts, and those held are as before their start.
 */
void roster_bar(struct roster *r, size_t wave);
/* A wave whose targets have all ended and that is still open; forwards, unless stopped. */
bool roster_wave_ended(const struct roster *r, size_t *wave);
void roster_pause(struct roster *r, size_t wave);
void roster_complete(struct roster *r, size_t wave);

/* Does anything that is not done yet wait for this wave? */
bool roster_is_awaited(const struct roster *r, size_t wave);

/* More have failed than the plan allows. */
bool roster_beyond_budget(const struct roster *r);
/* Nothing new starts from here on. */
void roster_stop(struct roster *r);
/* Nothing is running and nothing ever will, unless a pause ends. */
bool roster_is_through(const struct roster *r);
/* Start anew, with these targets in this order: to be taken back. Nothing may be running. */
void roster_turn_back(struct arena *a, struct roster *r, const size_t *order, size_t n);
