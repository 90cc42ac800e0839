/* Statements of one line. */
#include "engine/alembic/python/py_parser.h"

/* --- assignments --- */

static bool check_target(struct py_parser *p, struct py_node *target)
{
    if (target->kind == PY_STARRED) {
        return py_error_at(p, target, "starred assignment target must be in a list or tuple");
    }
    return py_bind_target(p, target, "assign to");
}

/* a = b = value, whose first part is there. */
static struct py_node *assignment(struct py_parser *p, struct py_node *first)
{
    struct py_node *node = py_node_from(p, PY_ASSIGN, first), *value = first;
    size_t from = p->nodes.len;
    while (py_accept(p, PY_T_ASSIGN)) {
        if (!check_target(p, value)) {
            return NULL;
        }
        py_push(p, value);
        value = py_parse_yield_or_list(p);
        if (!value) {
            return NULL;
        }
    }
    node->list = py_pop_nodes(p, from, node);
    node->right = value;
    py_above(node, value);
    return node;
}

static bool is_single_target(const struct py_node *target)
{
    return target->kind == PY_NAME || target->kind == PY_ATTRIBUTE || target->kind == PY_SUBSCRIPT;
}

static struct py_node *augmented(struct py_parser *p, struct py_node *target)
{
    struct py_node *node = py_node_from(p, PY_AUG_ASSIGN, target);
    if (!is_single_target(target)) {
        return py_error_at(p, target, "illegal target for augmented assignment");
    }
    node->op = p->tok.op;
    node->left = target;
    py_advance(p);
    py_bind_target(p, target, "assign to");
    node->right = py_parse_yield_or_list(p);
    py_above(node, node->right);
    return node->right ? node : NULL;
}

static struct py_node *annotated(struct py_parser *p, struct py_node *target, bool simple)
{
    struct py_node *node = py_node_from(p, PY_ANN_ASSIGN, target);
    if (!is_single_target(target)) {
        return py_error_at(p, target, "only single target (not %s) can be annotated",
                           target->kind == PY_TUPLE  ? "tuple"
                           : target->kind == PY_LIST ? "list"
                                                     : "expression");
    }
    py_advance(p);
    node->left = target;
    node->simple = simple;
    py_bind_target(p, target, "assign to");
    node->third = py_parse_expr(p);
    if (!node->third) {
        return NULL;
    }
    py_above(node, node->third);
    if (py_accept(p, PY_T_ASSIGN)) {
        node->right = py_parse_yield_or_list(p);
        if (!node->right) {
            return NULL;
        }
        py_above(node, node->right);
    }
    return node;
}

/* print "x", exec "x": the expression is that name and something follows it. */
static void *after_expression(struct py_parser *p, const struct py_node *node)
{
    if (node->kind == PY_NAME && (strcmp(node->name, "print") == 0 || strcmp(node->name, "exec") == 0) &&
        py_peek(p) != PY_T_ERROR) {
        py_error_at(p, node, "missing parentheses in call to '%s'", node->name);
        err_hint(p->err, "This looks like Python 2; write %s(...).", node->name);
        return NULL;
    }
    return py_error_syntax(p);
}

static struct py_node *expression_statement(struct py_parser *p)
{
    bool name = py_peek(p) == PY_T_NAME;
    struct py_node *first = py_parse_yield_or_list(p);
    if (!first) {
        return NULL;
    }
    struct py_node *node;
    switch (py_peek(p)) {
    case PY_T_ASSIGN:
        node = assignment(p, first);
        break;
    case PY_T_AUG_ASSIGN:
        node = augmented(p, first);
        break;
    case PY_T_COLON:
        node = annotated(p, first, name && first->kind == PY_NAME);
        break;
    case PY_T_NEWLINE:
    case PY_T_SEMICOLON:
        node = py_node_from(p, PY_EXPR, first);
        node->left = first;
        break;
    default:
        return after_expression(p, first);
    }
    return node ? py_end(p, node) : NULL;
}

/* --- statements that begin with a keyword --- */

static bool at_end(const struct py_parser *p)
{
    return p->tok.kind == PY_T_NEWLINE || p->tok.kind == PY_T_SEMICOLON;
}

static struct py_node *word(struct py_parser *p, enum py_node_kind kind)
{
    struct py_node *node = py_node_at(p, kind, &p->tok);
    if (kind != PY_PASS && !p->frame->loops) {
        return py_error_here(p,
                             kind == PY_BREAK ? "'break' outside loop" : "'continue' not properly in loop");
    }
    py_advance(p);
    return node;
}

static struct py_node *return_(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_RETURN, &p->tok);
    if (p->frame->kind != PY_FRAME_FUNCTION) {
        return py_error_here(p, "'return' outside function");
    }
    py_advance(p);
    if (!at_end(p)) {
        node->left = py_parse_list(p);
        py_above(node, node->left);
        return node->left ? py_end(p, node) : NULL;
    }
    return node;
}

static struct py_node *raise(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_RAISE, &p->tok);
    py_advance(p);
    if (at_end(p)) {
        return node;
    }
    node->left = py_parse_expr(p);
    if (!node->left) {
        return NULL;
    }
    py_above(node, node->left);
    if (py_peek(p) == PY_T_COMMA) {
        py_error_here(p, "invalid syntax");
        err_hint(p->err, "This looks like Python 2; write raise X(value) instead of raise X, value.");
        return NULL;
    }
    if (py_accept(p, PY_T_FROM)) {
        node->right = py_parse_expr(p);
        py_above(node, node->right);
        return node->right ? py_end(p, node) : NULL;
    }
    return py_end(p, node);
}

static struct py_node *assert_(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_ASSERT, &p->tok);
    py_advance(p);
    node->test = py_parse_expr(p);
    if (!node->test) {
        return NULL;
    }
    py_above(node, node->test);
    if (py_accept(p, PY_T_COMMA)) {
        node->right = py_parse_expr(p);
        py_above(node, node->right);
        return node->right ? py_end(p, node) : NULL;
    }
    return py_end(p, node);
}

static struct py_node *delete (struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_DELETE, &p->tok);
    size_t from = p->nodes.len;
    py_advance(p);
    do {
        if (at_end(p) && p->nodes.len > from) {
            break;
        }
        struct py_node *target = py_parse_bitor(p);
        if (!target || !py_bind_target(p, target, "delete")) {
            return NULL;
        }
        py_push(p, target);
    } while (py_accept(p, PY_T_COMMA));
    node->list = py_pop_nodes(p, from, node);
    return py_end(p, node);
}

static struct py_node *declaration(struct py_parser *p, enum py_node_kind kind)
{
    struct py_node *node = py_node_at(p, kind, &p->tok);
    size_t from = p->other.len;
    do {
        py_advance(p);
        if (py_peek(p) != PY_T_NAME) {
            return py_error_syntax(p);
        }
        const char *name = py_name_of(p, &p->tok);
        memcpy(py_stack_push(&p->other, sizeof(name)), &name, sizeof(name));
        py_declare(p, name, kind == PY_GLOBAL);
        py_advance(p);
    } while (py_peek(p) == PY_T_COMMA);
    PY_TAKE(p, from, &node->names);
    return py_end(p, node);
}

/* type X[T] = value; the word is an ordinary name unless another follows. */
static struct py_node *type_alias(struct py_parser *p)
{
    struct py_token start = p->tok;
    py_advance(p);
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    struct py_node *node = py_node_at(p, PY_TYPE_ALIAS, &start);
    node->name = py_name_of(p, &p->tok);
    py_bind_name(p, node->name);
    py_advance(p);
    if (!py_parse_type_params(p, node) || !py_expect(p, PY_T_ASSIGN)) {
        return NULL;
    }
    node->right = py_parse_expr(p);
    py_above(node, node->right);
    return node->right ? py_end(p, node) : NULL;
}

static struct py_node *simple(struct py_parser *p)
{
    switch (py_peek(p)) {
    case PY_T_PASS:
        return word(p, PY_PASS);
    case PY_T_BREAK:
        return word(p, PY_BREAK);
    case PY_T_CONTINUE:
        return word(p, PY_CONTINUE);
    case PY_T_RETURN:
        return return_(p);
    case PY_T_RAISE:
        return raise(p);
    case PY_T_ASSERT:
        return assert_(p);
    case PY_T_DEL:
        return delete (p);
    case PY_T_GLOBAL:
        return declaration(p, PY_GLOBAL);
    case PY_T_NONLOCAL:
        return declaration(p, PY_NONLOCAL);
    case PY_T_IMPORT:
    case PY_T_FROM:
        return py_parse_import(p);
    case PY_T_NAME:
        return py_is_word(&p->tok, "type") && py_lex_next_is_name(&p->lex) ? type_alias(p)
                                                                           : expression_statement(p);
    default:
        return expression_statement(p);
    }
}

bool py_parse_simple_statements(struct py_parser *p)
{
    do {
        struct py_node *node = simple(p);
        if (!node) {
            return false;
        }
        if (node->height > PY_HEIGHT_MAX) {
            return py_error_at(p, node, "nested too deeply");
        }
        py_push(p, node);
    } while (py_accept(p, PY_T_SEMICOLON) && py_peek(p) != PY_T_NEWLINE);
    if (py_peek(p) != PY_T_NEWLINE) {
        return py_error_syntax(p);
    }
    py_advance(p);
    return true;
}

bool py_parse_statement(struct py_parser *p)
{
    struct py_node *node = py_parse_compound(p);
    if (!node) {
        return !p->lex.failed && p->tok.kind != PY_T_ERROR && py_parse_simple_statements(p);
    }
    if (node->height > PY_HEIGHT_MAX) {
        return py_error_at(p, node, "nested too deeply");
    }
    py_push(p, node);
    return true;
}
