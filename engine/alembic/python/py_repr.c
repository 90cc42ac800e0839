/* repr(), str() and ascii(): the entry points, and how text, bytes and containers are printed. */
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/python/py_list.h"
#include "engine/alembic/python/py_str.h"
#include "engine/alembic/python/py_unicode.h"
#include <inttypes.h>

/* --- entry points --- */

/* What __repr__ or __str__ of a Python class gives; 1: it has none, 0, -1. */
static int text_by_method(struct py *py, pyv v, const char *name, struct strbuf *out)
{
    pyv method = v->type->mro ? py_dunder(py, v, name) : NULL;
    if (!method) {
        return py_stopped(py) == PY_RUNNING ? 1 : -1;
    }
    pyv text = py_call(py, method, PY_NO_ARGS);
    if (!text) {
        return -1;
    }
    if (!PY_AS(str, text)) {
        py_raise(py, "TypeError", "%s returned non-string (type %s)", name, TYPE_NAME(text));
        return -1;
    }
    struct slice s = py_text(text);
    strbuf_add(out, s.ptr, s.len);
    return 0;
}

/* Python prints an object's address here, which differs in every run; nothing can depend on it. */
static void repr_default(pyv v, struct strbuf *out)
{
    const struct py_type *t = v->type;
    strbuf_addf(out, "<%s%s%s object at 0x%" PRIxPTR ">", t->module ? t->module : "",
                t->module && t->module[0] ? "." : "", t->name, (uintptr_t)v);
}

int py_repr(struct py *py, pyv v, struct strbuf *out)
{
    if (!py_spend(py, 1, out->len) || !py_enter(py)) {
        return -1;
    }
    int rc = text_by_method(py, v, "__repr__", out);
    if (rc == 1) {
        const struct py_type *owner = PY_SLOT(v->type, repr);
        rc = 0;
        if (owner) {
            rc = owner->repr(py, v, out);
        } else {
            repr_default(v, out);
        }
    }
    py_leave(py);
    return rc;
}

int py_str(struct py *py, pyv v, struct strbuf *out)
{
    if (!py_enter(py)) {
        return -1;
    }
    int rc = text_by_method(py, v, "__str__", out);
    if (rc == 1) {
        const struct py_type *owner = PY_SLOT(v->type, str);
        rc = owner ? owner->str(py, v, out) : py_repr(py, v, out);
    }
    py_leave(py);
    return rc;
}

const char *py_repr_of(struct py *py, pyv v)
{
    enum { LIMIT = 200 };
    struct strbuf out = STRBUF_INIT;
    if (py_stopped(py) != PY_RUNNING || py_repr(py, v, &out) != 0) {
        if (py_stopped(py) == PY_RAISED) {
            py_clear(py);
        }
        strbuf_clear(&out);
        strbuf_addf(&out, "<%s>", TYPE_NAME(v));
    }
    size_t n = out.len;
    if (n > LIMIT) {
        for (n = LIMIT - 3; n > 0 && ((unsigned char)out.ptr[n] & 0xC0) == 0x80; n--) {
        }
    }
    const char *text =
        arena_printf(py_arena(py), "%.*s%s", (int)n, strbuf_cstr(&out), n < out.len ? "..." : "");
    strbuf_release(&out);
    return text;
}

/* --- text and bytes --- */

static void escape(uint32_t c, struct strbuf *out)
{
    static const char short_names[] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'};
    if (c < sizeof(short_names) && short_names[c]) {
        strbuf_addf(out, "\\%c", short_names[c]);
    } else if (c < 0x100) {
        strbuf_addf(out, "\\x%02x", c);
    } else if (c < 0x10000) {
        strbuf_addf(out, "\\u%04x", c);
    } else {
        strbuf_addf(out, "\\U%08x", c);
    }
}

static char quote_of(struct slice text)
{
    bool single = text.len && memchr(text.ptr, '\'', text.len);
    return single && !memchr(text.ptr, '"', text.len) ? '"' : '\'';
}

void py_repr_text(struct slice text, struct strbuf *out)
{
    char quote = quote_of(text);
    strbuf_addch(out, quote);
    for (size_t i = 0; i < text.len;) {
        size_t from = i;
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (c == (unsigned char)quote || c == '\\') {
            strbuf_addch(out, '\\');
            strbuf_addch(out, (char)c);
        } else if (py_unicode_is(c, PY_UNICODE_UNPRINTABLE)) {
            escape(c, out);
        } else {
            strbuf_add(out, text.ptr + from, i - from);
        }
    }
    strbuf_addch(out, quote);
}

void py_escape_beyond_ascii(struct slice text, struct strbuf *out)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (c < 0x80) {
            strbuf_addch(out, (char)c);
        } else {
            escape(c, out);
        }
    }
}

void py_repr_bytes(struct slice data, struct strbuf *out)
{
    char quote = quote_of(data);
    strbuf_addch(out, 'b');
    strbuf_addch(out, quote);
    for (size_t i = 0; i < data.len; i++) {
        unsigned char c = (unsigned char)data.ptr[i];
        if (c == (unsigned char)quote || c == '\\') {
            strbuf_addch(out, '\\');
            strbuf_addch(out, (char)c);
        } else if (c < 0x20 || c >= 0x7F) {
            escape(c, out);
        } else {
            strbuf_addch(out, (char)c);
        }
    }
    strbuf_addch(out, quote);
}

/* --- containers --- */

bool py_printing_enter(struct py *py, struct py_printing *here, pyv v)
{
    for (const struct py_printing *p = py->printing; p; p = p->outer) {
        if (p->v == v) {
            return false;
        }
    }
    *here = (struct py_printing){py->printing, v};
    py->printing = here;
    return true;
}

void py_printing_leave(struct py *py, const struct py_printing *here)
{
    py->printing = here->outer;
}

int py_repr_items(struct py *py, pyv self, pyv const *items, size_t n, const char *open, const char *close,
                  const char *recursive, struct strbuf *out)
{
    struct py_printing here;
    if (!py_printing_enter(py, &here, self)) {
        strbuf_adds(out, recursive);
        return 0;
    }
    int rc = 0;
    strbuf_adds(out, open);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (i) {
            strbuf_adds(out, ", ");
        }
        rc = py_repr(py, items[i], out);
    }
    strbuf_adds(out, close);
    py_printing_leave(py, &here);
    return rc;
}

int py_list_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_list *list = py_list_of(self);
    return py_repr_items(py, self, list->items, list->n, "[", "]", "[...]", out);
}

int py_tuple_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_list *list = py_list_of(self);
    return py_repr_items(py, self, list->items, list->n, "(", list->n == 1 ? ",)" : ")", "(...)", out);
}

int py_dict_repr(struct py *py, pyv self, struct strbuf *out)
{
    struct py_printing here;
    pyv key, value;
    if (!py_printing_enter(py, &here, self)) {
        strbuf_adds(out, "{...}");
        return 0;
    }
    int rc = 0;
    strbuf_addch(out, '{');
    const char *separator = "";
    for (size_t at = 0; rc == 0 && py_dict_next(self, &at, &key, &value); separator = ", ") {
        strbuf_adds(out, separator);
        rc = py_repr(py, key, out);
        if (rc == 0) {
            strbuf_adds(out, ": ");
            rc = py_repr(py, value, out);
        }
    }
    strbuf_addch(out, '}');
    py_printing_leave(py, &here);
    return rc;
}
