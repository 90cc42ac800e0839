/* Modules as values: those of the vocabulary, whose members are made when they are asked for, and those of
 * the project, which py_unit.c runs as far as needed. */
#include "engine/alembic/python/py_frame.h"

/* --- the interpreter's modules --- */

struct py_module *py_module_find(struct py *py, const char *name)
{
    for (size_t i = 0; i < py->modules.n; i++) {
        if (strcmp(py->modules.items[i]->name, name) == 0) {
            return py->modules.items[i];
        }
    }
    return NULL;
}

struct py_module *py_module_add(struct py *py, const char *name, const char *file)
{
    struct py_module *m = py_object_new(py, &py_type_module, sizeof(*m));
    struct py_source *s = m ? py_alloc(py, sizeof(*s)) : NULL;
    pyv dict = s ? py_dict_new(py) : NULL;
    if (!dict) {
        return NULL;
    }
    m->name = name;
    m->file = file;
    m->dict = (struct py_dict *)(void *)dict;
    m->private = s;
    *vec_push(&py->arena, &py->modules) = m;
    return m;
}

struct py_source *py_module_source(struct py_module *m)
{
    return (struct py_source *)(uintptr_t)m->private;
}

pyv py_module_get(struct py *py, const char *name)
{
    struct py_module *m = py_module_find(py, name);
    return m ? &m->head : NULL;
}

/* --- members of the vocabulary --- */

static pyv make_member(struct py *py, const struct py_def *def)
{
    switch (def->kind) {
    case PY_DEF_TYPE:
        return py_type_value(def->type);
    case PY_DEF_VALUE:
    case PY_DEF_PROPERTY:
        return def->fn(py, NULL, PY_NO_ARGS);
    case PY_DEF_MODULE:
        return py_import(py, def->doc);
    case PY_DEF_REFUSED:
        return py_refuse(py, "%s", def->doc ? def->doc : def->name);
    default:
        return py_function_new(py, def->name, def->fn, NULL);
    }
}

static const struct py_def *find_member(const struct py_module_def *def, const char *name)
{
    for (size_t i = 0; def->parts && def->parts[i]; i++) {
        for (const struct py_def *d = def->parts[i]; d->name; d++) {
            if (d->name[0] == name[0] && strcmp(d->name, name) == 0) {
                return d;
            }
        }
    }
    return NULL;
}

static pyv vocabulary_attr(struct py *py, struct py_module *m, const struct py_module_def *def,
                           const char *name)
{
    const struct py_def *d = find_member(def, name);
    pyv v = d ? make_member(py, d) : NULL;
    if (!v && !d && def->getattr) {
        v = def->getattr(py, name);
    }
    if (!v && !d && py->stop == PY_RUNNING) {
        const char *full = arena_printf(&py->arena, "%s.%s", m->name, name);
        v = vocab_module(full) ? py_import(py, full) : NULL;
    }
    if (v && py_dict_set_str(py, &m->dict->head, name, v) != 0) {
        return NULL;
    }
    return v;
}

/* --- attributes --- */

/* Names that every module has. */
static pyv special(struct py *py, struct py_module *m, const char *name)
{
    const struct py_source *s = m->private;
    if (name[0] != '_' || name[1] != '_') {
        return NULL;
    }
    if (strcmp(name, "__name__") == 0) {
        return py_str_of(py, m->name);
    }
    if (strcmp(name, "__file__") == 0 && m->file) {
        return py_str_of(py, m->file);
    }
    if (strcmp(name, "__package__") == 0 && !s->def) {
        return py_str_of(py, s->package);
    }
    if (strcmp(name, "__doc__") == 0 && s->tree) {
        const struct py_node *first = s->tree->body.n ? s->tree->body.items[0] : NULL;
        bool is = first && first->kind == PY_EXPR && first->left->kind == PY_CONSTANT &&
                  first->left->constant.kind == PY_C_STR;
        return is ? py_str_borrow(py, first->left->constant.text) : &py_none;
    }
    return NULL;
}

pyv py_module_global(struct py *py, struct py_module *m, const char *name)
{
    struct py_source *s = py_module_source(m);
    pyv then = NULL;
    if (s->lazy && (py_units_bind(py, m, name, &then) != 0 || then)) {
        return then && then->type == &py_type_lazy ? py_lazy_resolve(py, then, name) : then;
    }
    pyv v = py_dict_get_str(py, &m->dict->head, name);
    if (v && v->type == &py_type_lazy) {
        v = py_lazy_resolve(py, v, name);
        return v && py_dict_set_str(py, &m->dict->head, name, v) == 0 ? v : NULL;
    }
    if (!v) {
        v = py_star_find(py, m, name);
    }
    return v || py->stop != PY_RUNNING ? v : special(py, m, name);
}

static pyv project_attr(struct py *py, struct py_module *m, const char *name)
{
    pyv v = py_module_global(py, m, name);
    if (v || py->stop != PY_RUNNING) {
        return v;
    }
    struct py_module *sub = py_project_module(py, arena_printf(&py->arena, "%s.%s", m->name, name));
    if (sub || py->stop != PY_RUNNING) {
        return sub ? &sub->head : NULL;
    }
    pyv hook = name[0] == '_' && name[1] == '_' ? NULL : py_module_global(py, m, "__getattr__");
    pyv key = hook ? py_str_of(py, name) : NULL;
    return key ? py_call1(py, hook, key) : NULL;
}

pyv py_module_attr(struct py *py, struct py_module *m, const char *name)
{
    const struct py_source *s = m->private;
    if (!s->def) {
        return project_attr(py, m, name);
    }
    pyv v = py_dict_get_str(py, &m->dict->head, name);
    v = v ? v : vocabulary_attr(py, m, s->def, name);
    v = v || py->stop != PY_RUNNING ? v : special(py, m, name);
    return v || py->stop != PY_RUNNING ? v : py_refuse(py, "%s.%s", m->name, name);
}

bool py_module_binds(struct py *py, struct py_module *m, const char *name)
{
    const struct py_source *s = m->private;
    if (py_dict_get_str(py, &m->dict->head, name)) {
        return true;
    }
    if (s->def) {
        return find_member(s->def, name) != NULL ||
               vocab_module(arena_printf(&py->arena, "%s.%s", m->name, name)) != NULL;
    }
    return py_units_have(py, m, name) || py_star_has(py, m, name);
}

/* --- builtins --- */

static const struct py_def *const builtins_parts[] = {std_builtins, NULL};
static const struct py_module_def builtins_def = {"builtins", builtins_parts, NULL};

pyv py_builtin(struct py *py, const char *name)
{
    if (!py->builtins) {
        py->builtins = py_module_add(py, "builtins", NULL);
        if (!py->builtins) {
            return NULL;
        }
        py_module_source(py->builtins)->def = &builtins_def;
    }
    pyv v = py_dict_get_str(py, &py->builtins->dict->head, name);
    if (v) {
        return v;
    }
    const struct py_def *d = find_member(&builtins_def, name);
    const struct py_type *e = d ? NULL : py_exception_type(py, name);
    v = d ? make_member(py, d) : e && !strchr(name, '.') ? py_type_value(e) : NULL;
    return v && py_dict_set_str(py, &py->builtins->dict->head, name, v) == 0 ? v : NULL;
}

/* --- the type --- */

static int module_repr(struct py *py, pyv self, struct strbuf *out)
{
    const struct py_module *m = (const struct py_module *)(const void *)self;
    (void)py;
    if (m->file) {
        strbuf_addf(out, "<module '%s' from '%s'>", m->name, m->file);
    } else {
        strbuf_addf(out, "<module '%s'>", m->name);
    }
    return 0;
}

static int module_setattr(struct py *py, pyv self, const char *name, pyv value)
{
    struct py_module *m = (struct py_module *)(void *)self;
    if (m != py->main && (!py->frame || m != py->frame->module)) {
        py_refuse(py, "setting %s.%s", m->name, name);
        return -1;
    }
    if (value) {
        return py_dict_set_str(py, &m->dict->head, name, value);
    }
    py_refuse(py, "deleting %s.%s", m->name, name);
    return -1;
}

const struct py_type py_type_module = {PY_TYPE_HEAD,  .name = "module",    .module = "",
                                       .plain = true, .repr = module_repr, .setattr = module_setattr};
