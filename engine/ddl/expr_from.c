/* What stands in FROM: aliases, subqueries, common table expressions, joins, and which froms an expression
 * names. */
#include "engine/ddl/expr_statement.h"
#include <string.h>

/* Deeper and larger expressions are refused when they are rendered. */
#define MAX_DEPTH 400
#define MAX_NODES 1000000
struct walk {
    struct arena *arena;
    sql_froms_t *out;
    int depth;
    size_t nodes;
};

static struct sql_from *make(struct arena *a, enum sql_from_kind kind)
{
    struct sql_from *f = arena_alloc(a, sizeof(*f));
    f->kind = kind;
    return f;
}

static void name_from(struct arena *a, struct sql_from *f, const char *name, const char *seed)
{
    if (name) {
        f->name = DDL_NAME(name);
    } else {
        f->anon = sql_anon(a, f, 0, seed ? seed : "anon");
    }
}

const char *sql_column_key(const struct sql_expr *column)
{
    return column->key ? column->key : column->name.text;
}

bool sql_from_is_named(const struct sql_from *f)
{
    switch (f->kind) {
    case SQL_FROM_JOIN:
    case SQL_FROM_GROUPING:
    case SQL_FROM_TEXT:
        return false;
    case SQL_FROM_VALUES:
        return !((const struct sql_rows *)f->data)->unnamed;
    case SQL_FROM_FUNCTION:
        return f->name.text || f->anon;
    default:
        return true;
    }
}

/* A column of the same name in another from. */
static struct sql_expr *proxy(struct arena *a, const struct sql_expr *c, const struct sql_from *f)
{
    struct sql_expr *p = sql_column(a, c->name, c->type, f);
    p->anon = c->anon;
    p->key = c->key;
    p->flags = c->flags & (SQL_X_TRUNCATABLE | SQL_X_OMITTED | SQL_X_SCHEMA);
    return p;
}

struct sql_from *sql_alias(struct arena *a, const struct sql_from *of, const char *name)
{
    struct sql_from *f = make(a, of->kind == SQL_FROM_CTE ? SQL_FROM_CTE : SQL_FROM_ALIAS);
    f->element = of;
    if (of->kind == SQL_FROM_CTE) {
        f->select = of->select;
        f->recursive = of->recursive;
        f->nesting = of->nesting;
    }
    name_from(a, f, name, sql_from_is_named(of) && of->name.text ? of->name.text : NULL);
    sql_exprs_t columns = {0};
    sql_from_columns(a, of, &columns);
    for (size_t i = 0; i < columns.n; i++) {
        sql_table_add(a, f, proxy(a, columns.items[i], f));
    }
    return f;
}

static void add_selected(struct arena *a, struct sql_from *f, const struct sql_expr *statement)
{
    const struct sql_expr *first = statement;
    while (first->kind == SQL_E_SELECT_GROUPING || first->kind == SQL_E_COMPOUND) {
        const struct sql_select *s = first->data;
        if (first->kind == SQL_E_COMPOUND && s->selects.n == 0) {
            return;
        }
        first = first->kind == SQL_E_SELECT_GROUPING ? first->left : s->selects.items[0];
    }
    enum sql_label_style style = SQL_LABELS_DISTINCT;
    if (first->kind == SQL_E_SELECT) {
        style = ((const struct sql_select *)first->data)->labels;
    } else if (first->kind == SQL_E_TEXT_SELECT) {
        style = SQL_LABELS_NONE;
    }
    sql_exprs_t columns = {0};
    sql_selected(a, first, &columns);
    sql_selected_t named = {0};
    sql_name_columns(a, style, &columns, false, &named);
    struct sql_selected *s;
    vec_each (s, &named) {
        const struct sql_expr *c = s->column;
        if (c->kind == SQL_E_TEXT) {
            continue;
        }
        struct sql_expr *p = sql_make(a, SQL_E_COLUMN, c->type);
        p->from = f;
        const struct sql_expr *plain = c->kind == SQL_E_LABEL ? c->left : c;
        p->flags = SQL_X_TRUNCATABLE | (plain->kind == SQL_E_COLUMN ? plain->flags & SQL_X_SCHEMA : 0);
        if (s->required.text || s->required.anon) {
            p->name = DDL_NAME(s->required.text);
            p->anon = s->required.anon;
        } else if (c->kind == SQL_E_COLUMN || c->kind == SQL_E_LABEL || c->kind == SQL_E_LITERAL_COLUMN ||
                   c->kind == SQL_E_TABLE_VALUED || c->kind == SQL_E_FUNCTION_COLUMN) {
            p->name = c->name;
            p->anon = c->anon;
        } else {
            /* Not what is rendered for one that stands there again: SQLAlchemy takes the first one's. */
            struct sql_column_name name = sql_made_up_name(a, c);
            p->name = DDL_NAME(name.text);
            p->anon = name.anon;
        }
        p->key = s->key;
        if (s->required.anon && !(c->flags & SQL_X_SCHEMA)) {
            /* A second column of the same name has a key that no program can say. */
            p->key = arena_printf(a, "%%(%p %s)s", (const void *)c, s->required.anon->seed);
        }
        sql_table_add(a, f, p);
    }
}

struct sql_from *sql_subquery(struct arena *a, const struct sql_expr *select, const char *name)
{
    struct sql_from *f = make(a, SQL_FROM_SUBQUERY);
    const struct sql_expr *first = select;
    while (first->kind == SQL_E_SELECT_GROUPING) {
        first = first->left;
    }
    if (first->kind == SQL_E_SELECT && ((const struct sql_select *)first->data)->labels == SQL_LABELS_NONE) {
        select = sql_select_with_labels(a, select, SQL_LABELS_DISTINCT);
    }
    f->select = select;
    name_from(a, f, name, NULL);
    add_selected(a, f, select);
    return f;
}

struct sql_from *sql_cte(struct arena *a, const struct sql_expr *statement, const char *name, bool recursive,
                         bool nesting)
{
    struct sql_from *f = make(a, SQL_FROM_CTE);
    f->select = statement;
    f->recursive = recursive;
    f->nesting = nesting;
    name_from(a, f, name, NULL);
    add_selected(a, f, statement);
    return f;
}

struct sql_from *sql_join(struct arena *a, const struct sql_from *left, const struct sql_from *right,
                          const struct sql_expr *on, bool outer, bool full)
{
    struct sql_from *f = make(a, SQL_FROM_JOIN);
    f->element = left;
    f->right = right;
    if (right->kind == SQL_FROM_JOIN) {
        struct sql_from *g = make(a, SQL_FROM_GROUPING);
        g->element = right;
        f->right = g;
    }
    f->on = sql_self_group(a, on, sql_operator(SQL_OP_ASBOOL));
    f->outer = outer;
    f->full = full;
    return f;
}

const struct sql_expr *sql_from_column(const struct sql_from *f, const char *key)
{
    for (size_t i = 0; i < f->ncolumns; i++) {
        const char *k = sql_column_key(f->columns[i]);
        if (k && strcmp(k, key) == 0) {
            return f->columns[i];
        }
    }
    return NULL;
}

bool sql_froms_has(const sql_froms_t *list, const struct sql_from *f)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i] == f) {
            return true;
        }
    }
    return false;
}

static void collect(struct walk *w, const struct sql_expr *e);

static void within(struct walk *w, const struct sql_from *f)
{
    if (!f || w->depth > MAX_DEPTH) {
        return;
    }
    if (f->kind != SQL_FROM_GROUPING) {
        *vec_push(w->arena, w->out) = f;
    }
    w->depth++;
    if (f->kind == SQL_FROM_GROUPING || f->kind == SQL_FROM_JOIN) {
        within(w, f->element);
        within(w, f->right);
    } else if (f->kind == SQL_FROM_FUNCTION && !sql_from_is_named(f)) {
        w->out->n--; /* stands for itself, but only its arguments are froms */
        collect(w, f->select);
    }
    w->depth--;
}

void sql_froms_within(struct arena *a, const struct sql_from *f, sql_froms_t *out)
{
    struct walk w = {a, out, 0, 0};
    within(&w, f);
}

static void collect_all(struct walk *w, const struct sql_expr **items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        collect(w, items[i]);
    }
}

static void collect_parts(struct walk *w, const struct sql_expr *e)
{
    collect(w, e->left);
    if (e->kind != SQL_E_CASE) {
        collect(w, e->right);
    }
    collect_all(w, e->items, e->n);
    if (e->kind == SQL_E_CASE) {
        collect(w, e->right);
    }
    if (e->kind == SQL_E_OVER) {
        const struct sql_window *window = e->data;
        collect_all(w, window->partition, window->npartition);
        collect_all(w, window->order, window->norder);
    }
}

static void collect(struct walk *w, const struct sql_expr *e)
{
    if (!e || w->depth > MAX_DEPTH || ++w->nodes > MAX_NODES) {
        return;
    }
    switch (e->kind) {
    case SQL_E_COLUMN:
    case SQL_E_TABLE_VALUED:
        if (e->from) {
            *vec_push(w->arena, w->out) = e->from;
        }
        return;
    case SQL_E_TEXT:
    case SQL_E_SCALAR_SELECT:
    case SQL_E_LABEL_REFERENCE:
    case SQL_E_FUNCTION_COLUMN:
    case SQL_E_SELECT:
    case SQL_E_COMPOUND:
    case SQL_E_SELECT_GROUPING:
    case SQL_E_TEXT_SELECT:
        return;
    default:
        break;
    }
    if (!sql_op_is(e->op, SQL_OP_EXISTS)) {
        w->depth++;
        collect_parts(w, e);
        w->depth--;
    }
}

void sql_froms_of(struct arena *a, const struct sql_expr *e, sql_froms_t *out)
{
    struct walk w = {a, out, 0, 0};
    collect(&w, e);
}
