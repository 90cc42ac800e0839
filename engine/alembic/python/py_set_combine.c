/* | & - ^ of sets, making a new one or in place. Which of the two is walked decides the order of the result,
 * as in CPython. */
#include "engine/alembic/python/py_set.h"
#include "engine/alembic/python/py_set_order.h"

static const struct py_set *plain_set(pyv v)
{
    return v->type->mro ? NULL : py_set_of(v);
}

/* The members of b that a has; with two sets, those of the smaller one. */
static struct py_set *intersection(struct py *py, const struct py_type *type, const struct py_set *a, pyv b)
{
    const struct py_set *other = plain_set(b);
    struct py_set *out = py_set_make(py, type);
    pyv key;
    uint64_t hash;
    if (out && other) {
        bool swap = other->dict->live > a->dict->live;
        const struct py_set *from = swap ? a : other, *in = swap ? other : a;
        for (size_t at = 0; py_set_next(from, &at, &key, &hash);) {
            int has = py_set_in_table(py, in->dict, key, hash);
            if (has < 0 || (has && py_set_put(py, out, key, hash) < 0)) {
                return NULL;
            }
        }
        return out;
    }
    pyv it = out ? py_iter(py, b) : NULL;
    while (it && py_set_next_item(py, it, &key, &hash)) {
        int has = py_set_in_table(py, a->dict, key, hash);
        if (has < 0 || (has && py_set_put(py, out, key, hash) < 0)) {
            return NULL;
        }
    }
    return py_stopped(py) == PY_RUNNING ? out : NULL;
}

static int remove_all(struct py *py, struct py_set *a, pyv b)
{
    const struct py_set *other = plain_set(b);
    pyv key;
    uint64_t hash;
    if (other == a) {
        py_set_clear(a);
        return 0;
    }
    if (other) {
        if (other->dict->live >> 3 > a->dict->live) {
            other = intersection(py, &py_type_set, a, b);
        }
        for (size_t at = 0; other && py_set_next(other, &at, &key, &hash);) {
            if (!py_spend(py, 1, 0) || py_set_remove(py, a, key, hash) < 0) {
                return -1;
            }
        }
    } else {
        pyv it = py_iter(py, b);
        while (it && py_set_next_item(py, it, &key, &hash)) {
            if (py_set_remove(py, a, key, hash) < 0) {
                return -1;
            }
        }
    }
    if (py_stopped(py) != PY_RUNNING) {
        return -1;
    }
    return a->order ? py_order_tidy(py, a->order) : 0;
}

static struct py_set *difference(struct py *py, const struct py_type *type, const struct py_set *a, pyv b)
{
    const struct py_set *other = plain_set(b);
    struct py_dict *d = other ? other->dict : b->type == &py_type_dict ? py_dict_of(b) : NULL;
    pyv key;
    uint64_t hash;
    if (!d || a->dict->live >> 2 > d->live) {
        struct py_set *out = py_set_copy(py, type, a);
        return out && remove_all(py, out, b) == 0 ? out : NULL;
    }
    struct py_set *out = py_set_make(py, type);
    for (size_t at = 0; out && py_set_next(a, &at, &key, &hash);) {
        int has = py_set_in_table(py, d, key, hash);
        if (has < 0 || (!has && py_set_put(py, out, key, hash) < 0)) {
            return NULL;
        }
    }
    return out;
}

/* Take out of a what b has, and add the rest of b. */
static int toggle_all(struct py *py, struct py_set *a, const struct py_set *b)
{
    pyv key;
    uint64_t hash;
    if (a == b) {
        py_set_clear(a);
        return 0;
    }
    for (size_t at = 0; py_set_next(b, &at, &key, &hash);) {
        int had = py_spend(py, 1, 0) ? py_set_remove(py, a, key, hash) : -1;
        if (had < 0 || (!had && py_set_put(py, a, key, hash) < 0)) {
            return -1;
        }
    }
    return 0;
}

struct py_set *py_set_combine(struct py *py, const struct py_type *type, enum py_op op, struct py_set *a,
                              pyv b)
{
    struct py_set *out;
    switch (op) {
    case PY_OP_BITOR:
        out = py_set_copy(py, type, a);
        return out && py_set_update(py, out, b) == 0 ? out : NULL;
    case PY_OP_BITAND:
        return intersection(py, type, a, b);
    case PY_OP_SUB:
        return difference(py, type, a, b);
    default: /* PY_OP_BITXOR */
        out = py_set_make(py, type);
        return out && py_set_update(py, out, b) == 0 && toggle_all(py, out, a) == 0 ? out : NULL;
    }
}

int py_set_combine_into(struct py *py, enum py_op op, struct py_set *a, pyv b)
{
    struct py_set *other;
    switch (op) {
    case PY_OP_BITOR:
        return py_set_update(py, a, b);
    case PY_OP_SUB:
        return remove_all(py, a, b);
    case PY_OP_BITAND:
        other = intersection(py, &py_type_set, a, b);
        if (!other) {
            return -1;
        }
        a->dict = other->dict;
        a->order = other->order;
        a->unordered = other->unordered;
        return 0;
    default: /* PY_OP_BITXOR */
        other = py_set_fast(py, b);
        return other ? toggle_all(py, a, other) : -1;
    }
}
