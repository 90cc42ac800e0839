/* match and its patterns. */
#include "engine/alembic/python/py_parser.h"

static struct py_node *deeper(struct py_parser *p, struct py_node *(*parse)(struct py_parser *))
{
    if (!py_deeper(p)) {
        return NULL;
    }
    struct py_node *node = parse(p);
    p->depth--;
    return node;
}

/* --- literals --- */

static struct py_node *value_pattern(struct py_parser *p, struct py_node *value)
{
    if (!value) {
        return NULL;
    }
    struct py_node *node = py_node_from(p, PY_MATCH_VALUE, value);
    node->left = value;
    return py_end(p, node);
}

static struct py_node *signed_number(struct py_parser *p)
{
    struct py_token start = p->tok;
    bool minus = py_accept(p, PY_T_MINUS);
    if (py_peek(p) != PY_T_NUMBER) {
        return py_error_syntax(p);
    }
    struct py_node *number = py_parse_number(p);
    if (!number || !minus) {
        return number;
    }
    struct py_node *node = py_node_at(p, PY_UNARY, &start);
    node->op = PY_OP_NEG;
    node->left = number;
    py_above(node, number);
    return py_end(p, node);
}

static bool is_imaginary(const struct py_node *node)
{
    return node->kind == PY_CONSTANT && node->constant.kind == PY_C_COMPLEX;
}

/* 1, -1, 1 + 2j */
static struct py_node *number(struct py_parser *p)
{
    struct py_node *real = signed_number(p);
    if (!real || (py_peek(p) != PY_T_PLUS && py_peek(p) != PY_T_MINUS)) {
        return real;
    }
    struct py_node *node = py_node_from(p, PY_BINARY, real);
    node->op = py_peek(p) == PY_T_PLUS ? PY_OP_ADD : PY_OP_SUB;
    node->left = real;
    py_advance(p);
    if (py_peek(p) != PY_T_NUMBER) {
        return py_error_syntax(p);
    }
    node->right = py_parse_number(p);
    if (!node->right) {
        return NULL;
    }
    return is_imaginary(node->right)
               ? py_end(p, node)
               : py_error_at(p, node->right, "imaginary number required in complex literal");
}

static struct py_node *strings(struct py_parser *p)
{
    struct py_node *node = py_parse_strings(p);
    if (node && node->kind == PY_JOINED_STR) {
        return py_error_at(p, node, "patterns may only match literals and attribute lookups");
    }
    return node;
}

static struct py_node *singleton(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_MATCH_SINGLETON, &p->tok);
    node->left = py_parse_atom(p);
    py_above(node, node->left);
    return node;
}

/* --- names --- */

/* A capture; "_" captures nothing. */
static struct py_node *capture(struct py_parser *p, struct py_node *pattern)
{
    struct py_node *node = py_node_at(p, PY_MATCH_AS, &p->tok);
    if (py_peek(p) != PY_T_NAME || (pattern && py_is_word(&p->tok, "_"))) {
        return pattern ? py_error_here(p, "invalid pattern target") : py_error_syntax(p);
    }
    node->left = pattern;
    py_above(node, pattern);
    if (!py_is_word(&p->tok, "_")) {
        node->name = py_name_of(p, &p->tok);
        py_bind_name(p, node->name);
    }
    py_advance(p);
    return node;
}

static struct py_node *dotted(struct py_parser *p)
{
    struct py_node *node = py_parse_name(p);
    while (py_accept(p, PY_T_DOT)) {
        struct py_node *outer = py_node_from(p, PY_ATTRIBUTE, node);
        if (py_peek(p) != PY_T_NAME) {
            return py_error_syntax(p);
        }
        outer->left = node;
        outer->name = py_name_of(p, &p->tok);
        py_advance(p);
        node = py_end(p, outer);
    }
    return node;
}

static bool class_argument(struct py_parser *p, struct py_node *node, size_t keywords)
{
    struct py_token start = p->tok;
    if (start.kind == PY_T_NAME && py_lex_next_is_assign(&p->lex)) {
        py_advance(p);
        py_advance(p);
        struct py_keyword k = {py_name_of(p, &start), py_parse_pattern(p), start.line, start.column};
        py_above(node, k.value);
        memcpy(py_stack_push(&p->other, sizeof(k)), &k, sizeof(k));
        return k.value != NULL;
    }
    if (p->other.len > keywords) {
        return py_error_here(p, "positional patterns follow keyword patterns");
    }
    struct py_node *pattern = py_parse_pattern(p);
    if (pattern) {
        py_push(p, pattern);
    }
    return pattern != NULL;
}

static struct py_node *class_pattern(struct py_parser *p, struct py_node *class)
{
    struct py_node *node = py_node_from(p, PY_MATCH_CLASS, class);
    size_t from = p->nodes.len, keywords = p->other.len;
    node->left = class;
    do {
        py_advance(p);
        if (py_peek(p) == PY_T_RPAR) {
            break;
        }
        if (!class_argument(p, node, keywords)) {
            return NULL;
        }
    } while (py_peek(p) == PY_T_COMMA);
    node->list = py_pop_nodes(p, from, node);
    PY_TAKE(p, keywords, &node->keywords);
    return py_expect(p, PY_T_RPAR) ? py_end(p, node) : NULL;
}

/* x captures, x.y is looked up, x(...) is a class. */
static struct py_node *name_pattern(struct py_parser *p)
{
    if (!py_lex_next_is_trailer(&p->lex)) {
        return capture(p, NULL);
    }
    struct py_node *name = dotted(p);
    if (!name) {
        return NULL;
    }
    return py_peek(p) == PY_T_LPAR ? class_pattern(p, name) : value_pattern(p, name);
}

/* --- sequences and mappings --- */

static struct py_node *star(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_MATCH_STAR, &p->tok);
    py_advance(p);
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    if (!py_is_word(&p->tok, "_")) {
        node->name = py_name_of(p, &p->tok);
        py_bind_name(p, node->name);
    }
    py_advance(p);
    return py_end(p, node);
}

static struct py_node *star_or_pattern(struct py_parser *p)
{
    return py_peek(p) == PY_T_STAR ? star(p) : py_parse_pattern(p);
}

/* Patterns with commas, the first of which is there, up to `end`. */
static struct py_node *sequence(struct py_parser *p, const struct py_token *start, struct py_node *first,
                                enum py_token_kind end)
{
    struct py_node *node = py_node_at(p, PY_MATCH_SEQUENCE, start);
    size_t from = p->nodes.len;
    py_push(p, first);
    while (py_accept(p, PY_T_COMMA) && py_peek(p) != end && py_peek(p) != PY_T_IF) {
        struct py_node *item = star_or_pattern(p);
        if (!item) {
            return NULL;
        }
        py_push(p, item);
    }
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

static struct py_node *bracketed(struct py_parser *p)
{
    struct py_token start = p->tok;
    enum py_token_kind end = start.kind == PY_T_LPAR ? PY_T_RPAR : PY_T_RBRACKET;
    py_advance(p);
    if (py_accept(p, end)) {
        return py_end(p, py_node_at(p, PY_MATCH_SEQUENCE, &start));
    }
    struct py_node *node = star_or_pattern(p);
    if (!node) {
        return NULL;
    }
    bool group = end == PY_T_RPAR && py_peek(p) == end && node->kind != PY_MATCH_STAR;
    if (!group && node->kind == PY_MATCH_STAR && end == PY_T_RPAR && py_peek(p) != PY_T_COMMA) {
        return py_error_syntax(p);
    }
    node = group ? node : sequence(p, &start, node, end);
    return node && py_expect(p, end) ? py_end(p, node) : NULL;
}

static struct py_node *mapping_key(struct py_parser *p)
{
    switch (py_peek(p)) {
    case PY_T_NUMBER:
    case PY_T_MINUS:
        return number(p);
    case PY_T_STRING:
    case PY_T_FSTRING:
        return strings(p);
    case PY_T_NONE:
    case PY_T_TRUE:
    case PY_T_FALSE:
        return py_parse_atom(p);
    case PY_T_NAME: {
        struct py_node *key = dotted(p);
        return key && key->kind != PY_ATTRIBUTE ? py_error_syntax(p) : key;
    }
    default:
        return py_error_syntax(p);
    }
}

/* "key: pattern", pushed as two nodes, or "**rest". */
static bool mapping_item(struct py_parser *p, struct py_node *node)
{
    if (py_accept(p, PY_T_STAR_STAR)) {
        if (py_peek(p) != PY_T_NAME || py_is_word(&p->tok, "_")) {
            return py_error_syntax(p);
        }
        node->name = py_name_of(p, &p->tok);
        py_bind_name(p, node->name);
        py_advance(p);
        return true;
    }
    struct py_node *key = mapping_key(p);
    struct py_node *value = key && py_expect(p, PY_T_COLON) ? py_parse_pattern(p) : NULL;
    if (value) {
        py_push(p, key);
        py_push(p, value);
    }
    return value != NULL;
}

static struct py_node *mapping(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_MATCH_MAPPING, &p->tok);
    size_t from = p->nodes.len;
    do {
        py_advance(p);
        if (py_peek(p) == PY_T_RBRACE) {
            break;
        }
        if (node->name || !mapping_item(p, node)) {
            return py_error_syntax(p);
        }
    } while (py_peek(p) == PY_T_COMMA);
    py_pop_pairs(p, from, node);
    return py_expect(p, PY_T_RBRACE) ? py_end(p, node) : NULL;
}

/* --- patterns --- */

static struct py_node *closed_pattern(struct py_parser *p)
{
    switch (py_peek(p)) {
    case PY_T_NUMBER:
    case PY_T_MINUS:
        return value_pattern(p, number(p));
    case PY_T_STRING:
    case PY_T_FSTRING:
        return value_pattern(p, strings(p));
    case PY_T_NONE:
    case PY_T_TRUE:
    case PY_T_FALSE:
        return singleton(p);
    case PY_T_NAME:
        return name_pattern(p);
    case PY_T_LPAR:
    case PY_T_LBRACKET:
        return bracketed(p);
    case PY_T_LBRACE:
        return mapping(p);
    default:
        return py_error_syntax(p);
    }
}

static struct py_node *or_pattern(struct py_parser *p)
{
    struct py_node *first = closed_pattern(p);
    if (!first || py_peek(p) != PY_T_PIPE) {
        return first;
    }
    struct py_node *node = py_node_from(p, PY_MATCH_OR, first);
    size_t from = p->nodes.len;
    py_push(p, first);
    while (py_accept(p, PY_T_PIPE)) {
        struct py_node *alternative = closed_pattern(p);
        if (!alternative) {
            return NULL;
        }
        py_push(p, alternative);
    }
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

struct py_node *py_parse_pattern(struct py_parser *p)
{
    struct py_token start = p->tok;
    struct py_node *pattern = deeper(p, or_pattern);
    if (!pattern || !py_accept(p, PY_T_AS)) {
        return pattern;
    }
    struct py_node *node = capture(p, pattern);
    if (node) {
        node->line = start.line;
        node->column = start.column;
    }
    return node;
}

/* --- match --- */

static bool case_(struct py_parser *p, struct py_node *node)
{
    struct py_case c = {0};
    if (!py_is_word(&p->tok, "case")) {
        return py_error_here(p, "expected 'case'");
    }
    py_advance(p);
    struct py_token start = p->tok;
    c.pattern = star_or_pattern(p);
    if (c.pattern && (py_peek(p) == PY_T_COMMA || c.pattern->kind == PY_MATCH_STAR)) {
        c.pattern =
            py_peek(p) == PY_T_COMMA ? sequence(p, &start, c.pattern, PY_T_COLON) : py_error_syntax(p);
    }
    if (!c.pattern) {
        return false;
    }
    py_above(node, c.pattern);
    if (py_accept(p, PY_T_IF)) {
        c.guard = py_parse_named(p);
        py_above(node, c.guard);
        if (!c.guard) {
            return false;
        }
    }
    if (!py_parse_block(p, node, &c.body)) {
        return false;
    }
    memcpy(py_stack_push(&p->other, sizeof(c)), &c, sizeof(c));
    return true;
}

static bool cases(struct py_parser *p, struct py_node *node)
{
    size_t from = p->other.len;
    if (!py_expect(p, PY_T_COLON) || !py_expect(p, PY_T_NEWLINE)) {
        return false;
    }
    if (py_peek(p) != PY_T_INDENT) {
        return py_error_here(p, "expected an indented block");
    }
    py_advance(p);
    while (py_peek(p) != PY_T_DEDENT) {
        if (!case_(p, node)) {
            return false;
        }
    }
    py_lex(&p->lex, &p->tok);
    PY_TAKE(p, from, &node->cases);
    return true;
}

static struct py_node *subject(struct py_parser *p)
{
    struct py_token start = p->tok;
    struct py_node *first = py_parse_star_named(p);
    if (!first || (py_peek(p) != PY_T_COMMA && first->kind != PY_STARRED)) {
        return first;
    }
    struct py_node *node = py_node_at(p, PY_TUPLE, &start);
    size_t from = p->nodes.len;
    py_push(p, first);
    while (py_accept(p, PY_T_COMMA) && py_peek(p) != PY_T_COLON) {
        struct py_node *item = py_parse_star_named(p);
        if (!item) {
            return NULL;
        }
        py_push(p, item);
    }
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

struct py_node *py_parse_match(struct py_parser *p)
{
    /* The word is an ordinary name in every line that does not end in a colon. */
    if (!py_lex_line_ends_in_colon(&p->lex)) {
        return NULL;
    }
    struct py_node *node = py_node_at(p, PY_MATCH, &p->tok);
    if (!py_deeper(p)) {
        return NULL;
    }
    py_advance(p);
    node->left = subject(p);
    py_above(node, node->left);
    if (!node->left || !cases(p, node)) {
        return NULL;
    }
    p->depth--;
    return node;
}
