/* Texts of MySQL and MariaDB. */
#include "engine/schema/mysql_text.h"
#include "engine/schema/mysql_token.h"
#include <string.h>

static const char *kept(struct arena *a, const struct strbuf *b)
{
    return arena_dupn(a, b->len ? b->ptr : "", b->len);
}

static const char *in_quotes(struct arena *a, const char *text, char quote, bool backslash)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_addch(&b, quote);
    for (; *text; text++) {
        if (*text == quote || (backslash && *text == '\\')) {
            strbuf_addch(&b, *text);
        }
        strbuf_addch(&b, *text);
    }
    strbuf_addch(&b, quote);
    return kept(a, &b);
}

const char *mysql_quoted(struct arena *a, const char *text)
{
    return in_quotes(a, text, '\'', true);
}

const char *mysql_name(struct arena *a, const char *name)
{
    return in_quotes(a, name, '`', false);
}

static bool is_name(struct slice text, const struct mysql_token *t, const char *quoted)
{
    size_t n = strlen(quoted);
    return t->kind == MYSQL_NAME && t->to - t->from == n && memcmp(text.ptr + t->from, quoted, n) == 0;
}

static bool is_dot(struct slice text, const struct mysql_token *t)
{
    return t->kind == MYSQL_SYMBOL && text.ptr[t->from] == '.';
}

const char *mysql_without_database(struct arena *a, const char *text, const char *own)
{
    if (!text || !own) {
        return text;
    }
    const char *quoted = mysql_name(a, own);
    if (!strstr(text, quoted)) {
        return text;
    }
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct slice s = slice_of(text);
    size_t at = 0, copied = 0;
    struct mysql_token t = mysql_next(s, &at), before = {0};
    while (t.kind != MYSQL_END) {
        struct mysql_token next = mysql_next(s, &at);
        if (is_name(s, &t, quoted)) {
            if (is_dot(s, &before) || !is_dot(s, &next)) {
                return text;
            }
            strbuf_add(&b, s.ptr + copied, t.from - copied);
            copied = next.to;
            t = mysql_next(s, &at);
            before = (struct mysql_token){0};
            next = mysql_next(s, &at);
        }
        before = t;
        t = next;
    }
    strbuf_add(&b, s.ptr + copied, s.len - copied);
    return kept(a, &b);
}

const char *mysql_unescaped(struct arena *a, const char *text)
{
    if (!text || !strchr(text, '\\')) {
        return text;
    }
    char *out = arena_alloc(a, strlen(text) + 1);
    size_t n = 0;
    for (; *text; text++) {
        text += *text == '\\' && (text[1] == '\'' || text[1] == '\\');
        out[n++] = *text;
    }
    out[n] = '\0';
    return out;
}

const char *mysql_mode(struct arena *a, const char *mode)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    while (mode && *mode) {
        size_t n = strcspn(mode, ",");
        bool counts = n && strncmp(mode, "NO_AUTO_CREATE_USER", n) != 0;
        if (counts) {
            strbuf_addf(&b, "%s%.*s", b.len ? "," : "", (int)n, mode);
        }
        mode += n + (mode[n] == ',');
    }
    return kept(a, &b);
}
