/* What a failure leaves behind, and putting it right. */
#include "engine/run/settle.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/reach.h"
#include "engine/run/hold.h"
#include "engine/run/journal.h"
#include "engine/run/recover.h"
#include <limits.h>
#include <poll.h>

#define RECONNECT_MS       15000
#define RECONNECT_LEAST_MS 2000

static int exec_all(struct execution *x, const char *const *texts, size_t n, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct statement *statements = arena_array(&scratch, n, sizeof(*statements));
    struct outcome *outcomes = arena_array(&scratch, n, sizeof(*outcomes));
    for (size_t i = 0; i < n; i++) {
        statements[i].text = history_seal(&scratch, slice_of(texts[i]), x->queue->head);
    }
    size_t done = 0;
    FAILPOINT("before-settling");
    int rc = member_fence(x->member, false, err);
    rc = rc ? rc : x->member->driver->batch(x->member->conn, &scratch, statements, n, outcomes, &done, err);
    FAILPOINT("after-settling");
    return rc;
}

int roll_back(struct execution *x, bool *doubt, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    const struct driver *driver = x->member->driver;
    struct statement statements[] = {{.text = slice_of(driver->rollback)},
                                     {.text = slice_of(driver->rollback_doubt), .flags = STATEMENT_ROWS}};
    struct outcome outcomes[COUNT_OF(statements)] = {0};
    size_t done = 0, n = driver->rollback_doubt ? 2 : 1;
    FAILPOINT("before-rolling-back");
    int rc = driver->batch(x->member->conn, &scratch, statements, n, outcomes, &done, err);
    FAILPOINT("after-rolling-back");
    *doubt = false;
    for (size_t r = 0; done == 2 && r < outcomes[1].rows.nrows; r++) {
        *doubt = *doubt || slice_eq(rowset_cell(&outcomes[1].rows, r, 1), driver->rollback_doubt_code);
    }
    return rc;
}

int settle_reconnect(struct execution *x, struct err *err)
{
    struct member *m = x->member;
    /* As patient as in connecting, but never without any: what was lost may take a moment to end. */
    int64_t asked_ms = m->environment->settings.connect_retry_for_ms;
    int64_t patience_ms = asked_ms < 0                    ? RECONNECT_MS
                          : asked_ms < RECONNECT_LEAST_MS ? RECONNECT_LEAST_MS
                                                          : asked_ms;
    int64_t deadline = time_monotonic_us() + patience_ms * 1000;
    int64_t session = m->conn ? conn_session(m->conn) : 0;
    run_watch_conn(x->watch, NULL);
    for (int pause_ms = 50;; pause_ms = pause_ms < 1000 ? pause_ms * 2 : 1000) {
        member_disconnect(m);
        int rc = member_connect(x->opts->fleet, m, true, err);
        rc = rc ? rc : member_lock(m, x->a, err);
        if (rc == ERR_REFUSED) {
            recover_end_own(x->a, m, session);
        }
        rc = rc ? rc : member_read(x->opts->fleet, m, err);
        if (rc == 0 || rc == ERR_INTERRUPTED || time_monotonic_us() > deadline) {
            run_watch_conn(x->watch, rc ? NULL : m->conn);
            return rc;
        }
        poll(NULL, 0, pause_ms);
    }
}

static void hint_unreachable(struct err *err, const struct err *why)
{
    err_hint(err,
             "The target could not be reached again (%.200s): \"lockstep status\" will tell where it stands.",
             why->message);
}

/* The statement that was in flight when the connection was lost: what the schema tells about it is written
 * down. */
static int settle_in_flight(struct execution *x, const struct failure *f, struct err *err)
{
    static const plan_statements_t none;
    struct member *m = x->member;
    const plan_statements_t *statements =
        x->completed < f->track->steps.n ? &f->track->steps.items[x->completed].statements : &none;
    int rc = recover_decide(m, statements, NULL, err);
    return rc ? rc : recover_record(x->opts->fleet, m, statements, err);
}

static int settle_lost_connection(struct execution *x, const struct failure *f)
{
    struct err again = {0};
    int status = f->err->status;
    x->member->state_read = false;
    reach_explain(x->member->conn, f->err);
    if (settle_reconnect(x, &again)) {
        hint_unreachable(f->err, &again);
        return status;
    }
    if (hold_settle(x, &again) || recover_wait(x->member, NULL, &again)) {
        hint_unreachable(f->err, &again);
        return status;
    }
    for (size_t n = 0; n <= f->track->steps.n; n++) {
        if (track_is_at(x->a, f->track, n, &x->member->state.at.ids)) {
            x->completed = n;
        }
    }
    if (settle_in_flight(x, f, &again)) {
        err_hint(f->err, "What took effect could not be found out (%.200s): \"lockstep status\" will tell.",
                 again.message);
        return status;
    }
    bool whole = x->completed == f->track->steps.n && !x->member->state.half.present;
    if (whole && f->track->steps.n > 0) {
        *f->err = (struct err){0};
        return 0; /* the commit had arrived; only its answer was lost */
    }
    return status;
}

/* DDL may have committed what was open, and what does several things a part of its own, before it failed. */
static bool commits_before_failing(const struct driver *driver, const struct plan_statement *s)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct trace trace = {.several = false};
    if (driver->caps & DRIVER_IMPLICIT_COMMIT) {
        return !statement_is_dml(driver, s);
    }
    if (!s->copy.ptr) {
        driver->trace(&a, s->text, &trace);
    }
    return trace.several;
}

/* How many statements of the step took effect. Statements are complete in order up to the failed item; where
 * DDL commits by itself, data statements after the last commit were rolled back. */
static size_t statements_in_effect(struct execution *x, const struct failure *f, unsigned step)
{
    if (f->track->steps.items[step].live) {
        return x->live.durable;
    }
    bool implicit = x->member->driver->caps & DRIVER_IMPLICIT_COMMIT, open = false;
    size_t done = (size_t)f->track->steps.items[step].resume_from, durable = done;
    for (size_t i = 0; i < f->item; i++) {
        const struct script_item *item = &f->script->items.items[i];
        if (item->kind == SCRIPT_COMMIT) {
            durable = done;
        }
        open = item->kind == SCRIPT_BEGIN || (open && item->kind != SCRIPT_COMMIT);
        if (item->step != step || item->kind != SCRIPT_STATEMENT) {
            continue;
        }
        done = item->statement + 1;
        const struct plan_statement *s = &f->track->steps.items[step].statements.items[item->statement];
        if (implicit ? !statement_joins(x->member->driver, s) : !open) {
            durable = done;
        }
    }
    const struct script_item *failed =
        failure_is(f, SCRIPT_STATEMENT) ? &f->script->items.items[f->item] : NULL;
    if (failed && failed->step == step &&
        commits_before_failing(x->member->driver,
                               &f->track->steps.items[step].statements.items[failed->statement])) {
        durable = SIZE_MAX; /* decided by reading the journal */
    }
    return durable;
}

/* The step whose "running" row is durable, or UINT_MAX. */
static unsigned journaled_step_at(struct execution *x, const struct failure *f)
{
    unsigned running = UINT_MAX;
    size_t last_commit = 0;
    for (size_t i = 0; i < f->item; i++) {
        const struct script_item *item = &f->script->items.items[i];
        if (item->kind == SCRIPT_COMMIT) {
            last_commit = i;
        }
    }
    if (last_commit == 0) {
        return UINT_MAX;
    }
    for (size_t i = last_commit + 1; i < f->script->items.n; i++) {
        const struct script_item *item = &f->script->items.items[i];
        if (item->step == UINT_MAX) {
            continue;
        }
        if (step_is_journaled(x->member->driver, &f->track->steps.items[item->step])) {
            running = item->step;
        }
        break;
    }
    return running;
}

/* The statement of the revision that failed; empty when it was none. */
static struct slice refused_statement(const struct execution *x, const struct failure *f)
{
    if (failure_is(f, SCRIPT_LIVE)) {
        return x->live.refused;
    }
    return failure_is(f, SCRIPT_STATEMENT) && f->sent ? f->script->items.items[f->item].text : SLICE("");
}

/* What the journal and the schema tell after the rollback. False: it cannot be found out. */
static bool read_effect(struct execution *x, const struct failure *f, size_t *done, bool *begun)
{
    struct err ignored;
    const struct half_step *half = &x->member->state.half;
    if (member_read(x->opts->fleet, x->member, &ignored) != 0 || !half->present ||
        recover_refused(x->member, refused_statement(x, f), &ignored) != 0 || !half->known) {
        return false;
    }
    *done = (size_t)half->done;
    *begun = half->begun;
    if (half->begun && half->why) {
        err_hint(f->err, "The server refused the statement after it had done a part of it: %s.", half->why);
    }
    return true;
}

/* Every statement of a journaled step took effect, and only its record is missing: complete that, so that the
 * step stands, and taking it back is an ordinary compensation. */
static int record_complete(struct execution *x, const struct failure *f, unsigned step)
{
    const struct script *s = f->script;
    const struct driver *driver = x->member->driver;
    const char **texts = arena_array(x->a, s->items.n + 2, sizeof(*texts));
    size_t n = 0, first = 0;
    for (size_t i = 0; i < s->items.n; i++) {
        enum script_kind kind = s->items.items[i].kind;
        bool work = kind == SCRIPT_STATEMENT || kind == SCRIPT_LIVE || kind == SCRIPT_JOURNAL ||
                    kind == SCRIPT_VERIFY;
        bool passed = kind == SCRIPT_COMMIT && i < f->item;
        first = passed || (work && s->items.items[i].step == step) ? i + 1 : first;
    }
    /* What is open where DDL commits by itself are the step's data statements: beginning would commit them.
     */
    if (!(driver->caps & DRIVER_IMPLICIT_COMMIT) || driver->txn(x->member->conn) == TXN_IDLE) {
        texts[n++] = driver->begin;
    }
    for (size_t i = first; i < s->items.n; i++) {
        const struct script_item *item = &s->items.items[i];
        if (item->step == step && (item->kind == SCRIPT_VERSION || item->kind == SCRIPT_HISTORY)) {
            texts[n++] = slice_dup(x->a, item->text);
        }
    }
    texts[n++] = driver->commit;
    struct err err;
    return exec_all(x, texts, n, &err);
}

static void settle_journal(struct execution *x, const struct failure *f, unsigned index)
{
    const struct plan_step *step = &f->track->steps.items[index];
    size_t done = statements_in_effect(x, f, index);
    if (step->live && x->live.unknown) {
        return; /* as below */
    }
    bool begun = done == 0 && step_goes_on(&x->work->opts, index);
    if (done == SIZE_MAX && !read_effect(x, f, &done, &begun)) {
        return; /* the row stays "running": what took effect is not known, and is reported so */
    }
    /* An interrupt may arrive after the last statement, or too late for a statement that ends well all the
     * same. */
    bool interrupted = f->err->status == ERR_INTERRUPTED, whole = done == step->statements.n;
    whole = whole && (!step->live || x->live.complete);
    bool stands = failure_is(f, SCRIPT_VERIFY) ? step->reversible
                                               : interrupted && (step->reversible || step->verify.n == 0);
    if (whole && stands && record_complete(x, f, index) == 0) {
        x->completed = index + 1;
        return;
    }
    struct history_stamp by = {.run = x->run};
    const char *texts[] = {history_stop(&x->member->book, x->a, &by, step, done, begun),
                           x->member->driver->commit};
    struct err err;
    exec_all(x, texts, x->member->driver->caps & DRIVER_IMPLICIT_COMMIT ? 2 : 1, &err);
}

/* A verification said no, or failed by itself, after every statement of the step has run. Where data
 * statements wait for the step's commit and it can be taken back, they are kept: taking back then begins with
 * a whole step. With nothing but data statements the rollback is enough. */
static bool keeps_whole_step(struct execution *x, const struct failure *f, unsigned step)
{
    return step != UINT_MAX && failure_is(f, SCRIPT_VERIFY) && f->track->steps.items[step].reversible &&
           f->err->status == ERR_FAILED && !f->err->retryable && statements_in_effect(x, f, step) > 0;
}

/* One of our own statements failed: what the revision has set for the session (a search path, a role) may be
 * why, and would bend what is read and written next as well. */
static bool session_may_be_bent(const struct failure *f)
{
    return f->sent && f->err->status != ERR_INTERRUPTED &&
           (failure_is(f, SCRIPT_JOURNAL) || failure_is(f, SCRIPT_VERSION) || failure_is(f, SCRIPT_HISTORY));
}

/* So that nobody decides later that the transaction was rolled back. */
static void note_kept(struct execution *x)
{
    const struct driver *driver = x->member->driver;
    struct history_stamp by = {.run = x->run};
    const char *texts[] = {history_in_flight(&x->member->book, x->a, &by, journal_entry_kept(driver, x->a)),
                           driver->commit};
    struct err ignored;
    exec_all(x, texts, driver->caps & DRIVER_IMPLICIT_COMMIT ? 2 : 1, &ignored);
}

int settle_failure(struct execution *x, const struct failure *f)
{
    int status = f->err->status;
    const struct driver *driver = x->member->driver;
    run_watch_phase(x->watch, PHASE_SETTLE);
    if (f->err->connection_lost) {
        return settle_lost_connection(x, f);
    }
    driver->cancel_reset(x->member->conn);
    bool implicit = driver->caps & DRIVER_IMPLICIT_COMMIT;
    unsigned step = journaled_step_at(x, f);
    if (keeps_whole_step(x, f, step) && record_complete(x, f, step) == 0) {
        x->completed = step + 1;
        return status;
    }
    bool doubt = f->doubt;
    if (!doubt && (implicit || driver->txn(x->member->conn) != TXN_IDLE)) {
        struct err err = {0};
        if (roll_back(x, &doubt, &err) != 0 && driver->txn(x->member->conn) != TXN_IDLE) {
            f->err->connection_lost = true; /* a session that cannot roll back is worth nothing */
            return settle_lost_connection(x, f);
        }
    }
    struct err again = {0};
    if (session_may_be_bent(f) && settle_reconnect(x, &again) != 0) {
        hint_unreachable(f->err, &again);
        member_disconnect(x->member);
        return status;
    }
    if (doubt) {
        /* The row stays "running": how much of the step took effect is for a person to find out. */
        note_kept(x);
        err_hint(
            f->err,
            "It changed a table that has no transactions (MyISAM, Aria, ...), which cannot be rolled back.");
        return status;
    }
    if (step != UINT_MAX) {
        settle_journal(x, f, step);
    }
    return status;
}

static void note_failure(struct execution *x)
{
    struct target_result *r = x->result;
    r->outcome = TARGET_FAILED;
    r->steps_done = x->base + x->completed;
}

void settle_read_back(struct execution *x)
{
    struct target_result *r = x->result;
    struct err err;
    r->at_known = x->member->conn && member_read(x->opts->fleet, x->member, &err) == 0;
    if (r->at_known) {
        r->at = x->member->state.at.ids;
        r->half = x->member->state.half;
    }
}

void take_back(struct execution *x, const struct plan_track *track, size_t completed, int64_t begun)
{
    struct target_result *r = x->result;
    for (size_t i = completed; i > 0; i--) {
        const struct plan_step *s = &track->steps.items[i - 1];
        if (!s->reversible) {
            err_set(&r->compensation, ERR_FAILED, "revision %s cannot be taken back: it has no %s section",
                    s->revision, s->downgrade ? "upgrade" : "downgrade");
            settle_read_back(x);
            return;
        }
    }
    struct plan_track back;
    track_reverse(x->a, track, completed, &back);
    back.from = track_position(x->a, track, completed);
    if (completed > 0) {
        back.steps.items[0].resume_from = begun;
    }
    run_watch_phase(x->watch, PHASE_TAKE_BACK);
    int rc = execute_track(x, &back, true, &r->compensation);
    run_watch_phase(x->watch, PHASE_SETTLE);
    size_t taken = rc ? x->completed : completed;
    for (size_t i = 0; i < taken; i++) {
        struct audit_event *e = execution_event_add(x, EVENT_COMPENSATED);
        e->revision = back.steps.items[i].revision;
        e->direction = back.steps.items[i].downgrade ? "downgrade" : "upgrade";
        e->outcome = "ok";
    }
    r->taken_back = taken;
    r->steps_done = completed - taken;
    settle_read_back(x);
}

void execute_and_settle(struct execution *x, const struct plan_track *track)
{
    struct target_result *r = x->result;
    if (track->steps.n == 0) {
        r->outcome = x->base ? TARGET_DONE : TARGET_UNCHANGED;
        r->steps_done = x->base;
        r->at = x->member->state.at.ids;
        r->at_known = true;
        return;
    }
    int rc = execute_track(x, track, false, &r->err);
    if (rc || !x->held) {
        settle_result(x, track, rc);
    }
}

void settle_result(struct execution *x, const struct plan_track *track, int status)
{
    struct target_result *r = x->result;
    if (status == 0) {
        r->outcome = TARGET_DONE;
        r->steps_done = x->base + track->steps.n;
        r->at = track->to;
        r->at_known = true;
        return;
    }
    note_failure(x);
    settle_read_back(x);
    bool can = r->at_known && !r->half.present;
    if (x->base + x->completed > 0 && can && !x->lost) {
        execution_tell(x, (struct run_event){.kind = RUN_TAKING_BACK});
        take_back(x, x->track, x->base + x->completed, 0);
    }
}
