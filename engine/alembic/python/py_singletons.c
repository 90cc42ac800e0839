/* None, Ellipsis and NotImplemented, and slots that several types share. */
#include "engine/alembic/python/py_builtin.h"

struct py_obj py_none = {.type = &py_type_none};
struct py_obj py_ellipsis = {.type = &py_type_ellipsis};
struct py_obj py_not_implemented = {.type = &py_type_not_implemented};

static int none_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    strbuf_adds(out, self == &py_none ? "None" : self == &py_ellipsis ? "Ellipsis" : "NotImplemented");
    return 0;
}

static int none_truth(struct py *py, pyv self)
{
    (void)py;
    return self != &py_none;
}

/* None hashes alike in every run. */
static int none_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    *out = self == &py_none ? 0xFCA86420u : self == &py_ellipsis ? 0xFCA86421u : 0xFCA86422u;
    return 0;
}

static pyv none_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (args->npos || args->nkw) {
        return py_raise(py, "TypeError", "%s takes no arguments", type->name);
    }
    return type == &py_type_none ? &py_none : type == &py_type_ellipsis ? &py_ellipsis : &py_not_implemented;
}

#define SINGLETON(text)                                                                                      \
    {                                                                                                        \
        PY_TYPE_HEAD, .name = (text), .module = "", .plain = true, .construct = none_construct,              \
                      .repr = none_repr, .truth = none_truth, .hash = none_hash                              \
    }
const struct py_type py_type_none = SINGLETON("NoneType");
const struct py_type py_type_ellipsis = SINGLETON("ellipsis");
const struct py_type py_type_not_implemented = SINGLETON("NotImplementedType");

pyv py_iter_self(struct py *py, pyv self)
{
    (void)py;
    return self;
}
