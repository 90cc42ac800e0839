/* The module _lockstep: what modules of the library that are written in Python cannot do themselves. */
#include "base/digest.h"
#include "base/md5.h"
#include "engine/alembic/python/py_frame.h"
#include "engine/alembic/vocabulary/std.h"
#include <sys/random.h>

static pyv refuse(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const char *what = args->npos == 1 ? py_cstr(py, args->pos[0]) : NULL;
    return py_refuse(py, "%s", what ? what : "a part of the library");
}

/* digest("sha1", b"...") in hexadecimal. */
static pyv digest(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const char *name = args->npos == 2 ? py_cstr(py, args->pos[0]) : NULL;
    if (!name || !py_is(args->pos[1], &py_type_bytes)) {
        return py_refuse(py, "a digest of something else than bytes");
    }
    struct slice data = ((const struct py_bytes *)(const void *)args->pos[1])->data;
    char hex[DIGEST_MAX_HEX + 1];
    if (!py_spend(py, data.len / 64, 0)) {
        return NULL;
    }
    if (strcmp(name, "md5") == 0) {
        md5_hex(data, hex);
    } else if (!digest_named(name, data.ptr, data.len, hex)) {
        return py_refuse(py, "hashlib.%s()", name);
    }
    return py_str_of(py, hex);
}

static pyv random_bytes(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    unsigned char some[256];
    int64_t n = -1;
    if (args->npos != 1 || !py_as_int(args->pos[0], &n) || n < 0 || n > (int64_t)sizeof(some)) {
        return py_refuse(py, "more than %zu random bytes", sizeof(some));
    }
    if (getrandom(some, (size_t)n, 0) != (ssize_t)n) {
        return py_refuse(py, "random numbers, which the system does not have");
    }
    return py_bytes_new(py, (struct slice){(const char *)some, (size_t)n});
}

/* --- for readers of models --- */

static const struct py_class *class_arg(struct py *py, const struct py_args *args, size_t n)
{
    const struct py_type *t =
        args->npos == n && py_is(args->pos[0], &py_type_type) ? py_type_of(args->pos[0]) : NULL;
    return t && t->mro ? (const struct py_class *)(const void *)t
                       : py_refuse(py, "annotations of something else than a class");
}

/* Evaluate within the body of the class. */
static pyv eval_within(struct py *py, const struct py_class *c, const struct py_node *node)
{
    struct py_frame frame = {.back = py->frame, .module = c->module, .env = c->env, .at = node};
    py->frame = &frame;
    pyv v = py_eval(py, node);
    py->frame = frame.back;
    return v;
}

static const struct py_node *parse_within(struct py *py, const struct py_class *c, struct slice text)
{
    struct py_node *node;
    struct err err;
    const char *file = c->module->file ? c->module->file : c->module->name;
    return py_parse_expression(py_arena(py), file, text, &node, &err) == 0
               ? node
               : py_refuse(py, "the annotation \"%.*s\" of the class %s", (int)text.len, text.ptr,
                           c->qualname);
}

static bool is_mapped(const struct py_node *node)
{
    const struct py_node *of = node->kind == PY_SUBSCRIPT ? node->left : NULL;
    return of && (of->kind == PY_NAME || of->kind == PY_ATTRIBUTE) && strcmp(of->name, "Mapped") == 0;
}

/* own_names(cls): what its body binds; nothing for a class that is not written in Python. */
static pyv own_names(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    bool native = args->npos == 1 && py_is(args->pos[0], &py_type_type) && !py_type_of(args->pos[0])->mro;
    return native ? py_dict_new(py) : args->npos == 1 ? py_getattr(py, args->pos[0], "__dict__") : NULL;
}

/* annotated(cls): the names that its body annotates. */
static pyv annotated(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    bool native = args->npos == 1 && py_is(args->pos[0], &py_type_type) && !py_type_of(args->pos[0])->mro;
    const struct py_class *c = native ? NULL : class_arg(py, args, 1);
    pyv list = c || native ? py_list_new(py) : NULL;
    for (size_t i = 0; c && list && i < c->annotations.n; i++) {
        pyv name = py_str_of(py, c->annotations.items[i]);
        if (!name || py_list_append(py, list, name) != 0) {
            return NULL;
        }
    }
    return list;
}

/* annotation(cls, name, any): evaluated; without `any` only Mapped[...], others are None. */
static pyv annotation(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const struct py_class *c = class_arg(py, args, 3);
    const char *name = c ? py_cstr(py, args->pos[1]) : NULL;
    for (size_t i = 0; name && i < c->annotations.n; i++) {
        if (strcmp(c->annotations.items[i], name) != 0) {
            continue;
        }
        const struct py_node *node = c->annotation_nodes[i];
        if (node->kind == PY_CONSTANT && node->constant.kind == PY_C_STR) {
            node = parse_within(py, c, node->constant.text);
        }
        return !node                                         ? NULL
               : args->pos[2] == &py_true || is_mapped(node) ? eval_within(py, c, node)
                                                             : &py_none;
    }
    return name ? &py_none : py_refuse(py, "an annotation without a name");
}

/* evaluate(cls, text): an annotation in quotes. */
static pyv evaluate(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const struct py_class *c = class_arg(py, args, 2);
    const struct py_node *node = c ? parse_within(py, c, py_text(args->pos[1])) : NULL;
    return node ? eval_within(py, c, node) : NULL;
}

static pyv unwrapped(pyv v)
{
    bool wrapped = py_is(v, &py_type_classmethod) || py_is(v, &py_type_staticmethod);
    return wrapped ? ((struct py_wrapped *)(void *)v)->function : v;
}

/* returns(function, cls): what it is annotated to return, when that is Mapped[...]. */
static pyv returns(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    pyv f = args->npos == 2 ? unwrapped(args->pos[0]) : NULL;
    if (!f || f->type != &py_type_function) {
        return &py_none;
    }
    struct py_args of = {.pos = args->pos + 1, .npos = 1};
    const struct py_class *c = class_arg(py, &of, 1);
    const struct py_node *def = ((const struct py_function *)(const void *)f)->node;
    const struct py_node *node = def->kind == PY_FUNCTION ? def->third : NULL;
    if (node && c && node->kind == PY_CONSTANT && node->constant.kind == PY_C_STR) {
        node = parse_within(py, c, node->constant.text);
    }
    return !c || py_stopped(py) != PY_RUNNING ? NULL
           : node && is_mapped(node)          ? eval_within(py, c, node)
                                              : &py_none;
}

static pyv function_of(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    return args->npos == 1 ? unwrapped(args->pos[0]) : py_refuse(py, "declared_attr with arguments");
}

const struct py_def std_library_defs[] = {
    {"own_names", PY_DEF_FUNCTION, own_names, NULL, NULL},
    {"annotated", PY_DEF_FUNCTION, annotated, NULL, NULL},
    {"annotation", PY_DEF_FUNCTION, annotation, NULL, NULL},
    {"evaluate", PY_DEF_FUNCTION, evaluate, NULL, NULL},
    {"returns", PY_DEF_FUNCTION, returns, NULL, NULL},
    {"function_of", PY_DEF_FUNCTION, function_of, NULL, NULL},
    {"refuse", PY_DEF_FUNCTION, refuse, NULL, NULL},
    {"digest", PY_DEF_FUNCTION, digest, NULL, NULL},
    {"random_bytes", PY_DEF_FUNCTION, random_bytes, NULL, NULL},
    {0},
};
