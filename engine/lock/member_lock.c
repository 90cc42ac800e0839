/* One run per target: the lock of a member, held by its session or, where that would not do, as a lease. */
#include "base/failpoint.h"
#include "base/file.h"
#include "engine/fleet.h"
#include "engine/reach.h"
#include "engine/store/audit.h"
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

enum { WAIT_MS = 600, PAUSE_MS = 250, LEASE_MS = 30000 };

static const int *cancel_fd_of(const struct member *m)
{
    return m->cancel_fd ? m->cancel_fd : m->fleet ? m->fleet->cancel_fd : NULL;
}

/* For the lease's thread, which has nothing of the member's but what never changes. */
static int open_another(void *arg, const int *cancel_fd, struct arena *a, struct conn **out, struct err *err)
{
    const struct member *m = arg;
    return member_open(m->fleet, m, a, cancel_fd ? cancel_fd : cancel_fd_of(m), out, err);
}

/* Unique for this process and member, so that after a lost connection it takes its own lease again. */
static const char *owner_of(struct member *m)
{
    unsigned char random[12] = {0};
    if (!m->lease_owner) {
        if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
            int64_t now = time_monotonic_us();
            memcpy(random, &now, sizeof(now));
        }
        AUTO(strbuf_release) struct strbuf hex = STRBUF_INIT;
        for (size_t i = 0; i < sizeof(random); i++) {
            strbuf_addf(&hex, "%02x", random[i]);
        }
        strbuf_addf(&hex, "-%ld", (long)getpid());
        m->lease_owner = arena_dup(&m->arena, strbuf_cstr(&hex));
    }
    return m->lease_owner;
}

static struct lease_place place_of(struct member *m)
{
    int64_t ttl_ms = m->environment->settings.lock_lease_ms;
    return (struct lease_place){.driver = m->driver,
                                .table = m->book.lease_table,
                                .name = m->book.version_name,
                                .key = m->lock_key,
                                .owner = owner_of(m),
                                .holder = m->fleet ? m->fleet->application : "lockstep",
                                .host = actor_host(&m->arena),
                                .ttl_ms = ttl_ms > 0 ? ttl_ms : LEASE_MS,
                                .open = open_another,
                                .arg = m};
}

static void note_taken(struct member *m, const char *from)
{
    if (from) {
        m->lock_note = arena_printf(&m->arena, "taken over from %s, whose lease had run out", from);
    }
}

int member_respect_leases(struct member *m, struct arena *a, struct lock_holder *holder, struct err *err)
{
    const char *from = NULL;
    if (!holder->leases) {
        return 0;
    }
    struct lease_place place = place_of(m);
    int rc = lease_respect(&place, m->conn, a, holder, &from, err);
    if (rc) {
        struct err unlocking;
        int unlocked = m->driver->unlock(m->conn, m->lock_key, &unlocking);
        if (unlocked) {
            *err = unlocking;
        }
        return unlocked ? unlocked : rc;
    }
    note_taken(m, from);
    return 0;
}

static bool is_shared(const struct member *m)
{
    return m->driver->shared && m->driver->shared(m->conn);
}

/* Once. The lock of the session first: only with it the driver knows whether it would hold. */
static int try_lock(struct member *m, struct arena *a, struct lock_holder *holder, struct err *err)
{
    int rc = ERR_REFUSED;
    *holder = (struct lock_holder){0};
    if (!is_shared(m)) {
        rc = m->driver->lock(m->conn, a, m->lock_key, holder, err);
        rc = rc ? rc : member_respect_leases(m, a, holder, err);
    }
    if (rc != ERR_REFUSED || !is_shared(m)) {
        return rc;
    }
    struct lease_place place = place_of(m);
    rc = lease_take(&place, m->conn, a, &m->lease, holder, err);
    if (rc == 0) {
        note_taken(m, lease_taken_from(m->lease));
    }
    return rc;
}

static void add_age(struct strbuf *b, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (seconds >= units[i].seconds) {
            strbuf_addf(b, " (%lld %s ago)", (long long)(seconds / units[i].seconds), units[i].name);
            return;
        }
    }
}

/* Some servers tell the user of another session only: then the journal may say who is at work. */
static void add_run(struct member *m, struct arena *a, const char *who, struct strbuf *b)
{
    struct target_state state;
    struct err ignored;
    if ((who && strstr(who, "lockstep ")) || target_state_read(&m->book, m->conn, a, &state, &ignored) != 0 ||
        !state.half.present || state.half.known || !state.half.actor) {
        return;
    }
    strbuf_addf(b, ", run %s of %s", state.half.run, state.half.actor);
}

static int refuse(struct member *m, struct arena *a, const struct lock_holder *holder, struct err *err)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, holder->who ? holder->who : "unknown holder");
    if (holder->since) {
        strbuf_addf(&text, ", since %s", holder->since);
    }
    add_age(&text, holder->age_s);
    add_run(m, a, holder->who, &text);
    err_set(err, ERR_REFUSED, "another run works on this target: %s", strbuf_cstr(&text));
    return err_hint(err, is_shared(m)
                             ? "Wait until it has ended; should it have died, its lease runs out soon."
                             : "Wait until it has ended; the lock goes when its holder goes.");
}

/* Once, when it is clear that it is not the session of a run that has just ended. */
static void tell_waiting(struct member *m, struct arena *a, const struct lock_holder *holder, int64_t wait_ms)
{
    struct err why;
    if (m->waiting) {
        refuse(m, a, holder, &why);
        m->waiting->tell(m->waiting->arg, why.message, 0, wait_ms);
    }
}

int member_lock(struct member *m, struct arena *a, struct err *err)
{
    int64_t wait_ms = m->environment->settings.lock_wait_ms;
    int64_t deadline_us = time_monotonic_us() + (wait_ms >= 0 ? wait_ms : WAIT_MS) * 1000;
    const int *cancel_fd = cancel_fd_of(m);
    int64_t tell_us = time_monotonic_us() + WAIT_MS * 1000;
    struct lock_holder holder = {0};
    FAILPOINT("before-lock");
    int rc = m->locked || m->lease ? 0 : try_lock(m, a, &holder, err);
    /* The session of a run that has just ended may take a moment to go; never wait inside a blocking lock
     * call, nor in a transaction, which others may wait for in turn. */
    for (int pause_ms = 5; rc == ERR_REFUSED && time_monotonic_us() < deadline_us; pause_ms *= 2) {
        struct pollfd fd = {.fd = cancel_fd ? *cancel_fd : -1, .events = POLLIN};
        if (poll(&fd, 1, pause_ms < PAUSE_MS ? pause_ms : PAUSE_MS) > 0) {
            return err_set(err, ERR_INTERRUPTED, "interrupted while waiting for the lock on the target");
        }
        pause_ms = pause_ms < PAUSE_MS ? pause_ms : PAUSE_MS;
        rc = try_lock(m, a, &holder, err);
        if (rc == ERR_REFUSED && tell_us && time_monotonic_us() >= tell_us &&
            time_monotonic_us() < deadline_us) {
            tell_us = 0;
            tell_waiting(m, a, &holder, PAUSE_MS);
        }
    }
    FAILPOINT("after-lock");
    return rc == ERR_REFUSED ? refuse(m, a, &holder, err) : rc;
}

int member_fence(struct member *m, bool commits, struct err *err)
{
    return m->lease ? lease_fence(m->lease, m->conn, commits, err) : 0;
}

int member_unlock(struct member *m, struct err *err)
{
    if (m->lease) {
        struct lease *l = m->lease;
        m->lease = NULL;
        return lease_release(l, err);
    }
    m->locked = m->state_locked = false;
    return m->driver->unlock(m->conn, m->lock_key, err);
}

int member_check_running(struct member *m, struct arena *a, struct err *err)
{
    if (!m->state.half.present || !m->state.half.running || m->locked || m->lease) {
        return 0;
    }
    int rc = member_lock(m, a, err);
    if (rc) {
        return rc;
    }
    rc = member_read(m->fleet, m, err); /* that run may have ended since it was read */
    struct err unlocking;
    int unlocked = member_unlock(m, rc ? &unlocking : err);
    return rc ? rc : unlocked;
}
