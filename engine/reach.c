/* From a target's URL to an open connection. */
#include "engine/reach.h"
#include "base/arena.h"

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

int reach_open(struct arena *a, const struct target *t, const struct settings *settings, const char *base,
               struct driver_session *session, const struct driver **driver, struct conn **out,
               struct driver_address *address, struct err *err)
{
    struct url url;
    int rc = target_url(a, t, base, &url, err);
    if (rc) {
        return rc;
    }
    rc = driver_find(url.dialect, driver, err);
    if (rc) {
        return rc;
    }
    reach_address(a, &url, t, address);
    if (settings->connect_timeout_ms >= 0) {
        session->connect_timeout_ms = settings->connect_timeout_ms;
    }
    return (*driver)->open(address, session, out, err);
}
