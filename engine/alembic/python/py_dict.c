/*
 * The table behind dict and set: entries in order of insertion, and an index by hash once there are more than
 * a few. Python code may run while keys are compared and may change the table: lookups then begin again.
 * Arrays that were replaced stay readable, as everything in the arena does.
 */
#include "engine/alembic/python/py_builtin.h"

#define SMALL 8u

pyv py_dict_new(struct py *py)
{
    return py_object_new(py, &py_type_dict, sizeof(struct py_dict));
}

struct py_dict *py_dict_of(pyv v)
{
    return PY_AS(dict, v);
}

/* 1: same key, 0: another, -1: raised. */
static int same_key(struct py *py, const struct py_dict_entry *e, pyv key, uint64_t hash)
{
    if (e->key == key) {
        return 1;
    }
    if (e->hash != hash) {
        return 0;
    }
    if (e->key->type == &py_type_str && key->type == &py_type_str) {
        struct slice a = ((struct py_str *)(void *)e->key)->text, b = ((struct py_str *)(void *)key)->text;
        return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
    }
    return py_equal(py, e->key, key);
}

/* Integers hash to themselves: spread them, or multiples of a power of two would share one place. */
static size_t place(uint64_t hash, size_t nindex)
{
    return (size_t)((hash * 0x9E3779B97F4A7C15u) >> 32) & (nindex - 1);
}

/* The entry's position, or -1: absent, -2: raised. */
static int64_t find_once(struct py *py, const struct py_dict *d, pyv key, uint64_t hash)
{
    const struct py_dict_entry *entries = d->entries;
    const uint32_t *index = d->index;
    size_t n = d->n, nindex = d->nindex;
    if (!index) {
        for (size_t i = 0; i < n; i++) {
            int same = entries[i].key ? same_key(py, &entries[i], key, hash) : 0;
            if (same) {
                return same < 0 ? -2 : (int64_t)i;
            }
        }
        return -1;
    }
    size_t probes = 0;
    for (size_t at = place(hash, nindex); index[at]; at = (at + 1) & (nindex - 1)) {
        size_t i = index[at] - 1;
        if (++probes % 64 == 0 && !py_spend(py, 1, 0)) {
            return -2;
        }
        int same = i < n && entries[i].key ? same_key(py, &entries[i], key, hash) : 0;
        if (same) {
            return same < 0 ? -2 : (int64_t)i;
        }
    }
    return -1;
}

static int64_t find(struct py *py, const struct py_dict *d, pyv key, uint64_t hash)
{
    for (;;) {
        struct py_dict before = *d;
        int64_t at = find_once(py, d, key, hash);
        if (at == -2 || (before.entries == d->entries && before.index == d->index && before.n == d->n &&
                         before.live == d->live)) {
            return at;
        }
    }
}

static void index_put(struct py_dict *d, size_t entry)
{
    size_t at = place(d->entries[entry].hash, d->nindex);
    while (d->index[at]) {
        at = (at + 1) & (d->nindex - 1);
    }
    d->index[at] = (uint32_t)(entry + 1);
    d->nfilled++;
}

/* Drop deleted entries and make room for at least one more; with an index when there are many. */
static int rebuild(struct py *py, struct py_dict *d)
{
    size_t cap = d->live < 4 ? 4 : d->live * 2;
    if (cap > UINT32_MAX / 2) {
        return py_spend(py, 0, SIZE_MAX / 2) ? 0 : -1;
    }
    struct py_dict_entry *entries = py_alloc_array(py, cap, sizeof(*entries));
    uint32_t *index = NULL;
    size_t nindex = 0;
    if (entries && cap > SMALL) {
        for (nindex = 32; nindex < cap * 2;) {
            nindex *= 2;
        }
        index = py_alloc_array(py, nindex, sizeof(*index));
    }
    if (!entries || (nindex && !index)) {
        return -1;
    }
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (d->entries[i].key) {
            entries[n++] = d->entries[i];
        }
    }
    d->entries = entries;
    d->cap = cap;
    d->n = d->live = n;
    d->index = index;
    d->nindex = nindex;
    d->nfilled = 0;
    for (size_t i = 0; index && i < n; i++) {
        index_put(d, i);
    }
    return 0;
}

pyv py_dict_lookup(struct py *py, struct py_dict *d, pyv key, uint64_t hash)
{
    int64_t at = d->live ? find(py, d, key, hash) : -1;
    return at < 0 ? NULL : d->entries[at].value;
}

int py_dict_put(struct py *py, struct py_dict *d, pyv key, uint64_t hash, pyv value)
{
    int64_t at = d->live ? find(py, d, key, hash) : -1;
    if (at == -2) {
        return -1;
    }
    if (at >= 0) {
        d->entries[at].value = value;
        return 0;
    }
    bool full = d->n == d->cap || (d->index && d->nfilled * 3 >= d->nindex * 2);
    if (full && rebuild(py, d) != 0) {
        return -1;
    }
    d->entries[d->n] = (struct py_dict_entry){key, value, hash};
    if (d->index) {
        index_put(d, d->n);
    }
    d->n++;
    d->live++;
    return 1;
}

int py_dict_remove(struct py *py, struct py_dict *d, pyv key, uint64_t hash, pyv *stored, pyv *value)
{
    int64_t at = d->live ? find(py, d, key, hash) : -1;
    if (at < 0) {
        return at == -2 ? -1 : 0;
    }
    if (stored) {
        *stored = d->entries[at].key;
    }
    if (value) {
        *value = d->entries[at].value;
    }
    d->entries[at].key = d->entries[at].value = NULL;
    d->live--;
    return 1;
}

bool py_dict_pop_last(struct py_dict *d, pyv *key, pyv *value)
{
    while (d->n && !d->entries[d->n - 1].key) {
        d->n--;
    }
    if (!d->n) {
        return false;
    }
    struct py_dict_entry *e = &d->entries[--d->n];
    *key = e->key;
    *value = e->value;
    e->key = e->value = NULL;
    d->live--;
    return true;
}

void py_dict_clear(struct py_dict *d)
{
    d->entries = NULL;
    d->index = NULL;
    d->n = d->cap = d->live = d->nindex = d->nfilled = 0;
}

struct py_dict *py_dict_copy(struct py *py, const struct py_dict *d)
{
    struct py_dict *copy = (struct py_dict *)(void *)py_dict_new(py);
    if (!copy || !d->live) {
        return copy;
    }
    copy->entries = d->entries;
    copy->n = d->n;
    copy->live = d->live;
    return rebuild(py, copy) == 0 ? copy : NULL;
}

/* --- what natives use --- */

pyv py_dict_get(struct py *py, pyv dict, pyv key)
{
    uint64_t hash;
    struct py_dict *d = (struct py_dict *)(void *)dict;
    return py_hash(py, key, &hash) == 0 ? py_dict_lookup(py, d, key, hash) : NULL;
}

pyv py_dict_get_str(struct py *py, pyv dict, const char *key)
{
    struct py_dict *d = (struct py_dict *)(void *)dict;
    (void)py;
    size_t len = strlen(key);
    uint64_t hash = d->index ? py_hash_bytes((struct slice){key, len}) : 0;
    size_t at = d->index ? place(hash, d->nindex) : 0;
    for (size_t i = 0;; i++) {
        size_t entry = i;
        if (d->index) {
            if (!d->index[at]) {
                return NULL;
            }
            entry = d->index[at] - 1;
            at = (at + 1) & (d->nindex - 1);
            if (entry >= d->n || d->entries[entry].hash != hash) {
                continue;
            }
        } else if (i >= d->n) {
            return NULL;
        }
        pyv have = d->entries[entry].key;
        struct slice text = have ? py_text(have) : (struct slice){NULL, 0};
        if (text.ptr && text.len == len && memcmp(text.ptr, key, len) == 0) {
            return d->entries[entry].value;
        }
    }
}

int py_dict_set(struct py *py, pyv dict, pyv key, pyv value)
{
    uint64_t hash;
    if (py_hash(py, key, &hash) != 0) {
        return -1;
    }
    return py_dict_put(py, (struct py_dict *)(void *)dict, key, hash, value) < 0 ? -1 : 0;
}

int py_dict_set_str(struct py *py, pyv dict, const char *key, pyv value)
{
    pyv k = py_str_of(py, key);
    return k ? py_dict_set(py, dict, k, value) : -1;
}

int py_dict_del(struct py *py, pyv dict, pyv key)
{
    uint64_t hash;
    if (py_hash(py, key, &hash) != 0) {
        return -1;
    }
    return py_dict_remove(py, (struct py_dict *)(void *)dict, key, hash, NULL, NULL);
}

bool py_dict_next(pyv dict, size_t *at, pyv *key, pyv *value)
{
    const struct py_dict *d = (const struct py_dict *)(const void *)dict;
    while (*at < d->n) {
        const struct py_dict_entry *e = &d->entries[(*at)++];
        if (e->key) {
            if (key) {
                *key = e->key;
            }
            if (value) {
                *value = e->value;
            }
            return true;
        }
    }
    return false;
}

size_t py_dict_len(pyv dict)
{
    return ((const struct py_dict *)(const void *)dict)->live;
}
