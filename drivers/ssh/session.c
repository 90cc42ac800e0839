/* One SSH connection and the thread that owns it: from dialling to the last channel. */
#include "base/file.h"
#include "drivers/ssh/internal.h"
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define UNANSWERED_MAX 3 /* keepalives */

struct session *session_new(struct group *g, int64_t deadline_us)
{
    struct session *s = xcalloc(1, sizeof(*s));
    s->group = g;
    s->fd = -1;
    s->phase = "reaching";
    s->deadline_us = deadline_us;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake < 0) {
        free(s);
        return NULL;
    }
    return s;
}

void session_stop(struct session *s)
{
    atomic_store(&s->stop, true);
    eventfd_write(s->wake, 1);
}

void session_phase(struct session *s, const char *phase)
{
    pthread_mutex_lock(&pool_lock);
    s->phase = phase;
    pthread_mutex_unlock(&pool_lock);
}

/* Why the way through the hop before has ended, where it tells. */
static bool carried_failure(struct session *s, struct err *err)
{
    bool failed = false;
    pthread_mutex_lock(&pool_lock);
    if (s->carried && s->carried->failed) {
        failed = true;
        if (err) {
            *err = s->carried->failure;
        }
    }
    pthread_mutex_unlock(&pool_lock);
    return failed;
}

int session_error(struct session *s, const char *doing, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *name = hop_name(&a, &s->group->hop);
    if ((s->eof || s->broken) && carried_failure(s, err)) {
        return err ? err->status : ERR_UNREACHABLE;
    }
    if (s->eof || s->broken) {
        err_set(err, ERR_UNREACHABLE, "the SSH host %s closed the connection while %s it%s%s", name, doing,
                s->broken ? ": " : "", s->broken ? strerror(s->error) : "");
        if (err) {
            err->retryable = true;
        }
        return err_hint(err,
                        "Check that an sshd listens there, and its log: it may take too few connections at "
                        "once (MaxStartups) or none from here.");
    }
    char *message = NULL;
    int code = libssh2_session_last_error(s->ssh, &message, NULL, 0);
    err_set(err, ERR_UNREACHABLE, "%s the SSH host %s failed: %s (%d)", doing, name, message ? message : "?",
            code);
    if (code == LIBSSH2_ERROR_KEX_FAILURE || code == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE ||
        code == LIBSSH2_ERROR_METHOD_NONE) {
        return err_hint(
            err,
            "It may have RSA host keys alone, which libssh2 %s cannot check by SHA-2: let it have an "
            "Ed25519 host key.",
            libssh2_version(0));
    }
    return err_hint(err, "Check that an sshd answers there: ssh -v.");
}

static int shake_hands(struct session *s, struct err *err)
{
    s->ssh = libssh2_session_init_ex(NULL, NULL, NULL, s);
    if (!s->ssh) {
        return err_set(err, ERR_FAILED, "cannot set up an SSH session");
    }
    libssh2_session_set_blocking(s->ssh, 0);
    io_attach(s);
    int rc = host_key_prefer(s, err);
    if (rc) {
        return rc;
    }
    session_phase(s, "greeting");
    while ((rc = libssh2_session_handshake(s->ssh, s->fd)) == LIBSSH2_ERROR_EAGAIN) {
        rc = io_wait(s, "greeting", err);
        if (rc) {
            return rc;
        }
    }
    return rc ? session_error(s, "greeting", err) : host_key_check(s, err);
}

static int session_open(struct session *s, struct err *err)
{
    int rc = session_dial(s, err);
    rc = rc ? rc : shake_hands(s, err);
    if (!rc) {
        session_phase(s, "logging in to");
        rc = session_login(s, err);
    }
    if (!rc) {
        libssh2_keepalive_config(s->ssh, 1, 2);
    }
    return rc;
}

/* Silence is answered with a question; when questions stay without an answer the host is dead. */
static bool is_dead(struct session *s)
{
    int64_t now = time_monotonic_us(), interval_us = s->group->keepalive_ms * 1000;
    int64_t last = s->heard_us > s->probed_us ? s->heard_us : s->probed_us;
    if (now - last < interval_us) {
        return false;
    }
    if (s->unanswered >= UNANSWERED_MAX) {
        return true;
    }
    int next;
    libssh2_keepalive_send(s->ssh, &next);
    s->probed_us = now;
    s->unanswered++;
    io_flush(s);
    return false;
}

static int poll_ms(const struct session *s)
{
    int64_t last = s->heard_us > s->probed_us ? s->heard_us : s->probed_us;
    return (int)time_left_ms(last + s->group->keepalive_ms * 1000);
}

static void wait_for_work(struct session *s)
{
    struct pollfd fds[SESSION_CHANNELS + 3];
    fds[0] = (struct pollfd){.fd = s->fd, .events = POLLIN};
    if (s->out_done < s->out.len) {
        fds[0].events |= POLLOUT;
    }
    fds[1] = (struct pollfd){.fd = s->wake, .events = POLLIN};
    size_t n = 2 + channels_pollfds(s, fds + 2);
    if (poll(fds, n, poll_ms(s)) > 0 && fds[1].revents) {
        eventfd_t ignored;
        eventfd_read(s->wake, &ignored);
    }
}

/* One channel at a time is opened: a session whose only work is one that nobody waits for is in the way. */
static bool is_useless(const struct session *s)
{
    return s->orphaned && s->opening && !s->channels;
}

/* First everything that can move, and only then the wait: data may stand in a buffer of the library. */
static void session_serve(struct session *s)
{
    while (!atomic_load(&s->stop)) {
        bool moved;
        do {
            moved = io_fill(s);
            moved |= channel_open_next(s);
            moved |= channels_pump(s);
            moved |= channels_bury(s);
            moved |= io_flush(s);
        } while (moved && !atomic_load(&s->stop));
        if (s->eof || s->broken || is_useless(s) || is_dead(s)) {
            return;
        }
        wait_for_work(s);
    }
}

static void session_lost(struct session *s, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *name = hop_name(&a, &s->group->hop);
    if ((s->eof || s->broken) && carried_failure(s, err)) {
        return;
    }
    if (s->eof || s->broken) {
        err_set(err, ERR_UNREACHABLE, "the connection to the SSH host %s was lost%s%s", name,
                s->broken ? ": " : "", s->broken ? strerror(s->error) : "");
    } else {
        err_set(err, ERR_UNREACHABLE, "the SSH host %s has not answered for %lld s", name,
                (long long)((time_monotonic_us() - s->heard_us) / 1000000));
    }
    err->retryable = true;
    err_hint(err, "A new connection is made for whatever connects next.");
}

/* Whoever was waiting for its channel waits for that of another session; nothing was sent yet. */
static void give_back(struct session *s)
{
    struct client *c = s->opening;
    s->opening = NULL;
    s->opening_since_us = 0;
    if (!c) {
        return;
    }
    if (s->orphaned) {
        client_drop(c, NULL);
        return;
    }
    struct group *g = s->group;
    c->next = g->waiting;
    g->waiting = c;
    if (!c->next) {
        g->waiting_tail = &c->next;
    }
}

static void note_refused(struct group *g, const struct err *err)
{
    g->refused = *err;
    g->refusals++;
    g->wanted = false;
    while (g->waiting) {
        struct client *c = g->waiting;
        g->waiting = c->next;
        client_drop(c, err);
    }
    g->waiting_tail = &g->waiting;
}

static void end_session(struct session *s, bool was_up, const struct err *why)
{
    struct group *g = s->group;
    pthread_mutex_lock(&pool_lock);
    if (!was_up) {
        note_refused(g, why);
    }
    for (struct ssh_end *e = g->ends; e && was_up && why->status; e = e->next) {
        e->failed = true;
        e->failure = *why;
    }
    pthread_mutex_unlock(&pool_lock);
    channels_drop(s); /* whoever sees the end of its connection finds the reason */
    pthread_mutex_lock(&pool_lock);
    give_back(s);
    s->nchannels = 0;
    s->state = SESSION_ENDED;
    group_tell(g);
    group_wake(g);
    pthread_mutex_unlock(&pool_lock);
}

void *session_run(void *arg)
{
    struct session *s = arg;
    struct err err = {0};
    bool up = session_open(s, &err) == 0;
    if (up) {
        pthread_mutex_lock(&pool_lock);
        s->state = SESSION_UP;
        s->group->wanted = false;
        group_tell(s->group);
        pthread_mutex_unlock(&pool_lock);
        session_serve(s);
        if (!atomic_load(&s->stop) && !is_useless(s)) {
            session_lost(s, &err);
        }
    }
    end_session(s, up, &err);
    return NULL;
}

void session_free(struct session *s)
{
    if (s->ssh) {
        if (!s->eof && !s->broken) {
            libssh2_session_disconnect(s->ssh, "done");
            io_flush(s);
        }
        s->broken = true; /* from here on nothing waits for the other side */
        for (int i = 0; i < 1000 && libssh2_session_free(s->ssh) == LIBSSH2_ERROR_EAGAIN; i++) {
        }
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    close(s->wake);
    strbuf_release(&s->out);
    free(s->in);
    free(s);
}
