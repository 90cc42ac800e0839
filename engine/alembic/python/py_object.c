/*
 * What can be done with any value: attributes, items, iteration, truth, operators. Each asks the classes made
 * by class statements and the slots of native types in the order of the type's linearisation, and ends in
 * Python's error for builtins and in a refusal for the vocabulary, which may lack what the real thing has.
 */
#include "engine/alembic/python/py_frame.h"

bool py_type_vocabulary(const struct py_type *type)
{
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        if (!t->mro && t->module && t->module[0]) {
            return true;
        }
    }
    return false;
}

/* An operation that v's type does not have. */
static void *lacking(struct py *py, pyv v, const char *what, const char *fmt)
{
    if (py->stop != PY_RUNNING) {
        return NULL;
    }
    if (py_type_vocabulary(v->type)) {
        return py_refuse(py, "%s %s", what, v->type->name);
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const char *at = strchr(fmt, '%');
    strbuf_add(&text, fmt, (size_t)(at - fmt));
    strbuf_addf(&text, "'%s'%s", v->type->name, at + 1);
    return py_raise(py, "TypeError", "%s", strbuf_cstr(&text));
}

/* --- special methods --- */

pyv py_special_method(struct py *py, pyv v, const char *name)
{
    struct py_found found;
    if (!py_type_find(v->type, name, &found)) {
        return NULL;
    }
    return py_bind_found(py, &found, v, v->type);
}

/* The first type in linearisation that has either the special method, in a class statement's namespace, or
 * the slot. */
static bool find_either(const struct py_type *type, const char *name, size_t slot, struct py_found *out)
{
    static const char nothing[sizeof(void *)];
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        *out = (struct py_found){.owner = t};
        if (t->mro) {
            out->value = py_dict_get_str(NULL, &t->dict->head, name);
            if (out->value) {
                return true;
            }
        } else if (memcmp((const char *)t + slot, nothing, sizeof(nothing)) != 0) {
            return true;
        }
    }
    return false;
}

#define FIND(v, name, slot, out) find_either((v)->type, (name), offsetof(struct py_type, slot), (out))

static pyv call_found(struct py *py, const struct py_found *found, pyv v, pyv const *values, size_t n)
{
    if (py_is_none(found->value)) {
        return py_raise(py, "TypeError", "'%s' object does not support this", v->type->name);
    }
    pyv method = py_bind_found(py, found, v, v->type);
    pyv *pos = method && n ? py_alloc_array(py, n, sizeof(pyv)) : NULL;
    if (!method || (n && !pos)) {
        return NULL;
    }
    if (n) {
        memcpy(pos, values, n * sizeof(pyv));
    }
    return py_call(py, method, &(struct py_args){.pos = pos, .npos = n});
}

pyv py_dunder(struct py *py, pyv v, const char *name)
{
    struct py_found found;
    if (!v->type->mro || !py_type_find(v->type, name, &found) || !found.value) {
        return NULL;
    }
    return py_is_none(found.value) ? found.value : py_bind_found(py, &found, v, v->type);
}

/* --- truth, length, membership --- */

int py_truth(struct py *py, pyv v)
{
    if (v == &py_true || v == &py_false || v == &py_none) {
        return v == &py_true;
    }
    struct py_found found;
    if (FIND(v, "__bool__", truth, &found)) {
        if (!found.value) {
            return found.owner->truth(py, v);
        }
        pyv result = call_found(py, &found, v, NULL, 0);
        if (result && result != &py_true && result != &py_false) {
            py_raise(py, "TypeError", "__bool__ should return bool, returned %s", result->type->name);
            return -1;
        }
        return result ? result == &py_true : -1;
    }
    if (FIND(v, "__len__", len, &found)) {
        int64_t n = py_len(py, v);
        return n < 0 ? -1 : n > 0;
    }
    return 1;
}

int64_t py_len(struct py *py, pyv v)
{
    struct py_found found;
    if (!FIND(v, "__len__", len, &found)) {
        lacking(py, v, "len() of a", "object of type % has no len()");
        return -1;
    }
    if (!found.value) {
        return found.owner->len(py, v);
    }
    pyv result = call_found(py, &found, v, NULL, 0);
    int64_t n = -1;
    if (result && !py_as_int(result, &n)) {
        py_raise(py, "TypeError", "'%s' object cannot be interpreted as an integer", result->type->name);
        return -1;
    }
    if (result && n < 0) {
        py_raise(py, "ValueError", "__len__() should return >= 0");
        return -1;
    }
    return result ? n : -1;
}

int py_contains(struct py *py, pyv container, pyv item)
{
    struct py_found found;
    if (FIND(container, "__contains__", contains, &found)) {
        if (!found.value) {
            return found.owner->contains(py, container, item);
        }
        pyv result = call_found(py, &found, container, &item, 1);
        return result ? py_truth(py, result) : -1;
    }
    if (!FIND(container, "__iter__", iter, &found) && !FIND(container, "__getitem__", getitem, &found)) {
        lacking(py, container, "\"in\" on a", "argument of type % is not iterable");
        return -1;
    }
    pyv it = py_iter(py, container), v;
    while (it && (v = py_next(py, it)) != NULL) {
        int same = v == item ? 1 : py_equal(py, v, item);
        if (same != 0) {
            return same;
        }
    }
    return py->stop == PY_RUNNING ? 0 : -1;
}

/* --- items --- */

static pyv class_getitem(struct py *py, pyv v, pyv key)
{
    const struct py_type *type = py_type_of(v);
    pyv method = py_type_lookup(py, type, "__class_getitem__");
    if (method || py->stop != PY_RUNNING) {
        return method ? py_call1(py, method, key) : NULL;
    }
    static const struct py_type *const generic[] = {&py_type_list, &py_type_dict,      &py_type_tuple,
                                                    &py_type_set,  &py_type_frozenset, &py_type_type};
    for (size_t i = 0; i < COUNT_OF(generic); i++) {
        if (type == generic[i]) {
            return v; /* list[int] does whatever list does */
        }
    }
    return py_type_vocabulary(type) ? py_refuse(py, "%s[...]", type->name)
                                    : py_raise(py, "TypeError", "type '%s' is not subscriptable", type->name);
}

pyv py_getitem(struct py *py, pyv v, pyv key)
{
    struct py_found found;
    if (FIND(v, "__getitem__", getitem, &found)) {
        return found.value ? call_found(py, &found, v, &key, 1) : found.owner->getitem(py, v, key);
    }
    if (py_is(v, &py_type_type)) {
        return class_getitem(py, v, key);
    }
    return lacking(py, v, "[...] of a", "% object is not subscriptable");
}

int py_setitem(struct py *py, pyv v, pyv key, pyv value)
{
    struct py_found found;
    if (FIND(v, value ? "__setitem__" : "__delitem__", setitem, &found)) {
        pyv values[] = {key, value};
        return !found.value                                       ? found.owner->setitem(py, v, key, value)
               : call_found(py, &found, v, values, value ? 2 : 1) ? 0
                                                                  : -1;
    }
    bool sequence = (py_is(v, &py_type_str) || py_is(v, &py_type_tuple) || py_is(v, &py_type_bytes)) &&
                    py_is(key, &py_type_int);
    lacking(py, v, "[...] of a",
            value      ? "% object does not support item assignment"
            : sequence ? "% object doesn't support item deletion"
                       : "% object does not support item deletion");
    return -1;
}

/* --- iteration --- */

/* Objects with __getitem__ and without __iter__: 0, 1, 2 ... until IndexError. */
struct py_by_index {
    struct py_obj head;
    pyv of;
    int64_t at;
};

static pyv by_index_next(struct py *py, pyv self)
{
    struct py_by_index *it = (struct py_by_index *)(void *)self;
    pyv key = it->of ? py_int_new(py, it->at++) : NULL;
    pyv v = key ? py_getitem(py, it->of, key) : NULL;
    if (!v) {
        it->of = NULL;
        if (py->stop == PY_RAISED && (py_is(py->exception, py_exception_type(py, "IndexError")) ||
                                      py_is(py->exception, py_exception_type(py, "StopIteration")))) {
            py_clear(py);
        }
    }
    return v;
}

static pyv by_index_iter(struct py *py, pyv self)
{
    (void)py;
    return self;
}

static const struct py_type type_by_index = {PY_TYPE_HEAD,  .name = "iterator",    .module = "",
                                             .plain = true, .iter = by_index_iter, .next = by_index_next};

pyv py_iter(struct py *py, pyv v)
{
    struct py_found found;
    if (FIND(v, "__iter__", iter, &found)) {
        if (!found.value) {
            return found.owner->iter(py, v);
        }
        pyv it = py_is_none(found.value) ? lacking(py, v, "iterating a", "% object is not iterable")
                                         : call_found(py, &found, v, NULL, 0);
        if (it && !FIND(it, "__next__", next, &found)) {
            return py_raise(py, "TypeError", "iter() returned non-iterator of type '%s'", it->type->name);
        }
        return it;
    }
    if (FIND(v, "__getitem__", getitem, &found) && found.value) {
        struct py_by_index *it = py_object_new(py, &type_by_index, sizeof(*it));
        if (it) {
            it->of = v;
        }
        return it ? &it->head : NULL;
    }
    return lacking(py, v, "iterating a", "% object is not iterable");
}

pyv py_next(struct py *py, pyv iterator)
{
    if (!py_step(py)) {
        return NULL;
    }
    struct py_found found;
    if (!FIND(iterator, "__next__", next, &found)) {
        return lacking(py, iterator, "next() of a", "% object is not an iterator");
    }
    pyv v = found.value ? call_found(py, &found, iterator, NULL, 0) : found.owner->next(py, iterator);
    if (!v && found.value && py->stop == PY_RAISED &&
        py_is(py->exception, py_exception_type(py, "StopIteration"))) {
        py_clear(py);
    }
    return py->stop == PY_RUNNING ? v : NULL;
}

pyv py_next_or_raise(struct py *py, pyv iterator)
{
    struct py_found found;
    if (iterator->type->mro && FIND(iterator, "__next__", next, &found) && found.value) {
        return call_found(py, &found, iterator, NULL, 0);
    }
    pyv v = py_next(py, iterator);
    return v || py->stop != PY_RUNNING ? v : py_raise_stop(py, iterator);
}

pyv py_raise_stop(struct py *py, pyv iterator)
{
    pyv *result = py_alloc_array(py, 1, sizeof(*result));
    if (!result) {
        return NULL;
    }
    *result = py_generator_result(iterator);
    struct py_args args = {.pos = result, .npos = py_is_none(*result) ? 0 : 1};
    pyv e = py_call(py, py_type_value(py_exception_type(py, "StopIteration")), &args);
    return e ? py_raise_value(py, e) : NULL;
}

/* --- setting attributes --- */

int py_attrs_set(struct py *py, pyv v, const char *name, pyv value)
{
    struct py_dict **attrs = py_attrs(v);
    if (!attrs) {
        py_raise(py, "AttributeError", "'%s' object has no attribute '%s'", v->type->name, name);
        return -1;
    }
    if (value) {
        if (!*attrs) {
            *attrs = (struct py_dict *)(void *)py_dict_new(py);
        }
        return *attrs ? py_dict_set_str(py, &(*attrs)->head, name, value) : -1;
    }
    pyv key = *attrs ? py_str_of(py, name) : NULL;
    int rc = key ? py_dict_del(py, &(*attrs)->head, key) : 0;
    if (rc == 0) {
        py_raise(py, "AttributeError", "'%s' object has no attribute '%s'", v->type->name, name);
        return -1;
    }
    return rc < 0 ? -1 : 0;
}

/* What the class says about setting: 1: nothing, 0: done, -1. */
static int set_by_class(struct py *py, pyv v, const char *name, pyv value)
{
    struct py_found found;
    if (!py_type_find(v->type, name, &found)) {
        return 1;
    }
    if (found.def) {
        if (found.def->kind == PY_DEF_PROPERTY || found.def->kind == PY_DEF_REFUSED) {
            py_refuse(py, "setting %s.%s", v->type->name, name);
            return -1;
        }
        return 1;
    }
    if (found.value->type == &py_type_property) {
        const struct py_property *p = (const struct py_property *)(const void *)found.value;
        pyv fn = value ? p->set : p->del;
        if (!fn) {
            py_raise(py, "AttributeError", "property '%s' of '%s' object has no %s", name, v->type->name,
                     value ? "setter" : "deleter");
            return -1;
        }
        pyv *pos = py_alloc_array(py, 2, sizeof(*pos));
        if (!pos) {
            return -1;
        }
        pos[0] = v;
        pos[1] = value;
        return py_call(py, fn, &(struct py_args){.pos = pos, .npos = value ? 2 : 1}) ? 0 : -1;
    }
    struct py_found set;
    if (found.value->type->mro && py_type_find(found.value->type, value ? "__set__" : "__delete__", &set)) {
        pyv values[] = {v, value};
        return call_found(py, &set, found.value, values, value ? 2 : 1) ? 0 : -1;
    }
    return 1;
}

int py_setattr_native(struct py *py, pyv v, const char *name, pyv value)
{
    const struct py_type *t = v->type, *native = PY_SLOT(t, setattr);
    struct py_found found;
    int rc = t->mro ? set_by_class(py, v, name, value) : 1;
    if (rc != 1) {
        return rc;
    }
    if (native || t->mro) {
        return native ? native->setattr(py, v, name, value) : py_attrs_set(py, v, name, value);
    }
    if (py_type_vocabulary(t)) {
        py_refuse(py, "setting %s.%s", t->name, name);
        return -1;
    }
    if (py_type_find(t, name, &found)) {
        py_raise(py, "AttributeError", "'%s' object attribute '%s' is read-only", t->name, name);
    } else {
        py_raise(py, "AttributeError", "'%s' object has no attribute '%s'", t->name, name);
    }
    return -1;
}

int py_setattr(struct py *py, pyv v, const char *name, pyv value)
{
    struct py_found found;
    if (v->type->mro && FIND(v, value ? "__setattr__" : "__delattr__", setattr, &found) && found.value) {
        pyv values[] = {py_str_of(py, name), value};
        return values[0] && call_found(py, &found, v, values, value ? 2 : 1) ? 0 : -1;
    }
    return py_setattr_native(py, v, name, value);
}
