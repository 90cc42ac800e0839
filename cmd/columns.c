/* Columns of text, by the C library's table of character widths. */
#include "cmd/columns.h"
#include <string.h>
#include <wchar.h>

/* The character at s, as bytes and columns; what cannot be shown is one '?'. */
static size_t next_char(const char *s, size_t *columns, bool *shown)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = 1;
    wchar_t c = u[0];
    if (u[0] >= 0xC2 && u[0] <= 0xF4) {
        n = u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
        c = (wchar_t)(u[0] & (0x7F >> n));
        if (strnlen(s, n) < n || !utf8_valid(s, n)) {
            n = 0;
        }
        for (size_t i = 1; i < n; i++) {
            c = (wchar_t)(c << 6 | (u[i] & 0x3F));
        }
    } else if (u[0] >= 0x80) {
        n = 0;
    }
    int width = n ? wcwidth(c) : -1;
    *shown = width >= 0;
    *columns = width >= 0 ? (size_t)width : 1;
    return n ? n : 1;
}

size_t columns_of(const char *text)
{
    size_t sum = 0, columns;
    bool shown;
    while (*text) {
        text += next_char(text, &columns, &shown);
        sum += columns;
    }
    return sum;
}

size_t columns_clip(struct strbuf *out, const char *text, size_t max)
{
    bool cut = columns_of(text) > max;
    size_t sum = 0, columns, room = cut && max ? max - 1 : max;
    bool shown;
    while (*text) {
        size_t n = next_char(text, &columns, &shown);
        if (sum + columns > room) {
            break;
        }
        strbuf_add(out, shown ? text : "?", shown ? n : 1);
        sum += columns;
        text += n;
    }
    if (cut && max) {
        strbuf_adds(out, "…");
        sum++;
    }
    return sum;
}
