/* str.translate(), str.maketrans() and str.encode(). */
#include "engine/alembic/python/py_bytes.h"
#include "engine/alembic/python/py_str.h"

#define STR(v) ((struct py_str *)(void *)(v))

/* What a table gives for a character: text, a code point, None to drop it; without an entry the character
 * stays. */
static int translate_one(struct py *py, pyv table, uint32_t c, struct slice same, struct strbuf *out)
{
    pyv key = py_int_new(py, c), value = key ? py_getitem(py, table, key) : NULL;
    int64_t code;
    if (!value) {
        pyv exception = py_raised(py);
        const struct py_type *lookup = exception ? py_exception_type(py, "LookupError") : NULL;
        if (!lookup || !py_is(exception, lookup)) {
            return -1;
        }
        py_clear(py);
        strbuf_add(out, same.ptr, same.len);
        return 0;
    }
    if (py_is_none(value)) {
        return 0;
    }
    if (PY_AS(str, value)) {
        struct slice text = py_text(value);
        strbuf_add(out, text.ptr, text.len);
        return 0;
    }
    if (!py_as_int(value, &code)) {
        py_raise(py, "TypeError", "character mapping must return integer, None or str");
        return -1;
    }
    if (code < 0 || code > 0x10FFFF) {
        py_raise(py, "ValueError", "character mapping must be in range(0x110000)");
        return -1;
    }
    if (code >= 0xD800 && code <= 0xDFFF) {
        py_refuse(py, "surrogates in text are not supported");
        return -1;
    }
    py_utf8_add(out, (uint32_t)code);
    return 0;
}

pyv py_str_translate(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "str.translate", 1, 1)) {
        return NULL;
    }
    struct slice text = STR(self)->text;
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len;) {
        size_t from = i;
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        struct slice same = {text.ptr + from, i - from};
        if (!py_spend(py, 1, out.len) || translate_one(py, args->pos[0], c, same, &out) != 0) {
            strbuf_release(&out);
            return NULL;
        }
    }
    return py_str_take(py, &out);
}

/* A dict whose keys are code points or single characters. */
static pyv trans_from_dict(struct py *py, pyv from)
{
    pyv out = py_dict_new(py), key, value;
    for (size_t at = 0; out && py_dict_next(from, &at, &key, &value);) {
        struct py_str *s = PY_AS(str, key);
        size_t used = 0;
        if (s && py_str_chars(s) != 1) {
            return py_raise(py, "ValueError", "string keys in translate table must be of length 1");
        }
        if (!s && !PY_AS(int, key)) {
            return py_raise(py, "TypeError", "keys in translate table must be strings or integers");
        }
        if (s) {
            key = py_int_new(py, py_utf8_next(s->text.ptr, s->text.len, &used));
        }
        if (!key || py_dict_set(py, out, key, value) != 0) {
            return NULL;
        }
    }
    return out;
}

static int trans_pairs(struct py *py, pyv out, struct slice from, const struct slice *to)
{
    for (size_t i = 0, j = 0; i < from.len;) {
        pyv key = py_int_new(py, py_utf8_next(from.ptr, from.len, &i));
        pyv value = to ? py_int_new(py, py_utf8_next(to->ptr, to->len, &j)) : &py_none;
        if (!key || !value || py_dict_set(py, out, key, value) != 0) {
            return -1;
        }
    }
    return 0;
}

pyv py_str_maketrans(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "str.maketrans", 1, 3)) {
        return NULL;
    }
    if (args->npos == 1) {
        return py_dict_of(args->pos[0]) ? trans_from_dict(py, args->pos[0])
                                        : py_raise(py, "TypeError",
                                                   "if you give only one argument to maketrans "
                                                   "it must be a dict");
    }
    for (size_t i = 0; i < args->npos; i++) {
        if (PY_AS(str, args->pos[i])) {
            continue;
        }
        return i == 0 ? py_raise(py, "TypeError",
                                 "first maketrans argument must be a string if there is a "
                                 "second argument")
                      : py_raise(py, "TypeError", "maketrans() argument %zu must be str, not %s", i + 1,
                                 TYPE_NAME(args->pos[i]));
    }
    struct py_str *from = STR(args->pos[0]), *to = STR(args->pos[1]);
    if (py_str_chars(from) != py_str_chars(to)) {
        return py_raise(py, "ValueError", "the first two maketrans arguments must have equal length");
    }
    pyv out = py_dict_new(py);
    bool done = out && trans_pairs(py, out, from->text, &to->text) == 0 &&
                (args->npos < 3 || trans_pairs(py, out, py_text(args->pos[2]), NULL) == 0);
    return done ? out : NULL;
}

pyv py_str_encode(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"encoding", 0}, {"errors", 0}, {0}};
    pyv in[2] = {0};
    return py_bind_native(py, "encode", args, table, in) && py_codec_names(py, "encode", in[0], in[1])
               ? py_text_encode(py, STR(self)->text, in[0], in[1])
               : NULL;
}
