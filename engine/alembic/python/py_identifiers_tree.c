/* The identifiers of a revision file from its syntax tree: for files that write them in an unusual way. */
#include "engine/alembic/python/py_identifiers.h"

/* What a module-level name was assigned last. */
struct variable {
    const char *name;
    const struct py_node *value; /* a literal; NULL: something else */
};
struct reading {
    struct arena *arena;
    const char *file;
    struct err *err;
    VEC(struct variable) variables;
    struct py_identifiers ids;
};

/* --- literals --- */

/* str, None, numbers and the like, and containers of them: what ast.literal_eval() takes, but for signs. */
static bool is_literal(const struct py_node *node)
{
    switch (node->kind) {
    case PY_CONSTANT:
        return true;
    case PY_TUPLE:
    case PY_LIST:
    case PY_SET:
        for (size_t i = 0; i < node->list.n; i++) {
            if (!is_literal(node->list.items[i])) {
                return false;
            }
        }
        return true;
    default:
        return false;
    }
}

/* A name stands for the literal that it was assigned last. */
static const struct py_node *literal_of(const struct reading *r, const struct py_node *value)
{
    if (value->kind != PY_NAME) {
        return is_literal(value) ? value : NULL;
    }
    for (size_t i = r->variables.n; i > 0; i--) {
        if (r->variables.items[i - 1].name == value->name) {
            return r->variables.items[i - 1].value;
        }
    }
    return NULL;
}

static bool is_constant(const struct py_node *node, enum py_constant_kind kind)
{
    return node && node->kind == PY_CONSTANT && node->constant.kind == kind;
}

/* A text without zero bytes, as a C string. */
static const char *text_of(struct reading *r, const struct py_node *node)
{
    if (!is_constant(node, PY_C_STR) || memchr(node->constant.text.ptr, '\0', node->constant.text.len)) {
        return NULL;
    }
    return slice_dup(r->arena, node->constant.text);
}

static bool texts_of(struct reading *r, const struct py_node *node, strings_t *out)
{
    strings_t list = {0};
    if (is_constant(node, PY_C_STR)) {
        *(const char **)vec_push(r->arena, &list) = text_of(r, node);
        *out = list;
        return list.items[0] != NULL;
    }
    if (!node || (node->kind == PY_CONSTANT && node->constant.kind != PY_C_NONE)) {
        return false;
    }
    for (size_t i = 0; node->kind != PY_CONSTANT && i < node->list.n; i++) {
        const char *text = text_of(r, node->list.items[i]);
        if (!text) {
            return false;
        }
        *(const char **)vec_push(r->arena, &list) = text;
    }
    *out = list;
    return true;
}

/* --- assignments --- */

static int no_literal(struct reading *r, const char *name, const struct py_node *at, struct slice text)
{
    bool one = strcmp(name, "revision") == 0;
    err_set(r->err, ERR_FILE, "%s is not a literal: expected a string%s", name,
            one ? "" : ", None, or a tuple or list of strings");
    err_place(r->err, r->file, at->line, at->column);
    err_excerpt(r->err, text.ptr, text.len);
    err_hint(r->err, "Identifiers are read without running the file; write the value itself.");
    return ERR_FILE;
}

static bool assign_identifier(struct reading *r, enum py_identifier which, const struct py_node *value,
                              int line)
{
    struct py_identifiers *ids = &r->ids;
    switch (which) {
    case PY_ID_REVISION:
        ids->has_revision = true;
        ids->line_revision = line;
        ids->revision = is_constant(value, PY_C_STR) ? text_of(r, value) : NULL;
        return ids->revision || is_constant(value, PY_C_NONE);
    case PY_ID_DOWN_REVISION:
        ids->has_down_revision = true;
        ids->line_down_revision = line;
        return texts_of(r, value, &ids->down_revision);
    case PY_ID_BRANCH_LABELS:
        ids->line_branch_labels = line;
        return texts_of(r, value, &ids->branch_labels);
    default:
        ids->line_depends_on = line;
        return texts_of(r, value, &ids->depends_on);
    }
}

static void define(struct reading *r, enum py_identifier which, bool empty)
{
    if (which == PY_ID_UPGRADE) {
        r->ids.has_upgrade = true;
        r->ids.upgrade_empty = empty;
    } else if (which == PY_ID_DOWNGRADE) {
        r->ids.has_downgrade = true;
        r->ids.downgrade_empty = empty;
    }
}

static int assign_name(struct reading *r, const struct py_node *target, const struct py_node *value,
                       struct slice text)
{
    const struct py_node *literal = value ? literal_of(r, value) : NULL;
    enum py_identifier which = py_identifier_named(target->name, strlen(target->name));
    if (which >= PY_ID_UPGRADE) {
        define(r, which, false);
    } else if (!assign_identifier(r, which, literal, target->line)) {
        return no_literal(r, target->name, value ? value : target, text);
    }
    *(struct variable *)vec_push(r->arena, &r->variables) = (struct variable){target->name, literal};
    return 0;
}

static int assign(struct reading *r, const struct py_node *target, const struct py_node *value,
                  struct slice text)
{
    if (target->kind == PY_NAME) {
        return assign_name(r, target, value, text);
    }
    for (size_t i = 0; (target->kind == PY_TUPLE || target->kind == PY_LIST) && i < target->list.n; i++) {
        const struct py_node *item =
            target->list.items[i]->kind == PY_STARRED ? target->list.items[i]->left : target->list.items[i];
        int rc = assign(r, item, NULL, text);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

/* --- statements --- */

static bool is_empty(const struct py_node *function)
{
    for (size_t i = 0; i < function->body.n; i++) {
        const struct py_node *s = function->body.items[i];
        bool constant =
            s->kind == PY_EXPR && (is_constant(s->left, PY_C_STR) || is_constant(s->left, PY_C_ELLIPSIS));
        if (s->kind != PY_PASS && !constant) {
            return false;
        }
    }
    return true;
}

/* upgrade and downgrade may be defined under a condition, or imported. */
static void look_within(struct reading *r, const struct py_node *s);

static void look_into(struct reading *r, const py_nodes_t *body)
{
    for (size_t i = 0; i < body->n; i++) {
        look_within(r, body->items[i]);
    }
}

static void look_at_aliases(struct reading *r, const struct py_node *s)
{
    const struct py_alias *alias;
    vec_each (alias, &s->aliases) {
        const char *name = alias->as ? alias->as : alias->name;
        define(r, py_identifier_named(name, strlen(name)), false);
    }
}

static void look_within(struct reading *r, const struct py_node *s)
{
    const struct py_handler *h;
    switch (s->kind) {
    case PY_FUNCTION:
        define(r, py_identifier_named(s->name, strlen(s->name)), is_empty(s));
        break;
    case PY_IMPORT:
    case PY_IMPORT_FROM:
        look_at_aliases(r, s);
        break;
    case PY_ASSIGN:
        for (size_t i = 0; i < s->list.n; i++) {
            if (s->list.items[i]->kind == PY_NAME) {
                define(r, py_identifier_named(s->list.items[i]->name, strlen(s->list.items[i]->name)), false);
            }
        }
        break;
    case PY_IF:
    case PY_WHILE:
    case PY_FOR:
        look_into(r, &s->body);
        look_into(r, &s->orelse);
        break;
    case PY_WITH:
        look_into(r, &s->body);
        break;
    case PY_TRY:
        look_into(r, &s->body);
        vec_each (h, &s->handlers) {
            look_into(r, &h->body);
        }
        look_into(r, &s->orelse);
        look_into(r, &s->finalbody);
        break;
    default:
        break;
    }
}

static int statement(struct reading *r, const struct py_node *s, struct slice text)
{
    int rc = 0;
    switch (s->kind) {
    case PY_ASSIGN:
        for (size_t i = 0; i < s->list.n && !rc; i++) {
            rc = assign(r, s->list.items[i], s->right, text);
        }
        return rc;
    case PY_ANN_ASSIGN:
        return s->right ? assign(r, s->left, s->right, text) : 0;
    case PY_AUG_ASSIGN:
        return assign(r, s->left, NULL, text);
    default:
        look_within(r, s);
        return 0;
    }
}

int py_identifiers_tree(struct arena *a, const char *file, struct slice text, struct py_identifiers *out,
                        struct err *err)
{
    struct py_node *module;
    int rc = py_parse(a, file, text, &module, err);
    if (rc) {
        return rc;
    }
    struct reading r = {.arena = a, .file = file, .err = err};
    for (size_t i = 0; i < module->body.n; i++) {
        const struct py_node *s = module->body.items[i];
        if (i == 0 && s->kind == PY_EXPR && is_constant(s->left, PY_C_STR)) {
            r.ids.doc = s->left->constant.text;
        }
        rc = statement(&r, s, text);
        if (rc) {
            return rc;
        }
    }
    *out = r.ids;
    return 0;
}
