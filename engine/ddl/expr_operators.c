/* The table of operators, and what follows from it alone: who needs parentheses within whom. */
#include "engine/ddl/expr_operators.h"

#define CMP   SQL_OPF_COMPARISON
#define COMM  SQL_OPF_COMMUTATIVE
#define ASSOC (SQL_OPF_ASSOCIATIVE | SQL_OPF_SELF)
#define SELF  SQL_OPF_SELF
#define BOOL  SQL_OPF_BOOLEAN
#define NONE  SQL_OPF_UNRANKED
#define EAGER (SQL_OPF_EAGER | SQL_OPF_SELF)

static const struct sql_operator operators[] = {
    [SQL_OP_AND] = {SQL_OP_AND, "and_", " AND ", 3, ASSOC | BOOL, NULL},
    [SQL_OP_OR] = {SQL_OP_OR, "or_", " OR ", 2, ASSOC | BOOL, NULL},
    [SQL_OP_INV] = {SQL_OP_INV, "inv", "NOT ", 5, BOOL, NULL},
    [SQL_OP_ADD] = {SQL_OP_ADD, "add", " + ", 7, COMM | ASSOC, NULL},
    [SQL_OP_SUB] = {SQL_OP_SUB, "sub", " - ", 7, 0, NULL},
    [SQL_OP_MUL] = {SQL_OP_MUL, "mul", " * ", 8, COMM | ASSOC, NULL},
    [SQL_OP_TRUEDIV] = {SQL_OP_TRUEDIV, "truediv", NULL, 8, 0, NULL},
    [SQL_OP_FLOORDIV] = {SQL_OP_FLOORDIV, "floordiv", NULL, 8, 0, NULL},
    [SQL_OP_MOD] = {SQL_OP_MOD, "mod", " % ", 8, 0, NULL},
    [SQL_OP_NEG] = {SQL_OP_NEG, "neg", "-", 8, 0, NULL},
    [SQL_OP_LT] = {SQL_OP_LT, "lt", " < ", 5, CMP, NULL},
    [SQL_OP_LE] = {SQL_OP_LE, "le", " <= ", 5, CMP, NULL},
    [SQL_OP_NE] = {SQL_OP_NE, "ne", " != ", 5, CMP | COMM, NULL},
    [SQL_OP_GT] = {SQL_OP_GT, "gt", " > ", 5, CMP, NULL},
    [SQL_OP_GE] = {SQL_OP_GE, "ge", " >= ", 5, CMP, NULL},
    [SQL_OP_EQ] = {SQL_OP_EQ, "eq", " = ", 5, CMP | COMM, NULL},
    [SQL_OP_DISTINCT_FROM] = {SQL_OP_DISTINCT_FROM, "is_distinct_from", " IS DISTINCT FROM ", 5, CMP, NULL},
    [SQL_OP_NOT_DISTINCT_FROM] = {SQL_OP_NOT_DISTINCT_FROM, "is_not_distinct_from", " IS NOT DISTINCT FROM ",
                                  5, CMP, NULL},
    [SQL_OP_CONCAT] = {SQL_OP_CONCAT, "concat_op", " || ", 5, ASSOC, NULL},
    [SQL_OP_MATCH] = {SQL_OP_MATCH, "match_op", " MATCH ", 5, CMP, NULL},
    [SQL_OP_NOT_MATCH] = {SQL_OP_NOT_MATCH, "not_match_op", NULL, 5, CMP, NULL},
    [SQL_OP_IN] = {SQL_OP_IN, "in_op", " IN ", 5, CMP, NULL},
    [SQL_OP_NOT_IN] = {SQL_OP_NOT_IN, "not_in_op", " NOT IN ", 5, CMP, NULL},
    [SQL_OP_COMMA] = {SQL_OP_COMMA, "comma_op", ", ", -1, 0, NULL},
    [SQL_OP_FROM] = {SQL_OP_FROM, "from_", " FROM ", 15, 0, NULL},
    [SQL_OP_AS] = {SQL_OP_AS, "as_", " AS ", -1, 0, NULL},
    [SQL_OP_IS] = {SQL_OP_IS, "is_", " IS ", 5, CMP, NULL},
    [SQL_OP_IS_NOT] = {SQL_OP_IS_NOT, "is_not", " IS NOT ", 5, CMP, NULL},
    [SQL_OP_COLLATE] = {SQL_OP_COLLATE, "collate", " COLLATE ", 4, 0, NULL},
    [SQL_OP_EXISTS] = {SQL_OP_EXISTS, "exists", "EXISTS ", 0, 0, NULL},
    [SQL_OP_DISTINCT] = {SQL_OP_DISTINCT, "distinct_op", "DISTINCT ", 5, 0, NULL},
    [SQL_OP_ANY] = {SQL_OP_ANY, "any_op", "ANY ", 15, 0, NULL},
    [SQL_OP_ALL] = {SQL_OP_ALL, "all_op", "ALL ", 15, 0, NULL},
    [SQL_OP_DESC] = {SQL_OP_DESC, "desc_op", " DESC", 3, 0, NULL},
    [SQL_OP_ASC] = {SQL_OP_ASC, "asc_op", " ASC", 3, 0, NULL},
    [SQL_OP_NULLS_FIRST] = {SQL_OP_NULLS_FIRST, "nulls_first_op", " NULLS FIRST", 0, NONE, NULL},
    [SQL_OP_NULLS_LAST] = {SQL_OP_NULLS_LAST, "nulls_last_op", " NULLS LAST", 0, NONE, NULL},
    [SQL_OP_BITWISE_XOR] = {SQL_OP_BITWISE_XOR, "bitwise_xor_op", " ^ ", 7, 0, NULL},
    [SQL_OP_BITWISE_OR] = {SQL_OP_BITWISE_OR, "bitwise_or_op", " | ", 7, 0, NULL},
    [SQL_OP_BITWISE_AND] = {SQL_OP_BITWISE_AND, "bitwise_and_op", " & ", 7, 0, NULL},
    [SQL_OP_BITWISE_NOT] = {SQL_OP_BITWISE_NOT, "bitwise_not_op", "~", 8, 0, NULL},
    [SQL_OP_BITWISE_LSHIFT] = {SQL_OP_BITWISE_LSHIFT, "bitwise_lshift_op", " << ", 7, 0, NULL},
    [SQL_OP_BITWISE_RSHIFT] = {SQL_OP_BITWISE_RSHIFT, "bitwise_rshift_op", " >> ", 7, 0, NULL},
    [SQL_OP_LIKE] = {SQL_OP_LIKE, "like_op", NULL, 5, CMP, NULL},
    [SQL_OP_NOT_LIKE] = {SQL_OP_NOT_LIKE, "not_like_op", NULL, 5, CMP, NULL},
    [SQL_OP_ILIKE] = {SQL_OP_ILIKE, "ilike_op", NULL, 5, CMP, NULL},
    [SQL_OP_NOT_ILIKE] = {SQL_OP_NOT_ILIKE, "not_ilike_op", NULL, 5, CMP, NULL},
    /* These have no rank of their own: see sql_op_precedes(). */
    [SQL_OP_CONTAINS] = {SQL_OP_CONTAINS, "contains_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_NOT_CONTAINS] = {SQL_OP_NOT_CONTAINS, "not_contains_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_STARTSWITH] = {SQL_OP_STARTSWITH, "startswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_NOT_STARTSWITH] = {SQL_OP_NOT_STARTSWITH, "not_startswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_ENDSWITH] = {SQL_OP_ENDSWITH, "endswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_NOT_ENDSWITH] = {SQL_OP_NOT_ENDSWITH, "not_endswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_ICONTAINS] = {SQL_OP_ICONTAINS, "icontains_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_NOT_ICONTAINS] = {SQL_OP_NOT_ICONTAINS, "not_icontains_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_ISTARTSWITH] = {SQL_OP_ISTARTSWITH, "istartswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_NOT_ISTARTSWITH] = {SQL_OP_NOT_ISTARTSWITH, "not_istartswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_IENDSWITH] = {SQL_OP_IENDSWITH, "iendswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_NOT_IENDSWITH] = {SQL_OP_NOT_IENDSWITH, "not_iendswith_op", NULL, 0, CMP | NONE, NULL},
    [SQL_OP_BETWEEN] = {SQL_OP_BETWEEN, "between_op", NULL, 5, CMP, NULL},
    [SQL_OP_NOT_BETWEEN] = {SQL_OP_NOT_BETWEEN, "not_between_op", NULL, 5, CMP, NULL},
    [SQL_OP_REGEXP_MATCH] = {SQL_OP_REGEXP_MATCH, "regexp_match_op", NULL, 5, CMP, NULL},
    [SQL_OP_NOT_REGEXP_MATCH] = {SQL_OP_NOT_REGEXP_MATCH, "not_regexp_match_op", NULL, 5, CMP, NULL},
    [SQL_OP_REGEXP_REPLACE] = {SQL_OP_REGEXP_REPLACE, "regexp_replace_op", NULL, 5, 0, NULL},
    [SQL_OP_IS_TRUE] = {SQL_OP_IS_TRUE, "is_true", NULL, 5, BOOL, NULL},
    [SQL_OP_IS_FALSE] = {SQL_OP_IS_FALSE, "is_false", NULL, 5, BOOL, NULL},
    [SQL_OP_GETITEM] = {SQL_OP_GETITEM, "getitem", NULL, 15, SELF, NULL},
    [SQL_OP_JSON_GETITEM] = {SQL_OP_JSON_GETITEM, "json_getitem_op", NULL, 15, SELF, NULL},
    [SQL_OP_JSON_PATH_GETITEM] = {SQL_OP_JSON_PATH_GETITEM, "json_path_getitem_op", NULL, 15, SELF, NULL},
    [SQL_OP_FILTER] = {SQL_OP_FILTER, "filter_op", NULL, 6, 0, NULL},
    [SQL_OP_ASBOOL] = {SQL_OP_ASBOOL, "_asbool", NULL, -10, 0, NULL},
    [SQL_OP_PG_ASTEXT] = {SQL_OP_PG_ASTEXT, "custom_op", " ->> ", 15, EAGER, NULL},
    [SQL_OP_PG_PATH_ASTEXT] = {SQL_OP_PG_PATH_ASTEXT, "custom_op", " #>> ", 15, EAGER, NULL},
    [SQL_OP_PG_HAS_KEY] = {SQL_OP_PG_HAS_KEY, "custom_op", " ? ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_HAS_ALL] = {SQL_OP_PG_HAS_ALL, "custom_op", " ?& ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_HAS_ANY] = {SQL_OP_PG_HAS_ANY, "custom_op", " ?| ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_DELETE_PATH] = {SQL_OP_PG_DELETE_PATH, "custom_op", " #- ", 15, EAGER, NULL},
    [SQL_OP_PG_PATH_EXISTS] = {SQL_OP_PG_PATH_EXISTS, "custom_op", " @? ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_PATH_MATCH] = {SQL_OP_PG_PATH_MATCH, "custom_op", " @@ ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_CONTAINS] = {SQL_OP_PG_CONTAINS, "custom_op", " @> ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_CONTAINED_BY] = {SQL_OP_PG_CONTAINED_BY, "custom_op", " <@ ", 5, EAGER | CMP, NULL},
    [SQL_OP_PG_OVERLAP] = {SQL_OP_PG_OVERLAP, "custom_op", " && ", 5, CMP, NULL},
    [SQL_OP_CUSTOM] = {SQL_OP_CUSTOM, "custom_op", NULL, 0, 0, NULL},
};
_Static_assert(sizeof(operators) / sizeof(*operators) == SQL_OP_COUNT, "one row an operator");

const struct sql_operator *sql_operator(enum sql_op id)
{
    return &operators[id];
}

const struct sql_operator *sql_operator_custom(struct arena *a, const char *text, int precedence,
                                               bool comparison, const struct ddl_type *result)
{
    struct sql_operator *op = arena_alloc(a, sizeof(*op));
    *op = operators[SQL_OP_CUSTOM];
    op->text = arena_printf(a, " %s ", text);
    op->precedence = precedence;
    op->flags = comparison ? CMP : 0;
    op->result = result;
    return op;
}

bool sql_op_precedes(const struct sql_operator *op, const struct sql_operator *against)
{
    if (op == against && op && (op->flags & SQL_OPF_SELF)) {
        return false;
    }
    if (!against || !op) {
        return true;
    }
    /* What has no rank binds weaker than anything as an inner operator, and stronger as an outer one. */
    int inner = op->flags & SQL_OPF_UNRANKED ? -100 : op->precedence;
    int outer = against->flags & SQL_OPF_UNRANKED ? 100 : against->precedence;
    return inner <= outer;
}

const struct sql_operator *sql_op_mirror(const struct sql_operator *op)
{
    switch (op->id) {
    case SQL_OP_GT:
        return &operators[SQL_OP_LT];
    case SQL_OP_GE:
        return &operators[SQL_OP_LE];
    case SQL_OP_LT:
        return &operators[SQL_OP_GT];
    case SQL_OP_LE:
        return &operators[SQL_OP_GE];
    default:
        return op;
    }
}

const struct sql_operator *sql_op_negation(const struct sql_operator *op)
{
    static const enum sql_op pairs[][2] = {
        {SQL_OP_LT, SQL_OP_GE},
        {SQL_OP_LE, SQL_OP_GT},
        {SQL_OP_EQ, SQL_OP_NE},
        {SQL_OP_DISTINCT_FROM, SQL_OP_NOT_DISTINCT_FROM},
        {SQL_OP_MATCH, SQL_OP_NOT_MATCH},
        {SQL_OP_IN, SQL_OP_NOT_IN},
        {SQL_OP_LIKE, SQL_OP_NOT_LIKE},
        {SQL_OP_ILIKE, SQL_OP_NOT_ILIKE},
        {SQL_OP_CONTAINS, SQL_OP_NOT_CONTAINS},
        {SQL_OP_STARTSWITH, SQL_OP_NOT_STARTSWITH},
        {SQL_OP_ENDSWITH, SQL_OP_NOT_ENDSWITH},
        {SQL_OP_ICONTAINS, SQL_OP_NOT_ICONTAINS},
        {SQL_OP_ISTARTSWITH, SQL_OP_NOT_ISTARTSWITH},
        {SQL_OP_IENDSWITH, SQL_OP_NOT_IENDSWITH},
        {SQL_OP_BETWEEN, SQL_OP_NOT_BETWEEN},
        {SQL_OP_REGEXP_MATCH, SQL_OP_NOT_REGEXP_MATCH},
        {SQL_OP_IS_TRUE, SQL_OP_IS_FALSE},
        {SQL_OP_IS, SQL_OP_IS_NOT},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        for (size_t side = 0; side < 2; side++) {
            if (pairs[i][side] == op->id) {
                return &operators[pairs[i][1 - side]];
            }
        }
    }
    return NULL;
}
