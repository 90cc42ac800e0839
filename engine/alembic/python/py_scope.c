/* Which names a function, a lambda, a class or a comprehension owns. Bindings are noted while the program is
 * read; when a frame is left, what was noted since it was entered is sorted into its scope. */
#include "engine/alembic/python/py_parser.h"

enum binding_kind { BOUND, GLOBAL, NONLOCAL };
struct binding {
    const char *name;
    enum binding_kind kind;
};

static void note(struct py_parser *p, const char *name, enum binding_kind kind)
{
    struct binding *b = py_stack_push(&p->bindings, sizeof(*b));
    *b = (struct binding){name, kind};
}

void py_bind_name(struct py_parser *p, const char *name)
{
    if (p->frame->kind != PY_FRAME_MODULE) {
        note(p, name, BOUND);
    }
}

void py_declare(struct py_parser *p, const char *name, bool global)
{
    if (p->frame->kind != PY_FRAME_MODULE) {
        note(p, name, global ? GLOBAL : NONLOCAL);
    }
}

void py_frame_enter(struct py_parser *p, struct py_frame *frame, enum py_frame_kind kind)
{
    *frame = (struct py_frame){.kind = kind, .bindings = p->bindings.len, .outer = p->frame};
    p->frame = frame;
}

/* The names noted as `kind` since `from` that are not marked yet, in order. */
static py_names_t sorted_out(struct py_parser *p, size_t from, enum binding_kind kind)
{
    const struct binding *b = (const void *)(p->bindings.items + from);
    size_t n = (p->bindings.len - from) / sizeof(*b), found = 0;
    for (size_t i = 0; i < n; i++) {
        found += b[i].kind == kind;
    }
    py_names_t names = {0};
    if (!found) {
        return names;
    }
    names.items = py_bytes(p, found * sizeof(*names.items));
    for (size_t i = 0; i < n; i++) {
        if (b[i].kind == kind && !py_marked(p, b[i].name)) {
            names.items[names.n++] = b[i].name;
        }
    }
    return names;
}

static struct py_scope *scope_since(struct py_parser *p, size_t from)
{
    struct py_scope *scope = py_bytes(p, sizeof(*scope));
    if (p->bindings.len > from) {
        py_new_mark(p);
        scope->globals = sorted_out(p, from, GLOBAL);
        scope->nonlocals = sorted_out(p, from, NONLOCAL);
        scope->locals = sorted_out(p, from, BOUND);
        p->bindings.len = from;
    }
    return scope;
}

struct py_scope *py_frame_leave(struct py_parser *p)
{
    struct py_frame *frame = p->frame;
    p->frame = frame->outer;
    if (frame->kind == PY_FRAME_MODULE) {
        return NULL;
    }
    struct py_scope *scope = scope_since(p, frame->bindings);
    scope->is_generator = frame->is_generator;
    return scope;
}

void py_bind_params(struct py_parser *p, const struct py_params *params)
{
    size_t npositional = params->npositional_only + params->nordinary;
    for (size_t i = 0; i < npositional; i++) {
        py_bind_name(p, params->items[i].name);
    }
    if (params->args) {
        py_bind_name(p, params->args);
    }
    for (size_t i = 0; i < params->nkeyword_only; i++) {
        py_bind_name(p, params->items[npositional + i].name);
    }
    if (params->kwargs) {
        py_bind_name(p, params->kwargs);
    }
}

static const char *described(const struct py_node *node)
{
    static const char *const texts[PY_NODE_COUNT] = {
        [PY_CONSTANT] = "literal",
        [PY_CALL] = "function call",
        [PY_UNARY] = "expression",
        [PY_BINARY] = "expression",
        [PY_BOOL] = "expression",
        [PY_COMPARE] = "comparison",
        [PY_CONDITIONAL] = "conditional expression",
        [PY_NAMED] = "named expression",
        [PY_LAMBDA] = "lambda",
        [PY_SET] = "set display",
        [PY_DICT] = "dict literal",
        [PY_LIST_COMP] = "list comprehension",
        [PY_SET_COMP] = "set comprehension",
        [PY_DICT_COMP] = "dict comprehension",
        [PY_GENERATOR] = "generator expression",
        [PY_YIELD] = "yield expression",
        [PY_YIELD_FROM] = "yield expression",
        [PY_AWAIT] = "await expression",
        [PY_JOINED_STR] = "f-string expression",
    };
    if (node->kind == PY_CONSTANT && node->constant.kind <= PY_C_ELLIPSIS) {
        static const char *const words[] = {"None", "True", "False", "ellipsis"};
        return words[node->constant.kind];
    }
    return texts[node->kind] ? texts[node->kind] : "expression";
}

bool py_bind_target(struct py_parser *p, struct py_node *target, const char *doing)
{
    switch (target->kind) {
    case PY_NAME:
        py_bind_name(p, target->name);
        return true;
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
        return true;
    case PY_STARRED:
        if (*doing == 'd') {
            return py_error_at(p, target, "cannot delete starred");
        }
        return py_bind_target(p, target->left, doing);
    case PY_TUPLE:
    case PY_LIST:
        for (size_t i = 0; i < target->list.n; i++) {
            if (!py_bind_target(p, target->list.items[i], doing)) {
                return false;
            }
        }
        return true;
    default:
        return py_error_at(p, target, "cannot %s %s", doing, described(target));
    }
}
