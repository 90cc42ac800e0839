/*
 * Types as Python sees them: what the sa_type*.c files share. An object keeps the arguments it was made with;
 * the ddl_type behind it is made of them, again when one is assigned to.
 */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

enum sa_param_kind { SA_OTHER /* kept, no part of DDL */, SA_INT, SA_BOOL, SA_TEXT };
struct sa_param {
    const char *name;
    unsigned flags; /* enum py_arg_flags */
    enum sa_param_kind kind;
    size_t offset; /* in struct ddl_type, unless SA_OTHER */
    char initial;  /* default: 'N'one, 'F'alse, 'T'rue */
};

struct sa_type;
struct sa_signature {
    const char *function; /* as messages have it: "String.__init__" */
    const struct sa_param *params;
    size_t nparams;
    /* Takes any positional arguments and keywords (Enum, TypeDecorator): binds them itself. */
    int (*init)(struct py *py, struct sa_type *t, const struct py_args *args);
    /* After the fields are set from the parameters; may be NULL. */
    int (*apply)(struct py *py, struct sa_type *t);
};
#define SA_MAX_PARAMS 20

struct sa_type {
    struct py_sqltype base; /* base.type == ddl */
    struct ddl_type *ddl;
    const struct sa_signature *signature;
    pyv *values; /* one a parameter; NULL: not given */
    pyv rest;    /* Enum, SET: the values as a list; TypeDecorator: its impl */
    pyv enum_class;
};

/* --- sa_type_class.c: classes --- */
#define SA_TYPE_CLASS(id, name, module, kind, affinity, base, signature)                                     \
    extern const struct py_type sa_type_##id;
#define sa_type_ENGINE py_type_sqltype
DDL_TYPE_CLASSES(SA_TYPE_CLASS)
#undef SA_TYPE_CLASS
const struct py_type *sa_type_class(enum ddl_type_id id);
/* Of a class or a class made of it; DDL_TYPE_NONE: no column type. */
enum ddl_type_id sa_type_id(const struct py_type *type);

/* --- sa_type_new.c: constructors --- */
const struct sa_signature *sa_type_signature(enum ddl_type_id id);
pyv sa_type_construct(struct py *py, const struct py_type *type, const struct py_args *args);
int sa_type_apply(struct py *py, struct sa_type *t);
/* Parameter by name: its place, or -1. */
int sa_type_param(const struct sa_type *t, const char *name);
pyv sa_type_argument(const struct sa_type *t, size_t i); /* given, or the default */
struct sa_type *sa_type_alloc(struct py *py, const struct py_type *type, enum ddl_type_id id);
struct sa_type *sa_type_copy(struct py *py, struct sa_type *t);
/* A ddl_type made in C as an object of its class. */
struct sa_type *sa_type_of(struct py *py, const struct ddl_type *t);

/* --- sa_type_enum.c --- */
int sa_enum_init(struct py *py, struct sa_type *t, const struct py_args *args);
int sa_enum_apply(struct py *py, struct sa_type *t);
int sa_set_init(struct py *py, struct sa_type *t, const struct py_args *args);
int sa_domain_apply(struct py *py, struct sa_type *t);
pyv sa_named_create(struct py *py, pyv self, const struct py_args *args); /* Enum.create(bind, checkfirst) */
pyv sa_named_drop(struct py *py, pyv self, const struct py_args *args);

/* --- sa_type_decorator.c: TypeDecorator, UserDefinedType, and classes of the project --- */
int sa_decorator_init(struct py *py, struct sa_type *t, const struct py_args *args);
int sa_decorator_set_impl(struct py *py, struct sa_type *t, pyv impl);
int sa_pickle_apply(struct py *py, struct sa_type *t);
int sa_type_subclass(struct py *py, struct py_type *type, const struct py_args *keywords);
int sa_type_hook(struct py *py, struct sa_type *t); /* sets ddl->hooks when the class has code of its own */
/* Before the type is used: the object may have moved since it was constructed (an __init__() of the project),
 * and may have been given an impl in passing. */
int sa_type_settle(struct py *py, struct sa_type *t);
pyv sa_decorator_load(struct py *py, pyv self, const struct py_args *args); /* load_dialect_impl() */

/* --- sa_compiles.c: @compiles(Type, "sqlite") --- */
extern const struct py_def sa_compiles_defs[];
bool sa_compiles_any(struct py *py);
/* The function for the type on the dialect; NULL: none. */
int sa_compiles_find(struct py *py, const struct py_type *type, const char *dialect, pyv *function);
pyv sa_compiles_compiler(struct py *py); /* what the function is given as compiler */

/* --- sa_type_attr.c: attributes, methods, texts --- */
pyv sa_type_getattr(struct py *py, pyv self, const char *name);
int sa_type_setattr(struct py *py, pyv self, const char *name, pyv value);
int sa_type_repr(struct py *py, pyv self, struct strbuf *out);
int sa_type_str(struct py *py, pyv self, struct strbuf *out);
extern const struct py_def sa_engine_defs[];

/* --- sa_type_library.c: types of other packages --- */
const struct py_module_def *sa_library_module(const char *name);
const struct sa_signature *sa_library_signature(enum ddl_type_id id);
const struct ddl_type_hooks *sa_library_hooks(enum ddl_type_id id); /* NULL: none */
