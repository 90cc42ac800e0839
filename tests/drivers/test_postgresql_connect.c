/* How PostgreSQL's driver gets a session: addresses, passwords, deadlines, interrupts, TLS. */
#include "tests/drivers/postgresql_fixture.h"
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void test_open(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    struct conn *c = connect_with(&at, &(struct driver_session){.application = "the tester"});
    assert_int_equal(strncmp(pg->server(c), "PostgreSQL 1", 12), 0);
    assert_null(strchr(pg->server(c) + 11, ' '));
    assert_string_equal(value(c, "show application_name"), "the tester");
    assert_string_equal(value(c, "show lock_timeout"), "5s");
    assert_string_equal(value(c, "show statement_timeout"), "0");
    assert_string_equal(value(c, "show client_encoding"), "UTF8");
    assert_int_equal(pg->txn(c), TXN_IDLE);
    pg->close(c);
    pg->close(NULL);
}

static void test_session_settings(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    at.schema = "My \"odd\" \\schema";
    at.params = (struct driver_param[]){{"options", "-c work_mem=7MB -c statement_timeout=1"},
                                        {"fallback_application_name", "x"}};
    at.nparams = 2;
    struct conn *c =
        connect_with(&at, &(struct driver_session){.lock_timeout_ms = 1234, .statement_timeout_ms = 60000});
    assert_string_equal(value(c, "show lock_timeout"), "1234ms");
    assert_string_equal(value(c, "show statement_timeout"), "1min");
    assert_string_equal(value(c, "show work_mem"), "7MB");
    exec(c, "create schema \"My \"\"odd\"\" \\schema\"");
    exec(c, "create table here (id int)");
    assert_string_equal(value(c, "select schemaname from pg_tables where tablename = 'here'"),
                        "My \"odd\" \\schema");
    exec(c, "drop schema \"My \"\"odd\"\" \\schema\" cascade");
    pg->close(c);
}

static void test_names_are_looked_up(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    at.host = "localhost";
    struct conn *c = connect_with(&at, &(struct driver_session){0});
    pg->close(c);
    at.host = "no-such-host.invalid";
    expect_failure(&at, &(struct driver_session){0}, ERR_UNREACHABLE, "no-such-host.invalid");
    const char *sockets = getenv("LOCKSTEP_TEST_POSTGRESQL_SOCKETS");
    assert_non_null(sockets);
    at.host = sockets;
    c = connect_with(&at, &(struct driver_session){0});
    assert_string_equal(value(c, "select coalesce(host(inet_client_addr()), 'socket')"), "socket");
    pg->close(c);
}

static void test_refusals(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    at.database = "no_such_database";
    expect_failure(&at, &(struct driver_session){0}, ERR_UNREACHABLE, "no_such_database");
    at = server_address();
    at.port = 1;
    expect_failure(&at, &(struct driver_session){0}, ERR_UNREACHABLE, "refused");
    at = server_address();
    at.params = (struct driver_param[]){{"ssl_mode", "require"}};
    at.nparams = 1;
    expect_failure(&at, &(struct driver_session){0}, ERR_FILE, "ssl_mode");
}

static void test_password(void **state)
{
    (void)state;
    struct conn *c = connect_default();
    exec(c, "create role driver_user login password 'first light' in role with_password");
    struct driver_address at = server_address();
    at.user = "driver_user";
    struct conn *other = NULL;
    struct err err = {0};
    at.password = "wrong word";
    assert_int_equal(pg->open(&at, &(struct driver_session){0}, &other, &err), ERR_UNREACHABLE);
    assert_null(strstr(err.message, "wrong word"));
    at.password = NULL;
    setenv("PGPASSFILE", "/nonexistent", 1);
    expect_failure(&at, &(struct driver_session){0}, ERR_UNREACHABLE, "password");
    at.password = "first light";
    other = connect_with(&at, &(struct driver_session){0});
    assert_string_equal(value(other, "select current_user"), "driver_user");
    pg->close(other);
    exec(c, "drop role driver_user");
    pg->close(c);
}

static void test_connect_deadline(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    int fd = blackhole(&at.port);
    int64_t began = time_monotonic_us();
    expect_failure(&at, &(struct driver_session){.connect_timeout_ms = 200}, ERR_UNREACHABLE, "200 ms");
    int64_t took = time_monotonic_us() - began;
    assert_in_range(took, 200000, 30000000);
    close(fd);
}

struct presser {
    int listener, event;
};

/* Press once the connect has reached the listener, which never answers. */
static void *press_when_connected(void *arg)
{
    struct presser *p = arg;
    int client = accept(p->listener, NULL, NULL);
    eventfd_write(p->event, 1);
    char byte;
    while (read(client, &byte, 1) > 0) {
        /* until the other side gives up */
    }
    close(client);
    return NULL;
}

static void test_connect_interrupted(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    struct presser p = {.listener = blackhole(&at.port), .event = eventfd(0, EFD_CLOEXEC)};
    pthread_t thread;
    pthread_create(&thread, NULL, press_when_connected, &p);
    struct conn *c = NULL;
    struct err err = {0};
    int rc =
        pg->open(&at, &(struct driver_session){.connect_timeout_ms = 60000, .cancel_fd = &p.event}, &c, &err);
    pthread_join(thread, NULL);
    assert_int_equal(rc, ERR_INTERRUPTED);
    close(p.event);
    close(p.listener);
}

static const char *tls_in_use(const struct driver_address *at)
{
    struct conn *c = connect_with(at, &(struct driver_session){0});
    const char *ssl = value(c, "select ssl from pg_stat_ssl where pid = pg_backend_pid()");
    pg->close(c);
    return ssl;
}

static void test_tls(void **state)
{
    (void)state;
    struct driver_session session = {0};
    struct driver_address at = server_address();
    at.tls = TLS_DISABLE;
    assert_string_equal(tls_in_use(&at), "f");
    at.tls = TLS_REQUIRE;
    assert_string_equal(tls_in_use(&at), "t");
    at.tls = TLS_VERIFY_CA;
    at.tls_ca = server_tls_file("ca.pem");
    assert_string_equal(tls_in_use(&at), "t");
    at.tls_ca = server_tls_file("other.pem");
    expect_failure(&at, &session, ERR_UNREACHABLE, "certificate");
    at.tls_ca = server_tls_file("ca.pem");
    at.tls = TLS_VERIFY_FULL; /* the certificate is for localhost */
    expect_failure(&at, &session, ERR_UNREACHABLE, "does not match");
    at.host = "localhost";
    assert_string_equal(tls_in_use(&at), "t");
    at.tls_ca = server_tls_file("other.pem");
    expect_failure(&at, &session, ERR_UNREACHABLE, "certificate");
    at.tls_ca = server_tls_file("missing.pem");
    expect_failure(&at, &session, ERR_UNREACHABLE, "missing.pem");
}

static void test_client_certificate(void **state)
{
    (void)state;
    struct driver_address at = server_address();
    at.user = "certified";
    at.tls = TLS_REQUIRE;
    expect_failure(&at, &(struct driver_session){0}, ERR_UNREACHABLE, "certificate");
    at.tls_cert = server_tls_file("client.pem");
    at.tls_key = server_tls_file("client.key");
    assert_string_equal(tls_in_use(&at), "t");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_open),
        TEST(test_session_settings),
        TEST(test_names_are_looked_up),
        TEST(test_refusals),
        TEST(test_password),
        TEST(test_connect_deadline),
        TEST(test_connect_interrupted),
        TEST(test_tls),
        TEST(test_client_certificate),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
