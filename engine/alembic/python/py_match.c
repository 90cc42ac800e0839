/* The match statement. */
#include "engine/alembic/python/py_frame.h"

static int match(struct py *py, const struct py_node *p, pyv v);

static int match_value(struct py *py, const struct py_node *p, pyv v)
{
    pyv want = py_eval(py, p->left);
    py->frame->at = p;
    return want ? py_equal(py, v, want) : -1;
}

static int match_singleton(struct py *py, const struct py_node *p, pyv v)
{
    pyv want = py_eval(py, p->left);
    return want ? v == want : -1;
}

static int bind(struct py *py, const char *name, pyv v)
{
    return name && py_store(py, name, v) != 0 ? -1 : 1;
}

static int match_sequence(struct py *py, const struct py_node *p, pyv v)
{
    if (!py_is(v, &py_type_list) && !py_is(v, &py_type_tuple)) {
        if (py_type_vocabulary(v->type)) {
            py_refuse(py, "a sequence pattern for a %s", v->type->name);
            return -1;
        }
        return py_is(v, &py_type_range) ? (py_refuse(py, "a sequence pattern for a range"), -1) : 0;
    }
    struct py_list *l = (struct py_list *)(void *)v;
    size_t n = p->list.n, star = n;
    for (size_t i = 0; i < n; i++) {
        if (p->list.items[i]->kind == PY_MATCH_STAR) {
            star = i;
        }
    }
    if (star < n ? l->n < n - 1 : l->n != n) {
        return 0;
    }
    for (size_t i = 0, at = 0; i < n; i++) {
        const struct py_node *item = p->list.items[i];
        int rc;
        if (i == star) {
            pyv rest = py_list_new(py);
            for (size_t k = l->n - (n - 1); rest && k > 0; k--) {
                if (py_list_append(py, rest, l->items[at++]) != 0) {
                    return -1;
                }
            }
            rc = rest ? bind(py, item->name, rest) : -1;
        } else {
            rc = match(py, item, l->items[at++]);
        }
        if (rc <= 0) {
            return rc;
        }
    }
    return 1;
}

static int match_mapping(struct py *py, const struct py_node *p, pyv v)
{
    if (!py_is(v, &py_type_dict)) {
        return 0;
    }
    pyv rest = py_dict_new(py), key, value;
    size_t at = 0;
    while (rest && p->name && py_dict_next(v, &at, &key, &value)) {
        if (py_dict_set(py, rest, key, value) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; rest && i < p->keys.n; i++) {
        key = py_eval(py, p->keys.items[i]);
        py->frame->at = p;
        value = key ? py_dict_get(py, v, key) : NULL;
        if (!value) {
            return py->stop == PY_RUNNING ? 0 : -1;
        }
        int rc = match(py, p->list.items[i], value);
        if (rc <= 0) {
            return rc;
        }
        if (p->name && py_dict_del(py, rest, key) < 0) {
            return -1;
        }
    }
    return rest ? bind(py, p->name, rest) : -1;
}

/* Positional sub-patterns: of some builtin types the value itself, else by __match_args__. */
static int match_positional(struct py *py, const struct py_node *p, const struct py_type *type, pyv v)
{
    static const struct py_type *const whole[] = {
        &py_type_bool, &py_type_bytes, &py_type_dict, &py_type_float, &py_type_frozenset,
        &py_type_int,  &py_type_list,  &py_type_set,  &py_type_str,   &py_type_tuple};
    bool is_whole = false;
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        is_whole = is_whole || type == whole[i];
    }
    if (is_whole && p->list.n == 1) {
        return match(py, p->list.items[0], v);
    }
    pyv names = py_type_lookup(py, type, "__match_args__");
    struct py_list *l = names && py_is(names, &py_type_tuple) ? (struct py_list *)(void *)names : NULL;
    if (py->stop != PY_RUNNING) {
        return -1;
    }
    size_t accepts = l ? l->n : is_whole;
    if (accepts < p->list.n) {
        py_raise(py, "TypeError", "%s() accepts %zu positional sub-pattern%s (%zu given)", type->name,
                 accepts, accepts == 1 ? "" : "s", p->list.n);
        return -1;
    }
    for (size_t i = 0; i < p->list.n; i++) {
        const char *name = py_cstr(py, l->items[i]);
        bool failed = false;
        pyv part = name ? py_find_attr(py, v, name, &failed) : NULL;
        int rc = part ? match(py, p->list.items[i], part) : failed ? -1 : 0;
        if (rc <= 0) {
            return rc;
        }
    }
    return 1;
}

static int match_class(struct py *py, const struct py_node *p, pyv v)
{
    pyv class = py_eval(py, p->left);
    py->frame->at = p;
    if (!class) {
        return -1;
    }
    if (!py_is(class, &py_type_type)) {
        py_raise(py, "TypeError", "called match pattern must be a class");
        return -1;
    }
    const struct py_type *type = py_type_of(class);
    if (!py_is(v, type)) {
        return 0;
    }
    int rc = p->list.n ? match_positional(py, p, type, v) : 1;
    for (size_t i = 0; rc == 1 && i < p->keywords.n; i++) {
        bool failed = false;
        pyv part = py_find_attr(py, v, p->keywords.items[i].name, &failed);
        rc = part ? match(py, p->keywords.items[i].value, part) : failed ? -1 : 0;
    }
    return rc;
}

static int match_as(struct py *py, const struct py_node *p, pyv v)
{
    int rc = p->left ? match(py, p->left, v) : 1;
    return rc == 1 ? bind(py, p->name, v) : rc;
}

static int match_or(struct py *py, const struct py_node *p, pyv v)
{
    int rc = 0;
    for (size_t i = 0; i < p->list.n && rc == 0; i++) {
        rc = match(py, p->list.items[i], v);
    }
    return rc;
}

static int (*const matchers[PY_NODE_COUNT])(struct py *, const struct py_node *, pyv) = {
    [PY_MATCH_VALUE] = match_value,
    [PY_MATCH_SINGLETON] = match_singleton,
    [PY_MATCH_SEQUENCE] = match_sequence,
    [PY_MATCH_MAPPING] = match_mapping,
    [PY_MATCH_CLASS] = match_class,
    [PY_MATCH_AS] = match_as,
    [PY_MATCH_OR] = match_or,
};

static int match(struct py *py, const struct py_node *p, pyv v)
{
    if (!py_step(py)) {
        return -1;
    }
    py->frame->at = p;
    if (!matchers[p->kind]) {
        py_refuse(py, "a pattern of this kind");
        return -1;
    }
    return matchers[p->kind](py, p, v);
}

const py_nodes_t *py_match(struct py *py, const struct py_node *node)
{
    pyv v = py_eval(py, node->left);
    for (size_t i = 0; v && i < node->cases.n; i++) {
        const struct py_case *c = &node->cases.items[i];
        int rc = match(py, c->pattern, v);
        if (rc == 1 && c->guard) {
            pyv guard = py_eval(py, c->guard);
            rc = guard ? py_truth(py, guard) : -1;
        }
        if (rc != 0) {
            return rc < 0 ? NULL : &c->body;
        }
    }
    return NULL;
}
