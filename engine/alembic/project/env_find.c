/* Walking env.py for the calls that matter and for what its names are bound to. */
#include "engine/alembic/project/env_internal.h"

enum {
    M_TEST = 1 << 0,
    M_LEFT = 1 << 1,
    M_RIGHT = 1 << 2,
    M_THIRD = 1 << 3,
    M_LIST = 1 << 4,
    M_KEYS = 1 << 5,
    M_KEYWORDS = 1 << 6,
    M_GENERATORS = 1 << 7,
    M_HANDLERS = 1 << 8,
    M_ITEMS = 1 << 9,
    M_CASES = 1 << 10,
    M_BODY = 1 << 11,
    M_ORELSE = 1 << 12,
    M_FINAL = 1 << 13,
};

/* Which members of a node hold nodes that are looked into. */
static const unsigned members[PY_NODE_COUNT] = {
    [PY_ATTRIBUTE] = M_LEFT,
    [PY_SUBSCRIPT] = M_LEFT | M_RIGHT,
    [PY_CALL] = M_LEFT | M_LIST | M_KEYWORDS,
    [PY_STARRED] = M_LEFT,
    [PY_UNARY] = M_LEFT,
    [PY_BINARY] = M_LEFT | M_RIGHT,
    [PY_BOOL] = M_LIST,
    [PY_COMPARE] = M_LEFT | M_LIST,
    [PY_CONDITIONAL] = M_LEFT | M_RIGHT | M_TEST,
    [PY_NAMED] = M_LEFT | M_RIGHT,
    [PY_LAMBDA] = M_LEFT,
    [PY_TUPLE] = M_LIST,
    [PY_LIST] = M_LIST,
    [PY_SET] = M_LIST,
    [PY_DICT] = M_KEYS | M_LIST,
    [PY_LIST_COMP] = M_LEFT | M_GENERATORS,
    [PY_SET_COMP] = M_LEFT | M_GENERATORS,
    [PY_DICT_COMP] = M_LEFT | M_RIGHT | M_GENERATORS,
    [PY_GENERATOR] = M_LEFT | M_GENERATORS,
    [PY_YIELD] = M_LEFT,
    [PY_YIELD_FROM] = M_LEFT,
    [PY_AWAIT] = M_LEFT,
    [PY_JOINED_STR] = M_LIST,
    [PY_FORMATTED] = M_LEFT,
    [PY_EXPR] = M_LEFT,
    [PY_ASSIGN] = M_LIST | M_RIGHT,
    [PY_AUG_ASSIGN] = M_LEFT | M_RIGHT,
    [PY_ANN_ASSIGN] = M_LEFT | M_RIGHT,
    [PY_RETURN] = M_LEFT,
    [PY_RAISE] = M_LEFT | M_RIGHT,
    [PY_ASSERT] = M_TEST,
    [PY_IF] = M_TEST | M_BODY | M_ORELSE,
    [PY_WHILE] = M_TEST | M_BODY | M_ORELSE,
    [PY_FOR] = M_LEFT | M_RIGHT | M_BODY | M_ORELSE,
    [PY_WITH] = M_ITEMS | M_BODY,
    [PY_TRY] = M_BODY | M_HANDLERS | M_ORELSE | M_FINAL,
    [PY_MATCH] = M_LEFT | M_CASES,
    [PY_FUNCTION] = M_BODY,
    [PY_CLASS] = M_LIST | M_BODY,
    [PY_MODULE] = M_BODY,
};

static void visit(struct env_file *f, const struct py_node *n, const struct env_place *place);

static void visit_all(struct env_file *f, struct py_node *const *items, size_t n,
                      const struct env_place *place)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i]) {
            visit(f, items[i], place);
        }
    }
}

static const struct env_place *inside(struct env_file *f, enum env_when when, const struct py_node *node,
                                      const struct env_place *outer)
{
    struct env_place *place = arena_alloc(f->arena, sizeof(*place));
    *place = (struct env_place){when, node, outer};
    return place;
}

static void add(struct env_file *f, enum env_find_kind kind, const struct py_node *node,
                const struct py_node *value, const struct env_place *place)
{
    *vec_push(f->arena, &f->found) = (struct env_found){kind, node, value, place};
}

static void bind(struct env_file *f, const char *name, const struct py_node *value,
                 const struct py_node *function)
{
    *vec_push(f->arena, &f->bindings) = (struct env_binding){name, value, function};
}

/* --- names */

static void bind_target(struct env_file *f, const struct py_node *target, const struct py_node *value)
{
    if (target->kind == PY_NAME) {
        bind(f, target->name, value, NULL);
    } else if (target->kind == PY_STARRED) {
        bind_target(f, target->left, NULL);
    } else if (target->kind == PY_TUPLE || target->kind == PY_LIST) {
        for (size_t i = 0; i < target->list.n; i++) {
            bind_target(f, target->list.items[i], NULL);
        }
    }
}

static void bind_params(struct env_file *f, const struct py_node *n)
{
    const struct py_params *p = n->params;
    size_t count = p ? p->npositional_only + p->nordinary + p->nkeyword_only : 0;
    for (size_t i = 0; i < count; i++) {
        bind(f, p->items[i].name, NULL, NULL);
    }
    if (p && p->args) {
        bind(f, p->args, NULL, NULL);
    }
    if (p && p->kwargs) {
        bind(f, p->kwargs, NULL, NULL);
    }
}

static void bind_imports(struct env_file *f, const struct py_node *n)
{
    for (size_t i = 0; i < n->aliases.n; i++) {
        const struct py_alias *alias = &n->aliases.items[i];
        bind(f, alias->as ? alias->as : alias->name, NULL, NULL);
        if (n->kind == PY_IMPORT_FROM && strcmp(n->name, "alembic") == 0 &&
            strcmp(alias->name, "context") == 0) {
            f->context = alias->as ? alias->as : alias->name;
        }
    }
}

static void bind_names(struct env_file *f, const struct py_node *n)
{
    switch (n->kind) {
    case PY_ASSIGN:
        for (size_t i = 0; i < n->list.n; i++) {
            bind_target(f, n->list.items[i], n->right);
        }
        break;
    case PY_ANN_ASSIGN:
        if (n->right) {
            bind_target(f, n->left, n->right);
        }
        break;
    case PY_AUG_ASSIGN:
    case PY_FOR:
        bind_target(f, n->left, NULL);
        break;
    case PY_NAMED:
        bind_target(f, n->left, n->right);
        break;
    case PY_WITH:
        for (size_t i = 0; i < n->items.n; i++) {
            if (n->items.items[i].target) {
                bind_target(f, n->items.items[i].target, NULL);
            }
        }
        break;
    case PY_FUNCTION:
        bind(f, n->name, NULL, n);
        bind_params(f, n);
        break;
    case PY_CLASS:
        bind(f, n->name, NULL, NULL);
        break;
    case PY_IMPORT:
    case PY_IMPORT_FROM:
        bind_imports(f, n);
        break;
    default:
        break;
    }
}

/* --- calls */

static bool is_url_key(const struct py_node *n)
{
    return n && n->kind == PY_CONSTANT && n->constant.kind == PY_C_STR &&
           (slice_eq(n->constant.text, "sqlalchemy.url"));
}

static const struct py_node *keyword(const struct py_node *call, const char *name)
{
    for (size_t i = 0; i < call->keywords.n; i++) {
        if (call->keywords.items[i].name && strcmp(call->keywords.items[i].name, name) == 0) {
            return call->keywords.items[i].value;
        }
    }
    return NULL;
}

static const struct py_node *argument(const struct py_node *call, size_t i)
{
    return i < call->list.n ? call->list.items[i] : NULL;
}

/* A dictionary's method that makes it another one. */
static bool changes(const char *method)
{
    static const char *const methods[] = {"update", "setdefault", "pop", "popitem", "clear"};
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        if (strcmp(method, methods[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void find_call(struct env_file *f, const struct py_node *n, const struct env_place *place)
{
    const struct py_node *callee = n->left;
    const char *name = callee->kind == PY_ATTRIBUTE || callee->kind == PY_NAME ? callee->name : "";
    bool method = callee->kind == PY_ATTRIBUTE;
    if (method && strcmp(name, "configure") == 0 && callee->left->kind == PY_NAME &&
        strcmp(callee->left->name, f->context) == 0) {
        add(f, ENV_CONFIGURE, n, NULL, place);
    } else if (method && strcmp(name, "run_migrations") == 0) {
        add(f, ENV_RUN, n, NULL, place);
    } else if (strcmp(name, "set_main_option") == 0 && is_url_key(argument(n, 0))) {
        add(f, ENV_SET_URL, n, argument(n, 1), place);
    } else if (strcmp(name, "set_section_option") == 0 && is_url_key(argument(n, 1))) {
        add(f, ENV_SET_URL, n, argument(n, 2), place);
    } else if (strcmp(name, "create_engine") == 0 || strcmp(name, "create_async_engine") == 0) {
        const struct py_node *url = argument(n, 0);
        add(f, ENV_ENGINE, n, url ? url : keyword(n, "url"), place);
    } else if (strcmp(name, "engine_from_config") == 0 || strcmp(name, "async_engine_from_config") == 0) {
        add(f, ENV_ENGINE_SECTION, n, keyword(n, "url"), place);
    } else if (method && callee->left->kind == PY_NAME && changes(name)) {
        add(f, ENV_CHANGE, callee->left, NULL, place);
    } else if (method && (strcmp(name, "execute") == 0 || strcmp(name, "exec_driver_sql") == 0)) {
        add(f, ENV_EXECUTE, n, NULL, place);
    }
}

static void find_section(struct env_file *f, const struct py_node *n, const struct env_place *place)
{
    if (n->kind == PY_ASSIGN) {
        for (size_t i = 0; i < n->list.n; i++) {
            const struct py_node *target = n->list.items[i];
            if (target->kind == PY_SUBSCRIPT && is_url_key(target->right)) {
                add(f, ENV_SECTION_URL, n, n->right, place);
            }
            if (target->kind == PY_SUBSCRIPT && target->left->kind == PY_NAME) {
                add(f, ENV_CHANGE, target->left, NULL, place);
            }
        }
    } else {
        for (size_t i = 0; i < n->keys.n && i < n->list.n; i++) {
            if (is_url_key(n->keys.items[i])) {
                add(f, ENV_SECTION_URL, n, n->list.items[i], place);
            }
        }
    }
}

/* --- the walk */

static void visit_parts(struct env_file *f, const struct py_node *n, unsigned has,
                        const struct env_place *place)
{
    for (size_t i = 0; (has & M_KEYWORDS) && i < n->keywords.n; i++) {
        visit(f, n->keywords.items[i].value, place);
    }
    for (size_t i = 0; (has & M_GENERATORS) && i < n->generators.n; i++) {
        bind_target(f, n->generators.items[i].target, NULL);
        visit(f, n->generators.items[i].iter, place);
        visit_all(f, n->generators.items[i].ifs.items, n->generators.items[i].ifs.n, place);
    }
    for (size_t i = 0; (has & M_HANDLERS) && i < n->handlers.n; i++) {
        const struct py_handler *h = &n->handlers.items[i];
        if (h->name) {
            bind(f, h->name, NULL, NULL);
        }
        visit_all(f, h->body.items, h->body.n, inside(f, ENV_PERHAPS, n, place));
    }
    for (size_t i = 0; (has & M_ITEMS) && i < n->items.n; i++) {
        visit(f, n->items.items[i].context, place);
    }
    for (size_t i = 0; (has & M_CASES) && i < n->cases.n; i++) {
        visit_all(f, n->cases.items[i].body.items, n->cases.items[i].body.n,
                  inside(f, ENV_PERHAPS, n, place));
    }
}

static const struct env_place *place_of_body(struct env_file *f, const struct py_node *n,
                                             const struct env_place *place)
{
    switch (n->kind) {
    case PY_IF:
        return inside(f, ENV_IF, n->test, place);
    case PY_WHILE:
    case PY_FOR:
        return inside(f, ENV_LOOP, n, place);
    case PY_FUNCTION:
        return inside(f, ENV_FUNCTION, n, place);
    default:
        return place;
    }
}

static void visit(struct env_file *f, const struct py_node *n, const struct env_place *place)
{
    unsigned has = members[n->kind];
    bind_names(f, n);
    if (n->kind == PY_CALL) {
        find_call(f, n, place);
    } else if (n->kind == PY_ASSIGN || n->kind == PY_DICT) {
        find_section(f, n, place);
    }
    const struct py_node *one[] = {has & M_TEST ? n->test : NULL, has & M_LEFT ? n->left : NULL,
                                   has & M_RIGHT ? n->right : NULL, has & M_THIRD ? n->third : NULL};
    for (size_t i = 0; i < COUNT_OF(one); i++) {
        if (one[i]) {
            visit(f, one[i], place);
        }
    }
    if (has & M_LIST) {
        visit_all(f, n->list.items, n->list.n, place);
    }
    if (has & M_KEYS) {
        visit_all(f, n->keys.items, n->keys.n, place);
    }
    visit_parts(f, n, has, place);
    if (has & M_BODY) {
        visit_all(f, n->body.items, n->body.n, place_of_body(f, n, place));
    }
    if (has & M_ORELSE) {
        visit_all(f, n->orelse.items, n->orelse.n,
                  n->kind == PY_IF ? inside(f, ENV_ELSE, n->test, place) : inside(f, ENV_PERHAPS, n, place));
    }
    if (has & M_FINAL) {
        visit_all(f, n->finalbody.items, n->finalbody.n, place);
    }
}

void env_find(struct env_file *f)
{
    f->context = "context";
    visit(f, f->module, NULL);
}
