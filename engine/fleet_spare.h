/*
 * Connections that a large fleet keeps between reading and running, when a run follows at once: making one
 * anew costs a server more than all that is read over it. Only as many as the servers can spare.
 */
#pragma once
#include "engine/fleet.h"

struct spare *spare_new(const struct rollout *r);
void spare_free(struct spare *s); /* accepts NULL */
/* May the member, over whose connection its position was read, keep it? Asks the server once what it can
 * spare. Thread-safe; counts each member that it says yes to. Accepts NULL: no. */
bool spare_takes(struct spare *s, struct member *m);
