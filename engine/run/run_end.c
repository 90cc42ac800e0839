/* How a run ends: counts, exit status, and what is left to do. */
#include "base/failpoint.h"
#include "engine/run/again.h"
#include "engine/run/run_internal.h"

/* Of a run that took back: only what could not be taken back counts. */
static int exit_status_back(const struct run *r)
{
    int same = 0;
    for (size_t i = 0; i < r->result->targets.n; i++) {
        const struct err *why = &r->result->targets.items[i].compensation;
        int status = why->status ? err_exit_status(why) : 0;
        if (status) {
            same = same == 0 || same == status ? status : -ERR_FAILED;
        }
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
        return result->pause.status ? -ERR_FAILED : r->plan->left_out.n ? 3 : 0;
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

/* Was everything taken back that had to be? */
static bool is_back(const struct run *r)
{
    bool left = !r->roster.backwards;
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        left = left || r->roster.waves[w].pending + r->roster.waves[w].failed > 0;
    }
    return !left;
}

/* Is there nothing left that taking back once more could do? */
static bool is_back_or_moved(const struct run *r)
{
    bool left = false;
    for (size_t w = 0; w < r->plan->waves.n; w++) {
        left = left || r->roster.waves[w].pending > 0;
    }
    for (size_t i = 0; i < r->result->targets.n; i++) {
        const struct target_result *t = &r->result->targets.items[i];
        left = left || (t->compensation.status && !t->moved && r->roster.targets[i].state == ROSTER_FAILED);
    }
    return !left;
}

static void count_results(struct run *r)
{
    struct run_result *result = r->result;
    result->done = result->failed = 0;
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
    size_t out = r->plan->left_out.n;
    e->detail = arena_printf(&r->queue.arena, "%zu of %zu targets done, %zu failed%s", result->done,
                             result->targets.n, result->failed,
                             out ? arena_printf(&r->queue.arena, ", %zu left out of the plan", out) : "");
}

/* What remains to be done of it, for somebody who goes on with it. */
static enum run_state state_at_end(const struct run *r)
{
    if (r->result->waits_after) {
        return RUN_STATE_WAITING;
    }
    if (r->back_refused || (r->roster.backwards && !is_back_or_moved(r))) {
        return RUN_STATE_TAKING_BACK;
    }
    bool left = false;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        left = left || (r->roster.backwards ? again_leaves(r, i) : r->roster.targets[i].state == ROSTER_LEFT);
    }
    if (r->roster.backwards) {
        return left ? RUN_STATE_STOPPING : RUN_STATE_ENDED;
    }
    return r->result->interrupted || left ? RUN_STATE_STOPPING : RUN_STATE_ENDED;
}

static int write_end(struct run *r, struct run_guard guard, struct err *err)
{
    enum run_state state = state_at_end(r);
    r->result->open = state != RUN_STATE_ENDED;
    return record_end(r, state, guard, err);
}

/* The newest events of the run become durable. */
int run_end(struct run *r, struct err *err)
{
    note_end(r);
    struct err writing;
    FAILPOINT("before-ending");
    int rc = write_end(r, shared_leading(r), &writing);
    if (rc == ERR_REFUSED && shared_has_ended(r)) { /* it was away, and another one has come to the end */
        event_queue_empty(&r->queue);
        r->failure = (struct err){0};
        return run_hear_end(r, err);
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

/* Others go on with the run, or somebody takes it up again: nothing is written about its end. */
int run_leave(struct run *r, struct err *err)
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

/* Interrupted: this one is gone from the run before anybody asks who is left, so that of several that leave
 * at the same time the last one finds nobody. */
int run_leave_or_end(struct run *r, struct err *err)
{
    struct err writing;
    FAILPOINT("before-leaving");
    shared_leave(r);
    note_end(r);
    int rc = write_end(r, (struct run_guard){.last = true}, &writing);
    if (rc == ERR_REFUSED) {
        event_queue_empty(&r->queue);
        return run_leave(r, err);
    }
    if (rc) {
        *err = writing;
        r->result->exit_status = err_exit_status(err);
    }
    return rc;
}

/* Another process has ended the run. */
int run_hear_end(struct run *r, struct err *err)
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
