/* Names of new revision files: file_template with Python's % formatting, and the slug of a message. */
#include "engine/alembic/project/new_revision.h"
#include "engine/alembic/python/py_unicode.h"

/* --- the slug */

static size_t decode(const char *s, uint32_t *c)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = u[0] < 0x80 ? 1 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    *c = n == 1 ? u[0] : u[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        *c = *c << 6 | (u[i] & 0x3Fu);
    }
    return n;
}

static void encode(struct strbuf *b, uint32_t c)
{
    static const uint32_t limits[] = {0x80, 0x800, 0x10000};
    static const unsigned char marks[] = {0, 0xC0, 0xE0, 0xF0};
    size_t more = 0;
    while (more < COUNT_OF(limits) && c >= limits[more]) {
        more++;
    }
    strbuf_addch(b, (char)(marks[more] | c >> (6 * more)));
    while (more--) {
        strbuf_addch(b, (char)(0x80 | (c >> (6 * more) & 0x3F)));
    }
}

/* What "\w" matches. */
static bool is_word(uint32_t c)
{
    return c == '_' || py_unicode_is(c, PY_UNICODE_ALPHA) || py_unicode_is(c, PY_UNICODE_DECIMAL) ||
           py_unicode_is(c, PY_UNICODE_DIGIT) || py_unicode_is(c, PY_UNICODE_NUMERIC);
}

static size_t length_of(const char *s, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        length += ((unsigned char)s[i] & 0xC0) != 0x80;
    }
    return length;
}

/* At most max characters, cut after a word. */
static void truncate(struct strbuf *b, size_t max)
{
    if (length_of(strbuf_cstr(b), b->len) <= max) {
        return;
    }
    size_t n = 0, length = 0;
    while (n < b->len && (length < max || ((unsigned char)b->ptr[n] & 0xC0) == 0x80)) {
        length += ((unsigned char)b->ptr[n] & 0xC0) != 0x80;
        n++;
    }
    const char *cut = memrchr(b->ptr, '_', n);
    b->len = cut ? (size_t)(cut - b->ptr) : n;
    b->ptr[b->len] = '\0';
    strbuf_addch(b, '_');
}

static const char *slug_of(struct arena *a, const char *message, size_t max)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    bool within = false;
    for (const char *p = message; *p;) {
        uint32_t c, lower[3];
        p += decode(p, &c);
        bool word = is_word(c);
        if (word && !within && out.len) {
            strbuf_addch(&out, '_');
        }
        within = word;
        for (size_t i = 0, n = word ? py_unicode_convert(c, PY_UNICODE_TO_LOWER, lower) : 0; i < n; i++) {
            encode(&out, lower[i]);
        }
    }
    truncate(&out, max);
    return arena_dup(a, strbuf_cstr(&out));
}

/* --- the template */

struct token {
    const char *name;
    const char *text; /* NULL: a number */
    long long number;
};

/* %(name)[flags][width][.precision]type */
struct format {
    struct slice name;
    bool left, zero, plus, blank;
    int width, precision; /* precision -1: none */
    char type;
};

static bool read_number(const char **p, int *out)
{
    for (*out = 0; **p >= '0' && **p <= '9'; (*p)++) {
        *out = *out * 10 + (**p - '0');
        if (*out > 200) {
            return false;
        }
    }
    return true;
}

static bool read_format(const char **p, struct format *f)
{
    *f = (struct format){.precision = -1};
    if (**p != '(') {
        return false;
    }
    size_t n = strcspn(*p + 1, ")");
    f->name = (struct slice){*p + 1, n};
    *p += n + 1;
    if (**p != ')') {
        return false;
    }
    for (++*p; **p && strchr("-0+ ", **p); ++*p) {
        f->left = f->left || **p == '-';
        f->zero = f->zero || **p == '0';
        f->plus = f->plus || **p == '+';
        f->blank = f->blank || **p == ' ';
    }
    if (!read_number(p, &f->width)) {
        return false;
    }
    if (**p == '.') {
        ++*p;
        if (!read_number(p, &f->precision)) {
            return false;
        }
    }
    f->type = **p;
    if (!f->type || !strchr("sdi", f->type)) {
        return false;
    }
    ++*p;
    return true;
}

static void pad(struct strbuf *out, const struct format *f, const char *text, size_t bytes)
{
    size_t length = length_of(text, bytes), width = f->width > 0 ? (size_t)f->width : 0;
    size_t blanks = width > length ? width - length : 0;
    for (size_t i = 0; !f->left && i < blanks; i++) {
        strbuf_addch(out, ' ');
    }
    strbuf_add(out, text, bytes);
    for (size_t i = 0; f->left && i < blanks; i++) {
        strbuf_addch(out, ' ');
    }
}

static bool put_token(struct strbuf *out, const struct format *f, const struct token *t)
{
    char digits[256], number[512];
    if (t->text || f->type == 's') {
        const char *text = t->text;
        if (!text) {
            snprintf(digits, sizeof(digits), "%lld", t->number);
            text = digits;
        }
        size_t bytes = strlen(text), length = 0, n = 0;
        while (f->precision >= 0 && n < bytes) {
            length += ((unsigned char)text[n] & 0xC0) != 0x80;
            if (length > (size_t)f->precision) {
                break;
            }
            n++;
        }
        if (t->text && f->type != 's') {
            return false;
        }
        pad(out, f, text, f->precision >= 0 ? n : bytes);
        return true;
    }
    const char *sign = f->plus ? "+" : f->blank ? " " : "";
    int digits_wanted = f->precision;
    if (f->zero && !f->left && f->width - (int)strlen(sign) > digits_wanted) {
        digits_wanted = f->width - (int)strlen(sign);
    }
    snprintf(number, sizeof(number), "%s%0*lld", sign, digits_wanted > 0 ? digits_wanted : 1, t->number);
    pad(out, f, number, strlen(number));
    return true;
}

static int wrong(const struct alembic_project *p, struct err *err, const char *what, const char *at)
{
    err_set(err, ERR_FILE, "file_template: %s at \"%.40s\"", what, at);
    err_place(err, p->ini ? p->ini : p->toml ? p->toml : "", 0, 0);
    return err_hint(
               err,
               "It takes %%(rev)s, %%(slug)s, %%(epoch)s, %%(year)d, %%(month).2d, %%(day).2d, %%(hour).2d, "
               "%%(minute).2d and %%(second).2d, with each %% doubled in the ini file."),
           ERR_FILE;
}

static int fill(const struct alembic_project *p, const struct token *tokens, size_t n, struct strbuf *out,
                struct err *err)
{
    for (const char *at = p->file_template; *at;) {
        size_t plain = strcspn(at, "%");
        strbuf_add(out, at, plain);
        at += plain;
        const char *begin = at;
        if (!*at) {
            break;
        }
        if (at[1] == '%') {
            strbuf_addch(out, '%');
            at += 2;
            continue;
        }
        struct format f;
        at++;
        if (!read_format(&at, &f)) {
            return wrong(p, err, "expected %(name)s or %(name)d", begin);
        }
        const struct token *t = NULL;
        for (size_t i = 0; i < n; i++) {
            t = slice_eq(f.name, tokens[i].name) ? &tokens[i] : t;
        }
        if (!t || !put_token(out, &f, t)) {
            return wrong(p, err, t ? "a text cannot be formatted as a number" : "unknown name", begin);
        }
    }
    return 0;
}

int alembic_file_name(struct arena *a, const struct alembic_project *p, const struct alembic_new *n,
                      const struct tm *moment, const char **out, struct err *err)
{
    const struct token tokens[] = {
        {"rev", n->id, 0},
        {"slug", slug_of(a, n->message ? n->message : "", (size_t)p->truncate_slug_length), 0},
        {"epoch", NULL, n->now_us / 1000000},
        {"year", NULL, moment->tm_year + 1900},
        {"month", NULL, moment->tm_mon + 1},
        {"day", NULL, moment->tm_mday},
        {"hour", NULL, moment->tm_hour},
        {"minute", NULL, moment->tm_min},
        {"second", NULL, moment->tm_sec},
    };
    AUTO(strbuf_release) struct strbuf name = {.max = 3000};
    int rc = fill(p, tokens, COUNT_OF(tokens), &name, err);
    if (!rc && (name.overflow || !name.len)) {
        rc = wrong(p, err, name.overflow ? "the name is too long" : "the name is empty", p->file_template);
    }
    if (!rc) {
        *out = arena_dup(a, strbuf_cstr(&name));
    }
    return rc;
}
