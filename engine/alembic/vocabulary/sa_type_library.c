/* Types of other packages that revisions use. */
#include "engine/alembic/vocabulary/sa_type.h"

const struct py_module_def *sa_library_module(const char *name)
{
    (void)name;
    return NULL;
}
