/* COPY, which libpq keeps out of pipeline mode: rows go to the server as the script has them. */
#include "base/file.h"
#include "drivers/postgresql/internal.h"

enum { CHUNK_BYTES = 64 << 10 };

struct copying {
    struct pg_conn *c;
    const struct statement *s;
    struct outcome *out;
    struct err error;
    int status;
};

static void copy_fail(struct copying *k)
{
    pg_error_lost(k->c, &k->error);
    k->status = k->error.status;
}

static bool await(struct copying *k, bool write)
{
    struct err error;
    int rc = pg_wait(k->c, write, &error);
    if (rc) {
        k->c->lost = true; /* in the middle of an exchange */
        k->status = rc;
        k->error = error;
        return false;
    }
    PQconsumeInput(k->c->pg); /* a failure shows in the next result */
    return true;
}

/* Send what libpq holds back; the server may meanwhile have something to say. */
static bool flush(struct copying *k)
{
    for (;;) {
        int left = PQflush(k->c->pg);
        if (left == 0) {
            return true;
        }
        if (left < 0) {
            copy_fail(k);
            return false;
        }
        if (!await(k, true)) {
            return false;
        }
    }
}

/* The answer to a PQput call: 1 taken, 0 no room, -1 failed. */
static bool put(struct copying *k, int (*try)(struct copying *, const char *, int), const char *rows, int n)
{
    for (;;) {
        int taken = try(k, rows, n);
        if (taken > 0) {
            return flush(k);
        }
        if (taken < 0) {
            copy_fail(k);
            return false;
        }
        if (!flush(k)) {
            return false;
        }
    }
}

static int try_rows(struct copying *k, const char *rows, int n)
{
    return PQputCopyData(k->c->pg, rows, n);
}

static int try_end(struct copying *k, const char *complaint, int n)
{
    (void)n;
    return PQputCopyEnd(k->c->pg, complaint);
}

static bool send_rows(struct copying *k)
{
    struct slice rest = k->s->copy;
    if (!rest.ptr) {
        k->status = err_set(&k->error, ERR_FAILED, "COPY from standard input without rows");
        return put(k, try_end, "no rows follow the statement", 0);
    }
    while (rest.len > 0) {
        if (atomic_load(&k->c->cancelled)) {
            /* The server then reports it as cancelled, too. */
            return put(k, try_end, "cancelled", 0);
        }
        size_t n = rest.len < CHUNK_BYTES ? rest.len : CHUNK_BYTES;
        if (!put(k, try_rows, rest.ptr, (int)n)) {
            return false;
        }
        rest.ptr += n;
        rest.len -= n;
    }
    return put(k, try_end, NULL, 0);
}

/* COPY TO STDOUT has no reader here. */
static bool drop_rows(struct copying *k)
{
    for (;;) {
        char *row = NULL;
        int n = PQgetCopyData(k->c->pg, &row, 1);
        if (row) {
            PQfreemem(row);
        }
        if (n < 0) {
            return true;
        }
        if (n == 0 && !await(k, false)) {
            return false;
        }
    }
}

static bool take_result(struct copying *k, PGresult *res)
{
    ExecStatusType status = PQresultStatus(res);
    if (status == PGRES_COPY_IN) {
        return send_rows(k);
    }
    if (status == PGRES_COPY_OUT) {
        return drop_rows(k);
    }
    if (status == PGRES_COMMAND_OK) {
        pg_outcome(NULL, res, false, k->out);
    } else if (!k->status) {
        k->status = pg_error(k->c, res, k->s->text, &k->error);
    }
    return true;
}

static void run(struct copying *k)
{
    PGconn *pg = k->c->pg;
    for (;;) {
        while (PQisBusy(pg)) {
            if (!await(k, false)) {
                return;
            }
        }
        PGresult *res = PQgetResult(pg);
        if (!res) {
            return;
        }
        bool more = take_result(k, res);
        PQclear(res);
        if (!more) {
            return;
        }
    }
}

int pg_copy(struct pg_conn *c, const struct statement *s, struct outcome *out, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct copying k = {.c = c, .s = s, .out = out};
    int64_t began = time_monotonic_us();
    strbuf_add(&text, s->text.ptr, s->text.len);
    if (PQsendQuery(c->pg, strbuf_cstr(&text)) != 1) {
        return pg_error_lost(c, err);
    }
    if (flush(&k)) {
        run(&k);
    }
    out->duration_us = time_monotonic_us() - began;
    if (k.status && PQstatus(c->pg) == CONNECTION_BAD) {
        pg_mark_lost(c, &k.error);
    }
    if (k.status) {
        out->done = false;
        if (err) {
            *err = k.error;
        }
    }
    return k.status;
}
