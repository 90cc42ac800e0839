/* One layout for the texts that SQLite keeps as they were written. */
#include "engine/ddl/dialect.h"
#include "engine/schema/sqlite_parse.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

struct layout {
    struct arena *a;
    struct slice text;
    struct strbuf out;
    struct sqlite_token last, t; /* the token written last, and this one */
    struct sqlite_token before;  /* the one in front of last */
};

static bool symbol(const struct layout *l, struct sqlite_token t, char c)
{
    return t.kind == SQLITE_SYMBOL && l->text.ptr[t.from] == c;
}

static bool word_in(const struct layout *l, struct sqlite_token t, const char *const *words)
{
    for (; *words; words++) {
        if (sqlite_is_word(l->text, t, *words)) {
            return true;
        }
    }
    return false;
}

/* Behind these a parenthesis is no function's, and a sign no operator between two things. */
static bool is_keyword(const struct layout *l, struct sqlite_token t)
{
    static const char *const words[] = {
        "SELECT",    "DISTINCT",  "ALL",          "AS",        "FROM",   "JOIN",    "ON",
        "USING",     "WHERE",     "GROUP",        "BY",        "HAVING", "ORDER",   "LIMIT",
        "OFFSET",    "UNION",     "EXCEPT",       "INTERSECT", "VALUES", "IN",      "AND",
        "OR",        "NOT",       "BETWEEN",      "LIKE",      "GLOB",   "MATCH",   "REGEXP",
        "ESCAPE",    "IS",        "CASE",         "WHEN",      "THEN",   "ELSE",    "EXISTS",
        "OVER",      "FILTER",    "SET",          "RETURN",    "WITH",   "BEGIN",   "DEFAULT",
        "PARTITION", "RETURNING", "MATERIALIZED", "RECURSIVE", "CHECK",  "COLLATE", NULL};
    return word_in(l, t, words);
}

static bool is_operator(const struct layout *l, struct sqlite_token t)
{
    return t.kind == SQLITE_SYMBOL && strchr("+-*/%<>=!|&~", l->text.ptr[t.from]);
}

/* The last token is a sign in front of something, not an operator between two things. */
static bool is_sign(const struct layout *l)
{
    if (symbol(l, l->last, '~')) {
        return true;
    }
    if (!symbol(l, l->last, '-') && !symbol(l, l->last, '+')) {
        return false;
    }
    return l->before.kind == SQLITE_END || is_operator(l, l->before) || symbol(l, l->before, '(') ||
           symbol(l, l->before, ',') || is_keyword(l, l->before);
}

static bool is_number(const struct layout *l, struct sqlite_token t)
{
    return t.kind == SQLITE_WORD && isdigit((unsigned char)l->text.ptr[t.from]);
}

static bool begins_fraction(const struct layout *l, struct sqlite_token t)
{
    return symbol(l, t, '.') && t.to < l->text.len && isdigit((unsigned char)l->text.ptr[t.to]);
}

/* "<=", "||", 1.5, 1e-3: written as one, though they are several tokens here. */
static bool is_whole(const struct layout *l)
{
    bool number = is_number(l, l->last) && symbol(l, l->t, '.');
    bool exponent = is_number(l, l->last) && (symbol(l, l->t, '-') || symbol(l, l->t, '+')) &&
                    strchr("eE", l->text.ptr[l->last.to - 1]) &&
                    !(l->text.ptr[l->last.from] == '0' && l->last.to - l->last.from > 1 &&
                      strchr("xX", l->text.ptr[l->last.from + 1]));
    bool behind_exponent = (symbol(l, l->last, '-') || symbol(l, l->last, '+')) && is_number(l, l->before) &&
                           l->before.to == l->last.from && strchr("eE", l->text.ptr[l->before.to - 1]) &&
                           is_number(l, l->t);
    bool operators = is_operator(l, l->last) && is_operator(l, l->t) && !symbol(l, l->t, '-') &&
                     !symbol(l, l->t, '+') && !symbol(l, l->t, '~') && !symbol(l, l->last, '*');
    bool arrow = symbol(l, l->last, '-') && symbol(l, l->t, '>');
    return l->last.to == l->t.from && (number || exponent || behind_exponent || operators || arrow);
}

static bool needs_blank(const struct layout *l)
{
    if (symbol(l, l->last, '-') && symbol(l, l->t, '-')) {
        return true; /* "--" begins a comment */
    }
    if (l->last.kind == SQLITE_END || is_whole(l) || symbol(l, l->last, '(') || symbol(l, l->t, ')') ||
        symbol(l, l->t, ',') || symbol(l, l->t, ';') || is_sign(l)) {
        return false;
    }
    if (symbol(l, l->last, '.') || (symbol(l, l->t, '.') && !begins_fraction(l, l->t))) {
        return false;
    }
    if (symbol(l, l->t, '(')) {
        return l->last.kind == SQLITE_SYMBOL ? true : is_keyword(l, l->last);
    }
    return true;
}

/* The statements of a trigger. */
static bool begins_line(const struct layout *l)
{
    return symbol(l, l->last, ';') || sqlite_is_word(l->text, l->last, "BEGIN");
}

/* Comments between the last token and this one stay; "--" ends with its line. */
static bool add_comments(struct layout *l)
{
    struct slice gap = {l->text.ptr + l->last.to, l->t.from - l->last.to};
    bool any = false, line = false;
    for (size_t i = 0; i + 1 < gap.len; i++) {
        size_t from = i;
        if (gap.ptr[i] == '-' && gap.ptr[i + 1] == '-') {
            const char *end = memchr(gap.ptr + i, '\n', gap.len - i);
            i = end ? (size_t)(end - gap.ptr) : gap.len;
            line = true;
        } else if (gap.ptr[i] == '/' && gap.ptr[i + 1] == '*') {
            const char *end = i + 2 < gap.len ? memmem(gap.ptr + i + 2, gap.len - i - 2, "*/", 2) : NULL;
            i = end ? (size_t)(end - gap.ptr) + 2 : gap.len;
            line = false;
        } else {
            continue;
        }
        struct slice comment = slice_trim((struct slice){gap.ptr + from, i - from});
        if (l->out.len && l->out.ptr[l->out.len - 1] != '\n') {
            strbuf_addch(&l->out, ' ');
        }
        strbuf_add(&l->out, comment.ptr, comment.len);
        if (line) {
            strbuf_addch(&l->out, '\n');
        }
        any = true;
        i -= i > 0 && i < gap.len;
    }
    if (any && !line && l->t.kind != SQLITE_END) {
        strbuf_addch(&l->out, ' ');
    }
    return any;
}

/* RENAME puts the new name in quotes wherever a table's name stood. */
static bool is_surely_name(const struct layout *l, size_t at)
{
    static const char *const words[] = {"FROM",       "JOIN", "INTO",    "UPDATE",
                                        "REFERENCES", "VIEW", "TRIGGER", NULL};
    static const char *const behind_table[] = {"BEGIN", "FOR", "WHEN", NULL}; /* of a trigger */
    struct sqlite_token next = sqlite_next(l->text, &at);
    return word_in(l, l->last, words) || symbol(l, l->last, '.') || symbol(l, next, '.') ||
           (sqlite_is_word(l->text, l->last, "ON") && word_in(l, next, behind_table));
}

/* Without its quotes it would be the same name. */
static bool is_plain(struct arena *a, const char *name)
{
    AUTO(strbuf_release) struct strbuf quoted = STRBUF_INIT;
    char *lower = arena_dup(a, name);
    for (char *p = lower; *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    ddl_quote_text(&quoted, ddl_dialect_connected(DDL_SQLITE), lower);
    return strcmp(strbuf_cstr(&quoted), lower) == 0;
}

static void add_token(struct layout *l, size_t at)
{
    struct slice s = {l->text.ptr + l->t.from, l->t.to - l->t.from};
    if (l->t.kind == SQLITE_NAME && is_surely_name(l, at)) {
        const char *name = sqlite_unquote(l->a, l->text, l->t);
        if (is_plain(l->a, name)) {
            s = slice_of(name);
        }
    }
    strbuf_add(&l->out, s.ptr, s.len);
}

static const char *one_blank(struct arena *a, const char *text)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    char quote = 0;
    for (const char *p = text; *p; p++) {
        bool blank = !quote && isspace((unsigned char)*p);
        if (!blank) {
            strbuf_addch(&out, *p);
        } else if (!isspace((unsigned char)p[1]) && p[1]) {
            strbuf_addch(&out, ' ');
        }
        quote = quote ? (*p == quote ? 0 : quote) : strchr("'\"`", *p) ? *p : 0;
    }
    return arena_dup(a, strbuf_cstr(&out));
}

const char *sqlite_canonical(struct arena *a, const char *text)
{
    struct layout l = {.a = a, .text = slice_of(text), .out = STRBUF_INIT};
    size_t at = 0;
    l.before.kind = l.last.kind = SQLITE_END;
    if (strncasecmp(text, "CREATE VIRTUAL ", 15) == 0) {
        return one_blank(a, text);
    }
    for (;;) {
        l.t = sqlite_next(l.text, &at);
        if (l.t.kind == SQLITE_BAD) {
            strbuf_release(&l.out);
            return one_blank(a, text);
        }
        bool comments = add_comments(&l);
        if (l.t.kind == SQLITE_END) {
            break;
        }
        if (!comments && begins_line(&l)) {
            strbuf_adds(&l.out, sqlite_is_word(l.text, l.t, "END") ? "\n" : "\n    ");
        } else if (!comments && needs_blank(&l)) {
            strbuf_addch(&l.out, ' ');
        }
        add_token(&l, at);
        l.before = l.last;
        l.last = l.t;
    }
    const char *done = arena_dupn(a, strbuf_cstr(&l.out), l.out.len);
    strbuf_release(&l.out);
    return done;
}
