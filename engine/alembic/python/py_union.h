/* Unions of classes. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

extern const struct py_type py_type_union;
/* The binary slot of classes and unions: |. */
pyv py_union_binary(struct py *py, enum py_op op, pyv left, pyv right);
struct py_list *py_union_members(pyv v); /* NULL: no union */
