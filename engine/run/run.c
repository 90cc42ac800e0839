/* Carrying a plan out over its targets, in order, with its policy for failures. */
#include "engine/run/run.h"
#include "base/file.h"
#include "engine/run/execute.h"

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

struct run {
    struct arena *a;
    const struct plan *plan;
    const struct run_opts *opts;
    struct run_result *result;
    const char *actor, *host;
    struct event_queue queue;
    struct run_watch watch;
};

static struct execution execution_of(struct run *r, struct arena *scratch, size_t index, struct member *m)
{
    const struct plan_target *t = &r->plan->targets.items[index];
    return (struct execution){.a = scratch,
                              .queue = &r->queue,
                              .plan = r->plan,
                              .target = t,
                              .track = &r->plan->tracks.items[t->track],
                              .opts = r->opts,
                              .member = m,
                              .watch = &r->watch,
                              .run = r->result->run,
                              .actor = r->actor,
                              .host = r->host,
                              .index = index,
                              .count = r->plan->targets.n,
                              .result = &r->result->targets.items[index]};
}

static struct audit_event *run_event_add(struct run *r, enum event_kind kind)
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

static bool is_failure(const struct target_result *t)
{
    return t->outcome == TARGET_FAILED || t->outcome == TARGET_REFUSED || t->outcome == TARGET_UNREACHABLE;
}

static void notify(struct run *r, size_t index)
{
    if (!r->opts->on_event) {
        return;
    }
    const struct target_result *t = &r->result->targets.items[index];
    struct run_event event = {.kind = RUN_TARGET_FINISHED,
                              .run = r->result->run,
                              .index = index,
                              .count = r->plan->targets.n,
                              .target = t->name,
                              .result = t};
    r->opts->on_event(r->opts->arg, &event);
}

/* Newest first, so that the fleet passes through the same states backwards. */
static void take_back_others(struct run *r, struct member *const *members)
{
    for (size_t i = r->plan->targets.n; i > 0; i--) {
        struct target_result *t = &r->result->targets.items[i - 1];
        if (t->outcome != TARGET_DONE || t->steps_done == 0) {
            continue;
        }
        if (run_control_interrupts(r->opts->control) > 1) {
            return;
        }
        AUTO(arena_release) struct arena scratch = ARENA_INIT;
        struct execution x = execution_of(r, &scratch, i - 1, members[i - 1]);
        execute_take_back(&x);
        notify(r, i - 1);
    }
}

static bool is_interrupted(const struct run *r)
{
    return run_control_interrupts(r->opts->control) > 0;
}

static int exit_status_of(const struct run *r)
{
    const struct run_result *result = r->result;
    if (result->interrupted) {
        return -ERR_INTERRUPTED;
    }
    if (result->failed == 0) {
        return 0;
    }
    bool left_out = false;
    int same = 0;
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *t = &result->targets.items[i];
        left_out = left_out || t->outcome == TARGET_SKIPPED || t->outcome == TARGET_TAKEN_BACK;
        if (!is_failure(t)) {
            continue;
        }
        int status = t->outcome == TARGET_REFUSED       ? -ERR_REFUSED
                     : t->outcome == TARGET_UNREACHABLE ? -ERR_UNREACHABLE
                                                        : -ERR_FAILED;
        same = same == 0 || same == status ? status : -ERR_FAILED;
    }
    if (!left_out && result->failed <= plan_failure_budget(r->plan)) {
        return 3;
    }
    return same;
}

static const char *outcome_of(const struct run_result *result)
{
    switch (result->exit_status) {
    case 0:
        return "ok";
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

/* Where the position stands is part of what was approved. */
static int check_version_table(const struct run *r, struct err *err)
{
    const struct project *p = r->opts->fleet->project;
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

static int find_members(struct run *r, struct member **members, struct err *err)
{
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        const struct plan_target *t = &r->plan->targets.items[i];
        members[i] = fleet_find(r->opts->fleet, t->name);
        if (!members[i]) {
            err_set(err, ERR_REFUSED, "target %s of the plan is not in environment %s any more", t->name,
                    r->plan->environment);
            return err_hint(err, "Make a new plan.");
        }
        if (strcmp(members[i]->driver->name, r->plan->tracks.items[t->track].dialect) != 0 ||
            strcmp(members[i]->address, t->address) != 0) {
            err_set(err, ERR_REFUSED, "target %s was planned for %s and is now %s", t->name, t->address,
                    members[i]->address);
            return err_hint(err, "Make a new plan.");
        }
        members[i]->lock_timeout_ms = t->lock_timeout_ms;
        members[i]->statement_timeout_ms = t->statement_timeout_ms;
    }
    return 0;
}

/* An interrupt that came when everything was done already stops nothing. */
static bool is_cut_short(const struct run *r)
{
    bool unfinished = false;
    for (size_t i = 0; i < r->result->targets.n; i++) {
        enum target_outcome o = r->result->targets.items[i].outcome;
        unfinished = unfinished || (o != TARGET_DONE && o != TARGET_UNCHANGED);
    }
    return unfinished && is_interrupted(r);
}

static int run_targets(struct run *r, struct member *const *members, bool *beyond, struct err *err)
{
    size_t budget = plan_failure_budget(r->plan);
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        if (is_interrupted(r)) {
            break;
        }
        AUTO(arena_release) struct arena scratch = ARENA_INIT;
        struct execution x = execution_of(r, &scratch, i, members[i]);
        int rc = execute_target(&x, err);
        if (rc) {
            return rc;
        }
        struct target_result *t = &r->result->targets.items[i];
        r->result->done += t->outcome == TARGET_DONE || t->outcome == TARGET_UNCHANGED;
        r->result->failed += is_failure(t);
        notify(r, i);
        if (is_failure(t) && r->result->failed > budget) {
            *beyond = true;
            if (r->plan->on_failure != PLAN_CONTINUE) {
                break;
            }
        }
    }
    return 0;
}

static void end_run(struct run *r)
{
    struct run_result *result = r->result;
    result->done = result->failed = 0;
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *t = &result->targets.items[i];
        result->done += t->outcome == TARGET_DONE || t->outcome == TARGET_UNCHANGED;
        result->failed += is_failure(t);
    }
    result->interrupted = is_interrupted(r) && result->done < result->targets.n;
    result->exit_status = exit_status_of(r);
    struct audit_event *e = run_event_add(r, EVENT_RUN_FINISHED);
    e->outcome = outcome_of(result);
    e->detail = arena_printf(&r->queue.arena, "%zu of %zu targets done, %zu failed", result->done,
                             result->targets.n, result->failed);
}

int run_plan(struct arena *a, const struct plan *plan, const struct run_opts *opts, struct run_result *out,
             struct err *err)
{
    char *id = NULL;
    int rc = store_run_id(opts->store, a, &id, err);
    if (rc) {
        return rc;
    }
    struct run_result result = {.run = id};
    struct run r = {
        .a = a, .plan = plan, .opts = opts, .result = &result, .actor = actor_name(a), .host = actor_host(a)};
    struct member **members = arena_array(a, plan->targets.n + 1, sizeof(struct member *));
    rc = check_version_table(&r, err);
    rc = rc ? rc : find_members(&r, members, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < plan->targets.n; i++) {
        struct target_result *t = vec_push(a, &result.targets);
        t->name = plan->targets.items[i].name;
        t->steps = plan->tracks.items[plan->targets.items[i].track].steps.n;
    }
    rc = audit_close_abandoned(opts->store, err);
    rc = rc ? rc : run_watch_start(&r.watch, opts->control, err);
    if (rc) {
        return rc;
    }
    opts->fleet->cancel_fd = &r.watch.cancel_fd;
    run_event_add(&r, EVENT_RUN_STARTED)->detail = opts->command;
    bool beyond = false;
    struct err failure = {0};
    rc = run_targets(&r, members, &beyond, &failure);
    bool scope_others = plan->rollback_scope != PLAN_SCOPE_TARGET;
    bool stopped = beyond || is_cut_short(&r) || rc;
    if (stopped && plan->on_failure == PLAN_ROLLBACK && scope_others) {
        take_back_others(&r, members);
    }
    opts->fleet->cancel_fd = NULL;
    run_watch_stop(&r.watch);
    end_run(&r);
    struct err writing;
    int flushed = event_queue_flush(&r.queue, opts->store, &writing);
    arena_release(&r.queue.arena);
    if (rc || flushed) {
        *err = rc ? failure : writing;
        result.exit_status = err_exit_status(err);
    }
    *out = result; /* also when the log failed: what happened to the targets has happened */
    return rc ? rc : flushed;
}
