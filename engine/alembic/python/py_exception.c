/* Exceptions: the hierarchy of Python's builtin ones, what an instance can do, and the statements that raise
 * and catch them. */
#include "engine/alembic/python/py_frame.h"
#include <errno.h>

static const struct py_type *os_error_of(const struct py_type *type, const struct py_args *args);

static pyv exception_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    type = os_error_of(type, args);
    if (args->nkw && !type->mro) {
        return py_raise(py, "TypeError", "%s() takes no keyword arguments", type->name);
    }
    struct py_exception *e = py_object_new(py, type, sizeof(*e));
    pyv values = e ? py_tuple_new(py, args->pos, args->npos) : NULL;
    if (!values) {
        return NULL;
    }
    e->args = values;
    return &e->head.head;
}

static struct py_list *args_of(pyv self)
{
    return (struct py_list *)(void *)((struct py_exception *)(void *)self)->args;
}

static int exception_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_list *args = args_of(self);
    strbuf_adds(out, self->type->name);
    if (args->n == 1) {
        strbuf_addch(out, '(');
        int rc = py_repr(py, args->items[0], out);
        strbuf_addch(out, ')');
        return rc;
    }
    return py_repr(py, (pyv)(uintptr_t)&args->head, out);
}

static int exception_str(struct py *py, pyv self, struct strbuf *out)
{
    struct py_list *args = args_of(self);
    if (args->n == 0) {
        return 0;
    }
    return args->n == 1 ? py_str(py, args->items[0], out) : py_repr(py, &args->head, out);
}

static int key_error_str(struct py *py, pyv self, struct strbuf *out)
{
    struct py_list *args = args_of(self);
    return args->n == 1 ? py_repr(py, args->items[0], out) : exception_str(py, self, out);
}

static int os_error_str(struct py *py, pyv self, struct strbuf *out)
{
    struct py_list *args = args_of(self);
    if (args->n < 2) {
        return exception_str(py, self, out);
    }
    strbuf_adds(out, "[Errno ");
    int rc = py_str(py, args->items[0], out);
    strbuf_adds(out, "] ");
    rc = rc ? rc : py_str(py, args->items[1], out);
    if (rc == 0 && args->n > 2) {
        strbuf_adds(out, ": ");
        rc = py_repr(py, args->items[2], out);
    }
    return rc;
}

static pyv exception_args(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return &args_of(self)->head;
}

static pyv exception_cause(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    pyv cause = ((struct py_exception *)(void *)self)->cause;
    return cause ? cause : &py_none;
}

static pyv exception_with_traceback(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return self;
}

static pyv exception_add_note(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return args->npos == 1 ? &py_none : py_raise(py, "TypeError", "add_note() takes exactly one argument");
}

static pyv nth_arg(pyv self, size_t i, size_t least)
{
    struct py_list *args = args_of(self);
    return args->n > i && args->n >= least ? args->items[i] : &py_none;
}
static pyv first_arg(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return nth_arg(self, 0, 1);
}
static pyv os_errno(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return nth_arg(self, 0, 2);
}
static pyv os_strerror(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return nth_arg(self, 1, 2);
}
static pyv os_filename(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return nth_arg(self, 2, 3);
}

/* `e.args = ...` and other attributes. */
static int exception_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    struct py_exception *e = (struct py_exception *)(void *)self;
    if (strcmp(name, "args") == 0 && value) {
        pyv list = py_listed(py, value);
        struct py_list *l = (struct py_list *)(void *)list;
        pyv tuple = list ? py_tuple_new(py, l->items, l->n) : NULL;
        e->args = tuple ? tuple : e->args;
        return tuple ? 0 : -1;
    }
    if (strcmp(name, "__cause__") == 0 && value) {
        e->cause = py_is_none(value) ? NULL : value;
        return 0;
    }
    if (strcmp(name, "__traceback__") == 0 || strcmp(name, "__context__") == 0 ||
        strcmp(name, "__suppress_context__") == 0) {
        return 0;
    }
    return py_attrs_set(py, self, name, value);
}

static const struct py_def exception_defs[] = {
    {"args", PY_DEF_PROPERTY, exception_args, NULL, NULL},
    {"__cause__", PY_DEF_PROPERTY, exception_cause, NULL, NULL},
    {"__context__", PY_DEF_REFUSED, NULL, NULL, "the __context__ of an exception"},
    {"__traceback__", PY_DEF_REFUSED, NULL, NULL, "the __traceback__ of an exception"},
    {"__notes__", PY_DEF_REFUSED, NULL, NULL, "the __notes__ of an exception"},
    {"with_traceback", PY_DEF_METHOD, exception_with_traceback, NULL, NULL},
    {"add_note", PY_DEF_METHOD, exception_add_note, NULL, NULL},
    {0},
};
static const struct py_def value_defs[] = {{"value", PY_DEF_PROPERTY, first_arg, NULL, NULL}, {0}};
static const struct py_def code_defs[] = {{"code", PY_DEF_PROPERTY, first_arg, NULL, NULL}, {0}};
static const struct py_def import_defs[] = {
    {"msg", PY_DEF_PROPERTY, first_arg, NULL, NULL},
    {"name", PY_DEF_REFUSED, NULL, NULL, "the name of an ImportError"},
    {"path", PY_DEF_REFUSED, NULL, NULL, "the path of an ImportError"},
    {0},
};
static const struct py_def os_defs[] = {
    {"errno", PY_DEF_PROPERTY, os_errno, NULL, NULL},
    {"strerror", PY_DEF_PROPERTY, os_strerror, NULL, NULL},
    {"filename", PY_DEF_PROPERTY, os_filename, NULL, NULL},
    {0},
};

const struct py_type py_type_exception = {PY_TYPE_HEAD,
                                          .name = "BaseException",
                                          .module = "",
                                          .base = &py_type_object,
                                          .defs = exception_defs,
                                          .construct = exception_construct,
                                          .setattr = exception_setattr,
                                          .repr = exception_repr,
                                          .str = exception_str};

/* Name, parent, and what is special about it. */
#define EXCEPTION(id, parent, ...)                                                                           \
    static const struct py_type exc_##id = {PY_TYPE_HEAD, .name = #id, .module = "", .base = &parent,        \
                                            __VA_ARGS__}
const struct py_type py_type_ordinary_exception = {PY_TYPE_HEAD, .name = "Exception", .module = "",
                                                   .base = &py_type_exception};
#define exc_Exception py_type_ordinary_exception
EXCEPTION(GeneratorExit, py_type_exception, .defs = NULL);
EXCEPTION(KeyboardInterrupt, py_type_exception, .defs = NULL);
EXCEPTION(SystemExit, py_type_exception, .defs = code_defs);
EXCEPTION(BaseExceptionGroup, py_type_exception, .defs = NULL);
EXCEPTION(ArithmeticError, exc_Exception, .defs = NULL);
EXCEPTION(AssertionError, exc_Exception, .defs = NULL);
EXCEPTION(AttributeError, exc_Exception, .defs = NULL);
EXCEPTION(BufferError, exc_Exception, .defs = NULL);
EXCEPTION(EOFError, exc_Exception, .defs = NULL);
EXCEPTION(ImportError, exc_Exception, .defs = import_defs);
EXCEPTION(LookupError, exc_Exception, .defs = NULL);
EXCEPTION(MemoryError, exc_Exception, .defs = NULL);
EXCEPTION(NameError, exc_Exception, .defs = NULL);
EXCEPTION(OSError, exc_Exception, .defs = os_defs, .str = os_error_str);
EXCEPTION(ReferenceError, exc_Exception, .defs = NULL);
EXCEPTION(RuntimeError, exc_Exception, .defs = NULL);
EXCEPTION(StopAsyncIteration, exc_Exception, .defs = NULL);
EXCEPTION(StopIteration, exc_Exception, .defs = value_defs);
EXCEPTION(SyntaxError, exc_Exception, .defs = NULL);
EXCEPTION(SystemError, exc_Exception, .defs = NULL);
EXCEPTION(TypeError, exc_Exception, .defs = NULL);
EXCEPTION(ValueError, exc_Exception, .defs = NULL);
EXCEPTION(Warning, exc_Exception, .defs = NULL);
EXCEPTION(FloatingPointError, exc_ArithmeticError, .defs = NULL);
EXCEPTION(OverflowError, exc_ArithmeticError, .defs = NULL);
EXCEPTION(ZeroDivisionError, exc_ArithmeticError, .defs = NULL);
EXCEPTION(ModuleNotFoundError, exc_ImportError, .defs = NULL);
EXCEPTION(IndexError, exc_LookupError, .defs = NULL);
EXCEPTION(KeyError, exc_LookupError, .str = key_error_str);
EXCEPTION(UnboundLocalError, exc_NameError, .defs = NULL);
EXCEPTION(BlockingIOError, exc_OSError, .defs = NULL);
EXCEPTION(ChildProcessError, exc_OSError, .defs = NULL);
EXCEPTION(ConnectionError, exc_OSError, .defs = NULL);
EXCEPTION(FileExistsError, exc_OSError, .defs = NULL);
EXCEPTION(FileNotFoundError, exc_OSError, .defs = NULL);
EXCEPTION(InterruptedError, exc_OSError, .defs = NULL);
EXCEPTION(IsADirectoryError, exc_OSError, .defs = NULL);
EXCEPTION(NotADirectoryError, exc_OSError, .defs = NULL);
EXCEPTION(PermissionError, exc_OSError, .defs = NULL);
EXCEPTION(ProcessLookupError, exc_OSError, .defs = NULL);
EXCEPTION(TimeoutError, exc_OSError, .defs = NULL);
EXCEPTION(BrokenPipeError, exc_ConnectionError, .defs = NULL);
EXCEPTION(ConnectionAbortedError, exc_ConnectionError, .defs = NULL);
EXCEPTION(ConnectionRefusedError, exc_ConnectionError, .defs = NULL);
EXCEPTION(ConnectionResetError, exc_ConnectionError, .defs = NULL);
EXCEPTION(NotImplementedError, exc_RuntimeError, .defs = NULL);
EXCEPTION(RecursionError, exc_RuntimeError, .defs = NULL);
EXCEPTION(IndentationError, exc_SyntaxError, .defs = NULL);
EXCEPTION(TabError, exc_IndentationError, .defs = NULL);
EXCEPTION(UnicodeError, exc_ValueError, .defs = NULL);
EXCEPTION(UnicodeDecodeError, exc_UnicodeError, .defs = NULL);
EXCEPTION(UnicodeEncodeError, exc_UnicodeError, .defs = NULL);
EXCEPTION(UnicodeTranslateError, exc_UnicodeError, .defs = NULL);
EXCEPTION(BytesWarning, exc_Warning, .defs = NULL);
EXCEPTION(DeprecationWarning, exc_Warning, .defs = NULL);
EXCEPTION(EncodingWarning, exc_Warning, .defs = NULL);
EXCEPTION(FutureWarning, exc_Warning, .defs = NULL);
EXCEPTION(ImportWarning, exc_Warning, .defs = NULL);
EXCEPTION(PendingDeprecationWarning, exc_Warning, .defs = NULL);
EXCEPTION(ResourceWarning, exc_Warning, .defs = NULL);
EXCEPTION(RuntimeWarning, exc_Warning, .defs = NULL);
EXCEPTION(SyntaxWarning, exc_Warning, .defs = NULL);
EXCEPTION(UnicodeWarning, exc_Warning, .defs = NULL);
EXCEPTION(UserWarning, exc_Warning, .defs = NULL);

static const struct py_type *const exceptions[] = {&py_type_exception,
                                                   &exc_Exception,
                                                   &exc_GeneratorExit,
                                                   &exc_KeyboardInterrupt,
                                                   &exc_SystemExit,
                                                   &exc_BaseExceptionGroup,
                                                   &exc_ArithmeticError,
                                                   &exc_AssertionError,
                                                   &exc_AttributeError,
                                                   &exc_BufferError,
                                                   &exc_EOFError,
                                                   &exc_ImportError,
                                                   &exc_LookupError,
                                                   &exc_MemoryError,
                                                   &exc_NameError,
                                                   &exc_OSError,
                                                   &exc_ReferenceError,
                                                   &exc_RuntimeError,
                                                   &exc_StopAsyncIteration,
                                                   &exc_StopIteration,
                                                   &exc_SyntaxError,
                                                   &exc_SystemError,
                                                   &exc_TypeError,
                                                   &exc_ValueError,
                                                   &exc_Warning,
                                                   &exc_FloatingPointError,
                                                   &exc_OverflowError,
                                                   &exc_ZeroDivisionError,
                                                   &exc_ModuleNotFoundError,
                                                   &exc_IndexError,
                                                   &exc_KeyError,
                                                   &exc_UnboundLocalError,
                                                   &exc_BlockingIOError,
                                                   &exc_ChildProcessError,
                                                   &exc_ConnectionError,
                                                   &exc_FileExistsError,
                                                   &exc_FileNotFoundError,
                                                   &exc_InterruptedError,
                                                   &exc_IsADirectoryError,
                                                   &exc_NotADirectoryError,
                                                   &exc_PermissionError,
                                                   &exc_ProcessLookupError,
                                                   &exc_TimeoutError,
                                                   &exc_BrokenPipeError,
                                                   &exc_ConnectionAbortedError,
                                                   &exc_ConnectionRefusedError,
                                                   &exc_ConnectionResetError,
                                                   &exc_NotImplementedError,
                                                   &exc_RecursionError,
                                                   &exc_IndentationError,
                                                   &exc_TabError,
                                                   &exc_UnicodeError,
                                                   &exc_UnicodeDecodeError,
                                                   &exc_UnicodeEncodeError,
                                                   &exc_UnicodeTranslateError,
                                                   &exc_BytesWarning,
                                                   &exc_DeprecationWarning,
                                                   &exc_EncodingWarning,
                                                   &exc_FutureWarning,
                                                   &exc_ImportWarning,
                                                   &exc_PendingDeprecationWarning,
                                                   &exc_ResourceWarning,
                                                   &exc_RuntimeWarning,
                                                   &exc_SyntaxWarning,
                                                   &exc_UnicodeWarning,
                                                   &exc_UserWarning};

static const struct {
    int number;
    const struct py_type *type;
} os_errors[] = {
    {EPERM, &exc_PermissionError},           {EACCES, &exc_PermissionError},
    {ENOENT, &exc_FileNotFoundError},        {EEXIST, &exc_FileExistsError},
    {ENOTDIR, &exc_NotADirectoryError},      {EISDIR, &exc_IsADirectoryError},
    {EINTR, &exc_InterruptedError},          {ESRCH, &exc_ProcessLookupError},
    {ECHILD, &exc_ChildProcessError},        {EAGAIN, &exc_BlockingIOError},
    {EPIPE, &exc_BrokenPipeError},           {ECONNABORTED, &exc_ConnectionAbortedError},
    {ETIMEDOUT, &exc_TimeoutError},          {ECONNREFUSED, &exc_ConnectionRefusedError},
    {ECONNRESET, &exc_ConnectionResetError},
};

/* OSError(2, ...) makes a FileNotFoundError. */
static const struct py_type *os_error_of(const struct py_type *type, const struct py_args *args)
{
    int64_t number;
    if (type != &exc_OSError || args->npos < 2 || !py_as_int(args->pos[0], &number)) {
        return type;
    }
    for (size_t i = 0; i < COUNT_OF(os_errors); i++) {
        if (os_errors[i].number == number) {
            return os_errors[i].type;
        }
    }
    return type;
}

static const struct {
    const char *name;
    const struct py_type *type;
} exception_aliases[] = {{"EnvironmentError", &exc_OSError}, {"IOError", &exc_OSError}};

static const struct py_type *builtin_exception(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(exceptions); i++) {
        if (strcmp(exceptions[i]->name, name) == 0) {
            return exceptions[i];
        }
    }
    for (size_t i = 0; i < COUNT_OF(exception_aliases); i++) {
        if (strcmp(exception_aliases[i].name, name) == 0) {
            return exception_aliases[i].type;
        }
    }
    return NULL;
}

static const struct py_type *vocabulary_exception(struct py *py, const char *module, const char *name)
{
    const struct py_module_def *def = vocab_module(module);
    for (size_t i = 0; def && def->parts[i]; i++) {
        for (const struct py_def *d = def->parts[i]; d->name; d++) {
            if (d->kind == PY_DEF_TYPE && strcmp(d->name, name) == 0) {
                return d->type;
            }
        }
    }
    pyv v = def && def->getattr ? def->getattr(py, name) : NULL;
    return v && py_is(v, &py_type_type) ? py_type_of(v) : NULL;
}

const struct py_type *py_exception_type(struct py *py, const char *name)
{
    const char *dot = strrchr(name, '.');
    const struct py_type *type =
        dot ? vocabulary_exception(py, arena_dupn(&py->arena, name, (size_t)(dot - name)), dot + 1)
            : builtin_exception(name);
    return type && py_type_is(type, &py_type_exception) ? type : NULL;
}

/* --- raising --- */

void *py_raise_value(struct py *py, pyv exception)
{
    if (py->stop > PY_RAISED) {
        return NULL;
    }
    struct py_exception *e = (struct py_exception *)(void *)exception;
    const struct py_frame *f = py_place(py);
    if (!e->file && f) {
        e->file = f->module->file;
        e->line = f->at->line;
        e->column = f->at->column;
    }
    py->stop = PY_RAISED;
    py->exception = exception;
    return NULL;
}

void *py_raise(struct py *py, const char *exception, const char *fmt, ...)
{
    if (py->stop > PY_RAISED) {
        return NULL;
    }
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(&py->arena, fmt, ap);
    va_end(ap);
    py_clear(py); /* what was in flight is replaced */
    const struct py_type *type = py_exception_type(py, exception);
    if (!type) {
        return py_refuse(py, "%s: %s", exception, text);
    }
    pyv message = py_str_borrow(py, slice_of(text));
    const struct py_type *maker = py_slot(type, offsetof(struct py_type, construct));
    pyv e =
        message && maker ? maker->construct(py, type, &(struct py_args){.pos = &message, .npos = 1}) : NULL;
    return e ? py_raise_value(py, e) : NULL;
}

/* `raise X`: an instance, or a class that is called. NULL: raised. */
static pyv instance_of(struct py *py, pyv v, const char *wrong)
{
    if (py_is(v, &py_type_exception)) {
        return v;
    }
    if (py_is(v, &py_type_type) && py_type_is(py_type_of(v), &py_type_exception)) {
        pyv made = py_call(py, v, PY_NO_ARGS);
        if (!made || py_is(made, &py_type_exception)) {
            return made;
        }
    }
    return py_raise(py, "TypeError", "%s", wrong);
}

static int raise_again(struct py *py)
{
    for (const struct py_frame *f = py->frame; f; f = f->back) {
        if (f->handled) {
            py_raise_value(py, f->handled);
            return -1;
        }
    }
    py_raise(py, "RuntimeError", "No active exception to reraise");
    return -1;
}

int py_raise_statement(struct py *py, const struct py_node *node)
{
    if (!node->left) {
        return raise_again(py);
    }
    pyv v = py_eval(py, node->left);
    py->frame->at = node;
    pyv e = v ? instance_of(py, v, "exceptions must derive from BaseException") : NULL;
    if (!e) {
        return -1;
    }
    if (node->right) {
        pyv from = py_eval(py, node->right);
        py->frame->at = node;
        pyv cause = !from || py_is_none(from)
                        ? NULL
                        : instance_of(py, from, "exception causes must derive from BaseException");
        if (!from || (!cause && !py_is_none(from))) {
            return -1;
        }
        ((struct py_exception *)(void *)e)->cause = cause;
    }
    py_raise_value(py, e);
    return -1;
}

/* --- catching --- */

int py_exception_matches(struct py *py, pyv exception, pyv kind)
{
    struct py_list *several = py_is(kind, &py_type_tuple) ? (struct py_list *)(void *)kind : NULL;
    if (several) {
        int rc = 0;
        for (size_t i = 0; i < several->n && rc == 0; i++) {
            rc = py_exception_matches(py, exception, several->items[i]);
        }
        return rc;
    }
    if (!py_is(kind, &py_type_type) || !py_type_is(py_type_of(kind), &py_type_exception)) {
        py_raise(py, "TypeError", "catching classes that do not inherit from BaseException is not allowed");
        return -1;
    }
    return py_is(exception, py_type_of(kind));
}

/* By what it is written, since nothing may run to find out: an `except` that names other builtin exceptions
 * does not catch this one; any other could. */
static bool could_catch(const struct py_node *type, const struct py_type *what)
{
    if (type->kind == PY_TUPLE) {
        for (size_t i = 0; i < type->list.n; i++) {
            if (could_catch(type->list.items[i], what)) {
                return true;
            }
        }
        return false;
    }
    const struct py_type *t = type->kind == PY_NAME ? builtin_exception(type->name) : NULL;
    return !t || py_type_is(what, t) || py_type_is(t, what);
}

bool py_handler_catches(const struct py_handler *handler, const char *name)
{
    return !handler->type || could_catch(handler->type, builtin_exception(name));
}

/* What a database says is an Exception, and none of the builtin ones below it. */
static const struct py_type database_error = {PY_TYPE_HEAD, .name = "DatabaseError", .module = "",
                                              .base = &exc_Exception};

bool py_handler_guards(const struct py_handler *handler)
{
    return !handler->type || could_catch(handler->type, &database_error);
}
