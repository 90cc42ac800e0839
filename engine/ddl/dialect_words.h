/* Reserved words by dialect. */
#pragma once
#include "engine/ddl/dialect.h"

/* Is the word, in lower case, one that the dialect quotes? */
bool ddl_dialect_reserved(enum ddl_dialect_kind kind, const char *lower);
