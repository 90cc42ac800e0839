/*
 * The SQL expression language: columns, literals, functions, operators, SELECT, INSERT, UPDATE, DELETE, and
 * text with :names, rendered per dialect as SQLAlchemy 2.0 compiles them with literal_binds.
 *
 * Expressions are immutable once made, so that they may be shared; they live in an arena.
 */
#pragma once
#include "engine/ddl/type.h"

struct sql_from;
struct sql_select;
struct sql_insert;
struct sql_update;
struct sql_delete; /* expr.c's own, see expr_statement.h */

enum sql_expr_kind {
    SQL_E_COLUMN,         /* name, from (NULL: bare) */
    SQL_E_VALUE,          /* a bound parameter with a value: rendered as a literal */
    SQL_E_TEXT,           /* text() with its parameters */
    SQL_E_LITERAL_COLUMN, /* literal_column(): text as it is */
    SQL_E_NULL,
    SQL_E_TRUE,
    SQL_E_FALSE,
    SQL_E_STAR,
    SQL_E_DEFAULT /* the keyword DEFAULT */,
    SQL_E_FUNCTION,
    SQL_E_BINARY,
    SQL_E_UNARY,
    SQL_E_LIST,
    SQL_E_CASE,
    SQL_E_CAST,
    SQL_E_LABEL,
    SQL_E_EXTRACT,
    SQL_E_OVER,
    SQL_E_FILTER,
    SQL_E_WITHIN_GROUP,
    SQL_E_TUPLE,
    SQL_E_GROUPING,
    SQL_E_COLLATE,
    SQL_E_ARRAY,
    SQL_E_INDEX,
    SQL_E_EXISTS,
    SQL_E_SCALAR_SELECT,
    SQL_E_SELECT,
    SQL_E_COMPOUND,
    SQL_E_INSERT,
    SQL_E_UPDATE,
    SQL_E_DELETE,
    SQL_E_SEQUENCE,
    SQL_E_DDL /* a schema element (CreateTable ...): `ddl` */,
    SQL_E_KIND_COUNT
};

struct sql_expr {
    enum sql_expr_kind kind;
    const struct ddl_type *type; /* never NULL: ddl_type_null() when unknown */
    struct ddl_name name;        /* column, label, function, bind parameter */
    const struct sql_from *from; /* column */
    struct sql_value value;
    struct slice text;
    bool required; /* VALUE: a bindparam without a value */
    bool expanding;
    int op;        /* enum sql_op of expr_operators.h */
    int modifiers; /* private to expr*.c */
    const struct sql_expr *left, *right, *third;
    const struct sql_expr **items; /* function arguments, list members, CASE pairs ... */
    size_t n;
    const void *data; /* kind's own: struct sql_select ... */
    const char *key;  /* column key when it differs from the name */
};

enum sql_from_kind {
    SQL_FROM_TABLE,
    SQL_FROM_ALIAS,
    SQL_FROM_SUBQUERY,
    SQL_FROM_CTE,
    SQL_FROM_JOIN,
    SQL_FROM_VALUES,
    SQL_FROM_TEXT,
    SQL_FROM_FUNCTION
};
struct sql_from {
    enum sql_from_kind kind;
    struct ddl_name name, schema;
    const struct sql_expr **columns; /* in order; may grow while a table is built */
    size_t ncolumns;
    const struct sql_from *element, *right; /* alias of, join's sides */
    const struct sql_expr *on, *select;
    bool outer, full, lateral, recursive, nesting;
    const void *data;
};

enum sql_render_flags {
    SQL_NO_TABLE = 1 << 0,   /* columns without their table: CHECK, index expressions, defaults, DDL */
    SQL_LIVE = 1 << 1,       /* see ddl_type_literal() */
    SQL_SELF_GROUP = 1 << 2, /* put parentheses around what needs them as an operand */
    SQL_DDL_LITERAL = 1 << 3 /* in DDL: literal_binds, as DDLCompiler.sql_compiler does */
};
/* Append the text of the expression or statement. ERR_FILE: SQLAlchemy's CompileError text. */
int sql_render(struct strbuf *out, const struct ddl_dialect *d, const struct sql_expr *e, unsigned flags,
               struct err *err);
/* The text of op.execute("..."), which is text(): ":name" is a parameter, rendered NULL when it has no value;
 * "\:" is a colon. values: by name. */
int sql_render_text(struct strbuf *out, const struct ddl_dialect *d, struct slice text, unsigned flags,
                    struct err *err);

/* Makers that other parts need; expr_make.h has the rest. */
struct sql_expr *sql_column(struct arena *a, struct ddl_name name, const struct ddl_type *type,
                            const struct sql_from *from);
struct sql_expr *sql_value(struct arena *a, struct sql_value v,
                           const struct ddl_type *type /* NULL: by value */);
struct sql_expr *sql_text(struct arena *a, struct slice text);
struct sql_from *sql_table(struct arena *a, struct ddl_name name, struct ddl_name schema);
void sql_table_add(struct arena *a, struct sql_from *table, const struct sql_expr *column);
struct sql_expr *sql_in_values(struct arena *a, const struct sql_expr *left, const struct sql_value *values,
                               size_t n); /* c IN ('a', 'b') */
