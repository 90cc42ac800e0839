/*
 * Secrets in HashiCorp Vault (or OpenBao), from its key-value store, version 2, over its HTTP API.
 *
 * ${vault:MOUNT/PATH#KEY} and ${vault:MOUNT/data/PATH#KEY} are the same secret, in short and as the API has
 * it; a version is asked for as PATH?version=3#KEY. MOUNT is the first part of it, or one of the mounts that
 * the settings name (those may be longer). A secret whose own path begins with "data" is written as the API
 * has it.
 *
 * A process has one Vault: it logs in once, and reads each path once and keeps it for some minutes, however
 * many targets and threads ask. Nothing that comes from Vault stands in an error, but for the names of the
 * keys of a secret.
 */
#pragma once
#include "environments/secret.h"

enum vault_auth {
    VAULT_AUTH_ANY /* a token when there is one, else AppRole */,
    VAULT_AUTH_TOKEN,
    VAULT_AUTH_APPROLE,
    VAULT_AUTH_COUNT
};

/* The section "vault" of lockstep.yaml. What it leaves out comes from the surroundings, as for Vault's own
 * client. */
struct vault_settings {
    struct template_text address;    /* else VAULT_ADDR */
    struct template_text namespace_; /* else VAULT_NAMESPACE, else none */
    struct template_text ca;    /* a file, relative to the project; else VAULT_CACERT, else the system's */
    struct template_text token; /* else VAULT_TOKEN, else the file ~/.vault-token */
    struct template_text role_id, secret_id; /* else VAULT_ROLE_ID and VAULT_SECRET_ID, else the files that
                                                VAULT_ROLE_ID_FILE and VAULT_SECRET_ID_FILE name */
    enum vault_auth auth;
    const char *approle_mount; /* NULL: "approle" */
    const char **mounts;
    size_t nmounts;
    int64_t timeout_ms; /* of a read, with all that it needs; 0: 10 s */
};

/* Read the section. Whatever is secret has to be a reference: a token in the document is an error. */
int vault_settings_read(struct arena *a, const char *dir, const struct yaml_node *node,
                        struct vault_settings **out, struct err *err);
/* The settings from now on; NULL: those of the surroundings. They are borrowed. What has been read is
 * forgotten. */
void vault_use(const struct vault_settings *settings);

/* The form of what stands after "vault:". ERR_FILE. */
int vault_check_reference(struct slice reference, struct err *err);
/* What a reference stands for, in the arena. Thread-safe. ERR_UNREACHABLE (retryable) when Vault cannot be
 * reached or is sealed, ERR_FAILED when it refuses or makes no sense, ERR_FILE when settings, secret or key
 * are missing. */
int vault_read(struct arena *a, const char *reference, struct slice *out, struct err *err);

/* Is an address known? Then vault_describe() tells address, authority and way of logging in, without asking
 * the server; ERR_FILE when something is missing. vault_try() logs in. */
bool vault_is_set(void);
int vault_describe(struct arena *a, const char **out, struct err *err);
int vault_try(struct arena *a, const char **out, struct err *err);
