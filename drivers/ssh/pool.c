/* All groups, and what the program calls. */
#include "base/file.h"
#include "drivers/ssh/internal.h"
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

extern const struct tunnel_api tunnel_ssh;

pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct group *groups; /* guarded by pool_lock */

const char *hop_name(struct arena *a, const struct ssh_hop *hop)
{
    return arena_printf(a, strchr(hop->host, ':') ? "%s%s[%s]:%d" : "%s%s%s:%d", hop->user ? hop->user : "",
                        hop->user ? "@" : "", hop->host, hop->port);
}

/* Groups whose keeper has gone (or, at the end of the program, all of them), for bury_groups(). Those that
 * are reached through others come first. */
static struct group *take_groups(bool all)
{
    struct group *taken = NULL, **tail = &taken;
    for (struct group **at = &groups, *g; (g = *at) != NULL;) {
        if (!all && !g->ended) {
            at = &g->next;
            continue;
        }
        *at = g->next;
        g->next = NULL;
        *tail = g;
        tail = &g->next;
        g->stopping = true;
        group_wake(g);
    }
    return taken;
}

static void bury_groups(struct group *g)
{
    for (struct group *next; g; g = next) {
        next = g->next;
        pthread_join(g->keeper, NULL);
        pthread_mutex_lock(&pool_lock);
        group_free(g);
        pthread_mutex_unlock(&pool_lock);
    }
}

/* At exit: no thread may be inside libssh2 or libcrypto when those are taken down. */
static void shut_down(void)
{
    pthread_mutex_lock(&pool_lock);
    struct group *all = take_groups(true);
    pthread_mutex_unlock(&pool_lock);
    bury_groups(all);
}

static void set_up(void)
{
    libssh2_init(0);
    atexit(shut_down); /* runs before what libcrypto registered in libssh2_init() */
}

static void add_key(struct strbuf *b, const char *text)
{
    strbuf_addf(b, "%zu:%s;", text ? strlen(text) + 1 : 0, text ? text : "");
}

static void way_key(const struct ssh_way *way, size_t n, struct strbuf *b)
{
    strbuf_addf(b, "%lld;%lld;", (long long)way->connect_timeout_ms, (long long)way->keepalive_ms);
    for (size_t i = 0; i < n; i++) {
        const struct ssh_hop *h = &way->hops[i];
        const char *const texts[] = {h->host, h->user, h->key, h->passphrase, h->known_hosts};
        for (size_t k = 0; k < COUNT_OF(texts); k++) {
            add_key(b, texts[k]);
        }
        strbuf_addf(b, "%d;%d;", h->port, h->agent);
    }
}

/* The group of the first n hops; a new one comes before those it is reached through. */
static int find_group(const struct ssh_way *way, size_t n, struct group **out, struct err *err)
{
    struct group *before = NULL;
    int rc = n > 1 ? find_group(way, n - 1, &before, err) : 0;
    if (rc) {
        return rc;
    }
    AUTO(strbuf_release) struct strbuf key = STRBUF_INIT;
    way_key(way, n, &key);
    struct group *g = groups;
    while (g && (g->ended || g->stopping || strcmp(g->key, strbuf_cstr(&key)) != 0)) {
        g = g->next;
    }
    if (!g) {
        g = group_new(way, n, before, strbuf_cstr(&key));
        if (before) {
            before->behind++;
        }
        rc = group_start(g, err);
        if (rc) {
            group_free(g);
            return rc;
        }
        g->next = groups;
        groups = g;
    }
    *out = g;
    return 0;
}

static bool is_up(const struct group *g)
{
    for (const struct session *s = g->sessions; s; s = s->next) {
        if (s->state == SESSION_UP) {
            return true;
        }
    }
    return false;
}

/* With the lock. What the session that is waited for does, or that of the hop that it waits for in turn. */
static void time_out(const struct group *g, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *phase = "reaching";
    for (; g; g = g->before) {
        const struct session *s = g->sessions;
        while (s && s->state != SESSION_OPENING) {
            s = s->next;
        }
        phase = s ? s->phase : phase;
        if (!g->before || is_up(g->before) || !s || strncmp(phase, "waiting", 7) != 0) {
            break;
        }
    }
    err_set(err, ERR_UNREACHABLE, "no answer in time while %s the SSH host %s", phase, hop_name(&a, &g->hop));
    err_hint(err, "Check the tunnel's host and port and the firewalls between, or raise connect_timeout.");
}

/* With the lock, which is let go while waiting. */
static int wait_told(struct group *g, int64_t deadline_us, const int *cancel_fd, struct err *err)
{
    struct waiter w = {.next = g->waiters, .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (w.event < 0) {
        return err_set(err, ERR_FAILED, "cannot make an eventfd: %s", strerror(errno));
    }
    g->waiters = &w;
    pthread_mutex_unlock(&pool_lock);
    struct pollfd fds[2] = {{.fd = w.event, .events = POLLIN},
                            {.fd = cancel_fd ? *cancel_fd : -1, .events = POLLIN}};
    int64_t left = time_left_ms(deadline_us);
    int n = poll(fds, 2, (int)left);
    pthread_mutex_lock(&pool_lock);
    for (struct waiter **at = &g->waiters; *at; at = &(*at)->next) {
        if (*at == &w) {
            *at = w.next;
            break;
        }
    }
    close(w.event);
    if (n > 0 && fds[1].revents) {
        return err_set(err, ERR_INTERRUPTED, "interrupted while connecting through a tunnel");
    }
    if (left == 0) {
        time_out(g, err);
        return ERR_UNREACHABLE;
    }
    return 0;
}

static int wait_up(struct group *g, int64_t deadline_us, const int *cancel_fd, struct err *err)
{
    unsigned refusals = g->refusals;
    while (!is_up(g)) {
        if (g->refusals != refusals) {
            if (err) {
                *err = g->refused;
            }
            return g->refused.status;
        }
        if (!g->wanted || g->wanted_until_us < deadline_us) {
            g->wanted_until_us = deadline_us;
            g->wanted = true;
            group_wake(g);
        }
        int rc = wait_told(g, deadline_us, cancel_fd, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}

static int pool_open(const struct ssh_way *way, const char *host, int port, int64_t deadline_us,
                     const int *cancel_fd, struct ssh_end **out, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
    pthread_mutex_lock(&pool_lock);
    struct group *gone = take_groups(false), *g;
    struct ssh_end *end = NULL;
    int rc = find_group(way, way->n, &g, err);
    if (!rc) {
        end = group_end(g, host, port, true, err);
        rc = end ? wait_up(g, deadline_us, cancel_fd, err) : ERR_FAILED;
    }
    if (rc && end) {
        end_release(end);
    }
    pthread_mutex_unlock(&pool_lock);
    bury_groups(gone);
    if (!rc) {
        *out = end;
    }
    return rc;
}

static const char *pool_address(const struct ssh_end *end)
{
    return end->address;
}

static int pool_port(const struct ssh_end *end)
{
    return end->local_port;
}

static bool pool_failure(struct ssh_end *end, struct err *err)
{
    pthread_mutex_lock(&pool_lock);
    bool failed = end->failed;
    if (failed && err) {
        *err = end->failure;
    }
    end->failed = false;
    pthread_mutex_unlock(&pool_lock);
    return failed;
}

static void pool_close(struct ssh_end *end)
{
    pthread_mutex_lock(&pool_lock);
    end_release(end);
    pthread_mutex_unlock(&pool_lock);
}

static const char *pool_library(void)
{
    return "libssh2 " LIBSSH2_VERSION;
}

const struct tunnel_api tunnel_ssh = {.open = pool_open,
                                      .address = pool_address,
                                      .port = pool_port,
                                      .failure = pool_failure,
                                      .close = pool_close,
                                      .library = pool_library};
