/* Methods of set and frozenset. They take any iterables, where the operators want sets. */
#include "engine/alembic/python/py_set.h"
#include "engine/alembic/python/py_set_order.h"

#define SET(v) ((struct py_set *)(void *)(v))

static bool only(struct py *py, pyv self, const struct py_args *args, const char *name, size_t min,
                 size_t max)
{
    if (!args->nkw && args->npos >= min && args->npos <= max) {
        return true;
    }
    return py_args_only(py, args, arena_printf(py_arena(py), "%s.%s", py_set_kind(self)->name, name), min,
                        max);
}

/* self op a op b ... as a new set. */
static pyv combine_all(struct py *py, pyv self, const struct py_args *args, enum py_op op, const char *name)
{
    const struct py_type *kind = py_set_kind(self);
    if (!only(py, self, args, name, 0, SIZE_MAX)) {
        return NULL;
    }
    struct py_set *out = args->npos ? SET(self) : py_set_copy(py, kind, SET(self));
    for (size_t i = 0; out && i < args->npos; i++) {
        bool again = i > 0 && op != PY_OP_BITAND; /* into what the first made */
        struct py_set *next = again ? out : py_set_combine(py, kind, op, out, args->pos[i]);
        out = again && py_set_combine_into(py, op, out, args->pos[i]) != 0 ? NULL : next;
    }
    return (pyv)out;
}

static pyv set_union(struct py *py, pyv self, const struct py_args *args)
{
    return combine_all(py, self, args, PY_OP_BITOR, "union");
}

static pyv set_intersection(struct py *py, pyv self, const struct py_args *args)
{
    return combine_all(py, self, args, PY_OP_BITAND, "intersection");
}

static pyv set_difference(struct py *py, pyv self, const struct py_args *args)
{
    return combine_all(py, self, args, PY_OP_SUB, "difference");
}

static pyv set_symmetric_difference(struct py *py, pyv self, const struct py_args *args)
{
    return only(py, self, args, "symmetric_difference", 1, 1)
               ? combine_all(py, self, args, PY_OP_BITXOR, "symmetric_difference")
               : NULL;
}

/* The same in place. */
static pyv combine_into(struct py *py, pyv self, const struct py_args *args, enum py_op op, const char *name)
{
    if (!only(py, self, args, name, 0, SIZE_MAX)) {
        return NULL;
    }
    for (size_t i = 0; i < args->npos; i++) {
        if (py_set_combine_into(py, op, SET(self), args->pos[i]) != 0) {
            return NULL;
        }
    }
    return &py_none;
}

static pyv set_update(struct py *py, pyv self, const struct py_args *args)
{
    return combine_into(py, self, args, PY_OP_BITOR, "update");
}

static pyv set_intersection_update(struct py *py, pyv self, const struct py_args *args)
{
    pyv result = combine_all(py, self, args, PY_OP_BITAND, "intersection_update");
    if (!result) {
        return NULL;
    }
    SET(self)->dict = SET(result)->dict;
    SET(self)->order = SET(result)->order;
    SET(self)->unordered = SET(result)->unordered;
    return &py_none;
}

static pyv set_difference_update(struct py *py, pyv self, const struct py_args *args)
{
    return combine_into(py, self, args, PY_OP_SUB, "difference_update");
}

static pyv set_symmetric_difference_update(struct py *py, pyv self, const struct py_args *args)
{
    return only(py, self, args, "symmetric_difference_update", 1, 1)
               ? combine_into(py, self, args, PY_OP_BITXOR, "symmetric_difference_update")
               : NULL;
}

static pyv set_issubset(struct py *py, pyv self, const struct py_args *args)
{
    struct py_set *other = only(py, self, args, "issubset", 1, 1) ? py_set_fast(py, args->pos[0]) : NULL;
    int within = other ? py_set_within(py, SET(self), other) : -1;
    return within < 0 ? NULL : py_bool(within);
}

static pyv set_issuperset(struct py *py, pyv self, const struct py_args *args)
{
    struct py_set *other = only(py, self, args, "issuperset", 1, 1) ? py_set_fast(py, args->pos[0]) : NULL;
    int within = other ? py_set_within(py, other, SET(self)) : -1;
    return within < 0 ? NULL : py_bool(within);
}

static pyv set_isdisjoint(struct py *py, pyv self, const struct py_args *args)
{
    struct py_set *both = only(py, self, args, "isdisjoint", 1, 1)
                              ? py_set_combine(py, &py_type_set, PY_OP_BITAND, SET(self), args->pos[0])
                              : NULL;
    return both ? py_bool(both->dict->live == 0) : NULL;
}

static pyv set_add(struct py *py, pyv self, const struct py_args *args)
{
    return only(py, self, args, "add", 1, 1) && py_set_add(py, self, args->pos[0]) == 0 ? &py_none : NULL;
}

static pyv set_discard(struct py *py, pyv self, const struct py_args *args)
{
    return only(py, self, args, "discard", 1, 1) && py_set_discard(py, SET(self), args->pos[0]) >= 0
               ? &py_none
               : NULL;
}

static pyv set_remove(struct py *py, pyv self, const struct py_args *args)
{
    int rc = only(py, self, args, "remove", 1, 1) ? py_set_discard(py, SET(self), args->pos[0]) : -1;
    return rc == 1 ? &py_none : rc == 0 ? py_raise_key(py, args->pos[0]) : NULL;
}

static pyv set_pop(struct py *py, pyv self, const struct py_args *args)
{
    struct py_set *s = SET(self);
    size_t at = 0;
    uint64_t hash;
    if (!only(py, self, args, "pop", 0, 0)) {
        return NULL;
    }
    pyv item = s->order ? py_order_pop(s->order) : NULL;
    if (!item && !py_set_next(s, &at, &item, &hash)) {
        return py_raise_key(py, py_str_borrow(py, SLICE("pop from an empty set")));
    }
    return py_hash(py, item, &hash) == 0 && py_dict_remove(py, s->dict, item, hash, NULL, NULL) == 1 ? item
                                                                                                     : NULL;
}

static pyv set_clear(struct py *py, pyv self, const struct py_args *args)
{
    if (!only(py, self, args, "clear", 0, 0)) {
        return NULL;
    }
    py_set_clear(SET(self));
    return &py_none;
}

static pyv set_copy(struct py *py, pyv self, const struct py_args *args)
{
    if (!only(py, self, args, "copy", 0, 0)) {
        return NULL;
    }
    return self->type == &py_type_frozenset ? self : (pyv)py_set_copy(py, py_set_kind(self), SET(self));
}

#define READING                                                                                              \
    {"copy", PY_DEF_METHOD, set_copy, NULL, NULL},                                                           \
        {"difference", PY_DEF_METHOD, set_difference, NULL, NULL},                                           \
        {"intersection", PY_DEF_METHOD, set_intersection, NULL, NULL},                                       \
        {"isdisjoint", PY_DEF_METHOD, set_isdisjoint, NULL, NULL},                                           \
        {"issubset", PY_DEF_METHOD, set_issubset, NULL, NULL},                                               \
        {"issuperset", PY_DEF_METHOD, set_issuperset, NULL, NULL},                                           \
        {"symmetric_difference", PY_DEF_METHOD, set_symmetric_difference, NULL, NULL},                       \
    {                                                                                                        \
        "union", PY_DEF_METHOD, set_union, NULL, NULL                                                        \
    }

const struct py_def py_frozenset_defs[] = {READING, {0}};

const struct py_def py_set_defs[] = {
    READING,
    {"add", PY_DEF_METHOD, set_add, NULL, NULL},
    {"clear", PY_DEF_METHOD, set_clear, NULL, NULL},
    {"difference_update", PY_DEF_METHOD, set_difference_update, NULL, NULL},
    {"discard", PY_DEF_METHOD, set_discard, NULL, NULL},
    {"intersection_update", PY_DEF_METHOD, set_intersection_update, NULL, NULL},
    {"pop", PY_DEF_METHOD, set_pop, NULL, NULL},
    {"remove", PY_DEF_METHOD, set_remove, NULL, NULL},
    {"symmetric_difference_update", PY_DEF_METHOD, set_symmetric_difference_update, NULL, NULL},
    {"update", PY_DEF_METHOD, set_update, NULL, NULL},
    {0},
};
