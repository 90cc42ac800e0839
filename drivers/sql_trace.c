/* Writing names into a trace, and reading them back. */
#include "drivers/sql_trace.h"
#include "base/arena.h"

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c >= 0x80;
}

static void add_encoded(struct strbuf *to, unsigned char c)
{
    if (is_plain(c)) {
        strbuf_addch(to, (char)c);
    } else {
        strbuf_addf(to, "%%%02x", c);
    }
}

static void add_token(struct strbuf *to, const struct sql_token *t, bool fold)
{
    bool quoted = t->kind == SQL_TOKEN_NAME;
    size_t end = quoted ? t->text.len - 1 : t->text.len;
    for (size_t i = quoted; i < end; i++) {
        unsigned char c = (unsigned char)t->text.ptr[i];
        if (!quoted && fold && c >= 'A' && c <= 'Z') {
            c = (unsigned char)(c - 'A' + 'a');
        }
        add_encoded(to, c);
        i += quoted && c == (unsigned char)t->text.ptr[0]; /* doubled */
    }
}

bool sql_trace_take(struct sql_cursor *c, struct strbuf *to, bool fold)
{
    if (c->t.kind != SQL_TOKEN_WORD && c->t.kind != SQL_TOKEN_NAME) {
        return false;
    }
    strbuf_addch(to, ' ');
    add_token(to, &c->t, fold);
    sql_cursor_next(c);
    if (!sql_symbol_is(&c->t, '.')) {
        return true;
    }
    sql_cursor_next(c);
    if (c->t.kind == SQL_TOKEN_WORD || c->t.kind == SQL_TOKEN_NAME) {
        strbuf_addch(to, '.');
        add_token(to, &c->t, fold);
        sql_cursor_next(c);
    }
    return true;
}

bool sql_trace_word(struct slice *text, struct slice *word)
{
    *text = slice_trim(*text);
    if (text->len == 0) {
        return false;
    }
    const char *end = memchr(text->ptr, ' ', text->len);
    size_t n = end ? (size_t)(end - text->ptr) : text->len;
    *word = (struct slice){text->ptr, n};
    text->ptr += n;
    text->len -= n;
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *decode(struct arena *a, struct slice text)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 &&
            hex_digit(text.ptr[i + 2]) >= 0) {
            c = (char)(hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]));
            i += 2;
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return out;
}

void sql_trace_name(struct arena *a, struct slice word, const char **schema, const char **name)
{
    const char *dot = memchr(word.ptr, '.', word.len);
    size_t n = dot ? (size_t)(dot - word.ptr) : 0;
    *schema = dot ? decode(a, (struct slice){word.ptr, n}) : NULL;
    *name = dot ? decode(a, (struct slice){dot + 1, word.len - n - 1}) : decode(a, word);
}
