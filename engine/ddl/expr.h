/*
 * The SQL expression language: columns, literals, functions, operators, SELECT, INSERT, UPDATE, DELETE, and
 * text with :names, rendered per dialect as SQLAlchemy 2.0 compiles them with literal_binds.
 *
 * Expressions are immutable once made, so that they may be shared; they live in an arena.
 */
#pragma once
#include "engine/ddl/type.h"

struct sql_from;
struct sql_operator; /* expr_operators.h */

enum sql_expr_kind {
    SQL_E_COLUMN, /* name, from (NULL: bare), key; data: struct ddl_column of a Table's column */
    SQL_E_VALUE,  /* a bound parameter: value, rendered as a literal; name: its key, NULL for unnamed */
    SQL_E_TEXT,   /* text(); items: its parameters (SQL_E_VALUE by name) */
    SQL_E_LITERAL_COLUMN, /* literal_column(): text as it is */
    SQL_E_NULL,
    SQL_E_TRUE,
    SQL_E_FALSE,
    SQL_E_DEFAULT,          /* the keyword DEFAULT */
    SQL_E_FUNCTION,         /* name, items; data: struct sql_function */
    SQL_E_BINARY,           /* left op right; negate; data: struct sql_modifiers or NULL */
    SQL_E_UNARY,            /* op left (prefix), or left op when flags has SQL_X_MODIFIER */
    SQL_E_LIST,             /* items joined by op */
    SQL_E_CASE,             /* left: CASE left; items: when, then, when, then ...; right: ELSE */
    SQL_E_CAST,             /* left to type */
    SQL_E_COERCE,           /* type_coerce(): left, rendered alone */
    SQL_E_LABEL,            /* left AS name (anon when unnamed) */
    SQL_E_EXTRACT,          /* text FROM left */
    SQL_E_OVER,             /* left OVER; data: struct sql_window */
    SQL_E_FILTER,           /* left FILTER (WHERE right) */
    SQL_E_WITHIN_GROUP,     /* left WITHIN GROUP (ORDER BY items) */
    SQL_E_TUPLE,            /* (items) */
    SQL_E_GROUPING,         /* (left) */
    SQL_E_COLLATION,        /* name of a collation */
    SQL_E_ARRAY,            /* ARRAY[items] */
    SQL_E_SLICE,            /* left:right */
    SQL_E_ORDERED_ARGUMENT, /* left ORDER BY items: aggregate_order_by() */
    SQL_E_SCALAR_SELECT,    /* (left) */
    SQL_E_LABEL_REFERENCE,  /* ORDER BY of a label: left */
    SQL_E_NAME_REFERENCE,   /* ORDER BY "name": text */
    SQL_E_TABLE_VALUED,     /* the alias `from` as a column */
    SQL_E_FUNCTION_COLUMN,  /* (left).name */
    SQL_E_VALUES_ROWS,      /* VALUES as an operand of IN: data as of SQL_FROM_VALUES */
    SQL_E_INSERTED,         /* mysql insert().inserted.name: name */
    SQL_E_SELECT,           /* data: struct sql_select of expr_statement.h, likewise below */
    SQL_E_COMPOUND,
    SQL_E_SELECT_GROUPING, /* (left) within a compound */
    SQL_E_TEXT_SELECT,     /* text().columns(): left, items */
    SQL_E_INSERT,
    SQL_E_UPDATE,
    SQL_E_DELETE,
    SQL_E_SEQUENCE, /* next value; data: struct ddl_sequence of table.h */
    SQL_E_DDL,      /* a schema element (CreateTable ...): data, rendered by vocab_ddl_render() */
    SQL_E_KIND_COUNT
};

/* A name made up when the statement is rendered: "<seed>_<number>". The same id (and index) is the same name
 * throughout a statement. */
struct sql_anon {
    const void *id;
    unsigned index;
    const char *seed;
};

enum sql_expr_flags {
    SQL_X_MODIFIER = 1 << 0,    /* UNARY: op stands behind */
    SQL_X_UNGROUPED = 1 << 1,   /* LIST: never in parentheses of its own */
    SQL_X_BOOLEAN = 1 << 2,     /* a database without booleans knows that this is one */
    SQL_X_TRUNCATABLE = 1 << 3, /* name is cut at the dialect's length when it is too long */
    SQL_X_REQUIRED = 1 << 4,    /* VALUE: a bindparam() without a value */
    SQL_X_EXPANDING = 1 << 5,   /* VALUE: a list for IN */
    SQL_X_UNIQUE = 1 << 6,      /* VALUE: its name is made up */
    SQL_X_AGGREGATE = 1 << 7,   /* UNARY: ANY or ALL */
    SQL_X_INLINE = 1 << 8,      /* VALUE: op.inline_literal(), literal whatever the mode */
    SQL_X_OMITTED = 1 << 9,     /* COLUMN: not in SELECT and INSERT (system columns) */
    SQL_X_LIMIT = 1 << 10,      /* VALUE: given to limit() or offset() */
    SQL_X_TEXT_LIST = 1 << 11,  /* TEXT_SELECT: columns are positional */
    SQL_X_BARE = 1 << 13,       /* VALUE: given to values() as it is, so that it takes the column's type */
    SQL_X_SCHEMA = 1 << 12      /* COLUMN: a Column, which Python prefers to column() in comparisons */
};

struct sql_expr {
    enum sql_expr_kind kind;
    unsigned flags;              /* enum sql_expr_flags */
    const struct ddl_type *type; /* never NULL: ddl_type_null() when unknown */
    struct ddl_name name;        /* column, label, function, bind parameter */
    const struct sql_anon *anon; /* instead of name.text: made up when rendered */
    const struct sql_from *from; /* column */
    struct sql_value value;
    struct slice text;
    const struct sql_operator *op, *negate; /* negate NULL: by NOT. VALUE, expanding: op is of the IN */
    const struct sql_expr *left, *right;
    const struct sql_expr **items; /* function arguments, list members, CASE pairs ... */
    size_t n;
    const void *data; /* kind's own: struct sql_select ... */
    const char *key;  /* column key when it differs from the name, else NULL */
};

enum sql_from_kind {
    SQL_FROM_TABLE,    /* data: struct ddl_table of a Table, NULL for table() */
    SQL_FROM_ALIAS,    /* element */
    SQL_FROM_SUBQUERY, /* select */
    SQL_FROM_CTE,      /* select; element: the CTE that this is an alias of; right: the one it continues */
    SQL_FROM_JOIN,     /* element JOIN right ON on */
    SQL_FROM_GROUPING, /* (element): a join on the right of a join */
    SQL_FROM_VALUES,   /* data: struct sql_rows */
    SQL_FROM_TEXT,     /* select: the text() */
    SQL_FROM_FUNCTION, /* select: the function; named (an alias with columns) or not (the function itself) */
    SQL_FROM_KIND_COUNT
};
struct sql_from {
    enum sql_from_kind kind;
    struct ddl_name name, schema;
    const struct sql_anon *anon;     /* instead of name.text: made up when rendered */
    const struct sql_expr **columns; /* in order; may grow while a table is built */
    size_t ncolumns;
    const struct sql_from *element, *right; /* alias of, join's sides */
    const struct sql_expr *on, *select;
    bool outer, full, lateral, recursive, nesting;
    bool derived, derived_types; /* FUNCTION: AS name(columns [types]) */
    bool ordinality, implicit_join;
    const void *data;
};

enum sql_render_flags {
    SQL_NO_TABLE = 1 << 0,   /* columns without their table: CHECK, index expressions, defaults, DDL */
    SQL_LIVE = 1 << 1,       /* see ddl_type_literal() */
    SQL_SELF_GROUP = 1 << 2, /* put parentheses around what needs them as an operand */
    SQL_DDL_LITERAL = 1 << 3 /* in DDL: literal_binds, as DDLCompiler.sql_compiler does */
};
/* Append the text of the expression or statement. ERR_FILE: what SQLAlchemy raises, named by ddl_exception().
 * ERR_REFUSED: what SQLAlchemy writes is not known, or is no statement. */
int sql_render(struct strbuf *out, const struct ddl_dialect *d, const struct sql_expr *e, unsigned flags,
               struct err *err);
/* The text of op.execute("..."), which is text(): ":name" is a parameter, rendered NULL when it has no value;
 * "\:" is a colon. values: by name. */
int sql_render_text(struct strbuf *out, const struct ddl_dialect *d, struct slice text, unsigned flags,
                    struct err *err);

/* Makers that other parts need; expr_make.h, expr_operators.h and expr_statement.h have the rest. */
struct sql_expr *sql_column(struct arena *a, struct ddl_name name, const struct ddl_type *type,
                            const struct sql_from *from);
struct sql_expr *sql_value(struct arena *a, struct sql_value v,
                           const struct ddl_type *type /* NULL: by value */);
struct sql_expr *sql_text(struct arena *a, struct slice text);
struct sql_from *sql_table(struct arena *a, struct ddl_name name, struct ddl_name schema);
void sql_table_add(struct arena *a, struct sql_from *table, const struct sql_expr *column);
struct sql_expr *sql_in_values(struct arena *a, const struct sql_expr *left, const struct sql_value *values,
                               size_t n); /* c IN ('a', 'b') */
