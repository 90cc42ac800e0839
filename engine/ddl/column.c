/*
 * Columns as CREATE TABLE and ADD COLUMN write them: type, DEFAULT, NOT NULL and what else stands behind the
 * name, in each dialect's order.
 */
#include "engine/ddl/table.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

void ddl_sequence_options_text(struct strbuf *out, const struct ddl_dialect *d,
                               const struct ddl_sequence_options *o)
{
    size_t begin = out->len;
#define WORD(condition, ...)                                                                                 \
    if (condition) {                                                                                         \
        strbuf_adds(out, out->len > begin ? " " : "");                                                       \
        strbuf_addf(out, __VA_ARGS__);                                                                       \
    }
    WORD(o->has_increment, "INCREMENT BY %lld", (long long)o->increment)
    WORD(o->has_start, "START WITH %lld", (long long)o->start)
    WORD(o->has_min, "MINVALUE %lld", (long long)o->min)
    WORD(o->has_max, "MAXVALUE %lld", (long long)o->max)
    WORD(o->nominvalue, "NO MINVALUE")
    WORD(o->nomaxvalue, "NO MAXVALUE")
    WORD(o->has_cache, "CACHE %lld", (long long)o->cache)
    WORD(o->has_cycle, "%s", o->cycle ? "CYCLE" : ddl_is_mysql(d) ? "NOCYCLE" : "NO CYCLE")
#undef WORD
}

void ddl_identity_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_identity *i)
{
    AUTO(strbuf_release) struct strbuf options = STRBUF_INIT;
    strbuf_addf(out, "GENERATED %s AS IDENTITY", i->always ? "ALWAYS" : "BY DEFAULT");
    ddl_sequence_options_text(&options, d, &i->options);
    if (options.len) {
        strbuf_addf(out, " (%s)", strbuf_cstr(&options));
    }
}

int ddl_computed_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_computed *c,
                      struct err *err)
{
    bool postgresql = d->kind == DDL_POSTGRESQL;
    if (postgresql && c->persisted == 0) {
        return err_set(err, ERR_FILE,
                       "PostrgreSQL computed columns do not support 'virtual' persistence; set the "
                       "'persisted' flag to None or True for PostgreSQL support.");
    }
    strbuf_adds(out, "GENERATED ALWAYS AS (");
    int r = sql_render(out, d, c->expr, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
    if (r < 0) {
        return r;
    }
    strbuf_adds(out, postgresql || c->persisted == 1 ? ") STORED" : c->persisted == 0 ? ") VIRTUAL" : ")");
    return 0;
}

int ddl_default_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_default *def,
                     struct err *err)
{
    if (def->kind == DDL_DEFAULT_STRING) {
        ddl_quote_string(out, d, def->text);
        return 0;
    }
    return def->kind == DDL_DEFAULT_EXPR ? sql_render(out, d, def->expr, SQL_DDL_LITERAL, err) : 0;
}

static bool word_character(unsigned char c)
{
    return isalnum(c) || c == '_' || c >= 0x80;
}

/* Does the text's first line, or one that a search from the start reaches, hold anything but word characters?
 * Python's `.*\W.*` stops at a line feed, which is no word character itself. */
static bool is_expression(const char *text)
{
    for (; *text; text++) {
        if (!word_character((unsigned char)*text)) {
            return true;
        }
    }
    return false;
}

static bool begins_quoted(const char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    return *text && strchr("'\"(", *text);
}

/* "ON" with blanks and "UPDATE" anywhere. */
static bool has_on_update(const char *text)
{
    for (; *text; text++) {
        if (strncasecmp(text, "on ", 3) == 0) {
            const char *p = text + 2;
            while (*p == ' ') {
                p++;
            }
            if (strncasecmp(p, "update", 6) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* now(3), current_timestamp(6) */
static bool is_fractional_now(const char *text)
{
    static const char *const functions[] = {"now(", "current_timestamp("};
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        size_t n = strlen(functions[i]);
        if (strncasecmp(text, functions[i], n) == 0) {
            size_t digits = strspn(text + n, "0123456789");
            return digits > 0 && text[n + digits] == ')';
        }
    }
    return false;
}

/* SQLite takes expressions in parentheses alone; MySQL does since 8.0.13, which is known of a server that is
 * connected, and never of one that is not. */
static bool wants_parentheses(const struct ddl_dialect *d, const char *text)
{
    if (d->kind == DDL_SQLITE) {
        return !begins_quoted(text) && is_expression(text);
    }
    return d->expression_defaults && !begins_quoted(text) && !has_on_update(text) &&
           !is_fractional_now(text) && is_expression(text);
}

static int add_default(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_default *def,
                       struct err *err)
{
    if (def->kind != DDL_DEFAULT_STRING && def->kind != DDL_DEFAULT_EXPR) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int r = ddl_default_text(&text, d, def, err);
    if (r < 0) {
        return r;
    }
    bool parentheses = wants_parentheses(d, strbuf_cstr(&text));
    strbuf_addf(out, parentheses ? " DEFAULT (%s)" : " DEFAULT %s", strbuf_cstr(&text));
    return 0;
}

static int add_computed(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_column *c,
                        struct err *err)
{
    if (!c->computed) {
        return 0;
    }
    strbuf_addch(out, ' ');
    return ddl_computed_text(out, d, c->computed, err);
}

/* default=Sequence(...) that is not optional keeps SERIAL away. */
static bool counts_by_serial(const struct ddl_column *c)
{
    return c->primary_key && !c->identity && c == ddl_autoincrement_column(c->table) &&
           (c->sequence ? c->sequence->optional : !c->python_default);
}

static int postgresql_spec(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                           const struct ddl_column *c, struct err *err)
{
    int r = 0;
    if (counts_by_serial(c)) {
        const struct ddl_type *impl = ddl_type_resolve(a, d, c->type);
        strbuf_adds(out, ddl_type_is(impl, DDL_TYPE_BIG_INTEGER)     ? "BIGSERIAL"
                         : ddl_type_is(impl, DDL_TYPE_SMALL_INTEGER) ? "SMALLSERIAL"
                                                                     : "SERIAL");
    } else {
        r = ddl_type_render(out, d, c->type, err);
        if (r == 0) {
            r = add_default(out, d, &c->server_default, err);
        }
    }
    if (r == 0) {
        r = add_computed(out, d, c, err);
    }
    if (r < 0) {
        return r;
    }
    if (c->identity) {
        strbuf_addch(out, ' ');
        ddl_identity_text(out, d, c->identity);
    }
    strbuf_adds(out, !c->nullable && !c->identity ? " NOT NULL" : c->nullable && c->identity ? " NULL" : "");
    return 0;
}

static int mysql_spec(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                      const struct ddl_column *c, struct err *err)
{
    bool nullable = c->nullable || (d->kind == DDL_MARIADB && c->computed && !c->nullable_given);
    int r = ddl_type_render(out, d, c->type, err);
    if (r == 0) {
        r = add_computed(out, d, c, err);
    }
    if (r < 0) {
        return r;
    }
    if (!nullable) {
        strbuf_adds(out, " NOT NULL");
    } else if (ddl_type_is(ddl_type_resolve(a, d, c->type), DDL_TYPE_TIMESTAMP)) {
        strbuf_adds(out, " NULL");
    }
    if (c->comment) {
        strbuf_adds(out, " COMMENT ");
        ddl_quote_comment(out, d, slice_of(c->comment));
    }
    bool counted = c->table && c == ddl_autoincrement_column(c->table) &&
                   (c->server_default.kind == DDL_DEFAULT_NONE || c->identity);
    if (counted && !(c->sequence && d->sequences && !c->sequence->optional)) {
        strbuf_adds(out, " AUTO_INCREMENT");
        return 0;
    }
    return add_default(out, d, &c->server_default, err);
}

static void add_conflict(struct strbuf *out, const ddl_options_t *options, const char *key)
{
    const struct ddl_option *o = ddl_option_get(options, key);
    if (o && o->value.kind == SQL_VALUE_STR) {
        strbuf_addf(out, " ON CONFLICT %.*s", (int)o->value.text.len, o->value.text.ptr);
    }
}

bool ddl_sqlite_counts(const struct ddl_column *c)
{
    const struct ddl_constraint *pk = c->table ? ddl_primary_key(c->table) : NULL;
    struct ddl_constraint **k;
    if (!c->primary_key || !pk || pk->columns.n != 1 ||
        !ddl_option_true(&c->table->options, "sqlite_autoincrement") ||
        ddl_type_affinity(c->type) != AFFINITY_INTEGER) {
        return false;
    }
    vec_each (k, &c->table->constraints) {
        for (size_t i = 0; (*k)->kind == DDL_FOREIGN_KEY && i < (*k)->columns.n; i++) {
            if (strcmp((*k)->columns.items[i].text, c->name.text) == 0) {
                return false;
            }
        }
    }
    return true;
}

static int sqlite_spec(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_column *c,
                       struct err *err)
{
    int r = ddl_type_render(out, d, c->type, err);
    if (r == 0) {
        r = add_default(out, d, &c->server_default, err);
    }
    if (r < 0) {
        return r;
    }
    if (!c->nullable) {
        strbuf_adds(out, " NOT NULL");
        add_conflict(out, &c->options, "sqlite_on_conflict_not_null");
    }
    const struct ddl_constraint *pk = c->table ? ddl_primary_key(c->table) : NULL;
    if (c->primary_key && c->autoincrement == DDL_AUTO_TRUE && pk && pk->columns.n != 1) {
        return err_set(err, ERR_FILE, "SQLite does not support autoincrement for composite primary keys");
    }
    if (ddl_sqlite_counts(c)) {
        strbuf_adds(out, " PRIMARY KEY");
        add_conflict(out, &c->options, "sqlite_on_conflict_primary_key");
        strbuf_adds(out, " AUTOINCREMENT");
    }
    return add_computed(out, d, c, err);
}

int ddl_column_spec(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                    const struct ddl_column *c, struct err *err)
{
    bool asks = c->table && (d->kind == DDL_POSTGRESQL ? c->primary_key : d->kind != DDL_SQLITE);
    int r = asks ? ddl_autoincrement_check(d, c->table, err) : 0;
    if (r < 0) {
        return r;
    }
    ddl_quote_name(out, d, &c->name);
    strbuf_addch(out, ' ');
    return d->kind == DDL_POSTGRESQL ? postgresql_spec(a, out, d, c, err)
           : d->kind == DDL_SQLITE   ? sqlite_spec(out, d, c, err)
                                     : mysql_spec(a, out, d, c, err);
}

int ddl_column_comment(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                       const struct ddl_column *c, struct err *err)
{
    if (ddl_is_mysql(d)) {
        strbuf_adds(out, "ALTER TABLE ");
        ddl_quote_table(out, d, &c->table->schema, &c->table->name);
        strbuf_adds(out, " CHANGE ");
        ddl_quote_name(out, d, &c->name);
        strbuf_addch(out, ' ');
        return ddl_column_spec(a, out, d, c, err);
    }
    strbuf_adds(out, "COMMENT ON COLUMN ");
    ddl_quote_table(out, d, &c->table->schema, &c->table->name);
    strbuf_addch(out, '.');
    ddl_quote_name(out, d, &c->name);
    strbuf_adds(out, " IS ");
    ddl_quote_comment(out, d, slice_of(c->comment));
    return 0;
}
