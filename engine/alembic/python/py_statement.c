/* Statements. Simple ones are done here; compound ones put a block onto their frame's list (py_block.c). */
#include "engine/alembic/python/py_frame.h"

typedef enum py_flow statement_fn(struct py *py, struct py_frame *frame, const struct py_node *node);

static enum py_flow flow_of(int rc)
{
    return rc == 0 ? PY_FLOW_NEXT : PY_FLOW_STOP;
}

/* --- yield --- */

const struct py_node *py_yield_of(const struct py_node *node)
{
    const struct py_node *v;
    switch (node->kind) {
    case PY_EXPR:
    case PY_RETURN:
        v = node->left;
        break;
    case PY_ASSIGN:
    case PY_ANN_ASSIGN:
        v = node->right;
        break;
    default:
        return NULL;
    }
    return v && (v->kind == PY_YIELD || v->kind == PY_YIELD_FROM) ? v : NULL;
}

static enum py_flow finish(struct py *py, struct py_frame *frame, const struct py_node *node, pyv value);

/* One step of `yield from`: what the inner one yields goes out, its end is the value of the expression. */
static enum py_flow delegate(struct py *py, struct py_frame *frame)
{
    pyv inner = frame->delegate, thrown = frame->thrown, v = NULL;
    frame->thrown = NULL;
    if (inner->type == &py_type_generator) {
        v = thrown ? py_generator_throw(py, inner, thrown) : py_generator_send(py, inner, frame->sent);
    } else if (thrown) {
        py_raise_value(py, thrown);
    } else if (frame->sent && !py_is_none(frame->sent)) {
        py_refuse(py, "send() through yield from to a %s", inner->type->name);
    } else {
        v = py_next(py, inner);
    }
    if (v) {
        frame->value = v;
        return PY_FLOW_YIELD;
    }
    const struct py_node *node = frame->waiting;
    frame->delegate = NULL;
    frame->waiting = NULL;
    return py->stop == PY_RUNNING ? finish(py, frame, node, py_generator_result(inner)) : PY_FLOW_STOP;
}

enum py_flow py_resume(struct py *py, struct py_frame *frame)
{
    if (frame->delegate) {
        return delegate(py, frame);
    }
    const struct py_node *node = frame->waiting;
    pyv thrown = frame->thrown;
    frame->waiting = NULL;
    frame->thrown = NULL;
    if (thrown) {
        py_raise_value(py, thrown);
        return PY_FLOW_STOP;
    }
    return node ? finish(py, frame, node, frame->sent) : PY_FLOW_NEXT;
}

static enum py_flow do_yield(struct py *py, struct py_frame *frame, const struct py_node *node,
                             const struct py_node *yield)
{
    pyv v = yield->left ? py_eval(py, yield->left) : &py_none;
    frame->at = yield;
    if (v && yield->kind == PY_YIELD_FROM) {
        frame->delegate = py_iter(py, v);
        v = frame->delegate;
    }
    if (!v) {
        return PY_FLOW_STOP;
    }
    frame->waiting = node;
    if (frame->delegate) {
        frame->sent = &py_none;
        return delegate(py, frame);
    }
    frame->value = v;
    return PY_FLOW_YIELD;
}

/* --- assignments --- */

static enum py_flow finish(struct py *py, struct py_frame *frame, const struct py_node *node, pyv value)
{
    switch (node->kind) {
    case PY_ASSIGN:
        for (size_t i = 0; i < node->list.n; i++) {
            if (py_assign(py, node->list.items[i], value) != 0) {
                return PY_FLOW_STOP;
            }
        }
        return PY_FLOW_NEXT;
    case PY_ANN_ASSIGN:
        return flow_of(py_assign(py, node->left, value));
    case PY_RETURN:
        frame->value = value;
        return PY_FLOW_RETURN;
    default:
        return PY_FLOW_NEXT;
    }
}

/* The statements that end with a value: x; a = x; a: T = x; return x. */
static enum py_flow do_value(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    const struct py_node *yield = py_yield_of(node);
    if (yield) {
        return do_yield(py, frame, node, yield);
    }
    const struct py_node *v =
        node->kind == PY_ASSIGN || node->kind == PY_ANN_ASSIGN ? node->right : node->left;
    pyv value = v ? py_eval(py, v) : &py_none;
    return value ? finish(py, frame, node, value) : PY_FLOW_STOP;
}

static enum py_flow do_annotation(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    if (node->right) {
        enum py_flow flow = do_value(py, frame, node);
        if (flow != PY_FLOW_NEXT) {
            return flow;
        }
    }
    if (node->simple && frame->env && frame->env->dict) {
        py_class_annotate(py, frame->env, node);
    }
    return PY_FLOW_NEXT;
}

/* The object and key of the target are evaluated once. */
static enum py_flow do_augmented(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    const struct py_node *t = node->left;
    pyv object = NULL, key = NULL, old;
    if (t->kind == PY_NAME) {
        old = py_eval(py, t);
    } else if (t->kind == PY_ATTRIBUTE) {
        object = py_eval(py, t->left);
        frame->at = t;
        old = object ? py_getattr(py, object, py_mangled(py, t->name)) : NULL;
    } else if (t->kind == PY_SUBSCRIPT) {
        object = py_eval(py, t->left);
        key = object ? py_eval(py, t->right) : NULL;
        frame->at = t;
        old = key ? py_getitem(py, object, key) : NULL;
    } else {
        old = py_refuse(py, "an assignment to this");
    }
    pyv value = old ? py_eval(py, node->right) : NULL;
    frame->at = node;
    pyv result = value ? py_inplace(py, node->op, old, value) : NULL;
    if (!result) {
        return PY_FLOW_STOP;
    }
    frame->at = t;
    return flow_of(key      ? py_setitem(py, object, key, result)
                   : object ? py_setattr(py, object, py_mangled(py, t->name), result)
                            : py_store(py, t->name, result));
}

static enum py_flow do_delete(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    (void)frame;
    for (size_t i = 0; i < node->list.n; i++) {
        if (py_delete(py, node->list.items[i]) != 0) {
            return PY_FLOW_STOP;
        }
    }
    return PY_FLOW_NEXT;
}

/* --- control --- */

static enum py_flow do_nothing(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    (void)py, (void)frame, (void)node;
    return PY_FLOW_NEXT;
}

static enum py_flow do_break(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    (void)py, (void)frame;
    return node->kind == PY_BREAK ? PY_FLOW_BREAK : PY_FLOW_CONTINUE;
}

static enum py_flow do_raise(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    frame->at = node;
    return flow_of(py_raise_statement(py, node));
}

static enum py_flow do_assert(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    pyv v = py_eval(py, node->test);
    frame->at = node;
    int truth = v ? py_truth(py, v) : -1;
    if (truth != 0) {
        return truth < 0 ? PY_FLOW_STOP : PY_FLOW_NEXT;
    }
    pyv message = node->right ? py_eval(py, node->right) : NULL;
    frame->at = node;
    if (node->right && !message) {
        return PY_FLOW_STOP;
    }
    struct py_args args = {.pos = &message, .npos = message ? 1 : 0};
    pyv e = py_call(py, py_type_value(py_exception_type(py, "AssertionError")), &args);
    if (e) {
        py_raise_value(py, e);
    }
    return PY_FLOW_STOP;
}

static enum py_flow do_import(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    frame->at = node;
    return flow_of(py_import_statement(py, node));
}

static enum py_flow do_if(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    pyv v = py_eval(py, node->test);
    frame->at = node->test;
    int truth = v ? py_truth(py, v) : -1;
    if (truth < 0) {
        return PY_FLOW_STOP;
    }
    const py_nodes_t *body = truth ? &node->body : &node->orelse;
    return body->n == 0 || py_block_push(py, frame, PY_BLOCK_PLAIN, node, body) ? PY_FLOW_NEXT : PY_FLOW_STOP;
}

static enum py_flow do_while(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    struct py_block *b = py_block_push(py, frame, PY_BLOCK_WHILE, node, &node->body);
    if (!b) {
        return PY_FLOW_STOP;
    }
    b->at = node->body.n; /* the end of a round asks whether there is another */
    return PY_FLOW_NEXT;
}

static enum py_flow do_for(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    if (node->is_async) {
        frame->at = node;
        py_refuse(py, "async for");
        return PY_FLOW_STOP;
    }
    pyv v = py_eval_iterable(py, node->right);
    frame->at = node->right;
    pyv it = v ? py_iter(py, v) : NULL;
    struct py_block *b = it ? py_block_push(py, frame, PY_BLOCK_FOR, node, &node->body) : NULL;
    if (!b) {
        return PY_FLOW_STOP;
    }
    b->value = it;
    b->at = node->body.n;
    return PY_FLOW_NEXT;
}

static enum py_flow do_with(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    frame->at = node;
    if (node->is_async) {
        py_refuse(py, "async with");
        return PY_FLOW_STOP;
    }
    return py_with_enter(py, frame, node);
}

static enum py_flow do_try(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    if (node->star) {
        frame->at = node;
        py_refuse(py, "except*");
        return PY_FLOW_STOP;
    }
    struct py_block *b = py_block_push(py, frame, PY_BLOCK_TRY, node, &node->body);
    if (!b) {
        return PY_FLOW_STOP;
    }
    for (size_t i = 0; i < node->handlers.n; i++) {
        b->guards = b->guards || py_handler_guards(&node->handlers.items[i]);
    }
    return PY_FLOW_NEXT;
}

static enum py_flow do_match(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    const py_nodes_t *body = py_match(py, node);
    if (py->stop != PY_RUNNING) {
        return PY_FLOW_STOP;
    }
    return !body || py_block_push(py, frame, PY_BLOCK_PLAIN, node, body) ? PY_FLOW_NEXT : PY_FLOW_STOP;
}

/* --- definitions --- */

static pyv decorated(struct py *py, const struct py_node *node, pyv v, pyv *decorators)
{
    for (size_t i = node->decorators.n; v && i-- > 0;) {
        py->frame->at = node->decorators.items[i];
        v = py_call1(py, decorators[i], v);
    }
    return v;
}

static enum py_flow do_definition(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    size_t n = node->decorators.n;
    pyv *decorators = n ? py_alloc_array(py, n, sizeof(pyv)) : NULL;
    for (size_t i = 0; i < n; i++) {
        pyv v = decorators ? py_eval(py, node->decorators.items[i]) : NULL;
        if (!v) {
            return PY_FLOW_STOP;
        }
        decorators[i] = v;
    }
    frame->at = node;
    pyv v = node->kind == PY_CLASS ? py_class_statement(py, node) : py_function_make(py, node);
    v = v ? decorated(py, node, v, decorators) : NULL;
    return v ? flow_of(py_store(py, node->name, v)) : PY_FLOW_STOP;
}

static enum py_flow do_type_alias(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    frame->at = node;
    py_refuse(py, "the type statement");
    return PY_FLOW_STOP;
}

static statement_fn *const statements[PY_NODE_COUNT] = {
    [PY_EXPR] = do_value,
    [PY_ASSIGN] = do_value,
    [PY_AUG_ASSIGN] = do_augmented,
    [PY_ANN_ASSIGN] = do_annotation,
    [PY_RETURN] = do_value,
    [PY_DELETE] = do_delete,
    [PY_PASS] = do_nothing,
    [PY_BREAK] = do_break,
    [PY_CONTINUE] = do_break,
    [PY_RAISE] = do_raise,
    [PY_ASSERT] = do_assert,
    [PY_GLOBAL] = do_nothing,
    [PY_NONLOCAL] = do_nothing,
    [PY_IMPORT] = do_import,
    [PY_IMPORT_FROM] = do_import,
    [PY_IF] = do_if,
    [PY_WHILE] = do_while,
    [PY_FOR] = do_for,
    [PY_WITH] = do_with,
    [PY_TRY] = do_try,
    [PY_MATCH] = do_match,
    [PY_FUNCTION] = do_definition,
    [PY_CLASS] = do_definition,
    [PY_TYPE_ALIAS] = do_type_alias,
};

enum py_flow py_statement(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    if (!py_step(py)) {
        return PY_FLOW_STOP;
    }
    statement_fn *fn = statements[node->kind];
    if (!fn) {
        frame->at = node;
        py_refuse(py, "a statement of this kind");
        return PY_FLOW_STOP;
    }
    return fn(py, frame, node);
}
