/* From events to what is known of a run, and from that to an estimate of the rest. */
#include "cmd/run_view.h"
#include "base/file.h"

bool view_outcome_failed(enum target_outcome o)
{
    return o == TARGET_FAILED || o == TARGET_REFUSED || o == TARGET_UNREACHABLE;
}

void run_view_init(struct run_view *v, struct arena *a, const struct plan *plan, int64_t now_us)
{
    *v = (struct run_view){.plan = plan, .started_us = now_us};
    v->targets = arena_array(a, plan->targets.n + 1, sizeof(*v->targets));
    v->waves = arena_array(a, plan->waves.n + 1, sizeof(*v->waves));
}

static void target_event(struct run_view *v, const struct run_event *e, int64_t now_us)
{
    struct view_target *t = &v->targets[e->index];
    switch (e->kind) {
    case RUN_TARGET_STARTED:
        *t = (struct view_target){.state = VIEW_RUNNING, .since_us = now_us, .statements = e->statements};
        break;
    case RUN_PROGRESS:
        t->statements_done = e->statements_done;
        t->statements = e->statements;
        snprintf(t->revision, sizeof(t->revision), "%s", e->revision ? e->revision : "");
        t->waits[0] = '\0';
        break;
    case RUN_LOCK_WAIT:
        snprintf(t->waits, sizeof(t->waits), "%s",
                 e->blockers ? e->blockers
                 : e->detail ? e->detail
                             : "a lock");
        t->attempt = e->attempt;
        t->attempts = e->attempts;
        break;
    case RUN_TARGET_WAITS:
        snprintf(t->revision, sizeof(t->revision), "waits for its wave");
        break;
    case RUN_TAKING_BACK:
        t->state = VIEW_TAKING_BACK;
        t->waits[0] = '\0';
        t->since_us = now_us;
        break;
    case RUN_TARGET_FINISHED:
        t->state = VIEW_ENDED;
        t->since_us = now_us;
        t->outcome = e->result->outcome;
        t->took_us = t->outcome == TARGET_DONE ? e->result->duration_us : 0;
        break;
    default:
        break;
    }
}

static void count_wave(struct run_view *v, size_t wave)
{
    const struct plan_wave *p = &v->plan->waves.items[wave];
    struct view_wave *w = &v->waves[wave];
    w->done = w->failed = w->running = 0;
    for (size_t i = p->first; i < p->first + p->n; i++) {
        const struct view_target *t = &v->targets[i];
        bool ended = t->state == VIEW_ENDED;
        w->done += ended && (t->outcome == TARGET_DONE || t->outcome == TARGET_UNCHANGED);
        w->failed += ended && view_outcome_failed(t->outcome);
        w->running += t->state == VIEW_RUNNING || t->state == VIEW_TAKING_BACK;
    }
}

static void wave_event(struct run_view *v, size_t wave, const struct run_event *e)
{
    static const unsigned char states[RUN_EVENT_COUNT] = {[RUN_WAVE_STARTED] = VIEW_WAVE_OPEN,
                                                          [RUN_WAVE_PAUSED] = VIEW_WAVE_PAUSED,
                                                          [RUN_WAVE_WAITING] = VIEW_WAVE_PERSON,
                                                          [RUN_WAVE_FINISHED] = VIEW_WAVE_FINISHED,
                                                          [RUN_TARGET_STARTED] = VIEW_WAVE_OPEN};
    struct view_wave *w = &v->waves[wave];
    if (states[e->kind] > w->state) {
        w->state = states[e->kind];
    }
    if (e->kind == RUN_WAVE_PAUSED) {
        w->until_us = e->until_us;
        w->query = e->detail != NULL;
    }
    if (e->wave_count > 0) { /* the run knows better: some may have been done before it was resumed */
        w->done = e->wave_done;
        w->failed = e->wave_failed;
        w->running = e->wave_running;
    } else {
        count_wave(v, wave);
    }
}

void run_view_event(struct run_view *v, const struct run_event *e, int64_t now_us)
{
    bool of_target = e->index < v->plan->targets.n;
    if (of_target) {
        target_event(v, e, now_us);
    }
    size_t wave = of_target ? plan_wave_of(v->plan, e->index) : e->wave;
    bool of_wave = of_target || e->kind <= RUN_WAVE_FINISHED;
    if (of_wave && wave < v->plan->waves.n) {
        wave_event(v, wave, e);
    }
    v->stopping = v->stopping || e->kind == RUN_BUDGET_EXCEEDED;
}

struct view_counts run_view_counts(const struct run_view *v)
{
    struct view_counts c = {.total = v->plan->targets.n};
    for (size_t i = 0; i < v->plan->waves.n; i++) {
        c.done += v->waves[i].done;
        c.failed += v->waves[i].failed;
    }
    for (size_t i = 0; i < c.total; i++) {
        c.running += v->targets[i].state == VIEW_RUNNING;
        c.taking_back += v->targets[i].state == VIEW_TAKING_BACK;
    }
    return c;
}

size_t run_view_running(const struct run_view *v, size_t *indexes, size_t max)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < v->plan->targets.n; i++) {
        const struct view_target *t = &v->targets[i];
        if (t->state != VIEW_RUNNING && t->state != VIEW_TAKING_BACK) {
            continue;
        }
        all++;
        size_t at = kept;
        while (at > 0 && v->targets[indexes[at - 1]].since_us > t->since_us) {
            at--;
        }
        if (at < max) {
            kept = kept < max ? kept + 1 : max;
            memmove(&indexes[at + 1], &indexes[at], (kept - at - 1) * sizeof(*indexes));
            indexes[at] = i;
        }
    }
    return all;
}

/* What a target takes: the mean of those that are done and of those at it for longer than that already. 0:
 * too few are through. The first of a round to end are the quick ones, so a whole round has to. */
static int64_t typical_us(const struct run_view *v, int64_t now_us)
{
    int64_t sum = 0;
    size_t n = 0, round = 1;
    for (size_t i = 0; i < v->plan->targets.n; i++) {
        sum += v->targets[i].took_us;
        n += v->targets[i].took_us > 0;
    }
    for (size_t i = 0; i < v->plan->waves.n; i++) {
        size_t parallel = (size_t)v->plan->waves.items[i].parallel;
        round = v->waves[i].state == VIEW_WAVE_OPEN && parallel > round ? parallel : round;
    }
    size_t few = v->plan->targets.n / 8 + 1;
    if (n < (round < few ? round : few)) {
        return 0;
    }
    int64_t mean = sum / (int64_t)n;
    for (size_t i = 0; i < v->plan->targets.n; i++) {
        const struct view_target *t = &v->targets[i];
        if (t->state == VIEW_RUNNING && now_us - t->since_us > mean) {
            sum += now_us - t->since_us;
            n++;
        }
    }
    return sum / (int64_t)n;
}

/* Of the wave's targets alone. */
static int64_t wave_work_us(const struct run_view *v, size_t wave, int64_t typical, int64_t now_us)
{
    const struct plan_wave *p = &v->plan->waves.items[wave];
    const struct view_wave *w = &v->waves[wave];
    size_t begun = w->done + w->failed + w->running;
    size_t rest = begun < p->n ? p->n - begun : 0, at_once = p->parallel > 0 ? (size_t)p->parallel : 1;
    at_once = at_once < rest + w->running ? at_once : rest + w->running;
    int64_t work = (int64_t)rest * typical, longest = rest ? typical : 0;
    for (size_t i = p->first; i < p->first + p->n; i++) {
        const struct view_target *t = &v->targets[i];
        int64_t left = t->state == VIEW_RUNNING ? typical - (now_us - t->since_us) : 0;
        work += left > 0 ? left : 0;
        longest = left > longest ? left : longest;
    }
    int64_t shared = at_once ? work / (int64_t)at_once : 0;
    return shared > longest ? shared : longest;
}

static int64_t pause_left_us(const struct run_view *v, size_t wave, struct view_estimate *out)
{
    const struct plan_wave *p = &v->plan->waves.items[wave];
    const struct view_wave *w = &v->waves[wave];
    out->pauses = out->pauses || p->pause == PLAN_PAUSE_QUERY;
    if (p->pause != PLAN_PAUSE_TIME) {
        return 0;
    }
    int64_t left = w->state == VIEW_WAVE_PAUSED ? w->until_us - time_now_us() : p->pause_ms * 1000;
    return left > 0 ? left : 0;
}

bool run_view_estimate(const struct run_view *v, int64_t now_us, struct view_estimate *out)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    size_t n = v->plan->waves.n;
    int64_t typical = v->stopping ? 0 : typical_us(v, now_us),
            *ends = arena_array(&scratch, n + 1, sizeof(*ends));
    if (typical == 0) {
        return false;
    }
    struct view_estimate e = {0};
    for (size_t i = 0; i < n; i++) {
        const struct plan_wave *p = &v->plan->waves.items[i];
        if (v->waves[i].state == VIEW_WAVE_FINISHED) {
            continue;
        }
        for (size_t k = 0; k < p->after.n; k++) {
            int64_t before = ends[p->after.items[k]];
            ends[i] = before < 0 || ends[i] < 0 ? -1 : before > ends[i] ? before : ends[i];
        }
        if (ends[i] < 0) { /* behind a wave that a person has to look at */
            continue;
        }
        ends[i] += wave_work_us(v, i, typical, now_us);
        e.left_us = ends[i] > e.left_us ? ends[i] : e.left_us;
        bool more = i + 1 < n;
        if (p->pause == PLAN_PAUSE_PERSON && more) {
            e.person = true;
            ends[i] = -1;
        } else {
            ends[i] += more ? pause_left_us(v, i, &e) : 0;
        }
    }
    *out = e;
    return true;
}
