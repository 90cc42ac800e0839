/* The life of an interpreter, its limits, and how it stops: raised exceptions, refusals, and the error that
 * is made of them. */
#include "engine/alembic/python/py_frame.h"
#include <inttypes.h>

#define STEPS_DEFAULT  (UINT64_C(50) * 1000 * 1000)
#define MEMORY_DEFAULT ((size_t)512 << 20)
#define DEPTH_DEFAULT  400u

/* Sanitizers make the frames of C functions several times as large. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_DEFAULT ((size_t)4 << 20)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STACK_DEFAULT ((size_t)4 << 20)
#endif
#endif
#ifndef STACK_DEFAULT
#define STACK_DEFAULT ((size_t)384 << 10)
#endif

struct py *py_new(const struct py_options *options)
{
    /* The error, by far the largest part, is written as a whole when there is one. */
    struct py *py = xmalloc(sizeof(*py));
    memset(py, 0, offsetof(struct py, err));
    py->options = options ? *options : (struct py_options){0};
    const struct py_limits *l = &py->options.limits;
    py->steps_max = l->steps ? l->steps : STEPS_DEFAULT;
    py->memory_max = l->memory ? l->memory : MEMORY_DEFAULT;
    py->depth_max = l->depth ? l->depth : DEPTH_DEFAULT;
    /* Addresses of locals would not do: some sanitizers keep them away from the stack. */
    py->stack_end = (uintptr_t)__builtin_frame_address(0) - (l->stack ? l->stack : STACK_DEFAULT);
    return py;
}

void py_free(struct py *py)
{
    if (py) {
        arena_release(&py->arena);
        free(py);
    }
}

void *py_host(struct py *py)
{
    return py->options.host;
}

struct arena *py_arena(struct py *py)
{
    return &py->arena;
}

/* --- limits --- */

const struct py_frame *py_place(const struct py *py)
{
    const struct py_frame *f = py->frame;
    while (f && (!f->at || ((const struct py_source *)f->module->private)->library)) {
        f = f->back;
    }
    return f;
}

void *py_stop_at(struct py *py, enum py_stop stop, int status, const char *fmt, ...)
{
    if (py->stop > PY_RAISED) {
        return NULL; /* what came first is the reason */
    }
    va_list ap;
    va_start(ap, fmt);
    char text[sizeof(py->err.message)];
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    py->stop = stop;
    err_set(&py->err, status, "%s", text);
    const struct py_frame *f = py_place(py);
    if (f) {
        err_place(&py->err, f->module->file, f->at->line, f->at->column);
    }
    return NULL;
}

bool py_step_slow(struct py *py)
{
    if (py->stop > PY_RAISED) {
        return false;
    }
    if (py->steps > py->steps_max) {
        py_stop_at(py, PY_LIMIT, ERR_FILE, "the program takes more than %" PRIu64 " steps", py->steps_max);
        return false;
    }
    if ((uintptr_t)__builtin_frame_address(0) < py->stack_end) {
        py_stop_at(py, PY_LIMIT, ERR_FILE, "calls and expressions are nested too deep");
        return false;
    }
    return true;
}

bool py_spend(struct py *py, uint64_t steps, size_t bytes)
{
    if (py->stop > PY_RAISED) {
        return false;
    }
    py->steps = steps > UINT64_MAX - py->steps ? UINT64_MAX : py->steps + steps;
    if (py->steps > py->steps_max) {
        return py_step_slow(py);
    }
    if (py->arena.total > py->memory_max || bytes > py->memory_max - py->arena.total) {
        py_stop_at(py, PY_LIMIT, ERR_FILE, "the program takes more than %zu MiB of memory",
                   py->memory_max >> 20);
        return false;
    }
    return true;
}

bool py_enter(struct py *py)
{
    if (py->depth >= py->depth_max) {
        py_stop_at(py, PY_LIMIT, ERR_FILE, "calls are nested deeper than %u levels", py->depth_max);
        return false;
    }
    if ((uintptr_t)__builtin_frame_address(0) < py->stack_end) {
        return py_step_slow(py);
    }
    py->depth++;
    return true;
}

void py_leave(struct py *py)
{
    py->depth--;
}

/* What calls need for as long as they last comes out of lists by size, so that a loop of calls does not take
 * more and more. */
void *py_take(struct py *py, size_t size)
{
    size_t class = (size + 15) / 16;
    if (class < PY_FREE_CLASSES && py->free[class]) {
        struct py_free *p = py->free[class];
        py->free[class] = p->next;
        return memset(p, 0, class * 16);
    }
    return py_spend(py, 0, size) ? arena_alloc(&py->arena, class * 16) : NULL;
}

void py_give(struct py *py, void *p, size_t size)
{
    size_t class = (size + 15) / 16;
    if (p && class < PY_FREE_CLASSES) {
        struct py_free *f = p;
        f->next = py->free[class];
        py->free[class] = f;
    }
}

/* --- stopping --- */

void *py_refuse(struct py *py, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(&py->arena, fmt, ap);
    va_end(ap);
    return py_stop_at(py, PY_REFUSED, ERR_REFUSED, "%s", text);
}

void *py_needs_live(struct py *py, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(&py->arena, fmt, ap);
    va_end(ap);
    return py_stop_at(py, PY_NEEDS_LIVE, ERR_REFUSED, "%s", text);
}

void *py_fail(struct py *py, const struct err *err)
{
    if (py->stop <= PY_RAISED) {
        py->stop = PY_FAILED;
        py->err = *err;
        const struct py_frame *f = py_place(py);
        if (!py->err.file[0] && f) {
            err_place(&py->err, f->module->file, f->at->line, f->at->column);
        }
    }
    return NULL;
}

void *py_raise_err(struct py *py, const char *exception, const struct err *err)
{
    if (py->stop != PY_RUNNING) { /* Python code that was called below has raised or stopped */
        return NULL;
    }
    if (err->status == ERR_REFUSED) {
        return py_refuse(py, "%s", err->message);
    }
    return err->status == ERR_FILE ? py_raise(py, exception, "%s", err->message) : py_fail(py, err);
}

enum py_stop py_stopped(const struct py *py)
{
    return py->stop;
}

pyv py_raised(struct py *py)
{
    return py->stop == PY_RAISED ? py->exception : NULL;
}

void py_clear(struct py *py)
{
    if (py->stop == PY_RAISED) {
        py->stop = PY_RUNNING;
        py->exception = NULL;
    }
}

bool py_forget(struct py *py)
{
    if (py->stop != PY_RAISED && py->stop != PY_REFUSED && py->stop != PY_NEEDS_LIVE) {
        return py->stop == PY_RUNNING;
    }
    py->stop = PY_RUNNING;
    py->exception = NULL;
    py->err = (struct err){0};
    return true;
}

/* --- errors --- */

static void excerpt(const struct py *py, struct err *err)
{
    for (size_t i = 0; i < py->modules.n && err->line > 0; i++) {
        const struct py_module *m = py->modules.items[i];
        const struct py_source *s = m->private;
        if (m->file && strcmp(m->file, err->file) == 0 && s->text.ptr) {
            err_excerpt(err, s->text.ptr, s->text.len);
            return;
        }
    }
}

/* "ValueError: text", as the last line of Python's traceback. */
static int raised_error(struct py *py, struct err *err)
{
    struct py_exception *e = (struct py_exception *)(void *)py->exception;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct py_type *type = e->head.head.type;
    py->stop = PY_RUNNING;
    int rc = py_str(py, py->exception, &text);
    if (rc) {
        strbuf_clear(&text);
    }
    py->stop = PY_RAISED;
    py->exception = &e->head.head;
    err_set(err, ERR_FILE, "%s%s%s", type->name, text.len ? ": " : "", strbuf_cstr(&text));
    if (e->file) {
        err_place(err, e->file, e->line, e->column);
    }
    return err->status;
}

static void hint(const struct py *py, struct err *err)
{
    switch (py->stop) {
    case PY_REFUSED:
        err_hint(
            err,
            "Write it in another way, or name a Python that has Alembic (\"python\" in lockstep.yaml, or in "
            "[lockstep] of alembic.ini), and such revisions go through that.");
        break;
    case PY_NEEDS_LIVE:
        err_hint(err, "Run it on a database: what it does is known only there.");
        break;
    case PY_LIMIT:
        err_hint(err, "A revision may take this much in Lockstep; look for a loop that does not end.");
        break;
    default:
        break;
    }
}

int py_error(struct py *py, struct err *err)
{
    struct err local;
    if (!err) {
        err = &local;
    }
    if (py->stop == PY_RUNNING) {
        return err_set(err, ERR_FAILED, "the program was not stopped");
    }
    if (py->stop == PY_RAISED) {
        raised_error(py, err);
    } else {
        *err = py->err;
    }
    if (!err->excerpt[0]) {
        excerpt(py, err);
    }
    if (!err->hint[0]) {
        hint(py, err);
    }
    return err->status;
}

int py_line(struct py *py)
{
    int line = 0;
    for (const struct py_frame *f = py->frame; f; f = f->back) {
        if (f->module == py->main && f->at) {
            line = f->at->line;
        }
    }
    return line;
}

const char *py_file(struct py *py)
{
    const struct py_frame *f = py_place(py);
    return f ? f->module->file : NULL;
}

/* A generator that waits inside `try` is not asked: only what would be unwound is. */
unsigned py_guarded(const struct py *py)
{
    unsigned n = 0;
    for (const struct py_frame *f = py->frame; f; f = f->back) {
        for (size_t i = 0; i < f->nblocks; i++) {
            n += f->blocks[i].guards && f->blocks[i].kind != PY_BLOCK_HANDLER &&
                 f->blocks[i].kind != PY_BLOCK_FINALLY;
        }
    }
    return n;
}
