/*
 * The bridge to Python: a revision that the interpreter does not run goes through the user's own Alembic, in
 * a child process. Used only when the project names a Python.
 */
#pragma once
#include "base/vec.h"
#include "engine/alembic/migration.h"

struct bridge {
    const char *python; /* the program; NULL: there is none */
    const char *ini, *section, *script_location;
    strings_t versions, sys_path;
};

struct bridge_request {
    const char *revision;
    bool downgrade;
    const struct ddl_dialect *dialect;
    const struct migration_settings *settings;
    const char *url;      /* with its password; for bridge_run() */
    const int *cancel_fd; /* see struct process; bridge_run() rolls back where it can. May be NULL */
};

/* What the revision would send. *live: NULL, or what of the database it needs; then there are no statements.
 * ERR_FAILED: Python, Alembic or the revision failed; the last line of what they said is in the message. */
int bridge_render(struct arena *a, const struct bridge *b, const struct bridge_request *r,
                  strings_t *statements, const char **live, struct err *err);
/* What Alembic prints for it with --sql, each with its terminator. */
int bridge_offline(struct arena *a, const struct bridge *b, const struct bridge_request *r, strings_t *texts,
                   struct err *err);
/* Run it on the database of the URL, on a connection and in a transaction of its own. *statements: what it
 * sent, without values. *taken_back: it failed, and its transaction is known to have taken everything with
 * it; after any other failure, what it did is not known. ERR_INTERRUPTED after an interrupt. */
int bridge_run(struct arena *a, const struct bridge *b, const struct bridge_request *r, strings_t *statements,
               bool *taken_back, struct err *err);
