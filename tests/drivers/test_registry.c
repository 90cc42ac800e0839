/* Finding drivers: built in, as modules, and what is said when one cannot be had. */
#include "base/file.h"
#include "base/module.h"
#include "base/vec.h"
#include "drivers/driver.h"
#include "tests/servers/servers.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_unknown_name(void **state)
{
    (void)state;
    const struct driver *d = NULL;
    struct err err = {0};
    assert_int_equal(driver_find("postgres", &d, &err), ERR_USAGE);
    assert_null(d);
    assert_non_null(strstr(err.message, "\"postgres\""));
    assert_non_null(strstr(err.hint, "postgresql"));
    assert_int_equal(driver_find("oracle", &d, &err), ERR_USAGE);
    assert_non_null(strstr(err.hint, "sqlite"));
}

/* These come before any module is loaded: a driver that has been found stays. */
static void test_module_is_missing(void **state)
{
    (void)state;
    const struct driver *d = NULL;
    struct err err = {0};
    module_set_dir(test_folder());
    assert_int_equal(driver_find("mysql", &d, &err), ERR_FAILED);
    assert_null(d);
    assert_non_null(strstr(err.message, "lockstep-mysql.so"));
    assert_non_null(strstr(err.hint, "cmake --install"));
    module_set_dir(NULL);
}

static void test_client_library_is_missing(void **state)
{
    (void)state;
    const struct driver *d = NULL;
    struct err err = {0};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *dir = test_folder();
    assert_int_equal(
        file_write(path_join(&a, dir, "lockstep-postgresql.so"), SLICE("not a module"), true, &err), 0);
    module_set_dir(dir);
    assert_int_equal(driver_find("postgresql", &d, &err), ERR_FAILED);
    assert_null(d);
    assert_non_null(strstr(err.message, "cannot be loaded"));
    assert_non_null(strstr(err.hint, "apt-get install libpq5"));
    module_set_dir(NULL);
}

static void *find_both(void *arg)
{
    const struct driver *p = NULL, *m = NULL;
    struct err err;
    (void)arg;
    if (driver_find("postgresql", &p, &err) != 0 || driver_find("mysql", &m, &err) != 0) {
        return NULL;
    }
    return strcmp(p->name, "postgresql") == 0 && strcmp(m->name, "mysql") == 0 ? (void *)(uintptr_t)p : NULL;
}

static void test_modules_from_many_threads(void **state)
{
    (void)state;
    module_set_dir(LOCKSTEP_MODULE_DIR);
    pthread_t threads[8];
    void *found[8];
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, find_both, NULL), 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], &found[i]);
    }
    assert_non_null(found[0]);
    for (size_t i = 1; i < COUNT_OF(threads); i++) {
        assert_ptr_equal(found[i], found[0]);
    }
}

/* A driver with a hole would be noticed only by the first who falls into it. */
static void test_drivers_are_whole(void **state)
{
    (void)state;
    module_set_dir(LOCKSTEP_MODULE_DIR);
    const char *const *names;
    size_t n = driver_names(&names);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        const struct driver *d = NULL;
        struct err err = {0};
        if (driver_find(names[i], &d, &err) != 0) {
            fail_msg("%s: %s", names[i], err.message);
        }
        assert_string_equal(d->name, names[i]);
        assert_non_null(d->title);
        assert_true(d->max_identifier > 0);
        assert_non_null(d->begin);
        assert_non_null(d->commit);
        assert_non_null(d->rollback);
        assert_non_null(d->now);
        assert_non_null(strstr(d->history_ddl, "{history}"));
        assert_int_equal(!d->journal_begin, !d->journal_end);
        assert_true(d->open && d->close && d->batch && d->txn && d->cancel && d->cancel_reset && d->lock &&
                    d->unlock && d->server && d->is_missing_table && d->quote_ident && d->needs_quotes &&
                    d->quote_literal && d->split && d->print);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_name),
        cmocka_unit_test(test_module_is_missing),
        cmocka_unit_test(test_client_library_is_missing),
        cmocka_unit_test(test_modules_from_many_threads),
        cmocka_unit_test(test_drivers_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
