/* A store in a PostgreSQL database, through the driver of that name: calls, transactions, and what to do when
 * the server goes away. Making its tables is in store_server_open.c. */
#include "engine/store/store_server.h"
#include "base/arena.h"

static const char *const words[] = {
    [STORE_WORD_NOW] = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)",
    [STORE_WORD_SKIP_LOCKED] = "FOR UPDATE SKIP LOCKED",
    [STORE_WORD_FOR_UPDATE] = "FOR UPDATE",
};
_Static_assert(COUNT_OF(words) == STORE_WORD_COUNT, "each word");

/* Whoever appends holds the one row of this table, so that the head that it reads stays the head until its
 * commit. */
static const char lock_log[] = "SELECT id FROM identity FOR UPDATE";

int store_server_error(struct store *s, struct err *err, const char *doing)
{
    if (!err) {
        return ERR_FAILED;
    }
    if (strcmp(err->sqlstate, "42501") == 0) {
        err_hint(err,
                 "Have its owner run: GRANT USAGE ON SCHEMA %s TO ...; GRANT SELECT, INSERT, UPDATE, "
                 "DELETE ON ALL TABLES IN SCHEMA %s TO ...",
                 s->server->schema, s->server->schema);
    } else if (strcmp(err->sqlstate, "55P03") == 0) {
        err_set(err, err->status, "another session has been writing to it for %d seconds",
                STORE_LOCK_TIMEOUT_MS / 1000);
        err_hint(err, "Try again when it has ended.");
        err->retryable = true;
    } else if (err->connection_lost || err->status == ERR_UNREACHABLE) {
        err_hint(err, "Every target is at a recorded statement; go on when the store can be reached again.");
    }
    err->line = err->column = 0; /* of our own statement */
    err->excerpt[0] = '\0';
    err_wrap(err, "%s", doing);
    return err_place(err, s->path, 0, 0), err->status;
}

static void add_value(const struct driver *d, struct strbuf *to, const struct store_value *v)
{
    if (v->kind == STORE_NULL) {
        strbuf_adds(to, "NULL");
    } else if (v->kind == STORE_TEXT) {
        d->quote_literal(to, v->text);
    } else if (v->number < 0) {
        /* As a text: the lowest number has no positive counterpart to put a minus before. */
        strbuf_addf(to, "CAST('%lld' AS bigint)", (long long)v->number);
    } else {
        strbuf_addf(to, "%lld", (long long)v->number);
    }
}

static const char *statement_text(struct arena *a, const struct driver *d, const struct store_call *call,
                                  size_t *length)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (const char *p = call->sql; *p;) {
        size_t skip = 1;
        int word = store_word_at(p, &skip);
        if (word >= 0) {
            strbuf_adds(&text, words[word]);
        } else if (*p == '?') {
            char *end;
            size_t n = (size_t)strtoul(p + 1, &end, 10);
            add_value(d, &text, n > 0 && n <= call->n ? &call->values[n - 1] : &(struct store_value){0});
            skip = (size_t)(end - p);
        } else {
            strbuf_addch(&text, *p);
            skip = 1;
        }
        p += skip;
    }
    *length = text.len;
    return arena_dupn(a, strbuf_cstr(&text), text.len);
}

static int give_rows(const struct store_call *call, const struct outcome *o, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; call->each && i < o->rows.nrows && !rc; i++) {
        rc = call->each(call->arg, &(struct store_row){.rows = &o->rows, .row = i}, err);
    }
    return rc;
}

/* The calls with the texts before and after them, in one wait. */
static int send(struct store *s, const char *const *before, size_t nbefore, struct store_call *calls,
                size_t n, const char *after, const char *doing, struct err *err)
{
    struct store_server *server = s->server;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    size_t all = nbefore + n + (after != NULL), done = 0;
    struct statement *statements = arena_array(&a, all + 1, sizeof(*statements));
    struct outcome *outcomes = arena_array(&a, all + 1, sizeof(*outcomes));
    for (size_t i = 0; i < nbefore; i++) {
        statements[i].text = slice_of(before[i]);
    }
    for (size_t i = 0; i < n; i++) {
        struct slice *text = &statements[nbefore + i].text;
        text->ptr = statement_text(&a, server->driver, &calls[i], &text->len);
        statements[nbefore + i].flags = calls[i].each ? STATEMENT_ROWS : 0;
    }
    if (after) {
        statements[nbefore + n].text = slice_of(after);
    }
    struct err failure = {0};
    int rc;
    if (server->conn) {
        store_watch_begin(server->watch, server->conn, server->answer_ms);
        rc = server->driver->batch(server->conn, &a, statements, all, outcomes, &done, &failure);
        store_watch_end(server->watch);
    } else {
        rc = err_set(&failure, ERR_UNREACHABLE, "there is no connection to it");
    }
    if (rc) {
        failure.connection_lost = failure.connection_lost || !server->conn;
        if (err) {
            *err = failure;
        }
        store_server_error(s, err, doing);
        return rc;
    }
    for (size_t i = 0; i < n && !rc; i++) {
        calls[i].affected = outcomes[nbefore + i].affected;
        rc = give_rows(&calls[i], &outcomes[nbefore + i], err);
    }
    return rc;
}

/* BEGIN is not worth a wait of its own: it goes with what comes first. */
static size_t opening(struct store_server *server, const char *texts[2])
{
    size_t n = 0;
    if (server->pending) {
        texts[n++] = server->driver->begin;
        if (server->kind == STORE_APPENDS) {
            texts[n++] = lock_log;
        }
    }
    return n;
}

static int server_calls(struct store *s, struct store_call *calls, size_t n, const char *doing,
                        struct err *err)
{
    const char *texts[2];
    size_t before = opening(s->server, texts);
    int rc = send(s, texts, before, calls, n, NULL, doing, err);
    s->server->pending = false;
    return rc;
}

static int server_begin(struct store *s, enum store_write kind, UNUSED const char *doing,
                        UNUSED struct err *err)
{
    s->server->pending = true;
    s->server->kind = kind;
    return 0;
}

static void server_rollback(struct store *s)
{
    struct store_server *server = s->server;
    server->pending = false;
    if (server->conn && server->driver->txn(server->conn) != TXN_IDLE) {
        store_watch_begin(server->watch, server->conn, server->answer_ms);
        conn_exec(server->conn, server->driver->rollback, NULL); /* a lost session has none */
        store_watch_end(server->watch);
    }
}

static int server_commit(struct store *s, struct store_call *calls, size_t n, const char *doing,
                         struct err *err)
{
    const char *texts[2];
    size_t before = opening(s->server, texts);
    int rc = send(s, texts, before, calls, n, s->server->driver->commit, doing, err);
    s->server->pending = false;
    if (rc) {
        server_rollback(s);
    }
    return rc;
}

int store_server_connect(struct store *s, struct err *err)
{
    struct store_server *server = s->server;
    const struct driver_session session = {.application = "lockstep store",
                                           .connect_timeout_ms = STORE_CONNECT_TIMEOUT_MS,
                                           .lock_timeout_ms = STORE_LOCK_TIMEOUT_MS};
    conn_close(server->conn);
    server->conn = NULL;
    server->pending = false;
    int rc = server->driver->open(&server->address, &session, &server->conn, err);
    if (rc) {
        server->conn = NULL;
        err_wrap(err, "cannot reach the store");
        return err_place(err, s->path, 0, 0), rc;
    }
    return 0;
}

static int server_reopen(struct store *s, struct store **out, struct err *err)
{
    return store_open_server(&s->server->address, s->path, !s->read_only, out, err);
}

static void server_close(struct store *s)
{
    store_watch_free(s->server->watch);
    conn_close(s->server->conn);
    arena_release(&s->server->arena);
    free(s->server);
}

const struct store_backend store_backend_server = {
    .page = 2000,
    .calls = server_calls,
    .begin = server_begin,
    .commit = server_commit,
    .rollback = server_rollback,
    .reconnect = store_server_connect,
    .reopen = server_reopen,
    .close = server_close,
};
