/* Reading attributes: of instances, of classes, of super(), and how what is found in a class becomes a bound
 * method or the value of a property. */
#include "engine/alembic/python/py_frame.h"

/* --- linearisation --- */

const struct py_type *py_mro_next(const struct py_type *type, size_t *at, const struct py_type *last)
{
    if (type->mro) {
        return *at < type->nmro ? type->mro[(*at)++] : NULL;
    }
    if (!last) {
        return type;
    }
    return last == &py_type_object ? NULL : last->base ? last->base : &py_type_object;
}

static const struct py_def *own_def(const struct py_type *type, const char *name)
{
    for (const struct py_def *d = type->defs; d && d->name; d++) {
        if (d->name[0] == name[0] && strcmp(d->name, name) == 0) {
            return d;
        }
    }
    return NULL;
}

static bool find_in(const struct py_type *t, const char *name, struct py_found *out)
{
    *out = (struct py_found){.owner = t};
    if (t->mro) {
        out->value = py_dict_get_str(NULL, &t->dict->head, name);
    } else {
        out->def = own_def(t, name);
    }
    return out->value || out->def;
}

bool py_type_find(const struct py_type *type, const char *name, struct py_found *out)
{
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        if (find_in(t, name, out)) {
            return true;
        }
    }
    return false;
}

const struct py_def *py_type_def(const struct py_type *type, const char *name)
{
    struct py_found found;
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        if (!t->mro && find_in(t, name, &found)) {
            return found.def;
        }
    }
    return NULL;
}

pyv py_class_lookup(const struct py_type *type, const char *name)
{
    struct py_found found;
    for (size_t i = 0; i < type->nmro; i++) {
        if (type->mro[i]->mro && find_in(type->mro[i], name, &found)) {
            return found.value;
        }
    }
    return NULL;
}

/* --- binding --- */

pyv py_method_new(struct py *py, pyv function, pyv self)
{
    struct py_method *m = py_object_new(py, &py_type_method, sizeof(*m));
    if (!m) {
        return NULL;
    }
    m->function = function;
    m->self = self;
    return &m->head;
}

static pyv call_get(struct py *py, pyv descriptor, const struct py_found *get, pyv v,
                    const struct py_type *type)
{
    pyv method = py_bind_found(py, get, descriptor, descriptor->type);
    pyv *pos = method ? py_alloc_array(py, 2, sizeof(*pos)) : NULL;
    if (!pos) {
        return NULL;
    }
    pos[0] = v ? v : &py_none;
    pos[1] = py_type_value(type);
    return py_call(py, method, &(struct py_args){.pos = pos, .npos = 2});
}

/* What a class statement's namespace holds. */
static pyv bind_value(struct py *py, pyv value, pyv v, const struct py_type *type)
{
    const struct py_type *t = value->type;
    if (t == &py_type_function) {
        return v ? py_method_new(py, value, v) : value;
    }
    if (t == &py_type_property) {
        const struct py_property *p = (const struct py_property *)(const void *)value;
        if (!v) {
            return value;
        }
        return p->get ? py_call1(py, p->get, v)
                      : py_raise(py, "AttributeError", "property of '%s' object has no getter", type->name);
    }
    if (t == &py_type_staticmethod) {
        return ((const struct py_wrapped *)(const void *)value)->function;
    }
    if (t == &py_type_classmethod) {
        return py_method_new(py, ((const struct py_wrapped *)(const void *)value)->function,
                             py_type_value(type));
    }
    if (t == &py_type_lazy) {
        return py_lazy_resolve(py, value, NULL);
    }
    struct py_found get;
    if (py_type_find(t, "__get__", &get)) {
        return call_get(py, value, &get, v, type);
    }
    return value;
}

static pyv native_method(struct py *py, const struct py_def *def, pyv self, const struct py_type *unbound)
{
    pyv fn = py_function_new(py, def->name, def->fn, self);
    if (fn) {
        ((struct py_nativefn *)(void *)fn)->unbound = unbound;
    }
    return fn;
}

static pyv bind_def(struct py *py, const struct py_found *found, pyv v, const struct py_type *type)
{
    const struct py_def *def = found->def;
    switch (def->kind) {
    case PY_DEF_METHOD:
        return native_method(py, def, v, v ? NULL : found->owner);
    case PY_DEF_PROPERTY:
        return v ? def->fn(py, v, PY_NO_ARGS)
                 : py_refuse(py, "%s.%s of the class itself", type->name, def->name);
    case PY_DEF_CLASS_METHOD:
        return native_method(py, def, py_type_value(type), NULL);
    case PY_DEF_STATIC:
    case PY_DEF_FUNCTION:
        return native_method(py, def, NULL, NULL);
    case PY_DEF_TYPE:
        return py_type_value(def->type);
    case PY_DEF_VALUE:
        return def->fn(py, py_type_value(type), PY_NO_ARGS);
    case PY_DEF_MODULE:
        return py_import(py, def->doc);
    case PY_DEF_REFUSED:
        return py_refuse(py, "%s", def->doc ? def->doc : def->name);
    }
    return NULL;
}

pyv py_bind_found(struct py *py, const struct py_found *found, pyv v, const struct py_type *type)
{
    return found->value ? bind_value(py, found->value, v, type) : bind_def(py, found, v, type);
}

/* --- instances --- */

static bool data_descriptor(pyv value)
{
    struct py_found set;
    return value->type == &py_type_property ||
           (value->type->mro && py_type_find(value->type, "__set__", &set));
}

static pyv own_attribute(struct py *py, pyv v, const char *name)
{
    struct py_dict **attrs = py_attrs(v);
    return attrs && *attrs ? py_dict_get_str(py, &(*attrs)->head, name) : NULL;
}

static pyv ask_getattr_slot(struct py *py, pyv v, const char *name)
{
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(v->type, &at, t)) != NULL) {
        pyv found = !t->mro && t->getattr ? t->getattr(py, v, name) : NULL;
        if (found || py->stop != PY_RUNNING) {
            return found;
        }
    }
    return NULL;
}

static pyv attributes_dict(struct py *py, pyv v)
{
    struct py_dict **attrs = py_attrs(v);
    if (attrs && !*attrs) {
        *attrs = (struct py_dict *)(void *)py_dict_new(py);
    }
    return attrs && *attrs ? &(*attrs)->head : NULL;
}

/* What all objects have. */
static pyv object_attribute(struct py *py, pyv v, const char *name)
{
    const struct py_type *t = v->type;
    if (strcmp(name, "__class__") == 0) {
        return py_type_value(t);
    }
    if (strcmp(name, "__dict__") == 0 && t->mro) {
        return attributes_dict(py, v);
    }
    if (strcmp(name, "__doc__") == 0) {
        return &py_none;
    }
    if (strcmp(name, "__module__") == 0 && !t->mro) {
        return py_str_of(py, t->module[0] ? t->module : "builtins");
    }
    size_t n = strlen(name);
    return n > 4 && name[0] == '_' && name[1] == '_' && name[n - 1] == '_' ? py_slot_method(py, t, name, v)
                                                                           : NULL;
}

static pyv getattr_hook(struct py *py, pyv v, const char *name)
{
    pyv hook = v->type->mro ? py_dunder(py, v, "__getattr__") : NULL;
    pyv key = hook ? py_str_of(py, name) : NULL;
    return key ? py_call1(py, hook, key) : NULL;
}

/* Without a hook: NULL when there is none, or stopped. */
static pyv instance_lookup(struct py *py, pyv v, const char *name)
{
    struct py_found found;
    bool in_class = py_type_find(v->type, name, &found);
    if (in_class && found.value && data_descriptor(found.value)) {
        return py_bind_found(py, &found, v, v->type);
    }
    pyv own = own_attribute(py, v, name);
    if (own) {
        return own->type == &py_type_lazy ? py_lazy_resolve(py, own, name) : own;
    }
    if (in_class && found.value) {
        return py_bind_found(py, &found, v, v->type);
    }
    pyv asked = ask_getattr_slot(py, v, name);
    if (asked || py->stop != PY_RUNNING) {
        return asked;
    }
    return in_class ? py_bind_found(py, &found, v, v->type) : object_attribute(py, v, name);
}

/* --- classes --- */

pyv py_type_lookup(struct py *py, const struct py_type *type, const char *name)
{
    struct py_found found = {0};
    bool there = py_type_find(type, name, &found);
    if (there && found.value) {
        return py_bind_found(py, &found, NULL, type);
    }
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        pyv v = !t->mro && t->type_getattr ? t->type_getattr(py, type, name) : NULL;
        if (v || py->stop != PY_RUNNING) {
            return v;
        }
    }
    return there ? py_bind_found(py, &found, NULL, type) : NULL;
}

static pyv types_tuple(struct py *py, const struct py_type *type, bool all)
{
    pyv list = py_list_new(py);
    size_t at = 0;
    const struct py_type *t = NULL;
    if (all || !type->mro) {
        while (list && (t = py_mro_next(type, &at, t)) != NULL) {
            if (!all && t == type) {
                continue;
            }
            if (py_list_append(py, list, py_type_value(t)) != 0) {
                return NULL;
            }
            if (!all) {
                break;
            }
        }
    } else {
        for (size_t i = 0; list && i < type->nbases; i++) {
            if (py_list_append(py, list, py_type_value(type->bases[i])) != 0) {
                return NULL;
            }
        }
    }
    const struct py_list *l = (const struct py_list *)(const void *)list;
    return l ? py_tuple_new(py, l->items, l->n) : NULL;
}

static pyv annotations_dict(struct py *py, const struct py_type *type)
{
    pyv dict = py_dict_new(py);
    const strings_t *names = type->mro ? py_class_annotations(type) : NULL;
    for (size_t i = 0; dict && names && i < names->n; i++) {
        pyv v = py_class_annotation(py, type, names->items[i]);
        if (!v || py_dict_set_str(py, dict, names->items[i], v) != 0) {
            return NULL;
        }
    }
    return dict;
}

/* Python's is a view that cannot be written to. */
static pyv namespace_copy(struct py *py, const struct py_type *type)
{
    pyv copy = py_dict_new(py), key, value;
    size_t at = 0;
    while (copy && py_dict_next(&type->dict->head, &at, &key, &value)) {
        if (py_dict_set(py, copy, key, value) != 0) {
            return NULL;
        }
    }
    return copy;
}

static pyv class_special(struct py *py, const struct py_type *type, const char *name)
{
    if (strcmp(name, "__name__") == 0) {
        return py_str_of(py, type->name);
    }
    if (strcmp(name, "__qualname__") == 0) {
        return py_str_of(py,
                         type->mro ? ((const struct py_class *)(const void *)type)->qualname : type->name);
    }
    if (strcmp(name, "__module__") == 0) {
        return py_str_of(py, type->module[0] ? type->module : "builtins");
    }
    if (strcmp(name, "__mro__") == 0 || strcmp(name, "__bases__") == 0) {
        return types_tuple(py, type, name[2] == 'm');
    }
    if (strcmp(name, "__base__") == 0) {
        const struct py_type *base = type->base                ? type->base
                                     : type == &py_type_object ? NULL
                                                               : &py_type_object;
        return base ? py_type_value(base) : &py_none;
    }
    if (strcmp(name, "__dict__") == 0 && type->mro) {
        return namespace_copy(py, type);
    }
    if (strcmp(name, "__dict__") == 0 || strcmp(name, "__subclasses__") == 0) {
        return py_refuse(py, "%s of a class", name);
    }
    if (strcmp(name, "__annotations__") == 0) {
        return annotations_dict(py, type);
    }
    return NULL;
}

/* Attributes of type(v) as methods of v: members of a native metatype, and what type itself has. */
static pyv metatype_lookup(struct py *py, pyv v, const char *name)
{
    pyv asked = v->type == &py_type_type ? NULL : ask_getattr_slot(py, v, name);
    struct py_found found;
    if (asked || py->stop != PY_RUNNING) {
        return asked;
    }
    return py_type_find(v->type, name, &found) ? py_bind_found(py, &found, v, v->type) : NULL;
}

static pyv class_lookup(struct py *py, pyv v, const char *name)
{
    const struct py_type *type = py_type_of(v);
    pyv found = py_type_lookup(py, type, name);
    if (found || py->stop != PY_RUNNING) {
        return found;
    }
    bool special = name[0] == '_' && name[1] == '_';
    found = special ? class_special(py, type, name) : NULL;
    if (!found && py->stop == PY_RUNNING) {
        found = metatype_lookup(py, v, name);
    }
    if (found || py->stop != PY_RUNNING || !special) {
        return found;
    }
    found = py_slot_method(py, type, name, NULL);
    return found || py->stop != PY_RUNNING  ? found
           : strcmp(name, "__class__") == 0 ? py_type_value(v->type)
           : strcmp(name, "__doc__") == 0   ? &py_none
                                            : NULL;
}

/* --- anything --- */

pyv py_lookup(struct py *py, pyv v, const char *name)
{
    if (v->type == &py_type_module) {
        return py_module_attr(py, (struct py_module *)(void *)v, name);
    }
    if (py_is(v, &py_type_type)) {
        return class_lookup(py, v, name);
    }
    struct py_found found;
    if (v->type->mro && py_type_find(v->type, "__getattribute__", &found) && found.value) {
        return py_refuse(py, "a class with __getattribute__()");
    }
    pyv r = instance_lookup(py, v, name);
    if (!r && (py->stop == PY_RUNNING ||
               (py->stop == PY_RAISED && py_is(py->exception, py_exception_type(py, "AttributeError"))))) {
        pyv before = py_raised(py);
        py_clear(py);
        r = getattr_hook(py, v, name);
        if (!r && before && py->stop == PY_RUNNING) {
            py_raise_value(py, before);
        }
    }
    return r;
}

/* Nothing there: for the vocabulary that is no answer. */
static void *absent(struct py *py, pyv v, const char *name, bool raise)
{
    if (py->stop != PY_RUNNING) {
        return NULL;
    }
    const struct py_type *class = py_is(v, &py_type_type) ? py_type_of(v) : NULL;
    const struct py_type *t = class ? class : v->type;
    /* Special methods are asked for to find out what a value is. */
    bool special = name[0] == '_' && name[1] == '_';
    if (py_type_vocabulary(t) && !(special && !raise)) {
        return py_refuse(py, "%s.%s", t->name, name);
    }
    if (v->type == &py_type_module && !special &&
        py_module_source((struct py_module *)(uintptr_t)v)->library) { /* which is a part of the real one */
        return py_refuse(py, "%s.%s", ((const struct py_module *)(const void *)v)->name, name);
    }
    if (!raise) {
        return NULL;
    }
    if (v->type == &py_type_module) {
        return py_raise(py, "AttributeError", "module '%s' has no attribute '%s'",
                        ((const struct py_module *)(const void *)v)->name, name);
    }
    return class ? py_raise(py, "AttributeError", "type object '%s' has no attribute '%s'", t->name, name)
                 : py_raise(py, "AttributeError", "'%s' object has no attribute '%s'", t->name, name);
}

pyv py_getattr_native(struct py *py, pyv v, const char *name)
{
    pyv found = py_is(v, &py_type_type) ? class_lookup(py, v, name) : instance_lookup(py, v, name);
    return found ? found : absent(py, v, name, true);
}

pyv py_getattr(struct py *py, pyv v, const char *name)
{
    pyv found = py_lookup(py, v, name);
    return found ? found : absent(py, v, name, true);
}

pyv py_find_attr(struct py *py, pyv v, const char *name, bool *failed)
{
    *failed = false;
    pyv found = py_lookup(py, v, name);
    if (!found) {
        if (py->stop == PY_RAISED && py_is(py->exception, py_exception_type(py, "AttributeError"))) {
            py_clear(py);
        } else {
            absent(py, v, name, false);
        }
        *failed = py->stop != PY_RUNNING;
    }
    return found;
}
