/*
 * A session's socket. The library must not meet a packet that could be sent in part only: it would refuse to
 * send anything else before that one is complete. So what it sends goes into a buffer that takes everything,
 * and clients are not read from while that buffer is long. What comes is read in large pieces.
 */
#include "base/file.h"
#include "drivers/ssh/internal.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define IN_SIZE  ((size_t)256 << 10)
#define OUT_HIGH ((size_t)512 << 10)

int64_t time_left_ms(int64_t deadline_us)
{
    int64_t left = (deadline_us - time_monotonic_us() + 999) / 1000;
    return left < 0 ? 0 : left > 3600000 ? 3600000 : left;
}

/* The library talks to the agent through the same functions. It blocks there, so the deadline is kept here.
 */
static int wait_agent(struct session *s, int fd, short events)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = s->wake, .events = POLLIN}};
        int64_t left = time_left_ms(s->deadline_us);
        int n = poll(fds, 2, (int)left);
        if (n > 0 && fds[1].revents) {
            return -EINTR;
        }
        if (n > 0) {
            return 0;
        }
        if (left == 0) {
            return -ETIMEDOUT;
        }
    }
}

static ssize_t receive(libssh2_socket_t socket, void *buffer, size_t length, int flags, void **abstract)
{
    struct session *s = *abstract;
    if (socket != s->fd) {
        int rc = wait_agent(s, socket, POLLIN);
        ssize_t n = rc ? rc : recv(socket, buffer, length, flags);
        return rc ? rc : n < 0 ? -errno : n == 0 ? -ECONNRESET : n;
    }
    size_t n = s->in_n - s->in_at < length ? s->in_n - s->in_at : length;
    if (n == 0) {
        return s->broken || s->eof ? 0 : -EAGAIN;
    }
    memcpy(buffer, s->in + s->in_at, n);
    s->in_at += n;
    return (ssize_t)n;
}

static ssize_t transmit(libssh2_socket_t socket, const void *buffer, size_t length, int flags,
                        void **abstract)
{
    struct session *s = *abstract;
    if (socket != s->fd) {
        int rc = wait_agent(s, socket, POLLOUT);
        ssize_t n = rc ? rc : send(socket, buffer, length, flags | MSG_NOSIGNAL);
        return rc ? rc : n < 0 ? -errno : n;
    }
    if (s->broken) {
        return -EPIPE;
    }
    strbuf_add(&s->out, buffer, length);
    return (ssize_t)length;
}

void io_attach(struct session *s)
{
    s->in = xmalloc(IN_SIZE);
    /* The library's own prototype for this carries functions as data. */
    union {
        ssize_t (*receive)(libssh2_socket_t, void *, size_t, int, void **);
        ssize_t (*transmit)(libssh2_socket_t, const void *, size_t, int, void **);
        void *data;
    } callback;
    callback.receive = receive;
    libssh2_session_callback_set(s->ssh, LIBSSH2_CALLBACK_RECV, callback.data);
    callback.transmit = transmit;
    libssh2_session_callback_set(s->ssh, LIBSSH2_CALLBACK_SEND, callback.data);
    s->heard_us = time_monotonic_us();
}

static void note_error(struct session *s)
{
    if (errno != EAGAIN && errno != EINTR) {
        s->broken = true;
        s->error = errno;
    }
}

bool io_fill(struct session *s)
{
    if (s->in_at == s->in_n) {
        s->in_at = s->in_n = 0;
    }
    if (s->in_n == IN_SIZE || s->eof || s->broken) {
        return false;
    }
    ssize_t n = recv(s->fd, s->in + s->in_n, IN_SIZE - s->in_n, MSG_DONTWAIT);
    if (n < 0) {
        note_error(s);
        return false;
    }
    s->eof = n == 0;
    s->in_n += (size_t)n;
    s->heard_us = time_monotonic_us();
    s->unanswered = 0;
    return n > 0;
}

bool io_flush(struct session *s)
{
    bool moved = false;
    while (s->out_done < s->out.len && !s->broken) {
        ssize_t n =
            send(s->fd, s->out.ptr + s->out_done, s->out.len - s->out_done, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            note_error(s);
            break;
        }
        s->out_done += (size_t)n;
        moved = true;
    }
    if (s->out_done == s->out.len) {
        strbuf_clear(&s->out);
        s->out_done = 0;
    }
    return moved;
}

bool io_is_full(const struct session *s)
{
    return s->out.len - s->out_done > OUT_HIGH;
}

int io_wait(struct session *s, const char *doing, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *name = hop_name(&a, &s->group->hop);
    if (s->eof || s->broken) {
        return session_error(s, doing, err);
    }
    for (;;) {
        if (io_flush(s) || io_fill(s) || s->eof || s->broken) {
            return 0; /* the library will see what became of it */
        }
        int64_t left = time_left_ms(s->deadline_us);
        struct pollfd fds[2] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->wake, .events = POLLIN}};
        if (s->out_done < s->out.len) {
            fds[0].events |= POLLOUT;
        }
        if (left > 0 && poll(fds, 2, (int)left) < 0 && errno != EINTR) {
            return err_set(err, ERR_FAILED, "poll: %s", strerror(errno));
        }
        if (atomic_load(&s->stop)) {
            return err_set(err, ERR_INTERRUPTED, "interrupted while %s the SSH host %s", doing, name);
        }
        if (left == 0) {
            err_set(err, ERR_UNREACHABLE, "no answer in time while %s the SSH host %s", doing, name);
            return err_hint(err, "Check that its sshd answers (ssh -v), or raise connect_timeout.");
        }
    }
}
