/* float, and how its values are printed: the shortest digits that read back as the same number. */
#include "engine/alembic/python/py_number.h"
#include <inttypes.h>
#include <math.h>

/* --- text --- */

/* The first `digits` significant digits of value, as text without a point, when they read back as value:
 * 0.000123 is "123" with exponent -4. The nearest of that many digits may miss at powers of two, where
 * doubles stand closer below than above; then the next one up is tried. */
static bool reads_back(double value, int digits, char plain[24], int *exponent)
{
    char text[48];
    snprintf(text, sizeof(text), "%.*e", digits - 1, value);
    uint64_t number = 0;
    const char *p = text;
    for (; *p != 'e'; p++) {
        number = *p == '.' ? number : number * 10 + (uint64_t)(*p - '0');
    }
    *exponent = (int)strtol(p + 1, NULL, 10);
    for (int up = 0; up < 2; up++, number++) {
        snprintf(text, sizeof(text), "%" PRIu64 "e%d", number, *exponent - (digits - 1));
        if (strtod(text, NULL) == value) {
            int n = snprintf(plain, 24, "%" PRIu64, number);
            *exponent += n - digits; /* 999 went up to 1000 */
            return true;
        }
    }
    return false;
}

void py_repr_double(struct strbuf *out, double value)
{
    if (isnan(value) || isinf(value)) {
        strbuf_adds(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    char plain[24];
    int exponent = 0;
    /* 15 digits always survive, but next to zero, so that fewer are what is left without zeros at the end. */
    int digits = fabs(value) > 1e-290 ? 15 : 1;
    while (!reads_back(fabs(value), digits, plain, &exponent) && digits < 17) {
        digits++;
    }
    int n = (int)strlen(plain);
    while (n > 1 && plain[n - 1] == '0') {
        n--;
    }
    if (signbit(value)) {
        strbuf_addch(out, '-');
    }
    if (exponent < -4 || exponent >= 16) {
        strbuf_addf(out, "%c%s%.*se%c%02d", plain[0], n > 1 ? "." : "", n - 1, plain + 1,
                    exponent < 0 ? '-' : '+', abs(exponent));
    } else if (exponent < 0) {
        strbuf_addf(out, "0.%.*s%.*s", -exponent - 1, "000", n, plain);
    } else {
        for (int i = 0; i <= exponent || i < n; i++) {
            strbuf_addch(out, i < n ? plain[i] : '0');
            strbuf_adds(out, i == exponent ? "." : "");
        }
        strbuf_adds(out, n <= exponent + 1 ? "0" : "");
    }
}

static int float_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    py_repr_double(out, ((struct py_float *)(void *)self)->value);
    return 0;
}

/* --- arithmetic --- */

bool py_as_double(pyv v, double *out)
{
    const struct py_float *f = PY_AS(float, v);
    int64_t i;
    if (f) {
        *out = f->value;
        return true;
    }
    if (!py_as_int(v, &i)) {
        return false;
    }
    *out = (double)i;
    return true;
}

bool py_float_divmod(double a, double b, double *q, double *r)
{
    double rest = fmod(a, b), whole = (a - rest) / b;
    if (rest != 0) {
        if ((b < 0) != (rest < 0)) {
            rest += b;
            whole -= 1;
        }
    } else {
        rest = copysign(0, b);
    }
    if (whole != 0) {
        double down = floor(whole);
        whole = whole - down > 0.5 ? down + 1 : down;
    } else {
        whole = copysign(0, a / b);
    }
    *q = whole;
    *r = rest;
    return true;
}

static pyv float_power(struct py *py, double a, double b)
{
    if (a == 0 && b < 0) {
        return py_raise(py, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
    }
    if (a < 0 && isfinite(a) && isfinite(b) && b != floor(b)) {
        return py_refuse(py, "complex numbers are not supported");
    }
    double out = pow(a, b);
    if (isinf(out) && isfinite(a) && isfinite(b)) {
        return py_raise(py, "OverflowError", "(34, 'Numerical result out of range')");
    }
    return py_float_new(py, out);
}

static pyv float_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    double a, b, q, r;
    if (!py_as_double(left, &a) || !py_as_double(right, &b)) {
        return &py_not_implemented;
    }
    switch (op) {
    case PY_OP_ADD:
        return py_float_new(py, a + b);
    case PY_OP_SUB:
        return py_float_new(py, a - b);
    case PY_OP_MUL:
        return py_float_new(py, a * b);
    case PY_OP_DIV:
        return b == 0 ? py_raise(py, "ZeroDivisionError", "float division by zero") : py_float_new(py, a / b);
    case PY_OP_FLOORDIV:
    case PY_OP_MOD:
        if (b == 0) {
            return py_raise(py, "ZeroDivisionError",
                            op == PY_OP_MOD ? "float modulo" : "float floor division by zero");
        }
        py_float_divmod(a, b, &q, &r);
        return py_float_new(py, op == PY_OP_MOD ? r : q);
    case PY_OP_POW:
        return float_power(py, a, b);
    default:
        return &py_not_implemented;
    }
}

static pyv float_unary(struct py *py, enum py_op op, pyv v)
{
    double a = ((struct py_float *)(void *)v)->value;
    return op == PY_OP_NEG   ? py_float_new(py, -a)
           : op == PY_OP_POS ? py_float_new(py, a)
                             : &py_not_implemented;
}

/* An integer has more digits than a double: compared by the double's whole part first. */
static int order_of(pyv left, pyv right)
{
    const struct py_int *i = PY_AS(int, left);
    if (!i) {
        const struct py_int *j = PY_AS(int, right);
        double a = ((struct py_float *)(void *)left)->value;
        if (j) {
            return -order_of(right, left);
        }
        double b = ((struct py_float *)(void *)right)->value;
        return (a > b) - (a < b);
    }
    double b = ((struct py_float *)(void *)right)->value;
    if (b >= 0x1p63 || b < -0x1p63) {
        return b > 0 ? -1 : 1;
    }
    int64_t whole = (int64_t)b;
    double rest = b - (double)whole;
    return i->value != whole ? (i->value > whole) - (i->value < whole) : (rest < 0) - (rest > 0);
}

static pyv float_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    double a, b;
    (void)py;
    if (!py_as_double(left, &a) || !py_as_double(right, &b)) {
        return &py_not_implemented;
    }
    if (isnan(a) || isnan(b)) {
        return py_bool(op == PY_OP_NE);
    }
    return py_compare_result(op, order_of(left, right));
}

static int float_truth(struct py *py, pyv self)
{
    (void)py;
    return ((struct py_float *)(void *)self)->value != 0;
}

static int float_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    *out = py_hash_double(((struct py_float *)(void *)self)->value, self);
    return 0;
}

pyv py_int_of_double(struct py *py, double value)
{
    if (isnan(value)) {
        return py_raise(py, "ValueError", "cannot convert float NaN to integer");
    }
    if (isinf(value)) {
        return py_raise(py, "OverflowError", "cannot convert float infinity to integer");
    }
    return value >= 0x1p63 || value < -0x1p63 ? py_int_overflow(py) : py_int_new(py, (int64_t)value);
}

double py_float_round(double value, int64_t digits)
{
    if (!isfinite(value) || value == 0 || digits > 323) {
        return value;
    }
    if (digits < -308) {
        return copysign(0, value);
    }
    /* printf rounds the exact value, halves to even: so does Python. */
    char text[700];
    if (digits >= 0) {
        snprintf(text, sizeof(text), "%.*f", (int)digits, value);
        return strtod(text, NULL);
    }
    snprintf(text, sizeof(text), "%.0f", fabs(value));
    int keep = (fabs(value) < 1 ? 0 : (int)strlen(text)) + (int)digits;
    if (keep < 0) {
        return copysign(0, value);
    }
    if (keep == 0) { /* nothing or one unit of the last place kept */
        double unit = pow(10, (double)-digits);
        return copysign(fabs(value) > unit / 2 ? unit : 0, value);
    }
    snprintf(text, sizeof(text), "%.*e", keep - 1, value);
    return strtod(text, NULL);
}

/* --- float(...) --- */

static pyv float_of_object(struct py *py, pyv v)
{
    static const char *const methods[] = {"__float__", "__index__"};
    const struct py_bytes *b = PY_AS(bytes, v);
    double d;
    if (PY_AS(str, v)) {
        return py_float_parse(py, v, py_text(v));
    }
    if (b) {
        return py_float_parse(py, v, b->data);
    }
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        bool found;
        pyv out = py_call_special(py, v, methods[i], PY_NO_ARGS, &found);
        if (!found) {
            continue;
        }
        if (out && i == 0 && !PY_AS(float, out)) {
            return py_raise(py, "TypeError", "%s.__float__ returned non-float (type %s)", TYPE_NAME(v),
                            TYPE_NAME(out));
        }
        return out && py_as_double(out, &d) ? py_float_new(py, d) : NULL;
    }
    if (py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    return py_as_double(v, &d)
               ? py_float_new(py, d)
               : py_raise(py, "TypeError", "float() argument must be a string or a real number, not '%s'",
                          TYPE_NAME(v));
}

static pyv float_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    if (!py_args_only(py, args, "float", 0, 1)) {
        return NULL;
    }
    if (args->npos && !type->mro && args->pos[0]->type == &py_type_float) {
        return args->pos[0];
    }
    pyv v = args->npos ? float_of_object(py, args->pos[0]) : py_float_new(py, 0);
    if (!v || !type->mro) {
        return v;
    }
    struct py_float *f = py_object_new(py, type, sizeof(*f));
    if (!f) {
        return NULL;
    }
    f->value = ((struct py_float *)(void *)v)->value;
    return &f->head;
}

/* --- methods --- */

static pyv float_is_integer(struct py *py, pyv self, const struct py_args *args)
{
    double v = ((struct py_float *)(void *)self)->value;
    return py_args_only(py, args, "float.is_integer", 0, 0) ? py_bool(isfinite(v) && v == floor(v)) : NULL;
}

static pyv float_itself(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "float.conjugate", 0, 0)
               ? py_float_new(py, ((struct py_float *)(void *)self)->value)
               : NULL;
}

static pyv float_zero(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    (void)args;
    return py_float_new(py, 0);
}

static const struct py_def float_defs[] = {
    {"as_integer_ratio", PY_DEF_REFUSED, NULL, NULL, "float.as_integer_ratio()"},
    {"conjugate", PY_DEF_METHOD, float_itself, NULL, NULL},
    {"fromhex", PY_DEF_REFUSED, NULL, NULL, "float.fromhex()"},
    {"hex", PY_DEF_REFUSED, NULL, NULL, "float.hex()"},
    {"imag", PY_DEF_PROPERTY, float_zero, NULL, NULL},
    {"is_integer", PY_DEF_METHOD, float_is_integer, NULL, NULL},
    {"real", PY_DEF_PROPERTY, float_itself, NULL, NULL},
    {0},
};

const struct py_type py_type_float = {PY_TYPE_HEAD,
                                      .name = "float",
                                      .module = "",
                                      .defs = float_defs,
                                      .plain = true,
                                      .construct = float_construct,
                                      .repr = float_repr,
                                      .truth = float_truth,
                                      .unary = float_unary,
                                      .binary = float_binary,
                                      .compare = float_compare,
                                      .hash = float_hash};
