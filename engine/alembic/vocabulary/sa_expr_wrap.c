/* The classes of expressions and statements, and which an expression is wrapped in. */
#include "engine/alembic/vocabulary/sa_expr.h"
#include "engine/ddl/expr_text.h"
#include <string.h>

static pyv wrap(struct py *py, const struct py_type *type, const struct sql_expr *e)
{
    if (!e || !py_spend(py, 1, sizeof(*e) + e->n * sizeof(*e->items))) {
        return NULL;
    }
    struct py_expr *v = py_object_new(py, type, sizeof(*v));
    if (v) {
        /* Only Column changes its expression, and that has a wrapper of its own. */
        v->expr = (struct sql_expr *)(uintptr_t)e;
    }
    return (pyv)v;
}

static const struct py_type *type_of(const struct sql_expr *e)
{
    switch (e->kind) {
    case SQL_E_COLUMN:
    case SQL_E_LITERAL_COLUMN:
        return &expr_type_column_clause;
    case SQL_E_VALUE:
        return &expr_type_bind;
    case SQL_E_TEXT:
        return &expr_type_text;
    case SQL_E_NULL:
        return &expr_type_null;
    case SQL_E_TRUE:
        return &expr_type_true;
    case SQL_E_FALSE:
        return &expr_type_false;
    case SQL_E_FUNCTION:
        return &expr_type_function;
    case SQL_E_BINARY:
        return &expr_type_binary;
    case SQL_E_UNARY:
        return sql_op_is(e->op, SQL_OP_EXISTS) ? &expr_type_exists : &expr_type_unary;
    case SQL_E_LIST:
        return &expr_type_clause_list;
    case SQL_E_CASE:
        return &expr_type_case;
    case SQL_E_CAST:
        return &expr_type_cast;
    case SQL_E_LABEL:
        return &expr_type_label;
    case SQL_E_OVER:
        return &expr_type_over;
    case SQL_E_TABLE_VALUED:
        return &expr_type_table_valued_column;
    case SQL_E_FILTER:
        return &expr_type_filter;
    case SQL_E_WITHIN_GROUP:
        return &expr_type_within_group;
    case SQL_E_TUPLE:
        return &expr_type_tuple_clause;
    case SQL_E_GROUPING:
        return &expr_type_grouping;
    case SQL_E_ARRAY:
        return &expr_type_array_literal;
    case SQL_E_SCALAR_SELECT:
        return &expr_type_scalar_select;
    case SQL_E_SELECT:
        return &expr_type_select;
    case SQL_E_COMPOUND:
        return &expr_type_compound;
    case SQL_E_TEXT_SELECT:
        return &expr_type_text_select;
    case SQL_E_INSERT:
        return &expr_type_insert;
    case SQL_E_UPDATE:
        return &expr_type_update;
    case SQL_E_DELETE:
        return &expr_type_delete;
    default:
        return &expr_type_element;
    }
}

pyv expr_wrap(struct py *py, const struct sql_expr *e)
{
    return e ? wrap(py, type_of(e), e) : NULL;
}

pyv expr_wrap_as(struct py *py, const struct py_type *type, const struct sql_expr *e)
{
    return wrap(py, type, e);
}

pyv vocab_expr_wrap(struct py *py, struct sql_expr *e)
{
    return expr_wrap(py, e);
}

pyv expr_from_wrap(struct py *py, const struct sql_from *f)
{
    static const struct py_type *const types[] = {
        [SQL_FROM_TABLE] = &expr_type_table_clause,
        [SQL_FROM_ALIAS] = &expr_type_alias,
        [SQL_FROM_SUBQUERY] = &expr_type_subquery,
        [SQL_FROM_CTE] = &expr_type_cte,
        [SQL_FROM_JOIN] = &expr_type_join,
        [SQL_FROM_GROUPING] = &expr_type_join,
        [SQL_FROM_VALUES] = &expr_type_values,
        [SQL_FROM_TEXT] = &expr_type_alias,
        [SQL_FROM_FUNCTION] = &expr_type_table_valued_alias,
    };
    _Static_assert(sizeof(types) / sizeof(*types) == SQL_FROM_KIND_COUNT, "one type a kind");
    if (!f || !py_spend(py, 1, sizeof(*f) + f->ncolumns * sizeof(struct sql_expr))) {
        return NULL;
    }
    struct py_from *v = py_object_new(py, types[f->kind], sizeof(*v));
    if (v) {
        v->from = (struct sql_from *)(uintptr_t)f;
    }
    return (pyv)v;
}

pyv vocab_from_wrap(struct py *py, struct sql_from *f)
{
    return expr_from_wrap(py, f);
}

/* --- what all clauses do --- */

static int clause_truth(struct py *py, pyv self)
{
    const struct sql_expr *e = is_from(self) ? NULL : expr_in(self);
    if (e && e->kind == SQL_E_BINARY && (sql_op_is(e->op, SQL_OP_EQ) || sql_op_is(e->op, SQL_OP_NE))) {
        /* As keys of dicts: the same expression on both sides. */
        return (e->left == e->right) == sql_op_is(e->op, SQL_OP_EQ);
    }
    py_raise(py, "TypeError", "Boolean value of this clause is not defined");
    return -1;
}

static int clause_hash(struct py *py, pyv self, uint64_t *out)
{
    (void)py;
    const void *id = is_from(self) ? (const void *)from_in(self) : (const void *)expr_in(self);
    *out = (uint64_t)(uintptr_t)id * 0x9E3779B97F4A7C15ull;
    return 0;
}

/* str(): only what is the same for SQLAlchemy's default dialect. */
static int clause_str(struct py *py, pyv self, struct strbuf *out)
{
    const struct sql_expr *e = is_from(self) ? NULL : expr_in(self);
    size_t at = 0, start;
    struct slice name;
    if (is_from(self) && from_in(self)->kind == SQL_FROM_TABLE) {
        const struct sql_from *f = from_in(self);
        strbuf_addf(out, "%s%s%s", f->schema.text ? f->schema.text : "", f->schema.text ? "." : "",
                    f->name.text);
        return 0;
    }
    if (e && e->kind == SQL_E_TEXT && !sql_text_next(e->text, &at, false, &start, &name) &&
        !memmem(e->text.ptr, e->text.len, "\\:", 2)) {
        strbuf_add(out, e->text.ptr, e->text.len);
        return 0;
    }
    if (e && e->kind == SQL_E_COLUMN && e->name.text && (!e->from || e->from->name.text)) {
        if (e->from) {
            strbuf_addf(out, "%s.", e->from->name.text);
        }
        strbuf_adds(out, e->name.text);
        return 0;
    }
    if (e && e->kind == SQL_E_LITERAL_COLUMN) {
        strbuf_add(out, e->text.ptr, e->text.len);
        return 0;
    }
    py_refuse(py, "str() of %s", self->type->name);
    return -1;
}

static int clause_repr(struct py *py, pyv self, struct strbuf *out)
{
    const char *description = NULL;
    (void)py;
    if (is_from(self)) {
        description = from_in(self)->anon ? "anon_1" : from_in(self)->name.text;
    } else if (expr_in(self)->kind == SQL_E_COLUMN || expr_in(self)->kind == SQL_E_LITERAL_COLUMN ||
               expr_in(self)->kind == SQL_E_LABEL || expr_in(self)->kind == SQL_E_TABLE_VALUED) {
        description = expr_in(self)->name.text;
    }
    if (description) {
        strbuf_addf(out, "<%s.%s at 0x%zx; %s>", self->type->module, self->type->name,
                    (size_t)(uintptr_t)self, description);
        return 0;
    }
    strbuf_addf(out, "<%s.%s object at 0x%zx>", self->type->module, self->type->name,
                (size_t)(uintptr_t)self);
    return 0;
}

static pyv self_group(struct py *py, pyv self, const struct py_args *args)
{
    (void)args;
    const struct sql_expr *e = expr_in(self);
    const struct sql_expr *g = sql_self_group(arena_of(py), e, NULL);
    return g == e ? self : expr_wrap(py, g);
}

static pyv same_self(struct py *py, pyv self, const struct py_args *args)
{
    (void)py;
    (void)args;
    return self;
}

static pyv identity(struct py *py, enum py_op op, pyv left, pyv right)
{
    (void)py;
    if (op != PY_OP_EQ && op != PY_OP_NE) {
        return &py_not_implemented;
    }
    return py_bool((left == right) == (op == PY_OP_EQ));
}

static const struct py_def clause_defs[] = {
    {"self_group", PY_DEF_METHOD, self_group, NULL, NULL},
    {"compile", PY_DEF_METHOD, sa_compile, NULL, NULL},
    {"execution_options", PY_DEF_METHOD, same_self, NULL, NULL},
    {"params", PY_DEF_METHOD, sa_params, NULL, NULL},
    {"unique_params", PY_DEF_METHOD, sa_params, NULL, NULL},
    {0},
};

const struct py_type py_type_clause = {
    PY_TYPE_HEAD,        .name = "ClauseElement", .module = "sqlalchemy.sql.elements",
    .defs = clause_defs, .truth = clause_truth,   .hash = clause_hash,
    .str = clause_str,   .repr = clause_repr};
const struct py_type py_type_expr = {PY_TYPE_HEAD,
                                     .name = "ColumnElement",
                                     .module = "sqlalchemy.sql.elements",
                                     .base = &py_type_clause,
                                     .defs = sa_operator_methods,
                                     .binary = sa_operator_binary,
                                     .compare = sa_operator_compare,
                                     .unary = sa_operator_unary,
                                     .getitem = sa_operator_getitem};
const struct py_type py_type_from = {PY_TYPE_HEAD,
                                     .name = "FromClause",
                                     .module = "sqlalchemy.sql.selectable",
                                     .base = &py_type_clause,
                                     .defs = sa_from_methods,
                                     .compare = identity};

#define ELEMENT(symbol, title, ...)                                                                          \
    const struct py_type symbol = {PY_TYPE_HEAD, .name = title, .module = "sqlalchemy.sql.elements",         \
                                   .base = &py_type_expr __VA_OPT__(, ) __VA_ARGS__}
ELEMENT(expr_type_column_clause, "ColumnClause");
ELEMENT(expr_type_bind, "BindParameter", .defs = sa_bind_methods);
ELEMENT(expr_type_label, "Label");
ELEMENT(expr_type_null, "Null");
ELEMENT(expr_type_true, "True_");
ELEMENT(expr_type_false, "False_");
ELEMENT(expr_type_binary, "BinaryExpression");
ELEMENT(expr_type_unary, "UnaryExpression");
ELEMENT(expr_type_clause_list, "BooleanClauseList");
ELEMENT(expr_type_case, "Case");
ELEMENT(expr_type_cast, "Cast");
ELEMENT(expr_type_grouping, "Grouping");
ELEMENT(expr_type_over, "Over", .defs = sa_over_methods);
ELEMENT(expr_type_table_valued_column, "TableValuedColumn");
ELEMENT(expr_type_filter, "FunctionFilter", .defs = sa_over_methods);
ELEMENT(expr_type_within_group, "WithinGroup", .defs = sa_over_methods);
ELEMENT(expr_type_tuple_clause, "Tuple");
ELEMENT(expr_type_array_literal, "array");
ELEMENT(expr_type_element, "ColumnElement");
ELEMENT(expr_type_scalar_select, "ScalarSelect", .defs = sa_scalar_select_methods);
ELEMENT(expr_type_exists, "Exists", .defs = sa_exists_methods);
const struct py_type expr_type_function = {PY_TYPE_HEAD, .name = "Function",
                                           .module = "sqlalchemy.sql.functions", .base = &py_type_expr,
                                           .defs = sa_function_methods};

/* text() has no operators but &, and is no column. */
static pyv text_binary(struct py *py, enum py_op op, pyv left, pyv right)
{
    if (op != PY_OP_BITAND || !py_is(left, &expr_type_text)) {
        return &py_not_implemented;
    }
    pyv both[2] = {left, right};
    return sa_and(py, NULL, &(struct py_args){.pos = both, .npos = 2});
}

const struct py_type expr_type_text = {PY_TYPE_HEAD,
                                       .name = "TextClause",
                                       .module = "sqlalchemy.sql.elements",
                                       .base = &py_type_clause,
                                       .defs = sa_text_methods,
                                       .binary = text_binary,
                                       .compare = identity};

#define STATEMENT(symbol, title, place, parent, table)                                                       \
    const struct py_type symbol = {PY_TYPE_HEAD,    .name = title, .module = place,                          \
                                   .base = &parent, .defs = table, .compare = identity}
static const struct py_def no_defs[] = {{0}};
STATEMENT(expr_type_executable, "Executable", "sqlalchemy.sql.base", py_type_clause, no_defs);
STATEMENT(expr_type_select_base, "SelectBase", "sqlalchemy.sql.selectable", expr_type_executable, no_defs);
STATEMENT(expr_type_select, "Select", "sqlalchemy.sql.selectable", expr_type_select_base, sa_select_methods);
STATEMENT(expr_type_compound, "CompoundSelect", "sqlalchemy.sql.selectable", expr_type_select_base,
          sa_compound_methods);
STATEMENT(expr_type_text_select, "TextualSelect", "sqlalchemy.sql.selectable", expr_type_select_base,
          sa_text_select_methods);
STATEMENT(expr_type_insert, "Insert", "sqlalchemy.sql.dml", expr_type_executable, sa_insert_methods);
STATEMENT(expr_type_pg_insert, "Insert", "sqlalchemy.dialects.postgresql.dml", expr_type_insert,
          sa_pg_insert_methods);
STATEMENT(expr_type_mysql_insert, "Insert", "sqlalchemy.dialects.mysql.dml", expr_type_insert,
          sa_mysql_insert_methods);
STATEMENT(expr_type_sqlite_insert, "Insert", "sqlalchemy.dialects.sqlite.dml", expr_type_insert,
          sa_pg_insert_methods);
STATEMENT(expr_type_update, "Update", "sqlalchemy.sql.dml", expr_type_executable, sa_update_methods);
STATEMENT(expr_type_delete, "Delete", "sqlalchemy.sql.dml", expr_type_executable, sa_delete_methods);

#define FROM(symbol, title, parent, table)                                                                   \
    const struct py_type symbol = {PY_TYPE_HEAD,    .name = title, .module = "sqlalchemy.sql.selectable",    \
                                   .base = &parent, .defs = table, .compare = identity}
FROM(expr_type_table_clause, "TableClause", py_type_from, sa_table_clause_methods);
FROM(expr_type_alias, "Alias", py_type_from, sa_alias_methods);
FROM(expr_type_subquery, "Subquery", py_type_from, sa_alias_methods);
FROM(expr_type_cte, "CTE", py_type_from, sa_cte_methods);
FROM(expr_type_join, "Join", py_type_from, sa_join_methods);
FROM(expr_type_values, "Values", py_type_from, sa_values_methods);
FROM(expr_type_table_valued_alias, "TableValuedAlias", py_type_from, sa_table_valued_methods);
