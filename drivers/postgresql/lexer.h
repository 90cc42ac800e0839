/* Tokens of PostgreSQL's SQL, as psql's lexer sees them: enough to find where statements end. */
#pragma once
#include "drivers/sql_text.h"

/* The next token, SQL_TOKEN_END at the end. Errors: what is unterminated, at the place where it began, and
 * backslashes (psql's commands). err may be NULL. */
int postgresql_lex(struct sql_lexer *l, struct sql_token *t, struct err *err);

/* The end of a -- comment that stands at `from`: a line feed, a carriage return, or the end. */
size_t postgresql_line_end(const struct sql_lexer *l, size_t from);

/* Set kind and outside_transaction of a statement whose text is set. */
void postgresql_classify(struct sql_statement *s, bool backslash);
