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
struct alembic_env;
struct run_control;

/* Zero means default. */
struct scratch_options {
    const struct template_text *url;   /* environment_scratch(); only SQLite can do without */
    const struct environment *like;    /* whose tunnel and settings lead there; may be NULL */
    struct run_control *control;       /* interrupts it */
    const struct alembic_env *alembic; /* for revisions in Python that read the database */
    /* Has the new database the defaults (character set, collation) of this one; NULL: the server's. */
    struct conn *defaults;
};

/* dialect: driver name. ERR_USAGE says how to give a URL where one is needed. */
int scratch_open(struct arena *a, const struct project *p, const char *dialect,
                 const struct scratch_options *options, struct scratch **out, struct err *err);
void scratch_close(struct scratch *s); /* drops it; accepts NULL */
struct conn *scratch_conn(struct scratch *s);
/* Run a file of SQL. Errors tell path and line. */
int scratch_run_sql(struct scratch *s, const char *path, struct slice sql, struct err *err);
/* Run the upgrades that lead from base to the position. */
int scratch_upgrade(struct scratch *s, const struct graph *g, const strings_t *position, struct err *err);
/* As snapshot_read() gives it, of the whole database. */
int scratch_schema(struct scratch *s, struct arena *a, struct schema **out, struct err *err);
