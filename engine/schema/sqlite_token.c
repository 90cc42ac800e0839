/* Tokens of SQLite's SQL, and what is done with a text token by token. */
#include "engine/schema/sqlite_parse.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t skip_comment(struct slice text, size_t at)
{
    if (at + 1 < text.len && text.ptr[at] == '-' && text.ptr[at + 1] == '-') {
        while (at < text.len && text.ptr[at] != '\n') {
            at++;
        }
    } else if (at + 1 < text.len && text.ptr[at] == '/' && text.ptr[at + 1] == '*') {
        const char *end = at + 2 < text.len ? memmem(text.ptr + at + 2, text.len - at - 2, "*/", 2) : NULL;
        at = end ? (size_t)(end - text.ptr) + 2 : text.len;
    }
    return at;
}

static size_t skip_blank(struct slice text, size_t at)
{
    for (;;) {
        size_t before = at;
        while (at < text.len && strchr(" \t\n\f\r", text.ptr[at]) && text.ptr[at]) {
            at++;
        }
        at = skip_comment(text, at);
        if (at == before) {
            return at;
        }
    }
}

static struct sqlite_token quoted(struct slice text, size_t from, char close)
{
    for (size_t i = from + 1; i < text.len; i++) {
        if (text.ptr[i] != close) {
            continue;
        }
        if (close != ']' && i + 1 < text.len && text.ptr[i + 1] == close) {
            i++;
            continue;
        }
        return (struct sqlite_token){close == '\'' ? SQLITE_STRING : SQLITE_NAME, from, i + 1};
    }
    return (struct sqlite_token){SQLITE_BAD, from, text.len};
}

struct sqlite_token sqlite_next(struct slice text, size_t *at)
{
    size_t from = skip_blank(text, *at), to = from;
    struct sqlite_token t = {SQLITE_END, from, from};
    if (from < text.len) {
        char c = text.ptr[from];
        if (c == '"' || c == '`' || c == '\'') {
            t = quoted(text, from, c);
        } else if (c == '[') {
            t = quoted(text, from, ']');
        } else if (is_name_byte(c)) {
            while (to < text.len && is_name_byte(text.ptr[to])) {
                to++;
            }
            t = (struct sqlite_token){SQLITE_WORD, from, to};
            if (to - from == 1 && (c == 'x' || c == 'X') && to < text.len && text.ptr[to] == '\'') {
                t = quoted(text, to, '\''); /* a blob */
                t.from = from;
            }
        } else {
            t = (struct sqlite_token){SQLITE_SYMBOL, from, from + 1};
        }
    }
    *at = t.to;
    return t;
}

bool sqlite_is_word(struct slice text, struct sqlite_token t, const char *word)
{
    return t.kind == SQLITE_WORD && t.to - t.from == strlen(word) &&
           strncasecmp(text.ptr + t.from, word, t.to - t.from) == 0;
}

const char *sqlite_unquote(struct arena *a, struct slice text, struct sqlite_token t)
{
    size_t n = t.to - t.from, k = 0;
    const char *p = text.ptr + t.from;
    if (t.kind == SQLITE_WORD || t.kind == SQLITE_SYMBOL || n < 2) {
        return arena_dupn(a, p, n);
    }
    char *out = arena_alloc(a, n);
    char close = p[n - 1];
    for (size_t i = 1; i + 1 < n; i++) {
        out[k++] = p[i];
        i += close != ']' && p[i] == close;
    }
    return out;
}

static bool names(struct arena *a, struct slice text, struct sqlite_token t, const char *name)
{
    return (t.kind == SQLITE_WORD || t.kind == SQLITE_NAME) &&
           strcasecmp(sqlite_unquote(a, text, t), name) == 0;
}

bool sqlite_mentions(const char *sql, const char *name)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text = slice_of(sql);
    for (size_t at = 0;;) {
        struct sqlite_token t = sqlite_next(text, &at);
        if (t.kind == SQLITE_END || t.kind == SQLITE_BAD) {
            return t.kind == SQLITE_BAD;
        }
        if (names(&a, text, t, name)) {
            return true;
        }
    }
}

/* A word in front of a parenthesis is a function, or IN, AND and the like: not a column. */
static bool is_call(struct slice text, struct sqlite_token t, size_t at)
{
    struct sqlite_token next = sqlite_next(text, &at);
    return t.kind == SQLITE_WORD && next.kind == SQLITE_SYMBOL && text.ptr[next.from] == '(';
}

const char *sqlite_rename(struct arena *a, const char *sql, const char *from, const char *to, int *found)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct slice text = slice_of(sql);
    size_t at = 0, copied = 0;
    *found = 0;
    for (;;) {
        struct sqlite_token t = sqlite_next(text, &at);
        if (t.kind == SQLITE_BAD) {
            return NULL;
        }
        if (t.kind == SQLITE_END) {
            break;
        }
        if (!names(&scratch, text, t, from) || is_call(text, t, at)) {
            continue;
        }
        strbuf_add(&out, text.ptr + copied, t.from - copied);
        strbuf_adds(&out, to);
        copied = t.to;
        ++*found;
    }
    strbuf_add(&out, text.ptr + copied, text.len - copied);
    return arena_dupn(a, strbuf_cstr(&out), out.len);
}
