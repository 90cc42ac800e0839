/* Work shared between threads. */
#include "base/parallel.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct job {
    const char **texts;
    size_t n, fail_from, fail_every;
};

static int work(void *arg, struct arena *a, size_t i, struct err *err)
{
    struct job *job = arg;
    assert_null(job->texts[i]); /* nobody was given it before */
    job->texts[i] = arena_printf(a, "item %zu", i);
    if (job->fail_every && i >= job->fail_from && (i - job->fail_from) % job->fail_every == 0) {
        return err_set(err, ERR_FILE, "item %zu is bad", i);
    }
    return 0;
}

static int run(struct arena *a, struct job *job, size_t alone, struct err *err)
{
    job->texts = arena_array(a, job->n, sizeof(*job->texts));
    int rc = parallel_each(a, job->n, alone, work, job, err);
    for (size_t i = 0; i < job->n; i++) {
        char text[32];
        snprintf(text, sizeof(text), "item %zu", i);
        assert_string_equal(job->texts[i], text);
    }
    return rc;
}

static void every_item_is_worked_on_once(void **state UNUSED)
{
    static const size_t sizes[] = {0, 1, 31, 32, 33, 1000, 20000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t alone = 0; alone <= 1000000; alone += 1000000) {
            AUTO(arena_release) struct arena a = ARENA_INIT;
            struct job job = {.n = sizes[i]};
            struct err err;
            assert_int_equal(run(&a, &job, alone, &err), 0);
        }
    }
}

static void the_first_error_is_told(void **state UNUSED)
{
    for (size_t alone = 0; alone <= 1000000; alone += 1000000) {
        for (size_t from = 0; from < 5000; from += 1234) {
            AUTO(arena_release) struct arena a = ARENA_INIT;
            struct job job = {.n = 5000, .fail_from = from, .fail_every = 17};
            struct err err = {0};
            char text[32];
            snprintf(text, sizeof(text), "item %zu is bad", from);
            assert_int_equal(run(&a, &job, alone, &err), ERR_FILE);
            assert_string_equal(err.message, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_item_is_worked_on_once),
                                       cmocka_unit_test(the_first_error_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
