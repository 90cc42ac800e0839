/* The whole text of one object, for people and for comparison side by side. */
#include "engine/schema/ddl_text.h"
#include <string.h>

/* What a dialect cannot write as SQL is told as its fields. */
static void add_fields(struct strbuf *b, struct arena *a, const struct schema_item *item)
{
    const struct schema_kind_info *info = schema_kind_info(item->kind);
    strbuf_addf(b, "%s %s\n", schema_item_word(item), schema_item_path(a, item));
    for (size_t i = 0; i < info->n; i++) {
        const char *value = schema_field_show(a, &info->fields[i], item->object);
        bool told = value && info->fields[i].type != SCHEMA_F_CHOICE;
        if (told) {
            strbuf_addf(b, "    %s: %s\n", info->fields[i].name, value);
        }
    }
}

/* Generated statements say it last of all. */
static void add_owner(struct strbuf *b, struct arena *a, const struct schema *s,
                      const struct schema_item *item)
{
    const struct schema_sequence *q = item->kind == SCHEMA_K_SEQUENCE ? item->object : NULL;
    if (q && q->owner_table) {
        struct pen pen = pen_of(a, s, false, NULL, NULL);
        strbuf_adds(b, "ALTER SEQUENCE ");
        pen_path(b, &pen, q->schema, q->name);
        strbuf_adds(b, " OWNED BY ");
        pen_path(b, &pen, q->schema, q->owner_table);
        strbuf_addch(b, '.');
        pen_name(b, &pen, q->owner_column);
        strbuf_adds(b, ";\n");
    }
}

static void add_statements(struct strbuf *b, struct arena *a, const struct schema *s,
                           const struct schema_item *item)
{
    schema_statements_t statements = {0};
    const struct schema_statement *st;
    struct err ignored = {0};
    if (schema_dialect_of(s)->create(a, s, item, false, &statements, &ignored)) {
        add_fields(b, a, item);
        return;
    }
    vec_each (st, &statements) {
        struct slice text = slice_trim(slice_of(st->text));
        strbuf_add(b, text.ptr, text.len);
        strbuf_adds(b, text.len && text.ptr[text.len - 1] == ';' ? "\n" : ";\n");
    }
}

static bool stands_alone(const struct schema *s, const struct schema_item *child)
{
    return child->kind == SCHEMA_K_INDEX || child->kind == SCHEMA_K_TRIGGER ||
           child->kind == SCHEMA_K_POLICY || child->kind == SCHEMA_K_RULE ||
           (child->kind == SCHEMA_K_CONSTRAINT && !schema_dialect_of(s)->inline_foreign_keys &&
            ((const struct schema_constraint *)child->object)->kind == SCHEMA_FOREIGN_KEY);
}

const char *schema_definition(struct arena *a, const struct schema *s, const struct schema_item *item)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    add_statements(&b, a, s, item);
    add_owner(&b, a, s, item);
    if (item->kind == SCHEMA_K_TABLE) {
        schema_items_t children;
        const struct schema_item *child;
        schema_children(a, s, item->object, false, &children);
        vec_each (child, &children) {
            if (stands_alone(s, child)) {
                add_statements(&b, a, s, child);
            }
        }
    }
    return arena_dup(a, strbuf_cstr(&b));
}
