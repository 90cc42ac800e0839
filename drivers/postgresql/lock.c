/* Advisory locks of the session: they go with it, and with its connection. */
#include "drivers/postgresql/internal.h"

/* One part of a name as SQL writes it; *text moves past it and its dot. */
static void take_part(const char **text, struct strbuf *part)
{
    const char *p = *text;
    bool quoted = *p == '"';
    strbuf_clear(part);
    for (p += quoted; *p && !(quoted ? *p == '"' && p[1] != '"' : *p == '.'); p++) {
        p += quoted && *p == '"';
        strbuf_addch(part, *p);
    }
    p += quoted && *p == '"';
    *text = p + (*p == '.');
}

static void add_literal(struct strbuf *b, const char *before, const char *text, const char *after)
{
    strbuf_adds(b, before);
    pg_quote_literal(b, slice_of(text));
    strbuf_adds(b, after);
}

/* "lockstep table SCHEMA.NAME", and whether the table of leases is there. */
static void add_table(struct strbuf *b, const char *table)
{
    AUTO(strbuf_release) struct strbuf schema = STRBUF_INIT, name = STRBUF_INIT, leases = STRBUF_INIT;
    const char *rest = table;
    take_part(&rest, &name);
    if (*rest) {
        strbuf_adds(&schema, strbuf_cstr(&name));
        pg_quote_ident(&leases, strbuf_cstr(&schema));
        strbuf_addch(&leases, '.');
        take_part(&rest, &name);
    }
    strbuf_adds(&leases, LEASE_TABLE);
    add_literal(b,
                "'lockstep table ' || coalesce((pg_catalog.pg_identify_object("
                "'pg_catalog.pg_class'::pg_catalog.regclass, pg_catalog.to_regclass(",
                table, "), 0)).schema, pg_catalog.quote_ident(");
    if (schema.len) {
        pg_quote_literal(b, slice_of(strbuf_cstr(&schema)));
    } else {
        strbuf_adds(b, "pg_catalog.current_schema()");
    }
    add_literal(b, "), '') || ", strbuf_cstr(&name), " AS name");
    add_literal(b, ", pg_catalog.to_regclass(", strbuf_cstr(&leases), ") IS NOT NULL AS leases");
}

/*
 * Where the lock's number comes from: a subquery with the columns number and leases. The server works it out,
 * because only it knows which schema the session's path leads to. Advisory locks are per database already.
 * Functions do most of it: a session that has just begun pays dearly for each catalogue it plans with.
 */
static void add_name(struct conn *c, struct strbuf *b, const char *key)
{
    size_t prefix = strlen(LOCK_OF_TABLE);
    strbuf_adds(b, PQserverVersion(pg_of(c)->pg) >= 110000
                       ? "(SELECT pg_catalog.hashtextextended(n.name, 0) AS number"
                       : "(SELECT ('x' || substr(md5(n.name), 1, 16))::bit(64)::bigint AS number");
    strbuf_adds(b, ", n.leases FROM (SELECT ");
    if (strncmp(key, LOCK_OF_TABLE, prefix) == 0) {
        add_table(b, key + prefix);
    } else {
        add_literal(b, "", key, "::text AS name, false AS leases");
    }
    strbuf_adds(b, ") n OFFSET 0)");
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
 * that died stays until the statement in flight has ended, and that of a machine that lost its power or its
 * network for two hours and more. Some platforms cannot, which is no reason to fail. A transaction of its
 * own, it also tells whether the session is still the same one. */
static struct statement watch_client(struct conn *c, struct arena *a)
{
    const struct pg_conn *pg = pg_of(c);
    bool knows = PQserverVersion(pg->pg) >= 140000;
    const char *text =
        arena_printf(a,
                     "SELECT CASE WHEN pg_catalog.pg_backend_pid() = %d THEN "
                     "pg_catalog.set_config('tcp_keepalives_idle', '60', false) || "
                     "pg_catalog.set_config('tcp_keepalives_interval', '10', false) || "
                     "pg_catalog.set_config('tcp_keepalives_count', '6', false)%s END",
                     PQbackendPID(pg->pg),
                     knows ? " || pg_catalog.set_config('tcp_user_timeout', '120000', false)"
                             " || pg_catalog.set_config('client_connection_check_interval', '1000', false)"
                           : "");
    return (struct statement){.text = slice_of(text), .flags = STATEMENT_TOLERATE | STATEMENT_ROWS};
}

static const char *cell(const struct rowset *rows, size_t col)
{
    return rows->nrows ? rows->cells[col].ptr : NULL;
}

static int64_t cell_number(const struct rowset *rows, size_t col)
{
    const char *text = cell(rows, col);
    return text ? strtoll(text, NULL, 10) : 0;
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
        " s.backend_start, l.pid, extract(epoch FROM clock_timestamp() - s.backend_start)::bigint"
        " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %u AND l.objid = %u"
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
        (unsigned)((uint64_t)key >> 32), (unsigned)((uint64_t)key & 0xFFFFFFFFu));
    int rc = query(c, a, sql, &rows, err);
    if (rc) {
        return rc;
    }
    if (!rows.nrows) {
        return 0;
    }
    holder->who = cell(&rows, 0);
    holder->since = cell(&rows, 1);
    holder->pid = cell_number(&rows, 2);
    holder->age_s = cell_number(&rows, 3);
    return 0;
}

int pg_lock(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder, struct err *err)
{
    return pg_lock_reading(c, a, key, holder, NULL, 0, NULL, err);
}

static int refuse_shared(struct conn *c, struct err *err)
{
    err_set(err, ERR_REFUSED, "%s: locks of a session would not last", pg_shared(c));
    return err_hint(err, "Connect to the server itself");
}

/* In a transaction of its own each, two statements that should have come to one process. */
static int check_same(struct conn *c, const char *key, const struct outcome *watch, struct err *err)
{
    struct pg_conn *pg = pg_of(c);
    if (pg->pooled || !watch->done || cell(&watch->rows, 0)) {
        return 0;
    }
    pg->pooled = true;
    pg_unlock(c, key, NULL);
    return refuse_shared(c, err);
}

int pg_lock_reading(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder,
                    const struct statement *reads, size_t n, struct outcome *outcomes, struct err *err)
{
    AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
    /* Through a pooler nothing may be locked: the lock would stay in the pool. */
    strbuf_addf(&sql,
                "SELECT k.number, k.leases, CASE WHEN pg_catalog.pg_backend_pid() = %d"
                " THEN pg_catalog.pg_try_advisory_lock(k.number) END FROM ",
                PQbackendPID(pg_of(c)->pg));
    add_name(c, &sql, key);
    strbuf_adds(&sql, " k");
    /* All are tolerated reads to the batch, so that they share one wait. */
    struct statement *all = arena_array(a, n + 2, sizeof(*all));
    struct outcome *out = arena_array(a, n + 2, sizeof(*out));
    all[0] =
        (struct statement){.text = slice_of(strbuf_cstr(&sql)), .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
    all[1] = watch_client(c, a);
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
    const char *leases = cell(&out[0].rows, 1), *got = cell(&out[0].rows, 2);
    struct lock_holder other = {.leases = leases && leases[0] == 't'};
    if (!got) {
        pg_of(c)->pooled = true;
        return refuse_shared(c, err);
    }
    if (got[0] != 't') {
        rc = find_holder(c, a, cell_number(&out[0].rows, 0), &other, err);
    } else {
        rc = check_same(c, key, &out[1], err);
    }
    if (holder) {
        *holder = other;
    }
    if (rc || got[0] == 't') {
        return rc;
    }
    err_set(err, ERR_REFUSED, "the lock \"%s\" is held by %s", key,
            other.who ? other.who : "another session");
    return err_hint(err, other.pid ? "Wait for it, or look at backend %lld in pg_stat_activity" : "Try again",
                    (long long)other.pid);
}

int pg_unlock(struct conn *c, const char *key, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
    struct rowset rows;
    strbuf_adds(&sql, "SELECT pg_catalog.pg_advisory_unlock(k.number) FROM ");
    add_name(c, &sql, key);
    strbuf_adds(&sql, " k");
    int rc = query(c, &a, strbuf_cstr(&sql), &rows, err);
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

struct lease_guard pg_lease_guard(struct conn *c, struct arena *a, const char *key)
{
    AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
    strbuf_adds(&sql, "(SELECT pg_catalog.pg_try_advisory_xact_lock(k.number) FROM ");
    add_name(c, &sql, key);
    strbuf_adds(&sql, " k)");
    return (struct lease_guard){.condition = arena_dup(a, strbuf_cstr(&sql))};
}

int pg_lock_holder(struct conn *c, struct arena *a, const char *key, struct lock_holder *holder,
                   struct err *err)
{
    AUTO(strbuf_release) struct strbuf sql = STRBUF_INIT;
    struct rowset rows;
    strbuf_adds(&sql, "SELECT k.number FROM ");
    add_name(c, &sql, key);
    strbuf_adds(&sql, " k");
    int rc = query(c, a, strbuf_cstr(&sql), &rows, err);
    return rc ? rc : find_holder(c, a, cell_number(&rows, 0), holder, err);
}
