/* Errors as data: wrapping, places, excerpts, and what excerpts must not show. */
#include "base/err.h"
#include "base/str.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void set_wrap_and_hint(void **state UNUSED)
{
    struct err e;
    char text[3000];
    assert_int_equal(err_set(&e, ERR_FAILED, "no %s", "luck"), ERR_FAILED);
    assert_int_equal(err_wrap(&e, "step %d", 3), ERR_FAILED);
    assert_int_equal(err_hint(&e, "Try %s.", "again"), ERR_FAILED);
    assert_string_equal(e.message, "step 3: no luck");
    assert_string_equal(e.hint, "Try again.");
    assert_string_equal(err_format(&e, text, sizeof(text)), "step 3: no luck");
    err_place(&e, "f.yaml", 2, 5);
    assert_string_equal(err_format(&e, text, sizeof(text)), "f.yaml:2:5: step 3: no luck");
    err_place(&e, NULL, 2, 0);
    assert_string_equal(err_format(&e, text, sizeof(text)), "f.yaml:2: step 3: no luck");
    err_place(&e, NULL, 0, 0);
    assert_string_equal(err_format(&e, text, sizeof(text)), "f.yaml: step 3: no luck");
    assert_int_equal(err_exit_status(&e), 1);
    /* An error may be made out of its own message. */
    err_set(&e, ERR_REFUSED, "(%s)", e.message);
    assert_string_equal(e.message, "(step 3: no luck)");
    assert_string_equal(e.hint, "");
    assert_string_equal(e.file, "");
    assert_int_equal(err_exit_status(&e), 4);
}

static void no_error_wanted(void **state UNUSED)
{
    assert_int_equal(err_set(NULL, ERR_USAGE, "x"), ERR_USAGE);
    assert_true(err_wrap(NULL, "x") < 0);
    assert_true(err_place(NULL, "f", 1, 1) < 0);
    assert_true(err_hint(NULL, "x") < 0);
    assert_true(err_excerpt(NULL, "x", 1) < 0);
    assert_true(err_at(NULL, "f", "x", 1, 0) < 0);
}

static void long_messages_are_cut_between_characters(void **state UNUSED)
{
    char text[4000] = "";
    for (size_t i = 0; i + 1 < sizeof(text) / 3; i++) {
        memcpy(text + 3 * i, "\xE2\x82\xAC", 4);
    }
    for (int shift = 0; shift < 3; shift++) {
        struct err e;
        err_set(&e, ERR_FAILED, "%.*s%s", shift, "abc", text);
        size_t n = strlen(e.message);
        assert_true(n > sizeof(e.message) - 8 && n < sizeof(e.message));
        assert_string_equal(e.message + n - 3, "...");
        assert_true(utf8_valid(e.message, n));
        err_wrap(&e, "%.*s%s", shift, "abc", text);
        assert_true(utf8_valid(e.message, strlen(e.message)));
        err_hint(&e, "%.*s%s", shift, "abc", text);
        assert_true(utf8_valid(e.hint, strlen(e.hint)));
    }
}

static void errno_names_the_file(void **state UNUSED)
{
    struct err e;
    char text[3000];
    errno = ENOENT;
    assert_int_equal(err_errno(&e, "a/b", "cannot open"), ERR_FILE);
    assert_string_equal(err_format(&e, text, sizeof(text)), "a/b: cannot open: No such file or directory");
    assert_int_equal(err_exit_status(&e), 65);
}

static const char *excerpt(const char *text, int line, int column)
{
    static struct err e;
    err_set(&e, ERR_FILE, "x");
    err_place(&e, "f", line, column);
    err_excerpt(&e, text, strlen(text));
    return e.excerpt;
}

static void excerpts(void **state UNUSED)
{
    assert_string_equal(excerpt("one\ntwo three\nfour", 2, 5), "    2 | two three\n      |     ^");
    assert_string_equal(excerpt("one\r\ntwo\r\n", 1, 1), "    1 | one\n      | ^");
    assert_string_equal(excerpt("a\tb\x01", 1, 3), "    1 | a b?\n      |   ^");
    assert_string_equal(excerpt("one", 1, 99), "    1 | one\n      |    ^");
    assert_string_equal(excerpt("one", 7, 1), "");
    assert_string_equal(excerpt("one\n", 2, 1), "    2 | \n      | ^");
    /* Columns are characters. */
    assert_string_equal(excerpt("\xC3\xA9\xC3\xA9 x", 1, 4), "    1 | \xC3\xA9\xC3\xA9 x\n      |    ^");
    assert_string_equal(excerpt("bad \xFF\xC3 here", 1, 5), "    1 | bad ?? here\n      |     ^");
}

static void excerpts_of_long_lines_show_the_place(void **state UNUSED)
{
    static char text[300000];
    memset(text, 'a', sizeof(text) - 1);
    text[200000] = '#';
    const char *shown = excerpt(text, 1, 200001);
    const char *line = strstr(shown, "| ") + 2, *caret = strrchr(shown, '^');
    const char *second = strchr(shown, '\n') + strlen("      | ") + 1;
    assert_true(strchr(line, '\n') - line <= 100);
    assert_int_equal(line[caret - second], '#');
    /* Multi-byte characters at the edges of the window stay whole. */
    for (size_t i = 0; i + 3 < sizeof(text); i += 2) {
        memcpy(text + i, "\xC3\xA9", 2);
    }
    for (int column = 3000; column < 3004; column++) {
        shown = excerpt(text, 1, column);
        assert_true(utf8_valid(shown, strlen(shown)));
        assert_null(strchr(shown, '?'));
    }
}

static void excerpts_never_show_passwords(void **state UNUSED)
{
    static const char *const lines[] = {
        "url: postgresql://deploy:hunter2@db/orders",
        "url: \"postgresql://deploy:hunter2@db/orders\"",
        "url: postgresql://deploy:hunter2@x@db/orders",
        "url: postgresql://deploy:hunter2/db",
        "url: postgresql://deploy:hunter2",
        "url: mysql://u:${env:X} hunter2@db/orders",
        "url: mysql://u:${exec:echo hunter2}@db/orders",
        "a: x://u:p1@h, b: x://u:hunter2@h",
        "password: hunter2",
        "    password: \"hunter2 and more\"",
        "- { name: a, password: hunter2, url: x }",
        "pasword: hunter2",
        "sqlalchemy.url = postgresql://u:hunter2@h/d",
        "password=hunter2",
        "db_password = hunter2",
        "PGPASSWORD: hunter2",
        "client_secret: hunter2",
        "url: postgresql://h/d?user=u&password=hunter2&schema=x",
        "password: ${env:A}hunter2",
        "\"password\": \"hunter2\"",
        "password : hunter2",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        for (int column = 1; column < (int)strlen(lines[i]) + 2; column++) {
            const char *shown = excerpt(lines[i], 1, column);
            if (strstr(shown, "hunter2") || !strstr(shown, "***") || !strchr(shown, '^')) {
                fail_msg("%s", shown);
            }
        }
    }
}

static void masking_moves_the_caret_along(void **state UNUSED)
{
    const char *line = "url: postgresql://u:0123456789@h/d?x";
    assert_string_equal(excerpt(line, 1, 32), "    1 | url: postgresql://u:***@h/d?x\n"
                                              "      |                         ^");
    assert_string_equal(excerpt(line, 1, 25), "    1 | url: postgresql://u:***@h/d?x\n"
                                              "      |                     ^");
    assert_string_equal(excerpt(line, 1, 6), "    1 | url: postgresql://u:***@h/d?x\n"
                                             "      |      ^");
}

static void excerpts_leave_other_text_alone(void **state UNUSED)
{
    static const char *const lines[] = {"password: ${env:DB_PASSWORD}",
                                        "password: \"${file:/run/secrets/x}\" # comment",
                                        "url: postgresql://deploy@db1:5432/orders",
                                        "url: http://localhost:8080/x",
                                        "ALTER TABLE users ADD COLUMN email text;",
                                        "url: postgresql://[::1]:5432/x",
                                        "SELECT 'a:b', now()::text",
                                        "WHERE passenger_id = 5"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_non_null(strstr(excerpt(lines[i], 1, 1), lines[i]));
    }
}

static void places_from_offsets(void **state UNUSED)
{
    struct err e;
    const char *text = "ab\n\xC3\xA9z\n";
    err_set(&e, ERR_FILE, "x");
    err_at(&e, "f", text, strlen(text), 5);
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 2);
    assert_string_equal(e.excerpt, "    2 | \xC3\xA9z\n      |  ^");
    err_at(&e, "f", text, strlen(text), 100);
    assert_int_equal(e.line, 3);
    assert_int_equal(e.column, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(set_wrap_and_hint),
                                       cmocka_unit_test(no_error_wanted),
                                       cmocka_unit_test(long_messages_are_cut_between_characters),
                                       cmocka_unit_test(errno_names_the_file),
                                       cmocka_unit_test(excerpts),
                                       cmocka_unit_test(excerpts_of_long_lines_show_the_place),
                                       cmocka_unit_test(excerpts_never_show_passwords),
                                       cmocka_unit_test(masking_moves_the_caret_along),
                                       cmocka_unit_test(excerpts_leave_other_text_alone),
                                       cmocka_unit_test(places_from_offsets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
