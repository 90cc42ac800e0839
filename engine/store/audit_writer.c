/* Group commit. The callers' requests wait in a queue; one of them, the leader, writes all that wait. */
#include "engine/store/audit_writer.h"
#include "base/arena.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/store/store_internal.h"

static const char doing[] = "cannot write to the audit log";

struct waiter {
    const struct audit_request *request;
    struct audit_head before; /* its first event */
    char head[DIGEST_HEX + 1];
    char (*digests)[DIGEST_HEX + 1];
    bool claim_holds, leads_run, last, own, may_change, alone, targets_known; /* what the checks found */
    struct err *err;
    int rc;
    bool done, leads;
    pthread_cond_t changed;
    struct waiter *next;
};

struct audit_group {
    pthread_mutex_t lock;
    struct waiter *first, **end;
    bool busy; /* somebody leads */
    int64_t writes;
};

struct audit_group *audit_group_new(void)
{
    struct audit_group *g = xcalloc(1, sizeof(*g));
    pthread_mutex_init(&g->lock, NULL);
    g->end = &g->first;
    return g;
}

void audit_group_free(struct audit_group *g)
{
    if (g) {
        pthread_mutex_destroy(&g->lock);
        free(g);
    }
}

/* --- one transaction */

static int note_found(void *arg, UNUSED const struct store_row *row, UNUSED struct err *err)
{
    *(bool *)arg = true;
    return 0;
}

static void add_check(struct arena *a, struct store_calls *checks, const char *sql,
                      const struct store_value *values, size_t n, bool *found)
{
    *found = false;
    struct store_call *call = store_add(a, checks, sql, values, n);
    call->each = note_found;
    call->arg = found;
}

/* Does what the work rests on still hold? */
static void add_guard(struct store *s, struct arena *a, struct store_calls *checks, struct waiter *w)
{
    const struct audit_request *q = w->request;
    const struct run_guard *g = &q->guard;
    if (!q->run) {
        return;
    }
    if (g->runner && !g->leads) {
        const struct store_value values[] = {store_text(q->run), store_number((int64_t)g->index),
                                             store_text(g->runner), store_number(g->claim)};
        add_check(a, checks,
                  "SELECT number FROM run_targets WHERE run = ?1 AND number = ?2 AND runner = ?3 "
                  "AND claim = ?4 {for_update}",
                  values, COUNT_OF(values), &w->claim_holds);
    }
    if (g->runner && g->leads) {
        const struct store_value values[] = {store_text(q->run), store_text(g->runner)};
        add_check(a, checks,
                  "SELECT w.runner FROM runners w WHERE w.runner = ?2 AND w.lease_until_us > {now} AND NOT "
                  "EXISTS (SELECT 1 FROM runners o WHERE o.run = ?1 AND o.lease_until_us > {now} AND "
                  "(o.started_us < w.started_us OR (o.started_us = w.started_us AND o.runner < w.runner)))",
                  values, COUNT_OF(values), &w->leads_run);
    }
    if (g->last) {
        const struct store_value values[] = {store_text(q->run)};
        add_check(a, checks,
                  "SELECT run FROM runs WHERE run = ?1 AND state IN ('open', 'taking back') AND NOT EXISTS "
                  "(SELECT 1 FROM runners WHERE run = ?1 AND lease_until_us > {now}) {for_update}",
                  values, COUNT_OF(values), &w->last);
    }
    if (g->alone) {
        w->own = false;
        struct store_call *call = alive_own_call(s, a, checks, q->run);
        call->each = note_found;
        call->arg = &w->own;
    }
}

/* What decides whether the request may be kept; nothing is changed yet. */
static void add_checks(struct store *s, struct arena *a, struct store_calls *checks, struct waiter *w)
{
    const struct audit_request *q = w->request;
    w->claim_holds = w->leads_run = w->last = w->own = w->may_change = w->alone = w->targets_known = true;
    add_guard(s, a, checks, w);
    if (q->run && q->change) {
        const struct store_value values[] = {store_text(q->run), store_number(q->change->from_ended)};
        add_check(a, checks,
                  "SELECT run FROM runs WHERE run = ?1 AND (state <> 'ended' OR ?2 = 1) {for_update}", values,
                  COUNT_OF(values), &w->may_change);
    }
    if (q->run && q->change && q->change->alone) {
        const struct store_value values[] = {store_text(q->run)};
        add_check(a, checks,
                  "SELECT run FROM runs WHERE run = ?1 AND NOT EXISTS (SELECT 1 FROM runs_alive WHERE "
                  "run = ?1) {for_update}",
                  values, COUNT_OF(values), &w->alone);
    }
    if (q->run && q->ntargets) { /* the others of a request come from the same list */
        const struct store_value values[] = {store_text(q->run), store_number((int64_t)q->targets[0].index)};
        add_check(a, checks, "SELECT number FROM run_targets WHERE run = ?1 AND number = ?2", values,
                  COUNT_OF(values), &w->targets_known);
    }
}

static int judge(const struct waiter *w, struct err *err)
{
    const struct audit_request *q = w->request;
    if (!w->claim_holds) {
        err_set(err, ERR_REFUSED, "another runner has taken this target over");
        return err_hint(err, "This one was away for longer than its lease; the other finishes the target.");
    }
    if (!w->own) {
        err_set(err, ERR_REFUSED,
                "run %s is not this process's any more: it was away for so long that it was taken for dead",
                q->run);
        return err_hint(err,
                        "It does nothing more; \"lockstep status\" tells how the run stands and who goes "
                        "on with it.");
    }
    if (!w->may_change) {
        return err_set(err, ERR_REFUSED, "run %s has ended", q->run);
    }
    if (!w->leads_run) {
        err_set(err, ERR_REFUSED,
                "another runner leads run %s now: this one was away for longer than its lease", q->run);
        return err_hint(err, "\"lockstep apply PLAN --join\" joins the run again.");
    }
    if (!w->last) {
        return err_set(err, ERR_REFUSED, "others carry run %s out", q->run);
    }
    if (!w->alone) {
        err_set(err, ERR_REFUSED, "somebody else has just gone on with run %s", q->run);
        return err_hint(err, "\"lockstep status\" tells who.");
    }
    if (!w->targets_known) {
        return err_set(err, ERR_FAILED, "run %s has no target number %zu in the store", q->run,
                       q->targets[0].index);
    }
    return 0;
}

static void add_request(struct store *s, struct arena *a, struct store_calls *calls, struct waiter *w,
                        struct audit_head *head)
{
    const struct audit_request *q = w->request;
    int64_t now = time_now_us();
    for (size_t i = 0; i < q->n; i++) {
        q->events[i].at_us = q->events[i].at_us ? q->events[i].at_us : now;
    }
    w->before = *head;
    w->digests = arena_array(a, q->n + 1, sizeof(*w->digests));
    for (size_t i = 0; q->run && i < q->ntargets; i++) {
        runs_target_call(a, calls, q->run, &q->targets[i], head->seq + 1);
    }
    for (size_t i = 0; q->run && i < q->nwaves; i++) {
        runs_wave_call(a, calls, q->run, &q->waves[i]);
    }
    if (q->run && q->change) {
        runs_change_call(a, calls, q->run, q->change);
    }
    audit_append_calls(s, a, q->events, q->n, head, w->digests, calls);
}

/* All that wait, in one transaction. A request that may not be kept is its caller's affair alone. */
static int group_work(void *arg, struct store *s, struct arena *a, struct store_calls *calls, struct err *err)
{
    struct waiter *waiters = arg;
    struct audit_head head;
    struct store_calls checks = {0};
    *vec_push(a, &checks) = audit_head_call(&head);
    for (struct waiter *w = waiters; w; w = w->next) {
        add_checks(s, a, &checks, w);
    }
    int rc = store_calls(s, checks.items, checks.n, doing, err);
    for (struct waiter *w = waiters; w && !rc; w = w->next) {
        w->rc = judge(w, w->err);
        if (!w->rc) {
            add_request(s, a, calls, w, &head);
        }
    }
    return rc;
}

/* The answer to the commit was lost: it stands when the first event of the group does. Without events there
 * is nothing that may not be done twice. */
static int group_stands(void *arg, struct store *s, bool *out, struct err *err)
{
    *out = false;
    for (const struct waiter *w = arg; w; w = w->next) {
        if (!w->rc && w->digests && w->request->n) {
            return audit_stands(s, w->before.seq + 1, w->digests[0], out, err);
        }
    }
    return 0;
}

static void lead(struct store *s, struct waiter *waiters)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    const struct store_work work = {STORE_APPENDS, doing, group_work, group_stands, waiters};
    int rc = audit_may_append(s, &err);
    FAILPOINT("before-audit");
    rc = rc ? rc : store_transact(s, &a, &work, &err);
    FAILPOINT("after-audit");
    for (struct waiter *w = waiters; w; w = w->next) {
        if (rc) {
            w->rc = rc;
            if (w->err) {
                *w->err = err;
            }
        } else if (!w->rc) {
            const struct audit_request *q = w->request;
            audit_appended(q->events, q->n, &w->before, w->digests);
            memcpy(w->head, q->n ? w->digests[q->n - 1] : w->before.digest, sizeof(w->head));
        }
    }
}

/* --- the queue */

static void enqueue(struct audit_group *g, struct waiter *w)
{
    *g->end = w;
    g->end = &w->next;
}

static struct waiter *take_queue(struct audit_group *g)
{
    struct waiter *all = g->first;
    g->first = NULL;
    g->end = &g->first;
    return all;
}

/* A waiter's own memory is gone as soon as it may go on: everything happens under the lock. */
static void release_group(struct audit_group *g, struct waiter *waiters, const struct waiter *self)
{
    g->writes++;
    for (struct waiter *w = waiters, *next; w; w = next) {
        next = w->next;
        w->done = true;
        if (w != self) {
            pthread_cond_signal(&w->changed);
        }
    }
    g->busy = g->first != NULL;
    if (g->first) {
        g->first->leads = true;
        pthread_cond_signal(&g->first->changed);
    }
}

int audit_write(struct store *s, const struct audit_request *request, char head[DIGEST_HEX + 1],
                struct err *err)
{
    struct audit_group *g = s->group;
    struct waiter self = {.request = request, .err = err, .changed = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&g->lock);
    enqueue(g, &self);
    self.leads = !g->busy;
    g->busy = true;
    while (!self.leads && !self.done) {
        pthread_cond_wait(&self.changed, &g->lock);
    }
    if (!self.done) {
        struct waiter *waiters = take_queue(g);
        pthread_mutex_unlock(&g->lock);
        lead(s, waiters);
        pthread_mutex_lock(&g->lock);
        release_group(g, waiters, &self);
    }
    pthread_mutex_unlock(&g->lock);
    pthread_cond_destroy(&self.changed);
    if (!self.rc && head) {
        memcpy(head, self.head, sizeof(self.head));
    }
    return self.rc;
}

int64_t audit_writes(struct store *s)
{
    pthread_mutex_lock(&s->group->lock);
    int64_t writes = s->group->writes;
    pthread_mutex_unlock(&s->group->lock);
    return writes;
}
