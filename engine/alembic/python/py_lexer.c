/* Tokens: names, numbers, operators, lines and their indentation. Strings are in py_lexer_string.c. */
#include "engine/alembic/python/py_lexer.h"
#include "engine/alembic/python/py_swar.h"

#define BAD     PY_CHAR_BAD
#define NAM     PY_CHAR_NAME
#define DIG     PY_CHAR_DIGIT
#define BLA     PY_CHAR_BLANK
#define NEW     PY_CHAR_NEWLINE
#define QUO     PY_CHAR_QUOTE
#define COM     PY_CHAR_COMMENT
#define SLA     PY_CHAR_BACKSLASH
#define OPE     PY_CHAR_OPERATOR
#define END     PY_CHAR_END
#define NAMES16 NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM, NAM
const unsigned char py_char_class[256] = {
    END,     BAD,     BAD,     BAD,     BAD,     BAD,     BAD,     BAD,
    BAD,     BLA,     NEW,     BAD,     BLA,     BAD,     BAD,     BAD, /* \t \n \f */
    BAD,     BAD,     BAD,     BAD,     BAD,     BAD,     BAD,     BAD,
    BAD,     BAD,     BAD,     BAD,     BAD,     BAD,     BAD,     BAD, /* */
    BLA,     OPE,     QUO,     COM,     BAD,     OPE,     OPE,     QUO,
    OPE,     OPE,     OPE,     OPE,     OPE,     OPE,     OPE,     OPE, /* blank to / */
    DIG,     DIG,     DIG,     DIG,     DIG,     DIG,     DIG,     DIG,
    DIG,     DIG,     OPE,     OPE,     OPE,     OPE,     OPE,     BAD, /* 0 to ? */
    OPE,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,
    NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM, /* @ to O */
    NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,
    NAM,     NAM,     NAM,     OPE,     SLA,     OPE,     OPE,     NAM, /* P to _ */
    BAD,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,
    NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM, /* ` to o */
    NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,     NAM,
    NAM,     NAM,     NAM,     OPE,     OPE,     OPE,     OPE,     BAD, /* p to DEL */
    NAMES16, NAMES16, NAMES16, NAMES16, NAMES16, NAMES16, NAMES16, NAMES16};

/* --- errors --- */

void py_lex_error(struct py_lexer *x, const char *at, const char *fmt, ...)
{
    if (x->failed) {
        return;
    }
    x->failed = true;
    char message[sizeof(x->err->message)];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    err_set(x->err, ERR_FILE, "%s", message);
    err_at(x->err, x->file, x->text.ptr, x->text.len, (size_t)(at - x->text.ptr));
}

/* --- keywords --- */

/* A place for every keyword and no two in one: the factor was found by trying. */
enum { KEYWORD_SLOTS = 64 };
static inline unsigned keyword_slot(uint64_t word)
{
    return (unsigned)(word * UINT64_C(0x2E22C4926AF8A225) >> 58);
}

#define BYTE(c, i) ((uint64_t)(c) << 8 * (i))
#define KEYWORD(slot, kind, a, b, c, d, e, f, g, h)                                                          \
    [slot] = {BYTE(a, 0) | BYTE(b, 1) | BYTE(c, 2) | BYTE(d, 3) | BYTE(e, 4) | BYTE(f, 5) | BYTE(g, 6) |     \
                  BYTE(h, 7),                                                                                \
              kind}
static const struct {
    uint64_t word;
    enum py_token_kind kind;
} keywords[KEYWORD_SLOTS] = {
    KEYWORD(3, PY_T_DEF, 'd', 'e', 'f', 0, 0, 0, 0, 0),
    KEYWORD(6, PY_T_AS, 'a', 's', 0, 0, 0, 0, 0, 0),
    KEYWORD(8, PY_T_CONTINUE, 'c', 'o', 'n', 't', 'i', 'n', 'u', 'e'),
    KEYWORD(10, PY_T_WHILE, 'w', 'h', 'i', 'l', 'e', 0, 0, 0),
    KEYWORD(11, PY_T_YIELD, 'y', 'i', 'e', 'l', 'd', 0, 0, 0),
    KEYWORD(13, PY_T_AND, 'a', 'n', 'd', 0, 0, 0, 0, 0),
    KEYWORD(14, PY_T_TRUE, 'T', 'r', 'u', 'e', 0, 0, 0, 0),
    KEYWORD(15, PY_T_FINALLY, 'f', 'i', 'n', 'a', 'l', 'l', 'y', 0),
    KEYWORD(16, PY_T_WITH, 'w', 'i', 't', 'h', 0, 0, 0, 0),
    KEYWORD(18, PY_T_ASYNC, 'a', 's', 'y', 'n', 'c', 0, 0, 0),
    KEYWORD(19, PY_T_TRY, 't', 'r', 'y', 0, 0, 0, 0, 0),
    KEYWORD(20, PY_T_RAISE, 'r', 'a', 'i', 's', 'e', 0, 0, 0),
    KEYWORD(23, PY_T_NONE, 'N', 'o', 'n', 'e', 0, 0, 0, 0),
    KEYWORD(24, PY_T_LAMBDA, 'l', 'a', 'm', 'b', 'd', 'a', 0, 0),
    KEYWORD(27, PY_T_PASS, 'p', 'a', 's', 's', 0, 0, 0, 0),
    KEYWORD(28, PY_T_FROM, 'f', 'r', 'o', 'm', 0, 0, 0, 0),
    KEYWORD(29, PY_T_ASSERT, 'a', 's', 's', 'e', 'r', 't', 0, 0),
    KEYWORD(31, PY_T_OR, 'o', 'r', 0, 0, 0, 0, 0, 0),
    KEYWORD(32, PY_T_IMPORT, 'i', 'm', 'p', 'o', 'r', 't', 0, 0),
    KEYWORD(34, PY_T_IS, 'i', 's', 0, 0, 0, 0, 0, 0),
    KEYWORD(41, PY_T_AWAIT, 'a', 'w', 'a', 'i', 't', 0, 0, 0),
    KEYWORD(42, PY_T_DEL, 'd', 'e', 'l', 0, 0, 0, 0, 0),
    KEYWORD(44, PY_T_FALSE, 'F', 'a', 'l', 's', 'e', 0, 0, 0),
    KEYWORD(45, PY_T_NONLOCAL, 'n', 'o', 'n', 'l', 'o', 'c', 'a', 'l'),
    KEYWORD(46, PY_T_RETURN, 'r', 'e', 't', 'u', 'r', 'n', 0, 0),
    KEYWORD(47, PY_T_EXCEPT, 'e', 'x', 'c', 'e', 'p', 't', 0, 0),
    KEYWORD(49, PY_T_IF, 'i', 'f', 0, 0, 0, 0, 0, 0),
    KEYWORD(52, PY_T_CLASS, 'c', 'l', 'a', 's', 's', 0, 0, 0),
    KEYWORD(53, PY_T_ELIF, 'e', 'l', 'i', 'f', 0, 0, 0, 0),
    KEYWORD(55, PY_T_IN, 'i', 'n', 0, 0, 0, 0, 0, 0),
    KEYWORD(56, PY_T_BREAK, 'b', 'r', 'e', 'a', 'k', 0, 0, 0),
    KEYWORD(59, PY_T_GLOBAL, 'g', 'l', 'o', 'b', 'a', 'l', 0, 0),
    KEYWORD(60, PY_T_ELSE, 'e', 'l', 's', 'e', 0, 0, 0, 0),
    KEYWORD(62, PY_T_NOT, 'n', 'o', 't', 0, 0, 0, 0, 0),
    KEYWORD(63, PY_T_FOR, 'f', 'o', 'r', 0, 0, 0, 0, 0),
};

static inline enum py_token_kind keyword_of(uint64_t word)
{
    unsigned slot = keyword_slot(word);
    return keywords[slot].word == word ? keywords[slot].kind : PY_T_NAME;
}

enum py_token_kind py_keyword(const char *s, size_t n)
{
    char padded[8] = "";
    if (!n || n > sizeof(padded)) {
        return PY_T_NAME;
    }
    memcpy(padded, s, n);
    return keyword_of(py_word(padded));
}

/* --- names --- */

/* Characters beyond ASCII that are no letters and that an editor or a word processor puts into sources. */
static bool is_no_letter(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {{0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB6},     {0xB8, 0xB9},      {0xBB, 0xBF},
                  {0xD7, 0xD7},     {0xF7, 0xF7},     {0x2000, 0x203E}, {0x2041, 0x2053},  {0x2055, 0x2070},
                  {0x20A0, 0x20CF}, {0x2190, 0x2BFF}, {0x3000, 0x3004}, {0x3008, 0x3020},  {0xD800, 0xF8FF},
                  {0xFE10, 0xFE1F}, {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFF}, {0x1F000, 0x1FAFF}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        if (c >= ranges[i].from && c <= ranges[i].to) {
            return true;
        }
    }
    return false;
}

/* The text is known to be well-formed. */
static uint32_t decode(const char *s, int *len)
{
    const unsigned char *p = (const unsigned char *)s;
    if (*p < 0xE0) {
        *len = 2;
        return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    }
    if (*p < 0xF0) {
        *len = 3;
        return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    }
    *len = 4;
    return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}

static bool check_name(struct py_lexer *x, const char *at, const char *end)
{
    while (at < end) {
        int len = 1;
        uint32_t c = (unsigned char)*at < 0x80 ? 0 : decode(at, &len);
        if (c && is_no_letter(c)) {
            py_lex_error(x, at, "invalid character '%.*s' (U+%04X)", len, at, (unsigned)c);
            return false;
        }
        x->base += len - 1;
        at += len;
    }
    return true;
}

/* b r u f and their pairs, in either case; 0 for other words. Plain u is a prefix without meaning. */
static bool string_prefix(const char *s, size_t n, unsigned *flags)
{
    bool u = false;
    *flags = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned flag = 0;
        switch (s[i] | 0x20) {
        case 'r':
            flag = PY_S_RAW;
            break;
        case 'b':
            flag = PY_S_BYTES;
            break;
        case 'f':
            flag = PY_S_FORMAT;
            break;
        case 'u':
            u = true;
            continue;
        default:
            return false;
        }
        if (*flags & flag) {
            return false;
        }
        *flags |= flag;
    }
    return !(u && n > 1) && (*flags & (PY_S_BYTES | PY_S_FORMAT)) != (PY_S_BYTES | PY_S_FORMAT);
}

static inline void lex_name(struct py_lexer *x, struct py_token *t)
{
    const char *at = x->at;
    uint64_t word = py_word(at), high = word, others = ~py_name_characters(word) & PY_HIGH;
    t->word = word;
    while (!others) {
        at += 8;
        word = py_word(at);
        high |= word;
        others = ~py_name_characters(word) & PY_HIGH;
    }
    at += py_first(others);
    size_t n = (size_t)(at - x->at);
    unsigned flags;
    if (n <= 2 && (*at == '"' || *at == '\'') && string_prefix(x->at, n, &flags)) {
        py_lex_string(x, t, at, flags);
        return;
    }
    if (high & PY_HIGH && !check_name(x, x->at, at)) {
        return;
    }
    t->word = py_word_cut(t->word, n);
    t->kind = n <= 8 ? keyword_of(t->word) : PY_T_NAME;
    x->at = at;
}

/* --- operators --- */

bool py_lex_open(struct py_lexer *x)
{
    if (x->depth == PY_BRACKETS_MAX) {
        py_lex_error(x, x->at, "too many nested brackets");
        return false;
    }
    x->brackets[x->depth++] = x->at++;
    return true;
}

static int line_of(const struct py_lexer *x, const char *at)
{
    int line = 1;
    for (const char *p = x->text.ptr; p < at; p++) {
        line += *p == '\n';
    }
    return line;
}

static void mismatch(struct py_lexer *x)
{
    const char *opening = x->brackets[x->depth - 1];
    int line = line_of(x, opening);
    char on[32] = "";
    if (line != x->line) {
        snprintf(on, sizeof(on), " on line %d", line);
    }
    py_lex_error(x, x->at, "closing bracket '%c' does not match opening bracket '%c'%s", *x->at, *opening,
                 on);
}

static inline void open_bracket(struct py_lexer *x, struct py_token *t, enum py_token_kind kind)
{
    t->kind = kind;
    py_lex_open(x);
}

static inline void close_bracket(struct py_lexer *x, struct py_token *t, enum py_token_kind kind,
                                 char opening)
{
    t->kind = kind;
    if (!x->depth) {
        py_lex_error(x, x->at, "unmatched '%c'", *x->at);
    } else if (*x->brackets[x->depth - 1] != opening) {
        mismatch(x);
    } else {
        x->depth--;
        x->at++;
    }
}

static inline void operator_(struct py_lexer *x, struct py_token *t, enum py_token_kind kind, int len)
{
    t->kind = kind;
    x->at += len;
}

/* Operators that may be followed by "=", and those that are made of the same character twice. */
static const struct arithmetic {
    enum py_token_kind kind, doubled;
    enum py_op op, doubled_op;
} arithmetics[128] = {
    ['+'] = {PY_T_PLUS, PY_T_ERROR, PY_OP_ADD, PY_OP_ADD},
    ['-'] = {PY_T_MINUS, PY_T_ERROR, PY_OP_SUB, PY_OP_SUB},
    ['*'] = {PY_T_STAR, PY_T_STAR_STAR, PY_OP_MUL, PY_OP_POW},
    ['/'] = {PY_T_SLASH, PY_T_SLASH_SLASH, PY_OP_DIV, PY_OP_FLOORDIV},
    ['%'] = {PY_T_PERCENT, PY_T_ERROR, PY_OP_MOD, PY_OP_MOD},
    ['@'] = {PY_T_AT, PY_T_ERROR, PY_OP_MATMUL, PY_OP_MATMUL},
    ['|'] = {PY_T_PIPE, PY_T_ERROR, PY_OP_BITOR, PY_OP_BITOR},
    ['&'] = {PY_T_AMPERSAND, PY_T_ERROR, PY_OP_BITAND, PY_OP_BITAND},
    ['^'] = {PY_T_CARET, PY_T_ERROR, PY_OP_BITXOR, PY_OP_BITXOR},
    ['<'] = {PY_T_ERROR, PY_T_LSHIFT, PY_OP_LSHIFT, PY_OP_LSHIFT},
    ['>'] = {PY_T_ERROR, PY_T_RSHIFT, PY_OP_RSHIFT, PY_OP_RSHIFT},
};

static void lex_arithmetic(struct py_lexer *x, struct py_token *t)
{
    const struct arithmetic *a = &arithmetics[(unsigned char)*x->at];
    bool doubled = a->doubled != PY_T_ERROR && x->at[1] == x->at[0];
    int len = 1 + doubled;
    enum py_token_kind kind = doubled ? a->doubled : a->kind;
    if (x->at[len] == '=') {
        kind = PY_T_AUG_ASSIGN;
        t->op = doubled ? a->doubled_op : a->op;
        len++;
    }
    operator_(x, t, kind, len);
}

static void bad_character(struct py_lexer *x)
{
    unsigned char c = (unsigned char)*x->at;
    if (c == '`') {
        py_lex_error(x, x->at, "invalid character '`'");
        err_hint(x->err, "This looks like Python 2; write repr(x) instead of `x`.");
    } else if (c < ' ' || c == 0x7F) {
        py_lex_error(x, x->at, "invalid non-printable character U+%04X", c);
    } else {
        py_lex_error(x, x->at, "invalid character '%c'", c);
    }
}

/* < <= << <<= and their like */
static void lex_compare(struct py_lexer *x, struct py_token *t)
{
    if (x->at[0] == '<' && x->at[1] == '>') {
        py_lex_error(x, x->at, "invalid syntax");
        err_hint(x->err, "This looks like Python 2; write != instead of <>.");
    } else if (x->at[1] == x->at[0]) {
        lex_arithmetic(x, t);
    } else {
        bool equal = x->at[1] == '=', less = x->at[0] == '<';
        operator_(x, t, less ? (equal ? PY_T_LE : PY_T_LT) : (equal ? PY_T_GE : PY_T_GT), 1 + equal);
    }
}

static void lex_colon(struct py_lexer *x, struct py_token *t)
{
    /* At the top of an f-string's field the format begins with it. */
    bool walrus = x->at[1] == '=' && !(x->field && x->field == x->depth);
    operator_(x, t, walrus ? PY_T_WALRUS : PY_T_COLON, 1 + walrus);
}

static void lex_exclamation(struct py_lexer *x, struct py_token *t)
{
    if (x->at[1] == '=') {
        operator_(x, t, PY_T_NE, 2);
    } else if (x->field && x->field == x->depth) {
        operator_(x, t, PY_T_EXCLAMATION, 1);
    } else {
        py_lex_error(x, x->at, "invalid syntax");
    }
}

static void lex_dot(struct py_lexer *x, struct py_token *t)
{
    if (x->at[1] >= '0' && x->at[1] <= '9') {
        py_lex_number(x, t);
    } else if (x->at[1] == '.' && x->at[2] == '.') {
        operator_(x, t, PY_T_ELLIPSIS, 3);
    } else {
        operator_(x, t, PY_T_DOT, 1);
    }
}

/* --- what stands between tokens --- */

/* Blanks, comments and line ends that mean nothing. Stops at a token or at a line end that means something.
 */
static inline void skip_blanks(struct py_lexer *x)
{
    for (;;) {
        x->at = py_skip_spaces(x->at);
        switch (py_char_class[(unsigned char)*x->at]) {
        case PY_CHAR_BLANK:
            x->at++;
            break;
        case PY_CHAR_NEWLINE:
            if (!x->depth) {
                return;
            }
            py_lex_next_line(x, x->at + 1);
            break;
        case PY_CHAR_COMMENT:
            py_lex_skip_comment(x);
            break;
        case PY_CHAR_BACKSLASH:
            py_lex_continue_line(x);
            if (x->failed) {
                return;
            }
            break;
        default:
            return;
        }
    }
}

static void lex_end(struct py_lexer *x, struct py_token *t)
{
    if (x->depth) {
        const char *opening = x->brackets[x->depth - 1];
        py_lex_error(x, opening, "'%c' was never closed", *opening);
    } else if (!x->line_start) { /* the last line has no line end; its statement does */
        x->line_start = true;
        t->kind = PY_T_NEWLINE;
    } else {
        t->kind = PY_T_END;
    }
}

static inline void lex_token(struct py_lexer *x, struct py_token *t)
{
    if (py_char_class[(unsigned char)*x->at] == PY_CHAR_NAME) {
        lex_name(x, t);
        return;
    }
    switch (*x->at) {
    case '(':
        open_bracket(x, t, PY_T_LPAR);
        break;
    case ')':
        close_bracket(x, t, PY_T_RPAR, '(');
        break;
    case '[':
        open_bracket(x, t, PY_T_LBRACKET);
        break;
    case ']':
        close_bracket(x, t, PY_T_RBRACKET, '[');
        break;
    case '{':
        open_bracket(x, t, PY_T_LBRACE);
        break;
    case '}':
        close_bracket(x, t, PY_T_RBRACE, '{');
        break;
    case ',':
        operator_(x, t, PY_T_COMMA, 1);
        break;
    case ';':
        operator_(x, t, PY_T_SEMICOLON, 1);
        break;
    case '~':
        operator_(x, t, PY_T_TILDE, 1);
        break;
    case ':':
        lex_colon(x, t);
        break;
    case '.':
        lex_dot(x, t);
        break;
    case '!':
        lex_exclamation(x, t);
        break;
    case '=':
        operator_(x, t, x->at[1] == '=' ? PY_T_EQ : PY_T_ASSIGN, 1 + (x->at[1] == '='));
        break;
    case '<':
    case '>':
        lex_compare(x, t);
        break;
    case '-':
        if (x->at[1] == '>') {
            operator_(x, t, PY_T_ARROW, 2);
        } else {
            lex_arithmetic(x, t);
        }
        break;
    case '"':
    case '\'':
        py_lex_string(x, t, x->at, 0);
        break;
    case '\n':
        t->kind = PY_T_NEWLINE;
        py_lex_next_line(x, x->at + 1);
        x->line_start = true;
        break;
    case '\0':
        lex_end(x, t);
        break;
    default:
        if (py_char_class[(unsigned char)*x->at] == PY_CHAR_OPERATOR) {
            lex_arithmetic(x, t);
        } else if (py_char_class[(unsigned char)*x->at] == PY_CHAR_DIGIT) {
            py_lex_number(x, t);
        } else {
            bad_character(x);
        }
    }
}

void py_lexer_init(struct py_lexer *x, const char *file, struct slice source, struct err *err)
{
    /* Not the arrays: they are filled as they are used. */
    x->file = file;
    x->text = source;
    x->err = err;
    x->at = x->base = source.ptr;
    x->line = 1;
    x->failed = false;
    x->line_start = true;
    x->depth = x->field = x->dedents = 0;
    x->nindents = 1;
    x->indents[0].column = x->indents[0].alternate = 0;
}

void py_lex(struct py_lexer *x, struct py_token *t)
{
    t->kind = PY_T_ERROR;
    if (x->failed) {
        return;
    }
    bool indented = x->line_start && py_lex_begin_line(x, t);
    if (!indented && !x->dedents && !py_begins_token(*x->at)) {
        skip_blanks(x);
    }
    t->start = x->at;
    t->line = t->end_line = x->line;
    t->column = (int)(x->at - x->base) + 1;
    if (x->dedents && !x->failed) {
        x->dedents--;
        t->kind = PY_T_DEDENT;
    } else if (!indented && !x->failed) {
        lex_token(x, t);
        t->end_line = t->kind == PY_T_NEWLINE ? t->line : x->line;
    }
    t->end = x->at;
    if (x->failed) {
        t->kind = PY_T_ERROR;
    }
}

bool py_lex_line_ends_in_colon(const struct py_lexer *x)
{
    struct err ignored;
    struct py_lexer ahead = *x;
    struct py_token t;
    bool colon = false;
    ahead.err = &ignored;
    for (;;) {
        py_lex(&ahead, &t);
        if (t.kind == PY_T_FSTRING && !py_lex_skip_fstring(&ahead, &t)) {
            return false;
        }
        if (t.kind == PY_T_ERROR || t.kind == PY_T_END || t.kind == PY_T_NEWLINE) {
            return colon && t.kind == PY_T_NEWLINE;
        }
        colon = t.kind == PY_T_COLON && !ahead.depth;
    }
}

/* The kind of the next token, which is only looked at. */
static enum py_token_kind next_kind(const struct py_lexer *x)
{
    struct err ignored;
    struct py_lexer ahead = *x;
    struct py_token t;
    ahead.err = &ignored;
    py_lex(&ahead, &t);
    return t.kind;
}

bool py_lex_next_is_name(const struct py_lexer *x)
{
    return next_kind(x) == PY_T_NAME;
}

bool py_lex_next_is_assign(const struct py_lexer *x)
{
    return next_kind(x) == PY_T_ASSIGN;
}

bool py_lex_next_is_trailer(const struct py_lexer *x)
{
    enum py_token_kind kind = next_kind(x);
    return kind == PY_T_DOT || kind == PY_T_LPAR;
}
