/* Planning: from positions and a destination to tracks of steps. */
#include "engine/planner/planner.h"
#include "base/file.h"
#include "engine/alembic/body.h"
#include "engine/planner/steps.h"
#include "engine/revision/sql_file.h"
#include "engine/run/audit.h"

static int walk_of(struct arena *a, const struct plan_request *q, const struct position *at, walk_t *out,
                   struct err *err)
{
    int rc = position_check(q->graph, at, err);
    if (rc) {
        return rc;
    }
    if (q->within) {
        return walk_upgrade_within(a, q->graph, at, q->within, out, err);
    }
    return q->direction == DIRECTION_UPGRADE ? walk_upgrade(a, q->graph, at, q->destination, out, err)
                                             : walk_downgrade(a, q->graph, at, q->destination, out, err);
}

static int half_error(const struct half_step *half, struct err *err, const char *why, const char *hint)
{
    err_set(err, ERR_REFUSED, "%s of revision %s stopped after %lld of %lld statements (run %s): %s",
            half->direction, half->revision, (long long)half->done, (long long)half->total, half->run, why);
    return err_hint(err, "%s", hint);
}

/* A target that an earlier run left inside a step goes on from the recorded statement, or not at all. */
static int resume_half(const struct half_step *half, struct plan_step *first, struct err *err)
{
    if (!half->known) {
        return half_error(
            half, err, "what took effect beyond that is not known",
            "Look at the schema, finish or undo that revision by hand, then record where the target "
            "stands with \"lockstep stamp\".");
    }
    bool same = first && strcmp(first->revision, half->revision) == 0 &&
                strcmp(first->downgrade ? "downgrade" : "upgrade", half->direction) == 0;
    if (!same) {
        return half_error(
            half, err, "it has to be finished first",
            "Correct the statement that failed and upgrade to that revision: the run goes on from "
            "there. If you finished or undid it by hand, record that with \"lockstep stamp\".");
    }
    if (first->live) {
        return half_error(
            half, err, "it reads the database, so it cannot go on from the middle",
            "Finish or undo that revision by hand, then record where the target stands with \"lockstep "
            "stamp\".");
    }
    char prefix[DIGEST_HEX + 1];
    step_prefix(first, (size_t)half->done, prefix);
    if ((size_t)half->done > first->statements.n || !half->prefix || strcmp(prefix, half->prefix) != 0) {
        return half_error(
            half, err, "the statements that ran already have been edited since",
            "Put them back as they were and change only what comes after them, or finish by hand and "
            "record that with \"lockstep stamp\".");
    }
    first->resume_from = half->done;
    return 0;
}

static int build_track(struct arena *a, const struct member *m, const struct plan_request *q,
                       const struct target_state *state, struct plan_track *out, struct err *err)
{
    const struct driver *driver = m->driver;
    struct ddl_seen_types types = {.arena = a};
    const struct step_reader reader = {driver, q->alembic, m->scheme, &types};
    walk_t walk = {0};
    int rc = walk_of(a, q, &state->at, &walk, err);
    if (rc) {
        return rc;
    }
    struct plan_track track = {.dialect = driver->name,
                               .from = state->at.ids,
                               .has_version_table = state->has_version_table,
                               .has_history_table = state->has_history_table};
    struct walk_step *w;
    vec_each (w, &walk) {
        struct plan_step step;
        rc = step_from_walk(a, &reader, w, &step, err);
        if (rc) {
            return rc;
        }
        *vec_push(a, &track.steps) = step;
    }
    if (state->half.present) {
        rc = resume_half(&state->half, track.steps.n ? &track.steps.items[0] : NULL, err);
        if (rc) {
            return rc;
        }
    }
    struct position after;
    position_after(a, &state->at, &walk, &after);
    track.to = after.ids;
    if (q->held_back) {
        track.held_back = *q->held_back;
    }
    *out = track;
    return 0;
}

static bool same_text(const char *x, const char *y)
{
    return x && y ? strcmp(x, y) == 0 : x == y;
}

/* A member whose state is the same as that of the member the track was built for can share it. */
static bool same_state(const struct member *x, const struct member *y)
{
    const struct half_step *h = &x->state.half, *k = &y->state.half;
    return x->driver == y->driver && same_text(x->scheme, y->scheme) &&
           x->state.has_version_table == y->state.has_version_table &&
           x->state.has_history_table == y->state.has_history_table &&
           position_same(&x->state.at.ids, &y->state.at.ids) && h->present == k->present &&
           (!h->present ||
            (h->known == k->known && h->done == k->done && same_text(h->revision, k->revision) &&
             same_text(h->direction, k->direction) && same_text(h->prefix, k->prefix)));
}

static struct plan *plan_new(struct arena *a, const struct plan_request *q)
{
    const struct environment *e = q->environment;
    const struct project *p = q->project;
    static const enum plan_on_failure failures[] = {[ON_FAILURE_STOP] = PLAN_STOP,
                                                    [ON_FAILURE_CONTINUE] = PLAN_CONTINUE,
                                                    [ON_FAILURE_ROLLBACK] = PLAN_ROLLBACK};
    static const enum plan_scope scopes[] = {[ROLLBACK_TARGET] = PLAN_SCOPE_TARGET,
                                             [ROLLBACK_WAVE] = PLAN_SCOPE_WAVE,
                                             [ROLLBACK_RUN] = PLAN_SCOPE_RUN};
    struct plan *plan = arena_alloc(a, sizeof(*plan));
    plan->project = p && p->name ? p->name : "";
    plan->environment = e->name;
    plan->promotes_from = q->promotes_from;
    plan->author = arena_printf(a, "%s@%s", actor_name(a), actor_host(a));
    plan->created_us = time_now_us() / 1000000 * 1000000;
    plan->version_table = p && p->version_table ? p->version_table : "alembic_version";
    plan->version_table_schema = p ? p->version_table_schema : NULL;
    int mode = q->transaction >= 0 ? q->transaction : e->settings.transaction;
    plan->transaction = mode == TRANSACTION_REVISION ? PLAN_TRANSACTION_REVISION : PLAN_TRANSACTION_PLAN;
    plan->on_failure = failures[e->rollout.on_failure];
    plan->rollback_scope = scopes[e->rollout.rollback_scope];
    plan->max_failures = e->rollout.max_failures;
    plan->max_failures_percent = e->rollout.max_failures_percent;
    return plan;
}

/* Under a second name its steps would be done by the time its turn comes. */
static int check_alone(const struct plan *plan, const struct member *m, struct err *err)
{
    const struct plan_target *t;
    vec_each (t, &plan->targets) {
        if (strcmp(t->address, m->address) == 0) {
            err_set(err, ERR_FILE, "it is the same database as target %s: %s", t->name, m->address);
            err_hint(err, "Leave one of them out, or give them different schemas or databases.");
            return err_place(err, m->environment->file ? m->environment->file : "", 0, 0);
        }
    }
    return 0;
}

static void add_target(struct arena *a, struct plan *plan, const struct member *m, unsigned track)
{
    *vec_push(a, &plan->targets) = (struct plan_target){.name = m->target->name,
                                                        .address = m->address,
                                                        .track = track,
                                                        .lock_timeout_ms = m->lock_timeout_ms,
                                                        .statement_timeout_ms = m->statement_timeout_ms};
}

/* A position that this checkout does not know: the history may tell who brought the target there. */
static void explain_unknown(struct arena *a, struct member *m, const struct graph *g, struct err *err)
{
    struct err ignored;
    applied_revisions_t applied = {0};
    if (position_check(g, &m->state.at, &ignored) == 0 || !m->conn ||
        history_applied(&m->book, m->conn, a, &applied, &ignored)) {
        return;
    }
    for (size_t i = applied.n; i > 0; i--) {
        const struct applied_revision *r = &applied.items[i - 1];
        if (!graph_find(g, r->revision)) {
            err_hint(
                err,
                "%s was applied by %s at %s (run %s): the database is ahead of this checkout; update the "
                "checkout, or stamp the database.",
                r->revision, r->actor ? r->actor : "hand", r->finished ? r->finished : "an unknown time",
                r->run);
            return;
        }
    }
}

static int plan_member(struct arena *a, struct fleet *fleet, struct member *m, const struct plan_request *q,
                       struct plan *plan, const struct member **owners, struct err *err)
{
    int rc = m->state_read ? 0 : member_read(fleet, m, err);
    if (rc) {
        return rc;
    }
    rc = check_alone(plan, m, err);
    rc = rc ? rc : member_check_running(m, a, err);
    if (rc) {
        return err_wrap(err, "%s", m->target->name);
    }
    unsigned track = 0;
    while (track < plan->tracks.n && !same_state(owners[track], m)) {
        track++;
    }
    if (track == plan->tracks.n) {
        struct plan_track built;
        rc = build_track(a, m, q, &m->state, &built, err);
        if (rc) {
            explain_unknown(a, m, q->graph, err);
            return err_wrap(err, "%s", m->target->name);
        }
        *vec_push(a, &plan->tracks) = built;
        owners[track] = m;
    }
    add_target(a, plan, m, track);
    return 0;
}

int planner_plan(struct arena *a, struct fleet *fleet, const struct plan_request *q, struct plan **out,
                 struct err *err)
{
    struct plan *plan = plan_new(a, q);
    const struct member **owners = arena_array(a, fleet->members.n + 1, sizeof(*owners));
    struct member *m;
    vec_each (m, &fleet->members) {
        int rc = plan_member(a, fleet, m, q, plan, owners, &m->err);
        member_rest(fleet, m);
        if (rc && !q->keep_going) {
            *err = m->err;
            return rc;
        }
    }
    plan_one_wave(a, plan);
    plan_digest(plan, plan->digest);
    *out = plan;
    return 0;
}

int planner_offline(struct arena *a, const struct member *member, const struct plan_request *q,
                    const struct position *from, bool fresh, struct plan **out, struct err *err)
{
    struct plan *plan = plan_new(a, q);
    struct target_state state = {.at = *from, .has_version_table = !fresh, .has_history_table = !fresh};
    struct plan_track track;
    int rc = build_track(a, member, q, &state, &track, err);
    if (rc) {
        return rc;
    }
    *vec_push(a, &plan->tracks) = track;
    add_target(a, plan, member, 0);
    plan_one_wave(a, plan);
    plan_digest(plan, plan->digest);
    *out = plan;
    return 0;
}

int revision_checksum(struct arena *a, const struct revision *r, const char *dialect,
                      char hex[DIGEST_HEX + 1], struct err *err)
{
    if (r->kind == REVISION_PYTHON) {
        return alembic_checksum(r, hex, err);
    }
    struct sql_body body;
    int rc = sql_file_body(a, r->file, dialect, &body, err);
    if (rc) {
        return rc;
    }
    memcpy(hex, body.checksum, sizeof(body.checksum));
    return 0;
}
