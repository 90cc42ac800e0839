/*
 * YAML documents as trees of nodes that know their place, on libyaml's events.
 *
 * A document is UTF-8, at most 64 levels deep, without anchors, aliases, tags, duplicate keys or a second
 * document; every key is a scalar; control characters, lone carriage returns and Unicode line separators
 * stand only as escapes in double quotes. Whatever breaks that is an ERR_FILE error with line, column and
 * excerpt. The tree borrows from the arena it was loaded with. Source: YAML 1.1 as libyaml reads it; scalars
 * are kept as text, and read as booleans or numbers only by the accessors that ask for one.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

struct arena;

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP, YAML_KIND_COUNT };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;              /* a scalar in quotes or a block: never null, boolean or number */
    int line, column;         /* 1-based */
    struct slice text;        /* scalar; NUL-terminated in the arena */
    struct yaml_node **items; /* list items, or a map's values */
    struct yaml_node **keys;  /* a map's keys (scalars), beside items */
    size_t n;
    const struct yaml_doc *doc;
};

struct yaml_doc {
    const char *file; /* as given to yaml_load */
    struct slice source;
    struct yaml_node *root; /* NULL for an empty document */
};

#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX 5000000u

/* Parse text; file is only a name for errors. The text must outlive the tree. */
int yaml_load(struct arena *a, const char *file, struct slice text, struct yaml_doc **out, struct err *err);
int yaml_load_file(struct arena *a, const char *path, struct yaml_doc **out, struct err *err);

/* Set an ERR_FILE error at the node, with excerpt. Returns ERR_FILE. */
int yaml_error(struct err *err, const struct yaml_node *at, const char *fmt, ...) PRINTF(3, 4);
/* Put an error that is already set at the node, or at the byte `offset` of its text where the document has
 * that text in one line as it is. Returns err->status. */
int yaml_error_at(struct err *err, const struct yaml_node *at, size_t offset);

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); /* NULL when absent or not a map */
struct yaml_node *yaml_key(const struct yaml_node *map, const char *key); /* the key itself, for its place */
bool yaml_is_null(const struct yaml_node *n);          /* absent, empty plain scalar, ~ or null */
const char *yaml_kind_name(const struct yaml_node *n); /* "a list", "a mapping", "a value" */

/* Every key of the map must be one of the n names: otherwise an error at the key with the nearest name. */
int yaml_only_keys(const struct yaml_node *map, const char *const *names, size_t n, struct err *err);

/* Readers of one value: the error says what was expected and found. node may not be NULL. */
int yaml_string(const struct yaml_node *node, const char **out, struct err *err);
int yaml_bool(const struct yaml_node *node, bool *out, struct err *err); /* true false yes no on off */
int yaml_int(const struct yaml_node *node, int64_t min, int64_t max, int64_t *out, struct err *err);
/* "250ms" "5s" "15min" "24h" "7d"; out in milliseconds. */
int yaml_duration(const struct yaml_node *node, int64_t *out_ms, struct err *err);
/* One of names[0..n); out is its index. */
int yaml_enum(const struct yaml_node *node, const char *const *names, size_t n, int *out, struct err *err);
int yaml_expect(const struct yaml_node *node, enum yaml_kind kind, const char *what, struct err *err);

/* Output: an emitter that writes block style, literal blocks for text with line ends, and quotes whatever
 * would read back as something else. What is written reads back byte for byte, or yaml_out_finish fails. */
struct yaml_out;
struct yaml_out *yaml_out_new(struct strbuf *to);
void yaml_out_map(struct yaml_out *y);
void yaml_out_list(struct yaml_out *y);
void yaml_out_end(struct yaml_out *y); /* of the innermost map or list */
void yaml_out_string(struct yaml_out *y, const char *ptr, size_t len);
void yaml_out_cstr(struct yaml_out *y, const char *s); /* key or value; NULL writes null */
void yaml_out_int(struct yaml_out *y, int64_t n);
void yaml_out_bool(struct yaml_out *y, bool b);
/* Key and value at once. */
void yaml_out_pair(struct yaml_out *y, const char *key, const char *value);
/* Ends the document, frees y, reports the first error. */
int yaml_out_finish(struct yaml_out *y, struct err *err);
