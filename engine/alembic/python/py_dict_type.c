/* The type dict: operators and methods over the table of py_dict.c. */
#include "engine/alembic/python/py_dict.h"

#define DICT(v) ((struct py_dict *)(void *)(v))

/* --- filling --- */

static int add_pair(struct py *py, struct py_dict *d, pyv item, size_t at)
{
    bool iterable = item->type->mro || PY_SLOT(item->type, iter);
    if (!iterable) {
        py_raise(py, "TypeError", "cannot convert dictionary update sequence element #%zu to a sequence", at);
        return -1;
    }
    struct py_list *pair = py_fast_sequence(py, item);
    if (!pair) {
        return -1;
    }
    if (pair->n != 2) {
        py_raise(py, "ValueError", "dictionary update sequence element #%zu has length %zu; 2 is required",
                 at, pair->n);
        return -1;
    }
    return py_dict_set(py, &d->head, pair->items[0], pair->items[1]);
}

static int merge_mapping(struct py *py, struct py_dict *d, pyv other, pyv keys)
{
    pyv it = py_iter(py, keys), key;
    if (!it) {
        return -1;
    }
    while ((key = py_next(py, it)) != NULL) {
        pyv value = py_getitem(py, other, key);
        if (!value || py_dict_set(py, &d->head, key, value) != 0) {
            return -1;
        }
    }
    return py_stopped(py) == PY_RUNNING ? 0 : -1;
}

int py_dict_merge(struct py *py, struct py_dict *d, pyv other)
{
    const struct py_dict *from = py_dict_of(other);
    if (from && !py_dunder(py, other, "__iter__")) {
        pyv key, value;
        for (size_t i = 0; i < from->n; i++) {
            key = from->entries[i].key;
            value = from->entries[i].value;
            if (key && (!py_spend(py, 1, 0) || py_dict_put(py, d, key, from->entries[i].hash, value) < 0)) {
                return -1;
            }
        }
        return 0;
    }
    bool failed = false;
    pyv method = py_stopped(py) == PY_RUNNING ? py_find_attr(py, other, "keys", &failed) : NULL;
    if (method) {
        pyv keys = py_call(py, method, PY_NO_ARGS);
        return keys ? merge_mapping(py, d, other, keys) : -1;
    }
    pyv it = failed || py_stopped(py) != PY_RUNNING ? NULL : py_iter(py, other), item;
    if (!it) {
        return -1;
    }
    for (size_t at = 0; (item = py_next(py, it)) != NULL; at++) {
        if (!py_spend(py, 1, 0) || add_pair(py, d, item, at) != 0) {
            return -1;
        }
    }
    return py_stopped(py) == PY_RUNNING ? 0 : -1;
}

static int update(struct py *py, struct py_dict *d, const struct py_args *args, const char *name)
{
    if (args->npos > 1) {
        py_raise(py, "TypeError", "%s expected at most 1 argument, got %zu", name, args->npos);
        return -1;
    }
    if (args->npos && py_dict_merge(py, d, args->pos[0]) != 0) {
        return -1;
    }
    for (size_t i = 0; i < args->nkw; i++) {
        if (py_dict_set_str(py, &d->head, args->names[i], args->values[i]) != 0) {
            return -1;
        }
    }
    return 0;
}

static pyv dict_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    struct py_dict *d = py_object_new(py, type, sizeof(*d));
    return d && update(py, d, args, "dict") == 0 ? &d->head : NULL;
}

/* --- slots --- */

static int64_t dict_len(struct py *py, pyv self)
{
    (void)py;
    return (int64_t)DICT(self)->live;
}

static pyv dict_getitem(struct py *py, pyv self, pyv key)
{
    pyv value = py_dict_get(py, self, key);
    if (value || py_stopped(py) != PY_RUNNING) {
        return value;
    }
    pyv missing = self->type->mro ? py_dunder(py, self, "__missing__") : NULL;
    if (missing) {
        return py_call1(py, missing, key);
    }
    return py_stopped(py) == PY_RUNNING ? py_raise_key(py, key) : NULL;
}

static int dict_setitem(struct py *py, pyv self, pyv key, pyv value)
{
    if (value) {
        return py_dict_set(py, self, key, value);
    }
    int rc = py_dict_del(py, self, key);
    if (rc == 0) {
        py_raise_key(py, key);
    }
    return rc == 1 ? 0 : -1;
}

static int dict_contains(struct py *py, pyv self, pyv key)
{
    return py_dict_get(py, self, key) ? 1 : py_stopped(py) == PY_RUNNING ? 0 : -1;
}

static pyv dict_iter(struct py *py, pyv self)
{
    return py_dict_iterator(py, PY_VIEW_KEYS, self, false);
}

static pyv dict_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (op != PY_OP_BITOR || !py_dict_of(left) || !py_dict_of(right)) {
        return &py_not_implemented;
    }
    struct py_dict *out = py_dict_copy(py, DICT(left));
    return out && py_dict_merge(py, out, right) == 0 ? &out->head : NULL;
}

/* 1: same keys with same values. */
static int dict_equal(struct py *py, struct py_dict *a, struct py_dict *b)
{
    if (a->live != b->live) {
        return 0;
    }
    for (size_t i = 0; i < a->n; i++) {
        struct py_dict_entry e = a->entries[i];
        if (!e.key) {
            continue;
        }
        pyv other = py_spend(py, 1, 0) ? py_dict_lookup(py, b, e.key, e.hash) : NULL;
        int same = other ? py_same(py, e.value, other) : py_stopped(py) == PY_RUNNING ? 0 : -1;
        if (same != 1) {
            return same;
        }
    }
    return 1;
}

static pyv dict_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    if ((op != PY_OP_EQ && op != PY_OP_NE) || !py_dict_of(left) || !py_dict_of(right)) {
        return &py_not_implemented;
    }
    if (!py_enter(py)) {
        return NULL;
    }
    int same = dict_equal(py, DICT(left), DICT(right));
    py_leave(py);
    return same < 0 ? NULL : py_bool((op == PY_OP_EQ) == (same == 1));
}

/* --- methods --- */

static pyv dict_keys(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "dict.keys", 0, 0) ? py_dict_view(py, PY_VIEW_KEYS, self) : NULL;
}

static pyv dict_values(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "dict.values", 0, 0) ? py_dict_view(py, PY_VIEW_VALUES, self) : NULL;
}

static pyv dict_items(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "dict.items", 0, 0) ? py_dict_view(py, PY_VIEW_ITEMS, self) : NULL;
}

static pyv dict_get(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "dict.get", 1, 2)) {
        return NULL;
    }
    pyv value = py_dict_get(py, self, args->pos[0]);
    return value || py_stopped(py) != PY_RUNNING ? value : args->npos > 1 ? args->pos[1] : &py_none;
}

static pyv dict_setdefault(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "dict.setdefault", 1, 2)) {
        return NULL;
    }
    pyv value = py_dict_get(py, self, args->pos[0]);
    if (value || py_stopped(py) != PY_RUNNING) {
        return value;
    }
    value = args->npos > 1 ? args->pos[1] : &py_none;
    return py_dict_set(py, self, args->pos[0], value) == 0 ? value : NULL;
}

static pyv dict_pop(struct py *py, pyv self, const struct py_args *args)
{
    uint64_t hash;
    pyv value = NULL;
    if (!py_args_only(py, args, "dict.pop", 1, 2)) {
        return NULL;
    }
    if (!DICT(self)->live) { /* not even hashed */
        return args->npos > 1 ? args->pos[1] : py_raise_key(py, args->pos[0]);
    }
    if (py_hash(py, args->pos[0], &hash) != 0) {
        return NULL;
    }
    int rc = py_dict_remove(py, DICT(self), args->pos[0], hash, NULL, &value);
    if (rc == 0) {
        return args->npos > 1 ? args->pos[1] : py_raise_key(py, args->pos[0]);
    }
    return rc < 0 ? NULL : value;
}

static pyv dict_popitem(struct py *py, pyv self, const struct py_args *args)
{
    pyv pair[2];
    if (!py_args_only(py, args, "dict.popitem", 0, 0)) {
        return NULL;
    }
    if (!py_dict_pop_last(DICT(self), &pair[0], &pair[1])) {
        return py_raise_key(py, py_str_borrow(py, SLICE("popitem(): dictionary is empty")));
    }
    return py_tuple_new(py, pair, 2);
}

static pyv dict_update(struct py *py, pyv self, const struct py_args *args)
{
    return update(py, DICT(self), args, "update") == 0 ? &py_none : NULL;
}

static pyv dict_clear(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "dict.clear", 0, 0)) {
        return NULL;
    }
    py_dict_clear(DICT(self));
    return &py_none;
}

static pyv dict_copy(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "dict.copy", 0, 0) ? (pyv)py_dict_copy(py, DICT(self)) : NULL;
}

static pyv dict_fromkeys(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "dict.fromkeys", 1, 2)) {
        return NULL;
    }
    pyv out = py_call(py, self, PY_NO_ARGS), it = out ? py_iter(py, args->pos[0]) : NULL, key;
    if (!it) {
        return NULL;
    }
    while ((key = py_next(py, it)) != NULL) {
        if (py_setitem(py, out, key, args->npos > 1 ? args->pos[1] : &py_none) != 0) {
            return NULL;
        }
    }
    return py_stopped(py) == PY_RUNNING ? out : NULL;
}

static pyv dict_reversed(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_dict_iterator(py, PY_VIEW_KEYS, self, true);
}

const struct py_def py_dict_defs[] = {
    {"__reversed__", PY_DEF_METHOD, dict_reversed, NULL, NULL},
    {"clear", PY_DEF_METHOD, dict_clear, NULL, NULL},
    {"copy", PY_DEF_METHOD, dict_copy, NULL, NULL},
    {"fromkeys", PY_DEF_CLASS_METHOD, dict_fromkeys, NULL, NULL},
    {"get", PY_DEF_METHOD, dict_get, NULL, NULL},
    {"items", PY_DEF_METHOD, dict_items, NULL, NULL},
    {"keys", PY_DEF_METHOD, dict_keys, NULL, NULL},
    {"pop", PY_DEF_METHOD, dict_pop, NULL, NULL},
    {"popitem", PY_DEF_METHOD, dict_popitem, NULL, NULL},
    {"setdefault", PY_DEF_METHOD, dict_setdefault, NULL, NULL},
    {"update", PY_DEF_METHOD, dict_update, NULL, NULL},
    {"values", PY_DEF_METHOD, dict_values, NULL, NULL},
    {0},
};

const struct py_type py_type_dict = {PY_TYPE_HEAD,
                                     .name = "dict",
                                     .module = "",
                                     .defs = py_dict_defs,
                                     .plain = true,
                                     .construct = dict_construct,
                                     .repr = py_dict_repr,
                                     .len = dict_len,
                                     .getitem = dict_getitem,
                                     .setitem = dict_setitem,
                                     .contains = dict_contains,
                                     .iter = dict_iter,
                                     .binary = dict_binary,
                                     .compare = dict_compare,
                                     .hash = py_unhashable};
