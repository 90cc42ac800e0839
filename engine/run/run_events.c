/* What a run tells while it is at work: events of any thread, one at a time, with the counts of the moment.
 */
#include "engine/run/run_internal.h"

void run_tell(void *run, const struct run_event *event)
{
    struct run *r = run;
    if (!r->asked->on_event) {
        return;
    }
    pthread_mutex_lock(&r->telling);
    struct run_event e = *event;
    e.run = r->result->run;
    e.count = r->plan->targets.n;
    e.done = r->roster.done;
    e.failed = r->roster.failed;
    e.running = r->roster.running;
    e.wave = e.index < e.count ? r->roster.targets[e.index].wave : e.wave;
    const struct roster_wave *wave = &r->roster.waves[e.wave];
    e.wave_name = r->plan->waves.items[e.wave].name;
    e.wave_count = r->plan->waves.items[e.wave].n;
    e.wave_done = wave->done;
    e.wave_failed = wave->failed;
    e.wave_running = wave->running;
    r->asked->on_event(r->asked->arg, &e);
    pthread_mutex_unlock(&r->telling);
}

void run_tell_target(struct run *r, size_t target, enum run_event_kind kind)
{
    const struct target_result *t = &r->result->targets.items[target];
    struct run_event event = {.kind = kind, .index = target, .target = t->name, .result = t};
    run_tell(r, &event);
}

void run_tell_wave(struct run *r, size_t wave, enum run_event_kind kind, int64_t until_us, const char *detail)
{
    struct run_event event = {
        .kind = kind, .index = SIZE_MAX, .wave = (unsigned)wave, .until_us = until_us, .detail = detail};
    run_tell(r, &event);
}
