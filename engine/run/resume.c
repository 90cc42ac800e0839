/* Going on, or back, from wherever within its track a target stands. */
#include "engine/run/resume.h"
#include "engine/run/hold.h"
#include "engine/run/live.h"

static int refuse_standing(const struct standing *standing, struct err *err)
{
    err_set(err, ERR_REFUSED, "%s", standing->why);
    return err_hint(err, "%s", standing->hint ? standing->hint : "Make a new plan.");
}

static void note_standing(struct execution *x, const struct standing *s)
{
    struct audit_event *e = execution_event_add(x, EVENT_TARGET_STARTED);
    struct arena *a = &x->queue->arena;
    const char *inside = "";
    if (s->inside) {
        inside = arena_printf(a,
                              s->downgrade ? ", the last of them taken back up to statement %lld"
                                           : " and %lld statements of the next",
                              (long long)s->done);
    }
    e->detail = arena_printf(a, "found at %s: %zu of %zu steps%s", position_text(a, &x->member->state.at.ids),
                             s->steps, x->track->steps.n, inside);
}

/* Where the target stands, decided and recorded. */
static int find_standing(struct execution *x, struct standing *standing, struct err *err)
{
    struct member *m = x->member;
    m->state_locked = false;
    int rc = hold_settle(x, err);
    rc = rc ? rc : recover_state(x->a, x->opts->fleet, m, x->track, x->resume, standing, err);
    if (rc == 0 && standing->place != STANDING_WITHIN) {
        x->result->moved = standing->place == STANDING_ELSEWHERE;
        return refuse_standing(standing, err);
    }
    rc = rc ? rc : recover_record(x->opts->fleet, m, track_half_statements(x->track, standing), err);
    if (rc == 0) {
        note_standing(x, standing);
    }
    return rc;
}

static void with_tables(const struct execution *x, struct plan_track *track)
{
    track->has_version_table = x->member->state.has_version_table;
    track->has_history_table = x->member->state.has_history_table;
}

/* A step that was being taken back when the run died is taken back to its end, so that the target stands
 * between two steps again. */
static int finish_downgrade(struct execution *x, struct standing *standing, struct err *err)
{
    struct plan_track back;
    track_reverse(x->a, x->track, standing->steps, &back);
    back.from = track_position(x->a, x->track, standing->steps);
    back.steps.n = 1;
    back.steps.items[0].resume_from = standing->done;
    with_tables(x, &back);
    int rc = live_check(x, &back, err);
    rc = rc ? rc : execute_track(x, &back, true, err);
    if (rc) {
        settle_read_back(x);
        return rc;
    }
    standing->steps--;
    standing->inside = standing->downgrade = false;
    return 0;
}

int resume_execute(struct execution *x, struct err *err)
{
    struct standing standing;
    int rc = find_standing(x, &standing, err);
    x->base = rc ? 0 : standing.steps;
    if (rc == 0 && standing.downgrade) {
        rc = finish_downgrade(x, &standing, err);
        x->base = standing.steps;
    }
    struct plan_track rest;
    if (rc == 0) {
        track_rest(x->a, x->track, &standing, &rest);
        with_tables(x, &rest);
        rc = live_check(x, &rest, err);
    }
    if (rc) {
        return rc;
    }
    x->result->begun = x->track->steps.n > 0;
    execute_and_settle(x, &rest);
    return 0;
}

static int check_reversible(const struct plan_track *track, size_t n, struct err *err)
{
    for (size_t i = n; i > 0; i--) {
        const struct plan_step *s = &track->steps.items[i - 1];
        if (!s->reversible) {
            err_set(err, ERR_FAILED, "revision %s cannot be taken back: it has no %s section", s->revision,
                    s->downgrade ? "upgrade" : "downgrade");
            return err_hint(err, "The target is left where it stands; \"lockstep resume\" finishes it.");
        }
    }
    return 0;
}

static int refuse_moved(struct execution *x, const char *run, const char *actor, struct err *err)
{
    x->result->moved = true;
    err_set(err, ERR_REFUSED, "it has moved since, by %s%s%s%s",
            run ? "run " : "somebody of whom its history says nothing", run ? run : "",
            run && actor ? " of " : "", run && actor ? actor : "");
    return err_hint(err, "It is left where it stands; \"lockstep downgrade\" takes it further back.");
}

int resume_check_own(struct execution *x, size_t n, struct err *err)
{
    struct applied_revision other;
    struct member *m = x->member;
    int rc = history_other(&m->book, m->conn, x->a, x->track, n, x->run, &other, err);
    return rc || !other.revision ? rc : refuse_moved(x, other.run, other.actor, err);
}

/* The step that was left part way as well. */
static int check_own(struct execution *x, const struct standing *s, struct err *err)
{
    const struct half_step *half = &x->member->state.half;
    if (s->inside && half->run && strcmp(half->run, x->run) != 0) {
        return refuse_moved(x, half->run, half->actor, err);
    }
    return resume_check_own(x, s->steps, err);
}

/* The way back of a step needs the whole of it. */
static int finish_half(struct execution *x, struct standing *standing, struct err *err)
{
    struct plan_track one;
    track_rest(x->a, x->track, standing, &one);
    one.steps.n = 1;
    with_tables(x, &one);
    int rc = live_check(x, &one, err);
    rc = rc ? rc : execute_track(x, &one, true, err);
    if (rc && x->completed == 0) {
        return rc;
    }
    *err = (struct err){0}; /* the step stands, if only its verification has failed */
    standing->steps++;
    standing->inside = false;
    return 0;
}

void resume_take_back(struct execution *x)
{
    struct target_result *r = x->result;
    struct standing s;
    struct err *err = &r->compensation;
    int rc = find_standing(x, &s, err);
    rc = rc ? rc : check_own(x, &s, err);
    rc = rc ? rc : check_reversible(x->track, s.steps + (s.inside && !s.downgrade), err);
    if (rc == 0 && s.inside && !s.downgrade) {
        rc = finish_half(x, &s, err);
    }
    if (rc) {
        settle_read_back(x);
        return;
    }
    take_back(x, x->track, s.steps, s.downgrade ? s.done : 0);
}
