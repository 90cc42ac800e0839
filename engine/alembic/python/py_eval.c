/* Expressions. Each kind of node has a function in one table; what is common to all, counting and bounding,
 * stands in py_eval(). */
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/python/py_set.h"

typedef pyv eval_fn(struct py *py, const struct py_node *node);

/* --- literals --- */

static pyv eval_constant(struct py *py, const struct py_node *node)
{
    const struct py_constant *c = &node->constant;
    switch (c->kind) {
    case PY_C_NONE:
        return &py_none;
    case PY_C_TRUE:
        return &py_true;
    case PY_C_FALSE:
        return &py_false;
    case PY_C_ELLIPSIS:
        return &py_ellipsis;
    case PY_C_INT:
        py->frame->at = node;
        return c->big ? py_refuse(py, "integers of more than 64 bits") : py_int_new(py, c->integer);
    case PY_C_FLOAT:
        return py_float_new(py, c->real);
    case PY_C_STR:
        return py_str_borrow(py, c->text);
    case PY_C_BYTES:
        return py_bytes_new(py, c->text);
    default:
        py->frame->at = node;
        return py_refuse(py, "complex numbers");
    }
}

/* What follows a *; callee: it is all the positional arguments of this call. */
pyv py_eval_starred(struct py *py, pyv v, pyv callee)
{
    pyv it = py_iter(py, v);
    if (it || py->stop != PY_RAISED || v->type->mro || PY_SLOT(v->type, iter)) {
        return it;
    }
    py_clear(py);
    const char *what = callee ? arena_printf(&py->arena, "%s argument", py_callee_name(py, callee)) : "Value";
    return py_raise(py, "TypeError", "%s after * must be an iterable, not %s", what, v->type->name);
}

/* The elements of a display, with * unpacked, onto a list or set. */
static int add_elements(struct py *py, const py_nodes_t *nodes, pyv into, int (*add)(struct py *, pyv, pyv))
{
    for (size_t i = 0; i < nodes->n; i++) {
        const struct py_node *n = nodes->items[i];
        pyv v = py_eval(py, n->kind == PY_STARRED ? n->left : n);
        if (!v) {
            return -1;
        }
        py->frame->at = n;
        if (n->kind != PY_STARRED) {
            if (add(py, into, v) != 0) {
                return -1;
            }
            continue;
        }
        pyv it = py_eval_starred(py, v, NULL), item;
        while (it && (item = py_next(py, it)) != NULL) {
            if (add(py, into, item) != 0) {
                return -1;
            }
        }
        if (py->stop != PY_RUNNING) {
            return -1;
        }
    }
    return 0;
}

static pyv eval_list(struct py *py, const struct py_node *node)
{
    pyv list = py_list_new(py);
    return list && add_elements(py, &node->list, list, py_list_append) == 0 ? list : NULL;
}

/* Numbers and the like, for which Python makes the set when it compiles. */
static bool is_constant(const struct py_node *n)
{
    if (n->kind == PY_UNARY) {
        return n->op == PY_OP_NEG && n->left->kind == PY_CONSTANT;
    }
    for (size_t i = 0; n->kind == PY_TUPLE && i < n->list.n; i++) {
        if (!is_constant(n->list.items[i])) {
            return false;
        }
    }
    return n->kind == PY_CONSTANT || n->kind == PY_TUPLE;
}

/* How a set is filled decides the order of numbers in it: one by one, or all of another iterable at once. */
static pyv build_set(struct py *py, const struct py_node *node, bool *constant)
{
    struct py_set *set = (struct py_set *)(void *)py_set_new(py);
    *constant = true;
    for (size_t i = 0; set && i < node->list.n; i++) {
        const struct py_node *n = node->list.items[i];
        bool starred = n->kind == PY_STARRED;
        pyv v = py_eval(py, starred ? n->left : n);
        if (!v) {
            return NULL;
        }
        py->frame->at = n;
        if ((starred ? py_set_update(py, set, v) : py_set_add(py, &set->head, v)) != 0) {
            return NULL;
        }
        *constant = *constant && !starred && is_constant(n);
    }
    return (pyv)set;
}

/* A constant set is made twice by the compiler, the second time in the order of the first. */
static pyv constant_set(struct py *py, pyv set)
{
    pyv members = set ? py_listed(py, set) : NULL;
    pyv again = members ? py_set_new(py) : NULL;
    return again && py_set_update(py, (struct py_set *)(void *)again, members) == 0 ? again : NULL;
}

static pyv eval_set(struct py *py, const struct py_node *node)
{
    bool constant;
    pyv set = build_set(py, node, &constant);
    if (!set || !constant || node->list.n < 3) {
        return set;
    }
    set = constant_set(py, set);
    return set ? (pyv)py_set_copy(py, &py_type_set, (struct py_set *)(void *)set) : NULL;
}

pyv py_eval_iterable(struct py *py, const struct py_node *node)
{
    bool constant;
    if (node->kind != PY_SET || !py_step(py)) {
        return py_eval(py, node);
    }
    for (size_t i = 0; i < node->list.n; i++) {
        if (!is_constant(node->list.items[i])) {
            return py_eval(py, node);
        }
    }
    return constant_set(py, build_set(py, node, &constant));
}

static pyv eval_tuple(struct py *py, const struct py_node *node)
{
    pyv list = eval_list(py, node);
    const struct py_list *l = (const struct py_list *)(const void *)list;
    return list ? py_tuple_new(py, l->items, l->n) : NULL;
}

int py_merge_mapping(struct py *py, pyv into, pyv from)
{
    if (!py_is(from, &py_type_dict)) {
        bool failed = false;
        pyv keys = py_find_attr(py, from, "keys", &failed);
        if (!keys && !failed) {
            py_raise(py, "TypeError", "'%s' object is not a mapping", from->type->name);
        }
        pyv names = keys ? py_call(py, keys, PY_NO_ARGS) : NULL;
        pyv it = names ? py_iter(py, names) : NULL, key;
        while (it && (key = py_next(py, it)) != NULL) {
            pyv value = py_getitem(py, from, key);
            if (!value || py_dict_set(py, into, key, value) != 0) {
                return -1;
            }
        }
        return py->stop == PY_RUNNING ? 0 : -1;
    }
    size_t at = 0;
    pyv key, value;
    while (py_dict_next(from, &at, &key, &value)) {
        if (py_dict_set(py, into, key, value) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Python puts so many entries into a dict at once, after all of them were evaluated. */
#define DICT_ENTRIES 16

static int add_entries(struct py *py, const struct py_node *node, pyv dict, pyv const *pairs, size_t n)
{
    py->frame->at = node;
    for (size_t i = 0; i < n; i++) {
        if (py_dict_set(py, dict, pairs[2 * i], pairs[2 * i + 1]) != 0) {
            return -1;
        }
    }
    return 0;
}

static pyv eval_dict(struct py *py, const struct py_node *node)
{
    pyv dict = py_dict_new(py);
    pyv *pairs = dict && node->list.n
                     ? py_alloc_array(py, 2 * (node->list.n < DICT_ENTRIES ? node->list.n : DICT_ENTRIES),
                                      sizeof(*pairs))
                     : NULL;
    size_t n = 0;
    for (size_t i = 0; dict && i < node->list.n; i++) {
        const struct py_node *k = node->keys.items[i];
        pyv key = !pairs ? NULL : k ? py_eval(py, k) : &py_none;
        pyv value = key ? py_eval(py, node->list.items[i]) : NULL;
        if (!value) {
            return NULL;
        }
        if (k) {
            pairs[2 * n] = key;
            pairs[2 * n++ + 1] = value;
        }
        if (!k || n == DICT_ENTRIES) {
            if (add_entries(py, node, dict, pairs, n) != 0 ||
                (!k && py_merge_mapping(py, dict, value) != 0)) {
                return NULL;
            }
            n = 0;
        }
    }
    return dict && add_entries(py, node, dict, pairs, n) == 0 ? dict : NULL;
}

/* --- f-strings --- */

static pyv eval_joined(struct py *py, const struct py_node *node);

static pyv convert(struct py *py, pyv v, char conversion)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    int rc;
    switch (conversion) {
    case 's':
        rc = py_str(py, v, &b);
        break;
    case 'r':
        rc = py_repr(py, v, &b);
        break;
    default: {
        pyv ascii = py_builtin(py, "ascii");
        return ascii ? py_call1(py, ascii, v) : py_refuse(py, "!a in an f-string");
    }
    }
    return rc == 0 ? py_str_new(py, (struct slice){strbuf_cstr(&b), b.len}) : NULL;
}

static pyv eval_formatted(struct py *py, const struct py_node *node)
{
    pyv v = py_eval(py, node->left);
    pyv spec = v && node->right ? eval_joined(py, node->right) : NULL;
    if (!v || (node->right && !spec)) {
        return NULL;
    }
    py->frame->at = node;
    if (node->conversion) {
        v = convert(py, v, node->conversion);
    }
    return v ? py_format(py, v, spec ? py_text(spec) : (struct slice){"", 0}) : NULL;
}

static pyv eval_joined(struct py *py, const struct py_node *node)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < node->list.n; i++) {
        const struct py_node *part = node->list.items[i];
        struct slice text = part->kind == PY_CONSTANT ? part->constant.text : (struct slice){0};
        if (part->kind != PY_CONSTANT) {
            pyv v = py_eval(py, part);
            if (!v) {
                return NULL;
            }
            text = py_text(v);
        }
        if (!py_spend(py, 0, text.len)) {
            return NULL;
        }
        strbuf_add(&b, text.ptr, text.len);
    }
    return py_spend(py, 0, b.len) ? py_str_new(py, (struct slice){strbuf_cstr(&b), b.len}) : NULL;
}

/* --- names, attributes, subscripts --- */

static pyv eval_attribute(struct py *py, const struct py_node *node)
{
    pyv v = py_eval(py, node->left);
    py->frame->at = node;
    return v ? py_getattr(py, v, py_mangled(py, node->name)) : NULL;
}

static pyv eval_subscript(struct py *py, const struct py_node *node)
{
    pyv v = py_eval(py, node->left);
    pyv key = v ? py_eval(py, node->right) : NULL;
    py->frame->at = node;
    return key ? py_getitem(py, v, key) : NULL;
}

static pyv eval_slice(struct py *py, const struct py_node *node)
{
    const struct py_node *parts[] = {node->left, node->right, node->third};
    pyv v[3];
    for (size_t i = 0; i < 3; i++) {
        v[i] = parts[i] ? py_eval(py, parts[i]) : &py_none;
        if (!v[i]) {
            return NULL;
        }
    }
    struct py_slice *s = py_object_new(py, &py_type_slice, sizeof(*s));
    if (!s) {
        return NULL;
    }
    s->start = v[0];
    s->stop = v[1];
    s->step = v[2];
    return &s->head;
}

static pyv eval_named(struct py *py, const struct py_node *node)
{
    pyv v = py_eval(py, node->right);
    return v && py_store_walrus(py, node->left->name, v) == 0 ? v : NULL;
}

/* --- operators --- */

static pyv eval_unary(struct py *py, const struct py_node *node)
{
    const struct py_node *operand = node->left;
    /* The smallest integer is written as the negative of one that does not fit. */
    if (node->op == PY_OP_NEG && operand->kind == PY_CONSTANT && operand->constant.kind == PY_C_INT &&
        operand->constant.big && slice_eq(operand->constant.text, "9223372036854775808")) {
        return py_int_new(py, INT64_MIN);
    }
    pyv v = py_eval(py, operand);
    if (!v) {
        return NULL;
    }
    py->frame->at = node;
    if (node->op == PY_OP_NOT) {
        int truth = py_truth(py, v);
        return truth < 0 ? NULL : py_bool(!truth);
    }
    return py_unary(py, node->op, v);
}

static pyv eval_binary(struct py *py, const struct py_node *node)
{
    pyv a = py_eval(py, node->left);
    pyv b = a ? py_eval(py, node->right) : NULL;
    py->frame->at = node;
    return b ? py_binary(py, node->op, a, b) : NULL;
}

static pyv eval_bool(struct py *py, const struct py_node *node)
{
    pyv v = NULL;
    for (size_t i = 0; i < node->list.n; i++) {
        v = py_eval(py, node->list.items[i]);
        if (!v || i + 1 == node->list.n) {
            return v;
        }
        py->frame->at = node;
        int truth = py_truth(py, v);
        if (truth < 0) {
            return NULL;
        }
        if (truth == (node->op == PY_OP_OR)) {
            return v;
        }
    }
    return v;
}

static pyv eval_compare(struct py *py, const struct py_node *node)
{
    pyv a = py_eval(py, node->left);
    for (size_t i = 0; a && i < node->ops.n; i++) {
        pyv b = py_eval(py, node->list.items[i]);
        py->frame->at = node;
        pyv v = b ? py_compare(py, node->ops.items[i], a, b) : NULL;
        if (!v || i + 1 == node->ops.n) {
            return v;
        }
        int truth = py_truth(py, v);
        if (truth <= 0) {
            return truth < 0 ? NULL : v;
        }
        a = b;
    }
    return NULL;
}

static pyv eval_conditional(struct py *py, const struct py_node *node)
{
    pyv test = py_eval(py, node->test);
    py->frame->at = node;
    int truth = test ? py_truth(py, test) : -1;
    return truth < 0 ? NULL : py_eval(py, truth ? node->left : node->right);
}

/* --- what is no value of its own --- */

static pyv eval_yield(struct py *py, const struct py_node *node)
{
    py->frame->at = node;
    return py_refuse(py, "yield inside an expression");
}

static pyv eval_await(struct py *py, const struct py_node *node)
{
    py->frame->at = node;
    return py_refuse(py, "await");
}

static eval_fn *const evaluators[PY_NODE_COUNT] = {
    [PY_CONSTANT] = eval_constant,
    [PY_NAME] = py_load,
    [PY_ATTRIBUTE] = eval_attribute,
    [PY_SUBSCRIPT] = eval_subscript,
    [PY_SLICE] = eval_slice,
    [PY_CALL] = py_eval_call,
    [PY_UNARY] = eval_unary,
    [PY_BINARY] = eval_binary,
    [PY_BOOL] = eval_bool,
    [PY_COMPARE] = eval_compare,
    [PY_CONDITIONAL] = eval_conditional,
    [PY_NAMED] = eval_named,
    [PY_LAMBDA] = py_function_make,
    [PY_TUPLE] = eval_tuple,
    [PY_LIST] = eval_list,
    [PY_SET] = eval_set,
    [PY_DICT] = eval_dict,
    [PY_LIST_COMP] = py_comprehend,
    [PY_SET_COMP] = py_comprehend,
    [PY_DICT_COMP] = py_comprehend,
    [PY_GENERATOR] = py_comprehend,
    [PY_YIELD] = eval_yield,
    [PY_YIELD_FROM] = eval_yield,
    [PY_AWAIT] = eval_await,
    [PY_JOINED_STR] = eval_joined,
    [PY_FORMATTED] = eval_formatted,
};

pyv py_eval(struct py *py, const struct py_node *node)
{
    if (!py_step(py)) {
        return NULL;
    }
    if (node->kind == PY_NAME) {
        py->frame->at = node;
        return py_load(py, node);
    }
    eval_fn *fn = evaluators[node->kind];
    if (!fn) {
        py->frame->at = node;
        return py_refuse(py, "an expression of this kind");
    }
    return fn(py, node);
}
