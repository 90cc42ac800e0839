/* Planning: from positions and a destination to tracks of steps. */
#include "engine/planner/planner.h"
#include "base/file.h"
#include "engine/alembic/body.h"
#include "engine/planner/atomic.h"
#include "engine/planner/left_out.h"
#include "engine/planner/steps.h"
#include "engine/planner/track_table.h"
#include "engine/planner/waves.h"
#include "engine/revision/sql_file.h"
#include "engine/run/prepared.h"
#include "engine/run/recover.h"
#include "engine/run/script_build.h"
#include "engine/store/audit.h"

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
    char of[32] = ""; /* how many a revision that reads the database has is not known before its end */
    if (half->total > 0) {
        snprintf(of, sizeof(of), " of %lld", (long long)half->total);
    }
    err_set(err, ERR_REFUSED, "%s of revision %s stopped after %lld%s statements (run %s): %s",
            half->direction, half->revision, (long long)half->done, of, half->run, why);
    return err_hint(err, "%s", hint);
}

/* A target that an earlier run left inside a step goes on from the recorded statement, or not at all. */
static int resume_half(struct arena *a, const struct driver *driver, const struct half_step *half,
                       struct plan_step *first, struct err *err)
{
    if (!half->known) {
        return half_error(
            half, err,
            half->why ? arena_printf(a, "what took effect beyond that is not known, for %s", half->why)
                      : "what took effect beyond that is not known",
            arena_printf(
                a,
                "Look at the schema, then tell with \"lockstep resume %s -t TARGET --took-effect\", or "
                "\"--no-effect\"; or finish or undo that revision by hand, and record where the target "
                "stands with \"lockstep stamp\".",
                half->run));
    }
    if (!half_step_inside(half)) {
        return 0; /* a run closes it */
    }
    bool same = first && strcmp(first->revision, half->revision) == 0 &&
                strcmp(first->downgrade ? "downgrade" : "upgrade", half->direction) == 0;
    if (!same) {
        return half_error(
            half, err, "it has to be finished first",
            "Correct the statement that failed and upgrade to that revision: the run goes on from "
            "there. If you finished or undid it by hand, record that with \"lockstep stamp\".");
    }
    if (!step_is_journaled(driver, first)) {
        return half_error(
            half, err, "it ran outside of a transaction, and its file asks for one now",
            "Put \"-- transaction: off\" back at its head, or finish by hand and record that with "
            "\"lockstep stamp\".");
    }
    if (first->live) {
        return half_error(
            half, err, "it reads the database, so it cannot go on from the middle",
            "Finish or undo that revision by hand, then record where the target stands with \"lockstep "
            "stamp\".");
    }
    if (!half_step_matches(a, half, &first->statements)) {
        return half_error(
            half, err, "the statements that ran already have been edited since",
            "Put them back as they were and change only what comes after them, or finish by hand and "
            "record that with \"lockstep stamp\".");
    }
    int rc = half_step_needs_session(driver, &first->statements, half->done, err);
    if (rc) {
        return err_wrap(err, "%s of revision %s, which stopped after %lld of %lld statements",
                        half->direction, half->revision, (long long)half->done, (long long)half->total);
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
        rc = resume_half(a, driver, &state->half, track.steps.n ? &track.steps.items[0] : NULL, err);
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

static void add_target(struct arena *a, struct plan *plan, const struct member *m, unsigned track)
{
    *vec_push(a, &plan->targets) = (struct plan_target){.name = m->target->name,
                                                        .address = m->address,
                                                        .track = track,
                                                        .lock_timeout_ms = m->lock_timeout_ms,
                                                        .statement_timeout_ms = m->statement_timeout_ms};
}

/* A position that this checkout does not know: the history may tell who brought the target there. */
static void explain_unknown(struct arena *a, struct fleet *fleet, struct member *m, const struct graph *g,
                            struct err *err)
{
    struct err ignored;
    applied_revisions_t applied = {0};
    if (position_check(g, &m->state.at, &ignored) == 0 || member_connect(fleet, m, false, &ignored) != 0 ||
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

/* Under way: one plan over a fleet. */
struct planning {
    struct arena *a;
    struct fleet *fleet;
    const struct plan_request *request;
    struct plan *plan;
    struct track_table tracks;
    const struct member **twins; /* for each member: the one before it with the same address, or NULL */
    const unsigned *wave_of;     /* for each target of the environment */
    unsigned *waves;             /* for each target of the plan */
};

static int by_address(const void *x, const void *y)
{
    const struct member *const *m = x, *const *k = y;
    int c = strcmp((*m)->address, (*k)->address);
    return c ? c : (*m > *k) - (*m < *k);
}

static const struct member **find_twins(struct arena *a, const struct fleet *f)
{
    size_t n = f->members.n;
    const struct member **twins = arena_array(a, n + 1, sizeof(*twins)),
                        **sorted = arena_array(a, n + 1, sizeof(*sorted));
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &f->members.items[i];
    }
    qsort(sorted, n, sizeof(*sorted), by_address);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i]->address, sorted[i - 1]->address) == 0) {
            twins[sorted[i] - f->members.items] = sorted[i - 1];
        }
    }
    return twins;
}

/* Under a second name its steps would be done by the time its turn comes. */
static int check_alone(const struct member *m, const struct member *twin, struct err *err)
{
    if (!twin) {
        return 0;
    }
    err_set(err, ERR_FILE, "it is the same database as target %s: %s", twin->target->name, m->address);
    err_hint(err, "Leave one of them out, or give them different schemas or databases.");
    return err_place(err, m->environment->file ? m->environment->file : "", 0, 0);
}

static int plan_member(struct planning *p, struct member *m, struct err *err)
{
    if (m->err) {
        *err = *m->err;
        return err->status;
    }
    int rc = check_alone(m, p->twins[m - p->fleet->members.items], err);
    rc = rc ? rc : member_check_running(m, &m->arena, err);
    rc = rc ? rc : prepared_check_none(m, err);
    rc = rc ? rc : recover_decide(m, NULL, NULL, err);
    if (rc) {
        return err_wrap(err, "%s", m->target->name);
    }
    unsigned *track = track_table_find(&p->tracks, m);
    if (*track == NO_TRACK) {
        struct plan_track built;
        rc = build_track(p->a, m, p->request, &m->state, &built, err);
        if (rc) {
            explain_unknown(p->a, p->fleet, m, p->request->graph, err);
            return err_wrap(err, "%s", m->target->name);
        }
        *track = (unsigned)p->plan->tracks.n;
        *vec_push(p->a, &p->plan->tracks) = built;
    }
    p->waves[p->plan->targets.n] = p->wave_of ? p->wave_of[m->target - m->environment->targets] : 0;
    add_target(p->a, p->plan, m, *track);
    return 0;
}

static int plan_fleet(struct planning *p, struct err *err)
{
    const struct plan_request *q = p->request;
    int rc = q->one_wave ? 0 : waves_assign(p->a, q->environment, &p->wave_of, err);
    if (rc) {
        return rc;
    }
    bool leave_out = left_out_possible(q);
    fleet_read(p->fleet, q->keep_going || leave_out);
    rc = leave_out ? left_out_collect(p->a, p->fleet, q, p->wave_of, p->plan, err) : 0;
    if (rc) {
        return rc;
    }
    struct member *m;
    vec_each (m, &p->fleet->members) {
        if (leave_out && member_is_out_of_reach(m)) {
            continue;
        }
        struct err why;
        rc = plan_member(p, m, &why);
        member_rest(p->fleet, m);
        if (rc && !q->keep_going) {
            *err = why;
            return rc;
        }
        if (rc && !m->err) {
            member_fail(m, &why);
        }
    }
    if (q->one_wave) {
        plan_one_wave(p->a, p->plan);
    } else {
        waves_fill(p->a, q->environment, p->waves, p->plan);
    }
    rc = atomic_assign(p->a, p->fleet, q->environment, p->plan, err);
    if (rc == 0) {
        plan_digest(p->plan, p->plan->digest);
    }
    return rc;
}

int planner_plan(struct arena *a, struct fleet *fleet, const struct plan_request *q, struct plan **out,
                 struct err *err)
{
    struct planning p = {.a = a, .fleet = fleet, .request = q, .plan = plan_new(a, q)};
    p.twins = find_twins(a, fleet);
    p.waves = arena_array(a, fleet->members.n + 1, sizeof(*p.waves));
    track_table_init(&p.tracks, a, fleet->members.n);
    int rc = plan_fleet(&p, err);
    if (rc == 0) {
        *out = p.plan;
    }
    return rc;
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
