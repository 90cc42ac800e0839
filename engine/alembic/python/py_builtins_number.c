/* Builtin functions of numbers, and those that compare. */
#include "engine/alembic/python/py_builtins.h"
#include "engine/alembic/python/py_format.h"
#include "engine/alembic/python/py_number.h"
#include <math.h>

pyv py_builtin_abs(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    int64_t i;
    bool found;
    if (!py_args_only(py, args, "abs", 1, 1)) {
        return NULL;
    }
    pyv v = args->pos[0], out = py_call_special(py, v, "__abs__", PY_NO_ARGS, &found);
    const struct py_float *f = PY_AS(float, v);
    if (found || py_stopped(py) != PY_RUNNING) {
        return out;
    }
    if (f) {
        return py_float_new(py, fabs(f->value));
    }
    if (!py_as_int(v, &i)) {
        return py_raise(py, "TypeError", "bad operand type for abs(): '%s'", TYPE_NAME(v));
    }
    return i == INT64_MIN ? py_int_overflow(py) : py_int_new(py, i < 0 ? -i : i);
}

static pyv in_base(struct py *py, const struct py_args *args, const char *name, unsigned base,
                   const char *prefix)
{
    int64_t i;
    if (!py_args_only(py, args, name, 1, 1) || !py_index_of(py, args->pos[0], &i)) {
        return NULL;
    }
    struct strbuf out = STRBUF_INIT;
    strbuf_addf(&out, "%s%s", i < 0 ? "-" : "", prefix);
    py_int_text(&out, i, base, false);
    return py_str_take(py, &out);
}

pyv py_builtin_bin(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return in_base(py, args, "bin", 2, "0b");
}

pyv py_builtin_oct(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return in_base(py, args, "oct", 8, "0o");
}

pyv py_builtin_hex(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return in_base(py, args, "hex", 16, "0x");
}

pyv py_builtin_chr(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    int64_t i;
    char text[4];
    if (!py_args_only(py, args, "chr", 1, 1) || !py_index_of(py, args->pos[0], &i)) {
        return NULL;
    }
    if (i < 0 || i > 0x10FFFF) {
        return py_raise(py, "ValueError", "chr() arg not in range(0x110000)");
    }
    if (i >= 0xD800 && i <= 0xDFFF) {
        return py_refuse(py, "surrogates in text are not supported");
    }
    return py_str_new(py, (struct slice){text, py_utf8_put(text, (uint32_t)i)});
}

pyv py_builtin_ord(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "ord", 1, 1)) {
        return NULL;
    }
    struct py_str *s = PY_AS(str, args->pos[0]);
    struct py_bytes *b = PY_AS(bytes, args->pos[0]);
    int64_t n = s ? py_str_chars(s) : b ? (int64_t)b->data.len : 0;
    size_t at = 0;
    if (!s && !b) {
        return py_raise(py, "TypeError", "ord() expected string of length 1, but %s found",
                        TYPE_NAME(args->pos[0]));
    }
    if (n != 1) {
        return py_raise(py, "TypeError", "ord() expected a character, but string of length %lld found",
                        (long long)n);
    }
    return py_int_new(py, s ? py_utf8_next(s->text.ptr, s->text.len, &at) : (unsigned char)b->data.ptr[0]);
}

pyv py_builtin_divmod(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    int64_t a, b, iq, ir;
    double x, y, q, r;
    if (!py_args_only(py, args, "divmod", 2, 2)) {
        return NULL;
    }
    pyv left = args->pos[0], right = args->pos[1], out[2];
    if (py_as_int(left, &a) && py_as_int(right, &b)) {
        if (b == 0) {
            return py_raise(py, "ZeroDivisionError", "integer division or modulo by zero");
        }
        if (!py_int_divmod(py, a, b, &iq, &ir)) {
            return NULL;
        }
        out[0] = py_int_new(py, iq);
        out[1] = py_int_new(py, ir);
    } else if (py_as_double(left, &x) && py_as_double(right, &y)) {
        if (y == 0) {
            return py_raise(py, "ZeroDivisionError", "float divmod()");
        }
        py_float_divmod(x, y, &q, &r);
        out[0] = py_float_new(py, q);
        out[1] = py_float_new(py, r);
    } else {
        bool found;
        pyv by_method = py_call_special(py, left, "__divmod__",
                                        &(struct py_args){.pos = &args->pos[1], .npos = 1}, &found);
        if (found || py_stopped(py) != PY_RUNNING) {
            return by_method;
        }
        bool plain = (left->type->module && !left->type->module[0] && !left->type->mro) &&
                     (right->type->module && !right->type->module[0] && !right->type->mro);
        return plain ? py_raise(py, "TypeError", "unsupported operand type(s) for divmod(): '%s' and '%s'",
                                TYPE_NAME(left), TYPE_NAME(right))
                     : py_refuse(py, "divmod() of a %s and a %s", TYPE_NAME(left), TYPE_NAME(right));
    }
    return out[0] && out[1] ? py_tuple_new(py, out, 2) : NULL;
}

/* a * b % m without overflow. */
static uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t m)
{
    uint64_t out = 0;
    for (a %= m; b; b >>= 1) {
        if (b & 1) {
            out = out >= m - a ? out - (m - a) : out + a;
        }
        a = a >= m - a ? a - (m - a) : a + a;
    }
    return out;
}

static pyv pow_modulo(struct py *py, pyv const *v)
{
    int64_t base, exponent, modulus;
    if (!py_as_int(v[0], &base) || !py_as_int(v[1], &exponent) || !py_as_int(v[2], &modulus)) {
        double d;
        bool numbers = py_as_double(v[0], &d) && py_as_double(v[1], &d) && py_as_double(v[2], &d);
        return numbers ? py_raise(py, "TypeError",
                                  "pow() 3rd argument not allowed unless all arguments are integers")
                       : py_raise(py, "TypeError",
                                  "unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'",
                                  TYPE_NAME(v[0]), TYPE_NAME(v[1]), TYPE_NAME(v[2]));
    }
    if (modulus == 0) {
        return py_raise(py, "ValueError", "pow() 3rd argument cannot be 0");
    }
    if (exponent < 0 || modulus == INT64_MIN) {
        return py_refuse(py, "pow() with a modulus and a negative exponent");
    }
    uint64_t m = (uint64_t)(modulus < 0 ? -modulus : modulus), out = 1 % m;
    uint64_t b = (base < 0 ? 0 - (uint64_t)base : (uint64_t)base) % m;
    b = base < 0 && b ? m - b : b;
    for (uint64_t e = (uint64_t)exponent; e; e >>= 1) {
        out = e & 1 ? multiply_modulo(out, b, m) : out;
        b = multiply_modulo(b, b, m);
    }
    return py_int_new(py, modulus < 0 && out ? (int64_t)out + modulus : (int64_t)out);
}

pyv py_builtin_pow(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"base", PY_ARG_REQUIRED}, {"exp", PY_ARG_REQUIRED}, {"mod", 0}, {0}};
    pyv in[3] = {0};
    (void)self;
    if (!py_bind_native(py, "pow", args, table, in)) {
        return NULL;
    }
    return in[2] && !py_is_none(in[2]) ? pow_modulo(py, in) : py_binary(py, PY_OP_POW, in[0], in[1]);
}

/* Integers rounded to tens, hundreds ...: halves to the even one. */
static pyv round_int(struct py *py, int64_t value, int64_t digits)
{
    int64_t unit;
    if (digits >= 0) {
        return py_int_new(py, value);
    }
    if (digits < -19 || !py_int_pow(10, -digits, &unit)) {
        return digits == -19 &&
                       (value > INT64_C(5000000000000000000) || value < INT64_C(-5000000000000000000))
                   ? py_int_overflow(py)
                   : py_int_new(py, 0);
    }
    int64_t rest = value % unit, down = value - rest;
    if (rest < 0) {
        rest += unit;
        if (__builtin_sub_overflow(down, unit, &down)) {
            return py_int_overflow(py);
        }
    }
    bool up = rest > unit / 2 || (rest == unit / 2 && (down / unit) % 2 != 0);
    int64_t out = down;
    return up && __builtin_add_overflow(down, unit, &out) ? py_int_overflow(py) : py_int_new(py, out);
}

pyv py_builtin_round(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"number", PY_ARG_REQUIRED}, {"ndigits", 0}, {0}};
    pyv in[2] = {0};
    int64_t digits = 0, i;
    bool found;
    (void)self;
    if (!py_bind_native(py, "round", args, table, in)) {
        return NULL;
    }
    bool given = in[1] && !py_is_none(in[1]);
    pyv out =
        py_call_special(py, in[0], "__round__", &(struct py_args){.pos = &in[1], .npos = given}, &found);
    if (found || py_stopped(py) != PY_RUNNING) {
        return out;
    }
    if (!PY_AS(int, in[0]) && !PY_AS(float, in[0])) {
        return py_raise(py, "TypeError", "type %s doesn't define __round__ method", TYPE_NAME(in[0]));
    }
    if (given && !py_index_of(py, in[1], &digits)) {
        return NULL;
    }
    if (py_as_int(in[0], &i)) {
        return round_int(py, i, digits);
    }
    const struct py_float *f = PY_AS(float, in[0]);
    if (given) {
        double rounded = py_float_round(f->value, digits);
        return isinf(rounded) && isfinite(f->value)
                   ? py_raise(py, "OverflowError", "rounded value too large to represent")
                   : py_float_new(py, rounded);
    }
    double whole = round(f->value);
    if (fabs(f->value - whole) == 0.5) {
        whole = 2.0 * round(f->value / 2.0);
    }
    return py_int_of_double(py, whole);
}

pyv py_builtin_sum(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"iterable", PY_ARG_REQUIRED}, {"start", 0}, {0}};
    pyv in[2] = {0}, item;
    (void)self;
    if (!args->npos) {
        return py_raise(py, "TypeError", "sum() takes at least 1 positional argument (0 given)");
    }
    if (!py_bind_native(py, "sum", args, table, in)) {
        return NULL;
    }
    pyv total = in[1] ? in[1] : py_int_new(py, 0), it = py_iter(py, in[0]);
    if (!it) {
        return NULL;
    }
    if (PY_AS(str, total)) {
        return py_raise(py, "TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
    }
    if (PY_AS(bytes, total)) {
        return py_raise(py, "TypeError", "sum() can't sum bytes [use b''.join(seq) instead]");
    }
    while (total && (item = py_next(py, it)) != NULL) {
        total = py_spend(py, 1, 0) ? py_binary(py, PY_OP_ADD, total, item) : NULL;
    }
    return py_stopped(py) == PY_RUNNING ? total : NULL;
}

/* --- min() and max() --- */

struct best {
    pyv value, key;
};

static int better(struct py *py, enum py_op op, struct best *best, pyv value, pyv key_function)
{
    pyv key = key_function ? py_call1(py, key_function, value) : value;
    if (!key || !py_spend(py, 1, 0)) {
        return -1;
    }
    if (best->value) {
        pyv result = py_compare(py, op, key, best->key);
        int truth = result ? py_truth(py, result) : -1;
        if (truth <= 0) {
            return truth;
        }
    }
    *best = (struct best){value, key};
    return 0;
}

static pyv extreme(struct py *py, const struct py_args *args, enum py_op op, const char *name)
{
    static const struct py_arg table[] = {{"key", PY_ARG_KEYWORD}, {"default", PY_ARG_KEYWORD}, {0}};
    pyv in[2] = {0}, item;
    struct best best = {0};
    if (args->npos == 0) {
        return py_raise(py, "TypeError", "%s expected at least 1 argument, got 0", name);
    }
    struct py_args keywords = {.names = args->names, .values = args->values, .nkw = args->nkw};
    if (!py_bind_native(py, name, &keywords, table, in)) {
        return NULL;
    }
    pyv key = in[0] && !py_is_none(in[0]) ? in[0] : NULL;
    if (args->npos > 1) {
        if (in[1]) {
            return py_raise(py, "TypeError",
                            "Cannot specify a default for %s() with multiple positional arguments", name);
        }
        for (size_t i = 0; i < args->npos; i++) {
            if (better(py, op, &best, args->pos[i], key) != 0) {
                return NULL;
            }
        }
        return best.value;
    }
    pyv it = py_iter(py, args->pos[0]);
    if (!it) {
        return NULL;
    }
    while ((item = py_next(py, it)) != NULL) {
        if (better(py, op, &best, item, key) != 0) {
            return NULL;
        }
    }
    if (py_stopped(py) != PY_RUNNING || best.value) {
        return best.value;
    }
    return in[1] ? in[1] : py_raise(py, "ValueError", "%s() arg is an empty sequence", name);
}

pyv py_builtin_max(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return extreme(py, args, PY_OP_GT, "max");
}

pyv py_builtin_min(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    return extreme(py, args, PY_OP_LT, "min");
}
