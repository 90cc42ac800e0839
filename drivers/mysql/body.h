/*
 * Finds the bodies of stored programs in a stream of tokens, so that their semicolons end no statement even
 * where a script has no DELIMITER: CREATE PROCEDURE, FUNCTION, TRIGGER and EVENT, and MariaDB's compound
 * statements outside of programs (BEGIN NOT ATOMIC, IF, CASE, LOOP, WHILE, REPEAT, FOR).
 */
#pragma once
#include "drivers/sql_text.h"

#define MYSQL_BODY_DEPTH_MAX 1000

/* Zero before the first token of a statement. */
struct mysql_body {
    int phase;
    size_t parens;
    bool was_each, was_character, was_end, was_label; /* what the token before was */
    bool at_statement;                                /* in a body: the next token begins a statement */
    int handler;                                      /* how much of DECLARE ... HANDLER FOR has been read */
    size_t depth;
    size_t opened; /* where the outermost block began */
    unsigned char blocks[MYSQL_BODY_DEPTH_MAX];
};

void mysql_body_start(struct mysql_body *b);
/* Feed the next token, which stands at offset. False: blocks nest too deeply. */
bool mysql_body_token(struct mysql_body *b, const struct sql_token *t, size_t offset);
bool mysql_body_open(const struct mysql_body *b);    /* a block awaits its END */
bool mysql_body_program(const struct mysql_body *b); /* the statement is one that may have a body */
