/* What a definition names: the identifiers in its texts. A word in a string or a comment counts too, which
 * can only make the order stricter than it has to be. */
#include "base/str.h"
#include "engine/schema/ddl_plan.h"
#include "engine/schema/field.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *lower(struct arena *a, const char *text, size_t n)
{
    char *copy = arena_dupn(a, text, n);
    for (size_t i = 0; i < n; i++) {
        copy[i] = (char)tolower((unsigned char)copy[i]);
    }
    return copy;
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* A token stands as ".name" for whatever is within a table, as "name" where nothing qualifies it, and else as
 * "before.name". */
struct scan {
    struct arena *a;
    strings_t *out;
    const char *before; /* the token that a dot follows */
};

static void add_token(struct scan *s, const char *text, size_t n)
{
    const char *name = lower(s->a, text, n);
    *vec_push(s->a, s->out) = arena_printf(s->a, ".%s", name);
    *vec_push(s->a, s->out) = s->before ? arena_printf(s->a, "%s.%s", s->before, name) : name;
    s->before = text[n] && text[n + (text[n] != '.')] == '.' ? name : NULL;
}

static void scan_text(struct scan *s, const char *at, const char *end);

/* What is quoted: a name, or a text whose words count as well. Behind its closing quote. */
static const char *scan_quoted(struct scan *s, const char *at, const char *end)
{
    const char *close = at + 1;
    while (close < end && (*close != *at || close[1] == *at)) {
        close += *close == *at ? 2 : 1;
    }
    if (close >= end) {
        return at + 1; /* a lone quote */
    }
    if (*at == '\'') {
        scan_text(s, at + 1, close);
        s->before = NULL;
    } else {
        const char *before = s->before;
        struct scan within = {s->a, s->out, NULL};
        scan_text(&within, at + 1, close);
        s->before = before;
        add_token(s, at + 1, (size_t)(close - at - 1));
    }
    return close + 1;
}

static void scan_text(struct scan *s, const char *at, const char *end)
{
    while (at < end) {
        size_t n = 0;
        if (*at == '"' || *at == '`' || *at == '\'') {
            at = scan_quoted(s, at, end);
            continue;
        }
        while (at + n < end && word_byte(at[n])) {
            n++;
        }
        if (n) {
            add_token(s, at, n);
        } else if (*at != '.') {
            s->before = NULL;
        }
        at += n ? n : 1;
    }
}

static void add_words(struct arena *a, const char *text, strings_t *out)
{
    scan_text(&(struct scan){a, out, NULL}, text, text + strlen(text));
}

static void add_name(struct arena *a, const char *name, strings_t *out)
{
    const char *small = lower(a, name, strlen(name));
    *vec_push(a, out) = small;
    *vec_push(a, out) = arena_printf(a, ".%s", small);
}

static void add_path(struct arena *a, const char *schema, const char *name, strings_t *out)
{
    if (schema) {
        *vec_push(a, out) =
            lower(a, arena_printf(a, "%s.%s", schema, name), strlen(schema) + 1 + strlen(name));
    } else {
        add_name(a, name, out);
    }
}

static bool tells_no_name(const char *field)
{
    /* owner_: that a column owns a sequence is said when both are there. */
    static const char *const fields[] = {"comment",     "owner_table", "owner_column", "storage",
                                         "compression", "language",    "method",       "on_delete",
                                         "match",       "initially",   "ref_schema",   "ref_table",
                                         "charset",     "command",     "fires",        "on_update"};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (strcmp(field, fields[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Names as a whole, too: one with a space in it is no word. */
static void add_field(struct arena *a, const struct schema_field *f, const void *object, strings_t *out)
{
    if (tells_no_name(f->name)) {
        return;
    }
    if (f->type == SCHEMA_F_NAMES) {
        const strings_t *names = schema_field_at(f, object);
        for (size_t i = 0; i < names->n; i++) {
            add_name(a, names->items[i], out);
            add_words(a, names->items[i], out);
        }
    } else if (f->type == SCHEMA_F_TEXT || f->type == SCHEMA_F_RECORDS) {
        const char *value = schema_field_show(a, f, object);
        bool known =
            value && strcmp(f->name, "collation") == 0 &&
            (strcmp(value, "C") == 0 || strcmp(value, "POSIX") == 0 || strcmp(value, "default") == 0);
        if (value && !known) {
            add_name(a, value, out);
            add_words(a, value, out);
        }
    }
}

static void add_object(struct arena *a, const struct schema_item *item, strings_t *out)
{
    const struct schema_kind_info *info = schema_kind_info(item->kind);
    for (size_t i = 0; i < info->n; i++) {
        const struct schema_field *f = &info->fields[i];
        /* the statement that made a table repeats its parts, and is full of keywords */
        bool repeats = item->kind == SCHEMA_K_TABLE && f->counts && !f->counts(item->object);
        if (!repeats) {
            add_field(a, f, item->object, out);
        }
    }
}

static void sort(strings_t *words)
{
    size_t kept = 0;
    if (words->n > 1) {
        qsort(words->items, words->n, sizeof(*words->items), by_text);
    }
    for (size_t i = 0; i < words->n; i++) {
        if (i == 0 || strcmp(words->items[i], words->items[kept - 1]) != 0) {
            words->items[kept++] = words->items[i];
        }
    }
    words->n = kept;
}

void ddl_words(struct arena *a, const struct schema *s, const struct schema_item *item, bool with_behaviour,
               strings_t *out)
{
    *out = (strings_t){0};
    add_object(a, item, out);
    const struct schema_constraint *k = item->kind == SCHEMA_K_CONSTRAINT ? item->object : NULL;
    if (k && k->ref_table) {
        add_path(a, k->ref_schema, k->ref_table, out);
    }
    if (item->table) {
        add_path(a, item->schema, item->table->name, out);
    }
    if (item->kind == SCHEMA_K_TABLE) {
        schema_items_t children;
        schema_children(a, s, item->object, true, &children);
        const struct schema_item *child;
        vec_each (child, &children) {
            bool inside = child->kind == SCHEMA_K_COLUMN || child->kind == SCHEMA_K_CONSTRAINT;
            bool foreign = child->kind == SCHEMA_K_CONSTRAINT &&
                           ((const struct schema_constraint *)child->object)->kind == SCHEMA_FOREIGN_KEY;
            if ((inside || with_behaviour) && !foreign) {
                add_object(a, child, out);
            }
        }
    }
    sort(out);
}

void ddl_text_words(struct arena *a, const char *text, strings_t *out)
{
    *out = (strings_t){0};
    add_words(a, text, out);
    sort(out);
}

bool ddl_has_word(const strings_t *words, const char *word)
{
    return words->n && bsearch(&word, words->items, words->n, sizeof(*words->items), by_text) != NULL;
}

const char *ddl_bare_name(struct arena *a, const struct schema_item *item)
{
    const char *name = item->name;
    if (item->kind == SCHEMA_K_ROUTINE) {
        name = ((const struct schema_routine *)item->object)->name;
    } else if (item->kind == SCHEMA_K_OTHER) {
        name = ((const struct schema_other *)item->object)->name;
    }
    return lower(a, name, strlen(name));
}

const char *ddl_word(struct arena *a, const struct schema_item *item)
{
    const char *name = ddl_bare_name(a, item);
    const char *schema = item->schema ? lower(a, item->schema, strlen(item->schema)) : "";
    bool bare = !item->table && !item->schema;
    return bare ? name : arena_printf(a, "%s.%s", item->table ? "" : schema, name);
}

bool ddl_names(struct arena *a, const strings_t *words, const struct schema_item *item)
{
    const struct schema_item whole = {
        .kind = SCHEMA_K_TABLE, .schema = item->schema, .name = item->table ? item->table->name : ""};
    return ddl_has_word(words, ddl_word(a, item)) &&
           (!item->table || ddl_has_word(words, ddl_word(a, &whole)));
}
