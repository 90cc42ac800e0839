/*
 * Which statements of a module run for its models. Those that surely have to do with tables run, and fail
 * when they cannot. A class that says nothing of tables itself may inherit all of it: it is tried, and what
 * stops it counts when one of its bases is a model.
 */
#include "engine/alembic/models/models_load.h"

static int load_packages(struct py *py, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        struct py_module *m = NULL;
        if (models_load_name(py, arena_dupn(&py->arena, name, (size_t)(dot - name)), &m) != 0) {
            return -1;
        }
    }
    return 0;
}

int models_load_name(struct py *py, const char *name, struct py_module **out)
{
    *out = NULL;
    if (models_source(name) || vocab_module(name) || vocab_source(name)) {
        return 0;
    }
    struct py_module *m = py_project_module(py, name);
    if (py->stop != PY_RUNNING) {
        return -1;
    }
    /* A package without a file of its own has modules too. */
    if (!m) {
        return strchr(name, '.') ? load_packages(py, name) : 0;
    }
    *out = m;
    return load_packages(py, name) ? -1 : models_load(py, m);
}

/* --- what a statement has to do with tables --- */

static struct slice text_of(const struct py_module *m, const struct py_node *node)
{
    const struct py_source *s = m->private;
    struct slice rest = s->text, line = {0};
    const char *from = rest.ptr;
    for (int n = 1; n <= node->end_line && slice_cut(&rest, '\n', &line); n++) {
        from = n == node->line ? line.ptr : from;
    }
    const char *end = line.ptr ? line.ptr + line.len : from;
    return (struct slice){from, (size_t)(end - from)};
}

static bool says(struct slice text, const char *const *words)
{
    for (; *words; words++) {
        if (memmem(text.ptr, text.len, *words, strlen(*words))) {
            return true;
        }
    }
    return false;
}

static bool about_tables(const struct py_module *m, const struct py_node *node)
{
    static const char *const words[] = {
        "__tablename__",   "__table__",   "__table_args__", "Column(",
        "mapped_column",   "Mapped[",     "Table(",         "table=True",
        "Index(",          "Constraint(", "MetaData(",      "declarative_base(",
        "DeclarativeBase", NULL};
    return says(text_of(m, node), words);
}

/* The last name of what is called: "append_column" of Base.metadata.append_column(...). */
static const char *callee(const struct py_node *call)
{
    const struct py_node *f = call->kind == PY_CALL ? call->left : NULL;
    return f && (f->kind == PY_NAME || f->kind == PY_ATTRIBUTE) ? f->name : "";
}

static bool call_counts(const struct py_node *call)
{
    static const char *const names[] = {
        "Index", "Table", "append_column", "append_constraint", "add_mapped_attribute", "map_declaratively",
        "mapped"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(callee(call), names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Calls that are made for what they do: those that speak of metadata may add tables to it. */
static bool expression_counts(const struct py_module *m, const struct py_node *call)
{
    static const char *const metadata[] = {"metadata", NULL};
    static const char *const others[] = {"create_all(", "drop_all(", "event.listen", NULL};
    struct slice text = text_of(m, call);
    return call_counts(call) || (call->kind == PY_CALL && says(text, metadata) && !says(text, others));
}

/* User.age = Column(...), metadata.naming_convention = ...: what has been read already would change. */
static bool changes_model(const struct py_module *m, const struct py_node *assign)
{
    static const char *const words[] = {"naming_convention", "metadata.schema", NULL};
    bool attribute = assign->kind == PY_ANN_ASSIGN && assign->left->kind == PY_ATTRIBUTE;
    for (size_t i = 0; assign->kind == PY_ASSIGN && i < assign->list.n; i++) {
        attribute = attribute || assign->list.items[i]->kind == PY_ATTRIBUTE;
    }
    return attribute && (about_tables(m, assign) || says(text_of(m, assign), words));
}

/* --- classes --- */

/* The value of a name or of a chain of names, as far as it is known; NULL otherwise. */
static pyv value_of(struct py *py, struct py_module *m, const struct py_node *node)
{
    pyv v = NULL;
    if (node->kind == PY_NAME) {
        v = py_module_global(py, m, node->name);
    } else if (node->kind == PY_ATTRIBUTE) {
        v = value_of(py, m, node->left);
        v = v ? py_getattr(py, v, node->name) : NULL;
    }
    if (v && v->type == &py_type_lazy && node->kind == PY_NAME) {
        v = py_lazy_resolve(py, v, node->name);
    }
    return v && py->stop == PY_RUNNING ? v : NULL;
}

/* Does one of the bases have tables? 1, 0, -1 for stopped for good. */
static int of_models(struct py *py, struct py_module *m, const struct py_node *class)
{
    for (size_t i = 0; i < class->list.n; i++) {
        pyv v = value_of(py, m, class->list.items[i]);
        bool failed = false;
        pyv metadata = v && py_is(v, &py_type_type) ? py_find_attr(py, v, "metadata", &failed) : NULL;
        if (!py_forget(py)) {
            return -1;
        }
        if (metadata) {
            return 1;
        }
    }
    return 0;
}

static int load_class(struct py *py, struct py_module *m, size_t unit, const struct py_node *class)
{
    if (py_unit_run(py, m, unit) == 0) {
        return 0;
    }
    enum py_stop stop = py->stop;
    struct err err = py->err;
    if (about_tables(m, class) || !py_forget(py)) {
        return -1;
    }
    int models = of_models(py, m, class);
    if (models == 0) {
        return 0;
    }
    if (models > 0) {
        py->stop = stop;
        py->err = err;
    }
    return -1;
}

/* --- imports --- */

static int load_import(struct py *py, struct py_module *m, const struct py_node *node)
{
    struct py_module *found;
    if (node->kind == PY_IMPORT) {
        for (size_t i = 0; i < node->aliases.n; i++) {
            if (models_load_name(py, node->aliases.items[i].name, &found) != 0) {
                return -1;
            }
        }
        return 0;
    }
    const char *from = py_import_absolute(py, m, node);
    if (!from || models_load_name(py, from, &found) != 0) {
        return -1;
    }
    for (size_t i = 0; i < node->aliases.n; i++) {
        const char *name = node->aliases.items[i].name;
        struct py_module *sub;
        if (strcmp(name, "*") != 0 &&
            models_load_name(py, arena_printf(&py->arena, "%s.%s", from, name), &sub) != 0) {
            return -1;
        }
    }
    return py->stop == PY_RUNNING ? 0 : -1;
}

/* --- modules --- */

static int load_statement(struct py *py, struct py_module *m, size_t unit, const struct py_node *node)
{
    switch (node->kind) {
    case PY_IMPORT:
    case PY_IMPORT_FROM:
        return load_import(py, m, node);
    case PY_CLASS:
        return load_class(py, m, unit, node);
    case PY_EXPR:
        return expression_counts(m, node->left) ? py_unit_run(py, m, unit) : 0;
    case PY_ASSIGN:
    case PY_ANN_ASSIGN:
        if (changes_model(m, node)) {
            py_stop_at(py, PY_REFUSED, ERR_REFUSED, "a model that is changed after its class statement");
            err_place(&py->err, m->file, node->line, node->column);
            return -1;
        }
        return about_tables(m, node) ? py_unit_run(py, m, unit) : 0;
    case PY_FOR:
    case PY_IF:
    case PY_WITH:
    case PY_TRY:
        return about_tables(m, node) ? py_unit_run(py, m, unit) : 0;
    default:
        return 0;
    }
}

int models_load(struct py *py, struct py_module *m)
{
    struct py_source *s = py_module_source(m);
    if (!s->tree || !s->lazy || s->library || s->loaded) {
        return 0;
    }
    s->loaded = true;
    for (size_t i = 0; i < s->tree->body.n; i++) {
        if (load_statement(py, m, i, s->tree->body.items[i]) != 0) {
            return -1;
        }
    }
    return 0;
}
