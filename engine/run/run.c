/* Carrying a plan out over its targets: a run from its start to its end. What may start when is roster.c's to
 * say, threads are worker.c's, pauses pause.c's, and taking back compensate.c's. */
#include "engine/run/run_internal.h"

static const char *const outcome_names[] = {
    [TARGET_SKIPPED] = "skipped",
    [TARGET_UNCHANGED] = "unchanged",
    [TARGET_DONE] = "done",
    [TARGET_FAILED] = "failed",
    [TARGET_REFUSED] = "refused",
    [TARGET_UNREACHABLE] = "unreachable",
    [TARGET_TAKEN_BACK] = "taken back",
};
_Static_assert(COUNT_OF(outcome_names) == TARGET_OUTCOME_COUNT, "one name each");

const char *target_outcome_name(enum target_outcome o)
{
    return outcome_names[o];
}

enum target_outcome target_outcome_find(const char *name)
{
    size_t i = 0;
    while (i < TARGET_OUTCOME_COUNT && strcmp(outcome_names[i], name) != 0) {
        i++;
    }
    return (enum target_outcome)i;
}

struct target_job *target_job_of(struct job *job)
{
    return (struct target_job *)(void *)job;
}

/* Of a target whose runner has gone there is nothing to be asked about. */
static const struct recover_opts *recover_opts_of(const struct run *r)
{
    static const struct recover_opts none;
    return r->opts.again ? &r->opts.again->recover : &none;
}

struct execution target_job_execution(struct target_job *t, struct worker *w, struct event_queue *queue)
{
    struct run *r = t->run;
    const struct plan_target *target = &r->plan->targets.items[t->index];
    /* A run of one target has nobody to share its durable writes with but itself. */
    bool alone = r->plan->targets.n == 1 && !r->shared;
    struct event_queue *used = alone ? &r->queue : queue;
    *queue = (struct event_queue){0};
    memcpy(queue->head, r->head, sizeof(queue->head));
    record_claim(r, t->index, used, &t->row);
    used->guard = shared_guard(r, t->index);
    r->members[t->index]->cancel_fd = &w->watch.cancel_fd;
    r->members[t->index]->patient = true;
    return (struct execution){.a = &w->scratch,
                              .queue = used,
                              .plan = r->plan,
                              .target = target,
                              .track = &r->plan->tracks.items[target->track],
                              .opts = &r->opts,
                              .member = r->members[t->index],
                              .watch = &w->watch,
                              .run = r->result->run,
                              .actor = r->actor,
                              .host = r->host,
                              .index = t->index,
                              .count = r->plan->targets.n,
                              .decided = atomics_decided(r, r->roster.targets[t->index].wave),
                              .resume = r->anywhere[t->index] ? recover_opts_of(r) : NULL,
                              .result = &r->result->targets.items[t->index]};
}

/* Once the store knows how the target has ended. */
static void keep_snapshot(struct target_job *t, struct execution *x)
{
    struct err err;
    execution_snapshot(x);
    if (x->queue != &t->run->queue) { /* the end of the run writes its own */
        event_queue_flush(x->queue, x->opts->store, &err);
    }
}

void target_job_close(struct target_job *t, struct execution *x)
{
    x->member->patient = false;
    record_target(t->run, t->index, x->queue, &t->row);
    if (x->queue != &t->run->queue) {
        struct err err;
        if (event_queue_flush(x->queue, x->opts->store, &err) && t->rc == 0) {
            t->rc = err.status;
            t->err = err;
        }
        if (x->result->steps_done > 0 && x->result->commit_order == 0) {
            x->result->commit_order = x->queue->seq;
        }
        event_queue_empty(x->queue);
    }
    keep_snapshot(t, x);
    x->member->cancel_fd = NULL;
    if (x->queue != &t->run->queue) {
        event_queue_empty(x->queue);
    }
}

static void work_on_target(struct job *job, struct worker *w)
{
    struct target_job *t = target_job_of(job);
    struct event_queue queue;
    struct execution x = target_job_execution(t, w, &queue);
    t->rc = execute_target(&x, &t->err);
    target_job_close(t, &x);
}

bool run_next(struct run *r, size_t *target)
{
    pthread_mutex_lock(&r->telling);
    bool found = roster_next(&r->roster, target);
    pthread_mutex_unlock(&r->telling);
    return found;
}

void run_ended(struct run *r, size_t target, bool failed)
{
    pthread_mutex_lock(&r->telling);
    roster_ended(&r->roster, target, failed);
    pthread_mutex_unlock(&r->telling);
    run_tell_target(r, target, RUN_TARGET_FINISHED);
}

void run_give(struct run *r, size_t target, void (*work)(struct job *, struct worker *))
{
    struct target_job *t = &r->jobs[target];
    *t = (struct target_job){.job = {.work = work}, .run = r, .index = target};
    struct err err;
    if (crew_give(r->crew, &t->job, &err)) {
        struct target_result *result = &r->result->targets.items[target];
        result->err = r->failure = err;
        run_ended(r, target, true);
    }
}

bool run_is_interrupted(const struct run *r)
{
    return run_control_interrupts(r->opts.control) > 0;
}

/* More has failed than may, or what has to be written down cannot be. */
static bool has_failed(const struct run *r)
{
    return roster_beyond_budget(&r->roster) || r->pauses.failed || r->failure.status || atomics_failed(r);
}

/* An interrupt that came when everything was done already stops nothing. */
static bool is_cut_short(const struct run *r)
{
    bool unfinished = false;
    for (size_t i = 0; i < r->result->targets.n; i++) {
        enum target_outcome o = r->result->targets.items[i].outcome;
        unfinished = unfinished || (o != TARGET_DONE && o != TARGET_UNCHANGED);
    }
    return unfinished && run_is_interrupted(r);
}

static const char *why_it_stops(const struct run *r, struct arena *a)
{
    if (r->failure.status || r->pauses.failed) {
        return arena_dup(a, r->failure.status ? r->failure.message : r->result->pause.message);
    }
    size_t budget = plan_failure_budget(r->plan);
    const char *next = r->plan->on_failure == PLAN_ROLLBACK && r->plan->rollback_scope != PLAN_SCOPE_TARGET
                           ? "; once those under way have ended, what was done is taken back"
                           : "";
    const char *beside =
        r->plan->left_out.n ? arena_printf(a, " beside the %zu that were left out", r->plan->left_out.n) : "";
    return arena_printf(a, "%zu of %zu targets failed, and %zu may%s%s", r->roster.failed, r->plan->targets.n,
                        budget, beside, next);
}

static void stop_starting(struct run *r)
{
    if (r->roster.stopped) {
        return;
    }
    pthread_mutex_lock(&r->telling);
    roster_stop(&r->roster);
    pthread_mutex_unlock(&r->telling);
    if (crew_out(r->crew) > 0 && !r->shared) { /* who shares the run counts the failures too */
        record_state(r, RUN_STATE_STOPPING);
    }
    if (has_failed(r)) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct run_event event = {
            .kind = RUN_BUDGET_EXCEEDED, .index = SIZE_MAX, .detail = why_it_stops(r, &a)};
        run_tell(r, &event);
    }
}

static void target_ended(struct run *r, struct target_job *t)
{
    if (shared_ended(r, t)) {
        return;
    }
    if (t->rc && !r->failure.status) {
        r->failure = t->err;
    }
    if (t->held) {
        pthread_mutex_lock(&r->telling);
        roster_set(&r->roster, t->index, ROSTER_HELD);
        pthread_mutex_unlock(&r->telling);
        return;
    }
    run_ended(r, t->index, target_has_failed(&r->result->targets.items[t->index]));
}

static void begin_wave(struct run *r, unsigned wave, size_t target)
{
    if (!r->begun[wave]) {
        r->begun[wave] = true;
        record_wave(r, wave, WAVE_OPEN, 0, shared_guard(r, target));
        run_tell_wave(r, wave, RUN_WAVE_STARTED, 0, NULL);
    }
}

static void give_target(struct run *r, size_t target)
{
    begin_wave(r, r->roster.targets[target].wave, target);
    run_give(r, target, atomics_waits(r, target) ? atomics_work : work_on_target);
}

static void start_targets(struct run *r)
{
    size_t target;
    if (r->shared) {
        shared_start(r, give_target);
        return;
    }
    while (run_next(r, &target)) {
        give_target(r, target);
    }
}

/* Wave by wave, as many at a time as may be, with the pauses between them. What fails within the budget stops
 * nothing; a failure beyond it, or an interrupt, lets nothing new start, and what is in flight ends. */
static void roll_out(struct run *r)
{
    for (;;) {
        bool continues = r->plan->on_failure == PLAN_CONTINUE && !r->failure.status;
        if (run_is_interrupted(r) || (has_failed(r) && !continues)) {
            stop_starting(r);
        }
        atomics_tend(r);
        pauses_tend(r);
        start_targets(r);
        if (crew_out(r->crew) == 0 && !pauses_under_way(r) && !shared_waits(r)) {
            return;
        }
        struct job *job = crew_wait(r->crew, shared_deadline(r, pauses_deadline(r)));
        if (job && !pauses_answer(r, job) && !atomics_answer(r, job)) {
            target_ended(r, target_job_of(job));
        }
    }
}

/* As on_failure says, or because an atomic wave may not stand in part. One that has decided to commit is for
 * a resume to finish, and nothing before it is taken back. */
static bool must_take_back(struct run *r)
{
    if (r->back || atomics_stuck(r)) {
        return r->back;
    }
    bool failed = has_failed(r) || is_cut_short(r) || shared_is_back(r), atomic = false;
    r->back_policy =
        failed && r->plan->on_failure == PLAN_ROLLBACK && r->plan->rollback_scope != PLAN_SCOPE_TARGET;
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        atomic = atomic || atomics_must_take_back(r, w);
    }
    r->back_atomic = atomic && !r->back_policy;
    return r->back_policy || atomic;
}

static void take_back_if_must(struct run *r)
{
    if (must_take_back(r)) {
        compensate(r);
    }
}

static int carry_out_shared(struct run *r, struct err *err)
{
    enum shared_next next;
    if (shared_is_over(r)) {
        return run_hear_end(r, err);
    }
    do {
        roll_out(r);
        next = shared_finish(r);
    } while (next == SHARED_GO_ON);
    if (next == SHARED_END) {
        take_back_if_must(r);
        return run_end(r, err);
    }
    if (next == SHARED_LEAVE && !r->failure.status) {
        return run_leave_or_end(r, err);
    }
    return next == SHARED_OVER ? run_hear_end(r, err) : run_leave(r, err);
}

static int carry_out(struct run *r, struct err *err)
{
    if (r->shared) {
        return carry_out_shared(r, err);
    }
    if (!r->back) {
        roll_out(r);
    }
    take_back_if_must(r);
    return run_end(r, err);
}

/* A plan is carried out wave by wave, with its pauses; when more fails than may, or somebody interrupts, what
 * was done is taken back as the plan says; and however it ends, the store knows. */
int run_plan(struct arena *a, const struct plan *plan, const struct run_opts *opts, struct run_result *out,
             struct err *err)
{
    struct run_result result = {0};
    struct run r = {.a = a, .plan = plan, .opts = *opts, .asked = opts, .result = &result};
    r.actor = actor_name(a);
    r.host = actor_host(a);
    r.opts.on_event = opts->on_event ? run_tell : NULL;
    r.opts.arg = &r;
    int rc = run_name(&r, err);
    rc = rc ? rc : run_open(&r, err);
    rc = rc ? rc : opts->join ? shared_enter(&r, err) : record_begin(&r, err);
    rc = rc || opts->join ? rc : run_keep_lease(&r, err);
    if (rc == 0) {
        rc = carry_out(&r, err);
        *out = result; /* also when the log failed: what happened to the targets has happened */
    }
    run_close(&r);
    return rc;
}
