/*
 * Which statements may share a text with others. A multi-statement text is parsed one statement at a time, so
 * a statement must end where we think it ends, whatever sql_mode is, and give the one result we count.
 */
#include "drivers/mysql/join.h"
#include <strings.h>

/* clang-format off */
/* First words of statements that give exactly one result. */
static const char *const single[] = {
    "ALTER",    "ANALYZE",  "BEGIN",    "CHECK",     "CHECKSUM", "COMMIT",  "CREATE", "DEALLOCATE", "DELETE",
    "DESC",     "DESCRIBE", "DO",       "DROP",      "EXPLAIN",  "FLUSH",   "GRANT",  "HANDLER",    "INSERT",
    "KILL",     "LOAD",     "LOCK",     "OPTIMIZE",  "PREPARE",  "RELEASE", "RENAME", "REPAIR",     "REPLACE",
    "RESET",    "REVOKE",   "ROLLBACK", "SAVEPOINT", "SELECT",   "SET",     "SHOW",   "START",      "TABLE",
    "TRUNCATE", "UNLOCK",   "UPDATE",   "USE",       "VALUES",   "WITH",    "XA",
};
/* What CREATE and ALTER may be about: objects that hold statements, and others. */
static const char *const programs[] = {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"};
static const char *const objects[] = {"TABLE",  "INDEX",    "VIEW",   "DATABASE", "SCHEMA",
                                      "USER",   "ROLE",     "SERVER", "SEQUENCE", "TABLESPACE",
                                      "UNIQUE", "FULLTEXT", "SPATIAL"};
/* clang-format on */

static bool word_in(struct slice word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(words[i]) == word.len && strncasecmp(word.ptr, words[i], word.len) == 0) {
            return true;
        }
    }
    return false;
}
#define WORD_IN(word, words) word_in(word, words, COUNT_OF(words))

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
    unsigned char u = (unsigned char)c;
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '_' ||
           u == '$' || u >= 0x80;
}

struct scan {
    struct slice s;
    size_t at;
    bool backslash; /* escapes in strings, which NO_BACKSLASH_ESCAPES and ANSI_QUOTES take away */
};

enum token { TOKEN_WORD, TOKEN_QUOTED, TOKEN_SYMBOL, TOKEN_VERSIONED, TOKEN_END, TOKEN_OPEN };

static char peek(const struct scan *sc, size_t ahead)
{
    if (sc->at + ahead >= sc->s.len) {
        return '\0';
    }
    return sc->s.ptr[sc->at + ahead];
}

static bool at_line_comment(const struct scan *sc)
{
    if (peek(sc, 0) == '#') {
        return true;
    }
    if (peek(sc, 0) != '-' || peek(sc, 1) != '-') {
        return false;
    }
    unsigned char after = (unsigned char)peek(sc, 2);
    return after <= ' ' || after == 0x7f;
}

static void skip_line(struct scan *sc)
{
    const char *end = memchr(sc->s.ptr + sc->at, '\n', sc->s.len - sc->at);
    sc->at = end ? (size_t)(end - sc->s.ptr) + 1 : sc->s.len;
}

/* A block comment from its opening on. Versioned ones are code to some servers: their text must end in the
 * same place either way. */
static enum token scan_comment(struct scan *sc)
{
    size_t start = sc->at;
    bool versioned = peek(sc, 2) == '!' || (peek(sc, 2) == 'M' && peek(sc, 3) == '!');
    const char *end = memmem(sc->s.ptr + start + 2, sc->s.len - start - 2, "*/", 2);
    if (!end) {
        sc->at = sc->s.len;
        return TOKEN_OPEN;
    }
    sc->at = (size_t)(end - sc->s.ptr) + 2;
    if (!versioned) {
        return TOKEN_SYMBOL;
    }
    for (const char *p = sc->s.ptr + start + 2; p < end; p++) {
        if (strchr("'\"`;#\\", *p) || (*p == '-' && p[1] == '-') || (*p == '/' && p[1] == '*')) {
            return TOKEN_OPEN;
        }
    }
    return TOKEN_VERSIONED;
}

static enum token scan_quoted(struct scan *sc)
{
    char quote = peek(sc, 0);
    for (sc->at++; sc->at < sc->s.len; sc->at++) {
        char c = sc->s.ptr[sc->at];
        bool escape = c == '\\' && sc->backslash && quote != '`';
        if (escape || (c == quote && peek(sc, 1) == quote)) {
            sc->at++;
        } else if (c == quote) {
            sc->at++;
            return TOKEN_QUOTED;
        }
    }
    sc->at = sc->s.len;
    return TOKEN_OPEN;
}

/* The next token, past white space and comments; word is set for TOKEN_WORD. */
static enum token scan_next(struct scan *sc, struct slice *word)
{
    for (;;) {
        while (sc->at < sc->s.len && is_space(sc->s.ptr[sc->at])) {
            sc->at++;
        }
        if (sc->at == sc->s.len) {
            return TOKEN_END;
        }
        char c = sc->s.ptr[sc->at];
        if (at_line_comment(sc)) {
            skip_line(sc);
        } else if (c == '/' && peek(sc, 1) == '*') {
            enum token t = scan_comment(sc);
            if (t != TOKEN_SYMBOL) {
                return t;
            }
        } else if (c == '\'' || c == '"' || c == '`') {
            return scan_quoted(sc);
        } else if (is_word(c)) {
            size_t start = sc->at;
            while (sc->at < sc->s.len && is_word(sc->s.ptr[sc->at])) {
                sc->at++;
            }
            *word = (struct slice){sc->s.ptr + start, sc->at - start};
            return TOKEN_WORD;
        } else {
            *word = (struct slice){sc->s.ptr + sc->at, 1};
            sc->at++;
            return TOKEN_SYMBOL;
        }
    }
}

/* The words after the first that change what a statement is. */
static bool is_program(struct slice first, struct slice word, bool second, bool *object_known)
{
    static const char *const define[] = {"CREATE", "ALTER"}, *const begin[] = {"BEGIN"},
                             *const set[] = {"SET"}, *const statement[] = {"STATEMENT"},
                             *const not_[] = {"NOT"};
    if (WORD_IN(first, define)) {
        if (!*object_known && WORD_IN(word, programs)) {
            return true;
        }
        *object_known = *object_known || WORD_IN(word, objects);
    }
    return second && ((WORD_IN(first, begin) && WORD_IN(word, not_)) ||
                      (WORD_IN(first, set) && WORD_IN(word, statement)));
}

static enum mysql_join join_of(struct slice text, bool backslash)
{
    struct scan sc = {.s = text, .backslash = backslash};
    struct slice first = SLICE(""), word = SLICE("");
    enum token t = scan_next(&sc, &first);
    if (t == TOKEN_END || t == TOKEN_VERSIONED || t == TOKEN_OPEN) {
        return MYSQL_JOIN_ALONE;
    }
    bool known = t == TOKEN_WORD ? WORD_IN(first, single) : t == TOKEN_SYMBOL && first.ptr[0] == '(';
    if (!known) {
        return MYSQL_JOIN_LAST;
    }
    bool object_known = false, second = true;
    for (t = scan_next(&sc, &word); t != TOKEN_END; t = scan_next(&sc, &word)) {
        if (t == TOKEN_OPEN || (t == TOKEN_SYMBOL && word.ptr[0] == ';')) {
            return MYSQL_JOIN_LAST;
        }
        if (t == TOKEN_WORD && is_program(first, word, second, &object_known)) {
            return MYSQL_JOIN_LAST;
        }
        second = false;
    }
    return MYSQL_JOIN_ANYWHERE;
}

enum mysql_join mysql_join_of(struct slice text)
{
    enum mysql_join a = join_of(text, true), b = join_of(text, false);
    return a > b ? a : b;
}
