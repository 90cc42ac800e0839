/* Finding the project's own modules. */
#include "engine/alembic/project/loader.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void put(const char *path, const char *text)
{
    char full[256];
    snprintf(full, sizeof(full), "%s/%s", root, path);
    for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(full, 0700);
        *p = '/';
    }
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "/tmp/lockstep-loader-XXXXXX");
    assert_non_null(mkdtemp(root));
    put("one/app/__init__.py", "A = 1\n");
    put("one/app/models.py", "B = 2\n");
    put("one/plain/deep/x.py", "C = 3\n");
    put("two/app/models.py", "hidden\n");
    put("two/settings.py", "D = 4\n");
    put("two/both/__init__.py", "package\n");
    put("two/both.py", "module\n");
    return 0;
}

static int drop(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", root);
    return system(command);
}

static void names_and_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool found, package;
        const char *file, *text;
    } rows[] = {
        {"app", true, true, "one/app/__init__.py", "A = 1\n"},
        {"app.models", true, false, "one/app/models.py", "B = 2\n"},
        {"app", true, true, "one/app/__init__.py", "A = 1\n"}, /* from memory */
        {"plain", true, true, "one/plain", ""},
        {"plain.deep", true, true, "one/plain/deep", ""},
        {"plain.deep.x", true, false, "one/plain/deep/x.py", "C = 3\n"},
        {"settings", true, false, "two/settings.py", "D = 4\n"},
        {"both", true, true, "two/both/__init__.py", "package\n"},
        {"nowhere", false, false, NULL, NULL},
        {"", false, false, NULL, NULL},
        {".app", false, false, NULL, NULL},
        {"app.", false, false, NULL, NULL},
        {"app..models", false, false, NULL, NULL},
        {"../one/app", false, false, NULL, NULL},
        {"/etc/passwd", false, false, NULL, NULL},
    };
    struct arena a = ARENA_INIT;
    struct alembic_loader l = {.arena = &a};
    *vec_push(&a, &l.folders) = arena_printf(&a, "%s/one", root);
    *vec_push(&a, &l.folders) = arena_printf(&a, "%s/two", root);
    struct py_loader loader = alembic_loader_of(&l);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        bool found = !rows[i].found, package = false;
        const char *file = NULL;
        struct slice text = {0};
        struct err err = {0};
        assert_int_equal(loader.find(loader.arg, rows[i].name, &found, &package, &file, &text, &err), 0);
        assert_int_equal(found, rows[i].found);
        if (found) {
            assert_int_equal(package, rows[i].package);
            assert_string_equal(file + strlen(root) + 1, rows[i].file);
            assert_true(slice_eq(text, rows[i].text));
        }
    }
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_and_files)};
    return cmocka_run_group_tests(tests, make, drop);
}
