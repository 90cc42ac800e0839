/* Advisory locks of the session: they go with it, and with its connection. */
#include "base/digest.h"
#include "drivers/postgresql/internal.h"

/* The 64-bit key of an advisory lock, from the name's digest. */
static int64_t lock_key(const char *key)
{
    char hex[DIGEST_HEX + 1];
    sha256_hex(key, strlen(key), hex);
    hex[16] = '\0';
    return (int64_t)strtoull(hex, NULL, 16);
}

static int query(struct conn *c, struct arena *a, const char *sql, struct rowset *rows, struct err *err)
{
    struct statement s = {.text = slice_of(sql), .flags = STATEMENT_ROWS};
    struct outcome out;
    size_t done;
    int rc = pg_batch(c, a, &s, 1, &out, &done, err);
    if (rc) {
        return rc;
    }
    *rows = out.rows;
    return 0;
}

/* The server looks after its client only when it has something to tell it: without this, the lock of a client
 * that died stays until the statement in flight has ended. Some platforms cannot, which is no reason to fail.
 */
static struct statement watch_client(const struct conn *c)
{
    bool knows = PQserverVersion(((const struct pg_conn *)(const void *)c)->pg) >= 140000;
    return (struct statement){.text = knows ? SLICE("SET client_connection_check_interval = 1000")
                                            : SLICE("SELECT 1"),
                              .flags = STATEMENT_TOLERATE};
}

static const char *cell(const struct rowset *rows, size_t col)
{
    return rows->nrows ? rows->cells[col].ptr : NULL;
}

/* A lock with one 64-bit key shows in pg_locks as its two halves. The holder may be gone by now. */
static int find_holder(struct conn *c, struct arena *a, int64_t key, struct lock_holder *holder,
                       struct err *err)
{
    struct rowset rows;
    char *sql = arena_printf(
        a,
        "SELECT coalesce(nullif(s.application_name, ''), s.usename || coalesce('@' || host(s.client_addr), "
        "'')),"
        " s.backend_start, l.pid"
        " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %u AND l.objid = %u"
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
        (unsigned)((uint64_t)key >> 32), (unsigned)((uint64_t)key & 0xFFFFFFFFu));
    int rc = query(c, a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    const char *pid = cell(&rows, 2);
    *holder = (struct lock_holder){.who = cell(&rows, 0), .since = cell(&rows, 1)};
    holder->pid = pid ? strtoll(pid, NULL, 10) : 0;
    return 0;
}

int pg_lock(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder, struct err *err)
{
    return pg_lock_reading(c, a, key, holder, NULL, 0, NULL, err);
}

int pg_lock_reading(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder,
                    const struct statement *reads, size_t n, struct outcome *outcomes, struct err *err)
{
    int64_t number = lock_key(key);
    char *sql = arena_printf(a, "SELECT pg_catalog.pg_try_advisory_lock(%lld)", (long long)number);
    /* All are tolerated reads to the batch, so that they share one wait. */
    struct statement *all = arena_array(a, n + 2, sizeof(*all));
    struct outcome *out = arena_array(a, n + 2, sizeof(*out));
    all[0] = (struct statement){.text = slice_of(sql), .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
    all[1] = watch_client(c);
    for (size_t i = 0; i < n; i++) {
        all[i + 2] = reads[i];
        all[i + 2].flags |= STATEMENT_TOLERATE;
    }
    size_t done;
    int rc = pg_batch(c, a, all, n + 2, out, &done, err);
    if (rc) {
        return rc;
    }
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = out[i + 2];
    }
    if (!out[0].done) {
        *err = *out[0].err;
        return err->status;
    }
    const char *got = cell(&out[0].rows, 0);
    if (got && got[0] == 't') {
        return 0;
    }
    struct lock_holder other = {0};
    rc = find_holder(c, a, number, &other, err);
    if (rc) {
        return rc;
    }
    if (holder) {
        *holder = other;
    }
    err_set(err, ERR_REFUSED, "the lock \"%s\" is held by %s", key,
            other.who ? other.who : "another session");
    return err_hint(err, other.pid ? "Wait for it, or look at backend %lld in pg_stat_activity" : "Try again",
                    (long long)other.pid);
}

int pg_unlock(struct conn *c, const char *key, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct rowset rows;
    char *sql = arena_printf(&a, "SELECT pg_catalog.pg_advisory_unlock(%lld)", (long long)lock_key(key));
    int rc = query(c, &a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    const char *held = cell(&rows, 0);
    if (held && held[0] == 't') {
        return 0;
    }
    err_set(err, ERR_FAILED, "the lock \"%s\" was not held by this session when it was to be given back",
            key);
    return err_hint(err, "Connect to the server itself: a pooler between may hand out another session");
}
