/* From a target's URL to an open connection. */
#include "engine/reach.h"
#include "base/arena.h"
#include "base/file.h"
#include "drivers/tunnel.h"
#include <poll.h>
#include <sys/random.h>

enum { CONNECT_TIMEOUT_MS = 10000, PAUSE_MAX_MS = 5000 };

static enum tls_mode tls_mode_of(enum env_tls mode)
{
    static const enum tls_mode modes[] = {
        [ENV_TLS_DEFAULT] = TLS_DEFAULT,         [ENV_TLS_DISABLE] = TLS_DISABLE,
        [ENV_TLS_REQUIRE] = TLS_REQUIRE,         [ENV_TLS_VERIFY_CA] = TLS_VERIFY_CA,
        [ENV_TLS_VERIFY_FULL] = TLS_VERIFY_FULL,
    };
    _Static_assert(COUNT_OF(modes) == ENV_TLS_COUNT, "one mode each");
    return modes[mode];
}

void reach_address(struct arena *a, const struct url *u, const struct target *t, struct driver_address *out)
{
    struct driver_address to = {
        .host = u->host, .port = u->port, .user = u->user, .password = u->password, .database = u->database};
    if (t->has_tls) {
        to.tls = tls_mode_of(t->tls.mode);
        to.tls_ca = t->tls.ca;
        to.tls_cert = t->tls.cert;
        to.tls_key = t->tls.key;
    }
    struct driver_param *params = arena_array(a, u->nparams, sizeof(*params));
    size_t n = 0;
    for (size_t i = 0; i < u->nparams; i++) {
        if (strcmp(u->params[i].name, "schema") == 0) {
            to.schema = u->params[i].value;
        } else {
            params[n++] = (struct driver_param){u->params[i].name, u->params[i].value};
        }
    }
    to.params = params;
    to.nparams = n;
    *out = to;
}

/* --- the tunnel */

static int resolve_hop(struct arena *a, const struct tunnel_hop *hop, struct ssh_hop *out, struct err *err)
{
    struct ssh_hop to = {
        .port = hop->port, .key = hop->key, .known_hosts = hop->known_hosts, .agent = hop->agent};
    const struct {
        const struct template_text *text;
        const char **into;
    } texts[] = {{&hop->host, &to.host}, {&hop->user, &to.user}, {&hop->passphrase, &to.passphrase}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        int rc = texts[i].text->text ? template_resolve(a, texts[i].text, texts[i].into, err) : 0;
        if (rc) {
            return err_wrap(err, "the tunnel");
        }
    }
    *out = to;
    return 0;
}

static int resolve_way(struct arena *a, const struct tunnel *t, struct ssh_way *out, struct err *err)
{
    struct ssh_hop *hops = arena_array(a, t->n, sizeof(*hops));
    int rc = 0;
    for (size_t i = 0; i < t->n && !rc; i++) {
        rc = resolve_hop(a, &t->hops[i], &hops[i], err);
    }
    if (!rc) {
        *out = (struct ssh_way){.hops = hops,
                                .n = t->n,
                                .connect_timeout_ms = t->connect_timeout_ms > 0 ? t->connect_timeout_ms : 0,
                                .keepalive_ms = t->keepalive_ms > 0 ? t->keepalive_ms : 0};
    }
    return rc;
}

/* A tunnel leads to one port of one host, as its last hop sees it. */
static int check_far_end(const struct url *u, struct err *err)
{
    if (url_param(u, "unix_socket") || (u->host && u->host[0] == '/')) {
        err_set(err, ERR_FILE, "a tunnel cannot reach a Unix socket");
        return err_hint(err, "A server on the SSH host itself is at localhost, seen from there.");
    }
    if (!u->host || !u->host[0]) {
        err_set(err, ERR_FILE, "a target behind a tunnel needs a host in its URL");
        return err_hint(err, "Name it as the SSH host sees it; localhost is the SSH host itself.");
    }
    if (strchr(u->host, ',')) {
        err_set(err, ERR_FILE, "a tunnel leads to one host, and the URL names several");
        return err_hint(err, "Make a target of each, or name one of them.");
    }
    return 0;
}

struct attempt {
    const struct driver *driver;
    struct driver_address address;
    struct ssh_way way; /* n 0: the direct way */
};

static int open_tunnelled(const struct attempt *at, struct driver_session session, struct conn **out,
                          struct err *err)
{
    int64_t timeout_ms = session.connect_timeout_ms > 0 ? session.connect_timeout_ms : CONNECT_TIMEOUT_MS;
    int64_t deadline_us = time_monotonic_us() + timeout_ms * 1000;
    int64_t way_us = at->way.connect_timeout_ms * 1000;
    int port = at->address.port > 0 ? at->address.port : at->driver->default_port;
    struct ssh_end *end = NULL;
    struct conn *conn = NULL;
    int rc = tunnel_open(&at->way, at->address.host, port,
                         way_us ? time_monotonic_us() + way_us : deadline_us, session.cancel_fd, &end, err);
    if (rc) {
        return rc;
    }
    struct driver_address near = at->address;
    near.hostaddr = tunnel_address(end);
    near.port = tunnel_port(end);
    int64_t left_ms = way_us ? timeout_ms : (deadline_us - time_monotonic_us()) / 1000;
    session.connect_timeout_ms = left_ms > 1 ? left_ms : 1;
    rc = at->driver->open(&near, &session, &conn, err);
    if (rc) {
        if (rc != ERR_INTERRUPTED && tunnel_failure(end, err)) {
            rc = err->status; /* the driver only saw it closed */
        }
        tunnel_close(end);
        return rc;
    }
    ((struct conn_base *)(void *)conn)->tunnel = end;
    *out = conn;
    return 0;
}

/* --- patience */

/* Half to the whole of a pause that doubles: those that were refused together do not come back together. */
static int64_t pause_ms(unsigned attempt)
{
    int64_t most = attempt < 5 ? INT64_C(200) << attempt : PAUSE_MAX_MS;
    most = most < PAUSE_MAX_MS ? most : PAUSE_MAX_MS;
    uint32_t random = 0;
    if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random)) {
        random = (uint32_t)time_monotonic_us();
    }
    return most / 2 + random % (most / 2 + 1);
}

/* False when the wait was cancelled. */
static bool wait_for_retry(int64_t ms, const int *cancel_fd)
{
    int64_t until_us = time_monotonic_us() + ms * 1000;
    for (int64_t left = ms; left > 0; left = (until_us - time_monotonic_us()) / 1000) {
        struct pollfd fd = {.fd = cancel_fd ? *cancel_fd : -1, .events = POLLIN};
        if (poll(&fd, 1, (int)left) > 0) {
            return false;
        }
    }
    return true;
}

static int open_patiently(struct arena *a, const struct attempt *at, const struct driver_session *session,
                          const struct reach *r, struct conn **out, struct err *err)
{
    int64_t began_us = time_monotonic_us();
    for (unsigned n = 1;; n++) {
        struct err why = {0};
        int rc = at->way.n ? open_tunnelled(at, *session, out, &why)
                           : at->driver->open(&at->address, session, out, &why);
        int64_t tried_us = time_monotonic_us() - began_us, pause = pause_ms(n - 1);
        if (rc && why.retryable && tried_us / 1000 + pause <= r->retry_for_ms) {
            if (r->waiting) {
                r->waiting->tell(r->waiting->arg, why.message, n, pause);
            }
            if (wait_for_retry(pause, session->cancel_fd)) {
                continue;
            }
            rc = err_set(&why, ERR_INTERRUPTED, "interrupted while waiting to connect again (%s)",
                         why.message);
        }
        if (rc && n > 1) {
            err_wrap(&why, "after %u attempts in %s", n, duration_format(a, tried_us));
        }
        why.retryable = false; /* whoever calls has seen all the patience there is */
        if (rc && err) {
            *err = why;
        }
        return rc;
    }
}

int reach_open(struct arena *a, const struct reach *r, struct driver_session session, struct conn **out,
               struct err *err)
{
    const struct target *t = r->target;
    struct url url;
    struct attempt at = {0};
    int rc = target_url(a, t, r->base, &url, err);
    rc = rc ? rc : driver_find(url.dialect, &at.driver, err);
    if (rc) {
        return rc;
    }
    if (t->tunnel && !(at.driver->caps & DRIVER_LOCAL_FILE)) {
        rc = check_far_end(&url, err);
        rc = rc ? rc : resolve_way(a, t->tunnel, &at.way, err);
        if (rc) {
            return rc;
        }
    }
    reach_address(a, &url, t, &at.address);
    if (r->settings->connect_timeout_ms >= 0) {
        session.connect_timeout_ms = r->settings->connect_timeout_ms;
    }
    return open_patiently(a, &at, &session, r, out, err);
}

void reach_explain(struct conn *conn, struct err *err)
{
    struct err why;
    struct ssh_end *tunnel = conn ? ((struct conn_base *)(void *)conn)->tunnel : NULL;
    if (tunnel && tunnel_failure(tunnel, &why)) {
        char message[sizeof(err->message)];
        snprintf(message, sizeof(message), "%s", err->message);
        snprintf(err->message, sizeof(err->message), "%.1000s (%.1000s)", message, why.message);
    }
}
