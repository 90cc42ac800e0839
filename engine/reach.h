/*
 * Getting from a target to an open connection: its URL with secrets resolved, TLS, the client library's
 * parameters, its tunnel, and patience with a server that is not ready.
 */
#pragma once
#include "drivers/driver.h"
#include "environments/project.h"

/* Who wants to know that something is waited for. */
struct waiting {
    void (*tell)(void *arg, const char *why, int64_t attempt, int64_t next_ms);
    void *arg;
};

struct reach {
    const struct target *target;
    const struct settings *settings;
    const char *base;              /* the project's folder */
    int64_t retry_for_ms;          /* try again for so long while the answer is "not now"; 0: one attempt */
    const struct waiting *waiting; /* told before each pause; may be NULL */
};

/* Connect to a target, through its tunnel when it has one. One attempt, with the tunnel's part, takes no
 * longer than the settings' connect_timeout. The connection is for conn_close(), which lets go of the tunnel
 * too. ERR_UNREACHABLE says how long was tried. */
int reach_open(struct arena *a, const struct reach *r, struct driver_session session, struct conn **out,
               struct err *err);

/* A URL with its secrets as what a driver takes. Parameters with a meaning of ours are taken out; the rest
 * goes to the client library. */
void reach_address(struct arena *a, const struct url *u, const struct target *t, struct driver_address *out);

/* Add to the error of a lost connection what became of its tunnel, when that is why. conn may be NULL. */
void reach_explain(struct conn *conn, struct err *err);
