/* Channels: one a client, its bytes both ways. All of it on the session's thread. */
#include "base/file.h"
#include "drivers/ssh/internal.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE ((size_t)32 << 10)

struct channel {
    struct channel *next;
    int fd; /* -1: closed */
    LIBSSH2_CHANNEL *ssh;
    bool client_eof, server_eof, shut, broken;
    size_t up_at, up_n, down_at, down_n;
    char up[PIECE], down[PIECE]; /* to the server, to the client */
};

static bool is_gone(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* The next client that still waits; the rest are cleared away. */
static struct client *take_client(struct session *s)
{
    struct group *g = s->group;
    struct client *c = NULL;
    pthread_mutex_lock(&pool_lock);
    while (!c && s->nchannels < SESSION_CHANNELS && (c = g->waiting) != NULL) {
        g->waiting = c->next;
        if (!g->waiting) {
            g->waiting_tail = &g->waiting;
        }
        if (is_gone(c->fd)) {
            client_drop(c, NULL);
            c = NULL;
        }
    }
    s->opening_since_us = c ? time_monotonic_us() : 0;
    pthread_mutex_unlock(&pool_lock);
    return c;
}

static void adopt(struct session *s, LIBSSH2_CHANNEL *ssh, struct client *client)
{
    struct channel *c = xmalloc(sizeof(*c));
    *c = (struct channel){.fd = client->fd, .ssh = ssh};
    client->fd = -1;
    if (s->orphaned) {
        c->next = s->closing;
        s->closing = c;
    } else {
        c->next = s->channels;
        s->channels = c;
    }
    pthread_mutex_lock(&pool_lock);
    s->nchannels += !s->orphaned;
    client_drop(client, NULL);
    pthread_mutex_unlock(&pool_lock);
    if (s->orphaned && c->fd >= 0) {
        close(c->fd);
        c->fd = -1;
    }
}

/* Only the library's text tells the reasons apart. */
static void refused(struct session *s, struct client *client)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *message = NULL;
    struct err why = {0};
    libssh2_session_last_error(s->ssh, &message, NULL, 0);
    const char *name = hop_name(&a, &s->group->hop), *host = client->end->host;
    int port = client->end->port;
    if (message && strstr(message, "administratively prohibited")) {
        err_set(&why, ERR_UNREACHABLE, "the SSH host %s does not allow a way to %s:%d", name, host, port);
        err_hint(&why,
                 "Its sshd_config must allow it: AllowTcpForwarding yes (or local) and PermitOpen, and so "
                 "must the key's line in authorized_keys.");
    } else if (message && strstr(message, "connect failed")) {
        err_set(&why, ERR_UNREACHABLE, "the SSH host %s cannot connect to %s:%d", name, host, port);
        err_hint(&why,
                 "Check that the server runs, that its name and port are right as seen from the SSH host, "
                 "and that it may come from there.");
        why.retryable = true;
    } else {
        err_set(&why, ERR_UNREACHABLE, "the SSH host %s opened no way to %s:%d: %s", name, host, port,
                message ? message : "no reason given");
        err_hint(&why, "Look into the log of its sshd.");
        why.retryable = message && strstr(message, "resource shortage");
    }
    pthread_mutex_lock(&pool_lock);
    client_drop(client, &why);
    pthread_mutex_unlock(&pool_lock);
}

bool channel_open_next(struct session *s)
{
    if (!s->opening) {
        s->opening = take_client(s);
        s->orphaned = false;
    }
    struct client *client = s->opening;
    if (!client) {
        return false;
    }
    LIBSSH2_CHANNEL *ssh =
        libssh2_channel_direct_tcpip_ex(s->ssh, client->end->host, client->end->port, "127.0.0.1", 0);
    if (!ssh && libssh2_session_last_errno(s->ssh) == LIBSSH2_ERROR_EAGAIN) {
        s->orphaned = s->orphaned || is_gone(client->fd);
        return false;
    }
    if (!ssh && (s->eof || s->broken)) {
        return false; /* another session will open it */
    }
    s->opening = NULL;
    pthread_mutex_lock(&pool_lock);
    s->opening_since_us = 0;
    pthread_mutex_unlock(&pool_lock);
    if (ssh) {
        adopt(s, ssh, client);
    } else {
        refused(s, client);
    }
    return true;
}

/* A failure of this channel alone: that of the session ends all of them, once its reason is noted. */
static bool is_failure(const struct session *s, ssize_t n)
{
    return n < 0 && n != LIBSSH2_ERROR_EAGAIN && !s->eof && !s->broken;
}

static bool pump_up(struct session *s, struct channel *c)
{
    bool moved = false;
    if (c->up_n == c->up_at && !c->client_eof && !io_is_full(s)) {
        ssize_t n = recv(c->fd, c->up, sizeof(c->up), MSG_DONTWAIT);
        c->up_at = 0;
        c->up_n = n > 0 ? (size_t)n : 0;
        c->client_eof = n == 0;
        c->broken = c->broken || (n < 0 && errno != EAGAIN && errno != EINTR);
        moved = n >= 0;
    }
    while (c->up_at < c->up_n && !c->broken) {
        ssize_t n = libssh2_channel_write(c->ssh, c->up + c->up_at, c->up_n - c->up_at);
        if (n <= 0) {
            c->broken = is_failure(s, n);
            break;
        }
        c->up_at += (size_t)n;
        moved = true;
    }
    return moved;
}

static bool pump_down(struct session *s, struct channel *c)
{
    bool moved = false;
    if (c->down_n == c->down_at && !c->server_eof) {
        ssize_t n = libssh2_channel_read(c->ssh, c->down, sizeof(c->down));
        c->down_at = 0;
        c->down_n = n > 0 ? (size_t)n : 0;
        c->server_eof = n == 0 && libssh2_channel_eof(c->ssh);
        c->broken = c->broken || is_failure(s, n);
        moved = n > 0 || c->server_eof;
    }
    if (c->down_at < c->down_n) {
        ssize_t n = send(c->fd, c->down + c->down_at, c->down_n - c->down_at, MSG_DONTWAIT | MSG_NOSIGNAL);
        c->broken = c->broken || (n < 0 && errno != EAGAIN && errno != EINTR);
        c->down_at += n > 0 ? (size_t)n : 0;
        moved = moved || n > 0;
    }
    if (c->server_eof && c->down_at == c->down_n && !c->shut) {
        shutdown(c->fd, SHUT_WR);
        c->shut = true;
    }
    return moved;
}

/* A client that has closed wants no answer any more: no database's protocol closes one way only. */
static bool is_over(const struct channel *c)
{
    return c->broken || (c->client_eof && c->up_at == c->up_n);
}

bool channels_pump(struct session *s)
{
    bool moved = false;
    size_t ended = 0;
    for (struct channel **at = &s->channels, *c; (c = *at) != NULL;) {
        moved |= pump_up(s, c);
        moved |= pump_down(s, c);
        if (!is_over(c)) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        c->next = s->closing;
        s->closing = c;
        close(c->fd);
        c->fd = -1;
        ended++;
        moved = true;
    }
    if (ended) {
        pthread_mutex_lock(&pool_lock);
        s->nchannels -= ended;
        pthread_mutex_unlock(&pool_lock);
    }
    return moved;
}

bool channels_bury(struct session *s)
{
    bool moved = false;
    for (struct channel **at = &s->closing, *c; (c = *at) != NULL;) {
        if (libssh2_channel_free(c->ssh) == LIBSSH2_ERROR_EAGAIN) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        free(c);
        moved = true;
    }
    return moved;
}

void channels_drop(struct session *s)
{
    struct channel **lists[] = {&s->channels, &s->closing};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (struct channel *c = *lists[i], *next; c; c = next) {
            next = c->next;
            if (c->fd >= 0) {
                close(c->fd);
            }
            free(c); /* the library's part goes with its session */
        }
        *lists[i] = NULL;
    }
}

size_t channels_pollfds(struct session *s, struct pollfd *fds)
{
    size_t n = 0;
    for (struct channel *c = s->channels; c; c = c->next) {
        short events = 0;
        if (c->up_at == c->up_n && !c->client_eof && !io_is_full(s)) {
            events |= POLLIN;
        }
        if (c->down_at < c->down_n) {
            events |= POLLOUT;
        }
        fds[n++] = (struct pollfd){.fd = events ? c->fd : -1, .events = events};
    }
    if (s->opening && !s->orphaned) {
        fds[n++] = (struct pollfd){.fd = s->opening->fd, .events = POLLRDHUP};
    }
    return n;
}
