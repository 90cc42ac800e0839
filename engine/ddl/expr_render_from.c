/* FROM: tables, aliases, subqueries, joins, VALUES, and common table expressions with their WITH. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static void put_hint(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw, size_t start)
{
    const struct sql_hint *h;
    if (!kw.hints) {
        return;
    }
    vec_each (h, kw.hints) {
        if (h->from != f) {
            continue;
        }
        if (ddl_is_mysql(r->dialect)) {
            sql_put(r, " ");
            sql_put(r, h->text);
        } else if (r->dialect->kind == DDL_POSTGRESQL) {
            /* ONLY, which stands before; whatever else was refused. */
            const char *table = arena_dup(r->arena, r->out->ptr + start);
            r->out->len = start;
            strbuf_addf(r->out, "ONLY %s", table);
        }
    }
}

static int render_table(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw)
{
    size_t start = r->out->len;
    if (!kw.asfrom && !kw.ashint) {
        return 0;
    }
    if (f->schema.text && !kw.no_schema) {
        sql_put_name(r, &f->schema);
        sql_put(r, ".");
        sql_put_name(r, &f->name);
    } else {
        sql_put_name(r, &f->name);
        bool aliased = kw.enclosing_alias && kw.enclosing_alias->element == f;
        for (size_t i = 0; !f->schema.text && !aliased && kw.ambiguous && i < kw.ambiguous->n; i++) {
            if (strcmp(kw.ambiguous->items[i].name, f->name.text) == 0) {
                sql_put(r, " AS ");
                sql_put_text_name(r, sql_anon_name(r, "alias", kw.ambiguous->items[i].alias));
            }
        }
    }
    put_hint(r, f, kw, start);
    return 0;
}

static int put_derived_columns(struct sql_rendering *r, const struct sql_from *f)
{
    int rc = 0;
    sql_put(r, "(");
    for (size_t i = 0; !rc && i < f->ncolumns; i++) {
        sql_put(r, i ? ", " : "");
        sql_put_name(r, &f->columns[i]->name);
        if (f->derived_types) {
            sql_put(r, " ");
            rc = ddl_type_render(r->out, r->dialect, f->columns[i]->type, r->err);
        }
    }
    sql_put(r, ")");
    return rc;
}

/* An alias, a subquery, or a function with a name. */
static int render_aliased(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw)
{
    bool subquery = f->kind == SQL_FROM_SUBQUERY, asfrom = kw.asfrom;
    if (f->lateral) {
        sql_put(r, "LATERAL ");
        kw.lateral = true;
    }
    if (kw.ashint) {
        sql_put_from_name(r, f);
        return 0;
    }
    /* The name is made up before the inner ones. */
    const char *name = asfrom ? sql_from_name(r, f) : NULL;
    kw.enclosing_alias = f;
    kw.subquery = false;
    kw.asfrom = asfrom;
    sql_put(r, subquery && asfrom ? "(" : "");
    size_t start = r->out->len;
    int rc = f->element ? sql_render_from(r, f->element, kw) : sql_render_expr(r, f->select, kw);
    if (rc || !asfrom) {
        return rc;
    }
    sql_put(r, subquery ? ")" : "");
    sql_put(r, " AS ");
    struct ddl_name shown = f->name;
    shown.text = name;
    sql_put_name(r, &shown);
    if (f->derived) {
        rc = put_derived_columns(r, f);
    }
    put_hint(r, f, kw, start);
    return rc;
}

static int render_join(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw)
{
    struct sql_kw side = kw;
    side.asfrom = true;
    int rc = sql_render_from(r, f->element, side);
    sql_put(r, f->full                    ? " FULL OUTER JOIN "
               : f->outer                 ? " LEFT OUTER JOIN "
               : ddl_is_mysql(r->dialect) ? " INNER JOIN "
                                          : " JOIN ");
    rc = rc ? rc : sql_render_from(r, f->right, side);
    sql_put(r, " ON ");
    kw.asfrom = false;
    return rc ? rc : sql_render_expr(r, f->on, kw);
}

static int put_rows(struct sql_rendering *r, const struct sql_rows *rows, struct sql_kw kw)
{
    int rc = 0;
    sql_put(r, "VALUES ");
    for (size_t i = 0; !rc && i < rows->rows.n; i++) {
        sql_put(r, i ? ", (" : "(");
        rc = sql_render_items(r, rows->rows.items[i].items, rows->rows.items[i].n, ", ", kw);
        sql_put(r, ")");
    }
    return rc;
}

static int render_values(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw)
{
    const struct sql_rows *rows = f->data;
    if (!kw.asfrom) {
        return put_rows(r, rows, kw);
    }
    if (rows->unnamed && kw.visiting_cte) {
        return sql_refuse(r, "VALUES without a name within a common table expression");
    }
    const char *name = rows->unnamed ? NULL : sql_from_name(r, f);
    sql_put(r, f->lateral ? "LATERAL (" : "(");
    kw.asfrom = false;
    int rc = put_rows(r, rows, kw);
    sql_put(r, ")");
    if (!rc && name) {
        sql_put(r, " AS ");
        sql_put_text_name(r, name);
        sql_put(r, " (");
        for (size_t i = 0; i < f->ncolumns; i++) {
            sql_put(r, i ? ", " : "");
            sql_put_name(r, &f->columns[i]->name);
        }
        sql_put(r, ")");
    }
    return rc;
}

int sql_render_from(struct sql_rendering *r, const struct sql_from *f, struct sql_kw kw)
{
    struct sql_kw inner = kw;
    int rc = 0;
    if (r->depth > 200) {
        return sql_refuse(r, "joins of more than 200 levels");
    }
    r->depth++;
    switch (f->kind) {
    case SQL_FROM_TABLE:
        rc = render_table(r, f, kw);
        break;
    case SQL_FROM_JOIN:
        rc = render_join(r, f, kw);
        break;
    case SQL_FROM_GROUPING:
        inner.asfrom = true;
        sql_put(r, "(");
        rc = sql_render_from(r, f->element, inner);
        sql_put(r, ")");
        break;
    case SQL_FROM_VALUES:
        rc = render_values(r, f, kw);
        break;
    case SQL_FROM_TEXT:
        rc = sql_render_expr(r, f->select, kw);
        break;
    case SQL_FROM_CTE:
        rc = sql_render_cte(r, f, false, kw);
        break;
    case SQL_FROM_FUNCTION:
        if (!sql_from_is_named(f)) {
            inner.asfrom = false;
            rc = sql_render_expr(r, f->select, inner);
            break;
        }
        /* fallthrough */
    default:
        rc = render_aliased(r, f, kw);
    }
    r->depth--;
    return rc;
}

/* --- common table expressions --- */

typedef VEC(struct sql_rendered_cte *) sql_cte_list_t;

static int level_of(const struct sql_rendering *r)
{
    int n = 0;
    for (const struct sql_level *l = r->level; l; l = l->outer) {
        n++;
    }
    return n;
}

static const struct sql_from *origin(const struct sql_from *cte)
{
    return cte->right ? cte->right : cte;
}

static struct sql_rendered_cte *find_cte(struct sql_rendering *r, int level, const char *name)
{
    struct sql_rendered_cte *c;
    vec_each (c, &r->ctes) {
        if (c->level == level && strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

static int put_cte_columns(struct sql_rendering *r, const struct sql_from *cte)
{
    sql_put(r, "(");
    sql_exprs_t columns = {0};
    sql_selected_t named = {0};
    sql_selected(r->arena, cte->select, &columns);
    sql_name_columns(r->arena, SQL_LABELS_DISTINCT, &columns, true, &named);
    bool first = true;
    struct sql_selected *s;
    vec_each (s, &named) {
        if (s->repeated) {
            continue;
        }
        sql_put(r, first ? "" : ", ");
        first = false;
        if (s->fallback.anon) {
            sql_put_text_name(r, sql_anon_name(r, "colident", s->fallback.anon));
        } else {
            const char *name = s->fallback.text ? s->fallback.text : s->key;
            if (!name) {
                return sql_refuse(r, "a recursive common table expression with a column that has no name");
            }
            sql_put_text_name(r, name);
        }
    }
    sql_put(r, ")");
    return 0;
}

/* name[(columns)] AS (statement), collected for the WITH. */
static int collect_cte(struct sql_rendering *r, const struct sql_from *cte, size_t slot, struct sql_kw kw)
{
    struct strbuf text = STRBUF_INIT, *out = r->out;
    const char *name = r->ctes.items[slot].name;
    r->out = &text;
    struct ddl_name shown = cte->name;
    shown.text = name;
    sql_put_name(r, &shown);
    int rc = cte->recursive ? put_cte_columns(r, cte) : 0;
    sql_put(r, " AS \n(");
    struct sql_kw inner = kw;
    inner.asfrom = true;
    inner.visiting_cte = cte;
    if (!rc && !r->level) {
        rc = sql_refuse(r, "a common table expression outside of a statement");
    }
    rc = rc ? rc : sql_render_expr(r, cte->select, inner);
    sql_put(r, ")");
    r->out = out;
    if (!rc) {
        r->ctes.items[slot].text = arena_dup(r->arena, strbuf_cstr(&text));
        r->ctes.items[slot].order = ++r->ctes_finished;
    }
    strbuf_release(&text);
    return rc;
}

int sql_render_cte(struct sql_rendering *r, const struct sql_from *f, bool nest_here, struct sql_kw kw)
{
    bool asfrom = kw.asfrom;
    /* An alias of a CTE renders the CTE itself in WITH, and "cte AS alias" where it stands. */
    const struct sql_from *cte = f->element ? f->element : f;
    if (cte->element) {
        return sql_refuse(r, "an alias of an alias of a common table expression");
    }
    const char *name = sql_from_name(r, cte);
    bool nesting = cte->nesting || nest_here;
    int level = nesting ? level_of(r) : 1;
    struct sql_rendered_cte *existing = find_cte(r, level, name);
    bool is_new = !existing;
    if (existing && existing->cte != cte && origin(existing->cte) != cte && origin(cte) != existing->cte) {
        return sql_fail(r, "Multiple, unrelated CTEs found with the same name: '%s'", name);
    }
    size_t slot = existing ? (size_t)(existing - r->ctes.items) : r->ctes.n;
    if (existing && origin(cte) == existing->cte && cte != existing->cte) {
        /* The one that continues it takes its place. */
        is_new = true;
    }
    int rc = 0;
    if (is_new) {
        if (existing) {
            r->ctes.items[slot].level = 0; /* dropped */
        }
        slot = r->ctes.n;
        vec_push(r->arena, &r->ctes);
        r->ctes.items[slot].cte = cte;
        r->ctes.items[slot].name = name;
        r->ctes.items[slot].level = level;
        r->ctes.items[slot].nesting = nesting;
        r->ctes.items[slot].recursive = cte->recursive;
        struct sql_kw inner = kw;
        inner.asfrom = inner.subquery = false;
        rc = collect_cte(r, cte, slot, inner);
    }
    if (rc || !asfrom) {
        return rc;
    }
    sql_put_from_name(r, cte);
    if (f != cte) {
        sql_put(r, " AS ");
        sql_put_from_name(r, f);
    }
    return 0;
}

void sql_put_ctes(struct sql_rendering *r, struct strbuf *before, bool toplevel, bool following)
{
    int level = level_of(r);
    bool nested = !toplevel && level > 1, recursive = false, any = false;
    sql_cte_list_t here = {0};
    struct sql_rendered_cte *c;
    vec_each (c, &r->ctes) {
        bool belongs = !nested ? c->level != 0
                               : c->nesting && (c->level == level || (following && c->level == level + 1));
        if (!belongs || !c->text) {
            continue;
        }
        recursive |= c->recursive;
        size_t at = here.n;
        vec_push(r->arena, &here);
        for (; at > 0 && here.items[at - 1]->order > c->order; at--) {
            here.items[at] = here.items[at - 1];
        }
        here.items[at] = c;
    }
    for (size_t i = 0; i < here.n; i++) {
        strbuf_adds(before, any ? ", \n" : recursive ? "WITH RECURSIVE " : "WITH ");
        strbuf_adds(before, here.items[i]->text);
        any = true;
        here.items[i]->level = nested ? 0 : here.items[i]->level;
    }
    if (any) {
        strbuf_adds(before, "\n ");
    }
}
