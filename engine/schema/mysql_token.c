/* Tokens of what SHOW CREATE TABLE prints: names in backquotes, strings with doubled quotes and backslashes.
 */
#include "engine/schema/mysql_token.h"
#include "base/arena.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Blanks, and the marks of a versioned comment: what is between them counts. */
static size_t skip(struct slice text, size_t at)
{
    for (;;) {
        size_t before = at;
        while (at < text.len && (text.ptr[at] == ' ' || (text.ptr[at] >= '\t' && text.ptr[at] <= '\r'))) {
            at++;
        }
        if (at + 2 < text.len && memcmp(text.ptr + at, "/*", 2) == 0) {
            at += 2 + strspn(text.ptr + at + 2, "M!0123456789");
        } else if (at + 1 < text.len && memcmp(text.ptr + at, "*/", 2) == 0) {
            at += 2;
        }
        if (at == before) {
            return at;
        }
    }
}

static size_t behind_quotes(struct slice text, size_t from, char quote)
{
    for (size_t i = from + 1; i < text.len; i++) {
        if (text.ptr[i] == '\\' && quote == '\'') {
            i++;
        } else if (text.ptr[i] == quote) {
            if (i + 1 >= text.len || text.ptr[i + 1] != quote) {
                return i + 1;
            }
            i++;
        }
    }
    return text.len;
}

struct mysql_token mysql_next(struct slice text, size_t *at)
{
    size_t from = skip(text, *at), to = from;
    struct mysql_token t = {MYSQL_END, from, from, from > *at};
    if (from < text.len) {
        char c = text.ptr[from];
        if (c == '`' || c == '\'') {
            t.kind = c == '`' ? MYSQL_NAME : MYSQL_STRING;
            to = behind_quotes(text, from, c);
        } else if (is_word_byte(c)) {
            t.kind = MYSQL_WORD;
            while (to < text.len && is_word_byte(text.ptr[to])) {
                to++;
            }
        } else {
            t.kind = MYSQL_SYMBOL;
            to++;
        }
    }
    t.to = to;
    *at = to;
    return t;
}

bool mysql_is_word(struct slice text, struct mysql_token t, const char *word)
{
    return t.kind == MYSQL_WORD && t.to - t.from == strlen(word) &&
           strncasecmp(text.ptr + t.from, word, t.to - t.from) == 0;
}

static char unescaped(char c)
{
    static const char from[] = "0abtnvfr", to[] = {'\0', '\a', '\b', '\t', '\n', '\v', '\f', '\r'};
    const char *p = c ? strchr(from, c) : NULL;
    return p ? to[p - from] : c;
}

const char *mysql_unquote(struct arena *a, struct slice text, struct mysql_token t)
{
    size_t n = t.to - t.from, k = 0;
    const char *p = text.ptr + t.from;
    if ((t.kind != MYSQL_NAME && t.kind != MYSQL_STRING) || n < 2) {
        return arena_dupn(a, p, n);
    }
    char *out = arena_alloc(a, n);
    for (size_t i = 1; i + 1 < n; i++) {
        bool escape = t.kind == MYSQL_STRING && p[i] == '\\' && i + 2 < n;
        if (escape) {
            out[k++] = unescaped(p[++i]);
        } else {
            out[k++] = p[i];
            i += p[i] == p[0];
        }
    }
    return out;
}
