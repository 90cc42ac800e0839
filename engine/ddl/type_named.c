/* Types that a statement of their own makes: CREATE TYPE ... AS ENUM and CREATE DOMAIN, of PostgreSQL. */
#include "engine/ddl/expr.h"
#include "engine/ddl/type_table.h"
#include <string.h>

const struct ddl_type *ddl_type_undecorated(const struct ddl_dialect *d, const struct ddl_type *t)
{
    t = ddl_type_variant(d, t);
    for (int i = 0; i < 64 && ddl_type_kind(t) == KIND_DECORATOR && t->item; i++) {
        t = ddl_type_variant(d, t->item);
    }
    return t;
}

static const struct ddl_type *item_of(const struct ddl_dialect *d, const struct ddl_type *t)
{
    t = ddl_type_undecorated(d, t);
    return ddl_type_kind(t) == KIND_ARRAY ? ddl_type_undecorated(d, t->item) : t;
}

/* PostgreSQL's own classes make their types on any dialect, where that fails, be it as a variant for another
 * dialect. */
static bool intrudes(const struct ddl_dialect *d, const struct ddl_type *t)
{
    bool enumerated = ddl_type_is(t, DDL_TYPE_PG_ENUM) && d->kind != DDL_SQLITE;
    return (enumerated || ddl_type_is(t, DDL_TYPE_PG_DOMAIN)) && t->create_type && !t->has_metadata;
}

static const struct ddl_type *intruder(const struct ddl_dialect *d, const struct ddl_type *t)
{
    struct ddl_type bare = *t;
    bare.nvariants = 0;
    const struct ddl_type *it = item_of(d, &bare);
    if (intrudes(d, it)) {
        return it == &bare ? t : it;
    }
    for (size_t i = 0; i < t->nvariants; i++) {
        it = item_of(d, t->variants[i].type);
        if (intrudes(d, it)) {
            return it;
        }
    }
    return NULL;
}

const struct ddl_type *ddl_type_named(const struct ddl_dialect *d, const struct ddl_type *t)
{
    if (d->kind != DDL_POSTGRESQL) {
        return intruder(d, t);
    }
    t = item_of(d, t);
    bool native = ddl_type_kind(t) == KIND_ENUM_GENERIC && t->native_enum;
    return native || ddl_type_kind(t) == KIND_DOMAIN ? t : NULL;
}

bool ddl_type_is_named(const struct ddl_dialect *d, const struct ddl_type *t)
{
    return ddl_type_named(d, t) != NULL;
}

static const struct ddl_type *in_schema(struct arena *a, const struct ddl_type *t, const char *schema,
                                        int depth)
{
    const struct ddl_type *item = t->item && depth < 64 ? in_schema(a, t->item, schema, depth + 1) : t->item;
    struct ddl_type_variant *variants = t->variants;
    for (size_t i = 0; i < t->nvariants && depth < 64; i++) {
        const struct ddl_type *it = in_schema(a, t->variants[i].type, schema, depth + 1);
        if (it != t->variants[i].type && variants == t->variants) {
            variants = arena_array(a, t->nvariants, sizeof(*variants));
            memcpy(variants, t->variants, t->nvariants * sizeof(*variants));
        }
        if (variants != t->variants) {
            variants[i].type = it;
        }
    }
    if (!t->inherit_schema && item == t->item && variants == t->variants) {
        return t;
    }
    struct ddl_type *copy = arena_alloc(a, sizeof(*copy));
    *copy = *t;
    copy->item = item;
    copy->variants = variants;
    copy->schema = t->inherit_schema ? schema : t->schema;
    return copy;
}

const struct ddl_type *ddl_type_in_schema(struct arena *a, const struct ddl_type *t, const char *schema)
{
    return in_schema(a, t, schema, 0);
}

static int domain_options(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                          struct err *err)
{
    const char *space = "";
    if (t->collation) {
        strbuf_adds(out, "COLLATE ");
        ddl_quote_text(out, d, t->collation);
        space = " ";
    }
    if (t->domain_default || t->domain_default_text.ptr) {
        strbuf_addf(out, "%sDEFAULT ", space);
        if (t->domain_default) {
            int rc = sql_render(out, d, t->domain_default, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
            if (rc < 0) {
                return rc;
            }
        } else {
            ddl_quote_string(out, d, t->domain_default_text);
        }
        space = " ";
    }
    if (t->domain_constraint) {
        strbuf_addf(out, "%sCONSTRAINT ", space);
        ddl_quote_text(out, d, t->domain_constraint);
        space = " ";
    }
    if (t->domain_not_null) {
        strbuf_addf(out, "%sNOT NULL", space);
        space = " ";
    }
    if (t->domain_check) {
        strbuf_addf(out, "%sCHECK (", space);
        int rc = sql_render(out, d, t->domain_check, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
        if (rc < 0) {
            return rc;
        }
        strbuf_addch(out, ')');
    }
    return 0;
}

static int elsewhere(const struct ddl_dialect *d, const char *element, struct err *err)
{
    return ddl_fail(err, DDL_UNSUPPORTED,
                    "Compiler <sqlalchemy.dialects.%s> can't render element of type <class "
                    "'sqlalchemy.dialects.postgresql.named_types.%s'> (Background on this error at: "
                    "https://sqlalche.me/e/20/l7de)",
                    d->kind == DDL_SQLITE ? "sqlite.base.SQLiteDDLCompiler" : "mysql.base.MySQLDDLCompiler",
                    element);
}

int ddl_type_create(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err)
{
    const struct ddl_type *it = ddl_type_named(d, t);
    t = it ? it : t;
    bool domain = ddl_type_kind(t) == KIND_DOMAIN;
    if (d->kind == DDL_POSTGRESQL && (!t->name.text || !*t->name.text)) {
        return err_set(err, ERR_FILE, "PostgreSQL %s type requires a name.", domain ? "DOMAIN" : "ENUM");
    }
    if (d->kind != DDL_POSTGRESQL) {
        return elsewhere(d, domain ? "CreateDomainType" : "CreateEnumType", err);
    }
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, domain ? "CREATE DOMAIN " : "CREATE TYPE ");
    int rc = ddl_type_render(&text, d, t, err);
    if (rc == 0 && domain) {
        strbuf_adds(&text, " AS ");
        rc = ddl_type_render(&text, d, t->item, err);
        strbuf_addch(&text, ' ');
        rc = rc < 0 ? rc : domain_options(&text, d, t, err);
    } else if (rc == 0) {
        strbuf_adds(&text, " AS ENUM (");
        for (size_t i = 0; i < t->values.n; i++) {
            strbuf_adds(&text, i ? ", " : "");
            ddl_quote_string(&text, d, slice_of(t->values.items[i]));
        }
        strbuf_addch(&text, ')');
    }
    if (rc == 0) {
        strbuf_add(out, strbuf_cstr(&text), text.len);
    }
    strbuf_release(&text);
    return rc;
}

int ddl_type_drop(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t, struct err *err)
{
    const struct ddl_type *it = ddl_type_named(d, t);
    t = it ? it : t;
    if (d->kind != DDL_POSTGRESQL) {
        return elsewhere(d, ddl_type_kind(t) == KIND_DOMAIN ? "DropDomainType" : "DropEnumType", err);
    }
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, ddl_type_kind(t) == KIND_DOMAIN ? "DROP DOMAIN " : "DROP TYPE ");
    int rc = ddl_type_render(&text, d, t, err);
    if (rc == 0) {
        strbuf_add(out, strbuf_cstr(&text), text.len);
    }
    strbuf_release(&text);
    return rc;
}

bool ddl_type_check_values(struct arena *a, const struct ddl_dialect *d, const struct ddl_type *t,
                           const struct sql_value **values, size_t *n)
{
    t = item_of(d, t);
    bool enumerated = ddl_type_is(t, DDL_TYPE_ENUM_GENERIC);
    if (!t->create_constraint || (!enumerated && !ddl_type_is(t, DDL_TYPE_BOOLEAN_GENERIC))) {
        return false;
    }
    if (d->kind == DDL_POSTGRESQL && !enumerated) {
        return false;
    }
    if (enumerated && t->native_enum && d->kind != DDL_SQLITE) {
        return false;
    }
    size_t count = enumerated ? t->values.n : 2;
    *n = count;
    if (!a) {
        return true;
    }
    struct sql_value *list = arena_array(a, count, sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        list[i] = enumerated ? (struct sql_value){.kind = SQL_VALUE_STR, .text = slice_of(t->values.items[i])}
                             : (struct sql_value){.kind = SQL_VALUE_INT, .integer = (int64_t)i};
    }
    *values = list;
    return true;
}
