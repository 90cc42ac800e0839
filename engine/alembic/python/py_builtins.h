/* The builtin functions, by file. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

/* py_builtins_number.c */
py_native py_builtin_abs, py_builtin_bin, py_builtin_chr, py_builtin_divmod, py_builtin_hex, py_builtin_max,
    py_builtin_min, py_builtin_oct, py_builtin_ord, py_builtin_pow, py_builtin_round, py_builtin_sum;
/* py_builtins_object.c */
py_native py_builtin_ascii, py_builtin_callable, py_builtin_delattr, py_builtin_format, py_builtin_getattr,
    py_builtin_hasattr, py_builtin_hash, py_builtin_id, py_builtin_isinstance, py_builtin_issubclass,
    py_builtin_len, py_builtin_print, py_builtin_repr, py_builtin_setattr, py_builtin_vars;
/* py_builtins_iter.c */
py_native py_builtin_all, py_builtin_any, py_builtin_iter, py_builtin_next, py_builtin_sorted;
extern const struct py_type py_type_enumerate, py_type_filter, py_type_map, py_type_reversed, py_type_zip;
