/* What the files of list and tuple share. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

extern const struct py_def py_list_defs[], py_tuple_defs[];

int py_list_cut(struct py *py, struct py_list *list, size_t at);
struct py_list *py_list_repeat(struct py *py, const struct py_type *type, const struct py_list *list,
                               int64_t times);
pyv py_list_reversed(struct py *py, pyv list); /* an iterator */
pyv py_list_getitem(struct py *py, pyv self, pyv key);
pyv py_tuple_getitem(struct py *py, pyv self, pyv key);
int py_list_setitem(struct py *py, pyv self, pyv key, pyv value);
