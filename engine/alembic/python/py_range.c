/* range objects: numbers that are computed when they are asked for. */
#include "engine/alembic/python/py_builtin.h"
#include <inttypes.h>

struct range {
    struct py_obj head;
    int64_t start, stop, step, count;
};

static struct range *range_of(pyv v)
{
    return v->type == &py_type_range ? (struct range *)(void *)v : NULL;
}

static pyv range_make(struct py *py, int64_t start, int64_t stop, int64_t step)
{
    uint64_t span = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t width = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    bool empty = step > 0 ? start >= stop : start <= stop;
    uint64_t count = empty ? 0 : (span - 1) / width + 1;
    if (count > INT64_MAX) {
        return py_int_overflow(py);
    }
    struct range *r = py_object_new(py, &py_type_range, sizeof(*r));
    if (!r) {
        return NULL;
    }
    r->start = start;
    r->stop = stop;
    r->step = step;
    r->count = (int64_t)count;
    return &r->head;
}

static pyv range_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    int64_t n[3] = {0, 0, 1};
    (void)type;
    if (!py_args_only(py, args, "range", 1, 3)) {
        return NULL;
    }
    for (size_t i = 0; i < args->npos; i++) {
        if (!py_index_of(py, args->pos[i], &n[args->npos == 1 ? 1 : i])) {
            return NULL;
        }
    }
    if (n[2] == 0) {
        return py_raise(py, "ValueError", "range() arg 3 must not be zero");
    }
    return range_make(py, n[0], n[1], n[2]);
}

static int64_t item_at(const struct range *r, int64_t at)
{
    return (int64_t)((uint64_t)r->start + (uint64_t)at * (uint64_t)r->step);
}

static int range_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    const struct range *r = range_of(self);
    strbuf_addf(out, "range(%" PRId64 ", %" PRId64, r->start, r->stop);
    if (r->step != 1) {
        strbuf_addf(out, ", %" PRId64, r->step);
    }
    strbuf_addch(out, ')');
    return 0;
}

static int64_t range_len(struct py *py, pyv self)
{
    (void)py;
    return range_of(self)->count;
}

/* What a slice's end is as a number: the one after the last may be beyond 64 bits. */
static bool end_at(const struct range *r, int64_t at, int64_t *out)
{
    int64_t offset;
    return !__builtin_mul_overflow(at, r->step, &offset) && !__builtin_add_overflow(r->start, offset, out);
}

static pyv range_getitem(struct py *py, pyv self, pyv key)
{
    const struct range *r = range_of(self);
    struct py_range_of s;
    int64_t at, start, stop, step;
    if (!PY_AS(slice, key)) {
        return py_index_resolve(py, key, r->count, "range", "range object index out of range", &at)
                   ? py_int_new(py, item_at(r, at))
                   : NULL;
    }
    if (!py_slice_resolve(py, key, r->count, &s)) {
        return NULL;
    }
    if (__builtin_mul_overflow(s.step, r->step, &step) || !end_at(r, s.start, &start) ||
        !end_at(r, s.stop, &stop)) {
        return py_int_overflow(py);
    }
    return range_make(py, start, stop, step);
}

/* Where the number stands; -1: nowhere. */
static int64_t position(const struct range *r, int64_t value)
{
    if (!r->count) {
        return -1;
    }
    int64_t last = item_at(r, r->count - 1);
    bool inside = r->step > 0 ? value >= r->start && value <= last : value <= r->start && value >= last;
    if (!inside) {
        return -1;
    }
    uint64_t span = r->step > 0 ? (uint64_t)value - (uint64_t)r->start : (uint64_t)r->start - (uint64_t)value;
    uint64_t width = r->step > 0 ? (uint64_t)r->step : 0 - (uint64_t)r->step;
    return span % width ? -1 : (int64_t)(span / width);
}

/* As position(), also for numbers that are no int; -2: raised. */
static int64_t find(struct py *py, pyv self, pyv item)
{
    const struct range *r = range_of(self);
    int64_t value;
    if (item->type == &py_type_int || item->type == &py_type_bool) {
        return py_as_int(item, &value) ? position(r, value) : -1;
    }
    for (int64_t i = 0; i < r->count; i++) {
        pyv have = py_spend(py, 1, 0) ? py_int_new(py, item_at(r, i)) : NULL;
        int same = have ? py_equal(py, have, item) : -1;
        if (same) {
            return same < 0 ? -2 : i;
        }
    }
    return -1;
}

static int range_contains(struct py *py, pyv self, pyv item)
{
    int64_t at = find(py, self, item);
    return at == -2 ? -1 : at >= 0;
}

/* Ranges are equal when they give the same numbers. */
static pyv range_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    (void)py;
    const struct range *a = range_of(left), *b = range_of(right);
    if (!a || !b || (op != PY_OP_EQ && op != PY_OP_NE)) {
        return &py_not_implemented;
    }
    bool same = a->count == b->count &&
                (a->count == 0 || (a->start == b->start && (a->count == 1 || a->step == b->step)));
    return py_bool(same == (op == PY_OP_EQ));
}

static int range_hash(struct py *py, pyv self, uint64_t *out)
{
    const struct range *r = range_of(self);
    pyv parts[] = {py_int_new(py, r->count), r->count ? py_int_new(py, r->start) : &py_none,
                   r->count > 1 ? py_int_new(py, r->step) : &py_none};
    pyv tuple = parts[0] && parts[1] && parts[2] ? py_tuple_new(py, parts, 3) : NULL;
    return tuple ? py_hash(py, tuple, out) : -1;
}

/* --- iteration --- */

struct range_iterator {
    struct py_obj head;
    int64_t next, step, left;
};

static pyv range_iterator_next(struct py *py, pyv self)
{
    struct range_iterator *it = (struct range_iterator *)(void *)self;
    if (it->left <= 0) {
        return NULL;
    }
    int64_t value = it->next;
    it->left--;
    it->next = (int64_t)((uint64_t)value + (uint64_t)it->step);
    return py_int_new(py, value);
}

static const struct py_type range_iterator_type = {PY_TYPE_HEAD,         .name = "range_iterator",
                                                   .module = "",         .plain = true,
                                                   .iter = py_iter_self, .next = range_iterator_next};

static pyv iterator_new(struct py *py, int64_t start, int64_t step, int64_t count)
{
    struct range_iterator *it = py_object_new(py, &range_iterator_type, sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->next = start;
    it->step = step;
    it->left = count;
    return &it->head;
}

static pyv range_iter(struct py *py, pyv self)
{
    const struct range *r = range_of(self);
    return iterator_new(py, r->start, r->step, r->count);
}

static pyv range_reversed(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct range *r = range_of(self);
    return iterator_new(py, r->count ? item_at(r, r->count - 1) : 0, (int64_t)(0 - (uint64_t)r->step),
                        r->count);
}

/* --- methods --- */

static pyv range_index(struct py *py, pyv self, const struct py_args *args)
{
    int64_t at = py_args_only(py, args, "range.index", 1, 1) ? find(py, self, args->pos[0]) : -2;
    if (at == -1) {
        return PY_AS(int, args->pos[0])
                   ? py_raise(py, "ValueError", "%s is not in range", py_repr_of(py, args->pos[0]))
                   : py_raise(py, "ValueError", "sequence.index(x): x not in sequence");
    }
    return at < 0 ? NULL : py_int_new(py, at);
}

static pyv range_count(struct py *py, pyv self, const struct py_args *args)
{
    int64_t at = py_args_only(py, args, "range.count", 1, 1) ? find(py, self, args->pos[0]) : -2;
    return at == -2 ? NULL : py_int_new(py, at >= 0);
}

static pyv range_start(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_int_new(py, range_of(self)->start);
}

static pyv range_stop(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_int_new(py, range_of(self)->stop);
}

static pyv range_step(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_int_new(py, range_of(self)->step);
}

static const struct py_def range_defs[] = {
    {"__reversed__", PY_DEF_METHOD, range_reversed, NULL, NULL},
    {"count", PY_DEF_METHOD, range_count, NULL, NULL},
    {"index", PY_DEF_METHOD, range_index, NULL, NULL},
    {"start", PY_DEF_PROPERTY, range_start, NULL, NULL},
    {"step", PY_DEF_PROPERTY, range_step, NULL, NULL},
    {"stop", PY_DEF_PROPERTY, range_stop, NULL, NULL},
    {0},
};

const struct py_type py_type_range = {PY_TYPE_HEAD,
                                      .name = "range",
                                      .module = "",
                                      .defs = range_defs,
                                      .plain = true,
                                      .construct = range_construct,
                                      .repr = range_repr,
                                      .len = range_len,
                                      .getitem = range_getitem,
                                      .contains = range_contains,
                                      .iter = range_iter,
                                      .compare = range_compare,
                                      .hash = range_hash};
