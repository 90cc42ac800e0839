/* select() and its compounds, exists(), scalar subqueries. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include <string.h>

static struct sql_expr *changed(struct py *py, pyv self, struct sql_select **s)
{
    return sql_select_of(arena_of(py), expr_in(self), s);
}

static int append(struct py *py, sql_exprs_t *list, pyv args, enum expr_role role)
{
    list->cap = list->n; /* the statement that this one was copied from keeps its own */
    return expr_list(py, args, role, list);
}

pyv sa_select(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg none[] = {{0}};
    pyv v[1], rest = NULL, kw = NULL;
    struct sql_select *s;
    struct sql_expr *e = sql_select_new(arena_of(py), &s);
    (void)self;
    if (py_bind(py, "select", args, none, v, &rest, &kw)) {
        return NULL;
    }
    if (py_dict_len(kw)) {
        return py_refuse(py, "select() with keywords of SQLAlchemy 1.3");
    }
    return expr_entities(py, rest, &s->columns) ? NULL : expr_wrap(py, e);
}

/* --- clauses --- */

static pyv m_where(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, "Select.where", args);
    struct sql_expr *e = changed(py, self, &s);
    return !rest || append(py, &s->where, rest, EXPR_WHERE) ? NULL : expr_wrap(py, e);
}

static pyv m_having(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, "Select.having", args);
    struct sql_expr *e = changed(py, self, &s);
    return !rest || append(py, &s->having, rest, EXPR_WHERE) ? NULL : expr_wrap(py, e);
}

/* order_by(None) starts anew. */
static pyv sorted(struct py *py, pyv self, const struct py_args *args, bool group)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, group ? "Select.group_by" : "Select.order_by", args);
    struct sql_expr *e = changed(py, self, &s);
    if (!rest) {
        return NULL;
    }
    sql_exprs_t *list = group ? &s->group_by : &s->order_by;
    const struct py_list *l = (const void *)rest;
    if (l->n == 1 && py_is_none(l->items[0])) {
        *list = (sql_exprs_t){0};
        return expr_wrap(py, e);
    }
    return append(py, list, rest, group ? EXPR_GROUP_BY : EXPR_ORDER_BY) ? NULL : expr_wrap(py, e);
}

static pyv m_order_by(struct py *py, pyv self, const struct py_args *args)
{
    return sorted(py, self, args, false);
}
static pyv m_group_by(struct py *py, pyv self, const struct py_args *args)
{
    return sorted(py, self, args, true);
}

static pyv m_distinct(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, "Select.distinct", args);
    struct sql_expr *e = changed(py, self, &s);
    s->distinct = true;
    return !rest || append(py, &s->distinct_on, rest, EXPR_BY) ? NULL : expr_wrap(py, e);
}

/* A number for LIMIT and OFFSET. */
static int number(struct py *py, pyv v, const struct sql_expr **out)
{
    int64_t n;
    *out = NULL;
    if (!expr_given(v)) {
        return 0;
    }
    if (is_expr(v)) {
        *out = expr_in(v);
        return 0;
    }
    if (!py_as_int(v, &n)) {
        py_refuse(py, "limit() or offset() with something that is no number");
        return -1;
    }
    struct sql_expr *e =
        sql_value(arena_of(py), (struct sql_value){.kind = SQL_VALUE_INT, .integer = n}, NULL);
    e->flags = SQL_X_UNIQUE | SQL_X_LIMIT;
    *out = e;
    return 0;
}

static pyv limited(struct py *py, pyv self, const struct py_args *args, bool offset)
{
    const struct py_arg table[] = {{offset ? "offset" : "limit", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    struct sql_select *s;
    if (py_bind(py, offset ? "Select.offset" : "Select.limit", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    if (number(py, v[0], offset ? &s->offset : &s->limit)) {
        return NULL;
    }
    if (!offset) {
        s->fetch = NULL;
    }
    return expr_wrap(py, e);
}

static pyv m_limit(struct py *py, pyv self, const struct py_args *args)
{
    return limited(py, self, args, false);
}
static pyv m_offset(struct py *py, pyv self, const struct py_args *args)
{
    return limited(py, self, args, true);
}

static pyv m_fetch(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"count", PY_ARG_REQUIRED}, {"with_ties", 0}, {"percent", 0}, {0}};
    pyv v[4] = {NULL};
    struct sql_select *s;
    if (py_bind(py, "Select.fetch", args, table, v, NULL, NULL)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    s->limit = NULL;
    if (number(py, v[0], &s->fetch) || expr_flag(py, v[1], &s->fetch_ties) ||
        expr_flag(py, v[2], &s->fetch_percent)) {
        return NULL;
    }
    return expr_wrap(py, e);
}

static pyv m_with_for_update(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"nowait", PY_ARG_KEYWORD},    {"read", PY_ARG_KEYWORD},
                                          {"of", PY_ARG_KEYWORD},        {"skip_locked", PY_ARG_KEYWORD},
                                          {"key_share", PY_ARG_KEYWORD}, {0}};
    pyv v[6] = {NULL};
    struct sql_select *s;
    struct sql_for_update *u = arena_alloc(arena_of(py), sizeof(*u));
    if (py_bind(py, "Select.with_for_update", args, table, v, NULL, NULL) ||
        expr_flag(py, v[0], &u->nowait) || expr_flag(py, v[1], &u->read) ||
        expr_flag(py, v[3], &u->skip_locked) || expr_flag(py, v[4], &u->key_share)) {
        return NULL;
    }
    if (expr_given(v[2])) {
        pyv list = py_is(v[2], &py_type_list) || py_is(v[2], &py_type_tuple) ? v[2] : py_list_new(py);
        if (!list || (list != v[2] && py_list_append(py, list, v[2])) || expr_entities(py, list, &u->of)) {
            return NULL;
        }
    }
    struct sql_expr *e = changed(py, self, &s);
    s->for_update = u;
    return expr_wrap(py, e);
}

/* --- columns --- */

static pyv m_add_columns(struct py *py, pyv self, const struct py_args *args)
{
    struct sql_select *s;
    pyv rest = expr_only_args(py, "Select.add_columns", args);
    struct sql_expr *e = changed(py, self, &s);
    s->columns.cap = s->columns.n;
    return !rest || expr_entities(py, rest, &s->columns) ? NULL : expr_wrap(py, e);
}

static pyv m_with_only_columns(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"maintain_column_froms", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    struct sql_select *s;
    bool maintain;
    if (py_bind(py, "Select.with_only_columns", args, table, v, &rest, NULL) ||
        expr_flag(py, v[0], &maintain)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    if (maintain || s->joins.n) {
        return py_refuse(py, "with_only_columns() of a select() with joins");
    }
    const struct py_list *l = (const void *)rest;
    if (l->n == 1 && py_is(l->items[0], &py_type_list)) {
        return py_raise(
            py, "sqlalchemy.exc.ArgumentError",
            "The \"entities\" argument to Select.with_only_columns(), when referring to a sequence of "
            "items, is now passed as a series of positional elements, rather than as a list. ");
    }
    s->columns = (sql_entities_t){0};
    return expr_entities(py, rest, &s->columns) ? NULL : expr_wrap(py, e);
}

static pyv affixed(struct py *py, pyv self, const struct py_args *args, bool suffix)
{
    static const struct py_arg table[] = {{"dialect", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    sql_exprs_t list = {0};
    const char *dialect;
    struct sql_select *s;
    if (py_bind(py, suffix ? "suffix_with" : "prefix_with", args, table, v, &rest, NULL) ||
        expr_list(py, rest, EXPR_OPTION, &list) || expr_str(py, v[0], "a dialect", &dialect)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    sql_prefixes_t *to = suffix ? &s->suffixes : &s->prefixes;
    to->cap = to->n;
    for (size_t i = 0; i < list.n; i++) {
        *vec_push(arena_of(py), to) =
            (struct sql_prefix){list.items[i], dialect && strcmp(dialect, "*") != 0 ? dialect : NULL};
    }
    return expr_wrap(py, e);
}

static pyv m_prefix_with(struct py *py, pyv self, const struct py_args *args)
{
    return affixed(py, self, args, false);
}
static pyv m_suffix_with(struct py *py, pyv self, const struct py_args *args)
{
    return affixed(py, self, args, true);
}

static pyv m_with_hint(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"selectable", PY_ARG_REQUIRED}, {"text", PY_ARG_REQUIRED}, {"dialect_name", 0}, {0}};
    pyv v[4] = {NULL};
    struct sql_hint h = {0};
    struct sql_select *s;
    if (py_bind(py, "Select.with_hint", args, table, v, NULL, NULL) || !(h.from = expr_from(py, v[0])) ||
        expr_str(py, v[1], "a hint", &h.text) || expr_str(py, v[2], "a dialect", &h.dialect)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    s->hints.cap = s->hints.n;
    *vec_push(arena_of(py), &s->hints) = h;
    return h.text ? expr_wrap(py, e) : py_refuse(py, "with_hint() without a text");
}

static pyv m_with_statement_hint(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"text", PY_ARG_REQUIRED}, {"dialect_name", 0}, {0}};
    pyv v[3] = {NULL};
    struct sql_hint h = {0};
    struct sql_select *s;
    if (py_bind(py, "Select.with_statement_hint", args, table, v, NULL, NULL) ||
        expr_str(py, v[0], "a hint", &h.text) || expr_str(py, v[1], "a dialect", &h.dialect)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    s->hints.cap = s->hints.n;
    *vec_push(arena_of(py), &s->hints) = h;
    return h.text ? expr_wrap(py, e) : py_refuse(py, "with_statement_hint() without a text");
}

static pyv m_set_label_style(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"style", PY_ARG_REQUIRED}, {0}};
    pyv v[2] = {NULL};
    int64_t style;
    if (py_bind(py, "set_label_style", args, table, v, NULL, NULL)) {
        return NULL;
    }
    if (!py_as_int(v[0], &style) || style < SQL_LABELS_NONE || style > SQL_LABELS_DISTINCT) {
        return py_refuse(py, "set_label_style() with such a style");
    }
    return expr_wrap(py, sql_select_with_labels(arena_of(py), expr_in(self), (enum sql_label_style)style));
}

static pyv m_add_cte(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"nest_here", PY_ARG_KEYWORD}, {0}};
    pyv v[2] = {NULL}, rest = NULL;
    struct sql_select *s;
    bool nest;
    if (py_bind(py, "add_cte", args, table, v, &rest, NULL) || expr_flag(py, v[0], &nest)) {
        return NULL;
    }
    struct sql_expr *e = changed(py, self, &s);
    const struct py_list *l = (const void *)rest;
    s->ctes.cap = s->ctes.n;
    for (size_t i = 0; i < l->n; i++) {
        if (!py_is(l->items[i], &expr_type_cte)) {
            return expr_argument_error(py, "CTE object", l->items[i]);
        }
        *vec_push(arena_of(py), &s->ctes) = (struct sql_with){from_in(l->items[i]), nest};
    }
    return expr_wrap(py, e);
}

/* --- compounds --- */

static pyv compound(struct py *py, pyv self, const struct py_args *args, const char *keyword,
                    const char *name)
{
    pyv rest = expr_only_args(py, name, args);
    struct arena *a = arena_of(py);
    struct sql_select *s;
    struct sql_expr *e = sql_select_new(a, &s);
    if (!rest) {
        return NULL;
    }
    e->kind = SQL_E_COMPOUND;
    s->keyword = keyword;
    if (self) {
        *vec_push(a, &s->selects) = sql_select_member(a, expr_in(self));
    }
    const struct py_list *l = (const void *)rest;
    for (size_t i = 0; i < l->n; i++) {
        if (!py_is(l->items[i], &expr_type_select_base)) {
            const char *advice =
                !is_from(l->items[i]) ? ""
                : py_is(l->items[i], &expr_type_subquery)
                    ? " Use the plain select() object without calling .subquery() or .alias()."
                    : " To SELECT from any FROM clause, use the .select() method.";
            return py_raise(
                py, "sqlalchemy.exc.ArgumentError",
                "SELECT construct for inclusion in a UNION or other set construct expected, got %s.%s",
                py_repr_of(py, l->items[i]), advice);
        }
        const struct sql_expr *member = expr_in(l->items[i]);
        *vec_push(a, &s->selects) = sql_select_member(a, member);
    }
    return expr_wrap(py, e);
}

#define COMPOUND(function, keyword, name)                                                                    \
    pyv function(struct py *py, pyv self, const struct py_args *args)                                        \
    {                                                                                                        \
        return compound(py, self, args, keyword, name);                                                      \
    }
COMPOUND(sa_union, "UNION", "union")
COMPOUND(sa_union_all, "UNION ALL", "union_all")
COMPOUND(sa_except, "EXCEPT", "except_")
COMPOUND(sa_except_all, "EXCEPT ALL", "except_all")
COMPOUND(sa_intersect, "INTERSECT", "intersect")
COMPOUND(sa_intersect_all, "INTERSECT ALL", "intersect_all")

#define METHOD(name, fn)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_METHOD, fn, NULL, NULL                                                                  \
    }
#define COMMON                                                                                               \
    METHOD("order_by", m_order_by), METHOD("group_by", m_group_by), METHOD("limit", m_limit),                \
        METHOD("offset", m_offset), METHOD("fetch", m_fetch), METHOD("with_for_update", m_with_for_update),  \
        METHOD("subquery", sa_select_subquery), METHOD("alias", sa_select_subquery),                         \
        METHOD("cte", sa_select_cte), METHOD("lateral", sa_select_lateral),                                  \
        METHOD("scalar_subquery", sa_select_scalar), METHOD("as_scalar", sa_select_scalar),                  \
        METHOD("label", sa_select_label), METHOD("exists", sa_select_exists),                                \
        METHOD("set_label_style", m_set_label_style), METHOD("add_cte", m_add_cte)

const struct py_def sa_select_methods[] = {
    METHOD("where", m_where),
    METHOD("filter", m_where),
    METHOD("having", m_having),
    METHOD("distinct", m_distinct),
    METHOD("select_from", sa_select_select_from),
    METHOD("join", sa_select_join),
    METHOD("outerjoin", sa_select_outerjoin),
    METHOD("join_from", sa_select_join_from),
    METHOD("correlate", sa_select_correlate),
    METHOD("correlate_except", sa_select_correlate_except),
    METHOD("add_columns", m_add_columns),
    METHOD("with_only_columns", m_with_only_columns),
    METHOD("prefix_with", m_prefix_with),
    METHOD("suffix_with", m_suffix_with),
    METHOD("with_hint", m_with_hint),
    METHOD("with_statement_hint", m_with_statement_hint),
    METHOD("union", sa_union),
    METHOD("union_all", sa_union_all),
    METHOD("except_", sa_except),
    METHOD("except_all", sa_except_all),
    METHOD("intersect", sa_intersect),
    METHOD("intersect_all", sa_intersect_all),
    COMMON,
    {0},
};
const struct py_def sa_compound_methods[] = {COMMON, {0}};
