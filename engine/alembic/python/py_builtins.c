/* The table of names that every module knows. Adding a name is adding a row; exceptions are in a table of
 * their own. */
#include "engine/alembic/python/py_builtins.h"

static pyv not_implemented(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)self;
    (void)args;
    return &py_not_implemented;
}

static pyv ellipsis(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)self;
    (void)args;
    return &py_ellipsis;
}

static pyv debug(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)self;
    (void)args;
    return &py_true;
}

#define FUNCTION(name)                                                                                       \
    {                                                                                                        \
#name, PY_DEF_FUNCTION, py_builtin_##name, NULL, NULL                                                \
    }
#define TYPE(name)                                                                                           \
    {                                                                                                        \
#name, PY_DEF_TYPE, NULL, &py_type_##name, NULL                                                      \
    }
#define REFUSED(name, why)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_REFUSED, NULL, NULL, why                                                                \
    }

const struct py_def std_builtins[] = {
    FUNCTION(abs),
    FUNCTION(all),
    FUNCTION(any),
    FUNCTION(ascii),
    FUNCTION(bin),
    TYPE(bool),
    TYPE(bytes),
    FUNCTION(callable),
    FUNCTION(chr),
    TYPE(classmethod),
    FUNCTION(delattr),
    TYPE(dict),
    FUNCTION(divmod),
    TYPE(enumerate),
    TYPE(filter),
    TYPE(float),
    FUNCTION(format),
    TYPE(frozenset),
    FUNCTION(getattr),
    FUNCTION(hasattr),
    FUNCTION(hash),
    FUNCTION(hex),
    FUNCTION(id),
    TYPE(int),
    FUNCTION(isinstance),
    FUNCTION(issubclass),
    FUNCTION(iter),
    FUNCTION(len),
    TYPE(list),
    TYPE(map),
    FUNCTION(max),
    FUNCTION(min),
    FUNCTION(next),
    TYPE(object),
    FUNCTION(oct),
    FUNCTION(ord),
    FUNCTION(pow),
    FUNCTION(print),
    TYPE(property),
    TYPE(range),
    FUNCTION(repr),
    TYPE(reversed),
    FUNCTION(round),
    TYPE(set),
    FUNCTION(setattr),
    TYPE(slice),
    FUNCTION(sorted),
    TYPE(staticmethod),
    TYPE(str),
    FUNCTION(sum),
    TYPE(super),
    TYPE(tuple),
    TYPE(type),
    FUNCTION(vars),
    TYPE(zip),
    {"Ellipsis", PY_DEF_VALUE, ellipsis, NULL, NULL},
    {"NotImplemented", PY_DEF_VALUE, not_implemented, NULL, NULL},
    {"__debug__", PY_DEF_VALUE, debug, NULL, NULL},
    REFUSED("__build_class__", "__build_class__()"),
    REFUSED("__import__", "__import__()"),
    REFUSED("aiter", "aiter(): nothing runs asynchronously here"),
    REFUSED("anext", "anext(): nothing runs asynchronously here"),
    REFUSED("breakpoint", "breakpoint()"),
    REFUSED("bytearray", "bytearray"),
    REFUSED("compile", "compile()"),
    REFUSED("complex", "complex numbers"),
    REFUSED("copyright", "copyright()"),
    REFUSED("credits", "credits()"),
    REFUSED("dir", "dir()"),
    REFUSED("eval", "eval()"),
    REFUSED("exec", "exec()"),
    REFUSED("exit", "exit()"),
    REFUSED("globals", "globals()"),
    REFUSED("help", "help()"),
    REFUSED("input", "input(): nobody is asked"),
    REFUSED("license", "license()"),
    REFUSED("locals", "locals()"),
    REFUSED("memoryview", "memoryview"),
    REFUSED("open", "open(): files are not read"),
    REFUSED("quit", "quit()"),
    {0},
};
