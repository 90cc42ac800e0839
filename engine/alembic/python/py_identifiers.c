/* The identifiers of a revision file, read from its tokens. */
#include "engine/alembic/python/py_ast.h"

int py_identifiers(struct arena *a, const char *file, struct slice text, struct py_identifiers *out,
                   struct err *err)
{
    (void)a, (void)file, (void)text, (void)out;
    return err_set(err, ERR_REFUSED, "not written yet");
}
