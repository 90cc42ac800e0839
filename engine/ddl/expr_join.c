/* Joins: the ON clause that follows from foreign keys, and which from of a SELECT its join() extends. */
#include "engine/ddl/expr_render.h"
#include "engine/ddl/table.h"
#include <string.h>

/* --- ON from foreign keys --- */

/* The tables of a from, joins taken apart. */
struct leaf {
    const struct sql_from *from;
    const struct ddl_table *table;
};
typedef VEC(struct leaf) leaves_t;

static bool add_leaves(struct arena *a, const struct sql_from *f, leaves_t *out)
{
    if (!f) {
        return true;
    }
    if (out->n > SQL_MAX_JOINS) {
        return false;
    }
    if (f->kind == SQL_FROM_JOIN || f->kind == SQL_FROM_GROUPING) {
        return add_leaves(a, f->element, out) && add_leaves(a, f->right, out);
    }
    const struct sql_from *of = f->kind == SQL_FROM_ALIAS ? f->element : f;
    if (of->kind != SQL_FROM_TABLE) {
        return false; /* it may hand on the foreign keys of what it selects */
    }
    *vec_push(a, out) = (struct leaf){f, of->data};
    return true;
}

struct on {
    struct arena *arena;
    const struct ddl_constraint *constraint; /* the one that was found */
    sql_exprs_t pairs;
    bool unclear;
};

static bool refers_to(const struct ddl_constraint *c, const struct ddl_table *t)
{
    const char *schema = t->schema.text ? t->schema.text : "";
    return c->kind == DDL_FOREIGN_KEY && c->ref_table.text && t->name.text &&
           strcmp(c->ref_table.text, t->name.text) == 0 &&
           strcmp(c->ref_schema.text ? c->ref_schema.text : "", schema) == 0;
}

/* "referred = referring" for each column, in the order of the referring table's. */
static void add_pairs(struct on *on, const struct ddl_constraint *c, const struct sql_from *child,
                      const struct sql_from *parent)
{
    size_t before = on->pairs.n;
    for (size_t i = 0; i < child->ncolumns; i++) {
        const char *name = child->columns[i]->name.text;
        for (size_t k = 0; name && k < c->columns.n && k < c->ref_columns.n; k++) {
            if (!c->columns.items[k].text || strcmp(c->columns.items[k].text, name) != 0) {
                continue;
            }
            const struct sql_expr *referred =
                c->ref_columns.items[k].text ? sql_from_column(parent, c->ref_columns.items[k].text) : NULL;
            if (referred) {
                *vec_push(on->arena, &on->pairs) = sql_compare(on->arena, referred, sql_operator(SQL_OP_EQ),
                                                               child->columns[i], false, false, NULL);
            }
        }
    }
    on->unclear |= on->constraint || on->pairs.n - before != c->columns.n;
    on->constraint = c;
}

static void scan(struct on *on, const leaves_t *children, const leaves_t *parents)
{
    for (size_t i = 0; i < children->n; i++) {
        const struct leaf *child = &children->items[i];
        for (size_t k = 0; child->table && k < child->table->constraints.n; k++) {
            const struct ddl_constraint *c = child->table->constraints.items[k];
            for (size_t p = 0; p < parents->n; p++) {
                if (parents->items[p].table && refers_to(c, parents->items[p].table)) {
                    add_pairs(on, c, child->from, parents->items[p].from);
                }
            }
        }
    }
}

enum sql_join_on sql_join_on(struct arena *a, const struct sql_from *left, const struct sql_from *right,
                             const struct sql_expr **out)
{
    leaves_t of_left = {0}, of_right = {0}, last = {0};
    struct on on = {.arena = a};
    if (left == right || !add_leaves(a, left, &of_left) || !add_leaves(a, right, &of_right)) {
        return SQL_JOIN_UNCLEAR;
    }
    if (left->kind == SQL_FROM_JOIN) {
        /* What was joined last comes first. */
        add_leaves(a, left->right, &last);
        scan(&on, &of_right, &last);
        scan(&on, &last, &of_right);
    }
    if (!on.constraint) {
        scan(&on, &of_right, &of_left);
        scan(&on, &of_left, &of_right);
    }
    if (!on.constraint) {
        return SQL_JOIN_UNRELATED;
    }
    *out = sql_conjunction(a, SQL_OP_AND, on.pairs.items, on.pairs.n);
    return on.unclear ? SQL_JOIN_UNCLEAR : SQL_JOIN_RELATED;
}

const char *sql_from_description(const struct sql_from *f)
{
    return f->kind == SQL_FROM_JOIN ? "Join object" : f->name.text ? f->name.text : "anon_1";
}

/* --- select().join() --- */

/* The columns that an ON clause names; false: it has a SELECT in it, which names others. */
static bool columns_of(struct sql_rendering *r, const struct sql_expr *e, sql_exprs_t *out, int depth)
{
    if (!e) {
        return true;
    }
    switch (e->kind) {
    case SQL_E_COLUMN:
    case SQL_E_LITERAL_COLUMN:
        *vec_push(r->arena, out) = e;
        return true;
    case SQL_E_SCALAR_SELECT:
    case SQL_E_SELECT:
    case SQL_E_COMPOUND:
    case SQL_E_SELECT_GROUPING:
    case SQL_E_TEXT_SELECT:
    case SQL_E_OVER:
    case SQL_E_TABLE_VALUED:
    case SQL_E_FUNCTION_COLUMN:
        return false;
    default:
        break;
    }
    if (depth > 300 || ++r->nodes > SQL_MAX_NODES || !columns_of(r, e->left, out, depth + 1) ||
        !columns_of(r, e->right, out, depth + 1)) {
        return false;
    }
    for (size_t i = 0; i < e->n; i++) {
        if (!columns_of(r, e->items[i], out, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool has_column(const struct sql_from *f, const struct sql_expr *c)
{
    if (!f) {
        return false;
    }
    if (f->kind == SQL_FROM_JOIN || f->kind == SQL_FROM_GROUPING) {
        return has_column(f->element, c) || has_column(f->right, c);
    }
    return c->kind == SQL_E_COLUMN && c->from == f;
}

static bool has_columns(const struct sql_from *f, const struct sql_from *right, const sql_exprs_t *columns)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (!has_column(f, columns->items[i]) && !has_column(right, columns->items[i])) {
            return false;
        }
    }
    return true;
}

static void remove_hidden(struct sql_rendering *r, const sql_froms_t *candidates, bool *fits)
{
    sql_froms_t hidden = {0};
    sql_hidden_froms(r, candidates, &hidden);
    for (size_t i = 0; i < candidates->n; i++) {
        fits[i] &= !sql_froms_has(&hidden, candidates->items[i]);
    }
}

/* Which of the candidates can be joined to the right side: by the columns of ON or by foreign keys. */
static int left_side(struct sql_rendering *r, const sql_froms_t *candidates, const struct sql_join *j,
                     size_t *index)
{
    sql_exprs_t columns = {0};
    size_t n = candidates->n, found = 0;
    bool *fits = arena_array(r->arena, n + 1, sizeof(*fits));
    if (n > 1 && j->on && !columns_of(r, j->on, &columns, 0)) {
        return sql_refuse(r, "select().join() from several tables with an ON clause like that");
    }
    for (size_t i = 0; i < n; i++) {
        const struct sql_from *f = candidates->items[i];
        const struct sql_expr *on = NULL;
        bool other = f != j->right || f->kind == SQL_FROM_JOIN;
        if (!j->on && other) {
            enum sql_join_on related = sql_join_on(r->arena, f, j->right, &on);
            if (related == SQL_JOIN_UNCLEAR && n > 1) {
                return sql_refuse(
                    r, "select().join() without an ON clause where the foreign keys are not plain");
            }
            fits[i] = related != SQL_JOIN_UNRELATED;
        } else {
            fits[i] = other && (n == 1 || has_columns(f, j->right, &columns));
        }
        found += fits[i];
    }
    if (found > 1) {
        remove_hidden(r, candidates, fits);
    }
    found = 0;
    for (size_t i = 0; i < n; i++) {
        *index = fits[i] ? i : *index;
        found += fits[i];
    }
    if (found == 0 && j->on) {
        found = n;
        *index = 0;
    }
    if (found == 1) {
        return 0;
    }
    static const char advice[] =
        "Please use the .select_from() method to establish an explicit left side, as well as providing an "
        "explicit ON clause if not present already to help resolve the ambiguity.";
    if (found) {
        return sql_fail_as(
            r, DDL_INVALID_REQUEST,
            "Can't determine which FROM clause to join from, there are multiple FROMS which can "
            "join to this entity. %s",
            advice);
    }
    if (j->right->kind != SQL_FROM_TABLE || j->right->data) {
        return sql_refuse(r, "select().join() to what nothing can be joined to");
    }
    return sql_fail_as(r, DDL_INVALID_REQUEST,
                       "Don't know how to join to <sqlalchemy.sql.selectable.TableClause at %p; %s>. %s",
                       (const void *)j->right, sql_from_description(j->right), advice);
}

/* Is f made of s: a join with it, an alias of it, a subquery from it? */
static bool derived(struct sql_rendering *r, const struct sql_from *f, const struct sql_from *s, int depth);

static bool select_derived(struct sql_rendering *r, const struct sql_expr *e, const struct sql_from *s,
                           int depth)
{
    sql_froms_t froms = {0};
    if (!e || depth > 300 || ++r->nodes > SQL_MAX_NODES) {
        return false;
    }
    if (e->kind == SQL_E_SELECT_GROUPING) {
        return select_derived(r, e->left, s, depth + 1);
    }
    if (e->kind != SQL_E_SELECT && e->kind != SQL_E_COMPOUND) {
        return false;
    }
    const struct sql_select *select = e->data;
    for (size_t i = 0; e->kind == SQL_E_COMPOUND && i < select->selects.n; i++) {
        if (select_derived(r, select->selects.items[i], s, depth + 1)) {
            return true;
        }
    }
    sql_named_froms(r, select, &froms);
    sql_froms_add(r, &froms, &select->from);
    for (size_t i = 0; i < froms.n; i++) {
        if (derived(r, froms.items[i], s, depth + 1)) {
            return true;
        }
    }
    return false;
}

static bool derived(struct sql_rendering *r, const struct sql_from *f, const struct sql_from *s, int depth)
{
    if (!f || depth > 300 || ++r->nodes > SQL_MAX_NODES) {
        return false; /* too large to be rendered, too */
    }
    if (f == s) {
        return true;
    }
    switch (f->kind) {
    case SQL_FROM_JOIN:
    case SQL_FROM_GROUPING:
        return derived(r, f->element, s, depth + 1) || derived(r, f->right, s, depth + 1);
    case SQL_FROM_ALIAS:
        return derived(r, f->element, s, depth + 1);
    case SQL_FROM_SUBQUERY:
    case SQL_FROM_CTE:
        return select_derived(r, f->select, s, depth + 1) || derived(r, f->element, s, depth + 1);
    default:
        return false;
    }
}

/* The clause that the left side of join_from() is in already; clauses->n: none. */
static int explicit_side(struct sql_rendering *r, const struct sql_select *s, const sql_froms_t *clauses,
                         const struct sql_from *left, size_t *index)
{
    sql_froms_t parts = {0}, named = {0};
    size_t found = 0;
    *index = clauses->n;
    sql_named_froms(r, s, &named);
    if (named.n == 0 && s->from.n == 0) {
        return 0; /* joins alone are not looked at */
    }
    sql_froms_within(r->arena, left, &parts);
    for (size_t i = 0; i < clauses->n; i++) {
        for (size_t k = 0; k < parts.n; k++) {
            if (derived(r, clauses->items[i], parts.items[k], 0)) {
                *index = i;
                found++;
                break;
            }
        }
    }
    return found > 1 ? sql_refuse(r, "select().join_from() where the left side stands twice") : 0;
}

static const struct sql_from *joined(struct sql_rendering *r, const struct sql_from *left,
                                     const struct sql_join *j)
{
    const struct sql_expr *on = j->on;
    if (!on) {
        switch (sql_join_on(r->arena, left, j->right, &on)) {
        case SQL_JOIN_RELATED:
            break;
        case SQL_JOIN_UNRELATED:
            sql_fail_as(r, DDL_NO_FOREIGN_KEYS,
                        "Can't find any foreign key relationships between '%s' and '%s'.",
                        sql_from_description(left), sql_from_description(j->right));
            return NULL;
        case SQL_JOIN_UNCLEAR:
            sql_refuse(r, "join() without an ON clause where the foreign keys are not plain");
            return NULL;
        }
    }
    return sql_join(r->arena, left, j->right, on, j->outer, j->full);
}

int sql_place_join(struct sql_rendering *r, const struct sql_select *s, const struct sql_join *j,
                   sql_froms_t *clauses)
{
    size_t index = clauses->n;
    const struct sql_from *left = j->left;
    int rc;
    if (left) {
        rc = explicit_side(r, s, clauses, left, &index);
        left = index < clauses->n ? clauses->items[index] : left;
    } else if (clauses->n) {
        rc = left_side(r, clauses, j, &index);
        left = index < clauses->n ? clauses->items[index] : NULL;
    } else {
        sql_froms_t potential = {0};
        size_t at = 0;
        sql_named_froms(r, s, &potential);
        rc = left_side(r, &potential, j, &at);
        left = rc ? NULL : potential.items[at];
    }
    const struct sql_from *join = rc ? NULL : joined(r, left, j);
    if (!join) {
        return rc ? rc : r->err->status;
    }
    if (index < clauses->n) {
        clauses->items[index] = join;
    } else {
        *vec_push(r->arena, clauses) = join;
    }
    return 0;
}
