/* Indexes into JSON values: operators on PostgreSQL, functions elsewhere. */
#include "engine/ddl/expr_render.h"
#include <inttypes.h>
#include <string.h>

static int put_step(struct sql_rendering *r, struct strbuf *b, const struct sql_value *v)
{
    bool postgresql = r->dialect->kind == DDL_POSTGRESQL;
    if (v->kind == SQL_VALUE_INT) {
        strbuf_addf(b, postgresql ? "%" PRId64 : "[%" PRId64 "]", v->integer);
    } else if (v->kind == SQL_VALUE_STR) {
        strbuf_adds(b, postgresql ? "" : ".\"");
        strbuf_add(b, v->text.ptr, v->text.len);
        strbuf_adds(b, postgresql ? "" : "\"");
    } else {
        return sql_refuse(r, "a JSON index that is neither a string nor a number");
    }
    return 0;
}

/* The index: 'a' or 1 or '{a, 1}' on PostgreSQL, '$."a"[1]' elsewhere. */
static int put_index(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (e->kind != SQL_E_VALUE) {
        return sql_render_expr(r, e, kw);
    }
    bool postgresql = r->dialect->kind == DDL_POSTGRESQL;
    const struct sql_value *v = &e->value;
    struct strbuf b = STRBUF_INIT;
    int rc = 0;
    if (kw.placeholders && !sql_is_live(r)) {
        return sql_render_value(r, e, kw);
    }
    if (v->kind == SQL_VALUE_LIST) {
        strbuf_adds(&b, postgresql ? "{" : "$");
        for (size_t i = 0; !rc && i < v->n; i++) {
            strbuf_adds(&b, postgresql && i ? ", " : "");
            rc = put_step(r, &b, &v->items[i]);
        }
        strbuf_adds(&b, postgresql ? "}" : "");
    } else {
        strbuf_adds(&b, postgresql ? "" : "$");
        rc = put_step(r, &b, v);
    }
    if (!rc && postgresql && v->kind == SQL_VALUE_INT) {
        sql_put(r, strbuf_cstr(&b));
    } else if (!rc) {
        ddl_quote_string(r->out, r->dialect, (struct slice){strbuf_cstr(&b), b.len});
    }
    strbuf_release(&b);
    return rc;
}

static int with_operator(struct sql_rendering *r, const struct sql_expr *e, const char *op, struct sql_kw kw)
{
    bool parens = kw.in_operator;
    kw.in_operator = true;
    sql_put(r, parens ? "(" : "");
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, op);
    rc = rc ? rc : put_index(r, e->right, kw);
    sql_put(r, parens ? ")" : "");
    return rc;
}

static int render_postgresql(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    bool path = e->op->id == SQL_OP_JSON_PATH_GETITEM, as_text = kw.cast_applied;
    if (!as_text && ddl_type_affinity(e->type) != AFFINITY_JSON) {
        kw.cast_applied = true;
        return sql_render_expr(r, sql_cast(r->arena, e, e->type), kw);
    }
    kw.cast_applied = false;
    if (path) {
        return with_operator(r, e, as_text ? " #>> " : " #> ", kw);
    }
    /* Subscripts came with PostgreSQL 14; what is sent to a server says the same for all of them. */
    if (!as_text && ddl_type_is(e->left->type, DDL_TYPE_PG_JSONB) && !sql_is_live(r)) {
        const struct sql_expr *left = e->left;
        if (left->kind == SQL_E_FUNCTION || left->kind == SQL_E_CAST) {
            left = sql_grouping(r->arena, left);
        }
        int rc = sql_render_expr(r, left, kw);
        sql_put(r, "[");
        rc = rc ? rc : put_index(r, e->right, kw);
        sql_put(r, "]");
        return rc;
    }
    return with_operator(r, e, as_text ? " ->> " : " -> ", kw);
}

static int put_extract(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    sql_put(r, "JSON_EXTRACT(");
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, ", ");
    rc = rc ? rc : put_index(r, e->right, kw);
    sql_put(r, ")");
    return rc;
}

static int around_extract(struct sql_rendering *r, const struct sql_expr *e, const char *before,
                          const char *after, struct sql_kw kw)
{
    sql_put(r, before);
    int rc = put_extract(r, e, kw);
    sql_put(r, after);
    return rc;
}

static int render_mysql(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct ddl_type *t = e->type;
    enum ddl_affinity f = ddl_type_affinity(t);
    if (f == AFFINITY_JSON) {
        return put_extract(r, e, kw);
    }
    int rc = around_extract(r, e, "CASE ", " WHEN 'null' THEN NULL ", kw);
    if (rc) {
        return rc;
    }
    switch (f) {
    case AFFINITY_INTEGER:
        return around_extract(r, e, "ELSE CAST(", " AS SIGNED INTEGER) END", kw);
    case AFFINITY_NUMERIC:
    case AFFINITY_FLOAT:
        if (f == AFFINITY_NUMERIC && t->scale >= 0 && t->precision >= 0) {
            const char *after =
                arena_printf(r->arena, " AS DECIMAL(%" PRId64 ", %" PRId64 ")) END", t->precision, t->scale);
            return around_extract(r, e, "ELSE CAST(", after, kw);
        }
        return around_extract(r, e, "ELSE ", "+0.0000000000000000000000 END", kw);
    case AFFINITY_BOOLEAN:
        sql_put(r, "WHEN true THEN true ELSE false END");
        return 0;
    case AFFINITY_STRING:
    case AFFINITY_ENUM:
        return around_extract(r, e, "ELSE JSON_UNQUOTE(", ") END", kw);
    default:
        return around_extract(r, e, "ELSE ", " END", kw);
    }
}

int sql_render_json_index(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (e->op->id == SQL_OP_PG_ASTEXT || e->op->id == SQL_OP_PG_PATH_ASTEXT) {
        return with_operator(r, e, e->op->text, kw);
    }
    if (r->dialect->kind == DDL_POSTGRESQL) {
        return render_postgresql(r, e, kw);
    }
    kw.cast_applied = false;
    if (ddl_is_mysql(r->dialect)) {
        return render_mysql(r, e, kw);
    }
    bool json = ddl_type_affinity(e->type) == AFFINITY_JSON;
    return around_extract(r, e, json ? "JSON_QUOTE(" : "", json ? ")" : "", kw);
}
