/* Statements: copies that may be changed, and what a statement selects. */
#include "engine/ddl/expr_statement.h"

struct sql_expr *sql_select_new(struct arena *a, struct sql_select **select)
{
    struct sql_expr *e = sql_make(a, SQL_E_SELECT, NULL);
    struct sql_select *s = arena_alloc(a, sizeof(*s));
    s->labels = SQL_LABELS_DISTINCT;
    e->data = s;
    *select = s;
    return e;
}

struct sql_expr *sql_select_of(struct arena *a, const struct sql_expr *e, struct sql_select **select)
{
    struct sql_expr *copy = sql_copy(a, e);
    struct sql_select *s = arena_alloc(a, sizeof(*s));
    *s = *(const struct sql_select *)e->data;
    copy->data = s;
    *select = s;
    return copy;
}

struct sql_expr *sql_dml_new(struct arena *a, enum sql_expr_kind kind, const struct sql_from *table,
                             struct sql_dml **dml)
{
    struct sql_expr *e = sql_make(a, kind, NULL);
    struct sql_dml *d = arena_alloc(a, sizeof(*d));
    d->table = table;
    d->limit = d->mariadb_limit = -1;
    d->select_defaults = true;
    e->data = d;
    *dml = d;
    return e;
}

struct sql_expr *sql_dml_of(struct arena *a, const struct sql_expr *e, struct sql_dml **dml)
{
    struct sql_expr *copy = sql_copy(a, e);
    struct sql_dml *d = arena_alloc(a, sizeof(*d));
    *d = *(const struct sql_dml *)e->data;
    copy->data = d;
    *dml = d;
    return copy;
}

const struct sql_expr *sql_select_with_labels(struct arena *a, const struct sql_expr *e,
                                              enum sql_label_style s)
{
    if (e->kind == SQL_E_SELECT_GROUPING) {
        const struct sql_expr *inner = sql_select_with_labels(a, e->left, s);
        if (inner == e->left) {
            return e;
        }
        struct sql_expr *g = sql_copy(a, e);
        g->left = inner;
        return g;
    }
    if (e->kind != SQL_E_SELECT && e->kind != SQL_E_COMPOUND) {
        return e;
    }
    if (((const struct sql_select *)e->data)->labels == s) {
        return e;
    }
    struct sql_select *select;
    struct sql_expr *copy = sql_select_of(a, e, &select);
    if (e->kind == SQL_E_SELECT) {
        select->labels = s;
    } else if (select->selects.n > 0) {
        /* A compound is named by its first member, and keeps its own style. */
        const struct sql_expr **members = arena_array(a, select->selects.n, sizeof(*members));
        for (size_t i = 0; i < select->selects.n; i++) {
            members[i] = select->selects.items[i];
        }
        members[0] = sql_select_with_labels(a, members[0], s);
        select->selects.items = members;
        select->selects.cap = select->selects.n;
    }
    return copy;
}

struct sql_expr *sql_scalar_select(struct arena *a, const struct sql_expr *select)
{
    struct sql_expr *e = sql_make(a, SQL_E_SCALAR_SELECT, sql_scalar_type(a, select));
    e->left = sql_select_with_labels(a, select, SQL_LABELS_NONE);
    return e;
}

const struct sql_expr *sql_select_member(struct arena *a, const struct sql_expr *e)
{
    if (e->kind == SQL_E_SELECT) {
        const struct sql_select *s = e->data;
        if (!s->limit && !s->offset && !s->fetch && s->order_by.n == 0) {
            return e;
        }
    }
    return sql_self_group(a, e, NULL);
}

static void add_column(struct arena *a, const struct sql_expr *c, sql_exprs_t *out)
{
    if (!(c->flags & SQL_X_OMITTED)) {
        *vec_push(a, out) = c;
    }
}

static void add_from(struct arena *a, const struct sql_from *f, sql_exprs_t *out, int depth)
{
    if (depth > 100) {
        return;
    }
    if (f->kind == SQL_FROM_JOIN) {
        add_from(a, f->element, out, depth + 1);
        add_from(a, f->right, out, depth + 1);
        return;
    }
    if (f->kind == SQL_FROM_GROUPING) {
        add_from(a, f->element, out, depth + 1);
        return;
    }
    for (size_t i = 0; i < f->ncolumns; i++) {
        add_column(a, f->columns[i], out);
    }
}

void sql_from_columns(struct arena *a, const struct sql_from *f, sql_exprs_t *out)
{
    add_from(a, f, out, 0);
}

void sql_entities_columns(struct arena *a, const sql_entities_t *entities, sql_exprs_t *out)
{
    const struct sql_entity *e;
    vec_each (e, entities) {
        if (e->from) {
            add_from(a, e->from, out, 0);
        } else if (e->expr->kind == SQL_E_LIST && sql_op_is(e->expr->op, SQL_OP_COMMA)) {
            for (size_t i = 0; i < e->expr->n; i++) {
                add_column(a, e->expr->items[i], out);
            }
        } else {
            *vec_push(a, out) = e->expr;
        }
    }
}

void sql_selected(struct arena *a, const struct sql_expr *statement, sql_exprs_t *out)
{
    while (statement->kind == SQL_E_SELECT_GROUPING || statement->kind == SQL_E_COMPOUND) {
        if (statement->kind == SQL_E_SELECT_GROUPING) {
            statement = statement->left;
            continue;
        }
        const struct sql_select *s = statement->data;
        if (s->selects.n == 0) {
            return;
        }
        statement = s->selects.items[0];
    }
    switch (statement->kind) {
    case SQL_E_SELECT:
        sql_entities_columns(a, &((const struct sql_select *)statement->data)->columns, out);
        break;
    case SQL_E_INSERT:
    case SQL_E_UPDATE:
    case SQL_E_DELETE:
        sql_entities_columns(a, &((const struct sql_dml *)statement->data)->returning, out);
        break;
    default:
        for (size_t i = 0; i < statement->n; i++) {
            *vec_push(a, out) = statement->items[i];
        }
    }
}

const struct ddl_type *sql_scalar_type(struct arena *a, const struct sql_expr *statement)
{
    sql_exprs_t columns = {0};
    sql_selected(a, statement, &columns);
    return columns.n ? columns.items[0]->type : ddl_type_null();
}
