/*
 * Types with code of their own: TypeDecorator, UserDefinedType and other classes that a project derives. What
 * they override is called when a type is rendered or a value becomes a literal.
 */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

struct hook {
    struct py *py;
    struct sa_type *self;
};

/* What was raised or refused stays with the interpreter; py_raise_err() leaves it as it is. */
static int raised(struct err *err)
{
    return ddl_fail(err, DDL_RAISED, "raised in Python");
}

static bool overrides(const struct sa_type *t, const char *method)
{
    const struct py_type *type = t->base.head.head.type;
    return type->mro && py_class_lookup(type, method);
}

static pyv call(struct py *py, struct sa_type *t, const char *method, pyv *args, size_t n)
{
    return py_call_method(py, (pyv)t, method, &(struct py_args){.pos = args, .npos = n});
}

static int hook_impl(const struct ddl_type *t, const struct ddl_dialect *d, const struct ddl_type **impl,
                     struct err *err)
{
    struct hook *h = t->hook_arg;
    *impl = t->item;
    if (!overrides(h->self, "load_dialect_impl")) {
        return 0;
    }
    if (d->kind != migration_of(h->py)->dialect->kind) {
        return err_set(err, ERR_REFUSED, "load_dialect_impl() for another dialect");
    }
    pyv dialect = live_dialect(h->py);
    pyv loaded = dialect ? call(h->py, h->self, "load_dialect_impl", &dialect, 1) : NULL;
    *impl = loaded ? vocab_type(h->py, loaded) : NULL;
    return *impl ? 0 : raised(err);
}

static int hook_spec(const struct ddl_type *t, const struct ddl_dialect *d, struct strbuf *out,
                     struct err *err)
{
    (void)d;
    struct hook *h = t->hook_arg;
    if (!overrides(h->self, "get_col_spec")) {
        return ddl_fail(err, DDL_ATTRIBUTE, "'%s' object has no attribute 'get_col_spec'",
                        h->self->base.head.head.type->name);
    }
    pyv text = call(h->py, h->self, "get_col_spec", NULL, 0);
    if (text && !py_is(text, &py_type_str)) {
        py_refuse(h->py, "get_col_spec() that gives %s", py_repr_of(h->py, text));
        text = NULL;
    }
    if (!text) {
        return raised(err);
    }
    struct slice s = py_text(text);
    strbuf_add(out, s.ptr, s.len);
    return 0;
}

static int hook_compile(const struct ddl_type *t, const struct ddl_dialect *d, struct strbuf *out, bool *done,
                        struct err *err)
{
    struct hook *h = t->hook_arg;
    struct py *py = h->py;
    pyv function;
    if (sa_compiles_find(py, h->self->base.head.head.type, d->name, &function) < 0) {
        return raised(err);
    }
    if (!function) {
        return 0;
    }
    pyv args[2] = {(pyv)h->self, sa_compiles_compiler(py)};
    pyv text = args[1] ? py_call(py, function, &(struct py_args){.pos = args, .npos = 2}) : NULL;
    if (text && !py_is(text, &py_type_str)) {
        py_refuse(py, "@compiles with a function that gives %s", py_repr_of(py, text));
        text = NULL;
    }
    if (!text) {
        return raised(err);
    }
    struct slice s = py_text(text);
    strbuf_add(out, s.ptr, s.len);
    *done = true;
    return 0;
}

static pyv value_of(struct py *py, const struct sql_value *v)
{
    if (v->origin) {
        return (pyv)v->origin;
    }
    switch (v->kind) { /* made in C */
    case SQL_VALUE_NULL:
        return &py_none;
    case SQL_VALUE_BOOL:
        return py_bool(v->integer);
    case SQL_VALUE_INT:
        return py_int_new(py, v->integer);
    case SQL_VALUE_FLOAT:
        return py_float_new(py, v->real);
    case SQL_VALUE_STR:
        return py_str_new(py, v->text);
    case SQL_VALUE_BYTES:
        return py_bytes_new(py, v->text);
    default:
        return std_from_value(py, v);
    }
}

static int hook_value(const struct ddl_type *t, const struct ddl_dialect *d, const struct sql_value *v,
                      bool live, struct sql_value *out, bool *text, bool *whole, struct err *err)
{
    (void)d;
    struct hook *h = t->hook_arg;
    static const char *const others[] = {"bind_expression", "literal_processor", "bind_processor"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (overrides(h->self, others[i])) {
            py_refuse(h->py, "values of the type %s with a %s() of its own",
                      h->self->base.head.head.type->name, others[i]);
            return raised(err);
        }
    }
    bool literal = !live && overrides(h->self, "process_literal_param");
    *out = *v;
    *text = literal;
    *whole = false;
    if (!literal && !overrides(h->self, "process_bind_param")) {
        return 0;
    }
    pyv args[2] = {value_of(h->py, v), live_dialect(h->py)};
    if (!args[0] || !args[1]) {
        return raised(err);
    }
    pyv made = call(h->py, h->self, literal ? "process_literal_param" : "process_bind_param", args, 2);
    if (made && vocab_value(h->py, made, out) == 0) {
        return 0;
    }
    if (!live && py_stopped(h->py) == PY_RAISED) {
        py_clear(h->py);
        return 1;
    }
    return raised(err);
}

static const struct ddl_type_hooks compiled = {.compile = hook_compile};

static struct hook *hook_new(struct py *py, struct sa_type *t)
{
    struct hook *h = py_alloc(py, sizeof(*h));
    if (h) {
        *h = (struct hook){py, t};
        t->ddl->hook_arg = h;
    }
    return h;
}

int sa_type_hook(struct py *py, struct sa_type *t)
{
    static const struct ddl_type_hooks plain = {.impl = hook_impl,
                                                .spec = hook_spec,
                                                .compile = hook_compile},
                                       values = {.impl = hook_impl,
                                                 .spec = hook_spec,
                                                 .value = hook_value,
                                                 .compile = hook_compile};
    static const char *const methods[] = {"bind_expression", "literal_processor", "bind_processor",
                                          "process_literal_param", "process_bind_param"};
    const struct py_type *type = t->base.head.head.type;
    t->ddl->hooks = sa_library_hooks(t->ddl->class->id);
    if (!type->mro) {
        return 0;
    }
    pyv visit = py_class_lookup(type, "__visit_name__");
    if (visit) {
        t->ddl->class = ddl_type_class_visited(py_arena(py), t->ddl->class, py_cstr(py, visit));
    }
    if (!hook_new(py, t)) {
        return -1;
    }
    struct ddl_type_hooks *derived = NULL; /* of a library's type: its values are treated as before */
    if (t->ddl->hooks) {
        derived = py_alloc(py, sizeof(*derived));
        if (!derived) {
            return -1;
        }
        *derived = plain;
        derived->value = t->ddl->hooks->value;
        if (t->ddl->hooks->spec && !overrides(t, "get_col_spec")) {
            derived->spec = t->ddl->hooks->spec;
        }
    }
    t->ddl->hooks = derived ? derived : &plain;
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        if (overrides(t, methods[i])) {
            t->ddl->hooks = &values;
        }
    }
    return 0;
}

int sa_type_settle(struct py *py, struct sa_type *t)
{
    t->ddl->wrapper = t;
    if (!t->base.head.head.type->mro) {
        if (!t->ddl->hooks && sa_compiles_any(py)) { /* @compiles may be about sqlalchemy's own classes */
            t->ddl->hooks = hook_new(py, t) ? &compiled : NULL;
        }
        return 0;
    }
    ((struct hook *)t->ddl->hook_arg)->self = t;
    pyv impl = t->base.head.attrs && ddl_type_is(t->ddl, DDL_TYPE_DECORATOR)
                   ? py_dict_get_str(py, (pyv)t->base.head.attrs, "impl")
                   : NULL;
    return impl && impl != t->rest ? sa_decorator_set_impl(py, t, impl) : 0;
}

/* --- TypeDecorator --- */

int sa_decorator_set_impl(struct py *py, struct sa_type *t, pyv impl)
{
    const struct ddl_type *type = vocab_type(py, impl);
    if (!type) {
        return -1;
    }
    struct py_dict **attrs = &t->base.head.attrs;
    if (!*attrs) {
        *attrs = (struct py_dict *)(void *)py_dict_new(py);
    }
    pyv before = t->rest, there = *attrs ? py_dict_get_str(py, (pyv)*attrs, "impl") : NULL;
    t->rest = vocab_type_wrap(py, type);
    t->ddl->item = type;
    if (!t->rest || !*attrs) {
        return -1;
    }
    /* The instance's comes before the class's, which may be no more than a class of types; what __init__()
     * has set before the type was made is looked at later. */
    return there && there != before ? 0 : py_dict_set_str(py, (pyv)*attrs, "impl", t->rest);
}

int sa_decorator_init(struct py *py, struct sa_type *t, const struct py_args *args)
{
    const struct py_type *type = t->base.head.head.type;
    if (!type->mro || !py_class_lookup(type, "impl")) {
        py_raise(py, "AssertionError",
                 "TypeDecorator implementations require a class-level variable 'impl' which refers to the "
                 "class of type being decorated");
        return -1;
    }
    pyv impl = py_getattr(py, (pyv)type, "impl");
    if (impl && py_is(impl, &py_type_type)) {
        impl = py_call(py, impl, args);
    }
    return impl ? sa_decorator_set_impl(py, t, impl) : -1;
}

pyv sa_decorator_load(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    struct sa_type *t = (struct sa_type *)self;
    if (!ddl_type_is(t->ddl, DDL_TYPE_DECORATOR)) {
        return py_raise(py, "AttributeError", "'%s' object has no attribute 'load_dialect_impl'",
                        self->type->name);
    }
    return t->ddl->item ? vocab_type_wrap(py, t->ddl->item)
                        : py_refuse(py, "a TypeDecorator whose __init__() was not called");
}

int sa_pickle_apply(struct py *py, struct sa_type *t)
{
    pyv impl = sa_type_argument(t, (size_t)sa_type_param(t, "impl"));
    return sa_decorator_set_impl(py, t, py_is_none(impl) ? (pyv)&sa_type_LARGE_BINARY : impl);
}

/* --- class statements --- */

/* What SQLAlchemy would ask of a class while it renders a type, and nothing here does. */
static const char *const unknown[] = {"_compiler_dispatch",
                                      "_gen_dialect_impl",
                                      "_static_cache_key",
                                      "__getattr__",
                                      "__getattribute__",
                                      "__setattr__",
                                      "__new__",
                                      "adapt",
                                      "adapt_to_emulated",
                                      "compile",
                                      "create",
                                      "dialect_impl",
                                      "drop",
                                      "type_engine",
                                      "with_variant",
                                      "_set_parent",
                                      "_set_table",
                                      "_on_table_create",
                                      "_on_table_drop",
                                      "_type_affinity",
                                      "impl_instance",
                                      "comparator_factory",
                                      "Comparator",
                                      "as_generic",
                                      "render_bind_cast",
                                      "render_literal_cast",
                                      "enums",
                                      "native_enum",
                                      "length",
                                      "precision",
                                      "scale",
                                      "timezone",
                                      "collation"};

int sa_type_subclass(struct py *py, struct py_type *type, const struct py_args *keywords)
{
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        if (type->dict && py_dict_get_str(py, (pyv)type->dict, unknown[i])) {
            py_refuse(py, "a column type %s with %s of its own", type->name, unknown[i]);
            return -1;
        }
    }
    pyv visit = py_class_lookup(type, "__visit_name__");
    if (visit && !py_is(visit, &py_type_str)) {
        py_refuse(py, "a column type %s with __visit_name__ %s", type->name, py_repr_of(py, visit));
        return -1;
    }
    if (keywords && keywords->nkw) {
        py_refuse(py, "a column type %s with class keywords", type->name);
        return -1;
    }
    return 0;
}
