/*
 * Special methods of native types as values: object.__init__, dict.__setitem__, super().__repr__(). One row a
 * name says which slot it stands for and calls it on the native type asked, past what a class statement
 * defines.
 */
#include "engine/alembic/python/py_frame.h"
#include <inttypes.h>

struct slot_call {
    const struct py_type *owner; /* the type asked */
    const struct py_type *has;   /* where the slot is; NULL: nowhere */
    pyv self;
    const struct py_args *args;
    enum py_op op;
};

struct slot_row {
    const char *name;
    size_t offset;
    bool always; /* objects have it without the slot */
    size_t nargs;
    enum py_op op;
    bool reflected;
    pyv (*call)(struct py *, const struct slot_call *);
};

static pyv done(int rc)
{
    return rc == 0 ? &py_none : NULL;
}

static pyv slot_init(struct py *py, const struct slot_call *c)
{
    return done(py_native_init(py, c->self, c->args));
}

static pyv slot_new(struct py *py, const struct slot_call *c)
{
    if (!py_is(c->self, &py_type_type)) {
        return py_raise(py, "TypeError", "%s.__new__(X): X is not a type object (%s)", c->owner->name,
                        c->self->type->name);
    }
    return py_native_new(py, py_type_of(c->self), c->args);
}

static pyv slot_nothing(struct py *py, const struct slot_call *c)
{
    (void)py, (void)c;
    return &py_none;
}

static pyv text_of(struct py *py, const struct slot_call *c, int (*slot)(struct py *, pyv, struct strbuf *))
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (!slot) {
        const struct py_type *t = py_class_of(c->self);
        strbuf_addf(&b, "<%s%s%s object at 0x%012" PRIxPTR ">", t->module, t->module[0] ? "." : "", t->name,
                    (uintptr_t)c->self);
    } else if (slot(py, c->self, &b) != 0) {
        return NULL;
    }
    return py_str_new(py, (struct slice){strbuf_cstr(&b), b.len});
}

static pyv slot_repr(struct py *py, const struct slot_call *c)
{
    return text_of(py, c, c->has ? c->has->repr : NULL);
}

static pyv slot_str(struct py *py, const struct slot_call *c)
{
    return text_of(py, c, c->has ? c->has->str : py_repr);
}

static pyv slot_hash(struct py *py, const struct slot_call *c)
{
    uint64_t h = (uint64_t)(uintptr_t)c->self >> 4;
    if (c->has && c->has->hash(py, c->self, &h) != 0) {
        return NULL;
    }
    return py_int_new(py, (int64_t)h);
}

static pyv slot_compare(struct py *py, const struct slot_call *c)
{
    pyv other = c->args->pos[0];
    if (c->has) {
        return c->has->compare(py, c->op, c->self, other);
    }
    if (c->self != other || (c->op != PY_OP_EQ && c->op != PY_OP_NE)) {
        return &py_not_implemented;
    }
    return py_bool(c->op == PY_OP_EQ);
}

static pyv slot_binary(struct py *py, const struct slot_call *c)
{
    return c->has->binary(py, c->op, c->self, c->args->pos[0]);
}

static pyv slot_reflected(struct py *py, const struct slot_call *c)
{
    return c->has->binary(py, c->op, c->args->pos[0], c->self);
}

static pyv slot_unary(struct py *py, const struct slot_call *c)
{
    return c->has->unary(py, c->op, c->self);
}

static pyv slot_len(struct py *py, const struct slot_call *c)
{
    int64_t n = c->has->len(py, c->self);
    return n < 0 ? NULL : py_int_new(py, n);
}

static pyv slot_bool(struct py *py, const struct slot_call *c)
{
    int truth = c->has->truth(py, c->self);
    return truth < 0 ? NULL : py_bool(truth);
}

static pyv slot_getitem(struct py *py, const struct slot_call *c)
{
    return c->has->getitem(py, c->self, c->args->pos[0]);
}

static pyv slot_setitem(struct py *py, const struct slot_call *c)
{
    return done(c->has->setitem(py, c->self, c->args->pos[0], c->args->npos > 1 ? c->args->pos[1] : NULL));
}

static pyv slot_contains(struct py *py, const struct slot_call *c)
{
    int rc = c->has->contains(py, c->self, c->args->pos[0]);
    return rc < 0 ? NULL : py_bool(rc);
}

static pyv slot_iter(struct py *py, const struct slot_call *c)
{
    return c->has->iter(py, c->self);
}

static pyv slot_next(struct py *py, const struct slot_call *c)
{
    pyv v = c->has->next(py, c->self);
    return v || py->stop != PY_RUNNING ? v : py_raise_stop(py, c->self);
}

static pyv slot_call(struct py *py, const struct slot_call *c)
{
    return c->has->call(py, c->self, c->args);
}

static const char *name_argument(struct py *py, const struct slot_call *c)
{
    const char *name = py_cstr(py, c->args->pos[0]);
    if (!name) {
        py_raise(py, "TypeError", "attribute name must be string, not '%s'", c->args->pos[0]->type->name);
    }
    return name;
}

static pyv slot_setattr(struct py *py, const struct slot_call *c)
{
    const char *name = name_argument(py, c);
    pyv value = c->args->npos > 1 ? c->args->pos[1] : NULL;
    return !name ? NULL : done(py_setattr_native(py, c->self, name, value));
}

static pyv slot_getattribute(struct py *py, const struct slot_call *c)
{
    const char *name = name_argument(py, c);
    return name ? py_getattr_native(py, c->self, name) : NULL;
}

static pyv slot_format(struct py *py, const struct slot_call *c)
{
    struct slice spec = py_text(c->args->pos[0]);
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (spec.len) {
        return py_raise(py, "TypeError", "unsupported format string passed to %s.__format__",
                        c->self->type->name);
    }
    return py_str(py, c->self, &b) == 0 ? py_str_new(py, (struct slice){strbuf_cstr(&b), b.len}) : NULL;
}

#define AT(slot) offsetof(struct py_type, slot)
#define ROW(name, slot, nargs, fn)                                                                           \
    {                                                                                                        \
        name, AT(slot), false, nargs, 0, false, fn                                                           \
    }
#define ALWAYS(name, slot, nargs, fn)                                                                        \
    {                                                                                                        \
        name, AT(slot), true, nargs, 0, false, fn                                                            \
    }
#define COMPARE(name, op)                                                                                    \
    {                                                                                                        \
        name, AT(compare), true, 1, op, false, slot_compare                                                  \
    }
#define BINARY(name, op)                                                                                     \
    {"__" name "__", AT(binary), false, 1, op, false, slot_binary},                                          \
    {                                                                                                        \
        "__r" name "__", AT(binary), false, 1, op, true, slot_reflected                                      \
    }
#define ANY SIZE_MAX

static const struct slot_row rows[] = {
    ALWAYS("__init__", construct, ANY, slot_init),
    ALWAYS("__new__", construct, ANY, slot_new),
    ALWAYS("__init_subclass__", init_subclass, ANY, slot_nothing),
    ALWAYS("__repr__", repr, 0, slot_repr),
    ALWAYS("__str__", str, 0, slot_str),
    ALWAYS("__hash__", hash, 0, slot_hash),
    ALWAYS("__setattr__", setattr, 2, slot_setattr),
    ALWAYS("__delattr__", setattr, 1, slot_setattr),
    ALWAYS("__getattribute__", getattr, 1, slot_getattribute),
    ALWAYS("__format__", str, 1, slot_format),
    COMPARE("__eq__", PY_OP_EQ),
    COMPARE("__ne__", PY_OP_NE),
    COMPARE("__lt__", PY_OP_LT),
    COMPARE("__le__", PY_OP_LE),
    COMPARE("__gt__", PY_OP_GT),
    COMPARE("__ge__", PY_OP_GE),
    ROW("__len__", len, 0, slot_len),
    ROW("__bool__", truth, 0, slot_bool),
    ROW("__getitem__", getitem, 1, slot_getitem),
    ROW("__setitem__", setitem, 2, slot_setitem),
    ROW("__delitem__", setitem, 1, slot_setitem),
    ROW("__contains__", contains, 1, slot_contains),
    ROW("__iter__", iter, 0, slot_iter),
    ROW("__next__", next, 0, slot_next),
    ROW("__call__", call, ANY, slot_call),
    {"__neg__", AT(unary), false, 0, PY_OP_NEG, false, slot_unary},
    {"__pos__", AT(unary), false, 0, PY_OP_POS, false, slot_unary},
    {"__invert__", AT(unary), false, 0, PY_OP_INVERT, false, slot_unary},
    BINARY("add", PY_OP_ADD),
    BINARY("sub", PY_OP_SUB),
    BINARY("mul", PY_OP_MUL),
    BINARY("truediv", PY_OP_DIV),
    BINARY("floordiv", PY_OP_FLOORDIV),
    BINARY("mod", PY_OP_MOD),
    BINARY("pow", PY_OP_POW),
    BINARY("and", PY_OP_BITAND),
    BINARY("or", PY_OP_BITOR),
    BINARY("xor", PY_OP_BITXOR),
    BINARY("lshift", PY_OP_LSHIFT),
    BINARY("rshift", PY_OP_RSHIFT),
};

/* The value: it remembers the type asked. */
struct slot_method {
    struct py_obj head;
    const struct slot_row *row;
    const struct py_type *owner;
    pyv self; /* NULL: the first argument is */
};

static pyv method_call(struct py *py, pyv v, const struct py_args *args)
{
    const struct slot_method *m = (const struct slot_method *)(const void *)v;
    struct py_args rest = *args;
    pyv self = m->self;
    if (!self) {
        if (rest.npos == 0) {
            return py_raise(py, "TypeError", "unbound method %s.%s() needs an argument", m->owner->name,
                            m->row->name);
        }
        self = rest.pos[0];
        rest.pos++;
        rest.npos--;
        if (m->row->call != slot_new && !py_type_is(py_class_of(self), m->owner)) {
            return py_raise(py, "TypeError", "descriptor '%s' requires a '%s' object but received a '%s'",
                            m->row->name, m->owner->name, self->type->name);
        }
    }
    if (m->row->nargs != ANY && (rest.npos != m->row->nargs || rest.nkw)) {
        return py_raise(py, "TypeError", "expected %zu argument%s, got %zu", m->row->nargs,
                        m->row->nargs == 1 ? "" : "s", rest.npos);
    }
    const struct py_type *has = m->owner->mro || m->row->offset ? py_slot(m->owner, m->row->offset) : NULL;
    if (!has && !m->row->always) {
        return py_raise(py, "TypeError", "'%s' object does not support this", self->type->name);
    }
    struct slot_call c = {.owner = m->owner, .has = has, .self = self, .args = &rest, .op = m->row->op};
    return m->row->call(py, &c);
}

static pyv method_getattr(struct py *py, pyv v, const char *name)
{
    const struct slot_method *m = (const struct slot_method *)(const void *)v;
    return strcmp(name, "__name__") == 0 ? py_str_of(py, m->row->name) : NULL;
}

static const struct py_type type_slot_method = {
    PY_TYPE_HEAD,  .name = "method-wrapper",  .module = "",
    .plain = true, .getattr = method_getattr, .call = method_call};

pyv py_slot_method(struct py *py, const struct py_type *owner, const char *name, pyv self)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct slot_row *row = &rows[i];
        if (strcmp(row->name, name) != 0 || (!row->always && !py_slot(owner, row->offset))) {
            continue;
        }
        struct slot_method *m = py_object_new(py, &type_slot_method, sizeof(*m));
        if (!m) {
            return NULL;
        }
        m->row = row;
        m->owner = owner;
        m->self = row->call == slot_new ? NULL : self;
        return &m->head;
    }
    return NULL;
}
