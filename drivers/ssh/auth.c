/* Logging in: with a key's file, and with the keys of an agent. */
#include "base/file.h"
#include "drivers/ssh/internal.h"
#include "drivers/ssh/key_file.h"
#include <pwd.h>
#include <unistd.h>

struct login {
    struct session *s;
    struct arena a;
    const char *user;
    bool in;             /* logged in */
    struct strbuf tried; /* for the message when nothing helps */
    const char *hint;    /* of the most telling failure so far */
    bool old_rsa;        /* an RSA key was refused by a library that signs with SHA-1 only */
};

static bool signs_rsa_with_sha1(void)
{
    return libssh2_version(0x010b00) == NULL; /* 1.11 brought rsa-sha2 */
}

static void note(struct login *l, const char *what, const char *outcome)
{
    strbuf_addf(&l->tried, "%s%s: %s", l->tried.len ? "; " : "", what, outcome);
}

/* The outcome of one attempt: 0 when another may follow. */
static int attempt_ended(struct login *l, int rc, const char *what, const char *type, struct err *err)
{
    struct session *s = l->s;
    if (rc == 0) {
        l->in = true;
        return 0;
    }
    if (s->eof || s->broken) {
        note(l, what, "the connection was closed");
        err_set(err, ERR_UNREACHABLE, "the SSH host %s closed the connection while keys were tried (%s)",
                hop_name(&l->a, &s->group->hop), strbuf_cstr(&l->tried));
        return err_hint(err,
                        "It may allow few attempts: name the one key to use with \"key\" in the tunnel.");
    }
    char *message = NULL;
    libssh2_session_last_error(s->ssh, &message, NULL, 0);
    bool refused = rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED || rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
    if (refused && type && strcmp(type, "ssh-rsa") == 0 && signs_rsa_with_sha1()) {
        l->old_rsa = true;
        note(l, what, "refused (RSA)");
    } else {
        note(l, what, refused ? "not accepted" : message ? message : "failed");
    }
    return 0;
}

static int try_file(struct login *l, const struct key_file *k, const char *passphrase, struct err *err)
{
    struct session *s = l->s;
    int rc;
    while ((rc = libssh2_userauth_publickey_fromfile_ex(s->ssh, l->user, (unsigned)strlen(l->user), NULL,
                                                        k->path, passphrase)) == LIBSSH2_ERROR_EAGAIN) {
        int waited = io_wait(s, "logging in to", err);
        if (waited) {
            return waited;
        }
    }
    bool wrong = k->encrypted && (rc == LIBSSH2_ERROR_FILE || rc == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED ||
                                  rc == LIBSSH2_ERROR_METHOD_NONE);
    if (wrong) {
        err_set(err, ERR_FILE, "the passphrase does not open the SSH key %s", k->path);
        return err_hint(err, "\"ssh-keygen -y -f KEY\" asks for it and tells whether it is right.");
    }
    return attempt_ended(l, rc, k->path, k->type, err);
}

static int try_identity(struct login *l, LIBSSH2_AGENT *agent, struct libssh2_agent_publickey *id,
                        struct err *err)
{
    struct session *s = l->s;
    int rc;
    while ((rc = libssh2_agent_userauth(agent, l->user, id)) == LIBSSH2_ERROR_EAGAIN) {
        int waited = io_wait(s, "logging in to", err);
        if (waited) {
            return waited;
        }
    }
    if (rc && time_left_ms(s->deadline_us) == 0) {
        err_set(err, ERR_UNREACHABLE, "the SSH agent did not sign in time");
        return err_hint(
            err, "It may be waiting for a confirmation or a touch of a key; or raise connect_timeout.");
    }
    struct slice blob = {(const char *)id->blob, id->blob_len};
    bool rsa = blob.len > 11 && memcmp(blob.ptr + 4, "ssh-rsa", 7) == 0;
    const char *what =
        arena_printf(&l->a, "agent's key %s", id->comment && id->comment[0] ? id->comment : "(unnamed)");
    return attempt_ended(l, rc, what, rsa ? "ssh-rsa" : NULL, err);
}

static int try_identities(struct login *l, LIBSSH2_AGENT *agent, const struct key_file *only, struct err *err)
{
    struct libssh2_agent_publickey *id = NULL, *previous = NULL;
    size_t n = 0;
    int rc = 0;
    while (!rc && !l->in && libssh2_agent_get_identity(agent, &id, previous) == 0) {
        previous = id;
        n++;
        if (!only ||
            (only->public_.len == id->blob_len && memcmp(only->public_.ptr, id->blob, id->blob_len) == 0)) {
            rc = try_identity(l, agent, id, err);
        }
    }
    if (!rc && n == 0) {
        note(l, "agent", "it holds no key");
        l->hint = "The agent is empty: add a key to it with ssh-add.";
    }
    return rc;
}

/* only: the one key to ask the agent for; NULL: all of them. */
static int try_agent(struct login *l, const struct key_file *only, struct err *err)
{
    struct session *s = l->s;
    if (!getenv("SSH_AUTH_SOCK")) {
        if (s->group->hop.agent > 0) {
            note(l, "agent", "there is none, SSH_AUTH_SOCK is not set");
            l->hint = "Start an agent, or name a key with \"key\" in the tunnel.";
        }
        return 0;
    }
    LIBSSH2_AGENT *agent = libssh2_agent_init(s->ssh);
    int rc = 0;
    if (!agent || libssh2_agent_connect(agent) != 0 || libssh2_agent_list_identities(agent) != 0) {
        note(l, "agent", "it does not answer at SSH_AUTH_SOCK");
        l->hint = "Check with \"ssh-add -l\" that the agent runs.";
    } else {
        rc = try_identities(l, agent, only, err);
    }
    if (agent) {
        libssh2_agent_disconnect(agent);
        libssh2_agent_free(agent);
    }
    return rc;
}

static int try_key(struct login *l, const char *path, bool named, struct err *err)
{
    const struct ssh_hop *hop = &l->s->group->hop;
    struct key_file k;
    int rc = key_file_read(&l->a, path, &k, err);
    if (rc) {
        return rc;
    }
    if (!k.encrypted || hop->passphrase) {
        return try_file(l, &k, hop->passphrase, err);
    }
    if (k.public_.ptr && hop->agent != 0 && getenv("SSH_AUTH_SOCK")) {
        rc = try_agent(l, &k, err);
        if (rc || l->in) {
            return rc;
        }
    }
    if (named) {
        err_set(err, ERR_FILE, "the SSH key %s is encrypted, and no passphrase was given", path);
        return err_hint(err,
                        "Add it to an agent (ssh-add), or give \"passphrase: ${env:...}\" in the tunnel.");
    }
    note(l, path, "encrypted, and not in an agent");
    return 0;
}

static int try_default_keys(struct login *l, struct err *err)
{
    static const char *const names[] = {"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"};
    int rc = 0;
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(names) && !rc && !l->in; i++) {
        const char *path = path_join(&l->a, ".", names[i]);
        if (file_exists(path)) {
            any = true;
            rc = try_key(l, path, false, err);
        }
    }
    if (!any && !l->tried.len) {
        note(l, "no key was found", "neither ~/.ssh/id_ed25519, id_ecdsa or id_rsa nor an agent");
        l->hint = "Make a key (ssh-keygen -t ed25519), or name one with \"key\" in the tunnel.";
    }
    return rc;
}

static int nothing_helped(struct login *l, struct err *err)
{
    err_set(err, ERR_UNREACHABLE, "cannot log in to the SSH host %s: %s", hop_name(&l->a, &l->s->group->hop),
            strbuf_cstr(&l->tried));
    if (l->old_rsa) {
        return err_hint(err,
                        "libssh2 %s signs with RSA keys by SHA-1 only, which current servers refuse: use an "
                        "Ed25519 key (ssh-keygen -t ed25519).",
                        libssh2_version(0));
    }
    return err_hint(
        err, "%s",
        l->hint ? l->hint
                : "Check the tunnel's user, and that the public key stands in its authorized_keys there.");
}

/* What the host takes; keys are all that is offered to it. */
static int ask_methods(struct login *l, struct err *err)
{
    struct session *s = l->s;
    const char *methods;
    while (!(methods = libssh2_userauth_list(s->ssh, l->user, (unsigned)strlen(l->user))) &&
           libssh2_session_last_errno(s->ssh) == LIBSSH2_ERROR_EAGAIN) {
        int rc = io_wait(s, "logging in to", err);
        if (rc) {
            return rc;
        }
    }
    if (!methods) {
        l->in = libssh2_userauth_authenticated(s->ssh) != 0;
        return l->in ? 0 : session_error(s, "logging in to", err);
    }
    if (!strstr(methods, "publickey")) {
        err_set(err, ERR_UNREACHABLE, "the SSH host %s takes no keys, only: %s",
                hop_name(&l->a, &s->group->hop), methods);
        return err_hint(err, "Tunnels log in with keys: have PubkeyAuthentication allowed there.");
    }
    return 0;
}

static int log_in(struct login *l, struct err *err)
{
    const struct ssh_hop *hop = &l->s->group->hop;
    int rc = ask_methods(l, err);
    if (!rc && !l->in && hop->key) {
        rc = try_key(l, hop->key, true, err);
    }
    if (!rc && !l->in && (hop->agent > 0 || (hop->agent < 0 && !hop->key))) {
        rc = try_agent(l, NULL, err);
    }
    if (!rc && !l->in && !hop->key) {
        rc = try_default_keys(l, err);
    }
    return rc || l->in ? rc : nothing_helped(l, err);
}

int session_login(struct session *s, struct err *err)
{
    struct login l = {.s = s};
    char buf[1024];
    struct passwd entry, *found = NULL;
    l.user = s->group->hop.user;
    if (!l.user && getpwuid_r(geteuid(), &entry, buf, sizeof(buf), &found) == 0 && found) {
        l.user = arena_dup(&l.a, found->pw_name);
    }
    int rc = l.user ? log_in(&l, err)
                    : err_set(err, ERR_FILE, "the tunnel needs a user, this account has no name");
    strbuf_release(&l.tried);
    arena_release(&l.a);
    return rc;
}
