/* What a target's schema is when a run has ended on it well. */
#include "engine/drift/snapshot.h"
#include "engine/run/execute.h"

static bool ended_well(const struct execution *x)
{
    const struct target_result *r = x->result;
    return !x->opts->no_snapshots && !x->lost && r->at_known &&
           (r->outcome == TARGET_DONE || (r->outcome == TARGET_TAKEN_BACK && !r->compensation.status));
}

/* By a session of its own: revisions may have turned the run's to other tables, roles or settings. By then
 * another run may be at work on the target: it is that one's to keep what comes of it. */
static int keep(struct execution *x, struct arena *a, struct err *err)
{
    struct member *m = x->member;
    struct schema *schema = NULL;
    int rc = member_connect(x->opts->fleet, m, false, err);
    if (rc) {
        return rc;
    }
    struct snapshot snap = {
        .environment = m->environment->name, .run = x->run, .plan = x->plan ? x->plan->digest : NULL};
    run_watch_conn(x->watch, m->conn);
    rc = snapshot_take(a, x->opts->store, x->opts->fleet, m, &snap, &schema, err);
    run_watch_conn(x->watch, NULL);
    return rc == ERR_REFUSED ? 0 : rc;
}

void execution_snapshot(struct execution *x)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    if (!ended_well(x)) {
        return;
    }
    int rc = keep(x, &a, &err);
    member_disconnect(x->member);
    x->member->state_read = false;
    if (rc) {
        struct audit_event *e = execution_event_add(x, EVENT_SNAPSHOT_FAILED);
        e->detail = arena_dup(&x->queue->arena, err.message);
        x->result->snapshot_error = arena_dup(&x->member->arena, err.message);
    }
}
