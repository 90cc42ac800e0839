/* References: every scheme, every error, and that no error holds a value. */
#include "base/arena.h"
#include "base/file.h"
#include "environments/environment.h"
#include "environments/exec.h"
#include "tests/servers/servers.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state UNUSED)
{
    arena_release(&arena);
    return 0;
}

static const char *resolve(const char *text)
{
    const char *out;
    struct err e;
    const struct template_text t = {.text = text, .dir = "/nonexistent"};
    if (template_resolve(&arena, &t, &out, &e) != 0) {
        fail_msg("%s: %s", text, e.message);
    }
    return out;
}

static void literal_text_and_dollars(void **state UNUSED)
{
    assert_string_equal(resolve(""), "");
    assert_string_equal(resolve("plain"), "plain");
    assert_string_equal(resolve("a$$b"), "a$b");
    assert_string_equal(resolve("$${env:X}"), "${env:X}");
    assert_string_equal(resolve("pa$word$"), "pa$word$");
    assert_string_equal(resolve("$$$$"), "$$");
    assert_string_equal(resolve("}{"), "}{");
}

static void environment_variables(void **state UNUSED)
{
    setenv("LOCKSTEP_TEST_VALUE", "hunter2", 1);
    setenv("LOCKSTEP_TEST_EMPTY", "", 1);
    assert_string_equal(resolve("${env:LOCKSTEP_TEST_VALUE}"), "hunter2");
    assert_string_equal(resolve("<${env:LOCKSTEP_TEST_VALUE}|${env:LOCKSTEP_TEST_VALUE}>"),
                        "<hunter2|hunter2>");
    assert_string_equal(resolve("${env:LOCKSTEP_TEST_EMPTY}"), "");
    setenv("LOCKSTEP_TEST_VALUE", "${env:HOME}", 1);
    assert_string_equal(resolve("${env:LOCKSTEP_TEST_VALUE}"), "${env:HOME}"); /* a value is no template */
}

static void files(void **state UNUSED)
{
    const char *folder = test_folder(), *out;
    struct template_text t = {.text = "${file:pw}", .dir = folder};
    struct err e;
    char *path = arena_printf(&arena, "%s/pw", folder);
    static const struct {
        const char *content, *value;
    } cases[] = {
        {"hunter2\n", "hunter2"}, {"hunter2", "hunter2"}, {"a\nb\n\n", "a\nb\n"}, {"a\r\n", "a"}, {"", ""}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(file_write(path, slice_of(cases[i].content), false, &e), 0);
        assert_int_equal(template_resolve(&arena, &t, &out, &e), 0);
        assert_string_equal(out, cases[i].value);
    }
    t.text = arena_printf(&arena, "${file:%s}", path);
    t.dir = "/nonexistent";
    assert_int_equal(template_resolve(&arena, &t, &out, &e), 0);
}

static void commands(void **state UNUSED)
{
    assert_string_equal(resolve("${exec:printf 'a b\\n\\n'}"), "a b\n");
    assert_string_equal(resolve("${exec:X=\"it's\"; echo \"${X} $((1+1)) {}\" | tr i I}"),
                        resolve("${exec:X=\"it's\"; echo \"It's $((1+1)) {}\"}"));
    assert_string_equal(resolve("${exec:cat}"), ""); /* no standard input to wait for */
    assert_string_equal(resolve("${exec:echo noise >&2; echo value}"), "value");
    assert_string_equal(resolve("${exec:head -c 65536 /dev/zero | tr '\\0' x | wc -c | tr -d ' '}"), "65536");
}

static void commands_are_bounded(void **state UNUSED)
{
    struct err e;
    struct slice out = SLICE("untouched");
    char *pidfile = arena_printf(&arena, "%s/pid", test_folder());
    /* A child of the shell writes its number and waits: it must be gone as well. */
    char *command = arena_printf(&arena, "sh -c 'echo $$ > %s.new; mv %s.new %s; exec sleep 1000' & wait",
                                 pidfile, pidfile, pidfile);
    int64_t start = time_monotonic_us();
    /* A busy machine may not get as far as the file in so short a time. */
    for (int ms = 500; ms < 10000 && !file_exists(pidfile); ms *= 3) {
        assert_int_equal(exec_capture(&arena, command, ms, &out, &e), ERR_FAILED);
        assert_string_equal(
            e.message, arena_printf(&arena, "the command did not end within %g s and was killed", ms / 1e3));
    }
    assert_true(time_monotonic_us() - start < 30000000);
    struct slice text;
    assert_int_equal(file_read(&arena, pidfile, 0, &text, &e), 0);
    pid_t child = (pid_t)strtol(text.ptr, NULL, 10);
    assert_true(child > 1);
    /* It is adopted by init, which reaps it in its own time: a zombie counts as gone. */
    bool gone = false;
    for (int i = 0; i < 2000 && !gone; i++) {
        struct slice stat;
        gone = file_read(&arena, arena_printf(&arena, "/proc/%d/stat", child), 0, &stat, NULL) != 0 ||
               strstr(stat.ptr, ") Z") != NULL;
        usleep(1000);
    }
    assert_true(gone);

    assert_int_equal(exec_capture(&arena, "exec >&- 2>&-; sleep 1000", 300, &out, &e), ERR_FAILED);
    assert_string_equal(e.message, "the command did not end within 0.3 s and was killed");
    assert_int_equal(exec_capture(&arena, "cat /dev/zero", 20000, &out, &e), ERR_FAILED);
    assert_string_equal(e.message, "the command wrote more than 64 KiB and was killed");
    assert_int_equal(exec_capture(&arena, "head -c 65537 /dev/zero", 20000, &out, &e), ERR_FAILED);
    assert_int_equal(exec_capture(&arena, "head -c 1000000 /dev/zero >&2; echo fine", 20000, &out, &e), 0);
    assert_string_equal(out.ptr, "fine\n");
}

static void failing_commands(void **state UNUSED)
{
    struct err e;
    struct slice out;
    assert_int_equal(
        exec_capture(&arena, "echo value; echo 'no such entry' >&2; echo more >&2; exit 3", 20000, &out, &e),
        ERR_FAILED);
    assert_string_equal(e.message, "the command ended with status 3: no such entry");
    assert_int_equal(exec_capture(&arena, "exit 4", 20000, &out, &e), ERR_FAILED);
    assert_string_equal(e.message, "the command ended with status 4");
    assert_int_equal(exec_capture(&arena, "kill -9 $$", 20000, &out, &e), ERR_FAILED);
    assert_string_equal(e.message, "the command was ended by signal 9");
    assert_int_equal(exec_capture(&arena, "printf '\\377' >&2; exit 1", 20000, &out, &e), ERR_FAILED);
    assert_string_equal(e.message, "the command ended with status 1");
    assert_int_equal(exec_capture(&arena, "/nonexistent/program", 20000, &out, &e), ERR_FAILED);
    assert_non_null(strstr(e.message, "ended with status 127"));
}

/* A document of one target whose password is `text`, so that errors have places. */
static int resolve_password(const char *text, struct err *e)
{
    struct environment *env;
    struct url url;
    char *document = arena_printf(
        &arena, "environment: e\ntargets:\n  - name: t\n    url: postgresql://u@h/d\n    password: %s\n",
        text);
    memset(e, 0, sizeof(*e));
    int rc = environment_parse(&arena, "dir/e.yaml", slice_of(document), &env, e);
    return rc ? rc : target_url(&arena, &env->targets[0], ".", &url, e);
}

static void errors_name_the_reference_and_its_place(void **state UNUSED)
{
    static const struct {
        const char *text;
        int status, column;
        const char *message;
    } cases[] = {
        {"hunter2${env:LOCKSTEP_TEST_UNSET}", ERR_FILE, 22,
         "the environment variable LOCKSTEP_TEST_UNSET is not set"},
        {"hunter2${file:no/such}", ERR_FILE, 22, "${file:no/such}: cannot open: No such file or directory"},
        {"hunter2${exec:false --token hunter2}", ERR_FAILED, 22,
         "${exec:false ...}: the command ended with status 1"},
        {"hunter2${exec:printf 'a\\0b'}", ERR_FILE, 22, "a value with a NUL character came from ${exec:...}"},
        {"hunter2${vault:secret/db#password}", ERR_FILE, 22,
         "${vault:secret/db#password}: the address of Vault is not known"},
        {"hunter2${vault:secret#password}", ERR_FILE, 22,
         "the path of a vault reference begins with a mount: ${vault:MOUNT/PATH#KEY}"},
        {"hunter2${vault:secret/db}", ERR_FILE, 22, "a vault reference names a key: ${vault:PATH#KEY}"},
        {"hunter2${evn:X}", ERR_FILE, 22, "unknown reference \"evn\""},
        {"hunter2${X}", ERR_FILE, 22, "unknown reference \"X\""},
        {"hunter2${}", ERR_FILE, 22,
         "a reference is written ${env:NAME}, ${file:PATH}, ${exec:COMMAND} or ${vault:PATH#KEY}"},
        {"hunter2${env}", ERR_FILE, 22, "a reference needs something after its name, such as ${env:NAME}"},
        {"'hunter2${env:  }'", ERR_FILE, 23,
         "a reference needs something after the colon, such as ${env:NAME}"},
        {"hunter2${env:X", ERR_FILE, 22, "a reference has no closing brace"},
        {"hunter2${value}", ERR_FILE, 22, "${value} needs an \"each\" beside it"},
        {"hunter2${value:x}", ERR_FILE, 22, "${value} takes no argument"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err e;
        int rc = resolve_password(cases[i].text, &e);
        if (rc != cases[i].status || e.status != rc || e.line != 5 || e.column != cases[i].column ||
            strcmp(e.message, cases[i].message) != 0 || strcmp(e.file, "dir/e.yaml") != 0) {
            fail_msg("%s: %d %d:%d: %s", cases[i].text, rc, e.line, e.column, e.message);
        }
        assert_null(strstr(e.message, "hunter2"));
        assert_null(strstr(e.excerpt, "hunter2"));
        assert_null(strstr(e.hint, "hunter2"));
    }
    struct err e;
    resolve_password("${evn:X}", &e);
    assert_string_equal(e.hint, "did you mean \"env\"?");
}

static void resolved_values_never_reach_an_error(void **state UNUSED)
{
    /* Each resolves to something that makes the URL wrong. */
    static const char *const values[] = {"hunter2",
                                         "hunter2://x",
                                         "postgresql://u:hunter2",
                                         "postgresql://u:hunter2@h:port/d",
                                         "postgresql://u:hunter2@[h/d",
                                         "mysql://h/d?hunter2",
                                         "hun ter2",
                                         "postgres\n"};
    static const char *const urls[] = {"${env:LOCKSTEP_TEST_VALUE}",
                                       "${exec:printf '%s' \"$LOCKSTEP_TEST_VALUE\"}"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        setenv("LOCKSTEP_TEST_VALUE", values[i], 1);
        for (size_t j = 0; j < COUNT_OF(urls); j++) {
            struct environment *env;
            struct url url;
            struct err e;
            char *document = arena_printf(&arena, "environment: e\ntargets:\n  - name: t\n    url: \"%s\"\n",
                                          j ? "${exec:printf '%s' $LOCKSTEP_TEST_VALUE}" : urls[j]);
            assert_int_equal(environment_parse(&arena, "e.yaml", slice_of(document), &env, &e), 0);
            if (target_url(&arena, &env->targets[0], ".", &url, &e) == 0) {
                continue; /* the shell took two words apart */
            }
            assert_string_equal(e.message, "this is not a URL once its references are replaced");
            assert_int_equal(e.line, 4);
            assert_int_equal(e.column, 10);
            assert_null(strstr(e.hint, "hunter2"));
            assert_string_equal(e.excerpt, "");
            assert_null(strstr(target_display(&arena, &env->targets[0], "."), "hunter2@"));
        }
    }
}

static int url_of(const char *text, struct url *url, struct err *e)
{
    struct environment *env;
    int rc = environment_from_url(&arena, text, &env, e);
    return rc ? rc : target_url(&arena, &env->targets[0], "base", url, e);
}

static void references_within_a_url(void **state UNUSED)
{
    struct url u;
    struct err e;
    setenv("LOCKSTEP_TEST_USER", "de ploy@x", 1);
    setenv("LOCKSTEP_TEST_WORD", "p@ss:w/rd?#%&=+\xC3\xA9", 1);
    setenv("LOCKSTEP_TEST_HOST", "db1:5433", 1);
    assert_int_equal(
        url_of("postgresql://${env:LOCKSTEP_TEST_USER}:${env:LOCKSTEP_TEST_WORD}@${env:LOCKSTEP_TEST_HOST}/"
               "d?x=${env:LOCKSTEP_TEST_WORD}",
               &u, &e),
        0);
    assert_string_equal(u.user, "de ploy@x");
    assert_string_equal(u.password, "p@ss:w/rd?#%&=+\xC3\xA9");
    assert_string_equal(u.host, "db1");
    assert_int_equal(u.port, 5433);
    assert_string_equal(url_param(&u, "x"), "p@ss:w/rd?#%&=+\xC3\xA9");
    /* A whole URL in a variable is taken as it is. */
    setenv("LOCKSTEP_TEST_URL", "mysql+pymysql://u:p%40@h/d", 1);
    assert_int_equal(url_of("${env:LOCKSTEP_TEST_URL}", &u, &e), 0);
    assert_string_equal(u.dialect, "mysql");
    assert_string_equal(u.password, "p@");
    setenv("LOCKSTEP_TEST_PATH", "data/x.db", 1);
    assert_int_equal(url_of("sqlite:///${env:LOCKSTEP_TEST_PATH}", &u, &e), 0);
    assert_string_equal(u.database, "base/data/x.db");
    /* "$$" in a URL is a dollar sign. */
    assert_int_equal(url_of("postgresql://u:p$$x@h/d", &u, &e), 0);
    assert_string_equal(u.password, "p$x");
}

static void urls_without_a_document(void **state UNUSED)
{
    struct url u;
    struct err e;
    assert_int_equal(url_of("sqlite:///x.db", &u, &e), 0);
    assert_string_equal(u.database, "base/x.db");
    assert_int_equal(url_of("sqlite:////x.db", &u, &e), 0);
    assert_string_equal(u.database, "/x.db");
    assert_int_equal(url_of("sqlite:///:memory:", &u, &e), 0);
    assert_string_equal(u.database, ":memory:");
    assert_int_equal(url_of("postgrsql://h", &u, &e), ERR_FILE);
    assert_string_equal(e.hint, "did you mean \"postgresql\"?");
    assert_int_equal(url_of("${env:LOCKSTEP_TEST_UNSET}", &u, &e), ERR_FILE);
    assert_string_equal(e.message, "the environment variable LOCKSTEP_TEST_UNSET is not set");
    assert_int_equal(url_of("${env:X", &u, &e), ERR_FILE);
    assert_string_equal(e.message, "a reference has no closing brace");
    struct environment *env;
    assert_int_equal(environment_from_url(&arena, "postgresql://u:hunter2@h/d", &env, &e), 0);
    assert_string_equal(env->name, "default");
    assert_string_equal(env->targets[0].name, "default");
    assert_int_equal(environment_supported(env, USE_PROMOTE, &e), 0);
    assert_string_equal(target_display(&arena, &env->targets[0], "."), "postgresql://u@h/d");
}

static void displays_run_nothing_and_show_no_secret(void **state UNUSED)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"postgresql://u:${env:LOCKSTEP_TEST_WORD}@h/d", "postgresql://u@h/d"},
        {"postgresql://u:${env:LOCKSTEP_TEST_UNSET}@h/d", "postgresql://u:***@h/d"},
        {"postgresql://u:${exec:echo ran > ran}@h/d", "postgresql://u:***@h/d"},
        {"postgresql://${exec:echo ran > ran}/d", "postgresql://${exec:echo ran > ran}/d"},
        {"${env:LOCKSTEP_TEST_UNSET}", "${env:LOCKSTEP_TEST_UNSET}"},
        {"sqlite:///x.db", "sqlite:///base/x.db"},
    };
    setenv("LOCKSTEP_TEST_WORD", "hunter2", 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct environment *env;
        assert_int_equal(environment_from_url(&arena, cases[i].text, &env, NULL), 0);
        assert_string_equal(target_display(&arena, &env->targets[0], "base"), cases[i].shown);
    }
    assert_false(file_exists("ran"));
}

static void replacing_the_value(void **state UNUSED)
{
    assert_string_equal(template_put_value(&arena, "a-${value}-${env:X}-$${value}$$", "v$w", false),
                        "a-v$$w-${env:X}-$${value}$$");
    assert_string_equal(template_put_value(&arena, "x?s=${value}", "a&b c", true), "x?s=a%26b%20c");
}

int main(void)
{
    unsetenv("VAULT_ADDR");
    const struct CMUnitTest tests[] = {cmocka_unit_test(literal_text_and_dollars),
                                       cmocka_unit_test(environment_variables),
                                       cmocka_unit_test(files),
                                       cmocka_unit_test(commands),
                                       cmocka_unit_test(commands_are_bounded),
                                       cmocka_unit_test(failing_commands),
                                       cmocka_unit_test(errors_name_the_reference_and_its_place),
                                       cmocka_unit_test(resolved_values_never_reach_an_error),
                                       cmocka_unit_test(references_within_a_url),
                                       cmocka_unit_test(urls_without_a_document),
                                       cmocka_unit_test(displays_run_nothing_and_show_no_secret),
                                       cmocka_unit_test(replacing_the_value)};
    return cmocka_run_group_tests(tests, NULL, release);
}
