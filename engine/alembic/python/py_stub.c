/* Stand-ins for the parts of the evaluator that are still to come. */
#include "engine/alembic/python/py_frame.h"

#define REFUSE return py_refuse(py, "not written yet")

void py_stop_at(struct py *py, enum py_stop stop, int status, const char *fmt, ...)
{
    py->stop = stop;
    err_set(&py->err, status, "%s", fmt);
}
struct py *py_new(const struct py_options *options)
{
    struct py *py = xcalloc(1, sizeof(*py));
    py->options = *options;
    return py;
}
void py_free(struct py *py)
{
    if (py) {
        arena_release(&py->arena);
        free(py);
    }
}
void *py_host(struct py *py)
{
    return py->options.host;
}
struct arena *py_arena(struct py *py)
{
    return &py->arena;
}
int py_run_module(struct py *py, const char *name, const struct py_node *tree, const char *file,
                  struct slice text, pyv *module)
{
    (void)name, (void)tree, (void)file, (void)text, (void)module;
    py_refuse(py, "not written yet");
    return -1;
}
pyv py_import(struct py *py, const char *name)
{
    (void)name;
    REFUSE;
}
pyv py_module_get(struct py *py, const char *name)
{
    (void)py, (void)name;
    return NULL;
}
void *py_raise(struct py *py, const char *exception, const char *fmt, ...)
{
    py_stop_at(py, PY_RAISED, ERR_FILE, "%s: %s", exception, fmt);
    return NULL;
}
void *py_raise_value(struct py *py, pyv exception)
{
    py->stop = PY_RAISED;
    py->exception = exception;
    return NULL;
}
void *py_refuse(struct py *py, const char *fmt, ...)
{
    py_stop_at(py, PY_REFUSED, ERR_REFUSED, "%s", fmt);
    return NULL;
}
void *py_needs_live(struct py *py, const char *fmt, ...)
{
    py_stop_at(py, PY_NEEDS_LIVE, ERR_REFUSED, "%s", fmt);
    return NULL;
}
void *py_fail(struct py *py, const struct err *err)
{
    py->stop = PY_FAILED;
    py->err = *err;
    return NULL;
}
void *py_raise_err(struct py *py, const char *exception, const struct err *err)
{
    return py_raise(py, exception, "%s", err->message);
}
enum py_stop py_stopped(const struct py *py)
{
    return py->stop;
}
pyv py_raised(struct py *py)
{
    return py->exception;
}
void py_clear(struct py *py)
{
    py->stop = PY_RUNNING;
}
int py_error(struct py *py, struct err *err)
{
    *err = py->err;
    return err->status;
}
int py_line(struct py *py)
{
    (void)py;
    return 0;
}
const char *py_file(struct py *py)
{
    (void)py;
    return NULL;
}
bool py_spend(struct py *py, uint64_t steps, size_t bytes)
{
    (void)steps, (void)bytes;
    return py->stop == PY_RUNNING;
}
bool py_enter(struct py *py)
{
    return py->native_depth++ < 400;
}
void py_leave(struct py *py)
{
    py->native_depth--;
}
unsigned py_guarded(const struct py *py)
{
    (void)py;
    return 0;
}
const struct py_type *py_exception_type(struct py *py, const char *name)
{
    (void)py, (void)name;
    return NULL;
}
const struct py_type py_type_exception = {PY_TYPE_HEAD, .name = "BaseException", .module = ""};
#define TYPE(id, text) const struct py_type py_type_##id = {PY_TYPE_HEAD, .name = text, .module = ""}
TYPE(type, "type");
TYPE(object, "object");
TYPE(module, "module");
TYPE(function, "function");
TYPE(native, "builtin_function_or_method");
TYPE(method, "method");
TYPE(property, "property");
TYPE(staticmethod, "staticmethod");
TYPE(classmethod, "classmethod");
TYPE(super, "super");
pyv py_getattr(struct py *py, pyv v, const char *name)
{
    (void)v, (void)name;
    REFUSE;
}
pyv py_find_attr(struct py *py, pyv v, const char *name, bool *failed)
{
    (void)py, (void)v, (void)name;
    *failed = false;
    return NULL;
}
int py_setattr(struct py *py, pyv v, const char *name, pyv value)
{
    (void)py, (void)v, (void)name, (void)value;
    return -1;
}
pyv py_getitem(struct py *py, pyv v, pyv key)
{
    (void)v, (void)key;
    REFUSE;
}
int py_setitem(struct py *py, pyv v, pyv key, pyv value)
{
    (void)py, (void)v, (void)key, (void)value;
    return -1;
}
pyv py_call(struct py *py, pyv callable, const struct py_args *args)
{
    (void)callable, (void)args;
    REFUSE;
}
pyv py_call1(struct py *py, pyv callable, pyv arg)
{
    (void)callable, (void)arg;
    REFUSE;
}
pyv py_call_method(struct py *py, pyv v, const char *name, const struct py_args *args)
{
    (void)v, (void)name, (void)args;
    REFUSE;
}
pyv py_iter(struct py *py, pyv v)
{
    (void)v;
    REFUSE;
}
pyv py_next(struct py *py, pyv iterator)
{
    (void)iterator;
    REFUSE;
}
pyv py_binary(struct py *py, enum py_op op, pyv a, pyv b)
{
    (void)op, (void)a, (void)b;
    REFUSE;
}
pyv py_unary(struct py *py, enum py_op op, pyv a)
{
    (void)op, (void)a;
    REFUSE;
}
pyv py_compare(struct py *py, enum py_op op, pyv a, pyv b)
{
    (void)op, (void)a, (void)b;
    REFUSE;
}
int py_truth(struct py *py, pyv v)
{
    (void)py, (void)v;
    return -1;
}
int py_contains(struct py *py, pyv container, pyv item)
{
    (void)py, (void)container, (void)item;
    return -1;
}
pyv py_dunder(struct py *py, pyv v, const char *name)
{
    (void)py, (void)v, (void)name;
    return NULL;
}
const struct py_def *py_type_def(const struct py_type *type, const char *name)
{
    (void)type, (void)name;
    return NULL;
}
pyv py_class_lookup(const struct py_type *type, const char *name)
{
    (void)type, (void)name;
    return NULL;
}
const strings_t *py_class_annotations(const struct py_type *type)
{
    return &((const struct py_class *)(const void *)type)->annotations;
}
pyv py_class_annotation(struct py *py, const struct py_type *type, const char *name)
{
    (void)type, (void)name;
    REFUSE;
}
int py_function_arity(pyv function)
{
    (void)function;
    return -1;
}
int py_bind(struct py *py, const char *function, const struct py_args *args, const struct py_arg *table,
            pyv *out, pyv *rest, pyv *kw)
{
    (void)function, (void)args, (void)table, (void)out, (void)rest, (void)kw;
    py_refuse(py, "not written yet");
    return -1;
}
