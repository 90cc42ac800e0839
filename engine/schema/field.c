/* Values of fields: whether two are the same, and as people read them. */
#include "engine/schema/field.h"
#include <string.h>

const void *schema_field_at(const struct schema_field *f, const void *object)
{
    return (const char *)object + f->offset;
}

/* A VEC of anything: its items are walked by their size. */
struct schema_any_vec {
    const char *items;
    size_t n, cap;
};

size_t schema_records(const struct schema_field *f, const void *object, const char **first)
{
    const void *at = schema_field_at(f, object);
    if (f->type == SCHEMA_F_RECORD) {
        memcpy(first, at, sizeof(*first));
        return *first ? 1 : 0;
    }
    struct schema_any_vec v;
    memcpy(&v, at, sizeof(v));
    *first = v.items;
    return v.n;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_names(const strings_t *a, const strings_t *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) {
        same = same_text(a->items[i], b->items[i]);
    }
    return same;
}

static bool same_records(const struct schema_field *f, const void *a, const void *b)
{
    const char *x, *y;
    size_t n = schema_records(f, a, &x), m = schema_records(f, b, &y);
    bool same = n == m;
    for (size_t i = 0; same && i < n; i++, x += f->record->size, y += f->record->size) {
        for (size_t k = 0; same && k < f->record->n; k++) {
            same = schema_field_equal(&f->record->fields[k], x, y);
        }
    }
    return same;
}

bool schema_field_equal(const struct schema_field *f, const void *a, const void *b)
{
    const void *x = schema_field_at(f, a), *y = schema_field_at(f, b);
    switch (f->type) {
    case SCHEMA_F_TEXT:
        return same_text(*(const char *const *)x, *(const char *const *)y);
    case SCHEMA_F_FLAG:
    case SCHEMA_F_ALLOWED:
        return *(const bool *)x == *(const bool *)y;
    case SCHEMA_F_TRISTATE:
        return *(const int *)x == *(const int *)y;
    case SCHEMA_F_CHOICE:
        return *(const unsigned *)x == *(const unsigned *)y;
    case SCHEMA_F_NUMBER:
        return *(const int64_t *)x == *(const int64_t *)y;
    case SCHEMA_F_NAMES:
        return same_names(x, y);
    case SCHEMA_F_RECORD:
    case SCHEMA_F_RECORDS:
        return same_records(f, a, b);
    }
    return false;
}

static void show_names(struct strbuf *out, const strings_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : "", names->items[i] ? names->items[i] : "NULL");
    }
}

static void show_records(struct strbuf *out, struct arena *a, const struct schema_field *f,
                         const void *object)
{
    const char *r;
    size_t n = schema_records(f, object, &r);
    for (size_t i = 0; i < n; i++, r += f->record->size) {
        strbuf_adds(out, i ? ", " : "");
        if (f->record->show) {
            f->record->show(out, r);
            continue;
        }
        const char *between = "";
        for (size_t k = 0; k < f->record->n; k++) {
            const char *value = schema_field_show(a, &f->record->fields[k], r);
            if (value) {
                strbuf_addf(out, "%s%s %s", between, f->record->fields[k].name, value);
                between = " ";
            }
        }
    }
}

const char *schema_field_show(struct arena *a, const struct schema_field *f, const void *object)
{
    const void *at = schema_field_at(f, object);
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    switch (f->type) {
    case SCHEMA_F_TEXT:
        return *(const char *const *)at;
    case SCHEMA_F_FLAG:
        return *(const bool *)at ? "yes" : NULL;
    case SCHEMA_F_ALLOWED:
        return *(const bool *)at ? NULL : "no";
    case SCHEMA_F_TRISTATE:
        return *(const int *)at < 0 ? NULL : *(const int *)at ? "yes" : "no";
    case SCHEMA_F_CHOICE:
        return f->choices[*(const unsigned *)at];
    case SCHEMA_F_NUMBER:
        return *(const int64_t *)at ? arena_printf(a, "%lld", (long long)*(const int64_t *)at) : NULL;
    case SCHEMA_F_NAMES:
        show_names(&text, at);
        return ((const strings_t *)at)->n ? arena_dup(a, strbuf_cstr(&text)) : NULL;
    case SCHEMA_F_RECORD:
    case SCHEMA_F_RECORDS:
        show_records(&text, a, f, object);
        return text.len ? arena_dup(a, strbuf_cstr(&text)) : NULL;
    }
    return NULL;
}
