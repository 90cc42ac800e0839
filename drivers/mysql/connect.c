/*
 * Connecting within a deadline. The library can bound neither name look-up nor the sum of its phases, and
 * cannot be interrupted: a thread of its own connects, and is left to itself when time is up or a cancel
 * comes. It then closes whatever it still gets.
 */
#include "base/file.h"
#include "base/thread.h"
#include "drivers/mysql/connection.h"
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct attempt {
    pthread_mutex_t mutex;
    bool finished, abandoned;
    int finished_fd; /* eventfd; the waiter's until it abandons */
    struct mysql_login *login;
    MYSQL *my;
    int rc;
    struct err err;
};

static void attempt_free(struct attempt *at)
{
    if (at->my) {
        mysql_close(at->my);
    }
    close(at->finished_fd);
    mysql_login_unref(at->login);
    pthread_mutex_destroy(&at->mutex);
    free(at);
}

static void *run_attempt(void *arg)
{
    struct attempt *at = arg;
    MYSQL *my = NULL;
    struct err err = {0};
    int rc = mysql_login_connect(at->login, NULL, false, &my, &err);
    pthread_mutex_lock(&at->mutex);
    at->rc = rc;
    at->err = err;
    at->my = my;
    at->finished = true;
    bool abandoned = at->abandoned;
    if (!abandoned) {
        /* Within the mutex: afterwards the waiter may have freed it all. */
        eventfd_write(at->finished_fd, 1);
    }
    pthread_mutex_unlock(&at->mutex);
    if (abandoned) {
        attempt_free(at);
    }
    mysql_thread_end();
    return NULL;
}

enum wait_end { WAIT_FINISHED, WAIT_CANCELLED, WAIT_TIMED_OUT };

static enum wait_end wait_for(const struct attempt *at, const int *cancel_fd, int64_t deadline_us)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = at->finished_fd, .events = POLLIN},
                                {.fd = cancel_fd ? *cancel_fd : -1, .events = POLLIN}};
        int64_t left_ms = (deadline_us - time_monotonic_us() + 999) / 1000;
        int n = poll(fds, 2, left_ms > 0 ? (int)(left_ms < 60000 ? left_ms : 60000) : 0);
        if (n > 0 && fds[0].revents) {
            return WAIT_FINISHED;
        }
        if (n > 0 && fds[1].revents) {
            return WAIT_CANCELLED;
        }
        if (left_ms <= 0) {
            return WAIT_TIMED_OUT;
        }
    }
}

/* False when it had finished after all. */
static bool abandon(struct attempt *at)
{
    pthread_mutex_lock(&at->mutex);
    at->abandoned = !at->finished;
    bool abandoned = at->abandoned;
    pthread_mutex_unlock(&at->mutex);
    return abandoned;
}

int mysql_connect_bounded(struct mysql_login *login, const int *cancel_fd, MYSQL **out, struct err *err)
{
    int64_t deadline_us = time_monotonic_us() + login->connect_timeout_ms * 1000;
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_FAILED, "cannot make an eventfd: %s", strerror(errno));
    }
    struct attempt *at = xcalloc(1, sizeof(*at));
    pthread_mutex_init(&at->mutex, NULL);
    at->finished_fd = fd;
    at->login = mysql_login_ref(login);
    pthread_t thread;
    int rc = thread_start(&thread, 0, run_attempt, at);
    if (rc != 0) {
        attempt_free(at);
        return err_set(err, ERR_FAILED, "cannot start a thread: %s", strerror(rc));
    }
    enum wait_end end = wait_for(at, cancel_fd, deadline_us);
    if (end != WAIT_FINISHED && abandon(at)) {
        pthread_detach(thread);
        if (end == WAIT_CANCELLED) {
            return err_set(err, ERR_INTERRUPTED, "cancelled while connecting to MySQL/MariaDB at %s",
                           login->display);
        }
        err_set(err, ERR_UNREACHABLE, "cannot connect to MySQL/MariaDB at %s within %lld ms", login->display,
                (long long)login->connect_timeout_ms);
        return err_hint(
            err, "Check host and port, that the server is running, and that no firewall is in between.");
    }
    pthread_join(thread, NULL);
    rc = at->rc;
    if (rc == 0) {
        *out = at->my;
        at->my = NULL;
    } else if (err) {
        *err = at->err;
    }
    attempt_free(at);
    return rc;
}
