/* Environment documents for tests: the place that an error should have is marked in the text with "^^". */
#pragma once
#include "base/arena.h"
#include "environments/environment.h"

/* The text without its mark, and the one-based place of what stood behind it (0, 0 without a mark). */
static inline char *document_unmark(struct arena *a, const char *marked, int *line, int *column)
{
    const char *mark = strstr(marked, "^^");
    *line = *column = 0;
    if (!mark) {
        return arena_dup(a, marked);
    }
    *line = *column = 1;
    for (const char *c = marked; c < mark; c++) {
        *line += *c == '\n';
        *column = *c == '\n' ? 1 : *column + (((unsigned char)*c & 0xC0) != 0x80);
    }
    return arena_printf(a, "%.*s%s", (int)(mark - marked), marked, mark + 2);
}

#define ONE_TARGET "targets: [{ name: t, url: \"sqlite:///t.db\" }]\n"
