/* Expressions: operators by precedence, conditionals, lists with commas, what follows a primary. */
#include "engine/alembic/python/py_parser.h"

enum precedence {
    NONE,
    OR,
    AND,
    NOT,
    COMPARISON,
    BITOR,
    BITXOR,
    BITAND,
    SHIFT,
    SUM,
    PRODUCT,
};
static const struct {
    unsigned char precedence;
    enum py_op op;
} operators[PY_T_COUNT] = {
    [PY_T_OR] = {OR, PY_OP_OR},
    [PY_T_AND] = {AND, PY_OP_AND},
    [PY_T_EQ] = {COMPARISON, PY_OP_EQ},
    [PY_T_NE] = {COMPARISON, PY_OP_NE},
    [PY_T_LT] = {COMPARISON, PY_OP_LT},
    [PY_T_LE] = {COMPARISON, PY_OP_LE},
    [PY_T_GT] = {COMPARISON, PY_OP_GT},
    [PY_T_GE] = {COMPARISON, PY_OP_GE},
    [PY_T_IN] = {COMPARISON, PY_OP_IN},
    [PY_T_IS] = {COMPARISON, PY_OP_IS},
    [PY_T_NOT] = {COMPARISON, PY_OP_NOT_IN},
    [PY_T_PIPE] = {BITOR, PY_OP_BITOR},
    [PY_T_CARET] = {BITXOR, PY_OP_BITXOR},
    [PY_T_AMPERSAND] = {BITAND, PY_OP_BITAND},
    [PY_T_LSHIFT] = {SHIFT, PY_OP_LSHIFT},
    [PY_T_RSHIFT] = {SHIFT, PY_OP_RSHIFT},
    [PY_T_PLUS] = {SUM, PY_OP_ADD},
    [PY_T_MINUS] = {SUM, PY_OP_SUB},
    [PY_T_STAR] = {PRODUCT, PY_OP_MUL},
    [PY_T_SLASH] = {PRODUCT, PY_OP_DIV},
    [PY_T_SLASH_SLASH] = {PRODUCT, PY_OP_FLOORDIV},
    [PY_T_PERCENT] = {PRODUCT, PY_OP_MOD},
    [PY_T_AT] = {PRODUCT, PY_OP_MATMUL},
};

static struct py_node *unary(struct py_parser *p);
static struct py_node *binary(struct py_parser *p, enum precedence least);

/* --- primaries --- */

static struct py_node *attribute(struct py_parser *p, struct py_node *value)
{
    py_advance(p);
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    struct py_node *node = py_node_from(p, PY_ATTRIBUTE, value);
    node->left = value;
    node->name = py_name_of(p, &p->tok);
    node->end_line = p->tok.line;
    py_advance(p);
    return node;
}

static struct py_node *call(struct py_parser *p, struct py_node *value)
{
    struct py_node *node = py_node_from(p, PY_CALL, value);
    node->left = value;
    return py_parse_arguments(p, node) ? py_end(p, node) : NULL;
}

/* .name (...) [...] */
static struct py_node *trailers(struct py_parser *p, struct py_node *node)
{
    while (node) {
        switch (py_peek(p)) {
        case PY_T_DOT:
            node = attribute(p, node);
            break;
        case PY_T_LPAR:
            node = call(p, node);
            break;
        case PY_T_LBRACKET:
            node = py_parse_subscript(p, node);
            break;
        default:
            return node;
        }
    }
    return NULL;
}

static struct py_node *primary(struct py_parser *p)
{
    if (py_peek(p) != PY_T_AWAIT) {
        return trailers(p, py_parse_atom(p));
    }
    struct py_node *node = py_node_at(p, PY_AWAIT, &p->tok);
    py_advance(p);
    if (py_peek(p) == PY_T_AWAIT) {
        return py_error_syntax(p);
    }
    node->left = trailers(p, py_parse_atom(p));
    py_above(node, node->left);
    return node->left ? py_end(p, node) : NULL;
}

/* --- operators --- */

static struct py_node *power(struct py_parser *p, struct py_node *base)
{
    if (!base || py_peek(p) != PY_T_STAR_STAR) {
        return base;
    }
    if (!py_deeper(p)) {
        return NULL;
    }
    py_advance(p);
    struct py_node *node = py_node_from(p, PY_BINARY, base);
    node->op = PY_OP_POW;
    node->left = base;
    node->right = unary(p);
    p->depth--;
    py_above(node, node->right);
    return node->right ? py_end(p, node) : NULL;
}

static struct py_node *prefixed(struct py_parser *p, enum py_op op, enum precedence operand)
{
    struct py_node *node = py_node_at(p, PY_UNARY, &p->tok);
    if (!py_deeper(p)) {
        return NULL;
    }
    py_advance(p);
    node->op = op;
    node->left = operand == NONE ? unary(p) : binary(p, operand);
    p->depth--;
    py_above(node, node->left);
    return node->left ? py_end(p, node) : NULL;
}

static struct py_node *unary(struct py_parser *p)
{
    switch (py_peek(p)) {
    case PY_T_MINUS:
        return prefixed(p, PY_OP_NEG, NONE);
    case PY_T_PLUS:
        return prefixed(p, PY_OP_POS, NONE);
    case PY_T_TILDE:
        return prefixed(p, PY_OP_INVERT, NONE);
    default:
        return power(p, primary(p));
    }
}

/* a and b and c is one node. */
static struct py_node *boolean(struct py_parser *p, struct py_node *left)
{
    enum py_token_kind kind = py_peek(p);
    struct py_node *node = py_node_from(p, PY_BOOL, left);
    size_t from = p->nodes.len;
    node->op = operators[kind].op;
    py_push(p, left);
    while (py_accept(p, kind)) {
        struct py_node *operand = binary(p, operators[kind].precedence + 1u);
        if (!operand) {
            return NULL;
        }
        py_push(p, operand);
    }
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

static bool comparison_operator(struct py_parser *p, enum py_op *op)
{
    enum py_token_kind kind = py_peek(p);
    *op = operators[kind].op;
    py_advance(p);
    if (kind == PY_T_NOT) {
        return py_peek(p) == PY_T_IN ? py_accept(p, PY_T_IN) : py_error_syntax(p) != NULL;
    }
    if (kind == PY_T_IS && py_accept(p, PY_T_NOT)) {
        *op = PY_OP_IS_NOT;
    }
    return true;
}

static struct py_node *comparison(struct py_parser *p, struct py_node *left)
{
    struct py_node *node = py_node_from(p, PY_COMPARE, left);
    size_t operands = p->nodes.len, ops = p->other.len;
    node->left = left;
    while (operators[py_peek(p)].precedence == COMPARISON) {
        enum py_op op;
        struct py_node *operand = comparison_operator(p, &op) ? binary(p, BITOR) : NULL;
        if (!operand) {
            return NULL;
        }
        py_push(p, operand);
        memcpy(py_stack_push(&p->other, sizeof(op)), &op, sizeof(op));
    }
    node->list = py_pop_nodes(p, operands, node);
    PY_TAKE(p, ops, &node->ops);
    return py_end(p, node);
}

static struct py_node *arithmetic(struct py_parser *p, struct py_node *left)
{
    struct py_node *node = py_node_from(p, PY_BINARY, left);
    enum py_token_kind kind = py_peek(p);
    node->op = operators[kind].op;
    node->left = left;
    py_advance(p);
    node->right = binary(p, operators[kind].precedence + 1u);
    py_above(node, node->right);
    return node->right ? py_end(p, node) : NULL;
}

/* Operators that bind at least so tightly, after the operand that is there. */
static struct py_node *operate(struct py_parser *p, struct py_node *left, enum precedence least)
{
    while (left) {
        enum precedence precedence = operators[py_peek(p)].precedence;
        if (precedence < least || precedence == NONE) {
            return left;
        }
        if (precedence == COMPARISON) {
            left = comparison(p, left);
        } else {
            left = precedence <= AND ? boolean(p, left) : arithmetic(p, left);
        }
    }
    return NULL;
}

static struct py_node *binary(struct py_parser *p, enum precedence least)
{
    if (py_peek(p) != PY_T_NOT) {
        return operate(p, unary(p), least);
    }
    return least > NOT ? py_error_syntax(p) : operate(p, prefixed(p, PY_OP_NOT, NOT), least);
}

struct py_node *py_parse_disjunction(struct py_parser *p)
{
    return binary(p, OR);
}

struct py_node *py_parse_bitor(struct py_parser *p)
{
    return binary(p, BITOR);
}

/* --- whole expressions --- */

static struct py_node *conditional(struct py_parser *p, struct py_node *value)
{
    if (!value || py_peek(p) != PY_T_IF) {
        return value;
    }
    struct py_node *node = py_node_from(p, PY_CONDITIONAL, value);
    py_advance(p);
    node->left = value;
    node->test = binary(p, OR);
    if (!node->test || !py_expect(p, PY_T_ELSE)) {
        return NULL;
    }
    node->right = py_parse_expr(p);
    py_above(node, node->test);
    py_above(node, node->right);
    return node->right ? py_end(p, node) : NULL;
}

struct py_node *py_parse_expr(struct py_parser *p)
{
    if (!py_deeper(p)) {
        return NULL;
    }
    struct py_node *node = py_peek(p) == PY_T_LAMBDA ? py_parse_lambda(p) : conditional(p, binary(p, OR));
    p->depth--;
    return node;
}

struct py_node *py_parse_expr_from(struct py_parser *p, struct py_node *first)
{
    if (!py_deeper(p)) {
        return NULL;
    }
    struct py_node *node = conditional(p, operate(p, power(p, trailers(p, first)), OR));
    p->depth--;
    return node;
}

/* x := value, when the expression that is there is the name x alone. */
static struct py_node *walrus(struct py_parser *p, struct py_node *name, const char *name_end)
{
    if (name->kind != PY_NAME || p->prev_end != name_end) {
        return py_error_at(p, name, "cannot use assignment expressions with this; only with a name");
    }
    struct py_node *node = py_node_from(p, PY_NAMED, name);
    py_advance(p);
    node->left = name;
    py_bind_name(p, name->name);
    node->right = py_parse_expr(p);
    py_above(node, node->right);
    return node->right ? py_end(p, node) : NULL;
}

struct py_node *py_parse_named(struct py_parser *p)
{
    const char *name_end = py_peek(p) == PY_T_NAME ? p->tok.end : NULL;
    struct py_node *node = py_parse_expr(p);
    return node && py_peek(p) == PY_T_WALRUS ? walrus(p, node, name_end) : node;
}

static struct py_node *starred(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_STARRED, &p->tok);
    py_advance(p);
    node->left = binary(p, BITOR);
    py_above(node, node->left);
    return node->left ? py_end(p, node) : NULL;
}

struct py_node *py_parse_star(struct py_parser *p)
{
    return py_peek(p) == PY_T_STAR ? starred(p) : py_parse_expr(p);
}

struct py_node *py_parse_star_named(struct py_parser *p)
{
    return py_peek(p) == PY_T_STAR ? starred(p) : py_parse_named(p);
}

/* Can the token begin an expression? Tells `a,` from `a, b`. */
static bool begins_expression(enum py_token_kind kind)
{
    switch (kind) {
    case PY_T_NAME:
    case PY_T_NUMBER:
    case PY_T_STRING:
    case PY_T_FSTRING:
    case PY_T_LPAR:
    case PY_T_LBRACKET:
    case PY_T_LBRACE:
    case PY_T_ELLIPSIS:
    case PY_T_PLUS:
    case PY_T_MINUS:
    case PY_T_STAR:
    case PY_T_TILDE:
    case PY_T_FALSE:
    case PY_T_NONE:
    case PY_T_TRUE:
    case PY_T_AWAIT:
    case PY_T_LAMBDA:
    case PY_T_NOT:
        return true;
    default:
        return false;
    }
}

/* What follows the first of expressions with commas. */
static struct py_node *tuple_from(struct py_parser *p, struct py_node *first,
                                  struct py_node *(*parse)(struct py_parser *))
{
    struct py_node *node = py_node_from(p, PY_TUPLE, first);
    size_t from = p->nodes.len;
    py_push(p, first);
    while (py_accept(p, PY_T_COMMA) && begins_expression(py_peek(p))) {
        struct py_node *item = parse(p);
        if (!item) {
            return NULL;
        }
        py_push(p, item);
    }
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

struct py_node *py_parse_list(struct py_parser *p)
{
    struct py_node *first = py_parse_star(p);
    if (!first || py_peek(p) == PY_T_COMMA) {
        return first ? tuple_from(p, first, py_parse_star) : NULL;
    }
    return first->kind == PY_STARRED ? py_error_at(p, first, "can't use starred expression here") : first;
}

static struct py_node *target(struct py_parser *p)
{
    return py_peek(p) == PY_T_STAR ? starred(p) : py_parse_bitor(p);
}

struct py_node *py_parse_targets(struct py_parser *p)
{
    struct py_node *first = target(p);
    if (!first || py_peek(p) == PY_T_COMMA) {
        return first ? tuple_from(p, first, target) : NULL;
    }
    return first->kind == PY_STARRED ? py_error_at(p, first, "can't use starred expression here") : first;
}

struct py_node *py_parse_yield(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_YIELD, &p->tok);
    if (p->frame->kind != PY_FRAME_FUNCTION && p->frame->kind != PY_FRAME_LAMBDA) {
        return py_error_here(p, "'yield' outside function");
    }
    p->frame->is_generator = true;
    py_advance(p);
    if (py_accept(p, PY_T_FROM)) {
        node->kind = PY_YIELD_FROM;
        node->left = py_parse_expr(p);
        py_above(node, node->left);
        return node->left ? py_end(p, node) : NULL;
    }
    if (begins_expression(py_peek(p))) {
        node->left = py_parse_list(p);
        if (!node->left) {
            return NULL;
        }
        py_above(node, node->left);
    }
    return py_end(p, node);
}

struct py_node *py_parse_yield_or_list(struct py_parser *p)
{
    return py_peek(p) == PY_T_YIELD ? py_parse_yield(p) : py_parse_list(p);
}
