/* The module decimal: numbers as they are written. Arithmetic is refused rather than rounded otherwise than
 * Python's context would. */
#include "engine/alembic/vocabulary/std.h"

/* [sign] digits [. digits] [e exponent], without blanks around; digits may be divided by "_". */
static bool valid(struct slice s)
{
    size_t i = 0, digits = 0;
    i += s.len && (s.ptr[0] == '+' || s.ptr[0] == '-');
    for (bool point = false; i < s.len; i++) {
        if (s.ptr[i] == '.' && !point) {
            point = true;
        } else if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
            digits++;
        } else {
            break;
        }
    }
    if (!digits || i == s.len) {
        return digits > 0;
    }
    if (s.ptr[i] != 'e' && s.ptr[i] != 'E') {
        return false;
    }
    i++;
    i += i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-');
    size_t from = i;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') {
        i++;
    }
    return i > from && i == s.len && i - from < 5;
}

pyv std_decimal_new(struct py *py, struct slice text)
{
    text = slice_trim(text);
    if (!valid(text)) {
        return py_raise(py, "decimal.InvalidOperation", "[<class 'decimal.ConversionSyntax'>]");
    }
    if (memchr(text.ptr, 'e', text.len) || memchr(text.ptr, 'E', text.len)) {
        return py_refuse(py, "a Decimal with an exponent");
    }
    bool minus = text.ptr[0] == '-';
    if (minus || text.ptr[0] == '+') {
        text.ptr++;
        text.len--;
    }
    while (text.len > 1 && text.ptr[0] == '0' && text.ptr[1] != '.') {
        text.ptr++;
        text.len--;
    }
    if (text.ptr[text.len - 1] == '.') {
        text.len--;
    }
    struct std_decimal *d = py_object_new(py, &std_type_decimal, sizeof(*d));
    char *copy = py_alloc(py, text.len + 3);
    if (!d || !copy) {
        return NULL;
    }
    snprintf(copy, text.len + 3, "%s%s%.*s", minus ? "-" : "", text.ptr[0] == '.' ? "0" : "", (int)text.len,
             text.ptr);
    d->text = copy;
    return (pyv)d;
}

static const char *text_of(pyv v)
{
    return ((const struct std_decimal *)(const void *)v)->text;
}

static pyv construct(struct py *py, UNUSED const struct py_type *type, const struct py_args *args)
{
    pyv v = NULL;
    if (py_bind(py, "Decimal", args, (const struct py_arg[]){{.name = "value"}, {0}}, &v, NULL, NULL)) {
        return NULL;
    }
    int64_t n;
    if (!v) {
        return std_decimal_new(py, SLICE("0"));
    }
    if (py_as_int(v, &n)) {
        char text[24];
        snprintf(text, sizeof(text), "%lld", (long long)n);
        return std_decimal_new(py, slice_of(text));
    }
    if (py_is(v, &std_type_decimal)) {
        return v;
    }
    return py_text(v).ptr ? std_decimal_new(py, py_text(v))
                          : py_refuse(py, "Decimal() of a %s", v->type->name);
}

static int str(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    strbuf_adds(out, text_of(self));
    return 0;
}

static int repr(UNUSED struct py *py, pyv self, struct strbuf *out)
{
    strbuf_addf(out, "Decimal('%s')", text_of(self));
    return 0;
}

static bool is_zero(const char *text)
{
    return strspn(text, "-0.") == strlen(text);
}

static int truth(UNUSED struct py *py, pyv self)
{
    return !is_zero(text_of(self));
}

/* Compare magnitudes digit by digit. */
static int magnitude(const char *a, const char *b)
{
    a += *a == '-';
    b += *b == '-';
    size_t na = strcspn(a, "."), nb = strcspn(b, ".");
    if (na != nb) {
        return na > nb ? 1 : -1;
    }
    int order = strncmp(a, b, na);
    if (order) {
        return order;
    }
    a += na + (a[na] == '.');
    b += nb + (b[nb] == '.');
    while (*a || *b) {
        char x = *a ? *a++ : '0', y = *b ? *b++ : '0';
        if (x != y) {
            return x > y ? 1 : -1;
        }
    }
    return 0;
}

static int order_of(const char *a, const char *b)
{
    bool za = is_zero(a), zb = is_zero(b), ma = *a == '-' && !za, mb = *b == '-' && !zb;
    if (ma != mb) {
        return ma ? -1 : 1;
    }
    int order = magnitude(a, b);
    return ma ? -order : order;
}

static pyv compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    char digits[2][24];
    const char *texts[2];
    pyv both[] = {left, right};
    for (int i = 0; i < 2; i++) {
        int64_t n;
        if (py_is(both[i], &std_type_decimal)) {
            texts[i] = text_of(both[i]);
        } else if (py_as_int(both[i], &n)) {
            snprintf(digits[i], sizeof(digits[i]), "%lld", (long long)n);
            texts[i] = digits[i];
        } else if (py_is(both[i], &py_type_float)) {
            return py_refuse(py, "comparing a Decimal with a float");
        } else {
            return &py_not_implemented;
        }
    }
    int order = order_of(texts[0], texts[1]);
    return py_bool(op == PY_OP_EQ   ? order == 0
                   : op == PY_OP_NE ? order != 0
                   : op == PY_OP_LT ? order < 0
                   : op == PY_OP_LE ? order <= 0
                   : op == PY_OP_GT ? order > 0
                                    : order >= 0);
}

const struct py_type std_type_decimal = {.head = PY_TYPE_HEAD,
                                         .name = "Decimal",
                                         .module = "decimal",
                                         .construct = construct,
                                         .repr = repr,
                                         .str = str,
                                         .truth = truth,
                                         .compare = compare};

const struct py_def std_decimal_defs[] = {
    {"Decimal", PY_DEF_TYPE, NULL, &std_type_decimal, NULL},
    {0},
};
