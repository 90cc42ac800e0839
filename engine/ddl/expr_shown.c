/* Which froms a SELECT shows: those of its columns and criteria, joined, without those that it refers to. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static void add_once(struct sql_rendering *r, sql_froms_t *list, const struct sql_from *f)
{
    if (!sql_froms_has(list, f)) {
        *vec_push(r->arena, list) = f;
    }
}

void sql_froms_add(struct sql_rendering *r, sql_froms_t *list, const sql_froms_t *more)
{
    for (size_t i = 0; i < more->n; i++) {
        add_once(r, list, more->items[i]);
    }
}

static void entity_froms(struct sql_rendering *r, const sql_entities_t *entities, sql_froms_t *out)
{
    const struct sql_entity *e;
    vec_each (e, entities) {
        if (e->from) {
            sql_froms_within(r->arena, e->from, out);
        } else {
            sql_froms_of(r->arena, e->expr, out);
        }
    }
}

static void criteria_froms(struct sql_rendering *r, const sql_exprs_t *criteria, sql_froms_t *out)
{
    for (size_t i = 0; i < criteria->n; i++) {
        sql_froms_of(r->arena, criteria->items[i], out);
    }
}

/* Joins hide what they join. */
void sql_hidden_froms(struct sql_rendering *r, const sql_froms_t *froms, sql_froms_t *out)
{
    for (size_t i = 0; i < froms->n; i++) {
        if (froms->items[i]->kind == SQL_FROM_JOIN) {
            sql_froms_within(r->arena, froms->items[i]->element, out);
            sql_froms_within(r->arena, froms->items[i]->right, out);
        }
    }
}

static void without_hidden(struct sql_rendering *r, sql_froms_t *froms)
{
    sql_froms_t hidden = {0}, kept = {0};
    sql_hidden_froms(r, froms, &hidden);
    for (size_t i = 0; i < froms->n; i++) {
        if (!sql_froms_has(&hidden, froms->items[i])) {
            *vec_push(r->arena, &kept) = froms->items[i];
        }
    }
    *froms = kept;
}

void sql_named_froms(struct sql_rendering *r, const struct sql_select *s, sql_froms_t *out)
{
    sql_froms_t named = {0};
    entity_froms(r, &s->columns, &named);
    criteria_froms(r, &s->where, &named);
    sql_froms_add(r, out, &named);
}

int sql_collect_froms(struct sql_rendering *r, const struct sql_select *s, sql_froms_t *froms)
{
    sql_froms_t clauses = {0}, all = {0};
    for (size_t i = 0; i < s->from.n; i++) {
        *vec_push(r->arena, &clauses) = s->from.items[i];
    }
    if (s->joins.n > SQL_MAX_JOINS) {
        return sql_refuse(r, "a select() of more than %d joins", SQL_MAX_JOINS);
    }
    const struct sql_join *j;
    vec_each (j, &s->joins) {
        int rc = sql_place_join(r, s, j, &clauses);
        if (rc) {
            return rc;
        }
    }
    entity_froms(r, &s->columns, &all);
    criteria_froms(r, &s->where, &all);
    sql_froms_add(r, froms, &clauses);
    for (size_t i = 0; i < all.n; i++) {
        add_once(r, froms, all.items[i]);
        if (froms->n > SQL_MAX_COLUMNS) {
            return sql_refuse(r, "a select() from more than %d tables", SQL_MAX_COLUMNS);
        }
    }
    without_hidden(r, froms);
    return 0;
}

/* Tables with a schema whose names tables without one may have, too. */
sql_ambiguous_t *sql_ambiguous_names(struct sql_rendering *r, const sql_froms_t *froms)
{
    sql_ambiguous_t *list = arena_alloc(r->arena, sizeof(*list));
    sql_froms_t within = {0};
    for (size_t i = 0; i < froms->n; i++) {
        sql_froms_within(r->arena, froms->items[i], &within);
    }
    for (size_t i = 0; i < within.n; i++) {
        const struct sql_from *f = within.items[i];
        bool known = f->kind != SQL_FROM_TABLE || !f->schema.text;
        for (size_t k = 0; !known && k < list->n; k++) {
            known = strcmp(list->items[k].name, f->name.text) == 0;
        }
        if (!known) {
            *vec_push(r->arena, list) =
                (struct sql_ambiguous){f->name.text, sql_anon(r->arena, f->name.text, 0, f->name.text)};
        }
    }
    return list;
}

static void remove_froms(struct sql_rendering *r, sql_froms_t *froms, const sql_froms_t *which)
{
    sql_froms_t kept = {0};
    for (size_t i = 0; i < froms->n; i++) {
        if (!sql_froms_has(which, froms->items[i])) {
            *vec_push(r->arena, &kept) = froms->items[i];
        }
    }
    *froms = kept;
}

static sql_froms_t both(struct sql_rendering *r, const sql_froms_t *a, const sql_froms_t *b)
{
    sql_froms_t out = {0};
    for (size_t i = 0; i < a->n; i++) {
        if (sql_froms_has(b, a->items[i])) {
            *vec_push(r->arena, &out) = a->items[i];
        }
    }
    return out;
}

/* The froms without those of the statements around, that this one refers to. */
int sql_correlate(struct sql_rendering *r, const struct sql_select *s, const sql_froms_t *all,
                  struct sql_kw kw, sql_froms_t *shown)
{
    static const sql_froms_t none;
    const struct sql_level *outer = r->level;
    sql_froms_t explicit = {0};
    const sql_froms_t *implicit = outer ? &outer->asfrom : &none;
    if (outer) {
        sql_froms_add(r, &explicit, &outer->correlate);
    }
    if (kw.asfrom && !kw.lateral) {
        remove_froms(r, &explicit, implicit);
        implicit = &none;
    }
    sql_froms_add(r, shown, all);
    if (s->correlate.n) {
        sql_froms_t known = both(r, shown, &explicit), out = both(r, &known, &s->correlate);
        remove_froms(r, shown, &out);
    }
    if (s->has_correlate_except) {
        sql_froms_t out = both(r, shown, &explicit);
        remove_froms(r, &out, &s->correlate_except);
        remove_froms(r, shown, &out);
    }
    if (!s->explicit_correlation && implicit->n && shown->n > 1) {
        sql_froms_t out = both(r, shown, implicit);
        remove_froms(r, shown, &out);
        if (shown->n == 0) {
            return sql_fail_as(r, DDL_INVALID_REQUEST,
                               "Select statement returned no FROM clauses due to auto-correlation; specify "
                               "correlate(<tables>) to control correlation manually.");
        }
    }
    return 0;
}
