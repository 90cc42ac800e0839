/* Methods of list and tuple, and sorting. */
#include "engine/alembic/python/py_list.h"

#define LIST(v) ((struct py_list *)(void *)(v))

static pyv list_append(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "list.append", 1, 1) && py_list_append(py, self, args->pos[0]) == 0
               ? &py_none
               : NULL;
}

static pyv list_extend(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "list.extend", 1, 1) && py_list_extend(py, LIST(self), args->pos[0]) == 0
               ? &py_none
               : NULL;
}

static pyv list_insert(struct py *py, pyv self, const struct py_args *args)
{
    struct py_list *list = LIST(self);
    int64_t at, n;
    if (!py_args_only(py, args, "list.insert", 2, 2) || !py_index_of(py, args->pos[0], &at) ||
        py_list_append(py, self, args->pos[1]) != 0) {
        return NULL;
    }
    n = (int64_t)list->n - 1;
    at = at < -n ? 0 : at < 0 ? at + n : at > n ? n : at;
    if (!py_scan(py, (size_t)(n - at))) {
        return NULL;
    }
    memmove(list->items + at + 1, list->items + at, (size_t)(n - at) * sizeof(*list->items));
    list->items[at] = args->pos[1];
    return &py_none;
}

static pyv list_pop(struct py *py, pyv self, const struct py_args *args)
{
    struct py_list *list = LIST(self);
    int64_t at = -1;
    if (!py_args_only(py, args, "list.pop", 0, 1) || (args->npos && !py_index_of(py, args->pos[0], &at))) {
        return NULL;
    }
    if (!list->n) {
        return py_raise(py, "IndexError", "pop from empty list");
    }
    at += at < 0 ? (int64_t)list->n : 0;
    if (at < 0 || at >= (int64_t)list->n) {
        return py_raise(py, "IndexError", "pop index out of range");
    }
    pyv item = list->items[at];
    return py_list_cut(py, list, (size_t)at) == 0 ? item : NULL;
}

/* Position of the item between start and stop; -1: not there, -2: raised. */
static int64_t list_find(struct py *py, const struct py_list *list, pyv item, int64_t start, int64_t stop)
{
    for (int64_t i = start; i < stop && i < (int64_t)list->n; i++) {
        int same = py_spend(py, 1, 0) ? py_same(py, list->items[i], item) : -1;
        if (same) {
            return same < 0 ? -2 : i;
        }
    }
    return -1;
}

static pyv sequence_index(struct py *py, pyv self, const struct py_args *args)
{
    bool is_list = py_is(self, &py_type_list);
    const struct py_list *list = LIST(self);
    int64_t n = (int64_t)list->n, start = 0, stop = n;
    if (!py_args_only(py, args, is_list ? "list.index" : "tuple.index", 1, 3) ||
        (args->npos > 1 && !py_index_not_none(py, args->pos[1], &start)) ||
        (args->npos > 2 && !py_index_not_none(py, args->pos[2], &stop))) {
        return NULL;
    }
    py_clamp_range(n, &start, &stop);
    int64_t at = list_find(py, list, args->pos[0], start, stop);
    if (at == -1) {
        return is_list ? py_raise(py, "ValueError", "%s is not in list", py_repr_of(py, args->pos[0]))
                       : py_raise(py, "ValueError", "tuple.index(x): x not in tuple");
    }
    return at < 0 ? NULL : py_int_new(py, at);
}

static pyv sequence_count(struct py *py, pyv self, const struct py_args *args)
{
    const struct py_list *list = LIST(self);
    int64_t count = 0;
    if (!py_args_only(py, args, py_is(self, &py_type_list) ? "list.count" : "tuple.count", 1, 1)) {
        return NULL;
    }
    for (size_t i = 0; i < list->n; i++) {
        int same = py_spend(py, 1, 0) ? py_same(py, list->items[i], args->pos[0]) : -1;
        if (same < 0) {
            return NULL;
        }
        count += same;
    }
    return py_int_new(py, count);
}

static pyv list_remove(struct py *py, pyv self, const struct py_args *args)
{
    struct py_list *list = LIST(self);
    if (!py_args_only(py, args, "list.remove", 1, 1)) {
        return NULL;
    }
    int64_t at = list_find(py, list, args->pos[0], 0, INT64_MAX);
    if (at < 0) {
        return at == -1 ? py_raise(py, "ValueError", "list.remove(x): x not in list") : NULL;
    }
    return (size_t)at >= list->n || py_list_cut(py, list, (size_t)at) == 0 ? &py_none : NULL;
}

static pyv list_clear(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "list.clear", 0, 0)) {
        return NULL;
    }
    LIST(self)->n = LIST(self)->cap = 0;
    LIST(self)->items = NULL;
    return &py_none;
}

static pyv list_copy(struct py *py, pyv self, const struct py_args *args)
{
    const struct py_list *list = LIST(self);
    struct py_list *copy =
        py_args_only(py, args, "list.copy", 0, 0) ? py_list_sized(py, &py_type_list, list->n) : NULL;
    if (copy && list->n) {
        memcpy(copy->items, list->items, list->n * sizeof(*list->items));
    }
    return (pyv)copy;
}

static pyv list_reverse(struct py *py, pyv self, const struct py_args *args)
{
    struct py_list *list = LIST(self);
    if (!py_args_only(py, args, "list.reverse", 0, 0) || !py_scan(py, list->n)) {
        return NULL;
    }
    for (size_t i = 0; i < list->n / 2; i++) {
        pyv v = list->items[i];
        list->items[i] = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = v;
    }
    return &py_none;
}

/* --- sorting --- */

struct sort_item {
    pyv key, value;
};

/* 1: a comes before b; 0, -1. */
static int sort_less(struct py *py, pyv a, pyv b)
{
    if (!py_spend(py, 1, 0)) {
        return -1;
    }
    if (a->type == &py_type_int && b->type == &py_type_int) {
        return ((struct py_int *)(void *)a)->value < ((struct py_int *)(void *)b)->value;
    }
    pyv less = py_compare(py, PY_OP_LT, a, b);
    return less ? py_truth(py, less) : -1;
}

/* Stable merge of two sorted runs that lie behind each other; with reverse, equal ones keep their order too.
 */
static int merge(struct py *py, const struct sort_item *from, struct sort_item *to, size_t mid, size_t n,
                 bool reverse)
{
    size_t a = 0, b = mid;
    for (size_t i = 0; i < n; i++) {
        int second = b < n && a == mid;
        if (a < mid && b < n) {
            second =
                reverse ? sort_less(py, from[a].key, from[b].key) : sort_less(py, from[b].key, from[a].key);
            if (second < 0) {
                return -1;
            }
        }
        to[i] = second ? from[b++] : from[a++];
    }
    return 0;
}

static int sort_items(struct py *py, struct sort_item *items, struct sort_item *spare, size_t n, bool reverse)
{
    struct sort_item *from = items, *to = spare;
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t at = 0; at < n; at += 2 * run) {
            size_t left = n - at, size = left < 2 * run ? left : 2 * run;
            if (merge(py, from + at, to + at, size < run ? size : run, size, reverse) != 0) {
                return -1;
            }
        }
        struct sort_item *other = from;
        from = to;
        to = other;
    }
    if (from != items) {
        memcpy(items, from, n * sizeof(*items));
    }
    return 0;
}

int py_list_sort(struct py *py, struct py_list *list, pyv key, bool reverse)
{
    size_t n = list->n;
    pyv *values = list->items;
    if (key && py_is_none(key)) {
        key = NULL;
    }
    struct sort_item *items = py_alloc_array(py, n ? n : 1, 2 * sizeof(*items));
    if (!items) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        items[i].value = values[i];
        items[i].key = key ? py_call1(py, key, values[i]) : values[i];
        if (!items[i].key) {
            return -1;
        }
    }
    if (sort_items(py, items, items + n, n, reverse) != 0) {
        return -1;
    }
    if (list->n != n || list->items != values) {
        py_raise(py, "ValueError", "list modified during sort");
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = items[i].value;
    }
    return 0;
}

static pyv list_sort(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"key", PY_ARG_KEYWORD}, {"reverse", PY_ARG_KEYWORD}, {0}};
    pyv in[2] = {0};
    if (!py_bind_native(py, "sort", args, table, in)) {
        return NULL;
    }
    int reverse = in[1] ? py_truth(py, in[1]) : 0;
    return reverse >= 0 && py_list_sort(py, LIST(self), in[0], reverse) == 0 ? &py_none : NULL;
}

const struct py_def py_list_defs[] = {
    {"append", PY_DEF_METHOD, list_append, NULL, NULL}, {"clear", PY_DEF_METHOD, list_clear, NULL, NULL},
    {"copy", PY_DEF_METHOD, list_copy, NULL, NULL},     {"count", PY_DEF_METHOD, sequence_count, NULL, NULL},
    {"extend", PY_DEF_METHOD, list_extend, NULL, NULL}, {"index", PY_DEF_METHOD, sequence_index, NULL, NULL},
    {"insert", PY_DEF_METHOD, list_insert, NULL, NULL}, {"pop", PY_DEF_METHOD, list_pop, NULL, NULL},
    {"remove", PY_DEF_METHOD, list_remove, NULL, NULL}, {"reverse", PY_DEF_METHOD, list_reverse, NULL, NULL},
    {"sort", PY_DEF_METHOD, list_sort, NULL, NULL},     {0},
};

const struct py_def py_tuple_defs[] = {
    {"count", PY_DEF_METHOD, sequence_count, NULL, NULL},
    {"index", PY_DEF_METHOD, sequence_index, NULL, NULL},
    {0},
};
