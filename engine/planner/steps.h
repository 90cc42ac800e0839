/* One revision's file, read and cut for one dialect, as a step of a plan. */
#pragma once
#include "drivers/driver.h"
#include "engine/revision/walk.h"
#include "plans/plan.h"

/* What a revision is read for. */
struct step_reader {
    const struct driver *driver;       /* cuts */
    const struct alembic_env *alembic; /* for revisions in Python; may be NULL */
    const char *scheme;                /* of the target's URL, for its dialect of DDL; may be NULL */
    struct ddl_seen_types *types;      /* that the track's steps so far create; may be NULL */
};

/* Fill the parts of the step that come from the file: checksum, statements, verify, undo, transaction.
 * version_ops and before/after come from the walk. Errors (ERR_FILE) name the file and line:
 * no section for the dialect, transaction control inside, a statement that cannot run in a transaction, an id
 * that does not fit the version table, no downgrade section (for a downgrade). */
int step_from_walk(struct arena *a, const struct step_reader *reader, const struct walk_step *w,
                   struct plan_step *out, struct err *err);
