/*
 * Batches through a pooler such as PgBouncer.
 *
 * Each transaction may come to another session of the server, so nothing may be set for a session, and what
 * the start of ours would have set (lock_timeout, search_path) is set for each transaction right behind its
 * BEGIN. A query or a change of rows that stands alone becomes a transaction for that. Other statements that
 * stand alone may be such that no transaction can hold (CREATE INDEX CONCURRENTLY, CALL), and go as they are.
 */
#include "base/vec.h"
#include "drivers/postgresql/internal.h"
#include "drivers/postgresql/lexer.h"
#include <strings.h>

const char *pg_shared(struct conn *conn)
{
    return pg_of(conn)->pooled ? "a pooler hands out the server's sessions" : NULL;
}

/* What is sent together, and which item of the caller's each statement stands for (SIZE_MAX: none). */
struct group {
    VEC(struct statement) statements;
    VEC(size_t) items;
};

static void add(struct arena *a, struct group *g, struct statement s, size_t item)
{
    *vec_push(a, &g->statements) = s;
    *vec_push(a, &g->items) = item;
}

static void add_own(struct arena *a, struct group *g, const char *sql, unsigned flags)
{
    add(a, g, (struct statement){.text = slice_of(sql), .flags = flags}, SIZE_MAX);
}

/* RESET takes away what is set for the transaction as well. */
static bool is_reset(struct slice text)
{
    text = slice_trim(text);
    return text.len > 6 && strncasecmp(text.ptr, "RESET ", 6) == 0;
}

/* SET of something that stays with the session: not LOCAL, TRANSACTION or CONSTRAINTS. */
static bool is_lasting_set(struct slice text)
{
    static const char *const brief[] = {"local", "transaction", "constraints"};
    struct sql_cursor c = {.lex = postgresql_lex, .lexer = {.text = text}};
    sql_cursor_open(&c);
    return sql_cursor_take(&c, "set") && !sql_word_in(&c.t, brief, COUNT_OF(brief));
}

/* Can it stand in a transaction? True only where that is sure. */
static bool fits_transaction(struct slice text)
{
    struct sql_statement s = {.text = text};
    postgresql_classify(&s, false);
    return s.kind == SQL_DML || s.kind == SQL_QUERY;
}

/* Items of one transaction, from its beginning or from within, to its end or the end of the list. */
static size_t add_transaction(struct pg_conn *c, struct arena *a, struct group *g,
                              const struct statement *items, size_t from, size_t n)
{
    for (size_t i = from; i < n; i++) {
        enum pg_class class = pg_classify(items[i].text);
        struct statement s = items[i];
        s.flags &= ~(unsigned)STATEMENT_TOLERATE;
        if (class == PG_COMMIT && c->sets) { /* the session goes to somebody else now */
            add_own(a, g, "RESET ALL", 0);
        }
        bool ends = class == PG_COMMIT || class == PG_ROLLBACK;
        c->sets = !ends && (c->sets || is_lasting_set(s.text));
        add(a, g, s, i);
        if (class == PG_BEGIN || is_reset(items[i].text)) {
            add_own(a, g, c->settings, STATEMENT_ROWS);
        }
        if (ends) {
            return i + 1;
        }
    }
    return n;
}

static int run_group(struct pg_conn *c, struct arena *a, const struct group *g, struct outcome *outcomes,
                     size_t *failed, struct err *err)
{
    size_t n = g->statements.n, done = 0;
    struct outcome *out = arena_array(a, n, sizeof(*out));
    int rc = pg_batch_raw(c, a, g->statements.items, n, out, &done, err);
    *failed = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t item = g->items.items[i];
        if (item != SIZE_MAX) {
            outcomes[item] = out[i];
        } else if (out[i].done && out[i].rows.nrows) {
            c->backend = strtoll(out[i].rows.cells[0].ptr, NULL, 10);
        }
        if (rc && i >= done && *failed == SIZE_MAX && item != SIZE_MAX) {
            *failed = item;
        }
    }
    if (rc && *failed == SIZE_MAX) { /* the COMMIT of ours: the last item has not happened */
        *failed = g->items.items[g->items.n - 2];
        outcomes[*failed] = (struct outcome){.affected = -1};
    }
    return rc;
}

/* One statement as a transaction of its own. */
static int run_alone(struct pg_conn *c, struct arena *a, const struct statement *items, size_t i,
                     struct outcome *outcomes, struct err *err)
{
    struct group g = {0};
    struct err failure = {0}, ignored;
    size_t failed;
    struct statement s = items[i];
    s.flags &= ~(unsigned)STATEMENT_TOLERATE;
    add_own(a, &g, "BEGIN", 0);
    add_own(a, &g, c->settings, STATEMENT_ROWS);
    add(a, &g, s, i);
    add_own(a, &g, "COMMIT", 0);
    int rc = run_group(c, a, &g, outcomes, &failed, &failure);
    if (rc && !c->lost && PQtransactionStatus(c->pg) != PQTRANS_IDLE) {
        struct statement rollback = {.text = SLICE("ROLLBACK")};
        struct outcome o;
        size_t done;
        pg_batch_raw(c, a, &rollback, 1, &o, &done, &ignored);
    }
    if (rc && items[i].flags & STATEMENT_TOLERATE && rc != ERR_INTERRUPTED && !failure.connection_lost) {
        struct err *kept = arena_alloc(a, sizeof(*kept));
        *kept = failure;
        outcomes[i].err = kept;
        return 0;
    }
    if (rc && err) {
        *err = failure;
    }
    return rc;
}

static int refuse_bare(bool set, struct err *err)
{
    if (set) {
        err_set(
            err, ERR_REFUSED,
            "a SET outside of transactions would stay with a session of the pooler that stands before the "
            "server");
        return err_hint(err, "Connect to the server itself, or set it for the role: ALTER ROLE ... SET ...");
    }
    err_set(err, ERR_REFUSED,
            "a statement outside of transactions would not find the target's schema through the pooler that "
            "stands before the server");
    return err_hint(err, "Connect to the server itself, or give the role its schema: ALTER ROLE ... SET "
                         "search_path, without ?schema= in the URL");
}

int pg_pooled_batch(struct pg_conn *c, struct arena *a, const struct statement *items, size_t n,
                    struct outcome *outcomes, size_t *done, struct err *err)
{
    void (*progress)(void *, size_t) = c->base.progress;
    c->base.progress = NULL; /* counts of groups are of no use to the caller */
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = (struct outcome){.affected = -1};
    }
    size_t i = 0;
    int rc = 0;
    while (i < n && rc == 0) {
        struct group g = {0};
        size_t next = i + 1, failed = i;
        bool open = PQtransactionStatus(c->pg) != PQTRANS_IDLE;
        if (open || pg_classify(items[i].text) == PG_BEGIN) {
            next = add_transaction(c, a, &g, items, i, n);
            rc = run_group(c, a, &g, outcomes, &failed, err);
        } else if (fits_transaction(items[i].text)) {
            rc = run_alone(c, a, items, i, outcomes, err);
        } else if (c->has_schema || is_lasting_set(items[i].text)) {
            rc = refuse_bare(!c->has_schema, err);
        } else {
            add(a, &g, items[i], i);
            rc = run_group(c, a, &g, outcomes, &failed, err);
        }
        i = rc ? failed : next;
        if (progress && rc == 0) {
            progress(c->base.progress_arg, i);
        }
    }
    c->base.progress = progress;
    *done = i;
    return rc;
}
