/*
 * Running statements in pipeline mode.
 *
 * A batch is cut into flights. Everything in a flight is sent before the first answer is waited for:
 *   - reads whose errors are tolerated, each followed by a sync point, so that each stands alone;
 *   - then statements of explicit transactions, closed by one sync point: the server skips whatever follows
 *     an error up to there, which is what stops the batch;
 *   - or, in their place, one statement outside a transaction. A second one would share its implicit
 *     transaction, or run although the first had failed.
 * Within a flight, sending and reading take turns, so that neither side blocks on a full buffer.
 */
#include "base/file.h"
#include "drivers/postgresql/internal.h"

enum { FLUSH_BYTES = 64 << 10, STATEMENT_MAX = 1000 << 20 };

struct flight {
    struct pg_conn *c;
    struct arena *arena;
    const struct statement *items;
    struct outcome *outcomes;
    size_t first;     /* items from here ... */
    size_t tolerated; /* ... to before this one have a sync point each */
    size_t end;       /* one past the last */
    size_t sent, got; /* items */
    size_t syncs_sent, syncs_got;
    size_t unflushed; /* bytes */
    bool blocked;     /* the socket takes no more for now */
    bool open;        /* a first result of item `got` has come */
    bool asked;       /* item `got`: single rows were asked for */
    bool failed;      /* error tells of item `failed_at` */
    size_t failed_at;
    struct err error;
    int64_t last_us; /* of the answer before */
    struct strbuf text;
    struct slice *row; /* that is being handed over */
    size_t row_cap;
};

static void flight_fail(struct flight *f, size_t at, const struct err *error)
{
    if (!f->failed) {
        f->failed = true;
        f->failed_at = at;
        f->error = *error;
    }
}

/* Object ids of types that never change (pg_type.dat); arrays of other types have names that begin with "_",
 * which a result does not tell. */
static enum cell_kind kind_of(Oid oid)
{
    static const struct {
        Oid oid;
        enum cell_kind kind;
    } kinds[] = {
        {16, CELL_BOOL},       {17, CELL_BYTES},      {20, CELL_INT},        {21, CELL_INT},
        {23, CELL_INT},        {26, CELL_INT},        {114, CELL_JSON},      {700, CELL_FLOAT},
        {701, CELL_FLOAT},     {1082, CELL_DATE},     {1083, CELL_TIME},     {1114, CELL_DATETIME},
        {1184, CELL_DATETIME}, {1186, CELL_INTERVAL}, {1266, CELL_TIME},     {1700, CELL_DECIMAL},
        {2950, CELL_UUID},     {3802, CELL_JSON},
#define ITEMS(oid, kind) {oid, (enum cell_kind)(CELL_ARRAY | CELL_##kind)}
        ITEMS(199, JSON),      ITEMS(651, TEXT),      ITEMS(1000, BOOL),     ITEMS(1001, BYTES),
        ITEMS(1002, TEXT),     ITEMS(1003, TEXT),     ITEMS(1005, INT),      ITEMS(1006, INT),
        ITEMS(1007, INT),      ITEMS(1009, TEXT),     ITEMS(1014, TEXT),     ITEMS(1015, TEXT),
        ITEMS(1016, INT),      ITEMS(1021, FLOAT),    ITEMS(1022, FLOAT),    ITEMS(1028, INT),
        ITEMS(1040, TEXT),     ITEMS(1041, TEXT),     ITEMS(1115, DATETIME), ITEMS(1182, DATE),
        ITEMS(1183, TIME),     ITEMS(1185, DATETIME), ITEMS(1187, INTERVAL), ITEMS(1231, DECIMAL),
        ITEMS(1270, TIME),     ITEMS(2951, UUID),     ITEMS(3807, JSON),
#undef ITEMS
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i].oid == oid) {
            return kinds[i].kind;
        }
    }
    return CELL_TEXT;
}

static void copy_rows(struct arena *a, const PGresult *res, struct rowset *out)
{
    int rows = PQntuples(res), cols = PQnfields(res);
    struct rowset r = {.nrows = (size_t)rows, .ncols = (size_t)cols};
    r.names = arena_array(a, r.ncols, sizeof(*r.names));
    r.cells = arena_array(a, r.nrows * r.ncols, sizeof(*r.cells));
    r.kinds = arena_array(a, r.ncols, sizeof(*r.kinds));
    for (int j = 0; j < cols; j++) {
        r.names[j] = arena_dup(a, PQfname(res, j));
        r.kinds[j] = (unsigned char)kind_of(PQftype(res, j));
    }
    struct slice *cell = r.cells;
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++, cell++) {
            if (!PQgetisnull(res, i, j)) {
                size_t len = (size_t)PQgetlength(res, i, j);
                *cell = (struct slice){arena_dupn(a, PQgetvalue(res, i, j), len), len};
            }
        }
    }
    *out = r;
}

/* To whoever takes rows as they come. */
static void hand_over(struct flight *f, const PGresult *res)
{
    const struct statement *s = &f->items[f->got];
    struct rowset r = {.nrows = 1, .ncols = (size_t)PQnfields(res)};
    if (r.ncols > f->row_cap) {
        f->row_cap = r.ncols;
        f->row = arena_array(f->arena, r.ncols, sizeof(*f->row));
    }
    r.cells = f->row;
    for (int j = 0; j < (int)r.ncols; j++) {
        r.cells[j] = PQgetisnull(res, 0, j)
                         ? (struct slice){0}
                         : (struct slice){PQgetvalue(res, 0, j), (size_t)PQgetlength(res, 0, j)};
    }
    s->row(s->row_arg, &r);
}

void pg_outcome(struct arena *a, const PGresult *res, bool rows, struct outcome *out)
{
    const char *count = PQcmdTuples((PGresult *)(uintptr_t)res);
    out->done = true;
    out->affected = count[0] ? strtoll(count, NULL, 10) : -1;
    if (rows) {
        copy_rows(a, res, &out->rows);
    }
}

/* A COMMIT in a failed transaction is answered with success and the tag of what really happened. */
static bool is_refused_commit(const PGresult *res, struct slice text)
{
    return strcmp(PQcmdStatus((PGresult *)(uintptr_t)res), "ROLLBACK") == 0 && pg_classify(text) == PG_COMMIT;
}

static void take_error(struct flight *f, size_t at, const PGresult *res)
{
    struct err error;
    int status = pg_error(f->c, res, f->items[at].text, &error);
    f->outcomes[at].done = false;
    if (at < f->tolerated && status != ERR_INTERRUPTED && PQstatus(f->c->pg) != CONNECTION_BAD) {
        struct err *kept = arena_alloc(f->arena, sizeof(*kept));
        *kept = error;
        f->outcomes[at].err = kept;
    } else {
        flight_fail(f, at, &error);
    }
}

/* The item before `got` has answered but its sync point has not: its implicit transaction commits only there,
 * so that deferred constraints and the like still speak of that item. */
static bool at_sync(const struct flight *f)
{
    size_t lone = f->got < f->tolerated ? f->got : f->tolerated;
    size_t due = lone - f->first + (f->got == f->end && f->end > f->tolerated);
    return f->syncs_got < due;
}

static void take_result(struct flight *f, const PGresult *res)
{
    struct outcome *out = &f->outcomes[f->got];
    const struct statement *s = &f->items[f->got];
    struct err error;
    f->open = true;
    switch (PQresultStatus(res)) {
    case PGRES_SINGLE_TUPLE:
        if (s->row) {
            hand_over(f, res);
        }
        break;
    case PGRES_PIPELINE_ABORTED:
        break;
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        if (is_refused_commit(res, s->text)) {
            err_set(&error, ERR_FAILED,
                    "the transaction was rolled back, because a statement in it had failed");
            flight_fail(f, f->got, &error);
        } else {
            pg_outcome(f->arena, res, (s->flags & STATEMENT_ROWS) && !s->row, out);
        }
        break;
    case PGRES_FATAL_ERROR:
        take_error(f, f->got, res);
        break;
    default:
        err_set(&error, ERR_FAILED, "the server sent an answer of an unexpected kind (%s)",
                PQresStatus(PQresultStatus(res)));
        pg_mark_lost(f->c, &error);
        flight_fail(f, f->got, &error);
    }
}

static void item_ended(struct flight *f)
{
    int64_t now = time_monotonic_us();
    f->outcomes[f->got].duration_us = now - f->last_us;
    f->last_us = now;
    bool done = f->outcomes[f->got].done;
    f->got++;
    f->open = f->asked = false;
    if (done) {
        conn_progress(&f->c->base, f->got);
    }
}

/* Read what has come, without waiting. */
static void flight_take(struct flight *f)
{
    PGconn *pg = f->c->pg;
    int idle = 0;
    while ((f->got < f->sent || f->syncs_got < f->syncs_sent) && !f->c->lost) {
        const struct statement *s = &f->items[f->got];
        if (f->got < f->sent && !f->asked && (!(s->flags & STATEMENT_ROWS) || s->row)) {
            f->asked = PQsetSingleRowMode(pg) == 1; /* rows that nobody wants are not gathered */
        }
        if (PQisBusy(pg)) {
            return;
        }
        PGresult *res = PQgetResult(pg);
        if (res && PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
            f->syncs_got++;
        } else if (res && at_sync(f)) {
            take_error(f, f->got - 1, res);
        } else if (res && f->got < f->sent) {
            take_result(f, res);
        } else if (f->open) {
            item_ended(f);
        } else if (PQstatus(pg) == CONNECTION_BAD || idle++ > 3) {
            f->c->lost = true; /* answers are due and none will come */
        }
        idle = res ? 0 : idle;
        PQclear(res);
    }
}

/* An item whose sync point has not come may not have happened either. */
static int flight_lost(struct flight *f)
{
    struct err error;
    pg_error_lost(f->c, &error);
    flight_fail(f, at_sync(f) ? f->got - 1 : f->got, &error);
    pg_mark_lost(f->c, &f->error);
    return f->error.status;
}

static int send_sync(struct flight *f)
{
    if (PQpipelineSync(f->c->pg) != 1) {
        return flight_lost(f);
    }
    f->syncs_sent++;
    return 0;
}

static int send_item(struct flight *f)
{
    const struct statement *s = &f->items[f->sent];
    strbuf_clear(&f->text);
    strbuf_add(&f->text, s->text.ptr, s->text.len);
    if (PQsendQueryParams(f->c->pg, strbuf_cstr(&f->text), 0, NULL, NULL, NULL, NULL, 0) != 1) {
        return flight_lost(f);
    }
    f->unflushed += s->text.len;
    f->sent++;
    return f->sent <= f->tolerated || f->sent == f->end ? send_sync(f) : 0;
}

static int flight_flush(struct flight *f)
{
    int left = PQflush(f->c->pg);
    f->unflushed = 0;
    f->blocked = left > 0;
    return left < 0 ? flight_lost(f) : 0;
}

static int flight_send(struct flight *f)
{
    while (f->sent < f->end && !f->blocked) {
        bool stop = f->failed || atomic_load(&f->c->cancelled);
        if (stop && f->sent > f->tolerated) {
            f->end = f->sent;
            return send_sync(f);
        }
        if (stop) {
            f->end = f->sent;
            return 0;
        }
        int rc = send_item(f);
        if (rc == 0 && f->unflushed >= FLUSH_BYTES) {
            rc = flight_flush(f);
        }
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static bool flight_over(const struct flight *f)
{
    return f->sent == f->end && f->got == f->sent && f->syncs_got == f->syncs_sent;
}

/* Send and read until everything is answered. The outcome is in f->failed. */
static void flight_run(struct flight *f)
{
    struct pg_conn *c = f->c;
    while (!flight_over(f)) {
        if (flight_send(f) != 0 || flight_flush(f) != 0) {
            return;
        }
        flight_take(f);
        if (c->lost || PQstatus(c->pg) == CONNECTION_BAD) {
            flight_lost(f);
            return;
        }
        if (flight_over(f) || (f->sent < f->end && !f->blocked)) {
            continue;
        }
        struct err error;
        if (pg_wait(c, f->blocked, &error) != 0) {
            c->lost = true;
            flight_fail(f, at_sync(f) ? f->got - 1 : f->got, &error);
            return;
        }
        /* A failure shows in the next flight_take(), after what came before it. */
        PQconsumeInput(c->pg);
    }
}

/* Where the flight that begins at `from` ends; *tolerated is where its lone reads end. */
static size_t flight_end(struct pg_conn *c, const struct statement *items, size_t from, size_t n,
                         size_t *tolerated)
{
    PGTransactionStatusType txn = PQtransactionStatus(c->pg);
    bool in_txn = txn != PQTRANS_IDLE;
    size_t i = from;
    while (!in_txn && i < n && items[i].flags & STATEMENT_TOLERATE &&
           pg_classify(items[i].text) == PG_PLAIN) {
        i++;
    }
    *tolerated = i;
    if (txn == PQTRANS_INERROR) {
        return from + 1; /* a COMMIT would be answered with success: look before going on */
    }
    for (; i < n; i++) {
        enum pg_class class = pg_classify(items[i].text);
        if (class == PG_COPY) {
            break;
        }
        if (class == PG_BEGIN) {
            in_txn = true;
        } else if (!in_txn) {
            /* Alone, so only as the first after the reads. */
            return i == *tolerated ? i + 1 : i;
        } else if (class == PG_COMMIT || class == PG_ROLLBACK) {
            in_txn = false; /* with AND CHAIN it is not over: then the next flight sees that */
        }
    }
    return i;
}

static int run_flight(struct pg_conn *c, struct arena *a, const struct statement *items, size_t *at, size_t n,
                      struct outcome *outcomes, struct err *err)
{
    if (pg_classify(items[*at].text) == PG_COPY) {
        int rc = pg_copy(c, &items[*at], &outcomes[*at], err);
        *at += rc == 0;
        return rc;
    }
    struct flight f = {.c = c, .arena = a, .items = items, .outcomes = outcomes};
    f.first = f.sent = f.got = *at;
    f.end = flight_end(c, items, *at, n, &f.tolerated);
    f.last_us = time_monotonic_us();
    size_t end = f.end;
    if (PQenterPipelineMode(c->pg) != 1) {
        return pg_error_lost(c, err);
    }
    flight_run(&f);
    strbuf_release(&f.text);
    if (!f.failed && f.end < end) {
        err_set(&f.error, ERR_INTERRUPTED, "cancelled before this statement");
        flight_fail(&f, f.end, &f.error);
    }
    if (!c->lost && PQexitPipelineMode(c->pg) != 1) {
        flight_lost(&f);
    }
    *at = f.failed ? f.failed_at : f.end;
    if (f.failed && err) {
        *err = f.error;
    }
    return f.failed ? f.error.status : 0;
}

/* The number of items before the first that cannot be sent. */
static int check_items(const struct statement *items, size_t n, size_t *usable, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i].text.len > STATEMENT_MAX) {
            *usable = i;
            return err_set(err, ERR_FAILED, "the statement has %zu bytes, more than PostgreSQL takes",
                           items[i].text.len);
        }
        if (items[i].text.len && memchr(items[i].text.ptr, '\0', items[i].text.len)) {
            *usable = i;
            return err_set(err, ERR_FAILED, "the statement contains a zero byte");
        }
    }
    *usable = n;
    return 0;
}

int pg_batch_raw(struct pg_conn *c, struct arena *a, const struct statement *items, size_t n,
                 struct outcome *outcomes, size_t *done, struct err *err)
{
    struct err unusable;
    size_t usable, at = 0;
    int bad = check_items(items, n, &usable, &unusable), rc = 0;
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = (struct outcome){.affected = -1};
    }
    while (at < usable && rc == 0) {
        if (c->lost || PQstatus(c->pg) == CONNECTION_BAD) {
            rc = pg_error_lost(c, err);
        } else if (atomic_load(&c->cancelled)) {
            rc = err_set(err, ERR_INTERRUPTED, "cancelled before this statement");
        } else {
            rc = run_flight(c, a, items, &at, usable, outcomes, err);
        }
    }
    pg_wait_end(c);
    *done = at;
    if (rc == 0 && bad) {
        if (err) {
            *err = unusable;
        }
        return bad;
    }
    return rc;
}

/* A pooler makes up the process id of a session. */
static int note_probe(struct pg_conn *c, const struct outcome *o, struct err *err)
{
    if (!o->done) {
        if (err) {
            *err = *o->err;
        }
        return o->err->status;
    }
    c->backend = strtoll(o->rows.cells[0].ptr, NULL, 10);
    c->pooled = c->backend != PQbackendPID(c->pg);
    c->probed = true;
    if (c->pooled && c->own_options) {
        err_set(err, ERR_REFUSED, "a pooler stands before the server, which drops `options` (or PGOPTIONS)");
        return err_hint(err, "Connect to the server itself, or set them with ALTER ROLE ... SET");
    }
    return 0;
}

/* Ask for the process behind this session, with the reads of its first batch where it is nothing else: no
 * wait of its own, and reads can be done again. */
static int probe(struct pg_conn *c, struct arena *a, const struct statement *items, size_t n,
                 struct outcome *outcomes, size_t *done, struct err *err)
{
    size_t reads = 0;
    while (reads < n && items[reads].flags & STATEMENT_TOLERATE) {
        reads++;
    }
    size_t riding = reads == n ? n : 0;
    struct statement *all = arena_array(a, riding + 1, sizeof(*all));
    struct outcome *out = arena_array(a, riding + 1, sizeof(*out));
    all[0] = (struct statement){.text = SLICE("SELECT pg_catalog.pg_backend_pid()"),
                                .flags = STATEMENT_ROWS | STATEMENT_TOLERATE};
    for (size_t i = 0; i < riding; i++) {
        all[i + 1] = items[i];
    }
    void (*progress)(void *, size_t) = c->base.progress;
    c->base.progress = NULL;
    int rc = pg_batch_raw(c, a, all, riding + 1, out, done, err);
    c->base.progress = progress;
    if (out[0].done || out[0].err) {
        int noted = note_probe(c, &out[0], rc ? NULL : err);
        rc = rc ? rc : noted;
    }
    for (size_t i = 0; i < riding; i++) {
        outcomes[i] = out[i + 1];
    }
    *done = *done ? *done - 1 : 0;
    return rc;
}

int pg_batch(struct conn *conn, struct arena *a, const struct statement *items, size_t n,
             struct outcome *outcomes, size_t *done, struct err *err)
{
    struct pg_conn *c = pg_of(conn);
    if (!c->probed) {
        for (size_t i = 0; i < n; i++) {
            outcomes[i] = (struct outcome){.affected = -1};
        }
        int rc = probe(c, a, items, n, outcomes, done, err);
        if (rc || (*done == n && !c->pooled)) {
            return rc;
        }
    }
    return c->pooled ? pg_pooled_batch(c, a, items, n, outcomes, done, err)
                     : pg_batch_raw(c, a, items, n, outcomes, done, err);
}
