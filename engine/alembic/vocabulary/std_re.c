/* The module re, on PCRE2: what the two write alike. Patterns that mean something else to PCRE2 are refused.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/alembic/vocabulary/std.h"
#include <pcre2.h>

enum { FLAG_I = 2, FLAG_M = 8, FLAG_S = 16, FLAG_U = 32, FLAG_X = 64, FLAG_A = 256 };

/* Steps of one match: enough for sensible patterns, and an end for the others. */
#define MATCH_LIMIT 1000000u
#define GROUPS_MAX  100u

static const struct py_type type_pattern, type_match;

struct std_pattern {
    struct py_instance head;
    struct slice text;
    int64_t flags;
    uint32_t options;
    uint32_t groups;
};

struct std_match {
    struct py_instance head;
    const struct std_pattern *pattern;
    struct slice text;
    size_t n;                       /* pairs */
    size_t offsets[2 * GROUPS_MAX]; /* bytes; SIZE_MAX: took no part */
};

static struct std_pattern *pattern_of(pyv v)
{
    return (struct std_pattern *)(void *)v;
}

static struct std_match *match_of(pyv v)
{
    return (struct std_match *)(void *)v;
}

/* PCRE2's memory is not the arena's: a pattern is compiled for each use and released. */
static pcre2_code *compile(const struct std_pattern *p, int *error, PCRE2_SIZE *at)
{
    return pcre2_compile((PCRE2_SPTR)p->text.ptr, p->text.len, p->options, error, at, NULL);
}

/* What PCRE2 reads otherwise than Python. */
static const char *foreign(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : '\0';
        if (c == '\\') {
            if (next && strchr("ZzGKQECXRHVhNLlUgkopP", next)) {
                return "this escape";
            }
            i++;
        } else if (c == '{' && next == ',') {
            return "{,n}";
        } else if (c == '(' && next == '?') {
            char kind = i + 2 < s.len ? s.ptr[i + 2] : '\0';
            bool named = kind == 'P' && i + 3 < s.len && (s.ptr[i + 3] == '<' || s.ptr[i + 3] == '=');
            bool behind = kind == '<' && i + 3 < s.len && (s.ptr[i + 3] == '=' || s.ptr[i + 3] == '!');
            if (!named && !behind && !strchr(":=!imsx#", kind)) {
                return "this kind of group";
            }
        } else if (c == '(' && next == '*') {
            return "(*";
        } else if (c == '[' && (next == '[' || next == ':')) {
            return "a character class that begins with another";
        } else if (strchr("*+?}", c) && next == '+') {
            return "possessive quantifiers";
        }
    }
    return NULL;
}

static pyv pattern_new(struct py *py, struct slice text, int64_t flags)
{
    const char *wrong = foreign(text);
    if (wrong) {
        return py_refuse(py, "a regular expression with %s: %.*s", wrong,
                         (int)(text.len > 60 ? 60 : text.len), text.ptr);
    }
    if (flags & ~(int64_t)(FLAG_I | FLAG_M | FLAG_S | FLAG_U | FLAG_X | FLAG_A)) {
        return py_refuse(py, "flags of a regular expression");
    }
    struct std_pattern *p = py_object_new(py, &type_pattern, sizeof(*p));
    if (!p) {
        return NULL;
    }
    p->text = text;
    p->flags = flags;
    p->options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (flags & FLAG_A ? 0 : PCRE2_UCP) |
                 (flags & FLAG_I ? PCRE2_CASELESS : 0) | (flags & FLAG_M ? PCRE2_MULTILINE : 0) |
                 (flags & FLAG_S ? PCRE2_DOTALL : 0) | (flags & FLAG_X ? PCRE2_EXTENDED : 0);
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = compile(p, &error, &at);
    if (!code) {
        char message[128];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof(message));
        return py_raise(py, "re.error", "%s at position %zu", message, at);
    }
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &p->groups);
    pcre2_code_free(code);
    return p->groups < GROUPS_MAX ? (pyv)p : py_refuse(py, "a regular expression with %u groups", p->groups);
}

/* A str or a compiled pattern. */
static struct std_pattern *as_pattern(struct py *py, pyv v, pyv flags)
{
    int64_t bits = 0;
    if (flags && !py_as_int(flags, &bits)) {
        return py_raise(py, "TypeError", "flags of a regular expression are an integer");
    }
    if (py_is(v, &type_pattern)) {
        return pattern_of(v);
    }
    if (!py_text(v).ptr) {
        return py_refuse(py, "a regular expression over %s", v->type->name);
    }
    return (struct std_pattern *)(void *)pattern_new(py, py_text(v), bits);
}

enum how { HOW_SEARCH, HOW_MATCH, HOW_FULL };

/* All matches from `from` on, at most `most`, through each(); stops when it says so. */
typedef int (*each_fn)(void *arg, struct py *py, const struct std_match *m);

static int run(struct py *py, const struct std_pattern *p, struct slice text, enum how how, size_t most,
               each_fn each, void *arg)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = compile(p, &error, &at);
    pcre2_match_data *data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, MATCH_LIMIT);
    pcre2_set_depth_limit(context, 20000);
    int rc = data ? 0 : -1;
    size_t from = 0;
    bool empty_before = false;
    uint32_t base = how == HOW_SEARCH  ? 0
                    : how == HOW_MATCH ? PCRE2_ANCHORED
                                       : PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    while (rc == 0 && most > 0 && from <= text.len && py_spend(py, 1 + text.len / 64, 0)) {
        uint32_t options = base | PCRE2_NO_UTF_CHECK | (empty_before ? PCRE2_NOTEMPTY_ATSTART : 0);
        int found = pcre2_match(code, (PCRE2_SPTR)text.ptr, text.len, from, options, data, context);
        if (found == PCRE2_ERROR_NOMATCH) {
            break;
        }
        if (found < 0) {
            py_refuse(py, "a regular expression that takes too long: %.*s", (int)p->text.len, p->text.ptr);
            rc = -1;
            break;
        }
        struct std_match m = {.pattern = p, .text = text, .n = p->groups + 1};
        const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(data);
        for (size_t i = 0; i < 2 * m.n; i++) {
            m.offsets[i] = i < 2 * (size_t)found ? ov[i] : SIZE_MAX;
        }
        rc = each(arg, py, &m);
        most--;
        empty_before = m.offsets[0] == m.offsets[1];
        from = m.offsets[1];
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return rc || py_stopped(py) != PY_RUNNING ? -1 : 0;
}

static int keep_match(void *arg, struct py *py, const struct std_match *m)
{
    struct std_match *copy = py_object_new(py, &type_match, sizeof(*copy));
    if (!copy) {
        return -1;
    }
    struct py_instance head = copy->head;
    *copy = *m;
    copy->head = head;
    *(pyv *)arg = (pyv)copy;
    return 0;
}

static pyv find_one(struct py *py, const struct std_pattern *p, pyv text, enum how how)
{
    if (!p) {
        return NULL;
    }
    if (!py_text(text).ptr) {
        return py_raise(py, "TypeError", "expected string or bytes-like object, got '%s'", text->type->name);
    }
    pyv match = &py_none;
    return run(py, p, py_text(text), how, 1, keep_match, &match) ? NULL : match;
}

static pyv group_value(struct py *py, const struct std_match *m, size_t i, pyv absent)
{
    if (m->offsets[2 * i] == SIZE_MAX) {
        return absent;
    }
    return py_str_borrow(
        py, (struct slice){m->text.ptr + m->offsets[2 * i], m->offsets[2 * i + 1] - m->offsets[2 * i]});
}

/* findall: the whole match, the one group, or a tuple of the groups. */
static int keep_found(void *arg, struct py *py, const struct std_match *m)
{
    pyv empty = py_str_of(py, ""), v;
    if (m->n <= 2) {
        v = group_value(py, m, m->n - 1, empty);
    } else {
        pyv items[GROUPS_MAX];
        for (size_t i = 1; i < m->n; i++) {
            items[i - 1] = group_value(py, m, i, empty);
        }
        v = py_tuple_new(py, items, m->n - 1);
    }
    return v ? py_list_append(py, arg, v) : -1;
}

static int keep_in_list(void *arg, struct py *py, const struct std_match *m)
{
    pyv match = NULL;
    return keep_match(&match, py, m) || py_list_append(py, arg, match) ? -1 : 0;
}

static pyv find_all(struct py *py, const struct std_pattern *p, pyv text, each_fn each)
{
    if (!p) {
        return NULL;
    }
    if (!py_text(text).ptr) {
        return py_raise(py, "TypeError", "expected string or bytes-like object, got '%s'", text->type->name);
    }
    pyv list = py_list_new(py);
    return !list || run(py, p, py_text(text), HOW_SEARCH, SIZE_MAX, each, list) ? NULL : list;
}

/* --- sub --- */

struct sub {
    struct strbuf *out;
    pyv with; /* str or callable */
    size_t at, count;
};

static int group_index(struct py *py, const struct std_pattern *p, struct slice name, size_t *out)
{
    if (name.len && name.ptr[0] >= '0' && name.ptr[0] <= '9') {
        size_t n = 0;
        for (size_t i = 0; i < name.len && n < 1000; i++) {
            if (name.ptr[i] < '0' || name.ptr[i] > '9') {
                return -1;
            }
            n = n * 10 + (size_t)(name.ptr[i] - '0');
        }
        *out = n;
        return n <= p->groups ? 0 : -1;
    }
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = compile(p, &error, &at);
    const char *z = py_cstr(py, py_str_new(py, name));
    int n = code && z ? pcre2_substring_number_from_name(code, (PCRE2_SPTR)z) : -1;
    pcre2_code_free(code);
    *out = n > 0 ? (size_t)n : 0;
    return n > 0 ? 0 : -1;
}

/* The replacement's \1, \g<name>, \n. */
static int expand(struct py *py, struct strbuf *out, const struct std_match *m, struct slice t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] != '\\' || i + 1 == t.len) {
            strbuf_addch(out, t.ptr[i]);
            continue;
        }
        char c = t.ptr[++i];
        struct slice name = {t.ptr + i, 1};
        if (c == 'g' && i + 1 < t.len && t.ptr[i + 1] == '<') {
            const char *end = memchr(t.ptr + i, '>', t.len - i);
            if (!end) {
                return py_raise(py, "re.error", "missing >, unterminated name"), -1;
            }
            name = (struct slice){t.ptr + i + 2, (size_t)(end - (t.ptr + i + 2))};
            i = (size_t)(end - t.ptr);
        } else if (c >= '1' && c <= '9') {
            if (i + 1 < t.len && t.ptr[i + 1] >= '0' && t.ptr[i + 1] <= '9') {
                name.len = 2;
                i++;
            }
        } else {
            static const char escapes[] = "\\\\n\nt\tr\r";
            const char *e = strchr(escapes, c);
            if (!e || (e - escapes) % 2) {
                return py_refuse(py, "\\%c in the replacement of re.sub()", c), -1;
            }
            strbuf_addch(out, e[1]);
            continue;
        }
        size_t group;
        if (group_index(py, m->pattern, name, &group)) {
            return py_raise(py, "re.error", "invalid group reference %.*s", (int)name.len, name.ptr), -1;
        }
        if (m->offsets[2 * group] != SIZE_MAX) {
            strbuf_add(out, m->text.ptr + m->offsets[2 * group],
                       m->offsets[2 * group + 1] - m->offsets[2 * group]);
        }
    }
    return 0;
}

static int replace_one(void *arg, struct py *py, const struct std_match *m)
{
    struct sub *s = arg;
    strbuf_add(s->out, m->text.ptr + s->at, m->offsets[0] - s->at);
    s->at = m->offsets[1];
    s->count++;
    if (py_text(s->with).ptr) {
        return expand(py, s->out, m, py_text(s->with));
    }
    pyv match = NULL;
    pyv text = keep_match(&match, py, m) ? NULL : py_call1(py, s->with, match);
    if (text && !py_text(text).ptr) {
        py_raise(py, "TypeError", "expected str instance, %s found", text->type->name);
        return -1;
    }
    if (text) {
        strbuf_add(s->out, py_text(text).ptr, py_text(text).len);
    }
    return text ? 0 : -1;
}

static pyv substitute(struct py *py, const struct std_pattern *p, pyv with, pyv text, pyv count, size_t *made)
{
    int64_t most = 0;
    if (!p || (count && !py_as_int(count, &most))) {
        return p ? py_raise(py, "TypeError", "an integer is required") : NULL;
    }
    if (!py_text(text).ptr) {
        return py_raise(py, "TypeError", "expected string or bytes-like object, got '%s'", text->type->name);
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct sub s = {.out = &out, .with = with};
    struct slice t = py_text(text);
    if (run(py, p, t, HOW_SEARCH, most > 0 ? (size_t)most : SIZE_MAX, replace_one, &s)) {
        return NULL;
    }
    strbuf_add(&out, t.ptr + s.at, t.len - s.at);
    *made = s.count;
    return py_str_new(py, (struct slice){strbuf_cstr(&out), out.len});
}

struct split {
    pyv list;
    size_t at;
};

static int split_one(void *arg, struct py *py, const struct std_match *m)
{
    struct split *s = arg;
    pyv part = py_str_borrow(py, (struct slice){m->text.ptr + s->at, m->offsets[0] - s->at});
    int rc = part ? py_list_append(py, s->list, part) : -1;
    for (size_t i = 1; i < m->n && rc == 0; i++) {
        pyv group = group_value(py, m, i, &py_none);
        rc = group ? py_list_append(py, s->list, group) : -1;
    }
    s->at = m->offsets[1];
    return rc;
}

static pyv split_text(struct py *py, const struct std_pattern *p, pyv text, pyv maxsplit)
{
    int64_t most = 0;
    if (!p || (maxsplit && !py_as_int(maxsplit, &most))) {
        return p ? py_raise(py, "TypeError", "an integer is required") : NULL;
    }
    if (!py_text(text).ptr) {
        return py_raise(py, "TypeError", "expected string or bytes-like object, got '%s'", text->type->name);
    }
    struct split s = {.list = py_list_new(py)};
    struct slice t = py_text(text);
    if (!s.list || run(py, p, t, HOW_SEARCH, most > 0 ? (size_t)most : SIZE_MAX, split_one, &s)) {
        return NULL;
    }
    pyv rest = py_str_borrow(py, (struct slice){t.ptr + s.at, t.len - s.at});
    return rest && py_list_append(py, s.list, rest) == 0 ? s.list : NULL;
}

/* --- functions of the module, and methods of a pattern --- */

#define TWO(fn, how)                                                                                         \
    static pyv re_##fn(struct py *py, UNUSED pyv self, const struct py_args *args)                           \
    {                                                                                                        \
        pyv out[3] = {NULL};                                                                                 \
        static const struct py_arg table[] = {                                                               \
            {"pattern", PY_ARG_REQUIRED}, {"string", PY_ARG_REQUIRED}, {.name = "flags"}, {0}};              \
        return py_bind(py, #fn, args, table, out, NULL, NULL)                                                \
                   ? NULL                                                                                    \
                   : find_one(py, as_pattern(py, out[0], out[2]), out[1], how);                              \
    }                                                                                                        \
    static pyv pattern_##fn(struct py *py, pyv self, const struct py_args *args)                             \
    {                                                                                                        \
        pyv text = NULL;                                                                                     \
        static const struct py_arg table[] = {{"string", PY_ARG_REQUIRED}, {0}};                             \
        return py_bind(py, #fn, args, table, &text, NULL, NULL) ? NULL                                       \
                                                                : find_one(py, pattern_of(self), text, how); \
    }
TWO(search, HOW_SEARCH)
TWO(match, HOW_MATCH)
TWO(fullmatch, HOW_FULL)

#define ALL(fn, each, finish)                                                                                \
    static pyv re_##fn(struct py *py, UNUSED pyv self, const struct py_args *args)                           \
    {                                                                                                        \
        pyv out[3] = {NULL};                                                                                 \
        static const struct py_arg table[] = {                                                               \
            {"pattern", PY_ARG_REQUIRED}, {"string", PY_ARG_REQUIRED}, {.name = "flags"}, {0}};              \
        if (py_bind(py, #fn, args, table, out, NULL, NULL)) {                                                \
            return NULL;                                                                                     \
        }                                                                                                    \
        pyv list = find_all(py, as_pattern(py, out[0], out[2]), out[1], each);                               \
        return list ? finish(py, list) : NULL;                                                               \
    }                                                                                                        \
    static pyv pattern_##fn(struct py *py, pyv self, const struct py_args *args)                             \
    {                                                                                                        \
        pyv text = NULL;                                                                                     \
        static const struct py_arg table[] = {{"string", PY_ARG_REQUIRED}, {0}};                             \
        if (py_bind(py, #fn, args, table, &text, NULL, NULL)) {                                              \
            return NULL;                                                                                     \
        }                                                                                                    \
        pyv list = find_all(py, pattern_of(self), text, each);                                               \
        return list ? finish(py, list) : NULL;                                                               \
    }
static pyv as_it_is(UNUSED struct py *py, pyv list)
{
    return list;
}
ALL(findall, keep_found, as_it_is)
ALL(finditer, keep_in_list, py_iter)

static const struct py_arg sub_args[] = {{"pattern", PY_ARG_REQUIRED},
                                         {"repl", PY_ARG_REQUIRED},
                                         {"string", PY_ARG_REQUIRED},
                                         {.name = "count"},
                                         {.name = "flags"},
                                         {0}};

static pyv re_sub(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[5] = {NULL};
    size_t made;
    return py_bind(py, "sub", args, sub_args, out, NULL, NULL)
               ? NULL
               : substitute(py, as_pattern(py, out[0], out[4]), out[1], out[2], out[3], &made);
}

static pyv pattern_sub(struct py *py, pyv self, const struct py_args *args)
{
    pyv out[3] = {NULL};
    size_t made;
    static const struct py_arg table[] = {
        {"repl", PY_ARG_REQUIRED}, {"string", PY_ARG_REQUIRED}, {.name = "count"}, {0}};
    return py_bind(py, "sub", args, table, out, NULL, NULL)
               ? NULL
               : substitute(py, pattern_of(self), out[0], out[1], out[2], &made);
}

static pyv with_count(struct py *py, pyv text, size_t made)
{
    pyv items[] = {text, py_int_new(py, (int64_t)made)};
    return text && items[1] ? py_tuple_new(py, items, 2) : NULL;
}

static pyv re_subn(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[5] = {NULL};
    size_t made = 0;
    if (py_bind(py, "subn", args, sub_args, out, NULL, NULL)) {
        return NULL;
    }
    return with_count(py, substitute(py, as_pattern(py, out[0], out[4]), out[1], out[2], out[3], &made),
                      made);
}

static pyv re_split(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[4] = {NULL};
    static const struct py_arg table[] = {{"pattern", PY_ARG_REQUIRED},
                                          {"string", PY_ARG_REQUIRED},
                                          {.name = "maxsplit"},
                                          {.name = "flags"},
                                          {0}};
    return py_bind(py, "split", args, table, out, NULL, NULL)
               ? NULL
               : split_text(py, as_pattern(py, out[0], out[3]), out[1], out[2]);
}

static pyv pattern_split(struct py *py, pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"string", PY_ARG_REQUIRED}, {.name = "maxsplit"}, {0}};
    return py_bind(py, "split", args, table, out, NULL, NULL)
               ? NULL
               : split_text(py, pattern_of(self), out[0], out[1]);
}

static pyv re_compile(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"pattern", PY_ARG_REQUIRED}, {.name = "flags"}, {0}};
    return py_bind(py, "compile", args, table, out, NULL, NULL) ? NULL : (pyv)as_pattern(py, out[0], out[1]);
}

static pyv re_escape(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv v = NULL;
    if (py_bind(py, "escape", args, (const struct py_arg[]){{"pattern", PY_ARG_REQUIRED}, {0}}, &v, NULL,
                NULL)) {
        return NULL;
    }
    struct slice s = py_text(v);
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < s.len; i++) {
        if (strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", s.ptr[i]) && s.ptr[i]) {
            strbuf_addch(&out, '\\');
        }
        strbuf_addch(&out, s.ptr[i]);
    }
    return py_str_new(py, (struct slice){strbuf_cstr(&out), out.len});
}

static pyv pattern_text(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_borrow(py, pattern_of(self)->text);
}

static const struct py_def pattern_defs[] = {
    {"search", PY_DEF_METHOD, pattern_search, NULL, NULL},
    {"match", PY_DEF_METHOD, pattern_match, NULL, NULL},
    {"fullmatch", PY_DEF_METHOD, pattern_fullmatch, NULL, NULL},
    {"findall", PY_DEF_METHOD, pattern_findall, NULL, NULL},
    {"finditer", PY_DEF_METHOD, pattern_finditer, NULL, NULL},
    {"sub", PY_DEF_METHOD, pattern_sub, NULL, NULL},
    {"split", PY_DEF_METHOD, pattern_split, NULL, NULL},
    {"pattern", PY_DEF_PROPERTY, pattern_text, NULL, NULL},
    {0},
};

static const struct py_type type_pattern = {
    .head = PY_TYPE_HEAD, .name = "Pattern", .module = "re", .defs = pattern_defs};

/* --- matches --- */

static int which_group(struct py *py, const struct std_match *m, pyv key, size_t *out)
{
    int64_t n;
    if (py_as_int(key, &n)) {
        if (n >= 0 && (size_t)n < m->n) {
            *out = (size_t)n;
            return 0;
        }
    } else if (py_text(key).ptr && group_index(py, m->pattern, py_text(key), out) == 0) {
        return 0;
    }
    py_raise(py, "IndexError", "no such group");
    return -1;
}

static pyv match_getitem(struct py *py, pyv self, pyv key)
{
    size_t i;
    return which_group(py, match_of(self), key, &i) ? NULL : group_value(py, match_of(self), i, &py_none);
}

static pyv match_group(struct py *py, pyv self, const struct py_args *args)
{
    if (args->npos == 0) {
        return group_value(py, match_of(self), 0, &py_none);
    }
    if (args->npos == 1) {
        return match_getitem(py, self, args->pos[0]);
    }
    pyv items[GROUPS_MAX];
    for (size_t i = 0; i < args->npos && i < GROUPS_MAX; i++) {
        items[i] = match_getitem(py, self, args->pos[i]);
        if (!items[i]) {
            return NULL;
        }
    }
    return args->npos < GROUPS_MAX ? py_tuple_new(py, items, args->npos) : py_refuse(py, "that many groups");
}

static pyv match_groups(struct py *py, pyv self, const struct py_args *args)
{
    pyv absent = NULL;
    if (py_bind(py, "groups", args, (const struct py_arg[]){{.name = "default"}, {0}}, &absent, NULL, NULL)) {
        return NULL;
    }
    const struct std_match *m = match_of(self);
    pyv items[GROUPS_MAX];
    for (size_t i = 1; i < m->n; i++) {
        items[i - 1] = group_value(py, m, i, absent ? absent : &py_none);
    }
    return py_tuple_new(py, items, m->n - 1);
}

/* Offsets are counted in characters. */
static pyv position(struct py *py, pyv self, const struct py_args *args, int side)
{
    const struct std_match *m = match_of(self);
    size_t group = 0;
    if (args->npos && which_group(py, m, args->pos[0], &group)) {
        return NULL;
    }
    size_t offset = m->offsets[2 * group + (size_t)side];
    if (offset == SIZE_MAX) {
        return py_int_new(py, -1);
    }
    int64_t n = 0;
    for (size_t i = 0; i < offset; i++) {
        n += ((unsigned char)m->text.ptr[i] & 0xC0) != 0x80;
    }
    return py_int_new(py, n);
}

static pyv match_start(struct py *py, pyv self, const struct py_args *args)
{
    return position(py, self, args, 0);
}

static pyv match_end(struct py *py, pyv self, const struct py_args *args)
{
    return position(py, self, args, 1);
}

static pyv match_span(struct py *py, pyv self, const struct py_args *args)
{
    pyv items[] = {position(py, self, args, 0), position(py, self, args, 1)};
    return items[0] && items[1] ? py_tuple_new(py, items, 2) : NULL;
}

static pyv match_string(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    return py_str_borrow(py, match_of(self)->text);
}

static const struct py_def match_defs[] = {
    {"group", PY_DEF_METHOD, match_group, NULL, NULL},
    {"groups", PY_DEF_METHOD, match_groups, NULL, NULL},
    {"groupdict", PY_DEF_REFUSED, NULL, NULL, "groupdict() of a match"},
    {"start", PY_DEF_METHOD, match_start, NULL, NULL},
    {"end", PY_DEF_METHOD, match_end, NULL, NULL},
    {"span", PY_DEF_METHOD, match_span, NULL, NULL},
    {"string", PY_DEF_PROPERTY, match_string, NULL, NULL},
    {0},
};

static const struct py_type type_match = {
    .head = PY_TYPE_HEAD, .name = "Match", .module = "re", .defs = match_defs, .getitem = match_getitem};

#define FLAG(name, bit)                                                                                      \
    static pyv flag_##name(struct py *py, UNUSED pyv self, UNUSED const struct py_args *args)                \
    {                                                                                                        \
        return py_int_new(py, bit);                                                                          \
    }
FLAG(i, FLAG_I)
FLAG(m, FLAG_M)
FLAG(s, FLAG_S)
FLAG(x, FLAG_X)
FLAG(a, FLAG_A)

const struct py_def std_re_defs[] = {
    {"compile", PY_DEF_FUNCTION, re_compile, NULL, NULL},
    {"search", PY_DEF_FUNCTION, re_search, NULL, NULL},
    {"match", PY_DEF_FUNCTION, re_match, NULL, NULL},
    {"fullmatch", PY_DEF_FUNCTION, re_fullmatch, NULL, NULL},
    {"findall", PY_DEF_FUNCTION, re_findall, NULL, NULL},
    {"finditer", PY_DEF_FUNCTION, re_finditer, NULL, NULL},
    {"sub", PY_DEF_FUNCTION, re_sub, NULL, NULL},
    {"subn", PY_DEF_FUNCTION, re_subn, NULL, NULL},
    {"split", PY_DEF_FUNCTION, re_split, NULL, NULL},
    {"escape", PY_DEF_FUNCTION, re_escape, NULL, NULL},
    {"I", PY_DEF_VALUE, flag_i, NULL, NULL},
    {"IGNORECASE", PY_DEF_VALUE, flag_i, NULL, NULL},
    {"M", PY_DEF_VALUE, flag_m, NULL, NULL},
    {"MULTILINE", PY_DEF_VALUE, flag_m, NULL, NULL},
    {"S", PY_DEF_VALUE, flag_s, NULL, NULL},
    {"DOTALL", PY_DEF_VALUE, flag_s, NULL, NULL},
    {"X", PY_DEF_VALUE, flag_x, NULL, NULL},
    {"VERBOSE", PY_DEF_VALUE, flag_x, NULL, NULL},
    {"A", PY_DEF_VALUE, flag_a, NULL, NULL},
    {"ASCII", PY_DEF_VALUE, flag_a, NULL, NULL},
    {"Pattern", PY_DEF_TYPE, NULL, &type_pattern, NULL},
    {"Match", PY_DEF_TYPE, NULL, &type_match, NULL},
    {0},
};
