/* Names of the expression language, by module. */
#include "engine/alembic/vocabulary/sa_expr.h"

#define FUNCTION(name, fn)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_FUNCTION, fn, NULL, NULL                                                                \
    }
#define TYPE(name, type)                                                                                     \
    {                                                                                                        \
        name, PY_DEF_TYPE, NULL, &type, NULL                                                                 \
    }
#define VALUE(name, fn)                                                                                      \
    {                                                                                                        \
        name, PY_DEF_VALUE, fn, NULL, NULL                                                                   \
    }
#define REFUSED(name, why)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_REFUSED, NULL, NULL, why                                                                \
    }
#define MODULE(name, full)                                                                                   \
    {                                                                                                        \
        name, PY_DEF_MODULE, NULL, NULL, full                                                                \
    }

#define STYLE(fn, style)                                                                                     \
    static pyv fn(struct py *py, pyv self, const struct py_args *args)                                       \
    {                                                                                                        \
        (void)self;                                                                                          \
        (void)args;                                                                                          \
        return py_int_new(py, style);                                                                        \
    }
STYLE(style_none, SQL_LABELS_NONE)
STYLE(style_table, SQL_LABELS_TABLE)
STYLE(style_distinct, SQL_LABELS_DISTINCT)

const struct py_def sa_expr_defs[] = {
    MODULE("sql", "sqlalchemy.sql"),
    FUNCTION("text", sa_text),
    FUNCTION("column", sa_column),
    FUNCTION("table", sa_table),
    FUNCTION("literal", sa_literal),
    FUNCTION("literal_column", sa_literal_column),
    FUNCTION("bindparam", sa_bindparam),
    FUNCTION("null", sa_null),
    FUNCTION("true", sa_true),
    FUNCTION("false", sa_false),
    FUNCTION("and_", sa_and),
    FUNCTION("or_", sa_or),
    FUNCTION("not_", sa_not),
    FUNCTION("case", sa_case),
    FUNCTION("cast", sa_cast),
    FUNCTION("type_coerce", sa_type_coerce),
    FUNCTION("extract", sa_extract),
    FUNCTION("tuple_", sa_tuple),
    FUNCTION("label", sa_label),
    FUNCTION("between", sa_between),
    FUNCTION("collate", sa_collate),
    FUNCTION("distinct", sa_distinct),
    FUNCTION("desc", sa_desc),
    FUNCTION("asc", sa_asc),
    FUNCTION("nulls_first", sa_nulls_first),
    FUNCTION("nullsfirst", sa_nulls_first),
    FUNCTION("nulls_last", sa_nulls_last),
    FUNCTION("nullslast", sa_nulls_last),
    FUNCTION("any_", sa_any),
    FUNCTION("all_", sa_all),
    FUNCTION("over", sa_over),
    FUNCTION("within_group", sa_within_group),
    FUNCTION("funcfilter", sa_funcfilter),
    FUNCTION("bitwise_not", sa_bitwise_not),
    FUNCTION("select", sa_select),
    FUNCTION("exists", sa_exists),
    FUNCTION("union", sa_union),
    FUNCTION("union_all", sa_union_all),
    FUNCTION("except_", sa_except),
    FUNCTION("except_all", sa_except_all),
    FUNCTION("intersect", sa_intersect),
    FUNCTION("intersect_all", sa_intersect_all),
    FUNCTION("insert", sa_insert),
    FUNCTION("update", sa_update),
    FUNCTION("delete", sa_delete),
    FUNCTION("alias", sa_alias),
    FUNCTION("join", sa_join),
    FUNCTION("outerjoin", sa_outerjoin),
    FUNCTION("values", sa_values),
    VALUE("func", sa_func_object),
    VALUE("LABEL_STYLE_NONE", style_none),
    VALUE("LABEL_STYLE_TABLENAME_PLUS_COL", style_table),
    VALUE("LABEL_STYLE_DISAMBIGUATE_ONLY", style_distinct),
    VALUE("LABEL_STYLE_DEFAULT", style_distinct),
    TYPE("ClauseElement", py_type_clause),
    TYPE("ColumnElement", py_type_expr),
    TYPE("ColumnClause", expr_type_column_clause),
    TYPE("TextClause", expr_type_text),
    TYPE("BindParameter", expr_type_bind),
    TYPE("BinaryExpression", expr_type_binary),
    TYPE("UnaryExpression", expr_type_unary),
    TYPE("BooleanClauseList", expr_type_clause_list),
    TYPE("Label", expr_type_label),
    TYPE("Cast", expr_type_cast),
    TYPE("Case", expr_type_case),
    TYPE("Null", expr_type_null),
    TYPE("Function", expr_type_function),
    TYPE("ScalarSelect", expr_type_scalar_select),
    TYPE("FromClause", py_type_from),
    TYPE("TableClause", expr_type_table_clause),
    TYPE("Alias", expr_type_alias),
    TYPE("Subquery", expr_type_subquery),
    TYPE("CTE", expr_type_cte),
    TYPE("Join", expr_type_join),
    TYPE("Values", expr_type_values),
    TYPE("Executable", expr_type_executable),
    TYPE("SelectBase", expr_type_select_base),
    TYPE("Select", expr_type_select),
    TYPE("CompoundSelect", expr_type_compound),
    TYPE("TextualSelect", expr_type_text_select),
    TYPE("Insert", expr_type_insert),
    TYPE("Update", expr_type_update),
    TYPE("Delete", expr_type_delete),
    REFUSED("cte", "cte() as a function: use select().cte()"),
    REFUSED("lateral", "lateral() as a function: use select().lateral()"),
    REFUSED("subquery", "subquery() as a function: use select().subquery()"),
    REFUSED("tablesample", "tablesample()"),
    REFUSED("try_cast", "try_cast()"),
    REFUSED("lambda_stmt", "lambda_stmt()"),
    REFUSED("outparam", "outparam()"),
    REFUSED("custom_op", "custom_op()"),
    {0},
};

#define NAMED(name) VALUE(#name, sa_function_##name),
const struct py_def sa_expr_function_defs[] = {SA_FUNCTIONS(NAMED){0}};
#undef NAMED

const struct py_def sa_expr_postgresql_defs[] = {
    FUNCTION("insert", sa_pg_insert),
    FUNCTION("array", sa_pg_array),
    FUNCTION("array_agg", sa_pg_array_agg),
    FUNCTION("aggregate_order_by", sa_pg_aggregate_order_by),
    REFUSED("Any", "postgresql.Any()"),
    REFUSED("All", "postgresql.All()"),
    REFUSED("hstore", "postgresql.hstore()"),
    TYPE("Insert", expr_type_pg_insert),
    {0},
};
const struct py_def sa_expr_mysql_defs[] = {
    FUNCTION("insert", sa_mysql_insert),
    REFUSED("match", "mysql.match()"),
    TYPE("Insert", expr_type_mysql_insert),
    {0},
};
const struct py_def sa_expr_sqlite_defs[] = {
    FUNCTION("insert", sa_sqlite_insert),
    TYPE("Insert", expr_type_sqlite_insert),
    {0},
};

const struct py_def sa_bind_methods[] = {{0}};
