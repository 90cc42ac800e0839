/* set and frozenset: a dict's table without values. Members are kept, and come out, in the order they were
 * put in;
 */
#include "engine/alembic/python/py_set.h"
#include "engine/alembic/python/py_set_order.h"

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

/* --- members --- */

int py_set_put(struct py *py, struct py_set *s, pyv key, uint64_t hash)
{
    int rc = py_dict_put(py, s->dict, key, hash, &py_none);
    if (rc != 1 || s->unordered) {
        return rc;
    }
    if (!py_order_known(key)) {
        s->order = NULL;
        s->unordered = true;
        return rc;
    }
    if (!s->order) {
        s->order = py_order_new(py);
    }
    return s->order && py_order_add(py, s->order, key, hash) == 0 ? 1 : -1;
}

int py_set_remove(struct py *py, struct py_set *s, pyv key, uint64_t hash)
{
    pyv stored = NULL;
    int rc = py_dict_remove(py, s->dict, key, hash, &stored, NULL);
    if (rc == 1 && s->order) {
        py_order_remove(s->order, stored, hash);
    }
    return rc;
}

/* What `in`, remove() and discard() look for: they take a set for the frozenset of its members. */
static int hash_member(struct py *py, pyv *item, uint64_t *hash)
{
    if (py_is(*item, &py_type_set)) {
        *item = (pyv)py_set_copy(py, &py_type_frozenset, (struct py_set *)(void *)*item);
    }
    return *item ? py_hash(py, *item, hash) : -1;
}

int py_set_discard(struct py *py, struct py_set *s, pyv item)
{
    uint64_t hash;
    return hash_member(py, &item, &hash) == 0 ? py_set_remove(py, s, item, hash) : -1;
}

void py_set_clear(struct py_set *s)
{
    py_dict_clear(s->dict);
    s->order = NULL;
    s->unordered = false;
}

int py_set_add(struct py *py, pyv set, pyv item)
{
    uint64_t hash;
    return py_hash(py, item, &hash) == 0 && py_set_put(py, (struct py_set *)(void *)set, item, hash) >= 0
               ? 0
               : -1;
}

bool py_set_next(const struct py_set *s, size_t *at, pyv *key, uint64_t *hash)
{
    const struct py_set_order *o = s->order;
    while (*at < (o ? o->mask + 1 : s->dict->n)) {
        size_t i = (*at)++;
        *key = o ? o->slots[i].key : s->dict->entries[i].key;
        *hash = o ? o->slots[i].hash : s->dict->entries[i].hash;
        if (*key) {
            return true;
        }
    }
    return false;
}

/* Before members of a set or dict are added. */
static int reserve(struct py *py, struct py_set *s, size_t more)
{
    if (!s->order && !s->unordered) {
        s->order = py_order_new(py);
    }
    return s->unordered ? 0 : s->order ? py_order_reserve(py, s->order, more) : -1;
}

static int merge_set(struct py *py, struct py_set *s, const struct py_set *other)
{
    pyv key;
    uint64_t hash;
    if (s == other || !other->dict->live) {
        return 0;
    }
    if (reserve(py, s, other->dict->live) != 0) {
        return -1;
    }
    bool copy = s->order && other->order && s->order->fill == 0;
    if (copy && py_order_copy(py, s->order, other->order) != 0) {
        return -1;
    }
    for (size_t at = 0; py_set_next(other, &at, &key, &hash);) {
        int rc = !py_spend(py, 1, 0) ? -1
                 : copy              ? py_dict_put(py, s->dict, key, hash, &py_none)
                                     : py_set_put(py, s, key, hash);
        if (rc < 0) {
            return -1;
        }
    }
    return 0;
}

static int merge_dict(struct py *py, struct py_set *s, const struct py_dict *d)
{
    if (reserve(py, s, d->live) != 0) {
        return -1;
    }
    for (size_t i = 0; i < d->n; i++) {
        struct py_dict_entry e = d->entries[i];
        if (e.key && (!py_spend(py, 1, 0) || py_set_put(py, s, e.key, e.hash) < 0)) {
            return -1;
        }
    }
    return 0;
}

bool py_set_next_item(struct py *py, pyv it, pyv *item, uint64_t *hash)
{
    *item = py_spend(py, 1, 0) ? py_next(py, it) : NULL;
    return *item && py_hash(py, *item, hash) == 0;
}

int py_set_update(struct py *py, struct py_set *s, pyv iterable)
{
    const struct py_set *other = iterable->type->mro ? NULL : py_set_of(iterable);
    pyv item;
    uint64_t hash;
    if (other) {
        return merge_set(py, s, other);
    }
    if (iterable->type == &py_type_dict) {
        return merge_dict(py, s, py_dict_of(iterable));
    }
    pyv it = py_iter(py, iterable);
    while (it && py_set_next_item(py, it, &item, &hash)) {
        if (py_set_put(py, s, item, hash) < 0) {
            return -1;
        }
    }
    return py_stopped(py) == PY_RUNNING ? 0 : -1;
}

struct py_set *py_set_copy(struct py *py, const struct py_type *type, const struct py_set *s)
{
    struct py_set *copy = py_set_make(py, type);
    return copy && merge_set(py, copy, s) == 0 ? copy : NULL;
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

int py_set_in_table(struct py *py, struct py_dict *d, pyv key, uint64_t hash)
{
    return py_spend(py, 1, 0) && py_dict_lookup(py, d, key, hash) ? 1 : py_stopped(py) == PY_RUNNING ? 0 : -1;
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
    return (pyv)py_set_combine(py, py_set_kind(left), op, a, right);
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
    uint64_t hash;
    struct py_dict *d = ((struct py_set *)(void *)self)->dict;
    return hash_member(py, &item, &hash) == 0 ? py_set_in_table(py, d, item, hash) : -1;
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
    uint64_t hash;
    if (!it->set) {
        return NULL;
    }
    if (it->set->dict->live != it->live) {
        it->live = SIZE_MAX; /* it goes on raising */
        return py_raise(py, "RuntimeError", "Set changed size during iteration");
    }
    size_t before = it->at;
    bool more = py_set_next(it->set, &it->at, &key, &hash);
    if (!py_scan(py, it->at - before)) {
        return NULL;
    }
    if (more) {
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
