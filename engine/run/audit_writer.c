/* Group commit. The callers' requests wait in a queue; one of them, the leader, writes all that wait. */
#include "engine/run/audit_writer.h"
#include "base/arena.h"
#include "base/file.h"
#include "engine/run/store_internal.h"

static const char doing[] = "cannot write to the audit log";

struct waiter {
    const struct audit_request *request;
    char head[DIGEST_HEX + 1];
    int64_t seq; /* of the event before its first */
    char (*digests)[DIGEST_HEX + 1];
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

static int check_guard(struct store *s, const char *run, const struct run_guard *g, struct err *err)
{
    const struct store_value values[] = {store_text(run), store_number((int64_t)g->index),
                                         store_text(g->runner), store_number(g->claim)};
    bool found = false;
    int rc = store_query(s,
                         "SELECT number FROM run_targets WHERE run = ?1 AND number = ?2 AND runner = ?3 "
                         "AND claim = ?4 {for_update}",
                         values, COUNT_OF(values), note_found, &found, doing, err);
    if (!rc && !found) {
        rc = err_set(err, ERR_REFUSED, "another runner has taken this target over");
        err_hint(err, "It was away for longer than its lease; the other runner finishes the target.");
    }
    return rc;
}

static int check_change(struct store *s, const struct audit_request *q, struct err *err)
{
    const struct store_value values[] = {store_text(q->run), store_number(q->change->from_ended)};
    bool found = false;
    int rc =
        store_query(s, "SELECT run FROM runs WHERE run = ?1 AND (state <> 'ended' OR ?2 = 1) {for_update}",
                    values, COUNT_OF(values), note_found, &found, doing, err);
    if (!rc && !found) {
        rc = err_set(err, ERR_REFUSED, "run %s has ended", q->run);
    }
    return rc;
}

/* What decides whether the request may be kept; nothing is changed yet. */
static int check_request(struct store *s, const struct audit_request *q, struct err *err)
{
    int rc = q->run && q->guard.runner ? check_guard(s, q->run, &q->guard, err) : 0;
    return !rc && q->run && q->change ? check_change(s, q, err) : rc;
}

static int write_riders(struct store *s, const struct waiter *w, struct err *err)
{
    const struct audit_request *q = w->request;
    int rc = 0;
    for (size_t i = 0; q->run && i < q->ntargets && !rc; i++) {
        rc = runs_write_target(s, q->run, &q->targets[i], w->seq + 1, err);
    }
    for (size_t i = 0; q->run && i < q->nwaves && !rc; i++) {
        rc = runs_write_wave(s, q->run, &q->waves[i], err);
    }
    return !rc && q->run && q->change ? runs_write_change(s, q->run, q->change, err) : rc;
}

static int write_open(struct store *s, struct arena *a, struct waiter *waiters, struct err *err)
{
    struct audit_head head;
    int rc = audit_read_head(s, &head, err);
    int64_t now = time_now_us();
    for (struct waiter *w = waiters; w && !rc; w = w->next) {
        const struct audit_request *q = w->request;
        w->rc = check_request(s, q, w->err);
        if (w->rc == ERR_REFUSED) {
            continue; /* its own affair: the others are written */
        }
        rc = w->rc;
        for (size_t i = 0; i < q->n; i++) {
            q->events[i].at_us = q->events[i].at_us ? q->events[i].at_us : now;
        }
        w->seq = head.seq;
        memcpy(w->head, head.digest, sizeof(w->head));
        w->digests = arena_array(a, q->n + 1, sizeof(*w->digests));
        rc = rc ? rc : write_riders(s, w, err);
        rc = rc ? rc : audit_append_open(s, q->events, q->n, &head, w->digests, err);
    }
    return rc;
}

static int write_group(struct store *s, struct arena *a, struct waiter *waiters, struct err *err)
{
    STORE_LOCKED(s);
    int rc = audit_may_append(s, err);
    rc = rc ? rc : store_begin(s, STORE_APPENDS, doing, err);
    if (rc) {
        return rc;
    }
    rc = write_open(s, a, waiters, err);
    if (rc) {
        store_rollback(s);
        return rc;
    }
    return store_commit(s, NULL, 0, doing, err);
}

static void fill_in(struct waiter *w)
{
    const struct audit_request *q = w->request;
    for (size_t i = 0; i < q->n; i++) {
        struct audit_event *e = &q->events[i];
        e->seq = w->seq + 1 + (int64_t)i;
        memcpy(e->previous, w->head, sizeof(e->previous));
        memcpy(e->digest, w->digests[i], sizeof(e->digest));
        memcpy(w->head, w->digests[i], sizeof(w->head));
    }
}

static void lead(struct store *s, struct waiter *waiters)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    int rc = write_group(s, &a, waiters, &err);
    for (struct waiter *w = waiters; w; w = w->next) {
        if (rc) {
            w->rc = rc;
            if (w->err) {
                *w->err = err;
            }
        } else if (!w->rc) {
            fill_in(w);
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
