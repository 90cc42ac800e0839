/*
 * Running a frame: its list of blocks says which compound statements it is in, and how each is left.
 *
 * Only exceptions can be caught. A program that is stopped otherwise leaves all blocks without running
 * `finally` or __exit__(): nothing of it may have an effect any more.
 */
#include "engine/alembic/python/py_frame.h"

static bool raised(const struct py *py, enum py_flow flow)
{
    return flow == PY_FLOW_STOP && py->stop == PY_RAISED;
}

struct py_block *py_block_push(struct py *py, struct py_frame *frame, enum py_block_kind kind,
                               const struct py_node *node, const py_nodes_t *body)
{
    if (!frame->blocks) {
        frame->blocks = frame->first;
        frame->cap = COUNT_OF(frame->first);
    }
    if (frame->nblocks == frame->cap) {
        size_t size = frame->cap * sizeof(*frame->blocks);
        struct py_block *more = py_take(py, 2 * size);
        if (!more) {
            return NULL;
        }
        memcpy(more, frame->blocks, size);
        py_frame_done(py, frame);
        frame->blocks = more;
        frame->cap *= 2;
    }
    struct py_block *b = &frame->blocks[frame->nblocks++];
    *b = (struct py_block){.kind = kind, .node = node, .body = body};
    return b;
}

void py_frame_done(struct py *py, struct py_frame *frame)
{
    if (frame->blocks && frame->blocks != frame->first) {
        py_give(py, frame->blocks, frame->cap * sizeof(*frame->blocks));
        frame->blocks = NULL;
    }
}

/* --- with --- */

/* Managers of Python code can swallow an exception; some of contextlib do not. */
static bool manager_guards(const struct py_type *t)
{
    bool known = strcmp(t->module, "contextlib") == 0 &&
                 (strcmp(t->name, "nullcontext") == 0 || strcmp(t->name, "closing") == 0);
    return t->mro && !known;
}

static int enter_item(struct py *py, struct py_frame *frame, const struct py_node *node, size_t i)
{
    const struct py_with_item *item = &node->items.items[i];
    pyv manager = py_eval(py, item->context);
    if (!manager) {
        return -1;
    }
    frame->at = item->context;
    pyv enter = py_special_method(py, manager, "__enter__");
    pyv exit = enter ? py_special_method(py, manager, "__exit__") : NULL;
    if (!exit) {
        if (py->stop == PY_RUNNING && py_type_vocabulary(manager->type)) {
            py_refuse(py, "%s as a context manager", manager->type->name);
        } else if (py->stop == PY_RUNNING) {
            py_raise(py, "TypeError", "'%s' object does not support the context manager protocol%s",
                     manager->type->name, enter ? " (missed __exit__ method)" : "");
        }
        return -1;
    }
    pyv v = py_call(py, enter, PY_NO_ARGS);
    bool last = i + 1 == node->items.n;
    struct py_block *b = v ? py_block_push(py, frame, PY_BLOCK_WITH, node, &node->body) : NULL;
    if (!b) {
        return -1;
    }
    b->at = last ? 0 : node->body.n;
    b->value = exit;
    b->guards = manager_guards(manager->type);
    b->context = item->context;
    return item->target ? py_assign(py, item->target, v) : 0;
}

enum py_flow py_with_enter(struct py *py, struct py_frame *frame, const struct py_node *node)
{
    for (size_t i = 0; i < node->items.n; i++) {
        if (enter_item(py, frame, node, i) != 0) {
            return PY_FLOW_STOP;
        }
    }
    return PY_FLOW_NEXT;
}

/* Call __exit__ of the block, which is already gone; e: the exception in flight, which was put aside. */
static pyv call_exit(struct py *py, struct py_frame *frame, const struct py_block *b, pyv e)
{
    pyv three[3] = {&py_none, &py_none, &py_none};
    if (e) {
        three[0] = py_type_value(e->type);
        three[1] = e;
    }
    frame->at = b->context;
    return py_call(py, b->value, &(struct py_args){.pos = three, .npos = 3});
}

static enum py_flow leave_with(struct py *py, struct py_frame *frame, enum py_flow flow)
{
    struct py_block b = frame->blocks[--frame->nblocks];
    pyv value = frame->value, e = NULL;
    if (flow == PY_FLOW_STOP) {
        if (py->stop != PY_RAISED) {
            return flow;
        }
        e = py->exception;
        py_clear(py);
    }
    pyv before = frame->handled;
    frame->handled = e ? e : before;
    pyv result = call_exit(py, frame, &b, e);
    int truth = result && e ? py_truth(py, result) : result ? 0 : -1;
    frame->handled = before;
    frame->value = value;
    if (truth < 0) {
        return PY_FLOW_STOP;
    }
    if (e && !truth) {
        py_raise_value(py, e);
        return PY_FLOW_STOP;
    }
    return e ? PY_FLOW_NEXT : flow;
}

/* --- try --- */

/* The try statement's handlers or else are done: go on with finally, or after it. */
static enum py_flow to_finally(struct py *py, struct py_frame *frame, enum py_flow flow)
{
    struct py_block *b = &frame->blocks[frame->nblocks - 1];
    bool lost = flow == PY_FLOW_STOP && py->stop != PY_RAISED;
    if (b->node->finalbody.n == 0 || lost) {
        frame->nblocks--;
        return flow;
    }
    b->kind = PY_BLOCK_FINALLY;
    b->body = &b->node->finalbody;
    b->at = 0;
    b->flow = flow;
    b->value = frame->value;
    b->handled = frame->handled;
    if (flow == PY_FLOW_STOP) {
        b->value = frame->handled = py->exception;
        py_clear(py);
    }
    return PY_FLOW_NEXT;
}

static enum py_flow leave_finally(struct py *py, struct py_frame *frame)
{
    struct py_block b = frame->blocks[--frame->nblocks];
    frame->handled = b.handled;
    if (b.flow == PY_FLOW_STOP) {
        py_raise_value(py, b.value);
    } else {
        frame->value = b.value;
    }
    return b.flow;
}

static void leave_handler(struct py *py, struct py_frame *frame)
{
    struct py_block *b = &frame->blocks[frame->nblocks - 1];
    frame->handled = b->handled;
    if (b->name && py->stop <= PY_RAISED) {
        py_unbind(py, b->name, false);
        b->name = NULL;
    }
}

/* The handler for exception e: its index, n for none, -1 when looking for it raised another one. */
static ptrdiff_t find_handler(struct py *py, struct py_frame *frame, const struct py_node *node, pyv e)
{
    for (size_t i = 0; i < node->handlers.n; i++) {
        const struct py_handler *h = &node->handlers.items[i];
        if (!h->type) {
            return (ptrdiff_t)i;
        }
        pyv kind = py_eval(py, h->type);
        frame->at = h->type;
        int rc = kind ? py_exception_matches(py, e, kind) : -1;
        if (rc != 0) {
            return rc < 0 ? -1 : (ptrdiff_t)i;
        }
    }
    return (ptrdiff_t)node->handlers.n;
}

static enum py_flow catch (struct py *py, struct py_frame *frame) {
    struct py_block *b = &frame->blocks[frame->nblocks - 1]; const struct py_node *node = b->node;
    pyv e = py->exception, before = frame->handled; py_clear(py); frame->handled = e;
    ptrdiff_t i = find_handler(py, frame, node, e); b = &frame->blocks[frame->nblocks - 1];
    if (i < 0 || (size_t)i == node->handlers.n){frame->handled = before; if (i >= 0){py_raise_value(py, e);}
return to_finally(py, frame, PY_FLOW_STOP);
}
const struct py_handler *h = &node->handlers.items[i];
b->kind = PY_BLOCK_HANDLER;
b->body = &h->body;
b->at = 0;
b->handled = before;
b->name = h->name;
return h->name && py_store(py, h->name, e) != 0 ? PY_FLOW_STOP : PY_FLOW_NEXT;
}

/* --- the ends of blocks --- */

static enum py_flow next_round(struct py *py, struct py_frame *frame)
{
    struct py_block *b = &frame->blocks[frame->nblocks - 1];
    const struct py_node *node = b->node;
    int more;
    if (!py_step(py)) {
        return PY_FLOW_STOP;
    }
    if (b->kind == PY_BLOCK_FOR) {
        frame->at = node->right;
        pyv v = py_next(py, b->value);
        if (!v && py->stop != PY_RUNNING) {
            return PY_FLOW_STOP;
        }
        if (v && py_assign(py, node->left, v) != 0) {
            return PY_FLOW_STOP;
        }
        more = v != NULL;
    } else {
        pyv v = py_eval(py, node->test);
        frame->at = node->test;
        more = v ? py_truth(py, v) : -1;
        if (more < 0) {
            return PY_FLOW_STOP;
        }
    }
    b = &frame->blocks[frame->nblocks - 1];
    if (more) {
        b->at = 0;
    } else if (node->orelse.n) {
        *b = (struct py_block){.kind = PY_BLOCK_PLAIN, .node = node, .body = &node->orelse};
    } else {
        frame->nblocks--;
    }
    return PY_FLOW_NEXT;
}

/* The body of the innermost block has come to its end. */
static enum py_flow block_end(struct py *py, struct py_frame *frame)
{
    struct py_block *b = &frame->blocks[frame->nblocks - 1];
    switch (b->kind) {
    case PY_BLOCK_PLAIN:
        frame->nblocks--;
        return PY_FLOW_NEXT;
    case PY_BLOCK_FOR:
    case PY_BLOCK_WHILE:
        return next_round(py, frame);
    case PY_BLOCK_WITH:
        return leave_with(py, frame, PY_FLOW_NEXT);
    case PY_BLOCK_TRY:
        b->kind = PY_BLOCK_HANDLER; /* what `else` raises is not caught here */
        b->body = &b->node->orelse;
        b->at = 0;
        b->handled = frame->handled;
        return PY_FLOW_NEXT;
    case PY_BLOCK_HANDLER:
        leave_handler(py, frame);
        return to_finally(py, frame, PY_FLOW_NEXT);
    case PY_BLOCK_FINALLY:
        return leave_finally(py, frame);
    }
    return PY_FLOW_STOP;
}

/* Leave the innermost block in another way. NEXT: the frame goes on. */
static enum py_flow block_leave(struct py *py, struct py_frame *frame, enum py_flow flow)
{
    struct py_block *b = &frame->blocks[frame->nblocks - 1];
    switch (b->kind) {
    case PY_BLOCK_FOR:
    case PY_BLOCK_WHILE:
        if (flow == PY_FLOW_CONTINUE) {
            b->at = b->body->n;
            return PY_FLOW_NEXT;
        }
        frame->nblocks--;
        return flow == PY_FLOW_BREAK ? PY_FLOW_NEXT : flow;
    case PY_BLOCK_WITH:
        return leave_with(py, frame, flow);
    case PY_BLOCK_TRY:
        return raised(py, flow) ? catch (py, frame) : to_finally(py, frame, flow);
    case PY_BLOCK_HANDLER:
        leave_handler(py, frame);
        return to_finally(py, frame, flow);
    case PY_BLOCK_FINALLY:
        frame->handled = b->handled;
        frame->nblocks--;
        return flow;
    default:
        frame->nblocks--;
        return flow;
    }
}

enum py_flow py_frame_run(struct py *py, struct py_frame *frame)
{
    enum py_flow flow = frame->waiting || frame->thrown ? py_resume(py, frame) : PY_FLOW_NEXT;
    for (;;) {
        while (flow != PY_FLOW_NEXT && flow != PY_FLOW_YIELD && frame->nblocks) {
            flow = block_leave(py, frame, flow);
        }
        if (flow != PY_FLOW_NEXT) {
            return flow;
        }
        if (frame->nblocks == 0) {
            frame->value = NULL;
            return PY_FLOW_RETURN;
        }
        struct py_block *b = &frame->blocks[frame->nblocks - 1];
        flow = b->at < b->body->n ? py_statement(py, frame, b->body->items[b->at++]) : block_end(py, frame);
    }
}
