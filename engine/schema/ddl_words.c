/* What a definition names: the identifiers in its texts. A word in a string or a comment counts too, which
 * can only make the order stricter than it has to be. */
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

static void add_words(struct arena *a, const char *text, strings_t *out)
{
    while (*text) {
        if (*text == '"' || *text == '`') {
            const char *end = strchr(text + 1, *text);
            if (end) {
                *vec_push(a, out) = lower(a, text + 1, (size_t)(end - text - 1));
            }
            text++; /* the words within a quoted name count as well: a quote may stand in a string */
            continue;
        }
        size_t n = 0;
        while (word_byte(text[n])) {
            n++;
        }
        if (n) {
            *vec_push(a, out) = lower(a, text, n);
        }
        text += n ? n : 1;
    }
}

/* Names as a whole, too: one with a space in it is no word. */
static void add_field(struct arena *a, const struct schema_field *f, const void *object, strings_t *out)
{
    if (f->type == SCHEMA_F_NAMES) {
        const strings_t *names = schema_field_at(f, object);
        for (size_t i = 0; i < names->n; i++) {
            *vec_push(a, out) = lower(a, names->items[i], strlen(names->items[i]));
        }
    }
    if (f->type == SCHEMA_F_TEXT || f->type == SCHEMA_F_RECORDS || f->type == SCHEMA_F_NAMES) {
        const char *value = strcmp(f->name, "comment") == 0 ? NULL : schema_field_show(a, f, object);
        if (value) {
            *vec_push(a, out) = lower(a, value, strlen(value));
            add_words(a, value, out);
        }
    }
}

static void add_object(struct arena *a, const struct schema_item *item, strings_t *out)
{
    const struct schema_kind_info *info = schema_kind_info(item->kind);
    for (size_t i = 0; i < info->n; i++) {
        add_field(a, &info->fields[i], item->object, out);
    }
}

void ddl_words(struct arena *a, const struct schema *s, const struct schema_item *item, strings_t *out)
{
    *out = (strings_t){0};
    add_object(a, item, out);
    if (item->table) {
        *vec_push(a, out) = lower(a, item->table->name, strlen(item->table->name));
    }
    if (item->kind == SCHEMA_K_TABLE) {
        schema_items_t children;
        schema_children(a, s, item->object, true, &children);
        const struct schema_item *child;
        vec_each (child, &children) {
            bool inside = child->kind == SCHEMA_K_COLUMN || child->kind == SCHEMA_K_CONSTRAINT;
            bool foreign = child->kind == SCHEMA_K_CONSTRAINT &&
                           ((const struct schema_constraint *)child->object)->kind == SCHEMA_FOREIGN_KEY;
            if (inside && !foreign) {
                add_object(a, child, out);
            }
        }
    }
    if (out->n > 1) {
        qsort(out->items, out->n, sizeof(*out->items), by_text);
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (i == 0 || strcmp(out->items[i], out->items[kept - 1]) != 0) {
            out->items[kept++] = out->items[i];
        }
    }
    out->n = kept;
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
