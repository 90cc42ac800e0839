/* What follows a primary in brackets: arguments of a call, subscripts. */
#include "engine/alembic/python/py_parser.h"

/* Which kinds of arguments came already. */
struct arguments {
    size_t from, keywords; /* of the stacks */
    bool keyword, mapping;
};

static void push_keyword(struct py_parser *p, const char *name, struct py_node *value,
                         const struct py_token *start)
{
    struct py_keyword *k = py_stack_push(&p->other, sizeof(*k));
    *k = (struct py_keyword){.name = name, .value = value, .line = start->line, .column = start->column};
}

static bool positional(struct py_parser *p, const struct arguments *args, struct py_node *value)
{
    if (args->mapping || (args->keyword && value->kind != PY_STARRED)) {
        return py_error_at(p, value, "positional argument follows keyword argument%s",
                           args->mapping ? " unpacking" : "");
    }
    py_push(p, value);
    return true;
}

static struct py_node *starred_argument(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_STARRED, &p->tok);
    py_advance(p);
    node->left = py_parse_expr(p);
    py_above(node, node->left);
    return node->left ? py_end(p, node) : NULL;
}

/* name=value, or an expression that begins with a name. */
static bool named_argument(struct py_parser *p, struct arguments *args)
{
    struct py_token start = p->tok;
    py_advance(p);
    if (py_accept(p, PY_T_ASSIGN)) {
        struct py_node *value = py_parse_expr(p);
        if (value) {
            push_keyword(p, py_name_of(p, &start), value, &start);
            args->keyword = true;
        }
        return value != NULL;
    }
    struct py_node *node = py_node_at(p, PY_NAME, &start);
    node->name = py_name_of(p, &start);
    if (py_peek(p) == PY_T_WALRUS) {
        struct py_node *named = py_node_from(p, PY_NAMED, node);
        py_advance(p);
        py_bind_name(p, node->name);
        named->left = node;
        named->right = py_parse_expr(p);
        py_above(named, named->right);
        node = named->right ? py_end(p, named) : NULL;
    } else {
        node = py_parse_expr_from(p, node);
    }
    return node && positional(p, args, node);
}

static bool argument(struct py_parser *p, struct arguments *args)
{
    struct py_token start = p->tok;
    struct py_node *node;
    switch (start.kind) {
    case PY_T_NAME:
        return named_argument(p, args);
    case PY_T_STAR:
        node = starred_argument(p);
        return node && positional(p, args, node);
    case PY_T_STAR_STAR:
        py_advance(p);
        node = py_parse_expr(p);
        if (node) {
            push_keyword(p, NULL, node, &start);
            args->mapping = true;
        }
        return node != NULL;
    default:
        node = py_parse_named(p);
        return node && positional(p, args, node);
    }
}

/* f(x for x in y): the only argument is a generator. */
static bool generator_argument(struct py_parser *p, const struct arguments *args,
                               const struct py_token *start)
{
    struct py_node *element;
    if (p->nodes.len != args->from + sizeof(element) || p->other.len != args->keywords) {
        return py_error_here(p, "generator expression must be parenthesized");
    }
    p->nodes.len = args->from;
    memcpy(&element, p->nodes.items + args->from, sizeof(element));
    if (element->kind == PY_STARRED) {
        return py_error_syntax(p);
    }
    struct py_node *node = py_node_at(p, PY_GENERATOR, start);
    node->left = element;
    py_above(node, element);
    if (!py_parse_comprehension(p, node)) {
        return false;
    }
    py_push(p, node);
    if (py_peek(p) != PY_T_RPAR) {
        return py_peek(p) == PY_T_COMMA ? py_error_here(p, "generator expression must be parenthesized")
                                        : py_error_syntax(p);
    }
    return true;
}

static bool check_keywords(struct py_parser *p, const struct py_node *node)
{
    const struct py_keyword *k;
    if (node->keywords.n < 2) {
        return true;
    }
    py_new_mark(p);
    vec_each (k, &node->keywords) {
        if (k->name && py_marked(p, k->name)) {
            return py_error_at(p, k->value, "keyword argument repeated: %s", k->name);
        }
    }
    return true;
}

static bool arguments(struct py_parser *p, struct py_node *node)
{
    struct arguments args = {.from = p->nodes.len, .keywords = p->other.len};
    struct py_token start = p->tok;
    py_advance(p);
    while (py_peek(p) != PY_T_RPAR) {
        if (!argument(p, &args)) {
            return false;
        }
        if (py_at_comprehension(p) && !generator_argument(p, &args, &start)) {
            return false;
        }
        if (!py_accept(p, PY_T_COMMA)) {
            break;
        }
    }
    if (py_peek(p) != PY_T_RPAR) {
        return py_error_syntax(p);
    }
    py_advance(p);
    node->list = py_pop_nodes(p, args.from, node);
    PY_TAKE(p, args.keywords, &node->keywords);
    struct py_keyword *k;
    vec_each (k, &node->keywords) {
        py_above(node, k->value);
    }
    return check_keywords(p, node);
}

bool py_parse_arguments(struct py_parser *p, struct py_node *node)
{
    if (!py_deeper(p)) {
        return false;
    }
    bool ok = arguments(p, node);
    p->depth--;
    return ok;
}

/* --- subscripts --- */

static bool ends_slice(enum py_token_kind kind)
{
    return kind == PY_T_COLON || kind == PY_T_COMMA || kind == PY_T_RBRACKET;
}

static bool slice_part(struct py_parser *p, struct py_node *node, struct py_node **part)
{
    if (ends_slice(py_peek(p))) {
        return true;
    }
    *part = py_parse_expr(p);
    py_above(node, *part);
    return *part != NULL;
}

static struct py_node *slice(struct py_parser *p)
{
    struct py_token start = p->tok;
    struct py_node *first = NULL;
    if (py_peek(p) != PY_T_COLON) {
        bool group = py_peek(p) == PY_T_LPAR;
        first = py_parse_star_named(p);
        if (!first || py_peek(p) != PY_T_COLON) {
            return first;
        }
        if (first->kind == PY_STARRED || (first->kind == PY_NAMED && !group)) {
            return py_error_syntax(p);
        }
    }
    struct py_node *node = py_node_at(p, PY_SLICE, &start);
    node->left = first;
    py_above(node, first);
    py_advance(p);
    bool ok =
        slice_part(p, node, &node->right) && (!py_accept(p, PY_T_COLON) || slice_part(p, node, &node->third));
    return ok ? py_end(p, node) : NULL;
}

static struct py_node *subscript(struct py_parser *p)
{
    size_t from = p->nodes.len;
    struct py_token start = p->tok;
    struct py_node *first = slice(p);
    if (!first || (py_peek(p) != PY_T_COMMA && first->kind != PY_STARRED)) {
        return first;
    }
    struct py_node *node = py_node_at(p, PY_TUPLE, &start);
    py_push(p, first);
    while (py_accept(p, PY_T_COMMA) && py_peek(p) != PY_T_RBRACKET) {
        struct py_node *item = slice(p);
        if (!item) {
            return NULL;
        }
        py_push(p, item);
    }
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

struct py_node *py_parse_subscript(struct py_parser *p, struct py_node *value)
{
    struct py_node *node = py_node_from(p, PY_SUBSCRIPT, value);
    if (!py_deeper(p)) {
        return NULL;
    }
    py_advance(p);
    node->left = value;
    node->right = subscript(p);
    p->depth--;
    py_above(node, node->right);
    if (!node->right) {
        return NULL;
    }
    if (py_peek(p) != PY_T_RBRACKET) {
        return py_error_syntax(p);
    }
    py_advance(p);
    return py_end(p, node);
}
