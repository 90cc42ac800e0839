/* The module enum: written after the evaluator's classes; nothing is known yet. */
#include "engine/alembic/vocabulary/std.h"

bool std_enum_value(struct py *py, pyv v, struct sql_value *out)
{
    (void)py, (void)v, (void)out;
    return false;
}

bool std_enum_class(struct py *py, const struct py_type *type)
{
    (void)py, (void)type;
    return false;
}

int std_enum_members(struct py *py, const struct py_type *type, strings_t *names, pyv *values_list)
{
    (void)type, (void)names, (void)values_list;
    py_refuse(py, "the module enum");
    return -1;
}

const struct py_def std_enum_defs[] = {{0}};
