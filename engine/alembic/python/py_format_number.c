/* Numbers as format() writes them: sign, prefix, digits in groups, point and exponent, in a width. */
#include "engine/alembic/python/py_format.h"
#include "engine/alembic/python/py_str.h"
#include <math.h>

struct number {
    bool negative;
    const char *prefix;       /* 0x */
    struct slice whole, rest; /* digits before the point, and what follows */
    int64_t group;            /* digits in a group */
};

/* The whole part with its separators, and with zeros in front until it is `width` wide. */
static void group_digits(struct slice digits, char separator, int64_t group, int64_t width,
                         struct strbuf *out)
{
    struct strbuf reversed = STRBUF_INIT;
    int64_t left = (int64_t)digits.len;
    for (;;) {
        int64_t most = left > width ? left : width, n = most < 1 ? 1 : most;
        n = n > group ? group : n;
        for (int64_t i = 0; i < n; i++) {
            strbuf_addch(&reversed, left > 0 ? digits.ptr[--left] : '0');
        }
        width -= n;
        if (left <= 0 && width <= 0) {
            break;
        }
        if (separator) {
            strbuf_addch(&reversed, separator);
            width--;
        }
    }
    for (size_t i = reversed.len; i > 0; i--) {
        strbuf_addch(out, reversed.ptr[i - 1]);
    }
    strbuf_release(&reversed);
}

static pyv format_number(struct py *py, const struct py_spec *spec, const struct number *n)
{
    struct strbuf head = STRBUF_INIT, body = STRBUF_INIT, out = STRBUF_INIT;
    if (n->negative || spec->sign == '+' || spec->sign == ' ') {
        strbuf_addch(&head, n->negative ? '-' : spec->sign);
    }
    strbuf_adds(&head, n->prefix);
    bool zeros = spec->align == '=' && spec->fill.ptr && slice_eq(spec->fill, "0");
    int64_t width = zeros ? spec->width - (int64_t)(head.len + n->rest.len) : 0;
    if (n->group && n->whole.len) {
        group_digits(n->whole, spec->grouping, spec->grouping ? n->group : INT64_MAX, width, &body);
    } else {
        strbuf_add(&body, n->whole.ptr, n->whole.len);
    }
    strbuf_add(&body, n->rest.ptr, n->rest.len);
    if (spec->align == '=') { /* sign first, then filling */
        struct py_spec inner = *spec;
        inner.align = '>';
        inner.width = spec->width - (int64_t)head.len;
        strbuf_add(&out, head.ptr, head.len);
        py_spec_pad(py, &inner, (struct slice){strbuf_cstr(&body), body.len}, '>', &out);
    } else {
        strbuf_add(&head, body.ptr, body.len);
        py_spec_pad(py, spec, (struct slice){strbuf_cstr(&head), head.len}, '>', &out);
    }
    strbuf_release(&head);
    strbuf_release(&body);
    if (py_stopped(py) != PY_RUNNING) {
        strbuf_release(&out);
        return NULL;
    }
    return py_str_take(py, &out);
}

void py_int_text(struct strbuf *out, int64_t value, unsigned base, bool upper)
{
    static const char low[] = "0123456789abcdef", high[] = "0123456789ABCDEF";
    uint64_t v = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[64];
    size_t n = sizeof(digits);
    do {
        digits[--n] = (upper ? high : low)[v % base];
        v /= base;
    } while (v);
    strbuf_add(out, digits + n, sizeof(digits) - n);
}

/* Significant digits and exponent as %g wants them, without its zeros unless they are kept. */
static void general_text(struct strbuf *out, double value, int64_t precision, bool alternate, bool dot_zero,
                         bool upper)
{
    struct strbuf text = STRBUF_INIT, digits = STRBUF_INIT;
    precision = precision < 1 ? 1 : precision;
    strbuf_addf(&text, "%.*e", (int)precision - 1, value);
    const char *e = strchr(strbuf_cstr(&text), 'e');
    int64_t exponent = strtol(e + 1, NULL, 10);
    for (const char *p = text.ptr; p < e; p++) {
        if (*p != '.') {
            strbuf_addch(&digits, *p);
        }
    }
    int64_t n = (int64_t)digits.len;
    while (!alternate && n > 1 && digits.ptr[n - 1] == '0') {
        n--;
    }
    if (exponent < -4 || exponent >= precision - (dot_zero ? 1 : 0)) {
        strbuf_addch(out, digits.ptr[0]);
        strbuf_adds(out, n > 1 || alternate ? "." : "");
        strbuf_add(out, digits.ptr + 1, (size_t)n - 1);
        strbuf_addf(out, "%c%c%02lld", upper ? 'E' : 'e', exponent < 0 ? '-' : '+',
                    (long long)(exponent < 0 ? -exponent : exponent));
    } else if (exponent < 0) {
        strbuf_adds(out, "0.");
        py_text_fill(out, SLICE("0"), -exponent - 1);
        strbuf_add(out, digits.ptr, (size_t)n);
    } else {
        for (int64_t i = 0; i <= exponent || i < n; i++) {
            if (i == exponent + 1) {
                strbuf_addch(out, '.');
            }
            strbuf_addch(out, i < n ? digits.ptr[i] : '0');
        }
        if (n <= exponent + 1 && (alternate || dot_zero)) {
            strbuf_adds(out, dot_zero ? ".0" : ".");
        }
    }
    strbuf_release(&text);
    strbuf_release(&digits);
}

void py_double_text(struct strbuf *out, double value, char type, int64_t precision, bool alternate,
                    bool dot_zero)
{
    bool upper = type == 'E' || type == 'F' || type == 'G';
    value = fabs(value);
    if (!isfinite(value)) {
        strbuf_adds(out, isnan(value) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"));
        return;
    }
    switch (type) {
    case 'r':
        py_repr_double(out, value);
        break;
    case 'e':
    case 'E':
        strbuf_addf(out, alternate ? (upper ? "%#.*E" : "%#.*e") : (upper ? "%.*E" : "%.*e"), (int)precision,
                    value);
        break;
    case 'f':
    case 'F':
        strbuf_addf(out, alternate ? "%#.*f" : "%.*f", (int)precision, value);
        break;
    default:
        general_text(out, value, precision, alternate, dot_zero, upper);
        break;
    }
}

static bool all_zero(struct slice text)
{
    for (size_t i = 0; i < text.len && text.ptr[i] != 'e' && text.ptr[i] != 'E'; i++) {
        if (text.ptr[i] != '0' && text.ptr[i] != '.') {
            return false;
        }
    }
    return true;
}

pyv py_format_double(struct py *py, pyv v, double value, const struct py_spec *spec)
{
    char type = (char)spec->type;
    int64_t precision = spec->precision < 0 ? 6 : spec->precision;
    if (spec->type >= 128 || (type && !strchr("eEfFgGn%", type))) {
        return py_spec_unknown_type(py, spec, v);
    }
    if (type == 0) {
        type = spec->precision < 0 ? 'r' : 'g';
    } else if (type == 'n') {
        type = 'g';
    } else if (type == '%') {
        type = 'f';
        value *= 100;
    }
    struct strbuf text = STRBUF_INIT;
    py_double_text(&text, value, type, precision, spec->alternate, spec->type == 0);
    if (type == 'r' && spec->alternate && isfinite(value) && !strchr(strbuf_cstr(&text), '.')) {
        char *e = strchr(text.ptr, 'e'); /* 1e+16 becomes 1.e+16 */
        struct strbuf with = STRBUF_INIT;
        strbuf_add(&with, text.ptr, (size_t)(e - text.ptr));
        strbuf_addf(&with, ".%s", e);
        strbuf_release(&text);
        text = with;
    }
    if (spec->type == '%') {
        strbuf_addch(&text, '%');
    }
    size_t whole = strspn(strbuf_cstr(&text), "0123456789");
    struct number n = {.negative = signbit(value) && !isnan(value), .prefix = "", .group = 3};
    n.whole = (struct slice){text.ptr, whole};
    n.rest = (struct slice){text.ptr + whole, text.len - whole};
    if (spec->no_negative_zero && isfinite(value) &&
        all_zero((struct slice){text.ptr, text.len - (spec->type == '%')})) {
        n.negative = false;
    }
    pyv out = format_number(py, spec, &n);
    strbuf_release(&text);
    return out;
}

static pyv format_char(struct py *py, int64_t value, const struct py_spec *spec)
{
    struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
    if (spec->sign) {
        return py_raise(py, "ValueError", "Sign not allowed with integer format specifier 'c'");
    }
    if (spec->alternate) {
        return py_raise(py, "ValueError", "Alternate form (#) not allowed with integer format specifier 'c'");
    }
    if (value < 0 || value > 0x10FFFF) {
        return py_raise(py, "OverflowError", "%%c arg not in range(0x110000)");
    }
    if (value >= 0xD800 && value <= 0xDFFF) {
        return py_refuse(py, "surrogates in text are not supported");
    }
    py_utf8_add(&text, (uint32_t)value);
    bool fits = py_spec_pad(py, spec, (struct slice){strbuf_cstr(&text), text.len}, '>', &out);
    strbuf_release(&text);
    if (!fits) {
        strbuf_release(&out);
        return NULL;
    }
    return py_str_take(py, &out);
}

pyv py_format_int(struct py *py, pyv v, int64_t value, const struct py_spec *spec)
{
    char type = spec->type < 128 ? (char)spec->type : '?';
    if (type && strchr("eEfFgG%", type)) {
        return py_format_double(py, v, (double)value, spec);
    }
    if (type && !strchr("bcdonxX", type)) {
        return py_spec_unknown_type(py, spec, v);
    }
    if (spec->precision >= 0) {
        return py_raise(py, "ValueError", "Precision not allowed in integer format specifier");
    }
    if (spec->no_negative_zero) {
        return py_raise(py, "ValueError",
                        "Negative zero coercion (z) not allowed in integer format specifier");
    }
    if (type == 'c') {
        return format_char(py, value, spec);
    }
    static const struct {
        char type;
        unsigned base;
        const char *prefix;
    } bases[] = {{'b', 2, "0b"}, {'o', 8, "0o"}, {'x', 16, "0x"}, {'X', 16, "0X"}};
    struct number n = {.negative = value < 0, .prefix = "", .group = 3};
    unsigned base = 10;
    for (size_t i = 0; i < COUNT_OF(bases); i++) {
        if (bases[i].type == type) {
            base = bases[i].base;
            n.prefix = spec->alternate ? bases[i].prefix : "";
            n.group = 4;
        }
    }
    struct strbuf digits = STRBUF_INIT;
    py_int_text(&digits, value, base, type == 'X');
    n.whole = (struct slice){digits.ptr, digits.len};
    n.rest = SLICE("");
    pyv out = format_number(py, spec, &n);
    strbuf_release(&digits);
    return out;
}
