/* ==, hash() and what types share for comparing. */
#include "engine/alembic/python/py_builtin.h"
#include <math.h>

int py_equal(struct py *py, pyv a, pyv b)
{
    if (a->type == &py_type_str && b->type == &py_type_str) {
        struct slice s = ((struct py_str *)(void *)a)->text, t = ((struct py_str *)(void *)b)->text;
        return s.len != t.len ? 0 : !py_scan(py, s.len) ? -1 : memcmp(s.ptr, t.ptr, s.len) == 0;
    }
    if (a->type == &py_type_int && b->type == &py_type_int) {
        return ((struct py_int *)(void *)a)->value == ((struct py_int *)(void *)b)->value;
    }
    pyv result = py_compare(py, PY_OP_EQ, a, b);
    return result ? py_truth(py, result) : -1;
}

int py_same(struct py *py, pyv a, pyv b)
{
    return a == b ? 1 : py_equal(py, a, b);
}

pyv py_compare_result(enum py_op op, int order)
{
    switch (op) {
    case PY_OP_EQ:
        return py_bool(order == 0);
    case PY_OP_NE:
        return py_bool(order != 0);
    case PY_OP_LT:
        return py_bool(order < 0);
    case PY_OP_LE:
        return py_bool(order <= 0);
    case PY_OP_GT:
        return py_bool(order > 0);
    case PY_OP_GE:
        return py_bool(order >= 0);
    default:
        return &py_not_implemented;
    }
}

/* --- hash --- */

/* Numbers hash as in CPython, modulo this prime: equal ones alike whatever their type, and sets of them keep
 * its order. */
#define HASH_BITS  61
#define HASH_PRIME ((UINT64_C(1) << HASH_BITS) - 1)

uint64_t py_hash_int(int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int64_t h = (int64_t)(magnitude % HASH_PRIME);
    h = value < 0 ? -h : h;
    return (uint64_t)(h == -1 ? -2 : h);
}

uint64_t py_hash_double(double value, pyv self)
{
    if (isinf(value)) {
        return value > 0 ? 314159u : (uint64_t)-314159;
    }
    if (isnan(value)) {
        return (uint64_t)(uintptr_t)self >> 4;
    }
    int e;
    double m = frexp(fabs(value), &e);
    uint64_t x = 0;
    while (m > 0) {
        x = ((x << 28) & HASH_PRIME) | x >> (HASH_BITS - 28);
        m *= 268435456.0; /* 2**28 */
        e -= 28;
        uint64_t y = (uint64_t)m;
        m -= (double)y;
        x += y;
        x -= x >= HASH_PRIME ? HASH_PRIME : 0;
    }
    e = e >= 0 ? e % HASH_BITS : HASH_BITS - 1 - ((-1 - e) % HASH_BITS);
    x = ((x << e) & HASH_PRIME) | x >> (HASH_BITS - e);
    int64_t h = value < 0 ? -(int64_t)x : (int64_t)x;
    return (uint64_t)(h == -1 ? -2 : h);
}

int py_unhashable(struct py *py, pyv self, uint64_t *out)
{
    (void)out;
    py_raise(py, "TypeError", "unhashable type: '%s'", TYPE_NAME(self));
    return -1;
}

static int hash_by_method(struct py *py, pyv v, pyv method, uint64_t *out)
{
    int64_t h;
    if (py_is_none(method)) {
        return py_unhashable(py, v, out);
    }
    pyv result = py_call(py, method, PY_NO_ARGS);
    if (!result) {
        return -1;
    }
    if (!py_as_int(result, &h)) {
        py_raise(py, "TypeError", "__hash__ method should return an integer");
        return -1;
    }
    *out = py_hash_int(h);
    return 0;
}

int py_hash(struct py *py, pyv v, uint64_t *out)
{
    if (v->type == &py_type_str && ((struct py_str *)(void *)v)->hash) {
        *out = ((struct py_str *)(void *)v)->hash;
        return 0;
    }
    if (v->type->mro) {
        pyv method = py_dunder(py, v, "__hash__");
        if (method) {
            return hash_by_method(py, v, method, out);
        }
        if (py_stopped(py) != PY_RUNNING) {
            return -1;
        }
    }
    const struct py_type *owner = PY_SLOT(v->type, hash);
    if (owner) {
        return owner->hash(py, v, out);
    }
    *out = (uint64_t)(uintptr_t)v >> 4;
    return 0;
}
