/* Opening and closing sessions. Nothing in an open blocks without a deadline. */
#include "base/file.h"
#include "base/vec.h"
#include "drivers/postgresql/internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_MS = 10000, LOCK_TIMEOUT_MS = 5000 };

static const char *const tls_modes[] = {NULL, "disable", "require", "verify-ca", "verify-full"};
_Static_assert(COUNT_OF(tls_modes) == TLS_MODE_COUNT, "every TLS mode has a name");

/* libpq's two parallel arrays; a later keyword overrides an earlier one. */
struct keywords {
    VEC(const char *) names, values;
};

static void keyword(struct arena *a, struct keywords *k, const char *name, const char *value)
{
    if (value) {
        *vec_push(a, &k->names) = name;
        *vec_push(a, &k->values) = value;
    }
}

static const char *param(const struct driver_address *at, const char *name)
{
    for (size_t i = 0; i < at->nparams; i++) {
        if (strcmp(at->params[i].name, name) == 0) {
            return at->params[i].value;
        }
    }
    return NULL;
}

static int check_params(const struct driver_address *at, struct err *err)
{
    if (!at->nparams) {
        return 0;
    }
    PQconninfoOption *known = PQconndefaults();
    if (!known) {
        return err_set(err, ERR_FAILED, "libpq does not tell its options");
    }
    int rc = 0;
    for (size_t i = 0; i < at->nparams && rc == 0; i++) {
        const PQconninfoOption *o = known;
        while (o->keyword && strcmp(o->keyword, at->params[i].name) != 0) {
            o++;
        }
        if (!o->keyword) {
            err_set(err, ERR_FILE, "\"%s\" is not a connection option of PostgreSQL", at->params[i].name);
            rc = err_hint(err, "The options are libpq's keywords, such as sslmode or target_session_attrs");
        }
    }
    PQconninfoFree(known);
    return rc;
}

/* In `options`, blanks separate arguments and a backslash takes their meaning away. */
static void add_option(struct strbuf *b, const char *name, const char *value)
{
    strbuf_addf(b, " -c %s=", name);
    for (; *value; value++) {
        if (*value == ' ' || *value == '\\' || (*value >= '\t' && *value <= '\r')) {
            strbuf_addch(b, '\\');
        }
        strbuf_addch(b, *value);
    }
}

static void add_milliseconds(struct strbuf *b, const char *name, int64_t ms)
{
    char text[32];
    snprintf(text, sizeof(text), "%lld", (long long)ms);
    add_option(b, name, text);
}

static const char *own_options(const struct driver_address *at)
{
    const char *own = param(at, "options");
    return own ? own : getenv("PGOPTIONS");
}

/* Session settings ride in the startup packet: they cost no round trip. Ours overrule the user's options,
 * except for a default. */
static const char *startup_options(struct arena *a, const struct driver_address *at,
                                   const struct driver_session *session)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char *own = own_options(at);
    if (session->lock_timeout_ms <= 0) {
        add_milliseconds(&b, "lock_timeout", LOCK_TIMEOUT_MS);
    }
    add_option(&b, "standard_conforming_strings", "on"); /* as the splitter reads strings */
    if (own) {
        strbuf_addf(&b, " %s", own);
    }
    if (session->lock_timeout_ms > 0) {
        add_milliseconds(&b, "lock_timeout", session->lock_timeout_ms);
    }
    if (session->statement_timeout_ms > 0) {
        add_milliseconds(&b, "statement_timeout", session->statement_timeout_ms);
    }
    if (at->schema && at->schema[0]) {
        AUTO(strbuf_release) struct strbuf path = STRBUF_INIT;
        pg_quote_ident(&path, at->schema);
        add_option(&b, "search_path", strbuf_cstr(&path));
    }
    return arena_dup(a, strbuf_cstr(&b) + 1);
}

static void add_config(struct strbuf *b, const char *name, const char *value)
{
    strbuf_addf(b, ", pg_catalog.set_config('%s', ", name);
    pg_quote_literal(b, slice_of(value));
    strbuf_adds(b, ", true)");
}

/* The same for one transaction, where a pooler takes no such packet. */
static char *transaction_settings(const struct driver_address *at, const struct driver_session *session)
{
    struct strbuf b = STRBUF_INIT;
    char ms[32];
    strbuf_adds(&b, "SELECT pg_catalog.pg_backend_pid()");
    snprintf(ms, sizeof(ms), "%lld",
             (long long)(session->lock_timeout_ms > 0 ? session->lock_timeout_ms : LOCK_TIMEOUT_MS));
    add_config(&b, "lock_timeout", ms);
    add_config(&b, "standard_conforming_strings", "on");
    if (session->statement_timeout_ms > 0) {
        snprintf(ms, sizeof(ms), "%lld", (long long)session->statement_timeout_ms);
        add_config(&b, "statement_timeout", ms);
    }
    if (at->schema && at->schema[0]) {
        AUTO(strbuf_release) struct strbuf path = STRBUF_INIT;
        pg_quote_ident(&path, at->schema);
        add_config(&b, "search_path", strbuf_cstr(&path));
    }
    char *text = xstrdup(strbuf_cstr(&b));
    strbuf_release(&b);
    return text;
}

/* Only a plain name needs looking up: not an address, a socket's folder or libpq's list of hosts. */
static bool is_name(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return host && host[0] && host[0] != '/' && host[0] != '@' && !strchr(host, ',') &&
           inet_pton(AF_INET, host, address) != 1 && inet_pton(AF_INET6, host, address) != 1 &&
           !strchr(host, '%');
}

static int make_keywords(struct arena *a, const struct driver_address *at,
                         const struct driver_session *session, int64_t deadline_us, struct keywords *k,
                         struct err *err)
{
    const char *host = at->host && at->host[0] ? at->host : param(at, "host");
    host = host || param(at, "service") ? host : getenv("PGHOST");
    const char *hosts = host, *addresses = at->hostaddr;
    if (!addresses && is_name(host) && !param(at, "hostaddr") && !getenv("PGHOSTADDR")) {
        int rc = pg_resolve(a, host, deadline_us, session->cancel_fd, &hosts, &addresses, err);
        if (rc) {
            return rc;
        }
    }
    const char *application = session->application ? session->application : "lockstep";
    keyword(a, k, "application_name", application);
    keyword(a, k, "keepalives_idle", "60"); /* a server that vanished is noticed within two minutes */
    keyword(a, k, "keepalives_interval", "10");
    keyword(a, k, "keepalives_count", "6");
    keyword(a, k, "tcp_user_timeout", "60000");
    for (size_t i = 0; i < at->nparams; i++) {
        keyword(a, k, at->params[i].name, at->params[i].value);
    }
    keyword(a, k, "host", hosts);
    keyword(a, k, "hostaddr", addresses);
    keyword(a, k, "port", at->port ? arena_printf(a, "%d", at->port) : NULL);
    keyword(a, k, "user", at->user);
    keyword(a, k, "password", at->password);
    keyword(a, k, "dbname", at->database);
    keyword(a, k, "sslmode", tls_modes[at->tls]);
    keyword(a, k, "sslrootcert", at->tls_ca);
    keyword(a, k, "sslcert", at->tls_cert);
    keyword(a, k, "sslkey", at->tls_key);
    keyword(a, k, "client_encoding", "UTF8");
    keyword(a, k, "options", startup_options(a, at, session));
    *vec_push(a, &k->names) = NULL;
    *vec_push(a, &k->values) = NULL;
    return 0;
}

static int64_t connect_timeout_ms(const struct driver_address *at, const struct driver_session *session)
{
    if (session->connect_timeout_ms > 0) {
        return session->connect_timeout_ms;
    }
    /* libpq's own keyword, which it heeds only when it blocks. */
    const char *seconds = param(at, "connect_timeout");
    long n = seconds ? strtol(seconds, NULL, 10) : 0;
    return n > 0 && n < 86400 ? n * 1000 : CONNECT_TIMEOUT_MS;
}

static int connect_failed(PGconn *pg, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char state[6];
    const char *message = pg_refusal(&a, PQerrorMessage(pg), state);
    err_set(err, ERR_UNREACHABLE, "%s", message);
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", state);
        err->retryable = pg_may_pass(message, state);
    }
    if (PQconnectionNeedsPassword(pg)) {
        return err_hint(err, "Give the target a password, for example with password: ${env:...}");
    }
    if (PQconnectionUsedPassword(pg)) {
        return err_hint(err, "Check the user, the password and the database of the target");
    }
    return err_hint(err, "Check that the server runs, and the host, port, user and database of the target");
}

static int wait_connected(PGconn *pg, int64_t deadline_us, int64_t timeout_ms, const int *cancel_fd,
                          struct err *err)
{
    PostgresPollingStatusType state =
        PQstatus(pg) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
        int64_t left = deadline_us - time_monotonic_us();
        if (left <= 0) {
            const char *host = PQhost(pg);
            err_set(err, ERR_UNREACHABLE, "no answer from %s port %s within %lld ms",
                    host ? host : "the server", PQport(pg), (long long)timeout_ms);
            return err_hint(err,
                            "Check the host, the port and the firewalls between, or raise connect_timeout");
        }
        struct pollfd fds[2] = {
            {.fd = PQsocket(pg), .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT},
            {.fd = cancel_fd ? *cancel_fd : -1, .events = POLLIN},
        };
        int n = poll(fds, 2, (int)(left / 1000 + 1));
        if (n < 0 && errno != EINTR) {
            return err_set(err, ERR_FAILED, "poll: %s", strerror(errno));
        }
        if (n > 0 && fds[1].revents) {
            return err_set(err, ERR_INTERRUPTED, "interrupted while connecting");
        }
        if (n > 0 && fds[0].revents) {
            state = PQconnectPoll(pg);
        }
    }
    return state == PGRES_POLLING_OK ? 0 : connect_failed(pg, err);
}

/* Notices ("relation exists, skipping") are not errors, and standard error is not ours. */
static void drop_notice(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
}

static void note_server(struct pg_conn *c)
{
    const char *version = PQparameterStatus(c->pg, "server_version");
    snprintf(c->server, sizeof(c->server), "PostgreSQL %.*s", version ? (int)strcspn(version, " ") : 1,
             version ? version : "?");
}

/* PgBouncer takes no `options`, which every start of ours has. */
static bool refuses_options(const PGconn *pg)
{
    return strstr(PQerrorMessage(pg), "unsupported startup parameter") != NULL;
}

static int start_session(struct pg_conn *c, struct keywords *k, int64_t deadline_us, int64_t timeout_ms,
                         const int *cancel_fd, struct err *err)
{
    c->pg = PQconnectStartParams(k->names.items, k->values.items, 0);
    if (!c->pg || c->cancel_event < 0) {
        return err_set(err, ERR_FAILED, "no memory or file descriptor left for a connection");
    }
    PQsetNoticeReceiver(c->pg, drop_notice, NULL);
    PQsetErrorVerbosity(c->pg, PQERRORS_VERBOSE); /* for pg_refusal() */
    struct err failure = {0};
    int rc = wait_connected(c->pg, deadline_us, timeout_ms, cancel_fd, &failure);
    bool again = rc == ERR_UNREACHABLE && !c->pooled && refuses_options(c->pg);
    if (rc && (!again || c->own_options) && err) {
        *err = failure;
    }
    if (!again) {
        return rc;
    }
    if (c->own_options) {
        return err_hint(err,
                        "A pooler stands before the server, which takes no `options` (or PGOPTIONS): connect "
                        "to the server itself, or set them with ALTER ROLE ... SET");
    }
    PQfinish(c->pg);
    c->pooled = c->probed = true;
    k->values.items[k->values.n - 2] = NULL; /* options, the last before the end */
    k->names.items[k->names.n - 2] = NULL;
    return start_session(c, k, deadline_us, timeout_ms, cancel_fd, err);
}

int pg_open(const struct driver_address *at, const struct driver_session *session, struct conn **out,
            struct err *err)
{
    extern const struct driver driver_postgresql;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    int64_t timeout_ms = connect_timeout_ms(at, session);
    int64_t deadline_us = time_monotonic_us() + timeout_ms * 1000;
    struct keywords k = {0};
    int rc = check_params(at, err);
    if (rc) {
        return rc;
    }
    rc = make_keywords(&a, at, session, deadline_us, &k, err);
    if (rc) {
        return rc;
    }
    const char *own = own_options(at);
    struct pg_conn *c = xcalloc(1, sizeof(*c));
    c->base.driver = &driver_postgresql;
    c->cancel_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    c->settings = transaction_settings(at, session);
    c->has_schema = at->schema && at->schema[0];
    c->own_options = own && own[0];
    rc = start_session(c, &k, deadline_us, timeout_ms, session->cancel_fd, err);
    if (rc) {
        pg_close((struct conn *)(void *)c);
        return rc;
    }
    PQsetErrorVerbosity(c->pg, PQERRORS_DEFAULT);
    PQsetnonblocking(c->pg, 1);
    c->cancel = PQgetCancel(c->pg);
    c->backend = PQbackendPID(c->pg);
    atomic_store(&c->base.session, c->backend);
    note_server(c);
    *out = (struct conn *)(void *)c;
    return 0;
}

void pg_close(struct conn *conn)
{
    struct pg_conn *c = pg_of(conn);
    if (!c) {
        return;
    }
    if (c->cancel) {
        PQfreeCancel(c->cancel);
    }
    PQfinish(c->pg);
    if (c->cancel_event >= 0) {
        close(c->cancel_event);
    }
    free(c->settings);
    free(c);
}

enum txn_state pg_txn(struct conn *conn)
{
    struct pg_conn *c = pg_of(conn);
    if (c->lost) {
        return TXN_UNKNOWN;
    }
    switch (PQtransactionStatus(c->pg)) {
    case PQTRANS_IDLE:
        return TXN_IDLE;
    case PQTRANS_INTRANS:
        return TXN_OPEN;
    case PQTRANS_INERROR:
        return TXN_FAILED;
    default:
        return TXN_UNKNOWN;
    }
}

const char *pg_server(struct conn *conn)
{
    return pg_of(conn)->server;
}
