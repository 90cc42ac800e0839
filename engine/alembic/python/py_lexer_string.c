/* Where strings end, and the literal parts of f-strings. What is in them is read by py_parser_string.c. */
#include "engine/alembic/python/py_lexer.h"
#include "engine/alembic/python/py_swar.h"

enum { PLAIN, QUOTE, BACKSLASH, NEWLINE, BRACE, CONTINUATION, ZERO };
static const unsigned char classes[256] = {
    [0] = ZERO,       ['"'] = QUOTE, ['\''] = QUOTE, ['\\'] = BACKSLASH,
    ['\n'] = NEWLINE, ['{'] = BRACE, ['}'] = BRACE,
#define FOUR(c)    [c] = CONTINUATION, [c + 1] = CONTINUATION, [c + 2] = CONTINUATION, [c + 3] = CONTINUATION
#define SIXTEEN(c) FOUR(c), FOUR(c + 4), FOUR(c + 8), FOUR(c + 12)
    SIXTEEN(0x80),    SIXTEEN(0x90), SIXTEEN(0xA0),  SIXTEEN(0xB0),
};

static bool ends_here(const char *at, char quote, bool triple)
{
    return *at == quote && (!triple || (at[1] == quote && at[2] == quote));
}

static void new_line(struct py_lexer *x, const char *at)
{
    x->line++;
    x->base = at + 1;
}

static void unterminated(struct py_lexer *x, const char *start, unsigned flags)
{
    py_lex_error(x, start, "unterminated %s%sstring literal", flags & PY_S_TRIPLE ? "triple-quoted " : "",
                 flags & PY_S_FORMAT ? "f-" : "");
}

/* From `at` on, the first character that may mean something: either a quote like this, a backslash, a control
 * character, or one beyond ASCII. */
static inline const char *next_special(const char *at, char quote)
{
    for (;; at += 8) {
        uint64_t word = py_word(at);
        uint64_t found =
            py_equal_to(word, quote) | py_equal_to(word, '\\') | py_less_than(word, ' ') | (word & PY_HIGH);
        if (found) {
            return at + py_first(found);
        }
    }
}

void py_lex_string(struct py_lexer *x, struct py_token *t, const char *quotes, unsigned flags)
{
    char quote = *quotes;
    bool triple = quotes[1] == quote && quotes[2] == quote;
    const char *start = quotes + (triple ? 3 : 1), *at = start;
    t->flags = flags | (triple ? PY_S_TRIPLE : 0);
    t->kind = PY_T_STRING;
    if (flags & PY_S_FORMAT) {
        t->kind = PY_T_FSTRING;
        x->at = start;
        return;
    }
    for (;; at++) {
        at = next_special(at, quote);
        switch (classes[(unsigned char)*at]) {
        case QUOTE:
            if (ends_here(at, quote, triple)) {
                t->body = (struct slice){start, (size_t)(at - start)};
                x->at = at + (triple ? 3 : 1);
                return;
            }
            break;
        case BACKSLASH:
            t->flags |= flags & PY_S_RAW ? 0 : PY_S_ESCAPES;
            at += at[1] == quote || at[1] == '\\' || at[1] == '\n';
            if (*at == '\n') {
                new_line(x, at);
            }
            break;
        case NEWLINE:
            if (!triple) {
                unterminated(x, t->start, t->flags);
                return;
            }
            new_line(x, at);
            break;
        case CONTINUATION:
            x->base++;
            break;
        case ZERO:
            unterminated(x, t->start, t->flags);
            return;
        default:
            break;
        }
    }
}

/* Behind "\N{NAME}", whose braces begin no field. */
static const char *skip_named(const char *at)
{
    const char *p = at + 3;
    while (*p != '}' && *p != '\n' && *p != '"' && *p != '\'' && *p) {
        p++;
    }
    return *p == '}' ? p : at + 1;
}

/* A backslash in the literal part: the last byte that belongs to it. */
static const char *skip_escape(struct py_lexer *x, const char *at, bool raw, bool *escapes)
{
    *escapes |= !raw;
    if (!raw && at[1] == 'N' && at[2] == '{') {
        return skip_named(at);
    }
    if (at[1] == '\n') {
        new_line(x, at + 1);
    }
    return at + (at[1] == '"' || at[1] == '\'' || at[1] == '\\' || at[1] == '\n');
}

static enum py_fstring_end brace(struct py_lexer *x, const char *at, bool format, struct slice *text)
{
    if (at[1] == *at && !format) {
        text->len++;
        x->at = at + 2;
        return PY_F_MORE;
    }
    x->at = at;
    if (*at == '{') {
        return py_lex_open(x) ? PY_F_FIELD : PY_F_ERROR;
    }
    if (!format) {
        py_lex_error(x, at, "f-string: single '}' is not allowed");
        return PY_F_ERROR;
    }
    x->depth--;
    x->at++;
    return PY_F_CLOSE;
}

enum py_fstring_end py_lex_fstring(struct py_lexer *x, const struct py_token *opening, bool format,
                                   struct slice *text, bool *escapes)
{
    const char *start = x->at, *at = start;
    bool triple = opening->flags & PY_S_TRIPLE, raw = opening->flags & PY_S_RAW;
    char quote = opening->end[-1];
    *escapes = false;
    for (; !x->failed; at++) {
        *text = (struct slice){start, (size_t)(at - start)};
        switch (classes[(unsigned char)*at]) {
        case QUOTE:
            if (!ends_here(at, quote, triple)) {
                break;
            }
            if (format) {
                py_lex_error(x, at, "f-string: expecting '}'");
                return PY_F_ERROR;
            }
            x->at = at + (triple ? 3 : 1);
            return PY_F_END;
        case BRACE:
            return brace(x, at, format, text);
        case BACKSLASH:
            at = skip_escape(x, at, raw, escapes);
            break;
        case NEWLINE:
            if (!triple) {
                unterminated(x, opening->start, opening->flags);
                return PY_F_ERROR;
            }
            new_line(x, at);
            break;
        case CONTINUATION:
            x->base++;
            break;
        case ZERO:
            unterminated(x, opening->start, opening->flags);
            return PY_F_ERROR;
        default:
            break;
        }
    }
    return PY_F_ERROR;
}

static bool skip_field(struct py_lexer *x, const struct py_token *opening);

static bool skip_literal(struct py_lexer *x, const struct py_token *opening, bool format)
{
    for (;;) {
        struct slice text;
        bool escapes;
        switch (py_lex_fstring(x, opening, format, &text, &escapes)) {
        case PY_F_MORE:
            break;
        case PY_F_FIELD:
            if (!skip_field(x, opening)) {
                return false;
            }
            break;
        case PY_F_ERROR:
            return false;
        default:
            return true;
        }
    }
}

static bool skip_field(struct py_lexer *x, const struct py_token *opening)
{
    int outer = x->field, depth = x->depth;
    bool done = false;
    x->field = depth;
    while (!done) {
        struct py_token t;
        py_lex(x, &t);
        bool ok = t.kind != PY_T_ERROR && t.kind != PY_T_END;
        if (t.kind == PY_T_FSTRING) {
            ok = skip_literal(x, &t, false);
        } else if (t.kind == PY_T_COLON && x->depth == depth) {
            ok = skip_literal(x, opening, true);
        }
        if (!ok) {
            return false;
        }
        done = x->depth < depth;
    }
    x->field = outer;
    return true;
}

bool py_lex_skip_fstring(struct py_lexer *x, const struct py_token *opening)
{
    return skip_literal(x, opening, false);
}
