/* What the tests of PostgreSQL's driver share: a database of their own, sessions, and the first cell of an
 * answer. */
#pragma once
#include "base/arena.h"
#include "base/file.h"
#include "drivers/driver.h"
#include "tests/servers/servers.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

extern const struct driver driver_postgresql;
static const struct driver *const pg = &driver_postgresql;

static const char *database;
static struct arena arena;

static inline struct driver_address server_address(void)
{
    return (struct driver_address){
        .host = "127.0.0.1",
        .port = server_port(server_postgresql()),
        .user = "postgres",
        .database = database,
    };
}

static inline struct conn *connect_with(const struct driver_address *at, const struct driver_session *session)
{
    struct conn *c = NULL;
    struct err err = {0};
    if (pg->open(at, session, &c, &err) != 0) {
        fail_msg("open: %s", err.message);
    }
    return c;
}

static inline struct conn *connect_default(void)
{
    struct driver_address at = server_address();
    return connect_with(&at, &(struct driver_session){0});
}

static inline void expect_failure(const struct driver_address *at, const struct driver_session *session,
                                  int status, const char *part)
{
    struct conn *c = NULL;
    struct err err = {0};
    assert_int_equal(pg->open(at, session, &c, &err), status);
    assert_null(c);
    if (!strstr(err.message, part)) {
        fail_msg("\"%s\" is not in: %s", part, err.message);
    }
    assert_int_equal(err.status, status);
    assert_string_not_equal(err.hint, "");
}

static inline void exec(struct conn *c, const char *sql)
{
    struct err err = {0};
    if (conn_exec(c, sql, &err) != 0) {
        fail_msg("%s: %s", sql, err.message);
    }
}

/* First cell as text. */
static inline const char *value(struct conn *c, const char *sql)
{
    struct err err = {0};
    struct rowset rows;
    if (conn_query(c, &arena, sql, &rows, &err) != 0) {
        fail_msg("%s: %s", sql, err.message);
    }
    assert_true(rows.nrows > 0);
    return rowset_cell(&rows, 0, 0).ptr;
}

/* A listener that never answers; its port in *port. */
static inline int blackhole(int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static int setup(void **state)
{
    (void)state;
    if (getenv("LOCKSTEP_TEST_POSTGRESQL")) {
        database = server_postgresql_database("pgdriver");
    }
    return 0;
}

static int test_end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, test_end)
