/* What the files of str share with those of formatting and bytes. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

extern const struct py_def py_str_defs[];

/* Characters before a byte offset. */
int64_t py_str_chars_before(struct py_str *s, size_t offset);
/* The bytes from..to of s, without a copy. */
pyv py_str_part(struct py *py, struct py_str *s, size_t from, size_t to);
/* As memcmp(), shorter first. */
int py_str_order(struct slice a, struct slice b);
/* The text as repr() prints it; ascii: everything beyond ASCII escaped. */
void py_repr_text(struct slice text, bool ascii, struct strbuf *out);
void py_repr_bytes(struct slice data, struct strbuf *out);
