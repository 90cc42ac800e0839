/* Strings: escapes, neighbours that are joined, f-strings. */
#include "engine/alembic/python/py_parser.h"

/* --- escapes --- */

static void add_utf_8(struct strbuf *out, uint32_t c)
{
    char s[4];
    size_t n = 0;
    if (c < 0x80) {
        s[n++] = (char)c;
    } else if (c < 0x800) {
        s[n++] = (char)(0xC0 | c >> 6);
        s[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        s[n++] = (char)(0xE0 | c >> 12);
        s[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        s[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        s[n++] = (char)(0xF0 | c >> 18);
        s[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        s[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        s[n++] = (char)(0x80 | (c & 0x3F));
    }
    strbuf_add(out, s, n);
}

static bool wrong(struct py_parser *p, int status, const char *at, const char *message)
{
    py_lex_error(&p->lex, at, "%s", message);
    p->err->status = status;
    p->tok.kind = PY_T_ERROR;
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct py_parser *p, const char **at, const char *end, int ndigits, uint32_t *out)
{
    const char *escape = *at;
    *out = 0;
    *at += 2;
    for (int i = 0; i < ndigits; i++, ++*at) {
        int digit = *at < end ? hex_digit(**at) : -1;
        if (digit < 0) {
            char message[64];
            snprintf(message, sizeof(message), "the escape \\%c takes %d hexadecimal digits", escape[1],
                     ndigits);
            return wrong(p, ERR_FILE, escape, message);
        }
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* \x, \u, \U and \N. */
static bool read_code(struct py_parser *p, const char **at, const char *end, bool bytes)
{
    const char *escape = *at;
    uint32_t c;
    if (escape[1] == 'N') {
        return wrong(p, ERR_REFUSED, escape, "characters by name (\\N{...}) are not supported");
    }
    if (!read_hex(p, at, end, escape[1] == 'x' ? 2 : escape[1] == 'u' ? 4 : 8, &c)) {
        return false;
    }
    if (c > 0x10FFFF) {
        return wrong(p, ERR_FILE, escape, "illegal Unicode character");
    }
    if (c >= 0xD800 && c <= 0xDFFF) {
        return wrong(p, ERR_REFUSED, escape, "lone surrogates are not supported");
    }
    if (bytes) {
        strbuf_addch(&p->text, (char)c);
    } else {
        add_utf_8(&p->text, c);
    }
    return true;
}

static void read_octal(struct py_parser *p, const char **at, const char *end, bool bytes)
{
    uint32_t c = 0;
    ++*at;
    for (int i = 0; i < 3 && *at < end && **at >= '0' && **at <= '7'; i++, ++*at) {
        c = c << 3 | (uint32_t)(**at - '0');
    }
    if (bytes) {
        strbuf_addch(&p->text, (char)c);
    } else {
        add_utf_8(&p->text, c);
    }
}

/* What a backslash and the character after it stand for; 0: nothing, both are kept. */
static char simple_escape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'a':
        return '\a';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'v':
        return '\v';
    case '\\':
    case '\'':
    case '"':
        return c;
    default:
        return 0;
    }
}

static bool read_escape(struct py_parser *p, const char **at, const char *end, bool bytes)
{
    const char *escape = *at;
    char c = escape + 1 < end ? escape[1] : ' ', simple = simple_escape(c);
    if (simple) {
        strbuf_addch(&p->text, simple);
    } else if (c >= '0' && c <= '7') {
        read_octal(p, at, end, bytes);
        return true;
    } else if (c == 'x' || (!bytes && (c == 'u' || c == 'U' || c == 'N'))) {
        return read_code(p, at, end, bytes);
    } else if (c != '\n') {
        strbuf_addch(&p->text, '\\');
        *at += 1;
        return true;
    }
    *at += 2;
    return true;
}

/* Add the text to p->text, its escapes read. */
static bool decode(struct py_parser *p, struct slice text, bool escapes, bool bytes)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (escapes && at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        strbuf_add(&p->text, at, (size_t)((escape ? escape : end) - at));
        at = escape ? escape : end;
        if (escape && !read_escape(p, &at, end, bytes)) {
            return false;
        }
    }
    strbuf_add(&p->text, at, (size_t)(end - at));
    return true;
}

/* --- strings put together --- */

/* Neighbouring strings: the literal text since the last field is in p->text from `text` on, or, while it is
 * one piece of the source, in `whole`. */
struct joined {
    struct py_token start;
    size_t text;
    struct slice whole;
    bool formatted; /* there is an f-string */
    bool bytes;
};

static bool add_literal(struct py_parser *p, struct joined *j, struct slice text, bool escapes)
{
    if (!text.len) {
        return true;
    }
    if (!escapes && !j->whole.len && p->text.len == j->text) {
        j->whole = text;
        return true;
    }
    strbuf_add(&p->text, j->whole.ptr, j->whole.len);
    j->whole.len = 0;
    return decode(p, text, escapes, j->bytes);
}

/* What was put together, in the arena. */
static struct slice literal(struct py_parser *p, struct joined *j)
{
    struct slice text = j->whole;
    size_t n = p->text.len - j->text;
    if (n) {
        char *copy = py_bytes(p, n + 1);
        memcpy(copy, p->text.ptr + j->text, n);
        text = (struct slice){copy, n};
    }
    p->text.len = j->text;
    j->whole = (struct slice){0};
    return text.len ? text : SLICE("");
}

static void push_literal(struct py_parser *p, struct joined *j)
{
    struct slice text = literal(p, j);
    if (text.len) {
        struct py_node *node = py_node_at(p, PY_CONSTANT, &j->start);
        node->constant.kind = PY_C_STR;
        node->constant.text = text;
        py_push(p, py_end(p, node));
    }
}

/* --- f-strings --- */

static bool formatted(struct py_parser *p, struct joined *j, const struct py_token *opening, bool format);

static bool conversion(struct py_parser *p, struct py_node *node)
{
    if (!py_accept(p, PY_T_EXCLAMATION)) {
        return true;
    }
    char c = p->tok.start[0];
    if (py_peek(p) != PY_T_NAME || p->tok.end != p->tok.start + 1 || !strchr("sra", c)) {
        return py_error_here(p, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    }
    node->conversion = c;
    py_advance(p);
    return true;
}

/* The format after ":", up to the field's "}". */
static bool format_spec(struct py_parser *p, struct py_node *node, const struct py_token *opening)
{
    struct joined inner = {.start = p->tok, .text = p->text.len};
    size_t from = p->nodes.len;
    if (!py_deeper(p) || !formatted(p, &inner, opening, true)) {
        return false;
    }
    p->depth--;
    push_literal(p, &inner);
    node->right = py_node_at(p, PY_JOINED_STR, &inner.start);
    node->right->list = py_pop_nodes(p, from, node->right);
    py_above(node, node->right);
    return true;
}

/* The token at hand ends the field's expression: the rest of the field, up to its "}". The token behind it
 * is not read: what follows is literal text again. */
static bool end_field(struct py_parser *p, struct py_node *node, const struct py_token *opening)
{
    if (!conversion(p, node)) {
        return false;
    }
    if (py_peek(p) == PY_T_COLON) {
        return format_spec(p, node, opening);
    }
    if (py_peek(p) != PY_T_RBRACE) {
        return py_error_here(p, "f-string: expecting '}'");
    }
    return true;
}

static bool field(struct py_parser *p, struct joined *j, const struct py_token *opening)
{
    int outer = p->lex.field;
    const char *start = p->lex.at;
    p->lex.field = p->lex.depth;
    py_lex(&p->lex, &p->tok);
    struct py_token first = p->tok;
    if (first.kind == PY_T_RBRACE || first.kind == PY_T_EXCLAMATION || first.kind == PY_T_COLON) {
        return py_error_here(p, "f-string: valid expression required before %s", py_token_text(first.kind));
    }
    struct py_node *value = py_parse_yield_or_list(p);
    if (!value) {
        return false;
    }
    bool shown = py_accept(p, PY_T_ASSIGN); /* {x=}: its own text goes before the value */
    if (shown && !add_literal(p, j, (struct slice){start, (size_t)(p->tok.start - start)}, false)) {
        return false;
    }
    push_literal(p, j);
    struct py_node *node = py_node_at(p, PY_FORMATTED, &first);
    node->left = value;
    py_above(node, value);
    py_push(p, node);
    if (!end_field(p, node, opening)) {
        return false;
    }
    if (shown && !node->conversion && !node->right) {
        node->conversion = 'r';
    }
    node->end_line = p->lex.line;
    p->lex.field = outer;
    return true;
}

/* Literal text and fields, up to the closing quotes or the "}" behind a format. Texts are noted in j, and
 * pushed before each field. */
static bool formatted(struct py_parser *p, struct joined *j, const struct py_token *opening, bool format)
{
    for (;;) {
        struct slice text;
        bool escapes;
        enum py_fstring_end end = py_lex_fstring(&p->lex, opening, format, &text, &escapes);
        if (end == PY_F_ERROR || !add_literal(p, j, text, escapes)) {
            p->tok.kind = PY_T_ERROR;
            return false;
        }
        if (end == PY_F_END || end == PY_F_CLOSE) {
            return true;
        }
        if (end == PY_F_FIELD && !field(p, j, opening)) {
            return false;
        }
    }
}

/* --- tokens --- */

static bool check_bytes(struct py_parser *p, struct slice body)
{
    for (size_t i = 0; i < body.len; i++) {
        if ((unsigned char)body.ptr[i] >= 0x80) {
            return wrong(p, ERR_FILE, body.ptr + i, "bytes can only contain ASCII literal characters");
        }
    }
    return true;
}

static bool one_string(struct py_parser *p, struct joined *j)
{
    struct py_token t = p->tok;
    bool bytes = t.flags & PY_S_BYTES;
    if (bytes != j->bytes) {
        return py_error_here(p, "cannot mix bytes and nonbytes literals");
    }
    if (t.kind == PY_T_FSTRING) {
        j->formatted = true;
        if (!formatted(p, j, &t, false)) {
            return false;
        }
        p->tok.end = p->lex.at;
        p->tok.end_line = p->lex.line;
    } else if ((bytes && !check_bytes(p, t.body)) || !add_literal(p, j, t.body, t.flags & PY_S_ESCAPES)) {
        return false;
    }
    py_advance(p);
    return true;
}

struct py_node *py_parse_strings(struct py_parser *p)
{
    struct joined j = {.start = p->tok, .text = p->text.len, .bytes = p->tok.flags & PY_S_BYTES};
    size_t from = p->nodes.len;
    while (py_peek(p) == PY_T_STRING || py_peek(p) == PY_T_FSTRING) {
        if (!one_string(p, &j)) {
            return NULL;
        }
    }
    struct py_node *node;
    if (j.formatted) {
        push_literal(p, &j);
        node = py_node_at(p, PY_JOINED_STR, &j.start);
        node->list = py_pop_nodes(p, from, node);
    } else {
        node = py_node_at(p, PY_CONSTANT, &j.start);
        node->constant.kind = j.bytes ? PY_C_BYTES : PY_C_STR;
        node->constant.text = literal(p, &j);
    }
    return py_end(p, node);
}
