/*
 * The identifiers of a revision file. Lines are skipped at speed, with an eye on strings and brackets alone;
 * those at the margin that begin with a name that counts are read by the lexer. Whatever is written in an
 * unusual way, and whatever may be wrong, is left to the parser and py_identifiers_tree.c.
 */
#include "engine/alembic/python/py_identifiers.h"
#include "engine/alembic/python/py_swar.h"

/* The scan gives up: the tree tells. */
#define UNUSUAL 1

struct scan {
    struct arena *arena;
    const char *file;
    struct slice text;
    struct err *err; /* of the lexer; the tree's tells more */
    struct py_identifiers *ids;
    bool statements;     /* one came already: a string is no docstring any more */
    bool blocks;         /* something indented came: brackets in it were not counted */
    bool continued;      /* a backslash continues a line somewhere */
    const char *counted; /* up to here, `line` lines */
    int line;
};

/* --- skipping --- */

enum { PLAIN, NEWLINE, QUOTE, OPENING, CLOSING, COMMENT, BACKSLASH, SEMICOLON, ZERO };
static const unsigned char classes[256] = {
    ['\0'] = ZERO,   ['\n'] = NEWLINE,   ['"'] = QUOTE,     ['\''] = QUOTE,  ['('] = OPENING,
    ['['] = OPENING, ['{'] = OPENING,    [')'] = CLOSING,   [']'] = CLOSING, ['}'] = CLOSING,
    ['#'] = COMMENT, ['\\'] = BACKSLASH, [';'] = SEMICOLON,
};

static const char *end_of_line(const struct scan *s, const char *at)
{
    const char *end = s->text.ptr + s->text.len, *line = memchr(at, '\n', (size_t)(end - at));
    return line ? line : end;
}

static bool is_escaped(const char *start, const char *at)
{
    const char *p = at;
    while (p > start && p[-1] == '\\') {
        p--;
    }
    return (at - p) & 1;
}

/* Is the quote the beginning of an f-string: is there an f among the one or two letters before it? */
static bool is_formatted(const struct scan *s, const char *quote)
{
    size_t before = (size_t)(quote - s->text.ptr);
    char last = before > 0 ? (char)(quote[-1] | 0x20) : ' ';
    char first = before > 1 ? (char)(quote[-2] | 0x20) : ' ';
    return last == 'f' || (last == 'r' && first == 'f');
}

static void lexer_at(struct scan *s, struct py_lexer *x, const char *at)
{
    py_lexer_init(x, s->file, s->text, s->err);
    x->at = x->base = at;
}

/* The line that the place is in; places are asked for in order. */
static int line_at(struct scan *s, const char *at)
{
    for (const char *p = s->counted; (p = memchr(p, '\n', (size_t)(at - p))) != NULL; p++) {
        s->line++;
    }
    s->counted = at;
    return s->line;
}

/* Fields of an f-string hold strings with the same quotes: the lexer knows where it ends. */
static const char *skip_formatted(struct scan *s, const char *quote)
{
    struct py_lexer x;
    struct py_token t = {.kind = PY_T_FSTRING, .start = quote};
    lexer_at(s, &x, quote);
    x.line_start = false;
    py_lex_string(&x, &t, quote, PY_S_FORMAT | (quote[-1] == 'r' || quote[-1] == 'R' ? PY_S_RAW : 0));
    t.end = x.at;
    return py_lex_skip_fstring(&x, &t) ? x.at : NULL;
}

/* Behind the string whose quote is there; NULL: it has no end. */
static const char *skip_string(struct scan *s, const char *quote)
{
    const char *end = s->text.ptr + s->text.len, *at = quote + 1;
    if (is_formatted(s, quote)) {
        return skip_formatted(s, quote);
    }
    if (quote[1] == *quote && quote[2] == *quote) {
        const char *start = at = quote + 3;
        while ((at = memchr(at, *quote, (size_t)(end - at))) != NULL) {
            if (at[1] == *quote && at[2] == *quote && !is_escaped(start, at)) {
                return at + 3;
            }
            at++;
        }
        return NULL;
    }
    for (;; at++) {
        unsigned char class = classes[(unsigned char)*at];
        if (class == QUOTE && *at == *quote) {
            return at + 1;
        }
        if (class == BACKSLASH) {
            at += at[1] != '\0';
        } else if (class == NEWLINE || class == ZERO) {
            return NULL;
        }
    }
}

/* Behind the rest of a statement's line, with what its brackets and backslashes continue; NULL: unusual.
 * At the margin a semicolon is unusual: something may be assigned behind it. */
static const char *skip_line(struct scan *s, const char *at, bool margin)
{
    size_t depth = 0;
    for (;;) {
        switch (classes[(unsigned char)*at]) {
        case NEWLINE:
            at++;
            if (!depth) {
                return at;
            }
            break;
        case QUOTE:
            at = skip_string(s, at);
            if (!at) {
                return NULL;
            }
            break;
        case OPENING:
            depth++;
            at++;
            break;
        case CLOSING:
            if (!depth && margin) {
                return NULL;
            }
            depth -= depth > 0;
            at++;
            break;
        case COMMENT:
            at = end_of_line(s, at);
            break;
        case BACKSLASH:
            if (at[1] != '\n') {
                return NULL;
            }
            at += 2;
            break;
        case SEMICOLON:
            if (margin && !depth) {
                return NULL;
            }
            at++;
            break;
        case ZERO:
            return depth ? NULL : at;
        default:
            at++;
        }
    }
}

/* From `at` on, a line end with no blank behind it, or three quotes of any kind in a row, which may begin a
 * string of several lines; or something that is neither. Not before `end` when there is none. */
static const char *next_of_interest(const char *at, const char *end)
{
    for (; at < end; at += 6) {
        uint64_t word = py_word(at), line = py_equal_to(word, '\n');
        uint64_t blank = line | py_equal_to(word, ' ');
        uint64_t quote = py_equal_to(word, '"') | py_equal_to(word, '\'');
        uint64_t found = (line & ~(blank >> 8)) | (quote & quote >> 8 & quote >> 16);
        found &= PY_HIGH >> 16; /* of the last two, what follows is not in the word */
        if (found) {
            return at + py_first(found);
        }
    }
    return end;
}

/* Behind the rest of a block: at the next line that begins at the margin. Lines are complete but for strings
 * of several lines, and brackets, which are not counted. */
static const char *skip_block(struct scan *s, const char *at)
{
    const char *end = s->text.ptr + s->text.len;
    s->blocks = true;
    while (at && at < end) {
        const char *found = s->continued ? at : next_of_interest(at, end);
        if (found >= end) {
            return end;
        }
        if (!s->continued && *found == '\n') {
            at = found + 1;
        } else if (s->continued || *found == '"' || *found == '\'') {
            const char *line = memrchr(s->text.ptr, '\n', (size_t)(found - s->text.ptr));
            at = skip_line(s, line ? line + 1 : s->text.ptr, false);
        } else {
            at = found + 1;
            continue;
        }
        if (at && at < end && py_char_class[(unsigned char)*at] != PY_CHAR_BLANK && *at != '\n') {
            return at;
        }
    }
    return at;
}

/* --- values --- */

/* The value itself stands in the source. */
static bool is_plain(const struct py_token *t)
{
    return t->kind == PY_T_STRING && !(t->flags & (PY_S_ESCAPES | PY_S_BYTES));
}

static const char *copy(struct scan *s, const struct py_token *t)
{
    return arena_dupn(s->arena, t->body.ptr, t->body.len);
}

static int read_items(struct scan *s, struct py_lexer *x, enum py_token_kind closing, strings_t *list)
{
    struct py_token t;
    for (py_lex(x, &t); t.kind != closing; py_lex(x, &t)) {
        if (!is_plain(&t)) {
            return UNUSUAL;
        }
        *(const char **)vec_push(s->arena, list) = copy(s, &t);
        py_lex(x, &t);
        if (t.kind == closing) {
            return 0;
        }
        if (t.kind != PY_T_COMMA) {
            return UNUSUAL;
        }
    }
    return 0;
}

/* None, a string, or strings in brackets, the first token of which is there. */
static int read_list(struct scan *s, struct py_lexer *x, const struct py_token *t, strings_t *out)
{
    strings_t list = {0};
    int rc = 0;
    if (is_plain(t)) {
        *(const char **)vec_push(s->arena, &list) = copy(s, t);
    } else if (t->kind == PY_T_LPAR || t->kind == PY_T_LBRACKET) {
        rc = read_items(s, x, t->kind == PY_T_LPAR ? PY_T_RPAR : PY_T_RBRACKET, &list);
    } else if (t->kind != PY_T_NONE) {
        rc = UNUSUAL;
    }
    *out = list;
    return rc;
}

/* The value behind "=", up to the end of its line. */
static int read_value(struct scan *s, struct py_lexer *x, enum py_identifier which, int line)
{
    struct py_token t;
    int rc = 0;
    py_lex(x, &t);
    switch (which) {
    case PY_ID_REVISION:
        if (t.kind != PY_T_NONE && !is_plain(&t)) {
            return UNUSUAL;
        }
        s->ids->has_revision = true;
        s->ids->line_revision = line;
        s->ids->revision = is_plain(&t) ? copy(s, &t) : NULL;
        break;
    case PY_ID_DOWN_REVISION:
        s->ids->has_down_revision = true;
        s->ids->line_down_revision = line;
        rc = read_list(s, x, &t, &s->ids->down_revision);
        break;
    case PY_ID_BRANCH_LABELS:
        s->ids->line_branch_labels = line;
        rc = read_list(s, x, &t, &s->ids->branch_labels);
        break;
    default:
        s->ids->line_depends_on = line;
        rc = read_list(s, x, &t, &s->ids->depends_on);
    }
    if (rc) {
        return rc;
    }
    py_lex(x, &t);
    return t.kind == PY_T_NEWLINE ? 0 : UNUSUAL;
}

/* --- statements at the margin --- */

enum py_identifier py_identifier_named(const char *name, size_t n)
{
    static const struct slice names[PY_ID_COUNT] = {
        [PY_ID_REVISION] = {"revision", 8},
        [PY_ID_DOWN_REVISION] = {"down_revision", 13},
        [PY_ID_BRANCH_LABELS] = {"branch_labels", 13},
        [PY_ID_DEPENDS_ON] = {"depends_on", 10},
        [PY_ID_UPGRADE] = {"upgrade", 7},
        [PY_ID_DOWNGRADE] = {"downgrade", 9},
    };
    for (enum py_identifier i = 0; i < PY_ID_COUNT; i++) {
        if (names[i].len == n && memcmp(names[i].ptr, name, n) == 0) {
            return i;
        }
    }
    return PY_ID_COUNT;
}

/* `name: type`, up to "="; false when there is none: nothing is assigned. */
static bool skip_annotation(struct py_lexer *x, struct py_token *t)
{
    do {
        py_lex(x, t);
    } while (t->kind > PY_T_NEWLINE && t->kind != PY_T_FSTRING && (t->kind != PY_T_ASSIGN || x->depth));
    return t->kind == PY_T_ASSIGN;
}

static int read_identifier(struct scan *s, const char **at, enum py_identifier which)
{
    struct py_lexer x;
    struct py_token t;
    int line = line_at(s, *at);
    lexer_at(s, &x, *at);
    py_lex(&x, &t);
    py_lex(&x, &t);
    if (t.kind == PY_T_COLON && !skip_annotation(&x, &t)) {
        *at = x.at;
        return t.kind == PY_T_NEWLINE ? 0 : UNUSUAL;
    }
    if (t.kind != PY_T_ASSIGN || read_value(s, &x, which, line)) {
        return UNUSUAL;
    }
    *at = x.at;
    return 0;
}

static bool is_text(const struct py_token *t)
{
    return t->kind == PY_T_STRING && !(t->flags & PY_S_BYTES);
}

/* Is there nothing in the block but a docstring, `pass` and `...`? Leaves *t at what is there besides. */
static bool is_empty_block(struct py_lexer *x, struct py_token *t)
{
    py_lex(x, t);
    bool lines = t->kind == PY_T_NEWLINE;
    if (lines) {
        py_lex(x, t);
        if (t->kind != PY_T_INDENT) {
            return false;
        }
        py_lex(x, t);
    }
    while (is_text(t) || t->kind == PY_T_PASS || t->kind == PY_T_ELLIPSIS) {
        bool text = is_text(t);
        do {
            py_lex(x, t);
        } while (text && is_text(t));
        if (t->kind != PY_T_NEWLINE && t->kind != PY_T_SEMICOLON) {
            return false;
        }
        bool done = !lines && t->kind == PY_T_NEWLINE;
        py_lex(x, t);
        if (done) {
            return true;
        }
    }
    return t->kind == PY_T_DEDENT;
}

/* def upgrade(): or def downgrade(): */
static int read_function(struct scan *s, struct py_lexer *x, enum py_identifier which, const char **at)
{
    struct py_token t;
    do {
        py_lex(x, &t);
    } while (t.kind > PY_T_NEWLINE && t.kind != PY_T_FSTRING && (t.kind != PY_T_COLON || x->depth));
    if (t.kind != PY_T_COLON) {
        return UNUSUAL;
    }
    bool empty = is_empty_block(x, &t);
    if (t.kind == PY_T_ERROR || t.kind == PY_T_INDENT) {
        return UNUSUAL;
    }
    if (which == PY_ID_UPGRADE) {
        s->ids->has_upgrade = true;
        s->ids->upgrade_empty = empty;
    } else {
        s->ids->has_downgrade = true;
        s->ids->downgrade_empty = empty;
    }
    *at = empty ? t.start : skip_block(s, t.start);
    return *at ? 0 : UNUSUAL;
}

static int read_def(struct scan *s, const char **at)
{
    struct py_lexer x;
    struct py_token t;
    lexer_at(s, &x, *at);
    py_lex(&x, &t);
    py_lex(&x, &t);
    enum py_identifier which = py_identifier_named(t.start, (size_t)(t.end - t.start));
    if (which == PY_ID_UPGRADE || which == PY_ID_DOWNGRADE) {
        return read_function(s, &x, which, at);
    }
    *at = skip_line(s, *at, false);
    return *at ? 0 : UNUSUAL;
}

static bool holds(const char *from, const char *to, const char *word)
{
    return memmem(from, (size_t)(to - from), word, strlen(word)) != NULL;
}

/* A line that begins with another name or a keyword. Of an assignment, further targets may count. */
static int skip_other(struct scan *s, const char **at, const char *name_end)
{
    const char *start = *at, *next = name_end + strspn(name_end, " ");
    *at = skip_line(s, name_end, true);
    if (!*at || py_char_class[(unsigned char)*name_end] == PY_CHAR_QUOTE) {
        return *at && s->statements ? 0 : UNUSUAL;
    }
    bool assigns = *next == '=' || *next == ',' || *next == '\\';
    return assigns && (holds(start, *at, "revision") || holds(start, *at, "branch_labels") ||
                       holds(start, *at, "depends_on"))
               ? UNUSUAL
               : 0;
}

static int read_name(struct scan *s, const char **at)
{
    const char *end = *at;
    while (py_is_name_char(*end)) {
        end++;
    }
    size_t n = (size_t)(end - *at);
    enum py_identifier which = py_identifier_named(*at, n);
    enum py_token_kind keyword = which == PY_ID_COUNT ? py_keyword(*at, n) : PY_T_NAME;
    if (which <= PY_ID_DEPENDS_ON && !s->blocks) {
        return read_identifier(s, at, which);
    }
    if (which < PY_ID_COUNT || keyword == PY_T_ASYNC) {
        return UNUSUAL;
    }
    return keyword == PY_T_DEF ? read_def(s, at) : skip_other(s, at, end);
}

static int read_string(struct scan *s, const char **at)
{
    struct py_lexer x;
    struct py_token t, end;
    if (s->statements) {
        *at = skip_line(s, *at, true);
        return *at ? 0 : UNUSUAL;
    }
    lexer_at(s, &x, *at);
    py_lex(&x, &t);
    py_lex(&x, &end);
    if (!is_plain(&t) || end.kind != PY_T_NEWLINE) {
        return UNUSUAL;
    }
    s->ids->doc = t.body;
    *at = x.at;
    return 0;
}

/* A line at the margin. Those that are indented belong to something that begins at the margin. */
static int read_line(struct scan *s, const char **at)
{
    int rc = 0;
    switch (py_char_class[(unsigned char)**at]) {
    case PY_CHAR_NEWLINE:
        ++*at;
        return 0;
    case PY_CHAR_COMMENT:
        *at = end_of_line(s, *at);
        return 0;
    case PY_CHAR_BLANK:
        if (**at == '\f') {
            return UNUSUAL;
        }
        *at = skip_block(s, *at);
        return *at ? 0 : UNUSUAL;
    case PY_CHAR_NAME:
        rc = read_name(s, at);
        break;
    case PY_CHAR_QUOTE:
        rc = read_string(s, at);
        break;
    case PY_CHAR_OPERATOR:
        if (**at != '@') {
            return UNUSUAL;
        }
        *at = skip_line(s, *at, true);
        rc = *at ? 0 : UNUSUAL;
        break;
    default:
        return UNUSUAL;
    }
    s->statements = true;
    return rc;
}

static bool has_continued_lines(struct slice text)
{
    const char *end = text.ptr + text.len, *at = text.ptr;
    while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        if (*++at == '\n') {
            return true;
        }
    }
    return false;
}

static int scan(struct scan *s)
{
    const char *at = s->text.ptr, *end = at + s->text.len;
    s->continued = has_continued_lines(s->text);
    while (at < end) {
        if (read_line(s, &at)) {
            return UNUSUAL;
        }
    }
    /* They may be defined in another way. */
    bool upgrade = s->ids->has_upgrade || !holds(s->text.ptr, end, "upgrade");
    bool downgrade = s->ids->has_downgrade || !holds(s->text.ptr, end, "downgrade");
    return upgrade && downgrade ? 0 : UNUSUAL;
}

int py_identifiers(struct arena *a, const char *file, struct slice text, struct py_identifiers *out,
                   struct err *err)
{
    struct err unread;
    struct py_identifiers ids = {0};
    struct slice source;
    int rc = py_source_read(a, file, text, &source, err);
    if (rc) {
        return rc;
    }
    struct scan s = {a, file, source, &unread, &ids, .counted = source.ptr, .line = 1};
    if (scan(&s) == UNUSUAL) {
        return py_identifiers_tree(a, file, text, out, err);
    }
    *out = ids;
    return 0;
}
