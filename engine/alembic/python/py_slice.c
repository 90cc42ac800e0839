/* slice objects, and what an index or a slice means for a sequence of n elements. */
#include "engine/alembic/python/py_builtin.h"

static void *no_index(struct py *py, pyv key, const char *what)
{
    if (py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    return strcmp(what, "string") == 0
               ? py_raise(py, "TypeError", "string indices must be integers, not '%s'", TYPE_NAME(key))
               : py_raise(py, "TypeError", "%s indices must be integers or slices, not %s", what,
                          TYPE_NAME(key));
}

static pyv plain_bound(struct py *py, pyv v)
{
    int64_t n;
    if (py_is_none(v) || PY_AS(int, v)) {
        return v;
    }
    return py_index_or_none(py, v, &n) ? py_int_new(py, n) : NULL;
}

pyv py_plain_key(struct py *py, pyv key, const char *what)
{
    int64_t n;
    const struct py_slice *s = PY_AS(slice, key);
    if (s) {
        pyv start = plain_bound(py, s->start), stop = start ? plain_bound(py, s->stop) : NULL;
        pyv step = stop ? plain_bound(py, s->step) : NULL;
        struct py_slice *out = step ? py_object_new(py, &py_type_slice, sizeof(*out)) : NULL;
        if (!out) {
            return NULL;
        }
        out->start = start;
        out->stop = stop;
        out->step = step;
        return &out->head;
    }
    if (PY_AS(int, key)) {
        return key;
    }
    if (!py_dunder(py, key, "__index__")) {
        return no_index(py, key, what);
    }
    return py_index_of(py, key, &n) ? py_int_new(py, n) : NULL;
}

bool py_index_resolve(struct py *py, pyv key, int64_t n, const char *what, const char *range_error,
                      int64_t *out)
{
    int64_t at;
    if (!PY_AS(int, key) && !py_dunder(py, key, "__index__")) {
        return no_index(py, key, what);
    }
    if (!py_index_of(py, key, &at)) {
        return false;
    }
    at += at < 0 ? n : 0;
    if (at < 0 || at >= n) {
        return py_raise(py, "IndexError", "%s", range_error);
    }
    *out = at;
    return true;
}

bool py_slice_resolve(struct py *py, pyv v, int64_t n, struct py_range_of *out)
{
    const struct py_slice *s = (const struct py_slice *)(const void *)v;
    int64_t step = 1;
    if (!py_index_or_none(py, s->step, &step)) {
        return false;
    }
    if (step == 0) {
        return py_raise(py, "ValueError", "slice step cannot be zero");
    }
    step = step < -INT64_MAX ? -INT64_MAX : step;
    int64_t low = step < 0 ? -1 : 0, high = step < 0 ? n - 1 : n;
    int64_t start = step < 0 ? high : low, stop = step < 0 ? low : high;
    bool given[2] = {!py_is_none(s->start), !py_is_none(s->stop)};
    int64_t *ends[2] = {&start, &stop};
    if (!py_index_or_none(py, s->start, &start) || !py_index_or_none(py, s->stop, &stop)) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        if (given[i]) {
            *ends[i] += *ends[i] < 0 ? n : 0;
            *ends[i] = *ends[i] < low ? low : *ends[i] > high ? high : *ends[i];
        }
    }
    int64_t count = 0;
    if (step > 0 && start < stop) {
        count = (stop - start - 1) / step + 1;
    } else if (step < 0 && stop < start) {
        count = (start - stop - 1) / -step + 1;
    }
    *out = (struct py_range_of){start, stop, step, count};
    return true;
}

static pyv slice_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (!py_args_only(py, args, "slice", 1, 3)) {
        return NULL;
    }
    struct py_slice *s = py_object_new(py, type, sizeof(*s));
    if (!s) {
        return NULL;
    }
    s->start = args->npos > 1 ? args->pos[0] : &py_none;
    s->stop = args->pos[args->npos > 1 ? 1 : 0];
    s->step = args->npos > 2 ? args->pos[2] : &py_none;
    return &s->head;
}

static int slice_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_slice *s = (const struct py_slice *)(void *)self;
    pyv parts[] = {s->start, s->stop, s->step};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        strbuf_adds(out, i ? ", " : "slice(");
        if (py_repr(py, parts[i], out) != 0) {
            return -1;
        }
    }
    strbuf_addch(out, ')');
    return 0;
}

static pyv slice_as_tuple(struct py *py, pyv v)
{
    const struct py_slice *s = (const struct py_slice *)(void *)v;
    return py_tuple_new(py, (pyv[]){s->start, s->stop, s->step}, 3);
}

static pyv slice_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (!PY_AS(slice, left) || !PY_AS(slice, right)) {
        return &py_not_implemented;
    }
    pyv a = slice_as_tuple(py, left), b = slice_as_tuple(py, right);
    return a && b ? py_compare(py, op, a, b) : NULL;
}

static int slice_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)self;
    (void)out;
    py_raise(py, "TypeError", "unhashable type: 'slice'");
    return -1;
}

static pyv slice_start(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return ((struct py_slice *)(void *)self)->start;
}

static pyv slice_stop(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return ((struct py_slice *)(void *)self)->stop;
}

static pyv slice_step(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return ((struct py_slice *)(void *)self)->step;
}

static pyv slice_indices(struct py *py, pyv self, const struct py_args *args)
{
    int64_t n;
    struct py_range_of r;
    if (!py_args_only(py, args, "slice.indices", 1, 1) || !py_index_of(py, args->pos[0], &n)) {
        return NULL;
    }
    if (n < 0) {
        return py_raise(py, "ValueError", "length should not be negative");
    }
    if (!py_slice_resolve(py, self, n, &r)) {
        return NULL;
    }
    pyv parts[] = {py_int_new(py, r.start), py_int_new(py, r.stop), py_int_new(py, r.step)};
    return parts[0] && parts[1] && parts[2] ? py_tuple_new(py, parts, 3) : NULL;
}

static const struct py_def slice_defs[] = {
    {"start", PY_DEF_PROPERTY, slice_start, NULL, NULL},
    {"stop", PY_DEF_PROPERTY, slice_stop, NULL, NULL},
    {"step", PY_DEF_PROPERTY, slice_step, NULL, NULL},
    {"indices", PY_DEF_METHOD, slice_indices, NULL, NULL},
    {0},
};

const struct py_type py_type_slice = {PY_TYPE_HEAD,       .name = "slice",
                                      .module = "",       .defs = slice_defs,
                                      .plain = true,      .construct = slice_construct,
                                      .repr = slice_repr, .compare = slice_compare,
                                      .hash = slice_hash};
