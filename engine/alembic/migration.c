/* Stand-in until the evaluator lands: replace this file. */
#include "engine/alembic/migration.h"

int migration_run(const struct py_options *options, struct migration *m, const char *file, struct slice text,
                  const struct py_node *module, enum py_stop *stop, struct err *err)
{
    (void)options, (void)m, (void)text, (void)module;
    *stop = PY_REFUSED;
    err_set(err, ERR_REFUSED, "revisions in Python are not supported yet");
    return err_place(err, file, 0, 0);
}
