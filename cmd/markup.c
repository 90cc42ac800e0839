/* Escaping for HTML and XML, and making visible what is not. */
#include "cmd/markup.h"
#include <string.h>

/* Does a reader see nothing of it, or something else than what stands there? */
static bool invisible(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

/* Of well-formed UTF-8. */
static uint32_t decode(const unsigned char *s, size_t *len)
{
    if (s[0] < 0x80) {
        *len = 1;
        return s[0];
    }
    *len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t c = s[0] & (0x7fU >> *len);
    for (size_t i = 1; i < *len; i++) {
        c = c << 6 | (s[i] & 0x3fU);
    }
    return c;
}

static const char *entity(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void add_valid(struct strbuf *out, const char *text, size_t n, bool escape)
{
    for (size_t i = 0, len; i < n; i += len) {
        uint32_t c = decode((const unsigned char *)text + i, &len);
        const char *e = escape ? entity(c) : NULL;
        if (e) {
            strbuf_adds(out, e);
        } else if (invisible(c)) {
            strbuf_addf(out, "[U+%04X]", (unsigned)c);
        } else if ((c & 0xfffe) == 0xfffe) { /* no characters at all: XML does not take U+FFFE */
            strbuf_adds(out, "\xef\xbf\xbd");
        } else {
            strbuf_add(out, text + i, len);
        }
    }
}

static void add(struct strbuf *out, const char *text, size_t n, bool escape)
{
    while (n) {
        size_t good = utf8_valid_length(text, n);
        add_valid(out, text, good, escape);
        if (good < n) {
            strbuf_adds(out, "\xef\xbf\xbd");
            good++;
        }
        text += good;
        n -= good;
    }
}

void markup_text(struct strbuf *out, const char *text)
{
    add(out, text ? text : "", text ? strlen(text) : 0, true);
}

void markup_text_slice(struct strbuf *out, struct slice text)
{
    add(out, text.ptr, text.len, true);
}

void markup_visible(struct strbuf *out, const char *text)
{
    add(out, text ? text : "", text ? strlen(text) : 0, false);
}

void markup_visible_slice(struct strbuf *out, struct slice text)
{
    add(out, text.ptr, text.len, false);
}
