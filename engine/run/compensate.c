/* Taking back what other targets have done, when the run has failed. */
#include "base/failpoint.h"
#include "engine/run/again.h"
#include "engine/run/run_internal.h"
#include <stdlib.h>

/* The waves that rollback_scope means: those of the failed targets; when none has failed (an interrupt
 * between two targets, a pause that failed) those that were at work and are not complete. */
static void find_by_scope(const struct run *r, bool *chosen)
{
    bool failed = false, whole = r->back_whole || r->plan->rollback_scope == PLAN_SCOPE_RUN;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        if (target_has_failed(&r->result->targets.items[i])) {
            chosen[r->roster.targets[i].wave] = failed = true;
        }
    }
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        enum roster_wave_state state = r->roster.waves[w].state;
        chosen[w] = whole || chosen[w] || (!failed && (state == ROSTER_OPEN || state == ROSTER_PAUSED));
    }
}

static bool is_whole(const struct run *r, size_t wave)
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    bool whole = true;
    for (size_t i = w->first; i < w->first + w->n; i++) {
        enum target_outcome o = r->result->targets.items[i].outcome;
        whole = whole && (o == TARGET_DONE || o == TARGET_UNCHANGED);
    }
    return whole;
}

/* And atomic waves that stand in part, whatever on_failure says. */
static void find_waves(const struct run *r, bool *chosen)
{
    if (r->back_policy || (r->back && !r->back_atomic)) {
        find_by_scope(r, chosen);
    }
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        bool went_on =
            r->back_atomic && r->plan->waves.items[w].atomic && !atomics_decided(r, w) && !is_whole(r, w);
        chosen[w] = chosen[w] || went_on || atomics_must_take_back(r, w);
    }
}

struct committed {
    int64_t order;
    size_t target;
};

static int newest_first(const void *a, const void *b)
{
    const struct committed *x = a, *y = b;
    return x->order < y->order ? 1 : x->order > y->order ? -1 : x->target < y->target ? 1 : -1;
}

/* One that was done; one that was at work when its process died; and, of those that failed, one that an
 * earlier part of the run had brought some of the way: inside a revision it stays, unless everything is to be
 * taken back. */
static bool has_something(const struct run *r, size_t target)
{
    const struct target_result *t = &r->result->targets.items[target];
    if (t->outcome == TARGET_DONE) {
        return t->steps_done > 0;
    }
    if (!r->anywhere[target]) {
        return false;
    }
    if (t->outcome == TARGET_FAILED) {
        return r->back_whole || (t->steps_done > 0 && t->at_known && !t->half.present);
    }
    return (r->back || r->shared) && t->outcome == TARGET_SKIPPED;
}

static size_t find_targets(const struct run *r, size_t *order)
{
    bool *chosen = arena_array(r->a, r->plan->waves.n + 1, sizeof(bool));
    find_waves(r, chosen);
    struct committed *found = arena_array(r->a, r->plan->targets.n + 1, sizeof(*found));
    size_t n = 0;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        if (chosen[r->roster.targets[i].wave] && again_selects(r, i) && has_something(r, i)) {
            found[n++] = (struct committed){r->result->targets.items[i].commit_order, i};
        }
    }
    if (n > 1) {
        qsort(found, n, sizeof(*found), newest_first);
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = found[i].target;
    }
    return n;
}

/* That it is being taken back stands in the store before anything is sent: a target that is not where the run
 * had left it would be somebody else's doing otherwise. */
static void work_on_taking_back(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct event_queue queue;
    struct execution x = target_job_execution(t, w, &queue);
    t->rc = event_queue_flush(x.queue, x.opts->store, &t->err);
    if (t->rc) {
        x.result->compensation = t->err;
    } else {
        execute_take_back(&x);
    }
    if (t->run->back && x.result->outcome == TARGET_TAKEN_BACK) {
        x.result->err = (struct err){0};
    }
    x.result->earlier = false;
    x.result->asked_back = t->run->back_whole;
    target_job_close(t, &x);
}

void compensate(struct run *r)
{
    size_t *order = arena_array(r->a, r->plan->targets.n + 1, sizeof(*order)), target;
    size_t n = find_targets(r, order);
    FAILPOINT("before-taking-back");
    if (n > 0 && !record_taking_back(r)) {
        r->back_refused = true;
        return;
    }
    pthread_mutex_lock(&r->telling);
    roster_turn_back(r->a, &r->roster, order, n);
    pthread_mutex_unlock(&r->telling);
    shared_take(r, order, n);
    for (;;) {
        while (!r->failure.status && run_control_interrupts(r->opts.control) < PHASE_TAKE_BACK &&
               run_next(r, &target)) {
            run_give(r, target, work_on_taking_back);
        }
        if (crew_out(r->crew) == 0) {
            return;
        }
        struct job *job = crew_wait(r->crew, 0);
        if (job) {
            const struct target_job *t = target_job_of(job);
            if (t->rc && !r->failure.status) {
                r->failure = t->err;
            }
            run_ended(r, t->index, r->result->targets.items[t->index].outcome != TARGET_TAKEN_BACK);
        }
    }
}
