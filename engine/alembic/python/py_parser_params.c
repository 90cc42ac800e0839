/* Parameters of functions and lambdas, and type parameters. */
#include "engine/alembic/python/py_parser.h"

enum stage { ORDINARY, KEYWORD_ONLY, DONE };

struct reading {
    struct py_params *params;
    struct py_node *above;
    enum py_token_kind end;
    enum stage stage;
    size_t from, n;
    bool defaults;  /* one came already */
    bool need_name; /* a bare * asks for a name behind it */
};

static bool annotation(struct py_parser *p, const struct reading *r, bool star, struct py_node **out)
{
    if (r->end != PY_T_RPAR || !py_accept(p, PY_T_COLON)) {
        return true;
    }
    *out = star ? py_parse_star(p) : py_parse_expr(p);
    py_above(r->above, *out);
    return *out != NULL;
}

static bool name(struct py_parser *p, const char **out)
{
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    *out = py_name_of(p, &p->tok);
    py_advance(p);
    return true;
}

static bool parameter(struct py_parser *p, struct reading *r)
{
    struct py_param it = {0};
    if (!name(p, &it.name) || !annotation(p, r, false, &it.annotation)) {
        return false;
    }
    if (py_accept(p, PY_T_ASSIGN)) {
        it.def = py_parse_expr(p);
        py_above(r->above, it.def);
        if (!it.def) {
            return false;
        }
    }
    if (r->stage == ORDINARY && r->defaults && !it.def) {
        return py_error_here(p, "parameter without a default follows parameter with a default");
    }
    r->defaults = r->defaults || it.def;
    r->need_name = false;
    r->n++;
    *(r->stage == ORDINARY ? &r->params->nordinary : &r->params->nkeyword_only) += 1;
    memcpy(py_stack_push(&p->other, sizeof(it)), &it, sizeof(it));
    return true;
}

static bool star(struct py_parser *p, struct reading *r)
{
    if (r->stage != ORDINARY) {
        return py_error_here(p, "* argument may appear only once");
    }
    py_advance(p);
    r->stage = KEYWORD_ONLY;
    if (py_peek(p) == PY_T_COMMA) {
        r->need_name = true;
        return true;
    }
    return name(p, &r->params->args) && annotation(p, r, true, &r->params->args_annotation);
}

static bool star_star(struct py_parser *p, struct reading *r)
{
    if (r->need_name) {
        return py_error_here(p, "named arguments must follow bare *");
    }
    py_advance(p);
    r->stage = DONE;
    return name(p, &r->params->kwargs) && annotation(p, r, false, &r->params->kwargs_annotation);
}

static bool slash(struct py_parser *p, struct reading *r)
{
    if (r->stage != ORDINARY || r->params->npositional_only || !r->n) {
        return py_error_here(p, "/ must follow a parameter, and come once and before *");
    }
    py_advance(p);
    r->params->npositional_only = r->params->nordinary;
    r->params->nordinary = 0;
    return true;
}

static bool next(struct py_parser *p, struct reading *r)
{
    if (r->stage == DONE) {
        return py_error_here(p, "arguments cannot follow var-keyword argument");
    }
    switch (py_peek(p)) {
    case PY_T_STAR:
        return star(p, r);
    case PY_T_STAR_STAR:
        return star_star(p, r);
    case PY_T_SLASH:
        return slash(p, r);
    case PY_T_LPAR:
        py_error_here(p, "a parameter is a name");
        err_hint(p->err, "This looks like Python 2; take the tuple apart in the function's body.");
        return false;
    default:
        return parameter(p, r);
    }
}

static bool repeated(struct py_parser *p, const char *text)
{
    return text && py_marked(p, text) &&
           !py_error_here(p, "duplicate argument '%s' in function definition", text);
}

static bool check_duplicates(struct py_parser *p, const struct py_params *params)
{
    size_t n = params->npositional_only + params->nordinary + params->nkeyword_only;
    py_new_mark(p);
    for (size_t i = 0; i < n; i++) {
        if (repeated(p, params->items[i].name)) {
            return false;
        }
    }
    return !repeated(p, params->args) && !repeated(p, params->kwargs);
}

struct py_params *py_parse_params(struct py_parser *p, enum py_token_kind end, struct py_node *above)
{
    struct reading r = {
        .params = py_bytes(p, sizeof(*r.params)), .above = above, .end = end, .from = p->other.len};
    while (py_peek(p) != end) {
        if (!next(p, &r)) {
            return NULL;
        }
        if (!py_accept(p, PY_T_COMMA)) {
            break;
        }
    }
    if (r.need_name) {
        return py_error_here(p, "named arguments must follow bare *");
    }
    r.params->items = py_stack_take(p, &p->other, r.from);
    return check_duplicates(p, r.params) ? r.params : NULL;
}

struct py_node *py_parse_lambda(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_LAMBDA, &p->tok);
    struct py_frame frame;
    if (p->lex.field && p->lex.field == p->lex.depth) {
        /* Its colon would begin the field's format. */
        return py_error_here(p, "f-string: lambda expressions are not allowed without parentheses");
    }
    py_advance(p);
    node->params = py_parse_params(p, PY_T_COLON, node);
    if (!node->params || !py_expect(p, PY_T_COLON)) {
        return NULL;
    }
    py_frame_enter(p, &frame, PY_FRAME_LAMBDA);
    py_bind_params(p, node->params);
    node->left = py_parse_expr(p);
    node->scope = py_frame_leave(p);
    py_above(node, node->left);
    return node->left ? py_end(p, node) : NULL;
}

/* --- type parameters --- */

static bool type_param(struct py_parser *p)
{
    const char *start = p->tok.start;
    bool plain = !py_accept(p, PY_T_STAR) && !py_accept(p, PY_T_STAR_STAR);
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    const char *stars = plain ? "" : start[1] == '*' ? "**" : "*";
    char *text = py_bytes(p, (size_t)(p->tok.end - p->tok.start) + 3);
    snprintf(text, (size_t)(p->tok.end - p->tok.start) + 3, "%s%.*s", stars, (int)(p->tok.end - p->tok.start),
             p->tok.start);
    py_advance(p);
    memcpy(py_stack_push(&p->other, sizeof(text)), &text, sizeof(text));
    bool bound = plain && py_accept(p, PY_T_COLON);
    if (bound && !py_parse_expr(p)) {
        return false;
    }
    return !py_accept(p, PY_T_ASSIGN) || py_parse_star(p) != NULL; /* a default, of Python 3.13 */
}

bool py_parse_type_params(struct py_parser *p, struct py_node *node)
{
    if (py_peek(p) != PY_T_LBRACKET) {
        return true;
    }
    size_t from = p->other.len;
    do {
        py_advance(p);
        if (py_peek(p) == PY_T_RBRACKET && p->other.len > from) {
            break;
        }
        if (!type_param(p)) {
            return false;
        }
    } while (py_peek(p) == PY_T_COMMA);
    PY_TAKE(p, from, &node->type_params);
    return py_expect(p, PY_T_RBRACKET);
}
