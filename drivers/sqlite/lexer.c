/* SQLite's lexical rules: four kinds of quotes, none with escapes but doubling, and comments that do not
 * nest. */
#include "drivers/sqlite/lexer.h"

static char at(const struct sql_lexer *l, size_t i)
{
    return i < l->text.len ? l->text.ptr[i] : '\0';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

static int skip_to_token(struct sql_lexer *l, struct err *err)
{
    const char *text = l->text.ptr, *close;
    while (l->pos < l->text.len) {
        size_t rest = l->text.len - l->pos;
        char c = at(l, l->pos), next = at(l, l->pos + 1);
        if (sql_blank(c)) {
            l->pos++;
        } else if (sql_is_bom(l->text, l->pos)) {
            /* SQLite reads it as a blank, and sqlite3_complete() as a part of a name. */
            return sql_refuse_bom(l->text, l->pos, err);
        } else if (c == '-' && next == '-') {
            close = memchr(text + l->pos, '\n', rest);
            l->pos = close ? (size_t)(close - text) : l->text.len;
        } else if (c == '/' && next == '*') {
            size_t end = sql_comment_end(l->text, l->pos + 2);
            if (!end) {
                return sql_error(l->text, l->pos, err, "unterminated comment /* that began here");
            }
            l->pos = end;
        } else {
            break;
        }
    }
    return 0;
}

static int lex_quoted(struct sql_lexer *l, char close, const char *what, struct err *err)
{
    const char *from = l->text.ptr + l->pos + 1;
    const char *end = memchr(from, close, l->text.len - l->pos - 1);
    if (!end) {
        return sql_error(l->text, l->pos, err, "unterminated %s that began here", what);
    }
    /* A doubled quote reads as two tokens side by side, which end at the same place. */
    l->pos = (size_t)(end - l->text.ptr) + 1;
    return 0;
}

int sqlite_lex(struct sql_lexer *l, struct sql_token *t, struct err *err)
{
    int status = skip_to_token(l, err);
    if (status) {
        return status;
    }
    size_t began = l->pos;
    char c = at(l, began);
    if (began == l->text.len) {
        t->kind = SQL_TOKEN_END;
    } else if (c == '\'') {
        t->kind = SQL_TOKEN_STRING;
        status = lex_quoted(l, c, "string", err);
    } else if (c == '"' || c == '`' || c == '[') {
        t->kind = SQL_TOKEN_NAME;
        status = lex_quoted(l, c == '[' ? ']' : c, "quoted name", err);
    } else if (is_name(c)) {
        t->kind = SQL_TOKEN_WORD;
        while (is_name(at(l, l->pos))) {
            l->pos++;
        }
    } else {
        t->kind = SQL_TOKEN_SYMBOL;
        l->pos++;
    }
    t->text = (struct slice){l->text.ptr + began, l->pos - began};
    return status;
}
