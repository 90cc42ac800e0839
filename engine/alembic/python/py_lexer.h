/*
 * Tokens of a Python source, one at a time. Tokens borrow from the source. The lexer keeps the lines, the
 * indentation and the brackets; inside f-strings the parser leads it, since only the parser knows where a
 * replacement field ends.
 */
#pragma once
#include "engine/alembic/python/py_ast.h"

enum py_token_kind {
    PY_T_ERROR, /* err is filled; every further token is this one */
    PY_T_END,
    PY_T_NEWLINE,
    PY_T_INDENT,
    PY_T_DEDENT,
    PY_T_NAME,
    PY_T_NUMBER,
    PY_T_STRING,
    PY_T_FSTRING, /* the prefix and the opening quotes: go on with py_lex_fstring() */
    /* operators */
    PY_T_LPAR,
    PY_T_RPAR,
    PY_T_LBRACKET,
    PY_T_RBRACKET,
    PY_T_LBRACE,
    PY_T_RBRACE,
    PY_T_COMMA,
    PY_T_COLON,
    PY_T_SEMICOLON,
    PY_T_DOT,
    PY_T_ELLIPSIS,
    PY_T_ARROW,
    PY_T_ASSIGN,
    PY_T_WALRUS,
    PY_T_EXCLAMATION, /* only in a field of an f-string */
    PY_T_PLUS,
    PY_T_MINUS,
    PY_T_STAR,
    PY_T_AT,
    PY_T_SLASH,
    PY_T_SLASH_SLASH,
    PY_T_PERCENT,
    PY_T_STAR_STAR,
    PY_T_LSHIFT,
    PY_T_RSHIFT,
    PY_T_PIPE,
    PY_T_CARET,
    PY_T_AMPERSAND,
    PY_T_TILDE,
    PY_T_EQ,
    PY_T_NE,
    PY_T_LT,
    PY_T_LE,
    PY_T_GT,
    PY_T_GE,
    PY_T_AUG_ASSIGN, /* += and the like: the operator is `op` */
    /* keywords */
    PY_T_FALSE,
    PY_T_NONE,
    PY_T_TRUE,
    PY_T_AND,
    PY_T_AS,
    PY_T_ASSERT,
    PY_T_ASYNC,
    PY_T_AWAIT,
    PY_T_BREAK,
    PY_T_CLASS,
    PY_T_CONTINUE,
    PY_T_DEF,
    PY_T_DEL,
    PY_T_ELIF,
    PY_T_ELSE,
    PY_T_EXCEPT,
    PY_T_FINALLY,
    PY_T_FOR,
    PY_T_FROM,
    PY_T_GLOBAL,
    PY_T_IF,
    PY_T_IMPORT,
    PY_T_IN,
    PY_T_IS,
    PY_T_LAMBDA,
    PY_T_NONLOCAL,
    PY_T_NOT,
    PY_T_OR,
    PY_T_PASS,
    PY_T_RAISE,
    PY_T_RETURN,
    PY_T_TRY,
    PY_T_WHILE,
    PY_T_WITH,
    PY_T_YIELD,
    PY_T_COUNT
};

enum py_string_flags {
    PY_S_RAW = 1 << 0,
    PY_S_BYTES = 1 << 1,
    PY_S_FORMAT = 1 << 2,
    PY_S_TRIPLE = 1 << 3,
    PY_S_ESCAPES = 1 << 4 /* has a backslash that means something */
};

struct py_token {
    enum py_token_kind kind;
    int line, column; /* of its first character */
    int end_line;
    enum py_op op;           /* PY_T_AUG_ASSIGN */
    unsigned flags;          /* strings: enum py_string_flags */
    const char *start, *end; /* as written */
    union {
        struct slice body; /* PY_T_STRING: what stands between the quotes */
        uint64_t word;     /* PY_T_NAME: its first eight characters, py_swar.h */
    };
};

#define PY_BRACKETS_MAX 200
#define PY_INDENTS_MAX  100

struct py_lexer {
    const char *file;
    struct slice text; /* as py_source_read() made it: ends in '\0' and PY_SOURCE_PADDING more */
    struct err *err;
    const char *at;
    const char *base; /* column = at - base + 1: where the line starts, moved on by each byte that is not the
                         first of its character */
    int line;
    bool failed;
    bool line_start; /* the next token is the first of its line */
    int depth;       /* open brackets */
    int field;       /* depth of the f-string field that is being read; 0: none */
    int nindents;
    int dedents; /* still to be given out */
    struct {
        int column, alternate; /* tabs as 8 and as 1 */
    } indents[PY_INDENTS_MAX];
    const char *brackets[PY_BRACKETS_MAX]; /* where they stand */
};

/* Text in memory of our own: UTF-8, no byte order mark, line ends as \n, then zeroes. */
#define PY_SOURCE_PADDING 16
int py_source_read(struct arena *a, const char *file, struct slice text, struct slice *out, struct err *err);

void py_lexer_init(struct py_lexer *x, const char *file, struct slice source, struct err *err);
void py_lex(struct py_lexer *x, struct py_token *t);

/* The literal part of an f-string, or of a field's format, up to where something else begins. `opening` is
 * the PY_T_FSTRING token. */
enum py_fstring_end {
    PY_F_ERROR,
    PY_F_MORE,  /* a doubled brace, of which one is in the text: go on */
    PY_F_FIELD, /* "{": py_lex() gives the field's tokens, with `depth` one higher */
    PY_F_CLOSE, /* "}" of the field whose format this is; the bracket is closed */
    PY_F_END    /* the closing quotes */
};
enum py_fstring_end py_lex_fstring(struct py_lexer *x, const struct py_token *opening, bool format,
                                   struct slice *text, bool *escapes);
/* Go on behind the whole f-string that begins with `opening`; false when it is wrong. */
bool py_lex_skip_fstring(struct py_lexer *x, const struct py_token *opening);
/* Does the rest of the statement's line end in a colon? Then what began with the name `match` is a match
 * statement. Only looks. */
bool py_lex_line_ends_in_colon(const struct py_lexer *x);

/* Fail at a place of the source. Marks the lexer as failed unless it has failed already. */
void py_lex_error(struct py_lexer *x, const char *at, const char *fmt, ...) PRINTF(3, 4);
/* What the token after the one at hand is, as far as blanks alone are between them. They only look. */
bool py_lex_next_is_name(const struct py_lexer *x);
bool py_lex_next_is_assign(const struct py_lexer *x);  /* = but not == */
bool py_lex_next_is_trailer(const struct py_lexer *x); /* . or ( */
/* Within the lexer: a string whose quotes begin at `quotes`, brackets, numbers, lines. */
void py_lex_string(struct py_lexer *x, struct py_token *t, const char *quotes, unsigned flags);
bool py_lex_open(struct py_lexer *x);
void py_lex_number(struct py_lexer *x, struct py_token *t);
static inline void py_lex_next_line(struct py_lexer *x, const char *start)
{
    x->line++;
    x->at = x->base = start;
}
/* Skip empty lines, and measure the first that holds something; true when *t is an INDENT. */
bool py_lex_begin_line(struct py_lexer *x, struct py_token *t);
void py_lex_continue_line(struct py_lexer *x); /* behind the backslash that is there */
void py_lex_skip_comment(struct py_lexer *x);
/* The keyword that the n characters are, or PY_T_NAME. */
enum py_token_kind py_keyword(const char *s, size_t n);
/* "'('", "end of line", "name": for messages. */
const char *py_token_text(enum py_token_kind kind);

extern const unsigned char py_char_class[256];
enum py_char {
    PY_CHAR_BAD,
    PY_CHAR_BLANK,
    PY_CHAR_NEWLINE,
    PY_CHAR_COMMENT,
    PY_CHAR_BACKSLASH,
    PY_CHAR_END,
    /* from here on, what tokens begin with */
    PY_CHAR_NAME, /* letters, _, and all that is not ASCII */
    PY_CHAR_DIGIT,
    PY_CHAR_QUOTE,
    PY_CHAR_OPERATOR
};
static inline bool py_begins_token(char c)
{
    return py_char_class[(unsigned char)c] >= PY_CHAR_NAME;
}
static inline bool py_is_name_char(char c)
{
    return (unsigned)(py_char_class[(unsigned char)c] - PY_CHAR_NAME) <= PY_CHAR_DIGIT - PY_CHAR_NAME;
}
