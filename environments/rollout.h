/*
 * The rollout of an environment document: in which waves its targets are changed, how many at once, what is
 * waited for in between, and what happens when one fails. Which target falls into which wave is decided when
 * a plan is made: engine/planner/waves.h.
 */
#pragma once
#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

struct yaml_node;

enum on_failure { ON_FAILURE_STOP, ON_FAILURE_CONTINUE, ON_FAILURE_ROLLBACK, ON_FAILURE_COUNT };
enum rollback_scope { ROLLBACK_TARGET, ROLLBACK_WAVE, ROLLBACK_RUN, ROLLBACK_SCOPE_COUNT };

/* Which of the targets that no wave before has taken. */
enum wave_choice {
    WAVE_MATCH,   /* those with the labels */
    WAVE_COUNT,   /* the first `amount` of them */
    WAVE_PERCENT, /* as many of them as `amount` percent of all targets, rounded up */
    WAVE_REST,    /* all of them */
    WAVE_CHOICE_COUNT
};

enum wave_pause {
    WAVE_PAUSE_NONE,
    WAVE_PAUSE_TIME,   /* for pause_ms */
    WAVE_PAUSE_QUERY,  /* until pause_query returns true on every target of the wave, at most for pause_ms */
    WAVE_PAUSE_PERSON, /* until somebody goes on */
    WAVE_PAUSE_COUNT
};
#define WAVE_QUERY_TIMEOUT_MS (60 * 60 * 1000) /* without `timeout` */

/* match: { region: [eu, us] } */
struct label_match {
    const char *name;
    strings_t values; /* any of these */
};

struct rollout_wave {
    const char *name; /* as given; else its number among the waves, from "1" */
    enum wave_choice choice;
    VEC(struct label_match) match; /* WAVE_MATCH: all of these */
    int64_t amount;                /* WAVE_COUNT, WAVE_PERCENT */
    int64_t parallel;              /* effective: its own, else the rollout's */
    int64_t parallel_per_server;   /* likewise; 0: no limit of its own */
    bool waits_for_some;           /* depends_on is given; otherwise it waits for the wave before it */
    VEC(unsigned) depends_on;      /* indexes of earlier waves, ascending */
    enum wave_pause pause;
    int64_t pause_ms;
    const char *pause_query;
    bool atomic; /* effective */
    const struct yaml_node *node;
};

struct rollout {
    VEC(struct rollout_wave) waves;     /* none: one wave of all targets */
    int64_t parallel;                   /* default 1 */
    int64_t parallel_per_server;        /* 0: not given */
    enum on_failure on_failure;         /* default stop */
    enum rollback_scope rollback_scope; /* default run */
    int64_t max_failures;               /* default 0 */
    bool max_failures_percent;
    bool atomic;
    const struct yaml_node *node; /* NULL when the document has no rollout */
};

/* How many targets any wave has at work at once, in all and on one server. */
int64_t rollout_most_at_once(const struct rollout *r);
int64_t rollout_most_per_server(const struct rollout *r);
