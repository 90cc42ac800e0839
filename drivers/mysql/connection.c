/* The life of a MySQL/MariaDB session, and what it knows about its server. */
#include "drivers/mysql/connection.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <mysqld_error.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLOSE_MS = 5000 };

/* Notice within about a minute that the other side is gone: statements themselves may take hours. */
static void watch_peer(int fd)
{
    int on = 1, idle_s = 30, interval_s = 10, probes = 3, unacknowledged_ms = 60000;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof(unacknowledged_ms));
}

static void name_server(struct mysql_conn *c)
{
    const char *info = mysql_get_server_info(c->my);
    /* Replication once needed a number below 10, which some servers still put first. */
    if (strncmp(info, "5.5.5-", 6) == 0) {
        info += 6;
    }
    const char *name = strstr(info, "MariaDB") ? "MariaDB" : "MySQL";
    snprintf(c->server, sizeof(c->server), "%s %.*s", name, (int)strcspn(info, "-+ "), info);
}

int mysql_conn_open(const struct driver_address *address, const struct driver_session *session,
                    struct conn **out, struct err *err)
{
    struct mysql_login *login = NULL;
    int rc = mysql_login_new(address, session, &login, err);
    if (rc != 0) {
        return rc;
    }
    MYSQL *my = NULL;
    rc = mysql_connect_bounded(login, session->cancel_fd, &my, err);
    if (rc != 0) {
        mysql_login_unref(login);
        return rc;
    }
    struct mysql_conn *c = xcalloc(1, sizeof(*c));
    c->base.driver = &driver_mysql;
    c->my = my;
    c->login = login;
    c->fd = (int)mysql_get_socket(my);
    c->own_fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
    c->thread_id = mysql_thread_id(my);
    atomic_store(&c->base.session, (long long)c->thread_id);
    mysql_cancel_init(c);
    watch_peer(c->fd);
    name_server(c);
    *out = (struct conn *)(void *)c;
    return 0;
}

static bool answers_within(const struct mysql_conn *c, int ms)
{
    struct pollfd fd = {.fd = c->fd, .events = POLLIN};
    int64_t until_us = time_monotonic_us() + ms * INT64_C(1000);
    int n;
    do {
        int64_t left_ms = (until_us - time_monotonic_us()) / 1000;
        n = poll(&fd, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (n < 0 && errno == EINTR);
    return n > 0;
}

/* The server notices the end of a session some time after it: take back now what others may wait for. */
static void settle(struct mysql_conn *c)
{
    if (c->lost) {
        return;
    }
    static const char sql[] = "ROLLBACK; DO RELEASE_ALL_LOCKS()";
    if (mysql_conn_txn((struct conn *)(void *)c) == TXN_OPEN) {
        /* A server that hangs must not hold up who has done with it. */
        if (mysql_send_query(c->my, sql, sizeof(sql) - 1) == 0 && answers_within(c, CLOSE_MS) &&
            mysql_read_query_result(c->my) == 0) {
            mysql_next_result(c->my);
        }
    } else if (c->locks > 0) {
        /* Not waited for: the server takes it up before the goodbye that follows. */
        mysql_send_query(c->my, sql, sizeof(sql) - 1);
    }
}

void mysql_conn_close(struct conn *conn)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    if (!c) {
        return;
    }
    settle(c);
    mysql_close(c->my);
    if (c->own_fd >= 0) {
        close(c->own_fd);
    }
    mysql_login_unref(c->login);
    mysql_cancel_destroy(c);
    free(c);
}

enum txn_state mysql_conn_txn(struct conn *conn)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    if (!c->lost && c->stale) {
        /* Errors carry no status, and a deadlock ends the transaction. COM_PING would not bring it either. */
        mysql_conn_refresh(c);
    }
    if (c->lost || c->stale) {
        return TXN_UNKNOWN;
    }
    return c->my->server_status & SERVER_STATUS_IN_TRANS ? TXN_OPEN : TXN_IDLE;
}

void mysql_conn_refresh(struct mysql_conn *c)
{
    static const char sql[] = "DO 0";
    conn_waits(&c->base, time_monotonic_us());
    c->stale = mysql_real_query(c->my, sql, sizeof(sql) - 1) != 0;
    if (c->stale && mysql_errno(c->my) != ER_QUERY_INTERRUPTED) {
        c->lost = true;
    }
    conn_waits(&c->base, 0);
}

const char *mysql_conn_server(struct conn *conn)
{
    return mysql_conn_of(conn)->server;
}
