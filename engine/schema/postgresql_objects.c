/* Rows of PostgreSQL's catalogue as objects that stand beside tables. */
#include "engine/schema/postgresql.h"
#include <string.h>

void pg_take_name(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    x->s->name = pg_keep(x, r, 0);
}

void pg_take_sequence(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    struct schema_sequence *q = vec_push(x->a, &x->s->sequences);
    const char *owned = catalog_text(r, 0, 12);
    q->schema = pg_keep(x, r, 0);
    q->name = pg_keep(x, r, 1);
    q->visible = catalog_flag(r, 0, 2);
    q->type = pg_keep(x, r, 3);
    q->options = pg_identity(r, 4);
    q->owner_table = pg_keep(x, r, 10);
    q->owner_column = pg_keep(x, r, 11);
    q->identity = owned && *owned == 'i';
    q->unlogged = *catalog_text(r, 0, 13) == 'u';
    q->comment = pg_keep(x, r, 14);
}

/* What a row of "types" and of what follows it there tells, whatever it is about. */
struct thing {
    const char *schema, *name, *comment;
    bool visible;
    const char *text[4];
    strings_t first, second;
};

static void take_enum(struct pg_reader *x, const struct thing *t)
{
    *vec_push(x->a, &x->s->enums) = (struct schema_enum){.schema = t->schema,
                                                         .name = t->name,
                                                         .visible = t->visible,
                                                         .labels = t->first,
                                                         .comment = t->comment};
}

static void take_domain(struct pg_reader *x, const struct thing *t)
{
    struct schema_domain *d = vec_push(x->a, &x->s->domains);
    d->schema = t->schema;
    d->name = t->name;
    d->visible = t->visible;
    d->type = t->text[0];
    d->nullable = *t->text[1] == 'f';
    d->default_text = pg_settled(x, t->text[2]);
    d->collation = t->text[3];
    d->comment = t->comment;
    for (size_t k = 0; k < t->first.n && k < t->second.n; k++) {
        struct schema_domain_check *check = vec_push(x->a, &d->checks);
        size_t n = strlen(t->second.items[k]), tail = strlen(" NOT VALID");
        check->name = t->first.items[k];
        check->expression = pg_settled(x, pg_check_expression(x->a, t->second.items[k]));
        check->not_valid = n > tail && strcmp(t->second.items[k] + n - tail, " NOT VALID") == 0;
    }
}

static void take_namespace(struct pg_reader *x, const struct thing *t)
{
    *vec_push(x->a, &x->s->namespaces) = (struct schema_namespace){t->name, t->comment};
}

static bool is_default(const struct pg_reader *x, const char *schema)
{
    return schema && x->s->name && strcmp(schema, x->s->name) == 0;
}

static void take_extension(struct pg_reader *x, const struct thing *t)
{
    *vec_push(x->a, &x->s->extensions) = (struct schema_extension){
        t->name, is_default(x, t->schema) ? NULL : t->schema, t->text[0], t->comment};
}

/* CREATE ... public.f(...) without the default schema, which tenants have by different names. */
static const char *unqualified(struct pg_reader *x, const char *schema, const char *text)
{
    static const char *const heads[] = {"CREATE OR REPLACE FUNCTION ", "CREATE OR REPLACE PROCEDURE ",
                                        "CREATE STATISTICS "};
    for (size_t i = 0; i < COUNT_OF(heads) && is_default(x, schema); i++) {
        size_t n = strlen(heads[i]);
        if (strncmp(text, heads[i], n) != 0) {
            continue;
        }
        const char *end = text + n;
        while (*end == '"' && (end = strchr(end + 1, '"')) && *++end == '"') {
        }
        end = end ? strchr(end, '.') : NULL;
        return end ? arena_printf(x->a, "%.*s%s", (int)n, text, end + 1) : text;
    }
    return text;
}

static void take_other(struct pg_reader *x, const struct thing *t)
{
    struct schema_other *o = vec_push(x->a, &x->s->others);
    *o = (struct schema_other){.what = t->text[0],
                               .schema = strcmp(t->text[0], "cast") == 0 ? NULL : t->schema,
                               .name = t->name,
                               .visible = t->visible,
                               .comment = t->comment};
    o->definition = t->text[1] ? unqualified(x, t->schema, t->text[1]) : NULL;
    if (!o->definition) {
        *vec_push(x->a, &x->s->unseen) =
            arena_printf(x->a, "%s %s: only its name is compared", o->what, o->name);
    }
    if (t->text[2]) { /* statistics */
        o->definition = arena_printf(x->a, "%s;\nALTER STATISTICS %s SET STATISTICS %s", o->definition,
                                     o->name, t->text[2]);
    }
}

static void take_grant(struct pg_reader *x, const struct thing *t)
{
    *vec_push(x->a, &x->s->grants) = (struct schema_grant){.on = t->text[0],
                                                           .schema = t->schema,
                                                           .name = t->name,
                                                           .grantee = t->text[1],
                                                           .privileges = t->first,
                                                           .grantable = t->second};
}

static void take_unseen(struct pg_reader *x, const struct thing *t)
{
    bool one = strcmp(t->text[0], "1") == 0;
    *vec_push(x->a, &x->s->unseen) =
        arena_printf(x->a, "%s %s%s: not compared", t->text[0], t->name, one ? "" : "s");
}

void pg_take_type(void *reader, const struct rowset *r)
{
    static const struct {
        const char *kind;
        void (*take)(struct pg_reader *x, const struct thing *t);
    } kinds[] = {{"enum", take_enum},           {"domain", take_domain}, {"schema", take_namespace},
                 {"extension", take_extension}, {"other", take_other},   {"grant", take_grant},
                 {"unseen", take_unseen}};
    struct pg_reader *x = reader;
    struct thing t = {.schema = pg_keep(x, r, 1),
                      .name = pg_keep(x, r, 2),
                      .visible = catalog_flag(r, 0, 3),
                      .comment = pg_keep(x, r, 4)};
    for (size_t i = 0; i < COUNT_OF(t.text); i++) {
        t.text[i] = pg_keep(x, r, 5 + i);
    }
    pg_keep_array(x, r, 9, &t.first);
    pg_keep_array(x, r, 10, &t.second);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].kind, catalog_text(r, 0, 0)) == 0) {
            kinds[i].take(x, &t);
        }
    }
}

void pg_take_routine(void *reader, const struct rowset *r)
{
    struct pg_reader *x = reader;
    struct schema_routine *f = vec_push(x->a, &x->s->routines);
    char kind = *catalog_text(r, 0, 3);
    f->kind = kind == 'p' ? SCHEMA_PROCEDURE : kind == 'a' ? SCHEMA_AGGREGATE : SCHEMA_FUNCTION;
    f->schema = pg_keep(x, r, 0);
    f->name = pg_keep(x, r, 1);
    f->visible = catalog_flag(r, 0, 2);
    f->arguments = pg_keep(x, r, 4);
    f->returns = pg_keep(x, r, 5);
    f->language = pg_keep(x, r, 6);
    struct slice text = slice_trim(rowset_cell(r, 0, 7));
    f->definition = unqualified(x, f->schema, arena_dupn(x->a, text.ptr, text.len));
    f->comment = pg_keep(x, r, 8);
}
