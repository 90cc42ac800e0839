/* Stand-ins until the real ones land. */
#include "engine/alembic/python/py_builtin.h"
#include "engine/alembic/python/py_str.h"
const struct py_type py_type_bytes = {PY_TYPE_HEAD, .name = "bytes", .module = "", .plain = true};
const struct py_def py_str_defs[] = {{0}};
const struct py_def std_builtins[] = {{0}};
pyv py_bytes_decode(struct py *py, pyv bytes, pyv encoding, pyv errors)
{
    (void)bytes, (void)encoding, (void)errors;
    return py_refuse(py, "not written yet");
}
pyv py_format(struct py *py, pyv v, struct slice spec)
{
    (void)v, (void)spec;
    return py_refuse(py, "not written yet");
}
pyv py_percent(struct py *py, pyv format, pyv args)
{
    (void)format, (void)args;
    return py_refuse(py, "not written yet");
}
