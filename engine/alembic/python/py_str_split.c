/* Methods of str that cut text into parts and put parts together. */
#include "engine/alembic/python/py_str.h"
#include "engine/alembic/python/py_unicode.h"

#define STR(v) ((struct py_str *)(void *)(v))

static int add_part(struct py *py, struct py_list *list, struct py_str *s, size_t from, size_t to)
{
    pyv part = py_str_part(py, s, from, to);
    return part ? py_list_append(py, &list->head, part) : -1;
}

static int split_blanks(struct py *py, struct py_list *list, struct py_str *s, int64_t max)
{
    size_t from, to;
    py_text_strip(s->text, NULL, true, false, &from, &to);
    while (from < s->text.len) {
        size_t at = from, next = from;
        while (next < s->text.len &&
               !py_unicode_is(py_utf8_next(s->text.ptr, s->text.len, &next), PY_UNICODE_SPACE)) {
            at = next;
        }
        if (max >= 0 && (int64_t)list->n >= max) {
            at = s->text.len;
        }
        if (add_part(py, list, s, from, at) != 0) {
            return -1;
        }
        struct slice rest = {s->text.ptr + at, s->text.len - at};
        py_text_strip(rest, NULL, true, false, &from, &to);
        from += at;
    }
    return 0;
}

static int rsplit_blanks(struct py *py, struct py_list *list, struct py_str *s, int64_t max)
{
    size_t from, to;
    py_text_strip(s->text, NULL, false, true, &from, &to);
    while (to > 0) {
        size_t at = to;
        while (at > 0) {
            size_t before = py_text_before(s->text, at), next = before;
            if (py_unicode_is(py_utf8_next(s->text.ptr, s->text.len, &next), PY_UNICODE_SPACE)) {
                break;
            }
            at = before;
        }
        if (max >= 0 && (int64_t)list->n >= max) {
            at = 0;
        }
        if (add_part(py, list, s, at, to) != 0) {
            return -1;
        }
        py_text_strip((struct slice){s->text.ptr, at}, NULL, false, true, &from, &to);
    }
    return 0;
}

static int split_by(struct py *py, struct py_list *list, struct py_str *s, struct slice sep, int64_t max,
                    bool right)
{
    size_t from = 0, to = s->text.len;
    while (max < 0 || (int64_t)list->n < max) {
        struct slice rest = {s->text.ptr + from, to - from};
        const char *at = right ? py_text_find_last(rest, sep) : py_text_find(rest, sep);
        if (!at) {
            break;
        }
        size_t cut = (size_t)(at - s->text.ptr);
        if (add_part(py, list, s, right ? cut + sep.len : from, right ? to : cut) != 0) {
            return -1;
        }
        from = right ? from : cut + sep.len;
        to = right ? cut : to;
    }
    return add_part(py, list, s, from, to);
}

static pyv split(struct py *py, pyv self, const struct py_args *args, const char *name, bool right)
{
    static const struct py_arg table[] = {{"sep", 0}, {"maxsplit", 0}, {0}};
    pyv in[2] = {0};
    int64_t max = -1;
    struct py_str *s = STR(self);
    if (!py_bind_native(py, name, args, table, in) || (in[1] && !py_index_of(py, in[1], &max))) {
        return NULL;
    }
    pyv sep = in[0] && !py_is_none(in[0]) ? in[0] : NULL;
    if (sep && !PY_AS(str, sep)) {
        return py_raise(py, "TypeError", "must be str or None, not %s", TYPE_NAME(sep));
    }
    if (sep && !py_text(sep).len) {
        return py_raise(py, "ValueError", "empty separator");
    }
    if (!py_spend(py, s->text.len / 16, 0)) {
        return NULL;
    }
    struct py_list *list = (struct py_list *)(void *)py_list_new(py);
    int rc = !list   ? -1
             : sep   ? split_by(py, list, s, py_text(sep), max, right)
             : right ? rsplit_blanks(py, list, s, max)
                     : split_blanks(py, list, s, max);
    for (size_t i = 0; right && rc == 0 && i < list->n / 2; i++) {
        pyv v = list->items[i];
        list->items[i] = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = v;
    }
    return rc == 0 ? &list->head : NULL;
}

pyv py_str_split(struct py *py, pyv self, const struct py_args *args)
{
    return split(py, self, args, "split", false);
}

pyv py_str_rsplit(struct py *py, pyv self, const struct py_args *args)
{
    return split(py, self, args, "rsplit", true);
}

static bool ends_line(uint32_t c)
{
    return (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

pyv py_str_splitlines(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"keepends", 0}, {0}};
    pyv in[1] = {0};
    struct py_str *s = STR(self);
    if (!py_bind_native(py, "splitlines", args, table, in)) {
        return NULL;
    }
    int64_t keep = 0;
    if (in[0] && !py_index_of(py, in[0], &keep)) {
        return NULL;
    }
    struct py_list *list = (struct py_list *)(void *)py_list_new(py);
    if (!list || !py_scan(py, s->text.len)) {
        return NULL;
    }
    for (size_t from = 0; from < s->text.len;) {
        size_t end = from, next = from;
        while (next < s->text.len) {
            uint32_t c = py_utf8_next(s->text.ptr, s->text.len, &next);
            if (ends_line(c)) {
                next += c == '\r' && next < s->text.len && s->text.ptr[next] == '\n';
                break;
            }
            end = next;
        }
        if (add_part(py, list, s, from, keep ? next : end) != 0) {
            return NULL;
        }
        from = next;
    }
    return &list->head;
}

static pyv partition(struct py *py, pyv self, const struct py_args *args, const char *name, bool right)
{
    struct py_str *s = STR(self);
    if (!py_args_only(py, args, name, 1, 1)) {
        return NULL;
    }
    pyv sep = args->pos[0];
    if (!PY_AS(str, sep)) {
        return py_raise(py, "TypeError", "must be str, not %s", TYPE_NAME(sep));
    }
    struct slice part = py_text(sep);
    if (!part.len) {
        return py_raise(py, "ValueError", "empty separator");
    }
    if (!py_scan(py, s->text.len)) {
        return NULL;
    }
    const char *at = right ? py_text_find_last(s->text, part) : py_text_find(s->text, part);
    pyv empty = py_str_borrow(py, SLICE("")), out[3] = {empty, empty, empty};
    if (at) {
        size_t cut = (size_t)(at - s->text.ptr);
        out[0] = py_str_part(py, s, 0, cut);
        out[1] = sep;
        out[2] = py_str_part(py, s, cut + part.len, s->text.len);
    } else {
        out[right ? 2 : 0] = py_str_part(py, s, 0, s->text.len);
    }
    return out[0] && out[1] && out[2] ? py_tuple_new(py, out, 3) : NULL;
}

pyv py_str_partition(struct py *py, pyv self, const struct py_args *args)
{
    return partition(py, self, args, "str.partition", false);
}

pyv py_str_rpartition(struct py *py, pyv self, const struct py_args *args)
{
    return partition(py, self, args, "str.rpartition", true);
}

/* --- joining --- */

pyv py_str_join(struct py *py, pyv self, const struct py_args *args)
{
    if (!py_args_only(py, args, "str.join", 1, 1)) {
        return NULL;
    }
    if (!args->pos[0]->type->mro && !PY_SLOT(args->pos[0]->type, iter)) {
        return py_raise(py, "TypeError", "can only join an iterable");
    }
    const struct py_list *list = py_fast_sequence(py, args->pos[0]);
    if (!list) {
        return NULL;
    }
    if (list->n == 1 && list->items[0]->type == &py_type_str) {
        return list->items[0];
    }
    struct slice sep = STR(self)->text;
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < list->n; i++) {
        struct py_str *item = PY_AS(str, list->items[i]);
        if (!item || !py_spend(py, 0, out.len)) {
            strbuf_release(&out);
            return item ? NULL
                        : py_raise(py, "TypeError", "sequence item %zu: expected str instance, %s found", i,
                                   TYPE_NAME(list->items[i]));
        }
        if (i) {
            strbuf_add(&out, sep.ptr, sep.len);
        }
        strbuf_add(&out, item->text.ptr, item->text.len);
    }
    return py_str_take(py, &out);
}
