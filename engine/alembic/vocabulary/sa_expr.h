/*
 * SQLAlchemy's expression language in Python: what sa_expr*.c share. Python objects wrap the expressions and
 * froms of engine/ddl; methods make new ones.
 */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"
#include "engine/ddl/expr_statement.h"

/* --- types --- */
extern const struct py_type expr_type_text, expr_type_column_clause, expr_type_bind, expr_type_label,
    expr_type_function, expr_type_null, expr_type_true, expr_type_false, expr_type_binary, expr_type_unary,
    expr_type_clause_list, expr_type_case, expr_type_cast, expr_type_grouping, expr_type_over,
    expr_type_filter, expr_type_within_group, expr_type_scalar_select, expr_type_exists,
    expr_type_tuple_clause, expr_type_array_literal, expr_type_table_valued_column,
    expr_type_element /* the other expressions */;
extern const struct py_type expr_type_executable /* base of statements */, expr_type_select_base,
    expr_type_select, expr_type_compound, expr_type_text_select, expr_type_insert, expr_type_pg_insert,
    expr_type_mysql_insert, expr_type_sqlite_insert, expr_type_update, expr_type_delete;
extern const struct py_type expr_type_table_clause, expr_type_alias, expr_type_subquery, expr_type_cte,
    expr_type_join, expr_type_values, expr_type_table_valued_alias;

static inline struct arena *arena_of(struct py *py)
{
    return py_arena(py);
}
static inline const struct sql_expr *expr_in(pyv v)
{
    return ((struct py_expr *)(void *)v)->expr;
}
static inline const struct sql_from *from_in(pyv v)
{
    return ((struct py_from *)(void *)v)->from;
}
static inline bool is_expr(pyv v)
{
    return py_is(v, &py_type_expr);
}
static inline bool is_from(pyv v)
{
    return py_is(v, &py_type_from);
}
static inline bool expr_given(pyv v) /* neither missing nor None */
{
    return v && !py_is_none(v);
}

/* Wrap what a maker gave; NULL stays NULL. Counts what it takes against the memory limit. */
pyv expr_wrap(struct py *py, const struct sql_expr *e);
pyv expr_wrap_as(struct py *py, const struct py_type *type, const struct sql_expr *e);
pyv expr_from_wrap(struct py *py, const struct sql_from *f);

/* --- what Python gave, in the place where it stands (sa_expr_coerce.c). NULL and raised --- */
enum expr_role {
    EXPR_OPERAND,  /* a literal becomes a value */
    EXPR_WHERE,    /* WHERE, HAVING, and_(), or_() */
    EXPR_ON,       /* ON */
    EXPR_ORDER_BY, /* str: name of a label or column */
    EXPR_GROUP_BY,
    EXPR_BY,     /* DISTINCT ON, OVER, asc(), desc() */
    EXPR_OPTION, /* prefixes: str is text */
    EXPR_DDL,    /* str is text */
};
/* type: of a literal, NULL: its own. */
const struct sql_expr *expr_coerce(struct py *py, pyv v, enum expr_role role, const struct ddl_type *type);
/* As operand of `left op v`: a literal takes left's type. */
const struct sql_expr *expr_operand(struct py *py, pyv v, const struct sql_expr *left,
                                    const struct sql_operator *op, const struct ddl_type *type);
const struct sql_from *expr_join_target(struct py *py, pyv v); /* the same, of select().join() */
const struct sql_from *expr_from(struct py *py, pyv v);        /* a table, an alias, text(), a mapped class */
/* The from that v is, without raising; NULL: none. */
const struct sql_from *expr_as_from(struct py *py, pyv v);
const struct sql_from *expr_dml_table(struct py *py, pyv v);
int expr_entity(struct py *py, pyv v, struct sql_entity *out); /* in select(...) */
int expr_entities(struct py *py, pyv list, sql_entities_t *out);
int expr_list(struct py *py, pyv list, enum expr_role role, sql_exprs_t *out);
bool expr_is_literal(struct py *py, pyv v); /* no SQL expression of any kind */
/* v, or what its __clause_element__() gives (attributes of mapped classes). NULL and raised. */
pyv expr_element(struct py *py, pyv v);
/* None, True, False and null(), true(), false() as expressions; NULL: none of them. */
const struct sql_expr *expr_constant(struct py *py, pyv v);
/* An argument that is a str or None: NULL in *out for None. 0, or -1 and refused. */
int expr_str(struct py *py, pyv v, const char *what, const char **out);
int expr_flag(struct py *py, pyv v, bool *out); /* truth; a missing one is false */
/* The list that *args are, a generator or list given alone included where SQLAlchemy takes it. */
pyv expr_generator_args(struct py *py, pyv list);
/* Are there few enough columns to name? 0, or -1 and refused. */
int expr_check_columns(struct py *py, const struct sql_expr *select, const struct sql_from *from);
/* The list of arguments of a method that takes nothing but *args. NULL and raised. */
pyv expr_only_args(struct py *py, const char *name, const struct py_args *args);
bool expr_is_sequence(pyv v); /* a list or a tuple */
void *expr_argument_error(struct py *py, const char *role, pyv v);

/* --- parts with tables of methods of their own --- */
extern const struct py_def sa_operator_methods[]; /* of ColumnElement */
pyv sa_operator_binary(struct py *py, enum py_op op, pyv left, pyv right);
pyv sa_operator_compare(struct py *py, enum py_op op, pyv left, pyv right);
pyv sa_operator_unary(struct py *py, enum py_op op, pyv operand);
pyv sa_operator_getitem(struct py *py, pyv self, pyv key);
/* `left op v` with the type of the result, NULL for what follows from the operands. */
pyv sa_operate(struct py *py, const struct sql_expr *left, enum sql_op op, pyv v,
               const struct ddl_type *result, bool reverse);
pyv sa_compare(struct py *py, const struct sql_expr *left, enum sql_op op, pyv v,
               const struct sql_modifiers *modifiers);
/* Methods that only some types have (sa_expr_json.c); contains() and any() of those types. */
py_native sa_json_astext, sa_json_as_string, sa_json_as_integer, sa_json_as_float, sa_json_as_boolean,
    sa_json_as_numeric, sa_json_as_json, sa_jsonb_has_key, sa_jsonb_has_all, sa_jsonb_has_any,
    sa_typed_contained_by, sa_jsonb_path_exists, sa_jsonb_path_match, sa_jsonb_delete_path, sa_array_overlap,
    sa_array_any, sa_array_all;
/* contains() of JSONB and ARRAY: NULL without an exception when the expression is of another type. */
pyv sa_typed_contains(struct py *py, pyv self, const struct py_args *args);
pyv sa_json_getitem(struct py *py, pyv self, pyv key);
void *sa_no_attribute(struct py *py, pyv self, const char *name);
/* `.c`, made on demand. */
pyv sa_from_columns(struct py *py, pyv from);
/* column = v, or all of a dict, in place of what the column had before. 0, or -1 and raised. */
int sa_put_assignment(struct py *py, sql_assignments_t *list, pyv column, pyv v);
int sa_put_assignments(struct py *py, sql_assignments_t *list, pyv dict);
pyv sa_bool_operator(struct py *py, enum sql_op op, const struct py_args *args, const char *name);
py_native sa_text, sa_column, sa_table, sa_literal, sa_literal_column, sa_bindparam, sa_null, sa_true,
    sa_false, sa_and, sa_or, sa_not, sa_case, sa_cast, sa_type_coerce, sa_extract, sa_tuple, sa_label,
    sa_between, sa_collate, sa_distinct, sa_desc, sa_asc, sa_nulls_first, sa_nulls_last, sa_any, sa_all,
    sa_over, sa_within_group, sa_funcfilter, sa_bitwise_not;
py_native sa_select, sa_exists, sa_union, sa_union_all, sa_except, sa_except_all, sa_intersect,
    sa_intersect_all, sa_insert, sa_update, sa_delete, sa_pg_insert, sa_mysql_insert, sa_sqlite_insert;
py_native sa_alias, sa_join, sa_outerjoin, sa_values;
py_native sa_pg_array, sa_pg_aggregate_order_by, sa_pg_array_agg;
extern const struct py_def sa_function_methods[], sa_text_methods[], sa_select_methods[],
    sa_compound_methods[], sa_text_select_methods[], sa_insert_methods[], sa_pg_insert_methods[],
    sa_mysql_insert_methods[], sa_update_methods[], sa_delete_methods[], sa_from_methods[],
    sa_table_clause_methods[], sa_alias_methods[], sa_cte_methods[], sa_join_methods[], sa_values_methods[],
    sa_table_valued_methods[], sa_exists_methods[], sa_scalar_select_methods[], sa_bind_methods[],
    sa_over_methods[];
py_native sa_compile, sa_params, sa_select_subquery, sa_select_cte, sa_select_scalar, sa_select_exists,
    sa_select_lateral, sa_select_label, sa_select_select_from, sa_select_join, sa_select_outerjoin,
    sa_select_join_from, sa_select_correlate, sa_select_correlate_except;
/* Methods of columns that search in text (sa_expr_match.c), and IN (sa_expr_in.c). */
py_native sa_like, sa_not_like, sa_ilike, sa_not_ilike, sa_contains, sa_startswith, sa_endswith, sa_icontains,
    sa_istartswith, sa_iendswith, sa_regexp_match, sa_regexp_replace, sa_match, sa_in, sa_not_in;
pyv sa_func_object(struct py *py, pyv self, const struct py_args *args); /* sa.func */

/* Functions that modules give by name, besides func.<name>. */
#define SA_FUNCTIONS(X)                                                                                      \
    X(now)                                                                                                   \
    X(count)                                                                                                 \
    X(coalesce)                                                                                              \
    X(concat)                                                                                                \
    X(max)                                                                                                   \
    X(min)                                                                                                   \
    X(sum)                                                                                                   \
    X(char_length)                                                                                           \
    X(random)                                                                                                \
    X(current_timestamp)                                                                                     \
    X(current_date)                                                                                          \
    X(current_time)                                                                                          \
    X(current_user)                                                                                          \
    X(localtimestamp)                                                                                        \
    X(session_user)                                                                                          \
    X(sysdate)                                                                                               \
    X(user)                                                                                                  \
    X(array_agg)                                                                                             \
    X(rank)                                                                                                  \
    X(dense_rank)                                                                                            \
    X(percent_rank)                                                                                          \
    X(cume_dist)
#define SA_FUNCTION(name) py_native sa_function_##name;
SA_FUNCTIONS(SA_FUNCTION)
#undef SA_FUNCTION
