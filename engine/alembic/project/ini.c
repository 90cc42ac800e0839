/* Reading INI files line by line, by configparser's rules. Values and their references are in ini_value.c. */
#include "engine/alembic/project/ini_internal.h"

struct ini_section *ini_section_find(const struct ini *ini, struct slice name)
{
    for (size_t i = 0; i < ini->sections.n; i++) {
        struct ini_section *s = ini->sections.items[i];
        if (s->name.len == name.len && memcmp(s->name.ptr, name.ptr, name.len) == 0) {
            return s;
        }
    }
    return NULL;
}

struct ini_option *ini_option_find(const struct ini_section *s, struct slice name)
{
    for (size_t i = 0; s && i < s->options.n; i++) {
        struct ini_option *o = s->options.items[i];
        if (strlen(o->name) == name.len && memcmp(o->name, name.ptr, name.len) == 0) {
            return o;
        }
    }
    return NULL;
}

/* What the reader is in the middle of. */
struct reading {
    struct arena *arena;
    struct ini *ini;
    struct slice rest;
    struct ini_section *section;
    struct ini_option *option; /* that a deeper line continues */
    size_t indent;             /* characters before the option or section read last */
    size_t noptions;
};

/* The next line without its end; "\n", "\r\n" and "\r" end one. */
static bool next_line(struct slice *rest, struct slice *line)
{
    if (!rest->len) {
        return false;
    }
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != '\n' && rest->ptr[n] != '\r') {
        n++;
    }
    *line = (struct slice){rest->ptr, n};
    size_t end = n < rest->len ? 1 : 0;
    if (end && rest->ptr[n] == '\r' && n + 1 < rest->len && rest->ptr[n + 1] == '\n') {
        end = 2;
    }
    rest->ptr += n + end;
    rest->len -= n + end;
    return true;
}

static int error_at(const struct ini *ini, const char *at, struct err *err)
{
    return err_at(err, ini->file, ini->text.ptr, ini->text.len, (size_t)(at - ini->text.ptr));
}

static int line_of(const struct ini *ini, const char *at)
{
    struct err place = {0};
    error_at(ini, at, &place);
    return place.line;
}

static int read_section(struct reading *r, struct slice line, struct slice name, struct err *err)
{
    r->option = NULL;
    if (name.len == 7 && memcmp(name.ptr, "DEFAULT", 7) == 0) {
        r->section = &r->ini->defaults;
        return 0;
    }
    const struct ini_section *known = ini_section_find(r->ini, name);
    if (known) {
        err_set(err, ERR_FILE, "section [%.*s] is there already, on line %d",
                (int)(name.len < 200 ? name.len : 200), name.ptr, line_of(r->ini, known->name.ptr));
        return error_at(r->ini, line.ptr, err);
    }
    r->section = arena_alloc(r->arena, sizeof(*r->section));
    r->section->name = name;
    *(struct ini_section **)vec_push(r->arena, &r->ini->sections) = r->section;
    return 0;
}

static char *lower(struct arena *a, struct slice s)
{
    char *text = arena_dupn(a, s.ptr, s.len);
    for (char *p = text; *p; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
    }
    return text;
}

static int read_option(struct reading *r, struct slice line, struct err *err)
{
    size_t n = 0;
    while (n < line.len && line.ptr[n] != '=' && line.ptr[n] != ':') {
        n++;
    }
    struct slice name = slice_strip((struct slice){line.ptr, n});
    if (n == line.len || !name.len) {
        err_set(err, ERR_FILE,
                n == line.len ? "expected \"option = value\" or \"[section]\""
                              : "the option's name is missing");
        return error_at(r->ini, line.ptr, err);
    }
    const char *key = lower(r->arena, name);
    const struct ini_option *known = ini_option_find(r->section, slice_of(key));
    if (known) {
        err_set(err, ERR_FILE, "option \"%.200s\" is there already, on line %d", key,
                line_of(r->ini, known->place));
        return error_at(r->ini, line.ptr, err);
    }
    if (r->noptions++ == INI_OPTIONS_MAX) {
        err_set(err, ERR_FILE, "there are more than %u options", INI_OPTIONS_MAX);
        return error_at(r->ini, line.ptr, err);
    }
    struct slice value = slice_strip((struct slice){line.ptr + n + 1, line.len - n - 1});
    r->option = arena_alloc(r->arena, sizeof(*r->option));
    r->option->name = key;
    r->option->place = line.ptr;
    *(struct slice *)vec_push(r->arena, &r->option->lines) = value;
    *(struct ini_option **)vec_push(r->arena, &r->section->options) = r->option;
    return 0;
}

static size_t characters(const char *from, const char *to)
{
    size_t n = 0;
    for (; from < to; from++) {
        n += ((unsigned char)*from & 0xC0) != 0x80;
    }
    return n;
}

static int read_line(struct reading *r, struct slice whole, struct err *err)
{
    struct slice line = slice_strip(whole);
    if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';') {
        if (!line.len && r->option) {
            *(struct slice *)vec_push(r->arena, &r->option->lines) = line;
        }
        return 0;
    }
    size_t indent = characters(whole.ptr, line.ptr);
    if (r->option && indent > r->indent) {
        *(struct slice *)vec_push(r->arena, &r->option->lines) = line;
        return 0;
    }
    r->indent = indent;
    const char *close = line.ptr[0] == '[' ? memrchr(line.ptr, ']', line.len) : NULL;
    if (close && close > line.ptr + 1) {
        return read_section(r, line, (struct slice){line.ptr + 1, (size_t)(close - line.ptr) - 1}, err);
    }
    if (!r->section) {
        err_set(err, ERR_FILE, "expected a section such as [alembic] before the first option");
        return error_at(r->ini, line.ptr, err);
    }
    return read_option(r, line, err);
}

/* Lines of a value become one text, blanks at its end dropped. */
static void join_values(struct arena *a, struct ini_section *s)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < s->options.n; i++) {
        struct ini_option *o = s->options.items[i];
        strbuf_clear(&text);
        for (size_t k = 0; k < o->lines.n; k++) {
            strbuf_add(&text, "\n", k ? 1 : 0);
            strbuf_add(&text, o->lines.items[k].ptr, o->lines.items[k].len);
        }
        size_t len = text.len;
        while (len && text.ptr[len - 1] == '\n') { /* each line was stripped by itself */
            len--;
        }
        o->raw = (struct slice){arena_dupn(a, strbuf_cstr(&text), len), len};
    }
}

int ini_parse(struct arena *a, const char *file, struct slice text, struct ini **out, struct err *err)
{
    struct ini *ini = arena_alloc(a, sizeof(*ini));
    *ini = (struct ini){.arena = a, .file = file, .text = text, .defaults.name = SLICE("DEFAULT")};
    size_t bad = utf8_valid_length(text.ptr, text.len);
    const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;
    if (bad < text.len || nul) {
        err_set(err, ERR_FILE, bad < text.len ? "the text is not UTF-8" : "there is a NUL byte in the text");
        return error_at(ini, bad < text.len ? text.ptr + bad : nul, err);
    }
    struct reading r = {.arena = a, .ini = ini, .rest = text};
    if (slice_starts(r.rest, "\xEF\xBB\xBF")) {
        r.rest.ptr += 3;
        r.rest.len -= 3;
    }
    struct slice line;
    while (next_line(&r.rest, &line)) {
        int rc = read_line(&r, line, err);
        if (rc) {
            return rc;
        }
    }
    join_values(a, &ini->defaults);
    for (size_t i = 0; i < ini->sections.n; i++) {
        join_values(a, ini->sections.items[i]);
    }
    *out = ini;
    return 0;
}
