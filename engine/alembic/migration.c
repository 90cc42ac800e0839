/* Running one direction of a revision: the module's own statements, then upgrade() or downgrade(). */
#include "engine/alembic/migration.h"
#include "engine/alembic/python/py_frame.h"
#include <ctype.h>

/* Alembic loads a revision under its file's name with everything but letters and digits as "_". */
static const char *module_name(struct py *py, const char *file)
{
    const char *slash = strrchr(file, '/');
    char *name = arena_dup(py_arena(py), slash ? slash + 1 : file);
    for (char *p = name; *p; p++) {
        if ((unsigned char)*p < 0x80 && !isalnum((unsigned char)*p)) {
            *p = '_';
        }
    }
    return name;
}

/* Some env.py hand their revisions arguments: `op` is what it is everywhere; what else they give is not known
 * here, and refused when it is used: a type of the vocabulary without any slot. */
static const struct py_type type_given = {PY_TYPE_HEAD, .name = "argument of the project's env.py",
                                          .module = "env"};

static int call(struct py *py, pyv function)
{
    pyv *pos = NULL;
    size_t npos = 0;
    const struct py_params *p = function->type == &py_type_function
                                    ? ((const struct py_function *)(void *)function)->node->params
                                    : NULL;
    size_t n = p ? p->npositional_only + p->nordinary : 0;
    for (size_t i = 0; i < n; i++) {
        const struct py_param *param = &p->items[i];
        bool op = strcmp(param->name, "op") == 0;
        if (i != npos || (!op && param->def)) {
            break;
        }
        pos = pos ? pos : py_alloc_array(py, n, sizeof(*pos));
        pyv v = !pos ? NULL
                : op ? py_import(py, "alembic.op")
                     : py_object_new(py, &type_given, sizeof(struct py_instance));
        if (!v) {
            return -1;
        }
        pos[npos++] = v;
    }
    return py_call(py, function, &(struct py_args){.pos = pos, .npos = npos}) ? 0 : -1;
}

static int run(struct py *py, const struct migration *m, const char *file, struct slice text,
               const struct py_node *tree, struct err *err)
{
    pyv module = NULL;
    const char *name = m->downgrade ? "downgrade" : "upgrade";
    if (py_run_module(py, module_name(py, file), tree, file, text, &module) != 0) {
        return py_error(py, err);
    }
    pyv function = py_module_global(py, (struct py_module *)(void *)module, name);
    if (!function && py_stopped(py) == PY_RUNNING) {
        err_set(err, ERR_FILE, "the revision has no function %s()", name);
        err_hint(err, "Define it; \"pass\" will do for a direction in which nothing has to be done.");
        return err_place(err, file, 0, 0);
    }
    if (function && call(py, function) == 0) {
        py_generators_finish(py);
    }
    return py_stopped(py) == PY_RUNNING ? 0 : py_error(py, err);
}

int migration_run(const struct py_options *options, struct migration *m, const char *file, struct slice text,
                  const struct py_node *module, enum py_stop *stop, struct err *err)
{
    struct py_options mine = options ? *options : (struct py_options){0};
    mine.host = m;
    struct py *py = py_new(&mine);
    int rc = run(py, m, file, text, module, err);
    *stop = py_stopped(py);
    if (rc && *stop == PY_REFUSED) { /* which names what there is, and is seldom a sentence of its own */
        const char *what = arena_dup(py_arena(py), err->message);
        snprintf(err->message, sizeof(err->message), "not supported: %s", what);
    }
    m->vocabulary = NULL; /* it lives as long as the interpreter */
    py_free(py);
    return rc;
}
