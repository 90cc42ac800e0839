/*
 * What the files of the SSH module share.
 *
 * A *group* is all that shares one way (the same hops with the same keys): its local ends, the clients that
 * wait for a channel, and its sessions. Its keeper thread accepts clients, starts sessions and clears away.
 * A *session* is one SSH connection with the thread that owns it; nothing else calls the library for it. It
 * takes waiting clients one by one, for the library opens one channel at a time; when that takes long (a host
 * behind the bastion that does not answer), the keeper starts a further session for the others.
 *
 * One mutex guards all that is shared (the pool's lock): it is held for moments only, never while waiting.
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "drivers/tunnel.h"
#include <libssh2.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

enum { SSH_PORT = 22, SESSION_CHANNELS = 128, GROUP_SESSIONS = 16 };

/* A connection that waits for a channel, or has one under way. */
struct client {
    struct client *next;
    int fd;
    struct ssh_end *end;
};

struct ssh_end {
    struct ssh_end *next;
    struct group *group;
    char *host; /* as the last hop sees it */
    int port;
    int listener; /* -1: for the next hop, without a port of its own */
    char address[INET_ADDRSTRLEN];
    int local_port;
    size_t users; /* openers and clients; the keeper frees an end without any */
    bool failed;
    struct err failure; /* of the last connection, when failed */
};

struct waiter {
    struct waiter *next;
    int event; /* eventfd */
};

enum session_state { SESSION_OPENING, SESSION_UP, SESSION_ENDED };

struct channel;
struct session {
    struct session *next;
    struct group *group;
    pthread_t thread;
    atomic_bool stop;
    int wake; /* eventfd; while a session opens it is written to stop it, and for nothing else */
    /* Under the pool's lock. */
    enum session_state state;
    const char *phase;        /* of opening, for messages; a literal */
    size_t nchannels;         /* open ones */
    int64_t opening_since_us; /* of the channel that is being opened; 0: none is */
    /* The thread's own. */
    LIBSSH2_SESSION *ssh;
    int fd;
    bool eof, broken; /* what became of the socket */
    int error;        /* errno of a broken one */
    struct strbuf out;
    size_t out_done;
    char *in;
    size_t in_at, in_n;
    int64_t deadline_us; /* of opening */
    int64_t heard_us;    /* when something came last */
    int64_t probed_us;
    unsigned unanswered;     /* keepalives since then */
    struct ssh_end *carried; /* the end of the group before that the socket goes through; NULL: direct */
    struct client *opening;
    bool orphaned; /* its client is gone */
    struct channel *channels, *closing;
};

struct group {
    struct group *next;
    struct arena arena;   /* key, hop */
    const char *key;      /* everything that makes ways different; holds secrets */
    struct ssh_hop hop;   /* the last one */
    struct group *before; /* reaches the hop; NULL: the network does */
    size_t behind;        /* groups that are reached through this one */
    int64_t connect_timeout_ms, keepalive_ms;
    pthread_t keeper;
    int wake; /* the keeper's eventfd */
    bool stopping, ended;
    int64_t idle_since_us; /* 0: not idle */
    struct ssh_end *ends;
    struct client *waiting, **waiting_tail;
    struct waiter *waiters;
    struct session *sessions;
    size_t nsessions;
    bool wanted;             /* somebody waits for a session */
    int64_t wanted_until_us; /* the latest deadline of those who do */
    unsigned refusals;       /* sessions that could not be opened */
    struct err refused;      /* why, the last one */
};

extern pthread_mutex_t pool_lock;
/* "deploy@bastion.internal:22", for messages; in the arena. */
const char *hop_name(struct arena *a, const struct ssh_hop *hop);
int64_t time_left_ms(int64_t deadline_us); /* rounded up, at least 0, for poll() */

/* group.c: with the pool's lock held unless it says otherwise */
struct group *group_new(const struct ssh_way *way, size_t n, struct group *before, const char *key);
int group_start(struct group *g, struct err *err);
void group_free(struct group *g); /* after its keeper has ended */
void group_wake(struct group *g);
void group_tell(struct group *g); /* wakes all waiters */
struct ssh_end *group_end(struct group *g, const char *host, int port, bool listens, struct err *err);
void end_release(struct ssh_end *end);
void client_drop(struct client *c, const struct err *why); /* why NULL: it went by itself */
/* A connection to host:port through the group: *fd leads there, as soon as a session takes it up. */
int group_carry(struct group *g, const char *host, int port, int *fd, struct ssh_end **end, struct err *err);
void *group_keep(void *group); /* the keeper; locks by itself */

/* listen.c */
int end_listen(struct ssh_end *end, struct err *err);
bool is_own_connection(int fd); /* made by this user */

/* session.c */
struct session *session_new(struct group *g, int64_t deadline_us);
void *session_run(void *session); /* the thread */
void session_stop(struct session *s);
void session_free(struct session *s); /* after its thread has ended */
void session_phase(struct session *s, const char *phase);
/* What the library says of its last failure, or what became of the socket. */
int session_error(struct session *s, const char *doing, struct err *err);

/* dial.c */
int session_dial(struct session *s, struct err *err);

/* io.c: the socket, with buffers of our own so that the library never sees half a packet sent */
void io_attach(struct session *s);
bool io_fill(struct session *s);          /* something came */
bool io_flush(struct session *s);         /* something went */
bool io_is_full(const struct session *s); /* let clients wait */
/* While a session opens: wait until something moved. ERR_INTERRUPTED, ERR_UNREACHABLE at the deadline. */
int io_wait(struct session *s, const char *doing, struct err *err);

/* host_key.c, auth.c */
int host_key_prefer(struct session *s, struct err *err); /* before the handshake */
int host_key_check(struct session *s, struct err *err);  /* after it */
int session_login(struct session *s, struct err *err);

/* channel.c: each returns true when something moved */
bool channel_open_next(struct session *s);
bool channels_pump(struct session *s);
bool channels_bury(struct session *s);
void channels_drop(struct session *s); /* the session is over */
size_t channels_pollfds(struct session *s, struct pollfd *fds);
