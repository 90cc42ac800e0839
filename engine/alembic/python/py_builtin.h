/* What the files of the builtin types and functions share; nothing else includes it. */
#pragma once
#include "engine/alembic/python/py.h"

#define TYPE_NAME(v) ((v)->type->name)
/* Text whose length multiplies what it is made of, before it is counted against the memory limit. */
#define PY_TEXT_INIT                                                                                         \
    {                                                                                                        \
        .max = (size_t)256 << 20                                                                             \
    }

/* --- arguments --- */
/* Positional arguments only, min to max of them; false: TypeError raised as for a function in C. */
bool py_args_only(struct py *py, const struct py_args *args, const char *name, size_t min, size_t max);
/* py_bind() for natives, with the errors of functions in C: "split() takes at most 2 arguments (3 given)". */
bool py_bind_native(struct py *py, const char *name, const struct py_args *args, const struct py_arg *table,
                    pyv *out);
/* TypeError "<name>() argument <which> must be str, not int"; which may be "". False. */
bool py_wrong_argument(struct py *py, const char *name, const char *which, const char *want, pyv v);
/* An integer out of an int, bool or an object with __index__; false: raised. what: NULL for
 * "'str' object cannot be interpreted as an integer". */
bool py_index_of(struct py *py, pyv v, int64_t *out);
/* The same for bounds of find(), index() and slices: None keeps *out. */
bool py_index_or_none(struct py *py, pyv v, int64_t *out);
bool py_index_not_none(struct py *py, pyv v, int64_t *out); /* for bounds of list.index() */
/* Clamp start and stop as s[start:stop] does. */
void py_clamp_range(int64_t n, int64_t *start, int64_t *stop);
void *py_int_overflow(struct py *py);

void *py_raise_key(struct py *py, pyv key); /* KeyError(key) */

/* --- slices: first element, number of elements, step --- */
struct py_range_of {
    int64_t start, stop, step, count;
};
/* The index or slice with numbers alone, for what may change while __index__() of Python objects runs. */
pyv py_plain_key(struct py *py, pyv key, const char *what);
bool py_slice_resolve(struct py *py, pyv slice, int64_t n, struct py_range_of *out);
/* An index into n elements with negatives resolved; false: IndexError "<what> index out of range", or
 * TypeError. */
bool py_index_resolve(struct py *py, pyv key, int64_t n, const char *what, const char *range_error,
                      int64_t *out);

/* --- lists and tuples --- */
struct py_list *py_list_of(pyv v); /* list or tuple, NULL otherwise */
struct py_list *py_list_sized(struct py *py, const struct py_type *type,
                              size_t n); /* items NULL, to be filled */
int py_list_reserve(struct py *py, struct py_list *list, size_t more);
int py_list_extend(struct py *py, struct py_list *list, pyv iterable);
int py_list_sort(struct py *py, struct py_list *list, pyv key, bool reverse);
/* list or tuple as it is, otherwise list(v): for reading only. */
struct py_list *py_fast_sequence(struct py *py, pyv v);

/* --- strings --- */
int64_t py_str_chars(struct py_str *s);
/* Byte offset of character `at` (0 ... chars). */
size_t py_str_offset(struct py_str *s, int64_t at);
pyv py_str_take(struct py *py, struct strbuf *b); /* copies and releases; overflow stops the program */
uint32_t py_utf8_next(const char *s, size_t len, size_t *at); /* text is valid UTF-8 */
size_t py_utf8_put(char out[4], uint32_t c);
void py_utf8_add(struct strbuf *b, uint32_t c);
uint64_t py_hash_bytes(struct slice s);

/* --- dicts and sets --- */
struct py_dict *py_dict_of(pyv v);
pyv py_dict_lookup(struct py *py, struct py_dict *d, pyv key, uint64_t hash); /* NULL: absent or raised */
int py_dict_put(struct py *py, struct py_dict *d, pyv key, uint64_t hash, pyv value); /* 1: new key, 0, -1 */
/* 1, 0: absent, -1. The key as it was stored, and its value; each may be NULL. */
int py_dict_remove(struct py *py, struct py_dict *d, pyv key, uint64_t hash, pyv *stored, pyv *value);
bool py_dict_pop_last(struct py_dict *d, pyv *key, pyv *value);
void py_dict_clear(struct py_dict *d);
int py_dict_merge(struct py *py, struct py_dict *d, pyv other); /* dict(other) semantics; 0 or -1 */
struct py_dict *py_dict_copy(struct py *py, const struct py_dict *d);

/* Natives that look through n bytes without making anything count them; false: stopped. */
static inline bool py_scan(struct py *py, size_t n)
{
    return n < 64 || py_spend(py, n / 64, 0);
}

/* --- for slots --- */
bool py_is_exact(pyv v, const struct py_type *type);
pyv py_iter_self(struct py *py, pyv self);
pyv py_compare_result(enum py_op op, int order); /* order: <0, 0, >0 */
int py_same(struct py *py, pyv a, pyv b);        /* a is b or a == b, as containers compare: 0, 1, -1 */
int py_unhashable(struct py *py, pyv self, uint64_t *out);
bool py_repeat_count(struct py *py, pyv v, int64_t *times); /* false: not a count, or raised */
uint64_t py_hash_double(double value, pyv self);
uint64_t py_hash_int(int64_t value);

/* --- text of values --- */
/* Numbers as repr() prints them. */
void py_repr_double(struct strbuf *out, double value);
/* Containers that are being printed, innermost first, on the C stack: what is inside of itself prints as
 * "[...]". */
struct py_printing {
    const struct py_printing *outer;
    pyv v;
};
bool py_printing_enter(struct py *py, struct py_printing *here, pyv v); /* false: v is inside of itself */
void py_printing_leave(struct py *py, const struct py_printing *here);
int py_list_repr(struct py *py, pyv self, struct strbuf *out);
int py_tuple_repr(struct py *py, pyv self, struct strbuf *out);
int py_dict_repr(struct py *py, pyv self, struct strbuf *out);
/* "name(" or another opening, items joined by ", ", and the closing; for what holds itself `recursive`. */
int py_repr_items(struct py *py, pyv self, pyv const *items, size_t n, const char *open, const char *close,
                  const char *recursive, struct strbuf *out);
pyv py_bytes_decode(struct py *py, pyv bytes, pyv encoding, pyv errors);
