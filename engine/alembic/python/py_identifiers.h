/* Shared by the two ways of reading a revision's identifiers: the scan, and the tree. */
#pragma once
#include "engine/alembic/python/py_lexer.h"

/* The names that a revision file is read for. */
enum py_identifier {
    PY_ID_REVISION,
    PY_ID_DOWN_REVISION,
    PY_ID_BRANCH_LABELS,
    PY_ID_DEPENDS_ON,
    PY_ID_UPGRADE,
    PY_ID_DOWNGRADE,
    PY_ID_COUNT
};
enum py_identifier py_identifier_named(const char *name, size_t n); /* PY_ID_COUNT: another */

/* The whole file is parsed, and its assignments are read in order. */
int py_identifiers_tree(struct arena *a, const char *file, struct slice text, struct py_identifiers *out,
                        struct err *err);
