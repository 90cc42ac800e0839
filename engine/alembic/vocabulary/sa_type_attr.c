/* What Python code does with a type: read and assign attributes, with_variant(), copy(), repr(), str(). */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

/* --- attributes --- */

static bool is_decorator(const struct sa_type *t)
{
    return ddl_type_is(t->ddl, DDL_TYPE_DECORATOR);
}

static pyv python_type(struct py *py, const struct sa_type *t)
{
    const struct py_type *type = NULL;
    switch (t->ddl->class->affinity) {
    case AFFINITY_INTEGER:
        type = &py_type_int;
        break;
    case AFFINITY_STRING:
        type = &py_type_str;
        break;
    case AFFINITY_BOOLEAN:
        type = &py_type_bool;
        break;
    case AFFINITY_BINARY:
        type = &py_type_bytes;
        break;
    case AFFINITY_JSON:
        type = &py_type_dict;
        break;
    case AFFINITY_ARRAY:
        type = &py_type_list;
        break;
    default:
        return py_refuse(py, "python_type of a %s", t->ddl->class->name);
    }
    return (pyv)type;
}

static pyv computed(struct py *py, struct sa_type *t, const char *name)
{
    bool enumerated = ddl_type_is(t->ddl, DDL_TYPE_ENUM_GENERIC);
    if (strcmp(name, "python_type") == 0) {
        return python_type(py, t);
    }
    if (strcmp(name, "should_evaluate_none") == 0) {
        return py_bool(t->ddl->should_evaluate_none);
    }
    if (enumerated && strcmp(name, "enums") == 0) {
        return py_listed(py, t->rest);
    }
    if (enumerated && strcmp(name, "enum_class") == 0) {
        return t->enum_class ? t->enum_class : &py_none;
    }
    if (t->ddl->class->id == DDL_TYPE_MY_SET && strcmp(name, "values") == 0) {
        struct py_list *l = (struct py_list *)t->rest;
        return py_tuple_new(py, l->items, l->n);
    }
    if (ddl_type_is(t->ddl, DDL_TYPE_UUID_GENERIC) &&
        (strcmp(name, "length") == 0 || strcmp(name, "collation") == 0)) {
        return &py_none;
    }
    if ((enumerated || ddl_type_is(t->ddl, DDL_TYPE_PG_NAMED) ||
         ddl_type_is(t->ddl, DDL_TYPE_BOOLEAN_GENERIC)) &&
        (strcmp(name, "create") == 0 || strcmp(name, "drop") == 0)) {
        return py_function_new(py, name, *name == 'c' ? sa_named_create : sa_named_drop, (pyv)t);
    }
    return NULL;
}

/* Parameters whose value is not what was given. */
static pyv settled(struct py *py, const struct sa_type *t, const char *name, pyv given)
{
    if (strcmp(name, "name") == 0) {
        return py_str_of(py, t->ddl->name.text);
    }
    if (strcmp(name, "length") == 0) {
        return t->ddl->length < 0 ? &py_none : py_int_new(py, t->ddl->length);
    }
    if (strcmp(name, "schema") == 0) {
        return py_str_of(py, t->ddl->schema);
    }
    if (strcmp(name, "collation") == 0) {
        return py_str_of(py, t->ddl->collation);
    }
    if (strcmp(name, "item_type") == 0 || strcmp(name, "data_type") == 0) {
        return vocab_type_wrap(py, t->ddl->item);
    }
    if (strcmp(name, "national") == 0) {
        return py_bool(t->ddl->national);
    }
    return given;
}

pyv sa_type_getattr(struct py *py, pyv self, const char *name)
{
    struct sa_type *t = (struct sa_type *)self;
    const struct py_type *type = self->type;
    if (type->mro && py_class_lookup(type, name)) {
        return NULL;
    }
    if (is_decorator(t) && (strcmp(name, "impl") == 0 || strcmp(name, "impl_instance") == 0)) {
        return t->rest ? t->rest : t->ddl->item ? vocab_type_wrap(py, t->ddl->item) : NULL;
    }
    int at = sa_type_param(t, name);
    if (at >= 0) {
        return settled(py, t, name, sa_type_argument(t, (size_t)at));
    }
    pyv v = computed(py, t, name);
    if (v || py_stopped(py) != PY_RUNNING || !is_decorator(t) || !t->rest || *name == '_' ||
        py_type_def(type, name)) {
        return v;
    }
    if (t->base.head.attrs && py_dict_get_str(py, (pyv)t->base.head.attrs, name)) {
        return NULL;
    }
    return py_getattr(py, t->rest, name); /* TypeDecorator asks its impl for what it does not know */
}

static int store(struct py *py, struct sa_type *t, const char *name, pyv value)
{
    if (!t->base.head.attrs) {
        t->base.head.attrs = (struct py_dict *)py_dict_new(py);
    }
    pyv dict = (pyv)t->base.head.attrs;
    if (!dict) {
        return -1;
    }
    if (value) {
        return py_dict_set_str(py, dict, name, value);
    }
    pyv key = py_str_of(py, name);
    int there = key ? py_dict_del(py, dict, key) : -1;
    if (there == 0) {
        py_raise(py, "AttributeError", "%s", name);
    }
    return there == 1 ? 0 : -1;
}

int sa_type_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    struct sa_type *t = (struct sa_type *)self;
    bool own = self->type->mro != NULL; /* a class of the project may call its attributes as it likes */
    if (is_decorator(t) && strcmp(name, "impl") == 0 && value) {
        return sa_decorator_set_impl(py, t, value);
    }
    int at = sa_type_param(t, name);
    if (at >= 0 && value) {
        t->values[at] = value;
        return sa_type_apply(py, t);
    }
    if (at >= 0 || (!own && (*name == '_' || strcmp(name, "enums") == 0 || py_type_def(self->type, name))) ||
        (own && strncmp(name, "_", 1) == 0 && strcmp(name, "_variant_mapping") == 0)) {
        py_refuse(py, "assigning to .%s of a %s", name, self->type->name);
        return -1;
    }
    return store(py, t, name, value);
}

/* --- methods --- */

static pyv copy(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    return (pyv)sa_type_copy(py, (struct sa_type *)self);
}

static pyv evaluates_none(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    struct sa_type *t = sa_type_copy(py, (struct sa_type *)self);
    if (t) {
        t->ddl->should_evaluate_none = true;
    }
    return (pyv)t;
}

static int check_variants(struct py *py, const struct sa_type *t, const struct py_list *dialects)
{
    for (size_t i = 0; i < dialects->n; i++) {
        const char *name = py_cstr(py, dialects->items[i]);
        if (!name) {
            py_refuse(py, "with_variant() for %s", py_repr_of(py, dialects->items[i]));
            return -1;
        }
        for (size_t k = 0; k < t->ddl->nvariants; k++) {
            if (strcmp(t->ddl->variants[k].dialect, name) == 0) {
                struct strbuf b = STRBUF_INIT;
                py_repr(py, (pyv)t, &b);
                py_raise(py, "sqlalchemy.exc.ArgumentError",
                         "Dialect '%s' is already present in the mapping for this %s", name, strbuf_cstr(&b));
                strbuf_release(&b);
                return -1;
            }
        }
    }
    return 0;
}

static pyv with_variant(struct py *py, pyv self, const struct py_args *args)
{
    struct sa_type *t = (struct sa_type *)self;
    pyv out[2] = {NULL}, rest = NULL;
    static const struct py_arg table[] = {{"type_", PY_ARG_REQUIRED}, {0}};
    if (py_bind(py, "TypeEngine.with_variant", args, table, out, &rest, NULL) < 0) {
        return NULL;
    }
    struct py_list *dialects = (struct py_list *)rest;
    if (!dialects || dialects->n == 0) {
        return py_raise(py, "sqlalchemy.exc.ArgumentError", "At least one dialect name is required");
    }
    if (check_variants(py, t, dialects) < 0) {
        return NULL;
    }
    const struct ddl_type *type = vocab_type(py, out[0]);
    if (type && type->nvariants) {
        return py_raise(
            py, "sqlalchemy.exc.ArgumentError",
            "can't pass a type that already has variants as a dialect-level type to with_variant()");
    }
    struct sa_type *new = type ? sa_type_copy(py, t) : NULL;
    if (!new) {
        return NULL;
    }
    size_t n = t->ddl->nvariants;
    new->ddl->variants = py_alloc_array(py, n + dialects->n, sizeof(*new->ddl->variants));
    if (!new->ddl->variants) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        new->ddl->variants[i] = t->ddl->variants[i];
    }
    for (size_t i = 0; i < dialects->n; i++) {
        new->ddl->variants[n + i] = (struct ddl_type_variant){py_cstr(py, dialects->items[i]), type};
    }
    new->ddl->nvariants = n + dialects->n;
    return (pyv) new;
}

static const struct ddl_dialect *dialect_of(struct py *py, pyv dialect)
{
    bool failed = false;
    pyv name = py_find_attr(py, dialect, "name", &failed);
    const char *text = name ? py_cstr(py, name) : NULL;
    const struct ddl_dialect *own = migration_of(py)->dialect, *d = text ? ddl_dialect_find(text) : NULL;
    if (!d && !failed) {
        py_refuse(py, "a type for the dialect %s", py_repr_of(py, dialect));
    }
    return d && d->kind == own->kind ? own : d;
}

static pyv compile(struct py *py, pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{.name = "dialect"}, {0}};
    if (py_bind(py, "TypeEngine.compile", args, table, out, NULL, NULL) < 0) {
        return NULL;
    }
    struct strbuf b = STRBUF_INIT;
    struct err err = {0};
    if (!out[0] || py_is_none(out[0])) {
        ddl_type_str(&b, ((struct sa_type *)self)->ddl);
    } else {
        const struct ddl_dialect *d = dialect_of(py, out[0]);
        if (!d || ddl_type_render(&b, d, ((struct sa_type *)self)->ddl, &err) < 0) {
            strbuf_release(&b);
            return d ? py_raise_err(py, ddl_exception(&err), &err) : NULL;
        }
    }
    pyv text = py_str_new(py, (struct slice){strbuf_cstr(&b), b.len});
    strbuf_release(&b);
    return text;
}

static pyv dialect_impl(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct ddl_type *t = ((struct sa_type *)self)->ddl;
    return vocab_type_wrap(py, ddl_type_resolve(py_arena(py), migration_of(py)->dialect, t));
}

/* TypeDecorator[str] is TypeDecorator. */
static pyv class_getitem(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return self;
}

const struct py_def sa_engine_defs[] = {
    {"__class_getitem__", PY_DEF_CLASS_METHOD, class_getitem, NULL, NULL},
    {"with_variant", PY_DEF_METHOD, with_variant, NULL, NULL},
    {"copy", PY_DEF_METHOD, copy, NULL, NULL},
    {"evaluates_none", PY_DEF_METHOD, evaluates_none, NULL, NULL},
    {"compile", PY_DEF_METHOD, compile, NULL, NULL},
    {"dialect_impl", PY_DEF_METHOD, dialect_impl, NULL, NULL},
    {"load_dialect_impl", PY_DEF_METHOD, sa_decorator_load, NULL, NULL},
    {"adapt", PY_DEF_REFUSED, NULL, NULL, "a type's adapt()"},
    {"as_generic", PY_DEF_REFUSED, NULL, NULL, "a type's as_generic()"},
    {"bind_processor", PY_DEF_REFUSED, NULL, NULL, "a type's bind_processor()"},
    {"literal_processor", PY_DEF_REFUSED, NULL, NULL, "a type's literal_processor()"},
    {"result_processor", PY_DEF_REFUSED, NULL, NULL, "a type's result_processor()"},
    {"process_bind_param", PY_DEF_REFUSED, NULL, NULL, "a type's process_bind_param()"},
    {"process_result_value", PY_DEF_REFUSED, NULL, NULL, "a type's process_result_value()"},
    {"coerce_compared_value", PY_DEF_REFUSED, NULL, NULL, "a type's coerce_compared_value()"},
    {0},
};

/* --- texts --- */

int sa_type_str(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    ddl_type_str(out, ((struct sa_type *)self)->ddl);
    return 0;
}

static int add_argument(struct py *py, struct strbuf *out, const char *name, pyv value, bool *first)
{
    strbuf_adds(out, *first ? "" : ", ");
    *first = false;
    if (name) {
        strbuf_addf(out, "%s=", name);
    }
    return py_repr(py, value, out);
}

int sa_type_repr(struct py *py, pyv self, struct strbuf *out)
{
    struct sa_type *t = (struct sa_type *)self;
    struct sa_type *shown =
        is_decorator(t) && t->rest && py_is(t->rest, &py_type_sqltype) ? (struct sa_type *)t->rest : t;
    if (!py_enter(py)) {
        return -1;
    }
    strbuf_addf(out, "%s(", self->type->name);
    bool first = true;
    int rc = 0;
    if (!is_decorator(shown) && shown->rest && PY_AS(list, shown->rest)) {
        struct py_list *l = (struct py_list *)shown->rest;
        for (size_t i = 0; i < l->n && rc == 0; i++) {
            rc = add_argument(py, out, NULL, l->items[i], &first);
        }
    }
    for (size_t i = 0; i < shown->signature->nparams && rc == 0; i++) {
        const struct sa_param *p = &shown->signature->params[i];
        pyv v = settled(py, shown, p->name, sa_type_argument(shown, i));
        bool required = p->flags & PY_ARG_REQUIRED;
        bool initial = v == (p->initial == 'N' ? &py_none : py_bool(p->initial == 'T'));
        if (v && (required || !initial)) {
            rc = add_argument(py, out, required ? NULL : p->name, v, &first);
        }
    }
    strbuf_addch(out, ')');
    py_leave(py);
    return rc;
}
