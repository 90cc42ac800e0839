/* The class statement: bases and their linearisation, the body, and the hooks that see the new class. */
#include "engine/alembic/python/py_frame.h"

/* --- linearisation --- */

typedef VEC(const struct py_type *) types_t;

static void add_type(struct py *py, types_t *types, const struct py_type *t)
{
    *vec_push(&py->arena, types) = t;
}

static types_t linearised(struct py *py, const struct py_type *type)
{
    types_t all = {0};
    size_t at = 0;
    const struct py_type *t = NULL;
    while ((t = py_mro_next(type, &at, t)) != NULL) {
        add_type(py, &all, t);
    }
    return all;
}

static bool in_tail(const types_t *list, const struct py_type *t)
{
    for (size_t i = 1; i < list->n; i++) {
        if (list->items[i] == t) {
            return true;
        }
    }
    return false;
}

static void drop(types_t *list, const struct py_type *t)
{
    if (list->n && list->items[0] == t) {
        list->items++;
        list->n--;
    }
}

/* C3: the first head of the lists that stands in no tail, again and again. False: there is no order. */
static bool merge(struct py *py, types_t *lists, size_t n, types_t *out)
{
    for (;;) {
        const struct py_type *next = NULL;
        bool left = false;
        for (size_t i = 0; i < n && !next; i++) {
            if (lists[i].n == 0) {
                continue;
            }
            left = true;
            next = lists[i].items[0];
            for (size_t k = 0; k < n && next; k++) {
                next = in_tail(&lists[k], next) ? NULL : next;
            }
        }
        if (!next) {
            return !left;
        }
        add_type(py, out, next);
        for (size_t i = 0; i < n; i++) {
            drop(&lists[i], next);
        }
    }
}

static int set_mro(struct py *py, struct py_type *type)
{
    size_t n = type->nbases;
    types_t *lists = arena_array(&py->arena, n + 1, sizeof(*lists)), mro = {0};
    add_type(py, &mro, type);
    for (size_t i = 0; i < n; i++) {
        lists[i] = linearised(py, type->bases[i]);
        add_type(py, &lists[n], type->bases[i]);
    }
    if (!merge(py, lists, n + 1, &mro)) {
        AUTO(strbuf_release) struct strbuf names = STRBUF_INIT;
        for (size_t i = 0; i < n; i++) {
            strbuf_addf(&names, "%s%s", i ? ", " : "", type->bases[i]->name);
        }
        py_raise(py, "TypeError", "Cannot create a consistent method resolution\norder (MRO) for bases %s",
                 strbuf_cstr(&names));
        return -1;
    }
    type->mro = mro.items;
    type->nmro = mro.n;
    return 0;
}

/* --- bases --- */

/* Builtin types that Python lets classes be made of. */
static bool extensible(const struct py_type *t)
{
    static const struct py_type *const types[] = {
        &py_type_object, &py_type_int,   &py_type_float,    &py_type_str,          &py_type_bytes,
        &py_type_list,   &py_type_tuple, &py_type_dict,     &py_type_set,          &py_type_frozenset,
        &py_type_module, &py_type_super, &py_type_property, &py_type_staticmethod, &py_type_classmethod};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (t == types[i]) {
            return true;
        }
    }
    return py_type_is(t, &py_type_exception);
}

static int check_base(struct py *py, const char *name, pyv v)
{
    if (!py_is(v, &py_type_type)) {
        py_refuse(py, "class %s with a %s as its base", name, v->type->name);
        return -1;
    }
    const struct py_type *t = py_type_of(v);
    if (py_type_is(t, &py_type_type)) {
        py_refuse(py, "class %s, which is a metaclass", name);
        return -1;
    }
    if (t->mro || extensible(t)) {
        return 0;
    }
    if (!t->module[0]) {
        py_raise(py, "TypeError", "type '%s' is not an acceptable base type", t->name);
        return -1;
    }
    if (!py_slot(t, offsetof(struct py_type, init_subclass))) {
        py_refuse(py, "class %s, which is a subclass of %s", name, t->name);
        return -1;
    }
    return 0;
}

static int eval_bases(struct py *py, const struct py_node *node, types_t *bases)
{
    for (size_t i = 0; i < node->list.n; i++) {
        const struct py_node *n = node->list.items[i];
        pyv v = n->kind == PY_STARRED ? py_refuse(py, "* among the bases of a class") : py_eval(py, n);
        py->frame->at = n;
        if (!v || check_base(py, node->name, v) != 0) {
            return -1;
        }
        for (size_t k = 0; k < bases->n; k++) {
            if (bases->items[k] == py_type_of(v)) {
                py_raise(py, "TypeError", "duplicate base class %s", py_type_of(v)->name);
                return -1;
            }
        }
        add_type(py, bases, py_type_of(v));
    }
    if (bases->n == 0) {
        add_type(py, bases, &py_type_object);
    }
    return 0;
}

/* Keywords of the statement; `metaclass` is taken out. */
static int eval_keywords(struct py *py, const struct py_node *node, struct py_args *out,
                         const struct py_type **meta)
{
    size_t n = node->keywords.n;
    out->names = n ? py_alloc_array(py, n, sizeof(char *)) : NULL;
    out->values = n ? py_alloc_array(py, n, sizeof(pyv)) : NULL;
    for (size_t i = 0; i < n; i++) {
        const struct py_keyword *k = &node->keywords.items[i];
        pyv v = k->name ? py_eval(py, k->value) : py_refuse(py, "** in a class statement");
        if (!v || !out->values) {
            return -1;
        }
        if (strcmp(k->name, "metaclass") != 0) {
            out->names[out->nkw] = k->name;
            out->values[out->nkw++] = v;
            continue;
        }
        if (!py_is(v, &py_type_type) || py_type_of(v)->mro || !py_type_is(py_type_of(v), &py_type_type)) {
            py_refuse(py, "class %s with a metaclass", node->name);
            return -1;
        }
        *meta = py_type_of(v);
    }
    return 0;
}

/* --- the body --- */

static int run_body(struct py *py, const struct py_node *node, struct py_class *class)
{
    struct py_frame *outer = py->frame;
    struct py_frame frame = {.back = outer, .module = outer->module, .env = class->env, .at = node};
    frame.function = outer->function;
    if (!py_enter(py)) {
        return -1;
    }
    py->frame = &frame;
    enum py_flow flow = py_block_push(py, &frame, PY_BLOCK_PLAIN, node, &node->body)
                            ? py_frame_run(py, &frame)
                            : PY_FLOW_STOP;
    py_frame_done(py, &frame);
    py->frame = outer;
    py_leave(py);
    return flow == PY_FLOW_RETURN ? 0 : -1;
}

static const char *qualified(struct py *py, const char *name)
{
    const struct py_frame *f = py->frame;
    if (f->env && f->env->class) {
        return arena_printf(&py->arena, "%s.%s", f->env->class->qualname, name);
    }
    return f->function ? arena_printf(&py->arena, "%s.<locals>.%s", f->function->qualname, name) : name;
}

static int namespace_begin(struct py *py, const struct py_node *node, struct py_class *class)
{
    pyv dict = &class->type.dict->head;
    const struct py_node *first = node->body.n ? node->body.items[0] : NULL;
    bool doc = first && first->kind == PY_EXPR && first->left->kind == PY_CONSTANT &&
               first->left->constant.kind == PY_C_STR;
    pyv module = py_str_of(py, class->type.module), name = py_str_of(py, class->qualname);
    pyv text = doc ? py_str_borrow(py, first->left->constant.text) : NULL;
    if (!module || !name || py_dict_set_str(py, dict, "__module__", module) != 0 ||
        py_dict_set_str(py, dict, "__qualname__", name) != 0) {
        return -1;
    }
    return doc && (!text || py_dict_set_str(py, dict, "__doc__", text) != 0) ? -1 : 0;
}

static struct py_class *class_begin(struct py *py, const struct py_node *node, const types_t *bases)
{
    struct py_class *class = py_alloc(py, sizeof(*class));
    pyv dict = class ? py_dict_new(py) : NULL;
    struct py_env *env = dict ? py_env_new(py, py->frame->env, NULL) : NULL;
    if (!env) {
        return NULL;
    }
    for (struct py_env *e = env; e; e = e->parent) {
        e->captured = true;
    }
    env->scope = node->scope;
    env->dict = (struct py_dict *)(void *)dict;
    env->class = class;
    class->type = (struct py_type){.head = {.type = &py_type_type},
                                   .name = node->name,
                                   .module = py->frame->module->name,
                                   .bases = bases->items,
                                   .nbases = bases->n,
                                   .dict = env->dict};
    class->env = env;
    class->module = py->frame->module;
    class->qualname = qualified(py, node->name);
    return class;
}

/* --- the end --- */

/* The native type that says how instances are laid out: a builtin value before anything else. */
static void set_layout(struct py_type *type)
{
    type->base = &py_type_object;
    for (size_t i = 0; i < type->nmro; i++) {
        const struct py_type *t = type->mro[i];
        if (t->mro || t == &py_type_object) {
            continue;
        }
        if (type->base == &py_type_object || (t->plain && !type->base->plain)) {
            type->base = t;
        }
        type->plain = type->plain || t->plain;
    }
}

static void set_metatype(struct py_type *type, const struct py_type *meta)
{
    for (size_t i = 0; i < type->nmro && !type->metatype; i++) {
        type->metatype = type->mro[i]->metatype;
    }
    if (!type->metatype) {
        type->metatype = meta;
    }
    if (type->metatype) {
        type->head.type = type->metatype;
    }
}

/* A class with == of its own has no hash unless it says so. */
static int set_hash(struct py *py, struct py_type *type)
{
    pyv dict = &type->dict->head;
    bool unhashable = py_dict_get_str(py, dict, "__eq__") && !py_dict_get_str(py, dict, "__hash__");
    return unhashable ? py_dict_set_str(py, dict, "__hash__", &py_none) : 0;
}

/* Attributes that want to know their name. */
static int set_names(struct py *py, struct py_type *type)
{
    size_t at = 0;
    pyv key, value;
    while (py_dict_next(&type->dict->head, &at, &key, &value)) {
        pyv hook = value->type->mro ? py_dunder(py, value, "__set_name__") : NULL;
        if (!hook) {
            continue;
        }
        pyv *pos = py_alloc_array(py, 2, sizeof(*pos));
        if (!pos) {
            return -1;
        }
        pos[0] = py_type_value(type);
        pos[1] = key;
        if (!py_call(py, hook, &(struct py_args){.pos = pos, .npos = 2})) {
            return -1;
        }
    }
    return py->stop == PY_RUNNING ? 0 : -1;
}

static int tell_bases(struct py *py, struct py_type *type, const struct py_args *keywords)
{
    struct py_found hook;
    bool python = py_type_find_after(type, type, "__init_subclass__", &hook) && hook.value;
    const struct py_type *native = py_slot(type, offsetof(struct py_type, init_subclass));
    if (native && native->init_subclass(py, type, python ? PY_NO_ARGS : keywords) != 0) {
        return -1;
    }
    if (py->stop != PY_RUNNING) {
        return -1;
    }
    if (python) {
        pyv fn = hook.value;
        fn = fn->type == &py_type_function ? py_method_new(py, fn, py_type_value(type))
                                           : py_bind_found(py, &hook, NULL, type);
        return fn && py_call(py, fn, keywords) ? 0 : -1;
    }
    if (!native && keywords->nkw) {
        py_raise(py, "TypeError", "%s.__init_subclass__() takes no keyword arguments", type->name);
        return -1;
    }
    return 0;
}

pyv py_class_statement(struct py *py, const struct py_node *node)
{
    types_t bases = {0};
    struct py_args keywords = {0};
    const struct py_type *meta = NULL;
    if (eval_bases(py, node, &bases) != 0 || eval_keywords(py, node, &keywords, &meta) != 0) {
        return NULL;
    }
    struct py_class *class = class_begin(py, node, &bases);
    if (!class || namespace_begin(py, node, class) != 0 || run_body(py, node, class) != 0) {
        return NULL;
    }
    py->frame->at = node;
    if (set_mro(py, &class->type) != 0) {
        return NULL;
    }
    class->made = true;
    set_layout(&class->type);
    set_metatype(&class->type, meta);
    if (set_hash(py, &class->type) != 0 || set_names(py, &class->type) != 0 ||
        tell_bases(py, &class->type, &keywords) != 0) {
        return NULL;
    }
    return py_type_value(&class->type);
}

/* --- annotations --- */

void py_class_annotate(struct py *py, struct py_env *body, const struct py_node *node)
{
    struct py_class *c = body->class;
    size_t n = c->annotations.n;
    for (size_t i = 0; i < n; i++) {
        if (c->annotations.items[i] == node->left->name) {
            c->annotation_nodes[i] = node->third;
            return;
        }
    }
    *vec_push(&py->arena, &c->annotations) = node->left->name;
    if (n == c->annotation_cap) {
        size_t cap = n ? 2 * n : 8;
        const struct py_node **more = arena_array(&py->arena, cap, sizeof(struct py_node *));
        if (n) {
            memcpy(more, c->annotation_nodes, n * sizeof(struct py_node *));
        }
        c->annotation_nodes = more;
        c->annotation_cap = cap;
    }
    c->annotation_nodes[n] = node->third;
}

static const struct py_class *class_of(const struct py_type *type)
{
    return (const struct py_class *)(const void *)type;
}

const strings_t *py_class_annotations(const struct py_type *type)
{
    static const strings_t none;
    return type->mro ? &class_of(type)->annotations : &none;
}

pyv py_class_annotation(struct py *py, const struct py_type *type, const char *name)
{
    const struct py_class *c = class_of(type);
    for (size_t i = 0; type->mro && i < c->annotations.n; i++) {
        if (strcmp(c->annotations.items[i], name) == 0) {
            struct py_frame frame = {.back = py->frame, .module = c->module, .env = c->env};
            frame.at = c->annotation_nodes[i];
            py->frame = &frame;
            pyv v = py_eval(py, c->annotation_nodes[i]);
            py->frame = frame.back;
            return v;
        }
    }
    return py_raise(py, "KeyError", "%s", name);
}
