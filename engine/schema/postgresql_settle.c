/* Expressions as PostgreSQL prints them once it has read its own print: x IN ('a', 'b') on a varchar is
 * printed as ARRAY['a'::varchar, 'b'::varchar]::text[], and when that is read, as ARRAY['a'::varchar::text,
 * 'b'::varchar::text]. A schema and its restored dump are to be equal. */
#include "engine/schema/postgresql.h"
#include <ctype.h>
#include <string.h>

/* Behind what opens at `at`: a text or a name in quotes, or brackets with what is in them; else behind the
 * byte. */
static const char *skip(const char *at)
{
    if (*at == '\'' || *at == '"') {
        const char *close = at + 1;
        while (*close && (*close != *at || close[1] == *at)) {
            close += *close == *at ? 2 : 1;
        }
        return *close ? close + 1 : close;
    }
    if (*at == '(' || *at == '[') {
        const char *p = at + 1;
        while (*p && *p != ')' && *p != ']') {
            p = skip(p);
        }
        return *p ? p + 1 : p;
    }
    return at + 1;
}

/* "character varying[]": its length without the brackets; 0: none such. */
static size_t array_type(const char *at)
{
    const char *p = at;
    while (*p == '"' || isalnum((unsigned char)*p) || *p == '_' || *p == ' ' || *p == '.') {
        p = *p == '"' ? skip(p) : p + 1;
    }
    return p > at && strncmp(p, "[]", 2) == 0 ? (size_t)(p - at) : 0;
}

/* A constant with its type binds closer than the cast behind it. */
static bool is_plain(const char *element, size_t n)
{
    const char *end = element + n, *p = element;
    if (*p == '\'') {
        p = skip(p);
    }
    while (p < end && (isalnum((unsigned char)*p) || *p == '_' || *p == '.' || *p == ':')) {
        p++;
    }
    while (p < end && (isalnum((unsigned char)*p) || *p == ' ') && memchr(element, ':', n)) {
        p++;
    }
    return p == end;
}

static void add_element(struct strbuf *b, const char *element, size_t n, const char *type, size_t type_len,
                        bool parentheses)
{
    bool around = (parentheses || !is_plain(element, n)) && *element != '(';
    strbuf_adds(b, around ? "(" : "");
    strbuf_add(b, element, n);
    strbuf_adds(b, around ? ")::" : "::");
    strbuf_add(b, type, type_len);
}

/* The cast of the array that begins at `at`, put on each element; behind all of it. NULL: it has none. */
static const char *settle_array(struct strbuf *b, const char *at, bool parentheses)
{
    const char *open = at + strlen("ARRAY["), *close = open, *element = open;
    while (*close && *close != ']') {
        close = skip(close);
    }
    const char *cast = *close ? close + (parentheses ? 2 : 1) : close;
    size_t n = *close && strncmp(cast, "::", 2) == 0 ? array_type(cast + 2) : 0;
    if (n == 0 || close == open) {
        return NULL;
    }
    strbuf_adds(b, "ARRAY[");
    for (const char *p = open; p <= close;) {
        if (*p == ',' || p == close) {
            add_element(b, element, (size_t)(p - element), cast + 2, n, parentheses);
            strbuf_adds(b, p == close ? "]" : ", ");
            element = p + 2;
            p += p == close ? 1 : 2;
        } else {
            p = skip(p);
        }
    }
    return cast + 2 + n + 2;
}

const char *pg_settled(const struct pg_reader *x, const char *text)
{
    if (!x->whole || !text || !strstr(text, "ARRAY[")) {
        return text;
    }
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (const char *p = text; *p;) {
        bool within = strncmp(p, "(ARRAY[", 7) == 0;
        const char *end =
            within || strncmp(p, "ARRAY[", 6) == 0 ? settle_array(&b, p + within, within) : NULL;
        if (!end) {
            end = *p == '\'' || *p == '"' ? skip(p) : p + 1;
            strbuf_add(&b, p, (size_t)(end - p));
        }
        p = end;
    }
    return arena_dup(x->a, strbuf_cstr(&b));
}
