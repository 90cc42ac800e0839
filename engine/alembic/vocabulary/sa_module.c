/* Further modules of sqlalchemy and of libraries with types: which tables of names each has. */
#include "engine/alembic/vocabulary/vocab.h"

const struct py_module_def *sa_module(const char *name)
{
    (void)name;
    return NULL;
}
