/*
 * Text measured in a terminal's columns: names come from databases, may hold wide or combining characters,
 * and must not be able to move the cursor. The locale must be that of print_utf8().
 */
#pragma once
#include "base/str.h"

/* Columns that columns_clip() without a limit would take. */
size_t columns_of(const char *text);
/* Append at most max columns of the text; what does not fit is replaced by an ellipsis. Control characters
 * and bytes that are not UTF-8 become '?'. Returns the columns used. */
size_t columns_clip(struct strbuf *out, const char *text, size_t max);
