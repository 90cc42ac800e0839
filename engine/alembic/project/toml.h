/*
 * TOML 1.0 documents as trees, for pyproject.toml: everything is parsed and checked, and only what is asked
 * for is interpreted. It takes what Python's tomllib takes. Limits: TOML_FILE_MAX bytes, TOML_KEYS_MAX keys,
 * values nested TOML_DEPTH_MAX deep.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#define TOML_FILE_MAX  ((size_t)4 << 20)
#define TOML_KEYS_MAX  20000u
#define TOML_DEPTH_MAX 64

enum toml_kind {
    TOML_STRING,  /* text: the value, UTF-8 */
    TOML_INTEGER, /* text: as written; toml_integer() */
    TOML_FLOAT,   /* text: as written */
    TOML_BOOLEAN, /* boolean */
    TOML_DATE,    /* text: as written; a date, a time, or both */
    TOML_ARRAY,   /* items */
    TOML_TABLE,   /* keys[i]: items[i] */
    TOML_KIND_COUNT
};
const char *toml_kind_name(enum toml_kind kind); /* "a string", "an array" */

struct toml_node {
    enum toml_kind kind;
    size_t at; /* offset in the text of the value, or of the key of a table that a header made */
    bool boolean;
    struct slice text;
    VEC(struct slice) keys;
    VEC(struct toml_node *) items;
    /* For the parser: named in a header, named by a dotted key of the section being read, and written as a
     * value. */
    bool named, dotted, closed;
};

struct toml_doc {
    const char *file;
    struct slice text;
    struct toml_node *root;
};

/* ERR_FILE with line, column and excerpt. Borrows text and file; the tree lives in the arena. */
int toml_parse(struct arena *a, const char *file, struct slice text, struct toml_doc **out, struct err *err);
/* NULL: absent, or `table` (may be NULL) is no table. */
struct toml_node *toml_get(const struct toml_node *table, const char *key);
/* False: it does not fit. */
bool toml_integer(const struct toml_node *node, int64_t *out);
/* ERR_FILE at the node. */
int toml_error(const struct toml_doc *doc, const struct toml_node *node, struct err *err, const char *fmt,
               ...) PRINTF(4, 5);
