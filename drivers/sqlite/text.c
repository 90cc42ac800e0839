/* Names and texts as SQLite reads them. */
#include "drivers/sqlite/connection.h"

void sqlite_quote_ident(struct strbuf *b, const char *name)
{
    strbuf_addch(b, '"');
    for (; *name; name++) {
        if (*name == '"') {
            strbuf_addch(b, '"');
        }
        strbuf_addch(b, *name);
    }
    strbuf_addch(b, '"');
}

bool sqlite_needs_quotes(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    if (n == 0 || name[n] || (*name >= '0' && *name <= '9')) {
        return true;
    }
    /* Constants by a rule of the expression parser, so not among the keywords. */
    if (sqlite3_stricmp(name, "true") == 0 || sqlite3_stricmp(name, "false") == 0) {
        return true;
    }
    return sqlite3_keyword_check(name, (int)n) != 0;
}

void sqlite_quote_literal(struct strbuf *b, struct slice text)
{
    if (text.len && memchr(text.ptr, '\0', text.len)) {
        /* A literal ends at the first NUL byte. */
        strbuf_adds(b, "CAST(x'");
        for (size_t i = 0; i < text.len; i++) {
            strbuf_addf(b, "%02x", (unsigned char)text.ptr[i]);
        }
        strbuf_adds(b, "' AS TEXT)");
        return;
    }
    strbuf_addch(b, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') {
            strbuf_addch(b, '\'');
        }
        strbuf_addch(b, text.ptr[i]);
    }
    strbuf_addch(b, '\'');
}
