/*
 * The dialects and how each writes names and strings. Quoting follows SQLAlchemy's IdentifierPreparer.
 */
#include "engine/ddl/dialect.h"
#include <string.h>

static const struct ddl_dialect dialects[] = {
    [DDL_POSTGRESQL] = {DDL_POSTGRESQL, "postgresql", "psycopg2", '"', 63, true},
    [DDL_MYSQL] = {DDL_MYSQL, "mysql", "pymysql", '`', 255, false},
    [DDL_MARIADB] = {DDL_MARIADB, "mariadb", "pymysql", '`', 255, false},
    [DDL_SQLITE] = {DDL_SQLITE, "sqlite", "pysqlite", '"', 9999, false},
};
_Static_assert(sizeof(dialects) / sizeof(*dialects) == DDL_DIALECT_COUNT, "one row a dialect");

const struct ddl_dialect *ddl_dialect_of(enum ddl_dialect_kind kind)
{
    return &dialects[kind];
}

const struct ddl_dialect *ddl_dialect_find(const char *name)
{
    for (size_t i = 0; i < DDL_DIALECT_COUNT; i++) {
        if (strcmp(dialects[i].name, name) == 0) {
            return &dialects[i];
        }
    }
    return NULL;
}

void ddl_quote_name(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *name)
{
    (void)d;
    strbuf_adds(out, name->text);
}

void ddl_quote_text(struct strbuf *out, const struct ddl_dialect *d, const char *name)
{
    ddl_quote_name(out, d, &DDL_NAME(name));
}

void ddl_quote_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *schema,
                     const struct ddl_name *table)
{
    if (schema && schema->text) {
        ddl_quote_name(out, d, schema);
        strbuf_addch(out, '.');
    }
    ddl_quote_name(out, d, table);
}

void ddl_quote_string(struct strbuf *out, const struct ddl_dialect *d, struct slice text)
{
    (void)d;
    strbuf_addch(out, '\'');
    strbuf_add(out, text.ptr, text.len);
    strbuf_addch(out, '\'');
}

void ddl_quote_comment(struct strbuf *out, const struct ddl_dialect *d, struct slice text)
{
    ddl_quote_string(out, d, text);
}

const struct ddl_option *ddl_option_get(const ddl_options_t *options, const char *key)
{
    const struct ddl_option *o;
    vec_each (o, options) {
        if (strcmp(o->key, key) == 0) {
            return o;
        }
    }
    return NULL;
}

bool ddl_option_true(const ddl_options_t *options, const char *key)
{
    const struct ddl_option *o = ddl_option_get(options, key);
    if (!o) {
        return false;
    }
    switch (o->value.kind) {
    case SQL_VALUE_NULL:
        return false;
    case SQL_VALUE_BOOL:
    case SQL_VALUE_INT:
        return o->value.integer != 0;
    case SQL_VALUE_STR:
        return o->value.text.len > 0;
    default:
        return true;
    }
}
