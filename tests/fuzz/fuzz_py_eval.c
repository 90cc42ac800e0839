/* Programs in Python: whatever parses runs to an end within its limits, and an error has a place. */
#include "engine/alembic/python/py.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size); /* an exact copy, so that reading past the end shows */
    struct slice text = {copy, size};
    struct py_node *tree;
    struct err err;
    if (size) {
        memcpy(copy, data, size);
    }
    if (py_parse(&a, "fuzz.py", text, &tree, &err) == 0) {
        struct py_options options = {.limits = {.steps = 20000, .memory = (size_t)16 << 20},
                                     .loader = {&text, find}};
        struct py *py = py_new(&options);
        if (py_run_module(py, "fuzz", tree, "fuzz.py", text, NULL) != 0) {
            err = (struct err){0};
            py_error(py, &err);
            check_error(&err);
        } else if (py_stopped(py) != PY_RUNNING) {
            abort();
        }
        py_free(py);
    } else {
        check_error(&err);
    }
    free(copy);
    return 0;
}
