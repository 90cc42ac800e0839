/* How Vault is reached: the section of lockstep.yaml, and the variables and files of the surroundings. */
#include "base/arena.h"
#include "base/file.h"
#include "base/http.h"
#include "environments/vault_internal.h"

#define CREDENTIAL_MAX ((size_t)64 << 10)

/* --- lockstep.yaml */

struct reader {
    struct arena *a;
    const char *dir;
    struct err *err;
};

static int read_text(const struct reader *r, const struct yaml_node *n, const char **out)
{
    int rc = n ? yaml_string(n, out, r->err) : 0;
    return !rc && n && n->text.len == 0 ? yaml_error(r->err, n, "expected text, found an empty value") : rc;
}

/* `secret`: a value that may not stand in the document. */
static int read_template(const struct reader *r, const struct yaml_node *n, bool secret,
                         struct template_text *out)
{
    struct template_text t = {.at = n, .dir = r->dir};
    int rc = read_text(r, n, &t.text);
    rc = rc || !n ? rc : template_check(&t, r->err);
    if (!rc && n && template_refers_to(&t, REFERENCE_VAULT)) {
        rc = yaml_error(r->err, n, "the settings of Vault cannot come from Vault");
    }
    if (!rc && n && secret && !template_has_reference(&t)) {
        yaml_error(r->err, n, "a secret may not stand here");
        if (r->err) {
            r->err->excerpt[0] = '\0';
        }
        rc = err_hint(r->err, "Refer to it: ${env:NAME}, ${file:PATH} or ${exec:COMMAND}.");
    }
    if (!rc && n) {
        *out = t;
    }
    return rc;
}

static int read_mounts(const struct reader *r, const struct yaml_node *n, struct vault_settings *s)
{
    if (!n) {
        return 0;
    }
    size_t many = n->kind == YAML_LIST ? n->n : 1;
    s->mounts = arena_array(r->a, many, sizeof(*s->mounts));
    int rc = 0;
    for (size_t i = 0; i < many && !rc; i++) {
        const struct yaml_node *item = n->kind == YAML_LIST ? n->items[i] : n;
        const char *mount = NULL;
        rc = read_text(r, item, &mount);
        size_t len = rc ? 0 : strlen(mount);
        if (!rc && (mount[0] == '/' || mount[len - 1] == '/')) {
            rc = yaml_error(r->err, item, "a mount is written without a slash at its ends, such as team/kv");
        }
        s->mounts[s->nmounts++] = mount;
    }
    return rc;
}

static int read_auth(const struct reader *r, const struct yaml_node *n, struct vault_settings *s)
{
    static const char *const names[] = {"any", "token", "approle"};
    _Static_assert(COUNT_OF(names) == VAULT_AUTH_COUNT, "a name for each way");
    int auth = 0, rc = n ? yaml_enum(n, names, COUNT_OF(names), &auth, r->err) : 0;
    s->auth = (enum vault_auth)auth;
    return rc;
}

static int read_timeout(const struct reader *r, const struct yaml_node *n, struct vault_settings *s)
{
    int rc = n ? yaml_duration(n, &s->timeout_ms, r->err) : 0;
    return !rc && n && (s->timeout_ms <= 0 || s->timeout_ms > 600000)
               ? yaml_error(r->err, n, "expected a time of at most 10 minutes")
               : rc;
}

int vault_settings_read(struct arena *a, const char *dir, const struct yaml_node *node,
                        struct vault_settings **out, struct err *err)
{
    static const char *const keys[] = {"address", "namespace", "ca",      "auth",          "token",
                                       "role_id", "secret_id", "timeout", "approle_mount", "mount"};
    const struct reader r = {a, dir, err};
    struct vault_settings *s = arena_alloc(a, sizeof(*s));
    int rc = node->kind == YAML_MAP
                 ? yaml_only_keys(node, keys, COUNT_OF(keys), err)
                 : yaml_error(err, node, "expected a mapping, found %s", yaml_kind_name(node));
    const struct {
        const char *key;
        bool secret;
        struct template_text *into;
    } templates[] = {{"address", false, &s->address}, {"namespace", false, &s->namespace_},
                     {"ca", false, &s->ca},           {"token", true, &s->token},
                     {"role_id", false, &s->role_id}, {"secret_id", true, &s->secret_id}};
    for (size_t i = 0; i < COUNT_OF(templates) && !rc; i++) {
        rc = read_template(&r, yaml_get(node, templates[i].key), templates[i].secret, templates[i].into);
    }
    rc = rc ? rc : read_auth(&r, yaml_get(node, "auth"), s);
    rc = rc ? rc : read_text(&r, yaml_get(node, "approle_mount"), &s->approle_mount);
    rc = rc ? rc : read_mounts(&r, yaml_get(node, "mount"), s);
    rc = rc ? rc : read_timeout(&r, yaml_get(node, "timeout"), s);
    if (!rc) {
        *out = s;
    }
    return rc;
}

/* --- what they come to */

struct resolver {
    struct arena *a;
    const struct vault_settings *settings;
    struct err *err;
};

/* A setting from the document, or a variable, or a file that another variable or a name tells. *from says
 * which, for people. NULL when there is none of them. */
static int resolve_one(const struct resolver *r, const struct template_text *t, const char *variable,
                       const char *file, const char **out, const char **from)
{
    const char *value = variable ? getenv(variable) : NULL;
    *out = NULL;
    *from = "lockstep.yaml";
    if (t->text) {
        int rc = template_resolve(r->a, t, out, r->err);
        return rc ? err_wrap(r->err, "vault") : 0;
    }
    if (value && value[0]) {
        *out = arena_dup(r->a, value);
        *from = variable;
    } else if (file && file_exists(file)) {
        struct slice text = {0};
        int rc = file_read(r->a, file, CREDENTIAL_MAX, &text, r->err);
        if (rc) {
            return err_wrap(r->err, "vault");
        }
        *out = text.ptr;
        *from = file;
    }
    return 0;
}

/* The file that a variable names; the variable without the file is an error later on: what it holds is
 * missing. */
static const char *file_of(const char *variable)
{
    const char *file = getenv(variable);
    return file && file[0] ? file : NULL;
}

/* Files and variables come with line ends that are no part of a token. */
static const char *trimmed(struct arena *a, const char *text)
{
    return text ? slice_dup(a, slice_trim(slice_of(text))) : NULL;
}

static int resolve_place(const struct resolver *r, struct vault_access *out)
{
    const char *from;
    const struct template_text *ca = &r->settings->ca;
    int rc = resolve_one(r, &r->settings->address, "VAULT_ADDR", NULL, &out->address, &from);
    if (!rc && !out->address) {
        err_set(r->err, ERR_FILE, "the address of Vault is not known");
        return err_hint(
            r->err,
            "Set VAULT_ADDR, such as https://vault.internal:8200, or vault.address in lockstep.yaml.");
    }
    if (!rc) {
        const char *address = trimmed(r->a, out->address);
        size_t len = strlen(address);
        while (len && address[len - 1] == '/') {
            len--;
        }
        out->address = arena_dupn(r->a, address, len);
        rc = http_check_url(out->address, r->err);
        rc = rc ? err_wrap(r->err, "the address of Vault from %s", from) : 0;
    }
    if (!rc && strpbrk(out->address, "?#")) {
        rc = err_set(r->err, ERR_FILE, "the address of Vault from %s has a query", from);
    }
    rc = rc ? rc : resolve_one(r, &r->settings->namespace_, "VAULT_NAMESPACE", NULL, &out->namespace_, &from);
    rc = rc ? rc : resolve_one(r, ca, "VAULT_CACERT", NULL, &out->ca, &from);
    if (!rc && out->ca && ca->text) {
        out->ca = path_join(r->a, ca->dir, out->ca);
    }
    return rc;
}

/* *found: a token was. */
static int resolve_token(const struct resolver *r, struct vault_access *out, const char **from)
{
    const char *home = getenv("HOME");
    int rc = resolve_one(r, &r->settings->token, "VAULT_TOKEN",
                         home ? arena_printf(r->a, "%s/.vault-token", home) : NULL, &out->token, from);
    out->token = rc ? NULL : trimmed(r->a, out->token);
    if (!rc && out->token && !out->token[0]) {
        rc = err_set(r->err, ERR_FILE, "the token of Vault from %s is empty", *from);
    }
    return rc;
}

static int resolve_role(const struct resolver *r, struct vault_access *out, const char **from)
{
    const char *secret_from;
    int rc = resolve_one(r, &r->settings->role_id, "VAULT_ROLE_ID", file_of("VAULT_ROLE_ID_FILE"),
                         &out->role_id, from);
    rc = rc ? rc
            : resolve_one(r, &r->settings->secret_id, "VAULT_SECRET_ID", file_of("VAULT_SECRET_ID_FILE"),
                          &out->secret_id, &secret_from);
    out->role_id = rc ? NULL : trimmed(r->a, out->role_id);
    out->secret_id = rc ? NULL : trimmed(r->a, out->secret_id);
    return rc;
}

static int resolve_login(const struct resolver *r, struct vault_access *out, const char **login)
{
    const char *from = "";
    enum vault_auth auth = r->settings->auth;
    int rc = auth == VAULT_AUTH_APPROLE ? 0 : resolve_token(r, out, &from);
    if (!rc && out->token) {
        *login = arena_printf(r->a, "token from %s", from);
        return 0;
    }
    if (rc || auth == VAULT_AUTH_TOKEN) {
        if (!rc) {
            err_set(r->err, ERR_FILE, "there is no token for Vault");
        }
        return err_hint(r->err, "Set VAULT_TOKEN, or run \"vault login\", which writes ~/.vault-token.");
    }
    rc = resolve_role(r, out, &from);
    if (!rc && (!out->role_id || !out->secret_id)) {
        const char *missing = out->role_id     ? "a role id and no secret id"
                              : out->secret_id ? "a secret id and no role id"
                                               : "neither a token nor a role";
        err_set(r->err, ERR_FILE, "to log in to Vault there is %s", missing);
        return err_hint(r->err,
                        "Set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID (or the files with them: "
                        "VAULT_ROLE_ID_FILE, VAULT_SECRET_ID_FILE).");
    }
    *login = rc ? NULL : arena_printf(r->a, "AppRole from %s", from);
    return rc;
}

int vault_access_resolve(struct arena *a, const struct vault_settings *settings, struct vault_access *out,
                         struct err *err)
{
    static const struct vault_settings surroundings;
    const struct resolver r = {a, settings ? settings : &surroundings, err};
    struct vault_access access = {.timeout_ms = 10000, .approle_mount = "approle"};
    const char *login = NULL;
    if (r.settings->timeout_ms) {
        access.timeout_ms = (int)r.settings->timeout_ms;
    }
    if (r.settings->approle_mount) {
        access.approle_mount = r.settings->approle_mount;
    }
    int rc = resolve_place(&r, &access);
    rc = rc ? rc : resolve_login(&r, &access, &login);
    if (rc) {
        return rc;
    }
    access.described =
        arena_printf(a, "%s%s%s, %s%s%s", access.address, access.namespace_ ? ", namespace " : "",
                     access.namespace_ ? access.namespace_ : "", login, access.ca ? ", authority " : "",
                     access.ca ? access.ca : "");
    *out = access;
    return 0;
}
