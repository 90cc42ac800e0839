/* Finding out where a target stands within a track, and what remains of it. */
#include "engine/run/recover.h"
#include "base/file.h"
#include <poll.h>

static int compare_ids(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void apply_version_op(struct arena *a, strings_t *ids, const struct plan_version_op *op)
{
    size_t at = ids->n;
    for (size_t i = 0; op->from && i < ids->n; i++) {
        at = strcmp(ids->items[i], op->from) == 0 ? i : at;
    }
    if (op->kind == PLAN_VERSION_INSERT) {
        *vec_push(a, ids) = op->to;
    } else if (at < ids->n && op->kind == PLAN_VERSION_UPDATE) {
        ids->items[at] = op->to;
    } else if (at < ids->n) {
        ids->items[at] = ids->items[--ids->n];
    }
}

strings_t track_position(struct arena *a, const struct plan_track *track, size_t n)
{
    strings_t ids = {0};
    for (size_t i = 0; i < track->from.n; i++) {
        *vec_push(a, &ids) = track->from.items[i];
    }
    for (size_t s = 0; s < n; s++) {
        const plan_version_ops_t *ops = &track->steps.items[s].version_ops;
        for (size_t k = 0; k < ops->n; k++) {
            apply_version_op(a, &ids, &ops->items[k]);
        }
    }
    if (ids.n > 1) {
        qsort(ids.items, ids.n, sizeof(char *), compare_ids);
    }
    return ids;
}

bool track_is_at(struct arena *a, const struct plan_track *track, size_t n, const strings_t *at)
{
    strings_t ids = track_position(a, track, n);
    return position_same(&ids, at);
}

void track_rest(struct arena *a, const struct plan_track *track, const struct standing *standing,
                struct plan_track *out)
{
    struct plan_track rest = *track;
    rest.from = track_position(a, track, standing->steps);
    rest.steps = (plan_steps_t){0};
    for (size_t i = standing->steps; i < track->steps.n; i++) {
        struct plan_step *step = vec_push(a, &rest.steps);
        *step = track->steps.items[i];
        if (i == standing->steps) {
            step->resume_from = standing->inside ? standing->done : 0;
        }
    }
    *out = rest;
}

static void elsewhere(struct arena *a, struct member *m, const struct plan_track *track, struct standing *out)
{
    struct applied_revision last = {0};
    struct err ignored;
    bool known = history_last(&m->book, m->conn, a, &last, &ignored) == 0 && last.run;
    out->place = STANDING_ELSEWHERE;
    out->why = arena_printf(a, "it is at %s, which is no place between %s and %s%s%s%s%s",
                            position_text(a, &m->state.at.ids), position_text(a, &track->from),
                            position_text(a, &track->to), known ? "; the last run on it was " : "",
                            known ? last.run : "", known && last.actor ? " of " : "",
                            known && last.actor ? last.actor : "");
}

/* Which statements the half step's revision has in its direction, by the track. NULL: it is not the step that
 * can be half done here. */
static const plan_statements_t *half_statements(const struct plan_track *track, const struct half_step *half,
                                                struct standing *out)
{
    const struct plan_step *next = out->steps < track->steps.n ? &track->steps.items[out->steps] : NULL;
    const struct plan_step *last = out->steps > 0 ? &track->steps.items[out->steps - 1] : NULL;
    bool down = strcmp(half->direction, "downgrade") == 0;
    if (next && next->downgrade == down && strcmp(next->revision, half->revision) == 0) {
        return &next->statements;
    }
    if (last && last->downgrade != down && strcmp(last->revision, half->revision) == 0) {
        out->downgrade = true;
        return &last->undo;
    }
    return NULL;
}

static void judge_half(struct arena *a, const struct member *m, const struct plan_track *track,
                       const struct recover_opts *opts, struct standing *out)
{
    const struct half_step *half = &m->state.half;
    const plan_statements_t *statements = half_statements(track, half, out);
    struct plan_step stand_in = {.statements = statements ? *statements : (plan_statements_t){0}};
    char prefix[DIGEST_HEX + 1];
    step_prefix(&stand_in, (size_t)half->done, prefix);
    if (!statements || !half->prefix || strcmp(half->prefix, prefix) != 0) {
        out->place = STANDING_ELSEWHERE;
        out->why =
            arena_printf(a, "it is inside the %s of revision %s (run %s), which is not part of this plan",
                         half->direction, half->revision, half->run);
        return;
    }
    bool told = opts && opts->answer != RECOVER_ASK;
    int64_t done = half->done + (!half->known && told && opts->answer == RECOVER_TOOK_EFFECT);
    if (!half->known && !told) {
        out->place = STANDING_UNDECIDED;
        out->why = arena_printf(
            a, "whether statement %lld of %zu of the %s of revision %s took effect cannot be found out",
            (long long)half->done + 1, statements->n, half->direction, half->revision);
        return;
    }
    out->inside = done > 0;
    out->done = done;
}

int recover_state(struct arena *a, struct fleet *fleet, struct member *m, const struct plan_track *track,
                  const struct recover_opts *opts, struct standing *out, struct err *err)
{
    int rc = member_read(fleet, m, err);
    if (rc) {
        return rc;
    }
    struct standing standing = {.place = STANDING_ELSEWHERE};
    for (size_t n = 0; n <= track->steps.n; n++) {
        if (track_is_at(a, track, n, &m->state.at.ids)) {
            standing.place = STANDING_WITHIN;
            standing.steps = n;
        }
    }
    if (standing.place == STANDING_ELSEWHERE) {
        elsewhere(a, m, track, &standing);
    } else if (m->state.half.present) {
        judge_half(a, m, track, opts, &standing);
    }
    *out = standing;
    return 0;
}

/* The step that the standing is inside of, in the direction it is done. */
static struct plan_step half_plan_step(const struct plan_track *track, const struct standing *standing)
{
    size_t index = standing->downgrade ? standing->steps - 1 : standing->steps;
    struct plan_step step = track->steps.items[index];
    if (standing->downgrade) {
        step.statements = step.undo;
        step.live = step.undo_live;
    }
    return step;
}

int recover_record(struct arena *a, struct fleet *fleet, struct member *m, const struct plan_track *track,
                   const struct standing *standing, struct err *err)
{
    const struct half_step *half = &m->state.half;
    if (standing->place != STANDING_WITHIN || !half->present || (half->known && half->done > 0)) {
        return 0;
    }
    struct plan_step step = half_plan_step(track, standing);
    struct history_stamp by = {.run = half->run};
    char *sql =
        history_stop(&m->book, a, &by, &step, (size_t)standing->done, standing->done ? "half" : "failed");
    int rc = conn_exec(m->conn, sql, err);
    rc = rc ? rc : member_read(fleet, m, err);
    return rc ? err_wrap(err, "recording where %s stands", m->target->name) : 0;
}

int recover_lock(struct arena *a, struct member *m, const struct recover_opts *opts, struct err *err)
{
    int64_t wait_us = (opts && opts->wait_ms ? opts->wait_ms : 60000) * 1000;
    int64_t deadline = time_monotonic_us() + wait_us;
    int rc = member_lock(m, a, err);
    bool told = false;
    while (rc == ERR_REFUSED && time_monotonic_us() < deadline) {
        if (!told && opts && opts->on_wait) {
            opts->on_wait(opts->arg, m->target->name, err->message);
        }
        told = true;
        poll(NULL, 0, 100);
        rc = member_lock(m, a, err);
    }
    return rc;
}
