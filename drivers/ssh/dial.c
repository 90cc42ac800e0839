/* The socket of a session: a TCP connection to its hop, or a way through the group before. */
#include "base/file.h"
#include "drivers/lookup.h"
#include "drivers/ssh/internal.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *address_text(struct arena *a, const struct addrinfo *i)
{
    char text[NI_MAXHOST];
    return getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0
               ? arena_dup(a, text)
               : "?";
}

/* 0, or what errno would say; ECANCELED when the session is to stop. */
static int connect_by(struct session *s, int fd, const struct addrinfo *i, int64_t deadline_us)
{
    if (connect(fd, i->ai_addr, i->ai_addrlen) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS) {
        return errno;
    }
    for (;;) {
        int64_t left = time_left_ms(deadline_us);
        struct pollfd fds[2] = {{.fd = fd, .events = POLLOUT}, {.fd = s->wake, .events = POLLIN}};
        int n = poll(fds, 2, (int)left);
        if (atomic_load(&s->stop)) {
            return ECANCELED;
        }
        if (n > 0 && fds[0].revents) {
            int error = 0;
            socklen_t size = sizeof(error);
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            return error;
        }
        if (left == 0) {
            return ETIMEDOUT;
        }
    }
}

/* A bastion that vanished is noticed while data is under way; keepalives notice it otherwise. */
static void set_options(int fd, int64_t keepalive_ms)
{
    int on = 1, unacknowledged_ms = (int)(keepalive_ms * 4 < 600000 ? keepalive_ms * 4 : 600000);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof(unacknowledged_ms));
}

static int dial_failed(struct session *s, struct arena *a, const char *address, int error, struct err *err)
{
    const char *name = hop_name(a, &s->group->hop);
    if (error == ECANCELED) {
        return err_set(err, ERR_INTERRUPTED, "interrupted while connecting to the SSH host %s", name);
    }
    err_set(err, ERR_UNREACHABLE, "cannot connect to the SSH host %s (%s): %s", name, address,
            strerror(error));
    err->retryable =
        error == ECONNREFUSED || error == ECONNRESET || error == EHOSTUNREACH || error == ENETUNREACH;
    return err_hint(err, "Check the tunnel's host and port, that its sshd runs, and the firewalls between.");
}

/* Every address gets its share of the time, so that one that does not answer leaves some for the next. */
static int dial_direct(struct session *s, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct ssh_hop *hop = &s->group->hop;
    struct addrinfo *found = NULL;
    session_phase(s, "looking up");
    int rc = lookup_host(hop->host, s->deadline_us, &s->wake, &found, err);
    if (rc) {
        return err_wrap(err, "the SSH host %s", hop_name(&a, hop));
    }
    session_phase(s, "connecting to");
    int left = 0, error = EHOSTUNREACH;
    for (const struct addrinfo *i = found; i; i = i->ai_next) {
        left++;
    }
    const char *address = hop->host;
    for (const struct addrinfo *i = found; i && error != ECANCELED; i = i->ai_next, left--) {
        int64_t now = time_monotonic_us();
        ((struct sockaddr_in *)(void *)i->ai_addr)->sin_port =
            htons((uint16_t)hop->port); /* the same in IPv6 */
        address = address_text(&a, i);
        int fd = socket(i->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        error = fd < 0 ? errno : connect_by(s, fd, i, now + (s->deadline_us - now) / left);
        if (error == 0) {
            s->fd = fd;
            set_options(fd, s->group->keepalive_ms);
            break;
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    freeaddrinfo(found);
    return error ? dial_failed(s, &a, address, error, err) : 0;
}

int session_dial(struct session *s, struct err *err)
{
    struct group *g = s->group;
    if (!g->before) {
        return dial_direct(s, err);
    }
    session_phase(s, "waiting for the jump to");
    pthread_mutex_lock(&pool_lock);
    if (g->before->wanted_until_us < s->deadline_us) {
        g->before->wanted_until_us = s->deadline_us;
    }
    g->before->wanted = true;
    int rc = group_carry(g->before, g->hop.host, g->hop.port, &s->fd, &s->carried, err);
    pthread_mutex_unlock(&pool_lock);
    return rc;
}
