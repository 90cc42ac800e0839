/*
 * What the three statement splitters share: tokens, the list of statements under construction, places and
 * errors within a script. Each dialect has its own lexer and its own idea of where a statement ends.
 *
 * Texts of a struct sql_script borrow from the script, or from the arena where line ends had to be changed.
 */
#pragma once
#include "base/vec.h"
#include "drivers/driver.h"

enum sql_token_kind {
    SQL_TOKEN_END,       /* of the script */
    SQL_TOKEN_WORD,      /* unquoted: keyword, name or number */
    SQL_TOKEN_NAME,      /* in the dialect's identifier quotes */
    SQL_TOKEN_STRING,    /* a literal, its quotes included */
    SQL_TOKEN_SYMBOL,    /* one byte of anything else */
    SQL_TOKEN_DELIMITER, /* MySQL: what ends a statement at present */
    SQL_TOKEN_KIND_COUNT
};

struct sql_token {
    enum sql_token_kind kind;
    struct slice text;
};

/* Where a lexer stands. Zero but for `text` to begin with. */
struct sql_lexer {
    struct slice text;
    size_t pos;
    bool backslash;         /* PostgreSQL: standard_conforming_strings is off */
    bool literal_backslash; /* MySQL: sql_mode has NO_BACKSLASH_ESCAPES */
    struct slice delimiter; /* MySQL: ";" or as set by DELIMITER; empty: none is looked for */
    int versioned;          /* MySQL: depth of the versioned comments that pos is in */
    size_t versioned_at;    /* MySQL: where the outermost began */
    size_t versioned_end;   /* MySQL: behind the last one that ended */
    bool open_comment;      /* MySQL: a line comment runs up to the end of the text */
};

typedef int (*sql_lex_fn)(struct sql_lexer *, struct sql_token *, struct err *);

bool sql_word_is(const struct sql_token *t, const char *lower); /* an unquoted word, whatever its case */
bool sql_word_in(const struct sql_token *t, const char *const *lower, size_t n);
bool sql_symbol_is(const struct sql_token *t, char c);
static inline bool sql_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ERR_FILE at the byte offset of the script, with its line, column and excerpt. */
int sql_error(struct slice script, size_t offset, struct err *err, const char *fmt, ...) PRINTF(4, 5);
/* Bytes no server takes in a script: refuses NUL. Skips a UTF-8 byte order mark: *start is where SQL begins.
 */
int sql_script_begin(struct slice script, size_t *start, struct err *err);
/* With LF for CRLF: mariadb and sqlite3 read lines so, which also changes literals that span lines. The
 * script itself when it has none, else a copy in the arena. */
struct slice sql_script_lines(struct arena *a, struct slice script);
/* A UTF-8 byte order mark stands at the offset. */
bool sql_is_bom(struct slice script, size_t offset);
/* ERR_FILE for one that is not at the script's start, where it would be part of a name. */
int sql_refuse_bom(struct slice script, size_t offset, struct err *err);
/* First offset from `from` on that is not blank. */
size_t sql_skip_blank(struct slice script, size_t from);

/* The offset behind the next asterisk and slash from `from` on, or 0. */
size_t sql_comment_end(struct slice script, size_t from);

/* Statements as they are found, first to last. */
struct sql_list {
    struct arena *arena;
    struct slice script;
    VEC(struct sql_statement) v;
    size_t counted; /* line and column of this offset are known */
    int line, column;
};
void sql_list_init(struct sql_list *l, struct arena *a, struct slice script);
/* Append the statement script[start, end) whose first token stands at `first`. It is valid until the next. */
struct sql_statement *sql_list_add(struct sql_list *l, size_t start, size_t first, size_t end);
void sql_list_finish(const struct sql_list *l, struct sql_script *out);

/* Walking one statement to classify it. What cannot be lexed ends the walk. */
struct sql_cursor {
    sql_lex_fn lex;
    struct sql_lexer lexer;
    struct sql_token t; /* the current token */
};
void sql_cursor_next(struct sql_cursor *c);
bool sql_cursor_take(struct sql_cursor *c,
                     const char *lower); /* step over that word if it is the current one */
/* To the first token that is not an opening parenthesis; true when some were skipped. */
bool sql_cursor_open(struct sql_cursor *c);
/* Of WITH ..., at whose first word the cursor stands: SQL_DML when any part of it changes rows. */
enum sql_kind sql_with_kind(struct sql_cursor *c);
/* ROLLBACK [WORK|TRANSACTION] TO ...: the cursor stands at ROLLBACK. */
bool sql_rollback_to(struct sql_cursor *c);
/* The text, a semicolon and a line end. What may be a comment at the end, from -- on, must not swallow them.
 */
void sql_print_terminated(struct strbuf *to, struct slice text);
