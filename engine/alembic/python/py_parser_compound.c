/* Statements with blocks: if, while, for, try, def, class. */
#include "engine/alembic/python/py_parser.h"

/* --- blocks --- */

static bool indented(struct py_parser *p)
{
    if (py_peek(p) != PY_T_INDENT) {
        return py_error_here(p, "expected an indented block");
    }
    if (!py_deeper(p)) {
        return false;
    }
    py_advance(p);
    while (py_peek(p) != PY_T_DEDENT) {
        if (!py_parse_statement(p)) {
            return false;
        }
    }
    /* Not py_advance(): what ends here ended with its last statement. */
    py_lex(&p->lex, &p->tok);
    p->depth--;
    return true;
}

bool py_parse_block(struct py_parser *p, struct py_node *above, py_nodes_t *body)
{
    size_t from = p->nodes.len;
    if (!py_expect(p, PY_T_COLON)) {
        return false;
    }
    bool ok;
    if (py_peek(p) == PY_T_NEWLINE) {
        py_lex(&p->lex, &p->tok);
        ok = indented(p);
    } else {
        ok = py_parse_simple_statements(p);
    }
    if (!ok) {
        return false;
    }
    *body = py_pop_nodes(p, from, above);
    above->end_line = body->items[body->n - 1]->end_line;
    return true;
}

static bool loop_block(struct py_parser *p, struct py_node *node)
{
    p->frame->loops++;
    bool ok = py_parse_block(p, node, &node->body);
    p->frame->loops--;
    return ok;
}

static bool else_block(struct py_parser *p, struct py_node *node)
{
    return !py_accept(p, PY_T_ELSE) || py_parse_block(p, node, &node->orelse);
}

/* --- if, while, for --- */

static struct py_node *condition(struct py_parser *p, enum py_node_kind kind)
{
    struct py_node *node = py_node_at(p, kind, &p->tok);
    py_advance(p);
    node->test = py_parse_named(p);
    py_above(node, node->test);
    if (node->test && py_peek(p) == PY_T_ASSIGN) {
        return py_error_here(p, "invalid syntax: maybe you meant '==' or ':=' instead of '='?");
    }
    return node->test ? node : NULL;
}

/* Each elif is an `if` alone in the block of the one before: linked from the last to the first. */
static void link_elifs(struct py_parser *p, size_t from)
{
    struct py_node *const *ifs = (const void *)(p->nodes.items + from);
    for (size_t i = (p->nodes.len - from) / sizeof(*ifs) - 1; i > 0; i--) {
        struct py_node *outer = ifs[i - 1];
        outer->orelse.items = py_bytes(p, sizeof(*outer->orelse.items));
        outer->orelse.items[0] = ifs[i];
        outer->orelse.n = 1;
        outer->end_line = ifs[i]->end_line;
        py_above(outer, ifs[i]);
    }
    p->nodes.len = from;
}

static struct py_node *if_(struct py_parser *p)
{
    size_t from = p->nodes.len;
    struct py_node *first = NULL, *node;
    do {
        node = condition(p, PY_IF);
        if (!node || !py_parse_block(p, node, &node->body)) {
            return NULL;
        }
        first = first ? first : node;
        py_push(p, node);
    } while (py_peek(p) == PY_T_ELIF);
    if (!else_block(p, node)) {
        return NULL;
    }
    link_elifs(p, from);
    return first;
}

static struct py_node *while_(struct py_parser *p)
{
    struct py_node *node = condition(p, PY_WHILE);
    return node && loop_block(p, node) && else_block(p, node) ? node : NULL;
}

static struct py_node *for_(struct py_parser *p, bool is_async, const struct py_token *start)
{
    struct py_node *node = py_node_at(p, PY_FOR, start);
    py_advance(p);
    node->is_async = is_async;
    node->left = py_parse_targets(p);
    if (!node->left || !py_bind_target(p, node->left, "assign to") || !py_expect(p, PY_T_IN)) {
        return NULL;
    }
    node->right = py_parse_list(p);
    py_above(node, node->left);
    py_above(node, node->right);
    return node->right && loop_block(p, node) && else_block(p, node) ? node : NULL;
}

/* --- try --- */

static bool except_clause(struct py_parser *p, struct py_handler *h)
{
    h->type = py_parse_expr(p);
    if (!h->type) {
        return false;
    }
    if (py_peek(p) == PY_T_COMMA) {
        py_error_here(p, "multiple exception types must be parenthesized");
        err_hint(p->err,
                 "Write except (A, B): for several types; Python 2's except A, e: is except A as e:.");
        return false;
    }
    if (py_accept(p, PY_T_AS)) {
        if (py_peek(p) != PY_T_NAME) {
            return py_error_syntax(p);
        }
        h->name = py_name_of(p, &p->tok);
        py_bind_name(p, h->name);
        py_advance(p);
    }
    return true;
}

static bool handler(struct py_parser *p, struct py_node *node, size_t n)
{
    struct py_handler h = {.line = p->tok.line};
    py_advance(p);
    bool star = py_accept(p, PY_T_STAR);
    if (n && star != node->star) {
        return py_error_here(p, "cannot have both 'except' and 'except*' on the same 'try'");
    }
    node->star = star;
    if (star || py_peek(p) != PY_T_COLON) {
        if (!except_clause(p, &h)) {
            return false;
        }
        py_above(node, h.type);
    }
    if (!py_parse_block(p, node, &h.body)) {
        return false;
    }
    memcpy(py_stack_push(&p->other, sizeof(h)), &h, sizeof(h));
    return h.type || py_peek(p) != PY_T_EXCEPT || py_error_here(p, "default 'except:' must be last");
}

static struct py_node *try_(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_TRY, &p->tok);
    size_t from = p->other.len;
    py_advance(p);
    if (!py_parse_block(p, node, &node->body)) {
        return NULL;
    }
    while (py_peek(p) == PY_T_EXCEPT) {
        if (!handler(p, node, p->other.len - from)) {
            return NULL;
        }
    }
    PY_TAKE(p, from, &node->handlers);
    if (node->handlers.n && !else_block(p, node)) {
        return NULL;
    }
    if (py_accept(p, PY_T_FINALLY)) {
        return py_parse_block(p, node, &node->finalbody) ? node : NULL;
    }
    return node->handlers.n ? node : py_error_here(p, "expected 'except' or 'finally' block");
}

/* --- def, class --- */

static struct py_node *named(struct py_parser *p, enum py_node_kind kind, const struct py_token *start)
{
    struct py_node *node = py_node_at(p, kind, start);
    py_advance(p);
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    node->name = py_name_of(p, &p->tok);
    py_bind_name(p, node->name);
    py_advance(p);
    return py_parse_type_params(p, node) ? node : NULL;
}

static bool signature(struct py_parser *p, struct py_node *node)
{
    if (!py_expect(p, PY_T_LPAR)) {
        return false;
    }
    node->params = py_parse_params(p, PY_T_RPAR, node);
    if (!node->params || !py_expect(p, PY_T_RPAR)) {
        return false;
    }
    if (py_accept(p, PY_T_ARROW)) {
        node->third = py_parse_expr(p);
        py_above(node, node->third);
        return node->third != NULL;
    }
    return true;
}

static struct py_node *function(struct py_parser *p, bool is_async, const struct py_token *start)
{
    struct py_frame frame;
    struct py_node *node = named(p, PY_FUNCTION, start);
    if (!node || !signature(p, node)) {
        return NULL;
    }
    node->is_async = is_async;
    py_frame_enter(p, &frame, PY_FRAME_FUNCTION);
    py_bind_params(p, node->params);
    bool ok = py_parse_block(p, node, &node->body);
    node->scope = py_frame_leave(p);
    return ok ? node : NULL;
}

/* list and keywords of a call and of a class have the same places. */
static struct py_node *class(struct py_parser *p)
{
    struct py_frame frame;
    struct py_token start = p->tok;
    struct py_node *node = named(p, PY_CLASS, &start);
    if (!node || (py_peek(p) == PY_T_LPAR && !py_parse_arguments(p, node))) {
        return NULL;
    }
    py_frame_enter(p, &frame, PY_FRAME_CLASS);
    bool ok = py_parse_block(p, node, &node->body);
    node->scope = py_frame_leave(p);
    return ok ? node : NULL;
}

static struct py_node *async(struct py_parser *p)
{
    struct py_token start = p->tok;
    py_advance(p);
    switch (py_peek(p)) {
    case PY_T_DEF:
        return function(p, true, &start);
    case PY_T_FOR:
        return for_(p, true, &start);
    case PY_T_WITH:
        return py_parse_with(p, true, &start);
    default:
        return py_error_syntax(p);
    }
}

static struct py_node *definition(struct py_parser *p)
{
    struct py_token start = p->tok;
    switch (start.kind) {
    case PY_T_DEF:
        return function(p, false, &start);
    case PY_T_CLASS:
        return class(p);
    case PY_T_ASYNC:
        py_advance(p);
        return py_peek(p) == PY_T_DEF ? function(p, true, &start) : py_error_syntax(p);
    default:
        return py_error_syntax(p);
    }
}

static struct py_node *decorated(struct py_parser *p)
{
    size_t from = p->nodes.len;
    while (py_accept(p, PY_T_AT)) {
        struct py_node *decorator = py_parse_named(p);
        if (!decorator || !py_expect(p, PY_T_NEWLINE)) {
            return NULL;
        }
        py_push(p, decorator);
    }
    /* The definition's own nodes come above them on the stack. */
    struct py_node *node = definition(p);
    if (!node) {
        return NULL;
    }
    node->decorators = py_pop_nodes(p, from, node);
    return node;
}

struct py_node *py_parse_compound(struct py_parser *p)
{
    struct py_token start = p->tok;
    switch (start.kind) {
    case PY_T_IF:
        return if_(p);
    case PY_T_WHILE:
        return while_(p);
    case PY_T_FOR:
        return for_(p, false, &start);
    case PY_T_TRY:
        return try_(p);
    case PY_T_WITH:
        return py_parse_with(p, false, &start);
    case PY_T_DEF:
        return function(p, false, &start);
    case PY_T_CLASS:
        return class(p);
    case PY_T_ASYNC:
        return async(p);
    case PY_T_AT:
        return decorated(p);
    case PY_T_NAME:
        return py_is_word(&p->tok, "match") ? py_parse_match(p) : NULL;
    default:
        return NULL;
    }
}
