/* GET_LOCK: a lock of the server that goes with its session. */
#include "drivers/mysql/connection.h"

/* One part of a name as SQL writes it, in backquotes or plain; *text moves past it and its dot. */
static char *take_part(struct arena *a, const char **text)
{
    AUTO(strbuf_release) struct strbuf part = STRBUF_INIT;
    const char *p = *text;
    bool quoted = *p == '`';
    for (p += quoted; *p && !(quoted ? *p == '`' && p[1] != '`' : *p == '.'); p++) {
        p += quoted && *p == '`';
        strbuf_addch(&part, *p);
    }
    p += quoted && *p == '`';
    *text = p + (*p == '.');
    return arena_dup(a, strbuf_cstr(&part));
}

struct name {
    const char *text;   /* expression for the lock's name, at most 64 bytes long */
    const char *leases; /* expression: is the table of leases there? */
};

/* Locks are the server's: the name says in which database it is, as the server knows it. */
static struct name lock_name(struct arena *a, const char *key)
{
    size_t prefix = strlen(LOCK_OF_TABLE);
    AUTO(strbuf_release) struct strbuf database = STRBUF_INIT, own = STRBUF_INIT;
    const char *table = strncmp(key, LOCK_OF_TABLE, prefix) == 0 ? key + prefix : NULL, *first = NULL;
    if (table) {
        first = take_part(a, &table);
    }
    if (table && *table) {
        mysql_quote_literal(&database, slice_of(first));
        first = take_part(a, &table);
    } else {
        strbuf_adds(&database, "COALESCE(DATABASE(), '')");
    }
    mysql_quote_literal(&own, slice_of(first ? first : key));
    const char *in = strbuf_cstr(&database);
    return (struct name){
        arena_printf(a, "CONCAT('lockstep:', LEFT(SHA2(CONCAT(%s, '%s', %s), 256), 55))", in,
                     first ? " table " : " ", strbuf_cstr(&own)),
        first ? arena_printf(a,
                             "(SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s"
                             " AND TABLE_NAME = '" LEASE_TABLE "')",
                             in)
              : "0"};
}

/* before + name + after: a query, whose rows are kept. */
static struct statement query(struct arena *a, unsigned flags, const char *before, const struct name *name,
                              const char *after)
{
    const char *text = arena_printf(a, "%s%s%s", before, name->text, after);
    return (struct statement){.text = slice_of(text), .flags = STATEMENT_ROWS | flags};
}

/* NULL for SQL NULL or no row. */
static const char *cell(const struct outcome *o, size_t column)
{
    return o->rows.nrows && column < o->rows.ncols ? o->rows.cells[column].ptr : NULL;
}

static const char who_holds[] = "SELECT p.ID, p.USER, p.HOST FROM information_schema.PROCESSLIST p"
                                " WHERE p.ID = IS_USED_LOCK(";
/* Readable and filled on some servers only. */
static const char what_holds[] = "SELECT a.ATTR_VALUE FROM performance_schema.session_connect_attrs a"
                                 " WHERE a.ATTR_NAME = 'program_name' AND a.PROCESSLIST_ID = IS_USED_LOCK(";

static int find_holder(struct conn *conn, struct arena *a, const struct name *name,
                       struct lock_holder *holder, struct err *err)
{
    const struct statement statements[] = {query(a, STATEMENT_TOLERATE, who_holds, name, ")"),
                                           query(a, STATEMENT_TOLERATE, what_holds, name, ")")};
    struct outcome outcomes[COUNT_OF(statements)];
    size_t done;
    int rc = mysql_conn_batch(conn, a, statements, COUNT_OF(statements), outcomes, &done, err);
    if (rc != 0) {
        return rc;
    }
    const char *id = cell(&outcomes[0], 0), *user = cell(&outcomes[0], 1), *host = cell(&outcomes[0], 2);
    const char *application = cell(&outcomes[1], 0);
    holder->pid = id ? strtoll(id, NULL, 10) : 0;
    if (application && user) {
        holder->who = arena_printf(a, "%s (%s@%s)", application, user, host ? host : "");
    } else if (user) {
        holder->who = arena_printf(a, "%s@%s", user, host ? host : "");
    }
    return 0;
}

static int refuse(struct conn *conn, struct arena *a, const struct name *name, struct lock_holder *holder,
                  struct err *err)
{
    int rc = find_holder(conn, a, name, holder, err);
    if (rc != 0) {
        return rc;
    }
    err_set(err, ERR_REFUSED, "the lock is held by %s (connection %lld)",
            holder->who ? holder->who : "another session", (long long)holder->pid);
    return err_hint(err, "Wait for the other run to end; the lock goes with its session.");
}

const char *mysql_conn_shared(struct conn *conn)
{
    return mysql_conn_of(conn)->shared;
}

static int refuse_shared(const struct mysql_conn *c, struct err *err)
{
    err_set(err, ERR_REFUSED, "%s: locks of a session would not keep others out", c->shared);
    return err_hint(err, "Connect to a server of its own.");
}

/* On a cluster the lock would hold on one node only, so two runs could work at once. */
static void check_galera(struct mysql_conn *c, const struct outcome *show)
{
    const char *on = cell(show, 1);
    if (on && strcasecmp(on, "ON") == 0) {
        c->shared = "the server is a node of a Galera cluster";
    }
}

int mysql_conn_lock(struct conn *conn, struct arena *a, const char *key, struct lock_holder *holder,
                    struct err *err)
{
    return mysql_conn_lock_reading(conn, a, key, holder, NULL, 0, NULL, err);
}

/* GET_LOCK, unless another program has put us on a session that is not ours alone. */
static struct statement take(struct conn *conn, struct arena *a, const struct name *name)
{
    const char *text =
        arena_printf(a, "SELECT %s, IF((CONNECTION_ID() & 0xFFFFFFFF) = %lu, GET_LOCK(%s, 0), 'shared')",
                     name->leases, mysql_conn_of(conn)->thread_id & 0xFFFFFFFFul, name->text);
    return (struct statement){.text = slice_of(text), .flags = STATEMENT_ROWS};
}

static int give_up(struct conn *conn, const char *key, bool got, struct err *err)
{
    if (got) {
        mysql_conn_unlock(conn, key, NULL);
    }
    return refuse_shared(mysql_conn_of(conn), err);
}

int mysql_conn_lock_reading(struct conn *conn, struct arena *a, const char *key, struct lock_holder *holder,
                            const struct statement *reads, size_t n, struct outcome *outcomes,
                            struct err *err)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    struct name name = lock_name(a, key);
    struct statement *all = arena_array(a, n + 2, sizeof(*all));
    struct outcome *out = arena_array(a, n + 2, sizeof(*out));
    size_t done = 0, own = 0;
    if (!c->checked) {
        all[own++] =
            (struct statement){.text = SLICE("SHOW VARIABLES LIKE 'wsrep_on'"), .flags = STATEMENT_ROWS};
    }
    all[own++] = take(conn, a, &name);
    for (size_t i = 0; i < n; i++) {
        all[own + i] = reads[i];
        all[own + i].flags |= STATEMENT_TOLERATE;
    }
    int rc = mysql_conn_batch(conn, a, all, own + n, out, &done, err);
    if (own > 1 && done > 0) {
        check_galera(c, &out[0]);
    }
    if (rc != 0 && c->shared && done == 1) { /* some clusters refuse GET_LOCK itself */
        rc = mysql_conn_batch(conn, a, all + own, n, out + own, &done, err);
        out[own - 1] = (struct outcome){0};
    }
    if (rc != 0) {
        return err_wrap(err, "cannot take the lock");
    }
    c->checked = true;
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = out[own + i];
    }
    const char *leases = cell(&out[own - 1], 0), *got = cell(&out[own - 1], 1);
    struct lock_holder other = {.leases = leases && leases[0] != '0'};
    if (holder) {
        *holder = other;
    }
    if (got && strcmp(got, "shared") == 0) {
        c->shared = "a proxy hands out the server's sessions";
    }
    bool taken = got && strcmp(got, "1") == 0;
    c->locks += taken;
    if (c->shared) {
        return give_up(conn, key, taken, err);
    }
    if (!got) {
        return err_set(err, ERR_FAILED, "cannot take the lock: the server could not say whether it is free");
    }
    return taken ? 0 : refuse(conn, a, &name, holder ? holder : &other, err);
}

int mysql_conn_unlock(struct conn *conn, const char *key, struct err *err)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct name name = lock_name(&a, key);
    const struct statement s = query(&a, 0, "SELECT RELEASE_LOCK(", &name, ")");
    struct outcome o;
    size_t done;
    int rc = mysql_conn_batch(conn, &a, &s, 1, &o, &done, err);
    if (rc != 0) {
        return err_wrap(err, "cannot release the lock");
    }
    const char *released = cell(&o, 0);
    if (!released || strcmp(released, "1") != 0) {
        err_set(err, ERR_FAILED, "lock '%s' is not held by this connection", key);
        return err_hint(err, "A pooler between here and the server may have changed the session underneath.");
    }
    if (c->locks > 0) {
        c->locks--;
    }
    return 0;
}

/* No session of a cluster holds locks, and some clusters refuse GET_LOCK. */
struct lease_guard mysql_lease_guard(struct conn *conn, struct arena *a, const char *key)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    if (c->shared && strstr(c->shared, "Galera")) {
        return (struct lease_guard){.condition = "1 = 1"};
    }
    struct name name = lock_name(a, key);
    return (struct lease_guard){.condition = arena_printf(a, "GET_LOCK(%s, 0) = 1", name.text),
                                .after = arena_printf(a, "DO RELEASE_LOCK(%s)", name.text)};
}

int mysql_conn_lock_holder(struct conn *conn, struct arena *a, const char *key, struct lock_holder *holder,
                           struct err *err)
{
    struct name name = lock_name(a, key);
    return find_holder(conn, a, &name, holder, err);
}
