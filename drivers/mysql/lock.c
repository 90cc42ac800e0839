/* GET_LOCK: a lock of the server that goes with its session. */
#include "base/digest.h"
#include "drivers/mysql/connection.h"

#define NAME_PREFIX   "lockstep:"
#define NAME_DIGITS   55 /* with the prefix 64 bytes, the most the server takes */
#define LOCK_NAME_MAX 64

static void lock_name(const char *key, char name[LOCK_NAME_MAX + 1])
{
    char hex[DIGEST_HEX + 1];
    sha256_hex(key, strlen(key), hex);
    snprintf(name, LOCK_NAME_MAX + 1, NAME_PREFIX "%.*s", NAME_DIGITS, hex);
}

/* before + name + after: a query of one value, whose rows are kept. */
static struct statement query(struct arena *a, unsigned flags, const char *before, const char *name,
                              const char *after)
{
    const char *text = arena_printf(a, "%s'%s'%s", before, name, after);
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

static int find_holder(struct conn *conn, struct arena *a, const char *name, struct lock_holder *holder,
                       struct err *err)
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
    *holder = (struct lock_holder){.pid = id ? strtoll(id, NULL, 10) : 0};
    if (application && user) {
        holder->who = arena_printf(a, "%s (%s@%s)", application, user, host ? host : "");
    } else if (user) {
        holder->who = arena_printf(a, "%s@%s", user, host ? host : "");
    }
    return 0;
}

static int refuse(struct conn *conn, struct arena *a, const char *name, struct lock_holder *holder,
                  struct err *err)
{
    struct lock_holder other = {0};
    int rc = find_holder(conn, a, name, &other, err);
    if (rc != 0) {
        return rc;
    }
    if (holder) {
        *holder = other;
    }
    err_set(err, ERR_REFUSED, "the lock is held by %s (connection %lld)",
            other.who ? other.who : "another session", (long long)other.pid);
    return err_hint(err, "Wait for the other run to end; the lock goes with its session.");
}

/* On a cluster the lock would hold on one node only, so two runs could work at once. */
static int check_galera(struct mysql_conn *c, const struct outcome *show, struct err *err)
{
    const char *on = cell(show, 1);
    if (!on || strcasecmp(on, "ON") != 0) {
        c->galera_checked = true;
        return 0;
    }
    err_set(err, ERR_REFUSED,
            "the server is a node of a Galera cluster, where locks are not shared between nodes: "
            "not supported yet");
    return err_hint(err, "Run against a server that is not part of a cluster.");
}

int mysql_conn_lock(struct conn *conn, struct arena *a, const char *key, struct lock_holder *holder,
                    struct err *err)
{
    return mysql_conn_lock_reading(conn, a, key, holder, NULL, 0, NULL, err);
}

int mysql_conn_lock_reading(struct conn *conn, struct arena *a, const char *key, struct lock_holder *holder,
                            const struct statement *reads, size_t n, struct outcome *outcomes,
                            struct err *err)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    char name[LOCK_NAME_MAX + 1];
    lock_name(key, name);
    struct statement *all = arena_array(a, n + 2, sizeof(*all));
    struct outcome *out = arena_array(a, n + 2, sizeof(*out));
    size_t done, own = c->galera_checked ? 1 : 2;
    all[0] = query(a, 0, "SELECT GET_LOCK(", name, ", 0)");
    all[1] = (struct statement){.text = SLICE("SHOW VARIABLES LIKE 'wsrep_on'"), .flags = STATEMENT_ROWS};
    for (size_t i = 0; i < n; i++) {
        all[own + i] = reads[i];
        all[own + i].flags |= STATEMENT_TOLERATE;
    }
    int rc = mysql_conn_batch(conn, a, all, own + n, out, &done, err);
    if (rc != 0) {
        return err_wrap(err, "cannot take the lock");
    }
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = out[own + i];
    }
    const char *got = cell(&out[0], 0);
    if (!got) {
        return err_set(err, ERR_FAILED, "cannot take the lock: the server could not say whether it is free");
    }
    if (strcmp(got, "1") != 0) {
        return refuse(conn, a, name, holder, err);
    }
    c->locks++;
    rc = own > 1 ? check_galera(c, &out[1], err) : 0;
    if (rc != 0) {
        mysql_conn_unlock(conn, key, NULL);
    }
    return rc;
}

int mysql_conn_unlock(struct conn *conn, const char *key, struct err *err)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char name[LOCK_NAME_MAX + 1];
    lock_name(key, name);
    const struct statement s = query(&a, 0, "SELECT RELEASE_LOCK(", name, ")");
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
