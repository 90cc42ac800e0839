/* Functions and sequences. */
#include "engine/ddl/expr_render.h"
#include "engine/ddl/table.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static int put_arguments(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    sql_put(r, "(");
    int rc = sql_render_items(r, e->items, e->n, ", ", kw);
    sql_put(r, ")");
    return rc;
}

/* SQLAlchemy quotes names of functions only for characters that no name has. */
static void put_function_name(struct sql_rendering *r, const char *name)
{
    bool legal = *name != '\0';
    for (const char *p = name; *p; p++) {
        legal &= isalnum((unsigned char)*p) || *p == '_' || *p == '$';
    }
    if (legal) {
        sql_put(r, name);
    } else {
        sql_put_name(r, &(struct ddl_name){.text = name, .quote = DDL_QUOTE_ALWAYS});
    }
}

/* --- functions that dialects write in their own way; they take them by name, whoever made them --- */

typedef int special_fn(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw);

static int special_current_timestamp(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)e;
    (void)kw;
    sql_put(r, "CURRENT_TIMESTAMP");
    return 0;
}

static int special_sqlite_localtimestamp(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)e;
    (void)kw;
    sql_put(r, "DATETIME(CURRENT_TIMESTAMP, 'localtime')");
    return 0;
}

/* These forget that values shall be literals. */
static int special_length(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    sql_put(r, "length");
    return put_arguments(r, e, (struct sql_kw){.placeholders = true});
}

static int special_group_concat(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    sql_put(r, "group_concat");
    return put_arguments(r, e, (struct sql_kw){.placeholders = true});
}

static int special_string_agg(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    sql_put(r, "string_agg");
    return put_arguments(r, e, (struct sql_kw){.placeholders = true});
}

static int special_rand(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)kw;
    sql_put(r, "rand");
    return put_arguments(r, e, (struct sql_kw){.placeholders = true});
}

static int special_mysql_group_concat(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (e->n != 2) {
        return sql_refuse(r, "aggregate_strings() with %zu arguments", e->n);
    }
    sql_put(r, "group_concat(");
    int rc = sql_render_expr(r, e->items[0], kw);
    sql_put(r, " SEPARATOR ");
    rc = rc ? rc : sql_render_expr(r, e->items[1], kw);
    sql_put(r, ")");
    return rc;
}

static int special_mysql_rollup(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    int rc = sql_render_items(r, e->items, e->n, ", ", kw);
    sql_put(r, " WITH ROLLUP");
    return rc;
}

static int special_mysql_sysdate(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    (void)e;
    (void)kw;
    sql_put(r, "SYSDATE()");
    return 0;
}

static int special_substring(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (e->n < 2) {
        return sql_refuse(r, "substring() with fewer than two arguments");
    }
    sql_put(r, "SUBSTRING(");
    int rc = sql_render_expr(r, e->items[0], kw);
    sql_put(r, " FROM ");
    rc = rc ? rc : sql_render_expr(r, e->items[1], kw);
    if (e->n > 2) {
        sql_put(r, " FOR ");
        rc = rc ? rc : sql_render_expr(r, e->items[2], kw);
    }
    sql_put(r, ")");
    return rc;
}

static int special_text_search(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_function *f = e->data;
    if (!f->generic) {
        return sql_refuse(r, "a text search function in a package");
    }
    sql_put(r, e->name.text);
    return put_arguments(r, e, kw);
}

static const struct special {
    unsigned dialects; /* bits by enum ddl_dialect_kind */
    const char *name;
    special_fn *fn;
} specials[] = {
#define PG   (1u << DDL_POSTGRESQL)
#define MY   (1u << DDL_MYSQL | 1u << DDL_MARIADB)
#define LITE (1u << DDL_SQLITE)
    {LITE, "now", special_current_timestamp},
    {LITE, "localtimestamp", special_sqlite_localtimestamp},
    {LITE, "char_length", special_length},
    {LITE, "aggregate_strings", special_group_concat},
    {PG, "aggregate_strings", special_string_agg},
    {MY, "aggregate_strings", special_mysql_group_concat},
    {MY, "random", special_rand},
    {MY, "rollup", special_mysql_rollup},
    {MY, "sysdate", special_mysql_sysdate},
    {PG, "substring", special_substring},
    {PG, "to_tsvector", special_text_search},
    {PG, "to_tsquery", special_text_search},
    {PG, "plainto_tsquery", special_text_search},
    {PG, "phraseto_tsquery", special_text_search},
    {PG, "websearch_to_tsquery", special_text_search},
    {PG, "ts_headline", special_text_search},
};

/* SQLAlchemy's own functions that are written otherwise than they are called; bare: without arguments, the
 * parentheses go too. */
static const struct {
    const char *name, *text;
    bool bare;
} spellings[] = {
    {"coalesce", "coalesce", false},
    {"current_date", "CURRENT_DATE", true},
    {"current_time", "CURRENT_TIME", true},
    {"current_timestamp", "CURRENT_TIMESTAMP", true},
    {"current_user", "CURRENT_USER", true},
    {"localtime", "LOCALTIME", true},
    {"localtimestamp", "LOCALTIMESTAMP", true},
    {"random", "random", false},
    {"sysdate", "sysdate", true},
    {"session_user", "SESSION_USER", true},
    {"user", "USER", true},
    {"cube", "CUBE", false},
    {"rollup", "ROLLUP", false},
    {"grouping_sets", "GROUPING SETS", false},
};

static int render_sequence(struct sql_rendering *r, const struct sql_expr *e)
{
    const struct ddl_sequence *s = e->data;
    struct strbuf name = STRBUF_INIT;
    ddl_quote_table(&name, r->dialect, &s->schema, &s->name);
    int rc = 0;
    if (r->dialect->kind == DDL_POSTGRESQL) {
        sql_put(r, "nextval('");
        for (const char *p = strbuf_cstr(&name); *p; p++) {
            strbuf_addch(r->out, *p);
            if (*p == '\'') {
                strbuf_addch(r->out, '\'');
            }
        }
        sql_put(r, "')");
    } else if (ddl_is_mysql(r->dialect)) {
        strbuf_addf(r->out, "nextval(%s)", strbuf_cstr(&name));
    } else {
        rc = sql_fail_as(r, DDL_NOT_IMPLEMENTED, "Dialect '%s' does not support sequence increments.",
                         r->dialect->name);
    }
    strbuf_release(&name);
    return rc;
}

static int render_plain(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_function *f = e->data;
    for (size_t i = 0; i < f->npackages; i++) {
        put_function_name(r, f->packages[i]);
        sql_put(r, ".");
    }
    for (size_t i = 0; f->generic && i < sizeof(spellings) / sizeof(*spellings); i++) {
        if (strcmp(spellings[i].name, e->name.text) == 0) {
            sql_put(r, spellings[i].text);
            return spellings[i].bare && e->n == 0 ? 0 : put_arguments(r, e, kw);
        }
    }
    put_function_name(r, e->name.text);
    return put_arguments(r, e, kw);
}

int sql_render_function(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (e->kind == SQL_E_SEQUENCE) {
        return render_sequence(r, e);
    }
    const struct sql_function *f = e->data;
    special_fn *fn = render_plain;
    for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++) {
        if ((specials[i].dialects & 1u << r->dialect->kind) &&
            strcasecmp(specials[i].name, e->name.text) == 0) {
            fn = specials[i].fn;
        }
    }
    int rc = fn(r, e, kw);
    if (f->ordinality) {
        sql_put(r, " WITH ORDINALITY");
    }
    return rc;
}
