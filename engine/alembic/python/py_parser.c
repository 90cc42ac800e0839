/* The parser's entry points. */
#include "engine/alembic/python/py_ast.h"

int py_parse(struct arena *a, const char *file, struct slice text, struct py_node **module, struct err *err)
{
    (void)a, (void)file, (void)text, (void)module;
    return err_set(err, ERR_REFUSED, "not written yet");
}

int py_parse_expression(struct arena *a, const char *file, struct slice text, struct py_node **out,
                        struct err *err)
{
    (void)a, (void)file, (void)text, (void)out;
    return err_set(err, ERR_REFUSED, "not written yet");
}
