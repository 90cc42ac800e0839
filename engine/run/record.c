/* Runs as the store keeps them. */
#include "engine/run/record.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/run/run_internal.h"
#include "engine/store/audit_writer.h"
#include <stdlib.h>

struct audit_event *record_event(struct run *r, enum event_kind kind)
{
    struct audit_event *e = vec_push(&r->queue.arena, &r->queue.items);
    *e = (struct audit_event){.at_us = time_now_us(),
                              .kind = kind,
                              .run = r->result->run,
                              .actor = r->actor,
                              .host = r->host,
                              .environment = r->plan->environment,
                              .plan = r->plan->digest,
                              .rows = -1};
    return e;
}

static int record_new(struct run *r, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf document = STRBUF_INIT;
    int rc = plan_write(r->plan, &document, err);
    if (rc) {
        return rc;
    }
    size_t n = r->plan->targets.n;
    struct run_target_row *rows = arena_array(&a, n + 1, sizeof(*rows));
    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct run_target_row){.index = i,
                                          .name = r->plan->targets.items[i].name,
                                          .server = r->members[i]->server,
                                          .wave = r->roster.targets[i].wave,
                                          .state = RUN_TARGET_PENDING};
    }
    struct run_row run = {.run = r->result->run,
                          .environment = r->plan->environment,
                          .plan = r->plan->digest,
                          .document = strbuf_cstr(&document),
                          .command = r->opts.command,
                          .actor = r->actor,
                          .host = r->host,
                          .shared = r->opts.join,
                          .state = RUN_STATE_OPEN,
                          .wave = -1,
                          .exit_status = -1};
    return runs_begin(r->opts.store, &run, rows, n, r->plan->waves.n, r->queue.items.items, r->queue.items.n,
                      err);
}

static bool is_finished(const struct run_target_row *row)
{
    static const enum target_outcome finished[] = {TARGET_DONE, TARGET_UNCHANGED, TARGET_TAKEN_BACK};
    for (size_t i = 0; i < COUNT_OF(finished) && row->state == RUN_TARGET_ENDED && row->outcome; i++) {
        if (strcmp(row->outcome, target_outcome_name(finished[i])) == 0) {
            return true;
        }
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct plan_target *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* The plan's targets in order of their names. */
static const struct plan_target **sort_targets(struct arena *a, const struct plan *plan)
{
    const struct plan_target **sorted = arena_array(a, plan->targets.n + 1, sizeof(*sorted));
    for (size_t i = 0; i < plan->targets.n; i++) {
        sorted[i] = &plan->targets.items[i];
    }
    qsort(sorted, plan->targets.n, sizeof(*sorted), by_name);
    return sorted;
}

static bool has_target(const struct plan_target **sorted, size_t n, const struct plan_target *target)
{
    const struct plan_target *const *found = bsearch(&target, sorted, n, sizeof(*sorted), by_name);
    return found && strcmp((*found)->address, target->address) == 0;
}

/* Is everything that the old run has left to do part of the new plan? */
static int is_covered(const struct run *r, const struct plan_target **sorted, struct arena *a,
                      const char *old, bool *out, struct err *err)
{
    struct run_row row;
    struct plan *plan = NULL;
    run_target_rows_t targets = {0};
    struct run_holder holder = {0};
    int rc = runs_holder(r->opts.store, a, old, &holder, err);
    rc = rc ? rc : runs_find(r->opts.store, a, old, &row, err);
    rc = rc ? rc : runs_targets(r->opts.store, a, old, &targets, err);
    if (rc) {
        return rc;
    }
    struct err unreadable; /* a plan of another version: it stays as it is */
    *out = !holder.host && plan_parse(a, old, slice_of(row.document), &plan, &unreadable) == 0;
    for (size_t i = 0; *out && i < targets.n; i++) {
        const struct run_target_row *t = &targets.items[i];
        *out = t->index < plan->targets.n &&
               (is_finished(t) || has_target(sorted, r->plan->targets.n, &plan->targets.items[t->index]));
    }
    return 0;
}

/* Unless somebody has gone on with it meanwhile, or it has ended by itself. */
static int take_place(struct run *r, const struct run_row *old, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct audit_event event = {.kind = EVENT_RUN_ABANDONED,
                                .run = old->run,
                                .actor = r->actor,
                                .host = r->host,
                                .environment = r->plan->environment,
                                .plan = old->plan,
                                .outcome = "abandoned",
                                .detail = arena_printf(&a, "run %s takes its place", r->result->run),
                                .rows = -1};
    const struct run_change change = {.state = RUN_STATE_ENDED, .wave = -1, .exit_status = -1, .alone = true};
    const struct audit_request request = {.events = &event, .n = 1, .run = old->run, .change = &change};
    struct err failure = {0};
    FAILPOINT("before-taking-place");
    int rc = audit_write(r->opts.store, &request, NULL, &failure);
    if (rc == 0) {
        *vec_push(r->a, &r->result->replaced) = arena_dup(r->a, old->run);
    } else if (rc != ERR_REFUSED) {
        *err = failure;
    }
    return rc == ERR_REFUSED ? 0 : rc;
}

/* Runs that have stopped, and whose targets this one takes over, are over: nobody shall go on with them. */
static int supersede(struct run *r, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    run_rows_t open = {0};
    int rc = runs_open(r->opts.store, &a, &open, err);
    const struct plan_target **sorted = sort_targets(&a, r->plan);
    for (size_t i = 0; rc == 0 && i < open.n; i++) {
        const struct run_row *old = &open.items[i];
        bool covered = false;
        if (old->environment && strcmp(old->environment, r->plan->environment) == 0) {
            rc = is_covered(r, sorted, &a, old->run, &covered, err);
        }
        if (rc == 0 && covered) {
            rc = take_place(r, old, err);
        }
    }
    return rc;
}

static int64_t back_of(const struct run *r)
{
    return r->back_whole ? RECORD_BACK_WHOLE : r->back_atomic ? RECORD_BACK_ATOMIC : 0;
}

/* The same run, in another process. */
static int record_again(struct run *r, struct err *err)
{
    struct run_change change = {.state = r->back ? RUN_STATE_TAKING_BACK : RUN_STATE_OPEN,
                                .wave = back_of(r),
                                .exit_status = -1,
                                .from_ended = true,
                                .alone = !r->former};
    struct audit_request request = {
        .events = r->queue.items.items, .n = r->queue.items.n, .run = r->result->run, .change = &change};
    return audit_write(r->opts.store, &request, NULL, err);
}

int record_begin(struct run *r, struct err *err)
{
    struct audit_event *e =
        record_event(r, r->opts.again && !r->opts.join ? EVENT_RUN_RESUMED : EVENT_RUN_STARTED);
    e->detail = r->opts.command;
    bool again = r->opts.again && !r->opts.join;
    int rc = again ? 0 : supersede(r, err);
    rc = rc ? rc : again ? record_again(r, err) : record_new(r, err);
    if (rc) {
        return rc;
    }
    memcpy(r->head, e->digest, sizeof(r->head));
    memcpy(r->queue.head, r->head, sizeof(r->head));
    event_queue_empty(&r->queue);
    return 0;
}

void record_claim(struct run *r, size_t target, struct event_queue *queue, struct run_target_row *row)
{
    const struct target_result *t = &r->result->targets.items[target];
    *row = (struct run_target_row){.index = target,
                                   .state = RUN_TARGET_CLAIMED,
                                   .steps_done = (int64_t)t->steps_done,
                                   .taken_back = (int64_t)t->taken_back};
    queue->run = r->result->run;
    queue->update = row;
}

void record_target(struct run *r, size_t target, struct event_queue *queue, struct run_target_row *row)
{
    const struct target_result *t = &r->result->targets.items[target];
    /* Refused and unreachable say that it is untouched, which is not known of one that was begun before. */
    bool in_doubt = r->anywhere[target] && target_has_failed(t);
    enum target_outcome outcome = in_doubt ? TARGET_FAILED : t->outcome;
    const struct err *why = t->compensation.status ? &t->compensation : &t->err;
    struct arena *a = &queue->arena;
    *row = (struct run_target_row){
        .index = target,
        .state = target_is_given_back(r, t) ? RUN_TARGET_PENDING : RUN_TARGET_ENDED,
        .outcome = target_outcome_name(outcome),
        .commit_order = t->steps_done > 0 && t->commit_order == 0 ? RUN_COMMITTED_NOW : 0,
        .steps_done = (int64_t)t->steps_done,
        .taken_back = (int64_t)t->taken_back,
        .at = t->at_known ? position_text(a, &t->at) : NULL,
        .detail = why->status ? arena_dup(a, why->message) : NULL,
        .duration_us = t->duration_us};
    queue->run = r->result->run;
    queue->update = row;
}

static void note_failure(struct run *r, const struct err *err)
{
    r->failure = r->failure.status ? r->failure : *err;
}

static bool write_state(struct run *r, enum run_state state, int64_t wave)
{
    struct err err;
    const struct run_change change = {.state = state, .wave = wave, .exit_status = -1};
    const struct audit_request request = {
        .run = r->result->run, .guard = shared_leading(r), .change = &change};
    bool written = audit_write(r->opts.store, &request, NULL, &err) == 0;
    if (!written) {
        note_failure(r, &err);
    }
    return written;
}

void record_state(struct run *r, enum run_state state)
{
    write_state(r, state, -1);
}

bool record_taking_back(struct run *r)
{
    return write_state(r, RUN_STATE_TAKING_BACK, back_of(r));
}

/* That an atomic wave commits stays written until all of it has. */
static bool is_committing(const struct run *r, size_t wave)
{
    return atomics_decided(r, wave) && r->roster.waves[wave].done < r->plan->waves.items[wave].n;
}

/* A run of one wave without a pause has nothing to remember about it. */
bool record_wave(struct run *r, size_t wave, enum wave_state state, int64_t until_us, struct run_guard guard)
{
    struct err err;
    const struct run_wave_row row = {.wave = (unsigned)wave, .state = state, .until_us = until_us};
    const struct audit_request request = {.run = r->result->run, .guard = guard, .waves = &row, .nwaves = 1};
    bool plain = r->plan->waves.n == 1 && r->plan->waves.items[0].pause == PLAN_PAUSE_NONE &&
                 !r->plan->waves.items[0].atomic;
    int rc = plain || is_committing(r, wave) ? 0 : audit_write(r->opts.store, &request, NULL, &err);
    if (rc == ERR_REFUSED && r->shared) {
        shared_lose_lead(r);
    } else if (rc) {
        note_failure(r, &err);
    }
    return rc == 0;
}

/* -1: for nobody. */
static int64_t waits_after_wave(const struct run *r)
{
    size_t wave;
    return r->result->waits_after && pauses_person(r, &wave) ? (int64_t)wave : -1;
}

int record_end(struct run *r, enum run_state state, struct run_guard guard, struct err *err)
{
    struct event_queue *q = &r->queue;
    struct run_change change = {
        .state = state, .wave = waits_after_wave(r), .exit_status = r->result->exit_status};
    struct audit_request request = {.events = q->items.items,
                                    .n = q->items.n,
                                    .run = r->result->run,
                                    .guard = guard,
                                    .targets = q->update,
                                    .ntargets = q->update != NULL,
                                    .change = &change};
    int rc = audit_write(r->opts.store, &request, q->head, err);
    if (rc == 0) {
        event_queue_empty(q);
    }
    return rc ? err_wrap(err, "writing the audit log") : 0;
}
