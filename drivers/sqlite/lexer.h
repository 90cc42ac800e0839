/* Tokens of SQLite's SQL: enough to find where statements end. */
#pragma once
#include "drivers/sql_text.h"

/* The next token, SQL_TOKEN_END at the end. Errors: what is unterminated, at the place where it began. err
 * may be NULL. */
int sqlite_lex(struct sql_lexer *l, struct sql_token *t, struct err *err);

/* Set kind and outside_transaction of a statement whose text is set. */
void sqlite_classify(struct sql_statement *s);
