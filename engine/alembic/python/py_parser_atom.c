/* Atoms: names, constants, and what stands in brackets, with comprehensions. */
#include "engine/alembic/python/py_parser.h"

static struct py_node *constant(struct py_parser *p, enum py_constant_kind kind)
{
    struct py_node *node = py_node_at(p, PY_CONSTANT, &p->tok);
    node->constant.kind = kind;
    py_advance(p);
    return node;
}

/* --- comprehensions --- */

static bool conditions(struct py_parser *p, struct py_node *node, py_nodes_t *ifs)
{
    size_t from = p->nodes.len;
    while (py_accept(p, PY_T_IF)) {
        struct py_node *test = py_parse_disjunction(p);
        if (!test) {
            return false;
        }
        py_push(p, test);
    }
    *ifs = py_pop_nodes(p, from, node);
    return true;
}

static bool generator(struct py_parser *p, struct py_node *node)
{
    struct py_comprehension c = {.is_async = py_accept(p, PY_T_ASYNC)};
    if (!py_expect(p, PY_T_FOR)) {
        return false;
    }
    c.target = py_parse_targets(p);
    if (!c.target || !py_expect(p, PY_T_IN)) {
        return false;
    }
    c.iter = py_parse_disjunction(p);
    if (!c.iter || !conditions(p, node, &c.ifs)) {
        return false;
    }
    py_above(node, c.target);
    py_above(node, c.iter);
    memcpy(py_stack_push(&p->other, sizeof(c)), &c, sizeof(c));
    return true;
}

/* Targets are looked at when all is read: they belong to the comprehension and not to the function. */
static bool check_targets(struct py_parser *p, struct py_node *node)
{
    struct py_frame frame;
    struct py_comprehension *c;
    bool ok = true;
    py_frame_enter(p, &frame, PY_FRAME_LAMBDA);
    vec_each (c, &node->generators) {
        ok = ok && py_bind_target(p, c->target, "assign to");
    }
    node->scope = py_frame_leave(p);
    return ok;
}

struct py_node *py_parse_comprehension(struct py_parser *p, struct py_node *node)
{
    size_t from = p->other.len;
    while (py_at_comprehension(p)) {
        if (!generator(p, node)) {
            return NULL;
        }
    }
    PY_TAKE(p, from, &node->generators);
    return check_targets(p, node) ? node : NULL;
}

static struct py_node *comprehend(struct py_parser *p, enum py_node_kind kind, const struct py_token *start,
                                  struct py_node *element)
{
    struct py_node *node = py_node_at(p, kind, start);
    if (element->kind == PY_STARRED) {
        return py_error_at(p, element, "iterable unpacking cannot be used in comprehension");
    }
    node->left = element;
    py_above(node, element);
    return py_parse_comprehension(p, node);
}

/* --- brackets --- */

/* Elements up to the closing bracket, the first of which is there; all into the list of the node. */
static bool elements(struct py_parser *p, struct py_node *node, struct py_node *first,
                     enum py_token_kind closing)
{
    size_t from = p->nodes.len;
    py_push(p, first);
    while (py_accept(p, PY_T_COMMA) && py_peek(p) != closing) {
        struct py_node *item = py_parse_star_named(p);
        if (!item) {
            return false;
        }
        py_push(p, item);
    }
    node->list = py_pop_nodes(p, from, node);
    return true;
}

static struct py_node *close(struct py_parser *p, struct py_node *node, enum py_token_kind closing)
{
    if (!node) {
        return NULL;
    }
    if (py_peek(p) != closing) {
        return py_error_syntax(p);
    }
    py_advance(p);
    return py_end(p, node);
}

/* A list, a set, or their comprehensions, whose first element is there. */
static struct py_node *display(struct py_parser *p, const struct py_token *start, struct py_node *first,
                               enum py_node_kind kind, enum py_node_kind comprehension,
                               enum py_token_kind closing)
{
    if (!first) {
        return NULL;
    }
    if (py_at_comprehension(p)) {
        return close(p, comprehend(p, comprehension, start, first), closing);
    }
    struct py_node *node = py_node_at(p, kind, start);
    return elements(p, node, first, closing) ? close(p, node, closing) : NULL;
}

static struct py_node *list(struct py_parser *p)
{
    struct py_token start = p->tok;
    py_advance(p);
    if (py_peek(p) == PY_T_RBRACKET) {
        return close(p, py_node_at(p, PY_LIST, &start), PY_T_RBRACKET);
    }
    return display(p, &start, py_parse_star_named(p), PY_LIST, PY_LIST_COMP, PY_T_RBRACKET);
}

static struct py_node *parenthesised(struct py_parser *p)
{
    struct py_token start = p->tok;
    py_advance(p);
    if (py_peek(p) == PY_T_RPAR) {
        return close(p, py_node_at(p, PY_TUPLE, &start), PY_T_RPAR);
    }
    if (py_peek(p) == PY_T_YIELD) {
        return close(p, py_parse_yield(p), PY_T_RPAR);
    }
    struct py_node *first = py_parse_star_named(p);
    if (!first) {
        return NULL;
    }
    if (py_peek(p) == PY_T_COMMA || py_at_comprehension(p)) {
        return display(p, &start, first, PY_TUPLE, PY_GENERATOR, PY_T_RPAR);
    }
    if (first->kind == PY_STARRED) {
        return py_error_at(p, first, "cannot use starred expression here");
    }
    if (py_peek(p) != PY_T_RPAR) {
        return py_error_syntax(p);
    }
    py_advance(p);
    first->end_line = p->prev_line;
    return first;
}

/* "key: value" or "** mapping", pushed as two nodes. */
static bool dict_item(struct py_parser *p)
{
    struct py_node *key = NULL, *value;
    if (py_accept(p, PY_T_STAR_STAR)) {
        value = py_parse_bitor(p);
    } else {
        key = py_parse_expr(p);
        value = key && py_expect(p, PY_T_COLON) ? py_parse_expr(p) : NULL;
    }
    if (value) {
        py_push(p, key);
        py_push(p, value);
    }
    return value != NULL;
}

void py_pop_pairs(struct py_parser *p, size_t from, struct py_node *node)
{
    size_t n = (p->nodes.len - from) / sizeof(struct py_node *) / 2;
    struct py_node *const *pairs = (const void *)(p->nodes.items + from);
    node->keys.items = py_bytes(p, n * sizeof(struct py_node *));
    node->list.items = py_bytes(p, n * sizeof(struct py_node *));
    node->keys.n = node->list.n = n;
    for (size_t i = 0; i < n; i++) {
        node->keys.items[i] = pairs[2 * i];
        node->list.items[i] = pairs[2 * i + 1];
        py_above(node, pairs[2 * i]);
        py_above(node, pairs[2 * i + 1]);
    }
    p->nodes.len = from;
}

static struct py_node *dict_comprehension(struct py_parser *p, const struct py_token *start,
                                          struct py_node *key, struct py_node *value)
{
    struct py_node *node = comprehend(p, PY_DICT_COMP, start, key);
    if (!node) {
        return NULL;
    }
    node->right = value;
    py_above(node, value);
    return close(p, node, PY_T_RBRACE);
}

/* A dict whose first key is there, and the colon after it at hand; or, without key, "**". */
static struct py_node *dict(struct py_parser *p, const struct py_token *start, struct py_node *key)
{
    size_t from = p->nodes.len;
    if (key) {
        py_advance(p);
        struct py_node *value = py_parse_expr(p);
        if (!value || py_at_comprehension(p)) {
            return value ? dict_comprehension(p, start, key, value) : NULL;
        }
        py_push(p, key);
        py_push(p, value);
    } else if (!dict_item(p)) {
        return NULL;
    }
    while (py_accept(p, PY_T_COMMA) && py_peek(p) != PY_T_RBRACE) {
        if (!dict_item(p)) {
            return NULL;
        }
    }
    struct py_node *node = py_node_at(p, PY_DICT, start);
    py_pop_pairs(p, from, node);
    return close(p, node, PY_T_RBRACE);
}

static struct py_node *braces(struct py_parser *p)
{
    struct py_token start = p->tok;
    py_advance(p);
    if (py_peek(p) == PY_T_RBRACE) {
        return close(p, py_node_at(p, PY_DICT, &start), PY_T_RBRACE);
    }
    if (py_peek(p) == PY_T_STAR_STAR) {
        return dict(p, &start, NULL);
    }
    bool group = py_peek(p) == PY_T_LPAR; /* {(a := 1): 2} is right, and {a := 1: 2} is not */
    struct py_node *first = py_parse_star_named(p);
    if (first && py_peek(p) == PY_T_COLON && first->kind != PY_STARRED &&
        (group || first->kind != PY_NAMED)) {
        return dict(p, &start, first);
    }
    return display(p, &start, first, PY_SET, PY_SET_COMP, PY_T_RBRACE);
}

/* Between brackets the depth that unary operators count is not reached by py_parse_expr() alone. */
static struct py_node *nested(struct py_parser *p, struct py_node *(*parse)(struct py_parser *))
{
    if (!py_deeper(p)) {
        return NULL;
    }
    struct py_node *node = parse(p);
    p->depth--;
    return node;
}

struct py_node *py_parse_name(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_NAME, &p->tok);
    node->name = py_name_of(p, &p->tok);
    py_advance(p);
    return node;
}

struct py_node *py_parse_atom(struct py_parser *p)
{
    switch (py_peek(p)) {
    case PY_T_NAME:
        return py_parse_name(p);
    case PY_T_STRING:
    case PY_T_FSTRING:
        return py_parse_strings(p);
    case PY_T_NUMBER:
        return py_parse_number(p);
    case PY_T_TRUE:
        return constant(p, PY_C_TRUE);
    case PY_T_FALSE:
        return constant(p, PY_C_FALSE);
    case PY_T_NONE:
        return constant(p, PY_C_NONE);
    case PY_T_ELLIPSIS:
        return constant(p, PY_C_ELLIPSIS);
    case PY_T_LPAR:
        return nested(p, parenthesised);
    case PY_T_LBRACKET:
        return nested(p, list);
    case PY_T_LBRACE:
        return nested(p, braces);
    default:
        return py_error_syntax(p);
    }
}
