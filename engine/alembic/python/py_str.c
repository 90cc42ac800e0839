/*
 * str: text as UTF-8, with the number of its characters. Text that is ASCII, which is when both numbers
 * agree, is indexed directly. `s += x` in a loop extends the text in place while nothing else has used the
 * room behind it; strings that were made before keep seeing their own length of it.
 */
#include "engine/alembic/python/py_str.h"
#include "engine/alembic/python/py_builtin.h"
#include "engine/alembic/python/py_bytes.h"

struct py_str_tail {
    char *data;
    size_t used, cap;
};

/* --- UTF-8 --- */

uint32_t py_utf8_next(const char *s, size_t len, size_t *at)
{
    unsigned char c = (unsigned char)s[(*at)++];
    if (c < 0x80) {
        return c;
    }
    size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    uint32_t out = c & (0x3Fu >> more);
    for (; more && *at < len; more--) {
        out = out << 6 | ((unsigned char)s[(*at)++] & 0x3Fu);
    }
    return out;
}

size_t py_utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[n] | c);
    return n;
}

void py_utf8_add(struct strbuf *b, uint32_t c)
{
    char bytes[4];
    strbuf_add(b, bytes, py_utf8_put(bytes, c));
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

int64_t py_str_chars(struct py_str *s)
{
    if (s->nchars <= 0 && s->text.len) {
        int64_t n = 0;
        for (size_t i = 0; i < s->text.len; i++) {
            n += !is_continuation(s->text.ptr[i]);
        }
        s->nchars = n;
    }
    return s->text.len ? s->nchars : 0;
}

size_t py_str_offset(struct py_str *s, int64_t at)
{
    int64_t n = py_str_chars(s);
    if ((size_t)n == s->text.len) {
        return (size_t)at;
    }
    /* From the nearer end. */
    size_t i = 0;
    if (at <= n / 2) {
        for (; at > 0; at--) {
            i++;
            while (i < s->text.len && is_continuation(s->text.ptr[i])) {
                i++;
            }
        }
        return i;
    }
    for (i = s->text.len; at < n; at++) {
        i--;
        while (i > 0 && is_continuation(s->text.ptr[i])) {
            i--;
        }
    }
    return i;
}

int64_t py_str_chars_before(struct py_str *s, size_t offset)
{
    if ((size_t)py_str_chars(s) == s->text.len) {
        return (int64_t)offset;
    }
    int64_t n = 0;
    for (size_t i = 0; i < offset; i++) {
        n += !is_continuation(s->text.ptr[i]);
    }
    return n;
}

pyv py_str_part(struct py *py, struct py_str *s, size_t from, size_t to)
{
    if (from == 0 && to == s->text.len && s->head.type == &py_type_str) {
        return &s->head;
    }
    return py_str_borrow(py, (struct slice){s->text.ptr + from, to - from});
}

/* --- operators --- */

uint64_t py_hash_bytes(struct slice s)
{
    uint64_t h = 0xCBF29CE484222325u ^ s.len;
    for (size_t i = 0; i < s.len; i++) {
        h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001B3u;
    }
    h ^= h >> 29;
    return h ? h : 1;
}

static int str_hash(struct py *py, pyv self, uint64_t *out)
{
    struct py_str *s = (struct py_str *)(void *)self;
    if (!s->hash) {
        if (!py_scan(py, s->text.len)) {
            return -1;
        }
        s->hash = py_hash_bytes(s->text);
    }
    *out = s->hash;
    return 0;
}

/* Short results are rarely the beginning of a long one: they get no room behind them. */
static char *str_copy_two(struct py *py, struct slice a, struct slice b, struct py_str_tail **tail)
{
    size_t n = a.len + b.len;
    bool room = n >= 64;
    size_t cap = room ? n + n / 2 : n;
    char *data = py_alloc(py, cap + 1);
    *tail = data && room ? py_alloc(py, sizeof(**tail)) : NULL;
    if (!data || (room && !*tail)) {
        return NULL;
    }
    memcpy(data, a.ptr, a.len);
    memcpy(data + a.len, b.ptr, b.len);
    if (*tail) {
        **tail = (struct py_str_tail){data, n, cap};
    }
    return data;
}

static pyv str_join_two(struct py *py, struct py_str *a, struct py_str *b)
{
    if (!b->text.len && a->head.type == &py_type_str) {
        return &a->head;
    }
    if (!a->text.len && b->head.type == &py_type_str) {
        return &b->head;
    }
    size_t n = a->text.len + b->text.len;
    const char *data = a->text.ptr;
    struct py_str_tail *tail = a->tail;
    bool behind = tail && data + a->text.len == tail->data + tail->used;
    if (behind && tail->cap - tail->used >= b->text.len) {
        memcpy(tail->data + tail->used, b->text.ptr, b->text.len);
        tail->used = n;
    } else {
        data = str_copy_two(py, a->text, b->text, &tail);
    }
    struct py_str *s = data ? (struct py_str *)(void *)py_str_borrow(py, (struct slice){data, n}) : NULL;
    if (!s) {
        return NULL;
    }
    s->tail = tail;
    if (a->nchars > 0 && b->nchars > 0) {
        s->nchars = a->nchars + b->nchars;
    }
    return &s->head;
}

static pyv str_repeat(struct py *py, struct py_str *s, int64_t times)
{
    size_t n;
    if (times <= 0 || !s->text.len) {
        return py_str_borrow(py, SLICE(""));
    }
    if (__builtin_mul_overflow(s->text.len, (size_t)times, &n) || n > SIZE_MAX / 4) {
        n = SIZE_MAX / 4;
    }
    char *data = py_alloc(py, n + 1);
    if (!data) {
        return NULL;
    }
    for (size_t at = 0; at < n; at += s->text.len) {
        memcpy(data + at, s->text.ptr, s->text.len);
    }
    return py_str_borrow(py, (struct slice){data, n});
}

static pyv str_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct py_str *a = PY_AS(str, left), *b = PY_AS(str, right);
    int64_t times;
    switch (op) {
    case PY_OP_ADD:
        return a && b ? str_join_two(py, a, b) : &py_not_implemented;
    case PY_OP_MUL:
        if (py_repeat_count(py, a ? right : left, &times)) {
            return str_repeat(py, a ? a : b, times);
        }
        return py_stopped(py) == PY_RUNNING ? &py_not_implemented : NULL;
    case PY_OP_MOD:
        return a ? py_percent(py, left, right) : &py_not_implemented;
    default:
        return &py_not_implemented;
    }
}

int py_str_order(struct slice a, struct slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0; /* UTF-8 sorts as code points do */
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static pyv str_compare(struct py *py, enum py_op op, pyv left, pyv right)
{
    struct py_str *a = PY_AS(str, left), *b = PY_AS(str, right);
    if (!a || !b) {
        return &py_not_implemented;
    }
    if ((op == PY_OP_EQ || op == PY_OP_NE) && a->text.len != b->text.len) {
        return py_bool(op == PY_OP_NE);
    }
    return py_scan(py, a->text.len) ? py_compare_result(op, py_str_order(a->text, b->text)) : NULL;
}

static int64_t str_len(struct py *py, pyv self)
{
    (void)py;
    return py_str_chars((struct py_str *)(void *)self);
}

static pyv str_getitem(struct py *py, pyv self, pyv key)
{
    struct py_str *s = (struct py_str *)(void *)self;
    int64_t n = py_str_chars(s), at;
    struct py_range_of r;
    if ((size_t)n != s->text.len && !py_scan(py, s->text.len)) {
        return NULL;
    }
    if (!PY_AS(slice, key)) {
        if (!py_index_resolve(py, key, n, "string", "string index out of range", &at)) {
            return NULL;
        }
        size_t from = py_str_offset(s, at), to = from;
        py_utf8_next(s->text.ptr, s->text.len, &to);
        return py_str_part(py, s, from, to);
    }
    if (!py_slice_resolve(py, key, n, &r)) {
        return NULL;
    }
    if (r.count == 0) {
        return py_str_borrow(py, SLICE(""));
    }
    if (r.step == 1) {
        return py_str_part(py, s, py_str_offset(s, r.start), py_str_offset(s, r.start + r.count));
    }
    if (!py_spend(py, (uint64_t)r.count, 0)) {
        return NULL;
    }
    struct strbuf out = STRBUF_INIT;
    bool ascii = (size_t)n == s->text.len;
    size_t *offsets = ascii ? NULL : py_alloc_array(py, (size_t)n + 1, sizeof(*offsets));
    if (!ascii && !offsets) {
        return NULL;
    }
    for (size_t i = 0, c = 0; !ascii && i < s->text.len; c++) {
        offsets[c] = i;
        py_utf8_next(s->text.ptr, s->text.len, &i);
        offsets[c + 1] = i;
    }
    for (int64_t i = 0, c = r.start; i < r.count; i++, c += i < r.count ? r.step : 0) {
        size_t from = ascii ? (size_t)c : offsets[c];
        strbuf_add(&out, s->text.ptr + from, ascii ? 1 : offsets[c + 1] - from);
    }
    return py_str_take(py, &out);
}

static int str_contains(struct py *py, pyv self, pyv item)
{
    struct py_str *s = (struct py_str *)(void *)self, *part = PY_AS(str, item);
    if (!part) {
        py_raise(py, "TypeError", "'in <string>' requires string as left operand, not %s", TYPE_NAME(item));
        return -1;
    }
    if (!py_scan(py, s->text.len)) {
        return -1;
    }
    return memmem(s->text.ptr, s->text.len, part->text.ptr, part->text.len) != NULL;
}

static int str_truth(struct py *py, pyv self)
{
    (void)py;
    return ((struct py_str *)(void *)self)->text.len != 0;
}

static int str_str(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    struct slice text = ((struct py_str *)(void *)self)->text;
    strbuf_add(out, text.ptr, text.len);
    return 0;
}

static int str_repr(struct py *py, pyv self, struct strbuf *out)
{
    (void)py;
    py_repr_text(((struct py_str *)(void *)self)->text, out);
    return 0;
}

/* --- iteration --- */

struct str_iterator {
    struct py_obj head;
    struct py_str *str;
    size_t at;
};

static pyv str_iterator_next(struct py *py, pyv self)
{
    struct str_iterator *it = (struct str_iterator *)(void *)self;
    if (it->at >= it->str->text.len) {
        return NULL;
    }
    size_t from = it->at;
    py_utf8_next(it->str->text.ptr, it->str->text.len, &it->at);
    return py_str_part(py, it->str, from, it->at);
}

#define ITERATOR(text)                                                                                       \
    {                                                                                                        \
        PY_TYPE_HEAD, .name = (text), .module = "", .plain = true, .iter = py_iter_self,                     \
                      .next = str_iterator_next                                                              \
    }
static const struct py_type iterator_types[] = {ITERATOR("str_iterator"), ITERATOR("str_ascii_iterator")};

static pyv str_iter(struct py *py, pyv self)
{
    struct py_str *s = (struct py_str *)(void *)self;
    bool ascii = (size_t)py_str_chars(s) == s->text.len;
    struct str_iterator *it = py_object_new(py, &iterator_types[ascii], sizeof(*it));
    if (!it) {
        return NULL;
    }
    it->str = s;
    return &it->head;
}

/* --- str(...) --- */

static pyv str_of_object(struct py *py, pyv v)
{
    if (v->type == &py_type_str) {
        return v;
    }
    struct strbuf out = STRBUF_INIT;
    if (py_str(py, v, &out) != 0) {
        strbuf_release(&out);
        return NULL;
    }
    return py_str_take(py, &out);
}

static pyv str_construct(struct py *py, const struct py_type *type, const struct py_args *args)
{
    static const struct py_arg table[] = {{"object", 0}, {"encoding", 0}, {"errors", 0}, {0}};
    pyv in[3] = {0};
    if (!py_bind_native(py, "str", args, table, in) || !py_codec_names(py, "str", in[1], in[2])) {
        return NULL;
    }
    pyv v = !in[0]           ? py_str_borrow(py, SLICE(""))
            : in[1] || in[2] ? py_bytes_decode(py, in[0], in[1], in[2])
                             : str_of_object(py, in[0]);
    if (!v || type == &py_type_str) {
        return v;
    }
    struct py_str *s = py_object_new(py, type, sizeof(*s));
    if (!s) {
        return NULL;
    }
    s->text = py_text(v);
    return &s->head;
}

#define ROW(name) {#name, PY_DEF_METHOD, py_str_##name, NULL, NULL},
static const struct py_def str_defs[] = {
    PY_STR_METHODS(ROW){"maketrans", PY_DEF_STATIC, py_str_maketrans, NULL, NULL},
    {0},
};

const struct py_type py_type_str = {PY_TYPE_HEAD,     .name = "str",          .module = "",
                                    .defs = str_defs, .plain = true,          .construct = str_construct,
                                    .repr = str_repr, .str = str_str,         .truth = str_truth,
                                    .len = str_len,   .getitem = str_getitem, .contains = str_contains,
                                    .iter = str_iter, .binary = str_binary,   .compare = str_compare,
                                    .hash = str_hash};
