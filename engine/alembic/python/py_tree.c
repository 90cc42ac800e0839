/* Looking at syntax trees without running them. */
#include "engine/alembic/python/py_tree.h"

static void one(const struct py_node *node, py_visit *fn, void *arg)
{
    if (node) {
        fn(arg, node);
    }
}

static void all(const py_nodes_t *nodes, py_visit *fn, void *arg)
{
    for (size_t i = 0; i < nodes->n; i++) {
        one(nodes->items[i], fn, arg);
    }
}

static void keywords(const struct py_node *node, py_visit *fn, void *arg)
{
    for (size_t i = 0; i < node->keywords.n; i++) {
        one(node->keywords.items[i].value, fn, arg);
    }
}

static void params(const struct py_node *node, py_visit *fn, void *arg)
{
    const struct py_params *p = node->params;
    for (size_t i = 0; p && i < p->npositional_only + p->nordinary + p->nkeyword_only; i++) {
        one(p->items[i].def, fn, arg);
    }
}

static void comprehension(const struct py_node *node, py_visit *fn, void *arg)
{
    one(node->left, fn, arg);
    if (node->kind == PY_DICT_COMP) {
        one(node->right, fn, arg);
    }
    for (size_t i = 0; i < node->generators.n; i++) {
        const struct py_comprehension *c = &node->generators.items[i];
        one(c->target, fn, arg);
        one(c->iter, fn, arg);
        all(&c->ifs, fn, arg);
    }
}

static void try_parts(const struct py_node *node, py_visit *fn, void *arg)
{
    all(&node->body, fn, arg);
    for (size_t i = 0; i < node->handlers.n; i++) {
        one(node->handlers.items[i].type, fn, arg);
        all(&node->handlers.items[i].body, fn, arg);
    }
    all(&node->orelse, fn, arg);
    all(&node->finalbody, fn, arg);
}

static void statement_parts(const struct py_node *node, py_visit *fn, void *arg)
{
    switch (node->kind) {
    case PY_IF:
    case PY_WHILE:
        one(node->test, fn, arg);
        all(&node->body, fn, arg);
        all(&node->orelse, fn, arg);
        break;
    case PY_FOR:
        one(node->left, fn, arg);
        one(node->right, fn, arg);
        all(&node->body, fn, arg);
        all(&node->orelse, fn, arg);
        break;
    case PY_WITH:
        for (size_t i = 0; i < node->items.n; i++) {
            one(node->items.items[i].context, fn, arg);
            one(node->items.items[i].target, fn, arg);
        }
        all(&node->body, fn, arg);
        break;
    case PY_TRY:
        try_parts(node, fn, arg);
        break;
    case PY_MATCH:
        one(node->left, fn, arg);
        for (size_t i = 0; i < node->cases.n; i++) {
            one(node->cases.items[i].pattern, fn, arg);
            one(node->cases.items[i].guard, fn, arg);
            all(&node->cases.items[i].body, fn, arg);
        }
        break;
    case PY_FUNCTION:
        all(&node->decorators, fn, arg);
        params(node, fn, arg);
        all(&node->body, fn, arg);
        break;
    case PY_CLASS:
        all(&node->decorators, fn, arg);
        all(&node->list, fn, arg);
        keywords(node, fn, arg);
        all(&node->body, fn, arg);
        break;
    default:
        break;
    }
}

void py_node_children(const struct py_node *node, py_visit *fn, void *arg)
{
    switch (node->kind) {
    case PY_ATTRIBUTE:
    case PY_STARRED:
    case PY_UNARY:
    case PY_YIELD:
    case PY_YIELD_FROM:
    case PY_AWAIT:
    case PY_EXPR:
    case PY_RETURN:
    case PY_MATCH_VALUE:
    case PY_MATCH_AS:
        one(node->left, fn, arg);
        break;
    case PY_SUBSCRIPT:
    case PY_BINARY:
    case PY_NAMED:
    case PY_FORMATTED:
    case PY_AUG_ASSIGN:
    case PY_ANN_ASSIGN:
    case PY_RAISE:
        one(node->left, fn, arg);
        one(node->right, fn, arg);
        break;
    case PY_SLICE:
        one(node->left, fn, arg);
        one(node->right, fn, arg);
        one(node->third, fn, arg);
        break;
    case PY_CALL:
    case PY_MATCH_CLASS:
        one(node->left, fn, arg);
        all(&node->list, fn, arg);
        keywords(node, fn, arg);
        break;
    case PY_BOOL:
    case PY_TUPLE:
    case PY_LIST:
    case PY_SET:
    case PY_JOINED_STR:
    case PY_DELETE:
    case PY_MATCH_SEQUENCE:
    case PY_MATCH_OR:
        all(&node->list, fn, arg);
        break;
    case PY_COMPARE:
        one(node->left, fn, arg);
        all(&node->list, fn, arg);
        break;
    case PY_CONDITIONAL:
        one(node->test, fn, arg);
        one(node->left, fn, arg);
        one(node->right, fn, arg);
        break;
    case PY_LAMBDA:
        params(node, fn, arg);
        one(node->left, fn, arg);
        break;
    case PY_DICT:
    case PY_MATCH_MAPPING:
        all(&node->keys, fn, arg);
        all(&node->list, fn, arg);
        break;
    case PY_LIST_COMP:
    case PY_SET_COMP:
    case PY_DICT_COMP:
    case PY_GENERATOR:
        comprehension(node, fn, arg);
        break;
    case PY_ASSIGN:
        all(&node->list, fn, arg);
        one(node->right, fn, arg);
        break;
    case PY_ASSERT:
        one(node->test, fn, arg);
        one(node->right, fn, arg);
        break;
    default:
        statement_parts(node, fn, arg);
        break;
    }
}

/* --- names of a statement --- */

struct names {
    py_touched *fn;
    void *arg;
    bool within; /* in the body of a function: nothing is bound, and nothing is evaluated now */
    bool class;  /* in the body of a class: nothing is bound, but some of it is evaluated now */
};

/* x of x.y[0].z, or NULL. */
static const char *root_name(const struct py_node *node)
{
    while (node->kind == PY_ATTRIBUTE || node->kind == PY_SUBSCRIPT || node->kind == PY_CALL) {
        node = node->left;
    }
    return node->kind == PY_NAME ? node->name : NULL;
}

static void visit(void *arg, const struct py_node *node);

static void target(struct names *n, const struct py_node *t)
{
    const char *root;
    switch (t->kind) {
    case PY_STARRED:
        target(n, t->left);
        break;
    case PY_TUPLE:
    case PY_LIST:
        for (size_t i = 0; i < t->list.n; i++) {
            target(n, t->list.items[i]);
        }
        break;
    default:
        root = root_name(t);
        if (root) {
            n->fn(n->arg, PY_BINDS, root);
        }
        break;
    }
}

static void targets(struct names *n, const struct py_node *node)
{
    switch (node->kind) {
    case PY_ASSIGN:
    case PY_DELETE:
        for (size_t i = 0; i < node->list.n; i++) {
            target(n, node->list.items[i]);
        }
        break;
    case PY_AUG_ASSIGN:
    case PY_FOR:
    case PY_NAMED:
        target(n, node->left);
        break;
    case PY_ANN_ASSIGN:
        if (node->right) {
            target(n, node->left);
        }
        break;
    case PY_WITH:
        for (size_t i = 0; i < node->items.n; i++) {
            if (node->items.items[i].target) {
                target(n, node->items.items[i].target);
            }
        }
        break;
    case PY_TRY:
        for (size_t i = 0; i < node->handlers.n; i++) {
            if (node->handlers.items[i].name) {
                n->fn(n->arg, PY_BINDS, node->handlers.items[i].name);
            }
        }
        break;
    case PY_EXPR:
        /* x.append(1): a method may change what x is. */
        if (node->left->kind == PY_CALL && node->left->left->kind == PY_ATTRIBUTE &&
            root_name(node->left->left)) {
            n->fn(n->arg, PY_BINDS, root_name(node->left->left));
        }
        break;
    case PY_MATCH_AS:
    case PY_MATCH_STAR:
    case PY_MATCH_MAPPING:
        if (node->name) {
            n->fn(n->arg, PY_BINDS, node->name);
        }
        break;
    default:
        break;
    }
}

static void imports(struct names *n, const struct py_node *node)
{
    for (size_t i = 0; i < node->aliases.n; i++) {
        const struct py_alias *a = &node->aliases.items[i];
        n->fn(n->arg, PY_BINDS, a->as ? a->as : a->name);
    }
}

static void definition(struct names *n, const struct py_node *node)
{
    struct names inner = {.fn = n->fn, .arg = n->arg, .within = true};
    n->fn(n->arg, PY_BINDS, node->name);
    all(&node->decorators, visit, n);
    if (node->kind == PY_FUNCTION) {
        params(node, visit, n);
        all(&node->body, visit, &inner);
        return;
    }
    all(&node->list, visit, n);
    keywords(node, visit, n);
    inner.class = true;
    all(&node->body, visit, &inner);
}

static void visit(void *arg, const struct py_node *node)
{
    struct names *n = arg;
    if (node->kind == PY_NAME) {
        n->fn(n->arg, n->within ? PY_WITHIN : PY_MENTIONS, node->name);
        if (n->class) {
            n->fn(n->arg, PY_MENTIONS, node->name);
        }
        return;
    }
    if (n->within) {
        py_node_children(node, visit, n);
        return;
    }
    switch (node->kind) {
    case PY_IMPORT:
    case PY_IMPORT_FROM:
        imports(n, node);
        break;
    case PY_FUNCTION:
    case PY_CLASS:
        definition(n, node);
        break;
    case PY_LAMBDA: {
        struct names inner = {.fn = n->fn, .arg = n->arg, .within = true};
        params(node, visit, n);
        visit(&inner, node->left);
        break;
    }
    case PY_TYPE_ALIAS:
        n->fn(n->arg, PY_BINDS, node->name);
        break;
    default:
        targets(n, node);
        py_node_children(node, visit, n);
        break;
    }
}

void py_statement_names(const struct py_node *statement, py_touched *fn, void *arg)
{
    visit(&(struct names){.fn = fn, .arg = arg}, statement);
}
