/* Reading TOML text. Private to toml.c and toml_value.c. */
#pragma once
#include "engine/alembic/project/toml.h"

struct toml_reader {
    struct arena *arena;
    const char *file;
    struct slice text;
    const char *at, *end;
    size_t nkeys;
};

int toml_fail(const struct toml_reader *r, const char *at, struct err *err, const char *fmt, ...)
    PRINTF(4, 5);
void toml_blanks(struct toml_reader *r); /* skip spaces and tabs */
bool toml_take(struct toml_reader *r, const char *literal);
/* Skip a line's end; true at the end of the text as well. */
bool toml_take_line_end(struct toml_reader *r);
int toml_comment(struct toml_reader *r, struct err *err); /* skip "# ..." if there is one */

typedef VEC(struct slice) toml_key_t;
/* a."b".'c' */
int toml_key(struct toml_reader *r, toml_key_t *out, struct err *err);
int toml_value(struct toml_reader *r, int depth, struct toml_node **out, struct err *err);

struct toml_node *toml_node_new(struct toml_reader *r, enum toml_kind kind, const char *at);
struct toml_node *toml_find(const struct toml_node *table, struct slice key);
/* ERR_FILE when there are too many keys in the document. */
int toml_put(struct toml_reader *r, struct toml_node *table, struct slice key, struct toml_node *value,
             struct err *err);
