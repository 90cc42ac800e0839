/* with, whose items may stand in parentheses: `with (a as b, c):` and `with (a, b)[0] as c:` look alike up
 * to the closing parenthesis and what follows it. */
#include "engine/alembic/python/py_parser.h"

static bool target(struct py_parser *p, struct py_with_item *item)
{
    item->target = py_parse_bitor(p);
    return item->target && py_bind_target(p, item->target, "assign to");
}

static void push_item(struct py_parser *p, const struct py_with_item *item)
{
    memcpy(py_stack_push(&p->other, sizeof(*item)), item, sizeof(*item));
}

/* [as target], after an expression that is there; and further items. */
static bool items_from(struct py_parser *p, struct py_node *context)
{
    for (;;) {
        struct py_with_item item = {.context = context};
        if (!context || (py_accept(p, PY_T_AS) && !target(p, &item))) {
            return false;
        }
        push_item(p, &item);
        if (!py_accept(p, PY_T_COMMA)) {
            return true;
        }
        context = py_parse_expr(p);
    }
}

/* What was found between the parentheses. */
struct group {
    size_t from;     /* its items, on the stack */
    bool has_as;     /* items for certain */
    bool expression; /* a star or := : for certain no items */
    bool comma;
};

static bool group_item(struct py_parser *p, struct group *g)
{
    bool name = py_peek(p) == PY_T_NAME;
    struct py_with_item item = {.context = py_parse_star_named(p)};
    if (!item.context) {
        return false;
    }
    g->expression =
        g->expression || item.context->kind == PY_STARRED || (name && item.context->kind == PY_NAMED);
    if (py_accept(p, PY_T_AS)) {
        g->has_as = true;
        if (!target(p, &item)) {
            return false;
        }
    }
    push_item(p, &item);
    return true;
}

/* The group was an expression: the value in the parentheses, or a tuple. */
static struct py_node *regroup(struct py_parser *p, const struct group *g, const struct py_token *start)
{
    size_t n = (p->other.len - g->from) / sizeof(struct py_with_item), from = p->nodes.len;
    const struct py_with_item *items = (const void *)(p->other.items + g->from);
    p->other.len = g->from;
    if (n == 1 && !g->comma) {
        struct py_node *value = items[0].context;
        return value->kind == PY_STARRED ? py_error_at(p, value, "cannot use starred expression here")
                                         : value;
    }
    struct py_node *tuple = py_node_at(p, PY_TUPLE, start);
    for (size_t i = 0; i < n; i++) {
        py_push(p, items[i].context);
    }
    tuple->list = py_pop_nodes(p, from, tuple);
    return py_end(p, tuple);
}

static struct py_node *generator(struct py_parser *p, struct group *g, const struct py_token *start)
{
    struct py_node *node = py_node_at(p, PY_GENERATOR, start);
    if (g->has_as || g->comma || (node->left = regroup(p, g, start)) == NULL) {
        return py_error_syntax(p);
    }
    py_above(node, node->left);
    return py_parse_comprehension(p, node) && py_expect(p, PY_T_RPAR) ? py_end(p, node) : NULL;
}

static bool group_items(struct py_parser *p, struct group *g)
{
    while (py_peek(p) != PY_T_RPAR) {
        if (!group_item(p, g)) {
            return false;
        }
        if (!py_accept(p, PY_T_COMMA)) {
            return true;
        }
        g->comma = true;
    }
    return true;
}

static bool items(struct py_parser *p)
{
    struct py_token start = p->tok;
    if (start.kind != PY_T_LPAR) {
        return items_from(p, py_parse_expr(p));
    }
    struct group g = {.from = p->other.len};
    py_advance(p);
    if (py_peek(p) == PY_T_YIELD) {
        struct py_node *node = py_parse_yield(p);
        return node && py_expect(p, PY_T_RPAR) && items_from(p, py_parse_expr_from(p, node));
    }
    if (!group_items(p, &g)) {
        return false;
    }
    if (py_at_comprehension(p)) {
        struct py_node *node = generator(p, &g, &start);
        return node && items_from(p, py_parse_expr_from(p, node));
    }
    if (py_peek(p) != PY_T_RPAR) {
        return py_error_syntax(p);
    }
    py_advance(p);
    if (g.has_as || (py_peek(p) == PY_T_COLON && !g.expression && p->other.len > g.from)) {
        return true;
    }
    struct py_node *value = regroup(p, &g, &start);
    return value && items_from(p, py_parse_expr_from(p, value));
}

struct py_node *py_parse_with(struct py_parser *p, bool is_async, const struct py_token *start)
{
    struct py_node *node = py_node_at(p, PY_WITH, start);
    size_t from = p->other.len;
    py_advance(p);
    node->is_async = is_async;
    if (!items(p)) {
        return NULL;
    }
    PY_TAKE(p, from, &node->items);
    struct py_with_item *item;
    vec_each (item, &node->items) {
        py_above(node, item->context);
        py_above(node, item->target);
    }
    return py_parse_block(p, node, &node->body) ? node : NULL;
}
