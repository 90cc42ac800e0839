/* Writing new revision files; shared by revision and merge. */
#pragma once
#include "cmd/context.h"
#include "cmd/print.h"
#include "engine/schema/ddl.h"

struct new_revision {
    const char *id;      /* NULL: a random one */
    const char *message; /* one line; NULL or "": none */
    strings_t revises, depends_on, labels;
    const char *folder; /* one of the project's; NULL: the first */
    /* What was generated; NULL: nothing, and the file is left to be filled in. */
    const schema_statements_t *upgrade, *downgrade;
    const char *dialect; /* of what was generated */
    bool merge;          /* a merge usually runs nothing: say so in the comments */
};

/* Check id, message and labels, choose an id, and write <folder>/<id>_<slug>.sql, or in an Alembic project
 * what its file_template and script.py.mako make. Prints where it is. */
int revision_file_make(struct app *app, const struct new_revision *n, struct err *err);
/* The only head as parent; none in an empty project. ERR_USAGE: there are several. */
int revision_only_head(struct app *app, struct graph *g, revisions_t *out, struct err *err);

/* Every one of the parents must be a head, unless `splice`. */
int revision_check_parents(const revisions_t *parents, bool splice, struct err *err);
