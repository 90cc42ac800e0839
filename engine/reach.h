/*
 * Getting from a target to an open connection: its URL with secrets resolved, TLS, the client library's
 * parameters.
 */
#pragma once
#include "drivers/driver.h"
#include "environments/project.h"

/* Connect to a target. base: the project's folder; the session's connect timeout is filled from the settings.
 * *address borrows from the arena and holds secrets in clear. */
int reach_open(struct arena *a, const struct target *t, const struct settings *settings, const char *base,
               struct driver_session *session, const struct driver **driver, struct conn **out,
               struct driver_address *address, struct err *err);

/* A URL with its secrets as what a driver takes. Parameters with a meaning of ours are taken out; the rest
 * goes to the client library. */
void reach_address(struct arena *a, const struct url *u, const struct target *t, struct driver_address *out);
