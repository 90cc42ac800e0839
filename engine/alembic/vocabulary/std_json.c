/* The module json: dumps over Python values, loads with jansson. */
#include "engine/alembic/vocabulary/std.h"
#include <jansson.h>
#include <math.h>

/* --- loads --- */

static pyv from_json(struct py *py, const json_t *j)
{
    switch (json_typeof(j)) {
    case JSON_NULL:
        return &py_none;
    case JSON_TRUE:
        return &py_true;
    case JSON_FALSE:
        return &py_false;
    case JSON_INTEGER:
        return py_int_new(py, json_integer_value(j));
    case JSON_REAL:
        return py_float_new(py, json_real_value(j));
    case JSON_STRING:
        return py_str_new(py, (struct slice){json_string_value(j), json_string_length(j)});
    case JSON_ARRAY: {
        pyv list = py_list_new(py);
        size_t n = json_array_size(j);
        for (size_t i = 0; list && i < n; i++) {
            pyv item = from_json(py, json_array_get(j, i));
            if (!item || py_list_append(py, list, item)) {
                return NULL;
            }
        }
        return list;
    }
    case JSON_OBJECT: {
        pyv dict = py_dict_new(py);
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)(uintptr_t)j, key, value)
        {
            pyv v = from_json(py, value);
            if (!dict || !v || py_dict_set_str(py, dict, key, v)) {
                return NULL;
            }
        }
        return dict;
    }
    default:
        return py_refuse(py, "JSON of an unknown kind");
    }
}

pyv std_json_loads(struct py *py, struct slice text)
{
    json_error_t error;
    json_t *j = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!j && json_error_code(&error) == json_error_numeric_overflow) {
        return py_refuse(py, "a number in JSON beyond 64 bits");
    }
    if (!j) {
        return py_raise(py, "json.JSONDecodeError", "%s: line %d column %d (char %d)", error.text, error.line,
                        error.column, error.position);
    }
    pyv v = from_json(py, j);
    json_decref(j);
    return v;
}

static pyv loads(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv v = NULL;
    if (py_bind(py, "loads", args, (const struct py_arg[]){{"s", PY_ARG_REQUIRED}, {0}}, &v, NULL, NULL)) {
        return NULL;
    }
    struct py_bytes *b = PY_AS(bytes, v);
    struct slice text = b ? b->data : py_text(v);
    if (!text.ptr) {
        return py_raise(py, "TypeError", "the JSON object must be str, bytes or bytearray, not %s",
                        v->type->name);
    }
    return std_json_loads(py, text);
}

/* --- dumps --- */

struct dump {
    struct py *py;
    struct strbuf *out;
    bool ascii, sort;
    int64_t indent;         /* -1: one line */
    struct slice item, key; /* separators */
    pyv fallback;           /* default=, NULL: none */
};

static int dump_value(const struct dump *d, pyv v, int depth);

static unsigned decode(const unsigned char **p, const unsigned char *end)
{
    unsigned c = *(*p)++;
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    c = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
    while (more-- > 0 && *p < end) {
        c = c << 6 | (*(*p)++ & 63u);
    }
    return c;
}

static void dump_string(const struct dump *d, struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
    strbuf_addch(d->out, '"');
    while (p < end) {
        const unsigned char *from = p;
        unsigned c = decode(&p, end);
        static const char escapes[] = "\"\"\\\\\nn\rr\tt\bb\ff";
        const char *e = c < 128 ? memchr(escapes, (int)c, sizeof(escapes) - 1) : NULL;
        if (e && (e - escapes) % 2 == 0) {
            strbuf_addf(d->out, "\\%c", e[1]);
        } else if (c < 32 || (d->ascii && c > 126 && c < 0x10000 && c != 127)) {
            strbuf_addf(d->out, "\\u%04x", c);
        } else if (d->ascii && c >= 0x10000) {
            strbuf_addf(d->out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                        0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            strbuf_add(d->out, (const char *)from, (size_t)(p - from));
        }
    }
    strbuf_addch(d->out, '"');
}

static void line(const struct dump *d, int depth)
{
    if (d->indent >= 0) {
        strbuf_addch(d->out, '\n');
        for (int64_t i = 0; i < d->indent * depth; i++) {
            strbuf_addch(d->out, ' ');
        }
    }
}

static int dump_list(const struct dump *d, pyv v, int depth)
{
    const struct py_list *l = (const struct py_list *)(const void *)v;
    if (l->n == 0) {
        strbuf_adds(d->out, "[]");
        return 0;
    }
    strbuf_addch(d->out, '[');
    for (size_t i = 0; i < l->n; i++) {
        if (i) {
            strbuf_add(d->out, d->item.ptr, d->item.len);
        }
        line(d, depth + 1);
        if (dump_value(d, l->items[i], depth + 1)) {
            return -1;
        }
    }
    line(d, depth);
    strbuf_addch(d->out, ']');
    return 0;
}

static int dump_key(const struct dump *d, pyv key)
{
    if (py_text(key).ptr) {
        dump_string(d, py_text(key));
        return 0;
    }
    bool plain = py_is_none(key) || key == &py_true || key == &py_false || py_is(key, &py_type_int) ||
                 py_is(key, &py_type_float);
    if (!plain) {
        py_raise(d->py, "TypeError", "keys must be str, int, float, bool or None, not %s", key->type->name);
        return -1;
    }
    strbuf_addch(d->out, '"');
    int rc = dump_value(d, key, 0);
    strbuf_addch(d->out, '"');
    return rc;
}

static int dump_dict(const struct dump *d, pyv v, int depth)
{
    pyv keys = py_list_new(d->py), key, value;
    for (size_t at = 0; keys && py_dict_next(v, &at, &key, &value);) {
        if (py_list_append(d->py, keys, key)) {
            return -1;
        }
    }
    if (!keys || (d->sort && !py_call_method(d->py, keys, "sort", PY_NO_ARGS))) {
        return -1;
    }
    const struct py_list *l = (const struct py_list *)(const void *)keys;
    strbuf_addch(d->out, '{');
    for (size_t i = 0; i < l->n; i++) {
        if (i) {
            strbuf_add(d->out, d->item.ptr, d->item.len);
        }
        line(d, depth + 1);
        if (dump_key(d, l->items[i])) {
            return -1;
        }
        strbuf_add(d->out, d->key.ptr, d->key.len);
        value = py_dict_get(d->py, v, l->items[i]);
        if (!value || dump_value(d, value, depth + 1)) {
            return -1;
        }
    }
    if (l->n) {
        line(d, depth);
    }
    strbuf_addch(d->out, '}');
    return 0;
}

static int dump_other(const struct dump *d, pyv v, int depth)
{
    if (!d->fallback) {
        py_raise(d->py, "TypeError", "Object of type %s is not JSON serializable", v->type->name);
        return -1;
    }
    pyv stand_in = py_call1(d->py, d->fallback, v);
    return stand_in ? dump_value(d, stand_in, depth + 1) : -1;
}

static int dump_value_in(const struct dump *d, pyv v, int depth)
{
    if (py_is_none(v) || v == &py_true || v == &py_false) {
        strbuf_adds(d->out, py_is_none(v) ? "null" : v == &py_true ? "true" : "false");
        return 0;
    }
    if (py_is(v, &py_type_float) && !isfinite(((struct py_float *)(void *)v)->value)) {
        double f = ((struct py_float *)(void *)v)->value;
        strbuf_adds(d->out, isnan(f) ? "NaN" : f < 0 ? "-Infinity" : "Infinity");
        return 0;
    }
    struct py_int *n = PY_AS(int, v);
    if (n) {
        strbuf_addf(d->out, "%lld", (long long)n->value);
        return 0;
    }
    if (py_is(v, &py_type_float)) {
        return py_repr(d->py, v, d->out);
    }
    if (py_text(v).ptr) {
        dump_string(d, py_text(v));
        return 0;
    }
    if (py_is(v, &py_type_list) || py_is(v, &py_type_tuple)) {
        return dump_list(d, v, depth);
    }
    return py_is(v, &py_type_dict) ? dump_dict(d, v, depth) : dump_other(d, v, depth);
}

static int dump_value(const struct dump *d, pyv v, int depth)
{
    if (!py_enter(d->py)) {
        return -1;
    }
    int rc = dump_value_in(d, v, depth);
    py_leave(d->py);
    return rc;
}

int std_json_dumps(struct py *py, pyv v, struct strbuf *out)
{
    const struct dump d = {
        .py = py, .out = out, .ascii = true, .indent = -1, .item = SLICE(", "), .key = SLICE(": ")};
    return dump_value(&d, v, 0);
}

static int read_separators(struct py *py, pyv v, struct dump *d)
{
    const struct py_list *l =
        py_is(v, &py_type_tuple) || py_is(v, &py_type_list) ? (const struct py_list *)(void *)v : NULL;
    if (!l || l->n != 2 || !py_text(l->items[0]).ptr || !py_text(l->items[1]).ptr) {
        py_refuse(py, "json.dumps(separators=...) that is no pair of strings");
        return -1;
    }
    d->item = py_text(l->items[0]);
    d->key = py_text(l->items[1]);
    return 0;
}

static pyv dumps(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    enum { OBJ, SKIPKEYS, ASCII, CIRCULAR, NAN_, CLS, INDENT, SEPARATORS, DEFAULT, SORT, N };
    static const struct py_arg table[] = {{"obj", PY_ARG_REQUIRED},
                                          {"skipkeys", PY_ARG_KEYWORD},
                                          {"ensure_ascii", PY_ARG_KEYWORD},
                                          {"check_circular", PY_ARG_KEYWORD},
                                          {"allow_nan", PY_ARG_KEYWORD},
                                          {"cls", PY_ARG_KEYWORD},
                                          {"indent", PY_ARG_KEYWORD},
                                          {"separators", PY_ARG_KEYWORD},
                                          {"default", PY_ARG_KEYWORD},
                                          {"sort_keys", PY_ARG_KEYWORD},
                                          {0}};
    pyv out[N] = {NULL};
    if (py_bind(py, "dumps", args, table, out, NULL, NULL)) {
        return NULL;
    }
    if (out[SKIPKEYS] || out[NAN_] || (out[CLS] && !py_is_none(out[CLS]))) {
        return py_refuse(py, "json.dumps() with skipkeys, allow_nan or cls");
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct dump d = {.py = py, .out = &text, .indent = -1, .key = SLICE(": ")};
    int ascii = out[ASCII] ? py_truth(py, out[ASCII]) : 1, sort = out[SORT] ? py_truth(py, out[SORT]) : 0;
    if (ascii < 0 || sort < 0) {
        return NULL;
    }
    d.ascii = ascii;
    d.sort = sort;
    if (out[INDENT] && !py_is_none(out[INDENT]) && (!py_as_int(out[INDENT], &d.indent) || d.indent > 100)) {
        return py_refuse(py, "json.dumps(indent=...) that is no small number");
    }
    d.indent = d.indent < -1 ? 0 : d.indent;
    d.item = d.indent >= 0 ? SLICE(",") : SLICE(", ");
    if (out[SEPARATORS] && !py_is_none(out[SEPARATORS]) && read_separators(py, out[SEPARATORS], &d)) {
        return NULL;
    }
    d.fallback = out[DEFAULT] && !py_is_none(out[DEFAULT]) ? out[DEFAULT] : NULL;
    return dump_value(&d, out[OBJ], 0) ? NULL : py_str_new(py, (struct slice){strbuf_cstr(&text), text.len});
}

const struct py_def std_json_defs[] = {
    {"dumps", PY_DEF_FUNCTION, dumps, NULL, NULL},
    {"loads", PY_DEF_FUNCTION, loads, NULL, NULL},
    {"load", PY_DEF_REFUSED, NULL, NULL, "json.load(): files are not read"},
    {"dump", PY_DEF_REFUSED, NULL, NULL, "json.dump(): files are not written"},
    {0},
};
