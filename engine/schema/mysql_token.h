/* Tokens of what SHOW CREATE TABLE prints. */
#pragma once
#include "base/str.h"

enum mysql_token_kind {
    MYSQL_END,
    MYSQL_WORD,
    MYSQL_NAME,   /* `x` */
    MYSQL_STRING, /* 'x' */
    MYSQL_SYMBOL, /* one byte */
};
struct mysql_token {
    enum mysql_token_kind kind;
    size_t from, to;
    bool blank; /* white space stands before it */
};
/* The token at or behind *at, which moves behind it. Versioned comments read as what is in them. */
struct mysql_token mysql_next(struct slice text, size_t *at);
bool mysql_is_word(struct slice text, struct mysql_token t, const char *word); /* whatever its case */
/* Without its quotes; strings also without their escapes. */
const char *mysql_unquote(struct arena *a, struct slice text, struct mysql_token t);
