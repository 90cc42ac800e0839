/*
 * The dialects and how each writes names and strings. Quoting follows SQLAlchemy's IdentifierPreparer.
 */
#include "engine/ddl/dialect_words.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* kind, name, driver, quote, longest identifier, index, constraint, transactional DDL, backslashes,
 * expressions as defaults, sequences */
static const struct ddl_dialect dialects[] = {
    [DDL_POSTGRESQL] = {DDL_POSTGRESQL, "postgresql", "psycopg2", '"', 63, 63, 63, true, true, false, true},
    [DDL_MYSQL] = {DDL_MYSQL, "mysql", "pymysql", '`', 255, 64, 64, false, true, false, false},
    [DDL_MARIADB] = {DDL_MARIADB, "mariadb", "pymysql", '`', 255, 64, 64, false, true, false, false},
    [DDL_SQLITE] = {DDL_SQLITE, "sqlite", "pysqlite", '"', 9999, 9999, 9999, false, false, false, false},
};
_Static_assert(sizeof(dialects) / sizeof(*dialects) == DDL_DIALECT_COUNT, "one row a dialect");

static const struct ddl_dialect connected[] = {
    [DDL_POSTGRESQL] = {DDL_POSTGRESQL, "postgresql", "psycopg2", '"', 63, 63, 63, true, false, false, true},
    [DDL_MYSQL] = {DDL_MYSQL, "mysql", "pymysql", '`', 255, 64, 64, false, true, true, false},
    [DDL_MARIADB] = {DDL_MARIADB, "mariadb", "pymysql", '`', 255, 64, 64, false, true, true, true},
    [DDL_SQLITE] = {DDL_SQLITE, "sqlite", "pysqlite", '"', 9999, 9999, 9999, false, false, false, false},
};

const struct ddl_dialect *ddl_dialect_of(enum ddl_dialect_kind kind)
{
    return &dialects[kind];
}

const struct ddl_dialect *ddl_dialect_connected(enum ddl_dialect_kind kind)
{
    return &connected[kind];
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

const char *ddl_exception(const struct err *err)
{
    static const struct {
        const char *mark, *name;
    } exceptions[] = {
        {DDL_NOT_IMPLEMENTED, "NotImplementedError"},
        {DDL_UNSUPPORTED, "sqlalchemy.exc.UnsupportedCompilationError"},
        {DDL_ATTRIBUTE, "AttributeError"},
        {DDL_TYPE, "TypeError"},
        {DDL_ARGUMENT, "sqlalchemy.exc.ArgumentError"},
        {DDL_IDENTIFIER, "sqlalchemy.exc.IdentifierError"},
        {DDL_INVALID_REQUEST, "sqlalchemy.exc.InvalidRequestError"},
        {DDL_NO_FOREIGN_KEYS, "sqlalchemy.exc.NoForeignKeysError"},
        {DDL_ASSERTION, "AssertionError"},
        {DDL_STATEMENT, "sqlalchemy.exc.StatementError"},
        {DDL_KEY, "KeyError"},
        {DDL_COMMAND, "alembic.util.exc.CommandError"},
    };
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++) {
        if (strcmp(err->sqlstate, exceptions[i].mark) == 0) {
            return exceptions[i].name;
        }
    }
    return "sqlalchemy.exc.CompileError";
}

int ddl_fail(struct err *err, const char *mark, const char *fmt, ...)
{
    char text[sizeof(err->message)];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    err_set(err, ERR_FILE, "%s", text);
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", mark);
    }
    return ERR_FILE;
}

/* How many bytes of the character at p are taken for a legal one that is in lower case; 0: it is not.
 * Python's [A-Z] without regard to case also takes the dotless i and the long s, which lower() leaves alone,
 * and $ stands before a last line feed too. */
static size_t legal_character(const char *p)
{
    if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '$') {
        return 1;
    }
    if (strncmp(p, "\xc4\xb1", 2) == 0 || strncmp(p, "\xc5\xbf", 2) == 0) {
        return 2;
    }
    return 0;
}

bool ddl_quote_needed(const struct ddl_dialect *d, const char *name)
{
    if ((*name >= '0' && *name <= '9') || *name == '$' || *name == '\0') {
        return true;
    }
    const char *p = name;
    for (size_t n; (n = legal_character(p)) > 0;) {
        p += n;
    }
    if (*p != '\0' && (p == name || strcmp(p, "\n") != 0)) {
        return true;
    }
    return ddl_dialect_reserved(d->kind, name);
}

void ddl_quote_name(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *name)
{
    const char *text = name->text ? name->text : "";
    bool quoted = name->quote == DDL_QUOTE_AUTO ? ddl_quote_needed(d, text) : name->quote == DDL_QUOTE_ALWAYS;
    if (!quoted) {
        strbuf_adds(out, text);
        return;
    }
    strbuf_addch(out, d->quote);
    for (const char *p = text; *p; p++) {
        if (*p == d->quote) {
            strbuf_addch(out, *p);
        }
        strbuf_addch(out, *p);
    }
    strbuf_addch(out, d->quote);
}

void ddl_quote_text(struct strbuf *out, const struct ddl_dialect *d, const char *name)
{
    ddl_quote_name(out, d, &DDL_NAME(name));
}

void ddl_quote_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_name *schema,
                     const struct ddl_name *table)
{
    if (schema && schema->text && *schema->text) {
        ddl_quote_name(out, d, schema);
        strbuf_addch(out, '.');
    }
    ddl_quote_name(out, d, table);
}

void ddl_quote_string(struct strbuf *out, const struct ddl_dialect *d, struct slice text)
{
    strbuf_addch(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\'' || (c == '\\' && d->backslash_escapes)) {
            strbuf_addch(out, c);
        }
        strbuf_addch(out, c);
    }
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
