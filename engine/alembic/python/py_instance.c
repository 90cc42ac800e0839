/*
 * Making instances: Type(...), and the types `type` and `object` themselves.
 *
 * Native types make and fill their instances in one step, `construct`. Python code may put an __init__() of
 * its own between the two. The instance is then a raw one at first, of a type that knows nothing of the
 * native base; super().__init__() makes the native object and moves it into the raw one.
 */
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/python/py_union.h"

#define RAW_SIZE 512u

const struct py_type *py_class_of(pyv v)
{
    const struct py_type *t = v->type;
    const struct py_class *c = t->mro ? (const struct py_class *)(const void *)t : NULL;
    return c && c->class ? c->class : t;
}

static const struct py_type *raw_type(struct py *py, const struct py_type *type)
{
    struct py_class *c = (struct py_class *)(uintptr_t)type; /* made by a class statement: not constant */
    if (c->raw) {
        return &c->raw->type;
    }
    struct py_class *raw = py_alloc(py, sizeof(*raw));
    const struct py_type **mro = py_alloc_array(py, type->nmro + 1, sizeof(*mro));
    if (!raw || !mro) {
        return NULL;
    }
    *raw = *c;
    size_t n = 0;
    for (size_t i = 0; i < type->nmro; i++) {
        if (type->mro[i]->mro || type->mro[i] == &py_type_object) {
            mro[n++] = type->mro[i];
        }
    }
    raw->type.mro = mro;
    raw->type.nmro = n;
    raw->type.base = &py_type_object;
    raw->class = type;
    c->raw = raw;
    return &raw->type;
}

/* --- what is native about an instance --- */

/* How the native base of a Python class takes part. */
enum native_kind {
    NATIVE_OBJECT, /* not at all */
    NATIVE_VALUE,  /* made with the arguments, before __init__() */
    NATIVE_FILLED, /* made empty, and filled by __init__() */
    NATIVE_OTHER   /* made by __init__() */
};

static enum native_kind native_kind(const struct py_type *type, const struct py_type **maker)
{
    static const struct py_type *const values[] = {&py_type_int,   &py_type_float, &py_type_str,
                                                   &py_type_bytes, &py_type_tuple, &py_type_frozenset};
    static const struct py_type *const filled[] = {&py_type_list, &py_type_dict, &py_type_set};
    *maker = py_slot(type, offsetof(struct py_type, construct));
    if (!*maker || *maker == &py_type_object) {
        return NATIVE_OBJECT;
    }
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        if (*maker == values[i]) {
            return NATIVE_VALUE;
        }
    }
    for (size_t i = 0; i < COUNT_OF(filled); i++) {
        if (*maker == filled[i]) {
            return NATIVE_FILLED;
        }
    }
    return py_type_is(*maker, &py_type_exception) ? NATIVE_VALUE : NATIVE_OTHER;
}

/* The first __init__ in linearisation, when it is a Python one. */
static bool python_init(const struct py_type *type, struct py_found *found)
{
    for (size_t i = 0; i < type->nmro; i++) {
        const struct py_type *t = type->mro[i];
        if (!t->mro && t->construct) {
            return false;
        }
        pyv init = t->mro ? py_dict_get_str(NULL, &t->dict->head, "__init__") : NULL;
        if (init) {
            *found = (struct py_found){.value = init, .owner = t};
            return true;
        }
    }
    return false;
}

pyv py_native_new(struct py *py, const struct py_type *type, const struct py_args *args)
{
    const struct py_type *maker;
    struct py_found init;
    struct py_args positional = {.pos = args->pos, .npos = args->npos};
    bool python = type->mro && python_init(type, &init);
    switch (native_kind(type, &maker)) {
    case NATIVE_OBJECT:
        return py_object_new(py, type, sizeof(struct py_instance));
    case NATIVE_VALUE:
        return maker->construct(py, type, python ? &positional : args);
    case NATIVE_FILLED:
        return maker->construct(py, type, python ? PY_NO_ARGS : args);
    case NATIVE_OTHER:
        break;
    }
    if (!python) {
        return maker->construct(py, type, args);
    }
    const struct py_type *raw = raw_type(py, type);
    return raw ? py_object_new(py, raw, RAW_SIZE) : NULL;
}

/* The raw object becomes what `made` is, and both share their attributes; keep: its own stay as they are. */
static int become(struct py *py, pyv self, pyv made, bool keep)
{
    size_t size = py_object_size(made);
    if (size > RAW_SIZE || made->type != py_class_of(self)) {
        py_refuse(py, "%s with an __init__() of its own", py_class_of(self)->name);
        return -1;
    }
    struct py_dict **from = py_attrs(self), **to = py_attrs(made);
    struct py_dict *mine = from ? *from : NULL, *its = to ? *to : NULL;
    size_t at = 0;
    pyv key, value;
    while (mine && its && py_dict_next(&its->head, &at, &key, &value)) {
        int known = keep ? py_contains(py, &mine->head, key) : 0;
        if (known < 0 || (!known && py_dict_set(py, &mine->head, key, value) != 0)) {
            return -1;
        }
    }
    mine = mine ? mine : its;
    memcpy(self, made, size);
    from = py_attrs(self);
    if (from) {
        *from = mine;
    }
    if (to) {
        *to = mine;
    }
    return 0;
}

static int fill(struct py *py, pyv self, const struct py_type *maker, const struct py_args *args)
{
    pyv made = maker->construct(py, maker, args);
    if (!made) {
        return -1;
    }
    size_t size = maker == &py_type_list   ? sizeof(struct py_list)
                  : maker == &py_type_dict ? sizeof(struct py_dict)
                                           : sizeof(struct py_set);
    memcpy((char *)self + sizeof(struct py_obj), (char *)made + sizeof(struct py_obj),
           size - sizeof(struct py_obj));
    return 0;
}

static int native_init(struct py *py, pyv self, const struct py_args *args, bool keep)
{
    const struct py_type *type = py_class_of(self), *maker;
    switch (native_kind(type, &maker)) {
    case NATIVE_OBJECT:
        if (args->npos + args->nkw) {
            py_raise(py, "TypeError",
                     "object.__init__() takes exactly one argument (the instance to initialize)");
            return -1;
        }
        return 0;
    case NATIVE_VALUE:
        if (py_is(self, &py_type_exception)) {
            pyv values = py_tuple_new(py, args->pos, args->npos);
            struct py_exception *e = (struct py_exception *)(void *)self;
            e->args = values ? values : e->args;
            return values ? 0 : -1;
        }
        return 0;
    case NATIVE_FILLED:
        return fill(py, self, maker, args);
    case NATIVE_OTHER:
        break;
    }
    if (self->type == type) {
        py_refuse(py, "__init__() of a %s that was made before", maker->name);
        return -1;
    }
    pyv made = maker->construct(py, type, args);
    return made ? become(py, self, made, keep) : -1;
}

int py_native_init(struct py *py, pyv self, const struct py_args *args)
{
    return native_init(py, self, args, false);
}

/* --- calling a class --- */

static int run_init(struct py *py, pyv v, const struct py_args *args)
{
    struct py_found found;
    const struct py_type *type = py_class_of(v);
    if (!python_init(type, &found)) {
        return 0;
    }
    pyv init = py_bind_found(py, &found, v, type);
    pyv result = init ? py_call(py, init, args) : NULL;
    if (!result) {
        return -1;
    }
    if (!py_is_none(result)) {
        py_raise(py, "TypeError", "__init__() should return None, not '%s'", result->type->name);
        return -1;
    }
    /* Without super().__init__() the native part is what its own defaults make it. */
    return v->type == type ? 0 : native_init(py, v, PY_NO_ARGS, true);
}

static pyv new_by_method(struct py *py, const struct py_type *type, pyv method, const struct py_args *args)
{
    if (method->type == &py_type_staticmethod) {
        method = ((const struct py_wrapped *)(const void *)method)->function;
    }
    struct py_args all = py_args_with(py, py_type_value(type), args);
    pyv v = all.pos ? py_call(py, method, &all) : NULL;
    if (!v || !py_type_is(py_class_of(v), type)) {
        return v;
    }
    return run_init(py, v, args) == 0 ? v : NULL;
}

static pyv call_class(struct py *py, const struct py_type *type, const struct py_args *args)
{
    pyv method = py_class_lookup(type, "__new__");
    if (method) {
        return new_by_method(py, type, method, args);
    }
    struct py_found init;
    const struct py_type *maker;
    bool python = python_init(type, &init);
    if (!python && native_kind(type, &maker) == NATIVE_OBJECT && args->npos + args->nkw) {
        return py_raise(py, "TypeError", "%s() takes no arguments", type->name);
    }
    pyv v = py_native_new(py, type, args);
    return v && python && run_init(py, v, args) != 0 ? NULL : v;
}

pyv py_type_call(struct py *py, pyv v, const struct py_args *args)
{
    const struct py_type *type = py_type_of(v);
    if (type == &py_type_type) {
        if (args->npos == 1 && !args->nkw) {
            const struct py_type *class = py_class_of(args->pos[0]);
            return py_type_value(class);
        }
        return args->npos == 3 ? py_refuse(py, "type() with three arguments")
                               : py_raise(py, "TypeError", "type() takes 1 or 3 arguments");
    }
    if (type->mro) {
        return call_class(py, type, args);
    }
    const struct py_type *maker = py_slot(type, offsetof(struct py_type, construct));
    if (maker && (maker != &py_type_object || type == &py_type_object)) {
        return maker->construct(py, type, args);
    }
    return type->module[0] ? py_refuse(py, "%s()", type->name)
                           : py_raise(py, "TypeError", "cannot create '%s' instances", type->name);
}

/* --- type and object --- */

static int type_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_type *t = py_type_of(self);
    pyv module = t->mro ? py_dict_get_str(py, &t->dict->head, "__module__") : NULL;
    struct slice m = module ? py_text(module) : slice_of(t->module);
    strbuf_addf(out, "<class '%.*s%s%s'>", (int)m.len, m.ptr ? m.ptr : "", m.len ? "." : "",
                t->mro ? ((const struct py_class *)(const void *)t)->qualname : t->name);
    return 0;
}

static int type_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    const struct py_type *t = py_type_of(self);
    if (!t->mro) {
        py_refuse(py, "setting %s.%s", t->name, name);
        return -1;
    }
    if (py_type_vocabulary(t)) {
        /* What looked at the namespace when the class was made does not look again. */
        py_refuse(py, "setting %s.%s after the class statement", t->name, name);
        return -1;
    }
    struct py_class *c = (struct py_class *)(void *)self;
    if (value && (strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0)) {
        const char *text = py_cstr(py, value);
        if (!text) {
            py_raise(py, "TypeError", "can only assign string to %s.%s, not '%s'", t->name, name,
                     value->type->name);
            return -1;
        }
        c->type.name = name[2] == 'n' ? text : c->type.name;
        c->qualname = name[2] == 'q' ? text : c->qualname;
        return 0;
    }
    if (value) {
        return py_dict_set_str(py, &t->dict->head, name, value);
    }
    pyv key = py_str_of(py, name);
    int rc = key ? py_dict_del(py, &t->dict->head, key) : -1;
    if (rc == 0) {
        py_raise(py, "AttributeError", "type object '%s' has no attribute '%s'", t->name, name);
        return -1;
    }
    return rc < 0 ? -1 : 0;
}

static pyv object_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return args->npos + args->nkw ? py_raise(py, "TypeError", "object() takes no arguments")
                                  : py_object_new(py, type, sizeof(struct py_instance));
}

const struct py_type py_type_type = {PY_TYPE_HEAD,      .name = "type",           .module = "",
                                     .plain = true,     .call = py_type_call,     .setattr = type_setattr,
                                     .repr = type_repr, .binary = py_union_binary};
const struct py_type py_type_object = {PY_TYPE_HEAD, .name = "object", .module = "",
                                       .construct = object_construct};
