/* A database of its own on a server, for a scratch database: made, dropped, and what others left dropped too.
 */
#pragma once
#include "engine/drift/scratch.h"
#include "engine/run/control.h"

struct scratch_server;
/* *url leads to the new database; a secret. */
int scratch_server_open(struct arena *a, const struct project *p, const char *dialect,
                        const struct scratch_options *options, struct run_watch *watch,
                        struct scratch_server **out, const char **url, struct err *err);
/* Drops the database, also after an interrupt; accepts NULL. */
void scratch_server_close(struct scratch_server *s);
