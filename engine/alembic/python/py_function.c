/* The types of functions and of what stands for functions in classes: methods, property, staticmethod,
 * classmethod and super. */
#include "engine/alembic/python/py_frame.h"

static pyv receive(pyv v)
{
    return v ? v : &py_none;
}

/* --- functions --- */

static struct py_function *function_of(pyv v)
{
    return (struct py_function *)(void *)v;
}

static pyv docstring(struct py *py, const py_nodes_t *body)
{
    const struct py_node *first = body->n ? body->items[0] : NULL;
    bool is = first && first->kind == PY_EXPR && first->left->kind == PY_CONSTANT &&
              first->left->constant.kind == PY_C_STR;
    return is ? py_str_borrow(py, first->left->constant.text) : &py_none;
}

/* Names that can be set, and have a value before. */
static pyv function_getattr(struct py *py, pyv self, const char *name)
{
    const struct py_function *f = function_of(self);
    if (name[0] != '_' || name[1] != '_' ||
        (f->head.attrs && py_dict_get_str(py, &f->head.attrs->head, name) != NULL)) {
        return NULL;
    }
    if (strcmp(name, "__name__") == 0) {
        return py_str_of(py, f->name);
    }
    if (strcmp(name, "__qualname__") == 0) {
        return py_str_of(py, f->qualname);
    }
    if (strcmp(name, "__module__") == 0) {
        return py_str_of(py, f->module->name);
    }
    if (strcmp(name, "__doc__") == 0) {
        return f->node->kind == PY_LAMBDA ? &py_none : docstring(py, &f->node->body);
    }
    if (strcmp(name, "__dict__") == 0) {
        if (!f->head.attrs) {
            function_of(self)->head.attrs = (struct py_dict *)(void *)py_dict_new(py);
        }
        return f->head.attrs ? &f->head.attrs->head : NULL;
    }
    return NULL;
}

static int function_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    bool short_name = strcmp(name, "__name__") == 0;
    if (!short_name && strcmp(name, "__qualname__") != 0) {
        return py_attrs_set(py, self, name, value);
    }
    const char *text = value ? py_cstr(py, value) : NULL;
    if (!text) {
        py_raise(py, "TypeError", "%s must be set to a string object", name);
        return -1;
    }
    *(short_name ? &function_of(self)->name : &function_of(self)->qualname) = text;
    return 0;
}

static const struct py_def function_defs[] = {
    {"__code__", PY_DEF_REFUSED, NULL, NULL, "the __code__ of a function"},
    {"__closure__", PY_DEF_REFUSED, NULL, NULL, "the __closure__ of a function"},
    {"__globals__", PY_DEF_REFUSED, NULL, NULL, "the __globals__ of a function"},
    {"__defaults__", PY_DEF_REFUSED, NULL, NULL, "the __defaults__ of a function"},
    {"__kwdefaults__", PY_DEF_REFUSED, NULL, NULL, "the __kwdefaults__ of a function"},
    {"__annotations__", PY_DEF_REFUSED, NULL, NULL, "the __annotations__ of a function"},
    {0},
};

static int function_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    strbuf_addf(out, "<function %s at 0x%012lx>", function_of(self)->qualname,
                (unsigned long)(uintptr_t)self);
    return 0;
}

const struct py_type py_type_function = {PY_TYPE_HEAD,
                                         .name = "function",
                                         .module = "",
                                         .defs = function_defs,
                                         .getattr = function_getattr,
                                         .setattr = function_setattr,
                                         .call = py_call_function,
                                         .repr = function_repr};

/* --- native functions --- */

pyv py_function_new(struct py *py, const char *name, py_native *fn, pyv self)
{
    struct py_nativefn *f = py_object_new(py, &py_type_native, sizeof(*f));
    if (!f) {
        return NULL;
    }
    f->name = name;
    f->fn = fn;
    f->self = self;
    return &f->head.head;
}

static int native_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_nativefn *f = (const struct py_nativefn *)(const void *)self;
    (void)py;
    if (f->self && !py_is(f->self, &py_type_type)) {
        strbuf_addf(out, "<built-in method %s of %s object at 0x%012lx>", f->name, f->self->type->name,
                    (unsigned long)(uintptr_t)f->self);
    } else {
        strbuf_addf(out, "<built-in function %s>", f->name);
    }
    return 0;
}

static pyv native_getattr(struct py *py, pyv self, const char *name)
{
    const struct py_nativefn *f = (const struct py_nativefn *)(const void *)self;
    if (strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0) {
        return py_str_of(py, f->name);
    }
    return strcmp(name, "__self__") == 0 ? receive(f->self) : NULL;
}

/* Methods of one object are the same when function and object are. */
static pyv native_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    (void)py;
    if (right->type != &py_type_native || (op != PY_OP_EQ && op != PY_OP_NE)) {
        return &py_not_implemented;
    }
    const struct py_nativefn *a = (const struct py_nativefn *)(const void *)left,
                             *b = (const struct py_nativefn *)(const void *)right;
    bool same = a->fn == b->fn && a->self == b->self && strcmp(a->name, b->name) == 0;
    return py_bool(same == (op == PY_OP_EQ));
}

static int native_hash(struct py *py, pyv self, uint64_t *out)
{
    const struct py_nativefn *f = (const struct py_nativefn *)(const void *)self;
    (void)py;
    *out = ((uint64_t)(uintptr_t)f->self >> 4) ^ (uint64_t)(uintptr_t)f->fn;
    return 0;
}

const struct py_type py_type_native = {PY_TYPE_HEAD,
                                       .name = "builtin_function_or_method",
                                       .module = "",
                                       .getattr = native_getattr,
                                       .call = py_call_native,

                                       .compare = native_compare,
                                       .hash = native_hash,
                                       .repr = native_repr};

/* --- bound methods --- */

static struct py_method *method_of(pyv v)
{
    return (struct py_method *)(void *)v;
}

static pyv method_getattr(struct py *py, pyv self, const char *name)
{
    if (strcmp(name, "__self__") == 0) {
        return method_of(self)->self;
    }
    if (strcmp(name, "__func__") == 0) {
        return method_of(self)->function;
    }
    return strcmp(name, "__class__") == 0 ? NULL : py_lookup(py, method_of(self)->function, name);
}

static pyv method_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    (void)py;
    if (right->type != &py_type_method || (op != PY_OP_EQ && op != PY_OP_NE)) {
        return &py_not_implemented;
    }
    bool same = method_of(left)->function == method_of(right)->function &&
                method_of(left)->self == method_of(right)->self;
    return py_bool(same == (op == PY_OP_EQ));
}

static int method_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    *out = ((uint64_t)(uintptr_t)method_of(self)->self >> 4) ^ (uint64_t)(uintptr_t)method_of(self)->function;
    return 0;
}

static int method_repr(struct py *py, pyv self, struct strbuf *out)
{
    pyv fn = method_of(self)->function;
    strbuf_addf(out, "<bound method %s of ",
                fn->type == &py_type_function ? function_of(fn)->qualname : fn->type->name);
    int rc = py_repr(py, method_of(self)->self, out);
    strbuf_addch(out, '>');
    return rc;
}

const struct py_type py_type_method = {PY_TYPE_HEAD,
                                       .name = "method",
                                       .module = "",
                                       .plain = true,
                                       .getattr = method_getattr,
                                       .call = py_call_bound,
                                       .compare = method_compare,
                                       .hash = method_hash,
                                       .repr = method_repr};

/* --- property --- */

static struct py_property *property_of(pyv v)
{
    return (struct py_property *)(void *)v;
}

static pyv property_new(struct py *py, const struct py_type *type, pyv get, pyv set, pyv del)
{
    struct py_property *p = py_object_new(py, type, sizeof(*p));
    if (!p) {
        return NULL;
    }
    p->get = get;
    p->set = set;
    p->del = del;
    return &p->head.head;
}

static pyv none_as_null(pyv v)
{
    return v && !py_is_none(v) ? v : NULL;
}

static pyv property_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"fget", 0}, {"fset", 0}, {"fdel", 0}, {"doc", 0}, {0}};
    pyv v[4];
    return py_bind(py, "property", args, table, v, NULL, NULL) == 0
               ? property_new(py, type, none_as_null(v[0]), none_as_null(v[1]), none_as_null(v[2]))
               : NULL;
}

static pyv property_with(struct py *py, pyv self, const struct py_args *args, int which)
{
    struct py_property *p = property_of(self);
    if (args->npos != 1) {
        return py_raise(py, "TypeError", "a property's decorator takes exactly one argument");
    }
    pyv fn = args->pos[0];
    return property_new(py, self->type, which == 0 ? fn : p->get, which == 1 ? fn : p->set,
                        which == 2 ? fn : p->del);
}
static pyv property_getter(struct py *py, pyv self, const struct py_args *args)
{
    return property_with(py, self, args, 0);
}
static pyv property_setter(struct py *py, pyv self, const struct py_args *args)
{
    return property_with(py, self, args, 1);
}
static pyv property_deleter(struct py *py, pyv self, const struct py_args *args)
{
    return property_with(py, self, args, 2);
}
static pyv property_fget(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return receive(property_of(self)->get);
}
static pyv property_fset(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return receive(property_of(self)->set);
}

static const struct py_def property_defs[] = {
    {"getter", PY_DEF_METHOD, property_getter, NULL, NULL},
    {"setter", PY_DEF_METHOD, property_setter, NULL, NULL},
    {"deleter", PY_DEF_METHOD, property_deleter, NULL, NULL},
    {"fget", PY_DEF_PROPERTY, property_fget, NULL, NULL},
    {"fset", PY_DEF_PROPERTY, property_fset, NULL, NULL},
    {0},
};
const struct py_type py_type_property = {PY_TYPE_HEAD, .name = "property", .module = "",
                                         .defs = property_defs, .construct = property_construct};

/* --- staticmethod, classmethod --- */

static pyv wrapped_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (args->npos != 1 || args->nkw) {
        return py_raise(py, "TypeError", "%s expected 1 argument, got %zu", type->name, args->npos);
    }
    struct py_wrapped *w = py_object_new(py, type, sizeof(*w));
    if (!w) {
        return NULL;
    }
    w->function = args->pos[0];
    return &w->head.head;
}

static pyv wrapped_function(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    return ((struct py_wrapped *)(void *)self)->function;
}

static pyv wrapped_getattr(struct py *py, pyv self, const char *name)
{
    bool forwarded = strcmp(name, "__name__") == 0 || strcmp(name, "__doc__") == 0 ||
                     strcmp(name, "__qualname__") == 0 || strcmp(name, "__module__") == 0;
    return forwarded ? py_lookup(py, ((struct py_wrapped *)(void *)self)->function, name) : NULL;
}

static pyv staticmethod_call(struct py *py, pyv self, const struct py_args *args)
{
    return py_call(py, ((struct py_wrapped *)(void *)self)->function, args);
}

static const struct py_def wrapped_defs[] = {
    {"__func__", PY_DEF_PROPERTY, wrapped_function, NULL, NULL},
    {"__wrapped__", PY_DEF_PROPERTY, wrapped_function, NULL, NULL},
    {0},
};
const struct py_type py_type_staticmethod = {PY_TYPE_HEAD,
                                             .name = "staticmethod",
                                             .module = "",
                                             .defs = wrapped_defs,
                                             .getattr = wrapped_getattr,
                                             .call = staticmethod_call,
                                             .construct = wrapped_construct};
const struct py_type py_type_classmethod = {
    PY_TYPE_HEAD,         .name = "classmethod",      .module = "",
    .defs = wrapped_defs, .getattr = wrapped_getattr, .construct = wrapped_construct};

/* --- super --- */

struct py_super {
    struct py_obj head;
    const struct py_type *after; /* look behind this one */
    const struct py_type *of;    /* in this one's linearisation */
    pyv self;                    /* NULL: super(A, B) of a class */
};

/* super() without arguments: the class around the function, and its first argument. */
static int super_implied(struct py *py, pyv *class, pyv *self)
{
    const struct py_frame *f = py->frame;
    const struct py_env *e = f ? f->env : NULL;
    while (e && !e->dict) {
        e = e->parent;
    }
    if (!f || !f->self || !e || e == f->env) {
        py_raise(py, "RuntimeError", "super(): no arguments");
        return -1;
    }
    if (!e->class->made) {
        py_raise(py, "RuntimeError", "super(): empty __class__ cell");
        return -1;
    }
    *class = py_type_value(&e->class->type);
    *self = f->self;
    return 0;
}

static pyv super_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    pyv class = args->npos > 0 ? args->pos[0] : NULL, self = args->npos > 1 ? args->pos[1] : NULL;
    (void)type;
    if (args->nkw || args->npos == 1 || args->npos > 2) {
        return py_refuse(py, "super() with these arguments");
    }
    if (!class && super_implied(py, &class, &self) != 0) {
        return NULL;
    }
    if (!py_is(class, &py_type_type)) {
        return py_raise(py, "TypeError", "super() argument 1 must be a type, not %s", class->type->name);
    }
    bool of_class = py_is(self, &py_type_type) && py_type_is(py_type_of(self), py_type_of(class));
    if (!of_class && !py_is(self, py_type_of(class))) {
        return py_raise(py, "TypeError", "super(type, obj): obj must be an instance or subtype of type");
    }
    struct py_super *s = py_object_new(py, &py_type_super, sizeof(*s));
    if (!s) {
        return NULL;
    }
    s->after = py_type_of(class);
    s->of = of_class ? py_type_of(self) : py_class_of(self);
    s->self = self;
    if (of_class) {
        s->self = NULL;
    }
    return &s->head;
}

bool py_type_find_after(const struct py_type *type, const struct py_type *after, const char *name,
                        struct py_found *out)
{
    size_t at = 0;
    const struct py_type *t = NULL;
    bool behind = false;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        if (behind) {
            *out = (struct py_found){.owner = t};
            out->value = t->mro ? py_dict_get_str(NULL, &t->dict->head, name) : NULL;
            for (const struct py_def *d = t->mro ? NULL : t->defs; d && d->name && !out->def; d++) {
                out->def = strcmp(d->name, name) == 0 ? d : NULL;
            }
            if (out->value || out->def) {
                return true;
            }
        }
        behind = behind || t == after;
    }
    return false;
}

/* The first native type behind `after`, whose slots are what is inherited. */
static const struct py_type *native_after(const struct py_super *s)
{
    size_t at = 0;
    const struct py_type *t = NULL;
    bool behind = false;
    while ((t = py_mro_next(s->of, &at, t)) != NULL) {
        if (behind && !t->mro) {
            return t;
        }
        behind = behind || t == s->after;
    }
    return &py_type_object;
}

static pyv super_getattr(struct py *py, pyv self, const char *name)
{
    struct py_super *s = (struct py_super *)(void *)self;
    struct py_found found;
    if (strcmp(name, "__class__") == 0) {
        return NULL;
    }
    if (py_type_find_after(s->of, s->after, name, &found)) {
        return py_bind_found(py, &found, s->self, s->of);
    }
    const struct py_type *native = native_after(s);
    /* __init_subclass__() is a class method without saying so. */
    pyv self_or_class = s->self || strcmp(name, "__init_subclass__") != 0 ? s->self : py_type_value(s->of);
    pyv v = py_slot_method(py, native, name, self_or_class);
    if (v || py->stop != PY_RUNNING) {
        return v;
    }
    return py_type_vocabulary(native)
               ? py_refuse(py, "super().%s of a %s", name, native->name)
               : py_raise(py, "AttributeError", "'super' object has no attribute '%s'", name);
}

const struct py_type py_type_super = {PY_TYPE_HEAD,  .name = "super",          .module = "",
                                      .plain = true, .getattr = super_getattr, .construct = super_construct};
