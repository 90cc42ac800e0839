/* What the files of dict share. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

extern const struct py_def py_dict_defs[];

enum py_view { PY_VIEW_KEYS, PY_VIEW_VALUES, PY_VIEW_ITEMS };
pyv py_dict_view(struct py *py, enum py_view kind, pyv dict);
pyv py_dict_iterator(struct py *py, enum py_view kind, pyv dict, bool reverse);
