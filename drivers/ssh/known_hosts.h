/*
 * Files of known hosts, in OpenSSH's format: names, patterns (* ? !), [host]:port, hashed names, @revoked.
 * Lines of @cert-authority are passed over, for the library knows no certificates.
 * Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
#pragma once
#include "base/str.h"
#include "base/vec.h"

enum host_standing { /* from the weakest to the strongest: a later one outranks those before it */
                     HOST_UNKNOWN,
                     HOST_OTHER_TYPE, /* only keys of other types are known */
                     HOST_CHANGED,    /* another key of this type is known */
                     HOST_KNOWN,
                     HOST_REVOKED,
                     HOST_STANDING_COUNT
};

struct host_finding {
    enum host_standing standing;
    const char *file; /* of the line that decided; NULL for HOST_UNKNOWN */
    int line;
};

/* Look for the host's key (as the server sent it) in the text of one file, and let a stronger standing
 * replace the one in *out. */
void known_hosts_check(struct arena *a, const char *file, struct slice text, const char *host, int port,
                       struct slice key, struct host_finding *out);
/* Add the types of the keys that the text has for the host, each once. */
void known_hosts_types(struct arena *a, struct slice text, const char *host, int port, strings_t *types);

/* "ssh-ed25519" of a public key's blob; empty for one that is none. */
struct slice host_key_type(struct slice key);
/* "SHA256:..." as ssh shows it; in the arena. */
const char *host_key_fingerprint(struct arena *a, struct slice key);
/* "[host]:port ssh-ed25519 AAAA...": the line that makes the host known. */
const char *host_key_line(struct arena *a, const char *host, int port, struct slice key);
/* Base64 in an arena; ptr NULL when it is none. */
struct slice base64_decode(struct arena *a, struct slice text);
