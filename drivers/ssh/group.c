/* What shares one way, and the thread that keeps it: accepts clients, starts sessions, clears away. */
#include "base/file.h"
#include "base/thread.h"
#include "drivers/ssh/internal.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RETRY_MS = 100, OPEN_TIMEOUT_MS = 10000, KEEPALIVE_MS = 10000 };
#define LINGER_US INT64_C(10000000) /* a session outlives its last user: the next target comes soon */
#define STUCK_US  INT64_C(200000)   /* a channel that takes longer to open holds up the others */

struct group *group_new(const struct ssh_way *way, size_t n, struct group *before, const char *key)
{
    struct group *g = xcalloc(1, sizeof(*g));
    const struct ssh_hop *hop = &way->hops[n - 1];
    struct arena *a = &g->arena;
    g->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g->key = arena_dup(a, key);
    g->hop = (struct ssh_hop){.host = arena_dup(a, hop->host),
                              .user = arena_dup(a, hop->user),
                              .port = hop->port > 0 ? hop->port : SSH_PORT,
                              .key = arena_dup(a, hop->key),
                              .passphrase = arena_dup(a, hop->passphrase),
                              .known_hosts = arena_dup(a, hop->known_hosts),
                              .agent = hop->agent};
    g->before = before;
    g->connect_timeout_ms = way->connect_timeout_ms;
    g->keepalive_ms = way->keepalive_ms > 0 ? way->keepalive_ms : KEEPALIVE_MS;
    g->waiting_tail = &g->waiting;
    return g;
}

void group_wake(struct group *g)
{
    eventfd_write(g->wake, 1);
}

void group_tell(struct group *g)
{
    for (struct waiter *w = g->waiters; w; w = w->next) {
        eventfd_write(w->event, 1);
    }
}

void end_release(struct ssh_end *end)
{
    if (--end->users == 0) {
        group_wake(end->group);
    }
}

void client_drop(struct client *c, const struct err *why)
{
    if (why) {
        c->end->failed = true;
        c->end->failure = *why;
    }
    if (c->fd >= 0) {
        close(c->fd);
    }
    end_release(c->end);
    free(c);
}

static void end_free(struct ssh_end *end)
{
    if (end->listener >= 0) {
        close(end->listener);
    }
    free(end->host);
    free(end);
}

struct ssh_end *group_end(struct group *g, const char *host, int port, bool listens, struct err *err)
{
    for (struct ssh_end *e = g->ends; e; e = e->next) {
        if (e->port == port && strcmp(e->host, host) == 0 && (e->listener >= 0) == listens) {
            e->users++;
            return e;
        }
    }
    struct ssh_end *e = xcalloc(1, sizeof(*e));
    e->group = g;
    e->host = xstrdup(host);
    e->port = port;
    e->listener = -1;
    if (listens && end_listen(e, err) != 0) {
        end_free(e);
        return NULL;
    }
    e->users = 1;
    e->next = g->ends;
    g->ends = e;
    group_wake(g);
    return e;
}

static void wake_sessions(struct group *g)
{
    for (struct session *s = g->sessions; s; s = s->next) {
        if (s->state == SESSION_UP) {
            eventfd_write(s->wake, 1);
        }
    }
}

static void enqueue(struct group *g, struct ssh_end *end, int fd)
{
    struct client *c = xcalloc(1, sizeof(*c));
    c->fd = fd;
    c->end = end;
    end->users++;
    *g->waiting_tail = c;
    g->waiting_tail = &c->next;
    wake_sessions(g);
}

int group_carry(struct group *g, const char *host, int port, int *fd, struct ssh_end **end, struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
        return err_set(err, ERR_FAILED, "cannot make a pair of sockets: %s", strerror(errno));
    }
    struct ssh_end *e = group_end(g, host, port, false, err);
    e->failed = false;
    enqueue(g, e, pair[1]);
    group_wake(g);
    *fd = pair[0];
    *end = e;
    return 0;
}

/* --- the keeper */

static bool takes_clients(const struct session *s)
{
    bool stuck = s->opening_since_us && time_monotonic_us() - s->opening_since_us > STUCK_US;
    return s->state == SESSION_UP && s->nchannels < SESSION_CHANNELS && !stuck;
}

/* A session is started when somebody waits and none could take the next client. */
static void start_session(struct group *g)
{
    bool able = !(g->wanted || g->waiting) || g->nsessions >= GROUP_SESSIONS;
    for (struct session *s = g->sessions; s && !able; s = s->next) {
        able = s->state == SESSION_OPENING || takes_clients(s);
    }
    if (able) {
        return;
    }
    int64_t now = time_monotonic_us(), timeout_ms = g->connect_timeout_ms;
    int64_t deadline_us = now + (timeout_ms > 0 ? timeout_ms : OPEN_TIMEOUT_MS) * 1000;
    if (timeout_ms <= 0 && g->wanted && g->wanted_until_us > now) {
        deadline_us = g->wanted_until_us;
    }
    struct session *s = session_new(g, deadline_us);
    if (s && thread_start(&s->thread, 0, session_run, s) == 0) {
        s->next = g->sessions;
        g->sessions = s;
        g->nsessions++;
    } else if (s) {
        session_free(s);
    }
}

static void free_unused_ends(struct group *g)
{
    for (struct ssh_end **at = &g->ends, *e; (e = *at) != NULL;) {
        if (e->users > 0) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        end_free(e);
    }
}

/* Take ended sessions out of the list. */
static struct session *take_ended(struct group *g, bool all)
{
    struct session *taken = NULL;
    for (struct session **at = &g->sessions, *s; (s = *at) != NULL;) {
        if (!all && s->state != SESSION_ENDED) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        s->next = taken;
        taken = s;
        g->nsessions--;
    }
    return taken;
}

/* Without the lock. */
static void bury_sessions(struct session *s)
{
    for (struct session *next; s; s = next) {
        next = s->next;
        pthread_join(s->thread, NULL);
        struct ssh_end *carried = s->carried;
        session_free(s);
        pthread_mutex_lock(&pool_lock);
        if (carried) {
            end_release(carried);
        }
        pthread_mutex_unlock(&pool_lock);
    }
}

static bool is_idle(const struct group *g)
{
    for (const struct session *s = g->sessions; s; s = s->next) {
        if (s->nchannels || s->state == SESSION_OPENING) {
            return false;
        }
    }
    return !g->ends && !g->behind && !g->waiting && !g->waiters;
}

/* Milliseconds until the keeper has to look again; -1: nothing to wait for. Sets ended when it may go. */
static int next_look(struct group *g)
{
    if (!is_idle(g)) {
        g->idle_since_us = 0;
        return g->waiting || g->wanted ? RETRY_MS : -1;
    }
    int64_t now = time_monotonic_us();
    g->idle_since_us = g->idle_since_us ? g->idle_since_us : now;
    g->ended = !g->sessions || now - g->idle_since_us >= LINGER_US;
    return (int)time_left_ms(g->idle_since_us + LINGER_US);
}

struct listeners {
    struct arena a;
    struct pollfd *fds; /* the first is the keeper's eventfd */
    struct ssh_end **ends;
    size_t n;
};

static void list_listeners(struct group *g, struct listeners *l)
{
    size_t n = 1;
    for (struct ssh_end *e = g->ends; e; e = e->next) {
        n++;
    }
    l->fds = arena_array(&l->a, n, sizeof(*l->fds));
    l->ends = arena_array(&l->a, n, sizeof(struct ssh_end *));
    l->fds[0] = (struct pollfd){.fd = g->wake, .events = POLLIN};
    l->n = 1;
    for (struct ssh_end *e = g->ends; e; e = e->next) {
        if (e->listener >= 0) {
            l->ends[l->n] = e;
            l->fds[l->n++] = (struct pollfd){.fd = e->listener, .events = POLLIN};
        }
    }
}

/* Ends are freed by the keeper alone, so those of the list are still there. */
static void accept_clients(struct group *g, const struct listeners *l)
{
    for (size_t i = 1; i < l->n; i++) {
        int fd = l->fds[i].revents ? accept4(l->fds[i].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
        if (fd < 0) {
            continue;
        }
        if (!is_own_connection(fd)) {
            close(fd);
            continue;
        }
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        pthread_mutex_lock(&pool_lock);
        enqueue(g, l->ends[i], fd);
        pthread_mutex_unlock(&pool_lock);
    }
}

static void keep_once(struct group *g)
{
    struct listeners l = {0};
    pthread_mutex_lock(&pool_lock);
    struct session *ended = take_ended(g, false);
    free_unused_ends(g);
    start_session(g);
    int ms = next_look(g);
    list_listeners(g, &l);
    bool go = g->ended || g->stopping;
    pthread_mutex_unlock(&pool_lock);
    bury_sessions(ended);
    if (!go && poll(l.fds, l.n, ms) > 0) {
        eventfd_t ignored;
        if (l.fds[0].revents) {
            eventfd_read(g->wake, &ignored);
        }
        accept_clients(g, &l);
    }
    arena_release(&l.a);
}

void *group_keep(void *arg)
{
    struct group *g = arg;
    for (bool go = false; !go;) {
        keep_once(g);
        pthread_mutex_lock(&pool_lock);
        go = g->ended || g->stopping;
        pthread_mutex_unlock(&pool_lock);
    }
    pthread_mutex_lock(&pool_lock);
    for (struct session *s = g->sessions; s; s = s->next) {
        session_stop(s);
    }
    struct session *all = take_ended(g, true);
    pthread_mutex_unlock(&pool_lock);
    bury_sessions(all);
    return NULL;
}

int group_start(struct group *g, struct err *err)
{
    int rc = g->wake < 0 ? errno : thread_start(&g->keeper, 0, group_keep, g);
    return rc ? err_set(err, ERR_FAILED, "cannot start a thread for a tunnel: %s", strerror(rc)) : 0;
}

void group_free(struct group *g)
{
    while (g->waiting) {
        struct client *c = g->waiting;
        g->waiting = c->next;
        client_drop(c, NULL);
    }
    for (struct ssh_end *e = g->ends, *next; e; e = next) {
        next = e->next;
        end_free(e);
    }
    if (g->before) {
        g->before->behind--;
        group_wake(g->before);
    }
    if (g->wake >= 0) {
        close(g->wake);
    }
    explicit_bzero((void *)(uintptr_t)g->key, strlen(g->key));
    if (g->hop.passphrase) {
        explicit_bzero((void *)(uintptr_t)g->hop.passphrase, strlen(g->hop.passphrase));
    }
    arena_release(&g->arena);
    free(g);
}
