/*
 * What the evaluator's own files share: the interpreter, calls that are running, and the objects behind
 * functions, classes and modules. Natives of the vocabulary have no need of it.
 */
#pragma once
#include "engine/alembic/python/py.h"

/* A module's top-level statements and what each binds, for modules that run lazily (py_module.c). */
struct py_unit {
    const struct py_node *node;
    bool done, running;
};

/* Behind struct py_module.private. */
struct py_source {
    const struct py_module_def *def; /* of the vocabulary, or NULL */
    const struct py_node *tree;      /* of the project, or NULL */
    const char *package;             /* what relative imports start from; "" : none */
    bool lazy;                       /* only the statements that bind what is asked for run */
    struct slice text;
    struct py_unit *units; /* one a top-level statement */
    size_t nunits;
    size_t now; /* the unit that runs at the moment; nunits: none does, all names have their last value */
    struct py_binding_index *index;
};

/* Variables of one function call, comprehension or class body. Closures keep them by pointer. */
struct py_env {
    struct py_env *parent;        /* lexically around it; NULL: the module */
    const struct py_scope *scope; /* names of the values */
    struct py_dict *dict;         /* class body: its namespace; values is then unused */
    struct py_type *type;         /* class body: the class, once it is made */
    bool comprehension;
    bool captured; /* a closure has it: never used again for another call */
    size_t n;
    pyv values[];
};

/* Python functions and lambdas. */
struct py_function {
    struct py_instance head;
    const char *name, *qualname;
    const struct py_node *node;
    struct py_env *env;
    struct py_module *module;
    pyv *defaults; /* one a parameter; NULL: none */
};
/* A Python function bound to an object. */
struct py_method {
    struct py_obj head;
    pyv function, self;
};
/* A native function, maybe bound. */
struct py_nativefn {
    struct py_instance head;
    const char *name;
    py_native *fn;
    pyv self;
    const struct py_type *unbound; /* a method read from its class: self is the first argument */
};
struct py_property {
    struct py_instance head;
    pyv get, set, del, doc;
};
/* staticmethod and classmethod */
struct py_wrapped {
    struct py_instance head;
    pyv function;
};

/* What a class statement makes: struct py_type and what only the evaluator needs. */
struct py_class {
    struct py_type type;
    const char *qualname;
    strings_t annotations;
    VEC(const struct py_node *) annotation_nodes;
    struct py_env *env; /* of the body */
    struct py_module *in;
};

/* How a statement, or a block of them, was left. */
enum py_flow {
    PY_FLOW_NEXT,
    PY_FLOW_RETURN, /* frame->value */
    PY_FLOW_BREAK,
    PY_FLOW_CONTINUE,
    PY_FLOW_YIELD, /* frame->value goes out; frame->waiting says what happens with what comes in */
    PY_FLOW_STOP,  /* py->stop */
};

enum py_block_kind {
    PY_BLOCK_PLAIN, /* bodies of if, match, functions, modules */
    PY_BLOCK_FOR,
    PY_BLOCK_WHILE,
    PY_BLOCK_TRY,     /* in the body: handlers and finally are still to come */
    PY_BLOCK_HANDLER, /* in a handler or else: finally is still to come */
    PY_BLOCK_FINALLY, /* in finally: how it was entered is kept */
    PY_BLOCK_WITH,
};

/* A compound statement that is running. Frames keep theirs as a list and not as C calls, so that a generator
 * can stop in the midst of it. */
struct py_block {
    enum py_block_kind kind;
    enum py_flow flow; /* FINALLY: what goes on after it */
    const struct py_node *node;
    const py_nodes_t *body;
    size_t at;            /* next statement of the body */
    size_t item;          /* WITH: which of its items */
    pyv value;            /* FOR: iterator, WITH: manager's __exit__, FINALLY: value or exception kept */
    pyv handled;          /* HANDLER, FINALLY: the exception that was handled before */
    const char *name;     /* HANDLER: unbound at its end */
    bool guards, entered; /* TRY, WITH: could catch what a database says */
};

struct py_frame {
    struct py_frame *back;
    struct py_module *module;
    struct py_env *env; /* NULL: the module's own level */
    const struct py_node *at;
    struct py_function *function;
    pyv self;    /* first positional argument, for super() */
    pyv value;   /* returned or yielded */
    pyv handled; /* the exception that an `except` is busy with */
    const struct py_node *waiting;
    pyv delegate; /* yield from */
    struct py_block *blocks;
    size_t nblocks, cap;
    struct py_block first[2];
};

#define PY_FREE_CLASSES 32

struct py {
    struct arena arena;
    struct py_options options;
    enum py_stop stop;
    pyv exception;  /* PY_RAISED */
    struct err err; /* what stopped it, for the other ways */
    uint64_t steps, steps_max;
    size_t memory_max;
    unsigned depth, depth_max;
    unsigned native_depth;
    char *stack_end; /* the C stack may not reach below; NULL: Python was not entered yet */
    struct py_frame *frame;
    struct py_module *main; /* of py_run_module() */
    VEC(struct py_module *) modules;
    struct py_module *builtins;
    const struct py_printing *printing; /* containers that repr() is in the midst of (py_repr.c) */
    struct py_free {
        struct py_free *next;
    } * free[PY_FREE_CLASSES]; /* given back by calls that ended, by size in units of 16 bytes */
};

extern const struct py_type py_type_generator, py_type_lazy, py_type_placeholder;

/* --- py.c --- */
void py_stop_at(struct py *py, enum py_stop stop, int status, const char *fmt, ...) PRINTF(4, 5);
/* False: the C stack or the number of steps is used up, and the program is stopped. */
bool py_step_slow(struct py *py);
void *py_take(struct py *py, size_t size); /* zeroed; to be given back or forgotten */
void py_give(struct py *py, void *p, size_t size);

/* --- py_eval*.c --- */
pyv py_eval(struct py *py, const struct py_node *node);
int py_assign(struct py *py, const struct py_node *target, pyv value);
int py_delete(struct py *py, const struct py_node *target);
enum py_flow py_frame_run(struct py *py, struct py_frame *frame);

/* --- py_call.c --- */
