/* Open addressing as CPython 3.11's sets do it; what each step does decides the order, so nothing here may be
 * tuned. */
#include "engine/alembic/python/py_set_order.h"
#include "engine/alembic/python/py_set.h"
#include <math.h>

#define SMALLEST 8u
#define LINEAR   9u
#define REMOVED  UINT64_MAX

bool py_order_known(pyv key)
{
    const struct py_float *f = PY_AS(float, key);
    if (key->type->mro) {
        return false;
    }
    if (f) {
        return !isnan(f->value);
    }
    if (PY_AS(int, key)) {
        return true;
    }
    if (py_is(key, &py_type_tuple)) {
        const struct py_list *t = py_list_of(key);
        for (size_t i = 0; i < t->n; i++) {
            if (!py_order_known(t->items[i])) {
                return false;
            }
        }
        return true;
    }
    return py_is(key, &py_type_frozenset) && !((struct py_set *)(void *)key)->unordered;
}

struct py_set_order *py_order_new(struct py *py)
{
    struct py_set_order *o = py_alloc(py, sizeof(*o));
    struct py_set_slot *slots = o ? py_alloc_array(py, SMALLEST, sizeof(*slots)) : NULL;
    if (!slots) {
        return NULL;
    }
    o->slots = slots;
    o->mask = SMALLEST - 1;
    return o;
}

/* The first free slot on the hash's way through the table, or where the key is; *removed: the last slot
 * before it that is free again (removed may be NULL). */
static struct py_set_slot *find(const struct py_set_order *o, pyv key, uint64_t hash,
                                struct py_set_slot **removed)
{
    uint64_t perturb = hash;
    size_t i = (size_t)hash & o->mask;
    for (;;) {
        size_t probes = i + LINEAR <= o->mask ? LINEAR : 0;
        for (size_t n = 0; n <= probes; n++) {
            struct py_set_slot *slot = &o->slots[i + n];
            if (!slot->key && slot->hash == REMOVED) {
                if (removed) {
                    *removed = slot;
                }
            } else if (!slot->key || (key && slot->key == key)) {
                return slot;
            }
        }
        perturb >>= 5;
        i = (i * 5 + 1 + (size_t)perturb) & o->mask;
    }
}

static int resize(struct py *py, struct py_set_order *o, size_t minimum)
{
    struct py_set_order new = *o;
    size_t n = SMALLEST;
    while (n <= minimum) {
        n *= 2;
    }
    new.slots = py_alloc_array(py, n, sizeof(*new.slots));
    if (!new.slots) {
        return -1;
    }
    new.mask = n - 1;
    new.fill = o->used;
    for (size_t i = 0; i <= o->mask; i++) {
        if (o->slots[i].key) {
            *find(&new, NULL, o->slots[i].hash, NULL) = o->slots[i];
        }
    }
    *o = new;
    return 0;
}

static size_t grown(const struct py_set_order *o)
{
    return o->used > 50000 ? o->used * 2 : o->used * 4;
}

int py_order_add(struct py *py, struct py_set_order *o, pyv key, uint64_t hash)
{
    struct py_set_slot *removed = NULL, *slot = find(o, NULL, hash, &removed);
    o->used++;
    if (removed) {
        *removed = (struct py_set_slot){key, hash};
        return 0;
    }
    *slot = (struct py_set_slot){key, hash};
    o->fill++;
    return o->fill * 5 < o->mask * 3 ? 0 : resize(py, o, grown(o));
}

void py_order_remove(struct py_set_order *o, pyv key, uint64_t hash)
{
    struct py_set_slot *slot = find(o, key, hash, NULL);
    if (slot->key) {
        *slot = (struct py_set_slot){NULL, REMOVED};
        o->used--;
    }
}

int py_order_reserve(struct py *py, struct py_set_order *o, size_t more)
{
    return (o->fill + more) * 5 >= o->mask * 3 ? resize(py, o, (o->used + more) * 2) : 0;
}

int py_order_tidy(struct py *py, struct py_set_order *o)
{
    return o->fill - o->used > o->mask / 4 ? resize(py, o, grown(o)) : 0;
}

int py_order_copy(struct py *py, struct py_set_order *o, const struct py_set_order *other)
{
    (void)py;
    if (o->mask == other->mask && other->fill == other->used) {
        memcpy(o->slots, other->slots, (o->mask + 1) * sizeof(*o->slots));
    } else {
        for (size_t i = 0; i <= other->mask; i++) {
            if (other->slots[i].key) {
                *find(o, NULL, other->slots[i].hash, NULL) = other->slots[i];
            }
        }
    }
    o->fill = o->used = other->used;
    return 0;
}

pyv py_order_pop(struct py_set_order *o)
{
    for (size_t n = 0; n <= o->mask; n++) {
        size_t at = (o->finger + n) & o->mask;
        pyv key = o->slots[at].key;
        if (key) {
            o->slots[at] = (struct py_set_slot){NULL, REMOVED};
            o->used--;
            o->finger = at + 1;
            return key;
        }
    }
    return NULL;
}
