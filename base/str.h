/* Slices of borrowed text and capped growing buffers. */
#pragma once
#include "base/attributes.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Borrowed bytes; not NUL-terminated. */
struct slice {
    const char *ptr;
    size_t len;
};
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})
struct slice slice_of(const char *s);    /* NULL gives an empty slice */
struct slice slice_trim(struct slice s); /* without white space at either end */
bool slice_eq(struct slice s, const char *text);
bool slice_starts(struct slice s, const char *prefix);
char *slice_dup(struct arena *a, struct slice s);
/* Cut the text before the first `sep` off *rest and return it; with no sep left, all of *rest.
 * Returns false when *rest is used up (rest->ptr is NULL). */
bool slice_cut(struct slice *rest, char sep, struct slice *part);

/* A growing buffer that owns its memory and is always NUL-terminated. Its size is capped: an addition that
 * would exceed `max` (default 1 GiB) is dropped whole and `overflow` stays true; check it once, at the end.
 */
struct strbuf {
    char *ptr;
    size_t len, cap, max;
    bool overflow;
};
#define STRBUF_INIT                                                                                          \
    {                                                                                                        \
        0                                                                                                    \
    }
#define STRBUF_MAX_DEFAULT ((size_t)1 << 30)
void strbuf_add(struct strbuf *b, const char *s, size_t n);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addch(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) PRINTF(2, 3);
void strbuf_clear(struct strbuf *b);             /* empties, keeps the memory */
void strbuf_release(struct strbuf *b);           /* accepts NULL and a zeroed buffer */
const char *strbuf_cstr(const struct strbuf *b); /* "" for a zeroed buffer */

/* Edit distance (adjacent transposition counts one), for "did you mean". Inputs over 64 bytes give 64. */
int str_distance(const char *a, const char *b);
/* The nearest of n names within a third of the word's length, or NULL. */
const char *str_nearest(const char *word, const char *const *names, size_t n);

/* True when the len bytes at s are well-formed UTF-8 (no surrogates, no overlong forms). */
bool utf8_valid(const char *s, size_t len);
/* How many bytes at the beginning are. */
size_t utf8_valid_length(const char *s, size_t len);
/* Without the white space of Unicode at either end, as Python's str.strip(); for UTF-8. */
struct slice slice_strip(struct slice s);
