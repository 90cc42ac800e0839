/* What stands at the end of statements: LIMIT, FOR UPDATE, ON CONFLICT, ON DUPLICATE KEY UPDATE. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static int put_part(struct sql_rendering *r, const char *before, const struct sql_expr *e, const char *after,
                    struct sql_kw kw)
{
    sql_put(r, before);
    int rc = sql_render_expr(r, e, kw);
    sql_put(r, after);
    return rc;
}

static int render_fetch(struct sql_rendering *r, const struct sql_select *s, struct sql_kw kw)
{
    bool parens = r->dialect->kind == DDL_POSTGRESQL;
    int rc = 0;
    if (s->offset) {
        rc = put_part(r, parens ? "\n OFFSET (" : "\n OFFSET ", s->offset, parens ? ") ROWS" : " ROWS", kw);
    }
    rc = rc ? rc
            : put_part(r, parens ? "\n FETCH FIRST (" : "\n FETCH FIRST ", s->fetch, parens ? ")" : "", kw);
    strbuf_addf(r->out, "%s ROWS %s", s->fetch_percent ? " PERCENT" : "",
                s->fetch_ties ? "WITH TIES" : "ONLY");
    return rc;
}

int sql_render_limit(struct sql_rendering *r, const struct sql_select *s, struct sql_kw kw)
{
    int rc = 0;
    if (!s->limit && !s->offset && !s->fetch) {
        return 0;
    }
    if (s->fetch) {
        return render_fetch(r, s, kw);
    }
    switch (r->dialect->kind) {
    case DDL_POSTGRESQL:
        if (s->limit) {
            rc = put_part(r, " \n LIMIT ", s->limit, "", kw);
        }
        if (!rc && s->offset) {
            rc = put_part(r, s->limit ? " OFFSET " : "\n LIMIT ALL OFFSET ", s->offset, "", kw);
        }
        return rc;
    case DDL_SQLITE:
        if (!s->limit && !sql_is_live(r)) {
            return sql_refuse(r, "OFFSET without LIMIT, for which SQLAlchemy leaves a placeholder");
        }
        rc = s->limit ? put_part(r, "\n LIMIT ", s->limit, "", kw) : 0;
        sql_put(r, s->limit ? "" : "\n LIMIT -1");
        if (!rc && s->offset) {
            return put_part(r, " OFFSET ", s->offset, "", kw);
        }
        sql_put(r, " OFFSET 0");
        return rc;
    default:
        if (!s->offset) {
            return put_part(r, " \n LIMIT ", s->limit, "", kw);
        }
        rc = put_part(r, " \n LIMIT ", s->offset, ", ", kw);
        if (!s->limit) {
            sql_put(r, "18446744073709551615");
            return rc;
        }
        return rc ? rc : sql_render_expr(r, s->limit, kw);
    }
}

/* Tables of FOR UPDATE OF, each once. */
static int put_of(struct sql_rendering *r, const struct sql_for_update *u, struct sql_kw kw)
{
    sql_froms_t tables = {0}, seen = {0};
    const struct sql_entity *e;
    vec_each (e, &u->of) {
        if (e->from) {
            *vec_push(r->arena, &tables) = e->from;
        } else {
            sql_froms_of(r->arena, e->expr, &tables);
        }
    }
    kw.ashint = kw.no_schema = true;
    kw.asfrom = false;
    int rc = 0;
    for (size_t i = 0; !rc && i < tables.n; i++) {
        if (sql_froms_has(&seen, tables.items[i])) {
            continue;
        }
        sql_put(r, seen.n ? ", " : " OF ");
        *vec_push(r->arena, &seen) = tables.items[i];
        rc = sql_render_from(r, tables.items[i], kw);
    }
    return rc;
}

int sql_render_for_update(struct sql_rendering *r, const struct sql_select *s, struct sql_kw kw)
{
    const struct sql_for_update *u = s->for_update;
    bool mysql = ddl_is_mysql(r->dialect);
    if (!u || r->dialect->kind == DDL_SQLITE) {
        return 0;
    }
    if (mysql) {
        if (u->of.n && sql_is_live(r)) {
            return sql_refuse(r, "FOR UPDATE OF on MySQL, which depends on the server's version");
        }
        sql_put(r, u->read ? " LOCK IN SHARE MODE" : " FOR UPDATE");
    } else if (u->read) {
        sql_put(r, u->key_share ? " FOR KEY SHARE" : " FOR SHARE");
    } else {
        sql_put(r, u->key_share ? " FOR NO KEY UPDATE" : " FOR UPDATE");
    }
    int rc = mysql || u->of.n == 0 ? 0 : put_of(r, u, kw);
    sql_put(r, u->nowait ? " NOWAIT" : "");
    sql_put(r, u->skip_locked ? " SKIP LOCKED" : "");
    return rc;
}

/* --- ON CONFLICT --- */

static int put_target(struct sql_rendering *r, const struct sql_conflict *c, struct sql_kw kw)
{
    if (c->constraint) {
        sql_put(r, " ON CONSTRAINT ");
        sql_put_text_name(r, c->constraint);
        return 0;
    }
    if (!c->has_elements) {
        return 0;
    }
    sql_put(r, " (");
    int rc = 0;
    struct sql_kw element = {.no_table = true, .no_schema = true, .placeholders = true};
    for (size_t i = 0; !rc && i < c->elements.n; i++) {
        sql_put(r, i ? ", " : "");
        if (c->elements.items[i].expr) {
            rc = sql_render_expr(r, c->elements.items[i].expr, element);
        } else {
            sql_put_text_name(r, c->elements.items[i].name);
        }
    }
    sql_put(r, ")");
    if (!rc && c->index_where) {
        kw.no_table = kw.no_schema = true;
        rc = put_part(r, " WHERE ", c->index_where, "", kw);
    }
    return rc;
}

static const struct sql_expr *set_value(struct sql_rendering *r, const struct sql_expr *column,
                                        const struct sql_expr *value)
{
    if (value->kind == SQL_E_VALUE && sql_type_is_null(value->type)) {
        struct sql_expr *e = sql_copy(r->arena, value);
        e->type = column->type;
        return e;
    }
    return sql_self_group(r->arena, value, NULL);
}

static const struct sql_assignment *assignment_of(const sql_assignments_t *set, const struct sql_expr *column)
{
    const struct sql_assignment *a;
    vec_each (a, set) {
        if (a->column ? a->column == column : strcmp(a->key, sql_column_key(column)) == 0) {
            return a;
        }
    }
    return NULL;
}

/* "a = x, b = y" in the order of the table's columns. */
static int put_set(struct sql_rendering *r, const struct sql_dml *d, const struct sql_conflict *c,
                   struct sql_kw kw)
{
    size_t done = 0;
    kw.no_schema = true;
    for (size_t i = 0; i < d->table->ncolumns; i++) {
        const struct sql_expr *column = d->table->columns[i];
        const struct sql_assignment *a = assignment_of(&c->set, column);
        if (!a) {
            continue;
        }
        sql_put(r, done++ ? ", " : "");
        struct ddl_name name = sql_column_name(r, column);
        sql_put_name(r, &name);
        int rc = put_part(r, " = ", set_value(r, column, a->value), "", kw);
        if (rc) {
            return rc;
        }
    }
    if (done != c->set.n) {
        return sql_refuse(r, "ON CONFLICT that sets what is no column of the table");
    }
    return 0;
}

static int put_ordered_set(struct sql_rendering *r, const struct sql_dml *d, const struct sql_conflict *c,
                           struct sql_kw kw)
{
    for (size_t i = 0; i < c->set.n; i++) {
        const struct sql_assignment *a = &c->set.items[i];
        const struct sql_expr *column = a->column ? a->column : sql_from_column(d->table, a->key);
        if (!column) {
            return sql_refuse(r, "ON DUPLICATE KEY UPDATE that sets what is no column of the table");
        }
        sql_put(r, i ? ", " : "");
        struct ddl_name name = sql_column_name(r, column);
        sql_put_name(r, &name);
        int rc = put_part(r, " = ", set_value(r, column, a->value), "", kw);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

int sql_render_conflict(struct sql_rendering *r, const struct sql_dml *d, struct sql_kw kw)
{
    const struct sql_conflict *c = d->conflict;
    if (!c || c->kind == SQL_CONFLICT_NONE) {
        return 0;
    }
    bool mysql = ddl_is_mysql(r->dialect);
    if (mysql != (c->kind == SQL_CONFLICT_DUPLICATE_KEY) ||
        (r->dialect->kind == DDL_SQLITE && c->constraint) ||
        (r->dialect->kind == DDL_POSTGRESQL && c->dialect == DDL_SQLITE)) {
        return sql_refuse(r, "an INSERT of the dialect %s on %s", ddl_dialect_of(c->dialect)->name,
                          r->dialect->name);
    }
    if (mysql) {
        struct sql_kw fresh = {.no_schema = true, .placeholders = true, .inserted = c->excluded};
        sql_put(r, " ON DUPLICATE KEY UPDATE ");
        return c->ordered ? put_ordered_set(r, d, c, fresh) : put_set(r, d, c, fresh);
    }
    sql_put(r, " ON CONFLICT");
    int rc = put_target(r, c, kw);
    if (c->kind == SQL_CONFLICT_NOTHING) {
        sql_put(r, " DO NOTHING");
        return rc;
    }
    sql_put(r, c->has_elements || c->constraint ? " DO UPDATE SET " : "  DO UPDATE SET ");
    rc = rc ? rc : put_set(r, d, c, kw);
    if (!rc && c->where) {
        kw.no_schema = true;
        rc = put_part(r, " WHERE ", c->where, "", kw);
    }
    return rc;
}
