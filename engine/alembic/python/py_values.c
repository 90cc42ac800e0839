/* Making values and looking at them: numbers, and what every type needs of memory. */
#include "engine/alembic/python/py_builtin.h"
#include <stdarg.h>

/* Python's small integers are singletons too, so that `is` gives what it gives there. */
#define SMALL_MIN (-5)
#define SMALL_MAX 256
#define INT1(n)                                                                                              \
    {                                                                                                        \
        .head = {.type = &py_type_int}, .value = (n)                                                         \
    }
#define INT4(n)  INT1(n), INT1((n) + 1), INT1((n) + 2), INT1((n) + 3)
#define INT16(n) INT4(n), INT4((n) + 4), INT4((n) + 8), INT4((n) + 12)
#define INT64(n) INT16(n), INT16((n) + 16), INT16((n) + 32), INT16((n) + 48)
static const struct py_int small_ints[] = {
    INT1(-5), INT4(-4), INT64(0), INT64(64), INT64(128), INT64(192), INT1(256),
};
_Static_assert(COUNT_OF(small_ints) == SMALL_MAX - SMALL_MIN + 1, "small integers");

void *py_alloc(struct py *py, size_t size)
{
    return py_spend(py, 0, size) ? arena_alloc(py_arena(py), size) : NULL;
}

void *py_alloc_array(struct py *py, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        bytes = SIZE_MAX / 2;
    }
    return py_alloc(py, bytes);
}

/* In front of an instance of a class statement's type, which this keeps aligned. */
struct front {
    struct py_dict *attrs; /* of a plain one: `class A(str)` */
    size_t size;           /* for py_object_size() */
};
#define FRONT sizeof(struct front)
_Static_assert(FRONT == 16, "values are aligned for any type");

static bool type_plain(const struct py_type *type)
{
    for (const struct py_type *t = type; t; t = t->base) {
        if (t->plain) {
            return true;
        }
    }
    return false;
}

void *py_object_new(struct py *py, const struct py_type *type, size_t size)
{
    size_t front = type->mro ? FRONT : 0;
    char *p = py_alloc(py, size + front);
    if (!p) {
        return NULL;
    }
    if (front) {
        ((struct front *)(void *)p)->size = size;
    }
    struct py_obj *v = (struct py_obj *)(void *)(p + front);
    v->type = type;
    return v;
}

size_t py_object_size(pyv v)
{
    return v->type->mro ? ((const struct front *)(const void *)((const char *)v - FRONT))->size : 0;
}

struct py_dict **py_attrs(pyv v)
{
    if (!type_plain(v->type)) {
        return &((struct py_instance *)(void *)v)->attrs;
    }
    return v->type->mro ? (struct py_dict **)(void *)((char *)v - FRONT) : NULL;
}

static bool slot_filled(const struct py_type *type, size_t offset)
{
    static const char nothing[sizeof(void *)];
    return memcmp((const char *)type + offset, nothing, sizeof(void *)) != 0;
}

const struct py_type *py_slot(const struct py_type *type, size_t offset)
{
    for (size_t i = 0; type->mro && i < type->nmro; i++) {
        /* The linearisation may name a native class without its native bases. */
        for (const struct py_type *t = type->mro[i]; t && t != &py_type_object; t = t->mro ? NULL : t->base) {
            if (slot_filled(t, offset)) {
                return t;
            }
        }
    }
    for (const struct py_type *t = type->mro ? NULL : type; t; t = t->base) {
        if (slot_filled(t, offset)) {
            return t;
        }
    }
    return slot_filled(&py_type_object, offset) ? &py_type_object : NULL;
}

bool py_type_is(const struct py_type *type, const struct py_type *base)
{
    if (type == base || base == &py_type_object) {
        return true;
    }
    if (type->mro) {
        for (size_t i = 0; i < type->nmro; i++) {
            if (type->mro[i] == base || (!type->mro[i]->mro && py_type_is(type->mro[i], base))) {
                return true;
            }
        }
        return false;
    }
    for (const struct py_type *t = type->base; t; t = t->base) {
        if (t == base) {
            return true;
        }
    }
    return false;
}

bool py_is(pyv v, const struct py_type *type)
{
    return v->type == type || py_type_is(v->type, type);
}

bool py_is_exact(pyv v, const struct py_type *type)
{
    return v->type == type;
}

pyv py_int_new(struct py *py, int64_t value)
{
    if (value >= SMALL_MIN && value <= SMALL_MAX) {
        /* Nothing writes to an int; the pointer type is that of all values. */
        return (pyv)(uintptr_t)&small_ints[value - SMALL_MIN];
    }
    struct py_int *v = py_object_new(py, &py_type_int, sizeof(*v));
    if (!v) {
        return NULL;
    }
    v->value = value;
    return &v->head;
}

pyv py_float_new(struct py *py, double value)
{
    struct py_float *v = py_object_new(py, &py_type_float, sizeof(*v));
    if (!v) {
        return NULL;
    }
    v->value = value;
    return &v->head;
}

pyv py_str_borrow(struct py *py, struct slice text)
{
    struct py_str *s = py_object_new(py, &py_type_str, sizeof(*s));
    if (!s) {
        return NULL;
    }
    s->text = text.ptr ? text : SLICE("");
    return &s->head;
}

pyv py_str_new(struct py *py, struct slice text)
{
    char *copy = py_alloc(py, text.len + 1);
    if (!copy) {
        return NULL;
    }
    if (text.len) {
        memcpy(copy, text.ptr, text.len);
    }
    return py_str_borrow(py, (struct slice){copy, text.len});
}

pyv py_str_of(struct py *py, const char *text)
{
    return text ? py_str_new(py, slice_of(text)) : &py_none;
}

pyv py_str_printf(struct py *py, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(py_arena(py), fmt, ap);
    va_end(ap);
    return py_str_borrow(py, slice_of(text));
}

pyv py_str_take(struct py *py, struct strbuf *b)
{
    pyv v = NULL;
    if (!b->overflow) {
        v = py_str_new(py, (struct slice){b->ptr, b->len});
    } else {
        (void)py_spend(py, 0, SIZE_MAX / 2);
    }
    strbuf_release(b);
    return v;
}

pyv py_bytes_new(struct py *py, struct slice data)
{
    struct py_bytes *v = py_object_new(py, &py_type_bytes, sizeof(*v));
    char *copy = v ? py_alloc(py, data.len + 1) : NULL;
    if (!copy) {
        return NULL;
    }
    if (data.len) {
        memcpy(copy, data.ptr, data.len);
    }
    v->data = (struct slice){copy, data.len};
    return &v->head;
}

struct slice py_text(pyv str)
{
    struct py_str *s = PY_AS(str, str);
    return s ? s->text : (struct slice){NULL, 0};
}

const char *py_cstr(struct py *py, pyv str)
{
    struct py_str *s = PY_AS(str, str);
    return s ? arena_dupn(py_arena(py), s->text.ptr, s->text.len) : NULL;
}

bool py_as_int(pyv v, int64_t *out)
{
    struct py_int *i = PY_AS(int, v);
    if (!i) {
        return false;
    }
    *out = i->value;
    return true;
}

/* --- arguments --- */

bool py_args_only(struct py *py, const struct py_args *args, const char *name, size_t min, size_t max)
{
    if (args->nkw) {
        return py_raise(py, "TypeError", "%s() takes no keyword arguments", name);
    }
    if (args->npos >= min && args->npos <= max) {
        return true;
    }
    if (max == 0) {
        return py_raise(py, "TypeError", "%s() takes no arguments (%zu given)", name, args->npos);
    }
    if (max == 1 && min == 1) {
        return py_raise(py, "TypeError", "%s() takes exactly one argument (%zu given)", name, args->npos);
    }
    const char *dot = strrchr(name, '.');
    size_t bound = args->npos < min ? min : max;
    return py_raise(py, "TypeError", "%s expected %s%zu argument%s, got %zu", dot ? dot + 1 : name,
                    min == max         ? ""
                    : args->npos < min ? "at least "
                                       : "at most ",
                    bound, bound == 1 ? "" : "s", args->npos);
}

static bool known_keyword(const struct py_arg *table, const char *name)
{
    for (; table->name; table++) {
        if (strcmp(table->name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool py_bind_native(struct py *py, const char *name, const struct py_args *args, const struct py_arg *table,
                    pyv *out)
{
    size_t all = 0, positional = 0;
    for (const struct py_arg *a = table; a->name; a++) {
        all++;
        positional += !(a->flags & PY_ARG_KEYWORD);
    }
    if (args->npos + args->nkw > all) {
        return py_raise(py, "TypeError", "%s() takes at most %zu %sargument%s (%zu given)", name, all,
                        args->npos ? "" : "keyword ", all == 1 ? "" : "s", args->npos + args->nkw);
    }
    if (args->npos > positional) {
        return positional
                   ? py_raise(py, "TypeError", "%s() takes at most %zu positional argument%s (%zu given)",
                              name, positional, positional == 1 ? "" : "s", args->npos)
                   : py_raise(py, "TypeError", "%s() takes no positional arguments", name);
    }
    for (size_t i = 0; i < args->npos; i++) {
        out[i] = args->pos[i];
    }
    for (size_t i = 0; table[i].name; i++) {
        for (size_t k = 0; k < args->nkw; k++) {
            if (strcmp(args->names[k], table[i].name) != 0) {
                continue;
            }
            if (out[i]) {
                return py_raise(py, "TypeError", "argument for %s() given by name ('%s') and position (%zu)",
                                name, table[i].name, i + 1);
            }
            out[i] = args->values[k];
        }
        if (!out[i] && (table[i].flags & PY_ARG_REQUIRED)) {
            return py_raise(py, "TypeError", "%s() missing required argument '%s' (pos %zu)", name,
                            table[i].name, i + 1);
        }
    }
    for (size_t k = 0; k < args->nkw; k++) {
        if (!known_keyword(table, args->names[k])) {
            return py_raise(py, "TypeError", "'%s' is an invalid keyword argument for %s()", args->names[k],
                            name);
        }
    }
    return true;
}

bool py_wrong_argument(struct py *py, const char *name, const char *which, const char *want, pyv v)
{
    return py_raise(py, "TypeError", "%s() argument%s%s must be %s, not %s", name, *which ? " " : "", which,
                    want, py_is_none(v) ? "None" : TYPE_NAME(v));
}

void *py_int_overflow(struct py *py)
{
    return py_refuse(py, "integers beyond 64 bits are not supported");
}

void *py_raise_key(struct py *py, pyv key)
{
    const struct py_type *type = key ? py_exception_type(py, "KeyError") : NULL;
    pyv exception = type ? py_call1(py, (pyv)(uintptr_t)type, key) : NULL;
    return exception ? py_raise_value(py, exception) : NULL;
}

bool py_index_of(struct py *py, pyv v, int64_t *out)
{
    if (py_as_int(v, out)) {
        return true;
    }
    pyv method = py_dunder(py, v, "__index__");
    if (!method) {
        return py_stopped(py) == PY_RUNNING &&
               py_raise(py, "TypeError", "'%s' object cannot be interpreted as an integer", TYPE_NAME(v));
    }
    pyv result = py_call(py, method, PY_NO_ARGS);
    if (!result) {
        return false;
    }
    return py_as_int(result, out) ||
           py_raise(py, "TypeError", "__index__ returned non-int (type %s)", TYPE_NAME(result));
}

bool py_index_not_none(struct py *py, pyv v, int64_t *out)
{
    if (!PY_AS(int, v) && !py_dunder(py, v, "__index__")) {
        return py_stopped(py) == PY_RUNNING &&
               py_raise(py, "TypeError", "slice indices must be integers or have an __index__ method");
    }
    return py_index_of(py, v, out);
}

bool py_index_or_none(struct py *py, pyv v, int64_t *out)
{
    if (!v || py_is_none(v)) {
        return true;
    }
    if (!PY_AS(int, v) && !py_dunder(py, v, "__index__")) {
        return py_stopped(py) == PY_RUNNING &&
               py_raise(py, "TypeError",
                        "slice indices must be integers or None or have an __index__ method");
    }
    return py_index_of(py, v, out);
}

void py_clamp_range(int64_t n, int64_t *start, int64_t *stop)
{
    int64_t *ends[] = {start, stop};
    for (size_t i = 0; i < 2; i++) {
        if (*ends[i] < 0) {
            *ends[i] = *ends[i] < -n ? 0 : *ends[i] + n;
        }
    }
    *stop = *stop > n ? n : *stop;
}
