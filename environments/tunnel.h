/*
 * The key "tunnel" of environment documents: the SSH hosts on the way to a target.
 *
 *   tunnel: { host: bastion.internal, user: deploy, key: ~/.ssh/id_ed25519 }
 *
 * It stands at a target, or once in the document for every target on a server that has none of its own;
 * "tunnel: false" at a target means the direct way. Words are those of ssh: `host` is the last SSH host,
 * the one that reaches the database, and `jump` (a mapping, or a list of them, as ssh's -J) is what is gone
 * through before it, in that order.
 */
#pragma once
#include "environments/secret.h"

#define TUNNEL_HOPS_MAX 8

struct env_parser;

struct tunnel_hop {
    struct template_text host, user; /* user.text NULL: who runs the program */
    struct template_text passphrase; /* of the key; text NULL absent */
    int port;                        /* 22 unless given */
    const char *key;                 /* path, relative ones joined to the document's folder; NULL absent */
    const char *known_hosts;         /* the same; NULL: the user's and the machine's */
    int agent;                       /* 1 asked for, 0 ruled out, -1 not given */
    const struct yaml_node *at;
};

struct tunnel {
    struct tunnel_hop *hops; /* from here to the database */
    size_t n;
    int64_t connect_timeout_ms; /* for all hops together; -1: that of the settings */
    int64_t keepalive_ms;       /* -1: not given */
};

/* Read the value of "tunnel"; *out is NULL for false. */
int env_read_tunnel(struct env_parser *p, const struct yaml_node *value, const struct tunnel **out);
