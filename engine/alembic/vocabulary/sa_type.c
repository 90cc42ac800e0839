/* sqlalchemy's types for the rest of the vocabulary: from Python's values to types, and back. */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

static bool is_class(pyv v)
{
    return py_is(v, &py_type_type) && sa_type_id((const struct py_type *)v) != DDL_TYPE_NONE;
}

bool vocab_is_type(pyv v)
{
    return py_is(v, &py_type_sqltype) || is_class(v);
}

const struct ddl_type *vocab_type(struct py *py, pyv v)
{
    if (py_is_none(v)) {
        return ddl_type_null();
    }
    if (is_class(v)) {
        v = py_call(py, v, PY_NO_ARGS);
        if (!v) {
            return NULL;
        }
    }
    if (!py_is(v, &py_type_sqltype)) {
        return py_refuse(py, "%s as a column type", py_repr_of(py, v));
    }
    struct sa_type *t = (struct sa_type *)v;
    return sa_type_settle(py, t) < 0 ? NULL : t->ddl;
}

pyv vocab_type_wrap(struct py *py, const struct ddl_type *t)
{
    return t->wrapper ? t->wrapper : (pyv)sa_type_of(py, t);
}

pyv vocab_type_descriptor(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"typeobj", PY_ARG_REQUIRED}, {0}};
    if (py_bind(py, "type_descriptor", args, table, out, NULL, NULL) < 0) {
        return NULL;
    }
    const struct ddl_type *t = vocab_type(py, out[0]);
    if (!t) {
        return NULL;
    }
    const struct ddl_type *d = ddl_type_descriptor(py_arena(py), migration_of(py)->dialect, t);
    if (d == t) {
        return vocab_type_wrap(py, t);
    }
    if (d->class->id == DDL_TYPE_MY_DOUBLE && (d->precision < 0) != (d->scale < 0)) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError",
                        "You must specify both precision and scale or omit both altogether.");
    }
    return (pyv)sa_type_of(py, d);
}
