/* The server's errors in our terms: status, SQLSTATE, place within the statement. */
#include "drivers/mysql/connection.h"
#include <errmsg.h>
#include <mysqld_error.h>

/* Known to one kind of server only, so not in every mysqld_error.h. */
#define MARIADB_STATEMENT_TIMEOUT 1969
#define MARIADB_CONNECTION_KILLED 1927
#define MYSQL_STATEMENT_TIMEOUT   3024
#define MYSQL_IDLE_TIMEOUT        4031
#define MYSQL_LOCK_NOWAIT         3572

static bool is_lost(unsigned code)
{
    static const unsigned codes[] = {
        CR_SERVER_GONE_ERROR,    CR_SERVER_LOST,          MARIADB_CONNECTION_KILLED, ER_SERVER_SHUTDOWN,
        CR_SERVER_LOST_EXTENDED, MYSQL_IDLE_TIMEOUT,      ER_NET_READ_ERROR,         ER_NET_PACKET_TOO_LARGE,
        CR_COMMANDS_OUT_OF_SYNC, ER_NET_READ_INTERRUPTED, ER_NET_ERROR_ON_WRITE,     CR_MALFORMED_PACKET};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i] == code) {
            return true;
        }
    }
    return false;
}

/* "... near 'TEXT' at line N". The text runs on into the statements sent with this one. */
struct near {
    struct slice text;
    int line; /* 1-based, from the statement's first visible character */
};

static bool parse_near(const char *message, struct near *out)
{
    static const char before[] = " near '", after[] = "' at line ";
    const char *start = strstr(message, before);
    const char *end = NULL;
    const char *p = start ? strstr(start, after) : NULL;
    while (p) { /* the last one: the text may hold the same words */
        end = p;
        p = strstr(p + 1, after);
    }
    if (!end || end < start + strlen(before)) {
        return false;
    }
    char *rest;
    long line = strtol(end + strlen(after), &rest, 10);
    if (*rest || line < 1 || line > 100000000) {
        return false;
    }
    const char *text = start + strlen(before);
    *out = (struct near){{text, (size_t)(end - text)}, (int)line};
    return true;
}

static size_t skip_space(struct slice s, size_t at)
{
    while (at < s.len && (s.ptr[at] == ' ' || (s.ptr[at] >= '\t' && s.ptr[at] <= '\r'))) {
        at++;
    }
    return at;
}

static bool matches(struct slice sql, size_t at, struct slice text)
{
    size_t left = sql.len - at;
    if (left >= text.len) {
        return memcmp(sql.ptr + at, text.ptr, text.len) == 0;
    }
    /* The statement ends within the text: the next one has to follow. */
    return memcmp(sql.ptr + at, text.ptr, left) == 0 && text.len - left > 1 && text.ptr[left] == '\n' &&
           text.ptr[left + 1] == ';';
}

/* Where in sql the text the server quotes begins: on the line it names, or sql.len for the end of it. *sure
 * is false when nothing or more than one place fits. */
static size_t find_near(struct slice sql, const struct near *near, bool *sure)
{
    size_t at = skip_space(sql, 0);
    for (int line = 1; line < near->line && at < sql.len; at++) {
        line += sql.ptr[at] == '\n';
    }
    *sure = true;
    if (near->text.len == 0 || at == sql.len) {
        return sql.len;
    }
    size_t found = sql.len, line_start = at;
    for (size_t i = at; i < sql.len && (i == at || sql.ptr[i - 1] != '\n'); i++) {
        if (matches(sql, i, near->text)) {
            if (found != sql.len) {
                *sure = false;
                return line_start;
            }
            found = i;
        }
    }
    *sure = found != sql.len;
    return *sure ? found : line_start;
}

/* Long texts come cut to a number of bytes, with dots for the rest. */
static bool uncut(struct near *near)
{
    if (near->text.len < 4 || memcmp(near->text.ptr + near->text.len - 3, "...", 3) != 0) {
        return false;
    }
    near->text.len -= 3;
    for (int i = 0; i < 3 && !utf8_valid(near->text.ptr, near->text.len); i++) {
        near->text.len--;
    }
    return true;
}

static void set_place(struct slice sql, size_t at, bool sure, struct err *err)
{
    err->line = err->column = 1;
    for (size_t i = 0; i < at; i++) {
        unsigned char ch = (unsigned char)sql.ptr[i];
        if (ch == '\n') {
            err->line++;
            err->column = 1;
        } else if ((ch & 0xc0) != 0x80) {
            err->column++;
        }
    }
    if (!sure) {
        err->column = 0;
    }
}

/* One line for people; the server may cut it within a character. */
static struct slice squeeze(char *to, size_t size, struct slice text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len && n < size; i++) {
        bool space = text.ptr[i] == ' ' || (text.ptr[i] >= '\t' && text.ptr[i] <= '\r');
        if (!space) {
            to[n++] = text.ptr[i];
        } else if (n > 0 && to[n - 1] != ' ') {
            to[n++] = ' ';
        }
    }
    for (int i = 0; i < 3 && n > 0 && !utf8_valid(to, n); i++) {
        n--;
    }
    return (struct slice){to, n};
}

/* Say it about this statement alone; the place goes where places go. */
static void place_syntax_error(const char *message, const struct slice *sql, struct err *err)
{
    struct near near;
    if (!sql || !parse_near(message, &near)) {
        return;
    }
    bool sure;
    size_t at = find_near(*sql, &near, &sure);
    struct near whole = near;
    if (!sure && uncut(&whole)) {
        at = find_near(*sql, &whole, &sure);
    }
    struct slice own = near.text, rest = near.text;
    if (sure && own.len > sql->len - at) {
        own.len = sql->len - at;
    } else if (!sure) {
        slice_cut(&rest, ';', &own);
    }
    char buf[256];
    own = squeeze(buf, sizeof(buf), own);
    if (at == sql->len) {
        err_set(err, err->status, "syntax error at the end of the statement");
    } else {
        err_set(err, err->status, "syntax error near '%.*s'", (int)own.len, own.ptr);
    }
    set_place(*sql, at, sure, err);
}

static const char *hint_for(unsigned code)
{
    switch (code) {
    case ER_LOCK_WAIT_TIMEOUT:
        return "Another session holds a lock on it: try again when it is done, or raise lock_timeout.";
    case ER_NO_DB_ERROR:
        return "Name the database in the target's URL: mysql://host/database.";
    case ER_LOCK_DEADLOCK:
        return "The server ended the transaction to let another one through; run it again.";
    case MARIADB_STATEMENT_TIMEOUT:
    case MYSQL_STATEMENT_TIMEOUT:
        return "Raise statement_timeout if the statement is meant to take long.";
    default:
        return NULL;
    }
}

static bool is_cancelled(struct mysql_conn *c)
{
    pthread_mutex_lock(&c->mutex);
    bool cancelled = c->cancelled;
    pthread_mutex_unlock(&c->mutex);
    return cancelled;
}

int mysql_conn_lost(struct mysql_conn *c, const char *message, struct err *err)
{
    c->lost = true;
    const char *given_up = atomic_load(&c->base.given_up);
    message = given_up ? given_up : message;
    int status = is_cancelled(c) ? ERR_INTERRUPTED : ERR_FAILED;
    err_set(err, status, "the connection was lost%s%s", message ? ": " : "", message ? message : "");
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "08S01");
        err->connection_lost = true;
    }
    return err_hint(err,
                    "What was in flight may or may not have happened: look at the target before going on."),
           status;
}

int mysql_conn_error(struct mysql_conn *c, const struct slice *sql, struct err *err)
{
    unsigned code = mysql_errno(c->my);
    const char *message = mysql_error(c->my);
    c->stale = true;
    if (is_lost(code)) {
        return mysql_conn_lost(c, message, err);
    }
    bool timeout = code == MARIADB_STATEMENT_TIMEOUT || code == MYSQL_STATEMENT_TIMEOUT;
    bool cancelled = (code == ER_QUERY_INTERRUPTED || timeout) && is_cancelled(c);
    struct err e;
    if (cancelled) {
        err_set(&e, ERR_INTERRUPTED, "cancelled");
    } else if (timeout && c->login->statement_timeout_ms > 0) {
        err_set(&e, ERR_FAILED, "statement timeout: not finished within %lld ms",
                (long long)c->login->statement_timeout_ms);
    } else {
        char buf[sizeof(e.message)];
        struct slice line = squeeze(buf, sizeof(buf), slice_of(message));
        err_set(&e, ERR_FAILED, "%.*s", (int)line.len, line.ptr);
    }
    const char *hint = hint_for(code);
    if (hint && !cancelled) {
        err_hint(&e, "%s", hint);
    }
    if (code == ER_TABLEACCESS_DENIED_ERROR || code == ER_DBACCESS_DENIED_ERROR) {
        mysql_advise_rights(c, message, &e);
    }
    if (code == ER_PARSE_ERROR) {
        place_syntax_error(message, sql, &e);
    }
    snprintf(e.sqlstate, sizeof(e.sqlstate), "%s", mysql_sqlstate(c->my));
    e.retryable = code == ER_LOCK_WAIT_TIMEOUT || code == ER_LOCK_DEADLOCK || code == MYSQL_LOCK_NOWAIT;
    if (err) {
        *err = e;
    }
    return e.status;
}
