/*
 * Growing arrays whose items live in an arena:
 *     VEC(struct step) steps = {0};
 *     struct step *s = vec_push(&arena, &steps);     zeroed new item, valid until the next push
 *     vec_each(s, &steps) { ... }
 */
#pragma once
#include "base/arena.h"
#include <stddef.h>

#define VEC(T)                                                                                               \
    struct {                                                                                                 \
        T *items;                                                                                            \
        size_t n, cap;                                                                                       \
    }
typedef VEC(const char *) strings_t;

void *vec_grow_(struct arena *a, void *items, size_t n, size_t *cap, size_t size);

#define vec_push(a, v)                                                                                       \
    ((v)->items = vec_grow_((a), (v)->items, (v)->n, &(v)->cap, sizeof(*(v)->items)), &(v)->items[(v)->n++])
#define vec_each(it, v) for ((it) = (v)->items; (v)->n && (it) < (v)->items + (v)->n; (it)++)
