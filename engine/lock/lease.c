/* Taking, renewing and giving back rows of the table of leases. See the header. */
#include "engine/lock/lease.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/thread.h"
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { ATTEMPTS = 4, RENEWALS = 10, STACK_BYTES = 512 << 10 };

struct lease {
    struct arena arena;
    struct lease_place place;
    int64_t token;
    const char *taken_from;
    struct conn *conn; /* for renewing; the thread's while it runs, but for cancel(), with the mutex held */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool lost; /* the thread has found it taken over */
    bool runs, stop;
    int stop_fd; /* eventfd, readable with `stop` */
};

/* Whoever works with the row just now has it for a moment only, or is about to commit: never wait for that.
 */
#define LOOK "SELECT token FROM {table} WHERE name = {name} FOR UPDATE NOWAIT"

/* Put the driver's and the place's names into {table}, {name} and the like. */
static char *fill(struct arena *a, const struct lease_place *p, const char *text)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT, literal = STRBUF_INIT;
    for (const char *c = text; *c; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        struct slice mark = end ? (struct slice){c, (size_t)(end + 1 - c)} : (struct slice){0};
        strbuf_clear(&literal);
        if (slice_eq(mark, "{table}")) {
            strbuf_adds(&out, p->table);
        } else if (slice_eq(mark, "{now}")) {
            strbuf_adds(&out, p->driver->now);
        } else if (slice_eq(mark, "{age}")) {
            strbuf_adds(&out, p->driver->lease_age);
        } else if (slice_eq(mark, "{until}")) {
            strbuf_addf(&out, "%s + INTERVAL '%lld' SECOND", p->driver->now,
                        (long long)((p->ttl_ms + 999) / 1000));
        } else if (slice_eq(mark, "{name}") || slice_eq(mark, "{owner}") || slice_eq(mark, "{holder}") ||
                   slice_eq(mark, "{host}")) {
            const char *value = mark.ptr[1] == 'n'   ? p->name
                                : mark.ptr[1] == 'o' ? p->owner
                                : mark.len == 8      ? p->holder
                                                     : p->host;
            p->driver->quote_literal(&literal, slice_of(value));
            strbuf_adds(&out, strbuf_cstr(&literal));
        } else {
            strbuf_addch(&out, *c);
            continue;
        }
        c = end;
    }
    return arena_dup(a, strbuf_cstr(&out));
}

static int run(struct conn *conn, struct arena *a, const char *const *texts, size_t n, struct outcome *out,
               size_t *done, struct err *err)
{
    struct statement *statements = arena_array(a, n, sizeof(*statements));
    for (size_t i = 0; i < n; i++) {
        statements[i] = (struct statement){.text = slice_of(texts[i]), .flags = STATEMENT_ROWS};
    }
    return conn_driver(conn)->batch(conn, a, statements, n, out, done, err);
}

/* Run in a transaction of its own, rolled back on failure. */
static int transact(struct conn *conn, struct arena *a, const char *const *texts, size_t n,
                    struct outcome *out, struct err *err)
{
    const struct driver *driver = conn_driver(conn);
    const char **all = arena_array(a, n + 2, sizeof(*all));
    struct outcome *outcomes = arena_array(a, n + 2, sizeof(*outcomes));
    size_t done = 0;
    all[0] = driver->begin;
    for (size_t i = 0; i < n; i++) {
        all[i + 1] = texts[i];
    }
    all[n + 1] = driver->commit;
    int rc = run(conn, a, all, n + 2, outcomes, &done, err);
    for (size_t i = 0; i < n; i++) {
        out[i] = outcomes[i + 1];
    }
    if (rc && !err->connection_lost) {
        struct err ignored;
        conn_exec(conn, driver->rollback, &ignored);
    }
    return rc;
}

struct row {
    bool found, held; /* held: it counts now */
    const char *owner, *holder, *host, *since;
    int64_t pid, token, age_s;
};

static int make_table(const struct lease_place *p, struct conn *conn, struct arena *a, struct err *err)
{
    const char *ddl = p->driver->lease_ddl, *mark = strstr(ddl, "{leases}");
    const char *sql =
        arena_printf(a, "%.*s%s%s", (int)(mark - ddl), ddl, p->table, mark + strlen("{leases}"));
    struct outcome out;
    struct err failure = {0};
    int rc = transact(conn, a, &sql, 1, &out, &failure);
    if (rc && (failure.connection_lost || rc == ERR_INTERRUPTED)) {
        *err = failure;
        return rc;
    }
    if (rc && strcmp(failure.sqlstate, "23505") != 0 && strcmp(failure.sqlstate, "42P07") != 0 &&
        strcmp(failure.sqlstate, "42710") != 0) {
        *err = failure; /* the others: somebody else is making it at this moment */
        return err_wrap(err, "making the table %s", p->table);
    }
    return 0;
}

/* The row as it is; not found as well when there is no table. *table tells. */
static int read_row(const struct lease_place *p, struct conn *conn, struct arena *a, struct row *out,
                    bool *table, struct err *err)
{
    struct rowset rows;
    struct err failure = {0};
    char *sql = fill(a, p,
                     "SELECT token, owner, holder, host, pid, acquired, CASE WHEN owner IS NOT NULL AND "
                     "expires > {now} THEN 1 ELSE 0 END, {age} FROM {table} WHERE name = {name}");
    int rc = conn_query(conn, a, sql, &rows, &failure);
    *table = rc == 0;
    *out = (struct row){0};
    if (rc && p->driver->is_missing_table(&failure)) {
        return 0;
    }
    if (rc) {
        *err = failure;
        return err_wrap(err, "reading %s", p->table);
    }
    if (rows.nrows == 0) {
        return 0;
    }
    const struct slice *cells = rows.cells;
    *out = (struct row){.found = true,
                        .token = strtoll(cells[0].ptr, NULL, 10),
                        .owner = cells[1].ptr,
                        .holder = cells[2].ptr,
                        .host = cells[3].ptr,
                        .pid = cells[4].ptr ? strtoll(cells[4].ptr, NULL, 10) : 0,
                        .since = cells[5].ptr,
                        .age_s = cells[7].ptr ? strtoll(cells[7].ptr, NULL, 10) : 0,
                        .held = slice_eq(cells[6], "1")};
    return 0;
}

static int add_row(const struct lease_place *p, struct conn *conn, struct arena *a, struct err *err)
{
    struct err failure = {0};
    struct outcome out;
    const char *sql = fill(a, p, "INSERT INTO {table} (name, token) VALUES ({name}, 0)");
    int rc = transact(conn, a, &sql, 1, &out, &failure);
    if (rc && (strncmp(failure.sqlstate, "23", 2) != 0 && !failure.retryable)) {
        *err = failure; /* the others: somebody else has put it there */
        return err_wrap(err, "writing %s", p->table);
    }
    return 0;
}

static const char *holder_text(struct arena *a, const struct row *row)
{
    return row->host && row->holder && !strstr(row->holder, row->host)
               ? arena_printf(a, "%s on %s", row->holder, row->host)
               : row->holder;
}

static int refuse(const struct row *row, struct arena *a, struct lock_holder *holder, struct err *err)
{
    *holder = (struct lock_holder){.who = holder_text(a, row),
                                   .since = row->since,
                                   .pid = row->pid,
                                   .age_s = row->age_s,
                                   .leases = true};
    err_set(err, ERR_REFUSED, "the lease is held by %s", holder->who ? holder->who : "another run");
    return err_hint(err, "Wait until it has ended; its lease runs out soon after it.");
}

/* Take the row when it is free or has run out. *token 0: it was not to be had. */
static int update_row(const struct lease_place *p, struct conn *conn, struct arena *a, int64_t *token,
                      const char **previous, struct err *err)
{
    struct lease_guard guard = p->driver->lease_guard(conn, a, p->key);
    char *free_now = fill(a, p, "(owner IS NULL OR expires <= {now} OR owner = {owner})");
    const char *texts[] = {
        fill(a, p, LOOK),
        fill(a, p,
             arena_printf(a,
                          "UPDATE {table} SET previous = CASE WHEN owner IS NOT NULL AND owner <> {owner} "
                          "THEN holder END, token = token + 1, owner = {owner}, holder = {holder}, "
                          "host = {host}, pid = %ld, acquired = {now}, heartbeat = {now}, expires = {until} "
                          "WHERE name = {name} AND %s AND %s",
                          (long)getpid(), free_now, guard.condition)),
        fill(a, p, "SELECT token, previous FROM {table} WHERE name = {name} AND owner = {owner}"),
    };
    struct outcome out[COUNT_OF(texts)];
    struct err failure = {0}, ignored;
    int rc = transact(conn, a, texts, COUNT_OF(texts), out, &failure);
    if (guard.after && !failure.connection_lost) {
        conn_exec(conn, guard.after, &ignored);
    }
    *token = 0;
    if (rc && failure.retryable && !failure.connection_lost) {
        return 0;
    }
    if (rc) {
        *err = failure;
        return err_wrap(err, "taking the lease in %s", p->table);
    }
    if (out[1].affected == 1 && out[2].rows.nrows == 1) {
        *token = strtoll(out[2].rows.cells[0].ptr, NULL, 10);
        *previous = out[2].rows.cells[1].ptr;
    }
    return 0;
}

static int try_take(const struct lease_place *p, struct conn *conn, struct arena *a, int64_t *token,
                    const char **previous, struct lock_holder *holder, struct err *err)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        struct row row;
        bool table;
        int rc = read_row(p, conn, a, &row, &table, err);
        if (rc == 0 && !row.found) {
            rc = table ? add_row(p, conn, a, err) : make_table(p, conn, a, err);
            if (rc == 0) {
                continue;
            }
        }
        bool own = rc == 0 && row.owner && strcmp(row.owner, p->owner) == 0;
        if (rc == 0 && row.held && !own) {
            return refuse(&row, a, holder, err);
        }
        rc = rc ? rc : update_row(p, conn, a, token, previous, err);
        if (rc || *token) {
            return rc;
        }
        rc = read_row(p, conn, a, &row, &table, err);
        if (rc || row.held) {
            return rc ? rc : refuse(&row, a, holder, err);
        }
    }
    struct err ignored;
    *holder = (struct lock_holder){.who = "a run with a session of its own", .leases = true};
    p->driver->lock_holder(conn, a, p->key, holder, &ignored);
    err_set(err, ERR_REFUSED, "the lease cannot be taken: %s holds the lock", holder->who);
    return err_hint(err, "Wait until it has ended.");
}

/* Still ours, and from now for a whole while. In a transaction it also keeps others from taking it. */
static int renew(const struct lease *l, struct conn *conn, bool alone, bool *ours, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *format = fill(&a, &l->place,
                        "UPDATE {table} SET heartbeat = {now}, expires = {until} WHERE name = {name} AND "
                        "owner = {owner} AND token = ");
    const char *sql = arena_printf(&a, "%s%lld", format, (long long)l->token);
    struct outcome out = {0};
    size_t done;
    int rc = alone ? transact(conn, &a, &sql, 1, &out, err) : run(conn, &a, &sql, 1, &out, &done, err);
    *ours = rc == 0 && out.affected == 1;
    return rc;
}

static int say_lost(struct lease *l, struct conn *conn, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct row row = {0};
    struct err ignored;
    bool table;
    read_row(&l->place, conn, &a, &row, &table, &ignored);
    bool other = row.owner && strcmp(row.owner, l->place.owner) != 0;
    err_set(err, ERR_REFUSED, "this run has lost its lease on the target%s%s", other ? ", to " : "",
            other ? holder_text(&a, &row) : "");
    return err_hint(err,
                    "It could not renew it in time: look at the network and at the load of this machine.");
}

int lease_fence(struct lease *l, struct conn *conn, bool commits, struct err *err)
{
    bool alone = conn_driver(conn)->txn(conn) == TXN_IDLE, ours = !atomic_load(&l->lost);
    if (ours && (alone || commits)) {
        struct err failure = {0};
        int rc = renew(l, conn, alone, &ours, &failure);
        /* Nodes of a cluster get into each other's way; in a transaction, it has to be begun anew. */
        for (int i = 1; rc && alone && failure.retryable && !failure.connection_lost && i < RENEWALS; i++) {
            poll(NULL, 0, i * 10);
            rc = renew(l, conn, alone, &ours, &failure);
        }
        if (rc) {
            *err = failure;
            return err_wrap(err, "looking whether the lease is still held");
        }
    }
    return ours ? 0 : say_lost(l, conn, err);
}

/* True when it is time to end. */
static bool rest(struct lease *l)
{
    int64_t until_us = time_monotonic_us() + l->place.ttl_ms / 3 * 1000;
    pthread_mutex_lock(&l->mutex);
    while (!l->stop && cond_wait_until(&l->wake, &l->mutex, until_us) == 0) {
    }
    bool stop = l->stop;
    pthread_mutex_unlock(&l->mutex);
    return stop;
}

static void set_conn(struct lease *l, struct conn *conn)
{
    pthread_mutex_lock(&l->mutex);
    struct conn *old = l->conn;
    l->conn = conn;
    pthread_mutex_unlock(&l->mutex);
    conn_close(old);
}

/* A renewal that fails is tried again in the next round: what counts is asked before each commit. */
static void *renew_main(void *arg)
{
    struct lease *l = arg;
    bool ours = true;
    while (ours && !rest(l)) {
        struct err err = {0};
        if (!l->conn) {
            AUTO(arena_release) struct arena a = ARENA_INIT;
            struct conn *conn = NULL;
            if (l->place.open(l->place.arg, &l->stop_fd, &a, &conn, &err) == 0) {
                set_conn(l, conn);
            }
        }
        if (l->conn && renew(l, l->conn, true, &ours, &err) != 0) {
            ours = true;
            if (err.connection_lost) {
                set_conn(l, NULL);
            }
        }
    }
    atomic_store(&l->lost, !ours);
    return NULL;
}

static void stop_thread(struct lease *l)
{
    pthread_mutex_lock(&l->mutex);
    l->stop = true;
    eventfd_write(l->stop_fd, 1);
    if (l->runs && l->conn) {
        conn_driver(l->conn)->cancel(l->conn);
    }
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
    if (l->runs) {
        pthread_join(l->thread, NULL);
        l->runs = false;
    }
    if (l->conn) {
        conn_driver(l->conn)->cancel_reset(l->conn);
    }
}

static void lease_free(struct lease *l)
{
    stop_thread(l);
    conn_close(l->conn);
    close(l->stop_fd);
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->mutex);
    arena_release(&l->arena);
    free(l);
}

static struct lease *lease_new(const struct lease_place *p)
{
    struct lease *l = xcalloc(1, sizeof(*l));
    cond_init(&l->wake);
    pthread_mutex_init(&l->mutex, NULL);
    l->place = *p;
    l->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return l;
}

/* A deadlock, or a row that somebody has locked: those who work with it now will be done soon. */
static int busy(struct lock_holder *holder, struct err *err)
{
    *holder =
        (struct lock_holder){.who = "somebody who takes or gives it back at this moment", .leases = true};
    err_set(err, ERR_REFUSED, "the lease is in use by %s", holder->who);
    return err_hint(err, "Try again.");
}

int lease_take(const struct lease_place *p, struct conn *conn, struct arena *a, struct lease **out,
               struct lock_holder *holder, struct err *err)
{
    const char *previous = NULL;
    int64_t token = 0;
    struct err failure = {0};
    int rc = try_take(p, conn, a, &token, &previous, holder, &failure);
    if (rc && failure.retryable && !failure.connection_lost) {
        return busy(holder, err);
    }
    if (rc) {
        *err = failure;
        return rc;
    }
    struct lease *l = lease_new(p);
    l->token = token;
    l->taken_from = arena_dup(&l->arena, previous);
    rc = p->open(p->arg, NULL, &l->arena, &l->conn, err);
    if (rc == 0) {
        l->runs = thread_start(&l->thread, STACK_BYTES, renew_main, l) == 0;
        rc = l->runs ? 0 : err_set(err, ERR_FAILED, "no thread left for it");
    }
    if (rc) { /* what cannot be renewed is given back at once */
        struct err ignored;
        conn_exec(conn, fill(a, p, "UPDATE {table} SET owner = NULL WHERE owner = {owner}"), &ignored);
        lease_free(l);
        return err_wrap(err, "a second connection, to renew the lease");
    }
    *out = l;
    return 0;
}

const char *lease_taken_from(const struct lease *l)
{
    return l->taken_from;
}

int lease_release(struct lease *l, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    stop_thread(l);
    int rc = l->conn ? 0 : l->place.open(l->place.arg, NULL, &a, &l->conn, err);
    if (rc == 0) {
        char *format =
            fill(&a, &l->place,
                 "UPDATE {table} SET owner = NULL, expires = {now} WHERE name = {name} AND owner = "
                 "{owner} AND token = ");
        const char *sql = arena_printf(&a, "%s%lld", format, (long long)l->token);
        struct outcome out;
        size_t done;
        rc = run(l->conn, &a, &sql, 1, &out, &done, err);
        if (rc == 0 && out.affected != 1) {
            rc = err_set(err, ERR_REFUSED, "the lease was another run's when it was to be given back");
        }
    }
    lease_free(l);
    return rc ? err_wrap(err, "giving back the lease") : 0;
}

int lease_respect(const struct lease_place *p, struct conn *conn, struct arena *a, struct lock_holder *holder,
                  const char **taken_from, struct err *err)
{
    struct row row;
    bool table;
    int rc = read_row(p, conn, a, &row, &table, err);
    if (rc || !row.owner) {
        return rc;
    }
    if (row.held) {
        return refuse(&row, a, holder, err);
    }
    char *format = fill(a, p,
                        "UPDATE {table} SET previous = holder, token = token + 1, owner = NULL WHERE name = "
                        "{name} AND expires <= {now} AND token = ");
    const char *texts[] = {fill(a, p, LOOK), arena_printf(a, "%s%lld", format, (long long)row.token)};
    struct outcome out[COUNT_OF(texts)];
    struct err failure = {0};
    rc = transact(conn, a, texts, COUNT_OF(texts), out, &failure);
    if (rc && !failure.retryable) {
        *err = failure;
        return err_wrap(err, "ending the lease of %s", row.holder ? row.holder : "an earlier run");
    }
    if (rc || out[1].affected != 1) { /* renewed or about to commit at this moment */
        return refuse(&row, a, holder, err);
    }
    *taken_from = holder_text(a, &row);
    return 0;
}
