/* What this process has of Vault: how to log in, a token, and the secrets that were read. */
#include "environments/vault.h"
#include "base/arena.h"
#include "base/file.h"
#include "environments/vault_internal.h"
#include <pthread.h>

#define KEPT_US                                                                                              \
    ((int64_t)300 * 1000000) /* a password that was changed is seen in a run that waits for a person */
#define DOWN_US                                                                                              \
    ((int64_t)5 * 1000000) /* a server that hangs is not asked again by each of a thousand targets */

/* A secret: read by whoever comes first, while the others who want it wait. */
struct entry {
    struct entry *next;
    char *path;
    pthread_mutex_t lock; /* guards the rest */
    struct arena arena;
    bool read;
    int64_t read_us;
    struct vault_secret secret;
};

static struct {
    pthread_mutex_t
        lock; /* guards the list of entries and what is below; never held while the server is asked */
    const struct vault_settings *settings;
    struct entry *entries;
    int64_t down_until_us;
    struct err down;

    pthread_mutex_t login; /* guards the rest; held while logging in, so that one thread does for all */
    struct arena arena;
    struct vault_access access;
    bool resolved;
    const char *token;
    unsigned generation; /* counts tokens */
} vault = {.lock = PTHREAD_MUTEX_INITIALIZER, .login = PTHREAD_MUTEX_INITIALIZER};

static void forget(void)
{
    while (vault.entries) {
        struct entry *e = vault.entries;
        vault.entries = e->next;
        pthread_mutex_destroy(&e->lock);
        arena_release(&e->arena);
        free(e->path);
        free(e);
    }
    arena_release(&vault.arena);
    vault.resolved = false;
    vault.token = NULL;
    vault.down_until_us = 0;
}

void vault_use(const struct vault_settings *settings)
{
    pthread_mutex_lock(&vault.login);
    pthread_mutex_lock(&vault.lock);
    forget();
    vault.settings = settings;
    pthread_mutex_unlock(&vault.lock);
    pthread_mutex_unlock(&vault.login);
}

static const struct vault_settings *settings_now(void)
{
    pthread_mutex_lock(&vault.lock);
    const struct vault_settings *settings = vault.settings;
    pthread_mutex_unlock(&vault.lock);
    return settings;
}

static struct entry *entry_of(const char *path)
{
    pthread_mutex_lock(&vault.lock);
    struct entry *e = vault.entries;
    while (e && strcmp(e->path, path) != 0) {
        e = e->next;
    }
    if (!e) {
        e = xcalloc(1, sizeof(*e));
        e->path = xstrdup(path);
        pthread_mutex_init(&e->lock, NULL);
        e->next = vault.entries;
        vault.entries = e;
    }
    pthread_mutex_unlock(&vault.lock);
    return e;
}

/* --- logging in */

/* How to log in, and the token that goes with it: read again when `stale`. With vault.login held. */
static int resolve_access(bool stale, struct err *err)
{
    if (vault.resolved && !stale) {
        return 0;
    }
    /* Others may still use what was resolved before, so it stays in the arena. */
    struct vault_access access = {0};
    int rc = vault_access_resolve(&vault.arena, settings_now(), &access, err);
    if (!rc) {
        vault.access = access;
        vault.resolved = true;
    }
    return rc;
}

/* A token, which is not the one of generation `refused` when that is not 0. *generation tells which it is. */
static int get_token(unsigned refused, int64_t deadline_us, struct vault_access *access, const char **token,
                     unsigned *generation, struct err *err)
{
    pthread_mutex_lock(&vault.login);
    bool stale = !vault.token || (refused && refused == vault.generation);
    int rc = resolve_access(stale, err);
    if (!rc && stale) {
        const char *made = vault.access.token;
        rc = made ? 0 : vault_ask_login(&vault.arena, &vault.access, deadline_us, &made, err);
        /* The same token again is no new one: what refused it will do so once more. */
        if (!rc && (!vault.token || strcmp(vault.token, made) != 0)) {
            vault.token = made;
            vault.generation++;
        }
    }
    if (!rc) {
        *access = vault.access;
        *token = vault.token;
        *generation = vault.generation;
    }
    pthread_mutex_unlock(&vault.login);
    return rc;
}

/* --- reading */

static bool is_down(struct err *err)
{
    pthread_mutex_lock(&vault.lock);
    bool down = vault.down_until_us > time_monotonic_us();
    if (down && err) {
        *err = vault.down;
    }
    pthread_mutex_unlock(&vault.lock);
    return down;
}

static void note_down(const struct err *err)
{
    pthread_mutex_lock(&vault.lock);
    vault.down = *err;
    vault.down_until_us = time_monotonic_us() + DOWN_US;
    pthread_mutex_unlock(&vault.lock);
}

static int ask(struct entry *e, struct vault_secret *out, struct err *err)
{
    const struct vault_settings *settings = settings_now();
    int64_t timeout_ms = settings && settings->timeout_ms ? settings->timeout_ms : 10000;
    int64_t deadline_us = time_monotonic_us() + timeout_ms * 1000;
    struct vault_access access = {0};
    const char *token = NULL;
    unsigned generation = 0;
    bool denied = false;
    int rc = get_token(0, deadline_us, &access, &token, &generation, err);
    rc = rc ? rc : vault_ask_secret(&e->arena, &access, token, e->path, deadline_us, out, &denied, err);
    if (denied) {
        /* It may have expired: once more with a new one, when there is one to be had. */
        unsigned refused = generation;
        struct err again = {0};
        int renewed = get_token(refused, deadline_us, &access, &token, &generation, &again);
        if (renewed || generation != refused) {
            rc = renewed ? renewed
                         : vault_ask_secret(&e->arena, &access, token, e->path, deadline_us, out, &denied,
                                            &again);
            if (rc && err) {
                *err = again;
            }
        }
    }
    return rc;
}

/* With the entry's lock held. */
static int load(struct entry *e, struct err *err)
{
    int64_t now = time_monotonic_us();
    if (e->read && now - e->read_us < KEPT_US) {
        return 0;
    }
    struct err why = {0};
    if (is_down(err)) {
        return ERR_UNREACHABLE;
    }
    arena_release(&e->arena);
    e->read = false;
    e->secret = (struct vault_secret){0};
    int rc = ask(e, &e->secret, &why);
    if (rc == ERR_UNREACHABLE) {
        note_down(&why);
    }
    if (rc) {
        if (err) {
            *err = why;
        }
        return rc;
    }
    e->read = true;
    e->read_us = now;
    return 0;
}

static int missing_key(struct arena *a, const struct vault_secret *secret, const char *key, struct err *err)
{
    strings_t names = {0};
    AUTO(strbuf_release) struct strbuf list = {.max = 500};
    const struct vault_value *v;
    vec_each (v, &secret->values) {
        *vec_push(a, &names) = v->key;
        strbuf_addf(&list, "%s%s", list.len ? ", " : "", v->key);
    }
    err_set(err, ERR_FILE, "the secret has no key \"%s\"", key);
    const char *near = str_nearest(key, names.items, names.n);
    return near      ? err_hint(err, "Did you mean \"%s\"? Its keys are %s.", near, strbuf_cstr(&list))
           : names.n ? err_hint(err, "Its keys are %s.", strbuf_cstr(&list))
                     : err_hint(err, "It has no keys at all.");
}

static int take(struct arena *a, const struct vault_secret *secret, const char *key, struct slice *out,
                struct err *err)
{
    const struct vault_value *v;
    vec_each (v, &secret->values) {
        if (strcmp(v->key, key) == 0 && v->value) {
            *out = slice_of(arena_dup(a, v->value));
            return 0;
        }
        if (strcmp(v->key, key) == 0) {
            err_set(err, ERR_FILE, "the value of \"%s\" is %s", key, v->kind);
            return err_hint(err, "Store it as text.");
        }
    }
    return missing_key(a, secret, key, err);
}

int vault_read(struct arena *a, const char *reference, struct slice *out, struct err *err)
{
    struct vault_reference r;
    int rc = vault_reference_parse(a, settings_now(), slice_of(reference), &r, err);
    if (rc) {
        return rc;
    }
    struct entry *e = entry_of(r.path);
    pthread_mutex_lock(&e->lock);
    rc = load(e, err);
    rc = rc ? rc : take(a, &e->secret, r.key, out, err);
    pthread_mutex_unlock(&e->lock);
    return rc;
}

/* --- for doctor */

bool vault_is_set(void)
{
    const struct vault_settings *settings = settings_now();
    const char *address = getenv("VAULT_ADDR");
    return settings || (address && address[0]);
}

int vault_describe(struct arena *a, const char **out, struct err *err)
{
    struct vault_access access;
    int rc = vault_access_resolve(a, settings_now(), &access, err);
    if (!rc) {
        *out = access.described;
    }
    return rc;
}

int vault_try(struct arena *a, const char **out, struct err *err)
{
    struct vault_access access;
    const char *token;
    unsigned generation;
    int rc = vault_access_resolve(a, settings_now(), &access, err);
    if (rc) {
        return rc;
    }
    int64_t deadline_us = time_monotonic_us() + (int64_t)access.timeout_ms * 1000;
    rc = get_token(0, deadline_us, &access, &token, &generation, err);
    return rc ? rc : vault_ask_self(a, &access, token, deadline_us, out, err);
}
