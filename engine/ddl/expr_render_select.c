/* SELECT and its compounds. */
#include "engine/ddl/expr_render.h"
#include <string.h>
#include <strings.h>

/* --- columns --- */

static bool names_nothing(const struct sql_expr *c)
{
    while (c->kind == SQL_E_GROUPING) {
        c = c->left;
    }
    return !(c->kind == SQL_E_COLUMN || c->kind == SQL_E_LABEL || c->kind == SQL_E_LITERAL_COLUMN ||
             c->kind == SQL_E_TABLE_VALUED || c->kind == SQL_E_FUNCTION_COLUMN);
}

static bool wants_label(const struct sql_rendering *r, const struct sql_expr *c, bool asfrom)
{
    switch (c->kind) {
    case SQL_E_COLUMN:
        return asfrom && c->from;
    case SQL_E_LITERAL_COLUMN:
    case SQL_E_TEXT:
    case SQL_E_TABLE_VALUED:
    case SQL_E_FUNCTION_COLUMN:
        return false;
    case SQL_E_UNARY:
        return ((sql_op_is(c->op, SQL_OP_IS_TRUE) || sql_op_is(c->op, SQL_OP_IS_FALSE)) &&
                r->dialect->kind != DDL_POSTGRESQL) ||
               names_nothing(c->left) || asfrom;
    case SQL_E_GROUPING:
        return names_nothing(c) && c->left->kind != SQL_E_FUNCTION;
    default:
        return true;
    }
}

int sql_render_selected(struct sql_rendering *r, const struct sql_selected *s, bool asfrom, struct sql_kw kw)
{
    const struct sql_expr *c = s->column;
    struct sql_column_name name = s->required;
    kw.within_columns = true;
    kw.within_label = false;
    if (c->kind == SQL_E_LABEL) {
        return sql_render_expr(r, c, kw);
    }
    if (!name.text && !name.anon && wants_label(r, c, asfrom)) {
        name = s->fallback;
    }
    if (!name.text && !name.anon) {
        return sql_render_expr(r, c, kw);
    }
    kw.within_label = true;
    /* The name is made up before those of what is within. */
    struct ddl_name shown = c->kind == SQL_E_COLUMN ? c->name : DDL_NAME(NULL);
    shown.text = name.anon ? sql_anon_name(r, "colident", name.anon) : sql_cut_name(r, "colident", name.text);
    int rc = sql_render_expr(r, c, kw);
    sql_put(r, " AS ");
    sql_put_name(r, &shown);
    return rc;
}

static int put_columns(struct sql_rendering *r, const struct sql_expr *e, bool asfrom, struct sql_kw kw)
{
    const struct sql_select *s = e->data;
    sql_exprs_t columns = {0};
    sql_selected_t named = {0};
    sql_entities_columns(r->arena, &s->columns, &columns);
    if (columns.n > SQL_MAX_COLUMNS) {
        return sql_refuse(r, "a select() of more than %d columns", SQL_MAX_COLUMNS);
    }
    sql_name_columns(r->arena, s->labels, &columns, true, &named);
    for (size_t i = 0; i < named.n; i++) {
        sql_put(r, i ? ", " : "");
        int rc = sql_render_selected(r, &named.items[i], asfrom, kw);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

int sql_render_prefixes(struct sql_rendering *r, const sql_prefixes_t *prefixes, struct sql_kw kw)
{
    const struct sql_prefix *p;
    vec_each (p, prefixes) {
        if (p->dialect && strcmp(p->dialect, r->dialect->name) != 0) {
            continue;
        }
        int rc = sql_render_expr(r, p->expr, kw);
        if (rc) {
            return rc;
        }
        sql_put(r, " ");
    }
    return 0;
}

static int put_distinct(struct sql_rendering *r, const struct sql_select *s, struct sql_kw kw)
{
    if (!s->distinct) {
        return 0;
    }
    sql_put(r, "DISTINCT ");
    if (s->distinct_on.n && r->dialect->kind == DDL_POSTGRESQL) {
        sql_put(r, "ON (");
        int rc = sql_render_items(r, s->distinct_on.items, s->distinct_on.n, ", ", kw);
        sql_put(r, ") ");
        return rc;
    }
    return 0;
}

/* " WORD list", and nothing for a list that renders to nothing. */
static int put_clause(struct sql_rendering *r, const char *word, const sql_exprs_t *list, bool criteria,
                      struct sql_kw kw)
{
    if (list->n == 0) {
        return 0;
    }
    size_t before = r->out->len;
    sql_put(r, word);
    size_t start = r->out->len;
    int rc =
        criteria ? sql_render_criteria(r, list, kw) : sql_render_items(r, list->items, list->n, ", ", kw);
    if (!rc && r->out->len == start && r->out->ptr) {
        r->out->len = before;
        r->out->ptr[before] = '\0';
    }
    return rc;
}

static int put_from(struct sql_rendering *r, const struct sql_select *s, const sql_froms_t *froms,
                    struct sql_kw kw)
{
    kw.asfrom = true;
    for (size_t i = 0; i < froms->n; i++) {
        sql_put(r, i ? ", " : " \nFROM ");
        int rc = sql_render_from(r, froms->items[i], kw);
        if (rc) {
            return rc;
        }
    }
    if (froms->n == 0 && s->where.n && ddl_is_mysql(r->dialect)) {
        sql_put(r, " FROM DUAL");
    }
    return 0;
}

/* Hints on tables of this dialect: kw.hints. */
static int check_hints(struct sql_rendering *r, const sql_hints_t *hints, sql_hints_t *mine,
                       sql_hints_t *statement)
{
    const struct sql_hint *h;
    vec_each (h, hints) {
        if (h->dialect && strcmp(h->dialect, "*") != 0 && strcmp(h->dialect, r->dialect->name) != 0) {
            continue;
        }
        if (h->from && r->dialect->kind == DDL_POSTGRESQL && strcasecmp(h->text, "ONLY") != 0) {
            return sql_fail(r, "Unrecognized hint: '%s'", h->text);
        }
        if (h->from && strchr(h->text, '%')) {
            return sql_refuse(r, "with_hint() with a name to fill in");
        }
        *vec_push(r->arena, h->from ? mine : statement) = *h;
    }
    return 0;
}

static int put_body(struct sql_rendering *r, const struct sql_expr *e, const sql_froms_t *shown, bool asfrom,
                    struct sql_kw kw)
{
    const struct sql_select *s = e->data;
    sql_hints_t hints = {0}, statement_hints = {0};
    int rc = check_hints(r, &s->hints, &hints, &statement_hints);
    sql_put(r, "SELECT ");
    for (size_t i = 0; !rc && i < s->ctes.n; i++) {
        struct sql_kw cte = kw;
        cte.asfrom = false;
        rc = sql_render_cte(r, s->ctes.items[i].cte, s->ctes.items[i].nest_here, cte);
    }
    rc = rc ? rc : sql_render_prefixes(r, &s->prefixes, kw);
    rc = rc ? rc : put_distinct(r, s, kw);
    size_t before = r->out->len;
    rc = rc ? rc : put_columns(r, e, asfrom, kw);
    if (!rc && r->out->len == before && r->out->len && r->out->ptr[before - 1] == ' ') {
        r->out->ptr[--r->out->len] = '\0'; /* SELECT without columns */
    }
    kw.hints = hints.n ? &hints : NULL;
    rc = rc ? rc : put_from(r, s, shown, kw);
    kw.hints = NULL;
    rc = rc ? rc : put_clause(r, " \nWHERE ", &s->where, true, kw);
    rc = rc ? rc : put_clause(r, " GROUP BY ", &s->group_by, false, kw);
    rc = rc ? rc : put_clause(r, " \nHAVING ", &s->having, true, kw);
    rc = rc ? rc : put_clause(r, " ORDER BY ", &s->order_by, false, kw);
    rc = rc ? rc : sql_render_limit(r, s, kw);
    rc = rc ? rc : sql_render_for_update(r, s, kw);
    for (size_t i = 0; !rc && i < statement_hints.n; i++) {
        sql_put(r, " ");
        sql_put(r, statement_hints.items[i].text);
    }
    return rc;
}

/* All members of a compound give as many columns as the first. */
static int check_width(struct sql_rendering *r, const struct sql_expr *e, int compound)
{
    if (!r->level || compound < 1) {
        return 0;
    }
    if (compound == 1) {
        r->level->first_of_compound = e;
        return 0;
    }
    sql_exprs_t first = {0}, columns = {0};
    if (r->level->first_of_compound) {
        sql_selected(r->arena, r->level->first_of_compound, &first);
        sql_selected(r->arena, e, &columns);
        if (first.n != columns.n) {
            return sql_fail(
                r,
                "All selectables passed to CompoundSelect must have identical numbers of columns; "
                "select #1 has %zu columns, select #%d has %zu",
                first.n, compound, columns.n);
        }
    }
    return 0;
}

void sql_put_with(struct sql_rendering *r, size_t start, bool toplevel, bool following)
{
    struct strbuf before = STRBUF_INIT;
    sql_put_ctes(r, &before, toplevel, following);
    if (before.len) {
        char *text = arena_dupn(r->arena, r->out->ptr + start, r->out->len - start);
        r->out->len = start;
        strbuf_adds(r->out, strbuf_cstr(&before));
        strbuf_adds(r->out, text);
    }
    strbuf_release(&before);
}

int sql_render_select(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_select *s = e->data;
    bool toplevel = !r->level, asfrom = kw.asfrom, embedded = kw.compound > 0 || kw.insert_into;
    sql_froms_t froms = {0}, shown = {0};
    int rc = sql_collect_froms(r, s, &froms);
    rc = rc ? rc : check_width(r, e, kw.compound);
    rc = rc ? rc : sql_correlate(r, s, &froms, kw, &shown);
    if (rc) {
        return rc;
    }
    struct sql_level level = {.outer = r->level, .statement = e, .select = s, .froms = &froms};
    for (size_t i = 0; i < shown.n; i++) {
        sql_froms_t within = {0};
        sql_froms_within(r->arena, shown.items[i], &within);
        sql_froms_add(r, &level.asfrom, &within);
    }
    sql_froms_add(r, &level.correlate, &level.asfrom);
    if (r->level) {
        sql_froms_add(r, &level.correlate, &r->level->correlate);
    }
    r->level = &level;
    kw.within_columns = kw.within_label = kw.asfrom = kw.lateral = kw.insert_into = false;
    kw.compound = 0;
    kw.hints = NULL;
    kw.ambiguous = sql_ambiguous_names(r, &froms);
    size_t start = r->out->len;
    rc = put_body(r, e, &shown, asfrom, kw);
    if (!rc && (!embedded || toplevel)) {
        sql_put_with(r, start, toplevel, false);
    }
    const struct sql_prefix *suffix;
    vec_each (suffix, &s->suffixes) {
        if (!rc && (!suffix->dialect || strcmp(suffix->dialect, r->dialect->name) == 0)) {
            sql_put(r, " ");
            rc = sql_render_expr(r, suffix->expr, kw);
        }
    }
    if (!rc && s->suffixes.n) {
        sql_put(r, " ");
    }
    r->level = level.outer;
    return rc;
}

int sql_render_compound(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_select *s = e->data;
    bool toplevel = !r->level;
    struct sql_level level = {.outer = r->level, .statement = e, .select = s};
    if (r->level) {
        level.correlate = r->level->correlate;
        level.asfrom = r->level->asfrom;
        level.correlate.cap = level.correlate.n;
        level.asfrom.cap = level.asfrom.n;
        if (kw.compound == 1) {
            r->level->first_of_compound = e;
        }
    }
    r->level = &level;
    size_t start = r->out->len;
    int rc = s->selects.n ? 0 : sql_refuse(r, "a compound of no select()");
    for (size_t i = 0; !rc && i < s->selects.n; i++) {
        struct sql_kw member = kw;
        member.compound = (int)i + 1;
        if (i) {
            strbuf_addf(r->out, " %s ", s->keyword);
        }
        rc = sql_render_expr(r, s->selects.items[i], member);
    }
    kw.no_table = true;
    kw.asfrom = false;
    kw.compound = 0;
    rc = rc ? rc : put_clause(r, " GROUP BY ", &s->group_by, false, kw);
    rc = rc ? rc : put_clause(r, " ORDER BY ", &s->order_by, false, kw);
    rc = rc ? rc : sql_render_limit(r, s, kw);
    if (!rc) {
        sql_put_with(r, start, toplevel, true);
    }
    r->level = level.outer;
    return rc;
}
