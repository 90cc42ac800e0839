/* Stand-in until the real one lands: std_stub.c */
#include "engine/alembic/vocabulary/vocab.h"

bool std_value(struct py *py, pyv v, struct sql_value *out)
{
    (void)py;
    (void)v;
    (void)out;
    return false;
}
pyv std_from_value(struct py *py, const struct sql_value *v)
{
    (void)v;
    return py_refuse(py, "not written yet");
}
bool std_enum_class(struct py *py, const struct py_type *type)
{
    (void)py;
    (void)type;
    return false;
}
int std_enum_members(struct py *py, const struct py_type *type, strings_t *names, pyv *l)
{
    (void)py;
    (void)type;
    (void)names;
    (void)l;
    return -1;
}
pyv std_json_loads(struct py *py, struct slice text)
{
    (void)text;
    return py_refuse(py, "not written yet");
}
int std_json_dumps(struct py *py, pyv v, struct strbuf *out)
{
    (void)v;
    (void)out;
    py_refuse(py, "not written yet");
    return -1;
}
const struct py_module_def *std_module(const char *name)
{
    (void)name;
    return NULL;
}
