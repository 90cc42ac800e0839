/*
 * A run as far as it is known: what became of each target and wave, from the events of the run. Every way of
 * showing a run that goes on reads it; nothing here prints.
 */
#pragma once
#include "engine/run/run.h"

enum view_state { VIEW_WAITING, VIEW_RUNNING, VIEW_TAKING_BACK, VIEW_ENDED };

struct view_target {
    enum view_state state;
    enum target_outcome outcome; /* when VIEW_ENDED */
    int64_t since_us;            /* when its state began; monotonic */
    int64_t took_us;             /* DONE: how long it took */
    size_t statements_done, statements;
    char revision[40];
    char waits[200]; /* a lock that is tried again for: who is in the way; empty: none */
    int64_t attempt, attempts;
};

enum view_wave_state {
    VIEW_WAVE_WAITING,
    VIEW_WAVE_OPEN,
    VIEW_WAVE_PAUSED,
    VIEW_WAVE_PERSON,
    VIEW_WAVE_FINISHED
};

struct view_wave {
    enum view_wave_state state;
    size_t done, failed, running;
    int64_t until_us; /* PAUSED; of time_now_us() */
    bool query;       /* PAUSED: until a query returns true */
};

struct run_view {
    const struct plan *plan;
    int64_t started_us; /* monotonic */
    struct view_target *targets;
    struct view_wave *waves;
    bool stopping; /* nothing new starts */
};

/* plan and arena must outlive the view. */
void run_view_init(struct run_view *v, struct arena *a, const struct plan *plan, int64_t now_us);
/* now_us: monotonic. */
void run_view_event(struct run_view *v, const struct run_event *e, int64_t now_us);

struct view_counts {
    size_t total, done, failed, running, taking_back;
};
struct view_counts run_view_counts(const struct run_view *v);

/* The indexes of at most `max` targets at work, the longest at it first; returns how many there are. */
size_t run_view_running(const struct run_view *v, size_t *indexes, size_t max);

/* How long the rest will take, from the time that finished targets took. False: there is no basis yet (a
 * round of targets has to be through), or the run is stopping. */
struct view_estimate {
    int64_t left_us;
    bool person; /* up to where a person has to go on */
    bool pauses; /* without pauses whose length nobody knows */
};
bool run_view_estimate(const struct run_view *v, int64_t now_us, struct view_estimate *out);

bool view_outcome_failed(enum target_outcome o);
