/* Revisions in the shapes that Alembic prints them in, and in JSON; shared by heads, branches, history and
 * show. */
#pragma once
#include "cmd/print.h"

enum revision_parts {
    REVISION_LABELS = 1 << 0,  /* names of its branches */
    REVISION_TREE = 1 << 1,    /* "(branchpoint)", "(mergepoint)" */
    REVISION_MESSAGE = 1 << 2, /* ", message" */
    REVISION_PARENTS = 1 << 3  /* "A, B -> " before the id */
};
/* One line: "A, B -> C (label) (head), message" with all parts; the id and "(head)" stand there always.
 * current: ids to be marked "(current)"; may be NULL. */
void revision_print(struct app *app, const struct revision *r, unsigned parts, const strings_t *current);
/* The many lines of -v and of show, with an empty line after them. */
void revision_print_long(struct app *app, const struct revision *r, const strings_t *current);
/* {"id", "message", "revises", "depends_on", "labels", "branch_labels", "head", "branch_point",
 * "merge_point", "file", ...} */
json_t *revision_json(const struct revision *r, const strings_t *current);
/* {"revisions": [...]} on stdout */
void revisions_print_json(const revisions_t *list, const strings_t *current);
/* "current", "current-2": needs to know where a database stands. */
bool revision_is_relative_to_current(struct slice text);
