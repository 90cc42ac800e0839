/* int | None: unions of classes, as annotations and for isinstance(). */
#include "engine/alembic/python/py_union.h"
#include "engine/alembic/python/py_list.h"

struct py_union {
    struct py_obj head;
    struct py_list *members; /* classes and None, each once: a tuple */
};

struct py_list *py_union_members(pyv v)
{
    return v->type == &py_type_union ? ((struct py_union *)(void *)v)->members : NULL;
}

/* Put what stands for v in a union into the list; 1: no such thing, 0, -1. */
static int add_members(struct py *py, struct py_list *list, pyv v)
{
    const struct py_list *members = py_union_members(v);
    if (!members && !py_is_none(v) && !py_is(v, &py_type_type)) {
        return 1;
    }
    for (size_t i = 0; i < (members ? members->n : 1); i++) {
        pyv member = members ? members->items[i] : v;
        bool known = false;
        for (size_t k = 0; k < list->n && !known; k++) {
            known = list->items[k] == member;
        }
        if (!known && py_list_append(py, &list->head, member) != 0) {
            return -1;
        }
    }
    return 0;
}

pyv py_union_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (op != PY_OP_BITOR) {
        return &py_not_implemented;
    }
    struct py_list *members = (struct py_list *)(void *)py_list_new(py);
    int rc = members ? add_members(py, members, left) : -1;
    rc = rc ? rc : add_members(py, members, right);
    if (rc) {
        return rc > 0 ? &py_not_implemented : NULL;
    }
    if (members->n == 1) {
        return members->items[0];
    }
    struct py_union *u = py_object_new(py, &py_type_union, sizeof(*u));
    if (!u) {
        return NULL;
    }
    u->members = (struct py_list *)(void *)py_tuple_new(py, members->items, members->n);
    return u->members ? &u->head : NULL;
}

/* A class in a union is named as between the quotes of <class 'name'>. */
static int union_repr(struct py *py, pyv self, struct strbuf *out)
{
    static const char before[] = "<class '", after[] = "'>";
    const struct py_list *members = py_union_members(self);
    for (size_t i = 0; i < members->n; i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        if (py_repr(py, members->items[i], &text) != 0) {
            return -1;
        }
        size_t n = text.len, cut = strlen(before), end = strlen(after);
        bool class = n > cut + end && memcmp(text.ptr, before, cut) == 0;
        strbuf_adds(out, i ? " | " : "");
        strbuf_add(out, class ? text.ptr + cut : strbuf_cstr(&text), class ? n - cut - end : n);
    }
    return 0;
}

/* The same members in any order. */
static pyv union_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    const struct py_list *a = py_union_members(left), *b = py_union_members(right);
    (void)py;
    if (!a || !b || (op != PY_OP_EQ && op != PY_OP_NE)) {
        return &py_not_implemented;
    }
    size_t shared = 0;
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < b->n; k++) {
            shared += a->items[i] == b->items[k];
        }
    }
    return py_bool((shared == a->n && shared == b->n) == (op == PY_OP_EQ));
}

static int union_hash(struct py *py, pyv self, uint64_t *out)
{
    const struct py_list *members = py_union_members(self);
    (void)py;
    *out = 0;
    for (size_t i = 0; i < members->n; i++) {
        *out ^= (uint64_t)(uintptr_t)members->items[i] >> 4;
    }
    return 0;
}

static pyv union_args(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return &py_union_members(self)->head;
}

static const struct py_def union_defs[] = {
    {"__args__", PY_DEF_PROPERTY, union_args, NULL, NULL},
    {"__parameters__", PY_DEF_REFUSED, NULL, NULL, "the __parameters__ of a union"},
    {0},
};

const struct py_type py_type_union = {PY_TYPE_HEAD,
                                      .name = "UnionType",
                                      .module = "",
                                      .defs = union_defs,
                                      .plain = true,
                                      .repr = union_repr,
                                      .binary = py_union_binary,
                                      .compare = union_compare,
                                      .hash = union_hash};
