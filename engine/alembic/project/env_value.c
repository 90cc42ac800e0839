/* Texts and conditions of env.py that are known without running it. */
#include "engine/alembic/project/env_internal.h"
#include "environments/url.h"

#define DEPTH_MAX 30
#define BUDGET    2000u /* evaluations for one value: names of names of names end */
#define TEXT_MAX  ((size_t)8 << 10)

static struct env_value eval(const struct env_file *f, const struct py_node *n, int depth);

static struct env_value unknown(const struct py_node *n)
{
    return (struct env_value){.known = ENV_UNKNOWN, .node = n};
}

static struct env_value text(const char *s)
{
    return s ? (struct env_value){.known = ENV_TEXT, .text = s} : (struct env_value){.known = ENV_NONE};
}

static bool truth(const struct env_value *v)
{
    return v->known == ENV_TRUE || (v->known == ENV_TEXT && v->text[0]);
}

const char *env_dotted(const struct env_file *f, const struct py_node *n)
{
    if (n->kind == PY_NAME) {
        return n->name;
    }
    if (n->kind != PY_ATTRIBUTE) {
        return "";
    }
    const char *left = env_dotted(f, n->left);
    return left[0] ? arena_printf(f->arena, "%s.%s", left, n->name) : "";
}

const struct env_binding *env_binding(const struct env_file *f, const char *name)
{
    const struct env_binding *found = NULL, *b;
    vec_each (b, &f->bindings) {
        if (strcmp(b->name, name) == 0) {
            if (found) {
                return NULL;
            }
            found = b;
        }
    }
    return found;
}

static struct env_value variable(const struct env_file *f, const char *name)
{
    const char *value = getenv(name);
    struct env_value v = text(value ? arena_dup(f->arena, value) : NULL);
    v.variable = value ? NULL : arena_dup(f->arena, name);
    return v;
}

static bool is_one_of(const char *s, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(s, *list) == 0) {
            return true;
        }
    }
    return false;
}

/* The value that a lookup gives, or else its default. */
static struct env_value or_default(const struct env_file *f, struct env_value v, const struct py_node *call,
                                   size_t i, int depth)
{
    return v.known == ENV_NONE && i < call->list.n ? eval(f, call->list.items[i], depth) : v;
}

static struct env_value x_argument(const struct env_file *f, const char *name)
{
    const char *found = NULL;
    for (size_t i = 0; i < f->options->nx; i++) {
        found = strcmp(f->options->x[i].name, name) == 0 ? f->options->x[i].value : found;
    }
    return text(found);
}

static struct env_value main_option(const struct env_file *f, const char *name)
{
    const char *found = NULL;
    if (strcmp(name, "sqlalchemy.url") == 0) {
        return text(f->url);
    }
    return config_ini(f->config, name, &found, NULL) ? unknown(f->module) : text(found);
}

/* context.get_x_argument(as_dictionary=True), or a name for it. */
static bool is_x_dictionary(const struct env_file *f, const struct py_node *n)
{
    const struct env_binding *b = n->kind == PY_NAME ? env_binding(f, n->name) : NULL;
    n = b && b->value ? b->value : n;
    return n->kind == PY_CALL && n->left->kind == PY_ATTRIBUTE &&
           strcmp(n->left->name, "get_x_argument") == 0 && n->keywords.n == 1;
}

/* os.getenv("X"), os.environ.get("X", default), config.get_main_option("key"),
 * ...get_x_argument(...).get("key") */
static bool lookup(const struct env_file *f, const struct py_node *n, const char *callee, int depth,
                   struct env_value *out)
{
    static const char *const environ[] = {"os.getenv", "getenv", "os.environ.get", "environ.get", NULL};
    struct env_value key = n->list.n ? eval(f, n->list.items[0], depth) : unknown(n);
    if (key.known != ENV_TEXT || n->keywords.n) {
        return false;
    }
    const struct py_node *left = n->left->kind == PY_ATTRIBUTE ? n->left->left : NULL;
    if (is_one_of(callee, environ)) {
        *out = variable(f, key.text);
    } else if (left && strcmp(n->left->name, "get_main_option") == 0) {
        *out = main_option(f, key.text);
    } else if (left && strcmp(n->left->name, "get") == 0 && is_x_dictionary(f, left)) {
        *out = x_argument(f, key.text);
    } else {
        return false;
    }
    *out = or_default(f, *out, n, 1, depth);
    return true;
}

static struct env_value replace(const struct env_file *f, const struct py_node *n, struct env_value v,
                                int depth)
{
    struct env_value from = eval(f, n->list.items[0], depth), to = eval(f, n->list.items[1], depth);
    if (v.known != ENV_TEXT) {
        return v;
    }
    if (from.known != ENV_TEXT || to.known != ENV_TEXT || !from.text[0]) {
        return unknown(n);
    }
    AUTO(strbuf_release) struct strbuf out = {.max = TEXT_MAX};
    for (const char *p = v.text; *p;) {
        bool here = strncmp(p, from.text, strlen(from.text)) == 0;
        strbuf_add(&out, here ? to.text : p, here ? strlen(to.text) : 1);
        p += here ? strlen(from.text) : 1;
    }
    return out.overflow ? unknown(n) : text(arena_dup(f->arena, strbuf_cstr(&out)));
}

static struct env_value quoted(const struct env_file *f, struct env_value v, bool plus)
{
    if (v.known != ENV_TEXT) {
        return v;
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    url_encode(&out, v.text, plus ? " " : "/");
    for (size_t i = 0; plus && i < out.len; i++) {
        out.ptr[i] = out.ptr[i] == ' ' ? '+' : out.ptr[i];
    }
    return text(arena_dup(f->arena, strbuf_cstr(&out)));
}

/* A function of the file that does nothing but return something. */
static struct env_value result(const struct env_file *f, const struct py_node *function, int depth)
{
    const struct py_params *p = function->params;
    size_t n = function->body.n;
    const struct py_node *last = n ? function->body.items[n - 1] : NULL;
    bool doc = n == 2 && function->body.items[0]->kind == PY_EXPR &&
               function->body.items[0]->left->kind == PY_CONSTANT;
    bool plain = (n == 1 || doc) && last->kind == PY_RETURN && last->left && !function->is_async &&
                 !function->decorators.n &&
                 !(p && (p->npositional_only || p->nordinary || p->nkeyword_only || p->args || p->kwargs));
    return plain ? eval(f, last->left, depth) : unknown(function);
}

static struct env_value eval_call(const struct env_file *f, const struct py_node *n, int depth)
{
    static const char *const quotes[] = {"quote_plus", "parse.quote_plus", "urllib.parse.quote_plus", NULL};
    static const char *const plain_quotes[] = {"urllib.parse.quote", "parse.quote", NULL};
    const char *callee = env_dotted(f, n->left);
    struct env_value v;
    if (lookup(f, n, callee, depth, &v)) {
        return v;
    }
    const struct py_node *left = n->left->kind == PY_ATTRIBUTE ? n->left->left : NULL;
    if (left && strcmp(n->left->name, "replace") == 0 && n->list.n == 2 && !n->keywords.n) {
        return replace(f, n, eval(f, left, depth), depth);
    }
    if (n->list.n == 1 && !n->keywords.n && strcmp(callee, "str") == 0) {
        v = eval(f, n->list.items[0], depth);
        return v.known == ENV_TEXT ? v : unknown(v.node ? v.node : n);
    }
    if (n->list.n == 1 && !n->keywords.n && (is_one_of(callee, quotes) || is_one_of(callee, plain_quotes))) {
        return quoted(f, eval(f, n->list.items[0], depth), is_one_of(callee, quotes));
    }
    const struct env_binding *b = n->left->kind == PY_NAME ? env_binding(f, n->left->name) : NULL;
    return b && b->function && !n->list.n && !n->keywords.n ? result(f, b->function, depth) : unknown(n);
}

static struct env_value joined(const struct env_file *f, const struct py_node *n, int depth)
{
    AUTO(strbuf_release) struct strbuf out = {.max = TEXT_MAX};
    for (size_t i = 0; i < n->list.n; i++) {
        const struct py_node *part = n->list.items[i];
        bool formatted = part->kind == PY_FORMATTED;
        if (formatted && (part->right || (part->conversion && part->conversion != 's'))) {
            return unknown(part);
        }
        struct env_value v = eval(f, formatted ? part->left : part, depth);
        if (v.known != ENV_TEXT) {
            v.node = v.node ? v.node : part;
            return v.known == ENV_NONE && v.variable ? v : unknown(v.node);
        }
        strbuf_adds(&out, v.text);
    }
    return out.overflow ? unknown(n) : text(arena_dup(f->arena, strbuf_cstr(&out)));
}

static struct env_value eval_binary(const struct env_file *f, const struct py_node *n, int depth)
{
    struct env_value a = eval(f, n->left, depth), b = eval(f, n->right, depth);
    if (n->op != PY_OP_ADD) {
        return unknown(n);
    }
    if (a.known != ENV_TEXT || b.known != ENV_TEXT) {
        struct env_value *bad = a.known != ENV_TEXT ? &a : &b;
        return bad->known == ENV_NONE && bad->variable ? *bad : unknown(bad->node ? bad->node : n);
    }
    return strlen(a.text) + strlen(b.text) < TEXT_MAX ? text(arena_printf(f->arena, "%s%s", a.text, b.text))
                                                      : unknown(n);
}

static struct env_value eval_constant(const struct env_file *f, const struct py_node *n)
{
    switch (n->constant.kind) {
    case PY_C_STR:
        return memchr(n->constant.text.ptr ? n->constant.text.ptr : "", '\0', n->constant.text.len)
                   ? unknown(n)
                   : text(slice_dup(f->arena, n->constant.text));
    case PY_C_NONE:
        return (struct env_value){.known = ENV_NONE};
    case PY_C_TRUE:
        return (struct env_value){.known = ENV_TRUE};
    case PY_C_FALSE:
        return (struct env_value){.known = ENV_FALSE};
    default:
        return unknown(n);
    }
}

/* not x, x is None, x is not None, x == "text" */
static struct env_value eval_compare(const struct env_file *f, const struct py_node *n, int depth)
{
    if (n->list.n != 1) {
        return unknown(n);
    }
    struct env_value a = eval(f, n->left, depth), b = eval(f, n->list.items[0], depth);
    enum py_op op = n->ops.items[0];
    bool is = op == PY_OP_IS || op == PY_OP_EQ, isnt = op == PY_OP_IS_NOT || op == PY_OP_NE;
    if (a.known == ENV_UNKNOWN || b.known == ENV_UNKNOWN || !(is || isnt)) {
        return unknown(n);
    }
    bool same = a.known == b.known && (a.known != ENV_TEXT || strcmp(a.text, b.text) == 0);
    return (struct env_value){.known = same == is ? ENV_TRUE : ENV_FALSE};
}

static struct env_value eval_bool(const struct env_file *f, const struct py_node *n, int depth)
{
    struct env_value v = unknown(n);
    for (size_t i = 0; i < n->list.n; i++) {
        v = eval(f, n->list.items[i], depth);
        if (v.known == ENV_UNKNOWN || truth(&v) == (n->op == PY_OP_OR)) {
            break;
        }
    }
    return v;
}

static struct env_value eval_name(const struct env_file *f, const struct py_node *n, int depth)
{
    const struct env_binding *b = env_binding(f, n->name);
    return b && b->value ? eval(f, b->value, depth) : unknown(n);
}

static struct env_value eval_subscript(const struct env_file *f, const struct py_node *n, int depth)
{
    const char *left = env_dotted(f, n->left);
    struct env_value key = eval(f, n->right, depth);
    bool environ = strcmp(left, "os.environ") == 0 || strcmp(left, "environ") == 0;
    return environ && key.known == ENV_TEXT ? variable(f, key.text) : unknown(n);
}

static struct env_value eval(const struct env_file *f, const struct py_node *n, int depth)
{
    struct env_value v;
    if (++depth > DEPTH_MAX || !*f->budget) {
        return unknown(n);
    }
    --*f->budget;
    switch (n->kind) {
    case PY_CONSTANT:
        return eval_constant(f, n);
    case PY_NAME:
        return eval_name(f, n, depth);
    case PY_SUBSCRIPT:
        return eval_subscript(f, n, depth);
    case PY_CALL:
        return eval_call(f, n, depth);
    case PY_JOINED_STR:
        return joined(f, n, depth);
    case PY_BINARY:
        return eval_binary(f, n, depth);
    case PY_BOOL:
        return eval_bool(f, n, depth);
    case PY_COMPARE:
        return eval_compare(f, n, depth);
    case PY_UNARY:
        v = n->op == PY_OP_NOT ? eval(f, n->left, depth) : unknown(n);
        return v.known == ENV_UNKNOWN ? v : (struct env_value){.known = truth(&v) ? ENV_FALSE : ENV_TRUE};
    case PY_CONDITIONAL:
        v = eval(f, n->test, depth);
        return v.known == ENV_UNKNOWN ? v : eval(f, truth(&v) ? n->left : n->right, depth);
    default:
        return unknown(n);
    }
}

struct env_value env_eval(const struct env_file *f, const struct py_node *node)
{
    *f->budget = BUDGET;
    return eval(f, node, 0);
}

int env_runs(const struct env_file *f, const struct env_place *place)
{
    int runs = 1;
    for (; place; place = place->outer) {
        if (place->when == ENV_FUNCTION) {
            continue;
        }
        struct env_value v = place->when == ENV_IF || place->when == ENV_ELSE ? env_eval(f, place->node)
                                                                              : (struct env_value){0};
        if (v.known == ENV_UNKNOWN) {
            runs = -1;
        } else if (truth(&v) != (place->when == ENV_IF)) {
            return 0;
        }
    }
    return runs;
}
