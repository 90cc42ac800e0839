/* Is the host the one that is known? Nothing is ever added or accepted by itself. */
#include "base/file.h"
#include "drivers/ssh/internal.h"
#include "drivers/ssh/known_hosts.h"

#define KNOWN_HOSTS_MAX ((size_t)16 << 20)

struct hosts {
    const char *paths[2];
    struct slice texts[2];
    size_t n;
};

/* The default files may be missing; one that was named may not. */
static int read_files(struct arena *a, const struct ssh_hop *hop, struct hosts *out, struct err *err)
{
    struct hosts h = {0};
    if (hop->known_hosts) {
        h.paths[h.n++] = hop->known_hosts;
        int rc = file_read(a, hop->known_hosts, KNOWN_HOSTS_MAX, &h.texts[0], err);
        if (rc) {
            return err_wrap(err, "the known hosts of the tunnel");
        }
        *out = h;
        return 0;
    }
    const char *const paths[] = {path_join(a, ".", "~/.ssh/known_hosts"), "/etc/ssh/ssh_known_hosts"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        h.paths[h.n++] = paths[i];
        int rc = file_exists(paths[i]) ? file_read(a, paths[i], KNOWN_HOSTS_MAX, &h.texts[i], err) : 0;
        if (rc) {
            return rc;
        }
    }
    *out = h;
    return 0;
}

/* A host with keys of several types shows the one that is asked for first: it should be one that is known. */
int host_key_prefer(struct session *s, struct err *err)
{
    static const char *const all[] = {"ssh-ed25519",
                                      "ecdsa-sha2-nistp256",
                                      "ecdsa-sha2-nistp384",
                                      "ecdsa-sha2-nistp521",
                                      "rsa-sha2-512",
                                      "rsa-sha2-256",
                                      "ssh-rsa"};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct hosts h;
    int rc = read_files(&a, &s->group->hop, &h, err);
    if (rc) {
        return rc;
    }
    strings_t known = {0};
    for (size_t i = 0; i < h.n; i++) {
        known_hosts_types(&a, h.texts[i], s->group->hop.host, s->group->hop.port, &known);
    }
    AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < COUNT_OF(all); i++) {
            bool is_known = false;
            const char *stored = strncmp(all[i], "rsa-", 4) == 0 ? "ssh-rsa" : all[i];
            for (size_t k = 0; k < known.n; k++) {
                is_known = is_known || strcmp(known.items[k], stored) == 0;
            }
            if (is_known == (pass == 0)) {
                strbuf_addf(&list, "%s%s", list.len ? "," : "", all[i]);
            }
        }
    }
    if (libssh2_session_method_pref(s->ssh, LIBSSH2_METHOD_HOSTKEY, strbuf_cstr(&list))) {
        return session_error(s, "preparing", err);
    }
    return 0;
}

static int refuse(struct arena *a, const struct session *s, const struct hosts *h, struct slice key,
                  const struct host_finding *found, struct err *err)
{
    const struct ssh_hop *hop = &s->group->hop;
    const char *name = hop_name(a, hop), *print = host_key_fingerprint(a, key);
    struct slice type = host_key_type(key);
    switch (found->standing) {
    case HOST_REVOKED:
        err_set(err, ERR_REFUSED, "the SSH host %s shows a key that %s:%d revokes (%.*s %s)", name,
                found->file, found->line, (int)type.len, type.ptr, print);
        return err_hint(err, "Do not use it: whoever has the revoked key can pose as this host.");
    case HOST_CHANGED:
        err_set(
            err, ERR_REFUSED,
            "THE KEY OF THE SSH HOST %s HAS CHANGED: %s:%d has another %.*s key than the one it shows (%s); "
            "somebody may be posing as it",
            name, found->file, found->line, (int)type.len, type.ptr, print);
        return err_hint(
            err,
            "Ask whoever runs the host whether its key was replaced and compare the fingerprint; only "
            "then remove line %d of %s and add: %.400s",
            found->line, found->file, host_key_line(a, hop->host, hop->port, key));
    case HOST_OTHER_TYPE:
        err_set(err, ERR_REFUSED, "the SSH host %s shows a key of a type that is not known of it (%.*s %s)",
                name, (int)type.len, type.ptr, print);
        break;
    default:
        err_set(err, ERR_REFUSED, "the SSH host %s is not a known host: it shows the key %.*s %s", name,
                (int)type.len, type.ptr, print);
        break;
    }
    return err_hint(err,
                    "Compare the fingerprint with one that you trust, then add this line to %.200s: %.500s",
                    h->paths[0], host_key_line(a, hop->host, hop->port, key));
}

int host_key_check(struct session *s, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct hosts h;
    int rc = read_files(&a, &s->group->hop, &h, err);
    if (rc) {
        return rc;
    }
    int kind;
    struct slice key = {NULL, 0};
    key.ptr = libssh2_session_hostkey(s->ssh, &key.len, &kind);
    if (!key.ptr) {
        return session_error(s, "asking for the key of", err);
    }
    struct host_finding found = {0};
    for (size_t i = 0; i < h.n; i++) {
        known_hosts_check(&a, h.paths[i], h.texts[i], s->group->hop.host, s->group->hop.port, key, &found);
    }
    return found.standing == HOST_KNOWN ? 0 : refuse(&a, s, &h, key, &found, err);
}
