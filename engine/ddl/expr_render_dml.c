/* INSERT, UPDATE and DELETE. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static int put_prefixes(struct sql_rendering *r, const struct sql_dml *d, struct sql_kw kw)
{
    if (d->hints.n) {
        return sql_refuse(r, "with_hint() on INSERT, UPDATE or DELETE");
    }
    return sql_render_prefixes(r, &d->prefixes, kw);
}

static int put_independent_ctes(struct sql_rendering *r, const struct sql_dml *d, struct sql_kw kw)
{
    int rc = 0;
    kw.asfrom = false;
    for (size_t i = 0; !rc && i < d->ctes.n; i++) {
        rc = sql_render_cte(r, d->ctes.items[i].cte, d->ctes.items[i].nest_here, kw);
    }
    return rc;
}

int sql_render_returning(struct sql_rendering *r, const sql_entities_t *columns, const sql_exprs_t *implicit)
{
    sql_exprs_t list = {0};
    sql_selected_t named = {0};
    if (implicit->n) {
        list = *implicit;
    } else {
        sql_entities_columns(r->arena, columns, &list);
    }
    if (list.n == 0) {
        return 0;
    }
    sql_name_columns(r->arena, SQL_LABELS_DISTINCT, &list, true, &named);
    struct sql_kw kw = {.placeholders = true, .no_table = r->dialect->kind == DDL_SQLITE};
    sql_put(r, " RETURNING ");
    int rc = 0;
    for (size_t i = 0; !rc && i < named.n; i++) {
        sql_put(r, i ? ", " : "");
        rc = sql_render_selected(r, &named.items[i], false, kw);
    }
    return rc;
}

static int put_limit(struct sql_rendering *r, const struct sql_dml *d)
{
    int64_t limit = r->dialect->kind == DDL_MYSQL     ? d->limit
                    : r->dialect->kind == DDL_MARIADB ? d->mariadb_limit
                                                      : -1;
    if (limit >= 0) {
        strbuf_addf(r->out, " LIMIT %lld", (long long)limit);
    }
    return 0;
}

static int put_where(struct sql_rendering *r, const struct sql_dml *d, struct sql_kw kw)
{
    if (d->where.n == 0) {
        return 0;
    }
    size_t before = r->out->len;
    sql_put(r, " WHERE ");
    size_t start = r->out->len;
    int rc = sql_render_criteria(r, &d->where, kw);
    if (!rc && r->out->len == start && r->out->ptr) {
        r->out->len = before;
        r->out->ptr[before] = '\0';
    }
    return rc;
}

/* --- INSERT --- */

static int put_values(struct sql_rendering *r, const struct sql_crud *crud, struct sql_kw kw)
{
    int rc = 0;
    for (size_t row = 0; !rc && row <= crud->more.n; row++) {
        sql_put(r, row ? ", (" : " VALUES (");
        for (size_t i = 0; !rc && i < crud->pairs.n; i++) {
            sql_put(r, i ? ", " : "");
            rc = sql_render_expr(r, row ? crud->more.items[row - 1][i] : crud->pairs.items[i].value, kw);
        }
        sql_put(r, ")");
    }
    return rc;
}

static int put_select(struct sql_rendering *r, const struct sql_crud *crud, struct sql_kw kw)
{
    kw.insert_into = true;
    sql_put(r, " ");
    size_t start = r->out->len;
    int rc = sql_render_expr(r, crud->select, kw);
    if (!rc && ddl_is_mysql(r->dialect)) {
        sql_put_with(r, start, r->level->outer == NULL, true);
    }
    return rc;
}

static int render_insert(struct sql_rendering *r, const struct sql_dml *d, bool toplevel, struct sql_kw kw)
{
    struct sql_crud crud = {0};
    int rc = sql_crud_insert(r, d, toplevel, &crud);
    sql_put(r, "INSERT ");
    rc = rc ? rc : put_prefixes(r, d, kw);
    sql_put(r, "INTO ");
    if (d->table->kind != SQL_FROM_TABLE) {
        return rc ? rc : sql_refuse(r, "INSERT into something that is no table");
    }
    ddl_quote_table(r->out, r->dialect, &d->table->schema, &d->table->name);
    rc = rc ? rc : put_independent_ctes(r, d, kw);
    bool default_values = !ddl_is_mysql(r->dialect);
    if (crud.pairs.n || !default_values) {
        sql_put(r, " (");
        for (size_t i = 0; i < crud.pairs.n; i++) {
            sql_put(r, i ? ", " : "");
            struct ddl_name name = sql_column_name(r, crud.pairs.items[i].column);
            sql_put_name(r, &name);
        }
        sql_put(r, ")");
    }
    if (rc) {
        return rc;
    }
    if (d->select) {
        rc = put_select(r, &crud, kw);
    } else if (crud.pairs.n == 0 && default_values) {
        sql_put(r, " DEFAULT VALUES");
    } else {
        rc = put_values(r, &crud, kw);
    }
    rc = rc ? rc : sql_render_conflict(r, d, kw);
    return rc ? rc : sql_render_returning(r, &d->returning, &crud.returning);
}

/* --- UPDATE and DELETE --- */

/* Tables that the criteria and values name besides the statement's own. */
static void extra_froms(struct sql_rendering *r, const struct sql_dml *d, sql_froms_t *extra)
{
    sql_froms_t named = {0};
    for (size_t i = 0; i < d->where.n; i++) {
        sql_froms_of(r->arena, d->where.items[i], &named);
    }
    for (size_t i = 0; i < d->values.n; i++) {
        sql_froms_of(r->arena, d->values.items[i].value, &named);
    }
    for (size_t i = 0; i < named.n; i++) {
        if (named.items[i] != d->table && !sql_froms_has(extra, named.items[i])) {
            *vec_push(r->arena, extra) = named.items[i];
        }
    }
}

static int put_froms(struct sql_rendering *r, const char *word, const sql_froms_t *froms, struct sql_kw kw)
{
    int rc = 0;
    kw.asfrom = true;
    sql_put(r, word);
    for (size_t i = 0; !rc && i < froms->n; i++) {
        sql_put(r, i ? ", " : "");
        rc = sql_render_from(r, froms->items[i], kw);
    }
    return rc;
}

static int put_table(struct sql_rendering *r, const struct sql_dml *d, struct sql_kw kw)
{
    kw.asfrom = true;
    return sql_render_from(r, d->table, kw);
}

static int render_update(struct sql_rendering *r, const struct sql_dml *d, const sql_froms_t *extra,
                         struct sql_kw kw)
{
    bool mysql = ddl_is_mysql(r->dialect);
    struct sql_crud crud = {0};
    int rc = sql_crud_update(r, d, extra, &crud);
    if (!rc && crud.pairs.n == 0) {
        return sql_refuse(r, "update() that sets nothing");
    }
    sql_put(r, "UPDATE ");
    rc = rc ? rc : put_prefixes(r, d, kw);
    rc = rc ? rc : put_table(r, d, kw);
    if (!rc && mysql && extra->n) {
        rc = put_froms(r, ", ", extra, kw);
    }
    rc = rc ? rc : put_independent_ctes(r, d, kw);
    sql_put(r, " SET ");
    for (size_t i = 0; !rc && i < crud.pairs.n; i++) {
        struct ddl_name name = sql_column_name(r, crud.pairs.items[i].column);
        sql_put(r, i ? ", " : "");
        if (mysql && extra->n) {
            rc = sql_render_expr(r, crud.pairs.items[i].column, (struct sql_kw){0});
        } else {
            sql_put_name(r, &name);
        }
        sql_put(r, "=");
        rc = rc ? rc : sql_render_expr(r, crud.pairs.items[i].value, kw);
    }
    if (!rc && extra->n && !mysql) {
        rc = put_froms(r, " FROM ", extra, kw);
    }
    rc = rc ? rc : put_where(r, d, kw);
    rc = rc ? rc : put_limit(r, d);
    return rc ? rc : sql_render_returning(r, &d->returning, &crud.returning);
}

static int render_delete(struct sql_rendering *r, const struct sql_dml *d, const sql_froms_t *extra,
                         struct sql_kw kw)
{
    static const sql_exprs_t none;
    sql_put(r, "DELETE ");
    int rc = put_prefixes(r, d, kw);
    sql_put(r, "FROM ");
    struct sql_kw table = kw;
    table.ashint = extra->n && ddl_is_mysql(r->dialect);
    rc = rc ? rc : put_table(r, d, table);
    rc = rc ? rc : put_independent_ctes(r, d, kw);
    if (!rc && extra->n) {
        if (r->dialect->kind == DDL_SQLITE) {
            return sql_fail_as(r, DDL_NOT_IMPLEMENTED,
                               "This backend does not support multiple-table criteria within DELETE");
        }
        if (ddl_is_mysql(r->dialect)) {
            sql_put(r, " USING ");
            rc = put_table(r, d, kw);
            rc = rc ? rc : put_froms(r, ", ", extra, kw);
        } else {
            rc = put_froms(r, " USING ", extra, kw);
        }
    }
    rc = rc ? rc : put_where(r, d, kw);
    rc = rc ? rc : put_limit(r, d);
    return rc ? rc : sql_render_returning(r, &d->returning, &none);
}

int sql_render_dml(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_dml *d = e->data;
    bool toplevel = !r->level;
    sql_froms_t extra = {0};
    struct sql_level level = {.outer = r->level, .statement = e};
    if (e->kind != SQL_E_INSERT) {
        if (d->table->kind == SQL_FROM_JOIN) {
            return sql_refuse(r, "UPDATE or DELETE of a join");
        }
        extra_froms(r, d, &extra);
        *vec_push(r->arena, &level.asfrom) = d->table;
        for (size_t i = 0; i < extra.n; i++) {
            *vec_push(r->arena, &level.asfrom) = extra.items[i];
        }
        level.correlate = level.asfrom;
        level.correlate.cap = level.asfrom.cap = level.asfrom.n;
    }
    kw.asfrom = kw.within_columns = kw.within_label = false;
    kw.compound = 0;
    r->level = &level;
    size_t start = r->out->len;
    int rc = e->kind == SQL_E_INSERT   ? render_insert(r, d, toplevel && !kw.visiting_cte, kw)
             : e->kind == SQL_E_UPDATE ? render_update(r, d, &extra, kw)
                                       : render_delete(r, d, &extra, kw);
    if (!rc && !(e->kind == SQL_E_INSERT && ddl_is_mysql(r->dialect))) {
        sql_put_with(r, start, toplevel, e->kind == SQL_E_INSERT);
    }
    r->level = level.outer;
    return rc;
}
