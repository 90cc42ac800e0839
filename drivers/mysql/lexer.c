/*
 * Lexical rules of the server, with the client's delimiter on top: three kinds of comments of which one is
 * code, backslashes in strings but not in quoted names.
 */
#include "drivers/mysql/lexer.h"

static char at(const struct sql_lexer *l, size_t i)
{
    return i < l->text.len ? l->text.ptr[i] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_delimiter(const struct sql_lexer *l, size_t pos)
{
    return l->delimiter.len && !l->versioned && l->text.len - pos >= l->delimiter.len &&
           l->text.ptr[pos] == l->delimiter.ptr[0] &&
           memcmp(l->text.ptr + pos, l->delimiter.ptr, l->delimiter.len) == 0;
}

/* "-- " needs a blank, a control character or the end behind it; 1--1 is arithmetic. */
static bool is_line_comment(const struct sql_lexer *l)
{
    char third = at(l, l->pos + 2);
    return at(l, l->pos) == '#' || (at(l, l->pos) == '-' && at(l, l->pos + 1) == '-' &&
                                    ((unsigned char)third <= ' ' || third == 0x7f));
}

static void skip_line(struct sql_lexer *l)
{
    const char *eol = memchr(l->text.ptr + l->pos, '\n', l->text.len - l->pos);
    l->pos = eol ? (size_t)(eol - l->text.ptr) : l->text.len;
    l->open_comment = !eol;
}

/* At a slash and an asterisk. Version 999999 is above every server's: mariadb-dump hides a command of the
 * client there. */
static int enter_comment(struct sql_lexer *l, struct err *err)
{
    size_t began = l->pos, mark = began + 2 + (at(l, began + 2) == 'M');
    struct slice rest = {l->text.ptr + mark, mark < l->text.len ? l->text.len - mark : 0};
    if (slice_starts(rest, "!") && !slice_starts(rest, "!999999")) {
        l->versioned_at = l->versioned ? l->versioned_at : began;
        l->versioned++;
        l->pos = mark + 1;
        while (is_digit(at(l, l->pos))) {
            l->pos++;
        }
        return 0;
    }
    size_t end = sql_comment_end(l->text, began + 2);
    if (!end) {
        return sql_error(l->text, began, err, "unterminated comment /* that began here");
    }
    l->pos = end;
    return 0;
}

static int skip_to_token(struct sql_lexer *l, struct err *err)
{
    while (l->pos < l->text.len && !is_delimiter(l, l->pos)) {
        char c = at(l, l->pos), next = at(l, l->pos + 1);
        if (sql_blank(c)) {
            l->pos++;
        } else if (is_line_comment(l)) {
            skip_line(l);
        } else if (c == '/' && next == '*') {
            int status = enter_comment(l, err);
            if (status) {
                return status;
            }
        } else if (c == '*' && next == '/' && l->versioned) {
            l->versioned--;
            l->pos += 2;
            l->versioned_end = l->pos;
        } else {
            break;
        }
    }
    if (l->pos == l->text.len && l->versioned) {
        return sql_error(l->text, l->versioned_at, err, "unterminated comment /*! that began here");
    }
    return 0;
}

/* Doubled quotes read as two literals side by side, which end at the same place. */
static int lex_quoted(struct sql_lexer *l, char quote, struct err *err)
{
    size_t began = l->pos++;
    bool backslash = quote != '`' && !l->literal_backslash;
    while (l->pos < l->text.len) {
        char c = l->text.ptr[l->pos++];
        if (c == quote) {
            return 0;
        }
        if (c == '\\' && backslash && l->pos < l->text.len) {
            l->pos++;
        }
    }
    return sql_error(l->text, began, err, "unterminated %s that began here",
                     quote == '`' ? "quoted name" : "string");
}

static int client_command(const struct sql_lexer *l, struct err *err)
{
    char c = at(l, l->pos + 1);
    if (c <= ' ' || c > '~') {
        sql_error(l->text, l->pos, err, "a backslash outside of quotes is not SQL");
    } else {
        sql_error(l->text, l->pos, err, "\\%c is a command of the mysql client, not SQL", c);
    }
    if (c == 'g' || c == 'G') {
        return err_hint(err, "End the statement with a semicolon instead.");
    }
    if (c == '.') {
        return err_hint(err, "Put the text of that file here; a script cannot include another.");
    }
    return err_hint(err, "Remove it: statements go to the server, and the client's commands are not run.");
}

int mysql_lex(struct sql_lexer *l, struct sql_token *t, struct err *err)
{
    int status = skip_to_token(l, err);
    if (status) {
        return status;
    }
    size_t began = l->pos;
    char c = at(l, began);
    if (began == l->text.len) {
        t->kind = SQL_TOKEN_END;
    } else if (sql_is_bom(l->text, began)) {
        return sql_refuse_bom(l->text, began, err);
    } else if (is_delimiter(l, began)) {
        t->kind = SQL_TOKEN_DELIMITER;
        l->pos += l->delimiter.len;
    } else if (c == '\'' || c == '"' || c == '`') {
        t->kind = c == '`' ? SQL_TOKEN_NAME : SQL_TOKEN_STRING;
        status = lex_quoted(l, c, err);
    } else if (is_name(c)) {
        t->kind = SQL_TOKEN_WORD;
        while (l->pos < l->text.len && is_name(l->text.ptr[l->pos]) && !is_delimiter(l, l->pos)) {
            l->pos++;
        }
    } else if (c == '\\' && at(l, began + 1) == 'N') {
        t->kind = SQL_TOKEN_WORD; /* NULL */
        l->pos += 2;
    } else if (c == '\\') {
        return client_command(l, err);
    } else {
        t->kind = SQL_TOKEN_SYMBOL;
        l->pos++;
    }
    t->text = (struct slice){l->text.ptr + began, l->pos - began};
    return status;
}
