/* Comprehensions and generator expressions: one walk over the `for` clauses serves both, at once for a list,
 * a set and a dict, and step by step for a generator. */
#include "engine/alembic/python/py_frame.h"

struct walk {
    const struct py_node *node;
    pyv *iterators; /* one a clause */
    bool started;
};

static int walk_init(struct py *py, struct walk *w, const struct py_node *node)
{
    for (size_t i = 0; i < node->generators.n; i++) {
        if (node->generators.items[i].is_async) {
            py->frame->at = node;
            py_refuse(py, "async for");
            return -1;
        }
    }
    /* The first iterable is evaluated where the comprehension stands, and at once. */
    const struct py_node *first = node->generators.items[0].iter;
    pyv v = py_eval_iterable(py, first);
    py->frame->at = first;
    pyv it = v ? py_iter(py, v) : NULL;
    w->node = node;
    w->iterators = it ? py_alloc_array(py, node->generators.n, sizeof(pyv)) : NULL;
    if (!w->iterators) {
        return -1;
    }
    w->iterators[0] = it;
    return 0;
}

/* All conditions of a clause: 0, 1, -1. */
static int passes(struct py *py, const struct py_comprehension *c)
{
    for (size_t i = 0; i < c->ifs.n; i++) {
        pyv v = py_eval(py, c->ifs.items[i]);
        int truth = v ? py_truth(py, v) : -1;
        if (truth <= 0) {
            return truth;
        }
    }
    return 1;
}

/* To the next element: 1, 0 at the end, -1. */
static int walk_next(struct py *py, struct walk *w)
{
    size_t n = w->node->generators.n, level = w->started ? n - 1 : 0;
    w->started = true;
    for (;;) {
        const struct py_comprehension *c = &w->node->generators.items[level];
        if (!py_step(py)) {
            return -1;
        }
        py->frame->at = c->iter;
        pyv item = py_next(py, w->iterators[level]);
        if (!item) {
            if (py->stop != PY_RUNNING) {
                return -1;
            }
            if (level == 0) {
                return 0;
            }
            level--;
            continue;
        }
        int ok = py_assign(py, c->target, item) == 0 ? passes(py, c) : -1;
        if (ok < 0 || (ok && level + 1 == n)) {
            return ok;
        }
        if (ok) {
            const struct py_node *inner = w->node->generators.items[++level].iter;
            pyv v = py_eval_iterable(py, inner);
            py->frame->at = inner;
            w->iterators[level] = v ? py_iter(py, v) : NULL;
            if (!w->iterators[level]) {
                return -1;
            }
        }
    }
}

static struct py_env *comprehension_env(struct py *py, const struct py_node *node)
{
    struct py_env *env = py_env_new(py, py->frame->env, node->scope);
    if (env) {
        env->comprehension = true;
    }
    return env;
}

static int add_element(struct py *py, const struct py_node *node, pyv into)
{
    pyv v = py_eval(py, node->left);
    if (!v) {
        return -1;
    }
    if (node->kind == PY_DICT_COMP) {
        pyv value = py_eval(py, node->right);
        py->frame->at = node;
        return value ? py_dict_set(py, into, v, value) : -1;
    }
    py->frame->at = node;
    return node->kind == PY_SET_COMP ? py_set_add(py, into, v) : py_list_append(py, into, v);
}

static pyv comprehend_now(struct py *py, const struct py_node *node)
{
    struct walk w = {0};
    pyv into = node->kind == PY_LIST_COMP  ? py_list_new(py)
               : node->kind == PY_SET_COMP ? py_set_new(py)
                                           : py_dict_new(py);
    if (!into || walk_init(py, &w, node) != 0) {
        return NULL;
    }
    struct py_env *outer = py->frame->env, *env = comprehension_env(py, node);
    if (!env) {
        return NULL;
    }
    py->frame->env = env;
    int rc;
    while ((rc = walk_next(py, &w)) == 1) {
        if (add_element(py, node, into) != 0) {
            rc = -1;
            break;
        }
    }
    py->frame->env = outer;
    py_env_done(py, env);
    return rc == 0 ? into : NULL;
}

/* --- generator expressions --- */

struct py_lazy_walk {
    struct py_obj head;
    struct walk walk;
    struct py_frame frame;
    bool running, done;
};

static pyv lazy_iter(struct py *py, pyv self)
{
    (void)py;
    return self;
}

static pyv lazy_next(struct py *py, pyv self)
{
    struct py_lazy_walk *g = (struct py_lazy_walk *)(void *)self;
    if (g->running) {
        return py_raise(py, "ValueError", "generator already executing");
    }
    if (g->done || !py_enter(py)) {
        return NULL;
    }
    g->running = true;
    g->frame.back = py->frame;
    py->frame = &g->frame;
    int rc = walk_next(py, &g->walk);
    pyv v = rc == 1 ? py_eval(py, g->walk.node->left) : NULL;
    py->frame = g->frame.back;
    g->running = false;
    g->done = !v;
    py_leave(py);
    return v;
}

static pyv lazy_close(struct py *py, pyv self, const struct py_args *args)
{
    (void)py, (void)args;
    ((struct py_lazy_walk *)(void *)self)->done = true;
    return &py_none;
}

static pyv lazy_dunder_next(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return py_next_or_raise(py, self);
}

static const struct py_def lazy_defs[] = {
    {"close", PY_DEF_METHOD, lazy_close, NULL, NULL},
    {"__next__", PY_DEF_METHOD, lazy_dunder_next, NULL, NULL},
    {"send", PY_DEF_REFUSED, NULL, NULL, "send() of a generator expression"},
    {"throw", PY_DEF_REFUSED, NULL, NULL, "throw() of a generator expression"},
    {0},
};
static const struct py_type type_generator_expression = {
    PY_TYPE_HEAD,      .name = "generator", .module = "",     .plain = true,
    .defs = lazy_defs, .iter = lazy_iter,   .next = lazy_next};

static pyv comprehend_lazily(struct py *py, const struct py_node *node)
{
    struct py_lazy_walk *g = py_object_new(py, &type_generator_expression, sizeof(*g));
    if (!g || walk_init(py, &g->walk, node) != 0) {
        return NULL;
    }
    const struct py_frame *f = py->frame;
    g->frame.module = f->module;
    g->frame.function = f->function;
    g->frame.at = node;
    g->frame.env = comprehension_env(py, node);
    if (!g->frame.env) {
        return NULL;
    }
    for (struct py_env *e = g->frame.env; e; e = e->parent) {
        e->captured = true;
    }
    return &g->head;
}

pyv py_comprehend(struct py *py, const struct py_node *node)
{
    return node->kind == PY_GENERATOR ? comprehend_lazily(py, node) : comprehend_now(py, node);
}
