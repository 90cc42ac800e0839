/*
 * sqlalchemy.ext.compiler: functions of the project that write a type's text on a dialect. They are kept in
 * the module itself, as a list of (class, dialect, function); the last one counts.
 */
#include "engine/alembic/vocabulary/sa_type.h"
#include <string.h>

static const char registry_name[] = "compiles() so far";

/* NULL: nothing has been registered. */
static struct py_list *registry(struct py *py)
{
    pyv module = py_module_get(py, "sqlalchemy.ext.compiler");
    struct py_module *m = module ? PY_AS(module, module) : NULL;
    return m && m->dict ? (struct py_list *)py_dict_get_str(py, (pyv)m->dict, registry_name) : NULL;
}

static int add(struct py *py, pyv class, pyv dialect, pyv function)
{
    struct py_list *l = registry(py);
    if (!l) {
        pyv module = py_import(py, "sqlalchemy.ext.compiler");
        struct py_module *m = module ? PY_AS(module, module) : NULL;
        l = m && m->dict ? (struct py_list *)py_list_new(py) : NULL;
        if (!l || py_dict_set_str(py, (pyv)m->dict, registry_name, (pyv)l) < 0) {
            return -1;
        }
    }
    pyv row[] = {class, dialect, function};
    pyv tuple = py_tuple_new(py, row, COUNT_OF(row));
    return tuple ? py_list_append(py, (pyv)l, tuple) : -1;
}

bool sa_compiles_any(struct py *py)
{
    return registry(py) != NULL;
}

/* Whether there is any for the class, and the one for the dialect. */
static bool find_for(struct py *py, const struct py_type *class, const char *dialect, pyv *function)
{
    struct py_list *l = registry(py);
    bool any = false;
    pyv fallback = NULL;
    for (size_t i = 0; l && i < l->n; i++) {
        pyv *row = ((struct py_list *)l->items[i])->items;
        if (row[0] != (pyv) class) {
            continue;
        }
        any = true;
        if (slice_eq(py_text(row[1]), dialect)) {
            *function = row[2];
        } else if (slice_eq(py_text(row[1]), "default")) {
            fallback = row[2];
        }
    }
    *function = *function ? *function : fallback;
    return any;
}

int sa_compiles_find(struct py *py, const struct py_type *type, const char *dialect, pyv *function)
{
    *function = NULL;
    for (size_t i = 0; i < (type->mro ? type->nmro : 1); i++) {
        const struct py_type *class = type->mro ? type->mro[i] : type;
        bool own = !class->mro || (class->dict && py_dict_get_str(py, (pyv) class->dict, "__visit_name__"));
        /* A class that says how it is visited does not ask its bases. */
        if (find_for(py, class, dialect, function) || own) {
            break;
        }
    }
    return 0;
}

/* --- the decorator --- */

struct decorator {
    struct py_instance head;
    pyv class, dialects;
};

static pyv decorate(struct py *py, pyv self, const struct py_args *args)
{
    struct decorator *d = (struct decorator *)self;
    pyv out[2] = {NULL};
    static const struct py_arg table[] = {{"fn", PY_ARG_REQUIRED}, {0}};
    if (py_bind(py, "compiles", args, table, out, NULL, NULL) < 0) {
        return NULL;
    }
    struct py_list *l = (struct py_list *)d->dialects;
    for (size_t i = 0; i < l->n; i++) {
        if (add(py, d->class, l->items[i], out[0]) < 0) {
            return NULL;
        }
    }
    return l->n || add(py, d->class, py_str_of(py, "default"), out[0]) == 0 ? out[0] : NULL;
}

static const struct py_type type_decorator = {
    .head = PY_TYPE_HEAD, .name = "decorator", .module = "sqlalchemy.ext.compiler", .call = decorate};

static pyv compiles(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    pyv out[2] = {NULL}, rest = NULL;
    static const struct py_arg table[] = {{"class_", PY_ARG_REQUIRED}, {0}};
    if (py_bind(py, "compiles", args, table, out, &rest, NULL) < 0) {
        return NULL;
    }
    if (!vocab_is_type(out[0]) || !py_is(out[0], &py_type_type)) {
        return py_refuse(py, "@compiles(%s), which is no column type", py_repr_of(py, out[0]));
    }
    struct decorator *d = py_object_new(py, &type_decorator, sizeof(*d));
    if (!d) {
        return NULL;
    }
    d->class = out[0];
    d->dialects = rest ? rest : py_list_new(py);
    return d->dialects ? (pyv)d : NULL;
}

const struct py_def sa_compiles_defs[] = {
    {"compiles", PY_DEF_FUNCTION, compiles, NULL, NULL},
    {"deregister", PY_DEF_REFUSED, NULL, NULL, "deregister() of sqlalchemy.ext.compiler"},
    {0},
};

/* --- what the function is given --- */

static pyv dialect(struct py *py, pyv self, const struct py_args *args)
{
    (void)self;
    (void)args;
    return live_dialect(py);
}

static const struct py_def compiler_defs[] = {
    {"dialect", PY_DEF_PROPERTY, dialect, NULL, NULL},
    {0},
};
static const struct py_type type_compiler = {
    .head = PY_TYPE_HEAD, .name = "TypeCompiler", .module = "sqlalchemy.sql.compiler", .defs = compiler_defs};

pyv sa_compiles_compiler(struct py *py)
{
    return py_object_new(py, &type_compiler, sizeof(struct py_instance));
}
