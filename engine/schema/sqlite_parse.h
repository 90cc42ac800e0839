/* The statements that SQLite keeps in sqlite_master: what its PRAGMAs do not tell of a table or an index. */
#pragma once
#include "engine/schema/schema.h"

enum sqlite_token_kind {
    SQLITE_END,
    SQLITE_WORD,   /* unquoted name, keyword or number */
    SQLITE_NAME,   /* "x" `x` [x] */
    SQLITE_STRING, /* 'x' */
    SQLITE_SYMBOL, /* one byte */
    SQLITE_BAD,    /* unterminated */
};
struct sqlite_token {
    enum sqlite_token_kind kind;
    size_t from, to; /* offsets in the text */
};
/* The token at or behind *at, which moves behind it. Comments and blanks are passed over. */
struct sqlite_token sqlite_next(struct slice text, size_t *at);
bool sqlite_is_word(struct slice text, struct sqlite_token t, const char *word); /* whatever its case */
/* A name without its quotes. */
const char *sqlite_unquote(struct arena *a, struct slice text, struct sqlite_token t);

/* The text with one layout, whatever blanks and line ends it was written with; its comments stay, and so do
 * strings. A name in quotes that needs none loses them where nothing but a name can stand, as ALTER TABLE ...
 * RENAME puts them there. The arguments of a virtual table only lose what is more than one blank. */
const char *sqlite_canonical(struct arena *a, const char *text);

/* Fill in what t->definition tells: constraints, and of the columns that are there already what a column's
 * definition has. What is not understood sets t->partly_read. */
void sqlite_parse_table(struct arena *a, struct schema_table *t);
/* CREATE INDEX: texts of the keys that are expressions, and the predicate. false: not understood. */
bool sqlite_parse_index(struct arena *a, struct schema_index *x);

/* `text` with the name `from` of a column, whatever its case, replaced by the text `to`; strings and names of
 * functions stay. *found: how often. NULL: not understood. */
const char *sqlite_rename(struct arena *a, const char *text, const char *from, const char *to, int *found);
/* Does the text name it, as a column or a table? */
bool sqlite_mentions(const char *text, const char *name);
