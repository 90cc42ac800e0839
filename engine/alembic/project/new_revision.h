/* Writing a new revision file of an Alembic project, from its script.py.mako and file_template. */
#pragma once
#include "engine/alembic/project/alembic_project.h"

struct alembic_new {
    const char *id;
    const char *message; /* NULL: none, written as "empty message" */
    strings_t revises, labels, depends_on;
    const char *folder; /* one of the project's */
    int64_t now_us;
    /* Python for the bodies of upgrade() and downgrade(), lines indented by four blanks but for the first;
     * NULL: none. */
    const char *upgrades, *downgrades;
};
struct alembic_written {
    const char *path; /* of the file */
    strings_t made;   /* folders that had to be made, absolute */
};

/* Nothing is written when the template is refused or raises, when the file exists, or when what comes out
 * would not be read back as that revision. Changes the process's time zone for a moment: for one thread. */
int alembic_new_write(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                      struct alembic_written *out, struct err *err);

/* The file's name without ".py" (it may hold "/"). The moment is local time. */
struct tm;
int alembic_file_name(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                      const struct tm *moment, const char **out, struct err *err);
