/* Builtin functions that ask objects and classes, and print(). */
#include "engine/alembic/python/py_builtins.h"
#include "engine/alembic/python/py_format.h"
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/python/py_set_order.h"
#include "engine/alembic/python/py_union.h"

/* --- text --- */

pyv py_builtin_repr(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return py_args_only(py, args, "repr", 1, 1) ? py_converted(py, args->pos[0], 'r') : NULL;
}

pyv py_builtin_ascii(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return py_args_only(py, args, "ascii", 1, 1) ? py_converted(py, args->pos[0], 'a') : NULL;
}

pyv py_builtin_format(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "format", 1, 2)) {
        return NULL;
    }
    if (args->npos > 1 && !PY_AS(str, args->pos[1])) {
        return py_raise(py, "TypeError", "format() argument 2 must be str, not %s", TYPE_NAME(args->pos[1]));
    }
    return py_format(py, args->pos[0], args->npos > 1 ? py_text(args->pos[1]) : SLICE(""));
}

static bool print_text(struct py *py, pyv v, const char *name, const char *fallback, struct slice *out)
{
    if (!v || py_is_none(v)) {
        *out = slice_of(fallback);
        return true;
    }
    *out = py_text(v);
    return out->ptr || py_raise(py, "TypeError", "%s must be None or a string, not %s", name, TYPE_NAME(v));
}

pyv py_builtin_print(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"sep", PY_ARG_KEYWORD},
                                          {"end", PY_ARG_KEYWORD},
                                          {"file", PY_ARG_KEYWORD},
                                          {"flush", PY_ARG_KEYWORD},
                                          {0}};
    struct py_args keywords = {.names = args->names, .values = args->values, .nkw = args->nkw};
    pyv in[4] = {0};
    struct slice sep, end;
    (void)self;
    if (!py_bind_native(py, "print", &keywords, table, in) || !print_text(py, in[0], "sep", " ", &sep) ||
        !print_text(py, in[1], "end", "\n", &end)) {
        return NULL;
    }
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < args->npos; i++) {
        if (i) {
            strbuf_add(&out, sep.ptr, sep.len);
        }
        if (py_str(py, args->pos[i], &out) != 0) {
            strbuf_release(&out);
            return NULL;
        }
    }
    strbuf_add(&out, end.ptr, end.len);
    if (!in[2] || py_is_none(in[2])) {
        if (py->options.print) {
            py->options.print(py->options.print_arg, (struct slice){strbuf_cstr(&out), out.len});
        }
        strbuf_release(&out);
        return &py_none;
    }
    pyv text = py_str_take(py, &out);
    pyv written =
        text ? py_call_method(py, in[2], "write", &(struct py_args){.pos = &text, .npos = 1}) : NULL;
    return written ? &py_none : NULL;
}

/* --- attributes --- */

static const char *attribute_name(struct py *py, pyv v)
{
    if (!PY_AS(str, v)) {
        return py_raise(py, "TypeError", "attribute name must be string, not '%s'", TYPE_NAME(v));
    }
    return py_cstr(py, v);
}

pyv py_builtin_getattr(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    bool failed;
    const char *name = py_args_only(py, args, "getattr", 2, 3) ? attribute_name(py, args->pos[1]) : NULL;
    if (!name || args->npos < 3) {
        return name ? py_getattr(py, args->pos[0], name) : NULL;
    }
    pyv v = py_find_attr(py, args->pos[0], name, &failed);
    return v || failed || py_stopped(py) != PY_RUNNING ? v : args->pos[2];
}

pyv py_builtin_hasattr(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    bool failed;
    const char *name = py_args_only(py, args, "hasattr", 2, 2) ? attribute_name(py, args->pos[1]) : NULL;
    if (!name) {
        return NULL;
    }
    pyv v = py_find_attr(py, args->pos[0], name, &failed);
    return failed || py_stopped(py) != PY_RUNNING ? NULL : py_bool(v != NULL);
}

pyv py_builtin_setattr(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    const char *name = py_args_only(py, args, "setattr", 3, 3) ? attribute_name(py, args->pos[1]) : NULL;
    return name && py_setattr(py, args->pos[0], name, args->pos[2]) == 0 ? &py_none : NULL;
}

pyv py_builtin_delattr(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    const char *name = py_args_only(py, args, "delattr", 2, 2) ? attribute_name(py, args->pos[1]) : NULL;
    return name && py_setattr(py, args->pos[0], name, NULL) == 0 ? &py_none : NULL;
}

pyv py_builtin_vars(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    bool failed;
    if (!py_args_only(py, args, "vars", 0, 1)) {
        return NULL;
    }
    if (!args->npos) {
        return py_refuse(py, "vars() without an object");
    }
    pyv dict = py_find_attr(py, args->pos[0], "__dict__", &failed);
    return dict || failed || py_stopped(py) != PY_RUNNING
               ? dict
               : py_raise(py, "TypeError", "vars() argument must have __dict__ attribute");
}

/* --- classes --- */

/* v NULL: of issubclass(), whose first argument may turn out to be no class at all.
 * Does `type` belong to `class`, a type or a tuple of such? 1, 0, -1. Only what is certain: whatever else
 * stands for a class is refused. */
static int belongs(struct py *py, pyv v, const struct py_type *type, pyv class, const char *function)
{
    const char *check = v ? "__instancecheck__" : "__subclasscheck__";
    const struct py_list *members = py_union_members(class);
    const struct py_list *list = py_is(class, &py_type_tuple) ? py_list_of(class) : members;
    if (list) {
        if (!py_enter(py)) {
            return -1;
        }
        int out = 0;
        for (size_t i = 0; out == 0 && i < list->n; i++) {
            bool none = members && py_is_none(list->items[i]);
            out = none ? type == &py_type_none : belongs(py, v, type, list->items[i], function);
        }
        py_leave(py);
        return out;
    }
    if (!v && !py_is((pyv)(uintptr_t)type, &py_type_type)) {
        py_raise(py, "TypeError", "issubclass() arg 1 must be a class");
        return -1;
    }
    if (py_is(class, &py_type_type)) {
        const struct py_type *of = (const struct py_type *)(const void *)class;
        const struct py_def *def = py_type_def(of, check);
        if (!def || def->kind != PY_DEF_CLASS_METHOD) {
            return py_type_is(type, of);
        }
        pyv arg = v ? v : (pyv)(uintptr_t)type;
        pyv result = def->fn(py, class, &(struct py_args){.pos = &arg, .npos = 1});
        return result ? py_truth(py, result) : -1;
    }
    if (PY_AS(str, class) || PY_AS(int, class) || py_list_of(class) || py_dict_of(class) ||
        py_is_none(class)) {
        py_raise(py, "TypeError", "%s() arg 2 must be a %s, a tuple of %s, or a union", function,
                 v ? "type" : "class", v ? "types" : "classes");
    } else {
        py_refuse(py, "%s() with %s", function, py_repr_of(py, class));
    }
    return -1;
}

pyv py_builtin_isinstance(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "isinstance", 2, 2)) {
        return NULL;
    }
    int out = belongs(py, args->pos[0], args->pos[0]->type, args->pos[1], "isinstance");
    return out < 0 ? NULL : py_bool(out);
}

pyv py_builtin_issubclass(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "issubclass", 2, 2)) {
        return NULL;
    }
    int out = belongs(py, NULL, (const struct py_type *)(void *)args->pos[0], args->pos[1], "issubclass");
    return out < 0 ? NULL : py_bool(out);
}

pyv py_builtin_callable(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "callable", 1, 1)) {
        return NULL;
    }
    pyv v = args->pos[0];
    bool is = v->type == &py_type_function || v->type == &py_type_native || v->type == &py_type_method ||
              PY_SLOT(v->type, call) || py_dunder(py, v, "__call__");
    return py_stopped(py) == PY_RUNNING ? py_bool(is) : NULL;
}

/* --- the rest --- */

pyv py_builtin_len(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    int64_t n = py_args_only(py, args, "len", 1, 1) ? py_len(py, args->pos[0]) : -1;
    return n < 0 ? NULL : py_int_new(py, n);
}

/* Text, and objects that hash by their address, hash differently in every run of Python. */
static bool same_in_every_run(pyv v)
{
    return py_order_known(v) || v->type->mro;
}

pyv py_builtin_hash(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    uint64_t hash;
    if (!py_args_only(py, args, "hash", 1, 1) || py_hash(py, args->pos[0], &hash) != 0) {
        return NULL;
    }
    return same_in_every_run(args->pos[0])
               ? py_int_new(py, (int64_t)hash)
               : py_refuse(py, "hash() of a %s, which differs in every run of Python",
                           TYPE_NAME(args->pos[0]));
}

pyv py_builtin_id(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return py_args_only(py, args, "id", 1, 1) ? py_int_new(py, (int64_t)(uintptr_t)args->pos[0]) : NULL;
}
