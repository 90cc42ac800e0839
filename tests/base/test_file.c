/* Whole files, folders, paths, times. */
#include "base/arena.h"
#include "base/file.h"
#include "tests/servers/servers.h"
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static int entries(const char *folder)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int n = 0;
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

static void written_texts_read_back(void **state UNUSED)
{
    const char *folder = test_folder();
    char *path = arena_printf(&arena, "%s/new/deep/file.txt", folder);
    struct err e;
    struct slice text;
    assert_int_equal(file_write(path, SLICE("one\0two"), false, &e), 0);
    assert_int_equal(file_read(&arena, path, 0, &text, &e), 0);
    assert_int_equal(text.len, 7);
    assert_memory_equal(text.ptr, "one\0two", 8);
    assert_int_equal(file_write(path, SLICE(""), false, &e), 0);
    assert_int_equal(file_read(&arena, path, 0, &text, &e), 0);
    assert_int_equal(text.len, 0);
    assert_string_equal(text.ptr, "");
    assert_int_equal(entries(path_dirname(&arena, path)), 1); /* no temporary file stays */
}

static void exclusive_writing_refuses_an_existing_file(void **state UNUSED)
{
    char *path = arena_printf(&arena, "%s/x", test_folder());
    struct err e;
    struct slice text;
    assert_int_equal(file_write(path, SLICE("first"), true, &e), 0);
    assert_int_equal(file_write(path, SLICE("second"), true, &e), ERR_FILE);
    assert_string_equal(e.message, "exists already");
    assert_string_equal(e.file, path);
    assert_int_equal(file_read(&arena, path, 0, &text, &e), 0);
    assert_string_equal(text.ptr, "first");
}

static void limits_and_wrong_kinds(void **state UNUSED)
{
    const char *folder = test_folder();
    char *path = arena_printf(&arena, "%s/x", folder);
    struct err e;
    struct slice text;
    assert_int_equal(file_write(path, SLICE("12345"), false, &e), 0);
    assert_int_equal(file_read(&arena, path, 5, &text, &e), 0);
    assert_int_equal(file_read(&arena, path, 4, &text, &e), ERR_FILE);
    assert_string_equal(e.message, "is larger than 4 bytes");
    assert_string_equal(e.file, path);
    assert_int_equal(file_read(&arena, folder, 0, &text, &e), ERR_FILE);
    assert_string_equal(e.message, "is a folder, a file was expected");
    assert_int_equal(file_read(&arena, "/nonexistent/x", 0, &text, &e), ERR_FILE);
    assert_string_equal(e.message, "cannot open: No such file or directory");
    assert_int_equal(file_write(arena_printf(&arena, "%s/y", path), SLICE(""), false, &e), ERR_FILE);
    assert_int_equal(file_mkdirs(path, &e), ERR_FILE);
    assert_string_equal(e.message, "cannot make the folder: Not a directory");
    assert_true(file_exists(path) && file_exists(folder) && !file_exists("/nonexistent/x"));
    /* A file whose size the system does not tell. */
    assert_int_equal(file_read(&arena, "/proc/self/status", 0, &text, &e), 0);
    assert_true(slice_starts(text, "Name:"));
    assert_int_equal(file_read(&arena, "/proc/self/status", 10, &text, &e), ERR_FILE);
    assert_int_equal(file_read(&arena, "/dev/zero", 100000, &text, &e), ERR_FILE);
}

static void *write_to_pipe(void *fd)
{
    char block[1000];
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(write(*(int *)fd, block, sizeof(block)), sizeof(block));
    }
    close(*(int *)fd);
    return NULL;
}

static void pipes_are_read_to_their_end(void **state UNUSED)
{
    int fds[2];
    pthread_t thread;
    struct err e;
    struct slice text;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(pthread_create(&thread, NULL, write_to_pipe, &fds[1]), 0);
    assert_int_equal(file_read(&arena, arena_printf(&arena, "/dev/fd/%d", fds[0]), 0, &text, &e), 0);
    pthread_join(thread, NULL);
    close(fds[0]);
    assert_int_equal(text.len, 100000);
}

static void *write_often(void *path)
{
    for (int i = 0; i < 20; i++) {
        struct err e;
        assert_int_equal(file_write(path, SLICE("whole"), false, &e), 0);
    }
    return NULL;
}

static void two_threads_may_write_one_file(void **state UNUSED)
{
    char *path = arena_printf(&arena, "%s/shared", test_folder());
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_often, path), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    struct slice text;
    struct err e;
    assert_int_equal(file_read(&arena, path, 0, &text, &e), 0);
    assert_string_equal(text.ptr, "whole");
}

static void paths(void **state UNUSED)
{
    struct arena *a = &arena;
    assert_string_equal(path_join(a, "base", "name"), "base/name");
    assert_string_equal(path_join(a, "base/", "name"), "base/name");
    assert_string_equal(path_join(a, "/", "name"), "/name");
    assert_string_equal(path_join(a, ".", "name"), "name");
    assert_string_equal(path_join(a, "", "name"), "name");
    assert_string_equal(path_join(a, NULL, "name"), "name");
    assert_string_equal(path_join(a, "base", "/name"), "/name");
    setenv("HOME", "/home/someone", 1);
    assert_string_equal(path_join(a, "base", "~/name"), "/home/someone/name");
    assert_string_equal(path_join(a, "base", "~name"), "base/~name");
    assert_string_equal(path_dirname(a, "a/b/c"), "a/b");
    assert_string_equal(path_dirname(a, "c"), ".");
    assert_string_equal(path_dirname(a, "/c"), "/");
    assert_string_equal(path_basename("a/b"), "b");
    assert_string_equal(path_basename("b"), "b");
}

static void times(void **state UNUSED)
{
    struct arena *a = &arena;
    assert_string_equal(time_format(a, 0, false), "1970-01-01T00:00:00Z");
    assert_string_equal(time_format(a, 1795252380123456, false), "2026-11-21T09:13:00Z");
    assert_string_equal(time_format(a, 1795252380123456, true), "2026-11-21T09:13:00.123456Z");
    assert_string_equal(time_format(a, 1795252380000007, true), "2026-11-21T09:13:00.000007Z");
    assert_string_equal(time_format(a, -1, true), "1969-12-31T23:59:59.999999Z");
    assert_string_equal(duration_format(a, 500), "0.5ms");
    assert_string_equal(duration_format(a, 12000), "12ms");
    assert_string_equal(duration_format(a, 3400000), "3.4s");
    assert_string_equal(duration_format(a, 125000000), "2m 05s");
    assert_string_equal(duration_format(a, 3725000000), "1h 02m");
    int64_t first = time_monotonic_us();
    assert_true(time_monotonic_us() >= first);
    assert_true(time_now_us() > 1700000000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(written_texts_read_back),
                                       cmocka_unit_test(exclusive_writing_refuses_an_existing_file),
                                       cmocka_unit_test(limits_and_wrong_kinds),
                                       cmocka_unit_test(pipes_are_read_to_their_end),
                                       cmocka_unit_test(two_threads_may_write_one_file),
                                       cmocka_unit_test(paths),
                                       cmocka_unit_test(times)};
    return cmocka_run_group_tests(tests, NULL, release);
}
