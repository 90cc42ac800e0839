/* bytes: data of a revision (hashes, encoded text). What is rarely done with it is refused. */
#include "engine/alembic/python/py_bytes.h"
#include "engine/alembic/python/py_str.h"

#define DATA(v) (((struct py_bytes *)(void *)(v))->data)

static pyv bytes_part(struct py *py, struct slice data, size_t from, size_t to)
{
    struct py_bytes *b = py_object_new(py, &py_type_bytes, sizeof(*b));
    if (!b) {
        return NULL;
    }
    b->data = (struct slice){data.ptr + from, to - from};
    return &b->head;
}

/* Beyond every limit: the program is stopped. */
static pyv too_large(struct py *py)
{
    (void)py_spend(py, 0, SIZE_MAX / 2);
    return NULL;
}

static pyv bytes_take(struct py *py, struct strbuf *b)
{
    pyv v = b->overflow ? too_large(py) : py_bytes_new(py, (struct slice){strbuf_cstr(b), b->len});
    strbuf_release(b);
    return v;
}

/* --- slots --- */

static pyv bytes_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct py_bytes *a = PY_AS(bytes, left), *b = PY_AS(bytes, right);
    int64_t times;
    struct strbuf out = STRBUF_INIT;
    if (op == PY_OP_ADD && a && b) {
        if (!py_spend(py, 0, a->data.len + b->data.len)) {
            return NULL;
        }
        strbuf_add(&out, a->data.ptr, a->data.len);
        strbuf_add(&out, b->data.ptr, b->data.len);
        return bytes_take(py, &out);
    }
    if (op == PY_OP_MUL && py_repeat_count(py, a ? right : left, &times)) {
        struct slice data = a ? a->data : b->data;
        size_t n = times <= 0 ? 0 : (size_t)times, bytes;
        if (__builtin_mul_overflow(n, data.len, &bytes) || !py_spend(py, n / 16, bytes)) {
            return too_large(py);
        }
        for (size_t i = 0; i < n && data.len; i++) {
            strbuf_add(&out, data.ptr, data.len);
        }
        return bytes_take(py, &out);
    }
    if (op == PY_OP_MOD && a) {
        return py_refuse(py, "formatting of bytes with %%");
    }
    return py_stopped(py) == PY_RUNNING ? &py_not_implemented : NULL;
}

static pyv bytes_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    (void)py;
    struct py_bytes *a = PY_AS(bytes, left), *b = PY_AS(bytes, right);
    return a && b ? py_compare_result(op, py_str_order(a->data, b->data)) : &py_not_implemented;
}

static int bytes_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    *out = py_hash_bytes(DATA(self));
    return 0;
}

static int bytes_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    py_repr_bytes(DATA(self), out);
    return 0;
}

static int64_t bytes_len(struct py *py, pyv self)
{
    (void)py;
    return (int64_t)DATA(self).len;
}

static pyv bytes_getitem(struct py *py, pyv self, pyv key)
{
    struct slice data = DATA(self);
    int64_t at;
    struct py_range_of r;
    if (!PY_AS(slice, key)) {
        return py_index_resolve(py, key, (int64_t)data.len, "byte", "index out of range", &at)
                   ? py_int_new(py, (unsigned char)data.ptr[at])
                   : NULL;
    }
    if (!py_slice_resolve(py, key, (int64_t)data.len, &r)) {
        return NULL;
    }
    if (r.step == 1) {
        return bytes_part(py, data, (size_t)r.start, (size_t)(r.start + r.count));
    }
    struct strbuf out = STRBUF_INIT;
    for (int64_t i = 0; i < r.count; i++) {
        strbuf_addch(&out, data.ptr[r.start + i * r.step]);
    }
    return bytes_take(py, &out);
}

static int bytes_contains(struct py *py, pyv self, pyv item)
{
    struct py_bytes *b = PY_AS(bytes, item);
    struct slice data = DATA(self);
    int64_t byte;
    if (!py_scan(py, data.len)) {
        return -1;
    }
    if (b) {
        return py_text_find(data, b->data) != NULL;
    }
    if (!py_as_int(item, &byte)) {
        py_raise(py, "TypeError", "a bytes-like object is required, not '%s'", TYPE_NAME(item));
        return -1;
    }
    if (byte < 0 || byte > 255) {
        py_raise(py, "ValueError", "byte must be in range(0, 256)");
        return -1;
    }
    return data.len && memchr(data.ptr, (int)byte, data.len) != NULL;
}

struct bytes_iterator {
    struct py_obj head;
    struct slice rest;
};

static pyv bytes_iterator_next(struct py *py, pyv self)
{
    struct slice *rest = &((struct bytes_iterator *)(void *)self)->rest;
    if (!rest->len) {
        return NULL;
    }
    rest->len--;
    return py_int_new(py, (unsigned char)*rest->ptr++);
}

static const struct py_type bytes_iterator_type = {PY_TYPE_HEAD,         .name = "bytes_iterator",
                                                   .module = "",         .plain = true,
                                                   .iter = py_iter_self, .next = bytes_iterator_next};

static pyv bytes_iter(struct py *py, pyv self)
{
    struct bytes_iterator *it = py_object_new(py, &bytes_iterator_type, sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->rest = DATA(self);
    return &it->head;
}

/* --- bytes(...) --- */

static pyv bytes_of_iterable(struct py *py, pyv v)
{
    struct py_list *list = py_fast_sequence(py, v);
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; list && i < list->n; i++) {
        int64_t byte;
        if (!py_index_of(py, list->items[i], &byte)) {
            strbuf_release(&out);
            return NULL;
        }
        if (byte < 0 || byte > 255) {
            strbuf_release(&out);
            return py_raise(py, "ValueError", "bytes must be in range(0, 256)");
        }
        strbuf_addch(&out, (char)byte);
    }
    return list ? bytes_take(py, &out) : NULL;
}

static pyv bytes_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"source", 0}, {"encoding", 0}, {"errors", 0}, {0}};
    pyv in[3] = {0}, v = NULL;
    int64_t n;
    if (!py_bind_native(py, "bytes", args, table, in)) {
        return NULL;
    }
    if (!py_codec_names(py, "bytes", in[1], in[2])) {
        return NULL;
    }
    if (in[0] && PY_AS(str, in[0])) {
        v = in[1] ? py_text_encode(py, py_text(in[0]), in[1], in[2])
                  : py_raise(py, "TypeError", "string argument without an encoding");
    } else if (in[1] || in[2]) {
        v = py_raise(py, "TypeError", "encoding without a string argument");
    } else if (!in[0]) {
        v = py_bytes_new(py, SLICE(""));
    } else if (PY_AS(bytes, in[0])) {
        v = py_bytes_new(py, DATA(in[0]));
    } else if (py_as_int(in[0], &n)) {
        if (n < 0) {
            return py_raise(py, "ValueError", "negative count");
        }
        char *zeros = py_alloc(py, (size_t)n + 1);
        v = zeros ? bytes_part(py, (struct slice){zeros, (size_t)n}, 0, (size_t)n) : NULL;
    } else if (in[0]->type->mro || PY_SLOT(in[0]->type, iter)) {
        v = bytes_of_iterable(py, in[0]);
    } else {
        v = py_raise(py, "TypeError", "cannot convert '%s' object to bytes", TYPE_NAME(in[0]));
    }
    if (!v || !type->mro) {
        return v;
    }
    struct py_bytes *b = py_object_new(py, type, sizeof(*b));
    if (!b) {
        return NULL;
    }
    b->data = DATA(v);
    return &b->head;
}

/* --- methods --- */

static pyv bytes_decode(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"encoding", 0}, {"errors", 0}, {0}};
    pyv in[2] = {0};
    return py_bind_native(py, "decode", args, table, in) && py_codec_names(py, "decode", in[0], in[1])
               ? py_bytes_decode(py, self, in[0], in[1])
               : NULL;
}

static pyv bytes_hex(struct py *py, pyv self, const struct py_args *args)
{
    struct slice data = DATA(self);
    struct strbuf out = STRBUF_INIT;
    if (args->npos || args->nkw) {
        return py_refuse(py, "bytes.hex() with a separator");
    }
    for (size_t i = 0; i < data.len; i++) {
        strbuf_addf(&out, "%02x", (unsigned char)data.ptr[i]);
    }
    return py_str_take(py, &out);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static pyv bytes_fromhex(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    if (!py_args_only(py, args, "bytes.fromhex", 1, 1)) {
        return NULL;
    }
    struct slice text = py_text(args->pos[0]);
    if (!text.ptr) {
        return py_raise(py, "TypeError", "fromhex() argument must be str, not %s", TYPE_NAME(args->pos[0]));
    }
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ' || (text.ptr[i] >= 9 && text.ptr[i] <= 13)) {
            continue;
        }
        int high = hex_digit(text.ptr[i]), low = i + 1 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
        if (high < 0 || low < 0) {
            strbuf_release(&out);
            return py_raise(py, "ValueError", "non-hexadecimal number found in fromhex() arg at position %zu",
                            high < 0 ? i : i + 1);
        }
        strbuf_addch(&out, (char)(high * 16 + low));
        i++;
    }
    return bytes_take(py, &out);
}

static pyv bytes_affix(struct py *py, pyv self, const struct py_args *args, const char *name, bool end)
{
    struct slice data = DATA(self);
    struct py_bytes *part = args->npos == 1 && !args->nkw ? PY_AS(bytes, args->pos[0]) : NULL;
    if (!part) {
        return py_refuse(py, "%s() with something else than one bytes", name);
    }
    return py_bool(part->data.len <= data.len && memcmp(data.ptr + (end ? data.len - part->data.len : 0),
                                                        part->data.ptr, part->data.len) == 0);
}

static pyv bytes_startswith(struct py *py, pyv self, const struct py_args *args)
{
    return bytes_affix(py, self, args, "bytes.startswith", false);
}

static pyv bytes_endswith(struct py *py, pyv self, const struct py_args *args)
{
    return bytes_affix(py, self, args, "bytes.endswith", true);
}

static pyv bytes_join(struct py *py, pyv self, const struct py_args *args)
{
    struct py_list *list =
        py_args_only(py, args, "bytes.join", 1, 1) ? py_fast_sequence(py, args->pos[0]) : NULL;
    struct strbuf out = STRBUF_INIT;
    struct slice sep = DATA(self);
    for (size_t i = 0; list && i < list->n; i++) {
        struct py_bytes *b = PY_AS(bytes, list->items[i]);
        if (!b) {
            strbuf_release(&out);
            return py_raise(py, "TypeError", "sequence item %zu: expected a bytes-like object, %s found", i,
                            TYPE_NAME(list->items[i]));
        }
        strbuf_add(&out, sep.ptr, i ? sep.len : 0);
        strbuf_add(&out, b->data.ptr, b->data.len);
    }
    return list ? bytes_take(py, &out) : NULL;
}

static pyv bytes_find(struct py *py, pyv self, const struct py_args *args)
{
    struct py_bytes *part = args->npos == 1 && !args->nkw ? PY_AS(bytes, args->pos[0]) : NULL;
    if (!py_scan(py, DATA(self).len)) {
        return NULL;
    }
    if (!part) {
        return py_refuse(py, "bytes.find() with something else than one bytes");
    }
    const char *at = py_text_find(DATA(self), part->data);
    return py_int_new(py, at ? at - DATA(self).ptr : -1);
}

static const struct py_def bytes_defs[] = {
    {"decode", PY_DEF_METHOD, bytes_decode, NULL, NULL},
    {"endswith", PY_DEF_METHOD, bytes_endswith, NULL, NULL},
    {"find", PY_DEF_METHOD, bytes_find, NULL, NULL},
    {"fromhex", PY_DEF_CLASS_METHOD, bytes_fromhex, NULL, NULL},
    {"hex", PY_DEF_METHOD, bytes_hex, NULL, NULL},
    {"join", PY_DEF_METHOD, bytes_join, NULL, NULL},
    {"startswith", PY_DEF_METHOD, bytes_startswith, NULL, NULL},
#define REFUSED(name)                                                                                        \
    {                                                                                                        \
        name, PY_DEF_REFUSED, NULL, NULL, "bytes." name "()"                                                 \
    }
    REFUSED("capitalize"),
    REFUSED("center"),
    REFUSED("count"),
    REFUSED("expandtabs"),
    REFUSED("index"),
    REFUSED("isalnum"),
    REFUSED("isalpha"),
    REFUSED("isascii"),
    REFUSED("isdigit"),
    REFUSED("islower"),
    REFUSED("isspace"),
    REFUSED("istitle"),
    REFUSED("isupper"),
    REFUSED("ljust"),
    REFUSED("lower"),
    REFUSED("lstrip"),
    REFUSED("maketrans"),
    REFUSED("partition"),
    REFUSED("removeprefix"),
    REFUSED("removesuffix"),
    REFUSED("replace"),
    REFUSED("rfind"),
    REFUSED("rindex"),
    REFUSED("rjust"),
    REFUSED("rpartition"),
    REFUSED("rsplit"),
    REFUSED("rstrip"),
    REFUSED("split"),
    REFUSED("splitlines"),
    REFUSED("strip"),
    REFUSED("swapcase"),
    REFUSED("title"),
    REFUSED("translate"),
    REFUSED("upper"),
    REFUSED("zfill"),
    {0},
};

const struct py_type py_type_bytes = {PY_TYPE_HEAD,
                                      .name = "bytes",
                                      .module = "",
                                      .defs = bytes_defs,
                                      .plain = true,
                                      .construct = bytes_construct,
                                      .repr = bytes_repr,
                                      .len = bytes_len,
                                      .getitem = bytes_getitem,
                                      .contains = bytes_contains,
                                      .iter = bytes_iter,
                                      .binary = bytes_binary,
                                      .compare = bytes_compare,
                                      .hash = bytes_hash};
