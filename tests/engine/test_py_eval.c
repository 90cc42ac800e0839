/* The evaluator. With a file as its argument this program runs it and prints what it prints, for
 * test_python_cases.sh, which compares that with Python. */
#include "base/file.h"
#include "engine/alembic/python/py.h"
// clang-format off
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on

static void to_stdout(void *arg, struct slice text)
{
    (void)arg;
    fwrite(text.ptr, 1, text.len, stdout);
}

static int find_beside(void *arg, const char *name, bool *found, bool *is_package, const char **file,
                       struct slice *text, struct err *err)
{
    struct arena *a = arg;
    (void)name, (void)is_package, (void)file, (void)text, (void)err, (void)a;
    *found = false;
    return 0;
}

static int run_file(const char *file)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct slice text;
    struct py_node *tree;
    struct err err;
    if (file_read(&a, file, 0, &text, &err) != 0 || py_parse(&a, file, text, &tree, &err) != 0) {
        fprintf(stderr, "%s:%d: %s\n", err.file, err.line, err.message);
        return 1;
    }
    struct py_options options = {.print = to_stdout, .loader = {&a, find_beside}};
    struct py *py = py_new(&options);
    int rc = py_run_module(py, "__main__", tree, file, text, NULL);
    if (rc) {
        py_error(py, &err);
        fprintf(stderr, "%s:%d:%d: %s\n%s\n", err.file, err.line, err.column, err.message, err.excerpt);
    }
    py_free(py);
    return rc ? 1 : 0;
}

static void nothing(void **state)
{
    (void)state;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return run_file(argv[1]);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
