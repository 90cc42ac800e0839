/*
 * Scratch databases: what a list of SQL, or the revisions up to a position, build from nothing. SQLite in
 * memory; for the others a database of its own on the server of the environment's `scratch:` URL, made for
 * the purpose and dropped again, also when the process is stopped by a signal; one that a killed process left
 * is found by its name and dropped by the next.
 */
#pragma once
#include "engine/fleet.h"
#include "engine/revision/graph.h"
#include "engine/schema/object.h"

struct scratch;
/* dialect: driver name. url NULL: only SQLite can do without. ERR_USAGE says how to give one. */
int scratch_open(struct arena *a, const struct project *p, const char *dialect,
                 const struct template_text *url, const int *cancel_fd, struct scratch **out,
                 struct err *err);
void scratch_close(struct scratch *s); /* drops it; accepts NULL */
struct conn *scratch_conn(struct scratch *s);
/* Run a file of SQL. Errors tell path and line. */
int scratch_run_sql(struct scratch *s, const char *path, struct slice sql, struct err *err);
/* Run the upgrades that lead from base to the position. */
int scratch_upgrade(struct scratch *s, const struct project *p, const struct graph *g,
                    const strings_t *position, struct err *err);
int scratch_schema(struct scratch *s, struct arena *a, struct schema **out, struct err *err);
