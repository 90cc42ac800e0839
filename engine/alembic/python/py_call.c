/* Calls: Python functions with their parameters and variables, native functions, and how arguments are bound
 * with Python's words for what is wrong about them. */
#include "engine/alembic/python/py_frame.h"

/* --- variables of a call --- */

static size_t env_size(size_t n)
{
    return sizeof(struct py_env) + n * sizeof(pyv);
}

struct py_env *py_env_new(struct py *py, struct py_env *parent, const struct py_scope *scope)
{
    size_t n = scope ? scope->locals.n : 0;
    struct py_env *env = py_take(py, env_size(n));
    if (env) {
        env->parent = parent;
        env->scope = scope;
        env->n = n;
    }
    return env;
}

void py_env_done(struct py *py, struct py_env *env)
{
    if (!env->captured) {
        py_give(py, env, env_size(env->n));
    }
}

/* Whatever is made here keeps what is around it. */
static struct py_env *capture(struct py_env *env)
{
    for (struct py_env *e = env; e && !e->captured; e = e->parent) {
        e->captured = true;
    }
    return env;
}

/* --- functions --- */

static const char *qualified(struct py *py, const char *name)
{
    const struct py_frame *f = py->frame;
    if (f->env && f->env->dict) {
        pyv outer = py_dict_get_str(py, &f->env->dict->head, "__qualname__");
        struct slice text = outer ? py_text(outer) : (struct slice){0};
        return text.ptr ? arena_printf(&py->arena, "%.*s.%s", (int)text.len, text.ptr, name) : name;
    }
    return f->function ? arena_printf(&py->arena, "%s.<locals>.%s", f->function->qualname, name) : name;
}

pyv py_function_make(struct py *py, const struct py_node *node)
{
    const struct py_params *params = node->params;
    size_t n = params ? params->npositional_only + params->nordinary + params->nkeyword_only : 0;
    pyv *defaults = n ? py_alloc_array(py, n, sizeof(pyv)) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (!defaults) {
            return NULL;
        }
        if (params->items[i].def) {
            defaults[i] = py_eval(py, params->items[i].def);
            if (!defaults[i]) {
                return NULL;
            }
        }
    }
    struct py_function *f = py_object_new(py, &py_type_function, sizeof(*f));
    if (!f) {
        return NULL;
    }
    f->name = node->kind == PY_LAMBDA ? "<lambda>" : node->name;
    f->qualname = qualified(py, f->name);
    f->node = node;
    f->env = capture(py->frame->env);
    f->module = py->frame->module;
    f->defaults = defaults;
    return &f->head.head;
}

int py_function_arity(pyv function)
{
    if (function->type != &py_type_function) {
        return -1;
    }
    const struct py_params *p = ((struct py_function *)(void *)function)->node->params;
    return p ? (int)(p->npositional_only + p->nordinary) : 0;
}

/* lambda: its body is an expression. */
static pyv run_lambda(struct py *py, struct py_function *f, struct py_frame *frame)
{
    frame->at = f->node;
    return py_eval(py, f->node->left);
}

static pyv run_function(struct py *py, struct py_function *f, struct py_frame *frame)
{
    if (!py_block_push(py, frame, PY_BLOCK_PLAIN, f->node, &f->node->body)) {
        return NULL;
    }
    enum py_flow flow = py_frame_run(py, frame);
    py_frame_done(py, frame);
    if (flow == PY_FLOW_RETURN) {
        return frame->value ? frame->value : &py_none;
    }
    if (flow != PY_FLOW_STOP) {
        return py_refuse(py, "break outside of a loop"); /* the parser lets none through */
    }
    return NULL;
}

static pyv make_generator(struct py *py, struct py_function *f, struct py_env *env, pyv self)
{
    struct py_frame *frame = py_alloc(py, sizeof(*frame));
    if (!frame) {
        return NULL;
    }
    capture(env);
    *frame = (struct py_frame){.module = f->module, .env = env, .function = f, .self = self, .at = f->node};
    return py_block_push(py, frame, PY_BLOCK_PLAIN, f->node, &f->node->body) ? py_generator_new(py, frame)
                                                                             : NULL;
}

/* What super() takes as its object: the first argument. */
static pyv first_argument(const struct py_function *f, const struct py_env *env)
{
    const struct py_params *p = f->node->params;
    if (!p || p->npositional_only + p->nordinary == 0) {
        return NULL;
    }
    ptrdiff_t i = py_scope_find(env->scope, p->items[0].name);
    return i >= 0 ? env->values[i] : NULL;
}

pyv py_function_call(struct py *py, struct py_function *f, pyv self, const struct py_args *args)
{
    const struct py_node *node = f->node;
    if (node->kind == PY_FUNCTION && node->is_async) {
        return py_refuse(py, "%s() is an async function", f->name);
    }
    struct py_env *env = py_env_new(py, f->env, node->scope);
    if (!env || py_function_bind(py, f, env, self, args) != 0) {
        return NULL;
    }
    if (node->scope->is_generator && node->kind == PY_FUNCTION) {
        return make_generator(py, f, env, first_argument(f, env));
    }
    /* Frames are not on the C stack, of which nested calls shall take little. */
    struct py_frame *frame = py_take(py, sizeof(*frame));
    if (!frame) {
        return NULL;
    }
    frame->back = py->frame;
    frame->module = f->module;
    frame->env = env;
    frame->function = f;
    frame->at = node;
    frame->self = first_argument(f, env);
    py->frame = frame;
    pyv v = node->kind == PY_LAMBDA ? run_lambda(py, f, frame) : run_function(py, f, frame);
    py->frame = frame->back;
    py_env_done(py, env);
    py_give(py, frame, sizeof(*frame));
    return v;
}

/* --- calling anything --- */

struct py_args py_args_with(struct py *py, pyv v, const struct py_args *args)
{
    struct py_args all = *args;
    all.pos = py_alloc_array(py, args->npos + 1, sizeof(pyv));
    if (!all.pos) {
        return (struct py_args){0};
    }
    all.pos[0] = v;
    if (args->npos) {
        memcpy(all.pos + 1, args->pos, args->npos * sizeof(pyv));
    }
    all.npos++;
    return all;
}

pyv py_call_native(struct py *py, pyv callable, const struct py_args *args)
{
    const struct py_nativefn *f = (const struct py_nativefn *)(const void *)callable;
    if (!f->unbound) {
        return f->fn(py, f->self, args);
    }
    if (args->npos == 0 || !py_is(args->pos[0], f->unbound)) {
        return args->npos == 0 ? py_raise(py, "TypeError", "unbound method %s.%s() needs an argument",
                                          f->unbound->name, f->name)
                               : py_raise(py, "TypeError",
                                          "descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
                                          f->name, f->unbound->name, args->pos[0]->type->name);
    }
    struct py_args rest = *args;
    rest.pos++;
    rest.npos--;
    return f->fn(py, args->pos[0], &rest);
}

static pyv call_slot(struct py *py, pyv callable, const struct py_args *args)
{
    const struct py_type *t = callable->type;
    if (t->call) {
        return t->call(py, callable, args);
    }
    pyv method = t->mro ? py_dunder(py, callable, "__call__") : NULL;
    if (method) {
        return py_call(py, method, args);
    }
    const struct py_type *owner = py->stop == PY_RUNNING ? py_slot(t, offsetof(struct py_type, call)) : NULL;
    if (owner) {
        return owner->call(py, callable, args);
    }
    if (py->stop != PY_RUNNING) {
        return NULL;
    }
    return py_type_vocabulary(t) ? py_refuse(py, "calling a %s", t->name)
                                 : py_raise(py, "TypeError", "'%s' object is not callable", t->name);
}

pyv py_call_function(struct py *py, pyv callable, const struct py_args *args)
{
    return py_function_call(py, (struct py_function *)(void *)callable, NULL, args);
}

pyv py_call_bound(struct py *py, pyv callable, const struct py_args *args)
{
    const struct py_method *m = (const struct py_method *)(const void *)callable;
    if (m->function->type == &py_type_function) {
        return py_function_call(py, (struct py_function *)(void *)m->function, m->self, args);
    }
    struct py_args all = py_args_with(py, m->self, args);
    return all.pos ? py_call(py, m->function, &all) : NULL;
}

pyv py_call(struct py *py, pyv callable, const struct py_args *args)
{
    if (!py_enter(py)) {
        return NULL;
    }
    if (!py_spend(py, 1, 0)) {
        py_leave(py);
        return NULL;
    }
    pyv v = call_slot(py, callable, args);
    py_leave(py);
    if (py->stop != PY_RUNNING) {
        return NULL;
    }
    return v ? v : py_refuse(py, "%s, which does not work yet", py_repr_of(py, callable));
}

pyv py_call1(struct py *py, pyv callable, pyv arg)
{
    /* Natives may keep what they are given. */
    pyv *pos = py_alloc_array(py, 1, sizeof(*pos));
    if (!pos) {
        return NULL;
    }
    *pos = arg;
    return py_call(py, callable, &(struct py_args){.pos = pos, .npos = 1});
}

pyv py_call_method(struct py *py, pyv v, const char *name, const struct py_args *args)
{
    pyv method = py_getattr(py, v, name);
    return method ? py_call(py, method, args) : NULL;
}
