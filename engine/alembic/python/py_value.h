/*
 * Values of the interpreter. A value is a `struct py_obj *`; its type says what follows the header. Values
 * live in the interpreter's arena until the revision is done: nothing is freed one by one.
 *
 * Functions that give a value return NULL when a Python exception was raised or the program was stopped
 * (py.h); functions that give an int return 0 or -1 for the same.
 */
#pragma once
#include "engine/alembic/python/py_ast.h"

struct py;
struct py_type;

struct py_obj {
    const struct py_type *type;
};
typedef struct py_obj *pyv;

/* Arguments of a call. Keyword names are unique. Everything lives as long as the interpreter. */
struct py_args {
    pyv *pos;
    size_t npos;
    const char **names;
    pyv *values;
    size_t nkw;
};
#define PY_NO_ARGS (&(const struct py_args){0})

typedef pyv py_native(struct py *py, pyv self, const struct py_args *args);

/* A row of a table of names: methods of a type, or members of a module. */
enum py_def_kind {
    PY_DEF_METHOD,       /* call: fn(self, args) */
    PY_DEF_PROPERTY,     /* read: fn(self, no args) */
    PY_DEF_CLASS_METHOD, /* self is the type object */
    PY_DEF_STATIC,       /* self NULL */
    PY_DEF_FUNCTION,     /* module member: a function */
    PY_DEF_TYPE,         /* module member: a type */
    PY_DEF_VALUE,        /* module member or class attribute: fn makes the value (called once a module) */
    PY_DEF_MODULE,       /* module member: another module, `doc` is its full name */
    PY_DEF_REFUSED,      /* known, but not run: `doc` says why, for the refusal */
};
struct py_def {
    const char *name;
    enum py_def_kind kind;
    py_native *fn;
    const struct py_type *type;
    const char *doc;
};

/* Types. Native ones are `static const`, so that threads share them; those made by a class statement live in
 * the arena. Every slot may be NULL: then the base's slot, and at the end Python's default. */
struct py_type {
    struct py_obj head;         /* .type = &py_type_type */
    const char *name;           /* "Column" */
    const char *module;         /* "sqlalchemy.sql.schema", "" for builtins */
    const struct py_type *base; /* native single inheritance, NULL: object. Of a class statement's type:
                                   the native type that gives the layout of its instances */
    const struct py_type *const *bases; /* class statement: all bases in order (else NULL) */
    size_t nbases;
    const struct py_type **mro; /* class statement: the linearisation, starting with itself (else NULL) */
    size_t nmro;
    const struct py_def *defs; /* methods, properties and class attributes of a native type; ends with {0} */
    struct py_dict *dict;      /* class statement: its namespace (else NULL) */
    const struct py_type *metatype; /* NULL: type */

    pyv (*construct)(struct py *, const struct py_type *type,
                     const struct py_args *); /* Type(...); `type` may be a
subclass made by a class statement: keep it in the object's header */
    pyv (*call)(struct py *, pyv self, const struct py_args *);
    pyv (*getattr)(struct py *, pyv self,
                   const char *name); /* before defs; NULL without a raised exception: go on looking */
    int (*setattr)(struct py *, pyv self, const char *name, pyv value); /* value NULL: delete */
    pyv (*type_getattr)(struct py *, const struct py_type *type,
                        const char *name); /* Type.name; as getattr */
    int (*repr)(struct py *, pyv self, struct strbuf *out);
    int (*str)(struct py *, pyv self, struct strbuf *out);
    int (*truth)(struct py *, pyv self);   /* 0, 1, -1 */
    int64_t (*len)(struct py *, pyv self); /* -1 */
    pyv (*getitem)(struct py *, pyv self, pyv key);
    int (*setitem)(struct py *, pyv self, pyv key, pyv value); /* value NULL: delete */
    int (*contains)(struct py *, pyv self, pyv item);          /* 0, 1, -1 */
    pyv (*iter)(struct py *, pyv self);
    pyv (*next)(struct py *, pyv self);                    /* NULL without a raised exception: no more */
    pyv (*unary)(struct py *, enum py_op op, pyv operand); /* &py_not_implemented: not for this operand */
    pyv (*binary)(struct py *, enum py_op op, pyv left, pyv right); /* arithmetic and bit operators; asked of
                                    the left  operand's type, then of the right's; self may be either */
    pyv (*compare)(struct py *, enum py_op op, pyv left,
                   pyv right); /* EQ NE LT LE GT GE. Left
is of this type: of the right operand's type `5 < v` is asked as `v > 5` */
    int (*hash)(struct py *, pyv self, uint64_t *out);
    /* Instances do not begin with struct py_instance (str, dict, iterators): see py_attrs(). Counts for
     * native subtypes and classes made of it as well. */
    bool plain;
    /* A class statement names this type as a base: look at the namespace (Enum, DeclarativeBase). A type of
     * the vocabulary without one, its own or inherited, cannot be subclassed: the class statement is refused.
     * Exceptions and builtins need none. */
    int (*init_subclass)(struct py *, struct py_type *type, const struct py_args *class_keywords);
};
#define PY_TYPE_HEAD                                                                                         \
    {                                                                                                        \
        .type = &py_type_type                                                                                \
    }

/* The layout of everything that has attributes set: native structs begin with it, or their type says that it
 * is `plain`. */
struct py_instance {
    struct py_obj head;
    struct py_dict *attrs; /* NULL until one is set */
};
/* Where v keeps its attributes (the dict is NULL until one is set): in struct py_instance; for an instance of
 * a class that was made of a plain type (class A(str)) in front of the header, where py_object_new() leaves
 * room. NULL: v takes no attributes. */
struct py_dict **py_attrs(pyv v);
size_t py_object_size(pyv v); /* of an instance of a class statement's type, as py_object_new() was told */

struct py_int {
    struct py_obj head;
    int64_t value;
};
struct py_float {
    struct py_obj head;
    double value;
};
struct py_str {
    struct py_obj head;
    struct slice text;
    int64_t
        nchars;    /* in a text that is not empty 0: not counted yet; so a zeroed struct needs `text` alone */
    uint64_t hash; /* 0: not computed yet */
    struct py_str_tail *tail; /* room behind the text, for `s += x` in loops; NULL: none */
};
struct py_bytes {
    struct py_obj head;
    struct slice data;
};
struct py_list {
    struct py_obj head;
    pyv *items;
    size_t n, cap;
}; /* list and tuple */
struct py_dict_entry {
    pyv key, value;
    uint64_t hash;
}; /* key NULL: deleted */
struct py_dict {
    struct py_obj head;
    struct py_dict_entry *entries;
    size_t n /* slots used */, cap, live;
    uint32_t *index; /* NULL while small; slot + 1 of an entry, 0: free */
    size_t nindex /* power of two */, nfilled;
    const void *extra;
};
struct py_set {
    struct py_obj head;
    struct py_dict *dict;       /* members in order of insertion, as keys */
    struct py_set_order *order; /* of numbers, as CPython's; NULL: none were put in so far, or unordered */
    bool unordered;             /* has or had members whose order differs in every run of Python */
};                              /* set and frozenset; py_iter() gives the order that programs see */
struct py_slice {
    struct py_obj head;
    pyv start, stop, step;
};
struct py_module {
    struct py_obj head;
    const char *name;
    const char *file;
    struct py_dict *dict;
    const void *private;
};

extern const struct py_type py_type_type, py_type_object, py_type_none, py_type_bool, py_type_int,
    py_type_float, py_type_str, py_type_bytes, py_type_list, py_type_tuple, py_type_dict, py_type_set,
    py_type_frozenset, py_type_slice, py_type_range, py_type_module, py_type_function, py_type_native,
    py_type_method, py_type_ellipsis, py_type_not_implemented, py_type_property, py_type_staticmethod,
    py_type_classmethod, py_type_super;
extern struct py_obj py_none, py_ellipsis, py_not_implemented; /* compare by address */
extern struct py_int py_bools[2];
#define py_false (py_bools[0].head)
#define py_true  (py_bools[1].head)

/*
 * What the parts may rely on (py_object.c):
 * - Operations that a type of the vocabulary (module is not "") has no slot for, and attributes that it does
 *   not know, are refused and not raised as TypeError or AttributeError: the real thing may have them.
 *   Builtin types have module "" and list what they lack as PY_DEF_REFUSED.
 * - Setting an attribute of a native object without a setattr slot is refused.
 * - binary and compare slots give &py_not_implemented for an operand that they do not know, also where
 *   Python's message is a special one ("can only concatenate str ..."): the dispatch words it.
 * - A native that returns a value while the program is stopped is taken to have failed.
 */

/* --- making values (never fail, but for the memory limit, which stops the program: then NULL) --- */
pyv py_int_new(struct py *py, int64_t value);
pyv py_float_new(struct py *py, double value);
pyv py_str_new(struct py *py, struct slice text);    /* copied */
pyv py_str_borrow(struct py *py, struct slice text); /* text lives as long as the interpreter */
pyv py_str_of(struct py *py, const char *text);      /* copied; NULL gives None */
pyv py_str_printf(struct py *py, const char *fmt, ...) PRINTF(2, 3);
pyv py_bytes_new(struct py *py, struct slice data);
static inline pyv py_bool(bool value)
{
    return value ? &py_true : &py_false;
}
pyv py_list_new(struct py *py);
pyv py_tuple_new(struct py *py, pyv const *items, size_t n);
pyv py_dict_new(struct py *py);
pyv py_set_new(struct py *py);
/* The type that supplies a slot for instances of `type`: itself, a base, or NULL: PY_SLOT(type, repr)->repr.
 */
#define PY_SLOT(type, slot) py_slot((type), offsetof(struct py_type, slot))
const struct py_type *py_slot(const struct py_type *type, size_t offset);
void *py_object_new(struct py *py, const struct py_type *type,
                    size_t size); /* zeroed; header set; size includes it */
/* As arena_alloc(py_arena(py), size), but counted against the memory limit: NULL when the program was
 * stopped. */
void *py_alloc(struct py *py, size_t size);
void *py_alloc_array(struct py *py, size_t n, size_t size);
pyv py_function_new(struct py *py, const char *name, py_native *fn,
                    pyv self); /* a native function; self may be NULL */

/* --- looking at values --- */
bool py_is(pyv v, const struct py_type *type);                           /* isinstance, subclasses included */
bool py_type_is(const struct py_type *type, const struct py_type *base); /* issubclass */
static inline bool py_is_none(pyv v)
{
    return v == &py_none;
}
/* The C struct behind the value, or NULL when it is of another type (subclasses included). */
#define PY_AS(name, v) ((struct py_##name *)(py_is((v), &py_type_##name) ? (void *)(v) : NULL))
struct slice
py_text(pyv str); /* of a str (also of subclasses such as op.f names); else empty with ptr NULL */
const char *
py_cstr(struct py *py,
        pyv str); /* NUL-terminated text of a str, in the arena; NULL for None and for other types */
bool py_as_int(pyv v, int64_t *out); /* int and bool; false otherwise */

/* --- operations with Python's semantics --- */
int py_truth(struct py *py, pyv v);        /* 0, 1, -1 */
int py_equal(struct py *py, pyv a, pyv b); /* a == b as a bool: 0, 1, -1 */
int py_hash(struct py *py, pyv v, uint64_t *out);
int py_repr(struct py *py, pyv v, struct strbuf *out);
int py_str(struct py *py, pyv v, struct strbuf *out);
const char *py_repr_of(struct py *py, pyv v); /* for messages; at most 200 bytes; never NULL */
int64_t py_len(struct py *py, pyv v);
pyv py_getattr(struct py *py, pyv v, const char *name); /* raises AttributeError */
/* As getattr(v, name, None) but NULL without an exception when there is none; *failed on another exception.
 */
pyv py_find_attr(struct py *py, pyv v, const char *name, bool *failed);
int py_setattr(struct py *py, pyv v, const char *name, pyv value);
pyv py_getitem(struct py *py, pyv v, pyv key);
int py_setitem(struct py *py, pyv v, pyv key, pyv value);
pyv py_call(struct py *py, pyv callable, const struct py_args *args);
pyv py_call1(struct py *py, pyv callable, pyv arg);
pyv py_call_method(struct py *py, pyv v, const char *name, const struct py_args *args);
pyv py_iter(struct py *py, pyv v);
pyv py_next(struct py *py, pyv iterator);          /* NULL without a raised exception: no more */
pyv py_next_or_raise(struct py *py, pyv iterator); /* as next(): StopIteration with its value at the end */
pyv py_listed(struct py *py, pyv iterable);        /* list(iterable): a fresh list */
pyv py_binary(struct py *py, enum py_op op, pyv a, pyv b);
pyv py_unary(struct py *py, enum py_op op, pyv a);
pyv py_compare(struct py *py, enum py_op op, pyv a, pyv b); /* also IS, IN and their negations */
int py_contains(struct py *py, pyv container, pyv item);
pyv py_format(struct py *py, pyv v, struct slice spec); /* format(v, spec) */
pyv py_percent(struct py *py, pyv format, pyv args);    /* str % args */
/* A special method ("__repr__") that a class statement among v's type's bases defines, bound to v; NULL
 * without an exception when none does. Slots and defs of native types are not looked at: they are asked next.
 */
pyv py_dunder(struct py *py, pyv v, const char *name);
const struct py_def *py_type_def(const struct py_type *type,
                                 const char *name); /* in native defs, bases included */

/* --- containers --- */
int py_list_append(struct py *py, pyv list, pyv item);
pyv py_dict_get(struct py *py, pyv dict, pyv key);             /* NULL without an exception: absent */
pyv py_dict_get_str(struct py *py, pyv dict, const char *key); /* never raises */
int py_dict_set(struct py *py, pyv dict, pyv key, pyv value);
int py_dict_set_str(struct py *py, pyv dict, const char *key, pyv value);
int py_dict_del(struct py *py, pyv dict, pyv key); /* 1: was there, 0: was not, -1 */
/* Entries in order of insertion: start with *at = 0; false at the end. */
bool py_dict_next(pyv dict, size_t *at, pyv *key, pyv *value);
size_t py_dict_len(pyv dict);
int py_set_add(struct py *py, pyv set, pyv item);

/* --- classes made by class statements --- */
/* An attribute of the class or of a Python class among its bases, raw: nothing is bound. NULL: absent. */
pyv py_class_lookup(const struct py_type *type, const char *name);
/* Names annotated in the class statement's own body, in order. */
const strings_t *py_class_annotations(const struct py_type *type);
/* The annotation, evaluated now. NULL with an exception. */
pyv py_class_annotation(struct py *py, const struct py_type *type, const char *name);
/* How many positional parameters a Python function has, or -1 for other values. */
int py_function_arity(pyv function);

/* --- arguments of native functions --- */
enum py_arg_flags {
    PY_ARG_REQUIRED = 1 << 0,
    PY_ARG_KEYWORD = 1 << 1, /* keyword only */
};
struct py_arg {
    const char *name;
    unsigned flags;
};
/* Bind by a table that ends with {0}: out[i] is the value of row i, NULL when it was not given (None is
 * &py_none). rest: extra positional arguments as a list, kw: extra keywords as a dict; NULL: extra ones raise
 * TypeError as Python words it. */
int py_bind(struct py *py, const char *function, const struct py_args *args, const struct py_arg *table,
            pyv *out, pyv *rest, pyv *kw);
