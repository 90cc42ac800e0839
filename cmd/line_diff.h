/* Two texts side by side, line by line. */
#pragma once
#include "base/str.h"
#include "base/vec.h"

enum line_kind { LINE_SAME, LINE_CHANGED, LINE_REMOVED, LINE_ADDED };
struct line_row {
    enum line_kind kind;
    struct slice left, right; /* without their line ends; empty on the side that has none */
    /* CHANGED: so many bytes at the beginning and at the end of both are the same, whole characters. */
    size_t prefix, suffix;
    size_t skipped; /* SAME, instead of a line: so many lines that are left out */
};
typedef VEC(struct line_row) line_rows_t;

/* context: of the lines that are the same, so many are kept around a difference. Texts are borrowed. */
void line_diff(struct arena *a, const char *left, const char *right, size_t context, line_rows_t *out);
