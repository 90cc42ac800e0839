/* The store, whichever database it is in. */
#include "engine/store/store.h"
#include "base/arena.h"
#include "base/file.h"
#include "engine/store/store_internal.h"
#include <poll.h>

#define AWAY_MS 15000 /* for so long a store that has gone is waited for */

struct store *store_new(const char *path)
{
    struct store *s = xcalloc(1, sizeof(*s));
    s->path = xstrdup(path);
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&s->mutex, &attr);
    pthread_mutexattr_destroy(&attr);
    s->group = audit_group_new();
    return s;
}

void store_close(struct store *s)
{
    if (!s) {
        return;
    }
    if (s->backend) {
        s->backend->close(s);
    }
    audit_group_free(s->group);
    pthread_mutex_destroy(&s->mutex);
    free(s->path);
    free(s);
}

const char *store_place(const struct store *s)
{
    return s->path;
}

bool store_is_there(const struct store *s)
{
    return s->backend != NULL;
}

bool store_is_shared(const struct store *s)
{
    return s->server != NULL;
}

int store_reopen(struct store *s, struct store **out, struct err *err)
{
    if (!s->backend) {
        return err_set(err, ERR_FAILED, "there is no store");
    }
    return s->backend->reopen(s, out, err);
}

void store_lock(struct store *s)
{
    pthread_mutex_lock(&s->mutex);
}

void store_unlock(struct store **s)
{
    pthread_mutex_unlock(&(*s)->mutex);
}

int store_too_new(struct store *s, int64_t version, struct err *err)
{
    err_set(err, ERR_FILE, "the store has version %lld, this version of lockstep knows up to %d",
            (long long)version, STORE_VERSION);
    err_hint(err, "Use the version of lockstep that wrote it, or a newer one.");
    return err_place(err, s->path, 0, 0);
}

/* --- texts and rows */

int store_word_at(const char *p, size_t *length)
{
    static const char *const words[] = {"{now}", "{skip_locked}", "{for_update}"};
    _Static_assert(COUNT_OF(words) == STORE_WORD_COUNT, "each word");
    for (size_t i = 0; *p == '{' && i < COUNT_OF(words); i++) {
        *length = strlen(words[i]);
        if (strncmp(p, words[i], *length) == 0) {
            return (int)i;
        }
    }
    return -1;
}

struct slice row_slice(const struct store_row *row, int column)
{
    if (!row->stmt) {
        return rowset_cell(row->rows, row->row, (size_t)column);
    }
    const char *ptr = (const char *)sqlite3_column_text(row->stmt, column);
    return (struct slice){ptr, ptr ? (size_t)sqlite3_column_bytes(row->stmt, column) : 0};
}

const char *row_text(const struct store_row *row, int column, struct arena *a)
{
    struct slice text = row_slice(row, column);
    return text.ptr ? slice_dup(a, text) : NULL;
}

int64_t row_number(const struct store_row *row, int column)
{
    if (row->stmt) {
        return sqlite3_column_int64(row->stmt, column);
    }
    struct slice text = rowset_cell(row->rows, row->row, (size_t)column);
    return text.ptr ? strtoll(text.ptr, NULL, 10) : 0;
}

struct store_call *store_add(struct arena *a, struct store_calls *calls, const char *sql,
                             const struct store_value *values, size_t n)
{
    struct store_value *copy = arena_array(a, n + 1, sizeof(*copy));
    if (n) {
        memcpy(copy, values, n * sizeof(*copy));
    }
    struct store_call *call = vec_push(a, calls);
    *call = (struct store_call){.sql = sql, .values = copy, .n = n};
    return call;
}

/* --- calls */

static int no_store(struct err *err)
{
    return err_set(err, ERR_FAILED, "there is no store");
}

/* Alone, outside of a transaction, they only read: what was lost is asked again. */
int store_calls(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err)
{
    STORE_LOCKED(s);
    if (!s->backend) {
        return no_store(err);
    }
    struct err failure = {0};
    int rc = s->backend->calls(s, calls, n, doing, &failure);
    if (rc && failure.connection_lost && !s->in_transaction && s->backend->reconnect &&
        s->backend->reconnect(s, NULL) == 0) {
        rc = s->backend->calls(s, calls, n, doing, &failure);
    }
    if (rc && err) {
        *err = failure;
    }
    return rc;
}

int store_run(struct store *s, const char *sql, const struct store_value *values, size_t n, int64_t *affected,
              const char *doing, struct err *err)
{
    struct store_call call = {.sql = sql, .values = values, .n = n};
    int rc = store_calls(s, &call, 1, doing, err);
    if (!rc && affected) {
        *affected = call.affected;
    }
    return rc;
}

int store_query(struct store *s, const char *sql, const struct store_value *values, size_t n,
                store_row_fn each, void *arg, const char *doing, struct err *err)
{
    struct store_call call = {.sql = sql, .values = values, .n = n, .each = each, .arg = arg};
    return store_calls(s, &call, 1, doing, err);
}

int store_begin(struct store *s, enum store_write kind, const char *doing, struct err *err)
{
    store_lock(s);
    int rc = s->backend ? s->backend->begin(s, kind, doing, err) : no_store(err);
    if (rc) {
        store_unlock(&s);
        return rc;
    }
    s->in_transaction = true;
    return 0;
}

int store_commit(struct store *s, struct store_call *calls, size_t n, const char *doing, struct err *err)
{
    int rc = s->backend->commit(s, calls, n, doing, err);
    s->in_transaction = false;
    store_unlock(&s);
    return rc;
}

void store_rollback(struct store *s)
{
    s->backend->rollback(s);
    s->in_transaction = false;
    store_unlock(&s);
}

static int transact_once(struct store *s, struct arena *a, const struct store_work *work, bool again,
                         struct err *err)
{
    struct store_calls calls = {0};
    bool stands = false;
    int rc = store_begin(s, work->kind, work->doing, err);
    if (rc) {
        return rc;
    }
    rc = again && work->stands ? work->stands(work->arg, s, &stands, err) : 0;
    if (rc || stands) {
        store_rollback(s);
        return rc;
    }
    rc = work->work(work->arg, s, a, &calls, err);
    if (rc) {
        store_rollback(s);
        return rc;
    }
    return store_commit(s, calls.items, calls.n, work->doing, err);
}

/* A new session, tried for a while; a store that was waited for in vain before is tried once. */
static int reconnect(struct store *s, int64_t deadline, struct err *err)
{
    int wait_ms = 50;
    for (;;) {
        int rc = s->backend->reconnect(s, err);
        bool late = s->away || time_monotonic_us() > deadline;
        s->away = rc != 0 && late;
        if (!rc || late || rc != ERR_UNREACHABLE) {
            return rc;
        }
        poll(NULL, 0, wait_ms);
        wait_ms = wait_ms < 1000 ? wait_ms * 2 : wait_ms;
    }
}

int store_transact(struct store *s, struct arena *a, const struct store_work *work, struct err *err)
{
    STORE_LOCKED(s);
    int64_t deadline = time_monotonic_us() + AWAY_MS * 1000LL;
    for (bool again = false;; again = true) {
        struct err failure = {0};
        int rc = transact_once(s, a, work, again, &failure);
        bool lost = rc && failure.connection_lost && s->backend && s->backend->reconnect;
        if (lost && time_monotonic_us() <= deadline) {
            lost = reconnect(s, deadline, &failure) != 0;
            if (!lost) {
                continue;
            }
        }
        if (rc && err) {
            *err = failure;
        }
        return rc ? failure.status : 0;
    }
}
