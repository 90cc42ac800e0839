/*
 * Waiting for the server, and cancelling what it does.
 *
 * pg_cancel() may come from any thread, so it only raises a flag and wakes the thread that waits; that one
 * has PQcancel(), which blocks, done by a helper thread, and goes on reading until the server has answered.
 */
#include "base/file.h"
#include "base/thread.h"
#include "drivers/postgresql/internal.h"
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CANCEL_AGAIN_MS = 250, CANCEL_GRACE_MS = 30000, CANCELLER_END_S = 10 };

void pg_cancel(struct conn *conn)
{
    struct pg_conn *c = pg_of(conn);
    atomic_store(&c->cancelled, true);
    eventfd_write(c->cancel_event, 1);
}

void pg_cancel_reset(struct conn *conn)
{
    struct pg_conn *c = pg_of(conn);
    eventfd_t count;
    eventfd_read(c->cancel_event, &count);
    atomic_store(&c->cancelled, false);
}

void pg_give_up(struct conn *conn, const char *reason)
{
    struct pg_conn *c = pg_of(conn);
    atomic_store(&c->base.given_up, reason);
    eventfd_write(c->cancel_event, 1);
}

static void *send_cancel(void *cancel)
{
    char message[256];
    PQcancel(cancel, message, sizeof(message)); /* without effect: it is tried again */
    return NULL;
}

static void canceller_start(struct pg_conn *c)
{
    c->canceller_runs = c->cancel && thread_start(&c->canceller, 0, send_cancel, c->cancel) == 0;
}

static int insist_on_cancel(struct pg_conn *c, struct err *err)
{
    int64_t now = time_monotonic_us();
    if (!c->cancel_began_us) {
        c->cancel_began_us = now;
        c->cancel_sent_us = 0;
    }
    if (now - c->cancel_began_us > CANCEL_GRACE_MS * 1000LL) {
        c->lost = true;
        err_set(err, ERR_INTERRUPTED,
                "the server did not answer a cancel within %d s; what it was doing may go on",
                CANCEL_GRACE_MS / 1000);
        if (err) {
            err->connection_lost = true;
        }
        return err_hint(err, "Look for backend %d in pg_stat_activity", PQbackendPID(c->pg)), ERR_INTERRUPTED;
    }
    if (c->canceller_runs && pthread_tryjoin_np(c->canceller, NULL) == 0) {
        c->canceller_runs = false;
        c->cancel_sent_us = now;
    }
    if (!c->canceller_runs && now - c->cancel_sent_us >= CANCEL_AGAIN_MS * 1000LL) {
        canceller_start(c);
    }
    return 0;
}

static int wait_ready(struct pg_conn *c, bool write, struct err *err)
{
    for (;;) {
        if (atomic_load(&c->base.given_up)) {
            return pg_error_lost(c, err);
        }
        bool cancelled = atomic_load(&c->cancelled);
        if (cancelled) {
            int rc = insist_on_cancel(c, err);
            if (rc) {
                return rc;
            }
        }
        struct pollfd fds[2] = {
            {.fd = PQsocket(c->pg), .events = (short)(POLLIN | (write ? POLLOUT : 0))},
            {.fd = cancelled ? -1 : c->cancel_event, .events = POLLIN},
        };
        int n = poll(fds, 2, cancelled ? CANCEL_AGAIN_MS : -1);
        if (n < 0 && errno != EINTR) {
            return err_set(err, ERR_FAILED, "poll: %s", strerror(errno));
        }
        if (n > 0 && fds[0].revents) {
            return 0;
        }
    }
}

int pg_wait(struct pg_conn *c, bool write, struct err *err)
{
    conn_waits(&c->base, time_monotonic_us());
    int rc = wait_ready(c, write, err);
    conn_waits(&c->base, 0);
    return rc;
}

void pg_wait_end(struct pg_conn *c)
{
    c->cancel_began_us = 0;
    if (!c->canceller_runs) {
        return;
    }
    /* PQcancel() comes back when the server has closed that connection, having signalled the backend. */
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CANCELLER_END_S;
    if (pthread_timedjoin_np(c->canceller, NULL, &until) != 0) {
        pthread_detach(c->canceller);
        c->cancel = NULL; /* the thread still uses it */
        c->lost = true;
    }
    c->canceller_runs = false;
}
