/* Methods of str about kinds of characters and their case, and about width. */
#include "engine/alembic/python/py_str.h"
#include "engine/alembic/python/py_unicode.h"

#define STR(v) ((struct py_str *)(void *)(v))

/* --- changing case --- */

static bool cased(uint32_t c)
{
    return py_unicode_is(c, PY_UNICODE_LOWER) || py_unicode_is(c, PY_UNICODE_UPPER) ||
           py_unicode_is(c, PY_UNICODE_TITLE);
}

static void add_case(struct strbuf *out, uint32_t c, enum py_unicode_case to)
{
    uint32_t chars[3];
    size_t n = py_unicode_convert(c, to, chars);
    for (size_t i = 0; i < n; i++) {
        py_utf8_add(out, chars[i]);
    }
}

/* Capital sigma has two small forms: the second stands at the end of a word. Characters that are neither
 * letters nor word ends are looked through; beyond these few, the answer would need more tables. 1, 0, -1:
 * not known. */
static int sigma_is_final(struct slice text, size_t at, size_t end)
{
    static const char through[] = ".:'^`\xC2";
    size_t i = at;
    while (i > 0) {
        size_t before = py_text_before(text, i), next = before;
        uint32_t c = py_utf8_next(text.ptr, text.len, &next);
        if (c >= 0x80 && !cased(c)) {
            return py_unicode_is(c, PY_UNICODE_SPACE) || py_unicode_decimal(c) >= 0 ? 0 : -1;
        }
        if (cased(c)) {
            break;
        }
        if (!memchr(through, (char)c, sizeof(through) - 2)) {
            return 0;
        }
        i = before;
    }
    if (i == 0) {
        return 0;
    }
    for (i = end; i < text.len;) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (cased(c)) {
            return 0;
        }
        if (c >= 0x80) {
            return py_unicode_is(c, PY_UNICODE_SPACE) || py_unicode_decimal(c) >= 0 ? 1 : -1;
        }
        if (!memchr(through, (char)c, sizeof(through) - 2)) {
            return 1;
        }
    }
    return 1;
}

#define CAPITAL_SIGMA 0x3A3u
#define FINAL_SIGMA   0x3C2u

/* 0 or -1: refused. */
static int add_lower(struct py *py, struct strbuf *out, struct slice text, size_t from, size_t to, uint32_t c)
{
    int final = c == CAPITAL_SIGMA ? sigma_is_final(text, from, to) : 0;
    if (final < 0) {
        py_refuse(py, "lower() of a Greek capital sigma beside special characters");
        return -1;
    }
    if (final) {
        py_utf8_add(out, FINAL_SIGMA);
    } else {
        add_case(out, c, PY_UNICODE_TO_LOWER);
    }
    return 0;
}

enum case_style { CASE_LOWER, CASE_UPPER, CASE_FOLD, CASE_SWAP, CASE_TITLE, CASE_CAPITALIZE };

/* after: the character before this one is a letter with case. */
static enum py_unicode_case case_for(enum case_style style, uint32_t c, bool first, bool after)
{
    switch (style) {
    case CASE_UPPER:
        return PY_UNICODE_TO_UPPER;
    case CASE_FOLD:
        return PY_UNICODE_TO_FOLD;
    case CASE_SWAP:
        return py_unicode_is(c, PY_UNICODE_UPPER) ? PY_UNICODE_TO_LOWER : PY_UNICODE_TO_UPPER;
    case CASE_TITLE:
        return after ? PY_UNICODE_TO_LOWER : PY_UNICODE_TO_TITLE;
    case CASE_CAPITALIZE:
        return first ? PY_UNICODE_TO_TITLE : PY_UNICODE_TO_LOWER;
    default:
        return PY_UNICODE_TO_LOWER;
    }
}

static pyv convert(struct py *py, pyv self, const struct py_args *args, const char *name,
                   enum case_style style)
{
    if (!py_args_only(py, args, name, 0, 0) || !py_scan(py, STR(self)->text.len)) {
        return NULL;
    }
    struct slice text = STR(self)->text;
    struct strbuf out = STRBUF_INIT;
    bool after = false;
    for (size_t i = 0; i < text.len;) {
        size_t from = i;
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        enum py_unicode_case to = case_for(style, c, from == 0, after);
        if (style == CASE_SWAP && !py_unicode_is(c, PY_UNICODE_UPPER) &&
            !py_unicode_is(c, PY_UNICODE_LOWER)) {
            py_utf8_add(&out, c);
        } else if (to != PY_UNICODE_TO_LOWER) {
            add_case(&out, c, to);
        } else if (add_lower(py, &out, text, from, i, c) != 0) {
            strbuf_release(&out);
            return NULL;
        }
        after = cased(c);
    }
    return py_str_take(py, &out);
}

pyv py_str_lower(struct py *py, pyv self, const struct py_args *args)
{
    return convert(py, self, args, "str.lower", CASE_LOWER);
}

pyv py_str_upper(struct py *py, pyv self, const struct py_args *args)
{
    return convert(py, self, args, "str.upper", CASE_UPPER);
}

pyv py_str_casefold(struct py *py, pyv self, const struct py_args *args)
{
    return convert(py, self, args, "str.casefold", CASE_FOLD);
}

pyv py_str_swapcase(struct py *py, pyv self, const struct py_args *args)
{
    return convert(py, self, args, "str.swapcase", CASE_SWAP);
}

pyv py_str_title(struct py *py, pyv self, const struct py_args *args)
{
    return convert(py, self, args, "str.title", CASE_TITLE);
}

pyv py_str_capitalize(struct py *py, pyv self, const struct py_args *args)
{
    return convert(py, self, args, "str.capitalize", CASE_CAPITALIZE);
}

/* --- asking --- */

/* Is every character of one of the classes, and is there one at all? */
static pyv all_of(struct py *py, pyv self, const struct py_args *args, const char *name, unsigned classes)
{
    struct slice text = STR(self)->text;
    if (!py_args_only(py, args, name, 0, 0) || !py_scan(py, STR(self)->text.len)) {
        return NULL;
    }
    for (size_t i = 0; i < text.len;) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        bool any = false;
        for (unsigned class = 0; class < PY_UNICODE_CLASS_COUNT && !any; class ++) {
            any = (classes & 1u << class) && py_unicode_is(c, (enum py_unicode_class) class);
        }
        if (!any) {
            return &py_false;
        }
    }
    return py_bool(text.len > 0);
}

#define BIT(class)   (1u << PY_UNICODE_##class)
#define DIGIT_BITS   (BIT(DECIMAL) | BIT(DIGIT))
#define NUMERIC_BITS (DIGIT_BITS | BIT(NUMERIC))

pyv py_str_isalpha(struct py *py, pyv self, const struct py_args *args)
{
    return all_of(py, self, args, "str.isalpha", BIT(ALPHA));
}

pyv py_str_isdecimal(struct py *py, pyv self, const struct py_args *args)
{
    return all_of(py, self, args, "str.isdecimal", BIT(DECIMAL));
}

pyv py_str_isdigit(struct py *py, pyv self, const struct py_args *args)
{
    return all_of(py, self, args, "str.isdigit", DIGIT_BITS);
}

pyv py_str_isnumeric(struct py *py, pyv self, const struct py_args *args)
{
    return all_of(py, self, args, "str.isnumeric", NUMERIC_BITS);
}

pyv py_str_isalnum(struct py *py, pyv self, const struct py_args *args)
{
    return all_of(py, self, args, "str.isalnum", BIT(ALPHA) | NUMERIC_BITS);
}

pyv py_str_isspace(struct py *py, pyv self, const struct py_args *args)
{
    return all_of(py, self, args, "str.isspace", BIT(SPACE));
}

pyv py_str_isascii(struct py *py, pyv self, const struct py_args *args)
{
    struct py_str *s = STR(self);
    return py_args_only(py, args, "str.isascii", 0, 0) ? py_bool((size_t)py_str_chars(s) == s->text.len)
                                                       : NULL;
}

pyv py_str_isprintable(struct py *py, pyv self, const struct py_args *args)
{
    struct slice text = STR(self)->text;
    if (!py_args_only(py, args, "str.isprintable", 0, 0) || !py_scan(py, STR(self)->text.len)) {
        return NULL;
    }
    for (size_t i = 0; i < text.len;) {
        if (py_unicode_is(py_utf8_next(text.ptr, text.len, &i), PY_UNICODE_UNPRINTABLE)) {
            return &py_false;
        }
    }
    return &py_true;
}

pyv py_str_isidentifier(struct py *py, pyv self, const struct py_args *args)
{
    struct slice text = STR(self)->text;
    if (!py_args_only(py, args, "str.isidentifier", 0, 0) || !py_scan(py, STR(self)->text.len)) {
        return NULL;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint32_t c = (unsigned char)text.ptr[i];
        if (c >= 0x80) {
            return py_refuse(py, "isidentifier() of text beyond ASCII");
        }
        if (!py_unicode_is(c, PY_UNICODE_ALPHA) && c != '_' && (i == 0 || c < '0' || c > '9')) {
            return &py_false;
        }
    }
    return py_bool(text.len > 0);
}

/* All letters that have a case have this one, and there is one. */
static pyv only_case(struct py *py, pyv self, const struct py_args *args, const char *name,
                     enum py_unicode_class class)
{
    struct slice text = STR(self)->text;
    bool any = false;
    if (!py_args_only(py, args, name, 0, 0) || !py_scan(py, STR(self)->text.len)) {
        return NULL;
    }
    for (size_t i = 0; i < text.len;) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        if (py_unicode_is(c, class)) {
            any = true;
        } else if (cased(c)) {
            return &py_false;
        }
    }
    return py_bool(any);
}

pyv py_str_islower(struct py *py, pyv self, const struct py_args *args)
{
    return only_case(py, self, args, "str.islower", PY_UNICODE_LOWER);
}

pyv py_str_isupper(struct py *py, pyv self, const struct py_args *args)
{
    return only_case(py, self, args, "str.isupper", PY_UNICODE_UPPER);
}

pyv py_str_istitle(struct py *py, pyv self, const struct py_args *args)
{
    struct slice text = STR(self)->text;
    bool any = false, after = false;
    if (!py_args_only(py, args, "str.istitle", 0, 0) || !py_scan(py, STR(self)->text.len)) {
        return NULL;
    }
    for (size_t i = 0; i < text.len;) {
        uint32_t c = py_utf8_next(text.ptr, text.len, &i);
        bool capital = py_unicode_is(c, PY_UNICODE_UPPER) || py_unicode_is(c, PY_UNICODE_TITLE);
        bool small = py_unicode_is(c, PY_UNICODE_LOWER);
        if ((capital && after) || (small && !after)) {
            return &py_false;
        }
        any = any || capital || small;
        after = capital || small;
    }
    return py_bool(any);
}

/* --- width --- */

void py_text_fill(struct strbuf *out, struct slice fill, int64_t times)
{
    for (; times > 0; times--) {
        strbuf_add(out, fill.ptr, fill.len);
    }
}

static pyv pad(struct py *py, struct py_str *s, struct slice fill, int64_t before, int64_t after)
{
    if (before <= 0 && after <= 0) {
        return py_str_part(py, s, 0, s->text.len);
    }
    if (!py_spend(py, 0, (size_t)(before + after))) {
        return NULL;
    }
    struct strbuf out = STRBUF_INIT;
    py_text_fill(&out, fill, before);
    strbuf_add(&out, s->text.ptr, s->text.len);
    py_text_fill(&out, fill, after);
    return py_str_take(py, &out);
}

static bool width_args(struct py *py, const struct py_args *args, const char *name, int64_t *width,
                       struct slice *fill)
{
    *fill = SLICE(" ");
    if (!py_args_only(py, args, name, 1, 2) || !py_index_of(py, args->pos[0], width)) {
        return false;
    }
    struct py_str *f = args->npos > 1 ? PY_AS(str, args->pos[1]) : NULL;
    if (args->npos > 1 && !f) {
        return py_raise(py, "TypeError", "The fill character must be a unicode character, not %s",
                        TYPE_NAME(args->pos[1]));
    }
    if (f && py_str_chars(f) != 1) {
        return py_raise(py, "TypeError", "The fill character must be exactly one character long");
    }
    *fill = f ? f->text : *fill;
    return true;
}

pyv py_str_ljust(struct py *py, pyv self, const struct py_args *args)
{
    int64_t width;
    struct slice fill;
    return width_args(py, args, "str.ljust", &width, &fill)
               ? pad(py, STR(self), fill, 0, width - py_str_chars(STR(self)))
               : NULL;
}

pyv py_str_rjust(struct py *py, pyv self, const struct py_args *args)
{
    int64_t width;
    struct slice fill;
    return width_args(py, args, "str.rjust", &width, &fill)
               ? pad(py, STR(self), fill, width - py_str_chars(STR(self)), 0)
               : NULL;
}

pyv py_str_center(struct py *py, pyv self, const struct py_args *args)
{
    int64_t width;
    struct slice fill;
    if (!width_args(py, args, "str.center", &width, &fill)) {
        return NULL;
    }
    int64_t missing = width - py_str_chars(STR(self));
    int64_t left = missing <= 0 ? 0 : missing / 2 + (missing & width & 1);
    return pad(py, STR(self), fill, left, missing - left);
}

pyv py_str_zfill(struct py *py, pyv self, const struct py_args *args)
{
    struct py_str *s = STR(self);
    int64_t width;
    if (!py_args_only(py, args, "str.zfill", 1, 1) || !py_index_of(py, args->pos[0], &width)) {
        return NULL;
    }
    int64_t missing = width - py_str_chars(s);
    bool sign = s->text.len && (s->text.ptr[0] == '-' || s->text.ptr[0] == '+');
    if (missing <= 0 || !sign) {
        return pad(py, s, SLICE("0"), missing, 0);
    }
    if (!py_spend(py, 0, (size_t)missing)) {
        return NULL;
    }
    struct strbuf out = STRBUF_INIT;
    strbuf_addch(&out, s->text.ptr[0]);
    py_text_fill(&out, SLICE("0"), missing);
    strbuf_add(&out, s->text.ptr + 1, s->text.len - 1);
    return py_str_take(py, &out);
}
