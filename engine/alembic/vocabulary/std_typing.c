/* The module typing and what goes with it: names that say something to a type checker and nothing to a run.
 */
#include "engine/alembic/vocabulary/std.h"

static const struct py_type type_form;

static pyv form(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return py_object_new(py, &type_form, sizeof(struct py_instance));
}

static pyv same_getitem(UNUSED struct py *py, pyv self, UNUSED pyv key)
{
    return self;
}

static pyv same_binary(UNUSED struct py *py, enum py_op op, pyv left, pyv right)
{
    return op == PY_OP_BITOR ? (left->type == &type_form ? left : right) : &py_not_implemented;
}

static int form_repr(UNUSED struct py *py, UNUSED pyv self, struct strbuf *out)
{
    strbuf_adds(out, "typing.Any");
    return 0;
}

/* Forms compare and call nothing: a revision that does so is refused. */
static const struct py_type type_form = {.head = PY_TYPE_HEAD,
                                         .name = "_SpecialForm",
                                         .module = "typing",
                                         .getitem = same_getitem,
                                         .binary = same_binary,
                                         .repr = form_repr};

pyv std_typing_getattr(struct py *py, const char *name)
{
    return name[0] >= 'A' && name[0] <= 'Z' ? form(py, NULL, NULL) : NULL;
}

static pyv cast(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"typ", PY_ARG_REQUIRED}, {"val", PY_ARG_REQUIRED}, {0}};
    return py_bind(py, "cast", args, table, out, NULL, NULL) ? NULL : out[1];
}

static pyv decorated(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return args->npos == 1 && args->nkw == 0 ? args->pos[0]
                                             : py_refuse(py, "a decorator of typing with arguments");
}

static pyv no(UNUSED struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)
{
    return &py_false;
}

/* Names that are classes to derive from: written in Python. */
#define CLASS(function, module, name)                                                                        \
    static pyv function(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)                   \
    {                                                                                                        \
        pyv from = py_import(py, module);                                                                    \
        return from ? py_getattr(py, from, name) : NULL;                                                     \
    }
CLASS(named_tuple, "collections", "NamedTuple")
CLASS(typed_dict, "_typing", "TypedDict")
CLASS(generic, "_typing", "Generic")
CLASS(protocol, "_typing", "Protocol")

const struct py_def std_typing_defs[] = {
    {"TYPE_CHECKING", PY_DEF_VALUE, no, NULL, NULL},
    {"cast", PY_DEF_FUNCTION, cast, NULL, NULL},
    {"TypeVar", PY_DEF_FUNCTION, form, NULL, NULL},
    {"ParamSpec", PY_DEF_FUNCTION, form, NULL, NULL},
    {"final", PY_DEF_FUNCTION, decorated, NULL, NULL},
    {"overload", PY_DEF_FUNCTION, decorated, NULL, NULL},
    {"override", PY_DEF_FUNCTION, decorated, NULL, NULL},
    {"no_type_check", PY_DEF_FUNCTION, decorated, NULL, NULL},
    {"NamedTuple", PY_DEF_VALUE, named_tuple, NULL, NULL},
    {"TypedDict", PY_DEF_VALUE, typed_dict, NULL, NULL},
    {"Generic", PY_DEF_VALUE, generic, NULL, NULL},
    {"Protocol", PY_DEF_VALUE, protocol, NULL, NULL},
    {"runtime_checkable", PY_DEF_FUNCTION, decorated, NULL, NULL},
    {"NewType", PY_DEF_REFUSED, NULL, NULL, "typing.NewType"},
    {"get_type_hints", PY_DEF_REFUSED, NULL, NULL, "typing.get_type_hints()"},
    {0},
};
