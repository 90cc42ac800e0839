/* Carrying a plan out over its targets: a run from its start to its end. What may start when is roster.c's to
 * say, threads are worker.c's, pauses pause.c's, and taking back compensate.c's. */
#include "base/file.h"
#include "engine/run/again.h"
#include "engine/run/claims.h"
#include "engine/run/limits.h"
#include "engine/run/run_internal.h"
#include <stdlib.h>

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

/* Where the position stands is part of what was approved. */
static int check_version_table(const struct run *r, struct err *err)
{
    const struct project *p = r->opts.fleet->project;
    const char *table = p && p->version_table ? p->version_table : "alembic_version";
    const char *schema = p && p->version_table_schema ? p->version_table_schema : "";
    const char *planned = r->plan->version_table_schema ? r->plan->version_table_schema : "";
    if (strcmp(table, r->plan->version_table) == 0 && strcmp(schema, planned) == 0) {
        return 0;
    }
    err_set(err, ERR_REFUSED, "the plan was made for the version table %s%s%s, which is now %s%s%s", planned,
            *planned ? "." : "", r->plan->version_table, schema, *schema ? "." : "", table);
    return err_hint(err, "Make a new plan, or put version_table in the project file back as it was.");
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
    *queue = (struct event_queue){0};
    memcpy(queue->head, r->head, sizeof(queue->head));
    record_claim(r, t->index, alone ? &r->queue : queue, &t->row);
    queue->guard = shared_guard(r, t->index);
    r->members[t->index]->cancel_fd = &w->watch.cancel_fd;
    r->members[t->index]->patient = true;
    return (struct execution){.a = &w->scratch,
                              .queue = alone ? &r->queue : queue,
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

void target_job_close(struct target_job *t, struct execution *x)
{
    x->member->cancel_fd = NULL;
    x->member->patient = false;
    record_target(t->run, t->index, x->queue, &t->row);
    if (x->queue == &t->run->queue) {
        return; /* the end of the run writes it */
    }
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
    return arena_printf(a, "%zu of %zu targets failed, and %zu may%s", r->roster.failed, r->plan->targets.n,
                        budget, next);
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

static void begin_wave(struct run *r, unsigned wave)
{
    if (!r->begun[wave]) {
        r->begun[wave] = true;
        record_wave(r, wave, WAVE_OPEN, 0);
        run_tell_wave(r, wave, RUN_WAVE_STARTED, 0, NULL);
    }
}

static void give_target(struct run *r, size_t target)
{
    begin_wave(r, r->roster.targets[target].wave);
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

/* Of a run that took back: only what could not be taken back counts. */
static int exit_status_back(const struct run *r)
{
    int same = 0;
    for (size_t i = 0; i < r->result->targets.n; i++) {
        const struct err *why = &r->result->targets.items[i].compensation;
        int status = why->status ? err_exit_status(why) : 0;
        same = same == 0 || same == status || status == 0 ? same + (same == 0 ? status : 0) : -ERR_FAILED;
    }
    return same;
}

static int exit_status_of(const struct run *r)
{
    const struct run_result *result = r->result;
    if (result->interrupted) {
        return -ERR_INTERRUPTED;
    }
    if (r->back) {
        return exit_status_back(r);
    }
    if (result->waits_after) {
        return 2;
    }
    if (result->failed == 0) {
        return result->pause.status ? -ERR_FAILED : 0;
    }
    bool left_out = false;
    int same = 0;
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *t = &result->targets.items[i];
        left_out = left_out || t->outcome == TARGET_SKIPPED || t->outcome == TARGET_TAKEN_BACK;
        if (!target_has_failed(t)) {
            continue;
        }
        int status = t->outcome == TARGET_REFUSED       ? -ERR_REFUSED
                     : t->outcome == TARGET_UNREACHABLE ? -ERR_UNREACHABLE
                                                        : -ERR_FAILED;
        same = same == 0 || same == status ? status : -ERR_FAILED;
    }
    if (!left_out && !result->pause.status && result->failed <= plan_failure_budget(r->plan)) {
        return 3;
    }
    return same;
}

static const char *outcome_of(const struct run *r)
{
    switch (r->result->exit_status) {
    case 0:
        return r->back ? target_outcome_name(TARGET_TAKEN_BACK) : "ok";
    case 2:
        return "waiting";
    case 3:
        return "within budget";
    case 130:
        return "interrupted";
    case 4:
        return "refused";
    default:
        return "failed";
    }
}

static int by_name(const void *a, const void *b)
{
    struct member *const *x = a, *const *y = b;
    return strcmp((*x)->target->name, (*y)->target->name);
}

static int check_member(const struct run *r, const struct plan_target *t, const struct member *m,
                        struct err *err)
{
    if (!m) {
        err_set(err, ERR_REFUSED, "target %s of the plan is not in environment %s any more", t->name,
                r->plan->environment);
        return err_hint(err, "Make a new plan.");
    }
    if (strcmp(m->driver->name, r->plan->tracks.items[t->track].dialect) != 0 ||
        strcmp(m->address, t->address) != 0) {
        err_set(err, ERR_REFUSED, "target %s was planned for %s and is now %s", t->name, t->address,
                m->address);
        return err_hint(err, "Make a new plan.");
    }
    return 0;
}

static int find_members(struct run *r, struct err *err)
{
    struct fleet *fleet = r->opts.fleet;
    size_t n = fleet->members.n;
    struct member **sorted = arena_array(r->a, n + 1, sizeof(struct member *));
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &fleet->members.items[i];
    }
    qsort(sorted, n, sizeof(*sorted), by_name);
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        const struct plan_target *t = &r->plan->targets.items[i];
        struct target named = {.name = t->name};
        struct member key = {.target = &named}, *sought = &key;
        struct member **found = bsearch(&sought, sorted, n, sizeof(*sorted), by_name);
        int rc = check_member(r, t, found ? *found : NULL, err);
        if (rc) {
            return rc;
        }
        r->members[i] = *found;
        r->members[i]->lock_timeout_ms = t->lock_timeout_ms;
        r->members[i]->statement_timeout_ms = t->statement_timeout_ms;
    }
    return 0;
}

static size_t at_once(const struct run *r)
{
    return r->roster.most < r->plan->targets.n ? r->roster.most : r->plan->targets.n;
}

static void set_up_results(struct run *r)
{
    const struct plan *plan = r->plan;
    const char **servers = arena_array(r->a, plan->targets.n + 1, sizeof(*servers));
    for (size_t i = 0; i < plan->targets.n; i++) {
        struct target_result *t = vec_push(r->a, &r->result->targets);
        t->name = plan->targets.items[i].name;
        t->steps = plan->tracks.items[plan->targets.items[i].track].steps.n;
        servers[i] = r->members[i]->server;
    }
    roster_init(r->a, plan, servers, &r->roster);
    pauses_init(r);
    atomics_init(r);
}

/* Everything that can be refused is, before anything is written down or sent. */
static int open_run(struct run *r, struct err *err)
{
    size_t n = r->plan->targets.n;
    r->members = arena_array(r->a, n + 1, sizeof(*r->members));
    r->jobs = arena_array(r->a, n + 1, sizeof(*r->jobs));
    r->anywhere = arena_array(r->a, n + 1, sizeof(*r->anywhere));
    r->begun = arena_array(r->a, r->plan->waves.n + 1, sizeof(*r->begun));
    pthread_mutex_init(&r->telling, NULL);
    r->tells = true;
    int rc = check_version_table(r, err);
    rc = rc ? rc : find_members(r, err);
    rc = rc ? rc : audit_close_abandoned(r->opts.store, err);
    if (rc) {
        return rc;
    }
    set_up_results(r);
    if (r->opts.join && r->atomics.waves) {
        err_set(err, ERR_REFUSED,
                "a plan with atomic waves is carried out by one runner, which has all of a wave in hand");
        return err_hint(err, "Apply it without --join.");
    }
    rc = r->opts.again && !r->opts.join ? again_load(r, err) : 0;
    rc = rc ? rc : limits_reserve_files(at_once(r) + atomics_most(r), err);
    return rc ? rc : crew_open(at_once(r), r->opts.control, &r->crew, err);
}

static void close_run(struct run *r)
{
    crew_close(r->crew);
    shared_close(r);
    claims_close(r->claims);
    pauses_release(r);
    arena_release(&r->queue.arena);
    if (r->tells) {
        pthread_mutex_destroy(&r->telling);
    }
}

/* Was everything taken back that had to be? */
static bool is_back(const struct run *r)
{
    bool left = !r->roster.backwards;
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        left = left || r->roster.waves[w].pending + r->roster.waves[w].failed > 0;
    }
    return !left;
}

static void count_results(struct run *r)
{
    struct run_result *result = r->result;
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *t = &result->targets.items[i];
        result->done += t->outcome == TARGET_DONE || t->outcome == TARGET_UNCHANGED;
        result->failed += target_has_failed(t);
    }
}

static void note_end(struct run *r)
{
    struct run_result *result = r->result;
    size_t wave;
    count_results(r);
    result->interrupted =
        run_is_interrupted(r) && result->done < result->targets.n && !(r->back && is_back(r));
    if (!r->roster.backwards && !r->roster.stopped && pauses_person(r, &wave)) {
        result->waits_after = r->plan->waves.items[wave].name;
    }
    result->exit_status = exit_status_of(r);
    struct audit_event *e = record_event(r, EVENT_RUN_FINISHED);
    e->outcome = outcome_of(r);
    e->detail = arena_printf(&r->queue.arena, "%zu of %zu targets done, %zu failed", result->done,
                             result->targets.n, result->failed);
}

/* What remains to be done of it, for somebody who goes on with it. */
static enum run_state state_at_end(const struct run *r)
{
    if (r->result->waits_after) {
        return RUN_STATE_WAITING;
    }
    if (r->roster.backwards) {
        return is_back(r) || !run_is_interrupted(r) ? RUN_STATE_ENDED : RUN_STATE_TAKING_BACK;
    }
    bool left = false;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        left = left || r->roster.targets[i].state == ROSTER_LEFT;
    }
    return r->result->interrupted || left ? RUN_STATE_STOPPING : RUN_STATE_ENDED;
}

/* The newest events of the run become durable. */
static int end_run(struct run *r, struct err *err)
{
    note_end(r);
    struct err writing;
    enum run_state state = state_at_end(r);
    r->result->open = state != RUN_STATE_ENDED;
    int rc = record_end(r, state, &writing);
    if (rc == ERR_REFUSED && r->shared) {
        return 0; /* it was taken for gone, and another one has ended the run */
    }
    if (rc && !r->failure.status) {
        r->failure = writing;
    }
    if (r->failure.status) {
        *err = r->failure;
        r->result->exit_status = err_exit_status(err);
    }
    return r->failure.status;
}

/* Other machines see by it that the run is alive. */
static int keep_lease(struct run *r, struct err *err)
{
    struct claims_opts opts = {.run = r->result->run, .actor = r->actor, .host = r->host};
    return store_is_shared(r->opts.store) ? claims_open(r->opts.store, &opts, &r->claims, err) : 0;
}

static int name_run(struct run *r, struct err *err)
{
    char *id = NULL;
    if (r->opts.join) {
        return 0; /* that is found out when it is entered */
    }
    if (r->opts.again) {
        r->result->run = r->opts.again->row->run;
        return 0;
    }
    int rc = store_run_id(r->opts.store, r->a, &id, err);
    r->result->run = id;
    return rc;
}

static void take_back_if_must(struct run *r)
{
    if (must_take_back(r)) {
        compensate(r);
    }
}

/* Others go on with the run, or somebody takes it up again: nothing is written about its end. */
static int leave_run(struct run *r, struct err *err)
{
    count_results(r);
    r->result->interrupted = run_is_interrupted(r);
    r->result->open = true;
    r->result->exit_status = -ERR_INTERRUPTED;
    if (r->failure.status) {
        *err = r->failure;
        r->result->exit_status = err_exit_status(err);
    }
    return r->failure.status;
}

/* Another process has ended the run. */
static int hear_end(struct run *r, struct err *err)
{
    size_t wave;
    shared_tell_end(r);
    count_results(r);
    if (r->result->open && pauses_person(r, &wave)) {
        r->result->waits_after = r->plan->waves.items[wave].name;
    }
    if (r->failure.status) {
        *err = r->failure;
    }
    return r->failure.status;
}

static int carry_out_shared(struct run *r, struct err *err)
{
    enum shared_next next;
    if (shared_is_over(r)) {
        return hear_end(r, err);
    }
    do {
        roll_out(r);
        next = shared_finish(r);
    } while (next == SHARED_GO_ON);
    if (next == SHARED_END) {
        take_back_if_must(r);
        return end_run(r, err);
    }
    if (next == SHARED_LEAVE && shared_is_last(r) && !r->failure.status) {
        return end_run(r, err);
    }
    return next == SHARED_OVER ? hear_end(r, err) : leave_run(r, err);
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
    return end_run(r, err);
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
    int rc = name_run(&r, err);
    rc = rc ? rc : open_run(&r, err);
    rc = rc ? rc : opts->join ? shared_enter(&r, err) : record_begin(&r, err);
    rc = rc || opts->join ? rc : keep_lease(&r, err);
    if (rc == 0) {
        rc = carry_out(&r, err);
        *out = result; /* also when the log failed: what happened to the targets has happened */
    }
    close_run(&r);
    return rc;
}
