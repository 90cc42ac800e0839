/*
 * One interpreter: runs the Python of one revision file (and of the project's modules that it names) within
 * limits, without files, network or processes. What it cannot run it refuses with the place; it never
 * guesses.
 *
 * An interpreter is used by one thread, with 512 KiB of stack left at least. Everything it makes lives until
 * py_free().
 */
#pragma once
#include "engine/alembic/python/py_value.h"

/* How a program ends otherwise than by its last statement. */
enum py_stop {
    PY_RUNNING,
    PY_RAISED,     /* a Python exception: can be caught by `except` */
    PY_REFUSED,    /* something the interpreter does not run: cannot be caught */
    PY_NEEDS_LIVE, /* needs rows or the schema of a live database, and there is none: cannot be caught */
    PY_LIMIT,      /* too many steps, too much memory, too deep: cannot be caught */
    PY_FAILED      /* the host failed (a statement in live mode failed and the error is no Python matter) */
};

struct py_limits {  /* zero: the default in brackets */
    uint64_t steps; /* evaluated nodes (50 million) */
    size_t memory;  /* bytes (512 MiB) */
    unsigned depth; /* calls within calls (400); the parser limits nesting by itself */
    size_t stack;   /* bytes of the C stack, from where Python was entered (384 KiB) */
};

/* Finds and reads modules of the project. */
struct py_loader {
    void *arg;
    /* The text of the module `name` ("app.models.user"), or found = false. is_package: its file is an
     * __init__.py. Texts live as long as the interpreter. */
    int (*find)(void *arg, const char *name, bool *found, bool *is_package, const char **file,
                struct slice *text, struct err *err);
};

struct py_options {
    struct py_limits limits;
    struct py_loader loader;
    void *host;                                  /* what the vocabulary works on: struct migration */
    void (*print)(void *arg, struct slice text); /* print() and logging; NULL: dropped */
    void *print_arg;
    /* Modules written in Python that come before those of the vocabulary; NULL: none. NULL from it: no such.
     */
    const char *(*source)(const char *name);
};

struct py *py_new(const struct py_options *options);
void py_free(struct py *py); /* accepts NULL */
void *py_host(struct py *py);
struct arena *py_arena(struct py *py);

/* Run a module's top level. Names imported but not used cost nothing: a module that is neither vocabulary
 * nor found is a placeholder, and using it refuses. The module of a revision runs as a whole; the project's
 * own modules run lazily: only the statements that bind the names asked for. */
int py_run_module(struct py *py, const char *name, const struct py_node *tree, const char *file,
                  struct slice text, pyv *module);
/* Import by dotted name, as `import a.b.c` binds it for asname: the module a.b.c itself. */
pyv py_import(struct py *py, const char *name);
/* A module as far as it was imported; NULL without an exception when it was not. */
pyv py_module_get(struct py *py, const char *name);

/* --- raising and stopping; each returns NULL so that a native can `return py_raise(...)` --- */
void *py_raise(struct py *py, const char *exception, const char *fmt, ...)
    PRINTF(3, 4); /* by builtin name, or "module.Name" of the vocabulary */
void *py_raise_value(struct py *py, pyv exception);
void *py_refuse(struct py *py, const char *fmt, ...)
    PRINTF(2, 3); /* "op.sync_enum_values() is a plug-in's operation" */
void *py_needs_live(struct py *py, const char *fmt, ...) PRINTF(2, 3); /* "reads rows" */
void *py_fail(struct py *py, const struct err *err);
/* Raise what a function below said in err: as `exception` when err->status is ERR_FILE; ERR_REFUSED refuses.
 */
void *py_raise_err(struct py *py, const char *exception, const struct err *err);
enum py_stop py_stopped(const struct py *py);
pyv py_raised(struct py *py); /* the exception in flight, NULL: none */
void py_clear(struct py *py); /* forget it */
/* Fill err with what stopped the program: file, line, column and excerpt of the innermost place in Python,
 * "ValueError: ..." or the refusal, with a hint. Returns err->status: ERR_FILE for a raised exception or a
 * limit, ERR_REFUSED for a refusal and PY_NEEDS_LIVE. */
int py_error(struct py *py, struct err *err);
/* Where Python is just now, for statements' line numbers in the revision's own file (the outermost frame in
 * the file that py_run_module ran); 0: nowhere. */
int py_line(struct py *py);
const char *py_file(struct py *py); /* of the innermost frame */

/* Natives that work long or allocate much at once ("x" * 10**9, sum(range(10**9))) say so beforehand: false
 * when that goes beyond the limits, and the program is stopped. */
bool py_spend(struct py *py, uint64_t steps, size_t bytes);
/* One level deeper and back, for natives that recurse over values (repr, ==, hash); false: too deep, raised
 * as RecursionError; then no py_leave(). */
bool py_enter(struct py *py);
void py_leave(struct py *py);

/* Depth of `try` blocks with handlers that could catch what a database says, around the running code. A
 * statement emitted inside one may fail and be caught: the SQL cannot be known before it runs. */
unsigned py_guarded(const struct py *py);

/* --- vocabulary (vocab.c) --- */
struct py_module_def {
    const char *name; /* "sqlalchemy.dialects.postgresql" */
    const struct py_def *const
        *parts; /* tables, each ends with {0}; the list ends with NULL; the first that knows a name wins */
    pyv (*getattr)(struct py *py,
                   const char *name); /* names no table knows; may be NULL; NULL without exception: unknown */
};
/* NULL: not in the vocabulary. A package ("sqlalchemy") of which only submodules are asked is one too. */
const struct py_module_def *vocab_module(const char *name);
/* Names known everywhere: int, len, print, ...; exceptions are in a table of their own. Ends with {0}. */
extern const struct py_def std_builtins[];
/* The text of a module of the standard library that is written in Python; NULL: none. It runs as lazily as
 * the project's own modules do. */
const char *vocab_source(const char *name);
/* An exception class of the vocabulary or builtins by name; NULL: unknown. */
const struct py_type *py_exception_type(struct py *py, const char *name);
extern const struct py_type py_type_ordinary_exception; /* Exception: what libraries' own derive from */
extern const struct py_type py_type_exception;          /* BaseException's instances: struct py_exception */
struct py_exception {
    struct py_instance head;
    pyv args; /* tuple */
    pyv cause;
    const char *file;
    int line, column; /* where it was raised */
};
