/* Names while rendering: made-up ones, those that are too long, and what ORDER BY "name" refers to. */
#include "engine/ddl/expr_render.h"
#include <string.h>

static unsigned next_of(struct sql_rendering *r, const char *seed)
{
    for (size_t i = 0; i < r->counters.n; i++) {
        if (strcmp(r->counters.items[i].seed, seed) == 0) {
            return ++r->counters.items[i].used;
        }
    }
    vec_push(r->arena, &r->counters);
    r->counters.items[r->counters.n - 1].seed = seed;
    r->counters.items[r->counters.n - 1].used = 1;
    return 1;
}

static const char *numbered(struct sql_rendering *r, const struct sql_anon *anon)
{
    for (size_t i = 0; i < r->anons.n; i++) {
        const struct sql_anon *other = r->anons.items[i].anon;
        if (other == anon ||
            (other->id == anon->id && other->index == anon->index && strcmp(other->seed, anon->seed) == 0)) {
            return r->anons.items[i].name;
        }
    }
    const char *name = arena_printf(r->arena, "%s_%u", anon->seed, next_of(r, anon->seed));
    vec_push(r->arena, &r->anons);
    r->anons.items[r->anons.n - 1].anon = anon;
    r->anons.items[r->anons.n - 1].name = name;
    return name;
}

const char *sql_cut_name(struct sql_rendering *r, const char *sort, const char *name)
{
    size_t limit = r->dialect->max_identifier, chars = 0, kept = 0;
    if (!name || strlen(name) + 6 <= limit) {
        return name;
    }
    for (size_t i = 0; name[i]; i++) {
        if (((unsigned char)name[i] & 0xC0) != 0x80) {
            kept = chars == limit - 6 ? i : kept;
            chars++;
        }
    }
    if (chars + 6 <= limit) {
        return name;
    }
    for (size_t i = 0; i < r->truncated.n; i++) {
        if (strcmp(r->truncated.items[i].sort, sort) == 0 && strcmp(r->truncated.items[i].from, name) == 0) {
            return r->truncated.items[i].to;
        }
    }
    size_t at = 0;
    while (at < r->truncations.n && strcmp(r->truncations.items[at].seed, sort) != 0) {
        at++;
    }
    if (at == r->truncations.n) {
        vec_push(r->arena, &r->truncations);
        r->truncations.items[at].seed = sort;
    }
    const char *cut = arena_printf(r->arena, "%.*s_%x", (int)kept, name, ++r->truncations.items[at].used);
    vec_push(r->arena, &r->truncated);
    r->truncated.items[r->truncated.n - 1].sort = sort;
    r->truncated.items[r->truncated.n - 1].from = name;
    r->truncated.items[r->truncated.n - 1].to = cut;
    return cut;
}

const char *sql_anon_name(struct sql_rendering *r, const char *sort, const struct sql_anon *anon)
{
    return sql_cut_name(r, sort, numbered(r, anon));
}

const char *sql_from_name(struct sql_rendering *r, const struct sql_from *f)
{
    return f->anon ? sql_anon_name(r, f->kind == SQL_FROM_VALUES ? "values" : "alias", f->anon)
                   : f->name.text;
}

void sql_put_from_name(struct sql_rendering *r, const struct sql_from *f)
{
    struct ddl_name name = f->name;
    name.text = sql_from_name(r, f);
    sql_put_name(r, &name);
}

/* --- references by name --- */

static const struct sql_expr *label_of(const struct sql_expr *e)
{
    while (e && e->kind == SQL_E_UNARY && (e->flags & SQL_X_MODIFIER)) {
        e = e->left;
    }
    return e && e->kind == SQL_E_LABEL ? e : NULL;
}

/* The last column of that name in a from; a join has those of both sides. */
static const struct sql_expr *last_column(const struct sql_from *f, const char *name)
{
    if (!f) {
        return NULL;
    }
    if (f->kind == SQL_FROM_JOIN || f->kind == SQL_FROM_GROUPING) {
        const struct sql_expr *c = last_column(f->right, name);
        return c ? c : last_column(f->element, name);
    }
    return sql_from_column(f, name);
}

static const struct sql_expr *resolve_in_froms(const struct sql_level *level, const char *name)
{
    const struct sql_expr *c = NULL;
    for (size_t i = level->froms ? level->froms->n : 0; !c && i-- > 0;) {
        c = last_column(level->froms->items[i], name);
    }
    return c;
}

/* The selected column of that name: by its label or, with tables, by "t_a"; else one of the froms'. */
static const struct sql_expr *resolve(struct sql_rendering *r, const struct sql_level *level,
                                      const char *name)
{
    sql_exprs_t columns = {0};
    sql_selected(r->arena, level->statement, &columns);
    for (int by_key = 0; by_key < 2; by_key++) {
        for (size_t i = columns.n; i-- > 0;) {
            const struct sql_expr *c = columns.items[i];
            if (c->kind == SQL_E_TEXT) {
                continue;
            }
            const char *table = sql_column_table_name(r->arena, c);
            const char *key = table && !by_key ? table : by_key && table ? NULL : sql_column_key(c);
            if (c->kind == SQL_E_LABEL) {
                key = c->name.text;
            }
            if (key && strcmp(key, name) == 0) {
                return c;
            }
        }
    }
    return resolve_in_froms(level, name);
}

int sql_render_name_reference(struct sql_rendering *r, const struct sql_expr *e, struct sql_kw kw)
{
    const struct sql_level *level = r->level;
    if (e->kind == SQL_E_LABEL_REFERENCE) {
        const struct sql_expr *label = label_of(e->left);
        if (level && label && label->name.text) {
            /* By its name when it is the label that the statement selects. */
            sql_exprs_t columns = {0};
            sql_selected(r->arena, level->statement, &columns);
            for (size_t i = 0; i < columns.n; i++) {
                const struct sql_expr *c = columns.items[i];
                if (c == label || (c->kind == SQL_E_LABEL && c->name.text && c->left == label->left &&
                                   strcmp(c->name.text, label->name.text) == 0)) {
                    kw.label_only = label;
                }
            }
        }
        return sql_render_expr(r, e->left, kw);
    }
    const char *name = slice_dup(r->arena, e->text);
    if (!level) {
        return sql_render_expr(r, sql_text(r->arena, e->text), kw);
    }
    if (level->statement->kind == SQL_E_COMPOUND) {
        /* By the name that a subquery of it would have it under. */
        const struct sql_expr *c = sql_from_column(sql_subquery(r->arena, level->statement, NULL), name);
        kw.no_table = true;
        if (c) {
            return sql_render_expr(r, c, kw);
        }
    }
    const struct sql_expr *column = NULL;
    if (level->select) {
        column = kw.within_columns ? resolve_in_froms(level, name) : resolve(r, level, name);
    }
    if (!column) {
        return sql_fail(r,
                        "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL "
                        "expression %s should be explicitly declared as text(%s)",
                        arena_printf(r->arena, "'%s'", name), arena_printf(r->arena, "'%s'", name));
    }
    kw.label_only = column->kind == SQL_E_LABEL ? column : NULL;
    return sql_render_expr(r, column, kw);
}
