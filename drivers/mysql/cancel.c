/*
 * Stopping the statement in flight from another thread. The protocol has no message for it: a second
 * connection sends KILL QUERY. Where that cannot be had, the session's socket is shut down, so that its
 * thread comes back.
 *
 * A kill that comes between two statements of one text either has no effect, or makes the server forget the
 * rest without a word: it goes idle while the client waits for the next answer. So short statements are let
 * pass before a kill, and after one a thread kills again, or shuts the socket of a session that stays idle.
 */
#include "base/file.h"
#include "base/thread.h"
#include "drivers/mysql/connection.h"
#include <netdb.h>
#include <sys/socket.h>

#define QUIET_US    100000 /* a statement that takes so long is not about to end */
#define PATIENCE_US 400000 /* for short statements, one after the other */
#define WATCH_US    200000
#define WATCH_IDLE  4 /* in a row, until we believe that no answer is under way */

void mysql_cancel_init(struct mysql_conn *c)
{
    pthread_mutex_init(&c->mutex, NULL);
    cond_init(&c->ended);
}

void mysql_cancel_destroy(struct mysql_conn *c)
{
    pthread_cond_destroy(&c->ended);
    pthread_mutex_destroy(&c->mutex);
}

/* With the mutex held: until the statements in flight have ended, or until then. */
static void wait_ended(struct mysql_conn *c, int64_t until_us)
{
    cond_wait_until(&c->ended, &c->mutex, until_us);
}

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

static MYSQL *second_connection(const struct mysql_conn *c)
{
    char host[NI_MAXHOST];
    MYSQL *my = NULL;
    const char *peer = peer_host(c, host, sizeof(host));
    int rc = mysql_login_connect(c->login, peer, true, &my, NULL);
    if (rc != 0 && peer) { /* my.cnf may ask for the name to be verified */
        rc = mysql_login_connect(c->login, NULL, true, &my, NULL);
    }
    return rc == 0 ? my : NULL;
}

static bool send_kill(MYSQL *my, unsigned long thread_id)
{
    char sql[64];
    int n = snprintf(sql, sizeof(sql), "KILL QUERY %lu", thread_id);
    return mysql_real_query(my, sql, (unsigned long)n) == 0;
}

static bool is_idle(MYSQL *my, unsigned long thread_id)
{
    char sql[128];
    int n = snprintf(sql, sizeof(sql), "SELECT COMMAND FROM information_schema.PROCESSLIST WHERE ID = %lu",
                     thread_id);
    if (mysql_real_query(my, sql, (unsigned long)n) != 0) {
        return false;
    }
    MYSQL_RES *res = mysql_store_result(my);
    MYSQL_ROW row = res ? mysql_fetch_row(res) : NULL;
    bool idle = row && row[0] && strcmp(row[0], "Sleep") == 0;
    mysql_free_result(res);
    return idle;
}

/* Runs from a kill to the end of the text it was for. */
static void *watch(void *arg)
{
    struct mysql_conn *c = arg;
    int idle = 0;
    pthread_mutex_lock(&c->mutex);
    while (c->busy && idle < WATCH_IDLE) {
        wait_ended(c, time_monotonic_us() + WATCH_US);
        if (!c->busy) {
            break;
        }
        size_t left = c->left;
        pthread_mutex_unlock(&c->mutex);
        bool idle_now = is_idle(c->watch, c->thread_id);
        if (!idle_now) {
            send_kill(c->watch, c->thread_id);
        }
        pthread_mutex_lock(&c->mutex);
        idle = idle_now && left == c->left ? idle + 1 : 0;
    }
    if (c->busy) {
        shutdown(c->own_fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

static bool start_watch(struct mysql_conn *c)
{
    return thread_start(&c->watcher, 0, watch, c) == 0;
}

static void kill_statement(struct mysql_conn *c)
{
    int64_t deadline_us = time_monotonic_us() + PATIENCE_US;
    while (c->busy && c->left > 1) {
        int64_t now = time_monotonic_us(), quiet_us = c->progress_us + QUIET_US;
        if (now >= deadline_us || now >= quiet_us) {
            break;
        }
        wait_ended(c, quiet_us < deadline_us ? quiet_us : deadline_us);
    }
    if (!c->busy) {
        return;
    }
    c->watch = second_connection(c);
    c->killed = c->watch && send_kill(c->watch, c->thread_id);
    c->watching = c->killed && start_watch(c);
    if (!c->watching) {
        shutdown(c->own_fd, SHUT_RDWR);
    }
}

void mysql_conn_cancel(struct conn *conn)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    pthread_mutex_lock(&c->mutex);
    bool first = !c->cancelled;
    c->cancelled = true;
    if (first) {
        kill_statement(c);
    }
    pthread_mutex_unlock(&c->mutex);
}

void mysql_conn_give_up(struct conn *conn, const char *reason)
{
    struct mysql_conn *c = mysql_conn_of(conn);
    atomic_store(&c->base.given_up, reason);
    shutdown(c->own_fd, SHUT_RDWR);
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

int mysql_cancel_begin(struct mysql_conn *c, size_t n, struct err *err)
{
    pthread_mutex_lock(&c->mutex);
    bool cancelled = c->cancelled;
    c->busy = !cancelled;
    c->left = n;
    c->progress_us = time_monotonic_us();
    conn_waits(&c->base, cancelled ? 0 : c->progress_us);
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

void mysql_cancel_answered(struct mysql_conn *c, int64_t now_us)
{
    pthread_mutex_lock(&c->mutex);
    c->left--;
    c->progress_us = now_us;
    conn_waits(&c->base, now_us);
    pthread_mutex_unlock(&c->mutex);
}

void mysql_cancel_end(struct mysql_conn *c)
{
    conn_waits(&c->base, 0);
    pthread_mutex_lock(&c->mutex);
    c->busy = false;
    bool watching = c->watching;
    c->watching = false;
    MYSQL *my = c->watch;
    c->watch = NULL;
    pthread_cond_broadcast(&c->ended);
    pthread_mutex_unlock(&c->mutex);
    if (watching) {
        pthread_join(c->watcher, NULL);
    }
    if (my) {
        mysql_close(my);
    }
}
