/* From the place of the models to the statements that make their tables. */
#include "engine/alembic/models/models.h"
#include "base/file.h"
#include "engine/alembic/models/models_load.h"
#include "engine/alembic/vocabulary/vocab.h"

static const char way_out[] = "Models that cannot be read without Python can be exported by it: \"command:\" "
                              "in the project file names a "
                              "program that prints the statements (examples/autogenerate/print_models.py).";

struct reading {
    struct arena *a;
    strings_t *out;
};

static int collect(void *arg, const struct migration_statement *s, UNUSED struct arena *scratch,
                   UNUSED struct rowset *rows, UNUSED int64_t *affected, UNUSED struct err *err)
{
    struct reading *r = arg;
    if (s->kind == MIGRATION_STATEMENT) {
        *vec_push(r->a, r->out) = arena_dupn(r->a, s->text.ptr, s->text.len);
    }
    return 0;
}

/* --- the object that holds the tables --- */

static struct py_module *load_env_py(struct py *py, const char *path, struct err *err)
{
    struct slice text;
    if (file_read(&py->arena, path, 0, &text, err) != 0) {
        return NULL;
    }
    struct py_module *m = py_module_read(py, "env", path, text, false);
    return m && models_load(py, m) == 0 ? m : NULL;
}

static pyv object_of(struct py *py, const struct models_place *place, struct err *err)
{
    struct py_module *m = NULL;
    const char *name = "target_metadata", *module = place->env_py;
    if (!place->name) {
        m = load_env_py(py, place->env_py, err);
    } else {
        const char *colon = strchr(place->name, ':');
        module = colon ? arena_dupn(&py->arena, place->name, (size_t)(colon - place->name)) : place->name;
        name = colon ? colon + 1 : "Base";
        if (models_load_name(py, module, &m) == 0 && !m) {
            err_set(err, ERR_USAGE, "the project has no module %s", module);
            err_hint(err,
                     "\"models: app.models:Base\" names a module beside the project file, and the base of "
                     "its models.");
            return NULL;
        }
    }
    pyv v = m && py->stop == PY_RUNNING ? py_module_global(py, m, name) : NULL;
    v = v && v->type == &py_type_lazy ? py_lazy_resolve(py, v, name) : v;
    if (!v && py->stop == PY_RUNNING && !err->status) {
        err_set(err, ERR_USAGE, "%s has no %s", module, name);
    }
    return v;
}

/* A MetaData, or what has one. */
static pyv metadata_of(struct py *py, pyv v, struct err *err)
{
    bool failed = false;
    pyv m = py_is(v, &py_type_metadata) ? v : py_find_attr(py, v, "metadata", &failed);
    if (m && py_is(m, &py_type_metadata)) {
        return m;
    }
    if (!failed && py->stop == PY_RUNNING) {
        err_set(err, ERR_USAGE,
                py_is_none(v) ? "target_metadata is None: the project names no models"
                              : "neither a MetaData nor a declarative base: %s",
                py_repr_of(py, v));
    }
    return NULL;
}

static int create_all(struct py *py, pyv metadata)
{
    pyv bind = live_bind(py);
    const char *names[] = {"bind", "checkfirst"};
    pyv values[] = {bind, &py_false};
    struct py_args args = {.names = names, .values = values, .nkw = 2};
    return bind && py_call_method(py, metadata, "create_all", &args) ? 0 : -1;
}

static int read_models(struct py *py, const struct models_place *place, struct err *err)
{
    pyv v = object_of(py, place, err);
    if (!v) {
        return -1;
    }
    bool many = py_is(v, &py_type_list) || py_is(v, &py_type_tuple);
    struct py_list *list = many ? (struct py_list *)(void *)v : NULL;
    for (size_t i = 0; i < (list ? list->n : 1); i++) {
        pyv m = metadata_of(py, list ? list->items[i] : v, err);
        if (!m || create_all(py, m) != 0) {
            return -1;
        }
    }
    return 0;
}

int models_statements(struct arena *a, const struct alembic_env *env, const struct ddl_dialect *dialect,
                      const struct models_place *place, strings_t *out, struct err *err)
{
    struct reading reading = {.a = a, .out = out};
    struct migration_settings settings = env->settings;
    settings.naming = NULL; /* the models bring their own */
    struct migration m = {.mode = MIGRATION_PLAN,
                          .dialect = ddl_dialect_connected(dialect->kind),
                          .settings = &settings,
                          .arg = &reading,
                          .statement = collect};
    struct py_options options = {.loader = env->loader, .host = &m, .source = models_source};
    struct py *py = py_new(&options);
    *err = (struct err){0};
    int rc = read_models(py, place, err) ? err->status : 0;
    if (py_stopped(py) != PY_RUNNING) {
        rc = py_error(py, err);
        if (!err->hint[0] || rc == ERR_REFUSED) {
            err_hint(err, "%s", way_out);
        }
    }
    py_free(py);
    return rc;
}
