/* Events as lines. */
#include "cmd/run_lines.h"
#include "base/file.h"
#include "cmd/run_frame.h"

const char *outcome_words(const struct target_result *r)
{
    return r->outcome == TARGET_UNCHANGED ? "nothing to do" : target_outcome_name(r->outcome);
}

const char *target_error_text(const struct target_result *r, char *buf, size_t size)
{
    const char *shown = err_format(r->err.status ? &r->err : &r->compensation, buf, size);
    size_t name = strlen(r->name);
    bool repeats = strncmp(shown, r->name, name) == 0 && strncmp(shown + name, ": ", 2) == 0;
    return shown + (repeats ? name + 2 : 0); /* an error of connecting begins with it */
}

/* What comes from servers may hold anything; a line stays a line and moves no cursor. */
static void add_plain(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        strbuf_addch(out, (unsigned char)*text < ' ' || *text == 127 ? ' ' : *text);
    }
}

void run_lines_outcome(struct strbuf *out, const struct target_result *r)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char error[4096];
    add_plain(out, r->name);
    strbuf_addf(out, ": %s in %s", outcome_words(r), duration_format(&a, r->duration_us));
    if (r->err.status || r->compensation.status) {
        strbuf_adds(out, ": ");
        add_plain(out, target_error_text(r, error, sizeof(error)));
    }
}

static bool has_waves(const struct run_view *v)
{
    return v->plan->waves.n > 1 ||
           (v->plan->waves.n == 1 && strcmp(v->plan->waves.items[0].name, "all") != 0);
}

static void wave_words(struct arena *a, struct strbuf *out, const struct run_view *v,
                       const struct run_event *e)
{
    const struct plan_wave *w = &v->plan->waves.items[e->wave];
    const struct view_wave *seen = &v->waves[e->wave];
    strbuf_adds(out, "wave ");
    add_plain(out, w->name);
    int64_t left = e->until_us - time_now_us();
    const char *until = duration_format(a, left > 0 ? left : 0);
    switch (e->kind) {
    case RUN_WAVE_STARTED:
        strbuf_addf(out, ": %zu target%s, %lld at once", w->n, w->n == 1 ? "" : "s", (long long)w->parallel);
        break;
    case RUN_WAVE_PAUSED:
        strbuf_addf(out, e->detail ? ": waiting for its query, %s at most" : ": pause of %s", until);
        break;
    case RUN_WAVE_WAITING:
        strbuf_adds(out, ": waiting for a person");
        break;
    default:
        strbuf_addf(out, ": ended, %zu of %zu done", seen->done, w->n);
        if (seen->failed) {
            strbuf_addf(out, ", %zu failed", seen->failed);
        }
        break;
    }
}

static void lock_words(struct strbuf *out, const struct run_event *e)
{
    strbuf_adds(out, ": ");
    if (e->attempts) {
        strbuf_addf(out, "attempt %lld of %lld: ", (long long)e->attempt, (long long)e->attempts);
    }
    add_plain(out, e->detail ? e->detail : "a lock");
    strbuf_adds(out, e->blockers ? ", " : "");
    add_plain(out, e->blockers ? e->blockers : "");
    strbuf_addf(out, "; again in %.1f s", (double)e->next_ms / 1000);
}

void run_lines_event(struct strbuf *out, const struct run_view *v, const struct run_event *e, int64_t now_us)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    switch (e->kind) {
    case RUN_WAVE_STARTED:
    case RUN_WAVE_PAUSED:
    case RUN_WAVE_WAITING:
    case RUN_WAVE_FINISHED:
        if (!has_waves(v) || e->wave >= v->plan->waves.n) {
            return;
        }
        wave_words(&a, &text, v, e);
        break;
    case RUN_TARGET_STARTED:
    case RUN_TAKING_BACK:
        add_plain(&text, e->target);
        strbuf_adds(&text, e->kind == RUN_TARGET_STARTED ? ": started" : ": taking back what was committed");
        break;
    case RUN_TARGET_WAITS:
        add_plain(&text, e->target);
        strbuf_adds(&text, ": through, waits for the others of its wave");
        break;
    case RUN_LOCK_WAIT:
        add_plain(&text, e->target);
        lock_words(&text, e);
        break;
    case RUN_TARGET_FINISHED:
        run_lines_outcome(&text, e->result);
        break;
    case RUN_BUDGET_EXCEEDED:
        strbuf_adds(&text, "nothing new starts: ");
        add_plain(&text, e->detail ? e->detail : "too many targets failed");
        break;
    case RUN_PROGRESS:
    case RUN_EVENT_COUNT:
        return;
    }
    strbuf_addf(out, "%8s  ", clock_text(&a, now_us - v->started_us));
    if (e->index < e->count && e->count > 1) {
        strbuf_addf(out, "[%zu/%zu] ", e->index + 1, e->count);
    }
    strbuf_adds(out, strbuf_cstr(&text));
    strbuf_addch(out, '\n');
}

void run_lines_pulse(struct strbuf *out, const struct run_view *v, int64_t now_us)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    size_t indexes[3], all = run_view_running(v, indexes, COUNT_OF(indexes));
    struct view_counts c = run_view_counts(v);
    char *estimate = estimate_text(&a, v, now_us);
    strbuf_addf(out, "%8s  ", clock_text(&a, now_us - v->started_us));
    if (c.total > 1) {
        strbuf_addf(out, "%zu of %zu done, ", c.done, c.total);
    }
    strbuf_addf(out, "%zu running", all);
    for (size_t i = 0; i < all && i < COUNT_OF(indexes); i++) {
        const struct view_target *t = &v->targets[indexes[i]];
        strbuf_adds(out, i ? "; " : ": ");
        add_plain(out, v->plan->targets.items[indexes[i]].name);
        strbuf_addf(out, " for %s (%zu of %zu statements%s%s", duration_format(&a, now_us - t->since_us),
                    t->statements_done, t->statements, t->revision[0] ? ", " : "", t->revision);
        strbuf_adds(out, t->waits[0] ? ", " : "");
        add_plain(out, t->waits);
        strbuf_addch(out, ')');
    }
    if (all > COUNT_OF(indexes)) {
        strbuf_addf(out, " and %zu more", all - COUNT_OF(indexes));
    }
    strbuf_addf(out, "%s%s\n", estimate ? "; " : "", estimate ? estimate : "");
}
