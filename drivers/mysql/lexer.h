/* Tokens of the SQL of MySQL and MariaDB. Versioned comments are code: their brackets are no tokens. */
#pragma once
#include "drivers/sql_text.h"

/* The next token, SQL_TOKEN_END at the end; outside versioned comments l->delimiter is SQL_TOKEN_DELIMITER.
 * Errors: what is unterminated, at the place where it began, and backslashes (the client's commands). err may
 * be NULL. */
int mysql_lex(struct sql_lexer *l, struct sql_token *t, struct err *err);

/* Set kind of a statement whose text is set. */
void mysql_classify(struct sql_statement *s, bool literal_backslash);

/* To the statement of SET STATEMENT ... FOR, if the cursor stands at one. */
void mysql_skip_settings(struct sql_cursor *c);

enum statement_failure mysql_fails(struct slice statement); /* see struct driver */
