/* Programs in Python: whatever parses runs to an end within its limits, as a module and as a revision, and an
 * error has a place. */
#include "engine/alembic/migration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct err *err)
{
    if (err->status >= 0 || !err->message[0] || !utf8_valid(err->message, strlen(err->message)) ||
        !utf8_valid(err->excerpt, strlen(err->excerpt)) || !utf8_valid(err->hint, strlen(err->hint))) {
        abort();
    }
}

/* The project has one module, which is the program itself: what runs whole also runs lazily. */
static int find(void *arg, const char *name, bool *found, bool *is_package, const char **file,
                struct slice *text, struct err *err)
{
    (void)err;
    *found = strcmp(name, "self") == 0;
    *is_package = false;
    *file = "self.py";
    *text = *(const struct slice *)arg;
    return 0;
}

static int take(void *arg, const struct migration_statement *s, struct arena *a, struct rowset *rows,
                int64_t *affected, struct err *err)
{
    (void)arg, (void)a, (void)rows, (void)affected, (void)err;
    if (s->kind == MIGRATION_STATEMENT && !utf8_valid(s->text.ptr, s->text.len)) {
        abort();
    }
    return 0;
}

static void run_module(const struct py_options *options, const struct py_node *tree, struct slice text)
{
    struct err err = {0};
    struct py *py = py_new(options);
    if (py_run_module(py, "fuzz", tree, "fuzz.py", text, NULL) != 0) {
        py_error(py, &err);
        check_error(&err);
    } else if (py_stopped(py) != PY_RUNNING) {
        abort();
    }
    py_free(py);
}

static void run_revision(const struct py_options *options, struct migration *m, const struct py_node *tree,
                         struct slice text)
{
    struct err err = {0};
    enum py_stop stop;
    if (migration_run(options, m, "fuzz.py", text, tree, &stop, &err) != 0) {
        check_error(&err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size); /* an exact copy, so that reading past the end shows */
    struct slice text = {copy, size};
    struct py_node *tree;
    struct err err;
    struct migration_settings settings = {0};
    struct migration m = {.settings = &settings, .revision = "b", .down_revision = "a", .statement = take};
    if (size) {
        memcpy(copy, data, size);
    }
    if (py_parse(&a, "fuzz.py", text, &tree, &err) != 0) {
        check_error(&err);
        free(copy);
        return 0;
    }
    /* Length decides about the dialect and the rest, so that every input does the same each time. */
    m.mode = size & 1 ? MIGRATION_PLAN : MIGRATION_OFFLINE;
    m.dialect = ddl_dialect_of((enum ddl_dialect_kind)(size / 4 % DDL_DIALECT_COUNT));
    m.downgrade = size & 2;
    struct py_options options = {
        .limits = {.steps = 20000, .memory = (size_t)16 << 20}, .loader = {&text, find}, .host = &m};
    if (memmem(copy, size, "def upgrade", 11)) {
        run_revision(&options, &m, tree, text);
    } else {
        run_module(&options, tree, text);
    }
    free(copy);
    return 0;
}
