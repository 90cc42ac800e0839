/* HTTP requests to a real server that behaves well and badly (tests/servers/http_server.py). */
#include "base/file.h"
#include "base/http.h"
#include "base/module.h"
#include "tests/servers/servers.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static FILE *plain, *tls;
static char plain_url[64], tls_url[64], tls_wrong_name[64];

static FILE *start(const char *more, int *port)
{
    char *file = arena_printf(&arena, "%s/port", test_folder());
    char *command = arena_printf(&arena, "exec python3 -B tests/servers/http_server.py %s %s", file, more);
    FILE *server = popen(command, "w"); // NOLINT(cert-env33-c): a server of the test's own
    assert_non_null(server);
    struct slice text = {0};
    for (int i = 0; i < 4000 && file_read(&arena, file, 0, &text, NULL) != 0; i++) {
        usleep(5000);
    }
    *port = text.len ? (int)strtol(text.ptr, NULL, 10) : 0;
    assert_in_range(*port, 1, 65535);
    return server;
}

static int begin(void **state UNUSED)
{
    /* A proxy of the machine's has nothing to do with loopback. */
    setenv("NO_PROXY", "127.0.0.1,localhost", 1);
    module_set_dir(LOCKSTEP_MODULE_DIR);
    int port;
    plain = start("", &port);
    snprintf(plain_url, sizeof(plain_url), "http://127.0.0.1:%d", port);
    if (getenv("LOCKSTEP_TEST_TLS")) {
        tls =
            start(arena_printf(&arena, "%s %s", server_tls_file("server.pem"), server_tls_file("server.key")),
                  &port);
        snprintf(tls_url, sizeof(tls_url), "https://localhost:%d", port);
        snprintf(tls_wrong_name, sizeof(tls_wrong_name), "https://127.0.0.1:%d", port);
    }
    return 0;
}

static int end(void **state UNUSED)
{
    pclose(plain);
    if (tls) {
        pclose(tls);
    }
    arena_release(&arena);
    return 0;
}

static int send_to(const char *path, struct http_request r, struct http_answer *out, struct err *err)
{
    r.url = arena_printf(&arena, "%s%s", plain_url, path);
    memset(err, 0, sizeof(*err));
    return http_send(&arena, &r, out, err);
}

static void answers(void **state UNUSED)
{
    struct http_answer a;
    struct err e;
    assert_int_equal(send_to("/echo/x%20y?q=1", (struct http_request){0}, &a, &e), 0);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body.ptr, "\"method\": \"GET\""));
    assert_non_null(strstr(a.body.ptr, "\"path\": \"/echo/x%20y?q=1\""));
    assert_non_null(strstr(a.body.ptr, "[\"user-agent\", \"lockstep/" LOCKSTEP_VERSION "\"]"));
    assert_string_equal(http_header_value(&a, "x-one"), "a: b");
    assert_string_equal(http_header_value(&a, "X-EMPTY"), "");
    assert_null(http_header_value(&a, "X"));
    static const int statuses[] = {200, 204, 301, 400, 403, 404, 429, 500, 503};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        assert_int_equal(
            send_to(arena_printf(&arena, "/status/%d", statuses[i]), (struct http_request){0}, &a, &e), 0);
        assert_int_equal(a.status, statuses[i]);
    }
}

static void what_is_sent(void **state UNUSED)
{
    struct http_answer a;
    struct err e;
    const struct http_header headers[] = {{"X-Secret", "hun: ter2"}, {"X-Nothing", ""}};
    struct http_request r = {.headers = headers, .nheaders = 2, .body = SLICE("{\"a\": 1}\n")};
    assert_int_equal(send_to("/echo", r, &a, &e), 0);
    assert_non_null(strstr(a.body.ptr, "\"method\": \"POST\""));
    assert_non_null(strstr(a.body.ptr, "[\"x-secret\", \"hun: ter2\"]"));
    assert_non_null(strstr(a.body.ptr, "[\"x-nothing\", \"\"]"));
    assert_null(strstr(a.body.ptr, "expect"));
    assert_non_null(strstr(a.body.ptr, "{\\\"a\\\": 1}\\n"));
    r.method = "PUT";
    assert_int_equal(send_to("/echo", r, &a, &e), 0);
    assert_non_null(strstr(a.body.ptr, "\"method\": \"PUT\""));
    assert_int_equal(send_to("/echo", (struct http_request){.body = SLICE("")}, &a, &e), 0);
    assert_non_null(strstr(a.body.ptr, "\"method\": \"POST\""));
    assert_int_equal(send_to("/echo", (struct http_request){.method = "LIST"}, &a, &e), 0);
    assert_non_null(strstr(a.body.ptr, "\"method\": \"LIST\""));
    assert_int_equal(send_to("/bytes/100", (struct http_request){.method = "HEAD"}, &a, &e), 0);
    assert_int_equal(a.body.len, 0);
}

static void redirects_are_answers(void **state UNUSED)
{
    struct http_answer a;
    struct err e;
    assert_int_equal(send_to("/redirect?http://127.0.0.1:1/elsewhere", (struct http_request){0}, &a, &e), 0);
    assert_int_equal(a.status, 307);
    assert_string_equal(http_header_value(&a, "Location"), "http://127.0.0.1:1/elsewhere");
}

static void requests_that_are_wrong(void **state UNUSED)
{
    static const char *const urls[] = {NULL,
                                       "",
                                       "hunter2",
                                       "ftp://h/",
                                       "file:///etc/passwd",
                                       "https://",
                                       "https:///x",
                                       "http://:80/",
                                       "https://u:hunter2@h/",
                                       "https://h/a b",
                                       "https://h/\nX: y",
                                       "https://h#f"};
    struct http_answer a;
    struct err e;
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        memset(&e, 0, sizeof(e));
        assert_int_equal(http_send(&arena, &(struct http_request){.url = urls[i]}, &a, &e), ERR_FILE);
        assert_null(strstr(e.message, "hunter2"));
        assert_string_equal(http_origin(&arena, urls[i]), "the URL");
    }
    assert_string_equal(http_origin(&arena, "https://h:1/hunter2?x"), "https://h:1");
    assert_string_equal(http_origin(&arena, "HTTP://h?x"), "HTTP://h");
    static const struct http_header headers[] = {
        {"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X: y", "a"}, {"", "a"}, {"X", "\x7f"}};
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        assert_int_equal(
            send_to("/echo", (struct http_request){.headers = &headers[i], .nheaders = 1}, &a, &e), ERR_FILE);
    }
    assert_int_equal(send_to("/echo", (struct http_request){.method = "GET /x"}, &a, &e), ERR_FILE);
}

static void servers_that_misbehave(void **state UNUSED)
{
    static const struct {
        const char *path;
        int status;
        bool retryable, lost;
        const char *message;
    } cases[] = {
        {"/close?hunter2", ERR_UNREACHABLE, true, true, "the server closed the connection without an answer"},
        {"/reset?hunter2", ERR_UNREACHABLE, true, true, "the connection was lost"},
        {"/cut?hunter2", ERR_UNREACHABLE, true, true, "the connection was lost in the middle of the answer"},
        {"/garbage?hunter2", ERR_FAILED, false, true, "the server does not speak HTTP"},
        {"/hang?hunter2", ERR_UNREACHABLE, true, true, "no answer within "},
        {"/trickle?hunter2", ERR_UNREACHABLE, true, true, "no answer within "},
        {"/bytes/1001", ERR_FAILED, false, false, "the answer is longer than 1000 bytes"},
        {"/header/300", ERR_FAILED, false, false, "the headers of the answer are longer than 256 KiB"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_answer a = {.status = -7};
        struct err e;
        int64_t began = time_monotonic_us();
        int rc = send_to(cases[i].path, (struct http_request){.timeout_ms = 500, .max_answer = 1000}, &a, &e);
        int64_t took = time_monotonic_us() - began;
        if (rc != cases[i].status || e.retryable != cases[i].retryable ||
            e.connection_lost != cases[i].lost || !strstr(e.message, cases[i].message) ||
            strstr(e.message, "hunter2") || took > 20000000) {
            fail_msg("%s: %d %s (%d %d)", cases[i].path, rc, e.message, e.retryable, e.connection_lost);
        }
        assert_ptr_equal(strstr(e.message, plain_url), e.message);
        assert_int_equal(a.status, -7);
    }
    struct http_answer a;
    struct err e;
    assert_int_equal(send_to("/bytes/1000", (struct http_request){.max_answer = 1000}, &a, &e), 0);
    assert_int_equal(a.body.len, 1000);
}

static void servers_that_are_not_there(void **state UNUSED)
{
    struct http_answer a;
    struct err e = {0};
    assert_int_equal(http_send(&arena, &(struct http_request){.url = "http://127.0.0.1:1/hunter2"}, &a, &e),
                     ERR_UNREACHABLE);
    assert_string_equal(e.message, "http://127.0.0.1:1: cannot connect");
    assert_true(e.retryable);
    assert_false(e.connection_lost);
    e = (struct err){0};
    assert_int_equal(
        http_send(&arena, &(struct http_request){.url = "http://nowhere.invalid/hunter2", .timeout_ms = 5000},
                  &a, &e),
        ERR_UNREACHABLE);
    assert_null(strstr(e.message, "hunter2"));
    /* Proxies of the surroundings are used; this one does not exist. */
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("NO_PROXY", "localhost", 1);
    assert_int_equal(send_to("/echo", (struct http_request){0}, &a, &e), ERR_UNREACHABLE);
    setenv("NO_PROXY", "127.0.0.1,localhost", 1);
    assert_int_equal(send_to("/echo", (struct http_request){0}, &a, &e), 0);
    unsetenv("http_proxy");
}

struct canceller {
    int fd;
};

static void *cancel_soon(void *arg)
{
    usleep(100000);
    uint64_t one = 1;
    assert_int_equal(write(((struct canceller *)arg)->fd, &one, sizeof(one)), sizeof(one));
    return NULL;
}

static void interrupts(void **state UNUSED)
{
    struct canceller c = {eventfd(0, EFD_CLOEXEC)};
    struct http_answer a;
    struct err e;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &c), 0);
    int64_t began = time_monotonic_us();
    assert_int_equal(send_to("/hang", (struct http_request){.cancel_fd = &c.fd}, &a, &e), ERR_INTERRUPTED);
    assert_true(time_monotonic_us() - began < 20000000);
    pthread_join(thread, NULL);
    close(c.fd);
}

static void certificates(void **state UNUSED)
{
    const char *ca = server_tls_file("ca.pem"), *stranger = server_tls_file("other.pem");
    const char *empty = arena_printf(&arena, "%s/empty", test_folder());
    assert_int_equal(file_write(empty, SLICE("nothing"), true, NULL), 0);
    const struct {
        const char *url, *ca;
        int status;
        const char *message;
    } cases[] = {
        {tls_url, ca, 0, NULL},
        {tls_wrong_name, ca, ERR_FAILED, "127.0.0.1"},
        {tls_url, stranger, ERR_FAILED, "certificate"},
        {tls_url, NULL, ERR_FAILED, "certificate"},
        {tls_url, "/nonexistent", ERR_FAILED, "cannot be read"},
        {tls_url, empty, ERR_FAILED, "holds no certificate"},
        {arena_printf(&arena, "https%s", plain_url + 4), ca, ERR_UNREACHABLE, "SSL"},
        {arena_printf(&arena, "http%s", tls_wrong_name + 5), NULL, ERR_UNREACHABLE, ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_answer a;
        struct err e = {0};
        struct http_request r = {.url = arena_printf(&arena, "%s/echo?hunter2", cases[i].url),
                                 .ca_file = cases[i].ca};
        int rc = http_send(&arena, &r, &a, &e);
        if (rc != cases[i].status ||
            (rc && (!strstr(e.message, cases[i].message) || strstr(e.message, "hunter2")))) {
            fail_msg("%zu: %d %s", i, rc, e.message);
        }
    }
}

static const char *authority;

static void *send_many(void *arg)
{
    struct arena own = ARENA_INIT;
    for (int i = 0; i < 10; i++) {
        struct http_answer a = {0};
        struct http_request r = {.url = arg, .ca_file = authority};
        if (http_send(&own, &r, &a, NULL) != 0 || a.status != 200) {
            arena_release(&own);
            return arg;
        }
    }
    arena_release(&own);
    return NULL;
}

static void many_threads(void **state UNUSED)
{
    pthread_t threads[16];
    authority = tls ? server_tls_file("ca.pem") : NULL;
    char *url = arena_printf(&arena, "%s/echo", tls ? tls_url : plain_url);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, send_many, url), 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
                                       cmocka_unit_test(what_is_sent),
                                       cmocka_unit_test(redirects_are_answers),
                                       cmocka_unit_test(requests_that_are_wrong),
                                       cmocka_unit_test(servers_that_misbehave),
                                       cmocka_unit_test(servers_that_are_not_there),
                                       cmocka_unit_test(interrupts),
                                       cmocka_unit_test(certificates),
                                       cmocka_unit_test(many_threads)};
    return cmocka_run_group_tests(tests, begin, end);
}
