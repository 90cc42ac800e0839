/* set and frozenset: a dict's table without values. Members are kept, and come out, in the order they were
 * put in;
 */
#include "engine/alembic/python/py_set.h"

struct py_set *py_set_of(pyv v)
{
    return py_is(v, &py_type_set) || py_is(v, &py_type_frozenset) ? (struct py_set *)(void *)v : NULL;
}

const struct py_type *py_set_kind(pyv v)
{
    return py_is(v, &py_type_set) ? &py_type_set : &py_type_frozenset;
}

struct py_set *py_set_make(struct py *py, const struct py_type *type)
{
    struct py_set *s = py_object_new(py, type, sizeof(*s));
    pyv dict = s ? py_dict_new(py) : NULL;
    if (!dict) {
        return NULL;
    }
    s->dict = (struct py_dict *)(void *)dict;
    return s;
}

pyv py_set_new(struct py *py)
{
    return (pyv)py_set_make(py, &py_type_set);
}

int py_set_add(struct py *py, pyv set, pyv item)
{
    uint64_t hash;
    struct py_dict *d = ((struct py_set *)(void *)set)->dict;
    if (py_hash(py, item, &hash) != 0) {
        return -1;
    }
    /* A dict keeps the key that was there first, as a set does. */
    return py_dict_put(py, d, item, hash, &py_none) < 0 ? -1 : 0;
}

int py_set_update(struct py *py, struct py_set *s, pyv iterable)
{
    const struct py_set *other = iterable->type->mro ? NULL : py_set_of(iterable);
    if (other) {
        for (size_t i = 0; i < other->dict->n; i++) {
            struct py_dict_entry e = other->dict->entries[i];
            if (e.key && (!py_spend(py, 1, 0) || py_dict_put(py, s->dict, e.key, e.hash, &py_none) < 0)) {
                return -1;
            }
        }
        return 0;
    }
    pyv it = py_iter(py, iterable), item;
    if (!it) {
        return -1;
    }
    while ((item = py_next(py, it)) != NULL) {
        if (!py_spend(py, 1, 0) || py_set_add(py, &s->head, item) != 0) {
            return -1;
        }
    }
    return py_stopped(py) == PY_RUNNING ? 0 : -1;
}

struct py_set *py_set_copy(struct py *py, const struct py_type *type, const struct py_set *s)
{
    struct py_set *copy = py_object_new(py, type, sizeof(*copy));
    if (!copy) {
        return NULL;
    }
    copy->dict = py_dict_copy(py, s->dict);
    return copy->dict ? copy : NULL;
}

struct py_set *py_set_fast(struct py *py, pyv v)
{
    struct py_set *s = v->type->mro ? NULL : py_set_of(v);
    if (s) {
        return s;
    }
    s = py_set_make(py, &py_type_set);
    return s && py_set_update(py, s, v) == 0 ? s : NULL;
}

/* Put the members of a into out that b has, or has not. */
static int filter_into(struct py *py, struct py_set *out, const struct py_set *a, const struct py_set *b,
                       bool has)
{
    for (size_t i = 0; i < a->dict->n; i++) {
        struct py_dict_entry e = a->dict->entries[i];
        if (!e.key) {
            continue;
        }
        bool there = py_spend(py, 1, 0) && py_dict_lookup(py, b->dict, e.key, e.hash);
        if (py_stopped(py) != PY_RUNNING ||
            (there == has && py_dict_put(py, out->dict, e.key, e.hash, &py_none) < 0)) {
            return -1;
        }
    }
    return 0;
}

struct py_set *py_set_combine(struct py *py, const struct py_type *type, enum py_op op, struct py_set *a,
                              struct py_set *b)
{
    struct py_set *out = op == PY_OP_BITOR ? py_set_copy(py, type, a) : py_set_make(py, type);
    int rc = -1;
    if (!out) {
        return NULL;
    }
    switch (op) {
    case PY_OP_BITOR:
        rc = py_set_update(py, out, &b->head);
        break;
    case PY_OP_BITAND:
        rc = filter_into(py, out, a, b, true);
        break;
    case PY_OP_SUB:
        rc = filter_into(py, out, a, b, false);
        break;
    default: /* PY_OP_BITXOR */
        rc = filter_into(py, out, a, b, false) != 0 ? -1 : filter_into(py, out, b, a, false);
        break;
    }
    return rc == 0 ? out : NULL;
}

int py_set_within(struct py *py, const struct py_set *a, const struct py_set *b)
{
    if (a->dict->live > b->dict->live) {
        return 0;
    }
    for (size_t i = 0; i < a->dict->n; i++) {
        struct py_dict_entry e = a->dict->entries[i];
        if (!e.key) {
            continue;
        }
        if (!py_spend(py, 1, 0) || !py_dict_lookup(py, b->dict, e.key, e.hash)) {
            return py_stopped(py) == PY_RUNNING ? 0 : -1;
        }
    }
    return 1;
}

/* --- slots --- */

static pyv set_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct py_set *a = py_set_of(left), *b = py_set_of(right);
    if (!a || !b || (op != PY_OP_BITOR && op != PY_OP_BITAND && op != PY_OP_SUB && op != PY_OP_BITXOR)) {
        return &py_not_implemented;
    }
    return (pyv)py_set_combine(py, py_set_kind(left), op, a, b);
}

static pyv set_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct py_set *a = py_set_of(left), *b = py_set_of(right);
    if (!a || !b) {
        return &py_not_implemented;
    }
    bool flip = op == PY_OP_GT || op == PY_OP_GE;
    bool strict = op == PY_OP_LT || op == PY_OP_GT, equal = op == PY_OP_EQ || op == PY_OP_NE;
    bool sizes = strict ? a->dict->live != b->dict->live : equal ? a->dict->live == b->dict->live : true;
    int within = !sizes ? 0 : flip ? py_set_within(py, b, a) : py_set_within(py, a, b);
    return within < 0 ? NULL : py_bool((within == 1) != (op == PY_OP_NE));
}

static int frozenset_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    const struct py_dict *d = ((struct py_set *)(void *)self)->dict;
    uint64_t h = 0;
    for (size_t i = 0; i < d->n; i++) {
        uint64_t item = d->entries[i].hash;
        h ^= d->entries[i].key ? ((item ^ 89869747u) ^ (item << 16)) * 3644798167u : 0;
    }
    h ^= (d->live + 1) * 1927868237u;
    h ^= (h >> 11) ^ (h >> 25);
    h = h * 69069u + 907133923u;
    *out = h == UINT64_MAX ? 590923713u : h;
    return 0;
}

static int64_t set_len(struct py *py, pyv self)
{
    (void)py;
    return (int64_t)((struct py_set *)(void *)self)->dict->live;
}

static int set_contains(struct py *py, pyv self, pyv item)
{
    struct py_dict *d = ((struct py_set *)(void *)self)->dict;
    return py_dict_get(py, &d->head, item) ? 1 : py_stopped(py) == PY_RUNNING ? 0 : -1;
}

struct set_iterator {
    struct py_obj head;
    const struct py_set *set; /* NULL: used up */
    size_t at, live;
};

static pyv set_iterator_next(struct py *py, pyv self)
{
    struct set_iterator *it = (struct set_iterator *)(void *)self;
    pyv key;
    if (!it->set) {
        return NULL;
    }
    if (it->set->dict->live != it->live) {
        it->live = SIZE_MAX; /* it goes on raising */
        return py_raise(py, "RuntimeError", "Set changed size during iteration");
    }
    if (py_dict_next(&it->set->dict->head, &it->at, &key, NULL)) {
        return key;
    }
    it->set = NULL;
    return NULL;
}

static const struct py_type set_iterator_type = {PY_TYPE_HEAD,         .name = "set_iterator",
                                                 .module = "",         .plain = true,
                                                 .iter = py_iter_self, .next = set_iterator_next};

static pyv set_iter(struct py *py, pyv self)
{
    struct set_iterator *it = py_object_new(py, &set_iterator_type, sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->set = (const struct py_set *)(const void *)self;
    it->live = it->set->dict->live;
    return &it->head;
}

static int set_repr(struct py *py, pyv self, struct strbuf *out)
{
    bool plain = self->type == &py_type_set;
    if (!((struct py_set *)(void *)self)->dict->live) {
        strbuf_addf(out, "%s()", TYPE_NAME(self));
        return 0;
    }
    struct strbuf recursive = STRBUF_INIT;
    strbuf_addf(&recursive, "%s(...)", TYPE_NAME(self));
    struct py_list *items = (struct py_list *)(void *)py_listed(py, self);
    if (items && !plain) {
        strbuf_addf(out, "%s(", TYPE_NAME(self));
    }
    int rc = items ? py_repr_items(py, self, items->items, items->n, "{", plain ? "}" : "})",
                                   strbuf_cstr(&recursive), out)
                   : -1;
    strbuf_release(&recursive);
    return rc;
}

static pyv construct(struct py *py, const struct py_type *type, const struct py_args *args, const char *name)
{
    struct py_set *s = py_args_only(py, args, name, 0, 1) ? py_set_make(py, type) : NULL;
    return s && (!args->npos || py_set_update(py, s, args->pos[0]) == 0) ? &s->head : NULL;
}

static pyv set_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    return construct(py, type, args, "set");
}

static pyv frozenset_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (args->npos == 1 && type == &py_type_frozenset && args->pos[0]->type == type) {
        return args->pos[0];
    }
    return construct(py, type, args, "frozenset");
}

const struct py_type py_type_set = {PY_TYPE_HEAD,         .name = "set",        .module = "",
                                    .defs = py_set_defs,  .plain = true,        .construct = set_construct,
                                    .repr = set_repr,     .len = set_len,       .contains = set_contains,
                                    .iter = set_iter,     .binary = set_binary, .compare = set_compare,
                                    .hash = py_unhashable};
const struct py_type py_type_frozenset = {PY_TYPE_HEAD,
                                          .name = "frozenset",
                                          .module = "",
                                          .defs = py_frozenset_defs,
                                          .plain = true,
                                          .construct = frozenset_construct,
                                          .repr = set_repr,
                                          .len = set_len,
                                          .contains = set_contains,
                                          .iter = set_iter,
                                          .binary = set_binary,
                                          .compare = set_compare,
                                          .hash = frozenset_hash};
