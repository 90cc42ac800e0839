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

/* What is stored for a method: RSA keys have one type and several ways to sign. */
static bool is_known(const strings_t *types, const char *method)
{
    const char *type = strncmp(method, "rsa-", 4) == 0 ? "ssh-rsa" : method;
    for (size_t i = 0; i < types->n; i++) {
        if (strcmp(types->items[i], type) == 0) {
            return true;
        }
    }
    return false;
}

/* A host with keys of several types shows the one that is asked for first: it should be one that is known.
 * Nothing but what the library has may stand in the list: 1.10 copies overlapping memory when it drops a
 * name. */
int host_key_prefer(struct session *s, struct err *err)
{
    static const char *const wanted[] = {"ssh-ed25519",
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
    const char **has = NULL;
    int n = libssh2_session_supported_algs(s->ssh, LIBSSH2_METHOD_HOSTKEY, &has);
    for (size_t i = 0; i < 2 * COUNT_OF(wanted); i++) {
        const char *method = wanted[i % COUNT_OF(wanted)];
        bool supported = false;
        for (int k = 0; k < n; k++) {
            supported = supported || strcmp(has[k], method) == 0;
        }
        if (supported && is_known(&known, method) == (i < COUNT_OF(wanted))) {
            strbuf_addf(&list, "%s%s", list.len ? "," : "", method);
        }
    }
    libssh2_free(s->ssh, has);
    rc = list.len ? libssh2_session_method_pref(s->ssh, LIBSSH2_METHOD_HOSTKEY, strbuf_cstr(&list)) : 0;
    return rc ? session_error(s, "preparing", err) : 0;
}

static int refuse(struct arena *a, const struct session *s, const struct hosts *h, struct slice key,
                  const struct host_finding *found, struct err *err)
{
    const struct ssh_hop *hop = &s->group->hop;
    const char *name = hop_name(a, hop), *print = host_key_fingerprint(a, key);
    struct slice type = host_key_type(key);
    switch (found->standing) {
    case HOST_REVOKED:
        err_set(err, ERR_UNREACHABLE, "the SSH host %s shows a key that %s:%d revokes (%.*s %s)", name,
                found->file, found->line, (int)type.len, type.ptr, print);
        return err_hint(err, "Do not use it: whoever has the revoked key can pose as this host.");
    case HOST_CHANGED:
        err_set(
            err, ERR_UNREACHABLE,
            "THE KEY OF THE SSH HOST %s HAS CHANGED: %s:%d has another %.*s key than the one it shows (%s); "
            "somebody may be posing as it",
            name, found->file, found->line, (int)type.len, type.ptr, print);
        return err_hint(
            err,
            "Ask whoever runs the host whether its key was replaced and compare the fingerprint; only "
            "then remove line %d of %s and add: %.400s",
            found->line, found->file, host_key_line(a, hop->host, hop->port, key));
    case HOST_OTHER_TYPE:
        err_set(err, ERR_UNREACHABLE,
                "the SSH host %s shows a key of a type that is not known of it (%.*s %s)", name,
                (int)type.len, type.ptr, print);
        break;
    default:
        err_set(err, ERR_UNREACHABLE, "the SSH host %s is not a known host: it shows the key %.*s %s", name,
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
