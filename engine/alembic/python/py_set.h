/* What the files of set and frozenset share. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

extern const struct py_def py_set_defs[], py_frozenset_defs[];

struct py_set *py_set_of(pyv v); /* set or frozenset, NULL otherwise */
/* An empty one of the type (py_type_set or py_type_frozenset). */
struct py_set *py_set_make(struct py *py, const struct py_type *type);
/* One more member: 1 when it is new, 0, -1. */
int py_set_put(struct py *py, struct py_set *s, pyv key, uint64_t hash);
/* 1: was there, 0: was not, -1. */
int py_set_remove(struct py *py, struct py_set *s, pyv key, uint64_t hash);
int py_set_discard(struct py *py, struct py_set *s, pyv item); /* hashes a set as a frozenset */
void py_set_clear(struct py_set *s);
/* Members in the order of iteration: start with *at = 0. */
bool py_set_next(const struct py_set *s, size_t *at, pyv *key, uint64_t *hash);
/* Every item of an iterator, hashed; false at the end, or when stopped. */
bool py_set_next_item(struct py *py, pyv it, pyv *item, uint64_t *hash);
/* Is the key in the table of a set or dict? 0, 1, -1. */
int py_set_in_table(struct py *py, struct py_dict *d, pyv key, uint64_t hash);
int py_set_update(struct py *py, struct py_set *s, pyv iterable);
struct py_set *py_set_copy(struct py *py, const struct py_type *type, const struct py_set *s);
/* A set as it is, otherwise set(v): for reading only. */
struct py_set *py_set_fast(struct py *py, pyv v);
/* a op b for | & - ^ as a new set of the type; b: any iterable. */
struct py_set *py_set_combine(struct py *py, const struct py_type *type, enum py_op op, struct py_set *a,
                              pyv b);
/* a op= b in place. 0 or -1. */
int py_set_combine_into(struct py *py, enum py_op op, struct py_set *a, pyv b);
/* Is every member of a in b? 0, 1, -1. */
int py_set_within(struct py *py, const struct py_set *a, const struct py_set *b);
/* The type that an operator's result has. */
const struct py_type *py_set_kind(pyv v);
