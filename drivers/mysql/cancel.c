/*
 * Stopping the statement in flight from another thread. The protocol has no message for it: a second
 * connection sends KILL QUERY. Where that cannot be had, the session's socket is shut down, so that its
 * thread comes back.
 */
#include "drivers/mysql/connection.h"
#include <netdb.h>
#include <sys/socket.h>
#include <time.h>

#define KILL_AGAIN_MS 200

/* The very server of the session: its name may stand for several, where the same id is somebody else. */
static const char *peer_host(const struct mysql_conn *c, char *buf, size_t size)
{
    struct sockaddr_storage peer = {0};
    socklen_t len = sizeof(peer);
    bool name_is_verified = c->login->tls == TLS_VERIFY_CA || c->login->tls == TLS_VERIFY_FULL;
    if (!c->login->host || name_is_verified || getpeername(c->fd, (struct sockaddr *)&peer, &len) != 0 ||
        (peer.ss_family != AF_INET && peer.ss_family != AF_INET6) ||
        getnameinfo((struct sockaddr *)&peer, len, buf, (socklen_t)size, NULL, 0, NI_NUMERICHOST) != 0) {
        return NULL;
    }
    return buf;
}

static bool send_kill(const struct mysql_conn *c)
{
    char host[NI_MAXHOST], sql[64];
    MYSQL *my = NULL;
    const char *peer = peer_host(c, host, sizeof(host));
    int rc = mysql_login_connect(c->login, peer, true, &my, NULL);
    if (rc != 0 && peer) { /* my.cnf may ask for the name to be verified */
        rc = mysql_login_connect(c->login, NULL, true, &my, NULL);
    }
    if (rc != 0) {
        return false;
    }
    int n = snprintf(sql, sizeof(sql), "KILL QUERY %lu", c->thread_id);
    rc = mysql_real_query(my, sql, (unsigned long)n);
    mysql_close(my);
    return rc == 0;
}

/* The statements of one text end and begin without us: a kill that arrives between two of them has no effect,
 * so the server is told again until it answers. */
void mysql_conn_cancel(struct conn *conn)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    pthread_mutex_lock(&c->mutex);
    c->cancelled = true;
    for (uint64_t turn = c->turn; c->busy && c->turn == turn;) {
        c->killed = send_kill(c);
        if (!c->killed) {
            shutdown(c->fd, SHUT_RDWR);
            break;
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += KILL_AGAIN_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        int rc = 0;
        while (c->busy && c->turn == turn && rc == 0) {
            rc = pthread_cond_clockwait(&c->idle, &c->mutex, CLOCK_MONOTONIC, &until);
        }
    }
    pthread_mutex_unlock(&c->mutex);
}

void mysql_conn_cancel_reset(struct conn *conn)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    pthread_mutex_lock(&c->mutex);
    bool killed = c->killed;
    c->cancelled = c->killed = false;
    pthread_mutex_unlock(&c->mutex);
    if (killed && !c->lost) {
        /* A kill that came after the statement's end may hit this one, but no other. */
        mysql_conn_refresh(c);
    }
}

int mysql_cancel_begin(struct mysql_conn *c, struct err *err)
{
    pthread_mutex_lock(&c->mutex);
    bool cancelled = c->cancelled;
    c->busy = !cancelled;
    c->turn++;
    pthread_mutex_unlock(&c->mutex);
    if (!cancelled) {
        return 0;
    }
    err_set(err, ERR_INTERRUPTED, "cancelled");
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "70100");
    }
    return ERR_INTERRUPTED;
}

void mysql_cancel_end(struct mysql_conn *c)
{
    pthread_mutex_lock(&c->mutex);
    c->busy = false;
    pthread_cond_broadcast(&c->idle);
    pthread_mutex_unlock(&c->mutex);
}
