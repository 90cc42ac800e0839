/* What format_type() prints, as a type. */
#include "engine/ddl/expr.h"
#include "engine/schema/column_type_internal.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct schema_type_name names[] = {
    {"hstore", DDL_TYPE_PG_HSTORE},
    {"json", DDL_TYPE_PG_JSON},
    {"jsonb", DDL_TYPE_PG_JSONB},
    {"int4range", DDL_TYPE_PG_INT4RANGE},
    {"int8range", DDL_TYPE_PG_INT8RANGE},
    {"numrange", DDL_TYPE_PG_NUMRANGE},
    {"daterange", DDL_TYPE_PG_DATERANGE},
    {"tsrange", DDL_TYPE_PG_TSRANGE},
    {"tstzrange", DDL_TYPE_PG_TSTZRANGE},
    {"int4multirange", DDL_TYPE_PG_INT4MULTIRANGE},
    {"int8multirange", DDL_TYPE_PG_INT8MULTIRANGE},
    {"nummultirange", DDL_TYPE_PG_NUMMULTIRANGE},
    {"datemultirange", DDL_TYPE_PG_DATEMULTIRANGE},
    {"tsmultirange", DDL_TYPE_PG_TSMULTIRANGE},
    {"tstzmultirange", DDL_TYPE_PG_TSTZMULTIRANGE},
    {"integer", DDL_TYPE_INTEGER},
    {"bigint", DDL_TYPE_BIGINT},
    {"smallint", DDL_TYPE_SMALLINT},
    {"character varying", DDL_TYPE_VARCHAR},
    {"character", DDL_TYPE_CHAR},
    {"\"char\"", DDL_TYPE_STRING},
    {"name", DDL_TYPE_STRING},
    {"text", DDL_TYPE_TEXT},
    {"numeric", DDL_TYPE_NUMERIC},
    {"float", DDL_TYPE_FLOAT},
    {"real", DDL_TYPE_REAL},
    {"inet", DDL_TYPE_PG_INET},
    {"cidr", DDL_TYPE_PG_CIDR},
    {"citext", DDL_TYPE_PG_CITEXT},
    {"uuid", DDL_TYPE_UUID},
    {"bit", DDL_TYPE_PG_BIT},
    {"bit varying", DDL_TYPE_PG_BIT},
    {"macaddr", DDL_TYPE_PG_MACADDR},
    {"macaddr8", DDL_TYPE_PG_MACADDR8},
    {"money", DDL_TYPE_PG_MONEY},
    {"oid", DDL_TYPE_PG_OID},
    {"regclass", DDL_TYPE_PG_REGCLASS},
    {"double precision", DDL_TYPE_DOUBLE_PRECISION},
    {"timestamp", DDL_TYPE_PG_TIMESTAMP},
    {"timestamp with time zone", DDL_TYPE_PG_TIMESTAMP},
    {"timestamp without time zone", DDL_TYPE_PG_TIMESTAMP},
    {"time with time zone", DDL_TYPE_PG_TIME},
    {"time without time zone", DDL_TYPE_PG_TIME},
    {"date", DDL_TYPE_DATE},
    {"time", DDL_TYPE_PG_TIME},
    {"bytea", DDL_TYPE_PG_BYTEA},
    {"boolean", DDL_TYPE_BOOLEAN},
    {"interval", DDL_TYPE_PG_INTERVAL},
    {"tsvector", DDL_TYPE_PG_TSVECTOR},
};

/* The text cut into name, what is in parentheses, and the number of [] at its end. */
struct printed {
    char *name;
    int64_t numbers[4];
    size_t nnumbers;
    size_t dimensions;
};

static struct printed take_apart(struct arena *a, const char *text)
{
    struct printed p = {.name = arena_dup(a, text)};
    size_t n = strlen(p.name);
    while (n > 1 && p.name[n - 2] == '[' && p.name[n - 1] == ']') {
        p.dimensions++;
        n -= 2;
        p.name[n] = '\0';
    }
    char *open = strchr(p.name, '('), *close = strrchr(p.name, ')');
    if (open && close > open) {
        p.nnumbers =
            schema_type_numbers((struct slice){open, (size_t)(close - open)}, p.numbers, COUNT_OF(p.numbers));
        memmove(open, close + 1, strlen(close + 1) + 1);
    }
    return p;
}

/* other."Name" as its one or two parts, without quotes. */
static size_t name_parts(struct arena *a, const char *text, const char *parts[2])
{
    size_t n = 0;
    for (const char *p = text; *p && n < 2;) {
        char *part = arena_alloc(a, strlen(p) + 1);
        size_t k = 0;
        bool quoted = *p == '"';
        for (p += quoted; *p && (quoted || *p != '.'); p++) {
            if (quoted && *p == '"') {
                if (p[1] != '"') {
                    p++;
                    break;
                }
                p++;
            }
            part[k++] = *p;
        }
        parts[n++] = part;
        p += *p == '.';
    }
    return n;
}

static bool is_named(const char *const *parts, size_t n, const char *schema, const char *name, bool visible)
{
    return visible ? n == 1 && strcmp(parts[0], name) == 0
                   : n == 2 && strcmp(parts[0], schema) == 0 && strcmp(parts[1], name) == 0;
}

static const struct schema_enum *find_enum(const struct schema *s, const char *const *parts, size_t n)
{
    const struct schema_enum *e;
    vec_each (e, &s->enums) {
        if (is_named(parts, n, e->schema, e->name, e->visible)) {
            return e;
        }
    }
    return NULL;
}

static const struct schema_domain *find_domain(const struct schema *s, const char *const *parts, size_t n)
{
    const struct schema_domain *d;
    vec_each (d, &s->domains) {
        if (is_named(parts, n, d->schema, d->name, d->visible)) {
            return d;
        }
    }
    return NULL;
}

static int64_t characters(const char *text)
{
    int64_t n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

static struct ddl_type *enum_type(struct arena *a, const struct schema_enum *e)
{
    struct ddl_type *t = ddl_type_new(a, DDL_TYPE_PG_ENUM);
    t->name = DDL_NAME(e->name);
    t->schema = e->visible ? NULL : e->schema;
    t->length = 0;
    for (size_t i = 0; i < e->labels.n; i++) {
        int64_t n = characters(e->labels.items[i]);
        *vec_push(a, &t->values) = e->labels.items[i];
        t->length = n > t->length ? n : t->length;
    }
    return t;
}

static const struct ddl_type *type_of(struct arena *a, const struct schema *s, const char *text,
                                      const char *collation, bool *known, int depth);

/* "character varying(30)": the domain's base type is taken without its length. */
static const char *without_arguments(struct arena *a, const char *type)
{
    return arena_dupn(a, type, strcspn(type, "("));
}

static struct ddl_type *domain_type(struct arena *a, const struct schema *s, const struct schema_domain *d,
                                    bool *known, int depth)
{
    struct ddl_type *t = ddl_type_new(a, DDL_TYPE_PG_DOMAIN);
    t->name = DDL_NAME(d->name);
    t->schema = d->visible ? NULL : d->schema;
    t->item = type_of(a, s, without_arguments(a, d->type), d->collation, known, depth + 1);
    t->collation = d->collation;
    t->domain_default_text = d->default_text ? slice_of(d->default_text) : (struct slice){NULL, 0};
    t->domain_not_null = !d->nullable;
    t->create_type = false;
    if (d->checks.n) {
        t->domain_constraint = d->checks.items[0].name;
        t->domain_check = sql_text(a, slice_of(d->checks.items[0].expression));
    }
    return t;
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What the numbers in parentheses are depends on the type. */
static void add_numbers(struct arena *a, struct ddl_type *t, const struct printed *p)
{
    const int64_t *n = p->numbers;
    t->asdecimal = t->class->affinity == AFFINITY_NUMERIC;
    if (strcmp(p->name, "numeric") == 0) {
        t->precision = p->nnumbers == 2 ? n[0] : -1;
        t->scale = p->nnumbers == 2 ? n[1] : -1;
    } else if (strcmp(p->name, "double precision") == 0) {
        t->precision = 53;
    } else if (starts(p->name, "timestamp ") || starts(p->name, "time ") || strcmp(p->name, "time") == 0) {
        t->timezone = strstr(p->name, " with time zone") != NULL;
        t->precision = p->nnumbers == 1 ? n[0] : -1;
    } else if (starts(p->name, "interval ") || strcmp(p->name, "interval") == 0) {
        t->fields = p->name[8] ? arena_dup(a, p->name + 9) : NULL;
        t->precision = p->nnumbers == 1 ? n[0] : -1;
    } else if (starts(p->name, "bit")) {
        t->varying = strcmp(p->name, "bit varying") == 0;
        t->length = p->nnumbers == 1 ? n[0] : -1;
    } else if (p->nnumbers) {
        t->length = n[0];
    }
}

static const struct ddl_type *type_of(struct arena *a, const struct schema *s, const char *text,
                                      const char *collation, bool *known, int depth)
{
    struct printed p = take_apart(a, text);
    bool interval = starts(p.name, "interval ");
    enum ddl_type_id id =
        interval ? DDL_TYPE_PG_INTERVAL : schema_type_name(names, COUNT_OF(names), slice_of(p.name));
    struct ddl_type *t = NULL;
    const char *parts[2];
    size_t n = name_parts(a, p.name, parts);
    const struct schema_enum *e = interval ? NULL : find_enum(s, parts, n);
    const struct schema_domain *d = interval ? NULL : find_domain(s, parts, n);
    if (e) {
        t = enum_type(a, e);
    } else if (d && depth < 8) {
        t = domain_type(a, s, d, known, depth);
    } else if (id != DDL_TYPE_NONE) {
        t = ddl_type_new(a, id);
        add_numbers(a, t, &p);
    } else {
        *known = false;
        return ddl_type_null();
    }
    if (collation) {
        t->collation = collation;
    }
    return p.dimensions ? ddl_type_array(a, t, 0) : t;
}

const struct ddl_type *schema_postgresql_type(struct arena *a, const struct schema *s,
                                              const struct schema_column *c, bool *known)
{
    return type_of(a, s, c->type, c->collation, known, 0);
}
