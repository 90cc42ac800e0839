/*
 * Reaching a server through SSH: sessions to bastions, and local ends that lead through them.
 *
 * The work is done by the module lockstep-ssh (drivers/ssh), loaded when a target first asks for a tunnel.
 * A local end is a loopback address of its own with the port of the far end where that can be had, so that
 * names, ports, password files and TLS are those of the direct way. It carries any number of connections, and
 * only those of this user. All ends with the same way share SSH sessions, which live some seconds longer than
 * their last user, and are made anew when they die: connections in them are lost, new ones are not.
 */
#pragma once
#include "base/err.h"
#include <stdint.h>

struct ssh_hop {
    const char *host, *user;      /* user NULL: who runs the program */
    int port;                     /* 0: 22 */
    const char *key, *passphrase; /* path of the private key and what opens it; NULL: none given */
    const char *known_hosts;      /* path; NULL: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts */
    int agent;                    /* 1: also with a key, 0: never, -1: unless a key is given */
};

struct ssh_way {
    const struct ssh_hop *hops; /* from here to the far end */
    size_t n;
    int64_t connect_timeout_ms; /* of all hops; 0: that of the opener */
    int64_t keepalive_ms;       /* 0: 10 s. A hop that leaves three in a row unanswered is dead */
};

struct ssh_end; /* a local end */

/* Open a local end that leads to host:port as the last hop sees them, once a session stands. Waits until the
 * deadline (time_monotonic_us) or until cancel_fd becomes readable (ERR_INTERRUPTED). Thread-safe. */
int tunnel_open(const struct ssh_way *way, const char *host, int port, int64_t deadline_us,
                const int *cancel_fd, struct ssh_end **out, struct err *err);
const char *tunnel_address(const struct ssh_end *); /* "127.80.3.1"; lives as long as the end */
int tunnel_port(const struct ssh_end *);
/* Why a connection through this end was refused or lost on the way, when that happened since the last call:
 * the client only sees it closed. Returns false, and leaves err alone, when nothing did. */
bool tunnel_failure(struct ssh_end *, struct err *err);
void tunnel_close(struct ssh_end *); /* accepts NULL; connections that are open stay */
/* Name and version of the library, for people; loads the module. */
int tunnel_library(const char **out, struct err *err);

/* What the module exports. */
struct tunnel_api {
    int (*open)(const struct ssh_way *, const char *host, int port, int64_t deadline_us, const int *cancel_fd,
                struct ssh_end **out, struct err *err);
    const char *(*address)(const struct ssh_end *);
    int (*port)(const struct ssh_end *);
    bool (*failure)(struct ssh_end *, struct err *err);
    void (*close)(struct ssh_end *);
    const char *(*library)(void);
};
