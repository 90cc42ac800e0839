/*
 * Leases: the lock on a target where a session's lock would not keep others out (a pooler hands out the
 * sessions, a cluster has more than one server).
 *
 * A lease is a row of the table lockstep_lock beside the version table. It is taken with one UPDATE that also
 * raises the row's token, so every holder has a token of its own and a higher one than all before. It runs
 * out by the server's clock unless its holder renews it, which a thread with a connection of its own does: a
 * holder that died is followed without anybody unlocking anything. A holder that was only slow finds its
 * token gone: lease_fence() is called before what it commits, in the same transaction, and fails then.
 */
#pragma once
#include "drivers/driver.h"

struct lease; /* held */

struct lease_place {
    const struct driver *driver;
    const char *table;         /* of leases, as SQL writes it */
    const char *name;          /* of the lease within it */
    const char *key;           /* of the lock() that sessions take for the same thing */
    const char *owner;         /* who takes it again is not refused: unique for the process and the target */
    const char *holder, *host; /* for people */
    int64_t ttl_ms;            /* so long it lasts without being renewed */
    /* Another connection to the same place, for the thread that renews. Called from that thread too; gives up
     * once cancel_fd can be read. */
    int (*open)(void *arg, const int *cancel_fd, struct arena *, struct conn **, struct err *);
    void *arg;
};

/* Take it; never waits for another holder. ERR_REFUSED with *holder filled when there is one. The place's
 * strings and arg live as long as the lease. */
int lease_take(const struct lease_place *, struct conn *, struct arena *, struct lease **out,
               struct lock_holder *holder, struct err *err);
/* Who had it and let it run out before this one; NULL: it was free. */
const char *lease_taken_from(const struct lease *);
/* ERR_REFUSED unless the lease is still this one's. Asked right before a COMMIT (`commits`), nobody else can
 * take it from now to the end of the open transaction; the row is locked for that long, and must not be for
 * longer, since it could not be renewed. Within a transaction that goes on, only what the renewing thread has
 * seen counts. */
int lease_fence(struct lease *, struct conn *, bool commits, struct err *err);
/* Give it back, and free it whatever happens. ERR_REFUSED when it was somebody else's by then. */
int lease_release(struct lease *, struct err *);

/* For a session that has got lock(): ERR_REFUSED when a lease counts. One that has run out is ended for good,
 * so that its holder, should it still live, commits nothing more; *taken_from then names it. */
int lease_respect(const struct lease_place *, struct conn *, struct arena *, struct lock_holder *holder,
                  const char **taken_from, struct err *err);
