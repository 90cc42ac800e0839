/* Assigning targets to waves. */
#include "engine/planner/waves.h"
#include "base/arena.h"
#include "base/yaml.h"
#include <limits.h>

#define NOT_TAKEN UINT_MAX

static bool has_value(const struct label_match *m, const struct target *t)
{
    for (size_t i = 0; i < t->nlabels; i++) {
        if (strcmp(t->labels[i].name, m->name) != 0) {
            continue;
        }
        for (size_t k = 0; k < m->values.n; k++) {
            if (strcmp(t->labels[i].value, m->values.items[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool matches(const struct rollout_wave *w, const struct target *t)
{
    bool all = true;
    for (size_t i = 0; i < w->match.n && all; i++) {
        all = has_value(&w->match.items[i], t);
    }
    return all;
}

/* What the waves with `percent` have come to so far. */
struct shares {
    size_t percent, targets;
};

/* How many targets the wave takes at most. */
static size_t room(const struct rollout_wave *w, size_t ntargets, struct shares *shares)
{
    if (w->choice == WAVE_COUNT) {
        return (size_t)w->amount;
    }
    if (w->choice != WAVE_PERCENT) {
        return SIZE_MAX;
    }
    shares->percent += (size_t)w->amount;
    size_t until = ntargets * shares->percent / 100;
    size_t n = until > shares->targets ? until - shares->targets : 1;
    shares->targets += n;
    return n;
}

static int left_over(const struct environment *e, const unsigned *wave, size_t n, struct err *err)
{
    AUTO(strbuf_release) struct strbuf names = STRBUF_INIT;
    size_t shown = 0, limit = n > 6 ? 5 : n;
    for (size_t i = 0; i < e->ntargets && shown < limit; i++) {
        if (wave[i] == NOT_TAKEN) {
            strbuf_addf(&names, "%s%s", shown++ ? ", " : "", e->targets[i].name);
        }
    }
    if (shown < n) {
        strbuf_addf(&names, " and %zu more", n - shown);
    }
    char message[1024];
    snprintf(message, sizeof(message), "%zu target%s of %s fall%s into no wave: %.800s", n, n == 1 ? "" : "s",
             e->name, n == 1 ? "s" : "", strbuf_cstr(&names));
    yaml_error(err, yaml_key(e->rollout.node, "waves"), "%s", message);
    err_hint(err, "Let a last wave take them: { rest: true }.");
    return ERR_FILE;
}

int waves_assign(struct arena *a, const struct environment *e, const unsigned **wave, struct err *err)
{
    const struct rollout *r = &e->rollout;
    unsigned *list = arena_array(a, e->ntargets + 1, sizeof(*list));
    if (r->waves.n == 0) {
        *wave = list;
        return 0;
    }
    memset(list, 0xff, e->ntargets * sizeof(*list));
    struct shares shares = {0};
    size_t left = e->ntargets;
    for (size_t k = 0; k < r->waves.n; k++) {
        const struct rollout_wave *w = &r->waves.items[k];
        size_t free = room(w, e->ntargets, &shares);
        for (size_t i = 0; i < e->ntargets && free > 0; i++) {
            if (list[i] == NOT_TAKEN && matches(w, &e->targets[i])) {
                list[i] = (unsigned)k;
                free--;
                left--;
            }
        }
    }
    if (left) {
        return left_over(e, list, left, err);
    }
    *wave = list;
    return 0;
}

static struct plan_wave wave_of(struct arena *a, const struct rollout_wave *from, size_t index)
{
    static const enum plan_pause pauses[] = {[WAVE_PAUSE_NONE] = PLAN_PAUSE_NONE,
                                             [WAVE_PAUSE_TIME] = PLAN_PAUSE_TIME,
                                             [WAVE_PAUSE_QUERY] = PLAN_PAUSE_QUERY,
                                             [WAVE_PAUSE_PERSON] = PLAN_PAUSE_PERSON};
    _Static_assert(COUNT_OF(pauses) == WAVE_PAUSE_COUNT, "one each");
    struct plan_wave w = {.name = from->name,
                          .parallel = from->parallel,
                          .parallel_per_server = from->parallel_per_server,
                          .pause = pauses[from->pause],
                          .pause_ms = from->pause_ms,
                          .pause_query = from->pause_query,
                          .atomic = from->atomic};
    for (size_t i = 0; i < from->depends_on.n; i++) {
        *vec_push(a, &w.after) = from->depends_on.items[i];
    }
    if (!from->waits_for_some && index > 0) {
        *vec_push(a, &w.after) = (unsigned)index - 1;
    }
    return w;
}

static void order_targets(struct arena *a, const unsigned *waves, struct plan *plan)
{
    struct plan_target *ordered = arena_array(a, plan->targets.n + 1, sizeof(*ordered));
    size_t *next = arena_array(a, plan->waves.n, sizeof(*next));
    for (size_t i = 0; i < plan->waves.n; i++) {
        next[i] = plan->waves.items[i].first;
    }
    for (size_t i = 0; i < plan->targets.n; i++) {
        ordered[next[waves[i]]++] = plan->targets.items[i];
    }
    plan->targets.items = ordered;
    plan->targets.cap = plan->targets.n + 1;
}

void waves_drop_pauses(struct arena *a, struct plan *plan)
{
    bool *awaited = arena_array(a, plan->waves.n, sizeof(bool));
    for (size_t i = plan->waves.n; i > 0; i--) {
        struct plan_wave *w = &plan->waves.items[i - 1];
        for (size_t k = 0; k < w->after.n && (w->n > 0 || awaited[i - 1]); k++) {
            awaited[w->after.items[k]] = true;
        }
        if (w->n == 0 || (!awaited[i - 1] && w->pause != PLAN_PAUSE_QUERY)) {
            w->pause = PLAN_PAUSE_NONE;
            w->pause_ms = 0;
            w->pause_query = NULL;
        }
    }
}

void waves_fill(struct arena *a, const struct environment *e, const unsigned *waves, struct plan *plan)
{
    const struct rollout *r = &e->rollout;
    if (r->waves.n == 0) {
        plan_one_wave(a, plan);
        plan->waves.items[0].parallel = r->parallel;
        plan->waves.items[0].parallel_per_server = r->parallel_per_server;
        plan->waves.items[0].atomic = r->atomic;
        return;
    }
    for (size_t i = 0; i < r->waves.n; i++) {
        *vec_push(a, &plan->waves) = wave_of(a, &r->waves.items[i], i);
    }
    for (size_t i = 0; i < plan->targets.n; i++) {
        plan->waves.items[waves[i]].n++;
    }
    size_t first = 0;
    for (size_t i = 0; i < plan->waves.n; i++) {
        struct plan_wave *w = &plan->waves.items[i];
        w->first = first;
        first += w->n;
    }
    waves_drop_pauses(a, plan);
    order_targets(a, waves, plan);
}
