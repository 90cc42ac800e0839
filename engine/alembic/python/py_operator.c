/* Operators: which operand is asked first, and the words when none knows what to do. */
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/python/py_set.h"

struct operator_names {
    const char *plain, *reflected, *inplace;
};
static const struct operator_names names[PY_OP_COUNT] = {
    [PY_OP_ADD] = {"__add__", "__radd__", "__iadd__"},
    [PY_OP_SUB] = {"__sub__", "__rsub__", "__isub__"},
    [PY_OP_MUL] = {"__mul__", "__rmul__", "__imul__"},
    [PY_OP_MATMUL] = {"__matmul__", "__rmatmul__", "__imatmul__"},
    [PY_OP_DIV] = {"__truediv__", "__rtruediv__", "__itruediv__"},
    [PY_OP_FLOORDIV] = {"__floordiv__", "__rfloordiv__", "__ifloordiv__"},
    [PY_OP_MOD] = {"__mod__", "__rmod__", "__imod__"},
    [PY_OP_POW] = {"__pow__", "__rpow__", "__ipow__"},
    [PY_OP_LSHIFT] = {"__lshift__", "__rlshift__", "__ilshift__"},
    [PY_OP_RSHIFT] = {"__rshift__", "__rrshift__", "__irshift__"},
    [PY_OP_BITOR] = {"__or__", "__ror__", "__ior__"},
    [PY_OP_BITXOR] = {"__xor__", "__rxor__", "__ixor__"},
    [PY_OP_BITAND] = {"__and__", "__rand__", "__iand__"},
    [PY_OP_NEG] = {"__neg__", NULL, NULL},
    [PY_OP_POS] = {"__pos__", NULL, NULL},
    [PY_OP_INVERT] = {"__invert__", NULL, NULL},
    [PY_OP_EQ] = {"__eq__", "__eq__", NULL},
    [PY_OP_NE] = {"__ne__", "__ne__", NULL},
    [PY_OP_LT] = {"__lt__", "__gt__", NULL},
    [PY_OP_LE] = {"__le__", "__ge__", NULL},
    [PY_OP_GT] = {"__gt__", "__lt__", NULL},
    [PY_OP_GE] = {"__ge__", "__le__", NULL},
};
static const enum py_op mirrored[PY_OP_COUNT] = {
    [PY_OP_EQ] = PY_OP_EQ, [PY_OP_NE] = PY_OP_NE, [PY_OP_LT] = PY_OP_GT,
    [PY_OP_LE] = PY_OP_GE, [PY_OP_GT] = PY_OP_LT, [PY_OP_GE] = PY_OP_LE,
};

static bool vocabulary(pyv a, pyv b)
{
    return py_type_vocabulary(a->type) || py_type_vocabulary(b->type);
}

static pyv call_special(struct py *py, const struct py_found *found, pyv v, pyv other)
{
    if (py_is_none(found->value)) {
        return &py_not_implemented;
    }
    pyv method = py_bind_found(py, found, v, v->type);
    return !method ? NULL : other ? py_call1(py, method, other) : py_call(py, method, PY_NO_ARGS);
}

/* Ask one operand: `v` is that one, a and b are both in order. */
static pyv ask(struct py *py, enum py_op op, pyv a, pyv b, pyv v, bool is_compare)
{
    struct py_found found;
    size_t at = 0;
    const struct py_type *t = NULL;
    const char *name = v == a ? names[op].plain : names[op].reflected;
    while ((t = py_mro_next(v->type, &at, t)) != NULL) {
        if (t->mro) {
            found = (struct py_found){.owner = t, .value = py_dict_get_str(py, &t->dict->head, name)};
            /* != without __ne__ is the opposite of == */
            if (!found.value && op == PY_OP_NE &&
                (found.value = py_dict_get_str(py, &t->dict->head, "__eq__")) != NULL) {
                pyv equal = call_special(py, &found, v, v == a ? b : a);
                int truth = !equal ? -1 : equal == &py_not_implemented ? 0 : py_truth(py, equal);
                return truth < 0 ? NULL : equal == &py_not_implemented ? equal : py_bool(!truth);
            }
            if (found.value) {
                return call_special(py, &found, v, v == a ? b : a);
            }
        } else if (is_compare && t->compare) {
            return v == a ? t->compare(py, op, a, b) : t->compare(py, mirrored[op], b, a);
        } else if (!is_compare && t->binary) {
            return t->binary(py, op, a, b);
        }
    }
    return &py_not_implemented;
}

/* Both operands in Python's order; &py_not_implemented when neither knows. */
static pyv ask_both(struct py *py, enum py_op op, pyv a, pyv b, bool is_compare)
{
    bool right_first = a->type != b->type && py_type_is(b->type, a->type);
    pyv v = ask(py, op, a, b, right_first ? b : a, is_compare);
    if (v != &py_not_implemented || (a->type == b->type && !is_compare) || a == b) {
        return v;
    }
    return ask(py, op, a, b, right_first ? a : b, is_compare);
}

/* --- arithmetic --- */

static pyv sequence_add_error(struct py *py, pyv a, pyv b)
{
    static const struct py_type *const types[] = {&py_type_str, &py_type_list, &py_type_tuple};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (py_is(a, types[i])) {
            return py_raise(py, "TypeError", "can only concatenate %s (not \"%s\") to %s", types[i]->name,
                            b->type->name, types[i]->name);
        }
    }
    return py_is(a, &py_type_bytes) ? py_raise(py, "TypeError", "can't concat %s to bytes", b->type->name)
                                    : NULL;
}

static pyv sequence_mul_error(struct py *py, pyv a, pyv b)
{
    static const struct py_type *const types[] = {&py_type_str, &py_type_list, &py_type_tuple,
                                                  &py_type_bytes};
    pyv const sides[] = {a, b}; /* the left one is asked first */
    for (size_t i = 0; i < 2 * COUNT_OF(types); i++) {
        pyv sequence = sides[i / COUNT_OF(types)];
        if (py_is(sequence, types[i % COUNT_OF(types)])) {
            return py_raise(py, "TypeError", "can't multiply sequence by non-int of type '%s'",
                            (sequence == a ? b : a)->type->name);
        }
    }
    return NULL;
}

static pyv binary_error(struct py *py, enum py_op op, pyv a, pyv b, const char *suffix)
{
    if (vocabulary(a, b)) {
        return py_refuse(py, "the operator %s%s between a %s and a %s", py_op_text(op), suffix, a->type->name,
                         b->type->name);
    }
    bool repeats = *suffix == '\0' || !(py_is(a, &py_type_dict) || py_is(a, &py_type_set));
    if (op == PY_OP_ADD) {
        sequence_add_error(py, a, b);
    } else if (op == PY_OP_MUL && repeats) {
        sequence_mul_error(py, a, b);
    }
    return py->stop != PY_RUNNING
               ? NULL
               : py_raise(py, "TypeError", "unsupported operand type(s) for %s%s: '%s' and '%s'",
                          op == PY_OP_POW && *suffix == '\0' ? "** or pow()" : py_op_text(op), suffix,
                          a->type->name, b->type->name);
}

pyv py_binary(struct py *py, enum py_op op, pyv a, pyv b)
{
    pyv v = ask_both(py, op, a, b, false);
    return v == &py_not_implemented ? binary_error(py, op, a, b, "") : v;
}

/* list += and the like change the left operand itself. */
static pyv inplace_builtin(struct py *py, enum py_op op, pyv a, pyv b)
{
    if (op == PY_OP_ADD && py_is(a, &py_type_list)) {
        pyv more = py_listed(py, b);
        const struct py_list *l = (const struct py_list *)(const void *)more;
        for (size_t i = 0; more && i < l->n; i++) {
            if (py_list_append(py, a, l->items[i]) != 0) {
                return NULL;
            }
        }
        return more ? a : NULL;
    }
    if (op == PY_OP_BITOR && py_is(a, &py_type_dict)) {
        return py_dict_merge(py, (struct py_dict *)(void *)a, b) == 0 ? a : NULL;
    }
    bool set_op = op == PY_OP_BITOR || op == PY_OP_BITAND || op == PY_OP_SUB || op == PY_OP_BITXOR;
    if (set_op && py_is(a, &py_type_set) && py_set_of(b)) {
        return py_set_combine_into(py, op, (struct py_set *)(void *)a, b) == 0 ? a : NULL;
    }
    bool repeat = op == PY_OP_MUL && py_is(a, &py_type_list);
    pyv result = repeat ? ask_both(py, op, a, b, false) : &py_not_implemented;
    if (!result || result == &py_not_implemented || result == a || !py_is(result, &py_type_list)) {
        return result;
    }
    struct py_list *to = (struct py_list *)(void *)a, *from = (struct py_list *)(void *)result;
    to->items = from->items;
    to->n = from->n;
    to->cap = from->cap;
    return a;
}

pyv py_inplace(struct py *py, enum py_op op, pyv a, pyv b)
{
    pyv v = &py_not_implemented;
    struct py_found found;
    if (a->type->mro && py_type_find(a->type, names[op].inplace, &found) && found.value) {
        v = call_special(py, &found, a, b);
    } else if (py_is(a, &py_type_list) || py_is(a, &py_type_set) || py_is(a, &py_type_dict)) {
        v = inplace_builtin(py, op, a, b);
    }
    if (v == &py_not_implemented) {
        v = ask_both(py, op, a, b, false);
    }
    return v == &py_not_implemented ? binary_error(py, op, a, b, "=") : v;
}

pyv py_unary(struct py *py, enum py_op op, pyv a)
{
    if (op == PY_OP_NOT) {
        int truth = py_truth(py, a);
        return truth < 0 ? NULL : py_bool(!truth);
    }
    size_t at = 0;
    const struct py_type *t = NULL;
    pyv v = &py_not_implemented;
    while (v == &py_not_implemented && (t = py_mro_next(a->type, &at, t)) != NULL) {
        struct py_found found = {.owner = t};
        found.value = t->mro ? py_dict_get_str(py, &t->dict->head, names[op].plain) : NULL;
        if (found.value) {
            v = call_special(py, &found, a, NULL);
        } else if (!t->mro && t->unary) {
            v = t->unary(py, op, a);
        }
    }
    if (v != &py_not_implemented) {
        return v;
    }
    return py_type_vocabulary(a->type)
               ? py_refuse(py, "the operator %s of a %s", py_op_text(op), a->type->name)
               : py_raise(py, "TypeError", "bad operand type for unary %s: '%s'", py_op_text(op),
                          a->type->name);
}

/* --- comparing --- */

static pyv compare_rich(struct py *py, enum py_op op, pyv a, pyv b)
{
    pyv v = ask_both(py, op, a, b, true);
    if (v != &py_not_implemented) {
        return v;
    }
    if (op == PY_OP_EQ || op == PY_OP_NE) {
        return py_bool((a == b) == (op == PY_OP_EQ));
    }
    return vocabulary(a, b)
               ? py_refuse(py, "the operator %s between a %s and a %s", py_op_text(op), a->type->name,
                           b->type->name)
               : py_raise(py, "TypeError", "'%s' not supported between instances of '%s' and '%s'",
                          py_op_text(op), a->type->name, b->type->name);
}

pyv py_compare(struct py *py, enum py_op op, pyv a, pyv b)
{
    int rc;
    switch (op) {
    case PY_OP_IS:
        return py_bool(a == b);
    case PY_OP_IS_NOT:
        return py_bool(a != b);
    case PY_OP_IN:
    case PY_OP_NOT_IN:
        rc = py_contains(py, b, a);
        return rc < 0 ? NULL : py_bool(rc == (op == PY_OP_IN));
    default:
        return compare_rich(py, op, a, b);
    }
}
