/* Stand-ins until the real ones land. */
#include "engine/alembic/python/py_builtin.h"
#include "engine/alembic/python/py_str.h"
const struct py_def std_builtins[] = {{0}};
