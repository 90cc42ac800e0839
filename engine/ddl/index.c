/* CREATE INDEX and DROP INDEX. */
#include "engine/ddl/clause.h"
#include "engine/ddl/expr_operators.h"
#include <string.h>

static int need_name(const struct ddl_dialect *d, const struct ddl_name *name, const char *verb,
                     struct err *err)
{
    if (name->text) {
        return 0;
    }
    /* The compilers of other dialects trip over the missing name. */
    return d->kind == DDL_SQLITE && strcmp(verb, "DROP") == 0
               ? err_set(err, ERR_FILE, "%s INDEX requires that the index have a name", verb)
               : ddl_fail(err, DDL_ASSERTION, "%s", "");
}

static int add_index_name(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                          const struct ddl_index *i, bool schema, const char *verb, struct err *err)
{
    struct ddl_name name;
    int r = ddl_index_name(a, d, i, &name, err);
    if (r == 0) {
        r = need_name(d, &name, verb, err);
    }
    if (r == 0) {
        ddl_quote_table(out, d, schema ? &i->table->schema : NULL, &name);
    }
    return r;
}

static bool is_ordering(const struct sql_expr *e)
{
    return (e->flags & SQL_X_MODIFIER) && (sql_op_is(e->op, SQL_OP_DESC) || sql_op_is(e->op, SQL_OP_ASC));
}

/* MySQL's compiler puts parentheses around what is neither a column nor a text. */
static bool wants_grouping(const struct sql_expr *e)
{
    switch (e->kind) {
    case SQL_E_BINARY:
    case SQL_E_FUNCTION:
        return true;
    case SQL_E_UNARY:
        return !is_ordering(e);
    default:
        return false;
    }
}

static int element_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_index_element *e,
                        struct err *err)
{
    if (!e->expr) {
        ddl_quote_name(out, d, &e->column);
        return 0;
    }
    bool grouped = ddl_is_mysql(d) && wants_grouping(e->expr);
    unsigned flags = SQL_NO_TABLE | SQL_DDL_LITERAL;
    strbuf_adds(out, grouped ? "(" : "");
    int r = sql_render(out, d, e->expr, flags | (d->kind == DDL_POSTGRESQL ? SQL_SELF_GROUP : 0), err);
    strbuf_adds(out, grouped ? ")" : "");
    return r;
}

static const struct ddl_option *dict_entry(const struct ddl_option *o, struct slice key)
{
    for (size_t i = 0; o && i < o->ndict; i++) {
        if (slice_eq(key, o->dict[i].key)) {
            return &o->dict[i];
        }
    }
    return NULL;
}

static void add_value(struct strbuf *out, const struct sql_value *v)
{
    switch (v->kind) {
    case SQL_VALUE_STR:
    case SQL_VALUE_DECIMAL:
        strbuf_add(out, v->text.ptr, v->text.len);
        return;
    case SQL_VALUE_INT:
        strbuf_addf(out, "%lld", (long long)v->integer);
        return;
    case SQL_VALUE_BOOL:
        strbuf_adds(out, v->integer ? "True" : "False");
        return;
    case SQL_VALUE_NULL:
        strbuf_adds(out, "None");
        return;
    default:
        strbuf_addf(out, "%.17g", v->real);
    }
}

static int postgresql_elements(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_index *i,
                               struct err *err)
{
    const struct ddl_option *ops = ddl_option_get(&i->options, "postgresql_ops");
    const struct ddl_index_element *e;
    int r = 0;
    strbuf_addch(out, '(');
    vec_each (e, &i->elements) {
        const char *key = e->key ? e->key : e->expr ? NULL : e->column.text;
        strbuf_adds(out, e == i->elements.items ? "" : ", ");
        r = element_text(out, d, e, err);
        if (r < 0) {
            return r;
        }
        const struct ddl_option *op = key ? dict_entry(ops, slice_of(key)) : NULL;
        if (op) {
            strbuf_addch(out, ' ');
            add_value(out, &op->value);
        }
    }
    strbuf_addch(out, ')');
    return r;
}

static int add_where(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_option *where,
                     struct err *err)
{
    if (!where || (!where->expr && where->value.kind == SQL_VALUE_NULL)) {
        return 0;
    }
    strbuf_adds(out, " WHERE ");
    if (where->expr) {
        return sql_render(out, d, where->expr, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
    }
    if (where->value.kind != SQL_VALUE_STR) {
        return ddl_fail(err, DDL_ARGUMENT, "SQL expression for WHERE/HAVING role expected");
    }
    if (d->kind == DDL_SQLITE) {
        return ddl_fail(err, DDL_ATTRIBUTE, "'str' object has no attribute '_compiler_dispatch'");
    }
    return sql_render_text(out, d, where->value.text, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
}

/* [INCLUDE][NULLS NOT DISTINCT][WITH][TABLESPACE][WHERE] */
static int postgresql_tail(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_index *i,
                           struct err *err)
{
    static const ddl_names_t none = {0};
    bool real = i->table->columns.n > 0; /* op.create_index() adds to its own table what is included */
    int r = ddl_add_include(out, d, &i->options, i->table, real ? &none : NULL, err);
    if (r < 0) {
        return r;
    }
    const struct ddl_option *o = ddl_option_get(&i->options, "postgresql_nulls_not_distinct");
    if (o && o->value.kind == SQL_VALUE_BOOL) {
        strbuf_adds(out, o->value.integer ? " NULLS NOT DISTINCT" : " NULLS DISTINCT");
    }
    o = ddl_option_get(&i->options, "postgresql_with");
    for (size_t k = 0; o && k < o->ndict; k++) {
        strbuf_addf(out, "%s%s = ", k ? ", " : " WITH (", o->dict[k].key);
        add_value(out, &o->dict[k].value);
        strbuf_adds(out, k + 1 == o->ndict ? ")" : "");
    }
    o = ddl_option_get(&i->options, "postgresql_tablespace");
    if (o && o->value.kind == SQL_VALUE_STR && o->value.text.len) {
        AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
        strbuf_add(&name, o->value.text.ptr, o->value.text.len);
        strbuf_adds(out, " TABLESPACE ");
        ddl_quote_text(out, d, strbuf_cstr(&name));
    }
    return r < 0 ? r : add_where(out, d, ddl_option_get(&i->options, "postgresql_where"), err);
}

static int postgresql_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                            const struct ddl_index *i, int if_not_exists, struct err *err)
{
    strbuf_adds(out, i->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    strbuf_adds(out, ddl_option_true(&i->options, "postgresql_concurrently") ? "CONCURRENTLY " : "");
    strbuf_adds(out, if_not_exists > 0 ? "IF NOT EXISTS " : "");
    int r = add_index_name(a, out, d, i, false, "CREATE", err);
    if (r < 0) {
        return r;
    }
    strbuf_adds(out, " ON ");
    ddl_quote_table(out, d, &i->table->schema, &i->table->name);
    strbuf_addch(out, ' ');
    const struct ddl_option *using = ddl_option_get(&i->options, "postgresql_using");
    if (using && using->value.kind == SQL_VALUE_STR && using->value.text.len) {
        r = ddl_add_using(out, slice_dup(a, using->value.text), err);
    }
    if (r == 0) {
        r = postgresql_elements(out, d, i, err);
    }
    return r < 0 ? r : postgresql_tail(out, d, i, err);
}

/* mysql_length is a number for all columns, or a dict by the column's name or its text. */
static int mysql_length(struct strbuf *out, const struct ddl_index_element *e,
                        const struct ddl_option *length, size_t begin, struct err *err)
{
    const struct sql_value *n = &length->value;
    if (length->dict) {
        struct slice text = {out->ptr + begin, out->len - begin};
        bool named = !e->expr || e->expr->kind == SQL_E_FUNCTION || e->expr->kind == SQL_E_LABEL ||
                     e->expr->kind == SQL_E_LITERAL_COLUMN || e->expr->kind == SQL_E_TEXT;
        const char *name = !e->expr ? e->column.text : e->expr->name.text;
        if (!named) {
            return err_set(err, ERR_REFUSED, "mysql_length by column of an index on expressions");
        }
        if (e->expr && e->expr->kind == SQL_E_TEXT) {
            return ddl_fail(
                err, DDL_ATTRIBUTE,
                "Neither '_textual_index_element' object nor 'Comparator' object has an attribute "
                "'name'");
        }
        const struct ddl_option *o = name ? dict_entry(length, slice_of(name)) : NULL;
        o = o ? o : dict_entry(length, text);
        if (!o) {
            return 0;
        }
        n = &o->value;
    }
    if (n->kind == SQL_VALUE_NULL) {
        return 0;
    }
    if (n->kind != SQL_VALUE_INT && n->kind != SQL_VALUE_BOOL) {
        return ddl_fail(err, DDL_TYPE, "%%d format: a real number is required, not str");
    }
    strbuf_addf(out, "(%lld)", (long long)n->integer);
    return 0;
}

static const struct ddl_option *mysql_option(const struct ddl_dialect *d, const struct ddl_index *i,
                                             const char *mysql, const char *mariadb, bool fall_back)
{
    const struct ddl_option *o = ddl_option_get(&i->options, d->kind == DDL_MARIADB ? mariadb : mysql);
    bool given = o && (o->dict || o->value.kind != SQL_VALUE_NULL);
    if (!given && fall_back) {
        o = ddl_option_get(&i->options, mysql);
        given = o && o->value.kind != SQL_VALUE_NULL;
    }
    return given ? o : NULL;
}

static int mysql_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                       const struct ddl_index *i, int if_not_exists, struct err *err)
{
    const struct ddl_option *o = mysql_option(d, i, "mysql_prefix", "mariadb_prefix", false);
    strbuf_adds(out, i->unique ? "CREATE UNIQUE " : "CREATE ");
    if (o && o->value.text.len) {
        strbuf_addf(out, "%.*s ", (int)o->value.text.len, o->value.text.ptr);
    }
    strbuf_adds(out, if_not_exists > 0 ? "INDEX IF NOT EXISTS " : "INDEX ");
    int r = add_index_name(a, out, d, i, false, "CREATE", err);
    if (r < 0) {
        return r;
    }
    strbuf_adds(out, " ON ");
    ddl_quote_table(out, d, &i->table->schema, &i->table->name);
    strbuf_adds(out, " (");
    const struct ddl_option *length = mysql_option(d, i, "mysql_length", "mariadb_length", false);
    const struct ddl_index_element *e;
    vec_each (e, &i->elements) {
        strbuf_adds(out, e == i->elements.items ? "" : ", ");
        size_t begin = out->len;
        r = element_text(out, d, e, err);
        if (r == 0 && length) {
            r = mysql_length(out, e, length, begin, err);
        }
        if (r < 0) {
            return r;
        }
    }
    strbuf_addch(out, ')');
    o = mysql_option(d, i, "mysql_with_parser", "mariadb_with_parser", true);
    if (o) {
        strbuf_adds(out, " WITH PARSER ");
        add_value(out, &o->value);
    }
    o = mysql_option(d, i, "mysql_using", "mariadb_using", true);
    if (o) {
        strbuf_adds(out, " USING ");
        ddl_quote_text(out, d, slice_dup(a, o->value.text));
    }
    return 0;
}

static int sqlite_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_index *i, int if_not_exists, struct err *err)
{
    strbuf_adds(out, i->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    strbuf_adds(out, if_not_exists > 0 ? "IF NOT EXISTS " : "");
    int r = add_index_name(a, out, d, i, true, "CREATE", err);
    if (r < 0) {
        return r;
    }
    strbuf_adds(out, " ON ");
    ddl_quote_name(out, d, &i->table->name);
    strbuf_adds(out, " (");
    const struct ddl_index_element *e;
    vec_each (e, &i->elements) {
        strbuf_adds(out, e == i->elements.items ? "" : ", ");
        r = element_text(out, d, e, err);
        if (r < 0) {
            return r;
        }
    }
    strbuf_addch(out, ')');
    return add_where(out, d, ddl_option_get(&i->options, "sqlite_where"), err);
}

int ddl_create_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_index *i, int if_not_exists, struct err *err)
{
    return d->kind == DDL_POSTGRESQL ? postgresql_index(a, out, d, i, if_not_exists, err)
           : d->kind == DDL_SQLITE   ? sqlite_index(a, out, d, i, if_not_exists, err)
                                     : mysql_index(a, out, d, i, if_not_exists, err);
}

int ddl_drop_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                   const struct ddl_index *i, bool if_exists, struct err *err)
{
    bool mysql = ddl_is_mysql(d);
    strbuf_adds(out, "DROP INDEX ");
    if (d->kind == DDL_POSTGRESQL && ddl_option_true(&i->options, "postgresql_concurrently")) {
        strbuf_adds(out, "CONCURRENTLY ");
    }
    strbuf_adds(out, if_exists ? "IF EXISTS " : "");
    int r = add_index_name(a, out, d, i, !mysql, "DROP", err);
    if (r == 0 && mysql) {
        strbuf_adds(out, " ON ");
        ddl_quote_table(out, d, &i->table->schema, &i->table->name);
    }
    return r;
}
