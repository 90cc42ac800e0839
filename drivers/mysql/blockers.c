/*
 * Who keeps a session waiting. Each kind of server tells it in another place, if at all, so all of them are
 * asked: InnoDB's lock waits, then metadata locks where the server was told to show them. Where it was not,
 * whoever has a transaction or a statement open in the same database may be the one.
 */
#include "drivers/mysql/connection.h"

#define WHO                                                                                                  \
    "SELECT DISTINCT p.ID, p.USER, p.HOST, IF(p.COMMAND = 'Sleep', 'idle in a transaction', p.STATE), "      \
    "p.INFO, COALESCE(TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.TIME) FROM "                            \
    "information_schema.PROCESSLIST p LEFT JOIN information_schema.INNODB_TRX t "                            \
    "ON t.trx_mysql_thread_id = p.ID "

struct source {
    const char *query; /* with %lld for the session that waits */
    bool sure;
};

static const struct source sources[] = {
    /* MariaDB */
    {WHO "JOIN information_schema.INNODB_LOCK_WAITS w ON w.blocking_trx_id = t.trx_id "
         "JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id "
         "WHERE r.trx_mysql_thread_id = %lld",
     true},
    /* MySQL 8 */
    {WHO "JOIN performance_schema.data_lock_waits w ON w.BLOCKING_ENGINE_TRANSACTION_ID = t.trx_id "
         "JOIN information_schema.INNODB_TRX r ON r.trx_id = w.REQUESTING_ENGINE_TRANSACTION_ID "
         "WHERE r.trx_mysql_thread_id = %lld",
     true},
    /* Both, where performance_schema is on */
    {WHO "JOIN performance_schema.threads h ON h.PROCESSLIST_ID = p.ID "
         "JOIN performance_schema.metadata_locks g ON g.OWNER_THREAD_ID = h.THREAD_ID "
         "AND g.LOCK_STATUS = 'GRANTED' JOIN performance_schema.metadata_locks w "
         "ON w.LOCK_STATUS = 'PENDING' AND w.OBJECT_TYPE = g.OBJECT_TYPE "
         "AND w.OBJECT_SCHEMA <=> g.OBJECT_SCHEMA AND w.OBJECT_NAME <=> g.OBJECT_NAME "
         "JOIN performance_schema.threads x ON x.THREAD_ID = w.OWNER_THREAD_ID "
         "WHERE x.PROCESSLIST_ID = %lld AND p.ID <> x.PROCESSLIST_ID",
     true},
    /* MariaDB's plugin tells who has locks, not who waits for which */
    {WHO "JOIN information_schema.METADATA_LOCK_INFO g ON g.THREAD_ID = p.ID "
         "JOIN information_schema.PROCESSLIST x ON x.DB = g.TABLE_SCHEMA AND x.ID <> p.ID "
         "WHERE x.STATE LIKE 'Waiting for % metadata lock' AND x.ID = %lld",
     false},
    {WHO "JOIN information_schema.PROCESSLIST x ON x.DB <=> p.DB AND x.ID <> p.ID "
         "WHERE (t.trx_id IS NOT NULL OR p.COMMAND = 'Query') AND p.ID <> CONNECTION_ID() "
         "AND x.STATE LIKE 'Waiting for % lock' AND x.ID = %lld",
     false},
};

int64_t mysql_conn_session(struct conn *conn)
{
    return (int64_t)mysql_conn_of(conn)->thread_id;
}

/* The text with the number in place of %lld. */
static struct slice ask(struct arena *a, const char *text, int64_t session)
{
    const char *mark = strstr(text, "%lld");
    return slice_of(
        arena_printf(a, "%.*s%lld%s", (int)(mark - text), text, (long long)session, mark + strlen("%lld")));
}

int mysql_conn_blockers(struct conn *conn, struct arena *a, int64_t session, struct lock_blocker **out,
                        size_t *n, struct err *err)
{
    struct statement statements[COUNT_OF(sources)];
    struct outcome outcomes[COUNT_OF(sources)];
    size_t done = 0, from = 0;
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        statements[i] = (struct statement){.text = ask(a, sources[i].query, session),
                                           .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
    }
    int rc = mysql_conn_batch(conn, a, statements, COUNT_OF(sources), outcomes, &done, err);
    if (rc) {
        return rc;
    }
    while (from < COUNT_OF(sources) && outcomes[from].rows.nrows == 0) {
        from++;
    }
    *n = from < COUNT_OF(sources) ? outcomes[from].rows.nrows : 0;
    struct lock_blocker *list = arena_array(a, *n, sizeof(*list));
    for (size_t i = 0; i < *n; i++) {
        const struct slice *cells = outcomes[from].rows.cells + i * outcomes[from].rows.ncols;
        list[i] = (struct lock_blocker){.pid = strtoll(cells[0].ptr, NULL, 10),
                                        .user = cells[1].ptr,
                                        .client = cells[2].ptr,
                                        .state = cells[3].ptr,
                                        .query = cells[4].ptr,
                                        .age_s = cells[5].ptr ? strtoll(cells[5].ptr, NULL, 10) : 0,
                                        .sure = sources[from].sure};
    }
    *out = list;
    return 0;
}
