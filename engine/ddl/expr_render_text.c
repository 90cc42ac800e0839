/* text(): ":name" becomes a value, "\:" a colon. */
#include "engine/ddl/expr_render.h"
#include "engine/ddl/expr_text.h"
#include <string.h>

/* Code points above ASCII that are letters or digits, roughly: the blocks of alphabets, syllables and
 * ideographs, without the signs among Latin-1. They matter only where they touch a colon. */
static bool is_letter(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0xAA, 0xAA},     {0xB2, 0xB3},     {0xB5, 0xB5},     {0xB9, 0xBA},     {0xBC, 0xBE},
        {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2C1},    {0x370, 0x373},   {0x376, 0x37D},
        {0x37F, 0x37F},   {0x386, 0x386},   {0x388, 0x481},   {0x48A, 0x559},   {0x560, 0x588},
        {0x5D0, 0x5F2},   {0x620, 0x64A},   {0x660, 0x669},   {0x66E, 0x6D3},   {0x904, 0x939},
        {0x966, 0x96F},   {0xE01, 0xE30},   {0x10A0, 0x10FF}, {0x1100, 0x167F}, {0x1E00, 0x1FBC},
        {0x2C00, 0x2DDF}, {0x3041, 0x3096}, {0x30A1, 0x30FA}, {0x3105, 0x318E}, {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF}, {0xA000, 0xA48C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAD9}, {0x20000, 0x323AF},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* The length of the word character at text[at], or 0. */
static size_t word_at(struct slice text, size_t at, bool dollar)
{
    if (at >= text.len) {
        return 0;
    }
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
               (dollar && c == '$');
    }
    size_t len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    if (at + len > text.len) {
        return 0;
    }
    uint32_t code = len == 4 ? c & 7u : len == 3 ? c & 15u : c & 31u;
    for (size_t i = 1; i < len; i++) {
        code = code << 6 | ((unsigned char)text.ptr[at + i] & 63u);
    }
    return len > 1 && is_letter(code) ? len : 0;
}

static bool word_before(struct slice text, size_t at, bool dollar)
{
    size_t start = at - 1;
    while (start > 0 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80) {
        start--;
    }
    return word_at(text, start, dollar) > 0;
}

/* May a name begin at the colon text[at]? */
static bool colon_counts(struct slice text, size_t at, bool made)
{
    if (text.ptr[at] != ':') {
        return false;
    }
    if (at == 0) {
        return true;
    }
    char before = text.ptr[at - 1];
    return before != ':' && before != '\\' && !word_before(text, at, !made);
}

bool sql_text_next(struct slice text, size_t *at, bool made, size_t *start, struct slice *name)
{
    for (size_t i = *at; i < text.len; i++) {
        if (!colon_counts(text, i, made)) {
            continue;
        }
        size_t end = i + 1, last = end;
        for (size_t len = word_at(text, end, !made); len; len = word_at(text, end, !made)) {
            last = end;
            end += len;
        }
        if (end < text.len && text.ptr[end] == ':') {
            /* text() takes the name without its last character then, rendering takes none. */
            end = made ? last : i + 1;
        }
        if (end > i + 1) {
            *start = i;
            *name = (struct slice){text.ptr + i + 1, end - i - 1};
            *at = end;
            return true;
        }
    }
    return false;
}

static bool same(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool sql_text_has(struct slice text, struct slice name)
{
    size_t at = 0, start;
    struct slice found;
    while (sql_text_next(text, &at, true, &start, &found)) {
        if (same(found, name)) {
            return true;
        }
    }
    return false;
}

/* Append text without the backslashes before ":name" (not before "::"). */
static void put_unescaped(struct strbuf *out, struct slice text)
{
    size_t plain = 0;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '\\' || text.ptr[i + 1] != ':') {
            continue;
        }
        size_t end = i + 2;
        for (size_t len = word_at(text, end, true); len; len = word_at(text, end, true)) {
            end += len;
        }
        if (end < text.len && text.ptr[end] == ':') {
            continue;
        }
        strbuf_add(out, text.ptr + plain, i - plain);
        plain = i + 1;
        i = end - 1;
    }
    strbuf_add(out, text.ptr + plain, text.len - plain);
}

static const struct sql_expr *parameter(const struct sql_expr *e, struct slice name)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct sql_expr *p = e->items[i];
        if (p->name.text && slice_eq(name, p->name.text)) {
            return p;
        }
    }
    return NULL;
}

static int put_parameter(struct sql_rendering *r, const struct sql_expr *e, struct slice name,
                         struct sql_kw kw)
{
    const struct sql_expr *p = parameter(e, name);
    if (p) {
        return sql_render_expr(r, p, kw);
    }
    /* With a dollar sign in it, it was none when the text was made. */
    if (!memchr(name.ptr, '$', name.len)) {
        struct sql_expr unbound = {.kind = SQL_E_VALUE,
                                   .type = ddl_type_null(),
                                   .flags = SQL_X_REQUIRED,
                                   .name = DDL_NAME(slice_dup(r->arena, name))};
        return sql_render_value(r, &unbound, kw);
    }
    if (sql_is_live(r)) {
        return sql_refuse(r, "the parameter :%.*s, which text() does not know", (int)name.len, name.ptr);
    }
    strbuf_addch(r->out, ':');
    strbuf_add(r->out, name.ptr, name.len);
    return 0;
}

int sql_render_textual(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    struct strbuf whole = STRBUF_INIT, *out = r->out;
    bool live = sql_is_live(r);
    size_t at = 0, plain = 0, start;
    struct slice name;
    int rc = 0;
    while (!rc && sql_text_next(e->text, &at, false, &start, &name)) {
        struct slice before = {e->text.ptr + plain, start - plain};
        if (live) {
            /* Values are no part of the text then, and keep their backslashes. */
            put_unescaped(&whole, before);
        } else {
            strbuf_add(&whole, before.ptr, before.len);
        }
        r->out = &whole;
        rc = put_parameter(r, e, name, kw);
        r->out = out;
        plain = at;
    }
    struct slice rest = {e->text.ptr + plain, e->text.len - plain};
    if (!rc && live) {
        put_unescaped(&whole, rest);
        strbuf_add(out, strbuf_cstr(&whole), whole.len);
    } else if (!rc) {
        strbuf_add(&whole, rest.ptr, rest.len);
        put_unescaped(out, (struct slice){strbuf_cstr(&whole), whole.len});
    }
    out->overflow |= whole.overflow;
    strbuf_release(&whole);
    return rc;
}
