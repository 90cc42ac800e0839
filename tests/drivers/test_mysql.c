/* What is particular to the MySQL/MariaDB driver: joined statements, sessions, TLS, my.cnf, cancelling. */
#include "base/arena.h"
#include "base/file.h"
#include "drivers/driver.h"
#include "drivers/mysql/join.h"
#include "tests/servers/servers.h"
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

extern const struct driver driver_mysql;
static const struct driver *const mysql = &driver_mysql;

#define SECOND ((int64_t)1000000)

static const char *database(void)
{
    static char name[128];
    if (!name[0]) {
        snprintf(name, sizeof(name), "%s", server_mysql_database("mysql_driver"));
    }
    return name;
}

static struct driver_address local(void)
{
    return (struct driver_address){
        .host = "127.0.0.1", .port = server_port(server_mysql()), .user = "root", .database = database()};
}

static struct conn *open_at(struct driver_address address, struct driver_session session)
{
    struct conn *c = NULL;
    struct err err = {0};
    if (mysql->open(&address, &session, &c, &err) != 0) {
        fail_msg("%s (%s)", err.message, err.hint);
    }
    return c;
}

static struct conn *open_session(void)
{
    return open_at(local(), (struct driver_session){.application = "tester"});
}

static void assert_refused(struct driver_address address, int status, const char *mentions)
{
    struct conn *c = NULL;
    struct err err = {0};
    int rc = mysql->open(&address, &(struct driver_session){0}, &c, &err);
    if (rc != status || !strstr(err.message, mentions) || !err.hint[0]) {
        fail_msg("status %d: %s (%s), expected %d mentioning %s", rc, err.message, err.hint, status,
                 mentions);
    }
}

static void exec(struct conn *c, const char *sql)
{
    struct err err = {0};
    if (conn_exec(c, sql, &err) != 0) {
        fail_msg("%s: %s", sql, err.message);
    }
}

static const char *query(struct conn *c, struct arena *a, const char *sql)
{
    struct rowset rows = {0};
    struct err err = {0};
    if (conn_query(c, a, sql, &rows, &err) != 0) {
        fail_msg("%s: %s", sql, err.message);
    }
    return rowset_cell(&rows, 0, 0).ptr;
}

static void assert_query(struct conn *c, const char *sql, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *got = query(c, &a, sql);
    if (!got || strcmp(got, expected) != 0) {
        fail_msg("%s: %s, expected %s", sql, got ? got : "NULL", expected);
    }
}

static void test_which_statements_join(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        enum mysql_join join;
    } cases[] = {
        {"SELECT 1", MYSQL_JOIN_ANYWHERE},
        {"  -- x\n# y\n/* z */ select ';' -- end", MYSQL_JOIN_ANYWHERE},
        {"(SELECT 1) UNION (SELECT 2)", MYSQL_JOIN_ANYWHERE},
        {"INSERT INTO t VALUES ('it''s', \"a;b\", `c;d`)", MYSQL_JOIN_ANYWHERE},
        {"CREATE TABLE event (procedure_id int, trigger_at int)", MYSQL_JOIN_ANYWHERE},
        {"CREATE TABLE t (n int) /*!50100 PARTITION BY HASH (n) */", MYSQL_JOIN_ANYWHERE},
        {"BEGIN", MYSQL_JOIN_ANYWHERE},
        {"BEGIN WORK", MYSQL_JOIN_ANYWHERE},
        {"SELECT 1 -1 --1", MYSQL_JOIN_ANYWHERE},
        {"SELECT 'a\\\\'", MYSQL_JOIN_ANYWHERE},
        {"SELECT 'a\\'", MYSQL_JOIN_LAST}, /* open or not: a matter of sql_mode */
        {"SELECT 'a\\'b'", MYSQL_JOIN_LAST},
        {"SELECT 1;", MYSQL_JOIN_LAST},
        {"SELECT 'open", MYSQL_JOIN_LAST},
        {"SELECT 1 /* open", MYSQL_JOIN_LAST},
        {"BEGIN NOT ATOMIC SELECT 1", MYSQL_JOIN_LAST},
        {"CALL p()", MYSQL_JOIN_LAST},
        {"EXECUTE s", MYSQL_JOIN_LAST},
        {"SET STATEMENT max_statement_time = 1 FOR CALL p()", MYSQL_JOIN_LAST},
        {"CREATE DEFINER = root@localhost PROCEDURE p() SELECT 1", MYSQL_JOIN_LAST},
        {"CREATE OR REPLACE FUNCTION f() RETURNS int RETURN 1", MYSQL_JOIN_LAST},
        {"CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN END", MYSQL_JOIN_LAST},
        {"ALTER EVENT e DISABLE", MYSQL_JOIN_LAST},
        {"SELECT 1 /*! + ';' */", MYSQL_JOIN_LAST},
        {"nonsense", MYSQL_JOIN_LAST},
        {"", MYSQL_JOIN_ALONE},
        {"-- only", MYSQL_JOIN_ALONE},
        {"/*!99999 SELECT 1 */", MYSQL_JOIN_ALONE},
        {"/*M! SELECT 1 */", MYSQL_JOIN_ALONE},
        {"/* open", MYSQL_JOIN_ALONE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum mysql_join join = mysql_join_of(slice_of(cases[i].sql));
        if (join != cases[i].join) {
            fail_msg("%s: %d, expected %d", cases[i].sql, (int)join, (int)cases[i].join);
        }
    }
}

/* Statements of every kind beside each other; each gets its own answer. */
static void test_answers_belong_to_their_statements(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *first; /* cell of the first row, or NULL */
        int affected;
    } cases[] = {
        {"DROP PROCEDURE IF EXISTS several", NULL, 0},
        {"CREATE PROCEDURE several() BEGIN SELECT 1; SELECT 2, 3 UNION SELECT 4, 5; END", NULL, 0},
        {"SELECT 'one' # a comment", "one", 1},
        {"CALL several()", "1", 3},
        {"SELECT 'two' -- a comment", "two", 1},
        {"-- nothing but a comment", NULL, 0},
        {"SELECT 'three'", "three", 1},
        {"/*!99999 SELECT 'never' */", NULL, 0},
        {"/*M! SELECT 'always' */", "always", 1},
        {"SELECT 'four;'", "four;", 1},
        {"BEGIN NOT ATOMIC SELECT 'a'; SELECT 'b'; END", "a", 2},
        {"EXECUTE IMMEDIATE 'CALL several()'", "1", 3},
        {"SELECT 'five';", "five", 1},
        {"SELECT 'back\\\\slash'", "back\\slash", 1},
        {"SELECT 'quo\\'te'", "quo'te", 1},
        {"CREATE TEMPORARY TABLE numbers (n int)", NULL, 0},
        {"INSERT INTO numbers VALUES (6), (7) RETURNING n", "6", 2},
        {"CREATE OR REPLACE FUNCTION eight() RETURNS int DETERMINISTIC BEGIN DECLARE x int DEFAULT 8; RETURN "
         "x; END",
         NULL, 0},
        {"SELECT eight()", "8", 1},
        {"SET STATEMENT max_statement_time = 10 FOR SELECT 9", "9", 1},
        {"DROP FUNCTION eight", NULL, 0},
        {"DROP PROCEDURE several", NULL, 0},
    };
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session();
    struct statement s[COUNT_OF(cases)];
    struct outcome o[COUNT_OF(cases)];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        s[i] = (struct statement){.text = slice_of(cases[i].sql), .flags = STATEMENT_ROWS};
    }
    size_t done;
    struct err err = {0};
    if (mysql->batch(c, &a, s, COUNT_OF(s), o, &done, &err) != 0) {
        fail_msg("%s: %s", cases[done].sql, err.message);
    }
    assert_int_equal(done, COUNT_OF(s));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *first = rowset_cell(&o[i].rows, 0, 0).ptr;
        bool same = cases[i].first ? first && strcmp(first, cases[i].first) == 0 : !first;
        if (!same || o[i].affected != cases[i].affected) {
            fail_msg("%s: %s, affected %lld", cases[i].sql, first ? first : "NULL", (long long)o[i].affected);
        }
    }
    conn_close(c);
}

static void test_failures_among_programs(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session();
    exec(c, "CREATE OR REPLACE PROCEDURE fails() BEGIN SELECT 1; SELECT * FROM not_there; SELECT 2; END");
    exec(c, "CREATE OR REPLACE TABLE effects (n int)");
    static const char *const bad[] = {
        "CALL fails()",
        "CREATE PROCEDURE unfinished() BEGIN SELECT 1",
        "CREATE PROCEDURE swallows() BEGIN DELETE FROM effects",
        "BEGIN NOT ATOMIC SELECT 1; SELECT nonsense; END",
        "SELECT 1; SELECT 2 FROM FROM",
        "SELECT 1 /* open",
        "SELECT \"open",
        "SELECT SLEEP('x', 1)",
        "SELECT (SELECT 1 UNION SELECT 2)",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct statement s[] = {{.text = SLICE("INSERT INTO effects VALUES (1)")},
                                {.text = slice_of(bad[i])},
                                {.text = SLICE("INSERT INTO effects VALUES (2)")},
                                {.text = SLICE("END")}};
        struct outcome o[COUNT_OF(s)];
        size_t done;
        struct err err = {0};
        int rc = mysql->batch(c, &a, s, COUNT_OF(s), o, &done, &err);
        if (rc != ERR_FAILED || done != 1 || err.connection_lost) {
            fail_msg("%s: status %d, done %zu: %s", bad[i], rc, done, err.message);
        }
        assert_query(c, "SELECT group_concat(n) FROM effects", "1");
        exec(c, "DELETE FROM effects");
    }
    assert_query(
        c,
        "SELECT count(*) FROM information_schema.routines WHERE routine_name IN ('unfinished', 'swallows')",
        "0");
    exec(c, "DROP PROCEDURE fails");
    conn_close(c);
}

static void test_places_of_syntax_errors(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int line, column;
        const char *message; /* NULL: the text is cut */
    } cases[] = {
        {"SELECT 1 FROM FROM", 1, 15, "syntax error near 'FROM'"},
        {"SELECT\n  x y z\nFROM t", 2, 7, "syntax error near 'z FROM t'"},
        {"\n\nCREATE TABLE (", 3, 14, "syntax error near '('"},
        {"SELECT (1", 1, 10, "syntax error at the end of the statement"},
        {"SELECT 1 FROM 'x' at line 7", 1, 15, "syntax error near ''x' at line 7'"},
        {"SELECT a a a a", 1, 12, "syntax error near 'a a'"},
        {"SELECT * FORM t WHERE a = 'żółć żółć żółć żółć żółć żółć żółć żółć'", 1, 10, NULL},
    };
    struct conn *c = open_session();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct statement s[] = {{.text = SLICE("SELECT 1")},
                                {.text = slice_of(cases[i].sql)},
                                {.text = SLICE("SELECT 'a statement that follows'")}};
        struct outcome o[COUNT_OF(s)];
        size_t done;
        struct err err = {0};
        assert_int_equal(mysql->batch(c, &a, s, COUNT_OF(s), o, &done, &err), ERR_FAILED);
        if (err.line != cases[i].line || err.column != cases[i].column ||
            (cases[i].message && strcmp(err.message, cases[i].message) != 0) ||
            !utf8_valid(err.message, strlen(err.message))) {
            fail_msg("%s: %d:%d: %s", cases[i].sql, err.line, err.column, err.message);
        }
        assert_string_equal(err.sqlstate, "42000");
    }
    conn_close(c);
}

static void test_session_settings(void **state)
{
    (void)state;
    struct conn *c = open_session();
    assert_memory_equal(mysql->server(c), "MariaDB ", 8);
    assert_query(c, "SELECT @@lock_wait_timeout", "5");
    assert_query(c, "SELECT @@innodb_lock_wait_timeout", "5");
    assert_query(c, "SELECT @@max_statement_time", "0.000000");
    assert_query(c, "SELECT @@character_set_client", "utf8mb4");
    assert_query(c, "SELECT @@character_set_results", "utf8mb4");
    assert_query(c, "SELECT @@autocommit", "1");
    assert_query(c, "SELECT @@session.sql_mode = @@global.sql_mode", "1");
    assert_query(c, "SELECT @@session.time_zone = @@global.time_zone", "1");
    conn_close(c);
    c = open_at(local(), (struct driver_session){.lock_timeout_ms = 1001, .statement_timeout_ms = 2500});
    assert_query(c, "SELECT @@lock_wait_timeout", "2");
    assert_query(c, "SELECT @@innodb_lock_wait_timeout", "2");
    assert_query(c, "SELECT @@max_statement_time", "2.500000");
    conn_close(c);
}

static void test_alter_waits_no_longer_than_lock_timeout(void **state)
{
    (void)state;
    struct conn *one = open_session(),
                *two = open_at(local(), (struct driver_session){.lock_timeout_ms = 1000});
    exec(one, "CREATE OR REPLACE TABLE waited (n int)");
    exec(one, "START TRANSACTION");
    exec(one, "INSERT INTO waited VALUES (1)");
    struct err err = {0};
    int64_t before = time_monotonic_us();
    assert_int_equal(conn_exec(two, "ALTER TABLE waited ADD COLUMN m int", &err), ERR_FAILED);
    assert_true(time_monotonic_us() - before < 10 * SECOND);
    assert_true(err.retryable);
    conn_close(two);
    conn_close(one);
}

static void *update_other(void *arg)
{
    struct err *err = arg;
    struct conn *c = open_session();
    exec(c, "START TRANSACTION");
    exec(c, "UPDATE deadlock SET m = m + 1 WHERE n = 2");
    exec(c, "SELECT GET_LOCK('lockstep_test_ready', 0)");
    conn_exec(c, "UPDATE deadlock SET m = m + 1 WHERE n = 1", err);
    if (err->retryable) {
        assert_int_equal(mysql->txn(c), TXN_IDLE);
    }
    conn_close(c);
    return NULL;
}

static void test_a_deadlock_ends_one_transaction(void **state)
{
    (void)state;
    struct conn *c = open_session();
    exec(c, "CREATE OR REPLACE TABLE deadlock (n int PRIMARY KEY, m int)");
    exec(c, "INSERT INTO deadlock VALUES (1, 1), (2, 1)");
    exec(c, "START TRANSACTION");
    exec(c, "UPDATE deadlock SET m = m + 1 WHERE n = 1");
    struct err other = {0}, err = {0};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, update_other, &other), 0);
    int64_t deadline = time_monotonic_us() + 20 * SECOND;
    bool ready = false;
    while (!ready && time_monotonic_us() < deadline) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        ready = query(c, &a, "SELECT IS_USED_LOCK('lockstep_test_ready')") != NULL;
    }
    assert_true(ready);
    int rc = conn_exec(c, "UPDATE deadlock SET m = m + 1 WHERE n = 2", &err);
    enum txn_state after = mysql->txn(c);
    conn_exec(c, "ROLLBACK", NULL);
    pthread_join(thread, NULL);
    assert_true((rc != 0) != (other.status != 0));
    const struct err *victim = rc != 0 ? &err : &other;
    assert_true(victim->retryable);
    assert_string_equal(victim->sqlstate, "40001");
    assert_int_equal(after, rc != 0 ? TXN_IDLE : TXN_OPEN);
    conn_close(c);
}

static void test_sockets_and_names(void **state)
{
    (void)state;
    int port = local().port;
    const char *socket = getenv("LOCKSTEP_TEST_MYSQL_SOCKET");
    assert_non_null(socket);
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *folder = test_folder();
    assert_int_equal(symlink(socket, arena_printf(&a, "%s/my.sock", folder)), 0);
    struct driver_param p = {"unix_socket", socket};
    const struct driver_address places[] = {
        {.host = socket, .user = "root"},
        {.host = folder, .user = "root"},
        {.user = "root", .params = &p, .nparams = 1},
        {.host = "localhost", .user = "root", .params = &p, .nparams = 1},
        {.host = "localhost", .port = port, .user = "root"},
    };
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct conn *c = open_at(places[i], (struct driver_session){0});
        assert_query(c,
                     "SELECT host LIKE '%:%' FROM information_schema.processlist WHERE id = CONNECTION_ID()",
                     i == 4 ? "1" : "0");
        conn_close(c);
    }
}

static void test_parameters(void **state)
{
    (void)state;
    struct driver_param p = {"charset", "utf8mb4"};
    struct driver_address address = local();
    address.params = &p;
    address.nparams = 1;
    conn_close(open_at(address, (struct driver_session){0}));
    p.value = "latin1";
    assert_refused(address, ERR_USAGE, "latin1");
    p = (struct driver_param){"unix_sokcet", "/x"};
    assert_refused(address, ERR_USAGE, "'unix_sokcet'");
    p = (struct driver_param){"local_infile", "1"};
    assert_refused(address, ERR_USAGE, "'local_infile'");
}

static void test_option_files(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    const char *file = arena_printf(&a, "%s/my.cnf", test_folder());
    const char *text = arena_printf(&a,
                                    "[client]\nhost = 127.0.0.1\nport = %d\nuser = nobody_here\n"
                                    "default-character-set = latin1\ninit-command = SET @seen = 'file'\n"
                                    "[lockstep]\nuser = root\n",
                                    local().port);
    assert_int_equal(file_write(file, slice_of(text), true, &err), 0);
    struct driver_param p = {"read_default_file", file};
    struct driver_address address = {.database = database(), .params = &p, .nparams = 1};
    struct conn *c = open_at(address, (struct driver_session){0});
    assert_query(c, "SELECT @@character_set_client", "utf8mb4");
    assert_query(c, "SELECT @seen", "file");
    assert_query(c, "SELECT @@lock_wait_timeout", "5");
    assert_query(c, "SELECT 'ż'", "ż");
    conn_close(c);
    address.user = "somebody_else";
    assert_refused(address, ERR_UNREACHABLE, "somebody_else");
}

static struct driver_address over_tls(enum tls_mode mode, const char *host, const char *ca)
{
    struct driver_address address = local();
    address.tls = mode;
    address.host = host;
    address.tls_ca = ca;
    return address;
}

/* As through a tunnel. */
static struct driver_address behind(const char *name, const char *ca)
{
    struct driver_address address = over_tls(TLS_VERIFY_FULL, name, ca);
    address.hostaddr = "127.0.0.1";
    return address;
}

static void test_tls_modes(void **state)
{
    (void)state;
    const char *ca = server_tls_file("ca.pem"), *stranger = server_tls_file("other.pem");
    static const char cipher[] = "SELECT variable_value <> '' FROM information_schema.session_status WHERE "
                                 "variable_name = 'Ssl_cipher'";
    const struct {
        struct driver_address address;
        const char *encrypted; /* NULL: no connection */
    } cases[] = {
        {over_tls(TLS_DISABLE, "localhost", NULL), "0"},
        {over_tls(TLS_REQUIRE, "localhost", NULL), "1"},
        {over_tls(TLS_REQUIRE, "127.0.0.1", NULL), "1"},
        {over_tls(TLS_VERIFY_FULL, "localhost", ca), "1"},
        {over_tls(TLS_VERIFY_FULL, "127.0.0.1", ca), NULL}, /* another name */
        {over_tls(TLS_VERIFY_FULL, "localhost", stranger), NULL},
        {over_tls(TLS_VERIFY_FULL, "localhost", NULL), NULL}, /* nobody this machine trusts */
        {over_tls(TLS_VERIFY_CA, "localhost", ca), "1"},
        {over_tls(TLS_VERIFY_CA, "localhost", stranger), NULL},
        {over_tls(TLS_VERIFY_CA, "127.0.0.1", ca), "1"}, /* whatever its name */
        {over_tls(TLS_VERIFY_CA, "127.0.0.1", stranger), NULL},
        {over_tls(TLS_VERIFY_CA, "127.0.0.1", NULL), NULL},
        {behind("localhost", ca), "1"}, /* the name counts, not the address connected to */
        {behind("db.internal", ca), NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (!cases[i].encrypted) {
            assert_refused(cases[i].address, ERR_UNREACHABLE, "");
            continue;
        }
        struct conn *c = open_at(cases[i].address, (struct driver_session){0});
        assert_query(c, cipher, cases[i].encrypted);
        conn_close(c);
    }
}

static void test_option_files_cannot_weaken_tls(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    const char *file = arena_printf(&a, "%s/my.cnf", test_folder());
    assert_int_equal(file_write(file, SLICE("[client]\nssl-verify-server-cert = 0\n"), true, &err), 0);
    struct driver_param p = {"read_default_file", file};
    struct driver_address address = over_tls(TLS_VERIFY_FULL, "localhost", server_tls_file("other.pem"));
    address.params = &p;
    address.nparams = 1;
    assert_refused(address, ERR_UNREACHABLE, "");
    /* Nor bring in an authority that was not named. */
    const char *other = arena_printf(&a, "%s/other.cnf", test_folder());
    const char *text = arena_printf(&a, "[client]\nssl-ca = %s\n", server_tls_file("ca.pem"));
    assert_int_equal(file_write(other, slice_of(text), true, &err), 0);
    p.value = other;
    address.tls = TLS_VERIFY_CA;
    assert_refused(address, ERR_UNREACHABLE, "");
    address.tls = TLS_VERIFY_FULL;
    assert_refused(address, ERR_UNREACHABLE, "");
}

/* Between the driver and its server; passes nothing on any more once it is frozen. */
struct relay {
    int listener, server_port;
    atomic_bool frozen;
};

static void *relay_run(void *arg)
{
    struct relay *r = arg;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)r->server_port)};
    int ends[2] = {accept(r->listener, NULL, NULL), socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    bool open = connect(ends[1], (struct sockaddr *)&at, sizeof(at)) == 0;
    while (open) {
        struct pollfd fds[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = POLLIN}};
        poll(fds, 2, -1);
        for (int i = 0; i < 2 && open; i++) {
            char buf[4096];
            ssize_t n = fds[i].revents ? recv(ends[i], buf, sizeof(buf), 0) : -1;
            open = n != 0;
            if (n > 0 && !atomic_load(&r->frozen)) {
                open = send(ends[1 - i], buf, (size_t)n, MSG_NOSIGNAL) == n;
            }
        }
    }
    close(ends[0]);
    close(ends[1]);
    return NULL;
}

static void test_closing_waits_for_no_server_that_hangs(void **state)
{
    (void)state;
    struct relay r = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                      .server_port = server_port(server_mysql())};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    assert_int_equal(bind(r.listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(r.listener, 1), 0);
    assert_int_equal(getsockname(r.listener, (struct sockaddr *)&at, &size), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, relay_run, &r), 0);
    struct driver_address address = local();
    address.port = ntohs(at.sin_port);
    struct conn *c = open_at(address, (struct driver_session){0});
    assert_int_equal(conn_exec(c, "BEGIN", NULL), 0);
    atomic_store(&r.frozen, true);
    int64_t began = time_monotonic_us();
    conn_close(c);
    assert_true(time_monotonic_us() - began < 20 * SECOND);
    pthread_join(thread, NULL);
    close(r.listener);
}

static void test_statements_too_large_for_the_server(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct conn *c = open_session();
    size_t max = strtoul(query(c, &a, "SELECT @@max_allowed_packet"), NULL, 10);
    char *text = arena_printf(&a, "SELECT 1%*s", (int)max + 8, "");
    struct statement s = {.text = {text, max + 16}};
    struct outcome o;
    size_t done;
    struct err err = {0};
    assert_int_equal(mysql->batch(c, &a, &s, 1, &o, &done, &err), ERR_FAILED);
    assert_non_null(strstr(err.hint, "max_allowed_packet"));
    assert_false(err.connection_lost);
    s.text.len = (size_t)3 << 20;
    assert_int_equal(mysql->batch(c, &a, &s, 1, &o, &done, &err), 0);
    conn_close(c);
}

static void *cancel_when_running(void *arg)
{
    struct conn *c = arg, *watch = open_session();
    int64_t deadline = time_monotonic_us() + 20 * SECOND;
    bool running = false;
    while (!running && time_monotonic_us() < deadline) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        running = strcmp(query(watch, &a,
                               "SELECT count(*) FROM information_schema.processlist WHERE user = 'single' AND"
                               " info LIKE 'SELECT SLEEP%'"),
                         "1") == 0;
    }
    conn_close(watch);
    mysql->cancel(c);
    return NULL;
}

/* Where no second connection can be had, the first is given up. */
static void test_cancel_without_a_second_connection(void **state)
{
    (void)state;
    struct conn *root = open_session();
    exec(root, "CREATE OR REPLACE USER single WITH MAX_USER_CONNECTIONS 1");
    struct driver_address address = local();
    address.user = "single";
    address.database = NULL;
    struct conn *c = open_at(address, (struct driver_session){0});
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_when_running, c), 0);
    struct err err = {0};
    int64_t before = time_monotonic_us();
    int rc = conn_exec(c, "SELECT SLEEP(120)", &err);
    assert_true(time_monotonic_us() - before < 30 * SECOND);
    pthread_join(thread, NULL);
    assert_int_equal(rc, ERR_INTERRUPTED);
    assert_true(err.connection_lost);
    mysql->cancel_reset(c);
    assert_int_equal(conn_exec(c, "SELECT 1", &err), ERR_FAILED);
    assert_true(err.connection_lost);
    conn_close(c);
    exec(root, "DROP USER single");
    conn_close(root);
}

/* A KILL QUERY that is not ours is a failure, not a cancel. */
static void *kill_when_running(void *arg)
{
    struct conn *watch = open_session();
    (void)arg;
    int64_t deadline = time_monotonic_us() + 20 * SECOND;
    const char *id = NULL;
    while (!id && time_monotonic_us() < deadline) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        id = query(watch, &a,
                   "SELECT max(id) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(119)%'");
        if (id) {
            exec(watch, arena_printf(&a, "KILL QUERY %s", id));
        }
    }
    conn_close(watch);
    return NULL;
}

static void test_a_kill_by_others_is_a_failure(void **state)
{
    (void)state;
    struct conn *c = open_session();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, kill_when_running, NULL), 0);
    struct err err = {0};
    assert_int_equal(conn_exec(c, "SELECT SLEEP(119)", &err), ERR_FAILED);
    pthread_join(thread, NULL);
    assert_false(err.connection_lost);
    assert_query(c, "SELECT 1", "1");
    conn_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_statements_join),
        cmocka_unit_test(test_answers_belong_to_their_statements),
        cmocka_unit_test(test_failures_among_programs),
        cmocka_unit_test(test_places_of_syntax_errors),
        cmocka_unit_test(test_session_settings),
        cmocka_unit_test(test_alter_waits_no_longer_than_lock_timeout),
        cmocka_unit_test(test_a_deadlock_ends_one_transaction),
        cmocka_unit_test(test_sockets_and_names),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_option_files),
        cmocka_unit_test(test_tls_modes),
        cmocka_unit_test(test_option_files_cannot_weaken_tls),
        cmocka_unit_test(test_closing_waits_for_no_server_that_hangs),
        cmocka_unit_test(test_statements_too_large_for_the_server),
        cmocka_unit_test(test_cancel_without_a_second_connection),
        cmocka_unit_test(test_a_kill_by_others_is_a_failure),
    };
    return cmocka_run_group_tests_name("drivers_mysql", tests, NULL, NULL);
}
