/*
 * What the evaluator's own files share: the interpreter, calls that are running, and the objects behind
 * functions, classes and modules. Natives of the vocabulary have no need of it.
 */
#pragma once
#include "engine/alembic/python/py.h"

/* A module's top-level statements and what each binds, for modules that run lazily (py_module.c). */
struct py_unit {
    VEC(struct py_binding *) names; /* that it binds */
    bool done, running;
};

/* Behind struct py_module.private. */
struct py_source {
    const struct py_module_def *def; /* of the vocabulary, or NULL */
    const struct py_node *tree;      /* of the project, or NULL */
    const char *package;             /* what relative imports start from; "" : none */
    bool lazy;                       /* only the statements that bind what is asked for run */
    bool library;                    /* of vocab_source(): its lines are no place of the user's */
    bool loaded;                     /* models_load() was there */
    struct slice text;
    struct py_unit *units; /* one a top-level statement */
    size_t nunits;
    size_t now; /* the unit that runs at the moment; nunits: none does, all names have their last value */
    struct py_binding_index *index;
    struct py_module **stars; /* modules of `from x import *`, in order */
    size_t nstars;
    bool stars_known;
    const char *star_unknown; /* a module that was imported so, and may have names that we do not know */
};

/* Variables of one function call, comprehension or class body. Closures keep them by pointer. */
struct py_env {
    struct py_env *parent;        /* lexically around it; NULL: the module */
    const struct py_scope *scope; /* names of the values */
    struct py_dict *dict;         /* class body: its namespace; values is then unused */
    struct py_class *class;       /* class body: the class that is being made, or was */
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
    bool made; /* the statement is done */
    strings_t annotations;
    const struct py_node **annotation_nodes; /* one a name */
    size_t annotation_cap;
    struct py_env *env; /* of the body */
    struct py_module *module;
    /* Instances of a class with __init__() whose native base is not made yet are of the class's `raw` type,
     * which knows nothing of the native base: nothing can take them for what they are not. */
    struct py_class *raw;        /* of a class; NULL: not needed so far */
    const struct py_type *class; /* of a raw type: the class */
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
    size_t at;        /* next statement of the body */
    pyv value;        /* FOR: iterator, WITH: manager's __exit__, FINALLY: value or exception kept */
    pyv handled;      /* HANDLER, FINALLY: the exception that was handled before */
    const char *name; /* HANDLER: unbound at its end */
    const struct py_node *context; /* WITH: the manager's expression */
    bool guards;                   /* TRY, WITH: could catch what a database says */
};

struct py_frame {
    struct py_frame *back;
    struct py_module *module;
    struct py_env *env; /* NULL: the module's own level */
    const struct py_node *at;
    struct py_function *function;
    pyv self;                      /* first positional argument, for super() */
    pyv value;                     /* returned or yielded */
    pyv handled;                   /* the exception that an `except` is busy with */
    const struct py_node *waiting; /* the statement that yielded */
    pyv sent, thrown;              /* what comes in where it waits */
    pyv delegate;                  /* yield from */
    struct py_block *blocks;
    size_t nblocks, cap;
    struct py_block first[2];
};

#define PY_FREE_CLASSES 32

struct py {
    struct arena arena;
    struct py_options options;
    enum py_stop stop;
    pyv exception; /* PY_RAISED */
    uint64_t steps, steps_max;
    size_t memory_max;
    unsigned depth, depth_max;
    uintptr_t stack_end; /* the C stack may not reach below */
    struct py_frame *frame;
    struct py_module *main; /* of py_run_module() */
    VEC(struct py_module *) modules;
    struct py_module *builtins;
    const struct py_printing *printing; /* containers that repr() is in the midst of (py_repr.c) */
    struct py_generator *generators;
    strings_t absent; /* modules that the loader does not have */
    struct py_free {
        struct py_free *next;
    } * free[PY_FREE_CLASSES]; /* given back by calls that ended, by size in units of 16 bytes */
    struct err err;            /* what stopped it in other ways than an exception; stays the last member */
};

extern const struct py_type py_type_generator, py_type_lazy, py_type_placeholder;

/* --- py.c --- */
/* Go on after a refusal or an exception as if nothing had been; false: it was something else. */
bool py_forget(struct py *py);
void *py_stop_at(struct py *py, enum py_stop stop, int status, const char *fmt, ...) PRINTF(4, 5);
/* The innermost frame whose place an error is blamed on; NULL: none. */
const struct py_frame *py_place(const struct py *py);
/* What py_step() finds out when something is used up: false, and the program is stopped. */
bool py_step_slow(struct py *py);
/* One step further; to be asked wherever Python goes on or C recurses. */
static inline bool py_step(struct py *py)
{
    return (++py->steps <= py->steps_max && (uintptr_t)__builtin_frame_address(0) >= py->stack_end) ||
           py_step_slow(py);
}
void *py_take(struct py *py, size_t size); /* zeroed, or NULL and stopped; to be given back or forgotten */
void py_give(struct py *py, void *p, size_t size);

/* --- py_eval.c --- */
pyv py_eval(struct py *py, const struct py_node *node);
/* What a loop goes over: a set of constants is there in another order than as a value. */
pyv py_eval_iterable(struct py *py, const struct py_node *node);
pyv py_inplace(struct py *py, enum py_op op, pyv a, pyv b);
/* An iterator over what follows a *. callee: it is all the positional arguments of that call; or NULL. */
pyv py_eval_starred(struct py *py, pyv v, pyv callee);
int py_merge_mapping(struct py *py, pyv into, pyv from);

/* --- py_eval_call.c --- */
pyv py_eval_call(struct py *py, const struct py_node *node);
const char *py_callee_name(struct py *py, pyv callee); /* "module.function()", for errors */

/* --- py_name.c: names and targets --- */
pyv py_load(struct py *py, const struct py_node *name);
int py_store(struct py *py, const char *name, pyv value);
/* __x within a class C is _C__x. */
const char *py_mangled(struct py *py, const char *name);
int py_store_walrus(struct py *py, const char *name, pyv value);
int py_unbind(struct py *py, const char *name, bool must_exist);
int py_assign(struct py *py, const struct py_node *target, pyv value);
int py_delete(struct py *py, const struct py_node *target);
/* The items of v for n targets: exactly n, or with rest at least n; NULL and raised. */
pyv *py_unpack(struct py *py, pyv v, size_t n, bool rest, size_t *given);

/* --- py_statement.c, py_block.c: statements --- */
enum py_flow py_statement(struct py *py, struct py_frame *frame, const struct py_node *node);
/* Run until the frame is left or yields. It is py->frame meanwhile. */
enum py_flow py_frame_run(struct py *py, struct py_frame *frame);
struct py_block *py_block_push(struct py *py, struct py_frame *frame, enum py_block_kind kind,
                               const struct py_node *node, const py_nodes_t *body);
enum py_flow py_with_enter(struct py *py, struct py_frame *frame, const struct py_node *node);
void py_frame_done(struct py *py, struct py_frame *frame);
/* The yield that is the whole value of a statement, or NULL. */
const struct py_node *py_yield_of(const struct py_node *statement);
/* Go on where the frame yielded, with frame->sent or frame->thrown. */
enum py_flow py_resume(struct py *py, struct py_frame *frame);

/* --- py_match.c --- */
/* The body of the case that matches, NULL: none, or stopped. */
const py_nodes_t *py_match(struct py *py, const struct py_node *node);

/* --- py_comprehension.c, py_generator.c --- */
pyv py_comprehend(struct py *py, const struct py_node *node);
pyv py_generator_new(struct py *py, struct py_frame *frame);
/* What a generator returned, the first time that it is asked for after its end; None otherwise. */
pyv py_generator_result(pyv generator);
pyv py_generator_send(struct py *py, pyv generator, pyv value);
pyv py_generator_throw(struct py *py, pyv generator, pyv exception);
void py_generators_finish(struct py *py);

/* --- py_call.c --- */
pyv py_function_make(struct py *py, const struct py_node *node);
pyv py_function_call(struct py *py, struct py_function *f, pyv self, const struct py_args *args);
/* The call slots of functions, native functions and bound methods. */
pyv py_call_function(struct py *py, pyv callable, const struct py_args *args);
pyv py_call_native(struct py *py, pyv callable, const struct py_args *args);
pyv py_call_bound(struct py *py, pyv callable, const struct py_args *args);
int py_function_bind(struct py *py, struct py_function *f, struct py_env *env, pyv self,
                     const struct py_args *args);
struct py_env *py_env_new(struct py *py, struct py_env *parent, const struct py_scope *scope);
void py_env_done(struct py *py, struct py_env *env);
ptrdiff_t py_scope_find(const struct py_scope *scope, const char *name);
bool py_names_have(const py_names_t *names, const char *name);
/* args with v in front. */
struct py_args py_args_with(struct py *py, pyv v, const struct py_args *args);
pyv py_method_new(struct py *py, pyv function, pyv self);

/* --- py_class.c, py_instance.c, py_attribute.c, py_function.c, py_slot.c --- */
pyv py_class_statement(struct py *py, const struct py_node *node);
void py_class_annotate(struct py *py, struct py_env *body, const struct py_node *node);
pyv py_type_call(struct py *py, pyv type, const struct py_args *args);
/* __new__() and __init__() of what is native in the type's linearisation. */
pyv py_native_new(struct py *py, const struct py_type *type, const struct py_args *args);
int py_native_init(struct py *py, pyv self, const struct py_args *args);
/* The class of v, also while its __init__() is running. */
const struct py_type *py_class_of(pyv v);
static inline const struct py_type *py_type_of(pyv v)
{
    return (const struct py_type *)(const void *)v;
}
static inline pyv py_type_value(const struct py_type *type)
{
    return (pyv)(uintptr_t)&type->head; /* natives are constant, and nothing writes to them */
}
/* The type's linearisation: *at = 0 to begin with; NULL at the end. */
const struct py_type *py_mro_next(const struct py_type *type, size_t *at, const struct py_type *last);
struct py_found {
    pyv value;                   /* in a Python class's namespace, or */
    const struct py_def *def;    /* in a native type's table */
    const struct py_type *owner; /* where */
};
bool py_type_find(const struct py_type *type, const char *name, struct py_found *out);
/* The same, in what comes after `after` in type's linearisation. */
bool py_type_find_after(const struct py_type *type, const struct py_type *after, const char *name,
                        struct py_found *out);
/* What was found, as an attribute of v (an instance of type), or of the class when v is NULL. */
pyv py_bind_found(struct py *py, const struct py_found *found, pyv v, const struct py_type *type);
/* Special methods of native types as values: object.__init__, super().__setitem__ ... NULL: no such. */
pyv py_slot_method(struct py *py, const struct py_type *owner, const char *name, pyv self);

/* --- py_object.c --- */
/* The attribute, or NULL: stopped, or absent. Absent is no exception. */
pyv py_lookup(struct py *py, pyv v, const char *name);
pyv py_type_lookup(struct py *py, const struct py_type *type, const char *name);
/* A special method, looked up in the type and bound; NULL: absent (no exception), or stopped. */
pyv py_special_method(struct py *py, pyv v, const char *name);
/* StopIteration, with what a generator returned. */
pyv py_raise_stop(struct py *py, pyv iterator);
/* Put an attribute onto the object itself, whatever its class says; value NULL: take it away. */
int py_attrs_set(struct py *py, pyv v, const char *name, pyv value);
/* object.__setattr__() and object.__getattribute__(): past what the class defines of them. */
int py_setattr_native(struct py *py, pyv v, const char *name, pyv value);
pyv py_getattr_native(struct py *py, pyv v, const char *name);
bool py_type_vocabulary(const struct py_type *type); /* may know more than we do */
const struct py_type *py_slot_of(const struct py_type *type, size_t offset);

/* --- py_exception.c --- */
/* An exception of type or class `kind` (not a tuple)? 0, 1, -1 with TypeError. */
int py_exception_matches(struct py *py, pyv exception, pyv kind);
int py_raise_statement(struct py *py, const struct py_node *node);
bool py_handler_guards(const struct py_handler *handler);
/* Could it catch the builtin exception of this name? */
bool py_handler_catches(const struct py_handler *handler, const char *name);

/* --- py_module.c --- */
struct py_module *py_module_find(struct py *py, const char *name);
struct py_module *py_module_add(struct py *py, const char *name, const char *file);
struct py_source *py_module_source(struct py_module *module);
pyv py_module_global(struct py *py, struct py_module *module,
                     const char *name);                                        /* NULL: absent, or stopped */
pyv py_module_attr(struct py *py, struct py_module *module, const char *name); /* likewise */
bool py_module_binds(struct py *py, struct py_module *module,
                     const char *name);          /* found out without running it */
pyv py_builtin(struct py *py, const char *name); /* NULL: absent, or stopped */

/* --- py_unit.c: modules that run lazily --- */
/* Run what binds the name. *then: set when it had another value at the place where the module stands. */
int py_units_bind(struct py *py, struct py_module *module, const char *name, pyv *then);
bool py_units_have(struct py *py, struct py_module *module, const char *name);
/* Run one top-level statement of the module, by its number, unless it has run or is running. */
int py_unit_run(struct py *py, struct py_module *module, size_t unit);
int py_units_stars(struct py *py, struct py_module *module);
int py_module_body(struct py *py, struct py_module *module, const py_nodes_t *body);

/* --- py_import.c --- */
int py_import_statement(struct py *py, const struct py_node *node);
/* The module that `from ..x import` names in m; NULL: raised. */
const char *py_import_absolute(struct py *py, const struct py_module *m, const struct py_node *node);
/* Enter a module of the project that runs lazily; NULL: stopped, as when it cannot be read. */
struct py_module *py_module_read(struct py *py, const char *name, const char *file, struct slice text,
                                 bool is_package);
/* What an imported name stands for, now that it is used as `name` (NULL: unknown). */
pyv py_lazy_resolve(struct py *py, pyv lazy, const char *name);
/* A module of the project, NULL: there is none, or stopped. */
struct py_module *py_project_module(struct py *py, const char *name);
/* A name out of `from x import *` of the module; NULL: none, or stopped. */
pyv py_star_find(struct py *py, struct py_module *module, const char *name);
bool py_star_has(struct py *py, struct py_module *module, const char *name);
