/*
 * The order in which a set of numbers comes out. Python keeps members by their hashes: of text that order
 * changes from run to run, and any will do, but of numbers, and tuples of them, it is always the same, so
 * that SQL may depend on it. This is the same table, kept beside the dict as long as all members are of such
 * kinds.
 */
#pragma once
#include "engine/alembic/python/py_builtin.h"

struct py_set_slot {
    pyv key; /* NULL: free, or removed when hash is SIZE_MAX */
    uint64_t hash;
};
struct py_set_order {
    struct py_set_slot *slots;
    size_t mask, fill /* removed ones included */, used, finger;
};

/* Does the value have the same hash in every run? */
bool py_order_known(pyv key);
struct py_set_order *py_order_new(struct py *py);
/* key is not in the table. 0 or -1. */
int py_order_add(struct py *py, struct py_set_order *o, pyv key, uint64_t hash);
void py_order_remove(struct py_set_order *o, pyv key, uint64_t hash);
/* Room for `more` members that will be added from a set or dict. */
int py_order_reserve(struct py *py, struct py_set_order *o, size_t more);
/* What -= does at its end: many removed ones are cleared away. */
int py_order_tidy(struct py *py, struct py_set_order *o);
/* Fill an empty table, after py_order_reserve(), as a copy of the other. */
int py_order_copy(struct py *py, struct py_set_order *o, const struct py_set_order *other);
/* The member that pop() takes; NULL: none. */
pyv py_order_pop(struct py_set_order *o);
