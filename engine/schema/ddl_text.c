/* Names, literals and statements, for every dialect. */
#include "engine/schema/ddl_text.h"
#include <stdarg.h>
#include <string.h>

struct pen pen_of(struct arena *a, const struct schema *s, bool qualify, schema_statements_t *out,
                  struct err *err)
{
    const struct ddl_dialect *found = ddl_dialect_find(s->dialect);
    return (struct pen){a, ddl_dialect_connected(found ? found->kind : DDL_SQLITE), s, qualify, out, err};
}

void pen_name(struct strbuf *b, const struct pen *p, const char *name)
{
    ddl_quote_text(b, p->dialect, name);
}

void pen_path(struct strbuf *b, const struct pen *p, const char *schema, const char *name)
{
    bool in_default = !schema || (p->s->name && strcmp(schema, p->s->name) == 0);
    const char *shown = !in_default ? schema : p->qualify ? p->s->name : NULL;
    if (shown) {
        pen_name(b, p, shown);
        strbuf_addch(b, '.');
    }
    pen_name(b, p, name);
}

void pen_names(struct strbuf *b, const struct pen *p, const strings_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        strbuf_adds(b, i ? ", " : "(");
        pen_name(b, p, names->items[i]);
    }
    strbuf_adds(b, ")");
}

void pen_literal(struct strbuf *b, const struct pen *p, const char *text)
{
    if (text) {
        ddl_quote_string(b, p->dialect, slice_of(text));
    } else {
        strbuf_adds(b, "NULL");
    }
}

struct schema_statement *pen_say(const struct pen *p, struct strbuf *b)
{
    struct schema_statement *st = vec_push(p->a, p->out);
    st->text = arena_dup(p->a, strbuf_cstr(b));
    strbuf_clear(b);
    return st;
}

struct schema_statement *pen_sayf(const struct pen *p, const char *fmt, ...)
{
    va_list ap;
    struct schema_statement *st = vec_push(p->a, p->out);
    va_start(ap, fmt);
    st->text = arena_vprintf(p->a, fmt, ap);
    va_end(ap);
    return st;
}

int pen_cannot(const struct pen *p, const struct schema_item *item, const char *why)
{
    return err_set(p->err, ERR_REFUSED, "%s %s: %s", schema_item_word(item), schema_item_path(p->a, item),
                   why);
}

bool change_has(const struct schema_change *c, const char *field)
{
    const struct schema_attribute *x;
    vec_each (x, &c->attributes) {
        if (strcmp(x->field->name, field) == 0) {
            return true;
        }
    }
    return false;
}

bool change_only(const struct schema_change *c, const char *const *fields, size_t n)
{
    const struct schema_attribute *x;
    vec_each (x, &c->attributes) {
        bool among = false;
        for (size_t i = 0; i < n; i++) {
            among = among || strcmp(x->field->name, fields[i]) == 0;
        }
        if (!among) {
            return false;
        }
    }
    return true;
}
