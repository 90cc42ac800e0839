/* Values: bound parameters as literals, the lists of IN, and CAST. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static int put_literal(struct sql_rendering *r, const struct sql_expr *e, const struct ddl_type *t,
                       const struct sql_value *v)
{
    if (v->kind == SQL_VALUE_NULL && !sql_is_live(r)) {
        sql_put(r, "NULL");
        return 0;
    }
    bool live = sql_is_live(r) && !(e->flags & SQL_X_INLINE);
    return ddl_type_literal(r->out, r->dialect, t, v, live, r->err);
}

/* A list in text(), where nothing says whether it stands in IN or NOT IN. */
static int put_empty_set(struct sql_rendering *r, const struct sql_expr *e)
{
    if (ddl_is_mysql(r->dialect)) {
        sql_put(r, "SELECT _in_0 FROM (SELECT 1 AS _in_0) as _empty_set WHERE 1!=1");
        return 0;
    }
    sql_put(r, "SELECT CAST(NULL AS ");
    int rc =
        ddl_type_render(r->out, r->dialect, sql_type_is_null(e->type) ? ddl_type_integer() : e->type, r->err);
    sql_put(r, ") WHERE 1!=1");
    return rc;
}

/* What IN () is: nothing is in an empty list. The parentheses around are put by the caller. */
static int put_empty_list(struct sql_rendering *r, const struct sql_expr *e)
{
    size_t n = e->n ? e->n : 1;
    if (r->dialect->kind == DDL_SQLITE) {
        if (e->n) {
            sql_put(r, "VALUES ");
        }
        for (int side = 0; side < 2; side++) {
            sql_put(r, side ? " FROM (SELECT " : "SELECT ");
            for (size_t i = 0; i < n; i++) {
                sql_put(r, i ? ", 1" : "1");
            }
        }
        sql_put(r, ") WHERE 1!=1");
        return 0;
    }
    if (!sql_op_is(e->op, SQL_OP_IN) && !sql_op_is(e->op, SQL_OP_NOT_IN)) {
        return put_empty_set(r, e);
    }
    if (n > 1) {
        for (size_t i = 0; i < n; i++) {
            sql_put(r, i ? ", NULL" : "(NULL");
        }
        sql_put(r, ")");
    } else {
        sql_put(r, "NULL");
    }
    sql_put(r, sql_op_is(e->op, SQL_OP_IN) ? ") AND (1 != 1" : ") OR (1 = 1");
    return 0;
}

static int put_tuple(struct sql_rendering *r, const struct sql_expr *e, const struct sql_value *v)
{
    sql_put(r, "(");
    int rc = 0;
    for (size_t i = 0; !rc && i < v->n && i < e->n; i++) {
        if (i) {
            sql_put(r, ", ");
        }
        rc = put_literal(r, e, e->items[i]->type, &v->items[i]);
    }
    sql_put(r, ")");
    return rc;
}

static int put_list(struct sql_rendering *r, const struct sql_expr *e)
{
    const struct sql_value *list = &e->value;
    if (list->n == 0) {
        return put_empty_list(r, e);
    }
    bool nested = list->items[0].kind == SQL_VALUE_LIST && sql_type_is_null(e->type);
    if (nested && e->n == 0) {
        return sql_refuse(r, "IN of a list of lists");
    }
    if (e->n && r->dialect->kind == DDL_SQLITE) {
        sql_put(r, "VALUES ");
    }
    int rc = 0;
    for (size_t i = 0; !rc && i < list->n; i++) {
        if (i) {
            sql_put(r, ", ");
        }
        if (e->n && list->items[i].kind != SQL_VALUE_LIST) {
            return sql_refuse(r, "IN of a tuple with a value that is no tuple");
        }
        rc = e->n ? put_tuple(r, e, &list->items[i]) : put_literal(r, e, e->type, &list->items[i]);
    }
    return rc;
}

/* The parameter with the value that the call gives it. */
static const struct sql_expr *bound(struct sql_rendering *r, const struct sql_expr *e)
{
    const struct sql_assignment *a;
    if (!r->binds || !e->name.text || (e->flags & SQL_X_UNIQUE)) {
        return e;
    }
    vec_each (a, r->binds) {
        if (a->key && strcmp(a->key, e->name.text) == 0) {
            struct sql_expr *value = sql_copy(r->arena, e);
            value->value = a->value->value;
            value->flags &= ~(unsigned)SQL_X_REQUIRED;
            if (sql_type_is_null(e->type) && !(e->flags & SQL_X_EXPANDING)) {
                value->type = sql_type_is_null(a->value->type) ? ddl_type_of_value(r->arena, &value->value)
                                                               : a->value->type;
            }
            return value;
        }
    }
    return e;
}

int sql_render_value(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    e = bound(r, e);
    if (kw.placeholders && !sql_is_live(r) && !(e->flags & SQL_X_INLINE)) {
        return sql_refuse(r, "a value where SQLAlchemy leaves a placeholder without a database");
    }
    if (sql_is_live(r) && (e->flags & SQL_X_REQUIRED)) {
        return sql_fail_as(r, DDL_STATEMENT,
                           "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter '%s'",
                           e->name.text ? e->name.text : "param_1");
    }
    if (!(e->flags & SQL_X_EXPANDING)) {
        return put_literal(r, e, e->type, &e->value);
    }
    sql_put(r, "(");
    int rc = 0;
    if (e->value.kind == SQL_VALUE_LIST) {
        rc = put_list(r, e);
    } else if (e->value.kind == SQL_VALUE_NULL && !sql_is_live(r)) {
        sql_put(r, "NULL");
    } else {
        rc = sql_refuse(r, "an expanding parameter whose value is no list");
    }
    sql_put(r, ")");
    return rc;
}

/* --- CAST --- */

/* MySQL casts to few types, under names of their own. *text NULL: the cast is left out. */
static int mysql_cast_type(struct sql_rendering *r, const struct ddl_type *t, const char **text)
{
    const struct ddl_type *impl = ddl_type_resolve(r->arena, r->dialect, t);
    *text = NULL;
    struct strbuf b = STRBUF_INIT;
    int rc = 0;
    switch (ddl_type_affinity(impl)) {
    case AFFINITY_INTEGER:
        *text = impl->unsigned_ ? "UNSIGNED INTEGER" : "SIGNED INTEGER";
        break;
    case AFFINITY_DATETIME:
        if (ddl_type_is(impl, DDL_TYPE_TIMESTAMP)) {
            *text = "DATETIME";
            break;
        }
        /* fallthrough */
    case AFFINITY_DATE:
    case AFFINITY_TIME:
        rc = ddl_type_render(&b, r->dialect, impl, r->err);
        *text = arena_dup(r->arena, strbuf_cstr(&b));
        break;
    case AFFINITY_STRING:
        if (ddl_type_is(impl, DDL_TYPE_MY_SET)) {
            break;
        }
        *text = impl->length >= 0 ? arena_printf(r->arena, "CHAR(%lld)", (long long)impl->length) : "CHAR";
        if (impl->charset || impl->ascii || impl->unicode || impl->binary || impl->national ||
            (impl->collation && strncmp(impl->class->module, "sqlalchemy.dialects", 19) == 0)) {
            rc = sql_refuse(r, "CAST to a MySQL string type with a character set or collation");
        }
        break;
    case AFFINITY_BINARY:
        *text = "BINARY";
        break;
    case AFFINITY_JSON:
        *text = "JSON";
        break;
    case AFFINITY_NUMERIC:
        rc = ddl_type_render(&b, r->dialect, impl, r->err);
        *text = strbuf_cstr(&b);
        if (strncmp(*text, "NUMERIC", 7) == 0) {
            *text = arena_printf(r->arena, "DECIMAL%s", *text + 7);
        } else {
            *text = arena_dup(r->arena, *text);
        }
        break;
    case AFFINITY_FLOAT:
        if (sql_is_live(r)) {
            rc = sql_refuse(r, "CAST to a float type on MySQL, which depends on the server's version");
        }
        break;
    default:
        break;
    }
    strbuf_release(&b);
    return rc;
}

static int render_mysql_cast(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const char *type;
    int rc = mysql_cast_type(r, e->type, &type);
    if (rc) {
        return rc;
    }
    if (!type) {
        /* SQLAlchemy names the type in a warning, which fails for a type that MySQL does not know. */
        struct strbuf text = STRBUF_INIT;
        rc = ddl_type_render(&text, r->dialect, e->type, r->err);
        strbuf_release(&text);
        return rc ? rc : sql_render_expr(r, sql_self_group(r->arena, e->left, NULL), kw);
    }
    sql_put(r, "CAST(");
    rc = sql_render_expr(r, e->left, kw);
    strbuf_addf(r->out, " AS %s)", type);
    return rc;
}

int sql_render_cast(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    if (ddl_is_mysql(r->dialect)) {
        return render_mysql_cast(r, e, kw);
    }
    struct strbuf type = STRBUF_INIT;
    int rc = ddl_type_render(&type, r->dialect, e->type, r->err);
    if (!rc) {
        sql_put(r, "CAST(");
        rc = sql_render_expr(r, e->left, kw);
        /* A collation stands behind the cast: the last one, when there are several. */
        const char *collate = NULL;
        for (const char *p = strstr(strbuf_cstr(&type), " COLLATE "); p; p = strstr(p + 1, " COLLATE ")) {
            collate = p;
        }
        size_t plain = collate ? (size_t)(collate - type.ptr) : type.len;
        sql_put(r, " AS ");
        strbuf_add(r->out, strbuf_cstr(&type), plain);
        sql_put(r, ")");
        sql_put(r, collate ? collate : "");
    }
    strbuf_release(&type);
    return rc;
}
