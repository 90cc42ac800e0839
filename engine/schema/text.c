/* Writing the text of a schema. */
#include "engine/schema/text.h"
#include <string.h>

void schema_text_escape(struct strbuf *out, const char *value)
{
    while (*value) {
        size_t plain = strcspn(value, "\n\r\t\\");
        strbuf_add(out, value, plain);
        value += plain;
        if (*value) {
            strbuf_addch(out, '\\');
            strbuf_addch(out, *value == '\n' ? 'n' : *value == '\r' ? 'r' : *value == '\t' ? 't' : '\\');
            value++;
        }
    }
}

size_t schema_name_offset(enum schema_kind kind, size_t *schema_offset)
{
#define AT(T, m) offsetof(struct schema_##T, m)
    static const struct {
        size_t name, schema;
    } offsets[SCHEMA_K_COUNT] = {
        [SCHEMA_K_NAMESPACE] = {AT(namespace, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_EXTENSION] = {AT(extension, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_ENUM] = {AT(enum, name), AT(enum, schema)},
        [SCHEMA_K_DOMAIN] = {AT(domain, name), AT(domain, schema)},
        [SCHEMA_K_OTHER] = {AT(other, name), AT(other, schema)},
        [SCHEMA_K_SEQUENCE] = {AT(sequence, name), AT(sequence, schema)},
        [SCHEMA_K_ROUTINE] = {AT(routine, name), AT(routine, schema)},
        [SCHEMA_K_TABLE] = {AT(table, name), AT(table, schema)},
        [SCHEMA_K_COLUMN] = {AT(column, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_CONSTRAINT] = {AT(constraint, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_INDEX] = {AT(index, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_TRIGGER] = {AT(trigger, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_POLICY] = {AT(policy, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_RULE] = {AT(rule, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_EVENT] = {AT(event, name), SCHEMA_NO_OFFSET},
        [SCHEMA_K_GRANT] = {AT(grant, name), AT(grant, schema)},
    };
#undef AT
    *schema_offset = offsets[kind].schema;
    return offsets[kind].name;
}

struct writer {
    struct strbuf *out;
    struct arena *a;
    const struct schema *schema;
    enum schema_text_form form;
};

static void line(struct writer *w, int depth, const char *word, const char *value)
{
    strbuf_addf(w->out, "%*s%s", depth, "", word);
    if (value) {
        strbuf_addch(w->out, ' ');
        schema_text_escape(w->out, value);
    }
    strbuf_addch(w->out, '\n');
}

/* Tabs stand between the values, and are escaped within them: so what is joined here is not escaped again. */
static void write_records(struct writer *w, int depth, const struct schema_field *f, const void *object)
{
    const char *r;
    size_t n = schema_records(f, object, &r);
    for (size_t i = 0; i < n; i++, r += f->record->size) {
        const char *between = " ";
        strbuf_addf(w->out, "%*s%s", depth, "", f->name);
        for (size_t k = 0; k < f->record->n; k++) {
            const char *value = schema_field_show(w->a, &f->record->fields[k], r);
            if (value) {
                strbuf_addf(w->out, "%s%s=", between, f->record->fields[k].name);
                schema_text_escape(w->out, value);
                between = "\t";
            }
        }
        strbuf_addch(w->out, '\n');
    }
}

static void write_field(struct writer *w, int depth, const struct schema_field *f, const void *object)
{
    if (f->type == SCHEMA_F_RECORD || f->type == SCHEMA_F_RECORDS) {
        write_records(w, depth, f, object);
        return;
    }
    if (f->type == SCHEMA_F_NAMES) {
        const strings_t *names = schema_field_at(f, object);
        for (size_t i = 0; i < names->n; i++) {
            line(w, depth, f->name, names->items[i] ? names->items[i] : "");
        }
        return;
    }
    const char *value = schema_field_show(w->a, f, object);
    if (value) {
        line(w, depth, f->name, value);
    }
}

static void write_object(struct writer *w, int depth, const struct schema_item *item)
{
    const struct schema_kind_info *info = schema_kind_info(item->kind);
    bool whole = w->form == SCHEMA_TEXT_SNAPSHOT;
    size_t schema_at, name_at = schema_name_offset(item->kind, &schema_at);
    const char *name;
    memcpy(&name, (const char *)item->object + name_at, sizeof(name));
    line(w, depth, info->name, name);
    if (item->schema && schema_at != SCHEMA_NO_OFFSET) {
        line(w, depth + 1, "schema", item->schema);
    }
    for (size_t i = 0; i < info->n; i++) {
        const struct schema_field *f = &info->fields[i];
        if (whole || !f->counts || f->counts(item->object)) {
            write_field(w, depth + 1, f, item->object);
        }
    }
}

/* What schema_items() leaves out because it is part of something else is known to a snapshot all the same. */
static void write_hidden(struct writer *w, int depth, const struct schema_table *t)
{
    const struct schema_index *x;
    vec_each (x, &t->indexes) {
        if (x->constraint || x->automatic || x->primary) {
            write_object(
                w, depth,
                &(struct schema_item){.kind = SCHEMA_K_INDEX, .name = x->name, .table = t, .object = x});
        }
    }
}

static void write_all(struct writer *w)
{
    schema_items_t items, children;
    const struct schema_item *i, *k;
    schema_items(w->a, w->schema, &items);
    vec_each (i, &items) {
        write_object(w, 0, i);
        if (i->kind != SCHEMA_K_TABLE) {
            continue;
        }
        schema_children(w->a, w->schema, i->object, w->form == SCHEMA_TEXT_SNAPSHOT, &children);
        vec_each (k, &children) {
            write_object(w, 1, k);
        }
        if (w->form == SCHEMA_TEXT_SNAPSHOT) {
            write_hidden(w, 1, i->object);
        }
    }
}

void schema_write(struct strbuf *out, const struct schema *s, enum schema_text_form form)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct writer w = {out, &a, s, form};
    line(&w, 0, SCHEMA_TEXT_VERSION, NULL);
    line(&w, 0, "dialect", s->dialect);
    if (form == SCHEMA_TEXT_SNAPSHOT && s->name) {
        line(&w, 0, "default", s->name);
    }
    for (size_t i = 0; form == SCHEMA_TEXT_SNAPSHOT && i < s->unseen.n; i++) {
        line(&w, 0, "unseen", s->unseen.items[i]);
    }
    write_all(&w);
}

void schema_fingerprint(const struct schema *s, char hex[DIGEST_HEX + 1])
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    schema_write(&text, s, SCHEMA_TEXT_CANONICAL);
    sha256_hex(strbuf_cstr(&text), text.len, hex);
}
