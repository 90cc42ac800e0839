/* Values of an INI file: looking them up and putting their references in. */
#include "engine/alembic/project/ini_internal.h"
#include <stdarg.h>

#define DEPTH_MAX      10     /* configparser's */
#define REFERENCES_MAX 10000u /* in one value, those within references included */

void ini_default(struct ini *ini, const char *name, const char *value)
{
    if (ini_option_find(&ini->defaults, slice_of(name))) {
        return;
    }
    struct ini_option *o = arena_alloc(ini->arena, sizeof(*o));
    o->name = name;
    o->raw = slice_of(value);
    o->literal = true;
    *(struct ini_option **)vec_push(ini->arena, &ini->defaults.options) = o;
}

bool ini_has_section(const struct ini *ini, const char *section)
{
    return ini_section_find(ini, slice_of(section)) != NULL;
}

static struct ini_option *find(const struct ini *ini, const struct ini_section *s, struct slice name)
{
    struct ini_option *o = ini_option_find(s, name);
    return o ? o : ini_option_find(&ini->defaults, name);
}

bool ini_has(const struct ini *ini, const char *section, const char *name)
{
    const struct ini_section *s = ini_section_find(ini, slice_of(section));
    return s && find(ini, s, slice_of(name));
}

bool ini_has_own(const struct ini *ini, const char *section, const char *name)
{
    const struct ini_section *s = ini_section_find(ini, slice_of(section));
    return s && ini_option_find(s, slice_of(name));
}

/* One value being put together. */
struct interpolation {
    const struct ini *ini;
    const struct ini_section *section;
    const struct ini_option *option; /* the one that was asked for */
    struct strbuf *out;
    unsigned references;
};

static int fail(const struct interpolation *v, struct err *err)
{
    const struct ini *ini = v->ini;
    return v->option->place ? err_at(err, ini->file, ini->text.ptr, ini->text.len,
                                     (size_t)(v->option->place - ini->text.ptr))
                            : ERR_FILE;
}

static int put(struct interpolation *v, const struct ini_option *o, int depth, struct err *err);

/* "%(name)s" at the beginning of *rest. */
static int put_reference(struct interpolation *v, struct slice *rest, int depth, struct err *err)
{
    const char *close = memchr(rest->ptr, ')', rest->len);
    size_t len = close ? (size_t)(close - rest->ptr) : 0;
    if (len < 3 || len + 1 >= rest->len || close[1] != 's') {
        err_set(err, ERR_FILE, "\"%.*s\" in \"%s\" is no reference such as %%(name)s",
                (int)(rest->len < 40 ? rest->len : 40), rest->ptr, v->option->name);
        err_hint(err, "Write %%%% for a percent sign.");
        return fail(v, err);
    }
    char *name = arena_dupn(v->ini->arena, rest->ptr + 2, len - 2);
    for (char *p = name; *p; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
    }
    const struct ini_option *o = find(v->ini, v->section, slice_of(name));
    if (!o) {
        err_set(err, ERR_FILE, "\"%s\" names %%(%s)s, which is neither in [%.*s] nor in [DEFAULT]",
                v->option->name, name, (int)v->section->name.len, v->section->name.ptr);
        return fail(v, err);
    }
    bool deeper = !o->literal && o->raw.len && memchr(o->raw.ptr, '%', o->raw.len);
    if ((deeper && depth == DEPTH_MAX) || ++v->references > REFERENCES_MAX) {
        err_set(err, ERR_FILE, "the references in \"%s\" go round, or are nested too deep", v->option->name);
        return fail(v, err);
    }
    rest->ptr = close + 2;
    rest->len -= len + 2;
    return put(v, o, depth + 1, err);
}

static int put(struct interpolation *v, const struct ini_option *o, int depth, struct err *err)
{
    struct slice rest = o->raw;
    while (rest.len) {
        const char *percent = o->literal ? NULL : memchr(rest.ptr, '%', rest.len);
        size_t n = percent ? (size_t)(percent - rest.ptr) : rest.len;
        strbuf_add(v->out, rest.ptr, n);
        rest.ptr += n;
        rest.len -= n;
        if (!rest.len) {
            break;
        }
        char next = rest.len > 1 ? rest.ptr[1] : '\0';
        if (next == '%') {
            strbuf_addch(v->out, '%');
            rest.ptr += 2;
            rest.len -= 2;
        } else if (next == '(') {
            int rc = put_reference(v, &rest, depth, err);
            if (rc) {
                return rc;
            }
        } else {
            err_set(err, ERR_FILE, "a lone \"%%\" in \"%s\"", v->option->name);
            err_hint(err, "Write %%%% for a percent sign, also in a URL's %%40.");
            return fail(v, err);
        }
    }
    return 0;
}

int ini_get(struct arena *a, const struct ini *ini, const char *section, const char *name, const char **out,
            struct err *err)
{
    const struct ini_section *s = ini_section_find(ini, slice_of(section));
    const struct ini_option *o = s ? find(ini, s, slice_of(name)) : NULL;
    if (!o) {
        *out = NULL;
        return 0;
    }
    AUTO(strbuf_release) struct strbuf text = {.max = INI_VALUE_MAX};
    struct interpolation v = {.ini = ini, .section = s, .option = o, .out = &text};
    int rc = put(&v, o, 1, err);
    if (!rc && text.overflow) {
        err_set(err, ERR_FILE, "\"%s\" is longer than %zu bytes", o->name, INI_VALUE_MAX);
        rc = fail(&v, err);
    }
    if (!rc) {
        *out = arena_dupn(a, strbuf_cstr(&text), text.len);
    }
    return rc;
}

void ini_names(struct arena *a, const struct ini *ini, const char *section, strings_t *out)
{
    const struct ini_section *s = ini_section_find(ini, slice_of(section));
    for (size_t i = 0; s && i < s->options.n; i++) {
        *vec_push(a, out) = s->options.items[i]->name;
    }
    for (size_t i = 0; s && i < ini->defaults.options.n; i++) {
        const char *name = ini->defaults.options.items[i]->name;
        if (!ini_option_find(s, slice_of(name))) {
            *vec_push(a, out) = name;
        }
    }
}

int ini_error(const struct ini *ini, const char *section, const char *name, struct err *err, const char *fmt,
              ...)
{
    const struct ini_section *s = ini_section_find(ini, slice_of(section));
    const struct ini_option *o = s ? find(ini, s, slice_of(name)) : NULL;
    char message[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    err_set(err, ERR_FILE, "%s", message);
    if (!o || !o->place) {
        return err_place(err, ini->file, 0, 0);
    }
    return err_at(err, ini->file, ini->text.ptr, ini->text.len, (size_t)(o->place - ini->text.ptr));
}
