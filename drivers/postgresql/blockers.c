/* Who keeps a session waiting. */
#include "drivers/postgresql/internal.h"

int64_t pg_session(struct conn *conn)
{
    return atomic_load(&pg_of(conn)->backend);
}

/* pg_blocking_pids() names the same process more than once when parallel workers wait, and 0 for a prepared
 * transaction. */
static const char question[] =
    "SELECT b.pid, a.usename, nullif(a.application_name, ''), host(a.client_addr),"
    " CASE WHEN b.pid = 0 THEN 'a prepared transaction (see pg_prepared_xacts)' ELSE a.state END, a.query,"
    " extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.backend_start))::bigint"
    " FROM (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids(%d)) AS pid) b"
    " LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY a.xact_start";

int pg_blockers(struct conn *c, struct arena *a, int64_t session, struct lock_blocker **out, size_t *n,
                struct err *err)
{
    char sql[sizeof(question) + 16];
    snprintf(sql, sizeof(sql), question, (int)session);
    struct statement s = {.text = slice_of(sql), .flags = STATEMENT_ROWS};
    struct outcome o;
    size_t done;
    int rc = pg_batch(c, a, &s, 1, &o, &done, err);
    if (rc) {
        return rc;
    }
    struct rowset rows = o.rows;
    struct lock_blocker *list = arena_array(a, rows.nrows, sizeof(*list));
    for (size_t i = 0; i < rows.nrows; i++) {
        const struct slice *cells = rows.cells + i * rows.ncols;
        list[i] = (struct lock_blocker){.pid = strtoll(cells[0].ptr, NULL, 10),
                                        .user = cells[1].ptr,
                                        .application = cells[2].ptr,
                                        .client = cells[3].ptr,
                                        .state = cells[4].ptr,
                                        .query = cells[5].ptr,
                                        .age_s = cells[6].ptr ? strtoll(cells[6].ptr, NULL, 10) : 0,
                                        .sure = true};
    }
    *out = list;
    *n = rows.nrows;
    return 0;
}
