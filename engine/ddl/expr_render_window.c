/* EXTRACT, and what stands behind a function: OVER, FILTER, WITHIN GROUP. */
#include "engine/ddl/expr_render.h"
#include <string.h>

int sql_render_extract(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    static const char *const sqlite_fields[][2] = {
        {"month", "%m"}, {"day", "%d"},    {"year", "%Y"},  {"second", "%S"}, {"hour", "%H"},
        {"doy", "%j"},   {"minute", "%M"}, {"epoch", "%s"}, {"dow", "%w"},    {"week", "%W"},
    };
    static const char *const sqlite_unknown[] = {"quarter", "milliseconds", "microseconds", "timezone_hour",
                                                 "timezone_minute"};
    const char *field = slice_dup(r->arena, e->text);
    int rc;
    if (r->dialect->kind == DDL_SQLITE) {
        for (size_t i = 0; i < sizeof(sqlite_fields) / sizeof(*sqlite_fields); i++) {
            if (strcmp(sqlite_fields[i][0], field) == 0) {
                strbuf_addf(r->out, "CAST(STRFTIME('%s', ", sqlite_fields[i][1]);
                rc = sql_render_expr(r, e->left, kw);
                sql_put(r, ") AS INTEGER)");
                return rc;
            }
        }
        for (size_t i = 0; i < sizeof(sqlite_unknown) / sizeof(*sqlite_unknown); i++) {
            if (strcmp(sqlite_unknown[i], field) == 0) {
                strbuf_addf(r->out, "CAST(STRFTIME('%s', ", field);
                rc = sql_render_expr(r, e->left, kw);
                sql_put(r, ") AS INTEGER)");
                return rc;
            }
        }
        return sql_fail(r, "%s is not a valid extract argument.", field);
    }
    if (ddl_is_mysql(r->dialect) && strcmp(field, "milliseconds") == 0) {
        field = "millisecond";
    }
    strbuf_addf(r->out, "EXTRACT(%s FROM ", field);
    rc = sql_render_expr(r, e->left, kw);
    sql_put(r, ")");
    return rc;
}

static void put_frame_end(struct sql_rendering *r, const struct sql_window *w, int end)
{
    if (w->unbounded[end]) {
        sql_put(r, end ? "UNBOUNDED FOLLOWING" : "UNBOUNDED PRECEDING");
    } else if (w->offset[end] == 0) {
        sql_put(r, "CURRENT ROW");
    } else if (w->offset[end] < 0) {
        strbuf_addf(r->out, "%llu PRECEDING", 0ull - (unsigned long long)w->offset[end]);
    } else {
        strbuf_addf(r->out, "%lld FOLLOWING", (long long)w->offset[end]);
    }
}

int sql_render_over(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_window *w = e->data;
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, " OVER (");
    if (!rc && w->npartition) {
        sql_put(r, "PARTITION BY ");
        rc = sql_render_items(r, w->partition, w->npartition, ", ", kw);
    }
    if (!rc && w->norder) {
        sql_put(r, w->npartition ? " ORDER BY " : "ORDER BY ");
        rc = sql_render_items(r, w->order, w->norder, ", ", kw);
    }
    if (!rc && w->frame) {
        strbuf_addf(r->out, "%s%s BETWEEN ", w->npartition || w->norder ? " " : "", w->frame);
        put_frame_end(r, w, 0);
        sql_put(r, " AND ");
        put_frame_end(r, w, 1);
    }
    sql_put(r, ")");
    return rc;
}

int sql_render_filter(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, " FILTER (WHERE ");
    rc = rc ? rc : sql_render_expr(r, e->right, kw);
    sql_put(r, ")");
    return rc;
}

int sql_render_within_group(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    int rc = sql_render_expr(r, e->left, kw);
    sql_put(r, " WITHIN GROUP (ORDER BY ");
    rc = rc ? rc : sql_render_items(r, e->items, e->n, ", ", kw);
    sql_put(r, ")");
    return rc;
}
