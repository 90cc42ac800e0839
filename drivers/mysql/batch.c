/*
 * Running statements: many of them joined into one text, so that n statements cost few waits. The server
 * parses and runs them one after the other and answers each; at the first error it drops the rest.
 */
#include "base/file.h"
#include "drivers/mysql/connection.h"
#include "drivers/mysql/join.h"
#include <mysqld_error.h>

/* The server copies what is left of the text for every statement in it: longer texts cost more than the
 * round trips they save. */
#define TEXT_MAX       ((size_t)128 * 1024)
#define PACKET_ASSUMED ((size_t)512 * 1024) /* any server takes that much */
#define SEPARATOR      "\n;\n"              /* on its own line, in case the statement ends in a comment */

/* A batch as it goes: statement `at` is the next to be answered. */
struct progress {
    struct mysql_conn *c;
    struct arena *arena;
    const struct statement *statements;
    struct outcome *outcomes;
    size_t n, at;
    int64_t before_us;
};

static enum cell_kind kind_of(const MYSQL_FIELD *f)
{
    enum { BINARY_CHARSET = 63 };
    switch (f->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
        return CELL_INT;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        return CELL_FLOAT;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return CELL_DECIMAL;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return CELL_DATE;
    case MYSQL_TYPE_TIME:
        return CELL_INTERVAL; /* -838:59:59 to 838:59:59: a span, not a time of day */
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return CELL_DATETIME;
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_GEOMETRY:
        return CELL_BYTES;
    case MYSQL_TYPE_JSON:
        return CELL_JSON;
    default:
        return f->charsetnr == BINARY_CHARSET ? CELL_BYTES : CELL_TEXT;
    }
}

static int fetch_rows(struct mysql_conn *c, struct arena *a, MYSQL_RES *res, struct rowset *keep,
                      int64_t *count)
{
    VEC(struct slice) cells = {0};
    unsigned ncols = mysql_num_fields(res);
    size_t nrows = 0;
    MYSQL_ROW row = mysql_fetch_row(res);
    while (row) {
        const unsigned long *lengths = mysql_fetch_lengths(res);
        for (unsigned i = 0; keep && i < ncols; i++) {
            struct slice *cell = vec_push(a, &cells);
            if (row[i]) {
                *cell = (struct slice){arena_dupn(a, row[i], lengths[i]), lengths[i]};
            }
        }
        nrows++;
        row = mysql_fetch_row(res);
    }
    *count = (int64_t)nrows;
    if (mysql_errno(c->my) != 0) {
        return -1;
    }
    if (keep) {
        *keep = (struct rowset){.nrows = nrows, .ncols = ncols, .cells = cells.items};
        keep->names = arena_array(a, ncols, sizeof(*keep->names));
        keep->kinds = arena_array(a, ncols, sizeof(*keep->kinds));
        const MYSQL_FIELD *fields = mysql_fetch_fields(res);
        for (unsigned i = 0; i < ncols; i++) {
            keep->names[i] = arena_dup(a, fields[i].name);
            keep->kinds[i] = (unsigned char)kind_of(&fields[i]);
        }
    }
    return 0;
}

/* Read the answer that is there. A statement with several keeps the rows of the first that has any. */
static int read_answer(struct progress *p, struct outcome *out)
{
    struct mysql_conn *c = p->c;
    bool keep = (p->statements[p->at].flags & STATEMENT_ROWS) && !out->rows.names;
    MYSQL_RES *res = mysql_use_result(c->my);
    if (!res) {
        if (mysql_errno(c->my) != 0) {
            return -1;
        }
        out->affected += (int64_t)mysql_affected_rows(c->my);
        return 0;
    }
    int64_t count = 0;
    int rc = fetch_rows(c, p->arena, res, keep ? &out->rows : NULL, &count);
    mysql_free_result(res);
    out->affected += count;
    return rc;
}

static int read_extra_answers(struct progress *p, struct outcome *out)
{
    int more = mysql_next_result(p->c->my);
    while (more == 0) {
        if (read_answer(p, out) != 0) {
            return -1;
        }
        more = mysql_next_result(p->c->my);
    }
    return more > 0 ? -1 : 0;
}

/* Send statements [at, end) as one text and read their answers; p->at ends at the first without a good one.
 */
static int run_text(struct progress *p, size_t end, struct slice text, struct err *err)
{
    struct mysql_conn *c = p->c;
    for (size_t first = p->at; p->at < end; p->at++) {
        struct outcome *out = &p->outcomes[p->at];
        int rc = p->at == first ? mysql_real_query(c->my, text.ptr, text.len) : mysql_next_result(c->my);
        if (rc < 0) {
            /* Cannot be, but must not count as done: the session's state is unknown. */
            return mysql_conn_lost(c, "the server answered fewer statements than it was sent", err);
        }
        if (rc == 0) {
            rc = read_answer(p, out);
        } else if (mysql_errno(c->my) == ER_EMPTY_QUERY) {
            rc = 0; /* the server calls a mistake what other databases let pass */
        }
        if (rc == 0 && p->at + 1 == end) {
            rc = read_extra_answers(p, out);
        }
        int64_t now = time_monotonic_us();
        out->duration_us = now - p->before_us;
        p->before_us = now;
        mysql_cancel_answered(c, now);
        if (rc != 0) {
            out->affected = 0;
            out->rows = (struct rowset){0};
            return mysql_conn_error(c, &p->statements[p->at].text, err);
        }
        c->stale = false;
        out->done = true;
        conn_progress(&c->base, p->at + 1);
    }
    return 0;
}

static int ask_max_packet(struct mysql_conn *c, struct err *err)
{
    static const char sql[] = "SELECT @@max_allowed_packet";
    if (mysql_real_query(c->my, sql, sizeof(sql) - 1) != 0) {
        return mysql_conn_error(c, NULL, err);
    }
    MYSQL_RES *res = mysql_store_result(c->my);
    MYSQL_ROW row = res ? mysql_fetch_row(res) : NULL;
    c->max_packet = row && row[0] ? strtoul(row[0], NULL, 10) : SIZE_MAX;
    mysql_free_result(res);
    return 0;
}

/* What can be told before anything is sent. */
static int check_statement(struct mysql_conn *c, const struct statement *s, struct err *err)
{
    if (s->copy.ptr) {
        return err_set(err, ERR_FAILED, "COPY is known to PostgreSQL only");
    }
    if (s->text.len <= PACKET_ASSUMED) {
        return 0;
    }
    if (c->max_packet == 0) {
        int rc = ask_max_packet(c, err);
        if (rc != 0) {
            return rc;
        }
    }
    if (s->text.len + 1 < c->max_packet) {
        return 0;
    }
    /* Sending it would end the session. */
    err_set(err, ERR_FAILED, "the statement has %zu bytes, the server takes at most %zu", s->text.len,
            c->max_packet);
    snprintf(err->sqlstate, sizeof(err->sqlstate), "08S01");
    return err_hint(err, "Raise max_allowed_packet on the server, or make the statement shorter.");
}

/* How many statements from p->at on go together. */
static size_t text_end(const struct progress *p)
{
    size_t size = 0, i = p->at;
    for (; i < p->n; i++) {
        const struct statement *s = &p->statements[i];
        enum mysql_join join = mysql_join_of(s->text);
        bool fits = size + s->text.len <= TEXT_MAX && s->text.len <= PACKET_ASSUMED && !s->copy.ptr;
        if (i > p->at && (join == MYSQL_JOIN_ALONE || !fits)) {
            return i;
        }
        if (join != MYSQL_JOIN_ANYWHERE || !fits) {
            return i + 1;
        }
        size += s->text.len + strlen(SEPARATOR);
    }
    return i;
}

/* The text of statements [p->at, end). */
static struct slice join_text(const struct progress *p, size_t end, struct strbuf *joined)
{
    if (end == p->at + 1) {
        return p->statements[p->at].text;
    }
    strbuf_clear(joined);
    for (size_t i = p->at; i < end; i++) {
        if (i > p->at) {
            strbuf_adds(joined, SEPARATOR);
        }
        strbuf_add(joined, p->statements[i].text.ptr, p->statements[i].text.len);
    }
    return (struct slice){joined->ptr, joined->len};
}

static int run_next(struct progress *p, struct strbuf *joined, struct err *err)
{
    size_t end = text_end(p);
    int rc = check_statement(p->c, &p->statements[p->at], err);
    if (rc != 0) {
        return rc;
    }
    struct slice text = join_text(p, end, joined);
    rc = mysql_cancel_begin(p->c, end - p->at, err);
    if (rc != 0) {
        return rc;
    }
    rc = run_text(p, end, text, err);
    mysql_cancel_end(p->c);
    return rc;
}

static int run_all(struct progress *p, struct err *err)
{
    AUTO(strbuf_release) struct strbuf joined = STRBUF_INIT;
    while (p->at < p->n) {
        struct err failure = {0};
        int rc = p->c->lost ? mysql_conn_lost(p->c, NULL, &failure) : run_next(p, &joined, &failure);
        if (rc == 0) {
            continue;
        }
        bool tolerated = p->statements[p->at].flags & STATEMENT_TOLERATE;
        if (!tolerated || rc == ERR_INTERRUPTED || failure.connection_lost) {
            if (err) {
                *err = failure;
            }
            return rc;
        }
        p->outcomes[p->at].err = arena_alloc(p->arena, sizeof(failure));
        *p->outcomes[p->at].err = failure;
        p->at++;
    }
    return 0;
}

int mysql_conn_batch(struct conn *conn, struct arena *a, const struct statement *statements, size_t n,
                     struct outcome *outcomes, size_t *done, struct err *err)
{
    struct progress p = {.c = mysql_conn_of(conn),
                         .arena = a,
                         .statements = statements,
                         .outcomes = outcomes,
                         .n = n,
                         .before_us = time_monotonic_us()};
    for (size_t i = 0; i < n; i++) {
        outcomes[i] = (struct outcome){0};
    }
    int rc = run_all(&p, err);
    *done = p.at;
    return rc;
}
