/* PostgreSQL's errors as struct err. */
#include "drivers/postgresql/internal.h"

/* Server and library break their messages over lines and indent them; ours are one line. */
char *pg_message(struct arena *a, const char *message)
{
    message = message ? message : "";
    char *text = arena_alloc(a, 2 * strlen(message) + 1);
    size_t n = 0;
    bool ended = false; /* a line, so that what comes now needs to be set off */
    for (const char *p = message; *p; p++) {
        bool space = *p == ' ' || *p == '\n' || *p == '\t' || *p == '\r';
        if (!space && ended && n > 1 && !strchr(".,:;?!", text[n - 2])) {
            text[n - 1] = ';';
            text[n++] = ' ';
        }
        if (!space) {
            text[n++] = *p;
            ended = false;
            continue;
        }
        ended = ended || *p == '\n';
        if (n > 0 && text[n - 1] != ' ') {
            text[n++] = ' ';
        }
    }
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '.')) {
        n--;
    }
    text[n] = '\0';
    return text;
}

/* The server counts characters from 1, over all lines. */
static void place(struct err *err, struct slice text, long position)
{
    int line = 1, column = 0;
    long seen = 0;
    for (size_t i = 0; i < text.len && seen < position; i++) {
        if (i > 0 && text.ptr[i - 1] == '\n') {
            line++;
            column = 0;
        }
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            seen++;
            column++;
        }
    }
    /* An error at the end stands behind the last character. */
    err_place(err, NULL, line, seen < position ? column + 1 : column);
}

static bool is_one_of(const char *state, const char *const *states, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(state, states[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void advise(struct pg_conn *c, struct arena *a, struct err *err, const PGresult *res)
{
    const char *hint = PQresultErrorField(res, PG_DIAG_MESSAGE_HINT);
    const char *state = err->sqlstate;
    if (hint) {
        err_hint(err, "%s", pg_message(a, hint));
    } else if (strcmp(state, "55P03") == 0) {
        err_hint(err, "Another session holds a lock on it: try again when it is done, or raise lock_timeout");
    } else if (strcmp(state, "3F000") == 0) {
        err_hint(err, "Create the schema first, correct `schema` in the target's URL, or grant the user "
                      "USAGE and CREATE on "
                      "it");
    } else if (strcmp(state, "42501") == 0) {
        pg_advise_rights(c, pg_message(a, PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY)), err);
    } else if (strcmp(state, "57014") == 0 && err->status != ERR_INTERRUPTED) {
        err_hint(err, "Raise statement_timeout if the statement is meant to take long");
    }
}

int pg_error(struct pg_conn *c, const PGresult *res, struct slice text, struct err *err)
{
    static const char *const retryable[] = {"55P03", "40P01", "40001"};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
    const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    const char *context = PQresultErrorField(res, PG_DIAG_CONTEXT);
    struct err e;
    if (!state) {
        /* Not from the server: libpq itself, nearly always because the connection broke. */
        if (PQstatus(c->pg) == CONNECTION_BAD) {
            return pg_error_lost(c, err);
        }
        return err_set(err, ERR_FAILED, "%s", pg_message(&a, PQresultErrorMessage(res)));
    }
    bool cancelled = strcmp(state, "57014") == 0 && atomic_load(&c->cancelled);
    err_set(&e, cancelled ? ERR_INTERRUPTED : ERR_FAILED, "%s%s%s", pg_message(&a, primary),
            detail ? ": " : "", pg_message(&a, detail));
    if (!position && context) {
        /* Inside a function or DO block only the context tells where. */
        err_set(&e, e.status, "%s (%s)", e.message, pg_message(&a, context));
    }
    snprintf(e.sqlstate, sizeof(e.sqlstate), "%s", state);
    e.retryable = is_one_of(state, retryable, COUNT_OF(retryable));
    if (position) {
        place(&e, text, strtol(position, NULL, 10));
    }
    advise(c, &a, &e, res);
    if (err) {
        *err = e;
    }
    return e.status;
}

void pg_mark_lost(struct pg_conn *c, struct err *err)
{
    c->lost = true;
    err->connection_lost = true;
    if (!err->hint[0]) {
        err_hint(err, "What was in flight may or may not have happened: look at the target before going on");
    }
}

int pg_error_lost(struct pg_conn *c, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err e;
    const char *given_up = atomic_load(&c->base.given_up);
    const char *message = given_up ? given_up : pg_message(&a, PQerrorMessage(c->pg));
    err_set(&e, atomic_load(&c->cancelled) ? ERR_INTERRUPTED : ERR_FAILED, "the connection was lost: %s",
            message[0] ? message : "the server is gone");
    pg_mark_lost(c, &e);
    if (err) {
        *err = e;
    }
    return e.status;
}
