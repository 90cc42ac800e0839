/* Events as JSON. */
#include "cmd/run_jsonl.h"
#include "base/file.h"
#include "cmd/report.h"
#include "cmd/run_summary.h"

static const char *const names[] = {
    [RUN_WAVE_STARTED] = "wave_started",
    [RUN_WAVE_PAUSED] = "wave_paused",
    [RUN_WAVE_WAITING] = "wave_waiting",
    [RUN_WAVE_FINISHED] = "wave_finished",
    [RUN_TARGET_STARTED] = "target_started",
    [RUN_PROGRESS] = "progress",
    [RUN_TARGET_FINISHED] = "target_finished",
    [RUN_TAKING_BACK] = "taking_back",
    [RUN_BUDGET_EXCEEDED] = "budget_exceeded",
    [RUN_TARGET_WAITS] = "target_waits",
    [RUN_LOCK_WAIT] = "lock_wait",
};
_Static_assert(COUNT_OF(names) == RUN_EVENT_COUNT, "one name each");

void run_jsonl_add(struct strbuf *out, const char *event, const char *run, json_t *members)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    json_t *o = json_object();
    json_object_set_new(o, "time", json_text(time_format(&a, time_now_us(), true)));
    json_object_set_new(o, "event", json_text(event));
    json_object_set_new(o, "run", json_text(run));
    json_object_update(o, members);
    char *text = json_dumps(o, JSON_COMPACT);
    strbuf_adds(out, text ? text : "{}");
    strbuf_addch(out, '\n');
    free(text);
    json_decref(members);
    json_decref(o);
}

static void set_count(json_t *o, const char *key, size_t n)
{
    json_object_set_new(o, key, json_integer((json_int_t)n));
}

void run_jsonl_begin(struct strbuf *out, const struct run_view *v, const char *run)
{
    json_t *o = json_object(), *waves = json_array();
    json_object_set_new(o, "environment", json_text(v->plan->environment));
    json_object_set_new(o, "plan", json_text(v->plan->digest));
    set_count(o, "targets", v->plan->targets.n);
    for (size_t i = 0; i < v->plan->waves.n; i++) {
        const struct plan_wave *w = &v->plan->waves.items[i];
        json_t *item = json_object();
        json_object_set_new(item, "wave", json_text(w->name));
        set_count(item, "targets", w->n);
        set_count(item, "parallel", (size_t)w->parallel);
        json_array_append_new(waves, item);
    }
    json_object_set_new(o, "waves", waves);
    run_jsonl_add(out, "run_started", run, o);
}

json_t *target_result_json(const struct target_result *r)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    json_t *o = json_object();
    json_object_set_new(o, "target", json_text(r->name));
    json_object_set_new(o, "outcome", json_text(target_outcome_name(r->outcome)));
    json_object_set_new(o, "from", json_list(&r->from));
    json_object_set_new(o, "at", r->at_known ? json_list(&r->at) : json_null());
    set_count(o, "steps", r->steps);
    set_count(o, "steps_done", r->steps_done);
    set_count(o, "taken_back", r->taken_back);
    json_object_set_new(o, "duration_us", json_integer(r->duration_us));
    if (r->half.present) {
        json_object_set_new(o, "half",
                            json_pack("{s:s, s:I, s:I, s:b}", "revision", r->half.revision, "done",
                                      (json_int_t)r->half.done, "total", (json_int_t)r->half.total, "known",
                                      (int)r->half.known));
        if (r->half.known && r->half.begun) {
            json_object_set_new(json_object_get(o, "half"), "begun", json_true());
        }
    }
    if (r->err.status) {
        json_object_set_new(o, "error", err_json(&r->err));
    }
    if (r->err.status || r->compensation.status) {
        json_object_set_new(o, "story", json_text(target_story(&a, r)));
    }
    if (r->compensation.status) {
        json_object_set_new(o, "compensation_error", err_json(&r->compensation));
    }
    return o;
}

static void set_wave(json_t *o, const struct run_view *v, const struct run_event *e)
{
    const struct plan_wave *plan = &v->plan->waves.items[e->wave];
    const struct view_wave *w = &v->waves[e->wave];
    set_count(o, "targets", plan->n);
    set_count(o, "done", w->done);
    set_count(o, "failed", w->failed);
    if (e->kind == RUN_WAVE_PAUSED) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        json_object_set_new(o, "until", json_text(time_format(&a, e->until_us, true)));
        json_object_set_new(o, "query", json_text(e->detail));
    }
}

static void set_lock_wait(json_t *o, const struct run_event *e)
{
    json_object_set_new(o, "revision", json_text(e->revision));
    json_object_set_new(o, "attempt", json_integer(e->attempt));
    json_object_set_new(o, "attempts", json_integer(e->attempts));
    json_object_set_new(o, "next_ms", json_integer(e->next_ms));
    json_object_set_new(o, "detail", json_text(e->detail));
    json_object_set_new(o, "blockers", json_text(e->blockers));
}

void run_jsonl_event(struct strbuf *out, const struct run_view *v, const struct run_event *e)
{
    json_t *o = json_object();
    bool of_target = e->index < v->plan->targets.n;
    size_t wave = of_target ? plan_wave_of(v->plan, e->index) : e->wave;
    if ((of_target || e->kind <= RUN_WAVE_FINISHED) && wave < v->plan->waves.n) {
        json_object_set_new(o, "wave", json_text(v->plan->waves.items[wave].name));
    }
    if (of_target) {
        json_object_set_new(o, "target", json_text(e->target));
        set_count(o, "number", e->index + 1);
    }
    if (e->kind <= RUN_WAVE_FINISHED && e->wave < v->plan->waves.n) {
        set_wave(o, v, e);
    } else if (e->kind == RUN_TARGET_STARTED || e->kind == RUN_PROGRESS) {
        json_object_set_new(o, "revision", json_text(e->kind == RUN_PROGRESS ? e->revision : NULL));
        set_count(o, "statements_done", e->statements_done);
        set_count(o, "statements", e->statements);
    } else if (e->kind == RUN_TARGET_FINISHED) {
        json_t *result = target_result_json(e->result);
        json_object_update(o, result);
        json_decref(result);
    } else if (e->kind == RUN_LOCK_WAIT) {
        set_lock_wait(o, e);
    } else if (e->kind == RUN_BUDGET_EXCEEDED) {
        json_object_set_new(o, "detail", json_text(e->detail));
    }
    run_jsonl_add(out, names[e->kind], e->run, o);
}

void run_jsonl_interrupted(struct strbuf *out, const char *run, int count)
{
    run_jsonl_add(out, "interrupted", run, json_pack("{s:i}", "count", count));
}
