/* Deciding where a script goes on after a lock was not to be had. See the header. */
#include "engine/lock/lock_retry.h"
#include "engine/lock/lock_watch.h"
#include "engine/run/prepared.h"
#include <limits.h>
#include <poll.h>
#include <sys/random.h>

#define NOWHERE SIZE_MAX
enum { RETRIES = 10, PAUSE_MS = 200, PAUSE_MAX_MS = 10000 };

static enum statement_failure fails(const struct driver *driver, const struct script_item *item)
{
    return driver->fails ? driver->fails(item->text) : FAILS_WHOLE;
}

/* The beginning of the transaction that item `at` is in, or that it ends; NOWHERE: it is in none. */
static size_t transaction_of(const struct driver *driver, const struct script *s, size_t at)
{
    for (size_t i = at + 1; i > 0; i--) {
        const struct script_item *item = &s->items.items[i - 1];
        if (item->kind == SCRIPT_BEGIN && slice_eq(item->text, driver->begin)) {
            return i - 1;
        }
        if (item->kind == SCRIPT_COMMIT && i - 1 < at) {
            return NOWHERE;
        }
    }
    return NOWHERE;
}

static size_t restart_transactional(const struct driver *driver, const struct failure *f)
{
    const struct script_item *item = &f->script->items.items[f->item];
    size_t begin = transaction_of(driver, f->script, f->item);
    if (begin != NOWHERE) {
        return begin;
    }
    bool again = item->kind == SCRIPT_STATEMENT ? fails(driver, item) == FAILS_WHOLE
                                                : item->kind == SCRIPT_JOURNAL || item->kind == SCRIPT_VERIFY;
    return again ? f->item : NOWHERE;
}

/* Sent again, it would go on from what the first attempt has left in the session, or ask about our own. */
static bool bound_to_session(const struct driver *driver, const struct script_item *item)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct trace trace = {.kind = TRACE_ROWS};
    if (!item->copy.ptr) {
        driver->trace(&a, item->text, &trace);
    }
    return trace.assigns || trace.uses_last;
}

/* Where DDL commits: go back over what the rollback has taken away, up to what stands for good. */
static size_t restart_implicit(const struct driver *driver, const struct failure *f)
{
    for (size_t i = f->item + 1; i > 0; i--) {
        const struct script_item *item = &f->script->items.items[i - 1];
        bool own = i - 1 == f->item;
        switch (item->kind) {
        case SCRIPT_COMMIT:
        case SCRIPT_BEGIN:
        case SCRIPT_SETUP:
            if (!own) {
                return i;
            }
            break;
        case SCRIPT_STATEMENT:
            if (bound_to_session(driver, item)) {
                return NOWHERE;
            }
            switch (fails(driver, item)) {
            case FAILS_UNKNOWN:
                return NOWHERE;
            case FAILS_COMMITTING:
                return own ? i - 1 : i;
            case FAILS_WHOLE:
                break;
            }
            break;
        case SCRIPT_LIVE:
            return NOWHERE;
        default:
            break;
        }
    }
    return 0;
}

/* Does the journal say the same as we believe, before anything is sent a second time? */
static bool journal_agrees(struct execution *x, const struct failure *f, size_t from)
{
    const struct script *s = f->script;
    struct err ignored;
    unsigned step = UINT_MAX;
    for (size_t i = from; i < s->items.n && step == UINT_MAX; i++) {
        step = s->items.items[i].step;
    }
    bool begun = false;
    int64_t done = step == UINT_MAX ? 0 : f->track->steps.items[step].resume_from;
    for (size_t i = 0; i < from; i++) {
        const struct script_item *item = &s->items.items[i];
        begun = begun || (item->step == step && item->kind == SCRIPT_HISTORY);
        if (item->step == step && item->kind == SCRIPT_JOURNAL) {
            done = (int64_t)item->statement + 1;
        }
    }
    begun = begun && step != UINT_MAX;
    if (member_read(x->opts->fleet, x->member, &ignored) != 0) {
        return false;
    }
    const struct half_step *half = &x->member->state.half;
    if (!begun) {
        return !half->present;
    }
    return half->present && strcmp(half->revision, f->track->steps.items[step].revision) == 0 && half->run &&
           strcmp(half->run, x->run) == 0 && half->done == done;
}

static size_t restart(struct execution *x, const struct failure *f)
{
    const struct driver *driver = x->member->driver;
    if (!f->sent || !f->err->retryable || f->err->connection_lost || f->item >= f->script->items.n) {
        return NOWHERE;
    }
    return driver->caps & DRIVER_IMPLICIT_COMMIT ? restart_implicit(driver, f)
                                                 : restart_transactional(driver, f);
}

/* With jitter: those who fail together shall not come back together. */
static int pause_ms_of(int64_t attempt)
{
    unsigned char random = 128;
    if (getrandom(&random, 1, GRND_NONBLOCK) != 1) {
        random = (unsigned char)attempt;
    }
    int64_t most = attempt < 7 ? (int64_t)PAUSE_MS << attempt : PAUSE_MAX_MS;
    most = most < PAUSE_MAX_MS ? most : PAUSE_MAX_MS;
    return (int)(most / 2 + most / 2 * random / 255);
}

/* False when interrupted. */
static bool rest(struct execution *x, bool taking_back, int ms)
{
    const struct member *m = x->member;
    const int *fd = m->cancel_fd ? m->cancel_fd : x->opts->fleet->cancel_fd;
    struct pollfd p = {.fd = fd ? *fd : -1, .events = POLLIN};
    poll(&p, 1, ms);
    return !execution_interrupted(x, taking_back);
}

static void note(struct execution *x, const struct failure *f, const char *outcome, const char *detail)
{
    const struct script_item *item = &f->script->items.items[f->item];
    struct audit_event *e = execution_event_add(x, EVENT_LOCK_WAIT);
    if (item->step != UINT_MAX) {
        const struct plan_step *s = &f->track->steps.items[item->step];
        e->revision = s->revision;
        e->direction = s->downgrade ? "downgrade" : "upgrade";
        e->statement = item->kind == SCRIPT_STATEMENT ? (int64_t)item->statement + 1 : 0;
    }
    e->outcome = outcome;
    e->detail = arena_dup(&x->queue->arena, detail);
}

static void give_up(struct execution *x, const struct failure *f, int64_t attempts, const char *blockers)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "gave up after %lld attempt%s%s%s", (long long)attempts + 1, attempts ? "s" : "",
                blockers ? ", " : "", blockers ? blockers : "");
    note(x, f, "failed", strbuf_cstr(&text));
    /* In the message, behind what the server said: it is the part that people need. */
    struct err with = *f->err;
    err_set(&with, f->err->status, "%s (%s)", f->err->message, strbuf_cstr(&text));
    memcpy(f->err->message, with.message, sizeof(with.message));
    prepared_advise(x->member, x->run, f->err);
}

/* Statements that will be sent again are not done yet. */
static void count_again(struct execution *x, const struct failure *f, size_t from)
{
    for (size_t i = from; i < f->item; i++) {
        x->statements_done -= f->script->items.items[i].kind == SCRIPT_STATEMENT && x->statements_done > 0;
    }
    x->noted = x->noted < x->completed ? x->noted : x->completed;
}

bool lock_retry(struct execution *x, struct failure *f, struct lock_retries *t, bool taking_back,
                size_t *from)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    const struct driver *driver = x->member->driver;
    struct err err = {0};
    int64_t set = x->member->environment->settings.lock_retries, most = set >= 0 ? set : RETRIES;
    size_t at = restart(x, f);
    if (!f->err->retryable || f->err->connection_lost || !f->sent) {
        return false;
    }
    t->attempts = at == t->from ? t->attempts : 0;
    t->from = at;
    const char *blockers = lock_watch_blockers(x->lock_watch, &scratch);
    if (at == NOWHERE || t->attempts >= most || execution_interrupted(x, taking_back)) {
        give_up(x, f, t->attempts, blockers);
        return false;
    }
    bool implicit = driver->caps & DRIVER_IMPLICIT_COMMIT;
    if (implicit || driver->txn(x->member->conn) != TXN_IDLE) {
        int rc = roll_back(x, &f->doubt, &err);
        if (rc || f->doubt || driver->txn(x->member->conn) != TXN_IDLE) {
            return false;
        }
    }
    if (implicit && !journal_agrees(x, f, at)) {
        return false;
    }
    int pause_ms = pause_ms_of(t->attempts);
    t->attempts++;
    const char *text = arena_printf(&scratch, "attempt %lld of %lld: %s%s%s; again in %d ms",
                                    (long long)t->attempts, (long long)most + 1, f->err->message,
                                    blockers ? "; " : "", blockers ? blockers : "", pause_ms);
    note(x, f, "again", text);
    struct err
        unwritten; /* what cannot be written now stays in the queue, and stops the run before its commit */
    event_queue_flush(x->queue, x->opts->store, &unwritten);
    count_again(x, f, at);
    execution_progress(x);
    execution_tell(x, (struct run_event){.kind = RUN_LOCK_WAIT,
                                         .detail = f->err->message,
                                         .blockers = blockers,
                                         .attempt = t->attempts,
                                         .attempts = most + 1,
                                         .next_ms = pause_ms});
    if (!rest(x, taking_back, pause_ms)) {
        err_set(f->err, ERR_INTERRUPTED, "interrupted while waiting for a lock");
        f->item = at;
        f->sent = false;
        return false;
    }
    *f->err = (struct err){0};
    *from = at;
    return true;
}

void lock_note(struct execution *x)
{
    if (x->member->lock_note) {
        execution_event_add(x, EVENT_LOCK_TAKEN)->detail = arena_dup(&x->queue->arena, x->member->lock_note);
        x->member->lock_note = NULL;
    }
}
