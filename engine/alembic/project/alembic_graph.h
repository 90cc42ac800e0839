/* Revision files in Python as the graph knows them: which files they are, and what their identifiers say. */
#pragma once
#include "engine/revision/graph.h"
#include <stdatomic.h>

/* Texts of files up to this size stay in memory, so that a body is the one whose identifiers were read, as
 * long as all of them together do not take more than the second number. */
#define ALEMBIC_TEXT_MAX  ((size_t)64 << 10)
#define ALEMBIC_TEXTS_MAX ((size_t)64 << 20)

/* Alembic's rule for names in a versions folder: "*.py", not "__init__*" and not ".#*". */
bool alembic_is_revision_file(const char *name);

/* Fill r, whose `file` is set, from the file `name` in the folder dirfd; called by many threads. `kept`
 * counts the bytes of kept texts. Errors: ERR_FILE for what is no Python, for identifiers that are no
 * literals, and for a file without `revision`, as Alembic says it. */
int alembic_revision_read(struct arena *a, int dirfd, const char *name, atomic_size_t *kept,
                          struct revision *r, struct err *err);
/* The same from a text, which is borrowed. */
int alembic_revision_parse(struct arena *a, struct slice text, struct revision *r, struct err *err);

/* The docstring up to its first empty line: what Alembic prints in one-line forms. It may hold line ends. */
struct slice alembic_doc(const struct revision *r);
