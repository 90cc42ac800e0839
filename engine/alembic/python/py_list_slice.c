/* Items and slices of list and tuple, read and set. */
#include "engine/alembic/python/py_list.h"

static pyv sequence_getitem(struct py *py, const struct py_type *type, pyv self, pyv key)
{
    const struct py_list *list = (const struct py_list *)(void *)self;
    struct py_range_of r;
    int64_t at;
    key = key->type == &py_type_int ? key : py_plain_key(py, key, type->name);
    if (!key) {
        return NULL;
    }
    if (!PY_AS(slice, key)) {
        const char *error = type == &py_type_list ? "list index out of range" : "tuple index out of range";
        return py_index_resolve(py, key, (int64_t)list->n, type->name, error, &at) ? list->items[at] : NULL;
    }
    if (!py_slice_resolve(py, key, (int64_t)list->n, &r)) {
        return NULL;
    }
    struct py_list *out = py_list_sized(py, type, (size_t)r.count);
    for (int64_t i = 0; out && i < r.count; i++) {
        out->items[i] = list->items[r.start + i * r.step];
    }
    return (pyv)out;
}

pyv py_list_getitem(struct py *py, pyv self, pyv key)
{
    return sequence_getitem(py, &py_type_list, self, key);
}

pyv py_tuple_getitem(struct py *py, pyv self, pyv key)
{
    return sequence_getitem(py, &py_type_tuple, self, key);
}

/* Put n items in the place of `count` from `start` on. */
static int list_replace(struct py *py, struct py_list *list, size_t start, size_t count, pyv const *items,
                        size_t n)
{
    if (n > count && py_list_reserve(py, list, n - count) != 0) {
        return -1;
    }
    size_t rest = list->n - start - count;
    if (!py_scan(py, rest)) {
        return -1;
    }
    if (rest) {
        memmove(list->items + start + n, list->items + start + count, rest * sizeof(*items));
    }
    if (n) {
        memcpy(list->items + start, items, n * sizeof(*items));
    }
    list->n = start + n + rest;
    return 0;
}

int py_list_cut(struct py *py, struct py_list *list, size_t at)
{
    size_t rest = list->n - at - 1;
    if (!py_scan(py, rest)) {
        return -1;
    }
    memmove(list->items + at, list->items + at + 1, rest * sizeof(*list->items));
    list->n--;
    return 0;
}

static void list_delete_steps(struct py_list *list, struct py_range_of r)
{
    if (r.step < 0) { /* the same elements in ascending order */
        r.start += (r.count - 1) * r.step;
        r.step = -r.step;
    }
    size_t kept = 0;
    int64_t next = r.start, left = r.count;
    for (size_t i = 0; i < list->n; i++) {
        if (left > 0 && (int64_t)i == next) {
            left--;
            next += left > 0 ? r.step : 0;
        } else {
            list->items[kept++] = list->items[i];
        }
    }
    list->n = kept;
}

static int list_set_slice(struct py *py, struct py_list *list, pyv key, pyv value)
{
    struct py_range_of r;
    struct py_list *items = NULL;
    if (value) {
        if (!PY_SLOT(value->type, iter) && !value->type->mro && !py_list_of(value)) {
            py_raise(py, "TypeError", "can only assign an iterable");
            return -1;
        }
        items = (struct py_list *)(void *)py_listed(py, value);
        if (!items) {
            return -1;
        }
    }
    if (!py_slice_resolve(py, key, (int64_t)list->n, &r)) {
        return -1;
    }
    if (r.step == 1) {
        return list_replace(py, list, (size_t)r.start, (size_t)r.count, items ? items->items : NULL,
                            items ? items->n : 0);
    }
    if (!items) {
        if (!py_scan(py, list->n)) {
            return -1;
        }
        if (r.count) {
            list_delete_steps(list, r);
        }
        return 0;
    }
    if (items->n != (size_t)r.count) {
        py_raise(py, "ValueError", "attempt to assign sequence of size %zu to extended slice of size %lld",
                 items->n, (long long)r.count);
        return -1;
    }
    for (int64_t i = 0; i < r.count; i++) {
        list->items[r.start + i * r.step] = items->items[i];
    }
    return 0;
}

int py_list_setitem(struct py *py, pyv self, pyv key, pyv value)
{
    struct py_list *list = (struct py_list *)(void *)self;
    int64_t at;
    key = py_plain_key(py, key, "list");
    if (!key) {
        return -1;
    }
    if (PY_AS(slice, key)) {
        return list_set_slice(py, list, key, value);
    }
    if (!py_index_resolve(py, key, (int64_t)list->n, "list", "list assignment index out of range", &at)) {
        return -1;
    }
    if (value) {
        list->items[at] = value;
        return 0;
    }
    return py_list_cut(py, list, (size_t)at);
}
