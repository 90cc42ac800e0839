/* Atomic waves: who can wait with its commit, and in which way. */
#include "engine/planner/atomic.h"
#include "base/arena.h"
#include "engine/run/script_build.h"
#include <stdlib.h>

/* Everything in one transaction that is still open at the end. What the project's own Alembic does while it
 * runs, it does on a connection of its own. */
static bool can_wait(const struct driver *driver, const struct plan_track *track)
{
    const struct plan_step *s;
    vec_each (s, &track->steps) {
        if (step_is_journaled(driver, s) || (s->live && s->python)) {
            return false;
        }
    }
    return true;
}

struct candidate {
    const struct member *member;
    struct plan_target *target;
};
typedef VEC(struct candidate) candidates_t;

static int by_server(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    int c = strcmp(a->member->server, b->member->server);
    return c ? c : (a->target > b->target) - (a->target < b->target);
}

/* Those of a server prepare, all or none: when its slots do not suffice for all, the last ones would fail. */
static void choose_prepared(candidates_t *waiting)
{
    if (waiting->n > 1) {
        qsort(waiting->items, waiting->n, sizeof(*waiting->items), by_server);
    }
    for (size_t from = 0, to; from < waiting->n; from = to) {
        const struct candidate *first = &waiting->items[from];
        int64_t slots = first->member->state.prepare_slots;
        for (to = from;
             to < waiting->n && strcmp(waiting->items[to].member->server, first->member->server) == 0; to++) {
            int64_t own = waiting->items[to].member->state.prepare_slots;
            slots = own < slots ? own : slots;
        }
        for (size_t i = from; i < to; i++) {
            bool prepares = first->member->driver->prepare && slots >= (int64_t)(to - from);
            waiting->items[i].target->hold = prepares ? PLAN_HOLD_PREPARED : PLAN_HOLD_OPEN;
        }
    }
}

static int check_transactions(const struct environment *e, const struct plan *plan,
                              const struct plan_track *track, struct err *err)
{
    if (plan->transaction != PLAN_TRANSACTION_REVISION || track->steps.n < 2) {
        return 0;
    }
    yaml_error(err, yaml_key(e->rollout.node, "atomic"),
               "an atomic wave needs all revisions of a target in one transaction");
    if (err) {
        err->status = ERR_REFUSED;
    }
    err_hint(err, "Set transaction to plan, or leave atomic out.");
    return ERR_REFUSED;
}

static int assign_wave(struct arena *a, struct fleet *fleet, const struct environment *e, struct plan *plan,
                       const struct plan_wave *w, struct err *err)
{
    candidates_t waiting = {0};
    size_t busy = 0;
    for (size_t i = w->first; i < w->first + w->n; i++) {
        struct plan_target *t = &plan->targets.items[i];
        const struct plan_track *track = &plan->tracks.items[t->track];
        const struct member *m = fleet_find(fleet, t->name);
        if (track->steps.n == 0 || !m) {
            continue;
        }
        busy++;
        t->hold = PLAN_HOLD_FIRST;
        if (can_wait(m->driver, track)) {
            int rc = check_transactions(e, plan, track, err);
            if (rc) {
                return rc;
            }
            *vec_push(a, &waiting) = (struct candidate){m, t};
        }
    }
    if (busy == 1) { /* it waits for nobody */
        for (size_t i = w->first; i < w->first + w->n; i++) {
            plan->targets.items[i].hold = PLAN_HOLD_NONE;
        }
        return 0;
    }
    choose_prepared(&waiting);
    return 0;
}

int atomic_assign(struct arena *a, struct fleet *fleet, const struct environment *e, struct plan *plan,
                  struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < plan->waves.n && rc == 0; i++) {
        if (plan->waves.items[i].atomic) {
            rc = assign_wave(a, fleet, e, plan, &plan->waves.items[i], err);
        }
    }
    return rc;
}
