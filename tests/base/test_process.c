/* Commands run for their output by many threads at once: whole answers, no zombies, no descriptors left over.
 */
#include "base/arena.h"
#include "base/process.h"
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static size_t descriptors(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d)) {
        n++;
    }
    closedir(d);
    return n;
}

struct runner {
    pthread_t thread;
    int id, failed;
};

/* Successes, failures and commands that do not end, mixed. */
static void *run_many(void *arg)
{
    struct runner *r = arg;
    struct arena a = ARENA_INIT;
    for (int i = 0; i < 12; i++) {
        char *expected = arena_printf(&a, "%d-%d", r->id, i);
        const char *scripts[] = {arena_printf(&a, "cat; printf %s; head -c 20000 /dev/zero >&2", expected),
                                 arena_printf(&a, "echo %s >&2; exit 3", expected), "exec sleep 1000"};
        const char *const argv[] = {"/bin/sh", "-c", scripts[i % 3], NULL};
        struct slice out = {0};
        struct err e = {0};
        int timeout_ms = i % 3 == 2 ? 20 : 60000;
        int rc = process_capture(
            &a, &(struct process){.argv = argv, .timeout_ms = timeout_ms, .max_output = 1000}, &out, &e);
        const char *ends[] = {"", arena_printf(&a, "status 3: %s", expected), "was killed"};
        bool right = i % 3 == 0 ? rc == 0 && slice_eq(out, expected)
                                : rc == ERR_FAILED && strstr(e.message, ends[i % 3]);
        r->failed += !right;
    }
    arena_release(&a);
    return NULL;
}

static void many_threads(void **state UNUSED)
{
    struct runner runners[24] = {0};
    size_t before = descriptors();
    for (size_t i = 0; i < COUNT_OF(runners); i++) {
        runners[i].id = (int)i;
        assert_int_equal(pthread_create(&runners[i].thread, NULL, run_many, &runners[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(runners); i++) {
        pthread_join(runners[i].thread, NULL);
        assert_int_equal(runners[i].failed, 0);
    }
    assert_int_equal(descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left to wait for */
    assert_int_equal(errno, ECHILD);
}

/* Whoever started the program may have told it to ignore ended children, who then vanish by themselves. */
static void ended_children_are_ignored(void **state UNUSED)
{
    struct arena a = ARENA_INIT;
    struct slice out = {0};
    struct err e = {0};
    const char *const argv[] = {"/bin/sh", "-c", "echo value; exit 0", NULL};
    void (*old)(int) = signal(SIGCHLD, SIG_IGN);
    int rc = process_capture(&a, &(struct process){.argv = argv, .timeout_ms = 20000, .max_output = 100},
                             &out, &e);
    signal(SIGCHLD, old);
    assert_int_equal(rc, ERR_FAILED);
    assert_non_null(strstr(e.message, "how it ended is not known"));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_threads),
                                       cmocka_unit_test(ended_children_are_ignored)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
