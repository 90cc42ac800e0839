/* Running statements. SQLite is in the process, so a batch is a loop: there is no network to wait for. */
#include "base/file.h"
#include "drivers/sqlite/connection.h"
#include <limits.h>

struct rows {
    VEC(struct slice) cells;
    VEC(unsigned char) kinds;
    size_t n;
};

static void keep_row(struct arena *a, struct rows *rows, sqlite3_stmt *s, int ncols)
{
    for (int i = 0; i < ncols; i++) {
        struct slice *cell = vec_push(a, &rows->cells);
        unsigned char *kind = vec_push(a, &rows->kinds);
        int type = sqlite3_column_type(s, i);
        *kind = type == SQLITE_INTEGER ? CELL_INT
                : type == SQLITE_FLOAT ? CELL_FLOAT
                : type == SQLITE_BLOB  ? CELL_BYTES
                                       : CELL_TEXT;
        if (type == SQLITE_NULL) {
            continue;
        }
        const char *text = (const char *)sqlite3_column_text(s, i);
        size_t len = (size_t)sqlite3_column_bytes(s, i);
        *cell = (struct slice){arena_dupn(a, text ? text : "", text ? len : 0), text ? len : 0};
    }
    rows->n++;
}

static void finish_rows(struct arena *a, struct rows *rows, sqlite3_stmt *s, int ncols, struct rowset *out)
{
    out->nrows = rows->n;
    out->ncols = (size_t)ncols;
    out->cells = rows->cells.items;
    out->kinds = rows->kinds.items;
    out->kind_by_cell = true;
    out->names = arena_array(a, out->ncols, sizeof(*out->names));
    for (int i = 0; i < ncols; i++) {
        out->names[i] = arena_dup(a, sqlite3_column_name(s, i));
    }
}

static int cancelled(struct conn *c, struct err *err)
{
    if (!atomic_load(&c->cancelled)) {
        return 0;
    }
    err_set(err, ERR_INTERRUPTED, "cancelled");
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "57014");
    }
    return ERR_INTERRUPTED;
}

/* What follows the first statement may only be white space, comments and semicolons. */
static int check_tail(struct conn *c, const struct slice *sql, const char *tail, struct err *err)
{
    const char *end = sql->ptr + sql->len;
    while (tail < end) {
        sqlite3_stmt *more = NULL;
        const char *next = end;
        int rc = sqlite3_prepare_v2(c->db, tail, (int)(end - tail), &more, &next);
        sqlite3_finalize(more);
        if (rc != SQLITE_OK || more) {
            err_set(err, ERR_FAILED, "the text holds more than one statement");
            if (err) {
                snprintf(err->sqlstate, sizeof(err->sqlstate), "42000");
            }
            return ERR_FAILED;
        }
        if (next == tail) {
            break;
        }
        tail = next;
    }
    return 0;
}

static int step_all(struct conn *c, struct arena *a, const struct statement *st, sqlite3_stmt *s,
                    struct outcome *out, struct err *err)
{
    int ncols = sqlite3_column_count(s);
    int64_t changes = sqlite3_total_changes64(c->db), seen = 0;
    struct rows rows = {0};
    int rc = sqlite3_step(s);
    while (rc == SQLITE_ROW) {
        if (st->flags & STATEMENT_ROWS) {
            keep_row(a, &rows, s, ncols);
        }
        seen++;
        rc = sqlite3_step(s);
    }
    if (rc != SQLITE_DONE) {
        return sqlite_error(c, &st->text, rc, err);
    }
    if (st->flags & STATEMENT_ROWS) {
        finish_rows(a, &rows, s, ncols, &out->rows);
    }
    if (ncols > 0) {
        out->affected = seen;
    } else {
        /* sqlite3_changes() keeps the count of the last statement that changed rows; total_changes tells
         * whether that was this one. */
        out->affected = sqlite3_total_changes64(c->db) != changes ? sqlite3_changes64(c->db) : 0;
    }
    return 0;
}

static int run_statement(struct conn *c, struct arena *a, const struct statement *st, struct outcome *out,
                         struct err *err)
{
    int rc = cancelled(c, err);
    if (rc != 0) {
        return rc;
    }
    if (st->copy.ptr) {
        return err_set(err, ERR_FAILED, "COPY is known to PostgreSQL only");
    }
    if (st->text.len > INT_MAX) {
        return err_set(err, ERR_FAILED, "the statement is longer than SQLite accepts");
    }
    c->timed_out = false;
    c->deadline_us = c->statement_timeout_us ? time_monotonic_us() + c->statement_timeout_us : 0;
    sqlite3_stmt *s = NULL;
    const char *tail = NULL;
    rc = sqlite3_prepare_v2(c->db, st->text.ptr, (int)st->text.len, &s, &tail);
    if (rc != SQLITE_OK) {
        rc = sqlite_error(c, &st->text, rc, err);
    } else if (s) { /* NULL: nothing but comments */
        rc = check_tail(c, &st->text, tail, err);
        if (rc == 0) {
            rc = step_all(c, a, st, s, out, err);
        }
    }
    sqlite3_finalize(s);
    return rc;
}

int sqlite_batch(struct conn *c, struct arena *a, const struct statement *statements, size_t n,
                 struct outcome *outcomes, size_t *done, struct err *err)
{
    int64_t before = time_monotonic_us();
    *done = 0;
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = (struct outcome){0};
    }
    struct err failure = {0};
    for (size_t i = 0; i < n; i++) {
        struct outcome *out = &outcomes[i];
        int rc = run_statement(c, a, &statements[i], out, &failure);
        int64_t now = time_monotonic_us();
        out->duration_us = now - before;
        before = now;
        if (rc == 0) {
            out->done = true;
        } else if ((statements[i].flags & STATEMENT_TOLERATE) && rc != ERR_INTERRUPTED) {
            out->rows = (struct rowset){0};
            out->err = arena_alloc(a, sizeof(failure));
            *out->err = failure;
        } else {
            if (err) {
                *err = failure;
            }
            return rc;
        }
        *done = i + 1;
        conn_progress(&c->base, i + 1);
    }
    return 0;
}

enum txn_state sqlite_txn(struct conn *c)
{
    return sqlite3_get_autocommit(c->db) ? TXN_IDLE : TXN_OPEN;
}
