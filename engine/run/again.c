/* From the rows of the store to a run. */
#include "engine/run/again.h"
#include "base/file.h"
#include "engine/run/run_internal.h"
#include "engine/store/runs.h"
#include "engine/store/store.h"
#include <fnmatch.h>

/* What the row says has come out, as a result of this process. */
void again_load_row(struct run *r, const struct run_target_row *row)
{
    struct target_result *t = &r->result->targets.items[row->index];
    const struct plan_track *track = &r->plan->tracks.items[r->plan->targets.items[row->index].track];
    enum target_outcome outcome = row->outcome ? target_outcome_find(row->outcome) : TARGET_SKIPPED;
    bool at_work = row->state == RUN_TARGET_CLAIMED || row->state == RUN_TARGET_HELD;
    t->outcome = at_work || outcome == TARGET_OUTCOME_COUNT ? TARGET_SKIPPED : outcome;
    t->steps_done = (size_t)row->steps_done;
    t->taken_back = (size_t)row->taken_back;
    t->commit_order = at_work && row->commit_order == 0 ? INT64_MAX : row->commit_order;
    t->duration_us = row->duration_us;
    t->from = track->from;
    t->earlier = t->outcome != TARGET_SKIPPED;
    t->at_known =
        t->outcome == TARGET_DONE || t->outcome == TARGET_UNCHANGED || t->outcome == TARGET_TAKEN_BACK;
    t->at = t->outcome == TARGET_TAKEN_BACK ? track->from : track->to;
    t->begun = at_work || t->steps_done > 0 || t->taken_back > 0 || t->outcome == TARGET_FAILED;
    if (target_has_failed(t)) {
        err_set(&t->err, ERR_FAILED, "%s", row->detail ? row->detail : "failed before");
    }
    r->anywhere[row->index] = at_work || t->outcome == TARGET_FAILED;
}

bool again_selects(const struct run *r, size_t target)
{
    const char *only = r->opts.again ? r->opts.again->only : NULL;
    return !only || fnmatch(only, r->plan->targets.items[target].name, 0) == 0;
}

bool again_leaves(const struct run *r, size_t target)
{
    return r->anywhere[target] && r->result->targets.items[target].outcome == TARGET_SKIPPED &&
           !again_selects(r, target);
}

/* Done is done; the rest is to do, as if it had not been tried. */
static void load_roster(struct run *r)
{
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        struct target_result *t = &r->result->targets.items[i];
        if (t->outcome == TARGET_DONE || t->outcome == TARGET_UNCHANGED) {
            roster_set(&r->roster, i, ROSTER_DONE);
        } else if (!again_selects(r, i)) {
            roster_set(&r->roster, i, ROSTER_LEFT);
        } else {
            *t = (struct target_result){.name = t->name, .steps = t->steps};
        }
    }
}

/* A pause that is over stays so, one of time ends when it would have; going on is what a person was asked
 * for. */
static int load_waves(struct run *r, struct err *err)
{
    run_wave_rows_t rows = {0};
    int rc = runs_waves(r->opts.store, r->a, r->result->run, &rows, err);
    if (rc) {
        return rc;
    }
    const struct run_wave_row *row;
    vec_each (row, &rows) {
        if (row->wave >= r->plan->waves.n) {
            continue;
        }
        atomics_load(r, row);
        bool person = r->plan->waves.items[row->wave].pause == PLAN_PAUSE_PERSON;
        bool said = person && row->state == WAVE_PAUSED && r->opts.again->row->state == RUN_STATE_WAITING;
        bool ends = pauses_row_ends(r, row);
        if (ends && row->state == WAVE_FAILED && r->opts.again->row->state != RUN_STATE_ENDED) {
            pauses_note_failure(r, row->wave, NULL); /* the run that died would have told it at its end */
        }
        r->pauses.items[row->wave].passed = ends || said;
        r->pauses.items[row->wave].until_us = row->state == WAVE_PAUSED ? row->until_us : 0;
    }
    return 0;
}

static int check_left(const struct run *r, struct err *err)
{
    bool any = false, matches = false;
    for (size_t i = 0; i < r->plan->targets.n; i++) {
        const struct target_result *t = &r->result->targets.items[i];
        matches = matches || again_selects(r, i);
        any = any || (t->outcome != TARGET_DONE && t->outcome != TARGET_UNCHANGED);
        if (t->outcome == TARGET_TAKEN_BACK && r->opts.again->row->state == RUN_STATE_ENDED) {
            err_set(err, ERR_REFUSED, "run %s has been taken back", r->result->run);
            return err_hint(err, "Make a new plan.");
        }
    }
    if (!matches) {
        return err_set(err, ERR_USAGE, "no target of run %s matches \"%s\"", r->result->run,
                       r->opts.again->only);
    }
    if (!any && r->opts.again->row->state == RUN_STATE_ENDED) {
        return err_set(err, ERR_REFUSED, "run %s is complete: nothing is left to do", r->result->run);
    }
    return 0;
}

static int check_alone(struct run *r, struct err *err)
{
    struct run_holder holder;
    int rc = runs_holder(r->opts.store, r->a, r->result->run, &holder, err);
    /* The store is a file of this machine: a process of another one is this machine under its former name,
     * unless its lock shows that it lives. */
    bool here = holder.host && strcmp(holder.host, r->host) == 0;
    if (rc || !holder.host || (!here && !holder.locked && !store_is_shared(r->opts.store))) {
        r->former = rc == 0 && holder.host;
        return rc;
    }
    err_set(err, ERR_REFUSED, "run %s is at work: process %lld on %s, since %s", r->result->run,
            (long long)holder.pid, holder.host, time_format(r->a, holder.since_us, false));
    return err_hint(err, "Wait for its end, or interrupt it there.");
}

int again_load(struct run *r, struct err *err)
{
    const struct run_again *again = r->opts.again;
    run_target_rows_t rows = {0};
    r->back = again->back || again->row->state == RUN_STATE_TAKING_BACK;
    r->back_atomic = !again->back && r->back && again->row->wave == RECORD_BACK_ATOMIC;
    r->back_whole = again->back || (r->back && again->row->wave == RECORD_BACK_WHOLE);
    int rc = check_alone(r, err);
    rc = rc ? rc : runs_targets(r->opts.store, r->a, r->result->run, &rows, err);
    if (rc) {
        return rc;
    }
    if (rows.n != r->plan->targets.n) {
        return err_set(err, ERR_FILE, "the store has %zu targets of run %s, its plan has %zu", rows.n,
                       r->result->run, r->plan->targets.n);
    }
    const struct run_target_row *row;
    vec_each (row, &rows) {
        again_load_row(r, row);
    }
    rc = load_waves(r, err);
    if (r->back || rc) {
        return rc ? rc : atomics_check_back(r, err);
    }
    rc = check_left(r, err);
    if (rc == 0) {
        load_roster(r);
    }
    return rc ? rc : atomics_check(r, err);
}
