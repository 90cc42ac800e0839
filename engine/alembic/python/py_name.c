/* Names: where a function, a class body, a comprehension and a module keep their variables, and the targets
 * that assign to them. */
#include "engine/alembic/python/py_frame.h"

ptrdiff_t py_scope_find(const struct py_scope *scope, const char *name)
{
    const char *const *names = scope->locals.items;
    for (size_t i = 0; i < scope->locals.n; i++) {
        if (names[i] == name) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

bool py_names_have(const py_names_t *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (names->items[i] == name) {
            return true;
        }
    }
    return false;
}

const char *py_mangled(struct py *py, const char *name)
{
    if (name[0] != '_' || name[1] != '_') {
        return name;
    }
    size_t n = strlen(name);
    const struct py_env *e = py->frame->env;
    while (e && !e->dict) {
        e = e->parent;
    }
    const char *class = e ? e->class->type.name : "";
    class += strspn(class, "_");
    bool special = n >= 4 && name[n - 1] == '_' && name[n - 2] == '_';
    return special || !*class ? name : arena_printf(&py->arena, "_%s%s", class, name);
}

/* --- reading --- */

/* An import that was not needed so far takes the place of the name for good. */
static pyv settle(struct py *py, pyv v, const char *name, pyv *slot)
{
    if (v->type != &py_type_lazy) {
        return v;
    }
    v = py_lazy_resolve(py, v, name);
    if (v && slot) {
        *slot = v;
    }
    return v;
}

static pyv unbound(struct py *py, const struct py_env *env, const char *name)
{
    if (env == py->frame->env) {
        return py_raise(py, "UnboundLocalError",
                        "cannot access local variable '%s' where it is not associated with a value", name);
    }
    return py_raise(
        py, "NameError",
        "cannot access free variable '%s' where it is not associated with a value in enclosing scope", name);
}

static pyv load_global(struct py *py, const char *name)
{
    pyv v = py_module_global(py, py->frame->module, name);
    if (!v && py->stop == PY_RUNNING) {
        v = py_builtin(py, name);
    }
    if (v || py->stop != PY_RUNNING) {
        return v;
    }
    const struct py_source *s = py->frame->module->private;
    return s->star_unknown
               ? py_refuse(py, "%s, which may come from \"from %s import *\"", name, s->star_unknown)
               : py_raise(py, "NameError", "name '%s' is not defined", name);
}

/* A class body sees its own names and then the module's, unless a function around it has the name. */
static pyv load_class(struct py *py, const struct py_env *env, const char *name, bool *global)
{
    pyv v = py_dict_get_str(py, &env->dict->head, py_mangled(py, name));
    *global = !v && (py_scope_find(env->scope, name) >= 0 || py_names_have(&env->scope->globals, name));
    if (v && v->type == &py_type_lazy) {
        v = py_lazy_resolve(py, v, name);
        if (v && py_dict_set_str(py, &env->dict->head, name, v) != 0) {
            return NULL;
        }
    }
    return v;
}

pyv py_load(struct py *py, const struct py_node *node)
{
    const char *name = node->name;
    for (struct py_env *e = py->frame->env; e; e = e->parent) {
        if (e->dict) {
            bool global = false;
            pyv v = e == py->frame->env ? load_class(py, e, name, &global) : NULL;
            if (v || py->stop != PY_RUNNING) {
                return v;
            }
            if (global) {
                break;
            }
            continue;
        }
        ptrdiff_t i = py_scope_find(e->scope, name);
        if (i >= 0) {
            pyv v = e->values[i];
            return v ? settle(py, v, name, &e->values[i]) : unbound(py, e, name);
        }
        if (e->scope->globals.n && py_names_have(&e->scope->globals, name)) {
            break;
        }
    }
    return load_global(py, name);
}

/* --- writing --- */

/* The slot of the name in a function around this one. */
static pyv *outer_slot(struct py_env *env, const char *name)
{
    for (; env; env = env->parent) {
        ptrdiff_t i = env->dict ? -1 : py_scope_find(env->scope, name);
        if (i >= 0) {
            return &env->values[i];
        }
    }
    return NULL;
}

/* Where the name is kept as seen from env: a slot, or a namespace. */
static pyv *place_of(struct py *py, struct py_env *env, const char *name, struct py_dict **dict)
{
    *dict = NULL;
    if (!env || py_names_have(&env->scope->globals, name)) {
        *dict = py->frame->module->dict;
        return NULL;
    }
    if (env->scope->nonlocals.n && py_names_have(&env->scope->nonlocals, name)) {
        return outer_slot(env->parent, name);
    }
    if (env->dict) {
        *dict = env->dict;
        return NULL;
    }
    ptrdiff_t i = py_scope_find(env->scope, name);
    return i >= 0 ? &env->values[i] : NULL;
}

static int store(struct py *py, struct py_env *env, const char *name, pyv value)
{
    struct py_dict *dict;
    pyv *slot = place_of(py, env, name, &dict);
    if (slot) {
        *slot = value;
        return 0;
    }
    if (dict) {
        return py_dict_set_str(py, &dict->head, env && env->dict == dict ? py_mangled(py, name) : name,
                               value);
    }
    py_refuse(py, "the name %s, which is bound in a way that Lockstep does not follow", name);
    return -1;
}

int py_store(struct py *py, const char *name, pyv value)
{
    return store(py, py->frame->env, name, value);
}

/* `:=` in a comprehension binds in what is around it. */
int py_store_walrus(struct py *py, const char *name, pyv value)
{
    struct py_env *env = py->frame->env;
    while (env && env->comprehension) {
        env = env->parent;
    }
    return store(py, env, name, value);
}

int py_unbind(struct py *py, const char *name, bool must_exist)
{
    struct py_env *env = py->frame->env;
    struct py_dict *dict;
    pyv *slot = place_of(py, env, name, &dict);
    if (slot && (*slot || !must_exist)) {
        *slot = NULL;
        return 0;
    }
    if (slot) {
        unbound(py, env, name);
        return -1;
    }
    const char *kept = dict && env && env->dict == dict ? py_mangled(py, name) : name;
    pyv key = dict ? py_str_borrow(py, slice_of(kept)) : NULL;
    int rc = key ? py_dict_del(py, &dict->head, key) : -1;
    if (rc == 0 && must_exist) {
        py_raise(py, "NameError", "name '%s' is not defined", name);
        return -1;
    }
    return rc < 0 ? -1 : 0;
}

/* --- targets --- */

static pyv *unpack_fewer(struct py *py, size_t got, size_t n, bool rest)
{
    return py_raise(py, "ValueError", "not enough values to unpack (expected %s%zu, got %zu)",
                    rest ? "at least " : "", n, got);
}

/* From an iterator no more is taken than shows that there is too much. */
static pyv *unpack_iterator(struct py *py, pyv v, size_t n, bool rest, size_t *given)
{
    const struct py_type *t = v->type;
    pyv it = py_iter(py, v);
    if (!it) {
        if (py->stop == PY_RAISED && !py_slot(t, offsetof(struct py_type, iter)) &&
            py_is(py->exception, py_exception_type(py, "TypeError"))) {
            py_raise(py, "TypeError", "cannot unpack non-iterable %s object", t->name);
        }
        return NULL;
    }
    pyv list = py_list_new(py);
    struct py_list *l = (struct py_list *)(void *)list;
    while (list && (rest || l->n <= n)) {
        pyv item = py_next(py, it);
        if (!item) {
            break;
        }
        if (py_list_append(py, list, item) != 0) {
            return NULL;
        }
    }
    if (!list || py->stop != PY_RUNNING) {
        return NULL;
    }
    if (l->n > n && !rest) {
        return py_raise(py, "ValueError", "too many values to unpack (expected %zu)", n);
    }
    *given = l->n;
    return l->n < n ? unpack_fewer(py, l->n, n, rest) : l->items ? l->items : py_take(py, sizeof(pyv));
}

pyv *py_unpack(struct py *py, pyv v, size_t n, bool rest, size_t *given)
{
    if (v->type == &py_type_tuple || v->type == &py_type_list) {
        struct py_list *l = (struct py_list *)(void *)v;
        if (l->n < n) {
            return unpack_fewer(py, l->n, n, rest);
        }
        if (l->n > n && !rest) {
            return py_raise(py, "ValueError", "too many values to unpack (expected %zu)", n);
        }
        *given = l->n;
        /* A copy: assigning an item may change the list. */
        pyv *copy = py_alloc_array(py, l->n + 1, sizeof(*copy));
        if (copy && l->n) {
            memcpy(copy, l->items, l->n * sizeof(*copy));
        }
        return copy;
    }
    return unpack_iterator(py, v, n, rest, given);
}

static int assign_sequence(struct py *py, const struct py_node *target, pyv value)
{
    size_t n = target->list.n, star = n;
    for (size_t i = 0; i < n; i++) {
        if (target->list.items[i]->kind == PY_STARRED) {
            star = i;
        }
    }
    size_t fixed = star < n ? n - 1 : n, given = 0;
    py->frame->at = target;
    pyv *items = py_unpack(py, value, fixed, star < n, &given);
    if (!items) {
        return -1;
    }
    for (size_t i = 0, at = 0; i < n; i++) {
        const struct py_node *t = target->list.items[i];
        pyv v;
        if (i == star) {
            v = py_list_new(py);
            for (size_t k = 0; v && k < given - fixed; k++) {
                if (py_list_append(py, v, items[at++]) != 0) {
                    return -1;
                }
            }
            t = t->left;
        } else {
            v = items[at++];
        }
        if (!v || py_assign(py, t, v) != 0) {
            return -1;
        }
    }
    return 0;
}

int py_assign(struct py *py, const struct py_node *target, pyv value)
{
    if (!py_step(py)) {
        return -1;
    }
    pyv object, key;
    switch (target->kind) {
    case PY_NAME:
        return py_store(py, target->name, value);
    case PY_ATTRIBUTE:
        object = py_eval(py, target->left);
        py->frame->at = target;
        return object ? py_setattr(py, object, py_mangled(py, target->name), value) : -1;
    case PY_SUBSCRIPT:
        object = py_eval(py, target->left);
        key = object ? py_eval(py, target->right) : NULL;
        py->frame->at = target;
        return key ? py_setitem(py, object, key, value) : -1;
    case PY_TUPLE:
    case PY_LIST:
        return assign_sequence(py, target, value);
    default:
        py_refuse(py, "an assignment to this");
        return -1;
    }
}

int py_delete(struct py *py, const struct py_node *target)
{
    pyv object, key;
    py->frame->at = target;
    switch (target->kind) {
    case PY_NAME:
        return py_unbind(py, target->name, true);
    case PY_ATTRIBUTE:
        object = py_eval(py, target->left);
        py->frame->at = target;
        return object ? py_setattr(py, object, py_mangled(py, target->name), NULL) : -1;
    case PY_SUBSCRIPT:
        object = py_eval(py, target->left);
        key = object ? py_eval(py, target->right) : NULL;
        py->frame->at = target;
        return key ? py_setitem(py, object, key, NULL) : -1;
    case PY_TUPLE:
    case PY_LIST:
        for (size_t i = 0; i < target->list.n; i++) {
            if (py_delete(py, target->list.items[i]) != 0) {
                return -1;
            }
        }
        return 0;
    default:
        py_refuse(py, "del of this");
        return -1;
    }
}
