/* Running scripts on one target. Failures are settled in settle.c. */
#include "engine/run/execute.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/lock/lock_retry.h"
#include "engine/lock/lock_watch.h"
#include "engine/reach.h"
#include "engine/run/hold.h"
#include "engine/run/leftovers.h"
#include "engine/run/live.h"
#include "engine/run/resume.h"
#include "engine/store/audit_writer.h"
#include <limits.h>
#include <poll.h>

struct audit_event execution_event(const struct execution *x, enum event_kind kind)
{
    return (struct audit_event){.at_us = time_now_us(),
                                .kind = kind,
                                .run = x->run,
                                .actor = x->actor,
                                .host = x->host,
                                .environment = x->plan ? x->plan->environment : NULL,
                                .target = x->member->target->name,
                                .plan = x->plan ? x->plan->digest : NULL,
                                .rows = -1};
}

struct audit_event *execution_event_add(struct execution *x, enum event_kind kind)
{
    struct audit_event *e = vec_push(&x->queue->arena, &x->queue->items);
    *e = execution_event(x, kind);
    return e;
}

int event_queue_flush(struct event_queue *q, struct store *store, struct err *err)
{
    if (q->items.n == 0 && !q->update) {
        return 0;
    }
    struct audit_request request = {.events = q->items.items,
                                    .n = q->items.n,
                                    .run = q->run,
                                    .guard = q->guard,
                                    .targets = q->update,
                                    .ntargets = q->update != NULL};
    int rc = audit_write(store, &request, q->head, err);
    if (rc) {
        return err_wrap(err, "writing the audit log");
    }
    q->seq = q->items.n > 0 ? q->items.items[q->items.n - 1].seq : q->seq;
    event_queue_empty(q);
    return 0;
}

void event_queue_empty(struct event_queue *q)
{
    arena_release(&q->arena);
    q->items.n = q->items.cap = 0;
    q->items.items = NULL;
    q->update = NULL;
}

static int flush(struct execution *x, struct err *err)
{
    int rc = event_queue_flush(x->queue, x->opts->store, err);
    x->lost = x->lost || rc == ERR_REFUSED;
    return rc;
}

/* Of the statement, past the comments before it. */
static char *first_line(struct arena *a, struct slice text)
{
    text = slice_trim(text);
    while (text.len > 2 && text.ptr[0] == '-' && text.ptr[1] == '-' && memchr(text.ptr, '\n', text.len)) {
        const char *eol = memchr(text.ptr, '\n', text.len);
        text = slice_trim((struct slice){eol + 1, text.len - (size_t)(eol + 1 - text.ptr)});
    }
    const char *eol = memchr(text.ptr, '\n', text.len);
    size_t n = eol ? (size_t)(eol - text.ptr) : text.len;
    while (n > 200 || (n > 0 && n < text.len && ((unsigned char)text.ptr[n] & 0xC0) == 0x80)) {
        n--;
    }
    return slice_dup(a, slice_trim((struct slice){text.ptr, n}));
}

void execution_note_statement(struct execution *x, const struct plan_step *step, size_t index,
                              struct slice text, const struct outcome *o, const char *detail,
                              const struct err *failure)
{
    char digest[DIGEST_HEX + 1];
    sha256_hex(text.ptr, text.len, digest);
    struct audit_event *e = execution_event_add(x, EVENT_STATEMENT);
    e->revision = step->revision;
    e->direction = step->downgrade ? "downgrade" : "upgrade";
    e->statement = (int64_t)index + 1;
    e->statement_digest = arena_dup(&x->queue->arena, digest);
    e->sql = first_line(&x->queue->arena, text);
    e->duration_us = o->duration_us;
    e->rows = failure ? -1 : o->affected;
    e->outcome = failure ? (failure->status == ERR_INTERRUPTED ? "interrupted" : "failed") : "ok";
    e->detail = failure ? arena_dup(&x->queue->arena, failure->message) : detail;
}

static void note_statement(struct execution *x, const struct plan_track *track,
                           const struct script_item *item, const struct outcome *o, bool verify,
                           const struct err *failure)
{
    execution_note_statement(x, &track->steps.items[item->step], item->statement, item->text, o,
                             verify ? "verify" : NULL, failure);
}

void execution_tell(struct execution *x, struct run_event more)
{
    if (!x->opts->on_event) {
        return;
    }
    more.run = x->run;
    more.index = x->index;
    more.count = x->count;
    more.target = x->member->target->name;
    more.revision = x->at_revision;
    more.statements_done = x->statements_done;
    more.statements = x->statements;
    x->opts->on_event(x->opts->arg, &more);
}

static void progress(struct execution *x, enum run_event_kind kind)
{
    execution_tell(x, (struct run_event){.kind = kind});
}

void execution_progress(struct execution *x)
{
    progress(x, RUN_PROGRESS);
}

/* PostgreSQL says f, the others 0; NULL is not true either. */
static bool is_false(struct slice cell)
{
    return !cell.ptr || slice_eq(cell, "f") || slice_eq(cell, "false") || slice_eq(cell, "0");
}

static int check_verify(const struct plan_step *step, const struct script_item *item, const struct outcome *o,
                        struct err *err)
{
    for (size_t r = 0; r < o->rows.nrows; r++) {
        if (o->rows.ncols > 0 && is_false(rowset_cell(&o->rows, r, 0))) {
            err_set(err, ERR_FAILED,
                    "verify of revision %s failed: statement %u gave a row whose first column is not true",
                    step->revision, item->statement + 1);
            return err_place(err, step->source, step->verify.items[item->statement].line, 0), ERR_FAILED;
        }
    }
    return 0;
}

static int check_version(const struct execution *x, const struct outcome *o, struct err *err)
{
    if (o->affected == 1) {
        return 0;
    }
    err_set(err, ERR_FAILED,
            "%s changed while this run was at work: %lld rows matched where one was expected",
            x->member->book.version_table, (long long)o->affected);
    return err_hint(err, "Somebody else wrote to the version table; look at it before trying again.");
}

/* Outside of transactions a revision may have turned the session to other tables than ours. */
static int check_journal(const struct execution *x, const struct outcome *o, struct err *err)
{
    if (o->affected == 1) {
        return 0;
    }
    err_set(err, ERR_FAILED, "the row of this run in %s is not to be found any more",
            x->member->book.history_table);
    return err_hint(err, "A statement of the revision has changed the session (its search path, role or "
                         "database), or somebody else has changed the table.");
}

/* Put the file and line of the revision into a server's error. */
static void place_error(const struct plan_track *track, const struct script_item *item, struct err *err)
{
    if (item->step == UINT_MAX) {
        err_wrap(err, item->kind == SCRIPT_COMMIT  ? "commit"
                      : item->kind == SCRIPT_BEGIN ? "beginning"
                                                   : "bookkeeping");
        return;
    }
    const struct plan_step *step = &track->steps.items[item->step];
    const char *what = step->downgrade ? "downgrade" : "upgrade";
    if (item->kind != SCRIPT_STATEMENT && item->kind != SCRIPT_VERIFY) {
        err_place(err, "", 0, 0);
        err_wrap(err, "%s of %s, bookkeeping", what, step->revision);
        return;
    }
    bool verify = item->kind == SCRIPT_VERIFY;
    const plan_statements_t *list = verify ? &step->verify : &step->statements;
    int line = list->items[item->statement].line;
    /* The server counts lines from the statement's text, whose first token stands at `line`. */
    int leading = 0;
    struct slice text = item->text;
    const char *p = text.ptr;
    while (p < text.ptr + text.len && (*p == '\n' || *p == ' ' || *p == '\t' || *p == '\r' ||
                                       (*p == '-' && p + 1 < text.ptr + text.len && p[1] == '-'))) {
        if (*p == '-') {
            const char *eol = memchr(p, '\n', (size_t)(text.ptr + text.len - p));
            p = eol ? eol : text.ptr + text.len;
            continue;
        }
        leading += *p == '\n';
        p++;
    }
    if (line > 0 && err->line > leading) {
        line += err->line - 1 - leading;
    }
    if (err->status != ERR_INTERRUPTED) {
        err_place(err, step->source, line, err->line > 0 ? err->column : 0);
    }
    err_wrap(err, "%s of %s, %s %u of %zu", what, step->revision, verify ? "verify statement" : "statement",
             item->statement + 1, list->n);
}

/* The revision that the first of these items is about is at work now: people shall see it while it runs. */
static void at_work(struct execution *x, const struct plan_track *track, const struct script_item *items,
                    size_t n)
{
    size_t i = 0;
    while (i < n && items[i].step == UINT_MAX) {
        i++;
    }
    if (i < n) {
        x->at_revision = track->steps.items[items[i].step].revision;
    }
}

/* What the driver's progress needs to know while a batch is under way. */
struct batch_watch {
    struct execution *x;
    const struct plan_track *track;
    const struct script_item *items;
    size_t before; /* statements done before this batch */
    size_t seen;   /* items of the batch that were counted */
    size_t n;      /* items from its first on, to the end of the script */
};

static void on_batch_progress(void *arg, size_t done)
{
    struct batch_watch *w = arg;
    struct execution *x = w->x;
    for (; w->seen < done; w->seen++) {
        x->statements_done += w->items[w->seen].kind == SCRIPT_STATEMENT;
    }
    at_work(x, w->track, w->items + done, w->n - done);
    progress(x, RUN_PROGRESS);
}

#ifdef LOCKSTEP_FAILPOINTS
static const char *point_name(const struct execution *x, const struct script_item *item, char *name, size_t n)
{
    static const char *const names[] = {
        [SCRIPT_COMMENT] = "comment", [SCRIPT_BEGIN] = "begin",     [SCRIPT_COMMIT] = "commit",
        [SCRIPT_SETUP] = "setup",     [SCRIPT_LIVE] = "live",       [SCRIPT_STATEMENT] = "statement",
        [SCRIPT_VERIFY] = "verify",   [SCRIPT_VERSION] = "version", [SCRIPT_HISTORY] = "history",
        [SCRIPT_JOURNAL] = "journal"};
    _Static_assert(COUNT_OF(names) == SCRIPT_KIND_COUNT, "one name each");
    snprintf(name, n, "%s%s", x->taking_back ? "undo-" : "", names[item->kind]);
    return name;
}

/* One by one, with a point before and after each. */
static int send_with_points(struct execution *x, const struct script_item *items, struct arena *scratch,
                            const struct statement *statements, size_t n, struct outcome *outcomes,
                            size_t *done, struct err *err)
{
    int rc = 0;
    *done = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        char name[40];
        size_t one = 0;
        point_name(x, &items[i], name, sizeof(name));
        FAILPOINT_AT("before", name);
        rc = x->member->driver->batch(x->member->conn, scratch, &statements[i], 1, &outcomes[i], &one, err);
        FAILPOINT_AT("after", name);
        *done += one;
    }
    return rc;
}
#endif

static int send(struct execution *x, UNUSED const struct script_item *items, struct arena *scratch,
                const struct statement *statements, size_t n, struct outcome *outcomes, size_t *done,
                struct err *err)
{
#ifdef LOCKSTEP_FAILPOINTS
    if (failpoint_wanted()) {
        return send_with_points(x, items, scratch, statements, n, outcomes, done, err);
    }
#endif
    return x->member->driver->batch(x->member->conn, scratch, statements, n, outcomes, done, err);
}

/* One batch of items [from, to). *stopped receives the index of the item that failed. */
static int run_segment(struct execution *x, const struct plan_track *track, const struct script *script,
                       size_t from, size_t to, size_t *stopped, struct err *err)
{
    size_t n = to - from;
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct statement *statements = arena_array(&scratch, n, sizeof(*statements));
    struct outcome *outcomes = arena_array(&scratch, n, sizeof(*outcomes));
    for (size_t i = 0; i < n; i++) {
        const struct script_item *item = &script->items.items[from + i];
        statements[i].text =
            item->kind == SCRIPT_HISTORY ? history_seal(&scratch, item->text, x->queue->head) : item->text;
        statements[i].copy = item->copy;
        statements[i].flags = item->kind == SCRIPT_VERIFY ? STATEMENT_ROWS : 0;
    }
    size_t done = 0;
    struct batch_watch watch = {
        x, track, script->items.items + from, x->statements_done, 0, script->items.n - from};
    const char *before = x->at_revision;
    at_work(x, track, watch.items, script->items.n - from);
    if (x->at_revision != before) {
        progress(x, RUN_PROGRESS);
    }
    conn_on_progress(x->member->conn, x->opts->on_event ? on_batch_progress : NULL, &watch);
    int rc = send(x, watch.items, &scratch, statements, n, outcomes, &done, err);
    conn_on_progress(x->member->conn, NULL, NULL);
    x->statements_done = watch.before;
    for (size_t i = 0; i < n; i++) {
        const struct script_item *item = &script->items.items[from + i];
        bool statement = item->kind == SCRIPT_STATEMENT, verify = item->kind == SCRIPT_VERIFY;
        if (rc && i == done) {
            *stopped = from + i;
            if (statement || verify) {
                note_statement(x, track, item, &outcomes[i], verify, err);
            }
            place_error(track, item, err);
            return rc;
        }
        if (i >= done) {
            break;
        }
        if (statement || verify) {
            note_statement(x, track, item, &outcomes[i], verify, NULL);
            x->at_revision = track->steps.items[item->step].revision;
            x->statements_done += statement;
        }
        int bad = verify ? check_verify(&track->steps.items[item->step], item, &outcomes[i], err)
                  : item->kind == SCRIPT_VERSION ? check_version(x, &outcomes[i], err)
                  : item->kind == SCRIPT_JOURNAL ? check_journal(x, &outcomes[i], err)
                                                 : 0;
        if (bad) {
            /* Outside of a transaction the items after this one have taken effect too. */
            bool loose = x->member->driver->caps & DRIVER_IMPLICIT_COMMIT || item->kind == SCRIPT_JOURNAL;
            *stopped = loose && !verify ? to : from + i;
            return bad;
        }
    }
    if (rc) { /* not the fault of one statement */
        *stopped = from + done < to ? from + done : to - 1;
        return rc;
    }
    progress(x, RUN_PROGRESS);
    return 0;
}

static bool is_commit(const struct execution *x, const struct script_item *item)
{
    const char *commit = x->work->opts.commit ? x->work->opts.commit : x->member->driver->commit;
    return item->kind == SCRIPT_COMMIT && slice_eq(item->text, commit);
}

/* How many steps a COMMIT at index i completes: all before the step of the next item that belongs to one. */
static size_t steps_committed_at(const struct plan_track *track, const struct script *script, size_t i)
{
    for (size_t k = i + 1; k < script->items.n; k++) {
        if (script->items.items[k].step != UINT_MAX) {
            return script->items.items[k].step;
        }
    }
    return track->steps.n;
}

/*
 * Mark where batches begin. Before a commit that makes something durable, the answers so far are looked at
 * and the audit log is written, so its head can ride in the history row that is committed; where DDL commits
 * by itself only the last commit of the script waits for that. A journaled step's verify is looked at before
 * its version is set.
 */
static bool *batch_starts(struct execution *x, const struct plan_track *track, const struct script *script,
                          bool **anchors)
{
    size_t n = script->items.n;
    bool *starts = arena_array(x->a, n + 1, sizeof(bool)), *anchor = arena_array(x->a, n + 1, sizeof(bool));
    bool implicit = x->member->driver->caps & DRIVER_IMPLICIT_COMMIT, last_seen = false;
    for (size_t i = n; i > 0; i--) {
        const struct script_item *item = &script->items.items[i - 1];
        bool journaled_verify = item->kind == SCRIPT_VERIFY &&
                                step_is_journaled(x->member->driver, &track->steps.items[item->step]);
        if (item->kind == SCRIPT_LIVE || leftovers_possible(x, item)) {
            starts[i - 1] = starts[i] = true;
        }
        if (journaled_verify && i < n && script->items.items[i].kind != SCRIPT_VERIFY) {
            starts[i] = true;
        }
        if (is_commit(x, item) && x->member->lease) {
            starts[i - 1] = starts[i] = true; /* the lease is looked at right before */
        }
        if (!is_commit(x, item) || (implicit && last_seen)) {
            continue;
        }
        if (!implicit && i > 1 && script->items.items[i - 2].kind == SCRIPT_JOURNAL) {
            starts[i] = true; /* of one statement outside of transactions: its step waits for the log */
            continue;
        }
        last_seen = true;
        size_t tail = i - 1;
        for (size_t k = i - 1; k > 0; k--) {
            enum script_kind kind = script->items.items[k - 1].kind;
            if (kind == SCRIPT_HISTORY) {
                tail = k - 1;
                break;
            }
            if (kind != SCRIPT_VERSION) {
                break;
            }
        }
        starts[tail] = anchor[tail] = true;
        starts[i] = starts[i] ||
                    !implicit; /* with DDL that commits, only the session's setting is still to be put back */
    }
    *anchors = anchor;
    return starts;
}

static void note_steps(struct execution *x, const struct plan_track *track, size_t end)
{
    for (; x->noted < end; x->noted++) {
        const struct plan_step *s = &track->steps.items[x->noted];
        struct audit_event *e = execution_event_add(x, EVENT_STEP);
        e->revision = s->revision;
        e->direction = s->downgrade ? "downgrade" : "upgrade";
        e->outcome = "ok";
    }
}

static int anchor_audit(struct execution *x, const struct plan_track *track, const struct script *script,
                        size_t from, size_t to, struct err *err)
{
    size_t first = x->completed, last = first;
    for (size_t i = from; i < to; i++) {
        if (is_commit(x, &script->items.items[i])) {
            last = steps_committed_at(track, script, i);
        }
    }
    note_steps(x, track, last);
    struct audit_event *e = execution_event_add(x, EVENT_COMMITTING);
    e->detail =
        last > first ? arena_printf(&x->queue->arena, "%zu of %zu steps", last, track->steps.n) : NULL;
    return flush(x, err);
}

bool execution_interrupted(const struct execution *x, bool taking_back)
{
    return run_control_interrupts(x->opts->control) > (taking_back ? 1 : 0);
}

/* For what is said about it. */
static void note_kind(struct execution *x, const struct failure *f, bool taking_back)
{
    struct target_result *r = x->result;
    r->verify_failed = !taking_back && failure_is(f, SCRIPT_VERIFY);
    r->may_be_partial = failure_is(f, SCRIPT_LIVE) && f->sent && x->live.durable == SIZE_MAX;
    if (failure_is(f, SCRIPT_STATEMENT) && f->sent) {
        const struct script_item *item = &f->script->items.items[f->item];
        const struct plan_step *s = &f->track->steps.items[item->step];
        r->may_be_partial =
            step_is_journaled(x->member->driver, s) &&
            !statement_is_transactional(x->member->driver, &s->statements.items[item->statement]);
    }
}

/* The batch of items [from, to). *stopped receives the index of the item that failed; *sent, whether it was
 * tried. */
static int run_batch(struct execution *x, struct track_work *w, size_t to, struct leftovers_seen *seen,
                     size_t *stopped, bool *sent, struct err *err)
{
    size_t from = w->from;
    /* What is held has been decided about. */
    bool interrupted = !x->held && execution_interrupted(x, w->taking_back);
    int rc = interrupted ? err_set(err, ERR_INTERRUPTED, "interrupted") : 0;
    bool fenced = !rc;
    rc = rc ? rc : member_fence(x->member, is_commit(x, &w->script.items.items[from]), err);
    bool busy =
        fenced && rc && err->retryable; /* a deadlock about the lease: as if the statement had met it */
    if (!rc && w->anchors[from]) {
        rc = anchor_audit(x, w->track, &w->script, from, to, err);
    }
    *sent = !rc || busy;
    *stopped = from;
    rc = rc ? rc : leftovers_before(x, w->track, &w->script, from, seen, err);
    lock_watch_begin(x->lock_watch);
    if (!rc && w->script.items.items[from].kind == SCRIPT_LIVE) {
        rc = live_run(x, &w->own, &w->script, from, &w->opts.by, w->taking_back, err);
    } else if (!rc) {
        rc = run_segment(x, w->track, &w->script, from, to, stopped, err);
    }
    lock_watch_end(x->lock_watch);
    return rc ? rc : leftovers_after(x, &w->script, from, seen, err);
}

int execution_go_on(struct execution *x, struct err *err)
{
    struct track_work *w = x->work;
    const struct script *script = &w->script;
    struct lock_retries retries = {0};
    struct leftovers_seen seen = {0};
    for (size_t to; w->from < script->items.n; w->from = to) {
        if (x->hold == PLAN_HOLD_OPEN && !w->taking_back && !x->held && w->anchors[w->from]) {
            x->held = true;
            return 0;
        }
        for (to = w->from + 1; to < script->items.n && !w->starts[to]; to++) {
        }
        size_t stopped;
        bool sent;
        int rc = run_batch(x, w, to, &seen, &stopped, &sent, err);
        size_t end = rc ? stopped : to;
        for (size_t i = w->from; i < end; i++) {
            if (is_commit(x, &script->items.items[i])) {
                x->completed = steps_committed_at(w->track, script, i);
            }
        }
        if (rc && x->completed == w->track->steps.n) {
            *err = (struct err){0}; /* all is committed: only the session was still to be put in order */
            break;
        }
        if (rc) {
            struct failure f = {
                .track = w->track, .script = script, .item = stopped, .sent = sent, .err = err};
            if (lock_retry(x, &f, &retries, w->taking_back, &to)) {
                continue;
            }
            note_kind(x, &f, w->taking_back);
            rc = settle_failure(x, &f);
            leftovers_after_failure(x, &f, &seen, rc == ERR_INTERRUPTED);
            note_steps(x, w->track, x->completed);
            return rc;
        }
    }
    x->completed = w->track->steps.n;
    x->member->state.half = (struct half_step){0};
    x->member->state.has_in_flight =
        x->member->state.has_in_flight || w->opts.add_in_flight || !w->track->has_history_table;
    x->held = x->held || (x->hold == PLAN_HOLD_PREPARED && !w->taking_back);
    return 0;
}

/* Execute a track from where the target is. x->completed counts its committed steps, whatever happens. */
int execute_track(struct execution *x, const struct plan_track *track, bool taking_back, struct err *err)
{
    struct track_work *w = arena_alloc(x->a, sizeof(*w));
    *w = (struct track_work){.copy = *track, .taking_back = taking_back};
    w->opts = (struct script_opts){
        .by = {.run = x->run,
               .plan = x->plan->digest,
               .actor = arena_printf(x->a, "%s@%s", x->actor, x->host),
               .audit_head = AUDIT_HEAD_MARK},
        .transaction = x->plan->transaction,
        .entries = true,
        .settles = x->member->state.half.present,
        .add_in_flight = track->has_history_table && !x->member->state.has_in_flight,
    };
    if (!taking_back) {
        hold_prepare_script(x, &w->opts);
    }
    x->lock_watch = x->lock_watch ? x->lock_watch : lock_watch_new(x->member);
    x->taking_back = taking_back;
    x->work = w;
    w->track = live_track(x->a, &w->copy, &w->own);
    script_build(x->a, &x->member->book, w->track, &w->opts, &w->script);
    w->starts = batch_starts(x, w->track, &w->script, &w->anchors);
    x->completed = x->noted = 0;
    return execution_go_on(x, err);
}

/* The journal under the lock must be the one the plan was made for. What a dead run left open is decided as
 * when planning, and written down. */
static int check_half(struct execution *x, const struct plan_track *track, struct err *err)
{
    static const struct plan_step none;
    const struct plan_step *first = track->steps.n ? &track->steps.items[0] : &none;
    struct half_step *half = &x->member->state.half;
    int rc = recover_decide(x->member, &first->statements, NULL, err);
    if (rc) {
        return rc;
    }
    bool same = half->present ? half->known && half->done == first->resume_from : first->resume_from == 0;
    if (same && half->present) {
        bool down = strcmp(half->direction, "downgrade") == 0;
        bool step =
            first->revision && strcmp(half->revision, first->revision) == 0 && first->downgrade == down;
        same = !half_step_inside(half) || (step && half_step_matches(x->a, half, &first->statements));
    }
    if (!same) {
        err_set(err, ERR_REFUSED, "the target's journal has changed since the plan was made");
        return err_hint(err, "Make a new plan.");
    }
    return recover_record(x->opts->fleet, x->member, &first->statements, err);
}

/* The state under the lock must be the one the plan was made for. */
static int check_position(struct execution *x, struct err *err)
{
    const struct target_state *state = &x->member->state;
    const struct plan_track *track = x->track;
    int rc = prepared_check_none(x->member, err);
    rc = rc ? rc : recover_wait(x->member, NULL, err);
    if (rc) {
        return rc;
    }
    if (!position_same(&state->at.ids, &track->from)) {
        struct applied_revision last = {0};
        struct err ignored;
        int known = history_last(&x->member->book, x->member->conn, x->a, &last, &ignored) == 0 && last.run;
        err_set(err, ERR_REFUSED,
                "the target has moved since the plan was made: it was at %s and is at %s%s%s%s%s",
                position_text(x->a, &track->from), position_text(x->a, &state->at.ids),
                known ? ", by run " : "", known ? last.run : "", known && last.actor ? " of " : "",
                known && last.actor ? last.actor : "");
        return err_hint(err, "Make a new plan.");
    }
    return check_half(x, track, err);
}

/* For a display: it is not the statement that is slow. */
static void tell_waiting(void *arg, const char *why, int64_t attempt, int64_t next_ms)
{
    execution_tell(arg, (struct run_event){
                            .kind = RUN_LOCK_WAIT, .detail = why, .attempt = attempt, .next_ms = next_ms});
}

static int connect_and_lock(struct execution *x, struct err *err)
{
    const struct waiting waiting = {tell_waiting, x};
    x->member->waiting = &waiting;
    int rc = member_connect(x->opts->fleet, x->member, true, err);
    if (rc == 0) {
        run_watch_conn(x->watch, x->member->conn);
        rc = x->resume ? recover_lock(x->a, x->member, x->resume, err) : member_lock(x->member, x->a, err);
        lock_note(x);
    }
    x->member->waiting = NULL;
    return rc;
}

/* Connected and locked, with no look at where the target stands. */
static int reach(struct execution *x, struct err *err)
{
    struct member *m = x->member;
    bool used_before = m->conn != NULL;
    struct err failure = {0};
    int rc = connect_and_lock(x, &failure);
    if (rc && used_before && failure.connection_lost) {
        /* Servers end sessions that are idle for long, such as while a question waits for its answer. */
        run_watch_conn(x->watch, NULL);
        member_disconnect(m);
        rc = connect_and_lock(x, &failure);
    }
    if (rc) {
        *err = failure;
        return rc;
    }
    return 0;
}

static int prepare(struct execution *x, struct err *err)
{
    struct member *m = x->member;
    int rc = reach(x, err);
    if (rc) {
        return rc;
    }
    if (m->state_locked) { /* it cannot have changed since */
        m->state_locked = false;
        m->state_read = true;
    } else {
        rc = member_read(x->opts->fleet, m, err);
    }
    rc = rc ? rc : check_position(x, err);
    return rc ? rc : live_check(x, x->track, err);
}

/* Execute the whole track, from the position that it was planned for. */
static int execute_planned(struct execution *x, struct err *err)
{
    int rc = prepare(x, err);
    if (rc) {
        return rc;
    }
    x->result->begun = x->track->steps.n > 0;
    struct plan_track track = *x->track;
    track.has_version_table = x->member->state.has_version_table;
    track.has_history_table = x->member->state.has_history_table;
    execute_and_settle(x, &track);
    return 0;
}

static int execute_rest(struct execution *x, struct err *err)
{
    int rc = reach(x, err);
    return rc ? rc : resume_execute(x, err);
}

void execution_finish(struct execution *x)
{
    const struct target_result *r = x->result;
    struct audit_event *e = execution_event_add(x, EVENT_TARGET_FINISHED);
    e->outcome = target_outcome_name(r->outcome);
    e->duration_us = r->duration_us;
    const char *at = r->at_known ? position_text(&x->queue->arena, &r->at) : "unknown";
    const struct err *why = r->compensation.status ? &r->compensation : &r->err;
    e->detail = why->status ? arena_printf(&x->queue->arena, "at %s; %s", at, why->message)
                            : arena_printf(&x->queue->arena, "at %s", at);
}

void execution_release(struct execution *x)
{
    run_watch_conn(x->watch, NULL);
    lock_watch_free(x->lock_watch);
    x->lock_watch = NULL;
    member_disconnect(x->member); /* drops lock and transaction with it */
    lock_note(x);
    x->member->state_read = false;
}

int execute_target(struct execution *x, struct err *err)
{
    struct target_result *r = x->result;
    int64_t began = time_monotonic_us();
    r->steps = x->track->steps.n;
    r->from = x->track->from;
    for (size_t i = 0; i < x->track->steps.n; i++) {
        x->statements += x->track->steps.items[i].statements.n;
    }
    progress(x, RUN_TARGET_STARTED);
    struct audit_event *e = execution_event_add(x, EVENT_TARGET_STARTED);
    e->detail = arena_printf(&x->queue->arena, "%s -> %s", position_text(&x->queue->arena, &x->track->from),
                             position_text(&x->queue->arena, &x->track->to));
    int rc = flush(x, err);
    if (rc) {
        return rc;
    }
    run_watch_phase(x->watch, PHASE_WORK);
    x->member->state_read = false;
    int rc_target = x->resume ? execute_rest(x, &r->err) : execute_planned(x, &r->err);
    if (rc_target) {
        r->outcome = rc_target == ERR_REFUSED       ? TARGET_REFUSED
                     : rc_target == ERR_UNREACHABLE ? TARGET_UNREACHABLE
                                                    : TARGET_FAILED;
        r->steps_done = x->base;
        r->at = x->member->state.at.ids;
        r->at_known = x->member->state_read;
        r->half = x->member->state_read ? x->member->state.half : (struct half_step){0};
        r->begun = r->begun || (x->resume && !r->at_known); /* by an earlier part of the run */
        r->decided = x->decided;
    }
    r->duration_us = time_monotonic_us() - began;
    if (x->held) {
        run_watch_conn(x->watch, NULL);
        lock_watch_free(x->lock_watch);
        x->lock_watch = NULL;
        progress(x, RUN_TARGET_WAITS);
        return 0;
    }
    execution_release(x);
    execution_finish(x);
    return 0;
}

static void take_back_done(struct execution *x)
{
    struct plan_track expected = *x->track;
    expected.from = x->track->to;
    expected.steps = (plan_steps_t){0};
    const struct plan_track *track = x->track;
    x->track = &expected;
    int rc = prepare(x, &x->result->compensation);
    x->track = track;
    x->result->moved = rc == ERR_REFUSED && x->member->locked;
    rc = rc ? rc : resume_check_own(x, track->steps.n, &x->result->compensation);
    if (rc == 0) {
        take_back(x, track, track->steps.n, 0);
    }
}

void execute_take_back(struct execution *x)
{
    struct target_result *r = x->result;
    int64_t began = time_monotonic_us();
    progress(x, RUN_TAKING_BACK);
    run_watch_phase(x->watch, PHASE_TAKE_BACK);
    if (!x->resume) {
        take_back_done(x);
    } else if (reach(x, &r->compensation) == 0) {
        resume_take_back(x);
    }
    r->steps_done = r->compensation.status ? r->steps_done : 0;
    if (!r->compensation.status) {
        r->outcome = TARGET_TAKEN_BACK;
    } else {
        r->outcome = TARGET_FAILED; /* what was asked for, that it goes back, did not happen */
    }
    r->duration_us = time_monotonic_us() - began;
    execution_release(x);
    execution_finish(x);
}
