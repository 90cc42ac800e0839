/*
 * Operators of SQL as SQLAlchemy sees them: how each is written, how tightly it binds, which may stand
 * without parentheses within itself, and what an expression made with one looks like. Operators are compared
 * by address; op("...") makes new ones.
 */
#pragma once
#include "engine/ddl/expr.h"

enum sql_op {
    SQL_OP_AND,
    SQL_OP_OR,
    SQL_OP_INV, /* NOT */
    SQL_OP_ADD,
    SQL_OP_SUB,
    SQL_OP_MUL,
    SQL_OP_TRUEDIV,
    SQL_OP_FLOORDIV,
    SQL_OP_MOD,
    SQL_OP_NEG,
    SQL_OP_LT,
    SQL_OP_LE,
    SQL_OP_NE,
    SQL_OP_GT,
    SQL_OP_GE,
    SQL_OP_EQ,
    SQL_OP_DISTINCT_FROM,
    SQL_OP_NOT_DISTINCT_FROM,
    SQL_OP_CONCAT,
    SQL_OP_MATCH,
    SQL_OP_NOT_MATCH,
    SQL_OP_IN,
    SQL_OP_NOT_IN,
    SQL_OP_COMMA,
    SQL_OP_FROM,
    SQL_OP_AS,
    SQL_OP_IS,
    SQL_OP_IS_NOT,
    SQL_OP_COLLATE,
    SQL_OP_EXISTS,
    SQL_OP_DISTINCT,
    SQL_OP_ANY,
    SQL_OP_ALL,
    SQL_OP_DESC,
    SQL_OP_ASC,
    SQL_OP_NULLS_FIRST,
    SQL_OP_NULLS_LAST,
    SQL_OP_BITWISE_XOR,
    SQL_OP_BITWISE_OR,
    SQL_OP_BITWISE_AND,
    SQL_OP_BITWISE_NOT,
    SQL_OP_BITWISE_LSHIFT,
    SQL_OP_BITWISE_RSHIFT,
    SQL_OP_LIKE,
    SQL_OP_NOT_LIKE,
    SQL_OP_ILIKE,
    SQL_OP_NOT_ILIKE,
    SQL_OP_CONTAINS,
    SQL_OP_NOT_CONTAINS,
    SQL_OP_STARTSWITH,
    SQL_OP_NOT_STARTSWITH,
    SQL_OP_ENDSWITH,
    SQL_OP_NOT_ENDSWITH,
    SQL_OP_ICONTAINS,
    SQL_OP_NOT_ICONTAINS,
    SQL_OP_ISTARTSWITH,
    SQL_OP_NOT_ISTARTSWITH,
    SQL_OP_IENDSWITH,
    SQL_OP_NOT_IENDSWITH,
    SQL_OP_BETWEEN,
    SQL_OP_NOT_BETWEEN,
    SQL_OP_REGEXP_MATCH,
    SQL_OP_NOT_REGEXP_MATCH,
    SQL_OP_REGEXP_REPLACE,
    SQL_OP_IS_TRUE,
    SQL_OP_IS_FALSE,
    SQL_OP_GETITEM,
    SQL_OP_JSON_GETITEM,
    SQL_OP_JSON_PATH_GETITEM,
    SQL_OP_FILTER,
    SQL_OP_ASBOOL,
    /* of PostgreSQL's JSON and ARRAY types */
    SQL_OP_PG_ASTEXT,
    SQL_OP_PG_PATH_ASTEXT,
    SQL_OP_PG_HAS_KEY,
    SQL_OP_PG_HAS_ALL,
    SQL_OP_PG_HAS_ANY,
    SQL_OP_PG_DELETE_PATH,
    SQL_OP_PG_PATH_EXISTS,
    SQL_OP_PG_PATH_MATCH,
    SQL_OP_PG_CONTAINS,
    SQL_OP_PG_CONTAINED_BY,
    SQL_OP_PG_OVERLAP,
    SQL_OP_CUSTOM, /* op("...") */
    SQL_OP_COUNT
};

enum sql_op_flags {
    SQL_OPF_COMPARISON = 1 << 0,
    SQL_OPF_COMMUTATIVE = 1 << 1,
    SQL_OPF_ASSOCIATIVE = 1 << 2, /* a op b op c is one list */
    SQL_OPF_SELF = 1 << 3,        /* no parentheses within itself */
    SQL_OPF_BOOLEAN = 1 << 4,     /* NOT, AND, OR */
    SQL_OPF_UNRANKED = 1 << 5,    /* SQLAlchemy gives it no precedence */
    SQL_OPF_EAGER = 1 << 6        /* in parentheses within any other operator */
};

struct sql_operator {
    enum sql_op id;
    const char *name; /* in SQLAlchemy's messages */
    const char
        *text; /* with its blanks; NULL: each dialect writes it in its own way. CUSTOM: without blanks */
    int precedence;
    unsigned flags;
    const struct ddl_type *result; /* CUSTOM: NULL unless given */
};
const struct sql_operator *sql_operator(enum sql_op id);
const struct sql_operator *sql_operator_custom(struct arena *a, const char *text, int precedence,
                                               bool comparison, const struct ddl_type *result);
static inline bool sql_op_is(const struct sql_operator *op, enum sql_op id)
{
    return op && op->id == id;
}
/* Does `op` within `against` need parentheses? against NULL: always. */
bool sql_op_precedes(const struct sql_operator *op, const struct sql_operator *against);
/* Comparison operators turned around: a < b is b > a. */
const struct sql_operator *sql_op_mirror(const struct sql_operator *op);
/* What NOT (a op b) may be written as; NULL: with NOT. */
const struct sql_operator *sql_op_negation(const struct sql_operator *op);

struct sql_modifiers {
    const char *escape;    /* LIKE ... ESCAPE */
    bool symmetric;        /* BETWEEN */
    const char *flags;     /* regular expressions */
    const char *regconfig; /* match() */
    bool boolean_mode, natural_language, query_expansion, mysql_modes_given;
};

/* The expression as an operand of `against` (NULL: of anything): in parentheses where SQLAlchemy puts them.
 */
const struct sql_expr *sql_self_group(struct arena *a, const struct sql_expr *e,
                                      const struct sql_operator *against);
/* NOT e, or the opposite operator. */
const struct sql_expr *sql_not(struct arena *a, const struct sql_expr *e);
/* AND or OR of n expressions; n 0 gives an empty list. */
const struct sql_expr *sql_conjunction(struct arena *a, enum sql_op op, const struct sql_expr *const *items,
                                       size_t n);
/* left op right as SQLAlchemy's BinaryExpression, with parentheses, in a flat list for associative operators.
 * Types of values are final. */
struct sql_expr *sql_binary_raw(struct arena *a, const struct sql_expr *left, const struct sql_operator *op,
                                const struct sql_expr *right, const struct ddl_type *type,
                                const struct sql_operator *negate, const struct sql_modifiers *modifiers);
const struct sql_expr *sql_binary_for_op(struct arena *a, const struct sql_expr *left,
                                         const struct sql_operator *op, const struct sql_expr *right,
                                         const struct ddl_type *type, const struct sql_operator *negate,
                                         const struct sql_modifiers *modifiers);
/* Arithmetic and the like: the operator and the type of the result follow from the operands' types ("a" + "b"
 * is a concatenation). result: NULL, or the type that the result shall have. */
const struct sql_expr *sql_operate(struct arena *a, const struct sql_expr *left,
                                   const struct sql_operator *op, const struct sql_expr *right,
                                   const struct ddl_type *result);
/* Comparison; with NULL, TRUE and FALSE on the right as SQLAlchemy writes them. NULL: they cannot be compared
 * with this operator. constant: right was None, True, False, null(), true() or false(). */
const struct sql_expr *sql_compare(struct arena *a, const struct sql_expr *left,
                                   const struct sql_operator *op, const struct sql_expr *right, bool constant,
                                   bool reverse, const struct sql_modifiers *modifiers);
struct sql_expr *sql_unary(struct arena *a, const struct sql_expr *e, enum sql_op op,
                           const struct ddl_type *type);
struct sql_expr *sql_unary_modifier(struct arena *a, const struct sql_expr *e, enum sql_op op);

/* --- types within expressions --- */
/* The type of a value compared with (or added to) an expression of type t. v NULL: an empty list. */
const struct ddl_type *sql_type_compared(struct arena *a, const struct ddl_type *t,
                                         const struct sql_operator *op, const struct sql_value *v);
/* Which operator and type `left op right` has. */
void sql_type_adapt(struct arena *a, const struct ddl_type *left, const struct sql_operator **op,
                    const struct ddl_type *right, const struct ddl_type **result);
bool sql_type_same_affinity(const struct ddl_type *a, const struct ddl_type *b);
bool sql_type_is_null(const struct ddl_type *t);
bool sql_type_is_boolean(const struct ddl_type *t);
/* A value as operand of `left op value` (SQLAlchemy's _bind_param): its type follows left's. */
struct sql_expr *sql_bind(struct arena *a, const struct sql_expr *left, const struct sql_operator *op,
                          struct sql_value v, const struct ddl_type *type);
/* The same for an expression that has no type of its own: it takes left's. */
const struct sql_expr *sql_bind_expr(struct arena *a, const struct sql_expr *left,
                                     const struct sql_expr *right, const struct ddl_type *type);
