/* text % values. */
#include "engine/alembic/python/py_format.h"
#include "engine/alembic/python/py_number.h"
#include "engine/alembic/python/py_str.h"
#include <math.h>

struct percent {
    struct py *py;
    struct slice text;
    size_t at;
    struct py_list *tuple; /* the values when they are a tuple */
    pyv single;            /* otherwise the value */
    size_t used;           /* how many were taken */
    bool mapping;          /* the single value is a mapping: %(name)s may be used, and none of it need be */
};

struct directive {
    bool minus, plus, blank, alternate, zero;
    int64_t width, precision;
    size_t index; /* of the conversion's character, in characters */
};

static pyv next_value(struct percent *p)
{
    if (p->tuple && p->used < p->tuple->n) {
        return p->tuple->items[p->used++];
    }
    if (!p->tuple && !p->used) {
        p->used = 1;
        return p->single;
    }
    return py_raise(p->py, "TypeError", "not enough arguments for format string");
}

static char peek(const struct percent *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

/* %(key): the value becomes the only one, and is used up for directives without a key. */
static int read_key(struct percent *p)
{
    struct py *py = p->py;
    if (!p->mapping) {
        py_raise(py, "TypeError", "format requires a mapping");
        return -1;
    }
    size_t from = ++p->at;
    for (int open = 1; p->at < p->text.len; p->at++) {
        open += peek(p) == '(' ? 1 : peek(p) == ')' ? -1 : 0;
        if (!open) {
            break;
        }
    }
    if (p->at >= p->text.len) {
        py_raise(py, "ValueError", "incomplete format key");
        return -1;
    }
    pyv key = py_str_new(py, (struct slice){p->text.ptr + from, p->at - from});
    pyv value = key ? py_getitem(py, p->single, key) : NULL;
    p->at++;
    if (!value) {
        return -1;
    }
    struct py_list *one = (struct py_list *)(void *)py_tuple_new(py, &value, 1);
    p->tuple = one;
    p->used = 0;
    return one ? 0 : -1;
}

/* A number or *; -1 for none. */
static int read_size(struct percent *p, bool width, struct directive *d, int64_t *out)
{
    struct py *py = p->py;
    if (peek(p) == '*') {
        p->at++;
        pyv v = next_value(p);
        if (!v) {
            return -1;
        }
        if (!py_as_int(v, out)) {
            py_raise(py, "TypeError", "* wants int");
            return -1;
        }
        if (width && *out < 0) {
            d->minus = true;
            *out = *out == INT64_MIN ? INT64_MAX : -*out;
        }
        *out = *out < 0 ? 0 : *out;
        return 0;
    }
    int64_t n = -1;
    for (; peek(p) >= '0' && peek(p) <= '9'; p->at++) {
        n = n < 0 ? 0 : n;
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, peek(p) - '0', &n)) {
            py_raise(py, "ValueError", width ? "width too big" : "precision too big");
            return -1;
        }
    }
    *out = n < 0 && !width ? 0 : n;
    return 0;
}

static void read_flags(struct percent *p, struct directive *d)
{
    for (;; p->at++) {
        switch (peek(p)) {
        case '-':
            d->minus = true;
            break;
        case '+':
            d->plus = true;
            break;
        case ' ':
            d->blank = true;
            break;
        case '#':
            d->alternate = true;
            break;
        case '0':
            d->zero = true;
            break;
        default:
            return;
        }
    }
}

/* --- conversions --- */

static int put(struct percent *p, const struct directive *d, struct slice text, struct strbuf *out)
{
    struct py_spec spec = {.width = d->width, .align = d->minus ? '<' : '>'};
    return py_spec_pad(p->py, &spec, text, '>', out) ? 0 : -1;
}

/* Sign, prefix and digits in the width. */
static int put_number(struct percent *p, const struct directive *d, bool negative, const char *prefix,
                      struct slice digits, struct strbuf *out)
{
    struct strbuf text = STRBUF_INIT;
    if (negative || d->plus || d->blank) {
        strbuf_addch(&text, negative ? '-' : d->plus ? '+' : ' ');
    }
    strbuf_adds(&text, prefix);
    if (d->zero && !d->minus) {
        int64_t zeros = d->width - (int64_t)(text.len + digits.len);
        py_text_fill(&text, SLICE("0"), zeros);
    }
    strbuf_add(&text, digits.ptr, digits.len);
    int rc = put(p, d, (struct slice){strbuf_cstr(&text), text.len}, out);
    strbuf_release(&text);
    return rc;
}

static void *no_integer(struct percent *p, pyv v, char type)
{
    bool decimal = type == 'd' || type == 'i' || type == 'u';
    return py_raise(p->py, "TypeError", "%%%c format: %s is required, not %s", type,
                    decimal ? "a real number" : "an integer", TYPE_NAME(v));
}

/* The integer behind %d and %x. */
static pyv integer_of(struct percent *p, pyv v, char type)
{
    struct py *py = p->py;
    bool decimal = type == 'd' || type == 'i' || type == 'u', found = false;
    const struct py_float *f = PY_AS(float, v);
    if (PY_AS(int, v)) {
        return v;
    }
    if (f && decimal) {
        return py_int_of_double(py, f->value);
    }
    pyv out = py_call_special(py, v, decimal ? "__int__" : "__index__", PY_NO_ARGS, &found);
    if (!found && decimal) {
        out = py_call_special(py, v, "__index__", PY_NO_ARGS, &found);
    }
    if (found || py_stopped(py) != PY_RUNNING) {
        return out;
    }
    return no_integer(p, v, type);
}

static int put_int(struct percent *p, const struct directive *d, char type, struct strbuf *out)
{
    int64_t n;
    pyv v = next_value(p);
    pyv number = v ? integer_of(p, v, type) : NULL;
    if (!number) {
        return -1;
    }
    if (!py_as_int(number, &n)) {
        no_integer(p, v, type);
        return -1;
    }
    unsigned base = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
    const char *prefix = !d->alternate || base == 10 ? "" : type == 'o' ? "0o" : type == 'x' ? "0x" : "0X";
    struct strbuf digits = STRBUF_INIT, all = STRBUF_INIT;
    py_int_text(&digits, n, base, type == 'X');
    py_text_fill(&all, SLICE("0"), d->precision - (int64_t)digits.len);
    strbuf_add(&all, digits.ptr, digits.len);
    int rc = put_number(p, d, n < 0, prefix, (struct slice){strbuf_cstr(&all), all.len}, out);
    strbuf_release(&digits);
    strbuf_release(&all);
    return rc;
}

static int put_float(struct percent *p, const struct directive *d, char type, struct strbuf *out)
{
    struct py *py = p->py;
    double value;
    bool found = false;
    pyv v = next_value(p);
    if (!v) {
        return -1;
    }
    if (!py_as_double(v, &value)) {
        pyv number = py_call_special(py, v, "__float__", PY_NO_ARGS, &found);
        if (!found && py_stopped(py) == PY_RUNNING) {
            number = py_call_special(py, v, "__index__", PY_NO_ARGS, &found);
        }
        if (!found && py_stopped(py) == PY_RUNNING) {
            py_raise(py, "TypeError", "must be real number, not %s", TYPE_NAME(v));
        }
        if (!number || !py_as_double(number, &value)) {
            return -1;
        }
    }
    struct strbuf text = STRBUF_INIT;
    py_double_text(&text, value, type, d->precision < 0 ? 6 : d->precision, d->alternate, false);
    int rc = put_number(p, d, signbit(value) && !isnan(value), "",
                        (struct slice){strbuf_cstr(&text), text.len}, out);
    strbuf_release(&text);
    return rc;
}

static int put_char(struct percent *p, const struct directive *d, struct strbuf *out)
{
    struct py *py = p->py;
    pyv v = next_value(p);
    int64_t n;
    char bytes[4];
    if (!v) {
        return -1;
    }
    struct py_str *s = PY_AS(str, v);
    if (s && py_str_chars(s) == 1) {
        return put(p, d, s->text, out);
    }
    if (s || !py_as_int(v, &n)) {
        py_raise(py, "TypeError", "%%c requires int or char");
        return -1;
    }
    if (n < 0 || n > 0x10FFFF) {
        py_raise(py, "OverflowError", "%%c arg not in range(0x110000)");
        return -1;
    }
    if (n >= 0xD800 && n <= 0xDFFF) {
        py_refuse(py, "surrogates in text are not supported");
        return -1;
    }
    return put(p, d, (struct slice){bytes, py_utf8_put(bytes, (uint32_t)n)}, out);
}

static int put_text(struct percent *p, const struct directive *d, char type, struct strbuf *out)
{
    pyv v = next_value(p);
    v = v ? py_converted(p->py, v, type) : NULL;
    struct py_str *s = v ? PY_AS(str, v) : NULL;
    if (!s) {
        return -1;
    }
    struct slice text = s->text;
    if (d->precision >= 0 && d->precision < py_str_chars(s)) {
        text.len = py_str_offset(s, d->precision);
    }
    return put(p, d, text, out);
}

static int convert(struct percent *p, const struct directive *d, struct strbuf *out)
{
    if (p->at >= p->text.len) {
        py_raise(p->py, "ValueError", "incomplete format");
        return -1;
    }
    size_t from = p->at;
    uint32_t c = py_utf8_next(p->text.ptr, p->text.len, &p->at);
    switch (c) {
    case 's':
    case 'r':
    case 'a':
        return put_text(p, d, (char)c, out);
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return put_int(p, d, (char)c, out);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return put_float(p, d, (char)c, out);
    case 'c':
        return put_char(p, d, out);
    default:
        if (!next_value(p)) {
            return -1;
        }
        py_raise(p->py, "ValueError", "unsupported format character '%.*s' (0x%x) at index %lld",
                 (int)(c > 31 && c < 127 ? p->at - from : 1), c > 31 && c < 127 ? p->text.ptr + from : "?", c,
                 (long long)py_str_chars_before(&(struct py_str){.text = p->text}, from));
        return -1;
    }
}

static int directive(struct percent *p, struct strbuf *out)
{
    struct directive d = {.width = -1, .precision = -1};
    if (peek(p) == '%') {
        p->at++;
        strbuf_addch(out, '%');
        return 0;
    }
    if (peek(p) == '(' && read_key(p) != 0) {
        return -1;
    }
    read_flags(p, &d);
    if (read_size(p, true, &d, &d.width) != 0) {
        return -1;
    }
    if (peek(p) == '.') {
        p->at++;
        if (read_size(p, false, &d, &d.precision) != 0) {
            return -1;
        }
    }
    if (peek(p) == 'h' || peek(p) == 'l' || peek(p) == 'L') {
        p->at++;
    }
    if (py_spec_too_long(p->py, d.width, d.precision) || convert(p, &d, out) != 0) {
        return -1;
    }
    return 0;
}

pyv py_percent(struct py *py, pyv format, pyv args)
{
    struct percent p = {.py = py, .text = py_text(format)};
    struct strbuf out = STRBUF_INIT;
    bool tuple = py_is(args, &py_type_tuple);
    p.tuple = tuple ? py_list_of(args) : NULL;
    p.single = args;
    p.mapping =
        !tuple && !PY_AS(str, args) && (PY_SLOT(args->type, getitem) || py_dunder(py, args, "__getitem__"));
    if (py_stopped(py) != PY_RUNNING) {
        return NULL;
    }
    while (p.at < p.text.len) {
        const char *from = p.text.ptr + p.at, *next = memchr(from, '%', p.text.len - p.at);
        size_t n = next ? (size_t)(next - from) : p.text.len - p.at;
        strbuf_add(&out, from, n);
        p.at += n + (next != NULL);
        if (next && (!py_spend(py, 1, out.len) || directive(&p, &out) != 0)) {
            strbuf_release(&out);
            return NULL;
        }
    }
    bool left = !p.mapping && (p.tuple ? p.used < p.tuple->n : !p.used);
    if (left) {
        strbuf_release(&out);
        return py_raise(py, "TypeError", "not all arguments converted during string formatting");
    }
    return py_str_take(py, &out);
}
