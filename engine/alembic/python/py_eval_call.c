/* Calls as they are written: the function, then its arguments in their order, with * and ** unpacked. */
#include "engine/alembic/python/py_frame.h"

/* "module.function()", as Python names what is called with wrong * and ** */
const char *py_callee_name(struct py *py, pyv callee)
{
    pyv name = py_lookup(py, callee, "__qualname__"),
        module = name ? py_lookup(py, callee, "__module__") : NULL;
    py_clear(py);
    struct slice n = name ? py_text(name) : (struct slice){0},
                 m = module ? py_text(module) : (struct slice){0};
    if (!n.ptr || (callee->type == &py_type_native && !m.ptr)) {
        return n.ptr ? arena_printf(&py->arena, "%.*s()", (int)n.len, n.ptr) : py_repr_of(py, callee);
    }
    bool prefix = m.len && !slice_eq(m, "builtins");
    return arena_printf(&py->arena, "%.*s%s%.*s()", prefix ? (int)m.len : 0, prefix ? m.ptr : "",
                        prefix ? "." : "", (int)n.len, n.ptr);
}

struct call {
    pyv callee;
    struct py_args args;
    size_t cap_pos, cap_kw;
};

static bool grow(struct py *py, void **items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return true;
    }
    size_t more = *cap ? *cap * 2 : 8;
    void *p = py_alloc_array(py, more, size);
    if (p && n) {
        memcpy(p, *items, n * size);
    }
    *items = p ? p : *items;
    *cap = p ? more : *cap;
    return p != NULL;
}

static int add_positional(struct py *py, struct call *c, pyv v)
{
    void *items = c->args.pos;
    if (!grow(py, &items, c->args.npos, &c->cap_pos, sizeof(pyv))) {
        return -1;
    }
    c->args.pos = items;
    c->args.pos[c->args.npos++] = v;
    return 0;
}

static int add_starred(struct py *py, struct call *c, const struct py_node *node, bool only)
{
    pyv v = py_eval(py, node->left);
    py->frame->at = node;
    pyv it = v ? py_eval_starred(py, v, only ? c->callee : NULL) : NULL, item;
    while (it && (item = py_next(py, it)) != NULL) {
        if (add_positional(py, c, item) != 0) {
            return -1;
        }
    }
    return py->stop == PY_RUNNING ? 0 : -1;
}

static int add_keyword(struct py *py, struct call *c, const char *name, pyv value)
{
    for (size_t i = 0; i < c->args.nkw; i++) {
        if (c->args.names[i] == name ||
            (c->args.names[i][0] == name[0] && strcmp(c->args.names[i], name) == 0)) {
            py_raise(py, "TypeError", "%s got multiple values for keyword argument '%s'",
                     py_callee_name(py, c->callee), name);
            return -1;
        }
    }
    void *names = c->args.names, *values = c->args.values;
    size_t cap = c->cap_kw;
    if (!grow(py, &names, c->args.nkw, &cap, sizeof(char *)) ||
        !grow(py, &values, c->args.nkw, &c->cap_kw, sizeof(pyv))) {
        return -1;
    }
    c->args.names = names;
    c->args.values = values;
    c->args.names[c->args.nkw] = name;
    c->args.values[c->args.nkw++] = value;
    return 0;
}

static int add_mapping(struct py *py, struct call *c, pyv mapping)
{
    pyv dict = mapping;
    if (!py_is(mapping, &py_type_dict)) {
        bool failed = false;
        if (!py_find_attr(py, mapping, "keys", &failed) && !failed) {
            const char *name = py_callee_name(py, c->callee);
            py_raise(py, "TypeError", "%s argument after ** must be a mapping, not %s", name,
                     mapping->type->name);
            return -1;
        }
        dict = py_dict_new(py);
        if (!dict || py_merge_mapping(py, dict, mapping) != 0) {
            return -1;
        }
    }
    size_t at = 0;
    pyv key, value;
    while (py_dict_next(dict, &at, &key, &value)) {
        const char *name = py_cstr(py, key);
        if (!name || py_is_none(key)) {
            py_raise(py, "TypeError", "keywords must be strings");
            return -1;
        }
        if (add_keyword(py, c, name, value) != 0) {
            return -1;
        }
    }
    return 0;
}

static int collect(struct py *py, const struct py_node *node, struct call *c)
{
    c->cap_pos = node->list.n;
    c->cap_kw = node->keywords.n;
    c->args.pos = c->cap_pos ? py_alloc_array(py, c->cap_pos, sizeof(pyv)) : NULL;
    c->args.names = c->cap_kw ? py_alloc_array(py, c->cap_kw, sizeof(char *)) : NULL;
    c->args.values = c->cap_kw ? py_alloc_array(py, c->cap_kw, sizeof(pyv)) : NULL;
    if ((c->cap_pos && !c->args.pos) || (c->cap_kw && (!c->args.names || !c->args.values))) {
        return -1;
    }
    for (size_t i = 0; i < node->list.n; i++) {
        const struct py_node *n = node->list.items[i];
        pyv v = n->kind == PY_STARRED ? NULL : py_eval(py, n);
        if (n->kind == PY_STARRED ? add_starred(py, c, n, node->list.n == 1) != 0
                                  : !v || add_positional(py, c, v) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < node->keywords.n; i++) {
        const struct py_keyword *k = &node->keywords.items[i];
        pyv v = py_eval(py, k->value);
        py->frame->at = node;
        if (!v || (k->name ? add_keyword(py, c, k->name, v) : add_mapping(py, c, v)) != 0) {
            return -1;
        }
    }
    return 0;
}

pyv py_eval_call(struct py *py, const struct py_node *node)
{
    pyv callee = py_eval(py, node->left);
    if (!callee) {
        return NULL;
    }
    struct call c = {.callee = callee};
    if (collect(py, node, &c) != 0) {
        return NULL;
    }
    py->frame->at = node;
    return py_call(py, callee, &c.args);
}
