/* str.format() and str.format_map(): text with {fields}. */
#include "engine/alembic/python/py_format.h"
#include "engine/alembic/python/py_str.h"

struct fields {
    struct py *py;
    const struct py_args *args; /* NULL: format_map() */
    pyv mapping;
    int64_t next; /* the number that {} has */
    bool automatic, manual;
};

static int render(struct fields *f, struct slice text, int depth, struct strbuf *out);

/* A number that stands in a field, -1: it is none, -2: it is one beyond all bounds. */
static int64_t field_number(struct slice s)
{
    int64_t n = 0;
    bool overflow = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return -1;
        }
        overflow =
            overflow || __builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, s.ptr[i] - '0', &n);
    }
    return !s.len ? -1 : overflow ? -2 : n;
}

static void *too_many_digits(struct py *py)
{
    return py_raise(py, "ValueError", "Too many decimal digits in format string");
}

static pyv first_value(struct fields *f, struct slice name)
{
    struct py *py = f->py;
    int64_t number = field_number(name);
    if (number == -2) {
        return too_many_digits(py);
    }
    if (!name.len || number >= 0) {
        f->automatic = f->automatic || !name.len;
        f->manual = f->manual || name.len;
        if (f->automatic && f->manual) {
            return py_raise(
                py, "ValueError",
                name.len ? "cannot switch from automatic field numbering to manual field specification"
                         : "cannot switch from manual field specification to automatic field numbering");
        }
        number = name.len ? number : f->next++;
        if (!f->args) {
            return py_raise(py, "ValueError", "Format string contains positional fields");
        }
        if ((uint64_t)number >= f->args->npos) {
            return py_raise(py, "IndexError", "Replacement index %lld out of range for positional args tuple",
                            (long long)number);
        }
        return f->args->pos[number];
    }
    if (!f->args) {
        pyv key = py_str_new(py, name);
        return key ? py_getitem(py, f->mapping, key) : NULL;
    }
    for (size_t i = 0; i < f->args->nkw; i++) {
        if (slice_eq(name, f->args->names[i])) {
            return f->args->values[i];
        }
    }
    return py_raise_key(py, py_str_new(py, name));
}

/* .name and [index] behind the first part of a field. */
static pyv follow(struct fields *f, pyv v, struct slice rest)
{
    struct py *py = f->py;
    while (v && rest.len) {
        bool item = rest.ptr[0] == '[';
        if (!item && rest.ptr[0] != '.') {
            return py_raise(py, "ValueError", "Only '.' or '[' may follow ']' in format field specifier");
        }
        size_t end = 1;
        while (end < rest.len &&
               (item ? rest.ptr[end] != ']' : rest.ptr[end] != '.' && rest.ptr[end] != '[')) {
            end++;
        }
        struct slice name = {rest.ptr + 1, end - 1};
        if (item && end == rest.len) {
            return py_raise(py, "ValueError", "Missing ']' in format string");
        }
        if (!name.len) {
            return py_raise(py, "ValueError", "Empty attribute in format string");
        }
        int64_t number = item ? field_number(name) : -1;
        if (number == -2) {
            return too_many_digits(py);
        }
        if (!item) {
            v = py_getattr(py, v, arena_dupn(py_arena(py), name.ptr, name.len));
        } else {
            pyv key = number >= 0 ? py_int_new(py, number) : py_str_new(py, name);
            v = key ? py_getitem(py, v, key) : NULL;
        }
        end += item;
        rest = (struct slice){rest.ptr + end, rest.len - end};
    }
    return v;
}

static int field(struct fields *f, struct slice name, char conversion, struct slice spec, int depth,
                 struct strbuf *out)
{
    struct py *py = f->py;
    size_t first = 0;
    while (first < name.len && name.ptr[first] != '.' && name.ptr[first] != '[') {
        first++;
    }
    pyv v = first_value(f, (struct slice){name.ptr, first});
    v = v ? follow(f, v, (struct slice){name.ptr + first, name.len - first}) : NULL;
    if (v && conversion) {
        if (conversion != 's' && conversion != 'r' && conversion != 'a') {
            py_raise(py, "ValueError", "Unknown conversion specifier %c", conversion);
            return -1;
        }
        v = py_converted(py, v, conversion);
    }
    if (!v) {
        return -1;
    }
    struct strbuf inner = STRBUF_INIT;
    int rc = 0;
    if (spec.len && (memchr(spec.ptr, '{', spec.len) || memchr(spec.ptr, '}', spec.len))) {
        rc = render(f, spec, depth - 1, &inner);
        spec = (struct slice){strbuf_cstr(&inner), inner.len};
    }
    pyv text = rc == 0 ? py_format(py, v, spec) : NULL;
    strbuf_release(&inner);
    if (!text) {
        return -1;
    }
    struct slice t = py_text(text);
    strbuf_add(out, t.ptr, t.len);
    return 0;
}

/* !r and what may follow it; *at moves from "!" to the character behind. */
static bool read_conversion(struct py *py, struct slice text, size_t *at, char *conversion)
{
    if (*at + 1 >= text.len) {
        return py_raise(py, "ValueError", "end of string while looking for conversion specifier");
    }
    *conversion = text.ptr[*at + 1];
    *at += 2;
    if (*at >= text.len) {
        return py_raise(py, "ValueError", "unmatched '{' in format spec");
    }
    return text.ptr[*at] == ':' || text.ptr[*at] == '}' ||
           py_raise(py, "ValueError", "expected ':' after conversion specifier");
}

/* What stands between the braces from `at` on: name!conversion:spec. Returns the offset behind the closing
 * brace, 0 after raising. */
static size_t read_field(struct fields *f, struct slice text, size_t at, int depth, struct strbuf *out)
{
    struct py *py = f->py;
    size_t start = at;
    char c = '\0';
    for (bool bracket = false; at < text.len; at++) {
        c = text.ptr[at];
        if (c == '{' && !bracket) {
            py_raise(py, "ValueError", "unexpected '{' in field name");
            return 0;
        }
        if (c == '[') {
            bracket = true;
        } else if (c == ']') {
            bracket = false;
        } else if (!bracket && (c == '}' || c == ':' || c == '!')) {
            break;
        }
    }
    if (at == text.len) {
        py_raise(py, "ValueError", "expected '}' before end of string");
        return 0;
    }
    struct slice name = {text.ptr + start, at - start}, spec = {text.ptr, 0};
    char conversion = '\0';
    if (c == '!' && !read_conversion(f->py, text, &at, &conversion)) {
        return 0;
    }
    c = text.ptr[at];
    if (c == ':') {
        size_t from = ++at;
        for (int open = 1; at < text.len; at++) {
            open += text.ptr[at] == '{' ? 1 : text.ptr[at] == '}' ? -1 : 0;
            if (open == 0) {
                break;
            }
        }
        if (at == text.len) {
            py_raise(py, "ValueError", "unmatched '{' in format spec");
            return 0;
        }
        spec = (struct slice){text.ptr + from, at - from};
    }
    return field(f, name, conversion, spec, depth, out) == 0 ? at + 1 : 0;
}

static int render(struct fields *f, struct slice text, int depth, struct strbuf *out)
{
    struct py *py = f->py;
    if (depth < 0) {
        py_raise(py, "ValueError", "Max string recursion exceeded");
        return -1;
    }
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        if (c != '{' && c != '}') {
            size_t from = at;
            while (at < text.len && text.ptr[at] != '{' && text.ptr[at] != '}') {
                at++;
            }
            strbuf_add(out, text.ptr + from, at - from);
            continue;
        }
        if (at + 1 < text.len && text.ptr[at + 1] == c) {
            strbuf_addch(out, c);
            at += 2;
            continue;
        }
        if (c == '}' || at + 1 == text.len) {
            py_raise(py, "ValueError", "Single '%c' encountered in format string", c);
            return -1;
        }
        at = py_spend(py, 1, out->len) ? read_field(f, text, at + 1, depth, out) : 0;
        if (!at) {
            return -1;
        }
    }
    return 0;
}

static pyv format(struct fields *f, pyv self)
{
    struct strbuf out = STRBUF_INIT;
    if (render(f, py_text(self), 2 - 1, &out) != 0) {
        strbuf_release(&out);
        return NULL;
    }
    return py_str_take(f->py, &out);
}

pyv py_str_format(struct py *py, pyv self, const struct py_args *args)
{
    return format(&(struct fields){.py = py, .args = args}, self);
}

pyv py_str_format_map(struct py *py, pyv self, const struct py_args *args)
{
    return py_args_only(py, args, "str.format_map", 1, 1)
               ? format(&(struct fields){.py = py, .mapping = args->pos[0]}, self)
               : NULL;
}
