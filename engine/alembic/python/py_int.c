/* int and bool. Integers have 64 bits: what does not fit is refused, never wrapped. */
#include "engine/alembic/python/py_number.h"
#include <inttypes.h>
#include <math.h>

static int64_t value_of(pyv v)
{
    return ((const struct py_int *)(const void *)v)->value;
}

/* --- arithmetic --- */

bool py_int_divmod(struct py *py, int64_t a, int64_t b, int64_t *q, int64_t *r)
{
    if (a == INT64_MIN && b == -1) {
        return py_int_overflow(py);
    }
    *q = a / b;
    *r = a % b;
    if (*r != 0 && (*r < 0) != (b < 0)) {
        *r += b;
        --*q;
    }
    return true;
}

/* The nearest double to a / b. Beyond 2**53 the operands are exact as long double only; where its quotient
 * lies in the middle of two doubles the remainder decides. */
static double int_quotient(int64_t a, int64_t b)
{
    const int64_t exact = INT64_C(1) << 53;
    if (a >= -exact && a <= exact && b >= -exact && b <= exact) {
        return (double)a / (double)b;
    }
    long double q = (long double)a / (long double)b;
    double near = (double)q;
    double other = nextafter(near, q > (long double)near ? INFINITY : -INFINITY);
    if (q != (long double)near && q - (long double)near == (long double)other - q) {
        long double rest = fmal(-q, (long double)b, (long double)a);
        if (rest != 0) {
            near = (double)nextafterl(q, (rest > 0) == (b > 0) ? INFINITY : -INFINITY);
        }
    }
    return near;
}

bool py_int_pow(int64_t base, int64_t exponent, int64_t *out)
{
    int64_t result = 1;
    for (;;) {
        if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) {
            return false;
        }
        exponent >>= 1;
        if (!exponent) {
            *out = result;
            return true;
        }
        if (__builtin_mul_overflow(base, base, &base)) {
            return false;
        }
    }
}

static pyv int_power(struct py *py, int64_t a, int64_t b)
{
    int64_t out;
    if (b < 0) {
        if (a == 0) {
            return py_raise(py, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
        }
        return py_float_new(py, pow((double)a, (double)b));
    }
    if (a == 0 || a == 1 || a == -1) {
        return py_int_new(py, b == 0 ? 1 : a == -1 && b % 2 == 0 ? 1 : a);
    }
    return py_int_pow(a, b, &out) ? py_int_new(py, out) : py_int_overflow(py);
}

static pyv int_shift(struct py *py, enum py_op op, int64_t a, int64_t b)
{
    if (b < 0) {
        return py_raise(py, "ValueError", "negative shift count");
    }
    if (op == PY_OP_RSHIFT) {
        return py_int_new(py, b > 62 ? (a < 0 ? -1 : 0) : a >> b);
    }
    int64_t out = 0;
    if (a != 0 && (b > 62 || __builtin_mul_overflow(a, INT64_C(1) << b, &out))) {
        return py_int_overflow(py);
    }
    return py_int_new(py, out);
}

static pyv int_divide(struct py *py, enum py_op op, int64_t a, int64_t b)
{
    int64_t q = 0, r = 0;
    if (b == 0) {
        return py_raise(py, "ZeroDivisionError",
                        op == PY_OP_DIV        ? "division by zero"
                        : op == PY_OP_FLOORDIV ? "integer division or modulo by zero"
                                               : "integer modulo by zero");
    }
    if (op == PY_OP_DIV) {
        return py_float_new(py, int_quotient(a, b));
    }
    if (op == PY_OP_MOD && b == -1) {
        return py_int_new(py, 0);
    }
    return py_int_divmod(py, a, b, &q, &r) ? py_int_new(py, op == PY_OP_MOD ? r : q) : NULL;
}

static pyv int_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (!PY_AS(int, left) || !PY_AS(int, right)) {
        return &py_not_implemented;
    }
    int64_t a = value_of(left), b = value_of(right), out;
    bool overflow;
    switch (op) {
    case PY_OP_ADD:
        overflow = __builtin_add_overflow(a, b, &out);
        break;
    case PY_OP_SUB:
        overflow = __builtin_sub_overflow(a, b, &out);
        break;
    case PY_OP_MUL:
        overflow = __builtin_mul_overflow(a, b, &out);
        break;
    case PY_OP_DIV:
    case PY_OP_FLOORDIV:
    case PY_OP_MOD:
        return int_divide(py, op, a, b);
    case PY_OP_POW:
        return int_power(py, a, b);
    case PY_OP_LSHIFT:
    case PY_OP_RSHIFT:
        return int_shift(py, op, a, b);
    case PY_OP_BITAND:
    case PY_OP_BITOR:
    case PY_OP_BITXOR:
        out = op == PY_OP_BITAND ? (a & b) : op == PY_OP_BITOR ? (a | b) : (a ^ b);
        if (left->type == &py_type_bool && right->type == &py_type_bool) {
            return py_bool(out);
        }
        return py_int_new(py, out);
    default:
        return &py_not_implemented;
    }
    return overflow ? py_int_overflow(py) : py_int_new(py, out);
}

static pyv int_unary(struct py *py, enum py_op op, pyv v)
{
    int64_t a = value_of(v);
    switch (op) {
    case PY_OP_NEG:
        return a == INT64_MIN ? py_int_overflow(py) : py_int_new(py, -a);
    case PY_OP_POS:
        return py_int_new(py, a);
    case PY_OP_INVERT:
        return py_int_new(py, ~a);
    default:
        return &py_not_implemented;
    }
}

static pyv int_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    (void)py;
    if (!PY_AS(int, left) || !PY_AS(int, right)) {
        return &py_not_implemented;
    }
    int64_t a = value_of(left), b = value_of(right);
    return py_compare_result(op, (a > b) - (a < b));
}

static int int_truth(struct py *py, pyv self)
{
    (void)py;
    return value_of(self) != 0;
}

static int int_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    *out = py_hash_int(value_of(self));
    return 0;
}

static int int_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    strbuf_addf(out, "%" PRId64, value_of(self));
    return 0;
}

/* --- int(...) --- */

static pyv int_of_object(struct py *py, pyv v)
{
    static const char *const methods[] = {"__int__", "__index__", "__trunc__"};
    const struct py_float *f = PY_AS(float, v);
    const struct py_bytes *b = PY_AS(bytes, v);
    if (PY_AS(str, v)) {
        return py_int_parse(py, v, py_text(v), 10);
    }
    if (b) {
        return py_int_parse(py, v, b->data, 10);
    }
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        bool found;
        pyv out = py_call_special(py, v, methods[i], PY_NO_ARGS, &found);
        if (!found) {
            continue;
        }
        if (out && !PY_AS(int, out)) {
            return py_raise(py, "TypeError", "%s returned non-int (type %s)", methods[i], TYPE_NAME(out));
        }
        return out;
    }
    if (py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    if (PY_AS(int, v)) {
        return py_int_new(py, value_of(v));
    }
    if (f) {
        return py_int_of_double(py, f->value);
    }
    return py_raise(py, "TypeError",
                    "int() argument must be a string, a bytes-like object or a real number, not '%s'",
                    TYPE_NAME(v));
}

static pyv int_with_base(struct py *py, pyv v, pyv base)
{
    int64_t n;
    const struct py_bytes *b = PY_AS(bytes, v);
    if (!py_index_of(py, base, &n)) {
        return NULL;
    }
    if (n != 0 && (n < 2 || n > 36)) {
        return py_raise(py, "ValueError", "int() base must be >= 2 and <= 36, or 0");
    }
    if (!b && !PY_AS(str, v)) {
        return py_raise(py, "TypeError", "int() can't convert non-string with explicit base");
    }
    return py_int_parse(py, v, b ? b->data : py_text(v), n);
}

static pyv int_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"x", 0}, {"base", 0}, {0}};
    pyv in[2] = {0};
    if (!py_bind_native(py, "int", args, table, in)) {
        return NULL;
    }
    if (!in[0] && in[1]) {
        return py_raise(py, "TypeError", "int() missing string argument");
    }
    pyv v = !in[0] ? py_int_new(py, 0) : in[1] ? int_with_base(py, in[0], in[1]) : int_of_object(py, in[0]);
    if (!v || !type->mro) {
        return v ? py_int_new(py, value_of(v)) : NULL;
    }
    struct py_int *i = py_object_new(py, type, sizeof(*i));
    if (!i) {
        return NULL;
    }
    i->value = value_of(v);
    return &i->head;
}

/* --- methods --- */

static pyv int_bit_length(struct py *py, pyv self, const struct py_args *args)
{
    int64_t v = value_of(self), n = 0;
    if (!py_args_only(py, args, "int.bit_length", 0, 0)) {
        return NULL;
    }
    for (uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v; u; u >>= 1) {
        n++;
    }
    return py_int_new(py, n);
}

static pyv int_bit_count(struct py *py, pyv self, const struct py_args *args)
{
    int64_t v = value_of(self), n = 0;
    if (!py_args_only(py, args, "int.bit_count", 0, 0)) {
        return NULL;
    }
    for (uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v; u; u >>= 1) {
        n += (int64_t)(u & 1);
    }
    return py_int_new(py, n);
}

static pyv int_itself(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "int.conjugate", 0, 0) ? py_int_new(py, value_of(self)) : NULL;
}

static pyv int_zero(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    (void)args;
    return py_int_new(py, 0);
}

static pyv int_one(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    (void)args;
    return py_int_new(py, 1);
}

static pyv int_as_integer_ratio(struct py *py, pyv self, const struct py_args *args)
{
    pyv parts[] = {py_int_new(py, value_of(self)), py_int_new(py, 1)};
    return py_args_only(py, args, "int.as_integer_ratio", 0, 0) && parts[0] ? py_tuple_new(py, parts, 2)
                                                                            : NULL;
}

static const struct py_def int_defs[] = {
    {"as_integer_ratio", PY_DEF_METHOD, int_as_integer_ratio, NULL, NULL},
    {"bit_count", PY_DEF_METHOD, int_bit_count, NULL, NULL},
    {"bit_length", PY_DEF_METHOD, int_bit_length, NULL, NULL},
    {"conjugate", PY_DEF_METHOD, int_itself, NULL, NULL},
    {"denominator", PY_DEF_PROPERTY, int_one, NULL, NULL},
    {"from_bytes", PY_DEF_REFUSED, NULL, NULL, "int.from_bytes()"},
    {"imag", PY_DEF_PROPERTY, int_zero, NULL, NULL},
    {"numerator", PY_DEF_PROPERTY, int_itself, NULL, NULL},
    {"real", PY_DEF_PROPERTY, int_itself, NULL, NULL},
    {"to_bytes", PY_DEF_REFUSED, NULL, NULL, "int.to_bytes()"},
    {0},
};

const struct py_type py_type_int = {PY_TYPE_HEAD,         .name = "int",          .module = "",
                                    .defs = int_defs,     .plain = true,          .construct = int_construct,
                                    .repr = int_repr,     .truth = int_truth,     .unary = int_unary,
                                    .binary = int_binary, .compare = int_compare, .hash = int_hash};

/* --- bool --- */

struct py_int py_bools[2] = {{.head = {.type = &py_type_bool}, .value = 0},
                             {.head = {.type = &py_type_bool}, .value = 1}};

static int bool_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    strbuf_adds(out, self == &py_true ? "True" : "False");
    return 0;
}

static pyv bool_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    (void)type;
    if (!py_args_only(py, args, "bool", 0, 1)) {
        return NULL;
    }
    int truth = args->npos ? py_truth(py, args->pos[0]) : 0;
    return truth < 0 ? NULL : py_bool(truth);
}

const struct py_type py_type_bool = {PY_TYPE_HEAD,         .name = "bool", .module = "",
                                     .base = &py_type_int, .plain = true,  .construct = bool_construct,
                                     .repr = bool_repr};
