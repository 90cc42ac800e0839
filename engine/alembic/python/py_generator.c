/* Generators: a call of a function with `yield` is a frame that waits in the arena. */
#include "engine/alembic/python/py_frame.h"

struct py_generator {
    struct py_obj head;
    struct py_frame *frame; /* NULL: used up */
    bool running, started;
    pyv result;
    struct py_generator *next; /* of the interpreter */
};

const struct py_type py_type_generator;

pyv py_generator_new(struct py *py, struct py_frame *frame)
{
    struct py_generator *g = py_object_new(py, &py_type_generator, sizeof(*g));
    if (!g) {
        return NULL;
    }
    g->frame = frame;
    g->next = py->generators;
    py->generators = g;
    return &g->head;
}

pyv py_generator_result(pyv generator)
{
    struct py_generator *g = (struct py_generator *)(void *)generator;
    pyv result = generator->type == &py_type_generator ? g->result : NULL;
    if (result) {
        g->result = NULL;
    }
    return result ? result : &py_none;
}

static pyv leave(struct py *py, struct py_generator *g, enum py_flow flow)
{
    struct py_frame *frame = g->frame;
    if (flow == PY_FLOW_YIELD) {
        return frame->value;
    }
    g->frame = NULL;
    g->result = frame->value;
    py_frame_done(py, frame);
    if (flow == PY_FLOW_STOP && py->stop == PY_RAISED &&
        py_is(py->exception, py_exception_type(py, "StopIteration"))) {
        pyv cause = py->exception;
        py_raise(py, "RuntimeError", "generator raised StopIteration");
        if (py->stop == PY_RAISED) {
            ((struct py_exception *)(void *)py->exception)->cause = cause;
        }
    }
    return NULL;
}

/* Run to the next yield. NULL: returned (see result), or stopped. */
static pyv resume(struct py *py, struct py_generator *g, pyv sent, pyv thrown)
{
    if (g->running) {
        return py_raise(py, "ValueError", "generator already executing");
    }
    if (!g->frame) {
        return thrown ? py_raise_value(py, thrown) : NULL;
    }
    if (!g->started && sent && !py_is_none(sent)) {
        return py_raise(py, "TypeError", "can't send non-None value to a just-started generator");
    }
    if (!py_enter(py)) {
        return NULL;
    }
    g->started = g->running = true;
    struct py_frame *frame = g->frame;
    frame->back = py->frame;
    py->frame = frame;
    frame->sent = sent ? sent : &py_none;
    frame->thrown = thrown;
    enum py_flow flow = py_frame_run(py, frame);
    py->frame = frame->back;
    g->running = false;
    py_leave(py);
    return leave(py, g, flow);
}

static struct py_generator *generator_of(pyv v)
{
    return (struct py_generator *)(void *)v;
}

pyv py_generator_send(struct py *py, pyv generator, pyv value)
{
    return resume(py, generator_of(generator), value, NULL);
}

pyv py_generator_throw(struct py *py, pyv generator, pyv exception)
{
    return resume(py, generator_of(generator), NULL, exception);
}

static pyv generator_iter(struct py *py, pyv self)
{
    (void)py;
    return self;
}

static pyv generator_next(struct py *py, pyv self)
{
    return resume(py, generator_of(self), NULL, NULL);
}

static pyv value_or_stop(struct py *py, pyv self, pyv v)
{
    return v || py->stop != PY_RUNNING ? v : py_raise_stop(py, self);
}

static pyv dunder_next(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return value_or_stop(py, self, generator_next(py, self));
}

static pyv method_send(struct py *py, pyv self, const struct py_args *args)
{
    if (args->npos != 1 || args->nkw) {
        return py_raise(py, "TypeError", "generator.send() takes exactly one argument (%zu given)",
                        args->npos);
    }
    return value_or_stop(py, self, py_generator_send(py, self, args->pos[0]));
}

/* throw(instance) and throw(class), throw(class, instance, traceback) as context managers call it. */
static pyv method_throw(struct py *py, pyv self, const struct py_args *args)
{
    if (args->npos < 1 || args->npos > 3 || args->nkw) {
        return py_raise(py, "TypeError", "throw expected at least 1 argument, got %zu", args->npos);
    }
    pyv e = args->npos > 1 && py_is(args->pos[1], &py_type_exception) ? args->pos[1] : args->pos[0];
    if (py_is(e, &py_type_type) && py_type_is(py_type_of(e), &py_type_exception)) {
        struct py_args values = {.pos = args->pos + 1,
                                 .npos = args->npos > 1 && !py_is_none(args->pos[1]) ? 1 : 0};
        e = py_call(py, e, &values);
    }
    if (e && !py_is(e, &py_type_exception)) {
        return py_raise(py, "TypeError",
                        "exceptions must be classes or instances deriving from BaseException, not %s",
                        e->type->name);
    }
    return e ? value_or_stop(py, self, py_generator_throw(py, self, e)) : NULL;
}

static pyv method_close(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    struct py_generator *g = generator_of(self);
    if (!g->frame || !g->started) {
        g->frame = NULL;
        return &py_none;
    }
    const struct py_type *exit = py_exception_type(py, "GeneratorExit");
    pyv e = py_call(py, py_type_value(exit), PY_NO_ARGS);
    pyv v = e ? py_generator_throw(py, self, e) : NULL;
    if (v) {
        return py_raise(py, "RuntimeError", "generator ignored GeneratorExit");
    }
    if (py->stop == PY_RAISED && py_is(py->exception, exit)) {
        py_clear(py);
    }
    return py->stop == PY_RUNNING ? &py_none : NULL;
}

/* Python closes a generator that is no longer used, which runs its `finally`. Here nothing notices that, so
 * the program is refused when it matters. */
void py_generators_finish(struct py *py)
{
    for (const struct py_generator *g = py->generators; g; g = g->next) {
        for (size_t i = 0; g->frame && g->started && i < g->frame->nblocks; i++) {
            enum py_block_kind kind = g->frame->blocks[i].kind;
            if (kind != PY_BLOCK_PLAIN && kind != PY_BLOCK_FOR && kind != PY_BLOCK_WHILE) {
                py_stop_at(py, PY_REFUSED, ERR_REFUSED, "a generator that is left inside try or with");
                err_place(&py->err, g->frame->module->file, g->frame->at->line, g->frame->at->column);
                return;
            }
        }
    }
}

static const struct py_def generator_defs[] = {
    {"__next__", PY_DEF_METHOD, dunder_next, NULL, NULL},
    {"send", PY_DEF_METHOD, method_send, NULL, NULL},
    {"throw", PY_DEF_METHOD, method_throw, NULL, NULL},
    {"close", PY_DEF_METHOD, method_close, NULL, NULL},
    {0},
};
const struct py_type py_type_generator = {
    PY_TYPE_HEAD,           .name = "generator",    .module = "",          .plain = true,
    .defs = generator_defs, .iter = generator_iter, .next = generator_next};
