/* The project file and finding environments. */
#include "base/file.h"
#include "environments/project.h"
#include "tests/environments/document.h"
#include "tests/servers/servers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static char *put(const char *folder, const char *name, const char *text)
{
    struct err e;
    char *path = path_join(&arena, folder, name);
    assert_int_equal(file_write(path, slice_of(text), false, &e), 0);
    return path;
}

static void defaults(void **state UNUSED)
{
    const char *folder = test_folder();
    struct project *p;
    struct err e;
    char *file = put(folder, "lockstep.yaml", "");
    assert_int_equal(project_load(&arena, file, NULL, &p, &e), 0);
    assert_string_equal(p->name, path_basename(folder));
    assert_string_equal(p->dir, folder);
    assert_string_equal(p->file, file);
    assert_int_equal(p->nrevisions, 1);
    assert_string_equal(p->revisions[0], path_join(&arena, folder, "revisions"));
    assert_string_equal(p->environments_dir, path_join(&arena, folder, "environments"));
    assert_string_equal(p->plans, path_join(&arena, folder, "plans"));
    assert_string_equal(p->store, path_join(&arena, folder, ".lockstep/store.db"));
    assert_string_equal(p->version_table, "alembic_version");
    assert_null(p->version_table_schema);
    assert_null(p->default_environment);
}

static void everything_given(void **state UNUSED)
{
    const char *folder = test_folder();
    struct project *p;
    struct err e;
    char *file =
        put(folder, "lockstep.yaml",
            "project: shop\nrevisions: [a, /b]\nenvironments: [x/one.yaml, two.yaml]\nplans: p\nstore: s.db\n"
            "version_table: versions\nversion_table_schema: meta\ndefault_environment: dev\n");
    assert_int_equal(project_load(&arena, file, NULL, &p, &e), 0);
    assert_string_equal(p->name, "shop");
    assert_int_equal(p->nrevisions, 2);
    assert_string_equal(p->revisions[1], "/b");
    assert_null(p->environments_dir);
    assert_int_equal(p->nenvironment_files, 2);
    assert_string_equal(p->environment_files[0], path_join(&arena, folder, "x/one.yaml"));
    assert_string_equal(p->version_table, "versions");
    assert_string_equal(p->version_table_schema, "meta");
    assert_string_equal(p->default_environment, "dev");
    put(folder, "x/one.yaml", "environment: one\n" ONE_TARGET);
    put(folder, "two.yaml", "environment: dev\n" ONE_TARGET);
    struct environment *env;
    assert_int_equal(project_environment(&arena, p, NULL, &env, &e), 0);
    assert_string_equal(env->name, "dev");
    assert_int_equal(project_environment(&arena, p, "one", &env, &e), 0);
    assert_string_equal(env->dir, path_join(&arena, folder, "x"));
}

static void found_from_a_folder_below(void **state UNUSED)
{
    const char *folder = test_folder();
    struct project *p;
    struct err e;
    char cwd[4096];
    put(folder, "lockstep.yaml", "project: above\n");
    char *below = path_join(&arena, folder, "a/b");
    assert_int_equal(file_mkdirs(below, &e), 0);
    assert_int_equal(project_load(&arena, NULL, below, &p, &e), 0);
    assert_string_equal(p->name, "above");
    assert_non_null(getcwd(cwd, sizeof(cwd)));
    assert_int_equal(chdir(below), 0);
    int rc = project_load(&arena, NULL, ".", &p, &e);
    const char *name = rc ? "" : p->file;
    assert_int_equal(chdir(cwd), 0);
    assert_int_equal(rc, 0);
    assert_string_equal(name, "../../lockstep.yaml");
    assert_string_equal(p->store, "../../.lockstep/store.db");
    assert_int_equal(project_load(&arena, NULL, "/", &p, &e), ERR_FILE);
    assert_string_equal(e.message, "no lockstep.yaml in / or a folder above it");
    assert_int_equal(project_load(&arena, "/nonexistent/l.yaml", NULL, &p, &e), ERR_FILE);
    assert_string_equal(e.file, "/nonexistent/l.yaml");
}

static void wrong_project_files(void **state UNUSED)
{
    static const struct {
        const char *text; /* "^^" marks the place */
        int status;
        const char *message, *hint;
    } cases[] = {
        {"^^- a\n", ERR_FILE, "expected a mapping, found a list", ""},
        {"^^revision: x\n", ERR_FILE, "unknown key \"revision\"", "did you mean \"revisions\"?"},
        {"project: ^^[]\n", ERR_FILE, "expected a value, found a list", ""},
        {"project: ^^''\n", ERR_FILE, "expected text, found an empty value", ""},
        {"revisions: ^^[]\n", ERR_FILE, "expected at least one path, found an empty list", ""},
        {"revisions: [a, ^^{}]\n", ERR_FILE, "expected a value, found a mapping", ""},
        {"revisions: [a, ^^'']\n", ERR_FILE, "expected a path, found an empty value", ""},
        {"environments: ^^{}\n", ERR_FILE, "expected a value, found a mapping", ""},
        {"store: ^^mysql://u:hunter2@h/d\n", ERR_FILE, "a store on a server is a PostgreSQL database",
         "A store is a file such as .lockstep/store.db, or a database such as "
         "postgresql://user@host/database."},
        {"store: {url: 'postgresql://u:hunter2@h/d', password: ^^x}\n", ERR_FILE,
         "the password is given twice, here and in the URL", ""},
        {"store: ^^postgres:/u:hunter2@h/x\n", ERR_FILE,
         "the store is neither a file nor a URL, which has two slashes after the colon",
         "A store on a server reads postgresql://user@host/database; write ./ before the name of a file that "
         "has a colon."},
        {"store: ^^{password: x}\n", ERR_FILE, "the store has no url",
         "A store is a file such as .lockstep/store.db, or a database such as "
         "postgresql://user@host/database."},
        {"version_table: ^^a.b\n", ERR_FILE, "\"a.b\" is not a plain name",
         "A schema is given in version_table_schema."},
        {"version_table_schema: ^^a b\n", ERR_FILE, "\"a b\" is not a plain name",
         "A schema is given in version_table_schema."},
        {"version_table: ^^aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", ERR_FILE,
         "the name is longer than 63 bytes", ""},
        {"a: 1\n^^a: 2\n", ERR_FILE, "duplicate key \"a\"", "The first one is on line 1; keep one of them."},
    };
    const char *folder = test_folder();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int line, column;
        struct project *p = NULL;
        struct err e = {0};
        char *file = put(folder, "l.yaml", document_unmark(&arena, cases[i].text, &line, &column));
        int rc = project_load(&arena, file, NULL, &p, &e);
        if (rc != cases[i].status || e.status != rc || e.line != line || e.column != column ||
            strcmp(e.message, cases[i].message) != 0 || strcmp(e.hint, cases[i].hint) != 0) {
            fail_msg("case %zu: %d %d:%d: %s (%s)", i, rc, e.line, e.column, e.message, e.hint);
        }
        assert_string_equal(e.file, file);
        assert_null(strstr(e.excerpt, "hunter2"));
        assert_null(p);
    }
}

static struct project *project_in(const char *folder, const char *text)
{
    struct project *p;
    assert_int_equal(project_load(&arena, put(folder, "lockstep.yaml", text), NULL, &p, NULL), 0);
    return p;
}

static void environments_are_sorted_by_name(void **state UNUSED)
{
    const char *folder = test_folder();
    put(folder, "environments/a.yaml", "environment: staging\n" ONE_TARGET);
    put(folder, "environments/b.yml", "environment: dev\n" ONE_TARGET);
    put(folder, "environments/notes.txt", "not a document");
    put(folder, "environments/.hidden.yaml", "not: one\n");
    struct environment **all;
    size_t n;
    struct err e;
    assert_int_equal(project_environments(&arena, project_in(folder, ""), &all, &n, &e), 0);
    assert_int_equal(n, 2);
    assert_string_equal(all[0]->name, "dev");
    assert_string_equal(all[1]->name, "staging");
}

static void one_name_twice_names_both_files(void **state UNUSED)
{
    const char *folder = test_folder();
    char *one = put(folder, "environments/a.yaml", "environment: dev\n" ONE_TARGET);
    char *two = put(folder, "environments/b.yaml", ONE_TARGET "environment: dev\n");
    struct environment **all;
    size_t n;
    struct err e;
    assert_int_equal(project_environments(&arena, project_in(folder, ""), &all, &n, &e), ERR_FILE);
    assert_string_equal(e.file, two);
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 14);
    assert_string_equal(e.message,
                        arena_printf(&arena, "the environment \"dev\" is also defined in %s", one));
}

static void finding_one(void **state UNUSED)
{
    const char *folder = test_folder();
    struct project *p = project_in(folder, "");
    struct environment *env = NULL;
    struct err e;
    assert_int_equal(project_environment(&arena, p, NULL, &env, &e), ERR_FILE); /* no folder */
    assert_string_equal(e.message, "cannot read the folder of environments: No such file or directory");
    assert_int_equal(file_mkdirs(p->environments_dir, &e), 0);
    assert_int_equal(project_environment(&arena, p, NULL, &env, &e), ERR_USAGE);
    assert_string_equal(e.message, "the project has no environments");
    put(folder, "environments/dev.yaml", "environment: dev\n" ONE_TARGET);
    assert_int_equal(project_environment(&arena, p, NULL, &env, &e), 0); /* the only one */
    assert_string_equal(env->name, "dev");
    put(folder, "environments/odd.yaml", "environment: staging\n" ONE_TARGET);
    assert_int_equal(project_environment(&arena, p, NULL, &env, &e), ERR_USAGE);
    assert_string_equal(e.message, "the project has 2 environments, name one");
    assert_string_equal(e.hint, "Use -e with one of dev, staging, or set default_environment.");
    assert_int_equal(project_environment(&arena, p, "staging", &env, &e),
                     0); /* by what it says, not its file */
    assert_string_equal(env->name, "staging");
    assert_int_equal(project_environment(&arena, p, "odd", &env, &e), ERR_USAGE);
    assert_string_equal(e.message, "no environment is named \"odd\"");
    assert_string_equal(e.hint, "The project has dev, staging.");
    assert_int_equal(project_environment(&arena, p, "stagin", &env, &e), ERR_USAGE);
    assert_string_equal(e.hint, "did you mean \"staging\"?");
    assert_int_equal(project_environment(&arena, p, "../dev", &env, &e), ERR_USAGE);
    /* An unrelated wrong document disturbs only when it has to be read. */
    char *broken = put(folder, "environments/broken.yaml", "environment: [\n");
    assert_int_equal(project_environment(&arena, p, "dev", &env, &e), 0);
    assert_int_equal(project_environment(&arena, p, "staging", &env, &e), ERR_FILE);
    assert_string_equal(e.file, broken);
    p = project_in(folder, "default_environment: dev\n");
    assert_int_equal(project_environment(&arena, p, NULL, &env, &e), 0);
    assert_string_equal(env->name, "dev");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults),
                                       cmocka_unit_test(everything_given),
                                       cmocka_unit_test(found_from_a_folder_below),
                                       cmocka_unit_test(wrong_project_files),
                                       cmocka_unit_test(environments_are_sorted_by_name),
                                       cmocka_unit_test(one_name_twice_names_both_files),
                                       cmocka_unit_test(finding_one)};
    return cmocka_run_group_tests(tests, NULL, release);
}
