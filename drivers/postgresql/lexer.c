/*
 * PostgreSQL's lexical rules: nested comments, string forms, dollar quotes. Every byte is looked at a bounded
 * number of times. Operators come out one byte at a time; nothing in splitting needs more.
 */
#include "drivers/postgresql/lexer.h"

#define TAG_MAX 63 /* of a dollar quote, as shown in messages */

static char at(const struct sql_lexer *l, size_t i)
{
    return i < l->text.len ? l->text.ptr[i] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c) || c == '$';
}

size_t postgresql_line_end(const struct sql_lexer *l, size_t from)
{
    while (from < l->text.len && l->text.ptr[from] != '\n' && l->text.ptr[from] != '\r') {
        from++;
    }
    return from;
}

static int skip_block_comment(struct sql_lexer *l, struct err *err)
{
    size_t began = l->pos, depth = 0;
    while (l->pos < l->text.len) {
        if (at(l, l->pos) == '/' && at(l, l->pos + 1) == '*') {
            depth++;
            l->pos += 2;
        } else if (at(l, l->pos) == '*' && at(l, l->pos + 1) == '/') {
            depth--;
            l->pos += 2;
            if (!depth) {
                return 0;
            }
        } else {
            l->pos++;
        }
    }
    return sql_error(l->text, began, err, "unterminated comment /* that began here");
}

static int skip_to_token(struct sql_lexer *l, struct err *err)
{
    while (l->pos < l->text.len) {
        char c = at(l, l->pos), next = at(l, l->pos + 1);
        if (sql_blank(c)) {
            l->pos++;
        } else if (c == '-' && next == '-') {
            l->pos = postgresql_line_end(l, l->pos);
        } else if (c == '/' && next == '*') {
            int status = skip_block_comment(l, err);
            if (status) {
                return status;
            }
        } else {
            break;
        }
    }
    return 0;
}

/* A literal goes on after white space with a line end in it: then the offset behind the next quote, else 0.
 * Only comments of the -- kind may stand between. */
static size_t literal_continues(const struct sql_lexer *l, size_t from)
{
    bool newline = false;
    while (from < l->text.len) {
        char c = at(l, from);
        if (c == '\n' || c == '\r') {
            newline = true;
            from++;
        } else if (sql_blank(c)) {
            from++;
        } else if (c == '-' && at(l, from + 1) == '-') {
            from = postgresql_line_end(l, from);
        } else {
            return newline && c == '\'' ? from + 1 : 0;
        }
    }
    return 0;
}

/* pos stands behind the opening quote at `open`. */
static int lex_string(struct sql_lexer *l, size_t began, bool backslash, struct err *err)
{
    while (l->pos < l->text.len) {
        char c = l->text.ptr[l->pos++];
        if (c == '\\' && backslash) {
            l->pos += l->pos < l->text.len;
        } else if (c == '\'') {
            if (at(l, l->pos) == '\'') {
                l->pos++;
                continue;
            }
            size_t more = backslash ? literal_continues(l, l->pos) : 0;
            if (!more) {
                return 0;
            }
            l->pos = more;
        }
    }
    return sql_error(l->text, began, err, "unterminated string that began here");
}

static int lex_name(struct sql_lexer *l, size_t began, struct err *err)
{
    const char *from = l->text.ptr + l->pos;
    const char *close = memchr(from, '"', l->text.len - l->pos);
    if (!close) {
        return sql_error(l->text, began, err, "unterminated quoted name that began here");
    }
    /* A doubled quote reads as two names side by side, which ends at the same place. */
    l->pos = (size_t)(close - l->text.ptr) + 1;
    return 0;
}

/* Length of a dollar quote's delimiter at pos, or 0. */
static size_t dollar_delimiter(const struct sql_lexer *l, size_t pos)
{
    size_t i = pos + 1;
    if (is_name_start(at(l, i))) {
        while (is_name_start(at(l, i)) || is_digit(at(l, i))) {
            i++;
        }
    }
    return at(l, i) == '$' ? i + 1 - pos : 0;
}

static int lex_dollar_string(struct sql_lexer *l, size_t n, struct err *err)
{
    const char *delimiter = l->text.ptr + l->pos;
    size_t from = l->pos + n;
    const char *close =
        from < l->text.len ? memmem(l->text.ptr + from, l->text.len - from, delimiter, n) : NULL;
    if (!close) {
        return sql_error(l->text, l->pos, err, "unterminated dollar-quoted string %.*s that began here",
                         (int)(n > TAG_MAX ? TAG_MAX : n), delimiter);
    }
    l->pos = (size_t)(close - l->text.ptr) + n;
    return 0;
}

static int client_command(const struct sql_lexer *l, struct err *err)
{
    size_t end = l->pos + 1;
    while (end < l->text.len && end - l->pos < 40 && !sql_blank(l->text.ptr[end]) &&
           l->text.ptr[end] != ';') {
        end++;
    }
    struct slice word = {l->text.ptr + l->pos, end - l->pos};
    if (!utf8_valid(word.ptr, word.len)) {
        word.len = 1;
    }
    sql_error(l->text, l->pos, err, "%.*s is a command of psql, not SQL", (int)word.len, word.ptr);
    if (slice_eq(word, "\\restrict") || slice_eq(word, "\\unrestrict")) {
        err_hint(err, "Remove the \\restrict and \\unrestrict lines that pg_dump writes for psql.");
    } else if (slice_starts(word, "\\copy")) {
        err_hint(err, "Use COPY ... FROM stdin; with the rows in the script and a line \\. after them.");
    } else if (slice_starts(word, "\\c")) {
        err_hint(err, "Remove it: the target's URL says which database and user the script runs in.");
    } else if (slice_starts(word, "\\i")) {
        err_hint(err, "Put the text of that file here; a script cannot include another.");
    } else if (slice_starts(word, "\\g")) {
        err_hint(err, "End the statement with a semicolon instead.");
    } else if (slice_eq(word, "\\.")) {
        err_hint(err, "It ends the rows of COPY ... FROM stdin; no such statement stands before it.");
    } else {
        err_hint(err, "Remove it: statements go to the server, and psql's commands are not run.");
    }
    return ERR_FILE;
}

/* E'...', B'...', X'...', N'...', U&'...' and U&"..." : the quote's offset, or 0 for a plain word. */
static size_t prefixed_quote(const struct sql_lexer *l, size_t pos)
{
    char c = (char)(at(l, pos) | 0x20);
    if (c == 'u' && at(l, pos + 1) == '&' && (at(l, pos + 2) == '\'' || at(l, pos + 2) == '"')) {
        return pos + 2;
    }
    bool prefix = c == 'e' || c == 'b' || c == 'x' || c == 'n';
    return prefix && at(l, pos + 1) == '\'' ? pos + 1 : 0;
}

static int lex_quoted(struct sql_lexer *l, size_t quote, struct sql_token *t, struct err *err)
{
    size_t began = l->pos;
    char prefix = (char)(at(l, began) | 0x20);
    l->pos = quote + 1;
    if (at(l, quote) == '"') {
        t->kind = SQL_TOKEN_NAME;
        return lex_name(l, began, err);
    }
    t->kind = SQL_TOKEN_STRING;
    bool plain = quote == began || prefix == 'n';
    return lex_string(l, began, (prefix == 'e' && quote > began) || (plain && l->backslash), err);
}

int postgresql_lex(struct sql_lexer *l, struct sql_token *t, struct err *err)
{
    int status = skip_to_token(l, err);
    if (status) {
        return status;
    }
    size_t began = l->pos;
    char c = at(l, began);
    size_t quote = c == '\'' || c == '"' ? began : is_name_start(c) ? prefixed_quote(l, began) : 0;
    size_t dollar = c == '$' ? dollar_delimiter(l, began) : 0;
    if (began == l->text.len) {
        t->kind = SQL_TOKEN_END;
    } else if (sql_is_bom(l->text, began)) {
        return sql_refuse_bom(l->text, began, err);
    } else if (c == '\'' || c == '"' || quote) {
        status = lex_quoted(l, quote, t, err);
    } else if (dollar) {
        t->kind = SQL_TOKEN_STRING;
        status = lex_dollar_string(l, dollar, err);
    } else if (is_name_start(c)) {
        t->kind = SQL_TOKEN_WORD;
        while (is_name(at(l, l->pos))) {
            l->pos++;
        }
    } else if (is_digit(c)) {
        t->kind = SQL_TOKEN_WORD;
        while (is_digit(at(l, l->pos))) {
            l->pos++;
        }
    } else if (c == '\\') {
        return client_command(l, err);
    } else {
        t->kind = SQL_TOKEN_SYMBOL;
        l->pos++;
    }
    t->text = (struct slice){l->text.ptr + began, l->pos - began};
    return status;
}
