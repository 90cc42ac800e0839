/* format(value, spec) for text and numbers; other types answer by their __format__. */
#include "engine/alembic/python/py_format.h"
#include "engine/alembic/python/py_number.h"
#include "engine/alembic/python/py_str.h"

#define LONGEST 100000

bool py_spec_too_long(struct py *py, int64_t width, int64_t precision)
{
    if (width <= LONGEST && precision <= LONGEST) {
        return false;
    }
    py_refuse(py, "formatting with a width or precision beyond %d", LONGEST);
    return true;
}

/* --- reading a spec --- */

static bool is_align(char c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

/* Digits; -1: none. False: raised. */
static bool read_number(struct py *py, struct slice *s, int64_t *out)
{
    *out = -1;
    while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
        int64_t digit = s->ptr[0] - '0', value = *out < 0 ? 0 : *out;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value)) {
            return py_raise(py, "ValueError", "Too many decimal digits in format string");
        }
        *out = value;
        s->ptr++;
        s->len--;
    }
    return true;
}

static bool take(struct slice *s, char c)
{
    if (!s->len || s->ptr[0] != c) {
        return false;
    }
    s->ptr++;
    s->len--;
    return true;
}

static void read_align(struct slice *s, struct py_spec *spec)
{
    size_t first = 0;
    if (s->len) {
        py_utf8_next(s->ptr, s->len, &first);
    }
    if (first && first < s->len && is_align(s->ptr[first])) {
        spec->fill = (struct slice){s->ptr, first};
        spec->align = s->ptr[first];
        *s = (struct slice){s->ptr + first + 1, s->len - first - 1};
    } else if (s->len && is_align(s->ptr[0])) {
        spec->align = s->ptr[0];
        s->ptr++;
        s->len--;
    }
}

static bool read_grouping(struct py *py, struct slice *s, struct py_spec *spec)
{
    if (take(s, ',')) {
        spec->grouping = ',';
    }
    if (take(s, '_')) {
        if (spec->grouping) {
            return py_raise(py, "ValueError", "Cannot specify both ',' and '_'.");
        }
        spec->grouping = '_';
    }
    if (spec->grouping && s->len && (s->ptr[0] == ',' || s->ptr[0] == '_')) {
        return spec->grouping == s->ptr[0]
                   ? py_raise(py, "ValueError", "Cannot specify '%c' with '%c'.", spec->grouping, s->ptr[0])
                   : py_raise(py, "ValueError", "Cannot specify both ',' and '_'.");
    }
    return true;
}

/* Grouping goes with some types of numbers only. */
static bool check_grouping(struct py *py, const struct py_spec *spec)
{
    if (!spec->grouping || spec->type == 0 || (spec->type < 128 && strchr("deEfFgG%", (int)spec->type)) ||
        (spec->grouping == '_' && spec->type < 128 && strchr("boxX", (int)spec->type))) {
        return true;
    }
    if (spec->type > 32 && spec->type < 128) {
        return py_raise(py, "ValueError", "Cannot specify '%c' with '%c'.", spec->grouping, (int)spec->type);
    }
    return py_raise(py, "ValueError", "Cannot specify '%c' with '\\x%x'.", spec->grouping, spec->type);
}

static bool read_spec(struct py *py, struct slice s, pyv v, struct py_spec *spec)
{
    bool number = !PY_AS(str, v);
    struct slice all = s;
    *spec = (struct py_spec){.width = -1, .precision = -1};
    read_align(&s, spec);
    if (s.len && (s.ptr[0] == '+' || s.ptr[0] == '-' || s.ptr[0] == ' ')) {
        spec->sign = s.ptr[0];
        s.ptr++;
        s.len--;
    }
    spec->no_negative_zero = take(&s, 'z');
    spec->alternate = take(&s, '#');
    if (!spec->fill.ptr && s.len && s.ptr[0] == '0') {
        spec->fill = SLICE("0");
        if (!spec->align && number) {
            spec->align = '=';
        }
        s.ptr++;
        s.len--;
    }
    if (!read_number(py, &s, &spec->width) || !read_grouping(py, &s, spec)) {
        return false;
    }
    if (take(&s, '.')) {
        if (!read_number(py, &s, &spec->precision)) {
            return false;
        }
        if (spec->precision < 0) {
            return py_raise(py, "ValueError", "Format specifier missing precision");
        }
    }
    size_t used = 0;
    if (s.len) {
        spec->type = py_utf8_next(s.ptr, s.len, &used);
        if (!spec->type && !PY_AS(float, v)) {
            return py_raise(py, "ValueError", "Unknown format code '\\x0' for object of type '%s'",
                            TYPE_NAME(v));
        }
    }
    if (used < s.len) {
        return py_raise(py, "ValueError", "Invalid format specifier '%.*s' for object of type '%s'",
                        (int)all.len, all.ptr, TYPE_NAME(v));
    }
    if (!number && !spec->type) {
        spec->type = 's';
    }
    return check_grouping(py, spec) && !py_spec_too_long(py, spec->width, spec->precision);
}

void *py_spec_unknown_type(struct py *py, const struct py_spec *spec, pyv v)
{
    if (spec->type > 32 && spec->type < 128) {
        return py_raise(py, "ValueError", "Unknown format code '%c' for object of type '%s'", (int)spec->type,
                        TYPE_NAME(v));
    }
    return py_raise(py, "ValueError", "Unknown format code '\\x%x' for object of type '%s'", spec->type,
                    TYPE_NAME(v));
}

/* --- text --- */

bool py_spec_pad(struct py *py, const struct py_spec *spec, struct slice text, char fallback,
                 struct strbuf *out)
{
    int64_t n = py_str_chars(&(struct py_str){.text = text}), missing = spec->width - n;
    struct slice fill = spec->fill.ptr ? spec->fill : SLICE(" ");
    char align = spec->align ? spec->align : fallback;
    missing = missing < 0 ? 0 : missing;
    if (!py_spend(py, 0, (size_t)missing)) {
        return false;
    }
    int64_t before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
    py_text_fill(out, fill, before);
    strbuf_add(out, text.ptr, text.len);
    py_text_fill(out, fill, missing - before);
    return true;
}

static pyv format_str(struct py *py, pyv v, struct slice text, struct slice spec_text)
{
    struct py_spec spec;
    struct strbuf out = STRBUF_INIT;
    if (!read_spec(py, spec_text, v, &spec)) {
        return NULL;
    }
    if (spec.type != 's') {
        return py_spec_unknown_type(py, &spec, v);
    }
    if (spec.sign) {
        return py_raise(py, "ValueError",
                        spec.sign == ' ' ? "Space not allowed in string format specifier"
                                         : "Sign not allowed in string format specifier");
    }
    if (spec.no_negative_zero) {
        return py_raise(py, "ValueError",
                        "Negative zero coercion (z) not allowed in string format specifier");
    }
    if (spec.alternate) {
        return py_raise(py, "ValueError", "Alternate form (#) not allowed in string format specifier");
    }
    if (spec.align == '=') {
        return py_raise(py, "ValueError", "'=' alignment not allowed in string format specifier");
    }
    struct py_str s = {.text = text};
    if (spec.precision >= 0 && spec.precision < py_str_chars(&s)) {
        text.len = py_str_offset(&s, spec.precision);
    }
    if (!py_spec_pad(py, &spec, text, '<', &out)) {
        strbuf_release(&out);
        return NULL;
    }
    return py_str_take(py, &out);
}

pyv py_format(struct py *py, pyv v, struct slice spec_text)
{
    struct py_spec spec;
    struct strbuf out = STRBUF_INIT;
    const struct py_float *f = PY_AS(float, v);
    int64_t i;
    if (v->type == &py_type_str && !spec_text.len) {
        return v;
    }
    bool builtin = v->type == &py_type_str || v->type == &py_type_int || v->type == &py_type_float;
    pyv text = builtin ? NULL : py_str_new(py, spec_text);
    if (!builtin && !text) {
        return NULL;
    }
    if (!builtin) {
        bool found;
        pyv result = py_call_special(py, v, "__format__", &(struct py_args){.pos = &text, .npos = 1}, &found);
        if (found && result && !PY_AS(str, result)) {
            return py_raise(py, "TypeError", "__format__ must return a str, not %s", TYPE_NAME(result));
        }
        if (found || py_stopped(py) != PY_RUNNING) {
            return result;
        }
    }
    if (!spec_text.len) {
        if (py_str(py, v, &out) != 0) {
            strbuf_release(&out);
            return NULL;
        }
        return py_str_take(py, &out);
    }
    if (PY_AS(str, v)) {
        return format_str(py, v, py_text(v), spec_text);
    }
    if (!f && !py_as_int(v, &i)) {
        return py_raise(py, "TypeError", "unsupported format string passed to %s.__format__", TYPE_NAME(v));
    }
    if (!read_spec(py, spec_text, v, &spec)) {
        return NULL;
    }
    return f ? py_format_double(py, v, f->value, &spec) : py_format_int(py, v, i, &spec);
}

pyv py_converted(struct py *py, pyv v, char conversion)
{
    struct strbuf out = STRBUF_INIT, ascii = STRBUF_INIT;
    if (conversion == 's' && v->type == &py_type_str) {
        return v;
    }
    int rc = conversion == 's' ? py_str(py, v, &out) : py_repr(py, v, &out);
    if (rc != 0) {
        strbuf_release(&out);
        return NULL;
    }
    if (conversion == 'a') {
        py_escape_beyond_ascii((struct slice){strbuf_cstr(&out), out.len}, &ascii);
        strbuf_release(&out);
        out = ascii;
    }
    return py_str_take(py, &out);
}
