/* What the files of str share with those of formatting and bytes. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

/* Adding a method: here, and a function py_str_<name>() in the file of its kind. */
#define PY_STR_METHODS(M)                                                                                    \
    M(capitalize)                                                                                            \
    M(casefold)                                                                                              \
    M(center)                                                                                                \
    M(count)                                                                                                 \
    M(encode)                                                                                                \
    M(endswith)                                                                                              \
    M(expandtabs)                                                                                            \
    M(find)                                                                                                  \
    M(format)                                                                                                \
    M(format_map)                                                                                            \
    M(index)                                                                                                 \
    M(isalnum)                                                                                               \
    M(isalpha)                                                                                               \
    M(isascii)                                                                                               \
    M(isdecimal)                                                                                             \
    M(isdigit)                                                                                               \
    M(isidentifier)                                                                                          \
    M(islower)                                                                                               \
    M(isnumeric)                                                                                             \
    M(isprintable)                                                                                           \
    M(isspace)                                                                                               \
    M(istitle)                                                                                               \
    M(isupper)                                                                                               \
    M(join)                                                                                                  \
    M(ljust)                                                                                                 \
    M(lower)                                                                                                 \
    M(lstrip)                                                                                                \
    M(partition)                                                                                             \
    M(removeprefix)                                                                                          \
    M(removesuffix)                                                                                          \
    M(replace)                                                                                               \
    M(rfind)                                                                                                 \
    M(rindex)                                                                                                \
    M(rjust)                                                                                                 \
    M(rpartition)                                                                                            \
    M(rsplit)                                                                                                \
    M(rstrip)                                                                                                \
    M(split)                                                                                                 \
    M(splitlines)                                                                                            \
    M(startswith)                                                                                            \
    M(strip)                                                                                                 \
    M(swapcase)                                                                                              \
    M(title)                                                                                                 \
    M(translate)                                                                                             \
    M(upper)                                                                                                 \
    M(zfill)
#define PY_STR_DECLARE(name) py_native py_str_##name;
PY_STR_METHODS(PY_STR_DECLARE)
py_native py_str_maketrans;

/* Bytes of text; NULL: not there. */
const char *py_text_find(struct slice text, struct slice part);
const char *py_text_find_last(struct slice text, struct slice part);
/* What is left of text without characters of the set (NULL: white space) at the ends: from ... to. */
void py_text_strip(struct slice text, const struct slice *set, bool left, bool right, size_t *from,
                   size_t *to);
/* s with old replaced by new, at most max times (negative: everywhere). */
pyv py_text_replace(struct py *py, struct py_str *s, struct slice old, struct slice new, int64_t max);
void py_text_fill(struct strbuf *out, struct slice fill, int64_t times);
/* Characters beyond ASCII as \x, \u and \U escapes. */
void py_escape_beyond_ascii(struct slice text, struct strbuf *out);
/* The offset of the character that ends at `at`. */
size_t py_text_before(struct slice text, size_t at);

/* Characters before a byte offset. */
int64_t py_str_chars_before(struct py_str *s, size_t offset);
/* The bytes from..to of s, without a copy. */
pyv py_str_part(struct py *py, struct py_str *s, size_t from, size_t to);
/* As memcmp(), shorter first. */
int py_str_order(struct slice a, struct slice b);
/* The text as repr() prints it. */
void py_repr_text(struct slice text, struct strbuf *out);
void py_repr_bytes(struct slice data, struct strbuf *out);
