/* Conveniences over driver->batch, the same for every driver. */
#include "base/arena.h"
#include "drivers/driver.h"
#include "drivers/tunnel.h"

static int run_one(struct conn *c, struct arena *a, const char *sql, unsigned flags, struct outcome *out,
                   struct err *err)
{
    struct statement s = {.text = slice_of(sql), .flags = flags};
    size_t done = 0;
    return conn_driver(c)->batch(c, a, &s, 1, out, &done, err);
}

int conn_exec(struct conn *c, const char *sql, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct outcome out = {0};
    return run_one(c, &a, sql, 0, &out, err);
}

int conn_query(struct conn *c, struct arena *a, const char *sql, struct rowset *out, struct err *err)
{
    struct outcome o = {0};
    int rc = run_one(c, a, sql, STATEMENT_ROWS, &o, err);
    if (rc) {
        return rc;
    }
    *out = o.rows;
    return 0;
}

void conn_close(struct conn *c)
{
    if (c) {
        struct ssh_end *tunnel = ((struct conn_base *)(void *)c)->tunnel;
        conn_driver(c)->close(c);
        tunnel_close(tunnel);
    }
}

struct slice rowset_cell(const struct rowset *rows, size_t row, size_t col)
{
    if (row >= rows->nrows || col >= rows->ncols) {
        return (struct slice){NULL, 0};
    }
    return rows->cells[row * rows->ncols + col];
}

enum cell_kind rowset_kind(const struct rowset *rows, size_t row, size_t col)
{
    if (!rows->kinds || row >= rows->nrows || col >= rows->ncols) {
        return CELL_TEXT;
    }
    return (enum cell_kind)rows->kinds[rows->kind_by_cell ? row * rows->ncols + col : col];
}

bool statement_unlocks(const struct driver *driver, struct slice statement)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct trace trace = {.unlocks = false};
    driver->trace(&a, statement, &trace);
    return trace.unlocks;
}
