/*
 * A fleet: the targets of one environment that a command works on, with their connections and what was read
 * from them. Everything that talks to targets goes through here, so that connecting, naming and reading a
 * position are written once.
 *
 * Different members may be worked on by different threads at the same time: what a member_ function touches
 * is the member's own.
 */
#pragma once
#include "drivers/driver.h"
#include "engine/lock/lease.h"
#include "engine/run/bookkeeping.h"
#include "engine/selection.h"
#include "environments/project.h"

struct member {
    const struct environment *environment;
    const struct target *target;
    struct arena arena;          /* what is read from or about this member; the fleet's after
                                    fleet_close */
    const char *address;         /* for people, without secrets */
    const char *server;          /* "host:port" as connected to, with "via BASTION:PORT" behind a tunnel, or a
                                    socket; targets of one server share its limits. "" for a local file: no
                                    server, no limit */
    const char *scheme;          /* of its URL: "mariadb" */
    const struct driver *driver; /* set by fleet_open, also when the server cannot be reached */
    struct bookkeeping book;
    struct conn *conn; /* NULL until member_connect */
    bool conn_creates; /* it was opened with `create` */
    bool spared;       /* the connection stays for the run, however large the fleet */
    const char *lock_key;
    struct target_state state; /* valid when state_read */
    bool state_read;
    bool locked;         /* the open connection holds the lock, from member_read_ahead */
    struct lease *lease; /* held in place of a session's lock; given back by member_disconnect */
    const char *lease_owner;
    const char
        *lock_note;      /* for the audit log: from whom the lock was taken over, or how it was lost; NULL */
    struct fleet *fleet; /* from member_connect */
    bool state_locked;   /* and the state was read under it, and not used since */
    int64_t lock_timeout_ms, statement_timeout_ms; /* effective; -1: default */
    const int *cancel_fd;                          /* see struct driver_session; NULL: the fleet's */
    const struct waiting
        *waiting;           /* told while its lock, or a server that is not ready, is waited for; NULL */
    bool patient;           /* a run works on it: connecting is tried again (connect_retry_for) */
    const char *in_schema;  /* ?schema= of its URL; NULL: none */
    bool pinned;            /* member_disconnect leaves it open: a database in memory goes with it */
    const char *schema;     /* it is a schema of a database, whose tables any session can read; else NULL */
    const char *database;   /* with `schema`: the same text for members that differ in nothing else. Holds the
                               password: never print it */
    const struct err *err;  /* what went wrong with this member; NULL: nothing did */
    const struct err *lost; /* fleet_open_all: why it cannot be connected to at all, for instance a secret
                               that cannot be read; then it has no driver and `err` says the same */
};

struct fleet {
    struct arena *arena;           /* of the thread that opened it; never used by the member_ functions */
    const struct project *project; /* NULL with --url */
    VEC(struct member) members;
    size_t kept;             /* so many members may stay connected between reading and running */
    struct member **by_name; /* sorted, for fleet_find */
    struct spare *spare;     /* of a run that follows at once: see fleet_spare.h */
    struct vigil *vigil;     /* looks after the connections */
    const int *cancel_fd;    /* see struct driver_session; may be NULL */
    const char *application; /* "lockstep ana@laptop (4711)": what servers and lock refusals show */
};

/* The targets of the environment (already expanded) that are selected (NULL: all), in the document's order.
 * No connection is made. ERR_USAGE when nothing is selected, see selection_choose(); a shard may be empty. */
int fleet_open(struct arena *a, const struct project *p, const struct environment *e,
               const struct selection *selection, struct fleet *out, struct err *err);
/* The same for a command that does what it can: a target whose URL cannot be made up is a member with `lost`.
 */
int fleet_open_all(struct arena *a, const struct project *p, const struct environment *e,
                   const struct selection *selection, struct fleet *out, struct err *err);
/* Closes connections; what was read lives on in the fleet's arena. No worker may be at work any more. Accepts
 * a zeroed fleet. */
void fleet_close(struct fleet *f);
struct member *fleet_find(struct fleet *f, const char *name); /* NULL: none */

/* Expand `each` of an environment, running its queries. */
int fleet_expand(struct arena *a, const struct project *p, struct environment *e, struct err *err);

/* Connect unless connected. create: SQLite files may be made (a connection made without it is made anew). */
int member_connect(struct fleet *f, struct member *m, bool create, struct err *err);
void member_disconnect(struct member *m);
/* Connect if need be and read the position into m->state. */
int member_read(struct fleet *f, struct member *m, struct err *err);
/* member_read for a command that goes on to run at once: takes the lock as well, where that costs no wait of
 * its own and nobody has it. Locking again is left to the run, which finds the state of m->state_locked still
 * true. */
int member_read_ahead(struct fleet *f, struct member *m, struct err *err);
/* Another connection as member_connect makes it. Reads only what does not change, so that any thread may. */
int member_open(const struct fleet *f, const struct member *m, struct arena *a, const int *cancel_fd,
                struct conn **out, struct err *err);
/* Take the member's lock on its open connection; ERR_REFUSED names the holder. Tried for a short while
 * (settings.lock_wait). Held by the session or, where that would keep nobody out, as a lease; either way it
 * goes with member_disconnect. */
int member_lock(struct member *m, struct arena *a, struct err *err);
int member_unlock(struct member *m, struct err *err); /* checks that it was held */
/* Before what is sent: ERR_REFUSED when the lock is a lease that somebody else has taken over. See
 * lease_fence. */
int member_fence(struct member *m, bool commits, struct err *err);
/* For a session that has just got the lock: ERR_REFUSED, and the lock given back, when a lease counts. */
int member_respect_leases(struct member *m, struct arena *a, struct lock_holder *holder, struct err *err);
/* A journal row that says "running" is either a run at work now (ERR_REFUSED names it) or one that died (0).
 */
int member_check_running(struct member *m, struct arena *a, struct err *err);
/* A large fleet keeps no connection that nobody uses just now, for servers and processes have limits. What
 * was read stays; member_connect connects again. */
void member_rest(struct fleet *f, struct member *m);
void member_fail(struct member *m, const struct err *why); /* a copy of it in m->err */
/* More members than may stay connected. */
bool fleet_is_large(const struct fleet *f);
/* A run follows at once: as many members may stay connected as it is to have at work at once, and further
 * ones where the servers have room. */
void fleet_keep_for_run(struct fleet *f);

/* member_read for every member whose state is not known yet, on many threads; errors stay in the members.
 * Returns the number that failed. Unless keep_going, members behind the first that failed may be left unread;
 * every one before it is read, so that the first error is the same each time. Schemas of one database in a
 * large fleet share a few connections, which are closed again. */
size_t fleet_read(struct fleet *f, bool keep_going);
/* Call fn for every member, likewise. fn works on the member alone. */
typedef int (*member_fn)(void *arg, struct fleet *f, struct member *m, struct err *err);
size_t fleet_each(struct fleet *f, bool keep_going, member_fn fn, void *arg);
/* The error of the first member that has one, which there must be. */
int fleet_first_error(const struct fleet *f, struct err *err);
