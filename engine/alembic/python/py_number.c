/* Numbers out of text, and the special methods that numbers and formats ask for. */
#include "engine/alembic/python/py_number.h"
#include "engine/alembic/python/py_unicode.h"
#include <errno.h>

pyv py_call_special(struct py *py, pyv v, const char *name, const struct py_args *args, bool *found)
{
    *found = true;
    pyv method = v->type->mro ? py_dunder(py, v, name) : NULL;
    if (method) {
        return py_call(py, method, args);
    }
    if (py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    const struct py_def *def = py_type_def(v->type, name);
    if (def && def->kind == PY_DEF_METHOD) {
        return def->fn(py, v, args);
    }
    *found = false;
    return NULL;
}

/* --- text to plain digits --- */

/* ASCII form of a number's text: digits of other scripts as ASCII, white space at the ends gone. False: a
 * character that no number has. */
static bool plain_number(struct slice text, struct strbuf *out)
{
    size_t from = 0, to = 0, i = 0;
    bool begun = false;
    while (i < text.len) { /* find the ends */
        size_t at = i;
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (!py_unicode_is(c, PY_UNICODE_SPACE)) {
            from = begun ? from : at;
            begun = true;
            to = i;
        }
    }
    for (i = from; i < to;) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        int digit = py_unicode_decimal(c);
        if (digit < 0 && c >= 0x80) {
            return false;
        }
        strbuf_addch(out, digit >= 0 ? (char)('0' + digit) : (char)c);
    }
    return out->len > 0 && strlen(strbuf_cstr(out)) == out->len;
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'z' ? c - 'a' + 10
           : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                  : 99;
}

/* "0x" and the like, for the base that it names; 0: none. */
static int64_t prefix_base(const char *p)
{
    if (p[0] != '0') {
        return 0;
    }
    char c = (char)(p[1] | 0x20);
    return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
}

/* 0: parsed, 1: no number, 2: beyond 64 bits. */
static int int_digits(const char *p, int64_t base, int64_t *out)
{
    bool negative = *p == '-', overflow = false, any = false, zeros = true, leading = false;
    p += *p == '-' || *p == '+';
    int64_t prefix = prefix_base(p);
    if (prefix && (base == 0 || base == prefix)) {
        base = prefix;
        p += 2;
        p += *p == '_';
    } else if (base == 0) {
        base = 10;
        leading = *p == '0'; /* then only zeros may follow */
    }
    int64_t value = 0;
    for (; *p; p++) {
        if (*p == '_') {
            if (!any || p[1] == '_' || !p[1]) {
                return 1;
            }
            continue;
        }
        int64_t digit = digit_value(*p);
        if (digit >= base) {
            return 1;
        }
        any = true;
        zeros = zeros && digit == 0;
        overflow =
            overflow || __builtin_mul_overflow(value, base, &value) ||
            __builtin_sub_overflow(value, digit, &value); /* counted down: the smallest has no positive */
    }
    if (!any || (leading && !zeros)) {
        return 1;
    }
    if (overflow || (!negative && value == INT64_MIN)) {
        return 2;
    }
    *out = negative ? value : -value;
    return 0;
}

pyv py_int_parse(struct py *py, pyv v, struct slice text, int64_t base)
{
    struct strbuf plain = STRBUF_INIT;
    int64_t out = 0;
    if (!py_scan(py, text.len)) {
        return NULL;
    }
    int rc = plain_number(text, &plain) ? int_digits(strbuf_cstr(&plain), base, &out) : 1;
    strbuf_release(&plain);
    if (rc == 1) {
        return py_raise(py, "ValueError", "invalid literal for int() with base %d: %s", (int)base,
                        py_repr_of(py, v));
    }
    return rc == 2 ? py_int_overflow(py) : py_int_new(py, out);
}

/* Digits with single underscores between them. */
static const char *skip_digits(const char *p, struct strbuf *out, bool *any)
{
    for (; (*p >= '0' && *p <= '9') || (*p == '_' && *any && p[-1] != '_' && p[1] >= '0' && p[1] <= '9');
         p++) {
        if (*p != '_') {
            strbuf_addch(out, *p);
            *any = true;
        }
    }
    return p;
}

/* What strtod() may be given: it also takes hexadecimal numbers and "nan(...)". */
static bool float_digits(const char *p, struct strbuf *out)
{
    bool whole = false, part = false, exponent = false;
    if (*p == '-' || *p == '+') {
        strbuf_addch(out, *p++);
    }
    if (strcasecmp(p, "inf") == 0 || strcasecmp(p, "infinity") == 0 || strcasecmp(p, "nan") == 0) {
        strbuf_adds(out, p);
        return true;
    }
    p = skip_digits(p, out, &whole);
    if (*p == '.') {
        strbuf_addch(out, *p++);
        p = skip_digits(p, out, &part);
    }
    if ((whole || part) && (*p == 'e' || *p == 'E')) {
        strbuf_addch(out, *p++);
        if (*p == '-' || *p == '+') {
            strbuf_addch(out, *p++);
        }
        p = skip_digits(p, out, &exponent);
        if (!exponent) {
            return false;
        }
    }
    return (whole || part) && !*p;
}

pyv py_float_parse(struct py *py, pyv v, struct slice text)
{
    struct strbuf plain = STRBUF_INIT, digits = STRBUF_INIT;
    if (!py_scan(py, text.len)) {
        return NULL;
    }
    bool fits = plain_number(text, &plain) && float_digits(strbuf_cstr(&plain), &digits);
    double out = fits ? strtod(strbuf_cstr(&digits), NULL) : 0;
    strbuf_release(&plain);
    strbuf_release(&digits);
    if (!fits) {
        return py_raise(py, "ValueError", "could not convert string to float: %s", py_repr_of(py, v));
    }
    return py_float_new(py, out);
}
