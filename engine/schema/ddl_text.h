/* Writing names and statements: what the dialects share. Private to ddl_*.c. */
#pragma once
#include "engine/ddl/dialect.h"
#include "engine/schema/ddl.h"

struct pen {
    struct arena *a;
    const struct ddl_dialect *dialect;
    const struct schema *s;
    bool qualify;
    schema_statements_t *out;
    struct err *err;
};
struct pen pen_of(struct arena *a, const struct schema *s, bool qualify, schema_statements_t *out,
                  struct err *err);

void pen_name(struct strbuf *b, const struct pen *p, const char *name); /* quoted where it has to be */
/* schema.name; the default schema only with `qualify`. */
void pen_path(struct strbuf *b, const struct pen *p, const char *schema, const char *name);
void pen_names(struct strbuf *b, const struct pen *p, const strings_t *names); /* (a, b) */
void pen_literal(struct strbuf *b, const struct pen *p, const char *text);     /* 'it''s'; NULL: NULL */
/* The text of the buffer as one more statement; the buffer is empty again. */
struct schema_statement *pen_say(const struct pen *p, struct strbuf *b);
struct schema_statement *pen_sayf(const struct pen *p, const char *fmt, ...) PRINTF(2, 3);
/* ERR_REFUSED: "KIND PATH: why". */
int pen_cannot(const struct pen *p, const struct schema_item *item, const char *why);

/* Does the change have a difference in that field? In nothing but one of these? */
bool change_has(const struct schema_change *c, const char *field);
bool change_only(const struct schema_change *c, const char *const *fields, size_t n);
