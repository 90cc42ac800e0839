/* list and tuple: making, operators and iteration. Their methods are in py_list_methods.c. */
#include "engine/alembic/python/py_list.h"

struct py_list *py_list_of(pyv v)
{
    return py_is(v, &py_type_list) || py_is(v, &py_type_tuple) ? (struct py_list *)(void *)v : NULL;
}

struct py_list *py_list_sized(struct py *py, const struct py_type *type, size_t n)
{
    struct py_list *list = py_object_new(py, type, sizeof(*list));
    if (!list) {
        return NULL;
    }
    if (n) {
        list->items = py_alloc_array(py, n, sizeof(*list->items));
        if (!list->items) {
            return NULL;
        }
    }
    list->n = list->cap = n;
    return list;
}

pyv py_list_new(struct py *py)
{
    return py_object_new(py, &py_type_list, sizeof(struct py_list));
}

pyv py_tuple_new(struct py *py, pyv const *items, size_t n)
{
    struct py_list *t = py_list_sized(py, &py_type_tuple, n);
    if (!t) {
        return NULL;
    }
    if (n) {
        memcpy(t->items, items, n * sizeof(*items));
    }
    return &t->head;
}

int py_list_reserve(struct py *py, struct py_list *list, size_t more)
{
    if (list->cap - list->n >= more) {
        return 0;
    }
    size_t cap = list->n + more, grown = list->cap + list->cap / 2 + 4;
    cap = cap < grown ? grown : cap;
    pyv *items = py_alloc_array(py, cap, sizeof(*items));
    if (!items) {
        return -1;
    }
    if (list->n) {
        memcpy(items, list->items, list->n * sizeof(*items));
    }
    list->items = items;
    list->cap = cap;
    return 0;
}

int py_list_append(struct py *py, pyv v, pyv item)
{
    struct py_list *list = (struct py_list *)(void *)v;
    if (py_list_reserve(py, list, 1) != 0) {
        return -1;
    }
    list->items[list->n++] = item;
    return 0;
}

int py_list_extend(struct py *py, struct py_list *list, pyv iterable)
{
    const struct py_list *other =
        py_is_exact(iterable, &py_type_list) || py_is_exact(iterable, &py_type_tuple) ? py_list_of(iterable)
                                                                                      : NULL;
    if (other) {
        size_t n = other->n; /* the list itself, perhaps */
        if (py_list_reserve(py, list, n) != 0) {
            return -1;
        }
        if (n) {
            memcpy(list->items + list->n, other->items, n * sizeof(*other->items));
            list->n += n;
        }
        return 0;
    }
    pyv it = py_iter(py, iterable), item;
    if (!it) {
        return -1;
    }
    while ((item = py_next(py, it)) != NULL) {
        if (!py_spend(py, 1, 0) || py_list_append(py, &list->head, item) != 0) {
            return -1;
        }
    }
    return py_stopped(py) == PY_RUNNING ? 0 : -1;
}

pyv py_listed(struct py *py, pyv iterable)
{
    pyv list = py_list_new(py);
    return list && py_list_extend(py, (struct py_list *)(void *)list, iterable) == 0 ? list : NULL;
}

struct py_list *py_fast_sequence(struct py *py, pyv v)
{
    if (py_is_exact(v, &py_type_list) || py_is_exact(v, &py_type_tuple)) {
        return py_list_of(v);
    }
    return (struct py_list *)(void *)py_listed(py, v);
}

/* --- operators --- */

static pyv list_join(struct py *py, const struct py_type *type, const struct py_list *a,
                     const struct py_list *b)
{
    struct py_list *out = py_list_sized(py, type, a->n + b->n);
    if (!out) {
        return NULL;
    }
    if (a->n) {
        memcpy(out->items, a->items, a->n * sizeof(*a->items));
    }
    if (b->n) {
        memcpy(out->items + a->n, b->items, b->n * sizeof(*b->items));
    }
    return &out->head;
}

struct py_list *py_list_repeat(struct py *py, const struct py_type *type, const struct py_list *list,
                               int64_t times)
{
    size_t n = 0;
    if (times > 0 && __builtin_mul_overflow(list->n, (size_t)times, &n)) {
        n = SIZE_MAX / 4;
    }
    struct py_list *out = py_spend(py, n / 16, 0) ? py_list_sized(py, type, n) : NULL;
    for (size_t i = 0; out && i < n; i++) {
        out->items[i] = list->items[i % list->n];
    }
    return out;
}

static pyv sequence_binary(struct py *py, const struct py_type *type, enum py_op op, pyv left, pyv right)
{
    struct py_list *a = py_is(left, type) ? py_list_of(left) : NULL;
    struct py_list *b = py_is(right, type) ? py_list_of(right) : NULL;
    int64_t times;
    if (op == PY_OP_ADD) {
        if (a && b) {
            return list_join(py, type, a, b);
        }
        return &py_not_implemented;
    }
    if (op == PY_OP_MUL) {
        if (py_repeat_count(py, a ? right : left, &times)) {
            return (pyv)py_list_repeat(py, type, a ? a : b, times);
        }
        return py_stopped(py) == PY_RUNNING ? &py_not_implemented : NULL;
    }
    return &py_not_implemented;
}

static pyv list_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    return sequence_binary(py, &py_type_list, op, left, right);
}

static pyv tuple_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    return sequence_binary(py, &py_type_tuple, op, left, right);
}

bool py_repeat_count(struct py *py, pyv v, int64_t *times)
{
    if (py_as_int(v, times)) {
        return true;
    }
    return v->type->mro && py_dunder(py, v, "__index__") && py_index_of(py, v, times);
}

/* The first position where both differ decides; equal ones by length. */
static pyv sequence_compare(struct py *py, enum py_op op, const struct py_list *a, const struct py_list *b)
{
    if ((op == PY_OP_EQ || op == PY_OP_NE) && a->n != b->n) {
        return py_bool(op == PY_OP_NE);
    }
    if (!py_enter(py)) {
        return NULL;
    }
    pyv out = NULL;
    size_t i = 0;
    for (; i < a->n && i < b->n; i++) {
        int same = py_spend(py, 1, 0) ? py_same(py, a->items[i], b->items[i]) : -1;
        if (same < 0) {
            goto done;
        }
        if (!same) {
            break;
        }
    }
    if (i >= a->n || i >= b->n) {
        out = py_compare_result(op, (a->n > b->n) - (a->n < b->n));
    } else if (op == PY_OP_EQ || op == PY_OP_NE) {
        out = py_bool(op == PY_OP_NE);
    } else {
        out = py_compare(py, op, a->items[i], b->items[i]);
    }
done:
    py_leave(py);
    return out;
}

static pyv list_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (!PY_AS(list, left) || !PY_AS(list, right)) {
        return &py_not_implemented;
    }
    return sequence_compare(py, op, py_list_of(left), py_list_of(right));
}

static pyv tuple_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (!py_is(left, &py_type_tuple) || !py_is(right, &py_type_tuple)) {
        return &py_not_implemented;
    }
    return sequence_compare(py, op, py_list_of(left), py_list_of(right));
}

static int list_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)self;
    (void)out;
    py_raise(py, "TypeError", "unhashable type: '%s'", TYPE_NAME(self));
    return -1;
}

/* As CPython's (xxHash), so that sets of tuples of numbers keep its order. */
static int tuple_hash(struct py *py, pyv self, uint64_t *out)
{
    const struct py_list *t = py_list_of(self);
    uint64_t h = 2870177450012600261u;
    if (!py_enter(py)) {
        return -1;
    }
    for (size_t i = 0; i < t->n; i++) {
        uint64_t item;
        if (!py_spend(py, 1, 0) || py_hash(py, t->items[i], &item) != 0) {
            py_leave(py);
            return -1;
        }
        h += item * 14029467366897019727u;
        h = (h << 31 | h >> 33) * 11400714785074694791u;
    }
    py_leave(py);
    h += (uint64_t)t->n ^ (2870177450012600261u ^ 3527539u);
    *out = h == UINT64_MAX ? 1546275796u : h;
    return 0;
}

static int64_t list_len(struct py *py, pyv self)
{
    (void)py;
    return (int64_t)((struct py_list *)(void *)self)->n;
}

static int list_contains(struct py *py, pyv self, pyv item)
{
    const struct py_list *list = (const struct py_list *)(void *)self;
    for (size_t i = 0; i < list->n; i++) {
        int same = py_spend(py, 1, 0) ? py_same(py, list->items[i], item) : -1;
        if (same) {
            return same;
        }
    }
    return 0;
}

/* --- iteration --- */

struct list_iterator {
    struct py_obj head;
    const struct py_list *list; /* NULL: used up */
    size_t at;
};

static pyv list_iterator_next(struct py *py, pyv self)
{
    (void)py;
    struct list_iterator *it = (struct list_iterator *)(void *)self;
    if (it->list && it->at < it->list->n) {
        return it->list->items[it->at++];
    }
    it->list = NULL;
    return NULL;
}

static pyv list_reverse_iterator_next(struct py *py, pyv self)
{
    (void)py;
    struct list_iterator *it = (struct list_iterator *)(void *)self;
    if (it->list && it->at > 0 && it->at <= it->list->n) {
        return it->list->items[--it->at];
    }
    it->list = NULL;
    return NULL;
}

static const struct py_type list_iterator_type = {PY_TYPE_HEAD,         .name = "list_iterator",
                                                  .module = "",         .plain = true,
                                                  .iter = py_iter_self, .next = list_iterator_next};
static const struct py_type tuple_iterator_type = {PY_TYPE_HEAD,         .name = "tuple_iterator",
                                                   .module = "",         .plain = true,
                                                   .iter = py_iter_self, .next = list_iterator_next};
static const struct py_type list_reverse_iterator_type = {
    PY_TYPE_HEAD,  .name = "list_reverseiterator", .module = "",
    .plain = true, .iter = py_iter_self,           .next = list_reverse_iterator_next};

static pyv iterator_new(struct py *py, const struct py_type *type, pyv list, size_t at)
{
    struct list_iterator *it = py_object_new(py, type, sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->list = (const struct py_list *)(void *)list;
    it->at = at;
    return &it->head;
}

static pyv list_iter(struct py *py, pyv self)
{
    return iterator_new(py, &list_iterator_type, self, 0);
}

static pyv tuple_iter(struct py *py, pyv self)
{
    return iterator_new(py, &tuple_iterator_type, self, 0);
}

pyv py_list_reversed(struct py *py, pyv list)
{
    return iterator_new(py, &list_reverse_iterator_type, list, ((struct py_list *)(void *)list)->n);
}

/* --- list(...), tuple(...) --- */

static pyv sequence_construct(struct py *py, const struct py_type *type, const struct py_args *args,
                              bool is_list)
{
    if (!py_args_only(py, args, is_list ? "list" : "tuple", 0, 1)) {
        return NULL;
    }
    if (!is_list && args->npos && type == &py_type_tuple && args->pos[0]->type == &py_type_tuple) {
        return args->pos[0];
    }
    struct py_list *out = py_object_new(py, type, sizeof(*out));
    return out && (!args->npos || py_list_extend(py, out, args->pos[0]) == 0) ? &out->head : NULL;
}

static pyv list_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return sequence_construct(py, type, args, true);
}

static pyv tuple_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return sequence_construct(py, type, args, false);
}

const struct py_type py_type_list = {PY_TYPE_HEAD,
                                     .name = "list",
                                     .module = "",
                                     .defs = py_list_defs,
                                     .plain = true,
                                     .construct = list_construct,
                                     .repr = py_list_repr,
                                     .len = list_len,
                                     .getitem = py_list_getitem,
                                     .setitem = py_list_setitem,
                                     .contains = list_contains,
                                     .iter = list_iter,
                                     .binary = list_binary,
                                     .compare = list_compare,
                                     .hash = list_hash};
const struct py_type py_type_tuple = {PY_TYPE_HEAD,
                                      .name = "tuple",
                                      .module = "",
                                      .defs = py_tuple_defs,
                                      .plain = true,
                                      .construct = tuple_construct,
                                      .repr = py_tuple_repr,
                                      .len = list_len,
                                      .getitem = py_tuple_getitem,
                                      .contains = list_contains,
                                      .iter = tuple_iter,
                                      .binary = tuple_binary,
                                      .compare = tuple_compare,
                                      .hash = tuple_hash};
