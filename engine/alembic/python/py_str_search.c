/* Methods of str that look for text in text: find, count, replace, strip and the like. */
#include "engine/alembic/python/py_str.h"
#include "engine/alembic/python/py_unicode.h"

#define STR(v) ((struct py_str *)(void *)(v))

static bool want_str(struct py *py, pyv v, const char *method, const char *which)
{
    return PY_AS(str, v) || py_wrong_argument(py, method, which, "str", v);
}

/* --- finding --- */

/* Long parts are looked for in a mirror, since trying them at every place could take very long. */
static const char *find_mirrored(struct slice text, struct slice part)
{
    char *mirror = xmalloc(text.len + part.len);
    for (size_t i = 0; i < text.len; i++) {
        mirror[i] = text.ptr[text.len - 1 - i];
    }
    for (size_t i = 0; i < part.len; i++) {
        mirror[text.len + i] = part.ptr[part.len - 1 - i];
    }
    const char *at = memmem(mirror, text.len, mirror + text.len, part.len);
    const char *found = at ? text.ptr + (text.len - (size_t)(at - mirror) - part.len) : NULL;
    free(mirror);
    return found;
}

const char *py_text_find_last(struct slice text, struct slice part)
{
    if (part.len > text.len) {
        return NULL;
    }
    if (part.len > 16) {
        return find_mirrored(text, part);
    }
    for (const char *p = text.ptr + (text.len - part.len);; p--) {
        if (memcmp(p, part.ptr, part.len) == 0) {
            return p;
        }
        if (p == text.ptr) {
            return NULL;
        }
    }
}

const char *py_text_find(struct slice text, struct slice part)
{
    return memmem(text.ptr, text.len, part.ptr, part.len);
}

/* The arguments (sub, start, end): the bytes of s that are searched. *possible is false when start lies
 * behind the end, where even the empty string is not found. */
static bool search_range(struct py *py, struct py_str *s, const struct py_args *args, const char *name,
                         struct slice *in, bool *possible)
{
    int64_t n = py_str_chars(s), start = 0, stop = n;
    if (args->nkw) {
        return py_raise(py, "TypeError", "str.%s() takes no keyword arguments", name);
    }
    if (args->npos < 1 || args->npos > 3) {
        return py_raise(py, "TypeError", "%s() takes at %s %d argument%s (%zu given)", name,
                        args->npos ? "most" : "least", args->npos ? 3 : 1, args->npos ? "s" : "", args->npos);
    }
    if ((args->npos > 1 && !py_index_or_none(py, args->pos[1], &start)) ||
        (args->npos > 2 && !py_index_or_none(py, args->pos[2], &stop))) {
        return false;
    }
    if (!py_scan(py, s->text.len)) {
        return false;
    }
    py_clamp_range(n, &start, &stop);
    *possible = start <= stop;
    size_t from = *possible ? py_str_offset(s, start) : 0, to = *possible ? py_str_offset(s, stop) : 0;
    *in = (struct slice){s->text.ptr + from, to - from};
    return true;
}

static pyv find(struct py *py, pyv self, const struct py_args *args, const char *name, bool last, bool must)
{
    struct py_str *s = STR(self);
    struct slice in;
    bool possible;
    if (!search_range(py, s, args, name, &in, &possible)) {
        return NULL;
    }
    if (!PY_AS(str, args->pos[0])) {
        return py_raise(py, "TypeError", "must be str, not %s", TYPE_NAME(args->pos[0]));
    }
    struct slice part = py_text(args->pos[0]);
    const char *at = !possible ? NULL : last ? py_text_find_last(in, part) : py_text_find(in, part);
    if (!at) {
        return must ? py_raise(py, "ValueError", "substring not found") : py_int_new(py, -1);
    }
    return py_int_new(py, py_str_chars_before(s, (size_t)(at - s->text.ptr)));
}

pyv py_str_find(struct py *py, pyv self, const struct py_args *args)
{
    return find(py, self, args, "find", false, false);
}

pyv py_str_rfind(struct py *py, pyv self, const struct py_args *args)
{
    return find(py, self, args, "rfind", true, false);
}

pyv py_str_index(struct py *py, pyv self, const struct py_args *args)
{
    return find(py, self, args, "index", false, true);
}

pyv py_str_rindex(struct py *py, pyv self, const struct py_args *args)
{
    return find(py, self, args, "rindex", true, true);
}

static int64_t char_count(struct slice text)
{
    struct py_str s = {.text = text};
    return py_str_chars(&s);
}

pyv py_str_count(struct py *py, pyv self, const struct py_args *args)
{
    struct slice in;
    bool possible;
    int64_t n = 0;
    if (!search_range(py, STR(self), args, "count", &in, &possible)) {
        return NULL;
    }
    if (!PY_AS(str, args->pos[0])) {
        return py_raise(py, "TypeError", "must be str, not %s", TYPE_NAME(args->pos[0]));
    }
    struct slice part = py_text(args->pos[0]);
    if (!possible || !part.len) {
        return py_int_new(py, possible ? char_count(in) + 1 : 0);
    }
    for (const char *at; (at = py_text_find(in, part)) != NULL; n++) {
        size_t used = (size_t)(at - in.ptr) + part.len;
        in = (struct slice){in.ptr + used, in.len - used};
    }
    return py_int_new(py, n);
}

static bool at_end(struct slice text, struct slice part, bool end)
{
    return part.len <= text.len &&
           memcmp(text.ptr + (end ? text.len - part.len : 0), part.ptr, part.len) == 0;
}

static pyv affix(struct py *py, pyv self, const struct py_args *args, const char *name, bool end)
{
    struct slice in;
    bool possible;
    if (!search_range(py, STR(self), args, name, &in, &possible)) {
        return NULL;
    }
    pyv what = args->pos[0];
    if (PY_AS(str, what)) {
        return py_bool(possible && at_end(in, py_text(what), end));
    }
    if (!py_is(what, &py_type_tuple)) {
        return py_raise(py, "TypeError", "%s first arg must be str or a tuple of str, not %s", name,
                        TYPE_NAME(what));
    }
    const struct py_list *list = py_list_of(what);
    for (size_t i = 0; i < list->n; i++) {
        if (!py_spend(py, 1, 0)) {
            return NULL;
        }
        if (!PY_AS(str, list->items[i])) {
            return py_raise(py, "TypeError", "tuple for %s must only contain str, not %s", name,
                            TYPE_NAME(list->items[i]));
        }
        if (possible && at_end(in, py_text(list->items[i]), end)) {
            return &py_true;
        }
    }
    return &py_false;
}

pyv py_str_startswith(struct py *py, pyv self, const struct py_args *args)
{
    return affix(py, self, args, "startswith", false);
}

pyv py_str_endswith(struct py *py, pyv self, const struct py_args *args)
{
    return affix(py, self, args, "endswith", true);
}

pyv py_str_removeprefix(struct py *py, pyv self, const struct py_args *args)
{
    struct py_str *s = STR(self);
    if (!py_args_only(py, args, "str.removeprefix", 1, 1) ||
        !want_str(py, args->pos[0], "removeprefix", "")) {
        return NULL;
    }
    struct slice part = py_text(args->pos[0]);
    return py_str_part(py, s, at_end(s->text, part, false) ? part.len : 0, s->text.len);
}

pyv py_str_removesuffix(struct py *py, pyv self, const struct py_args *args)
{
    struct py_str *s = STR(self);
    if (!py_args_only(py, args, "str.removesuffix", 1, 1) ||
        !want_str(py, args->pos[0], "removesuffix", "")) {
        return NULL;
    }
    struct slice part = py_text(args->pos[0]);
    return py_str_part(py, s, 0, s->text.len - (at_end(s->text, part, true) ? part.len : 0));
}

/* --- replacing --- */

pyv py_text_replace(struct py *py, struct py_str *s, struct slice old, struct slice new, int64_t max)
{
    struct strbuf out = PY_TEXT_INIT;
    struct slice rest = s->text;
    int64_t done = 0;
    if (!py_scan(py, s->text.len)) {
        return NULL;
    }
    for (; max < 0 || done < max; done++) {
        size_t keep;
        if (!old.len) { /* before every character, and at the end */
            if (done == 0) {
                keep = 0;
            } else if (!rest.len) {
                break;
            } else {
                keep = 0;
                py_utf8_next(rest.ptr, rest.len, &keep);
            }
        } else {
            const char *at = py_text_find(rest, old);
            if (!at) {
                break;
            }
            keep = (size_t)(at - rest.ptr);
        }
        strbuf_add(&out, rest.ptr, keep);
        strbuf_add(&out, new.ptr, new.len);
        rest = (struct slice){rest.ptr + keep + old.len, rest.len - keep - old.len};
        if (out.overflow) {
            break;
        }
    }
    if (!done) {
        return py_str_part(py, s, 0, s->text.len);
    }
    strbuf_add(&out, rest.ptr, rest.len);
    return py_str_take(py, &out);
}

pyv py_str_replace(struct py *py, pyv self, const struct py_args *args)
{
    int64_t max = -1;
    if (!py_args_only(py, args, "str.replace", 2, 3) || !want_str(py, args->pos[0], "replace", "1") ||
        !want_str(py, args->pos[1], "replace", "2") ||
        (args->npos > 2 && !py_index_of(py, args->pos[2], &max))) {
        return NULL;
    }
    return py_text_replace(py, STR(self), py_text(args->pos[0]), py_text(args->pos[1]), max);
}

pyv py_str_expandtabs(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"tabsize", 0}, {0}};
    pyv in[1] = {0};
    int64_t size = 8, column = 0;
    if (!py_bind_native(py, "expandtabs", args, table, in) || (in[0] && !py_index_of(py, in[0], &size))) {
        return NULL;
    }
    struct strbuf out = STRBUF_INIT;
    struct slice text = STR(self)->text;
    for (size_t i = 0; i < text.len && !out.overflow;) {
        size_t from = i;
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (c != '\t') {
            strbuf_add(&out, text.ptr + from, i - from);
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            continue;
        }
        int64_t blanks = size > 0 ? size - column % size : 0;
        if (!py_spend(py, 0, (size_t)blanks)) {
            break;
        }
        column += blanks;
        for (; blanks > 0; blanks--) {
            strbuf_addch(&out, ' ');
        }
    }
    if (py_stopped(py) != PY_RUNNING) {
        strbuf_release(&out);
        return NULL;
    }
    return py_str_take(py, &out);
}

/* --- stripping --- */

static bool in_set(uint32_t c, const struct slice *set)
{
    if (!set) {
        return py_unicode_is(c, PY_UNICODE_SPACE);
    }
    for (size_t i = 0; i < set->len;) {
        if (py_utf8_next(set->ptr, set->len, &i) == c) {
            return true;
        }
    }
    return false;
}

size_t py_text_before(struct slice text, size_t at)
{
    for (at--; at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80;) {
        at--;
    }
    return at;
}

void py_text_strip(struct slice text, const struct slice *set, bool left, bool right, size_t *from,
                   size_t *to)
{
    *from = 0;
    *to = text.len;
    while (left && *from < *to) {
        size_t next = *from;
        if (!in_set(py_utf8_next(text.ptr, text.len, &next), set)) {
            break;
        }
        *from = next;
    }
    while (right && *to > *from) {
        size_t at = py_text_before(text, *to), next = at;
        if (!in_set(py_utf8_next(text.ptr, text.len, &next), set)) {
            break;
        }
        *to = at;
    }
}

static pyv strip(struct py *py, pyv self, const struct py_args *args, const char *name, bool left, bool right)
{
    struct py_str *s = STR(self);
    size_t from, to;
    if (args->nkw || args->npos > 1) {
        py_args_only(py, args, arena_printf(py_arena(py), "str.%s", name), 0, 1);
        return NULL;
    }
    pyv chars = args->npos && !py_is_none(args->pos[0]) ? args->pos[0] : NULL;
    if (chars && !PY_AS(str, chars)) {
        return py_raise(py, "TypeError", "%s arg must be None or str", name);
    }
    struct slice set = chars ? py_text(chars) : (struct slice){0};
    if (!py_scan(py, s->text.len * (1 + set.len / 8))) {
        return NULL;
    }
    py_text_strip(s->text, chars ? &set : NULL, left, right, &from, &to);
    return py_str_part(py, s, from, to);
}

pyv py_str_strip(struct py *py, pyv self, const struct py_args *args)
{
    return strip(py, self, args, "strip", true, true);
}

pyv py_str_lstrip(struct py *py, pyv self, const struct py_args *args)
{
    return strip(py, self, args, "lstrip", true, false);
}

pyv py_str_rstrip(struct py *py, pyv self, const struct py_args *args)
{
    return strip(py, self, args, "rstrip", false, true);
}
