/* Waves, limits and the budget for failures, as counts. */
#include "engine/run/roster.h"
#include <stdlib.h>
#include <string.h>

#define NO_SERVER UINT32_MAX

struct named_server {
    const char *name;
    size_t target;
};

static int by_name(const void *a, const void *b)
{
    const struct named_server *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Servers become numbers; returns how many there are. */
static size_t number_servers(struct arena *a, const char *const *servers, size_t n,
                             struct roster_target *targets)
{
    struct named_server *named = arena_array(a, n + 1, sizeof(*named));
    size_t count = 0, numbers = 0;
    for (size_t i = 0; i < n; i++) {
        targets[i].server = NO_SERVER;
        if (servers[i] && servers[i][0]) {
            named[count++] = (struct named_server){servers[i], i};
        }
    }
    qsort(named, count, sizeof(*named), by_name);
    for (size_t i = 0; i < count; i++) {
        numbers += i == 0 || strcmp(named[i].name, named[i - 1].name) != 0;
        targets[named[i].target].server = (unsigned)(numbers - 1);
    }
    return numbers;
}

static bool comes_after(const struct plan_wave *wave, size_t other)
{
    for (size_t i = 0; i < wave->after.n; i++) {
        if (wave->after.items[i] == other) {
            return true;
        }
    }
    return false;
}

/* Is every wave complete that this one waits for? Backwards it waits for those that came after it. */
static bool may_open(const struct roster *r, size_t wave)
{
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        bool waits = r->backwards ? comes_after(&r->plan->waves.items[w], wave)
                                  : comes_after(&r->plan->waves.items[wave], w);
        if (waits && r->waves[w].state != ROSTER_COMPLETE) {
            return false;
        }
    }
    return true;
}

/* Backwards a wave without pauses is complete with its last target, which may let another one open: from the
 * last to the first, since waves wait for earlier ones only. */
static void open_waves(struct roster *r)
{
    size_t n = r->plan->waves.n;
    for (size_t i = 0; i < n; i++) {
        size_t w = r->backwards ? n - 1 - i : i;
        struct roster_wave *wave = &r->waves[w];
        if (wave->state == ROSTER_CLOSED && may_open(r, w)) {
            wave->state = ROSTER_OPEN;
        }
        if (r->backwards && wave->state == ROSTER_OPEN && wave->pending + wave->running == 0) {
            wave->state = ROSTER_COMPLETE;
        }
    }
}

void roster_init(struct arena *a, const struct plan *plan, const char *const *servers, struct roster *out)
{
    size_t n = plan->targets.n;
    struct roster r = {.plan = plan, .n = n};
    r.targets = arena_array(a, n + 1, sizeof(*r.targets));
    r.waves = arena_array(a, plan->waves.n + 1, sizeof(*r.waves));
    r.order = arena_array(a, n + 1, sizeof(*r.order));
    r.on_server = arena_array(a, number_servers(a, servers, n, r.targets) + 1, sizeof(*r.on_server));
    for (size_t w = 0; w < plan->waves.n; w++) {
        const struct plan_wave *wave = &plan->waves.items[w];
        r.waves[w].pending = wave->n;
        r.most = (size_t)wave->parallel > r.most ? (size_t)wave->parallel : r.most;
        for (size_t i = wave->first; i < wave->first + wave->n; i++) {
            r.targets[i].wave = (unsigned)w;
            r.waves[w].firsts += plan->targets.items[i].hold == PLAN_HOLD_FIRST;
            r.order[i] = i;
        }
    }
    open_waves(&r);
    *out = r;
}

/* The counters that a target of this state is part of, one up or down. */
static void count(struct roster *r, size_t target, int by)
{
    const struct roster_target *t = &r->targets[target];
    struct roster_wave *w = &r->waves[t->wave];
    size_t one = (size_t)by; /* wraps around: adding it takes one away */
    w->pending += t->state == ROSTER_PENDING ? one : 0;
    w->running += t->state == ROSTER_RUNNING ? one : 0;
    w->done += t->state == ROSTER_DONE ? one : 0;
    w->failed += t->state == ROSTER_FAILED ? one : 0;
    w->left += t->state == ROSTER_LEFT ? one : 0;
    w->held += t->state == ROSTER_HELD ? one : 0;
    if (r->plan->targets.items[target].hold == PLAN_HOLD_FIRST) {
        w->firsts += t->state == ROSTER_PENDING || t->state == ROSTER_RUNNING ? one : 0;
    }
    r->running += t->state == ROSTER_RUNNING ? one : 0;
    r->done += t->state == ROSTER_DONE ? one : 0;
    r->failed += t->state == ROSTER_FAILED ? one : 0;
    if (t->server != NO_SERVER) {
        r->on_server[t->server] += t->state == ROSTER_RUNNING ? one : 0;
    }
}

void roster_set(struct roster *r, size_t target, enum roster_state state)
{
    count(r, target, -1);
    r->targets[target].state = state;
    if (state == ROSTER_PENDING) { /* it may lie behind what has been passed over */
        r->first = 0;
    }
    count(r, target, 1);
}

void roster_set_wave(struct roster *r, size_t wave, enum roster_wave_state state)
{
    r->waves[wave].state = state;
}

/* Of an atomic wave. */
static bool must_wait(const struct roster *r, const struct roster_target *t)
{
    const struct roster_wave *w = &r->waves[t->wave];
    enum plan_hold hold = r->plan->targets.items[t - r->targets].hold;
    return w->barred || w->failed > 0 || (w->firsts > 0 && hold != PLAN_HOLD_FIRST);
}

static bool may_start(const struct roster *r, const struct roster_target *t)
{
    const struct plan_wave *limits = &r->plan->waves.items[t->wave];
    if (limits->atomic && !r->backwards && must_wait(r, t)) {
        return false;
    }
    if (t->state != ROSTER_PENDING || r->waves[t->wave].state != ROSTER_OPEN ||
        r->running >= (size_t)limits->parallel) {
        return false;
    }
    return limits->parallel_per_server == 0 || t->server == NO_SERVER ||
           r->on_server[t->server] < (size_t)limits->parallel_per_server;
}

bool roster_next(struct roster *r, size_t *target)
{
    if (r->stopped || r->running >= r->most) {
        return false;
    }
    open_waves(r);
    while (r->first < r->n && r->targets[r->order[r->first]].state != ROSTER_PENDING) {
        r->first++;
    }
    for (size_t i = r->first; i < r->n; i++) {
        if (may_start(r, &r->targets[r->order[i]])) {
            *target = r->order[i];
            roster_set(r, *target, ROSTER_RUNNING);
            return true;
        }
    }
    return false;
}

void roster_ended(struct roster *r, size_t target, bool failed)
{
    roster_set(r, target, failed ? ROSTER_FAILED : ROSTER_DONE);
}

void roster_bar(struct roster *r, size_t wave)
{
    const struct plan_wave *w = &r->plan->waves.items[wave];
    r->waves[wave].barred = true;
    for (size_t i = w->first; i < w->first + w->n; i++) {
        if (r->targets[i].state == ROSTER_HELD) {
            roster_set(r, i, ROSTER_PENDING);
        }
    }
    r->first = 0;
}

bool roster_wave_ended(const struct roster *r, size_t *wave)
{
    for (size_t w = 0; w < r->plan->waves.n && !r->stopped && !r->backwards; w++) {
        const struct roster_wave *it = &r->waves[w];
        if (it->state == ROSTER_OPEN && it->pending + it->running + it->held + it->left == 0) {
            *wave = w;
            return true;
        }
    }
    return false;
}

void roster_pause(struct roster *r, size_t wave)
{
    r->waves[wave].state = ROSTER_PAUSED;
}

void roster_complete(struct roster *r, size_t wave)
{
    r->waves[wave].state = ROSTER_COMPLETE;
    open_waves(r);
}

bool roster_is_awaited(const struct roster *r, size_t wave)
{
    for (size_t w = wave + 1; w < r->plan->waves.n; w++) {
        const struct roster_wave *it = &r->waves[w];
        if (comes_after(&r->plan->waves.items[w], wave) &&
            (it->pending + it->running + it->left > 0 || roster_is_awaited(r, w))) {
            return true;
        }
    }
    return false;
}

bool roster_beyond_budget(const struct roster *r)
{
    return r->failed > plan_failure_budget(r->plan);
}

void roster_stop(struct roster *r)
{
    r->stopped = true;
}

bool roster_is_through(const struct roster *r)
{
    if (r->running > 0) {
        return false;
    }
    for (size_t w = 0; w < r->plan->waves.n && !r->stopped; w++) {
        if (r->waves[w].state == ROSTER_OPEN && r->waves[w].pending > 0) {
            return false;
        }
    }
    return true;
}

void roster_turn_back(struct arena *a, struct roster *r, const size_t *order, size_t n)
{
    r->backwards = true;
    r->stopped = false;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        roster_set(r, i, ROSTER_LEFT);
    }
    r->order = arena_array(a, n + 1, sizeof(*r->order));
    for (size_t i = 0; i < n; i++) {
        r->order[i] = order[i];
        roster_set(r, order[i], ROSTER_PENDING);
    }
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        r->waves[w].state = ROSTER_CLOSED;
    }
    r->first = 0;
    r->n = n;
}
